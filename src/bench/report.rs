//! What a load test found, for people and for programs.

use std::{fmt, time::Duration};

use hdrhistogram::Histogram;
use serde::Serialize;

use super::{disk::Disk, lane::Tally, options::LoadTest};

/// The longest latency told apart, in microseconds; longer ones count as this.
const LATENCY_MICROS_MAX: u64 = 600_000_000;
/// Digits that are exact.
const DIGITS: u8 = 3;

/// An empty histogram of latencies in microseconds.
pub(super) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_MICROS_MAX, DIGITS).expect("the bounds are in order")
}

/// Counts one latency.
pub(super) fn record(histogram: &mut Histogram<u64>, latency: Duration) {
    let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
    histogram.saturating_record(micros.max(1));
}

/// The shape of many latencies, in milliseconds.
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

/// Everything found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) version: &'static str,
    pub(super) url: String,
    /// Whether the server was started for this test.
    pub(super) own_server: bool,
    pub(super) settings: Settings,
    pub(super) messages: Option<Messages>,
    pub(super) idle: Option<Idle>,
    pub(super) server: Option<Usage>,
    pub(super) disk: Option<Disk>,
    /// Sentences; empty when every promise was kept.
    pub(super) failures: Vec<String>,
}

/// What was asked for.
#[derive(Debug, Serialize)]
pub(super) struct Settings {
    pub(super) pairs: u16,
    pub(super) in_flight: usize,
    pub(super) fan_out: u32,
    pub(super) connections: u32,
    pub(super) size_bytes: u32,
    pub(super) rate: Option<u32>,
    pub(super) duration_seconds: u32,
    pub(super) warmup_seconds: u32,
}

/// What became of the messages.
#[derive(Debug, Serialize)]
pub(super) struct Messages {
    pub(super) sent: u64,
    pub(super) acked: u64,
    /// Over all connections.
    pub(super) delivered: u64,
    /// Sends repeated because the server was busy.
    pub(super) resent: u64,
    /// Found by paging through the chats afterwards.
    pub(super) in_history: u64,
    /// The time measured; what was sent before it to warm up counts above, but not below.
    pub(super) measured_seconds: f64,
    /// Acked and delivered.
    pub(super) per_second: f64,
    pub(super) deliveries_per_second: f64,
    /// Commits that wrote something, each a sync of the log; those of checkpoints are not counted.
    pub(super) commits_per_second: Option<f64>,
    pub(super) per_commit: Option<f64>,
    pub(super) ack_ms: Latencies,
    pub(super) delivery_ms: Latencies,
}

/// What idle connections cost the server.
#[derive(Debug, Serialize)]
pub(super) struct Idle {
    pub(super) connections: u32,
    /// Those that the server closed meanwhile.
    pub(super) lost: u64,
    /// Memory with all of them less memory with a tenth of them, for each of the difference.
    pub(super) rss_bytes_each: Option<f64>,
    /// CPU for each while nobody sent anything, keep-alive included.
    pub(super) cpu_us_per_second_each: Option<f64>,
}

/// What the server's process used.
#[derive(Debug, Serialize)]
pub(super) struct Usage {
    pub(super) rss_bytes_start: Option<u64>,
    pub(super) rss_bytes_connected: Option<u64>,
    pub(super) rss_bytes_loaded: Option<u64>,
    /// Some seconds after all connections were closed.
    pub(super) rss_bytes_after: Option<u64>,
    pub(super) cpu_us_per_message: Option<f64>,
}

impl Settings {
    pub(super) fn of(options: &LoadTest) -> Self {
        Self {
            pairs: options.pairs(),
            in_flight: options.shape().window,
            fan_out: options.fan_out,
            connections: options.connections,
            size_bytes: options.size,
            rate: options.rate,
            duration_seconds: options.duration,
            warmup_seconds: options.warmup,
        }
    }
}

impl Messages {
    pub(super) fn of(tally: &Tally, seconds: f64, in_history: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let per_second = |count: u64| count as f64 / seconds;
        Self {
            sent: tally.sent,
            acked: tally.acked,
            delivered: tally.delivered,
            resent: tally.resent,
            in_history,
            measured_seconds: seconds,
            per_second: per_second(tally.finished),
            deliveries_per_second: per_second(tally.deliveries),
            commits_per_second: None,
            per_commit: None,
            ack_ms: Latencies::of(&tally.ack),
            delivery_ms: Latencies::of(&tally.delivery),
        }
    }
}

