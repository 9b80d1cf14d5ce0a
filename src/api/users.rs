//! Users: the lists of the first contract, and the list of v2 with everything that users show.

use std::sync::Arc;

use serde::Serialize;

use super::array_in_pages;
use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, ClientAddress, Query, Reply},
    model::{Caller, User, UserName},
    types::UserId,
};

const USERS_DEFAULT: u32 = 500;
const USERS_MAX: u32 = 1_000;

#[derive(Serialize)]
struct Users {
    users: Vec<User>,
    more: bool,
}

/// `GET /user`: the caller.
pub(crate) fn show_self(caller: Caller) -> Reply {
    http::ok(&UserName { id: caller.user_id, username: caller.username })
}

/// `GET /users`: all others, a bare array.
pub(crate) async fn list_others(
    app: &Arc<App>,
    address: Option<ClientAddress>,
    caller: Caller,
) -> Result<Reply> {
    let me = caller.user_id;
    let share = app.reply_share(address, me).await?;
    let page = list_names(app, me, UserId(0)).await?;
    let next = move |app: Arc<App>, after| async move { list_names(&app, me, after).await };
    Ok(array_in_pages(app, caller.session_id, share, page, next))
}

/// A page of the names of all users but `me`, and where the next one begins.
async fn list_names(
    app: &App,
    me: UserId,
    after: UserId,
) -> Result<(Vec<UserName>, Option<UserId>)> {
    let (mut users, last) = app.store.list_user_names(me, after).await?;
    users.retain(|user| user.id != me);
    Ok((users, last))
}

/// `GET /online-users`: the connected users whom the caller may see, a bare array, the caller
/// included.
pub(crate) async fn list_online(
    app: &Arc<App>,
    address: Option<ClientAddress>,
    caller: Caller,
) -> Result<Reply> {
    let me = caller.user_id;
    let share = app.reply_share(address, me).await?;
    let online = actions::presence::list_online(app, me);
    let page = app.store.name_users(me, online).await?;
    let next = move |app: Arc<App>, rest| async move { app.store.name_users(me, rest).await };
    Ok(array_in_pages(app, caller.session_id, share, page, next))
}

/// `GET /api/users?limit=&after=`: users by their ids, the caller included.
pub(crate) async fn list(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    query: Query<'_>,
) -> Result<Reply> {
    let after = UserId(query.integer("after")?.unwrap_or(0));
    let limit = query.limit(USERS_DEFAULT, USERS_MAX)?;
    let share = app.reply_share(address, caller.user_id).await?;
    let (users, more) = app.store.list_users(caller.user_id, after, limit).await?;
    Ok(http::ok_within(share, &Users { users, more }))
}
