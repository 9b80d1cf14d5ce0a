//! What a returning device has missed: every row that its user may see and that changed since its
//! revision. What clients of the first contract get instead is in `v1.rs`.
//!
//! Devices advance by the rows they are sent, never to the server's own revision: that would tell
//! them about changes which they may not see.

use std::sync::Arc;

use rusqlite::{Connection, Params, types::FromSql};

use super::{
    Store, chats, epochs, flags, members, memberships,
    messages::message_columns,
    pins, preferences, privacy, reactions, receipts,
    recent::Look,
    scheduled, users,
    views::{View, is_hidden, ranges_of_user},
};
use crate::{
    config::{PAGE_BYTES, SYNC_PAGE_ROWS},
    error::{Error, Result},
    model::{Member, Message, Role, Row},
    types::{ChatId, Epoch, MessageId, Millis, Revision, ScheduledId, UserId},
    wire,
};

/// The answer to "what changed since".
#[derive(Debug)]
pub(crate) enum Feed {
    /// Further behind than is sensible: load the lists instead, and go on from `revision`. If
    /// `restored`, what the device knows may never have happened, and it forgets all of it.
    Reset { revision: Revision, restored: bool },
    /// Rows in the order they changed. With `more`, ask again since `revision`; otherwise the
    /// device has everything up to `revision`.
    Rows { rows: Vec<Row>, revision: Revision, more: bool },
}

/// The revision that a device has reached, and in which run of the server if it can tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since {
    pub(crate) revision: Revision,
    pub(crate) epoch: Option<Epoch>,
}

/// More revisions than one commit gives.
const AHEAD_MAX: i64 = 100_000;

/// What a row of the feed is, before it is loaded.
#[derive(Clone, Copy)]
enum Key {
    User(UserId),
    Chat(ChatId),
    Member(ChatId, UserId),
    Membership(ChatId),
    Receipt(ChatId, UserId),
    GroupReceipt(ChatId),
    Preferences(ChatId),
    Privacy,
    Message(MessageId),
    Reactions(MessageId),
    Reaction(MessageId),
    Flags(MessageId),
    Pin(MessageId),
    Scheduled(ScheduledId),
}

impl Store {
    /// The next page of rows that `user` may see and that changed after `since`.
    pub(crate) async fn list_changes(
        &self,
        user: UserId,
        since: Since,
        rows_max: usize,
    ) -> Result<Feed> {
        let look = self.recent.look(user, since.revision);
        self.list_changes_after(look, user, since, rows_max).await
    }

    /// Like [`Store::list_changes`] after this look.
    pub(super) async fn list_changes_after(
        &self,
        look: Look,
        user: UserId,
        since: Since,
        rows_max: usize,
    ) -> Result<Feed> {
        let (last, current) = (self.revision(), self.epoch());
        let Since { revision: since, epoch } = since;
        let recent = Arc::clone(&self.recent);
        if look.is_current && since <= last && epoch.is_none_or(|epoch| epoch == current) {
            return Ok(Feed::Rows { rows: Vec::new(), revision: since, more: false });
        }
        self.read_long(user, move |db| {
            // The device has seen more than this database: a backup was restored.
            let known = match epoch {
                Some(epoch) => epochs::knows(db, epoch, since, current)?,
                None => true,
            };
            // Readers see a commit a moment before it is in `last`.
            let ahead_max = if epoch == Some(current) { AHEAD_MAX } else { 0 };
            let is_ahead = since.0.saturating_sub(last.0) > ahead_max;
            let restored = is_ahead || since < Revision(0) || !known;
            let keys = if restored { None } else { list_keys(db, user, since, rows_max, &look)? };
            let Some(keys) = keys else {
                let revision = visible_revision(db, user)?;
                recent.learn(user, &look, revision, true);
                return Ok(Feed::Reset { revision, restored });
            };
            let feed = load_page(db, user, &keys, since)?;
            if let Feed::Rows { rows, revision, more: false } = &feed {
                recent.learn(user, &look, *revision, !rows.is_empty());
            }
            Ok(feed)
        })
        .await
    }

    /// Whether [`Store::list_changes`] would find anything, as far as that is known without asking
    /// the database.
    pub(crate) fn may_have_changes(&self, user: UserId, since: Since) -> bool {
        let is_of_now = since.epoch.is_none_or(|epoch| epoch == self.epoch());
        let can_be = since.revision <= self.revision();
        !(is_of_now && can_be && self.recent.look(user, since.revision).is_current)
    }

    /// The revision of the last change that `user` may see.
    pub(crate) async fn find_visible_revision(&self, user: UserId) -> Result<Revision> {
        if let Some(revision) = self.recent.visible_revision(user) {
            return Ok(revision);
        }
        let (look, recent) = (self.recent.look(user, Revision(i64::MAX)), Arc::clone(&self.recent));
        self.read_long(user, move |db| {
            let revision = visible_revision(db, user)?;
            recent.learn(user, &look, revision, true);
            Ok(revision)
        })
        .await
    }
}

