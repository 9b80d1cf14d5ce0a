//! What people show of themselves. Everybody sees it, only they change it.

use crate::{
    app::App,
    error::{Error, Result},
    media::Upload,
    model::{PictureSize, ProfileChange, User},
    types::{PictureId, UserId},
};

/// Changes what is named.
pub(crate) async fn change(app: &App, user: UserId, change: ProfileChange) -> Result<User> {
    Ok(app.store.write(move |batch| batch.change_profile(user, &change)).await?.value)
}

/// Makes a picture of what was uploaded and shows it from now on.
pub(crate) async fn set_picture(
    app: &App,
    user: UserId,
    upload: Upload,
    bytes: Vec<u8>,
) -> Result<User> {
    let picture = app.pictures.make(upload, bytes).await?;
    let mut id = PictureId([0; 16]);
    getrandom::fill(&mut id.0).map_err(|e| Error::internal(e.to_string()))?;
    Ok(app.store.write(move |batch| batch.set_picture(user, id, &picture)).await?.value)
}

/// Removes the picture.
pub(crate) async fn remove_picture(app: &App, user: UserId) -> Result<User> {
    Ok(app.store.write(move |batch| batch.remove_picture(user)).await?.value)
}

/// A picture that somebody shows at the moment, as JPEG.
pub(crate) async fn find_picture(app: &App, id: &str, size: PictureSize) -> Result<Vec<u8>> {
    let missing = || Error::NotFound("picture");
    let id = PictureId::parse(id).ok_or_else(missing)?;
    app.store.find_picture(id, size).await?.ok_or_else(missing)
}
