//! What the members of a group have received.
//!
//! It checks that each connection receives the messages of others in the order of `seq`, and that
//! the gaps between them are exactly its own messages; `sent.rs` checks the rest.

use super::{
    fields::Fields,
    plan::{Plan, Tally},
    sent::Sent,
};

/// The `seq` of the line that says who made the group. Messages follow.
const MADE: u32 = 1;

/// The members of a group, and the state of every message between them.
#[derive(Debug)]
pub(super) struct Members {
    received: Vec<Member>,
    /// How many members write, in turn.
    writers: usize,
    pub(super) sent: Sent,
    /// The revisions of the last message and of the one before, by the acks.
    last_changed: [i64; 2],
}

/// What a member has received.
#[derive(Debug)]
struct Member {
    /// The lowest `seq` that may come next.
    expected: u32,
    /// Gaps in what was received: messages of its own whose ack has not come yet.
    skipped: Vec<u32>,
}

impl Members {
    /// So many members, of whom the first `writers` write.
    pub(super) fn new(count: usize, writers: usize, sent: Sent) -> Self {
        let received = (0..count).map(|_| Member { expected: MADE + 1, skipped: Vec::new() });
        Self { received: received.collect(), writers, sent, last_changed: [0; 2] }
    }

    /// Who sends a message.
    pub(super) fn writer_of(&self, index: u32) -> usize {
        index as usize % self.writers
    }

    /// The server's revision just before the last message.
    pub(super) fn revision_before_last(&self) -> i64 {
        self.last_changed[0]
    }

    /// Takes a frame that the member at `place` has received.
    ///
    /// # Errors
    /// A sentence when the server broke a promise.
    pub(super) fn take(
        &mut self,
        place: usize,
        text: &str,
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let fields = Fields::parse(text)?;
        match fields.kind {
            "message" => {
                let writes = place < self.writers;
                self.received[place].take_message(place, writes, fields.seq, text)?;
                self.sent.take_delivery(&fields, text, plan, tally)
            }
            "ack" => {
                let index = self.sent.take_ack(&fields, text, plan, tally)?;
                if self.writer_of(index) != place {
                    return Err(format!("member {place} got the ack of another: {text}"));
                }
                self.received[place].take_ack(place, fields.seq, text)?;
                self.note_changed(fields.changed.unwrap_or_default());
                Ok(())
            }
            "error" => self.sent.take_error(&fields, text),
            _ => Ok(()),
        }
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
    ///
    /// # Errors
    /// A sentence if there is one.
    pub(super) fn check_gaps(&self) -> Result<(), String> {
        let gap = self.received.iter().enumerate().find(|(_, member)| !member.skipped.is_empty());
        gap.map_or(Ok(()), |(place, member)| {
            Err(format!("member {place} never received seq {:?}", member.skipped))
        })
    }
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{
        super::{cid, run_control::RunControl},
        *,
    };

    /// Three members, of whom all write, and messages that were sent.
    struct Scene {
        members: Members,
        plan: Plan,
        tally: Tally,
    }

    impl Scene {
        fn new(messages: u64) -> Self {
            let control = RunControl::new(Vec::new());
            let now = Instant::now();
            let plan =
                Plan { measure_from: now, measure_to: None, window: 9, schedule: None, control };
            let (mut sent, mut tally) = (Sent::new(0, "", "x", 2), Tally::new());
            while sent.take_due(now, &plan, messages, &mut tally).is_some() {}
            Self { members: Members::new(3, 3, sent), plan, tally }
        }

        fn take(&mut self, place: usize, text: &str) -> Result<(), String> {
            self.members.take(place, text, &self.plan, &mut self.tally)
        }

        /// The member at `place` receives a message of another.
        fn deliver(&mut self, place: usize, index: u32, seq: u32) -> Result<(), String> {
            let cid = cid(index);
            let head =
                format!(r#"{{"type":"message","id":9,"chat_id":1,"seq":{seq},"sender_id":1"#);
            let tail = format!(r#","content":"x","cid":"{cid}","created_at":0,"changed":9}}"#);
            self.take(place, &(head + &tail))
        }

        /// The member at `place` receives the ack of its own.
        fn ack(&mut self, place: usize, index: u32, seq: u32) -> Result<(), String> {
            let cid = cid(index);
            self.take(place, &format!(r#"{{"type":"ack","cid":"{cid}","seq":{seq},"changed":9}}"#))
        }
    }

    fn cid(index: u32) -> String {
        String::from_utf8(cid::encode(0, index).to_vec()).unwrap()
    }

    #[test]
    fn messages_of_others_and_acks_of_own_ones_leave_no_gap() {
        let mut scene = Scene::new(2);
        // Member 0 learns of the message of member 1 before the ack of its own.
        scene.deliver(0, 1, 3).unwrap();
        assert!(scene.members.check_gaps().is_err());
        scene.ack(0, 0, 2).unwrap();
        scene.deliver(1, 0, 2).unwrap();
        scene.ack(1, 1, 3).unwrap();
        scene.deliver(2, 0, 2).unwrap();
        scene.deliver(2, 1, 3).unwrap();
        scene.members.check_gaps().unwrap();
        assert_eq!((scene.tally.acked, scene.tally.delivered), (2, 4));
    }

    #[test]
    fn a_broken_promise_is_an_error() {
        type Act = fn(&mut Scene) -> Result<(), String>;
        let broken: [(&str, Act); 8] = [
            ("a message twice", |scene| {
                scene.deliver(1, 0, 2).unwrap();
                scene.deliver(1, 0, 2)
            }),
            ("an older message after a newer one", |scene| {
                scene.deliver(2, 1, 3).unwrap();
                scene.deliver(2, 0, 2)
            }),
            ("a message to too many", |scene| {
                scene.deliver(1, 0, 2).unwrap();
                scene.deliver(2, 0, 2).unwrap();
                scene.deliver(0, 0, 2)
            }),
            ("an ack twice", |scene| {
                scene.ack(0, 0, 2).unwrap();
                scene.ack(0, 0, 2)
            }),
            ("an ack to another", |scene| scene.ack(1, 0, 2)),
            ("an ack with another seq than the message", |scene| {
                scene.deliver(1, 0, 2).unwrap();
                scene.ack(0, 0, 3)
            }),
            ("a message that was never sent", |scene| scene.deliver(0, 2, 4)),
            ("a lost message", |scene| {
                scene.deliver(0, 1, 3).unwrap();
                scene.members.check_gaps()
            }),
        ];
        for (what, act) in broken {
            assert!(act(&mut Scene::new(2)).is_err(), "{what}");
        }
    }

    #[test]
    fn who_does_not_write_must_receive_everything() {
        let mut scene = Scene::new(2);
        scene.members.writers = 1;
        assert!(scene.deliver(2, 1, 3).is_err(), "the first message is missing");
    }
}
