//! The database file after a kill, read by another SQLite and compared with what the server had
//! told the clients.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::client::{Client, Place, SCHEDULED, Seen};

/// All texts of a file.
pub(crate) struct Kept {
    /// In the order of their ids.
    messages: Vec<Seen>,
    /// Those that have expired.
    pub(crate) expired: BTreeSet<i64>,
    by_cid: BTreeMap<(i64, String), Place>,
    members: Vec<(i64, i64)>,
    /// By message and user; the emoji of those who took it back is `None`.
    reactions: BTreeMap<(i64, i64), Option<String>>,
    /// By message and user; `false` for those who took the star away.
    stars: BTreeMap<(i64, i64), bool>,
    /// By message: the revision and the end of its pin, if it was ever pinned.
    pins: BTreeMap<i64, (i64, Option<i64>)>,
}

impl Kept {
    /// Reads a copy of the folder's database, and checks what must hold for every database.
    pub(crate) fn read(data: &Path, copy: &Path) -> Self {
        super::copy(data, copy);
        let path = copy.join("chaap.db");
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let sound: String = db.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "the file is damaged");
        let messages = read_messages(&db);
        check_counting(&db);
        let mut query = db.prepare("SELECT id FROM messages WHERE expired").unwrap();
        let rows = query.query_map((), |row| row.get(0)).unwrap();
        let expired: BTreeSet<i64> = rows.map(Result::unwrap).collect();
        let by_cid: BTreeMap<_, _> =
            messages.iter().map(|seen| ((seen.sender, seen.cid.clone()), seen.place)).collect();
        assert_eq!(by_cid.len(), messages.len(), "a message exists twice");
        let mut query = db.prepare("SELECT chat_id, user_id FROM members").unwrap();
        let rows = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let members = rows.map(Result::unwrap).collect();
        let mut query = db.prepare("SELECT message_id, user_id, emoji FROM reactions").unwrap();
        let rows =
            query.query_map((), |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?))).unwrap();
        let reactions = rows.map(Result::unwrap).collect();
        check_reacted(&db);
        let mut query =
            db.prepare("SELECT message_id, user_id, starred_at IS NOT NULL FROM flags").unwrap();
        let rows =
            query.query_map((), |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?))).unwrap();
        let stars = rows.map(Result::unwrap).collect();
        let mut query = db.prepare("SELECT message_id, changed, until FROM pins").unwrap();
        let rows =
            query.query_map((), |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
        let pins = rows.map(Result::unwrap).collect();
        check_pinned(&db);
        check_scheduled(&db);
        Self { messages, expired, by_cid, members, reactions, stars, pins }
    }

    /// Checks that no acknowledged or received message is missing or different, that every message
    /// was sent, and that the messages of a user in a chat are in the order of sending.
    pub(crate) fn check(&self, client: &Client) {
        let name = &client.user.username;
        for (cid, place) in &client.acked {
            let kept = self.by_cid.get(&(client.user.id, cid.clone()));
            assert_eq!(kept, Some(place), "{name} has an ack for {cid}");
        }
        for (id, seen) in &client.seen {
            let kept = self.messages.binary_search_by_key(id, |kept| kept.place.id);
            let kept = kept.map(|at| &self.messages[at]).expect("what was seen is there");
            assert_eq!(kept.name(), seen.name(), "{name} has seen message {id}");
            assert!(kept.changed >= seen.changed, "{name} has seen a change of {id}");
            let is_same = kept == seen || self.expired.contains(id);
            assert!(kept.changed > seen.changed || is_same, "{name}: {kept:?}, {seen:?}");
        }
        self.check_reactions(client);
        self.check_stars(client);
        self.check_pins(client);
        for (cid, _) in client.scheduled.iter().filter(|(_, is_sent)| **is_sent) {
            let is_kept = self.by_cid.contains_key(&(client.user.id, cid.clone()));
            assert!(is_kept, "{name} was told that {cid} is sent");
        }
        if client.sends {
            self.check_written(client);
        }
    }

    fn check_written(&self, client: &Client) {
        let order: BTreeMap<&str, usize> =
            client.written.iter().enumerate().map(|(at, text)| (text.cid.as_str(), at)).collect();
        let mut last: BTreeMap<i64, usize> = BTreeMap::new();
        for kept in self.messages.iter().filter(|kept| kept.sender == client.user.id) {
            if client.scheduled.contains_key(&kept.cid) {
                let is_expired = self.expired.contains(&kept.place.id);
                assert_eq!(kept.content, if is_expired { "" } else { SCHEDULED });
                continue;
            }
            let at = order.get(kept.cid.as_str()).copied();
            let at = at.unwrap_or_else(|| panic!("nobody sent {kept:?}"));
            match client.contents.get(&kept.cid) {
                _ if self.expired.contains(&kept.place.id) => assert_eq!(kept.content, ""),
                Some(outcomes) => {
                    assert!(outcomes.0.contains(&kept.content), "{kept:?} is none of {outcomes:?}");
                }
                None => assert_eq!(kept.content, client.written[at].content),
            }
            if let Some(before) = last.insert(kept.place.chat, at) {
                assert!(before < at, "text {before} comes after text {at} of {:?}", client.user);
            }
        }
    }

    /// Checks that the answered reactions of a user are there, unless the message was deleted.
    fn check_reactions(&self, client: &Client) {
        for (message, outcomes) in &client.reactions {
            let at = self.messages.binary_search_by_key(message, |kept| kept.place.id).unwrap();
            let kept = self.reactions.get(&(*message, client.user.id)).cloned().flatten();
            if self.messages[at].content.is_empty() {
                assert_eq!(kept, None, "a reaction to the deleted message {message}");
            } else {
                let may_be = outcomes.0.contains(&kept.as_deref());
                assert!(may_be, "the reaction to {message} is {kept:?} and none of {outcomes:?}");
            }
        }
    }

    /// The same with the stars.
    fn check_stars(&self, client: &Client) {
        for (message, outcomes) in &client.stars {
            let at = self.messages.binary_search_by_key(message, |kept| kept.place.id).unwrap();
            let kept = self.stars.get(&(*message, client.user.id)).copied();
            if self.messages[at].content.is_empty() {
                assert_eq!(kept, None, "a star on the deleted message {message}");
            } else {
                let may_be = outcomes.0.contains(&kept.unwrap_or(false));
                assert!(may_be, "the star on {message} is {kept:?} and none of {outcomes:?}");
            }
        }
    }

    /// Checks that each answered pin is there or a later one of its message, unless it was deleted.
    fn check_pins(&self, client: &Client) {
        for (message, answered) in &client.pins {
            let at = self.messages.binary_search_by_key(message, |kept| kept.place.id).unwrap();
            let Some(kept) = self.pins.get(message) else {
                assert!(self.messages[at].content.is_empty(), "the pin of {message} is gone");
                continue;
            };
            let is_later = kept.0 > answered.0;
            assert!(is_later || kept == answered, "{message} has {kept:?} and not {answered:?}");
        }
    }

    /// Checks that everything sent is acknowledged, and that the device has received all messages
    /// of its user's chats, except its own, for which it got acks.
    pub(crate) fn check_settled(&self, client: &Client) {
        let name = &client.user.username;
        assert_eq!(client.acked.len(), client.written.len(), "{name} has everything acked");
        for kept in &self.messages {
            let mine = self.members.contains(&(kept.place.chat, client.user.id));
            let seen = client.seen.get(&kept.place.id);
            let known = seen.is_some() || client.acked.contains_key(&kept.cid);
            assert_eq!(mine, known, "{name} (writes: {}) and {:?}", client.sends, kept.place);
            let is_expired = self.expired.contains(&kept.place.id);
            if mine && kept.changed != kept.place.id && !is_expired {
                assert_eq!(seen, Some(kept), "{name} has the last change");
            }
        }
    }
}

