//! One connection as the hub sees it: what waits to be written, and why it must close.
//!
//! A mailbox that is full drops the changes in it, and the connection reads them from the store
//! once it has room: a page at a time, as fast as its peer takes them. So a peer on a slow line, or
//! one that somebody floods, stays connected.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering},
    },
};

use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    Frames,
    queue::{Delivery, Key, Queue, What},
};
use crate::{
    config::IN_FLIGHT_MAX,
    model::{Caller, ConnectionId, Row},
    types::{Millis, Revision, SessionId, UserId},
    wire::Dialect,
};

/// Sweeps without a sign of life before a connection counts as dead.
const SILENT_SWEEPS_MAX: u8 = 2;
/// Bytes that may wait for one connection: 32 of the longest messages. An address may have hundreds of
/// connections that read slowly, and one that falls behind loses nothing.
pub(super) const MAILBOX_BYTES_MAX: usize = 512 * 1024;

/// What kind of connection it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A WebSocket in one of the two dialects.
    Socket(Dialect),
    /// A long poll: changes wake it, but it is sent nothing and is not shown as online.
    Watch,
}

/// Why a connection must close. A later reason overrides an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Close {
    /// The server stops. What was accepted is answered first.
    Restarting,
    /// The user has opened too many sockets since.
    Crowded,
    /// The session has ended or expired.
    SignedOut,
    /// The peer takes too little, or its mailbox is full of what cannot be read again.
    TooSlow,
    /// Nothing came from the peer for two sweeps.
    Dead,
}

/// One open socket or long poll.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(super) kind: Kind,
    pub(crate) expires_at: Millis,
    frames_max: usize,
    mailbox: Mutex<Mailbox>,
    wake: Notify,
    /// Whether it waits for its turn in [`Wakeups`](super::wakeups::Wakeups).
    listed: AtomicBool,
    /// The same for rows that may come later.
    listed_late: AtomicBool,
    /// Requests of this connection that the store has not answered yet.
    in_flight: AtomicU32,
    /// Whether a `close` is set, readable without the lock.
    closing: AtomicBool,
    heard: AtomicBool,
    /// Whether frames are being written. The peer then need not be heard, but must take them.
    writing: AtomicBool,
    silent_sweeps: AtomicU8,
}

#[derive(Debug, Default)]
struct Mailbox {
    queue: Queue,
    /// The highest revision of a row that was put here: the peer has been sent everything up to it,
    /// or is `behind`.
    reached: Revision,
    /// Changes after this revision were dropped.
    behind: Option<Revision>,
    /// A v2 connection is sent changes from its `hello` on.
    ready: bool,
    /// Woken since it last took what waits.
    woken: bool,
    ping: bool,
    close: Option<Close>,
}

/// Whether a connection need not be woken for a row at once. Hundreds of people may react to one
/// message in a second, and each reaction concerns all of them.
pub(super) fn may_come_late(row: &Row) -> bool {
    matches!(row, Row::Reactions(_))
}

/// Everything that waits for a connection.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) frames: VecDeque<Delivery>,
    /// What changed after this revision must be read from the store.
    pub(crate) behind: Option<Revision>,
    pub(crate) ping: bool,
    pub(crate) close: Option<Close>,
}

impl Mailbox {
    fn has_mail(&self) -> bool {
        self.queue.len() > 0 || self.behind.is_some()
    }
}

impl Connection {
    pub(super) fn new(id: ConnectionId, caller: &Caller, kind: Kind, frames_max: usize) -> Self {
        Self {
            id,
            user_id: caller.user_id,
            session_id: caller.session_id,
            kind,
            expires_at: caller.expires_at,
            frames_max,
            mailbox: Mutex::default(),
            wake: Notify::new(),
            listed: AtomicBool::new(false),
            listed_late: AtomicBool::new(false),
            in_flight: AtomicU32::new(0),
            closing: AtomicBool::new(false),
            heard: AtomicBool::new(true),
            writing: AtomicBool::new(false),
            silent_sweeps: AtomicU8::new(0),
        }
    }

    /// Lets live changes in: for v2 at the client's `hello`, for v1 at the start.
    pub(crate) fn make_ready(&self) {
        self.mailbox().ready = true;
    }

    /// Puts a row into the mailbox, in the connection's dialect, unless it came from here. Returns
    /// whether the caller must call [`Connection::wake_for_row`], at once or later.
    #[must_use]
    pub(super) fn deliver(&self, frames: &mut Frames<'_>, origin: Option<ConnectionId>) -> bool {
        let Kind::Socket(dialect) = self.kind else {
            self.wake.notify_one();
            return false;
        };
        let what = What::Row(frames.row.changed(), Key::of(frames.row));
        let delivery = match dialect {
            Dialect::V2 if origin == Some(self.id) => return false,
            Dialect::V2 => Delivery { frame: frames.v2(self.user_id), message: None, what },
            Dialect::V1 => match frames.v1(self.user_id) {
                Some((frame, message)) => {
                    let proof = (message.chat_id, message.seq, message.id);
                    Delivery { frame, message: Some(proof), what }
                }
                None => return false,
            },
        };
        let mut mailbox = self.mailbox();
        self.put_change(&mut mailbox, delivery);
        let listed = if may_come_late(frames.row) { &self.listed_late } else { &self.listed };
        mailbox.has_mail() && !mailbox.woken && !listed.swap(true, Ordering::Relaxed)
    }

    /// Wakes a connection for the rows that [`Connection::deliver`] has put into its mailbox; `late`
    /// if they may come late.
    pub(super) fn wake_for_row(&self, late: bool) {
        let mut mailbox = self.mailbox();
        let listed = if late { &self.listed_late } else { &self.listed };
        listed.store(false, Ordering::Relaxed);
        self.wake_if_mail(&mut mailbox);
    }

