//! Controls a run: its phase, the schedule of the open loop, and the thread that follows it.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::error::{Error, Result};

/// A schedule for the messages of all pairs or groups in turn, evenly spaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) began: Instant,
    pub(super) per_second: f64,
    /// The number of pairs or groups.
    pub(super) talks: u32,
}

impl Schedule {
    /// When message `turn` of the pair or group `talk` is due.
    pub(super) fn due(&self, talk: u16, turn: u32) -> Instant {
        let place = u64::from(turn) * u64::from(self.talks) + u64::from(talk);
        self.due_at(place)
    }

    /// When the message at `place`, counted over all of them, is due.
    #[expect(clippy::cast_precision_loss, reason = "a run sends fewer than 2^53 messages")]
    fn due_at(&self, place: u64) -> Instant {
        self.began + Duration::from_secs_f64(place as f64 / self.per_second)
    }
}

/// The phases of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Messages are sent.
    Running,
    /// Only messages that were due before are sent; unfinished ones are awaited.
    Ending,
    /// Unfinished messages are given up.
    Over,
}

/// Tells all pairs or groups of a run its phase, and wakes them.
#[derive(Debug)]
pub(super) struct RunControl {
    phase: AtomicU8,
    /// When the run left [`Phase::Running`].
    ended: OnceLock<Instant>,
    wakes: Vec<Arc<Notify>>,
}

impl RunControl {
    /// The control of a run that starts now.
    pub(super) fn new(wakes: Vec<Arc<Notify>>) -> Arc<Self> {
        let phase = AtomicU8::new(Phase::Running as u8);
        Arc::new(Self { phase, ended: OnceLock::new(), wakes })
    }

    /// When the run stopped sending, if it did.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.ended.get().copied()
    }

    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Running,
            1 => Phase::Ending,
            _ => Phase::Over,
        }
    }

    /// Enters a later phase and wakes all.
    pub(super) fn enter(&self, phase: Phase) {
        self.ended.get_or_init(Instant::now);
        self.phase.store(phase as u8, Ordering::Release);
        self.wakes.iter().for_each(|wake| wake.notify_one());
    }

    /// Wakes them on schedule until the run ends. It needs a thread of its own: the runtime's
    /// timer counts whole milliseconds, but a message may be due every few microseconds.
    pub(super) fn follow(self: &Arc<Self>, schedule: Schedule) -> Result<()> {
        let control = Arc::clone(self);
        let following = move || {
            let mut place = 0;
            while control.phase() == Phase::Running {
                let due = schedule.due_at(place);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let now = Instant::now();
                // After a late wake-up several messages are due.
                while schedule.due_at(place) <= now {
                    let talk = usize::try_from(place % u64::from(schedule.talks));
                    if let Some(wake) = talk.ok().and_then(|talk| control.wakes.get(talk)) {
                        wake.notify_one();
                    }
                    place += 1;
                }
            }
        };
        std::thread::Builder::new()
            .name(String::from("schedule"))
            .spawn(following)
            .map(drop)
            .map_err(|e| Error::Startup(format!("cannot start a thread: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_due_in_turn_and_evenly() {
        let began = Instant::now();
        let schedule = Schedule { began, per_second: 1_000.0, talks: 4 };
        let due = |talk, turn| schedule.due(talk, turn) - began;
        assert_eq!(due(0, 0), Duration::ZERO);
        assert_eq!(due(3, 0), Duration::from_millis(3));
        assert_eq!(due(0, 1), Duration::from_millis(4));
        assert_eq!(due(1, 250), Duration::from_millis(1_001));
    }
}
