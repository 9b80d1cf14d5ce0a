//! The caller's own account: the profile that everybody sees, and the password.

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Body, ClientAddress, Reply},
    model::{Caller, ProfileChange},
    types::Line,
};

/// What is to change; the rest stays as it is, and `null` removes.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Change {
    #[serde(deserialize_with = "http::null_as_default")]
    display_name: Option<String>,
    #[serde(deserialize_with = "http::null_as_default")]
    about: Option<String>,
}

#[derive(Deserialize)]
struct NewPassword {
    current_password: String,
    new_password: String,
}

/// `PATCH /api/users/me`: changes what the body names, answers the whole user.
pub(crate) async fn update(app: &App, caller: Caller, body: Body<'_>) -> Result<Reply> {
    let Change { display_name, about } = body.json().await?;
    let display_name = display_name.as_deref().map(Line::display_name).transpose()?;
    let about = about.as_deref().map(Line::about).transpose()?;
    let change = ProfileChange { display_name, about };
    Ok(http::ok(&actions::profiles::change(app, &caller, change).await?))
}

/// `PUT /api/users/me/picture`: the body is the new picture; answers the user.
pub(crate) async fn set_picture(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    body: Body<'_>,
) -> Result<Reply> {
    let mut upload = app.pictures.begin(caller.user_id, address)?;
    let bytes = body.large_bytes(app.config.read_max(), &mut upload).await?;
    Ok(http::ok(&actions::profiles::set_picture(app, &caller, upload, bytes).await?))
}

/// `DELETE /api/users/me/picture`: back to the initials; answers the user.
pub(crate) async fn remove_picture(app: &App, caller: Caller) -> Result<Reply> {
    Ok(http::ok(&actions::profiles::remove_picture(app, &caller).await?))
}

/// `PUT /api/users/me/password`: changes it and ends all other sessions of the caller.
pub(crate) async fn set_password(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    body: Body<'_>,
) -> Result<Reply> {
    let NewPassword { current_password: current, new_password: new } = body.json().await?;
    actions::accounts::change_password(app, address, &caller, current, &new).await?;
    Ok(http::empty(StatusCode::NO_CONTENT))
}
