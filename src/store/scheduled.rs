//! Scheduled messages: written now, and sent at a time that their writer has chosen.
//!
//! The server sends one as its writer would: the rules decide at that time. The message gets the
//! `cid` of the row, so it is sent exactly once. The row is for the writer's own devices alone.
//! This file does not look at the clock; `actions/scheduled.rs` finds what is due.

use rusqlite::{Connection, Row as SqlRow};

use super::{
    Store,
    batch::Batch,
    command::{
        Apply, By, CancelScheduled, ChangeScheduled, ROW_BYTES, ScheduleMessage, SendDue,
        SendMessage, SendScheduled,
    },
    memberships,
    messages::cid_conflict,
    quota,
    sql::optional,
};
use crate::{
    config::PAGE_BYTES,
    error::{Error, Result},
    model::{
        Audience, Due, NewMessage, NewlyScheduled, Row, Scheduled, ScheduledState as State, Target,
    },
    rules,
    types::{ChatId, Cid, Content, MessageId, Millis, ScheduledId, UserId},
    wire,
};

/// Why the server cancels what a person has scheduled in a group that they leave. It is the code of
/// the error that they would get when they write there.
const LEFT: &str = "not_a_member";

impl Scheduled {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            user_id: row.get("user_id")?,
            chat_id: row.get("chat_id")?,
            cid: row.get("cid")?,
            content: row.get("content")?,
            reply_to: row.get("reply_to")?,
            due_at: row.get("due_at")?,
            created_at: row.get("created_at")?,
            state: row.get("state")?,
            reason: row.get("reason")?,
            changed: row.get("changed")?,
        })
    }

    /// What it counts to the quota: as much as the message that it becomes, and nothing after that.
    fn bytes(&self) -> usize {
        if self.content.is_empty() { 0 } else { quota::bytes_of_message(&self.content) }
    }

    /// The same without its words.
    fn ended(self, state: State, reason: Option<&str>) -> Self {
        let reason = reason.map(str::to_owned);
        Self { content: String::new(), reply_to: None, state, reason, ..self }
    }
}

impl Due {
    /// Refuses a time that is too near, too far ahead or over.
    fn check(&self) -> Result<()> {
        if (self.earliest..=self.latest).contains(&self.at) {
            return Ok(());
        }
        let reason = "the time must be at least one minute and at most 365 days ahead";
        Err(Error::invalid("invalid_due_at", "due_at", reason))
    }
}

impl Apply for ScheduleMessage {
    type Outcome = NewlyScheduled;

    fn bytes(&self) -> usize {
        quota::bytes_of_message(self.content.as_str())
    }

    /// Keeps the message. A `cid` that the sender has used before gets the row of the first time.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<NewlyScheduled> {
        if let Some(before) = find_by_cid(batch.db, self.cid, by.actor)? {
            return self.scheduled_before(before);
        }
        if batch.is_known(self.cid, by.actor)? {
            return Err(cid_conflict());
        }
        let (chat, membership) = batch.enter(self.chat, by.actor)?;
        rules::may_write(chat.who_may_write, &membership)?;
        self.due.check()?;
        if let Some(message) = self.reply_to {
            batch.check_reply(&membership, message, by.actor)?;
        }
        rules::may_schedule(count(batch.db, by.actor)? + 1)?;
        batch.check_quota(by.actor, self.bytes())?;
        let changed = batch.next_revision();
        let scheduled = Scheduled {
            id: ScheduledId(changed.0),
            user_id: by.actor,
            chat_id: self.chat,
            cid: self.cid,
            content: self.content.as_str().to_owned(),
            reply_to: self.reply_to,
            due_at: self.due.at,
            created_at: by.at,
            state: State::Waiting,
            reason: None,
            changed,
        };
        batch.insert_scheduled(&scheduled)?;
        batch.count_stored(by.actor, self.bytes(), 0)?;
        batch.publish(Row::Scheduled(scheduled.clone()), Audience::User(by.actor));
        Ok(NewlyScheduled { scheduled, dup: false })
    }
}

impl ScheduleMessage {
    /// The answer to a retry. Only a row that was not changed since can be compared.
    fn scheduled_before(&self, before: Scheduled) -> Result<NewlyScheduled> {
        let is_unchanged = before.changed.0 == before.id.0;
        let differs = before.content != self.content.as_str()
            || before.reply_to != self.reply_to
            || before.due_at != self.due.at;
        if before.chat_id != self.chat || (is_unchanged && differs) {
            return Err(cid_conflict());
        }
        Ok(NewlyScheduled { scheduled: before, dup: true })
    }
}

impl Apply for ChangeScheduled {
    type Outcome = Scheduled;

    fn bytes(&self) -> usize {
        self.content.as_ref().map_or(0, |content| content.as_str().len())
    }

