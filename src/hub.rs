//! Who is connected, and a bounded mailbox for each connection.
//!
//! The hub never waits: delivering puts a shared frame into mailboxes and wakes their sockets.
//! A connection whose mailbox is full is closed and catches up when it returns. Nothing here
//! is durable, and no rule about a row may depend on it.

mod mailbox;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_tungstenite::tungstenite::Utf8Bytes;

pub(crate) use self::mailbox::{Close, Connection, Delivery, Kind};
use crate::{
    model::{Audience, Caller, Change, ConnectionId, Message, Row, User},
    types::{Millis, SessionId, UserId},
    wire::{self, Dialect, ServerFrame},
};

/// Someone who left is shown as online this long: a page being reloaded does not flicker.
const LEAVING_GRACE: Duration = Duration::from_secs(2);

/// All live connections.
#[derive(Debug)]
pub(crate) struct Hub {
    people: Mutex<People>,
    next_id: AtomicU64,
    mailbox_max: usize,
}

#[derive(Debug, Default)]
struct People {
    connections: HashMap<UserId, Vec<Arc<Connection>>>,
    /// Whose last connection closed, and when: the peers are told after [`LEAVING_GRACE`].
    leaving: HashMap<UserId, (Instant, Millis)>,
    /// Who is not to be seen, and sees nobody: online or when last seen.
    unseen: HashSet<UserId>,
    /// No new connections any more.
    draining: bool,
}

/// A connection's place in the hub. Dropping it frees the place, whatever ended its task: a
/// panic, or a client that hung up in the middle of a long poll.
#[derive(Debug)]
pub(crate) struct Registration {
    hub: Arc<Hub>,
    pub(crate) connection: Arc<Connection>,
}

impl Registration {
    /// Leaves. Answers when the user was last seen, if this was the last of their connections.
    pub(crate) fn end(self) -> Option<Millis> {
        self.hub.unregister(&self.connection)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.hub.unregister(&self.connection);
    }
}

impl Hub {
    /// A hub whose mailboxes hold `mailbox_max` frames.
    pub(crate) fn new(mailbox_max: usize) -> Self {
        Self { people: Mutex::default(), next_id: AtomicU64::new(1), mailbox_max }
    }

    /// Hides users from the start, before anybody can be connected who would have to be told.
    pub(crate) fn hide(&self, users: impl IntoIterator<Item = UserId>) {
        self.people().unseen.extend(users);
    }

    /// Makes a connection known. From now on it hears of every change; read the state after.
    pub(crate) fn register(self: &Arc<Self>, caller: &Caller, kind: Kind) -> Registration {
        let id = ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        let connection = Arc::new(Connection::new(id, caller, kind, self.mailbox_max));
        let mut people = self.people();
        if people.draining {
            connection.close(Close::Restarting);
        }
        let was_online = people.is_online(caller.user_id);
        people.connections.entry(caller.user_id).or_default().push(Arc::clone(&connection));
        if kind.is_present() {
            let flickered = people.leaving.remove(&caller.user_id).is_some();
            if !was_online && !flickered {
                people.tell_presence(caller.user_id, true, None);
            }
        }
        Registration { hub: Arc::clone(self), connection }
    }

    /// Forgets a connection. Answers when its user was last seen, if that was the last of theirs.
    fn unregister(&self, connection: &Connection) -> Option<Millis> {
        let mut people = self.people();
        let user = connection.user_id;
        let theirs = people.connections.get_mut(&user)?;
        let place = theirs.iter().position(|other| other.id == connection.id)?;
        theirs.swap_remove(place);
        if theirs.is_empty() {
            people.connections.remove(&user);
        }
        if !connection.kind.is_present() || people.is_online(user) {
            return None;
        }
        let now = Millis::now();
        people.leaving.insert(user, (Instant::now(), now));
        Some(now)
    }

    /// Everybody with an open connection whom `viewer` may see, in no order. Who has left a
    /// moment ago is among them: if they return in time, nobody is told anything.
    pub(crate) fn list_online(&self, viewer: UserId) -> Vec<UserId> {
        let people = self.people();
        let connected = people.connections.keys().filter(|user| people.is_online(**user));
        let online = connected.chain(people.leaving.keys()).copied();
        online.filter(|user| people.is_seen(viewer, *user)).collect()
    }

    /// Puts a committed change into the mailboxes of its audience. Called by the store's writer
    /// only, hence in the order of commits. Answers whether a message reached a connection of
    /// a recipient; the sender's own other devices do not count, except in notes to self.
    pub(crate) fn publish(&self, change: &Change) -> bool {
        let mut people = self.people();
        if let Row::Privacy(privacy) = &change.row {
            people.show(privacy.user_id, privacy.shows_last_seen);
        }
        let people = &*people;
        let mut frames = Frames { row: &change.row, people, v2: None, blind: None, v1: None };
        let mut taken = false;
        let mut hand_out = |connection: &Arc<Connection>| {
            let took = connection.deliver(change, &mut frames);
            taken |= took && is_recipient(&change.row, connection.user_id);
        };
        match &change.audience {
            Audience::Everyone => people.all().for_each(&mut hand_out),
            Audience::Users(users) => users
                .iter()
                .filter_map(|user| people.connections.get(user))
                .flatten()
                .for_each(&mut hand_out),
        }
        taken
    }

