//! Accounts: usernames, passwords, and the list of users.

use std::collections::VecDeque;

use rusqlite::{Connection, Row as SqlRow};

use super::{
    Store,
    batch::Batch,
    command::{Apply, By, ChangePassword, CreateUser, NoteLastSeen, ROW_BYTES},
    privacy,
    sql::optional,
};
use crate::{
    config::PAGE_BYTES,
    error::{Error, Result, SignOut},
    model::{Audience, Change, Row, User, UserName},
    types::{Line, Skeleton, UserId, Username},
    wire,
};

/// Names in one page for clients of the first contract: about 100 KiB.
const NAMES_PER_PAGE: u32 = 1_000;

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
                "INSERT INTO users (username, username_key, skeleton, password_hash, display_name,
                                    created_at, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 RETURNING id, username, last_seen, display_name, about, picture, changed",
            )?
            .query_row(
                (
                    self.username.as_str(),
                    key,
                    skeleton,
                    &self.password_hash,
                    self.display_name.as_ref().map(Line::as_str).filter(|it| !it.is_empty()),
                    by.at,
                    changed,
                ),
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
        let (user_id, why) = (by.actor, SignOut::PasswordChanged);
        batch.publish_change(Change::SessionsEnded { user_id, sessions, why });
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
    /// Whether there are no accounts.
    pub(crate) async fn has_no_accounts(&self) -> Result<bool> {
        self.authentication
            .read(|db| {
                let mut query =
                    db.prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM users WHERE id > 0)")?;
                Ok(query.query_row((), |row| row.get(0))?)
            })
            .await
    }

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

    /// The users after `after` as `viewer` may see them, in the order of their registration, and
    /// whether there are more.
    pub(crate) async fn list_users(
        &self,
        viewer: UserId,
        after: UserId,
        limit: u32,
    ) -> Result<(Vec<User>, bool)> {
        self.read_long(viewer, move |db| {
            let mut query = db.prepare_cached(
                "SELECT id, username, last_seen, display_name, about, picture, changed
                   FROM users WHERE id > ?1 ORDER BY id LIMIT ?2",
            )?;
            // One more than asked for tells whether there are more.
            let mut rows = query.query((after, i64::from(limit) + 1))?;
            let (mut users, mut bytes) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                if users.len() >= limit as usize || bytes >= PAGE_BYTES {
                    return Ok((users, true));
                }
                let user = privacy::as_seen_by(db, viewer, User::from_row(row)?)?;
                bytes += wire::encoded_bytes(&user);
                users.push(user);
            }
            Ok((users, false))
        })
        .await
    }

    /// The users after `after` as the first contract lists them, in the order of their
    /// registration; the last one of the page, if there may be more.
    pub(crate) async fn list_user_names(
        &self,
        viewer: UserId,
        after: UserId,
    ) -> Result<(Vec<UserName>, Option<UserId>)> {
        self.read_long(viewer, move |db| {
            let mut query = db.prepare_cached(
                "SELECT id, username FROM users WHERE id > ?1 ORDER BY id LIMIT ?2",
            )?;
            let rows = query.query_map((after, NAMES_PER_PAGE), UserName::from_row)?;
            let users: Vec<UserName> = rows.collect::<Result<_, _>>()?;
            let is_full = users.len() == NAMES_PER_PAGE as usize;
            let last = users.last().map(|user| user.id).filter(|_| is_full);
            Ok((users, last))
        })
        .await
    }

    /// The names of the first of these users, and the others.
    pub(crate) async fn name_users(
        &self,
        viewer: UserId,
        mut users: VecDeque<UserId>,
    ) -> Result<(Vec<UserName>, Option<VecDeque<UserId>>)> {
        self.read_long(viewer, move |db| {
            let mut query = db.prepare_cached("SELECT id, username FROM users WHERE id = ?1")?;
            let mut names = Vec::new();
            for user in users.drain(..users.len().min(NAMES_PER_PAGE as usize)) {
                names.extend(optional(query.query_row((user,), UserName::from_row))?);
            }
            Ok((names, Some(users).filter(|users| !users.is_empty())))
        })
        .await
    }
}

impl UserName {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get("id")?, username: row.get("username")? })
    }
}
