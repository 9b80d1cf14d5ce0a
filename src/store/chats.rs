//! Chats as rows, and the direct chat of two people.

use rusqlite::{Connection, Row as SqlRow};

use super::{batch::Batch, cache::CachedChat, command::By, members, sql::optional};
use crate::{
    error::{Error, Result},
    model::{Audience, Chat, ChatKind, GroupFacts, Membership, Role, Row},
    types::{ChatId, MessageId, Revision, Seq, UserId},
};

impl Chat {
    /// Everything but `last_seq`, which the row does not hold.
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        let kind = row.get("kind")?;
        let user_ids = match kind {
            ChatKind::Group => None,
            ChatKind::Direct => {
                let mut people = vec![row.get("low_user_id")?, row.get("high_user_id")?];
                people.dedup();
                Some(people)
            }
        };
        Ok(Self {
            id: row.get("id")?,
            kind,
            title: row.get("title")?,
            description: row.get("description")?,
            picture: row.get("picture")?,
            user_ids,
            who_may_write: row.get("who_may_write")?,
            who_may_change: row.get("who_may_change")?,
            history_for_newcomers: row.get("history_for_newcomers")?,
            expire_after: row.get("expire_after")?,
            last_seq: Seq(0),
            created_at: row.get("created_at")?,
            changed: row.get("changed")?,
        })
    }
}

impl Batch<'_> {
    /// What a command needs to know of a chat, from memory or the database.
    pub(super) fn chat(&mut self, id: ChatId) -> Result<CachedChat> {
        if let Some(chat) = self.cache.chat(id) {
            return Ok(chat.clone());
        }
        let chat = load_cached(self.db, id)?.ok_or(Error::NotFound("chat"))?;
        self.cache.put_chat(id, chat.clone());
        Ok(chat)
    }

    /// The direct chat of two people (or of one with themselves), if they have one.
    pub(super) fn find_direct_chat(&mut self, pair: (UserId, UserId)) -> Result<Option<ChatId>> {
        if let Some(id) = self.cache.pair(pair) {
            return Ok(Some(id));
        }
        let id = find_direct(self.db, pair)?;
        if let Some(id) = id {
            self.cache.put_pair(pair, id);
        }
        Ok(id)
    }

    /// Makes the direct chat of two people, who exist and have none.
    pub(super) fn create_direct_chat(&mut self, pair: (UserId, UserId), by: By) -> Result<ChatId> {
        let changed = self.next_revision();
        let id: ChatId = self
            .db
            .prepare_cached(
                "INSERT INTO chats (kind, low_user_id, high_user_id, created_at, changed)
                 VALUES ('direct', ?1, ?2, ?3, ?4) RETURNING id",
            )?
            .query_row((pair.0, pair.1, by.at, changed), |row| row.get(0))?;
        let audience = Audience::Pair(pair.0, pair.1);
        let mut members = vec![pair.0, pair.1];
        members.dedup();
        for user in members {
            self.db
                .prepare_cached(
                    "INSERT INTO members (chat_id, user_id, changed, shown_changed)
                     VALUES (?1, ?2, ?3, ?3)",
                )?
                .execute((id, user, changed))?;
        }
        self.cache.put_pair(pair, id);
        let chat = find(self.db, id)?.ok_or_else(|| Error::internal("a new chat is gone"))?;
        self.publish(Row::Chat(chat), audience);
        Ok(id)
    }
}

