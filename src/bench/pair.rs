//! A sender and the connections of its recipient: sends messages that are due, recognises every
//! answer, and records how long it took.
//!
//! It also checks that each message is acked once and delivered once to every connection, in the
//! order of `seq` without a gap, and that ack and delivery have the same `seq`.

use std::{collections::VecDeque, sync::Arc, time::Instant};

use futures_util::FutureExt;
use hdrhistogram::Histogram;
use tokio::{sync::Notify, time::sleep_until};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    cid, latencies,
    people::Person,
    recipients::Recipients,
    run_control::{Phase, RunControl, Schedule},
    socket::{Frame, Socket},
};
use crate::error::{BUSY_RETRY_AFTER, Result};

/// What all pairs of a run do.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Messages that are due or finished before this moment are not measured.
    pub(super) measure_from: Instant,
    /// Messages that are due or finished after this moment are not measured. Those due after it
    /// are not sent.
    pub(super) measure_to: Option<Instant>,
    /// The most unfinished messages of a pair.
    pub(super) window: usize,
    /// The schedule of the open loop. Without one, the next message is due when there is room.
    pub(super) schedule: Option<Schedule>,
    pub(super) control: Arc<RunControl>,
}

/// Counts and latencies of a pair in one run.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) acked: u64,
    pub(super) delivered: u64,
    /// Sends that were repeated because the server was busy.
    pub(super) resent: u64,
    /// Messages that were finished in the measured time.
    pub(super) finished: u64,
    /// Deliveries in the measured time.
    pub(super) deliveries: u64,
    pub(super) ack: Histogram<u64>,
    pub(super) delivery: Histogram<u64>,
}

impl Tally {
    pub(super) fn new() -> Self {
        let (ack, delivery) = (latencies::new_histogram(), latencies::new_histogram());
        Self {
            sent: 0,
            acked: 0,
            delivered: 0,
            resent: 0,
            finished: 0,
            deliveries: 0,
            ack,
            delivery,
        }
    }

    /// Adds the tally of another pair.
    pub(super) fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.acked += other.acked;
        self.delivered += other.delivered;
        self.resent += other.resent;
        self.finished += other.finished;
        self.deliveries += other.deliveries;
        self.ack.add(&other.ack).expect("all histograms have the same bounds");
        self.delivery.add(&other.delivery).expect("all histograms have the same bounds");
    }
}

/// A message that is not acked or not delivered everywhere yet.
#[derive(Debug)]
struct Unfinished {
    due: Instant,
    acked: bool,
    deliveries_left: u32,
}

