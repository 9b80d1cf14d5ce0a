//! The writer's promises, on a real file: batches, panics, order, numbers.

use std::sync::{
    Arc, Mutex,
    mpsc::{Receiver, SyncSender, sync_channel},
};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Committed, Store};
use crate::{
    error::{Error, Result},
    model::{Change, NewMessage, Posted, Row, Target},
    types::{Cid, Content, MessageId, Revision, Seq, UserId, Username},
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
            Box::new(move |change: &Change| {
                published.lock().unwrap().push(change.clone());
                true
            })
        };
        let (store, _) = Store::open(&folder.path().join("chaap.db"), queue_max, publish).unwrap();
        Self { store, published, folder }
    }

    async fn user(&self, name: &str) -> UserId {
        let name = Username::parse(name).unwrap();
        self.store.write(move |batch| batch.create_user(&name, "x")).await.unwrap().value.id
    }

    async fn post(&self, draft: NewMessage) -> Result<Posted> {
        let (sender, answer) = oneshot::channel();
        self.store.post(draft, |outcome| sender.send(outcome).unwrap())?;
        answer.await.unwrap().map(|done| done.value)
    }

    /// The `(id, seq)` of every message published so far.
    fn published_messages(&self) -> Vec<(MessageId, Seq)> {
        let published = self.published.lock().unwrap();
        let messages = published.iter().filter_map(|change| match &change.row {
            Row::Message(message) => Some((message.id, message.seq)),
            _ => None,
        });
        messages.collect()
    }
}

fn draft(sender: UserId, recipient: UserId, text: &str, cid: Option<Cid>) -> NewMessage {
    NewMessage {
        sender_id: sender,
        target: Target::User(recipient),
        content: Content::parse(text.to_owned(), 100).unwrap(),
        cid,
        reply_to: None,
        origin: None,
    }
}

/// Stops the writer in the middle of a batch until the returned sender is dropped, so that
/// everything submitted meanwhile becomes one batch.
fn hold(store: &Store) -> SyncSender<()> {
    let (release, held) = sync_channel::<()>(0);
    let (started, running) = sync_channel(1);
    let job = move |_: &mut super::Batch<'_>| {
        started.send(()).unwrap();
        held.recv().unwrap_or_default();
        Ok(())
    };
    store.submit(job, drop).unwrap();
    running.recv().unwrap();
    release
}

fn submit(fixture: &Fixture, draft: NewMessage) -> Receiver<Result<Committed<Posted>>> {
    let (sender, answer) = sync_channel(1);
    let answered = move |outcome| sender.send(outcome).unwrap();
    fixture.store.post(draft, answered).unwrap();
    answer
}

#[tokio::test]
async fn a_panicking_job_costs_nobody_else_anything() {
    let fixture = Fixture::open(64);
    let [alice, bob] = [fixture.user("alice").await, fixture.user("bob").await];
    let release = hold(&fixture.store);
    let before = submit(&fixture, draft(alice, bob, "before", None));
    let (sender, panicked) = sync_channel(1);
    let job = move |batch: &mut super::Batch<'_>| -> Result<()> {
        batch.post_message(draft(alice, bob, "never seen", None))?;
        panic!("as told by the test");
    };
    fixture.store.submit(job, move |outcome| sender.send(outcome).unwrap()).unwrap();
    let after = submit(&fixture, draft(bob, alice, "after", None));
    drop(release);

    assert!(matches!(panicked.recv().unwrap(), Err(Error::Internal(_))));
    let (before, after) = (before.recv().unwrap().unwrap(), after.recv().unwrap().unwrap());
    assert_eq!((before.value.seq, after.value.seq), (Seq(1), Seq(2)), "no hole is left");
    assert_eq!(after.value.id.0, before.value.id.0 + 1, "its number was given back");
    let seqs: Vec<Seq> = fixture.published_messages().iter().map(|(_, seq)| *seq).collect();
    assert_eq!(seqs, [Seq(1), Seq(2)], "what was undone was not published");
}

#[tokio::test]
async fn a_transaction_that_is_lost_on_the_way_takes_all_of_its_batch() {
    let fixture = Fixture::open(64);
    let [alice, bob] = [fixture.user("alice").await, fixture.user("bob").await];
    let before = fixture.post(draft(alice, bob, "before", None)).await.unwrap();
    let release = hold(&fixture.store);
    let (sender, lost) = sync_channel(1);
    // What SQLite does by itself when the disk is full.
    let job = move |batch: &mut super::Batch<'_>| -> Result<()> {
        batch.db.execute_batch("ROLLBACK")?;
        Err(Error::Storage("as told by the test".into()))
    };
    fixture.store.submit(job, move |outcome| sender.send(outcome).unwrap()).unwrap();
    let after = submit(&fixture, draft(bob, alice, "after", None));
    drop(release);

    assert!(matches!(lost.recv().unwrap(), Err(Error::Storage(_))));
    assert!(matches!(after.recv().unwrap(), Err(Error::Storage(_))), "told that it failed,");
    let again = fixture.post(draft(bob, alice, "again", None)).await.unwrap();
    assert_eq!((before.seq, again.seq), (Seq(1), Seq(2)), "and it has left nothing");
    assert_eq!(fixture.published_messages().len(), 2);
}

