//! Who is connected, and a bounded mailbox for each connection.
//!
//! The hub never waits: delivering puts a shared frame into mailboxes and wakes their sockets.
//! A mailbox that is full loses its changes, and its connection reads them from the store. Nothing
//! here is durable, and no rule about a row may depend on it.

mod audiences;
mod mailbox;
mod queue;
mod signals;
mod subscribers;
mod typists;
mod wakeups;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use self::{
    audiences::Audiences, mailbox::may_come_late, subscribers::Subscribers, typists::Typists,
    wakeups::Wakeups,
};
pub(crate) use self::{
    mailbox::{Close, Connection, Kind, Taken},
    queue::Delivery,
    signals::Signal,
};
use crate::{
    model::{Audience, Caller, Change, ConnectionId, Member, Membership, Message, Row, User},
    rules,
    types::{ChatId, Millis, UserId},
    wire::{self, Dialect},
};

/// A user who left is shown as online this long, so that reloading a page does not flicker.
const LEAVING_GRACE: Duration = Duration::from_secs(2);

/// All live connections.
#[derive(Debug)]
pub(crate) struct Hub {
    people: Mutex<People>,
    audiences: Audiences,
    wakeups: Wakeups,
    late_wakeups: Wakeups,
    next_id: AtomicU64,
    mailbox_max: usize,
    sockets_max: usize,
}

#[derive(Debug, Default)]
struct People {
    connections: HashMap<UserId, Vec<Arc<Connection>>>,
    /// Users whose last connection closed, and when: others are told after [`LEAVING_GRACE`].
    leaving: HashMap<UserId, (Instant, Millis)>,
    /// Users who hide when they are online, and do not see it of others.
    hidden: HashSet<UserId>,
    subscribers: Subscribers,
    typists: Typists,
    /// No new connections any more.
    draining: bool,
}

/// What somebody sees of another person's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    Online,
    /// Offline; they may know since when.
    Offline,
    /// One of the two hides it, so the other appears offline.
    Hidden,
}

/// A connection's place in the hub. Dropping it frees the place, however its task ended: by a
/// panic, or by a client that hung up in the middle of a long poll.
#[derive(Debug)]
pub(crate) struct Registration {
    hub: Arc<Hub>,
    pub(crate) connection: Arc<Connection>,
}

impl Registration {
    /// Leaves. Returns when the user was last seen, if this was the last of their connections.
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
    /// A hub whose mailboxes hold `mailbox_max` frames, and where a user may have `sockets_max`
    /// sockets.
    pub(crate) fn new(mailbox_max: usize, sockets_max: usize) -> Self {
        Self {
            people: Mutex::default(),
            audiences: Audiences::default(),
            wakeups: Wakeups::default(),
            late_wakeups: Wakeups::late(),
            next_id: AtomicU64::new(1),
            mailbox_max,
            sockets_max,
        }
    }

    /// Hides users at the start, before anybody is connected who would have to be told.
    pub(crate) fn hide(&self, users: impl IntoIterator<Item = UserId>) {
        self.people().hidden.extend(users);
    }

