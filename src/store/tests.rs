//! The writer's promises, on a real file: batches, failures, order, revisions.

mod groups;
mod replay;

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    task::{Context, Waker},
    time::Duration,
};

use uuid::Uuid;

use super::{
    Allowance, Apply, CreateUser, Entry, MarkReceived, React, SendMessage, SetTimer, Store,
    batch::Batch, writer::Work,
};
use crate::{
    error::{Error, Result},
    model::{Change, NewMessage, OwnReaction, Posted, Row, Target},
    types::{Cid, Content, Emoji, MessageId, Revision, Seq, SessionId, Timer, UserId, Username},
};

struct Fixture {
    store: Store,
    published: Arc<Mutex<Vec<Change>>>,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn open(queue_max: usize) -> Self {
        Self::reopen(tempfile::tempdir().unwrap(), queue_max)
    }

    fn reopen(folder: tempfile::TempDir, queue_max: usize) -> Self {
        let published = Arc::new(Mutex::new(Vec::new()));
        let publish = {
            let published = Arc::clone(&published);
            Box::new(move |changes: &[Change], _| {
                published.lock().unwrap().extend_from_slice(changes);
            })
        };
        let path = folder.path().join("chaap.db");
        let (store, _) = Store::open(&path, Allowance::of_queue(queue_max), publish, None).unwrap();
        Self { store, published, folder }
    }

    fn restart(self) -> Self {
        let Self { store, folder, .. } = self;
        drop(store);
        Self::reopen(folder, 64)
    }

    async fn users<const N: usize>(&self, names: [&str; N]) -> [UserId; N] {
        let mut ids = Vec::with_capacity(N);
        for name in names {
            ids.push(self.run(UserId::SERVER, create_user(name)).await.unwrap().id);
        }
        ids.try_into().unwrap()
    }

    async fn run<C: Apply>(&self, actor: UserId, command: C) -> Result<C::Outcome> {
        self.store.execute(actor, command).await
    }

    /// The rows published since the last call.
    fn take_rows(&self) -> Vec<Row> {
        let changes = std::mem::take(&mut *self.published.lock().unwrap());
        let rows = changes.into_iter().filter_map(|change| match change {
            Change::Row { row, .. } => Some(row),
            Change::SessionsEnded { .. } => None,
        });
        rows.collect()
    }

    /// The `(id, seq)` of every message published since the last call.
    fn take_messages(&self) -> Vec<(MessageId, Seq)> {
        let rows = self.take_rows().into_iter().filter_map(|row| match row {
            Row::Message(message) => Some((message.id, message.seq)),
            _ => None,
        });
        rows.collect()
    }
}

fn create_user(name: &str) -> CreateUser {
    let username = Username::parse(name).unwrap();
    CreateUser { username, skeleton: None, password_hash: String::from("x"), display_name: None }
}

fn message(target: Target, text: &str, cid: Option<Cid>) -> SendMessage {
    let content = Content::parse(text.to_owned(), 100).unwrap();
    SendMessage { message: NewMessage { target, content, cid, reply_to: None, forward_of: None } }
}

fn to(user: UserId, text: &str) -> SendMessage {
    message(Target::User(user), text, None)
}

/// Work that only a test has.
struct TestWork<F, A> {
    work: F,
    answer: A,
}