/// The keys of all rows changed after `since`, in order; `None` if there are more than `max`.
fn list_keys(
    db: &Connection,
    user: UserId,
    since: Revision,
    max: usize,
    look: &Look,
) -> Result<Option<Vec<(Revision, Key)>>> {
    let mut keys = Keys { db, user, since, limit: row_limit(max), found: Vec::new() };
    keys.collect(
        "SELECT changed, id FROM users WHERE changed > ?1 LIMIT ?2",
        (since, keys.limit),
        Key::User,
    )?;
    keys.push(privacy::find(db, user)?.changed, Key::Privacy);
    keys.collect(
        "SELECT changed, message_id FROM flags WHERE user_id = ?1 AND changed > ?2 LIMIT ?3",
        (user, since, keys.limit),
        Key::Flags,
    )?;
    keys.collect(
        "SELECT changed, id FROM scheduled WHERE user_id = ?1 AND changed > ?2 LIMIT ?3",
        (user, since, keys.limit),
        Key::Scheduled,
    )?;
    let chats = match &look.chats {
        Some(recent) => recent.iter().copied().collect(),
        None => chats::list_changed(db, user, since)?,
    };
    for chat in chats {
        keys.collect_in_chat(chat)?;
        if keys.found.len() > max {
            return Ok(None);
        }
    }
    let mut found = keys.found;
    if look.chats.is_some() {
        // The look may lack chats that changed after it; a later one will name them.
        found.retain(|(changed, _)| *changed <= look.through);
    }
    found.sort_by_key(|(changed, _)| *changed);
    Ok((found.len() <= max).then_some(found))
}

/// One more than may be tells whether there are more.
fn row_limit(max: usize) -> i64 {
    i64::try_from(max).unwrap_or(i64::MAX - 1) + 1
}

/// Keys that are being collected for one user.
struct Keys<'db> {
    db: &'db Connection,
    user: UserId,
    since: Revision,
    limit: i64,
    found: Vec<(Revision, Key)>,
}

impl Keys<'_> {
    fn push(&mut self, changed: Revision, key: Key) {
        if changed > self.since {
            self.found.push((changed, key));
        }
    }

    fn collect<T: FromSql>(
        &mut self,
        sql: &str,
        params: impl Params,
        key: impl Fn(T) -> Key,
    ) -> Result<()> {
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query(params)?;
        while let Some(row) = rows.next()? {
            self.found.push((row.get(0)?, key(row.get(1)?)));
        }
        Ok(())
    }

    /// Adds what changed in a chat, as far as this member may see it.
    fn collect_in_chat(&mut self, chat: ChatId) -> Result<()> {
        let Self { db, user, since, limit, .. } = *self;
        let preferences = preferences::find(db, chat, user)?;
        let Some(membership) = memberships::find(db, chat, user)? else { return Ok(()) };
        let view = View::new(membership, preferences::cleared(preferences.as_ref()));
        let found = find_changes(db, chat)?;
        let is_former = view.membership.role == Role::Former;
        // Somebody who has just come learns of a chat, and of how far its messages have come, that
        // is older than their revision. Not as of a later change of their role: that is sent live to
        // a device that catches up now, but without these rows.
        let joined = view.membership.joined;
        let shown = if is_former {
            chats::find_for(db, &view.membership, user)?.map_or(found.chat, |chat| chat.changed)
        } else {
            found.chat
        };
        self.push(shown.max(joined), Key::Chat(chat));
        self.push(view.membership.changed, Key::Membership(chat));
        if found.is_group && !is_former {
            self.push(found.receipt.max(joined), Key::GroupReceipt(chat));
            // A newcomer asks for the list of members, and is told what changed after they came.
            let known = since.max(joined);
            if found.members > known {
                for (changed, member) in members::list_changed(db, chat, known)? {
                    self.push(changed, Key::Member(chat, member));
                }
            }
        }
        let only = found.is_group.then_some(user);
        self.collect(
            "SELECT iif(user_id = ?2, changed, shown_changed), user_id FROM members
              WHERE chat_id = ?1 AND (?5 IS NULL OR user_id = ?5)
                AND iif(user_id = ?2, changed, shown_changed) > ?3 LIMIT ?4",
            (chat, user, since, limit, only),
            |user| Key::Receipt(chat, user),
        )?;
        if let Some(preferences) = &preferences {
            self.push(preferences.changed, Key::Preferences(chat));
        }
        for (after, through) in view.ranges() {
            self.collect(
                "SELECT changed, id FROM messages WHERE chat_id = ?1 AND id > ?2 AND id <= ?3
                  LIMIT ?4",
                (chat, after.max(MessageId(since.0)), through, limit),
                Key::Message,
            )?;
            self.collect(
                "SELECT changed, id FROM messages
                  WHERE chat_id = ?1 AND changed > ?2 AND changed <> id AND id <= ?2
                    AND id > ?3 AND id <= ?4
                  LIMIT ?5",
                (chat, since, after, through, limit),
                Key::Message,
            )?;
        }
        if !is_former {
            self.collect_reactions(&view)?;
            self.collect_pins(&view)?;
        }
        Ok(())
    }

    /// Adds the changed reactions to the messages of a chat that this member sees.
    fn collect_reactions(&mut self, view: &View) -> Result<()> {
        let Self { user, since, limit, .. } = *self;
        let chat = view.membership.chat_id;
        for (after, through) in view.ranges() {
            self.collect(
                "SELECT changed, message_id FROM reacted_messages
                  WHERE chat_id = ?1 AND changed > ?2 AND message_id > ?3 AND message_id <= ?4
                  LIMIT ?5",
                (chat, since, after, through, limit),
                Key::Reactions,
            )?;
            self.collect(
                "SELECT changed, message_id FROM reactions
                  WHERE user_id = ?1 AND chat_id = ?2 AND changed > ?3
                    AND message_id > ?4 AND message_id <= ?5
                  LIMIT ?6",
                (user, chat, since, after, through, limit),
                Key::Reaction,
            )?;
        }
        Ok(())
    }

    /// Adds the changed pins of the messages of a chat that this member sees. Somebody who has just come
    /// gets every pin that lasts, and not before the row of their coming: with that row, a device forgets
    /// the pins of an earlier stay.
    fn collect_pins(&mut self, view: &View) -> Result<()> {
        let Self { db, user, since, limit, .. } = *self;
        let chat = view.membership.chat_id;
        for (after, through) in view.ranges() {
            self.collect(
                "SELECT changed, message_id FROM pins
                  WHERE chat_id = ?1 AND changed > ?2 AND message_id > ?3 AND message_id <= ?4
                  LIMIT ?5",
                (chat, since, after, through, limit),
                Key::Pin,
            )?;
        }
        let joined = view.membership.joined;
        if joined > since {
            let pins = pins::list_shown(db, user, view, Millis::now())?;
            for pin in pins.iter().filter(|pin| pin.changed <= joined) {
                let is_it = |key: &Key| matches!(key, Key::Pin(id) if *id == pin.message_id);
                self.found.retain(|(_, key)| !is_it(key));
                self.push(joined, Key::Pin(pin.message_id));
            }
        }
        Ok(())
    }
}

