//! How many bytes each user has stored, and the most that one may.
//!
//! Texts, drafts and pictures count, and a small sum for each message. The writer keeps the numbers
//! in memory and writes those that a batch has changed once, before the commit.

use rusqlite::Connection;

use super::{batch::Batch, cache::Cache, command::ROW_BYTES, sql::optional};
use crate::{
    error::{Error, Result},
    types::UserId,
};

/// What a message counts.
pub(super) fn bytes_of_message(text: &str) -> usize {
    text.len() + ROW_BYTES
}

impl Batch<'_> {
    /// Refuses when the user may not store so many bytes more. None more are always allowed.
    pub(super) fn check_quota(&mut self, user: UserId, more: usize) -> Result<()> {
        if more == 0 {
            return Ok(());
        }
        let Some(bytes_max) = self.user_quota else { return Ok(()) };
        let stored = u64::try_from(self.find_stored(user)?).unwrap_or_default();
        if stored.saturating_add(more as u64) > bytes_max {
            return Err(Error::Quota { bytes_max });
        }
        Ok(())
    }

    /// Counts what a user has stored in addition, or no longer stores. Call it after the write: a
    /// command that fails before it has written anything must not have counted.
    pub(super) fn count_stored(&mut self, user: UserId, more: usize, less: usize) -> Result<()> {
        if more != less {
            let before = self.find_stored(user)?;
            let (more, less) = (signed(more), signed(less));
            let after = before.saturating_add(more).saturating_sub(less).max(0);
            self.cache.set_stored(user, after);
        }
        Ok(())
    }

    fn find_stored(&mut self, user: UserId) -> Result<i64> {
        if let Some(stored) = self.cache.stored(user) {
            return Ok(stored);
        }
        let mut query =
            self.db.prepare_cached("SELECT bytes FROM stored_bytes WHERE user_id = ?1")?;
        let stored = optional(query.query_row((user,), |row| row.get(0)))?.unwrap_or_default();
        self.cache.put_stored(user, stored);
        Ok(stored)
    }
}

/// Writes the numbers that a batch has changed. There is a row for those who store anything.
pub(super) fn write(db: &Connection, cache: &Cache) -> Result<()> {
    for (user, bytes) in cache.changed_stored() {
        if bytes == 0 {
            let mut remove = db.prepare_cached("DELETE FROM stored_bytes WHERE user_id = ?1")?;
            remove.execute((user,))?;
        } else {
            db.prepare_cached(
                "INSERT INTO stored_bytes (user_id, bytes) VALUES (?1, ?2)
                 ON CONFLICT (user_id) DO UPDATE SET bytes = excluded.bytes",
            )?
            .execute((user, bytes))?;
        }
    }
    Ok(())
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