impl<F, A> Work for TestWork<F, A>
where
    F: FnMut(&mut Batch<'_>) -> Result<()>,
    A: FnOnce(Result<()>),
{
    fn apply(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        (self.work)(batch)
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        (self.answer)(committed);
    }
}

fn submit_work(
    store: &Store,
    work: impl FnMut(&mut Batch<'_>) -> Result<()> + Send + 'static,
) -> Receiver<Result<()>> {
    let (sender, answer) = sync_channel(1);
    let answered = move |outcome| sender.send(outcome).unwrap();
    drop(
        store
            .writes
            .push(UserId::SERVER, 0, Box::new(TestWork { work, answer: answered }))
            .unwrap(),
    );
    answer
}

/// Stops the writer in the middle of a batch until the returned sender is dropped, so that
/// everything submitted meanwhile becomes one batch.
fn hold(store: &Store) -> SyncSender<()> {
    let (release, held) = sync_channel::<()>(0);
    let (started, running) = sync_channel(1);
    let work = move |_: &mut Batch<'_>| {
        started.send(()).unwrap();
        held.recv().unwrap_or_default();
        Ok(())
    };
    drop(store.writes.push(UserId::SERVER, 0, Box::new(TestWork { work, answer: drop })).unwrap());
    running.recv().unwrap();
    release
}

fn submit<C: Apply>(fixture: &Fixture, actor: UserId, command: C) -> Receiver<Result<C::Outcome>> {
    let (sender, answer) = sync_channel(1);
    let answered = move |outcome| sender.send(outcome).unwrap();
    drop(fixture.store.submit(Entry::now(actor, command), None, answered).unwrap());
    answer
}

/// Writes a message and then fails, which no command does on its own.
fn fail_halfway(
    fixture: &Fixture,
    (from, to_user): (UserId, UserId),
    end: impl Fn() -> Result<()> + Send + 'static,
) -> Receiver<Result<()>> {
    submit_work(&fixture.store, move |batch| {
        let entry = Entry::now(from, to(to_user, "never seen"));
        let by = super::command::By { at: entry.at, clock: None, actor: from };
        entry.command.apply(batch, by)?;
        end()
    })
}

#[tokio::test]
async fn a_command_that_fails_halfway_leaves_nothing_and_disturbs_nobody() {
    for panics in [false, true] {
        let fixture = Fixture::open(64);
        let [alice, bob] = fixture.users(["alice", "bob"]).await;
        fixture.take_rows();
        let release = hold(&fixture.store);
        let before = submit(&fixture, alice, to(bob, "before"));
        let failed = fail_halfway(&fixture, (alice, bob), move || {
            assert!(!panics, "as told by the test");
            Err(Error::Internal("as told by the test".into()))
        });
        let after = submit(&fixture, bob, to(alice, "after"));
        drop(release);

        assert!(matches!(failed.recv().unwrap(), Err(Error::Internal(_))));
        let (before, after) = (before.recv().unwrap().unwrap(), after.recv().unwrap().unwrap());
        assert_eq!((before.seq, after.seq), (Seq(1), Seq(2)), "no hole is left");
        assert_eq!(after.id.0, before.id.0 + 1, "no revision is left out");
        let published = fixture.take_messages();
        assert_eq!(published, [(before.id, Seq(1)), (after.id, Seq(2))]);
        let fixture = fixture.restart();
        let next = fixture.run(alice, to(bob, "next")).await.unwrap();
        assert_eq!((next.seq, next.id.0), (Seq(3), after.id.0 + 1), "the disk agrees");
    }
}

#[tokio::test]
async fn a_chat_made_by_a_command_that_fails_is_forgotten_with_it() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let release = hold(&fixture.store);
    let failed =
        fail_halfway(&fixture, (alice, bob), || Err(Error::internal("as told by the test")));
    let first = submit(&fixture, carol, to(bob, "first"));
    drop(release);
    assert!(failed.recv().unwrap().is_err());
    let first = first.recv().unwrap().unwrap();
    let second = fixture.run(alice, to(bob, "second")).await.unwrap();
    assert_ne!(first.chat_id, second.chat_id, "the cache does not know the chat that is gone");
    assert_eq!(second.seq, Seq(1));
}

#[tokio::test]
async fn a_refused_command_does_not_empty_the_cache_for_others() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = fixture.run(alice, to(bob, "hi")).await.unwrap().chat_id;
    for _ in 0..3 {
        let refused = fixture.run(carol, message(Target::Chat(chat), "let me in", None)).await;
        assert!(matches!(refused, Err(Error::NotFound("chat"))), "{refused:?}");
    }
    let (sender, known) = sync_channel(1);
    let asked = submit_work(&fixture.store, move |batch| {
        sender.send(batch.cache.chat(chat).is_some()).unwrap();
        Ok(())
    });
    asked.recv().unwrap().unwrap();
    assert!(known.recv().unwrap(), "the chat is still in memory");
    assert_eq!(fixture.run(bob, to(alice, "ho")).await.unwrap().seq, Seq(2));
}

