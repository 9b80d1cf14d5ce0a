//! What the caller shows of themselves, and so sees of others.

use serde::Deserialize;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Body, Reply},
    model::{Caller, PrivacyChange},
};

/// The settings to change.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Change {
    shows_read: Option<bool>,
    shows_last_seen: Option<bool>,
}

/// `GET /api/users/me/privacy`: what the caller shows.
pub(crate) async fn show(app: &App, caller: Caller) -> Result<Reply> {
    Ok(http::ok(&app.store.find_privacy(caller.user_id).await?))
}

/// `PATCH /api/users/me/privacy`: changes the settings in the body, returns all.
pub(crate) async fn update(app: &App, caller: Caller, body: Body<'_>) -> Result<Reply> {
    let Change { shows_read, shows_last_seen } = body.json().await?;
    let change = PrivacyChange { shows_read, shows_last_seen };
    Ok(http::ok(&actions::privacy::change(app, &caller, change).await?))
}