/// The revisions of what a chat's row holds.
struct ChatChanges {
    is_group: bool,
    chat: Revision,
    receipt: Revision,
    members: Revision,
}

fn find_changes(db: &Connection, chat: ChatId) -> Result<ChatChanges> {
    let mut query = db.prepare_cached(
        "SELECT kind = 'group' AS is_group, changed, receipt_changed, members_changed
           FROM chats WHERE id = ?1",
    )?;
    let changes = query.query_row((chat,), |row| {
        Ok(ChatChanges {
            is_group: row.get("is_group")?,
            chat: row.get("changed")?,
            receipt: row.get("receipt_changed")?,
            members: row.get("members_changed")?,
        })
    })?;
    Ok(changes)
}

/// The revision of the last change that `user` may see. It does not move when somebody else does
/// something hidden.
pub(super) fn visible_revision(db: &Connection, user: UserId) -> Result<Revision> {
    // Few statements for all chats: with 1,000 groups, several for each took 20 times as long.
    let highest = |sql| -> Result<Revision> {
        let found: Option<Revision> =
            db.prepare_cached(sql)?.query_row((user,), |row| row.get(0))?;
        Ok(found.unwrap_or_default())
    };
    let everyone: Option<Revision> =
        db.prepare_cached("SELECT max(changed) FROM users")?.query_row((), |row| row.get(0))?;
    let revisions = [
        everyone.unwrap_or_default(),
        privacy::find(db, user)?.changed,
        // The chats, what the user is in them, their marks and their settings.
        highest(
            "SELECT max(max(m.role_changed, m.changed, ifnull(p.changed, 0),
                            iif(m.role = 'former', 0,
                                max(c.changed, c.receipt_changed, c.members_changed))))
               FROM members m JOIN chats c ON c.id = m.chat_id
                    LEFT JOIN preferences p ON p.chat_id = m.chat_id AND p.user_id = m.user_id
              WHERE m.user_id = ?1",
        )?,
        // The marks of the others in direct chats.
        highest(
            "SELECT max(o.shown_changed)
               FROM members m JOIN members o ON o.chat_id = m.chat_id AND o.user_id <> ?1
              WHERE m.user_id = ?1 AND m.role IS NULL",
        )?,
        highest(concat!(
            "SELECT max((SELECT max(id) FROM messages
                          WHERE chat_id = r.chat_id AND id > r.after_id AND id <= r.through_id))
               FROM ",
            ranges_of_user!(),
            " r"
        ))?,
        highest(concat!(
            "SELECT max((SELECT max(changed) FROM messages
                          WHERE chat_id = r.chat_id AND changed <> id
                            AND id > r.after_id AND id <= r.through_id))
               FROM ",
            ranges_of_user!(),
            " r"
        ))?,
        highest("SELECT max(changed) FROM flags WHERE user_id = ?1")?,
        highest("SELECT max(changed) FROM scheduled WHERE user_id = ?1")?,
        // Former members see no reactions and no pins.
        highest(concat!(
            "SELECT max((SELECT max(changed) FROM reacted_messages
                          WHERE chat_id = r.chat_id AND message_id > r.after_id
                            AND message_id <= r.through_id))
               FROM ",
            ranges_of_user!(),
            " r WHERE (SELECT role FROM members WHERE chat_id = r.chat_id AND user_id = ?1)
                      IS NOT 'former'"
        ))?,
        highest(concat!(
            "SELECT max((SELECT max(changed) FROM pins
                          WHERE chat_id = r.chat_id AND message_id > r.after_id
                            AND message_id <= r.through_id))
               FROM ",
            ranges_of_user!(),
            " r WHERE (SELECT role FROM members WHERE chat_id = r.chat_id AND user_id = ?1)
                      IS NOT 'former'"
        ))?,
    ];
    Ok(revisions.into_iter().max().unwrap_or_default())
}

