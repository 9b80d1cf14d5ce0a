//! A group, each of whose members has a connection: members write in turn, and every other member
//! must receive every message.
//!
//! It checks that each connection receives the messages of others in the order of `seq`, and that
//! the gaps between them are exactly its own messages; `sent.rs` checks the rest.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{
    FutureExt, SinkExt, StreamExt, TryStreamExt,
    stream::{self, SelectAll, SplitSink, SplitStream},
};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tokio::{
    sync::Notify,
    time::{sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::{
    batches::{Batch, Batches},
    http::Http,
    people::Person,
    plan::{Plan, Tally},
    receipts::Receipts,
    sent::Sent,
    socket::{Frame, Socket},
};
use crate::error::{BUSY_RETRY_AFTER, Error, Result};

/// Handshakes of a group at the same time.
const AT_ONCE: usize = 16;
/// The `seq` of the line that says who made the group. Messages follow.
const MADE: u32 = 1;
/// How long it may take until all members know that all have read.
const READING_MAX: Duration = Duration::from_mins(1);

/// The sockets of a group's members, and the state of every message between them.
#[derive(Debug)]
pub(super) struct Group {
    chat_id: i64,
    incoming: SelectAll<Batches<SplitStream<Socket>>>,
    members: Vec<Member>,
    /// How many members write, in turn.
    writers: usize,
    wake: Arc<Notify>,
    sent: Sent,
    /// The revisions of the last message and of the one before, by the acks.
    last_changed: [i64; 2],
}

/// A member's side of the group.
#[derive(Debug)]
struct Member {
    outgoing: SplitSink<Socket, Message>,
    /// The lowest `seq` that may come next.
    expected: u32,
    /// Gaps in what was received: messages of its own whose ack has not come yet.
    skipped: Vec<u32>,
    /// Messages that wait in the send buffer.
    is_fed: bool,
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
        let sockets: Vec<_> = stream::iter(opening).buffered(AT_ONCE).try_collect().await?;
        let (mut incoming, mut members) = (SelectAll::new(), Vec::new());
        for (place, (socket, _)) in sockets.into_iter().enumerate() {
            let (outgoing, socket) = socket.split();
            incoming.push(Batches { place, socket });
            members.push(Member {
                outgoing,
                expected: MADE + 1,
                skipped: Vec::new(),
                is_fed: false,
            });
        }
        let others = u32::try_from(members.len() - 1).expect("members are counted in 16 bits");
        let sent = Sent::new(number, &format!(r#""chat_id":{id}"#), text, others);
        let wake = Arc::default();
        Ok(Self { chat_id: id, incoming, members, writers, wake, sent, last_changed: [0; 2] })
    }

    /// Reads and drops what comes until `end`. Presence frames of many people would fill the
    /// buffers of a connection that is not read.
    pub(super) async fn idle_until(mut self, end: CancellationToken) -> Result<Self> {
        loop {
            tokio::select! {
                (_, frames) = next(&mut self.incoming) => {
                    if let Some(why) = frames.into_iter().find_map(std::result::Result::err) {
                        return Err(Error::Startup(format!("a member was disconnected: {why}")));
                    }
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
        self.sent.seqs()
    }

    /// The server's revision just before the last message: a device that has got so far misses
    /// one message.
    pub(super) fn revision_before_last(&self) -> i64 {
        self.last_changed[0]
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
        self.sent.begin();
        loop {
            // Read before sending: messages that become due meanwhile are not sent yet.
            let phase = plan.control.phase();
            self.send_due(plan, quota, tally).await?;
            if self.sent.is_done(phase, quota, tally)? {
                return self.check_gaps();
            }
            self.receive(plan, tally).await?;
        }
    }

    /// Sends all messages that are due, with one flush for each writer.
    async fn send_due(&mut self, plan: &Plan, quota: u64, tally: &mut Tally) -> Result<(), String> {
        let now = Instant::now();
        let mut fed = Vec::new();
        while let Some(index) = self.sent.take_due(now, plan, quota, tally) {
            let writer = self.writer_of(index);
            let frame = Message::text(self.sent.frame(index));
            let member = &mut self.members[writer];
            member.outgoing.feed(frame).await?;
            if !std::mem::replace(&mut member.is_fed, true) {
                fed.push(writer);
            }
        }
        for writer in fed {
            let member = &mut self.members[writer];
            member.outgoing.flush().await?;
            member.is_fed = false;
        }
        Ok(())
    }

    /// Who sends a message.
    fn writer_of(&self, index: u32) -> usize {
        index as usize % self.writers
    }

    /// Waits for frames or for a message that is due, and takes all frames that have arrived.
    async fn receive(&mut self, plan: &Plan, tally: &mut Tally) -> Result<(), String> {
        let retry = self.sent.retry_at();
        tokio::select! {
            (place, batch) = next(&mut self.incoming) => self.take(place, batch, plan, tally)?,
            () = self.wake.notified() => {}
            () = sleep_until(retry.unwrap_or_else(tokio::time::Instant::now)), if retry.is_some() => {}
        }
        while let Some((place, batch)) = next(&mut self.incoming).now_or_never() {
            self.take(place, batch, plan, tally)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        place: usize,
        batch: Batch,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<(), String> {
        for text in batch {
            let text = text?;
            let frame = Frame::parse(&text)?;
            match frame.kind {
                "message" => {
                    let writes = place < self.writers;
                    self.members[place].take_message(place, writes, frame.seq, &text)?;
                    self.sent.take_delivery(&frame, &text, plan, tally)?;
                }
                "ack" => {
                    let index = self.sent.take_ack(&frame, &text, plan, tally)?;
                    if self.writer_of(index) != place {
                        return Err(format!("member {place} got the ack of another: {text}"));
                    }
                    self.members[place].take_ack(place, frame.seq, &text)?;
                    self.note_changed(frame.changed.unwrap_or_default());
                }
                "error" => self.sent.take_error(&frame, &text)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn note_changed(&mut self, changed: i64) {
        let [before, last] = self.last_changed;
        if changed > last {
            self.last_changed = [last, changed];
        } else if changed > before {
            self.last_changed = [changed, last];
        }
    }

    /// After everything was answered, no gap is left.
    fn check_gaps(&self) -> Result<(), String> {
        let gap = self.members.iter().enumerate().find(|(_, member)| !member.skipped.is_empty());
        gap.map_or(Ok(()), |(place, member)| {
            Err(format!("member {place} never received seq {:?}", member.skipped))
        })
    }

    /// All members read everything. Waits until each knows that all have, and counts the frames
    /// that tell it.
    ///
    /// # Errors
    /// A sentence when that does not happen.
    pub(super) async fn read_all(&mut self) -> Result<Receipts, String> {
        let last = self.sent.seqs().iter().copied().max().unwrap_or_default();
        if last == 0 {
            return Ok(Receipts::default());
        }
        let began = Instant::now();
        let chat = self.chat_id;
        let frame = format!(r#"{{"type":"receipt","chat_id":{chat},"read":{last}}}"#);
        for member in &mut self.members {
            member.outgoing.send(Message::text(frame.clone())).await?;
        }
        let mut receipts = Receipts::of(self.members.len());
        let waiting = async {
            let (mut left, mut knows) = (self.members.len(), HashSet::new());
            // Members whose receipt the server was too busy for, and when to send it again.
            let mut retries: VecDeque<(Instant, usize)> = VecDeque::new();
            while left > 0 {
                let retry = retries.front().copied();
                let at = retry.map_or_else(Instant::now, |(at, _)| at);
                let (place, batch) = tokio::select! {
                    received = next(&mut self.incoming) => received,
                    () = sleep_until(at.into()), if retry.is_some() => {
                        let (_, place) = retries.pop_front().expect("there is one");
                        let outgoing = &mut self.members[place].outgoing;
                        outgoing.send(Message::text(frame.clone())).await?;
                        continue;
                    }
                };
                for text in batch {
                    let text = text?;
                    let frame = Frame::parse(&text)?;
                    match frame.kind {
                        "receipt" => {
                            let receipt: GroupReceipt =
                                serde_json::from_str(&text).map_err(|e| format!("{e}: {text}"))?;
                            receipts.count(place);
                            let all = receipt.user_id.is_none() && receipt.read_seq == last;
                            left -= usize::from(all && knows.insert(place));
                        }
                        "error" if frame.code == Some("busy") => {
                            retries.push_back((Instant::now() + BUSY_RETRY_AFTER, place));
                        }
                        "error" => return Err(format!("the server refused a receipt: {text}")),
                        _ => {}
                    }
                }
            }
            Ok(())
        };
        match timeout(READING_MAX, waiting).await {
            Ok(outcome) => outcome?,
            Err(_) => return Err(String::from("members never learnt that all have read")),
        }
        receipts.took = began.elapsed();
        Ok(receipts)
    }
}

/// Waits until a member receives something.
async fn next(incoming: &mut SelectAll<Batches<SplitStream<Socket>>>) -> (usize, Batch) {
    incoming.next().await.expect("a socket says that it is closed instead of ending")
}

impl Member {
    /// A message of another member must be the next one that this one has not seen.
    fn take_message(
        &mut self,
        place: usize,
        writes: bool,
        seq: Option<u32>,
        text: &str,
    ) -> Result<(), String> {
        let expected = self.expected;
        let Some(seq) = seq.filter(|seq| *seq == expected || *seq > expected && writes) else {
            return Err(format!("member {place} should have got seq {expected}: {text}"));
        };
        self.skipped.extend(expected..seq);
        self.expected = seq + 1;
        Ok(())
    }

    /// The own message fills a gap or is the next one.
    fn take_ack(&mut self, place: usize, seq: Option<u32>, text: &str) -> Result<(), String> {
        if seq == Some(self.expected) {
            self.expected += 1;
            return Ok(());
        }
        let gap = self.skipped.iter().position(|skipped| Some(*skipped) == seq);
        let gap = gap.ok_or_else(|| format!("member {place} has that seq already: {text}"))?;
        self.skipped.swap_remove(gap);
        Ok(())
    }
}
