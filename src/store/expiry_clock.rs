//! The clock by which messages expire.
//!
//! The wall clock can jump: somebody sets it, or the machine starts with a wrong one. No message may
//! expire early by that. So this clock begins with the wall clock and then runs with the monotonic
//! one, which also counts while the machine sleeps.
//!
//! Only the wall clock tells how long the server was off. A short time is added at once. A long one
//! may be a jump of the wall clock, so it is added when that has been steady for an hour. New messages
//! get the long time on top of their timer until then, so that they do not expire early when it is
//! added.

use std::{
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

use super::lock;
use crate::types::Millis;

/// What the monotonic clock may count.
#[cfg(target_os = "linux")]
const MONOTONIC: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const MONOTONIC: ClockId = ClockId::Monotonic;

/// The longest time that the server was off and that is added at once: a restart, an upgrade.
const SHORT: Duration = Duration::from_mins(15);
/// How long the wall clock must be steady before a longer time is added.
const STEADY: Duration = Duration::from_hours(1);
/// A larger difference between what the wall clock and the monotonic clock have counted is a jump.
const JUMP_MIN: Duration = Duration::from_mins(1);

/// The clock of a running server.
#[derive(Debug)]
pub(super) struct ExpiryClock(Mutex<State>);

/// What the clock is noted as, so that the next start goes on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) clock: Millis,
    pub(super) wall: Millis,
}

/// The two clocks that there are.
#[derive(Clone, Copy, Debug)]
struct Reading {
    wall: Millis,
    /// The monotonic clock, which begins anywhere.
    ran: Duration,
}

#[derive(Debug)]
struct State {
    /// What the clock said …
    at: Millis,
    /// … when the monotonic clock said this.
    ran: Duration,
    off: Option<Off>,
}

/// A long time that the server was off and that is not added yet.
#[derive(Debug)]
struct Off {
    /// How long it was at most. It only becomes shorter, because messages were given it.
    span: Duration,
    /// The last that was noted before.
    noted: Noted,
    /// The monotonic clock at the start.
    started: Duration,
    /// From here on the wall clock has been steady.
    steady_since: Reading,
}

impl Reading {
    fn take() -> Self {
        Self { wall: Millis::now(), ran: monotonic() }
    }
}

fn monotonic() -> Duration {
    let time = clock_gettime(MONOTONIC);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(time.tv_sec.unsigned_abs(), nanos)
}

impl ExpiryClock {
    /// Begins with the wall clock.
    pub(super) fn start() -> Self {
        Self::start_after(Millis(i64::MIN))
    }

    /// The same, but not with a time that is over by the clock: a device that was away must still remove
    /// what has expired.
    pub(super) fn start_after(before: Millis) -> Self {
        let Reading { wall, ran } = Reading::take();
        Self(Mutex::new(State { at: wall.max(before), ran, off: None }))
    }

    /// Goes on from what an earlier run has noted.
    pub(super) fn go_on_from(noted: Noted) -> Self {
        let state = State::go_on_from(noted, Reading::take());
        if let Some(Off { span, .. }) = state.off {
            tracing::warn!(
                off = ?span,
                "by the wall clock the server was off for long; if the clock is steady for an hour, messages that expired meanwhile are removed"
            );
        }
        Self(Mutex::new(state))
    }

    /// What the clock says. A message has expired when that is its time.
    pub(super) fn now(&self) -> Millis {
        let (state, ran) = self.look();
        state.now(ran)
    }

    /// From when the timer of a message counts that is sent now.
    pub(super) fn sending_time(&self) -> Millis {
        let (state, ran) = self.look();
        state.sending_time(ran)
    }

    /// What to note now.
    pub(super) fn note(&self) -> Noted {
        let reading = Reading::take();
        let mut state = lock(&self.0);
        state.look(reading);
        state.note(reading)
    }

    fn look(&self) -> (MutexGuard<'_, State>, Duration) {
        let mut state = lock(&self.0);
        let ran = monotonic();
        // Without a time to add, the wall clock does not matter. Every send asks.
        if state.off.is_some() {
            state.look(Reading { wall: Millis::now(), ran });
        }
        (state, ran)
    }
}

impl State {
    fn go_on_from(noted: Noted, reading: Reading) -> Self {
        let Reading { wall, ran } = reading;
        let span = span_between(noted.wall, wall);
        let off = Off { span, noted, started: ran, steady_since: reading };
        let mut state = Self { at: noted.clock, ran, off: Some(off) };
        state.add_if(|off| off.span <= SHORT);
        state
    }

    fn now(&self, ran: Duration) -> Millis {
        self.at.after(ran.saturating_sub(self.ran))
    }

    fn sending_time(&self, ran: Duration) -> Millis {
        let missing = self.off.as_ref().map_or(Duration::ZERO, |off| off.span);
        self.now(ran).after(missing)
    }

    /// The next start must still add what was not added in this run.
    fn note(&self, Reading { wall, ran }: Reading) -> Noted {
        let missing = self.off.as_ref().map_or(Duration::ZERO, |off| off.span);
        Noted { clock: self.now(ran), wall: wall.before(missing) }
    }

