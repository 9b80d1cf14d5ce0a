//! When messages are due: a schedule for the open loop, and the thread that keeps it.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::error::{Error, Result};

/// Messages of all lanes in turn, evenly spaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) began: Instant,
    pub(super) per_second: f64,
    pub(super) lanes: u32,
}

impl Schedule {
    /// When message `turn` of `lane` is due.
    pub(super) fn due(&self, lane: u16, turn: u32) -> Instant {
        let place = u64::from(turn) * u64::from(self.lanes) + u64::from(lane);
        self.due_at(place)
    }

    /// When the message at `place`, counted over all lanes, is due.
    #[expect(clippy::cast_precision_loss, reason = "nobody sends 2^53 messages")]
    fn due_at(&self, place: u64) -> Instant {
        self.began + Duration::from_secs_f64(place as f64 / self.per_second)
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Messages are sent.
    Running,
    /// Only what was due before is sent; what is under way is awaited.
    Ending,
    /// Nothing is awaited any more.
    Over,
}

/// Tells all lanes of a run how far it has come, and wakes them.
#[derive(Debug)]
pub(super) struct Baton {
    phase: AtomicU8,
    /// When the run stopped being [`Phase::Running`].
    ended: OnceLock<Instant>,
    wakes: Vec<Arc<Notify>>,
}

impl Baton {
    /// A run that has begun.
    pub(super) fn new(wakes: Vec<Arc<Notify>>) -> Arc<Self> {
        let phase = AtomicU8::new(Phase::Running as u8);
        Arc::new(Self { phase, ended: OnceLock::new(), wakes })
    }

    /// When the run stopped sending, if it has.
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

    /// Enters a later phase and lets every lane know.
    pub(super) fn enter(&self, phase: Phase) {
        self.ended.get_or_init(Instant::now);
        self.phase.store(phase as u8, Ordering::Release);
        self.wakes.iter().for_each(|wake| wake.notify_one());
    }

    /// Keeps a schedule on a thread of its own until the run ends: the runtime's timer counts
    /// whole milliseconds, a message may be due every few microseconds.
    pub(super) fn keep(self: &Arc<Self>, schedule: Schedule) -> Result<()> {
        let baton = Arc::clone(self);
        let keeping = move || {
            let mut place = 0;
            while baton.phase() == Phase::Running {
                let due = schedule.due_at(place);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let now = Instant::now();
                // After a late wake-up several are due.
                while schedule.due_at(place) <= now {
                    let lane = usize::try_from(place % u64::from(schedule.lanes));
                    if let Some(wake) = lane.ok().and_then(|lane| baton.wakes.get(lane)) {
                        wake.notify_one();
                    }
                    place += 1;
                }
            }
        };
        std::thread::Builder::new()
            .name(String::from("pace"))
            .spawn(keeping)
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
        let schedule = Schedule { began, per_second: 1_000.0, lanes: 4 };
        let due = |lane, turn| schedule.due(lane, turn) - began;
        assert_eq!(due(0, 0), Duration::ZERO);
        assert_eq!(due(3, 0), Duration::from_millis(3));
        assert_eq!(due(0, 1), Duration::from_millis(4));
        assert_eq!(due(1, 250), Duration::from_millis(1_001));
    }
}
