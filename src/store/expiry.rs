//! Messages that disappear: the timer of a chat, and taking the words of a message away when its time
//! is over.
//!
//! A message gets its time when it is stored and keeps it. Nothing is published when the time is over:
//! a device knows the time and removes the message by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use super::{
    Publish, Store,
    batch::Batch,
    chats,
    command::{Apply, By, Entry, ExpireMessages, SetTimer},
    events::LINE_BYTES,
    expiry_clock::{ExpiryClock, Noted},
    messages::message_columns,
    sql::optional,
};
use crate::{
    error::{Error, Result},
    model::{Change, Chat, Event, Message, Row},
    rules,
    types::{ChatId, MessageId, Millis, Revision, Timer, UserId},
};

/// Messages that expire with one command, so that the commands of others wait no longer for it than
/// for a batch of messages.
const MESSAGES_MAX: i64 = 100;
/// How often the clock is noted while messages wait to expire.
const NOTE_EVERY: Duration = Duration::from_mins(5);
/// The longest wait for the next message: timers do not count while the machine sleeps, and the clock
/// may go forward.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// The wait after a failure.
const RETRY: Duration = Duration::from_secs(5);

/// When messages expire.
#[derive(Debug)]
pub(super) struct Expiry {
    pub(super) clock: ExpiryClock,
    /// When the next message expires, as far as that is known.
    next: AtomicI64,
    /// Whether a message has waited to expire in this run. Then the clock is noted at the end of it.
    has_waited: AtomicBool,
    /// Wakes [`Store::remove_expired`], because a message expires earlier than it knew.
    sooner: Notify,
}

impl Expiry {
    /// Reads what an earlier run has noted of the clock.
    pub(super) fn start(db: &Connection) -> Result<Arc<Self>> {
        let next = find_next(db)?;
        let clock = match (find_noted(db)?, next) {
            (None, _) => ExpiryClock::start(),
            // No message waits, so it does not matter how long the server was off.
            (Some(noted), None) => ExpiryClock::start_after(noted.clock),
            (Some(noted), Some(_)) => ExpiryClock::go_on_from(noted),
        };
        Ok(Arc::new(Self {
            clock,
            next: AtomicI64::new(i64::MAX),
            has_waited: AtomicBool::new(next.is_some()),
            sooner: Notify::new(),
        }))
    }

    /// Looks for messages that expire among what is published.
    pub(super) fn watch(self: &Arc<Self>, publish: Publish) -> Publish {
        let expiry = Arc::clone(self);
        Box::new(move |changes, origin| {
            publish(changes, origin);
            for change in changes {
                if let Change::Row {
                    row: Row::Message(Message { expires_at: Some(at), .. }), ..
                } = change
                {
                    expiry.has_waited.store(true, Ordering::SeqCst);
                    if at.0 < expiry.next.fetch_min(at.0, Ordering::SeqCst) {
                        expiry.sooner.notify_one();
                    }
                }
            }
        })
    }

    fn expire_now(&self) -> ExpireMessages {
        let Noted { clock, wall } = self.clock.note();
        ExpireMessages { clock, wall }
    }
}

impl Apply for SetTimer {
    type Outcome = Chat;

    fn bytes(&self) -> usize {
        LINE_BYTES
    }

    /// Messages that were sent before keep their time. The same timer again changes nothing.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Chat> {
        let Self { chat: id, expire_after } = *self;
        let (cached, membership) = batch.enter(id, by.actor)?;
        rules::may_set_timer(cached.kind, cached.who_may_change, &membership)?;
        if cached.expire_after == expire_after {
            return chats::find(batch.db, id)?.ok_or(Error::NotFound("chat"));
        }
        batch.check_quota(by.actor, LINE_BYTES)?;
        let changed = batch.next_revision();
        batch.write_timer(id, expire_after, changed)?;
        batch.count_stored(by.actor, LINE_BYTES, 0)?;
        let chat = chats::find(batch.db, id)?.ok_or(Error::NotFound("chat"))?;
        batch.publish(Row::Chat(chat), cached.audience.clone());
        batch.note_event(id, by, Event::Timer { expire_after }, cached.audience)?;
        chats::find(batch.db, id)?.ok_or(Error::NotFound("chat"))
    }
}

impl Apply for ExpireMessages {
    type Outcome = ();

    /// Leaves messages without words, so that `seq` has no hole. Their `cid` stays: a retry of the
    /// send must not send them again.
    fn apply(&self, batch: &mut Batch<'_>, _: By) -> Result<()> {
        let due = list_due(batch.db, self.clock)?;
        // Devices are not told, so this revision belongs to no row that they get.
        let changed = if due.is_empty() { Revision(0) } else { batch.next_revision() };
        for message in due {
            batch.empty_expired(message.id)?;
            batch.remove_reactions(message.id)?;
            batch.remove_stars(message.id)?;
            batch.remove_pin(message.id)?;
            batch.end_edit_of(&message)?;
            batch.count_stored(message.sender_id, 0, message.content.len())?;
        }
        batch.note_expiry_clock(Noted { clock: self.clock, wall: self.wall }, changed)
    }
}