    /// Changes text and time. A message that was refused waits again, until a new time.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Scheduled> {
        let before = find_unsent(batch.db, self.id, by.actor)?;
        let content = self.content.as_ref().map_or(before.content.as_str(), Content::as_str);
        let due_at = self.due.map_or(before.due_at, |due| due.at);
        let is_waiting = before.state == State::Waiting;
        if is_waiting && content == before.content && due_at == before.due_at {
            return Ok(before);
        }
        let Some(due) = self.due else {
            if !is_waiting {
                let reason = "a message that was refused needs a new time";
                return Err(Error::invalid("invalid_due_at", "due_at", reason));
            }
            let content = content.to_owned();
            return batch.replace_scheduled(&before, Scheduled { content, ..before.clone() });
        };
        let (chat, membership) = batch.enter(before.chat_id, by.actor)?;
        rules::may_write(chat.who_may_write, &membership)?;
        due.check()?;
        let after = Scheduled {
            content: content.to_owned(),
            due_at,
            state: State::Waiting,
            reason: None,
            ..before.clone()
        };
        batch.replace_scheduled(&before, after)
    }
}

impl Apply for CancelScheduled {
    type Outcome = Scheduled;

    /// Cancels the message. What was cancelled stays so.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Scheduled> {
        let before = find_own(batch.db, self.id, by.actor)?;
        if before.state == State::Cancelled {
            return Ok(before);
        }
        let before = find_unsent(batch.db, self.id, by.actor)?;
        batch.replace_scheduled(&before, before.clone().ended(State::Cancelled, None))
    }
}

impl Apply for SendScheduled {
    type Outcome = Scheduled;

    fn bytes(&self) -> usize {
        ROW_BYTES
    }

    /// Sends the message. One that was sent already stays as it is; one that the rules refuse, too.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Scheduled> {
        let before = find_own(batch.db, self.id, by.actor)?;
        if before.state == State::Sent {
            return Ok(before);
        }
        let before = find_unsent(batch.db, self.id, by.actor)?;
        batch.send_scheduled(&before, by)
    }
}

impl Apply for SendDue {
    type Outcome = ();

    fn bytes(&self) -> usize {
        ROW_BYTES
    }

    /// Sends the message if it still waits and its time was not changed. If the rules refuse it,
    /// the row says why.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let Ok(before) = find_own(batch.db, self.id, by.actor) else { return Ok(()) };
        if before.state != State::Waiting || before.due_at > by.at {
            return Ok(());
        }
        match batch.send_scheduled(&before, by) {
            Ok(_) => Ok(()),
            Err(
                refusal @ (Error::Forbidden { .. }
                | Error::NotFound(_)
                | Error::Conflict { .. }
                | Error::Invalid { .. }),
            ) => {
                let reason = Some(refusal.code().to_owned());
                let after = Scheduled { state: State::Refused, reason, ..before.clone() };
                batch.replace_scheduled(&before, after).map(drop)
            }
            Err(error) => Err(error),
        }
    }
}

