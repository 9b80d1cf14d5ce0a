//! A transaction under way, as commands see it.

use rusqlite::{Connection, OptionalExtension};

use super::{
    cache::{Cache, CachedChat},
    chats, memberships,
};
use crate::{
    error::{Error, Result},
    model::{Audience, Change, ChatKind, Membership, Role, Row, Stay},
    rules,
    types::{ChatId, Revision, UserId},
};

/// What a command works on: the database inside of the transaction, the revision counter, the
/// writer's cache, and the changes to publish after the commit.
#[derive(Debug)]
pub(crate) struct Batch<'w> {
    pub(super) db: &'w Connection,
    pub(super) cache: &'w mut Cache,
    revision: &'w mut Revision,
    changes: Vec<Change>,
}

impl<'w> Batch<'w> {
    pub(super) fn new(
        db: &'w Connection,
        cache: &'w mut Cache,
        revision: &'w mut Revision,
    ) -> Self {
        Self { db, cache, revision, changes: Vec::new() }
    }

    /// What the command has to publish.
    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// The revision of the last change so far, this batch's included.
    pub(super) fn revision(&self) -> Revision {
        *self.revision
    }

    /// Takes the next revision, for a change that is about to be written.
    pub(super) fn next_revision(&mut self) -> Revision {
        *self.revision = self.revision.next();
        *self.revision
    }

    /// Gives the last revision back: there was nothing to write.
    pub(super) fn give_back(&mut self, revision: Revision) {
        debug_assert_eq!(*self.revision, revision, "only the last revision can be given back");
        *self.revision = Revision(revision.0 - 1);
    }

    /// Publishes `row` to `audience` once the batch is committed.
    pub(super) fn publish(&mut self, row: Row, audience: Audience) {
        self.changes.push(Change::Row { row, audience });
    }

    /// Publishes any change once the batch is committed.
    pub(super) fn publish_change(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// What a command needs to know of a chat, from memory or the database.
    pub(super) fn chat(&mut self, id: ChatId) -> Result<CachedChat> {
        if let Some(chat) = self.cache.chat(id) {
            return Ok(chat.clone());
        }
        let chat = chats::load_cached(self.db, id)?.ok_or(Error::NotFound("chat"))?;
        self.cache.put_chat(id, chat.clone());
        Ok(chat)
    }

    /// A chat, and what `user` is in it; the error of a stranger if they are nothing in it.
    pub(super) fn enter(&mut self, id: ChatId, user: UserId) -> Result<(CachedChat, Membership)> {
        let chat = self.chat(id)?;
        let membership = match chat.kind {
            ChatKind::Group => memberships::find(self.db, id, user)?,
            // The people of a direct chat never change, so nothing needs to be read.
            ChatKind::Direct => chat.audience.includes(user).then(|| Membership::direct(id)),
        };
        Ok((chat, rules::may_enter(membership)?))
    }

    /// Whether there is a user of this id.
    pub(super) fn has_user(&self, user: UserId) -> Result<bool> {
        Ok(self.db.prepare_cached("SELECT 1 FROM users WHERE id = ?1")?.exists((user,))?)
    }
}

impl Membership {
    /// What each of the people of a direct chat is in it.
    pub(super) fn direct(chat_id: ChatId) -> Self {
        Self {
            chat_id,
            role: Role::Member,
            stays: std::borrow::Cow::Borrowed(&[Stay::WHOLE]),
            changed: Revision(0),
        }
    }
}

/// Runs a statement without parameters.
pub(super) fn execute(db: &Connection, sql: &str) -> Result<()> {
    db.prepare_cached(sql)?.execute(())?;
    Ok(())
}

/// The value of a query that may find no row.
pub(super) fn optional<T>(found: rusqlite::Result<T>) -> Result<Option<T>> {
    Ok(found.optional()?)
}