    /// Adds the time that the server was off, if the wall clock now says so.
    fn look(&mut self, reading: Reading) {
        let Some(off) = &mut self.off else { return };
        let Reading { wall, ran } = reading;
        if off.has_jumped(reading) {
            let wall_at_start = wall.before(ran.saturating_sub(off.started));
            off.span = off.span.min(span_between(off.noted.wall, wall_at_start));
            off.steady_since = reading;
        }
        self.add_if(|off| off.span <= SHORT || ran.saturating_sub(off.steady_since.ran) >= STEADY);
    }

    fn add_if(&mut self, may_add: impl FnOnce(&Off) -> bool) {
        if let Some(off) = self.off.take_if(|off| may_add(off)) {
            self.at = self.at.after(off.span);
        }
    }
}

impl Off {
    fn has_jumped(&self, Reading { wall, ran }: Reading) -> bool {
        let counted = ran.saturating_sub(self.steady_since.ran);
        let expected = self.steady_since.wall.after(counted);
        span_between(expected, wall).max(span_between(wall, expected)) > JUMP_MIN
    }
}

/// How much later the second time is; zero if it is not.
fn span_between(earlier: Millis, later: Millis) -> Duration {
    let ms = later.0.saturating_sub(earlier.0).max(0);
    Duration::from_millis(ms.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    /// A day on which these tests begin.
    const TODAY: Millis = Millis(1_800_000_000_000);

    /// A machine whose wall clock can be set.
    struct Machine {
        reading: Reading,
        state: State,
    }

    impl Machine {
        fn start(noted: Option<Noted>, wall: Millis) -> Self {
            let reading = Reading { wall, ran: Duration::from_secs(7) };
            let new = State { at: wall, ran: reading.ran, off: None };
            let state = noted.map_or(new, |noted| State::go_on_from(noted, reading));
            Self { reading, state }
        }

        fn wait(&mut self, span: Duration) {
            self.reading.ran += span;
            self.reading.wall = self.reading.wall.after(span);
        }

        fn set_forward(&mut self, span: Duration) {
            self.reading.wall = self.reading.wall.after(span);
        }

        fn set_back(&mut self, span: Duration) {
            self.reading.wall = self.reading.wall.before(span);
        }

        fn now(&mut self) -> Millis {
            self.state.look(self.reading);
            self.state.now(self.reading.ran)
        }

        fn send(&mut self, timer: Duration) -> Millis {
            self.state.look(self.reading);
            self.state.sending_time(self.reading.ran).after(timer)
        }

        fn note(&mut self) -> Noted {
            self.state.look(self.reading);
            self.state.note(self.reading)
        }

        /// The server stops in order, and starts again after so long.
        fn restart_after(&mut self, span: Duration) {
            let noted = self.note();
            self.reading = Reading { wall: self.reading.wall.after(span), ran: Duration::ZERO };
            self.state = State::go_on_from(noted, self.reading);
        }
    }

    #[test]
    fn it_runs_with_the_monotonic_clock_whatever_the_wall_clock_does() {
        let mut machine = Machine::start(None, TODAY);
        assert_eq!(machine.now(), TODAY);
        let expires_at = machine.send(DAY);
        machine.set_forward(400 * DAY);
        machine.wait(HOUR);
        assert_eq!(machine.now(), TODAY.after(HOUR));
        machine.wait(20 * HOUR);
        machine.set_back(800 * DAY);
        machine.wait(179 * MINUTE);
        assert!(machine.now() < expires_at);
        machine.wait(MINUTE);
        assert_eq!(machine.now(), expires_at);
    }

    #[test]
    fn a_short_time_off_is_added_at_once() {
        let mut machine = Machine::start(None, TODAY);
        machine.wait(HOUR);
        machine.restart_after(SHORT);
        assert_eq!(machine.now(), TODAY.after(HOUR + SHORT));
        // A kill loses what was not noted, and the wall clock tells how long that was.
        let noted = machine.note();
        machine.wait(5 * MINUTE);
        machine = Machine::start(Some(noted), machine.reading.wall.after(MINUTE));
        assert_eq!(machine.now(), TODAY.after(HOUR + SHORT + 6 * MINUTE));
    }

    #[test]
    fn a_long_time_off_is_added_after_an_hour() {
        let mut machine = Machine::start(None, TODAY);
        let before = machine.send(DAY);
        machine.restart_after(2 * DAY);
        assert_eq!(machine.now(), TODAY);
        let after = machine.send(DAY);
        machine.wait(59 * MINUTE);
        assert!(machine.now() < before);
        // Small differences are no jumps.
        machine.set_forward(Duration::from_secs(20));
        machine.wait(MINUTE);
        assert_eq!(machine.now(), TODAY.after(2 * DAY + HOUR));
        assert!(machine.now() >= before);
        machine.wait(22 * HOUR + 59 * MINUTE);
        assert!(machine.now() < after, "it was sent less than a day ago");
        machine.wait(MINUTE);
        assert_eq!(machine.now(), after);
    }

    #[test]
    fn a_wall_clock_that_is_wrong_at_the_start_and_corrected_adds_nothing_wrong() {
        let mut machine = Machine::start(None, TODAY);
        let before = machine.send(DAY);
        machine.restart_after(365 * DAY);
        machine.wait(59 * MINUTE);
        machine.set_back(365 * DAY);
        machine.set_forward(2 * MINUTE);
        assert_eq!(machine.now(), TODAY.after(61 * MINUTE), "it was off for two minutes");
        assert!(machine.now() < before);
        // The correction leaves a long time, which is added an hour after it.
        machine.restart_after(365 * DAY);
        machine.wait(30 * MINUTE);
        machine.set_back(364 * DAY);
        assert_eq!(machine.now(), TODAY.after(91 * MINUTE));
        machine.wait(59 * MINUTE);
        assert_eq!(machine.now(), TODAY.after(150 * MINUTE));
        machine.wait(MINUTE);
        assert_eq!(machine.now(), TODAY.after(DAY + 151 * MINUTE));
    }

    #[test]
    fn a_wall_clock_that_is_behind_at_the_start_adds_nothing() {
        let mut machine = Machine::start(None, TODAY);
        let noted = machine.note();
        machine = Machine::start(Some(noted), Millis(0));
        let expires_at = machine.send(DAY);
        machine.wait(MINUTE);
        // The time comes from the network.
        machine.set_forward(span_between(Millis(0), TODAY) + 3 * DAY);
        machine.wait(23 * HOUR);
        assert!(machine.now() < expires_at);
        machine.wait(HOUR);
        assert!(machine.now() >= expires_at);
    }

    #[test]
    fn a_restart_goes_on_with_what_was_not_added_yet() {
        let mut machine = Machine::start(None, TODAY);
        machine.restart_after(2 * DAY);
        machine.wait(30 * MINUTE);
        machine.restart_after(MINUTE);
        assert_eq!(machine.now(), TODAY.after(30 * MINUTE));
        machine.wait(HOUR);
        assert_eq!(machine.now(), TODAY.after(2 * DAY + 91 * MINUTE));
        // The wall clock has jumped before the restart, and the clock does not follow.
        machine.set_forward(9 * DAY);
        machine.restart_after(MINUTE);
        machine.wait(HOUR);
        assert_eq!(machine.now(), TODAY.after(2 * DAY + 152 * MINUTE));
    }

    #[test]
    fn the_monotonic_clock_counts() {
        let clock = ExpiryClock::start();
        let (first, noted) = (clock.now(), clock.note());
        assert!(clock.now() >= first && clock.sending_time() >= first);
        assert!(span_between(first, noted.clock) < MINUTE);
        assert!(span_between(noted.clock, noted.wall) < MINUTE);
        let clock = ExpiryClock::start_after(first.after(9 * DAY));
        assert!(clock.now() >= first.after(9 * DAY), "it never goes back");
    }

    /// What happens between two looks at the clocks.
    #[derive(Clone, Copy, Debug)]
    struct Step {
        wait: Duration,
        /// By how much the wall clock is then set, in milliseconds.
        jump: i64,
        /// Of a message that is sent then.
        timer: Duration,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let span = || prop_oneof![0_u64..5_000, 0_u64..8_000_000, 0_u64..400_000_000];
        let jump = prop_oneof![
            3 => Just(0),
            2 => -90_000_i64..90_000,
            2 => -400_000_000_i64..400_000_000,
            1 => -2_000_000_000_000_i64..2_000_000_000_000,
        ];
        let step = (span(), jump, span()).prop_map(|(wait, jump, timer)| {
            let [wait, timer] = [wait, timer].map(Duration::from_millis);
            Step { wait, jump, timer }
        });
        proptest::collection::vec(step, 1..40)
    }

    proptest! {
        #[test]
        fn no_jump_of_the_wall_clock_expires_a_message_early(
            noted in proptest::option::of((any::<i32>(), any::<i32>())),
            steps in steps(),
        ) {
            let noted = noted.map(|(clock, wall)| {
                let [clock, wall] = [clock, wall].map(|ms| Millis(TODAY.0 + i64::from(ms)));
                Noted { clock, wall }
            });
            let mut machine = Machine::start(noted, TODAY);
            let (mut sent, mut last) = (Vec::new(), machine.now());
            for Step { wait, jump, timer } in steps {
                sent.push((machine.reading.ran + timer, machine.send(timer)));
                machine.wait(wait);
                machine.reading.wall = Millis(machine.reading.wall.0 + jump);
                let now = machine.now();
                prop_assert!(now >= last, "it never goes back");
                last = now;
                for (earliest, expires_at) in &sent {
                    let is_early = now >= *expires_at && machine.reading.ran < *earliest;
                    prop_assert!(!is_early, "{now:?} is {expires_at:?}");
                }
            }
            // Two hours of a steady wall clock, and all that was waited for is over.
            if noted.is_none() {
                let longest = sent.iter().map(|it| it.0).max().unwrap_or_default();
                machine.wait(longest.saturating_sub(machine.reading.ran));
                let now = machine.now();
                prop_assert!(sent.iter().all(|(_, expires_at)| now >= *expires_at), "nor late");
            }
        }
    }
}