    /// A signal for a v2 connection.
    pub(super) fn tell(&self, frame: &Utf8Bytes, key: Key) {
        if self.kind == Kind::Socket(Dialect::V2) {
            let what = What::Signal(key);
            let mut mailbox = self.mailbox();
            self.put_change(&mut mailbox, Delivery { frame: frame.clone(), message: None, what });
            self.wake_if_mail(&mut mailbox);
        }
    }

    /// An answer to a request of this connection. It is never held back.
    pub(crate) fn answer(&self, frame: String) {
        let delivery = Delivery { frame: frame.into(), message: None, what: What::Answer };
        let mut mailbox = self.mailbox();
        self.put(&mut mailbox, delivery);
        self.wake_if_mail(&mut mailbox);
    }

    fn put_change(&self, mailbox: &mut Mailbox, delivery: Delivery) {
        if let What::Row(revision, _) = delivery.what {
            mailbox.reached = mailbox.reached.max(revision);
        }
        // While it is behind, everything up to its next look into the mailbox is read again.
        if mailbox.ready && mailbox.behind.is_none() {
            self.put(mailbox, delivery);
        }
    }

    fn put(&self, mailbox: &mut Mailbox, delivery: Delivery) {
        if mailbox.close > Some(Close::Restarting) {
            return;
        }
        mailbox.queue.push(delivery);
        if self.is_full(mailbox) && self.kind == Kind::Socket(Dialect::V2) {
            let lowest = mailbox.queue.drop_changes();
            let since = lowest.map_or(mailbox.reached, |lowest| Revision(lowest.0 - 1));
            mailbox.behind = Some(since);
        }
        if self.is_full(mailbox) {
            mailbox.queue = Queue::default();
            mailbox.close = Some(Close::TooSlow);
            self.closing.store(true, Ordering::Release);
            self.wake.notify_one();
        }
    }

    /// A connection that has not taken what waits since it was woken need not be woken again.
    fn wake_if_mail(&self, mailbox: &mut Mailbox) {
        if mailbox.has_mail() && !mailbox.woken {
            mailbox.woken = true;
            self.wake.notify_one();
        }
    }

    fn is_full(&self, mailbox: &Mailbox) -> bool {
        mailbox.queue.len() > self.frames_max || mailbox.queue.bytes() > MAILBOX_BYTES_MAX
    }

    /// Notes up to which revision the peer was sent everything that was read from the store.
    pub(crate) fn note_reached(&self, revision: Revision) {
        let mut mailbox = self.mailbox();
        mailbox.reached = mailbox.reached.max(revision);
    }

    /// Notes whether frames are being written.
    pub(crate) fn note_writing(&self, writing: bool) {
        self.writing.store(writing, Ordering::Relaxed);
    }

    /// Asks the connection to close.
    pub(crate) fn close(&self, why: Close) {
        let mut mailbox = self.mailbox();
        mailbox.close = mailbox.close.max(Some(why));
        self.closing.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// The reason to stop even in the middle of a write, if there is one.
    pub(crate) fn is_doomed(&self) -> Option<Close> {
        let is_closing = self.closing.load(Ordering::Acquire);
        if is_closing { self.mailbox().close.filter(|why| *why > Close::Restarting) } else { None }
    }

    /// Waits until there may be something to take.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Takes everything that waits.
    pub(crate) fn take(&self) -> Taken {
        let mut mailbox = self.mailbox();
        mailbox.woken = false;
        Taken {
            frames: std::mem::take(&mut mailbox.queue).into_frames(),
            behind: mailbox.behind.take(),
            ping: std::mem::take(&mut mailbox.ping),
            close: mailbox.close,
        }
    }

    /// Notes that something came from the peer.
    pub(crate) fn note_heard(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }

    /// Checks whether the peer is alive and signed in, and asks it to answer a ping.
    pub(super) fn check(&self, now: Millis) {
        if self.kind == Kind::Watch {
            return;
        }
        if self.expires_at <= now {
            return self.close(Close::SignedOut);
        }
        // A slow peer is not read from meanwhile; the socket watches how much it takes.
        if self.writing.load(Ordering::Relaxed) {
            return self.silent_sweeps.store(0, Ordering::Relaxed);
        }
        if self.heard.swap(false, Ordering::Relaxed) {
            self.silent_sweeps.store(0, Ordering::Relaxed);
        } else if self.silent_sweeps.fetch_add(1, Ordering::Relaxed) + 1 >= SILENT_SWEEPS_MAX {
            return self.close(Close::Dead);
        }
        self.mailbox().ping = true;
        self.wake.notify_one();
    }

    /// Counts a request that is given to the store.
    pub(crate) fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
    }

    /// Counts a request that the store has answered; the answer is in the mailbox already.
    pub(crate) fn end(&self) {
        self.in_flight.fetch_sub(1, Ordering::AcqRel);
        self.wake.notify_one();
    }

    /// Whether the store still owes an answer.
    pub(crate) fn is_owed(&self) -> bool {
        self.in_flight.load(Ordering::Acquire) > 0
    }

    /// Whether another request may be read. Beyond the limit the peer must wait, and a connection that
    /// is about to close reads no more.
    pub(crate) fn may_ask(&self) -> bool {
        !self.closing.load(Ordering::Acquire)
            && self.in_flight.load(Ordering::Acquire) < IN_FLIGHT_MAX
    }

    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().expect("nothing panics while it holds a mailbox")
    }
}