/// A sender, the connections of its recipient, and the state of every message between them.
#[derive(Debug)]
pub(super) struct Pair {
    number: u16,
    sender: Socket,
    recipients: Recipients,
    wake: Arc<Notify>,
    /// A send frame around its `cid`: the text before it and the text after it.
    frame: (String, &'static str),
    /// By index of the message: the `seq` in its first answer; 0 for none yet.
    seqs: Vec<u32>,
    chat_id: Option<i64>,
    /// The index of the first message in `unfinished`.
    first_unfinished: u32,
    unfinished: VecDeque<Unfinished>,
    /// Sends to repeat, and when.
    retries: VecDeque<(Instant, u32)>,
}

impl Pair {
    /// Connects one sender and `fan_out` connections of its recipient.
    pub(super) async fn connect(
        address: &str,
        number: u16,
        [sender, recipient]: [&Person; 2],
        fan_out: u32,
        text: &str,
    ) -> Result<Self> {
        let (sender, _) = Socket::open(address, &sender.token, None).await?;
        let recipients = Recipients::connect(address, recipient, fan_out).await?;
        let id = recipient.id;
        let head = format!(r#"{{"type":"send","recipient_id":{id},"content":"{text}","cid":""#);
        Ok(Self {
            number,
            sender,
            recipients,
            wake: Arc::default(),
            frame: (head, r#""}"#),
            seqs: Vec::new(),
            chat_id: None,
            first_unfinished: 0,
            unfinished: VecDeque::new(),
            retries: VecDeque::new(),
        })
    }

    /// Wakes the pair when the phase changes or a message is due.
    pub(super) fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// The chat, which the first ack names.
    pub(super) fn chat_id(&self) -> Option<i64> {
        self.chat_id
    }

    /// By index of the message: its `seq`.
    pub(super) fn seqs(&self) -> &[u32] {
        &self.seqs
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
        let turn_0 = self.next_index();
        loop {
            // Read before sending: messages that become due while the pair sends are not sent yet.
            let phase = plan.control.phase();
            self.send_due(plan, quota, turn_0, tally).await?;
            let sent_all = tally.sent >= quota || phase != Phase::Running;
            if self.unfinished.is_empty() && sent_all {
                return Ok(());
            }
            if phase == Phase::Over {
                return Err(self.describe_unanswered());
            }
            self.receive_one(plan, tally).await?;
            self.receive_waiting(plan, tally)?;
        }
    }

    fn next_index(&self) -> u32 {
        u32::try_from(self.seqs.len()).expect("a pair sends fewer than 2^32 messages")
    }

    /// Sends all messages that are due, with one flush.
    async fn send_due(
        &mut self,
        plan: &Plan,
        quota: u64,
        turn_0: u32,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let now = Instant::now();
        let mut must_flush = false;
        while let Some((_, index)) = self.retries.front().copied().filter(|(at, _)| *at <= now) {
            self.retries.pop_front();
            self.feed(index).await?;
            tally.resent += 1;
            must_flush = true;
        }
        let end = [plan.measure_to, plan.control.ended()].into_iter().flatten().min();
        while tally.sent < quota && self.unfinished.len() < plan.window {
            let index = self.next_index();
            let due = plan.schedule.map_or(now, |plan| plan.due(self.number, index - turn_0));
            if due > now || end.is_some_and(|end| due >= end) {
                break;
            }
            self.seqs.push(0);
            let deliveries_left = self.recipients.count();
            self.unfinished.push_back(Unfinished { due, acked: false, deliveries_left });
            self.feed(index).await?;
            tally.sent += 1;
            must_flush = true;
        }
        if must_flush { self.sender.flush().await } else { Ok(()) }
    }

    async fn feed(&mut self, index: u32) -> Result<(), String> {
        let (head, tail) = &self.frame;
        let cid = cid::encode(self.number, index);
        let cid = std::str::from_utf8(&cid).expect("hexadecimal digits and dashes are ASCII");
        let mut text = String::with_capacity(head.len() + cid.len() + tail.len());
        text.push_str(head);
        text.push_str(cid);
        text.push_str(tail);
        self.sender.feed(text).await
    }

    /// Waits for a frame, or for a message that is due.
    async fn receive_one(&mut self, plan: &Plan, tally: &mut Tally) -> Result<(), String> {
        let retry = self.retries.front().map(|(at, _)| (*at).into());
        tokio::select! {
            text = self.sender.next_text() => self.take_from_sender(&text?, plan, tally),
            (place, text) = self.recipients.next_text() => {
                self.take_from_recipient(place, &text?, plan, tally)
            }
            () = self.wake.notified() => Ok(()),
            () = sleep_until(retry.unwrap_or_else(tokio::time::Instant::now)), if retry.is_some() => Ok(()),
        }
    }

    /// Takes all frames that have arrived.
    fn receive_waiting(&mut self, plan: &Plan, tally: &mut Tally) -> Result<(), String> {
        while let Some(text) = self.sender.next_text().now_or_never() {
            self.take_from_sender(&text?, plan, tally)?;
        }
        while let Some((place, text)) = self.recipients.next_text().now_or_never() {
            self.take_from_recipient(place, &text?, plan, tally)?;
        }
        Ok(())
    }

    fn take_from_sender(
        &mut self,
        text: &Utf8Bytes,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let frame = Frame::parse(text)?;
        match frame.kind {
            "ack" => {}
            "error" => return self.take_error(&frame, text),
            _ => return Ok(()),
        }
        let now = Instant::now();
        let index = self.recognise(&frame, text)?;
        self.chat_id = self.chat_id.or(frame.chat_id);
        let message = self.unfinished_mut(index).filter(|message| !message.acked);
        let message = message.ok_or_else(|| format!("acked twice: {text}"))?;
        message.acked = true;
        let due = message.due;
        tally.acked += 1;
        if plan.measures(due) {
            latencies::record(&mut tally.ack, now - due);
        }
        self.finish(now, plan, tally);
        Ok(())
    }

    fn take_from_recipient(
        &mut self,
        place: usize,
        text: &Utf8Bytes,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let frame = Frame::parse(text)?;
        if frame.kind != "message" {
            return Ok(());
        }
        let now = Instant::now();
        let index = self.recognise(&frame, text)?;
        self.recipients.expect(place, frame.seq, text)?;
        let message = self.unfinished_mut(index).filter(|message| message.deliveries_left > 0);
        let message = message.ok_or_else(|| format!("delivered twice: {text}"))?;
        message.deliveries_left -= 1;
        let due = message.due;
        tally.delivered += 1;
        tally.deliveries += u64::from(plan.measures(now));
        if plan.measures(due) {
            latencies::record(&mut tally.delivery, now - due);
        }
        self.finish(now, plan, tally);
        Ok(())
    }

    /// Schedules a send again when the server was busy; any other refusal is a failure.
    fn take_error(&mut self, frame: &Frame<'_>, text: &str) -> Result<(), String> {
        let known = frame.cid.and_then(cid::decode).filter(|(pair, _)| *pair == self.number);
        match (frame.code, known) {
            (Some("busy" | "storage"), Some((_, index))) => {
                self.retries.push_back((Instant::now() + BUSY_RETRY_AFTER, index));
                Ok(())
            }
            (Some("rate_limited"), _) => Err(String::from(
                "the server limits how often one user may send; start it with --rate-limits off",
            )),
            _ => Err(format!("the server refused a message: {text}")),
        }
    }

    /// Which message a frame is about. Its `seq` must be the same in all answers.
    fn recognise(&mut self, frame: &Frame<'_>, text: &str) -> Result<u32, String> {
        let known = frame.cid.and_then(cid::decode).filter(|(pair, _)| *pair == self.number);
        let (Some((_, index)), Some(seq)) = (known, frame.seq) else {
            return Err(format!("not a message of this test: {text}"));
        };
        match self.seqs.get_mut(index as usize) {
            Some(kept) if *kept == 0 => *kept = seq,
            Some(kept) if *kept == seq => {}
            Some(kept) => return Err(format!("was seq {kept} before: {text}")),
            None => return Err(format!("never sent: {text}")),
        }
        Ok(index)
    }

    fn unfinished_mut(&mut self, index: u32) -> Option<&mut Unfinished> {
        let place = index.checked_sub(self.first_unfinished)?;
        self.unfinished.get_mut(place as usize)
    }

    /// Removes the finished messages at the front.
    fn finish(&mut self, now: Instant, plan: &Plan, tally: &mut Tally) {
        while self.unfinished.front().is_some_and(|m| m.acked && m.deliveries_left == 0) {
            self.unfinished.pop_front();
            self.first_unfinished += 1;
            tally.finished += u64::from(plan.measures(now));
        }
    }

    fn describe_unanswered(&self) -> String {
        let unacked = self.unfinished.iter().filter(|message| !message.acked).count();
        let undelivered: u64 =
            self.unfinished.iter().map(|message| u64::from(message.deliveries_left)).sum();
        format!("{unacked} messages were never acked, {undelivered} deliveries never came")
    }
}

impl Plan {
    /// Whether a moment lies in the measured time.
    fn measures(&self, at: Instant) -> bool {
        at >= self.measure_from && self.measure_to.is_none_or(|end| at < end)
    }
}
