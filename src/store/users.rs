//! Users as rows. Accounts, profiles and privacy stand on this file.

use rusqlite::{Connection, Row as SqlRow};

use super::{Store, batch::Batch, sql::optional};
use crate::{
    error::{Error, Result},
    model::{Audience, Row, User},
    types::{Millis, UserId},
};

impl User {
    pub(super) fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            username: row.get("username")?,
            last_seen: row.get("last_seen")?,
            display_name: row.get("display_name")?,
            about: row.get("about")?,
            picture: row.get("picture")?,
            changed: row.get("changed")?,
        })
    }
}

impl Batch<'_> {
    /// Changes a user's row and publishes it to everyone, if that makes a difference.
    pub(super) fn update_user(
        &mut self,
        id: UserId,
        change: impl FnOnce(&mut User),
    ) -> Result<User> {
        let before = find(self.db, id)?.ok_or(Error::NotFound("user"))?;
        let mut user = before.clone();
        change(&mut user);
        if user == before {
            return Ok(user);
        }
        self.write_user(user)
    }

    /// Gives a user's row a new revision and publishes it to everyone.
    pub(super) fn republish_user(&mut self, id: UserId) -> Result<()> {
        let user = find(self.db, id)?.ok_or(Error::NotFound("user"))?;
        self.write_user(user).map(drop)
    }

    fn write_user(&mut self, mut user: User) -> Result<User> {
        user.changed = self.next_revision();
        self.db
            .prepare_cached(
                "UPDATE users SET display_name = ?2, about = ?3, picture = ?4, changed = ?5
                  WHERE id = ?1",
            )?
            .execute((user.id, &user.display_name, &user.about, user.picture, user.changed))?;
        self.publish(Row::User(user.clone()), Audience::Everyone);
        Ok(user)
    }
}

impl Store {
    /// When each of these users was last seen; `None` too for those who do not exist. Whether
    /// `viewer` may know it is not asked.
    pub(crate) async fn list_last_seen(
        &self,
        viewer: UserId,
        users: Box<[UserId]>,
    ) -> Result<Vec<Option<Millis>>> {
        self.read_long(viewer, move |db| {
            let mut query = db.prepare_cached("SELECT last_seen FROM users WHERE id = ?1")?;
            let find = |user: &UserId| optional(query.query_row((*user,), |row| row.get(0)));
            users.iter().map(find).map(|found| Ok(found?.flatten())).collect()
        })
        .await
    }
}

/// A user as they see themselves.
pub(super) fn find(db: &Connection, id: UserId) -> Result<Option<User>> {
    let mut query = db.prepare_cached(
        "SELECT id, username, last_seen, display_name, about, picture, changed
           FROM users WHERE id = ?1",
    )?;
    optional(query.query_row((id,), User::from_row))
}
