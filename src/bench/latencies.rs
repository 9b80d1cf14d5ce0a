//! Histograms of latencies, and the percentiles that a report shows of one.

use std::{fmt, time::Duration};

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest latency that is recorded, in microseconds; longer ones are recorded as this.
const LATENCY_MICROS_MAX: u64 = 600_000_000;
/// The number of significant digits that are exact.
const DIGITS: u8 = 3;

/// An empty histogram of latencies in microseconds.
pub(super) fn new_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_MICROS_MAX, DIGITS).expect("the bounds are in order")
}

/// Records one latency.
pub(super) fn record(histogram: &mut Histogram<u64>, latency: Duration) {
    let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
    histogram.saturating_record(micros.max(1));
}

/// Percentiles of latencies, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Latencies {
    pub(super) count: u64,
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    pub(super) p99_9: f64,
    pub(super) max: f64,
}

impl Latencies {
    pub(super) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| millis(histogram.value_at_quantile(quantile));
        Self {
            count: histogram.len(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p99_9: at(0.999),
            max: millis(histogram.max()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "latencies are far below 2^53 microseconds")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p90, p99, p99_9, max, .. } = self;
        write!(f, "{p50:>9.2} {p90:>9.2} {p99:>9.2} {p99_9:>9.2} {max:>9.2}")
    }
}
