//! What users show of themselves: read receipts, and when they are or were online.

use rusqlite::{Connection, Row as SqlRow};

use super::{
    Store,
    batch::Batch,
    command::{Apply, By, ChangePrivacy},
    sql::optional,
};
use crate::{
    error::Result,
    model::{Audience, Privacy, Row, User},
    rules,
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

impl Apply for ChangePrivacy {
    type Outcome = Privacy;

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Privacy> {
        let before = find(batch.db, by.actor)?;
        let shows_read = self.change.shows_read.unwrap_or(before.shows_read);
        let shows_last_seen = self.change.shows_last_seen.unwrap_or(before.shows_last_seen);
        let mut after = Privacy { shows_read, shows_last_seen, ..before };
        if after == before {
            return Ok(after);
        }
        after.changed = batch.next_revision();
        batch
            .db
            .prepare_cached(
                "INSERT INTO privacy (user_id, shows_read, shows_last_seen, changed)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (user_id) DO UPDATE SET shows_read = excluded.shows_read,
                   shows_last_seen = excluded.shows_last_seen, changed = excluded.changed",
            )?
            .execute((by.actor, shows_read, shows_last_seen, after.changed))?;
        batch.publish(Row::Privacy(after), Audience::User(by.actor));
        if shows_last_seen != before.shows_last_seen {
            // Their row now looks different to others.
            batch.republish_user(by.actor)?;
        }
        Ok(after)
    }
}

impl Store {
    /// What a user shows of themselves.
    pub(crate) async fn find_privacy(&self, user: UserId) -> Result<Privacy> {
        self.read(move |db| find(db, user)).await
    }
}

/// What a user shows of themselves: everything, unless they have set it otherwise.
pub(super) fn find(db: &Connection, user: UserId) -> Result<Privacy> {
    let mut query = db.prepare_cached(
        "SELECT user_id, shows_read, shows_last_seen, changed FROM privacy WHERE user_id = ?1",
    )?;
    let open =
        Privacy { user_id: user, shows_read: true, shows_last_seen: true, changed: Revision(0) };
    Ok(optional(query.query_row((user,), Privacy::from_row))?.unwrap_or(open))
}

/// The users who hide when they are online. Reads the whole table, once, at start.
pub(super) fn list_hidden(db: &Connection) -> Result<Vec<UserId>> {
    let mut query = db.prepare_cached("SELECT user_id FROM privacy WHERE shows_last_seen = 0")?;
    Ok(query.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// A user as `viewer` may see them.
pub(super) fn as_seen_by(db: &Connection, viewer: UserId, mut user: User) -> Result<User> {
    if user.last_seen.is_some() && user.id != viewer {
        let mut query = db.prepare_cached(
            "SELECT user_id FROM privacy WHERE user_id IN (?1, ?2) AND shows_last_seen = 0",
        )?;
        let hiding = query.query_map((viewer, user.id), |row| row.get(0))?;
        let hiding: Vec<UserId> = hiding.collect::<Result<_, _>>()?;
        if !rules::is_last_seen_shown(viewer, user.id, |user| hiding.contains(&user)) {
            user.last_seen = None;
        }
    }
    Ok(user)
}