    /// Makes a connection known. From now on it is sent every change; read the state after this.
    pub(crate) fn register(self: &Arc<Self>, caller: &Caller, kind: Kind) -> Registration {
        let id = ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed));
        let connection = Arc::new(Connection::new(id, caller, kind, self.mailbox_max));
        let mut people = self.people();
        if people.draining {
            connection.close(Close::Restarting);
        }
        let was_online = people.is_online(caller.user_id);
        let theirs = people.connections.entry(caller.user_id).or_default();
        theirs.push(Arc::clone(&connection));
        if theirs.len() > self.sockets_max {
            close_oldest(theirs, self.sockets_max);
        }
        if kind.is_present() {
            let was_leaving = people.leaving.remove(&caller.user_id).is_some();
            if !was_online && !was_leaving {
                let user_id = caller.user_id;
                people.receive(&Signal::Presence { user_id, online: true, last_seen: None });
            }
        }
        Registration { hub: Arc::clone(self), connection }
    }

    /// Forgets a connection. Returns when its user was last seen, if it was the last of theirs.
    fn unregister(&self, connection: &Connection) -> Option<Millis> {
        let mut people = self.people();
        let user = connection.user_id;
        let theirs = people.connections.get_mut(&user)?;
        let place = theirs.iter().position(|other| other.id == connection.id)?;
        theirs.swap_remove(place);
        people.subscribers.remove(connection.id);
        let theirs = &people.connections[&user];
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

    /// The users with an open connection whom `viewer` may see, in no order. Users who left a
    /// moment ago are among them: if they return in time, nothing is told.
    pub(crate) fn list_online(&self, viewer: UserId) -> Vec<UserId> {
        self.people().list_online(viewer)
    }

    /// Subscribes a connection to the presence of these people, or of everyone for `None`. Returns
    /// the people to whom it was not subscribed before.
    pub(crate) fn subscribe(
        &self,
        connection: &Arc<Connection>,
        people: Option<Vec<UserId>>,
    ) -> Box<[UserId]> {
        let subscribers = &mut self.people().subscribers;
        if let Some(people) = people {
            subscribers.replace(connection, people)
        } else {
            subscribers.add_to_all(connection);
            Box::default()
        }
    }

    /// The people to whom this connection subscribes by name.
    pub(crate) fn list_named(&self, connection: &Connection) -> Box<[UserId]> {
        self.people().subscribers.named_by(connection.id).unwrap_or_default().into()
    }

    /// The subscribed people who are online and whom the user of this connection may see.
    pub(crate) fn list_subscribed(&self, connection: &Connection) -> Vec<UserId> {
        let people = self.people();
        let viewer = connection.user_id;
        match people.subscribers.named_by(connection.id) {
            Some(named) => {
                named.iter().copied().filter(|user| people.appears(viewer, *user)).collect()
            }
            None => people.list_online(viewer),
        }
    }

    /// What `viewer` sees of the presence of each of these people, in their order.
    pub(crate) fn look_at(&self, viewer: UserId, users: &[UserId]) -> Vec<Sight> {
        let people = self.people();
        let look = |user: &UserId| match people.is_seen(viewer, *user) {
            true if people.appears(viewer, *user) => Sight::Online,
            true => Sight::Offline,
            false => Sight::Hidden,
        };
        users.iter().map(look).collect()
    }

    /// Whether a user has an open socket.
    pub(crate) fn is_online(&self, user: UserId) -> bool {
        self.people().is_online(user)
    }

    /// Puts the committed changes of a command into the mailboxes of their audiences. Only the
    /// store's writer calls this, so the order is that of the commits. `origin` is the connection
    /// that asked; if it speaks v2, it gets an ack instead of its own message.
    pub(crate) fn publish(&self, changes: &[Change], origin: Option<ConnectionId>) {
        // Held until all are published; see [`Hub::take_whole`].
        let mut people = self.people();
        for change in changes {
            match change {
                Change::Row { row, audience } => {
                    self.publish_row(&mut people, row, audience, origin);
                }
                Change::SessionsEnded { user_id, sessions, .. } => {
                    let (user_id, sessions) = (*user_id, sessions.clone());
                    people.receive(&Signal::SessionsEnded { user_id, sessions });
                }
            }
        }
    }

    /// Takes everything that waits for a connection, when no command is half published. Several rows
    /// of a command may have one revision, and these are then taken together.
    pub(crate) fn take_whole(&self, connection: &Connection) -> Taken {
        let _publishing = self.people();
        connection.take()
    }

    fn publish_row(
        &self,
        people: &mut People,
        row: &Row,
        audience: &Audience,
        origin: Option<ConnectionId>,
    ) {
        // Of many newcomers at once there are no rows for all members, but one for each of them.
        if let Row::Member(Member { chat_id, .. }) | Row::Membership(Membership { chat_id, .. }) =
            row
        {
            self.audiences.forget(*chat_id);
            people.typists.forget(*chat_id);
        }
        if let Row::Privacy(privacy) = row {
            let (user_id, shown) = (privacy.user_id, privacy.shows_last_seen);
            people.receive(&Signal::LastSeen { user_id, shown });
        }
        if let Row::Message(message) = row
            && message.is_new()
        {
            people.typists.wrote(message.chat_id, message.sender_id);
        }
        let people = &*people;
        let origin = origin.filter(|_| matches!(row, Row::Message(_)));
        let mut frames = Frames { row, audience, people, v2: None, hidden: None, v1: None };
        let (mut to_wake, mut reached) = (Vec::new(), 0);
        let mut deliver = |connection: &Arc<Connection>| {
            reached += 1;
            if connection.deliver(&mut frames, origin) {
                to_wake.push(Arc::clone(connection));
            }
        };
        match audience {
            Audience::Everyone => people.all().for_each(&mut deliver),
            named => named.for_each(|user| {
                people.connections.get(&user).into_iter().flatten().for_each(&mut deliver);
            }),
        }
        let wakeups = if may_come_late(row) { &self.late_wakeups } else { &self.wakeups };
        wakeups.add(to_wake, reached);
    }

    /// Wakes the connections of large audiences in turns, for as long as the server runs.
    pub(crate) async fn wake_in_turns(&self) {
        tokio::join!(self.wakeups.run(), self.late_wakeups.run());
    }

    /// Closes idle connections that are dead or signed out, and pings the others.
    pub(crate) fn sweep(&self) {
        let now = Millis::now();
        self.people().all().for_each(|connection| connection.check(now));
    }

    /// Tells others about the users who have been gone for [`LEAVING_GRACE`].
    pub(crate) fn announce_leavers(&self) {
        let mut people = self.people();
        let gone: Vec<(UserId, Millis)> = people
            .leaving
            .iter()
            .filter(|(_, (since, _))| since.elapsed() >= LEAVING_GRACE)
            .map(|(user, (_, last_seen))| (*user, *last_seen))
            .collect();
        for (user_id, last_seen) in gone {
            people.leaving.remove(&user_id);
            let last_seen = Some(last_seen);
            people.receive(&Signal::Presence { user_id, online: false, last_seen });
        }
    }

    /// Tells the members of groups who types now, as far as it is due.
    pub(crate) fn tell_typists(&self) {
        let mut people = self.people();
        for told in people.typists.due(Instant::now()) {
            people.tell_typists(&told);
        }
    }

    /// Asks every connection to finish what it has begun and to close.
    pub(crate) fn drain(&self) {
        let mut people = self.people();
        people.draining = true;
        people.all().for_each(|connection| connection.close(Close::Restarting));
    }

    /// Who hears of changes in a chat, if it is known here.
    pub(crate) fn audience(&self, chat: ChatId) -> Option<Audience> {
        self.audiences.get(chat)
    }

    /// To be read before an audience is read from the store; see [`Hub::put_audience`].
    pub(crate) fn audience_generation(&self) -> u64 {
        self.audiences.generation()
    }

    /// Remembers who hears of changes in a chat, unless members have changed since `generation`.
    pub(crate) fn put_audience(&self, chat: ChatId, audience: Audience, generation: u64) {
        self.audiences.put(chat, audience, generation);
    }

    fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().expect("nothing panics while it holds the connection map")
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

    fn list_online(&self, viewer: UserId) -> Vec<UserId> {
        let connected = self.connections.keys().filter(|user| self.is_online(**user));
        let online = connected.chain(self.leaving.keys()).copied();
        online.filter(|user| self.is_seen(viewer, *user)).collect()
    }

    /// Whether a user appears online to `viewer`.
    fn appears(&self, viewer: UserId, user: UserId) -> bool {
        (self.is_online(user) || self.leaving.contains_key(&user)) && self.is_seen(viewer, user)
    }

    /// Whether `viewer` may know when `user` is or was online.
    fn is_seen(&self, viewer: UserId, user: UserId) -> bool {
        rules::is_last_seen_shown(viewer, user, |user| self.hidden.contains(&user))
    }
}

