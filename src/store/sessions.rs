//! Sessions: who is signed in on which device.

use std::time::Duration;

use rusqlite::Connection;

use super::{
    Store,
    batch::Batch,
    command::{Apply, By, Command, CreateSession, EndSession},
    privacy,
    sql::optional,
    users,
};
use crate::{
    error::{Error, Result, SignOut},
    model::{Caller, Change, Privacy, User},
    types::{Millis, SessionId, UserId},
};

/// The most sessions of a user. A program that signs in for each request would otherwise fill the
/// table.
const SESSIONS_MAX: u32 = 100;
/// How long an expired session stays in the table. A clock that is wrong for a while must not end the
/// sessions of everybody for good; while it is wrong, they count as expired.
const EXPIRED_FOR: Duration = Duration::from_hours(90 * 24);

impl Apply for CreateSession {
    /// How many older sessions ended for it. `None` if it was not made, because the password was
    /// changed after it was checked.
    type Outcome = Option<usize>;

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Option<usize>> {
        let mut expired = batch.db.prepare_cached("DELETE FROM sessions WHERE expires_at <= ?1")?;
        expired.execute((by.at.before(EXPIRED_FOR),))?;
        let made = batch
            .db
            .prepare_cached(
                "INSERT INTO sessions (id, user_id, created_at, expires_at)
                 SELECT ?1, id, ?3, ?4 FROM users WHERE id = ?2 AND password_hash = ?5",
            )?
            .execute((self.id, self.user, by.at, self.expires_at, &self.password_hash))?;
        if made == 0 {
            return Ok(None);
        }
        let ended = self.end_oldest(batch)?;
        let count = ended.len();
        if count > 0 {
            let (user_id, why) = (self.user, SignOut::Crowded);
            batch.publish_change(Change::SessionsEnded { user_id, sessions: ended, why });
        }
        Ok(Some(count))
    }
}

impl CreateSession {
    /// Ends the user's oldest sessions, so that at most [`SESSIONS_MAX`] are left with this one.
    fn end_oldest(&self, batch: &mut Batch<'_>) -> Result<Vec<SessionId>> {
        let mut end = batch.db.prepare_cached(
            "DELETE FROM sessions WHERE id IN (
               SELECT id FROM sessions WHERE user_id = ?1 AND id <> ?2
                ORDER BY created_at DESC, id LIMIT -1 OFFSET ?3)
             RETURNING id",
        )?;
        let ended = end.query_map((self.user, self.id, SESSIONS_MAX - 1), |row| row.get(0))?;
        Ok(ended.collect::<Result<_, _>>()?)
    }
}

impl Apply for EndSession {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let mut end =
            batch.db.prepare_cached("DELETE FROM sessions WHERE id = ?1 AND user_id = ?2")?;
        if end.execute((self.id, by.actor))? == 1 {
            let (user_id, sessions, why) = (by.actor, vec![self.id], SignOut::Ended);
            batch.publish_change(Change::SessionsEnded { user_id, sessions, why });
        }
        Ok(())
    }
}

/// A command that is refused once the session of its submitter has ended. A request may begin long
/// before that: its body can take a minute to arrive, and a picture as long to decode.
#[derive(Clone, Debug)]
pub(super) struct InSession<C> {
    pub(super) session: SessionId,
    pub(super) command: C,
}

impl<C: Apply> Apply for InSession<C> {
    type Outcome = C::Outcome;

    fn bytes(&self) -> usize {
        self.command.bytes()
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<C::Outcome> {
        let mut find =
            batch.db.prepare_cached("SELECT EXISTS (SELECT 1 FROM sessions WHERE id = ?1)")?;
        if !find.query_row((self.session,), |row| row.get(0))? {
            return Err(Error::SignedOut(SignOut::Ended));
        }
        self.command.apply(batch, by)
    }
}

impl<C: Apply> From<InSession<C>> for Command {
    fn from(guarded: InSession<C>) -> Self {
        guarded.command.into()
    }
}

impl Store {
    /// Ends a session, at once even if the database cannot be written.
    ///
    /// # Errors
    /// Why the session may be valid again after a restart.
    pub(crate) async fn end_session(&self, user: UserId, id: SessionId) -> Result<()> {
        let Err(error) = self.execute(user, EndSession { id }).await else { return Ok(()) };
        self.ended.end_unsaved(user, id).map_err(|_| error)
    }

    /// Who is signed in by this session, unless it has expired. Never waits behind other reads.
    pub(crate) async fn find_caller(&self, session: SessionId) -> Result<Option<Caller>> {
        let now = Millis::now();
        let found = self.authentication.read(move |db| find_caller(db, session, now)).await?;
        Ok(found.filter(|_| !self.ended.is_unsaved(session)))
    }

    /// The user of this session as they see themselves, with their privacy settings, unless the
    /// session has expired.
    pub(crate) async fn find_self(&self, session: SessionId) -> Result<Option<(User, Privacy)>> {
        let now = Millis::now();
        let found = self.authentication.read(move |db| {
            let Some(caller) = find_caller(db, session, now)? else { return Ok(None) };
            let Some(user) = users::find(db, caller.user_id)? else { return Ok(None) };
            Ok(Some((user, privacy::find(db, caller.user_id)?)))
        });
        Ok(found.await?.filter(|_| !self.ended.is_unsaved(session)))
    }
}

fn find_caller(db: &Connection, session: SessionId, now: Millis) -> Result<Option<Caller>> {
    let mut query = db.prepare_cached(
        "SELECT s.id AS session_id, s.expires_at, u.id AS user_id, u.username
           FROM sessions s JOIN users u ON u.id = s.user_id
          WHERE s.id = ?1 AND s.expires_at > ?2",
    )?;
    optional(query.query_row((session, now), |row| {
        Ok(Caller {
            user_id: row.get("user_id")?,
            username: row.get("username")?,
            session_id: row.get("session_id")?,
            expires_at: row.get("expires_at")?,
        })
    }))
}