/// Loads rows until the page is full. Rows of one revision (a chat with its first members) are
/// never separated, so that "since" can name the page's last revision.
fn load_page(
    db: &Connection,
    viewer: UserId,
    keys: &[(Revision, Key)],
    since: Revision,
) -> Result<Feed> {
    let (mut rows, mut bytes, mut last) = (Vec::new(), 0, since);
    for (changed, key) in keys {
        let full = rows.len() >= SYNC_PAGE_ROWS || bytes >= PAGE_BYTES;
        if full && last != *changed {
            return Ok(Feed::Rows { rows, revision: last, more: true });
        }
        let row = load(db, viewer, *key)?;
        bytes += wire::encoded_bytes(&row);
        rows.push(row);
        last = *changed;
    }
    Ok(Feed::Rows { rows, revision: last, more: false })
}

/// A row as `viewer` may see it.
fn load(db: &Connection, viewer: UserId, key: Key) -> Result<Row> {
    let gone = || Error::internal("a row of the feed is gone");
    Ok(match key {
        Key::User(id) => {
            let user = users::find(db, id)?.ok_or_else(gone)?;
            Row::User(privacy::as_seen_by(db, viewer, user)?)
        }
        Key::Chat(id) => {
            let membership = memberships::find(db, id, viewer)?.ok_or_else(gone)?;
            Row::Chat(chats::find_for(db, &membership, viewer)?.ok_or_else(gone)?)
        }
        Key::Member(chat, user) => Row::Member(
            db.prepare_cached(
                "SELECT chat_id, user_id, role, role_changed FROM members
                  WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .query_row((chat, user), Member::from_row)?,
        ),
        Key::Membership(chat) => {
            Row::Membership(memberships::find(db, chat, viewer)?.ok_or_else(gone)?)
        }
        Key::Receipt(chat, user) => {
            Row::Receipt(receipts::find(db, chat, user, viewer)?.ok_or_else(gone)?)
        }
        Key::GroupReceipt(chat) => Row::Receipt(receipts::find_group(db, chat)?),
        Key::Preferences(chat) => {
            Row::Preferences(preferences::find(db, chat, viewer)?.ok_or_else(gone)?)
        }
        Key::Privacy => Row::Privacy(privacy::find(db, viewer)?),
        Key::Reactions(message) => Row::Reactions(reactions::find(db, message)?.ok_or_else(gone)?),
        Key::Reaction(message) => {
            Row::Reaction(reactions::find_own(db, message, viewer)?.ok_or_else(gone)?)
        }
        Key::Pin(message) => Row::Pin(pins::find(db, message)?.ok_or_else(gone)?),
        Key::Scheduled(id) => Row::Scheduled(scheduled::find(db, id)?.ok_or_else(gone)?),
        Key::Flags(message) => Row::Flags(flags::find(db, message, viewer)?.ok_or_else(gone)?),
        Key::Message(id) => {
            let mut query = db.prepare_cached(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages WHERE id = ?1"
            ))?;
            let mut message = query.query_row((id,), Message::from_row)?;
            if is_hidden(db, id, viewer)? {
                message.remove_words();
            }
            Row::Message(message)
        }
    })
}
