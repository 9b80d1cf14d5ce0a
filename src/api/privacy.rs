//! What the caller gives away of themselves, and gets of others.

use serde::Deserialize;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Body, Reply},
    model::{Caller, PrivacyChange},
};

/// What is to change; the rest stays as it is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Change {
    shows_read: Option<bool>,
    shows_last_seen: Option<bool>,
}

/// `GET /api/users/me/privacy`: what the caller gives away.
pub(crate) async fn show(app: &App, caller: Caller) -> Result<Reply> {
    Ok(http::ok(&app.store.find_privacy(caller.user_id).await?))
}

/// `PATCH /api/users/me/privacy`: changes what the body names, answers all.
pub(crate) async fn update(app: &App, caller: Caller, body: Body<'_>) -> Result<Reply> {
    let Change { shows_read, shows_last_seen } = body.json().await?;
    let change = PrivacyChange { shows_read, shows_last_seen };
    Ok(http::ok(&actions::privacy::change(app, caller.user_id, change).await?))
}
