//! Chats: the direct chat of two people, and the list of a member's chats.

use rusqlite::{Connection, Row as SqlRow};

use super::{
    Store,
    batch::{Batch, optional},
    cache::CachedChat,
    command::By,
    members,
    memberships::{self, View},
    messages, preferences, receipts, sync,
};
use crate::{
    error::{Error, Result},
    model::{Audience, Chat, ChatKind, ChatSummary, Role, Row},
    types::{ChatId, Revision, Seq, UserId},
};

/// The unread count stops here; the page then shows "999+".
const UNREAD_MAX: u64 = 1_000;

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
            user_ids,
            who_may_write: row.get("who_may_write")?,
            history_for_newcomers: row.get("history_for_newcomers")?,
            last_seq: Seq(0),
            created_at: row.get("created_at")?,
            changed: row.get("changed")?,
        })
    }
}

impl Batch<'_> {
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

impl Store {
    /// The chats of a user for their list, the one with the latest message first, and the revision
    /// up to which the list holds everything that they may see.
    pub(crate) async fn list_chats(&self, user: UserId) -> Result<(Vec<ChatSummary>, Revision)> {
        self.read(move |db| {
            let mut chats = list_ids(db, user)?
                .into_iter()
                .map(|id| summarise(db, id, user))
                .collect::<Result<Vec<_>>>()?;
            chats.sort_by_key(|chat| {
                std::cmp::Reverse(chat.last_message.as_ref().map(|message| message.id))
            });
            Ok((chats, sync::visible_revision(db, user)?))
        })
        .await
    }
}

fn summarise(db: &Connection, id: ChatId, user: UserId) -> Result<ChatSummary> {
    let gone = || Error::internal("a chat of a member is gone");
    let mut chat = find(db, id)?.ok_or_else(gone)?;
    let membership = memberships::find(db, id, user)?.ok_or_else(gone)?;
    let preferences = preferences::find(db, id, user)?;
    let view = View::new(membership, preferences::cleared(preferences.as_ref()));
    chat.last_seq = view.last_seq(chat.last_seq);
    let receipts = receipts::list(db, &chat, user, view.membership.role)?;
    let own = receipts.iter().find(|receipt| receipt.user_id == Some(user));
    let read = own.map_or(Seq(0), |receipt| receipt.read_seq).max(view.cleared_seq);
    Ok(ChatSummary {
        last_message: messages::last(db, id, &view)?,
        unread: messages::count_unread(db, id, user, &view, read, UNREAD_MAX)?,
        membership: (chat.kind == ChatKind::Group).then_some(view.membership),
        chat,
        receipts,
        preferences,
    })
}

/// The chats that a user is or was in.
pub(super) fn list_ids(db: &Connection, user: UserId) -> Result<Vec<ChatId>> {
    let mut query = db.prepare_cached("SELECT chat_id FROM members WHERE user_id = ?1")?;
    Ok(query.query_map((user,), |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// A chat, its last `seq` included.
pub(super) fn find(db: &Connection, id: ChatId) -> Result<Option<Chat>> {
    let mut query = db.prepare_cached(
        "SELECT id, kind, title, description, low_user_id, high_user_id, who_may_write,
                history_for_newcomers, created_at, changed
           FROM chats WHERE id = ?1",
    )?;
    let Some(mut chat) = optional(query.query_row((id,), Chat::from_row))? else {
        return Ok(None);
    };
    chat.last_seq = messages::last_seq(db, id)?;
    Ok(Some(chat))
}

/// A chat as one member may see it: what came after the last stay does not exist.
pub(super) fn find_for(db: &Connection, id: ChatId, viewer: UserId) -> Result<Option<Chat>> {
    let Some(mut chat) = find(db, id)? else { return Ok(None) };
    if let Some(membership) = memberships::find(db, id, viewer)?
        && membership.role == Role::Former
    {
        chat.last_seq = View::new(membership, Default::default()).last_seq(chat.last_seq);
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
    let mut query = db.prepare_cached("SELECT kind, who_may_write FROM chats WHERE id = ?1")?;
    let found = optional(query.query_row((id,), |row| Ok((row.get(0)?, row.get(1)?))))?;
    let Some((kind, who_may_write)) = found else { return Ok(None) };
    let audience = members::audience(db, id)?;
    let last_seq = messages::last_seq(db, id)?;
    Ok(Some(CachedChat { kind, who_may_write, audience, last_seq }))
}
