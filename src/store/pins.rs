//! Pins: messages that a chat shows on top for everyone in it, each for a limited time.
//!
//! A pin ends when its time is over or somebody takes it away. Nothing is published when the time is
//! over: a device knows the time and hides the pin by itself.

use std::{cmp::Reverse, time::Duration};

use rusqlite::{Connection, Row as SqlRow};

use super::{
    batch::Batch,
    command::{Apply, By, PinMessage, ROW_BYTES, UnpinMessage},
    events::LINE_BYTES,
    message_changes::{current_viewers, find_visible},
    sql::optional,
    views::{View, is_hidden},
};
use crate::{
    error::Result,
    model::{Audience, ChatKind, Event, Pin, Role, Row},
    rules,
    types::{ChatId, MessageId, Millis, Revision, Seq, UserId},
};

/// The most messages that are pinned in a chat at one time.
const PINS_MAX: usize = 3;

impl Pin {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            chat_id: row.get("chat_id")?,
            message_id: row.get("message_id")?,
            user_id: row.get("user_id")?,
            at: row.get("at")?,
            until: row.get("until")?,
            changed: row.get("changed")?,
        })
    }
}

impl Apply for PinMessage {
    type Outcome = Pin;

    fn bytes(&self) -> usize {
        ROW_BYTES + LINE_BYTES
    }

    /// Pins the message, or renews its time. The oldest pin makes room for a new one.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Pin> {
        let (chat, membership) = batch.enter(self.chat, by.actor)?;
        let message = find_visible(batch.db, &membership, self.message, by.actor)?;
        rules::may_pin(chat.kind, chat.who_may_change, &membership, &message)?;
        let mut others = list_pinned(batch.db, message.chat_id, by.at)?;
        let before = others.len();
        others.retain(|pin| pin.message_id != message.id);
        let has_line = chat.kind == ChatKind::Group && others.len() == before;
        if has_line {
            batch.check_quota(by.actor, LINE_BYTES)?;
        }
        for oldest in others.into_iter().skip(PINS_MAX - 1) {
            batch.write_pin(Pin { until: None, ..oldest }, &chat.audience)?;
        }
        let pin = Pin {
            chat_id: message.chat_id,
            message_id: message.id,
            user_id: by.actor,
            at: by.at,
            until: Some(by.at.after(Duration::from_secs(u64::from(self.hours) * 60 * 60))),
            changed: Revision(0),
        };
        let pin = batch.write_pin(pin, &chat.audience)?;
        if has_line {
            batch.count_stored(by.actor, LINE_BYTES, 0)?;
            let event = Event::Pinned { message_id: message.id };
            batch.note_event(message.chat_id, by, event, chat.audience)?;
        }
        Ok(pin)
    }
}

impl Apply for UnpinMessage {
    type Outcome = Pin;

    /// Takes the pin away, also one whose time is over. A message without one stays as it is.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Pin> {
        let (chat, membership) = batch.enter(self.chat, by.actor)?;
        let message = find_visible(batch.db, &membership, self.message, by.actor)?;
        rules::may_pin(chat.kind, chat.who_may_change, &membership, &message)?;
        let before = find(batch.db, message.id)?.unwrap_or(Pin {
            chat_id: message.chat_id,
            message_id: message.id,
            user_id: by.actor,
            at: by.at,
            until: None,
            changed: Revision(0),
        });
        if before.until.is_none() {
            return Ok(before);
        }
        batch.write_pin(Pin { until: None, ..before }, &chat.audience)
    }
}

impl Batch<'_> {
    /// Writes a changed pin and publishes it to those of the members of today who see its message.
    fn write_pin(&mut self, pin: Pin, members: &Audience) -> Result<Pin> {
        let pin = Pin { changed: self.next_revision(), ..pin };
        let Pin { chat_id, message_id, user_id, at, until, changed } = pin;
        self.db
            .prepare_cached(
                "INSERT INTO pins (message_id, chat_id, user_id, at, until, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (message_id) DO UPDATE SET
                   user_id = excluded.user_id, at = excluded.at, until = excluded.until,
                   changed = excluded.changed",
            )?
            .execute((message_id, chat_id, user_id, at, until, changed))?;
        let seq: Seq = self
            .db
            .prepare_cached("SELECT seq FROM messages WHERE id = ?1")?
            .query_row((message_id,), |row| row.get(0))?;
        let audience = current_viewers(self.db, chat_id, seq, members.clone())?;
        self.publish(Row::Pin(pin), audience);
        Ok(pin)
    }

    /// Removes the pin of a message that was deleted for everyone.
    pub(super) fn remove_pin(&self, message: MessageId) -> Result<()> {
        self.db.prepare_cached("DELETE FROM pins WHERE message_id = ?1")?.execute((message,))?;
        Ok(())
    }

    /// Tells newcomers of a group which of the messages that they see are pinned.
    pub(super) fn tell_of_pins(
        &mut self,
        chat: ChatId,
        newcomers: &[UserId],
        at: Millis,
    ) -> Result<()> {
        let pins = list_pinned(self.db, chat, at)?;
        if pins.is_empty() {
            return Ok(());
        }
        let views = newcomers.iter().map(|user| Ok((*user, View::of(self.db, chat, *user)?)));
        let views: Vec<(UserId, View)> = views.collect::<Result<_>>()?;
        for pin in pins {
            let viewers = views.iter().filter(|(_, view)| view.shows_id(pin.message_id));
            let viewers = Audience::Members(viewers.map(|(user, _)| *user).collect());
            self.publish(Row::Pin(pin), viewers);
        }
        Ok(())
    }
}

/// The pin of a message, also one that was taken away; `None` if it was never pinned, or is deleted.
pub(super) fn find(db: &Connection, message: MessageId) -> Result<Option<Pin>> {
    let mut query = db.prepare_cached(
        "SELECT chat_id, message_id, user_id, at, until, changed FROM pins WHERE message_id = ?1",
    )?;
    optional(query.query_row((message,), Pin::from_row))
}

/// The messages of a chat that are pinned at a time, the latest pin first.
fn list_pinned(db: &Connection, chat: ChatId, at: Millis) -> Result<Vec<Pin>> {
    let mut query = db.prepare_cached(
        "SELECT chat_id, message_id, user_id, at, until, changed FROM pins
          WHERE chat_id = ?1 AND until > ?2",
    )?;
    let pins = query.query_map((chat, at), Pin::from_row)?;
    let mut pins: Vec<Pin> = pins.collect::<Result<_, _>>()?;
    pins.sort_by_key(|pin| Reverse((pin.at, pin.changed)));
    Ok(pins)
}

/// Those of the messages of a chat that are pinned at a time which a user sees and has not hidden, the
/// latest pin first. Former members see none.
pub(super) fn list_shown(
    db: &Connection,
    user: UserId,
    view: &View,
    at: Millis,
) -> Result<Vec<Pin>> {
    if view.membership.role == Role::Former {
        return Ok(Vec::new());
    }
    let mut shown = Vec::new();
    for pin in list_pinned(db, view.membership.chat_id, at)? {
        if view.shows_id(pin.message_id) && !is_hidden(db, pin.message_id, user)? {
            shown.push(pin);
        }
    }
    Ok(shown)
}