    /// Tells the v2 connections of `users` something that may be lost.
    pub(crate) fn tell(&self, users: &[UserId], answer: &ServerFrame<'_>) {
        let people = self.people();
        let frame = Utf8Bytes::from(wire::encode(answer));
        let theirs = users.iter().filter_map(|user| people.connections.get(user)).flatten();
        theirs.for_each(|connection| connection.tell(&frame));
    }

    /// Closes every connection of a session that has ended.
    pub(crate) fn close_session(&self, user: UserId, session: SessionId) {
        let people = self.people();
        let theirs = people.connections.get(&user).into_iter().flatten();
        for connection in theirs.filter(|connection| connection.session_id == session) {
            connection.close(Close::SignedOut);
        }
    }

    /// Looks after all connections: pings the idle, cuts the dead, ends expired sign-ins.
    pub(crate) fn sweep(&self) {
        let now = Millis::now();
        self.people().all().for_each(|connection| connection.check(now));
    }

    /// Tells everybody who has been gone for [`LEAVING_GRACE`].
    pub(crate) fn announce_leavers(&self) {
        let mut people = self.people();
        let gone: Vec<(UserId, Millis)> = people
            .leaving
            .iter()
            .filter(|(_, (since, _))| since.elapsed() >= LEAVING_GRACE)
            .map(|(user, (_, last_seen))| (*user, *last_seen))
            .collect();
        for (user, last_seen) in gone {
            people.leaving.remove(&user);
            people.tell_presence(user, false, Some(last_seen));
        }
    }

    /// Asks every connection to finish what it has begun and to close.
    pub(crate) fn drain(&self) {
        let mut people = self.people();
        people.draining = true;
        people.all().for_each(|connection| connection.close(Close::Restarting));
    }

    fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().expect("nobody panics while holding the connection map")
    }
}

impl People {
    fn all(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.connections.values().flatten()
    }

    fn is_online(&self, user: UserId) -> bool {
        let theirs = self.connections.get(&user);
        theirs.is_some_and(|all| all.iter().any(|connection| connection.kind.is_present()))
    }

    /// Whether `viewer` may know when this user is or was here.
    fn is_seen(&self, viewer: UserId, user: UserId) -> bool {
        viewer == user || !(self.unseen.contains(&viewer) || self.unseen.contains(&user))
    }

    /// Lets a user be seen, or no longer: for the others they come or go at this moment.
    fn show(&mut self, user: UserId, shown: bool) {
        if shown && self.unseen.remove(&user) {
            if self.is_online(user) {
                self.tell_presence(user, true, None);
            }
        } else if !shown && !self.unseen.contains(&user) {
            self.tell_presence(user, false, None);
            self.unseen.insert(user);
        }
    }

    fn tell_presence(&self, user_id: UserId, online: bool, last_seen: Option<Millis>) {
        let frame = wire::encode(&ServerFrame::Presence { user_id, online, last_seen });
        let frame = Utf8Bytes::from(frame);
        self.all()
            .filter(|connection| connection.user_id != user_id)
            .filter(|connection| self.is_seen(connection.user_id, user_id))
            .for_each(|connection| connection.tell(&frame));
    }
}

/// One change in both dialects, each encoded at most once and shared by all mailboxes.
struct Frames<'a> {
    row: &'a Row,
    people: &'a People,
    v2: Option<Utf8Bytes>,
    /// For those who may not see when the user of the row was last here.
    blind: Option<Utf8Bytes>,
    v1: Option<Utf8Bytes>,
}

impl Frames<'_> {
    fn v2(&mut self, viewer: UserId) -> Utf8Bytes {
        match self.row {
            Row::User(user) if !self.people.is_seen(viewer, user.id) => {
                let blind = || User { last_seen: None, ..user.clone() };
                let encoded = || wire::encode_row(&Row::User(blind())).into();
                self.blind.get_or_insert_with(encoded).clone()
            }
            row => self.v2.get_or_insert_with(|| wire::encode_row(row).into()).clone(),
        }
    }

    /// A v1 client hears of direct messages to itself and of nothing else.
    fn v1(&mut self, user: UserId) -> Option<(Utf8Bytes, &Message)> {
        let Row::Message(message) = self.row else { return None };
        if message.recipient_id != Some(user) {
            return None;
        }
        if self.v1.is_none() {
            self.v1 = wire::encode_v1_message(message).map(Utf8Bytes::from);
        }
        Some((self.v1.clone()?, message))
    }
}

fn is_recipient(row: &Row, user: UserId) -> bool {
    let Row::Message(message) = row else { return false };
    message.sender_id != user || message.recipient_id == Some(user)
}

impl Kind {
    /// Whether this connection makes its user appear online.
    fn is_present(self) -> bool {
        match self {
            Self::Socket(Dialect::V1 | Dialect::V2) => true,
            Self::Watch => false,
        }
    }
}