impl Idle {
    /// A sentence, if the server closed any.
    pub(super) fn failure(&self) -> Option<String> {
        let lost = self.lost;
        (lost > 0).then(|| format!("{lost} idle connections were closed by the server"))
    }
}

/// The table for people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.own_server { "started for this test" } else { "running before" };
        row(f, "server", format!("{} ({whose})", self.url))?;
        if let Some(disk) = &self.disk {
            let kind = disk.filesystem.as_deref().unwrap_or("unknown file system");
            let (p50, p99) = (disk.fdatasync_ms.p50, disk.fdatasync_ms.p99);
            row(f, "disk", format!("{kind}, fdatasync p50 {p50:.2} ms, p99 {p99:.2} ms"))?;
            if disk.filesystem.as_deref() == Some("tmpfs") {
                row(f, "", "a file system in memory: nothing measured here is durable")?;
            }
        }
        row(f, "load", &self.settings)?;
        if let Some(messages) = &self.messages {
            messages.fmt(f)?;
        }
        if let Some(idle) = &self.idle {
            idle.fmt(f)?;
        }
        if let Some(server) = &self.server {
            server.fmt(f)?;
        }
        for failure in &self.failures {
            row(f, "FAILED", failure)?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "{name:12} {value}")
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pairs, in_flight, fan_out, connections, size_bytes, .. } = self;
        let plural = if *pairs == 1 { "" } else { "s" };
        write!(f, "{pairs} pair{plural}, {size_bytes} bytes")?;
        match self.rate {
            Some(rate) => write!(f, ", {rate} messages/s due on a schedule")?,
            None => write!(f, ", {in_flight} in flight each")?,
        }
        if *fan_out > 1 {
            write!(f, ", each to {fan_out} connections")?;
        }
        if *connections > 0 {
            write!(f, ", {connections} idle connections beside")?;
        }
        Ok(())
    }
}

impl fmt::Display for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, acked, delivered, resent, in_history, .. } = self;
        row(
            f,
            "throughput",
            format!(
                "{:.0} messages/s over {:.1} s, {:.0} deliveries/s",
                self.per_second, self.measured_seconds, self.deliveries_per_second
            ),
        )?;
        row(
            f,
            "",
            format!(
                "{:>9} {:>9} {:>9} {:>9} {:>9}  ms since due",
                "p50", "p90", "p99", "p99.9", "max"
            ),
        )?;
        row(f, "ack", self.ack_ms)?;
        row(f, "delivery", self.delivery_ms)?;
        if let (Some(commits), Some(each)) = (self.commits_per_second, self.per_commit) {
            row(f, "commits", format!("{commits:.0} a second, {each:.1} messages each"))?;
        }
        row(
            f,
            "messages",
            format!(
                "{sent} sent, {acked} acked, {delivered} delivered, {in_history} in the history, {resent} sent again because the server was busy"
            ),
        )
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p90, p99, p99_9, max, .. } = self;
        write!(f, "{p50:>9.2} {p90:>9.2} {p99:>9.2} {p99_9:>9.2} {max:>9.2}")
    }
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = |value: Option<f64>, unit: &str| {
            value.map_or_else(|| String::from("unknown"), |value| format!("{value:.2} {unit}"))
        };
        let memory = each(self.rss_bytes_each.map(|bytes| bytes / 1_024.0), "KiB");
        let cpu = each(self.cpu_us_per_second_each, "µs of CPU a second");
        row(
            f,
            "idle",
            format!(
                "{} connections, {} lost; each {memory} and {cpu}",
                self.connections, self.lost
            ),
        )
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cpu) = self.cpu_us_per_message {
            row(f, "server CPU", format!("{cpu:.1} µs per message"))?;
        }
        let size = |bytes: Option<u64>| {
            bytes.map_or_else(|| String::from("unknown"), |bytes| format!("{} MiB", bytes >> 20))
        };
        row(
            f,
            "memory",
            format!(
                "{} at the start, {} connected, {} at the end of the load, {} after all have left",
                size(self.rss_bytes_start),
                size(self.rss_bytes_connected),
                size(self.rss_bytes_loaded),
                size(self.rss_bytes_after)
            ),
        )
    }
}
