//! What people give away of themselves: read receipts, and being seen. Both go both ways.

use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::{Batch, Store};
use crate::{
    error::Result,
    model::{Audience, Privacy, PrivacyChange, Row, User},
    types::{Revision, UserId},
};

impl Privacy {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            user_id: row.get("user_id")?,
            shows_read: row.get("shows_read")?,
            shows_last_seen: row.get("shows_last_seen")?,
            changed: row.get("changed")?,
        })
    }
}

impl Batch<'_> {
    /// Changes what is named, and tells the user's own devices if that made a difference.
    pub(crate) fn change_privacy(
        &mut self,
        user: UserId,
        change: &PrivacyChange,
    ) -> Result<Privacy> {
        let before = find(self.db, user)?;
        let shows_read = change.shows_read.unwrap_or(before.shows_read);
        let shows_last_seen = change.shows_last_seen.unwrap_or(before.shows_last_seen);
        let mut after = Privacy { shows_read, shows_last_seen, ..before };
        if after == before {
            return Ok(after);
        }
        after.changed = self.next_revision();
        self.db
            .prepare_cached(
                "INSERT INTO privacy (user_id, shows_read, shows_last_seen, changed)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (user_id) DO UPDATE SET shows_read = excluded.shows_read,
                   shows_last_seen = excluded.shows_last_seen, changed = excluded.changed",
            )?
            .execute((user, shows_read, shows_last_seen, after.changed))?;
        self.announce(Row::Privacy(after), Audience::Users([user].into()), None);
        if shows_last_seen != before.shows_last_seen {
            self.touch_user(user)?;
        }
        Ok(after)
    }

    /// Has everybody told anew of a user whose row now looks different to them.
    fn touch_user(&mut self, user: UserId) -> Result<()> {
        let changed = self.next_revision();
        self.db
            .prepare_cached("UPDATE users SET changed = ?2 WHERE id = ?1")?
            .execute((user, changed))?;
        if let Some(user) = super::accounts::find_user(self.db, user)? {
            self.announce(Row::User(user), Audience::Everyone, None);
        }
        Ok(())
    }
}

impl Store {
    /// What a user gives away.
    pub(crate) async fn find_privacy(&self, user: UserId) -> Result<Privacy> {
        self.read(move |db| find(db, user)).await
    }
}

/// What a user gives away: everything, if they never set it otherwise.
pub(super) fn find(db: &Connection, user: UserId) -> Result<Privacy> {
    let mut query = db.prepare_cached(
        "SELECT user_id, shows_read, shows_last_seen, changed FROM privacy WHERE user_id = ?1",
    )?;
    let open =
        Privacy { user_id: user, shows_read: true, shows_last_seen: true, changed: Revision(0) };
    Ok(query.query_row((user,), Privacy::from_row).optional()?.unwrap_or(open))
}

/// Everybody who is not to be seen. Walks the table: once, at start.
pub(super) fn list_unseen(db: &Connection) -> Result<Vec<UserId>> {
    let mut query = db.prepare_cached("SELECT user_id FROM privacy WHERE shows_last_seen = 0")?;
    Ok(query.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// A user as `viewer` may see them.
pub(super) fn seen_by(db: &Connection, viewer: UserId, mut user: User) -> Result<User> {
    if user.last_seen.is_some() && user.id != viewer {
        let mut query = db.prepare_cached(
            "SELECT 1 FROM privacy WHERE user_id IN (?1, ?2) AND shows_last_seen = 0",
        )?;
        if query.exists((viewer, user.id))? {
            user.last_seen = None;
        }
    }
    Ok(user)
}
