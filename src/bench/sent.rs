//! The messages of a pair or a group: which are due, which are not finished, and the `seq` of each.
//!
//! It checks that each message is acked once and delivered once to every connection, and that ack
//! and deliveries have the same `seq`.

use std::{collections::VecDeque, time::Instant};

use super::{
    cid,
    fields::Fields,
    latencies,
    plan::{Plan, Tally},
    run_control::Phase,
};
use crate::error::BUSY_RETRY_AFTER;

/// A message that is not acked or not delivered everywhere yet.
#[derive(Debug)]
struct Unfinished {
    due: Instant,
    acked: bool,
    deliveries_left: u32,
}

/// All messages of a pair or a group.
#[derive(Debug)]
pub(super) struct Sent {
    /// The number of the pair or the group, which is in each `cid`.
    number: u16,
    /// A send frame up to its `cid`.
    head: String,
    /// Connections that receive each message.
    deliveries: u32,
    /// By index of the message: the `seq` in its first answer; 0 for none yet.
    seqs: Vec<u32>,
    /// The index of the first message of this run.
    turn_0: u32,
    /// The index of the first message in `unfinished`.
    first_unfinished: u32,
    unfinished: VecDeque<Unfinished>,
    /// Sends to repeat, and when.
    retries: VecDeque<(Instant, u32)>,
}

impl Sent {
    /// None yet. `target` is the field that says where they go, such as `"chat_id":7`.
    pub(super) fn new(number: u16, target: &str, text: &str, deliveries: u32) -> Self {
        Self {
            number,
            head: format!(r#"{{"type":"send",{target},"content":"{text}","cid":""#),
            deliveries,
            seqs: Vec::new(),
            turn_0: 0,
            first_unfinished: 0,
            unfinished: VecDeque::new(),
            retries: VecDeque::new(),
        }
    }

    /// By index of the message: its `seq`.
    pub(super) fn seqs(&self) -> &[u32] {
        &self.seqs
    }

    /// Starts to count the turns of a run.
    pub(super) fn begin(&mut self) {
        self.turn_0 = self.next_index();
    }

    /// Whether everything was sent and answered.
    ///
    /// # Errors
    /// A sentence when the run is over before that.
    pub(super) fn is_done(&self, phase: Phase, quota: u64, tally: &Tally) -> Result<bool, String> {
        let sent_all = tally.sent >= quota || phase != Phase::Running;
        if self.unfinished.is_empty() && sent_all {
            return Ok(true);
        }
        if phase == Phase::Over { Err(self.describe_unanswered()) } else { Ok(false) }
    }

    fn next_index(&self) -> u32 {
        u32::try_from(self.seqs.len()).expect("a pair sends fewer than 2^32 messages")
    }

    /// Takes the next message that must be sent now: one that the server was too busy for, or a new
    /// one that is due.
    pub(super) fn take_due(
        &mut self,
        now: Instant,
        plan: &Plan,
        quota: u64,
        tally: &mut Tally,
    ) -> Option<u32> {
        if let Some((_, index)) = self.retries.front().copied().filter(|(at, _)| *at <= now) {
            self.retries.pop_front();
            tally.resent += 1;
            return Some(index);
        }
        if tally.sent >= quota || self.unfinished.len() >= plan.window {
            return None;
        }
        let index = self.next_index();
        let due = plan.schedule.map_or(now, |plan| plan.due(self.number, index - self.turn_0));
        if due > now || plan.is_past(due) {
            return None;
        }
        self.seqs.push(0);
        let deliveries_left = self.deliveries;
        self.unfinished.push_back(Unfinished { due, acked: false, deliveries_left });
        tally.sent += 1;
        Some(index)
    }

    /// When the next send must be repeated.
    pub(super) fn retry_at(&self) -> Option<tokio::time::Instant> {
        self.retries.front().map(|(at, _)| (*at).into())
    }

    /// The frame that sends a message.
    pub(super) fn frame(&self, index: u32) -> String {
        const TAIL: &str = r#""}"#;
        let cid = cid::encode(self.number, index);
        let cid = std::str::from_utf8(&cid).expect("hexadecimal digits and dashes are ASCII");
        let mut text = String::with_capacity(self.head.len() + cid.len() + TAIL.len());
        text.push_str(&self.head);
        text.push_str(cid);
        text.push_str(TAIL);
        text
    }

    /// Takes an ack. Returns which message it is about.
    pub(super) fn take_ack(
        &mut self,
        fields: &Fields<'_>,
        text: &str,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<u32, String> {
        let now = Instant::now();
        let index = self.recognise(fields, text)?;
        let message = self.unfinished_mut(index).filter(|message| !message.acked);
        let message = message.ok_or_else(|| format!("acked twice: {text}"))?;
        message.acked = true;
        let due = message.due;
        tally.acked += 1;
        if plan.measures(due) {
            latencies::record(&mut tally.ack, now - due);
        }
        self.finish(now, plan, tally);
        Ok(index)
    }

    /// Takes a message that a connection received.
    pub(super) fn take_delivery(
        &mut self,
        fields: &Fields<'_>,
        text: &str,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let now = Instant::now();
        let index = self.recognise(fields, text)?;
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
    pub(super) fn take_error(&mut self, fields: &Fields<'_>, text: &str) -> Result<(), String> {
        match (fields.code, self.index_of(fields)) {
            (Some("busy" | "storage"), Some(index)) => {
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
    fn recognise(&mut self, fields: &Fields<'_>, text: &str) -> Result<u32, String> {
        let (Some(index), Some(seq)) = (self.index_of(fields), fields.seq) else {
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

    fn index_of(&self, fields: &Fields<'_>) -> Option<u32> {
        let (number, index) = fields.cid.and_then(cid::decode)?;
        (number == self.number).then_some(index)
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