#[tokio::test]
async fn a_transaction_that_sqlite_ends_by_itself_takes_its_whole_batch() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let before = fixture.run(alice, to(bob, "before")).await.unwrap();
    let release = hold(&fixture.store);
    // SQLite does this by itself when the disk is full.
    let lost = submit_work(&fixture.store, |batch| {
        batch.db.execute_batch("ROLLBACK")?;
        Err(Error::Storage("as told by the test".into()))
    });
    let after = submit(&fixture, bob, to(alice, "after"));
    drop(release);

    assert!(matches!(lost.recv().unwrap(), Err(Error::Storage(_))));
    assert!(matches!(after.recv().unwrap(), Err(Error::Storage(_))), "it is told that it failed");
    let again = fixture.run(bob, to(alice, "again")).await.unwrap();
    assert_eq!((before.seq, again.seq), (Seq(1), Seq(2)), "it has left nothing");
    assert_eq!(fixture.take_messages().len(), 2);
}

#[tokio::test]
async fn a_batch_is_published_in_order_before_anyone_is_answered() {
    let fixture = Fixture::open(256);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let release = hold(&fixture.store);
    let answers: Vec<_> = (0..100)
        .map(|n| {
            let (from, other) = if n % 2 == 0 { (alice, bob) } else { (bob, alice) };
            let published = Arc::clone(&fixture.published);
            let (sender, answer) = sync_channel(1);
            let answered = move |outcome: Result<Posted>| {
                let id = outcome.unwrap().id;
                let is_it = |change: &Change| {
                    matches!(change, Change::Row { row: Row::Message(it), .. } if it.id == id)
                };
                sender.send(published.lock().unwrap().iter().any(is_it)).unwrap();
            };
            let entry = Entry::now(from, to(other, &n.to_string()));
            drop(fixture.store.submit(entry, None, answered).unwrap());
            answer
        })
        .collect();
    drop(release);
    for answer in answers {
        assert!(answer.recv().unwrap(), "published first, answered second");
    }
    let published = fixture.take_messages();
    assert_eq!(published.len(), 100);
    assert!(published.is_sorted(), "{published:?}");
}

#[tokio::test]
async fn reactions_of_a_batch_to_one_message_are_one_row() {
    let fixture = Fixture::open(256);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let first = fixture.run(alice, to(bob, "first")).await.unwrap();
    let second = fixture.run(alice, to(bob, "second")).await.unwrap();
    fixture.take_rows();
    let release = hold(&fixture.store);
    let react = |user, message: &Posted, emoji| {
        let emoji = Some(Emoji::parse(emoji).unwrap());
        let command = React { chat: message.chat_id, message: message.id, emoji };
        let (sender, answer) = sync_channel(1);
        let answered = move |outcome: Result<OwnReaction>| sender.send(outcome.unwrap()).unwrap();
        drop(fixture.store.submit(Entry::now(user, command), None, answered).unwrap());
        answer
    };
    let answers = [
        react(alice, &first, "👍"),
        react(bob, &first, "👍"),
        react(alice, &second, "😂"),
        react(bob, &first, "😂"),
        react(alice, &first, "❤️"),
    ];
    drop(release);
    let answers = answers.map(|answer| answer.recv().unwrap());
    let last_change = |message: &Posted| {
        let own = answers.iter().filter(|own| own.message_id == message.id);
        own.map(|own| own.changed).max().unwrap()
    };
    let rows = fixture.take_rows();
    let revisions: Vec<_> = rows.iter().map(Row::changed).collect();
    assert!(revisions.is_sorted(), "{rows:?}");
    let all = rows.iter().filter_map(|row| match row {
        Row::Reactions(it) => Some((it.message_id, it.total, it.changed)),
        _ => None,
    });
    let all: Vec<_> = all.collect();
    let mut expected =
        vec![(first.id, 2, last_change(&first)), (second.id, 1, last_change(&second))];
    expected.sort_by_key(|(_, _, changed)| *changed);
    assert_eq!(all, expected);
    assert_eq!(rows.len(), 5 + 2, "and each person is told of their own: {rows:?}");
}

