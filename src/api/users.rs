//! Users: the lists of the first contract, and the list of v2 with everything that users show.

use serde_json::json;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Reply},
    model::{Caller, UserName},
};

/// `GET /user`: the caller.
pub(crate) fn show_self(caller: Caller) -> Reply {
    http::ok(&UserName { id: caller.user_id, username: caller.username })
}

/// `GET /users`: all others, a bare array.
pub(crate) async fn list_others(app: &App, caller: Caller) -> Result<Reply> {
    let mut users = app.store.list_user_names().await?;
    users.retain(|user| user.id != caller.user_id);
    Ok(http::ok(&users))
}

/// `GET /online-users`: the connected users whom the caller may see, a bare array, the caller
/// included.
pub(crate) async fn list_online(app: &App, caller: Caller) -> Result<Reply> {
    Ok(http::ok(&actions::presence::list_online(app, caller.user_id).await?))
}

/// `GET /api/users`: all users, the caller included.
pub(crate) async fn list(app: &App, caller: Caller) -> Result<Reply> {
    Ok(http::ok(&json!({ "users": app.store.list_users(caller.user_id).await? })))
}
