//! A sender and the connections of its recipient: sends messages that are due, and takes every
//! answer.
//!
//! It checks that each connection receives the messages in the order of `seq` without a gap;
//! `sent.rs` checks the rest.

use std::{sync::Arc, time::Instant};

use futures_util::FutureExt;
use tokio::{sync::Notify, time::sleep_until};

use super::{
    fields::Fields,
    people::Person,
    plan::{Plan, Tally},
    recipients::Recipients,
    sent::Sent,
    socket::Socket,
};
use crate::error::Result;

/// A sender, the connections of its recipient, and the state of every message between them.
#[derive(Debug)]
pub(super) struct Pair {
    sender: Socket,
    recipients: Recipients,
    wake: Arc<Notify>,
    sent: Sent,
    chat_id: Option<i64>,
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
        let target = format!(r#""recipient_id":{}"#, recipient.id);
        let sent = Sent::new(number, &target, text, recipients.count());
        Ok(Self { sender, recipients, wake: Arc::default(), sent, chat_id: None })
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
        self.sent.seqs()
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
            // Read before sending: messages that become due while the pair sends are not sent yet.
            let phase = plan.control.phase();
            self.send_due(plan, quota, tally).await?;
            if self.sent.is_done(phase, quota, tally)? {
                return Ok(());
            }
            self.receive_one(plan, tally).await?;
            self.receive_waiting(plan, tally)?;
        }
    }

    /// Sends all messages that are due, with one flush.
    async fn send_due(&mut self, plan: &Plan, quota: u64, tally: &mut Tally) -> Result<(), String> {
        let now = Instant::now();
        let mut must_flush = false;
        while let Some(index) = self.sent.take_due(now, plan, quota, tally) {
            self.sender.feed(&self.sent.frame(index));
            must_flush = true;
        }
        if must_flush { self.sender.flush().await } else { Ok(()) }
    }

    /// Waits for a frame, or for a message that is due.
    async fn receive_one(&mut self, plan: &Plan, tally: &mut Tally) -> Result<(), String> {
        let retry = self.sent.retry_at();
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
        text: &str,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let fields = Fields::parse(text)?;
        match fields.kind {
            "ack" => {
                self.sent.take_ack(&fields, text, plan, tally)?;
                self.chat_id = self.chat_id.or(fields.chat_id);
                Ok(())
            }
            "error" => self.sent.take_error(&fields, text),
            _ => Ok(()),
        }
    }

    fn take_from_recipient(
        &mut self,
        place: usize,
        text: &str,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let fields = Fields::parse(text)?;
        if fields.kind != "message" {
            return Ok(());
        }
        self.recipients.expect(place, fields.seq, text)?;
        self.sent.take_delivery(&fields, text, plan, tally)
    }
}