#[tokio::test]
async fn a_full_queue_answers_busy_and_takes_commands_again_later() {
    let fixture = Fixture::open(4);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let release = hold(&fixture.store);
    let mut accepted =
        vec![submit(&fixture, alice, to(bob, "waits")), submit(&fixture, alice, to(bob, "waits"))];
    let refused = fixture.run(alice, to(bob, "half of the queue is too much")).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    accepted.push(submit(&fixture, bob, to(alice, "another user finds room")));
    accepted.push(submit(&fixture, UserId::SERVER, to(alice, "and the server, too")));
    let refused = fixture.run(UserId(99), to(bob, "too many")).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    drop(release);
    let last = accepted.pop().unwrap();
    for answer in accepted {
        answer.recv().unwrap().unwrap();
    }
    assert!(last.recv().unwrap().is_err(), "the server writes no messages");
    let later = fixture.run(alice, to(bob, "again")).await.unwrap();
    assert_eq!(later.seq, Seq(4), "the refused command left nothing");
}

#[tokio::test]
async fn a_cid_names_one_message_of_its_sender_for_ever() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let cid = Some(Cid(Uuid::now_v7()));
    let send = |user, text| message(Target::User(user), text, cid);
    let first = fixture.run(alice, send(bob, "hi")).await.unwrap();
    let fixture = fixture.restart();
    let again = fixture.run(alice, send(bob, "hi")).await.unwrap();
    assert!(again.dup && again.id == first.id && again.seq == first.seq, "{again:?}");
    let revision = fixture.store.revision();
    for refused in [(bob, "ho"), (alice, "hi"), (carol, "hi")] {
        let outcome = fixture.run(alice, send(refused.0, refused.1)).await;
        assert!(
            matches!(outcome, Err(Error::Conflict { code: "cid_conflict", .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(fixture.store.revision(), revision, "no chat was made on the way");
    let by_bob = fixture.run(bob, send(alice, "hi")).await.unwrap();
    assert_eq!((by_bob.dup, by_bob.seq), (false, Seq(2)), "another sender's cid is another");
    assert_eq!(fixture.take_messages().len(), 1, "retries are not published");
}

/// Strangers put people into groups less often than those to whom they have written.
#[tokio::test]
async fn who_sets_a_timer_has_not_written() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let knows = async || {
        let found = fixture.store.list_newcomers(alice, None, vec![bob]).await.unwrap();
        found.iter().map(|newcomer| newcomer.knows_adder).collect::<Vec<_>>()
    };
    let chat = fixture.run(alice, to(bob, "hi")).await.unwrap().chat_id;
    fixture.run(bob, SetTimer { chat, expire_after: Some(Timer(1_000)) }).await.unwrap();
    assert_eq!(knows().await, [false]);
    fixture.run(bob, to(alice, "hello")).await.unwrap();
    assert_eq!(knows().await, [true]);
}

#[tokio::test]
async fn the_revision_goes_on_after_a_restart() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let posted = fixture.run(alice, to(bob, "hi")).await.unwrap();
    let read = MarkReceived { chat: posted.chat_id, delivered: Seq(9), read: Seq(1) };
    fixture.run(bob, read).await.unwrap();
    let revision = fixture.store.revision();
    assert_eq!(revision, Revision(posted.id.0 + 1), "the receipt was the last change");
    let fixture = fixture.restart();
    assert_eq!(fixture.store.revision(), revision);
    assert_eq!(fixture.run(bob, to(alice, "ho")).await.unwrap().id.0, revision.0 + 1);
}

/// A table that is added later must not be forgotten when the counter is read at start.
#[test]
fn the_last_revision_is_found_in_every_column_that_holds_one() {
    let folder = tempfile::tempdir().unwrap();
    let db = super::open::for_writing(&folder.path().join("chaap.db")).unwrap();
    db.execute_batch(
        "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
           VALUES (1, 'alice', 'alice', 'x', 0, 1);
         INSERT INTO chats (id, kind, low_user_id, high_user_id, created_at, changed)
           VALUES (1, 'direct', 1, 1, 0, 2);
         INSERT INTO members (chat_id, user_id, changed, shown_changed) VALUES (1, 1, 2, 2);
         INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
           VALUES (3, 1, 1, 1, 'hi', 0, 3);
         INSERT INTO preferences (chat_id, user_id, changed) VALUES (1, 1, 1);
         INSERT INTO privacy VALUES (1, 1, 1, 1);
         INSERT INTO reactions VALUES (3, 1, 1, 1, '👍', 0, 1);
         INSERT INTO reacted_messages VALUES (3, 1, 1);
         INSERT INTO flags VALUES (3, 1, 1, NULL, NULL, 1);
         INSERT INTO expiry_clock VALUES (1, 0, 0, 1);
         INSERT INTO pins VALUES (3, 1, 1, 0, NULL, 1);
         INSERT INTO scheduled VALUES (1, 1, 1, zeroblob(16), '', NULL, 0, 0, 'sent', NULL, 1);",
    )
    .unwrap();
    assert_eq!(super::writer::last_revision(&db).unwrap(), Revision(3));
    let columns: Vec<(String, String)> = db
        .prepare(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
              WHERE t.type = 'table' AND c.name LIKE '%changed%'",
        )
        .unwrap()
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<std::result::Result<_, _>>()
        .unwrap();
    assert!(columns.len() >= 9, "{columns:?}");
    for (table, column) in columns {
        db.execute_batch("SAVEPOINT one; PRAGMA ignore_check_constraints = on").unwrap();
        let rows = db.execute(&format!("UPDATE {table} SET {column} = 100"), ()).unwrap();
        let last = super::writer::last_revision(&db).unwrap();
        db.execute_batch("ROLLBACK TO one; RELEASE one").unwrap();
        assert_eq!((rows, last), (1, Revision(100)), "{table}.{column}");
    }
}

/// Queues a short read that lasts until the returned sender is dropped.
fn hold_reader(store: &Store) -> SyncSender<()> {
    hold_read(|query| Box::pin(store.read(query)))
}

/// The same with a list.
fn hold_list(store: &Store, user: UserId) -> SyncSender<()> {
    hold_read(|query| Box::pin(store.read_long(user, query)))
}

type Held = Box<dyn FnOnce(&rusqlite::Connection) -> Result<()> + Send>;

fn hold_read<'a>(
    read: impl FnOnce(Held) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>,
) -> SyncSender<()> {
    let (release, held) = sync_channel::<()>(0);
    let mut busy = read(Box::new(move |_| {
        held.recv().unwrap_or_default();
        Ok(())
    }));
    // Polled once, so that it is queued.
    assert!(busy.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    release
}

#[tokio::test]
async fn a_list_of_one_user_does_not_hold_up_short_reads() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let release = hold_list(&fixture.store, alice);
    let privacy = fixture.store.find_privacy(bob);
    let found = tokio::time::timeout(Duration::from_secs(20), privacy).await;
    assert!(found.expect("an answer while a list is read").is_ok());
    drop(release);
    let (users, more) = fixture.store.list_users(bob, UserId(0), 10).await.unwrap();
    assert_eq!((users.len(), more), (2, false));
}

#[tokio::test]
async fn users_take_turns_with_their_lists() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let store = Arc::new(fixture.store);
    let release = hold_list(&store, alice);
    let mut alices: Vec<_> = (0..50).map(|_| spawn_list(&store, alice)).collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let bobs = spawn_list(&store, bob);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    drop(release);
    bobs.await.unwrap();
    assert!(alices.iter().any(|list| !list.is_finished()), "bob did not wait for all of hers");
    for list in alices.drain(..) {
        list.await.unwrap();
    }
}

/// Begins a list of all users, which takes a little.
fn spawn_list(store: &Arc<Store>, user: UserId) -> tokio::task::JoinHandle<()> {
    let store = Arc::clone(store);
    tokio::spawn(async move {
        let slow = store.read_long(user, |_| {
            std::thread::sleep(Duration::from_millis(2));
            Ok(())
        });
        slow.await.unwrap();
    })
}

#[tokio::test]
async fn a_request_learns_who_makes_it_while_all_readers_are_busy() {
    let fixture = Fixture::open(64);
    let release: Vec<_> =
        (0..super::SHORT_READERS_MAX).map(|_| hold_reader(&fixture.store)).collect();
    let asked =
        tokio::time::timeout(Duration::from_secs(20), fixture.store.find_caller(SessionId(1)));
    assert!(asked.await.expect("an answer while the readers are held").unwrap().is_none());
    drop(release);
}