#[tokio::test]
async fn a_batch_is_published_in_order_before_anyone_is_answered() {
    let fixture = Fixture::open(256);
    let [alice, bob] = [fixture.user("alice").await, fixture.user("bob").await];
    let release = hold(&fixture.store);
    let answers: Vec<_> = (0..100)
        .map(|n| {
            let (from, to) = if n % 2 == 0 { (alice, bob) } else { (bob, alice) };
            let published = Arc::clone(&fixture.published);
            let (sender, answer) = sync_channel(1);
            let answered = move |outcome: Result<Committed<Posted>>| {
                let id = outcome.unwrap().value.id;
                let is_it = |change: &Change| matches!(&change.row, Row::Message(m) if m.id == id);
                sender.send(published.lock().unwrap().iter().any(is_it)).unwrap();
            };
            let draft = draft(from, to, &n.to_string(), None);
            fixture.store.post(draft, answered).unwrap();
            answer
        })
        .collect();
    drop(release);
    for answer in answers {
        assert!(answer.recv().unwrap(), "published first, answered second");
    }
    let published = fixture.published_messages();
    assert_eq!(published.len(), 100);
    assert!(published.is_sorted(), "{published:?}");
}

#[tokio::test]
async fn a_full_queue_answers_busy_and_takes_requests_again_later() {
    let fixture = Fixture::open(4);
    let [alice, bob] = [fixture.user("alice").await, fixture.user("bob").await];
    let release = hold(&fixture.store);
    let accepted: Vec<_> =
        (0..4).map(|_| submit(&fixture, draft(alice, bob, "waits", None))).collect();
    let refused = fixture.post(draft(alice, bob, "too many", None)).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    drop(release);
    for answer in accepted {
        answer.recv().unwrap().unwrap();
    }
    let later = fixture.post(draft(alice, bob, "again", None)).await.unwrap();
    assert_eq!(later.seq, Seq(5), "what was refused left nothing");
}

#[tokio::test]
async fn a_cid_names_one_message_of_its_sender_for_ever() {
    let fixture = Fixture::open(64);
    let [alice, bob] = [fixture.user("alice").await, fixture.user("bob").await];
    let cid = Some(Cid(Uuid::now_v7()));
    let first = fixture.post(draft(alice, bob, "hi", cid)).await.unwrap();
    let fixture = {
        let Fixture { store, folder, .. } = fixture;
        drop(store);
        Fixture::reopen(folder, 64)
    };
    let again = fixture.post(draft(alice, bob, "hi", cid)).await.unwrap();
    assert!(again.dup && again.id == first.id && again.seq == first.seq, "{again:?}");
    let other = fixture.post(draft(alice, bob, "ho", cid)).await;
    assert!(matches!(other, Err(Error::Conflict { code: "cid_conflict", .. })), "{other:?}");
    let elsewhere = fixture.post(draft(alice, alice, "hi", cid)).await;
    assert!(matches!(elsewhere, Err(Error::Conflict { .. })), "{elsewhere:?}");
    let by_bob = fixture.post(draft(bob, alice, "hi", cid)).await.unwrap();
    assert_eq!((by_bob.dup, by_bob.seq), (false, Seq(2)), "another sender's cid is another");
    assert_eq!(fixture.published_messages().len(), 1, "retries are not published");
}

#[tokio::test]
async fn the_number_goes_on_after_a_restart() {
    let fixture = Fixture::open(64);
    let [alice, bob] = [fixture.user("alice").await, fixture.user("bob").await];
    let posted = fixture.post(draft(alice, bob, "hi", None)).await.unwrap();
    let moved = move |batch: &mut super::Batch<'_>| {
        batch.move_watermarks(posted.chat_id, bob, Seq(9), Seq(1))
    };
    fixture.store.write(moved).await.unwrap();
    let number = fixture.store.revision();
    assert_eq!(number, Revision(posted.id.0 + 1), "the receipt was the last change");
    let Fixture { store, folder, .. } = fixture;
    drop(store);
    let fixture = Fixture::reopen(folder, 64);
    assert_eq!(fixture.store.revision(), number);
    assert_eq!(fixture.post(draft(bob, alice, "ho", None)).await.unwrap().id.0, number.0 + 1);
}
