//! Profiles: everybody sees them, and each user changes their own.

use crate::{
    app::App,
    error::{Error, Result},
    media::Upload,
    model::{Caller, Picture, PictureSize, ProfileChange, User},
    store::{ChangeProfile, RemovePicture, SetPicture},
    types::{PictureId, UserId},
};

/// Changes the fields that are named.
pub(crate) async fn change(app: &App, caller: &Caller, change: ProfileChange) -> Result<User> {
    super::execute(app, caller, ChangeProfile { change }).await
}

/// Makes a picture from an upload and shows it from now on.
pub(crate) async fn set_picture(
    app: &App,
    caller: &Caller,
    upload: Upload,
    bytes: Vec<u8>,
) -> Result<User> {
    let (id, picture) = make_picture(app, upload, bytes).await?;
    super::execute(app, caller, SetPicture { id, picture }).await
}

/// Makes a picture from an upload, with a random id.
pub(super) async fn make_picture(
    app: &App,
    upload: Upload,
    bytes: Vec<u8>,
) -> Result<(PictureId, Picture)> {
    let picture = app.pictures.make(upload, bytes).await?;
    let mut id = PictureId([0; 16]);
    getrandom::fill(&mut id.0).map_err(|e| Error::internal(e.to_string()))?;
    Ok((id, picture))
}

/// Removes the picture.
pub(crate) async fn remove_picture(app: &App, caller: &Caller) -> Result<User> {
    super::execute(app, caller, RemovePicture {}).await
}

/// A picture that is in use and that `viewer` may see, as JPEG.
pub(crate) async fn find_picture(
    app: &App,
    viewer: UserId,
    id: &str,
    size: PictureSize,
) -> Result<Vec<u8>> {
    let missing = || Error::NotFound("picture");
    let id = PictureId::parse(id).ok_or_else(missing)?;
    app.store.find_picture(id, size, viewer).await?.ok_or_else(missing)
}