fn read_messages(db: &Connection) -> Vec<Seen> {
    let mut query = db
        .prepare(
            "SELECT id, chat_id, seq, sender_id, cid, content, changed FROM messages
              WHERE event IS NULL ORDER BY id",
        )
        .unwrap();
    let rows = query.query_map((), |row| {
        Ok(Seen {
            place: Place { id: row.get(0)?, chat: row.get(1)?, seq: row.get(2)? },
            sender: row.get(3)?,
            cid: Uuid::from_slice(&row.get::<_, Vec<u8>>(4)?).unwrap().to_string(),
            content: row.get(5)?,
            changed: row.get(6)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Every message with reactions, and no other, has the revision of their last change.
fn check_reacted(db: &Connection) {
    let wrong: i64 = db
        .query_row(
            "SELECT count(*) FROM
               (SELECT message_id, max(changed) AS last FROM reactions GROUP BY message_id) r
               FULL JOIN reacted_messages m ON m.message_id = r.message_id
              WHERE r.last IS NOT m.changed",
            (),
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(wrong, 0, "messages with another revision than their reactions");
}

/// A chat has at most three pins, and a message that is deleted or has expired has none.
fn check_pinned(db: &Connection) {
    let wrong: i64 = db
        .query_row(
            "SELECT count(*) FROM pins p LEFT JOIN messages m ON m.id = p.message_id
              WHERE m.chat_id IS NOT p.chat_id OR m.deleted_at IS NOT NULL OR m.expired",
            (),
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(wrong, 0, "pins without a message");
    let most: Option<i64> = db
        .query_row(
            "SELECT max(pinned) FROM
               (SELECT count(until) AS pinned FROM pins GROUP BY chat_id)",
            (),
            |row| row.get(0),
        )
        .unwrap();
    assert!(most.unwrap_or_default() <= 3, "{most:?} pins in one chat");
}

/// A scheduled text is a message exactly if its row says that it was sent.
fn check_scheduled(db: &Connection) {
    let wrong: i64 = db
        .query_row(
            "SELECT count(*) FROM scheduled s
              WHERE (s.state = 'sent') <>
                    EXISTS (SELECT 1 FROM messages m
                             WHERE m.cid = s.cid AND m.sender_id = s.user_id
                               AND m.chat_id = s.chat_id)",
            (),
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(wrong, 0, "scheduled texts whose rows say something else");
}

/// `seq` counts 1, 2, 3 … in each chat, in the order of ids.
fn check_counting(db: &Connection) {
    let mut query = db.prepare("SELECT chat_id, seq FROM messages ORDER BY id").unwrap();
    let rows = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut last: BTreeMap<i64, i64> = BTreeMap::new();
    for (chat, seq) in rows.map(Result::unwrap) {
        let before = last.insert(chat, seq).unwrap_or(0);
        assert_eq!(seq, before + 1, "a gap or a duplicate in chat {chat}");
    }
}
