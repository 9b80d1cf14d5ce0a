//! One rate limit: governor's GCRA with a clock of our own, which costs one atomic number.

use std::{num::NonZeroU32, sync::LazyLock, time::Duration, time::Instant};

use governor::{
    RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};

use super::rates::Rate;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How much of one [`Rate`] is left.
#[derive(Debug)]
pub(super) struct Meter(RateLimiter<NotKeyed, InMemoryState, SinceStart, NoOpMiddleware<Nanos>>);

/// The time since the first use. It takes no room in a limiter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SinceStart;

impl SinceStart {
    /// Nanoseconds since the first use.
    pub(super) fn nanos() -> u64 {
        u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Clock for SinceStart {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Self::nanos().into()
    }
}

impl Meter {
    /// A full one.
    pub(super) fn new(rate: Rate) -> Self {
        Self(RateLimiter::direct_with_clock(rate.quota(), SinceStart))
    }

    /// Takes `count`, or nothing and says how long to wait.
    pub(super) fn take(&self, count: u32) -> Result<(), Duration> {
        let Some(count) = NonZeroU32::new(count) else { return Ok(()) };
        match self.0.check_n(count) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(until.wait_time_from(SinceStart.now())),
            // More than the burst can never be taken. Every caller refuses so much for its size.
            Err(_) => Err(Duration::from_mins(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_wait_is_told() {
        let meter = Meter::new(Rate { burst: 10, period: Duration::from_secs(100) });
        assert_eq!(meter.take(0), Ok(()));
        assert_eq!(meter.take(7), Ok(()));
        assert_eq!(meter.take(3), Ok(()));
        let wait = meter.take(1).unwrap_err();
        assert!(wait > Duration::from_secs(90) && wait <= Duration::from_secs(100), "{wait:?}");
        let longer = meter.take(2).unwrap_err();
        assert!(longer > wait, "{longer:?}");
        assert!(meter.take(11).is_err(), "more than the burst");
    }
}