/// The chats that a user is or was in and in which something has changed after `since`, also what
/// they may not see.
pub(super) fn list_changed(db: &Connection, user: UserId, since: Revision) -> Result<Vec<ChatId>> {
    let mut query = db.prepare_cached(
        "SELECT m.chat_id
           FROM members m JOIN chats c ON c.id = m.chat_id
                LEFT JOIN preferences p ON p.chat_id = m.chat_id AND p.user_id = m.user_id
          WHERE m.user_id = ?1
            AND (max(m.role_changed, m.changed, ifnull(p.changed, 0), c.changed,
                     c.receipt_changed, c.members_changed) > ?2
                 OR (SELECT max(id) FROM messages WHERE chat_id = m.chat_id) > ?2
                 OR EXISTS (SELECT 1 FROM messages
                             WHERE chat_id = m.chat_id AND changed > ?2 AND changed <> id)
                 OR EXISTS (SELECT 1 FROM reacted_messages
                             WHERE chat_id = m.chat_id AND changed > ?2)
                 OR EXISTS (SELECT 1 FROM pins WHERE chat_id = m.chat_id AND changed > ?2)
                 OR m.role IS NULL
                    AND EXISTS (SELECT 1 FROM members o
                                 WHERE o.chat_id = m.chat_id AND o.shown_changed > ?2))",
    )?;
    Ok(query.query_map((user, since), |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// A chat, its last `seq` included.
pub(super) fn find(db: &Connection, id: ChatId) -> Result<Option<Chat>> {
    let mut query = db.prepare_cached(
        "SELECT id, kind, title, description, picture, low_user_id, high_user_id, who_may_write,
                who_may_change, history_for_newcomers, expire_after, created_at, changed
           FROM chats WHERE id = ?1",
    )?;
    let Some(mut chat) = optional(query.query_row((id,), Chat::from_row))? else {
        return Ok(None);
    };
    chat.last_seq = last(db, id)?.0;
    Ok(Some(chat))
}

/// A chat as one who is or was in it may see it. For a former member of a group, what came after
/// their last stay does not exist: no message, no title, no picture.
pub(super) fn find_for(
    db: &Connection,
    membership: &Membership,
    viewer: UserId,
) -> Result<Option<Chat>> {
    let Some(mut chat) = find(db, membership.chat_id)? else { return Ok(None) };
    if membership.role == Role::Former {
        let last = membership.stays.last().and_then(|stay| stay.to_seq);
        chat.last_seq = last.unwrap_or_default();
        let mut query = db.prepare_cached(
            "SELECT last_seen_chat FROM members WHERE chat_id = ?1 AND user_id = ?2",
        )?;
        let facts: Option<GroupFacts> = query.query_row((chat.id, viewer), |row| row.get(0))?;
        if let Some(facts) = facts {
            // A picture that was replaced since is not kept.
            chat.picture = facts.picture.filter(|picture| Some(*picture) == chat.picture);
            chat.title = facts.title;
            chat.description = facts.description;
            chat.who_may_write = facts.who_may_write;
            chat.who_may_change = facts.who_may_change;
            chat.history_for_newcomers = facts.history_for_newcomers;
            chat.expire_after = facts.expire_after;
            chat.changed = facts.changed;
        }
    }
    Ok(Some(chat))
}

/// The direct chat of two people, the smaller id first.
pub(super) fn find_direct(db: &Connection, pair: (UserId, UserId)) -> Result<Option<ChatId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM chats WHERE kind = 'direct' AND low_user_id = ?1 AND high_user_id = ?2",
    )?;
    optional(query.query_row(pair, |row| row.get(0)))
}

/// What the writer keeps of a chat.
pub(super) fn load_cached(db: &Connection, id: ChatId) -> Result<Option<CachedChat>> {
    let mut query = db.prepare_cached(
        "SELECT kind, who_may_write, who_may_change, expire_after FROM chats WHERE id = ?1",
    )?;
    let found =
        query.query_row((id,), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    let Some((kind, who_may_write, who_may_change, expire_after)) = optional(found)? else {
        return Ok(None);
    };
    Ok(Some(CachedChat {
        kind,
        who_may_write,
        who_may_change,
        expire_after,
        audience: members::audience(db, id)?,
        last_seq: last(db, id)?.0,
        lowest: None,
    }))
}

/// The `seq` and the id of the last message of a chat; 0 when it has none.
pub(super) fn last(db: &Connection, chat: ChatId) -> Result<(Seq, MessageId)> {
    let mut query = db.prepare_cached(
        "SELECT seq, id FROM messages WHERE chat_id = ?1 ORDER BY id DESC LIMIT 1",
    )?;
    let found = optional(query.query_row((chat,), |row| Ok((row.get(0)?, row.get(1)?))))?;
    Ok(found.unwrap_or_default())
}

/// An id in the range, or its beginning: the messages up to it have a `seq` of `read` at most, and
/// those after it have a larger one. Both rise together, so it halves the range: an index of all
/// messages by `seq` would cost every insert. `None` for a range without messages.
pub(super) fn last_until(
    db: &Connection,
    chat: ChatId,
    (after, through): (MessageId, MessageId),
    read: Seq,
) -> Result<Option<MessageId>> {
    let last: Option<MessageId> = db
        .prepare_cached("SELECT max(id) FROM messages WHERE chat_id = ?1 AND id > ?2 AND id <= ?3")?
        .query_row((chat, after, through), |row| row.get(0))?;
    let Some(mut high) = last else { return Ok(None) };
    let mut low = after;
    let mut query = db.prepare_cached(
        "SELECT id, seq FROM messages
          WHERE chat_id = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT 1",
    )?;
    while low < high {
        let middle = MessageId(low.0 + (high.0 - low.0) / 2);
        let next: Option<(MessageId, Seq)> = optional(
            query.query_row((chat, middle, high), |row| Ok((row.get("id")?, row.get("seq")?))),
        )?;
        match next {
            Some((id, seq)) if seq <= read => low = id,
            _ => high = middle,
        }
    }
    Ok(Some(low))
}
