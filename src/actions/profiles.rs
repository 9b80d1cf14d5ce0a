//! Profiles: everybody sees them, and each user changes their own.

use crate::{
    app::App,
    error::{Error, Result},
    media::Upload,
    model::{Caller, PictureSize, ProfileChange, User},
    store::{ChangeProfile, RemovePicture, SetPicture},
    types::PictureId,
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
    let picture = app.pictures.make(upload, bytes).await?;
    let mut id = PictureId([0; 16]);
    getrandom::fill(&mut id.0).map_err(|e| Error::internal(e.to_string()))?;
    super::execute(app, caller, SetPicture { id, picture }).await
}

/// Removes the picture.
pub(crate) async fn remove_picture(app: &App, caller: &Caller) -> Result<User> {
    super::execute(app, caller, RemovePicture {}).await
}

/// A picture that is in use, as JPEG.
pub(crate) async fn find_picture(app: &App, id: &str, size: PictureSize) -> Result<Vec<u8>> {
    let missing = || Error::NotFound("picture");
    let id = PictureId::parse(id).ok_or_else(missing)?;
    app.store.find_picture(id, size).await?.ok_or_else(missing)
}
