//! A group, each of whose members has a connection: members write in turn, and every other member
//! must receive every message. `members.rs` and `sent.rs` check that.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tokio::{
    sync::Notify,
    time::{sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    fields::Fields,
    http::Http,
    members::Members,
    people::Person,
    plan::{Plan, Tally},
    receipts::Receipts,
    sent::Sent,
    socket::Socket,
    sockets::Sockets,
};
use crate::error::{BUSY_RETRY_AFTER, Error, Result};

/// Handshakes of a group at the same time.
const AT_ONCE: usize = 16;
/// How long it may take until all members know that all have read.
const READING_MAX: Duration = Duration::from_mins(1);

/// The sockets of a group's members, and the state of every message between them.
#[derive(Debug)]
pub(super) struct Group {
    chat_id: i64,
    sockets: Sockets,
    members: Members,
    wake: Arc<Notify>,
}

#[derive(Deserialize)]
struct Made {
    id: i64,
}

#[derive(Deserialize)]
struct GroupReceipt {
    user_id: Option<i64>,
    read_seq: u32,
}

impl Group {
    /// Makes a group of `people`, whose first one makes it, and connects each of them.
    pub(super) async fn connect(
        address: &str,
        number: u16,
        people: &[Person],
        writers: usize,
        text: &str,
    ) -> Result<Self> {
        let user_ids: Vec<i64> = people.iter().map(|person| person.id).collect();
        let body = json!({ "title": format!("Group {number}"), "user_ids": user_ids }).to_string();
        let mut http = Http::connect(address).await?;
        let created = StatusCode::CREATED;
        let Made { id } = http.post_as("/api/groups", &people[0].token, &body, created).await?;
        let opening = people.iter().map(|person| Socket::open(address, &person.token, None));
        let opening: Vec<_> = opening.collect();
        let opened: Vec<_> = stream::iter(opening).buffered(AT_ONCE).try_collect().await?;
        let sockets = Sockets::new(opened.into_iter().map(|(socket, _)| socket).collect());
        let others = u32::try_from(people.len() - 1).expect("members are counted in 16 bits");
        let sent = Sent::new(number, &format!(r#""chat_id":{id}"#), text, others);
        let members = Members::new(people.len(), writers, sent);
        Ok(Self { chat_id: id, sockets, members, wake: Arc::default() })
    }

    /// Reads and drops what comes until `end`. Presence frames of many people would fill the
    /// buffers of a connection that is not read.
    pub(super) async fn idle_until(mut self, end: CancellationToken) -> Result<Self> {
        loop {
            tokio::select! {
                () = self.sockets.ready() => {
                    let read = self.sockets.read(|_, _| Ok(()));
                    read.map_err(|e| Error::Startup(format!("a member was disconnected: {e}")))?;
                }
                () = end.cancelled() => return Ok(self),
            }
        }
    }

    /// Wakes the group when the phase changes or a message is due.
    pub(super) fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    pub(super) fn chat_id(&self) -> i64 {
        self.chat_id
    }

    /// By index of the message: its `seq`.
    pub(super) fn seqs(&self) -> &[u32] {
        self.members.sent.seqs()
    }

    /// The server's revision just before the last message: a device that has got so far misses
    /// one message.
    pub(super) fn revision_before_last(&self) -> i64 {
        self.members.revision_before_last()
    }

    /// Sends up to `quota` messages as planned and waits until each is acked and delivered.
    ///
    /// # Errors
    /// A sentence when the server broke a promise or a connection ended.
    pub(super) async fn run(
        &mut self,
        plan: &Plan,
        quota: u64,
        tally: &mut Tally,
    ) -> Result<(), String> {
        self.members.sent.begin();
        loop {
            // Read before sending: messages that become due meanwhile are not sent yet.
            let phase = plan.control.phase();
            self.send_due(plan, quota, tally).await?;
            if self.members.sent.is_done(phase, quota, tally)? {
                return self.members.check_gaps();
            }
            self.receive(plan, tally).await?;
        }
    }

    /// Sends all messages that are due, with one flush for each writer.
    async fn send_due(&mut self, plan: &Plan, quota: u64, tally: &mut Tally) -> Result<(), String> {
        let now = Instant::now();
        let mut fed = Vec::new();
        while let Some(index) = self.members.sent.take_due(now, plan, quota, tally) {
            let writer = self.members.writer_of(index);
            self.sockets.all[writer].feed(&self.members.sent.frame(index));
            fed.push(writer);
        }
        // For a writer who is there twice, the second flush has nothing to do.
        for writer in fed {
            self.sockets.all[writer].flush().await?;
        }
        Ok(())
    }

    /// Waits for frames or for a message that is due, and takes all frames that have arrived.
    async fn receive(&mut self, plan: &Plan, tally: &mut Tally) -> Result<(), String> {
        let retry = self.members.sent.retry_at();
        tokio::select! {
            () = self.sockets.ready() => {}
            () = self.wake.notified() => {}
            () = sleep_until(retry.unwrap_or_else(tokio::time::Instant::now)), if retry.is_some() => {}
        }
        let Self { sockets, members, .. } = self;
        sockets.read(|place, text| members.take(place, text, plan, tally))
    }

    /// All members read everything. Waits until each knows that all have, and counts the frames
    /// that tell it.
    ///
    /// # Errors
    /// A sentence when that does not happen.
    pub(super) async fn read_all(&mut self) -> Result<Receipts, String> {
        let last = self.members.sent.seqs().iter().copied().max().unwrap_or_default();
        if last == 0 {
            return Ok(Receipts::default());
        }
        let began = Instant::now();
        let chat = self.chat_id;
        let frame = format!(r#"{{"type":"receipt","chat_id":{chat},"read":{last}}}"#);
        for socket in &mut self.sockets.all {
            socket.feed(&frame);
            socket.flush().await?;
        }
        let mut receipts = Receipts::of(self.sockets.all.len());
        let waiting = self.await_receipts(last, &frame, &mut receipts);
        match timeout(READING_MAX, waiting).await {
            Ok(outcome) => outcome?,
            Err(_) => return Err(String::from("members never learnt that all have read")),
        }
        receipts.took = began.elapsed();
        Ok(receipts)
    }

    /// Waits until each member knows that all have read up to `last`. Sends `frame` again for those
    /// whom the server was too busy for.
    async fn await_receipts(
        &mut self,
        last: u32,
        frame: &str,
        receipts: &mut Receipts,
    ) -> Result<(), String> {
        let mut knows = HashSet::new();
        let mut retries: VecDeque<(Instant, usize)> = VecDeque::new();
        while knows.len() < self.sockets.all.len() {
            let retry = retries.front().copied();
            let at = retry.map_or_else(Instant::now, |(at, _)| at);
            tokio::select! {
                () = self.sockets.ready() => {}
                () = sleep_until(at.into()), if retry.is_some() => {
                    let (_, place) = retries.pop_front().expect("there is one");
                    let socket = &mut self.sockets.all[place];
                    socket.feed(frame);
                    socket.flush().await?;
                }
            }
            self.sockets.read(|place, text| {
                let fields = Fields::parse(text)?;
                match fields.kind {
                    "receipt" => {
                        let receipt: GroupReceipt =
                            serde_json::from_str(text).map_err(|e| format!("{e}: {text}"))?;
                        receipts.count(place);
                        if receipt.user_id.is_none() && receipt.read_seq == last {
                            knows.insert(place);
                        }
                    }
                    "error" if fields.code == Some("busy") => {
                        retries.push_back((Instant::now() + BUSY_RETRY_AFTER, place));
                    }
                    "error" => return Err(format!("the server refused a receipt: {text}")),
                    _ => {}
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}
