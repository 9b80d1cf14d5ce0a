//! Who is online and who is typing: told when it happens, kept nowhere (but for "last seen").

use std::collections::HashSet;

use crate::{
    app::App,
    error::Result,
    model::UserName,
    types::{ChatId, Millis, UserId},
    wire::ServerFrame,
};

/// Everybody with an open connection whom `viewer` may see, in the order they registered.
pub(crate) async fn list_online(app: &App, viewer: UserId) -> Result<Vec<UserName>> {
    let online: HashSet<UserId> = app.hub.list_online(viewer).into_iter().collect();
    let mut users = app.store.list_user_names().await?;
    users.retain(|user| online.contains(&user.id));
    Ok(users)
}

/// Tells the other members of a chat that someone types, or no longer does.
pub(crate) async fn type_in(app: &App, user_id: UserId, chat_id: ChatId, on: bool) -> Result<()> {
    let mut others = app.store.list_members(chat_id, user_id).await?;
    others.retain(|member| *member != user_id);
    app.hub.tell(&others, &ServerFrame::Typing { chat_id, user_id, on });
    Ok(())
}

/// Notes when someone's last connection closed. May be lost.
pub(crate) fn leave(app: &App, user: UserId, at: Millis) {
    let noted = app.store.submit(move |batch| batch.touch_last_seen(user, at), drop);
    drop(noted);
}