impl Batch<'_> {
    fn write_timer(
        &mut self,
        chat: ChatId,
        expire_after: Option<Timer>,
        changed: Revision,
    ) -> Result<()> {
        self.db
            .prepare_cached("UPDATE chats SET expire_after = ?2, changed = ?3 WHERE id = ?1")?
            .execute((chat, expire_after, changed))?;
        self.cache.remove_chat(chat);
        Ok(())
    }

    fn empty_expired(&mut self, message: MessageId) -> Result<()> {
        self.db
            .prepare_cached(
                "UPDATE messages
                    SET content = '', reply_to = NULL, edited_at = NULL, mentions = NULL,
                        mentions_all = 0, forwarded = 0, expired = 1
                  WHERE id = ?1",
            )?
            .execute((message,))?;
        self.has_erased = true;
        Ok(())
    }

    fn note_expiry_clock(&self, noted: Noted, changed: Revision) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO expiry_clock (id, at, wall_at, changed) VALUES (1, ?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET
                   at = excluded.at, wall_at = excluded.wall_at,
                   changed = max(changed, excluded.changed)",
            )?
            .execute((noted.clock, noted.wall, changed))?;
        Ok(())
    }
}

/// The messages whose time is over, the first ones.
fn list_due(db: &Connection, through: Millis) -> Result<Vec<Message>> {
    let mut query = db.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        " FROM messages WHERE expires_at <= ?1 AND expired = 0 ORDER BY expires_at LIMIT ?2"
    ))?;
    let due = query.query_map((through, MESSAGES_MAX), Message::from_row)?;
    Ok(due.collect::<Result<_, _>>()?)
}

/// When the next message expires.
fn find_next(db: &Connection) -> Result<Option<Millis>> {
    let mut query = db.prepare_cached(
        "SELECT expires_at FROM messages
          WHERE expires_at > ?1 AND expired = 0 ORDER BY expires_at LIMIT 1",
    )?;
    optional(query.query_row((i64::MIN,), |row| row.get(0)))
}

fn find_noted(db: &Connection) -> Result<Option<Noted>> {
    let mut query = db.prepare_cached("SELECT at, wall_at FROM expiry_clock WHERE id = 1")?;
    optional(query.query_row((), |row| Ok(Noted { clock: row.get(0)?, wall: row.get(1)? })))
}

impl Store {
    /// What the expiry clock says. A message has expired when that is its `expires_at`.
    pub(crate) fn expiry_now(&self) -> Millis {
        self.expiry.clock.now()
    }

    /// A command of `actor`, submitted now, that may send a message.
    pub(crate) fn entry<C>(&self, actor: UserId, command: C) -> Entry<C> {
        Entry { clock: Some(self.expiry.clock.sending_time()), ..Entry::now(actor, command) }
    }

    /// Takes the words of messages away as they expire, for as long as the server runs.
    pub(crate) async fn remove_expired(&self) {
        let (mut noted_at, mut is_failing) = (None, false);
        loop {
            let wait = match self.remove_due(&mut noted_at).await {
                Ok(wait) => {
                    is_failing = false;
                    wait
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        tracing::warn!(%error, "expired messages cannot be removed; trying again until it works");
                    }
                    sleep(RETRY).await;
                    continue;
                }
            };
            // Without a message that waits, only a new one ends this.
            drop(timeout(wait, self.expiry.sooner.notified()).await);
        }
    }

    /// Notes the clock for the next start, if a message has waited to expire. Does not wait for the
    /// commit.
    pub(crate) fn note_expiry_clock(&self) {
        if self.expiry.has_waited.load(Ordering::SeqCst) {
            let entry = Entry::now(UserId::SERVER, self.expiry.expire_now());
            drop(self.submit(entry, None, drop));
        }
    }

    /// Takes away what is due, and returns how long to wait for more.
    async fn remove_due(&self, noted_at: &mut Option<Instant>) -> Result<Duration> {
        loop {
            // Before the read: a message that is stored meanwhile then ends the wait.
            self.expiry.next.store(i64::MAX, Ordering::SeqCst);
            let Some(next) = self.read(find_next).await? else { return Ok(Duration::MAX) };
            let rest = u64::try_from(next.0.saturating_sub(self.expiry_now().0)).unwrap_or(0);
            let is_noted = noted_at.is_some_and(|at| at.elapsed() < NOTE_EVERY);
            if rest > 0 && is_noted {
                self.expiry.next.store(next.0, Ordering::SeqCst);
                return Ok(Duration::from_millis(rest).min(WAIT_MAX));
            }
            self.execute(UserId::SERVER, self.expiry.expire_now()).await?;
            *noted_at = Some(Instant::now());
        }
    }
}
