//! The report of a load test: a table for people, JSON for programs.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{
    disk::Disk, latencies::Latencies, options::LoadTest, plan::Tally, receipts::Receipts,
    reconnect::Reconnected, shape::Talks,
};

/// All results.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) version: &'static str,
    pub(super) url: String,
    /// Whether the server was started for this test.
    pub(super) own_server: bool,
    pub(super) settings: Settings,
    pub(super) messages: Option<Messages>,
    pub(super) reading: Option<Reading>,
    pub(super) reconnection: Option<Reconnection>,
    pub(super) idle: Option<Idle>,
    pub(super) server: Option<Usage>,
    pub(super) disk: Option<Disk>,
    /// One sentence for each promise that the server broke.
    pub(super) failures: Vec<String>,
}

/// The options of the test.
#[derive(Debug, Serialize)]
pub(super) struct Settings {
    pub(super) pairs: u16,
    pub(super) groups: u16,
    /// Members of each group.
    pub(super) group: Option<u16>,
    pub(super) in_flight: usize,
    pub(super) fan_out: u32,
    pub(super) connections: u32,
    pub(super) size_bytes: u32,
    pub(super) rate: Option<u32>,
    pub(super) duration_seconds: u32,
    pub(super) warmup_seconds: u32,
}

/// Counts, rates and latencies of the messages.
#[derive(Debug, Serialize)]
pub(super) struct Messages {
    pub(super) sent: u64,
    pub(super) acked: u64,
    /// The sum over all connections.
    pub(super) delivered: u64,
    /// Sends that were repeated because the server was busy.
    pub(super) resent: u64,
    /// Found by paging through the chats afterwards.
    pub(super) in_history: u64,
    /// The measured time. The counts above include the warm-up, the rates below do not.
    pub(super) measured_seconds: f64,
    /// Messages that were acked and delivered.
    pub(super) per_second: f64,
    pub(super) deliveries_per_second: f64,
    /// Commits that wrote something. Each synced the log; the syncs of checkpoints are not counted.
    pub(super) commits_per_second: Option<f64>,
    pub(super) per_commit: Option<f64>,
    pub(super) ack_ms: Latencies,
    /// The same for the groups that a thread of their own serves.
    pub(super) observed_ack_ms: Option<Latencies>,
    pub(super) delivery_ms: Latencies,
}

/// What happened when all members of all groups had read everything.
#[derive(Debug, Serialize)]
pub(super) struct Reading {
    pub(super) members: u64,
    /// The receipts that reached them.
    pub(super) frames: u64,
    /// The most receipts that reached one member.
    pub(super) frames_most: u64,
    /// Until every member knew that all have read.
    pub(super) seconds: f64,
}

/// All members' devices coming back at once after a restart.
#[derive(Debug, Serialize)]
pub(super) struct Reconnection {
    pub(super) devices: u64,
    /// The rows that they had missed.
    pub(super) rows: u64,
    /// Until the server was ready.
    pub(super) start_seconds: f64,
    /// From then on until all devices were caught up.
    pub(super) seconds: f64,
}

/// The cost of idle connections for the server.
#[derive(Debug, Serialize)]
pub(super) struct Idle {
    pub(super) connections: u32,
    /// The number of connections that the server closed.
    pub(super) lost: u64,
    /// The memory per connection, from the growth after the first tenth.
    pub(super) rss_bytes_each: Option<f64>,
    /// The CPU time per connection while no message was sent, keep-alive included.
    pub(super) cpu_us_per_second_each: Option<f64>,
}

/// The resources of the server's process.
#[derive(Debug, Serialize)]
pub(super) struct Usage {
    pub(super) rss_bytes_start: Option<u64>,
    pub(super) rss_bytes_connected: Option<u64>,
    pub(super) rss_bytes_loaded: Option<u64>,
    /// Measured some seconds after all connections were closed.
    pub(super) rss_bytes_after: Option<u64>,
    pub(super) cpu_us_per_message: Option<f64>,
    pub(super) cpu_us_per_delivery: Option<f64>,
}

impl Settings {
    pub(super) fn of(options: &LoadTest) -> Self {
        let (pairs, groups) = match options.talks() {
            Talks::Pairs { count, .. } => (count, 0),
            Talks::Groups { count, .. } => (0, count),
        };
        Self {
            pairs,
            groups,
            group: options.group,
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
            observed_ack_ms: tally.observed_ack.as_ref().map(Latencies::of),
            delivery_ms: Latencies::of(&tally.delivery),
        }
    }
}

impl Reading {
    pub(super) fn of(receipts: &Receipts) -> Self {
        Self {
            members: receipts.members(),
            frames: receipts.frames(),
            frames_most: receipts.most(),
            seconds: receipts.took.as_secs_f64(),
        }
    }
}

impl Reconnection {
    pub(super) fn of(start: Duration, came: Reconnected) -> Self {
        let Reconnected { devices, rows, took } = came;
        let (start_seconds, seconds) = (start.as_secs_f64(), took.as_secs_f64());
        Self { devices, rows, start_seconds, seconds }
    }
}

impl Idle {
    /// A sentence if the server closed connections.
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
        if let Some(reading) = &self.reading {
            reading.fmt(f)?;
        }
        if let Some(reconnection) = &self.reconnection {
            reconnection.fmt(f)?;
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
        let Self { pairs, groups, in_flight, fan_out, connections, size_bytes, .. } = self;
        let (count, kind) = if self.group.is_some() { (groups, "group") } else { (pairs, "pair") };
        let plural = if *count == 1 { "" } else { "s" };
        write!(f, "{count} {kind}{plural}")?;
        if let Some(members) = self.group {
            write!(f, " of {members}")?;
        }
        write!(f, ", {size_bytes} bytes")?;
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
        if let Some(observed) = self.observed_ack_ms {
            row(f, "… observed", observed)?;
        }
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

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { members, frames, frames_most, seconds } = self;
        row(
            f,
            "reading",
            format!(
                "{members} members read all in {seconds:.2} s; {frames} receipts reached them, at most {frames_most} each"
            ),
        )
    }
}

impl fmt::Display for Reconnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { devices, rows, start_seconds, seconds } = self;
        row(
            f,
            "reconnect",
            format!(
                "{devices} devices caught up on {rows} rows in {seconds:.2} s, after a start of {start_seconds:.2} s"
            ),
        )
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
            let each = self.cpu_us_per_delivery.map(|cpu| format!(", {cpu:.2} µs per delivery"));
            let each = each.unwrap_or_default();
            row(f, "server CPU", format!("{cpu:.1} µs per message{each}"))?;
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
