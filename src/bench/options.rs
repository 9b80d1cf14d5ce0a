//! The options of `chaap bench`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};

use super::load::{Shape, Span};

/// Messages that one sender may have unfinished. The server stops reading at 64 of them; the rest
/// is room for the network.
const IN_FLIGHT_MAX: i64 = 256;
/// Unfinished messages of a sender that has to keep a rate. A sender further behind waits, and the
/// wait counts, because latencies start when a message was due.
const IN_FLIGHT_OPEN: usize = 256;
/// Pairs of users when the command line names none.
const PAIRS: u16 = 50;

/// Load test: pairs of users talk as fast as they can or at a fixed rate, and every message is
/// checked
///
/// Without --url it starts a server with a temporary folder and removes both afterwards. It
/// restarts that server after creating the accounts, so that hashing passwords is not measured.
/// A server at --url keeps the accounts (bench-…) and messages that the test creates.
///
/// Closed loop, the default: each sender keeps --in-flight messages unfinished; a message is
/// finished when it was acknowledged and delivered. Open loop, with --rate: messages are due on
/// a schedule, and latencies count from when a message was due, not from when it could be sent.
///
/// The load generator shares the machine with a local server and affects what is measured.
#[derive(Clone, Debug, Args)]
pub struct LoadTest {
    /// Server to load, such as `http://127.0.0.1:8000`
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// Confirm that the server at --url is yours, although it is on another machine
    #[arg(long, requires = "url")]
    pub yes_this_is_my_server: bool,

    /// Where the test server's temporary folder is created; choose the disk to measure. Default:
    /// the system's folder for temporary files
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub folder: Option<PathBuf>,

    /// Pairs of users, one sending and one receiving [default: 50, with --fan-out 1]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(0..=10_000))]
    pub pairs: Option<u16>,

    /// Messages of each sender that may be unfinished at any time
    #[arg(long, value_name = "N", default_value_t = 16,
          value_parser = value_parser!(u32).range(1..=IN_FLIGHT_MAX))]
    pub in_flight: u32,

    /// Connections of each recipient; every message goes to all of them
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = value_parser!(u32).range(1..=100_000))]
    pub fan_out: u32,

    /// Additional idle connections to keep open
    #[arg(long, value_name = "N", default_value_t = 0,
          value_parser = value_parser!(u32).range(0..=1_000_000))]
    pub connections: u32,

    /// Bytes of text in each message
    #[arg(long, value_name = "BYTES", default_value_t = 64,
          value_parser = value_parser!(u32).range(1..=16_384))]
    pub size: u32,

    /// Messages per second, all senders together, on a schedule (open loop)
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=10_000_000))]
    pub rate: Option<u32>,

    /// Seconds to measure
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = value_parser!(u32).range(1..=86_400))]
    pub duration: u32,

    /// Seconds to run before measuring
    #[arg(long, value_name = "SECONDS", default_value_t = 2,
          value_parser = value_parser!(u32).range(0..=3_600))]
    pub warmup: u32,

    /// Process id of the server at --url on this machine, to measure its CPU and memory
    #[arg(long, value_name = "PID", requires = "url")]
    pub pid: Option<u32>,

    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

impl LoadTest {
    /// The number of pairs.
    pub(super) fn pairs(&self) -> u16 {
        self.pairs.unwrap_or(if self.fan_out > 1 { 1 } else { PAIRS })
    }

    /// The kind of load.
    pub(super) fn shape(&self) -> Shape {
        let in_flight = self.in_flight as usize;
        Shape {
            pairs: self.pairs(),
            fan_out: self.fan_out,
            window: if self.rate.is_some() { IN_FLIGHT_OPEN } else { in_flight },
            size: self.size as usize,
        }
    }

    /// How long and how fast.
    pub(super) fn span(&self) -> Span {
        let warmup = Duration::from_secs(u64::from(self.warmup));
        Span { warmup, duration: self.duration(), rate: self.rate }
    }

    /// The time that is measured.
    pub(super) fn duration(&self) -> Duration {
        Duration::from_secs(u64::from(self.duration))
    }

    /// Sockets that are open at the same time.
    pub(super) fn sockets(&self) -> u64 {
        u64::from(self.pairs()) * (1 + u64::from(self.fan_out)) + u64::from(self.connections)
    }
}