impl Batch<'_> {
    /// Sends a scheduled message as its writer, now. The quota holds its bytes already.
    fn send_scheduled(&mut self, before: &Scheduled, by: By) -> Result<Scheduled> {
        // It was checked when it was scheduled; an operator may have set a smaller limit since.
        let content = Content::parse(before.content.clone(), usize::MAX)?;
        let message = NewMessage {
            target: Target::Chat(before.chat_id),
            content,
            cid: Some(before.cid),
            reply_to: self.find_quotable(before, by)?,
            forward_of: None,
        };
        SendMessage { message }.post(self, by, 0)?;
        self.replace_scheduled(before, before.clone().ended(State::Sent, None))
    }

    /// The message that a scheduled one quotes, if its writer can still quote it. Without, the text
    /// is sent alone.
    fn find_quotable(&mut self, scheduled: &Scheduled, by: By) -> Result<Option<MessageId>> {
        let Some(message) = scheduled.reply_to else { return Ok(None) };
        let (_, membership) = self.enter(scheduled.chat_id, by.actor)?;
        match self.check_reply(&membership, message, by.actor) {
            Ok(()) => Ok(Some(message)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Cancels what somebody who leaves a group has scheduled there.
    pub(super) fn cancel_scheduled_in(&mut self, chat: ChatId, user: UserId) -> Result<()> {
        for id in list_ids(self.db, user, Some(chat), ScheduledId(0), i64::MAX)? {
            let before = find_unsent(self.db, id, user)?;
            let after = before.clone().ended(State::Cancelled, Some(LEFT));
            self.replace_scheduled(&before, after)?;
        }
        Ok(())
    }

    fn insert_scheduled(&self, row: &Scheduled) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO scheduled
                   (id, user_id, chat_id, cid, content, reply_to, due_at, created_at, state, reason,
                    changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute((
                row.id,
                row.user_id,
                row.chat_id,
                row.cid,
                &row.content,
                row.reply_to,
                row.due_at,
                row.created_at,
                row.state,
                &row.reason,
                row.changed,
            ))?;
        Ok(())
    }

    /// Writes a changed row, counts its bytes, and publishes it to the writer's own devices.
    fn replace_scheduled(&mut self, before: &Scheduled, after: Scheduled) -> Result<Scheduled> {
        let (user, bytes, bytes_before) = (before.user_id, after.bytes(), before.bytes());
        self.check_quota(user, bytes.saturating_sub(bytes_before))?;
        let row = Scheduled { changed: self.next_revision(), ..after };
        self.db
            .prepare_cached(
                "UPDATE scheduled
                    SET content = ?2, reply_to = ?3, due_at = ?4, state = ?5, reason = ?6,
                        changed = ?7
                  WHERE id = ?1",
            )?
            .execute((
                row.id,
                &row.content,
                row.reply_to,
                row.due_at,
                row.state,
                &row.reason,
                row.changed,
            ))?;
        // The words of a message that was sent are in the message.
        self.has_erased |= row.content != before.content && row.state != State::Sent;
        self.count_stored(user, bytes, bytes_before)?;
        self.publish(Row::Scheduled(row.clone()), Audience::User(user));
        Ok(row)
    }
}

/// A scheduled message by its id.
pub(super) fn find(db: &Connection, id: ScheduledId) -> Result<Option<Scheduled>> {
    let mut query = db.prepare_cached(
        "SELECT id, user_id, chat_id, cid, content, reply_to, due_at, created_at, state, reason,
                changed
           FROM scheduled WHERE id = ?1",
    )?;
    optional(query.query_row((id,), Scheduled::from_row))
}

/// A scheduled message of a user. Those of others do not exist for them.
fn find_own(db: &Connection, id: ScheduledId, user: UserId) -> Result<Scheduled> {
    let own = find(db, id)?.filter(|scheduled| scheduled.user_id == user);
    own.ok_or(Error::NotFound("scheduled message"))
}

/// The same, if it was neither sent nor cancelled.
fn find_unsent(db: &Connection, id: ScheduledId, user: UserId) -> Result<Scheduled> {
    let scheduled = find_own(db, id, user)?;
    match scheduled.state {
        State::Waiting | State::Refused => Ok(scheduled),
        State::Cancelled => Err(Error::NotFound("scheduled message")),
        State::Sent => {
            Err(Error::Conflict { code: "already_sent", reason: "the message was sent already" })
        }
    }
}

fn find_by_cid(db: &Connection, cid: Cid, user: UserId) -> Result<Option<Scheduled>> {
    let mut query =
        db.prepare_cached("SELECT id FROM scheduled WHERE cid = ?1 AND user_id = ?2")?;
    match optional(query.query_row((cid, user), |row| row.get(0)))? {
        Some(id) => find(db, id),
        None => Ok(None),
    }
}

/// How many messages of a user wait or were refused.
fn count(db: &Connection, user: UserId) -> Result<u32> {
    let mut query = db.prepare_cached(
        "SELECT count(*) FROM scheduled WHERE user_id = ?1 AND state IN ('waiting', 'refused')",
    )?;
    Ok(query.query_row((user,), |row| row.get(0))?)
}

/// The ids of those after `after`, in a chat or in all of them.
fn list_ids(
    db: &Connection,
    user: UserId,
    chat: Option<ChatId>,
    after: ScheduledId,
    limit: i64,
) -> Result<Vec<ScheduledId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM scheduled
          WHERE user_id = ?1 AND state IN ('waiting', 'refused') AND id > ?2
            AND (?3 IS NULL OR chat_id = ?3)
          ORDER BY id LIMIT ?4",
    )?;
    let ids = query.query_map((user, after, chat, limit), |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

impl Store {
    /// A page of a user's messages that wait or were refused, after `after`, in the order in which
    /// they were scheduled, and whether there are more: those of one chat, or of all. It has fewer
    /// than `limit` if these are long.
    pub(crate) async fn list_scheduled(
        &self,
        user: UserId,
        chat: Option<ChatId>,
        after: ScheduledId,
        limit: u32,
    ) -> Result<(Vec<Scheduled>, bool)> {
        self.read_long(user, move |db| {
            if let Some(chat) = chat {
                rules::may_enter(memberships::find(db, chat, user)?)?;
            }
            let (mut rows, mut bytes) = (Vec::new(), 0);
            // One more than asked for tells whether there are more.
            for id in list_ids(db, user, chat, after, i64::from(limit) + 1)? {
                if rows.len() >= limit as usize || bytes >= PAGE_BYTES {
                    return Ok((rows, true));
                }
                let row = find_own(db, id, user)?;
                bytes += wire::encoded_bytes(&row);
                rows.push(row);
            }
            Ok((rows, false))
        })
        .await
    }

    /// What waits and is due, the earliest first, and whose it is.
    pub(crate) async fn list_due(
        &self,
        now: Millis,
        limit: usize,
    ) -> Result<Vec<(ScheduledId, UserId)>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |db| {
            let mut query = db.prepare_cached(
                "SELECT id, user_id FROM scheduled WHERE state = 'waiting' AND due_at <= ?1
                  ORDER BY due_at, id LIMIT ?2",
            )?;
            let due = query.query_map((now, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(due.collect::<Result<_, _>>()?)
        })
        .await
    }
}
