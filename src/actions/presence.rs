//! Who is online and who is typing. Told when it happens and kept nowhere, except for "last seen".

use std::collections::HashSet;

use crate::{
    app::App,
    error::Result,
    hub::Signal,
    model::UserName,
    store::{Entry, NoteLastSeen},
    types::{ChatId, Millis, UserId},
};

/// The users with an open connection whom `viewer` may see, in the order of their registration.
pub(crate) async fn list_online(app: &App, viewer: UserId) -> Result<Vec<UserName>> {
    let online: HashSet<UserId> = app.hub.list_online(viewer).into_iter().collect();
    let mut users = app.store.list_user_names().await?;
    users.retain(|user| online.contains(&user.id));
    Ok(users)
}

/// Tells the other members of a chat that somebody types, or has stopped.
pub(crate) async fn type_in(app: &App, user_id: UserId, chat_id: ChatId, on: bool) -> Result<()> {
    let known = app.hub.audience(chat_id).filter(|audience| audience.includes(user_id));
    let audience = if let Some(audience) = known {
        audience
    } else {
        let generation = app.hub.audience_generation();
        let audience = app.store.find_audience(chat_id, user_id).await?;
        app.hub.put_audience(chat_id, audience.clone(), generation);
        audience
    };
    app.hub.signal(&Signal::Typing { audience, chat_id, user_id, on });
    Ok(())
}

/// Notes when somebody's last connection closed. May be lost.
pub(crate) fn note_last_seen(app: &App, actor: UserId, at: Millis) {
    let entry = Entry { at, actor, command: NoteLastSeen {} };
    drop(app.store.submit(entry, None, drop));
}
