//! A transaction under way, as commands see it.

use rusqlite::Connection;

use super::cache::Cache;
use crate::{
    error::Result,
    model::{Audience, Change, Row},
    types::{ChatId, MessageId, Revision, Seq, UserId},
};

/// What a command works on: the database inside of the transaction, the revision counter, the
/// writer's cache, and the changes to publish after the commit.
#[derive(Debug)]
pub(crate) struct Batch<'w> {
    pub(super) db: &'w Connection,
    pub(super) cache: &'w mut Cache,
    /// Bytes that one user may store, if there is a limit.
    pub(super) user_quota: Option<u64>,
    revision: &'w mut Revision,
    changes: Vec<Change>,
    /// Whether words were removed that must not stay in the log of the database.
    pub(super) has_erased: bool,
    /// The message whose reactions have changed. Their row is made when the batch is complete.
    pub(super) reacted: Option<Reacted>,
}

/// A message whose reactions a command has changed.
#[derive(Debug)]
pub(crate) struct Reacted {
    pub(super) chat: ChatId,
    pub(super) message: MessageId,
    pub(super) seq: Seq,
    /// Those who are in the chat.
    pub(super) members: Audience,
}

impl<'w> Batch<'w> {
    pub(super) fn new(
        db: &'w Connection,
        cache: &'w mut Cache,
        user_quota: Option<u64>,
        revision: &'w mut Revision,
    ) -> Self {
        Self {
            db,
            cache,
            user_quota,
            revision,
            changes: Vec::new(),
            has_erased: false,
            reacted: None,
        }
    }

    /// What the command has to publish, and the message whose reactions it has changed.
    pub(super) fn into_changes(self) -> (Vec<Change>, Option<Reacted>) {
        (self.changes, self.reacted)
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

    /// Whether there is a user of this id.
    pub(super) fn has_user(&self, user: UserId) -> Result<bool> {
        Ok(self.db.prepare_cached("SELECT 1 FROM users WHERE id = ?1")?.exists((user,))?)
    }
}
