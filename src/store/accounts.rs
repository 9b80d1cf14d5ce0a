//! Users and their sessions.

use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::{Batch, Store, privacy};
use crate::{
    error::{Error, Result},
    model::{Audience, Caller, Privacy, Row, User, UserName},
    types::{Millis, SessionId, UserId, Username},
};

/// What a sign-in is checked against.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) user_id: UserId,
    /// As the user spelt it when registering.
    pub(crate) username: String,
    pub(crate) password_hash: String,
}

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
    /// Makes an account and tells everybody.
    pub(crate) fn create_user(&mut self, name: &Username, password_hash: &str) -> Result<User> {
        let mut taken = self.db.prepare_cached("SELECT 1 FROM users WHERE username_key = ?1")?;
        let key = Username::key(name.as_str());
        if taken.exists((&key,))? {
            return Err(Error::UsernameTaken);
        }
        let changed = self.next_revision();
        let user = self
            .db
            .prepare_cached(
                "INSERT INTO users (username, username_key, password_hash, created_at, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 RETURNING id, username, last_seen, display_name, about, picture, changed",
            )?
            .query_row(
                (name.as_str(), key, password_hash, Millis::now(), changed),
                User::from_row,
            )?;
        self.announce(Row::User(user.clone()), Audience::Everyone, None);
        Ok(user)
    }

    /// Records a sign-in, and clears away those that have expired. Answers whether it did: not
    /// if the password was changed since it was checked against `password_hash`.
    pub(crate) fn create_session(
        &mut self,
        id: SessionId,
        user: UserId,
        password_hash: &str,
        expires_at: Millis,
    ) -> Result<bool> {
        let now = Millis::now();
        self.db.prepare_cached("DELETE FROM sessions WHERE expires_at <= ?1")?.execute((now,))?;
        let made = self
            .db
            .prepare_cached(
                "INSERT INTO sessions (id, user_id, created_at, expires_at)
                 SELECT ?1, id, ?3, ?4 FROM users WHERE id = ?2 AND password_hash = ?5",
            )?
            .execute((id, user, now, expires_at, password_hash))?;
        Ok(made == 1)
    }

    /// Changes a password and ends all sessions but `kept`. Answers those that ended; `None` if
    /// the password is no longer the one `old_hash` was made from.
    pub(crate) fn change_password(
        &mut self,
        user: UserId,
        old_hash: &str,
        new_hash: &str,
        kept: SessionId,
    ) -> Result<Option<Vec<SessionId>>> {
        let changed = self
            .db
            .prepare_cached(
                "UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2",
            )?
            .execute((user, old_hash, new_hash))?;
        if changed == 0 {
            return Ok(None);
        }
        let mut end = self
            .db
            .prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2 RETURNING id")?;
        let ended = end.query_map((user, kept), |row| row.get(0))?;
        Ok(Some(ended.collect::<Result<_, _>>()?))
    }

    /// Ends a session: its token is worthless from now on.
    pub(crate) fn delete_session(&mut self, id: SessionId) -> Result<()> {
        self.db.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute((id,))?;
        Ok(())
    }

    /// Notes when a user was last connected.
    pub(crate) fn touch_last_seen(&mut self, user: UserId, at: Millis) -> Result<()> {
        self.db
            .prepare_cached("UPDATE users SET last_seen = ?2 WHERE id = ?1")?
            .execute((user, at))?;
        Ok(())
    }
}

impl Store {
    /// The account that a typed username means, if there is one.
    pub(crate) async fn find_credentials(&self, username: &str) -> Result<Option<Credentials>> {
        let key = Username::key(username);
        self.read(move |db| {
            let mut query = db.prepare_cached(
                "SELECT id, username, password_hash FROM users WHERE username_key = ?1",
            )?;
            let found = query.query_row((key,), |row| {
                Ok(Credentials {
                    user_id: row.get("id")?,
                    username: row.get("username")?,
                    password_hash: row.get("password_hash")?,
                })
            });
            Ok(found.optional()?)
        })
        .await
    }

    /// Who is signed in by this session, unless it has expired.
    pub(crate) async fn find_caller(&self, session: SessionId) -> Result<Option<Caller>> {
        self.read(move |db| find_caller(db, session)).await
    }

    /// The user of this session as they see themselves, and what they give away; unless the
    /// session has expired.
    pub(crate) async fn find_self(&self, session: SessionId) -> Result<Option<(User, Privacy)>> {
        self.read(move |db| {
            let Some(caller) = find_caller(db, session)? else { return Ok(None) };
            let Some(user) = find_user(db, caller.user_id)? else { return Ok(None) };
            Ok(Some((user, privacy::find(db, caller.user_id)?)))
        })
        .await
    }

    /// Everybody as `viewer` may see them, in the order they registered.
    pub(crate) async fn list_users(&self, viewer: UserId) -> Result<Vec<User>> {
        self.read(move |db| {
            let mut query = db.prepare_cached(
                "SELECT id, username, last_seen, display_name, about, picture, changed
                   FROM users ORDER BY id",
            )?;
            let users = query.query_map((), User::from_row)?;
            users.map(|user| privacy::seen_by(db, viewer, user?)).collect()
        })
        .await
    }

    /// Everybody as the first Chaap listed them, in the order they registered.
    pub(crate) async fn list_user_names(&self) -> Result<Vec<UserName>> {
        self.read(|db| {
            let mut query = db.prepare_cached("SELECT id, username FROM users ORDER BY id")?;
            let rows = query.query_map((), |row| {
                Ok(UserName { id: row.get("id")?, username: row.get("username")? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// One user, as they see themselves.
fn find_caller(db: &Connection, session: SessionId) -> Result<Option<Caller>> {
    let mut query = db.prepare_cached(
        "SELECT s.id AS session_id, s.expires_at, u.id AS user_id, u.username
           FROM sessions s JOIN users u ON u.id = s.user_id
          WHERE s.id = ?1 AND s.expires_at > ?2",
    )?;
    let found = query.query_row((session, Millis::now()), |row| {
        Ok(Caller {
            user_id: row.get("user_id")?,
            username: row.get("username")?,
            session_id: row.get("session_id")?,
            expires_at: row.get("expires_at")?,
        })
    });
    Ok(found.optional()?)
}

pub(super) fn find_user(db: &Connection, id: UserId) -> Result<Option<User>> {
    let mut query = db.prepare_cached(
        "SELECT id, username, last_seen, display_name, about, picture, changed
           FROM users WHERE id = ?1",
    )?;
    Ok(query.query_row((id,), User::from_row).optional()?)
}