/// Closes the oldest sockets of a user until `sockets_max` are left. Not the newest: that is where
/// the user is now, and the oldest may be forgotten on another device or leaked by a program.
fn close_oldest(theirs: &[Arc<Connection>], sockets_max: usize) {
    let open = |it: &&Arc<Connection>| it.kind.is_present() && it.is_doomed().is_none();
    let mut open: Vec<_> = theirs.iter().filter(open).collect();
    open.sort_unstable_by_key(|connection| connection.id.0);
    let beyond = open.len().saturating_sub(sockets_max);
    open[..beyond].iter().for_each(|connection| connection.close(Close::Crowded));
}

/// One row in both dialects, each encoded at most once and shared by all mailboxes.
struct Frames<'a> {
    row: &'a Row,
    audience: &'a Audience,
    people: &'a People,
    v2: Option<Utf8Bytes>,
    /// A user's row without "last seen", for viewers who may not see it.
    hidden: Option<Utf8Bytes>,
    v1: Option<Utf8Bytes>,
}

impl Frames<'_> {
    fn v2(&mut self, viewer: UserId) -> Utf8Bytes {
        match self.row {
            Row::User(user) if !self.people.is_seen(viewer, user.id) => {
                let without = || User { last_seen: None, ..user.clone() };
                let encode = || wire::encode_row(&Row::User(without())).into();
                self.hidden.get_or_insert_with(encode).clone()
            }
            row => self.v2.get_or_insert_with(|| wire::encode_row(row).into()).clone(),
        }
    }

    /// A v1 client is sent new direct messages to itself and nothing else: it would show an edit,
    /// a tombstone or an event line as one more message.
    fn v1(&mut self, user: UserId) -> Option<(Utf8Bytes, &Message)> {
        let (Row::Message(message), Audience::Pair(low, high)) = (self.row, self.audience) else {
            return None;
        };
        let recipient = if message.sender_id == *low { *high } else { *low };
        if recipient != user || !message.is_new() || !message.has_words() {
            return None;
        }
        let encode = || wire::encode_v1_message(message, recipient).into();
        Some((self.v1.get_or_insert_with(encode).clone(), message))
    }
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::{mailbox::MAILBOX_BYTES_MAX, *};
    use crate::{
        model::{Event, Reactions, Role},
        types::{MessageId, Revision, Seq, SessionId},
    };

    const ALICE: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    fn connect(hub: &Arc<Hub>, user_id: UserId, dialect: Dialect) -> Registration {
        let caller = Caller {
            user_id,
            username: String::new(),
            session_id: SessionId(user_id.0),
            expires_at: Millis(i64::MAX),
        };
        let registration = hub.register(&caller, Kind::Socket(dialect));
        registration.connection.make_ready();
        registration.connection.take();
        registration
    }

    fn frames(registration: &Registration) -> usize {
        registration.connection.take().frames.len()
    }

    /// A message of alice in the chat with bob, as it is after its last change.
    fn message(id: i64, changed: i64) -> Message {
        Message {
            id: MessageId(id),
            chat_id: ChatId(1),
            seq: Seq(1),
            sender_id: ALICE,
            content: String::from("hi"),
            cid: None,
            reply_to: None,
            created_at: Millis(0),
            edited_at: None,
            deleted_at: None,
            changed: Revision(changed),
            event: None,
            mentions: Box::default(),
            mentions_all: false,
            forwarded: 0,
            expires_at: None,
            expired: false,
        }
    }

    #[test]
    fn a_v1_connection_is_sent_new_direct_messages_to_its_user_and_nothing_else() {
        let hub = Arc::new(Hub::new(16, 50));
        let v1 = connect(&hub, BOB, Dialect::V1);
        let sender = connect(&hub, ALICE, Dialect::V1);
        let v2 = connect(&hub, BOB, Dialect::V2);
        let edited = Message { edited_at: Some(Millis(1)), ..message(7, 8) };
        let tombstone = Message { deleted_at: Some(Millis(1)), ..message(7, 9) };
        let deleted_at_once = Message { deleted_at: Some(Millis(1)), ..message(7, 7) };
        let line =
            Message { event: Some(Box::new(Event::Timer { expire_after: None })), ..message(7, 7) };
        let pair = Audience::Pair(ALICE, BOB);
        let group = Audience::Members([ALICE, BOB].into());
        for (message, audience, expected) in [
            (message(7, 7), &pair, 1),
            (message(7, 8), &pair, 0),
            (edited, &pair, 0),
            (tombstone, &pair, 0),
            (deleted_at_once, &pair, 0),
            (line, &pair, 0),
            (message(8, 8), &group, 0),
        ] {
            let row = Row::Message(message);
            hub.publish(&[Change::Row { row, audience: audience.clone() }], None);
            assert_eq!((frames(&v1), frames(&v2), frames(&sender)), (expected, 1, 0));
        }
    }

    /// A group of 100, each with a connection, and one message to it.
    fn publish_to_many(hub: &Arc<Hub>) -> Vec<Registration> {
        let members: Arc<[_]> = (1..=100).map(UserId).collect();
        let connected = members.iter().map(|user| connect(hub, *user, Dialect::V2)).collect();
        publish(hub, &members, 7);
        connected
    }

    fn publish(hub: &Hub, members: &Arc<[UserId]>, id: i64) {
        let (row, audience) = (Row::Message(message(id, id)), Audience::Members(members.clone()));
        hub.publish(&[Change::Row { row, audience }], None);
    }

    fn is_woken(registration: &Registration) -> bool {
        registration.connection.woken().now_or_never().is_some()
    }

    #[test]
    fn an_answer_does_not_wait_until_it_is_the_turn_of_its_connection() {
        let hub = Arc::new(Hub::new(16, 50));
        let connected = publish_to_many(&hub);
        assert!(!connected.iter().any(is_woken));
        connected[99].connection.answer(String::from("ack"));
        let woken: Vec<_> = connected.iter().map(is_woken).collect();
        assert_eq!(woken.iter().position(|woken| *woken), Some(99));
        let taken = connected[99].connection.take().frames;
        assert_eq!(taken.len(), 2);
        assert_eq!(taken[1].frame.as_str(), "ack", "after the message, which came before it");
    }

    #[tokio::test]
    async fn every_connection_of_a_large_audience_gets_its_turn() {
        let hub = Arc::new(Hub::new(16, 50));
        let connected = publish_to_many(&hub);
        let waking = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { hub.wake_in_turns().await }
        });
        for registration in &connected {
            registration.connection.woken().await;
            assert_eq!(frames(registration), 1);
        }
        // The next message wakes them again.
        publish(&hub, &(1..=100).map(UserId).collect(), 8);
        for registration in &connected {
            registration.connection.woken().await;
            assert_eq!(frames(registration), 1);
        }
        waking.abort();
    }

    /// The reactions to a message as of a revision, to a group of 100.
    fn publish_reactions(hub: &Hub, changed: i64) {
        let row = Row::Reactions(Reactions {
            chat_id: ChatId(3),
            message_id: MessageId(7),
            sender_id: ALICE,
            counts: Vec::new(),
            total: 0,
            latest: None,
            changed: Revision(changed),
        });
        let audience = Audience::Members((1..=100).map(UserId).collect());
        hub.publish(&[Change::Row { row, audience }], None);
    }

    #[tokio::test(start_paused = true)]
    async fn reactions_in_a_large_group_wait_for_each_other() {
        let hub = Arc::new(Hub::new(16, 50));
        let connected = publish_to_many(&hub);
        let waking = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { hub.wake_in_turns().await }
        });
        for registration in &connected {
            registration.connection.woken().await;
            assert_eq!(frames(registration), 1);
        }
        let began = tokio::time::Instant::now();
        for changed in 8..50 {
            publish_reactions(&hub, changed);
        }
        connected[99].connection.woken().await;
        assert!(began.elapsed() >= Duration::from_millis(100));
        assert_eq!(frames(&connected[99]), 1, "the last of them");
        // A message does not wait, and takes them along.
        publish_reactions(&hub, 50);
        let began = tokio::time::Instant::now();
        publish(&hub, &(1..=100).map(UserId).collect(), 51);
        connected[99].connection.woken().await;
        assert!(began.elapsed() < Duration::from_millis(50));
        assert_eq!(frames(&connected[99]), 2);
        // And the next ones are not forgotten.
        publish_reactions(&hub, 52);
        connected[99].connection.woken().await;
        assert_eq!(frames(&connected[99]), 1);
        waking.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn reactions_without_end_wake_a_connection_ten_times_a_second() {
        let hub = Arc::new(Hub::new(16, 50));
        let connected = publish_to_many(&hub);
        let waking = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { hub.wake_in_turns().await }
        });
        connected[0].connection.woken().await;
        frames(&connected[0]);
        let began = tokio::time::Instant::now();
        for changed in 8..18 {
            // While the others have their turn.
            publish_reactions(&hub, changed);
            connected[0].connection.woken().await;
            assert_eq!(frames(&connected[0]), 1);
        }
        assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
        waking.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_round_of_turns_is_followed_by_a_rest() {
        let hub = Arc::new(Hub::new(16, 50));
        let connected = publish_to_many(&hub);
        let waking = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { hub.wake_in_turns().await }
        });
        connected[0].connection.woken().await;
        let turns = Duration::from_secs(1);
        let began = tokio::time::Instant::now();
        tokio::time::advance(turns).await;
        for registration in &connected[1..] {
            registration.connection.woken().await;
        }
        // The clock stands still while a task has something to do.
        assert!(began.elapsed() > turns);
        waking.abort();
    }

    #[test]
    fn a_connection_waits_for_its_turn_once() {
        let hub = Arc::new(Hub::new(16, 50));
        let connected = publish_to_many(&hub);
        for id in 8..20 {
            // They take what waits before their turn comes, because their peers have sent a frame.
            for registration in &connected {
                registration.connection.take();
            }
            publish(&hub, &(1..=100).map(UserId).collect(), id);
        }
        assert_eq!(hub.wakeups.len(), 100);
    }

    #[test]
    fn rows_of_one_command_are_taken_together() {
        let hub = Arc::new(Hub::new(16, 50));
        let bob = connect(&hub, BOB, Dialect::V2);
        let publishing = std::thread::spawn({
            let hub = Arc::clone(&hub);
            move || {
                for id in 1..=20_000 {
                    let change = || Change::Row {
                        row: Row::Message(message(id, id)),
                        audience: Audience::Pair(ALICE, BOB),
                    };
                    hub.publish(&[change(), change()], None);
                }
            }
        });
        while !publishing.is_finished() {
            let taken = hub.take_whole(&bob.connection).frames.len();
            assert_eq!(taken % 2, 0);
        }
        publishing.join().unwrap();
    }

    #[test]
    fn what_waits_for_a_connection_has_a_bound_in_bytes() {
        let hub = Arc::new(Hub::new(100_000, 50));
        let bob = connect(&hub, BOB, Dialect::V2);
        for id in 1..=200 {
            let row = Row::Message(Message { content: "x".repeat(16_384), ..message(id, id) });
            let audience = Audience::Pair(ALICE, BOB);
            hub.publish(&[Change::Row { row, audience }], None);
        }
        let taken = bob.connection.take();
        let bytes: usize = taken.frames.iter().map(|delivery| delivery.frame.len()).sum();
        assert!(bytes <= MAILBOX_BYTES_MAX, "{bytes}");
        assert_eq!(taken.behind, Some(Revision(0)), "it reads all of them from the store");
    }

    #[test]
    fn an_audience_that_was_read_before_its_members_changed_is_not_kept() {
        let hub = Hub::new(16, 50);
        let (chat, old) = (ChatId(1), Audience::Members([ALICE, BOB].into()));
        let generation = hub.audience_generation();
        hub.put_audience(chat, old.clone(), generation);
        assert_eq!(hub.audience(chat), Some(old.clone()));
        // A typing notice reads the audience; bob is removed before it is put.
        let generation = hub.audience_generation();
        let member =
            Member { chat_id: chat, user_id: BOB, role: Role::Former, changed: Revision(9) };
        let audience = Audience::User(ALICE);
        hub.publish(&[Change::Row { row: Row::Member(member), audience }], None);
        assert_eq!(hub.audience(chat), None);
        hub.put_audience(chat, old, generation);
        assert_eq!(hub.audience(chat), None);
    }
}
