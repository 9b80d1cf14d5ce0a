//! What somebody is in a chat, and which of its messages they may see: the one place where this is
//! read, for writes and for reads.

use std::borrow::Cow;

use rusqlite::{Connection, Row as SqlRow};

use super::{batch::Batch, cache::CachedChat, sql::optional};
use crate::{
    error::Result,
    model::{ChatKind, Membership, Role, Stay},
    rules,
    types::{ChatId, Revision, UserId},
};

impl Stay {
    pub(super) fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            from_seq: row.get("from_seq")?,
            to_seq: row.get("to_seq")?,
            after_id: row.get("after_id")?,
            through_id: row.get("through_id")?,
        })
    }
}

impl Batch<'_> {
    /// A chat, and what `user` is in it; the error of a stranger if they are nothing in it.
    pub(super) fn enter(&mut self, id: ChatId, user: UserId) -> Result<(CachedChat, Membership)> {
        // The people of a direct chat never change, so nothing needs to be read.
        if let Some(chat) = self.cache.chat(id)
            && chat.kind == ChatKind::Direct
        {
            let membership = chat.audience.includes(user).then(|| Membership::direct(id));
            return Ok((chat.clone(), rules::may_enter(membership)?));
        }
        // Before the chat: reading a large group takes so long that a stranger would notice it.
        let membership = rules::may_enter(find(self.db, id, user)?)?;
        Ok((self.chat(id)?, membership))
    }

    /// Refuses when one of these users is in as many groups as a person may be.
    pub(super) fn check_groups_of(&self, users: &[UserId], actor: UserId) -> Result<()> {
        for user in users {
            let check = |count: u32| rules::may_be_in_groups(count + 1, *user == actor);
            // The exact number takes a look at each chat. Few people have so many.
            if check(count_chats(self.db, *user)?).is_err() {
                check(count_groups(self.db, *user)?)?;
            }
        }
        Ok(())
    }
}

/// What `user` is in a chat; `None` for a stranger and for a chat that does not exist.
pub(super) fn find(db: &Connection, chat: ChatId, user: UserId) -> Result<Option<Membership>> {
    let mut query = db.prepare_cached(
        "SELECT role, role_changed, joined FROM members WHERE chat_id = ?1 AND user_id = ?2",
    )?;
    let found: Option<(Option<Role>, Revision, Revision)> =
        optional(query.query_row((chat, user), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))?;
    let Some((role, changed, joined)) = found else { return Ok(None) };
    let Some(role) = role else { return Ok(Some(Membership::direct(chat))) };
    let mut query = db.prepare_cached(
        "SELECT from_seq, to_seq, after_id, through_id FROM stays
          WHERE chat_id = ?1 AND user_id = ?2 ORDER BY from_seq",
    )?;
    let stays = query.query_map((chat, user), Stay::from_row)?;
    let stays: Vec<Stay> = stays.collect::<Result<_, _>>()?;
    Ok(Some(Membership { chat_id: chat, role, stays: stays.into(), changed, joined }))
}

/// The chats of a user, of any kind. The index alone tells their number.
fn count_chats(db: &Connection, user: UserId) -> Result<u32> {
    let mut query = db.prepare_cached("SELECT count(*) FROM members WHERE user_id = ?1")?;
    Ok(query.query_row((user,), |row| row.get(0))?)
}

/// The groups that a user is in now.
fn count_groups(db: &Connection, user: UserId) -> Result<u32> {
    let mut query = db.prepare_cached(
        "SELECT count(*) FROM members WHERE user_id = ?1 AND role IN ('member', 'admin')",
    )?;
    Ok(query.query_row((user,), |row| row.get(0))?)
}

impl Membership {
    /// What each of the people of a direct chat is in it.
    pub(super) fn direct(chat_id: ChatId) -> Self {
        Self {
            chat_id,
            role: Role::Member,
            stays: Cow::Borrowed(&[Stay::WHOLE]),
            changed: Revision(0),
            joined: Revision(0),
        }
    }

    /// What somebody is in a group who has just come to it for the first time.
    pub(super) fn of_newcomer(chat_id: ChatId, role: Role, stay: Stay, changed: Revision) -> Self {
        Self { chat_id, role, stays: vec![stay].into(), changed, joined: changed }
    }
}
