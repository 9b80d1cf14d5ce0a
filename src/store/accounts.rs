//! Accounts: usernames, passwords, and the list of users.

use rusqlite::Connection;

use super::{
    Store,
    batch::Batch,
    command::{Apply, By, ChangePassword, CreateUser, NoteLastSeen, ROW_BYTES},
    privacy,
    sql::optional,
};
use crate::{
    error::{Error, Result},
    model::{Audience, Change, Row, User, UserName},
    types::{Skeleton, UserId, Username},
};

/// What a sign-in is checked against.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) user_id: UserId,
    /// In the spelling of the registration.
    pub(crate) username: String,
    pub(crate) password_hash: String,
}

impl Apply for CreateUser {
    type Outcome = User;

    fn bytes(&self) -> usize {
        self.password_hash.len() + ROW_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<User> {
        let mut taken = batch.db.prepare_cached("SELECT 1 FROM users WHERE username_key = ?1")?;
        let key = Username::key(self.username.as_str());
        if taken.exists((&key,))? {
            return Err(Error::UsernameTaken);
        }
        let skeleton = free_skeleton(batch.db, self)?;
        let changed = batch.next_revision();
        let user = batch
            .db
            .prepare_cached(
                "INSERT INTO users
                   (username, username_key, skeleton, password_hash, created_at, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 RETURNING id, username, last_seen, display_name, about, picture, changed",
            )?
            .query_row(
                (self.username.as_str(), key, skeleton, &self.password_hash, by.at, changed),
                User::from_row,
            )?;
        batch.publish(Row::User(user.clone()), Audience::Everyone);
        Ok(user)
    }
}

/// The skeleton to store for a new account. An entry from before skeletons were stored is applied
/// as the migration treats its row: it gets a skeleton unless an older account has it.
fn free_skeleton(db: &Connection, command: &CreateUser) -> Result<Option<Skeleton>> {
    let computed = || Skeleton::of(command.username.as_str());
    let skeleton = command.skeleton.clone().unwrap_or_else(computed);
    if !is_skeleton_taken(db, &skeleton)? {
        return Ok(Some(skeleton));
    }
    if command.skeleton.is_some() { Err(confusable()) } else { Ok(None) }
}

fn is_skeleton_taken(db: &Connection, skeleton: &Skeleton) -> Result<bool> {
    let mut taken = db.prepare_cached("SELECT 1 FROM users WHERE skeleton = ?1")?;
    Ok(taken.exists((skeleton.as_str(),))?)
}

/// The refusal of a name that looks like that of another user.
fn confusable() -> Error {
    let reason = "this username looks like that of another user; choose one that differs more";
    Error::invalid("confusable_username", "username", reason)
}

impl Apply for ChangePassword {
    /// Whether it was changed: not if another request changed it first.
    type Outcome = bool;

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<bool> {
        let changed = batch
            .db
            .prepare_cached(
                "UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2",
            )?
            .execute((by.actor, &self.old_hash, &self.new_hash))?;
        if changed == 0 {
            return Ok(false);
        }
        let mut end = batch
            .db
            .prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2 RETURNING id")?;
        let ended = end.query_map((by.actor, self.keep), |row| row.get(0))?;
        let sessions = ended.collect::<Result<Vec<_>, _>>()?;
        batch.publish_change(Change::SessionsEnded { user_id: by.actor, sessions });
        Ok(true)
    }
}

impl Apply for NoteLastSeen {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let mut update =
            batch.db.prepare_cached("UPDATE users SET last_seen = ?2 WHERE id = ?1")?;
        update.execute((by.actor, by.at))?;
        Ok(())
    }
}

impl Store {
    /// The account whose username has this key, if there is one.
    pub(crate) async fn find_credentials(&self, key: String) -> Result<Option<Credentials>> {
        self.authentication
            .read(move |db| {
                let mut query = db.prepare_cached(
                    "SELECT id, username, password_hash FROM users WHERE username_key = ?1",
                )?;
                optional(query.query_row((key,), |row| {
                    Ok(Credentials {
                        user_id: row.get("id")?,
                        username: row.get("username")?,
                        password_hash: row.get("password_hash")?,
                    })
                }))
            })
            .await
    }

    /// Refuses a name that looks like that of another user.
    pub(crate) async fn refuse_confusable(&self, skeleton: Skeleton) -> Result<()> {
        let taken = self.authentication.read(move |db| is_skeleton_taken(db, &skeleton)).await?;
        if taken { Err(confusable()) } else { Ok(()) }
    }

    /// All users as `viewer` may see them, in the order of their registration.
    pub(crate) async fn list_users(&self, viewer: UserId) -> Result<Vec<User>> {
        self.read(move |db| {
            let mut query = db.prepare_cached(
                "SELECT id, username, last_seen, display_name, about, picture, changed
                   FROM users ORDER BY id",
            )?;
            let users = query.query_map((), User::from_row)?;
            users.map(|user| privacy::as_seen_by(db, viewer, user?)).collect()
        })
        .await
    }

    /// All users as the first contract lists them, in the order of their registration.
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
