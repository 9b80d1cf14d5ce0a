//! Chats and their members.

use rusqlite::{Connection, OptionalExtension};

use super::{Batch, Store, messages, preferences, writer::CachedChat};
use crate::{
    error::{Error, Result},
    model::{Audience, Chat, ChatKind, ChatSummary, Member, Row},
    words::{ChatId, Millis, Seq, UserId},
};

/// The list's badge stops counting here; the page shows "999+".
const UNREAD_MAX: u64 = 1_000;

impl Batch<'_> {
    /// The direct chat of two people (or of one with oneself), made if they have none yet.
    pub(super) fn direct_chat(&mut self, sender: UserId, recipient: UserId) -> Result<ChatId> {
        let pair = (sender.min(recipient), sender.max(recipient));
        if let Some(id) = self.pair(pair) {
            return Ok(id);
        }
        let known = self
            .db
            .prepare_cached(
                "SELECT id FROM chats
                  WHERE kind = 'direct' AND low_user_id = ?1 AND high_user_id = ?2",
            )?
            .query_row(pair, |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => self.create_direct_chat(pair, recipient)?,
        };
        self.keep_pair(pair, id);
        Ok(id)
    }

    fn create_direct_chat(&mut self, pair: (UserId, UserId), recipient: UserId) -> Result<ChatId> {
        if !self.db.prepare_cached("SELECT 1 FROM users WHERE id = ?1")?.exists((recipient,))? {
            return Err(Error::NotFound("user"));
        }
        self.guard()?;
        let (changed, now) = (self.next_number(), Millis::now());
        let id: ChatId = self
            .db
            .prepare_cached(
                "INSERT INTO chats (kind, low_user_id, high_user_id, created_at, changed)
                 VALUES ('direct', ?1, ?2, ?3, ?4) RETURNING id",
            )?
            .query_row((pair.0, pair.1, now, changed), |row| row.get(0))?;
        let mut users = vec![pair.0, pair.1];
        users.dedup();
        for user in &users {
            self.db
                .prepare_cached(
                    "INSERT INTO members (chat_id, user_id, changed, shown_changed)
                     VALUES (?1, ?2, ?3, ?3)",
                )?
                .execute((id, user, changed))?;
        }
        // Nobody has received anything yet: it looks the same to both.
        let chat = find_chat(self.db, id, recipient)?;
        let chat = chat.ok_or_else(|| Error::internal("a new chat cannot be found"))?;
        self.keep_chat(
            id,
            CachedChat { kind: ChatKind::Direct, members: users.clone().into(), last_seq: Seq(0) },
        );
        self.announce(Row::Chat(chat), Audience::Users(users.into()), None);
        Ok(id)
    }
}

impl Store {
    /// The members of a chat, if `user` is one of them.
    pub(crate) async fn list_members(&self, chat: ChatId, user: UserId) -> Result<Vec<UserId>> {
        self.read(move |db| {
            let members = members_of(db, chat, user)?;
            let users: Vec<UserId> = members.iter().map(|member| member.user_id).collect();
            if users.contains(&user) { Ok(users) } else { Err(Error::NotFound("chat")) }
        })
        .await
    }

    /// The chats of a user as a list shows them, the one with the latest message first.
    pub(crate) async fn list_chats(&self, user: UserId) -> Result<Vec<ChatSummary>> {
        self.read(move |db| {
            let ids: Vec<ChatId> = db
                .prepare_cached("SELECT chat_id FROM members WHERE user_id = ?1")?
                .query_map((user,), |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut chats = Vec::with_capacity(ids.len());
            for id in ids {
                let Some(chat) = find_chat(db, id, user)? else { continue };
                let preferences = preferences::find(db, id, user)?;
                let (cleared_seq, cleared_id) = preferences::cleared(preferences.as_ref());
                let last_message = messages::last(db, id)?.filter(|last| last.id > cleared_id);
                let read = chat.members.iter().find(|member| member.user_id == user);
                let seen = read.map_or(Seq(0), |member| member.read_seq).max(cleared_seq);
                let unread = messages::count_unread(db, id, user, seen, UNREAD_MAX)?;
                chats.push(ChatSummary { chat, last_message, unread, preferences });
            }
            chats.sort_by_key(|chat| {
                std::cmp::Reverse(chat.last_message.as_ref().map(|message| message.id))
            });
            Ok(chats)
        })
        .await
    }
}

/// A chat with its last `seq` and its members, as `viewer` sees them.
pub(super) fn find_chat(db: &Connection, id: ChatId, viewer: UserId) -> Result<Option<Chat>> {
    let mut query =
        db.prepare_cached("SELECT id, kind, title, created_at, changed FROM chats WHERE id = ?1")?;
    let chat = query.query_row((id,), |row| {
        Ok(Chat {
            id: row.get("id")?,
            kind: row.get("kind")?,
            title: row.get("title")?,
            members: Vec::new(),
            last_seq: Seq(0),
            created_at: row.get("created_at")?,
            changed: row.get("changed")?,
        })
    });
    let Some(mut chat) = chat.optional()? else { return Ok(None) };
    chat.members = members_of(db, id, viewer)?;
    chat.last_seq = messages::last_seq(db, id)?;
    Ok(Some(chat))
}

fn members_of(db: &Connection, chat: ChatId, viewer: UserId) -> Result<Vec<Member>> {
    let mut query = db.prepare_cached(
        "SELECT user_id, delivered_seq, iif(user_id = ?2, read_seq, shown_read_seq) AS read_seq
           FROM members WHERE chat_id = ?1 ORDER BY user_id",
    )?;
    let rows = query.query_map((chat, viewer), |row| {
        Ok(Member {
            user_id: row.get("user_id")?,
            delivered_seq: row.get("delivered_seq")?,
            read_seq: row.get("read_seq")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
