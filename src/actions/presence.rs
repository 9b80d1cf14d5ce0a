//! Who is online and who is typing. Told when it happens and kept nowhere, except for "last seen".

use std::collections::VecDeque;

use crate::{
    app::App,
    error::Result,
    hub::{Sight, Signal},
    store::{Entry, NoteLastSeen},
    types::{ChatId, Millis, UserId},
    wire::Presence,
};

/// The users with an open connection whom `viewer` may see, in the order of their registration.
pub(crate) fn list_online(app: &App, viewer: UserId) -> VecDeque<UserId> {
    let mut online = app.hub.list_online(viewer);
    online.sort_unstable();
    // Somebody with a connection may also be among those who have just left.
    online.dedup();
    online.into()
}

/// How people appear to `viewer` now.
pub(crate) async fn look_at(app: &App, viewer: UserId, people: &[UserId]) -> Result<Vec<Presence>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let times = app.store.list_last_seen(viewer, people.into()).await?;
    // After the times: who leaves in between is told later.
    let sights = app.hub.look_at(viewer, people);
    let presence = |((user, last_seen), sight): ((&UserId, Option<Millis>), Sight)| Presence {
        user_id: *user,
        online: sight == Sight::Online,
        last_seen: last_seen.filter(|_| sight == Sight::Offline),
    };
    Ok(people.iter().zip(times).zip(sights).map(presence).collect())
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
    let entry = Entry { at, ..Entry::now(actor, NoteLastSeen {}) };
    drop(app.store.submit(entry, None, drop));
}
