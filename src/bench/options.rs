//! The options of `chaap bench`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};

use super::shape::{Shape, Span, Talks};

/// The most unfinished messages of one sender. A server stops reading at 64; the rest is room for
/// the network.
const IN_FLIGHT_MAX: i64 = 256;
/// The most unfinished messages of a sender in the open loop. A sender that is further behind
/// waits. The wait counts, because latencies start when a message was due.
const IN_FLIGHT_OPEN: usize = 256;
/// Pairs of users when the command line names none.
const PAIRS: u16 = 50;

/// A load test: pairs or groups of users send messages as fast as they can, or at a rate, and every
/// message is checked
///
/// Without --url it starts its own server on a temporary folder and removes both afterwards. It
/// restarts that server once the accounts exist, so that password hashing is not measured.
/// A server named by --url keeps the accounts (bench-…) and messages that the test makes.
///
/// Closed loop, the default: each sender keeps --in-flight messages unfinished; a message is
/// finished when it was acknowledged and delivered. Open loop, with --rate: messages are due on
/// a schedule, and latencies count from when a message was due, not from when it could be sent.
///
/// With --group, every member has a connection, and a message is delivered when all other members
/// have it. In a single group its first member writes, in several all members write in turn; the
/// messages in flight are those of a group. In the end all members read, and the frames that tell
/// them so are counted.
///
/// With 20 groups or more, a thread of its own serves one group in 20, and the latencies of their
/// acks are also shown by themselves, as observed. All other latencies include how long the load
/// test took to read what had arrived.
///
/// With a local server, load and server share the machine, so the load slows the server down.
#[derive(Clone, Debug, Args)]
pub struct LoadTest {
    /// Server to load, such as `http://127.0.0.1:8000`
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// Confirm that the server at --url is yours, although it is on another machine
    #[arg(long, requires = "url")]
    pub yes_this_is_my_server: bool,

    /// Where its own server gets its temporary folder: choose the disk to measure. Without it, the
    /// system's folder for temporary files
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub folder: Option<PathBuf>,

    /// Pairs of users, one sending and one receiving [default: 50, with --fan-out 1]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(0..=10_000))]
    pub pairs: Option<u16>,

    /// Members of a group, instead of pairs
    #[arg(long, value_name = "N", conflicts_with_all = ["pairs", "fan_out"],
          value_parser = value_parser!(u16).range(2..=5_000))]
    pub group: Option<u16>,

    /// Groups of --group members, who are in no other
    #[arg(long, value_name = "N", default_value_t = 1, requires = "group",
          value_parser = value_parser!(u16).range(1..=5_000))]
    pub groups: u16,

    /// Afterwards restart the server and connect all members at once, each with one message missed
    #[arg(long, requires = "group", conflicts_with = "url")]
    pub reconnect: bool,

    /// Messages of each sender or group that may be unfinished at any time
    #[arg(long, value_name = "N", default_value_t = 16,
          value_parser = value_parser!(u32).range(1..=IN_FLIGHT_MAX))]
    pub in_flight: u32,

    /// Connections of each recipient; every message goes to all of them
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = value_parser!(u32).range(1..=100_000))]
    pub fan_out: u32,

    /// Idle connections to keep open during the load
    #[arg(long, value_name = "N", default_value_t = 0,
          value_parser = value_parser!(u32).range(0..=1_000_000))]
    pub connections: u32,

    /// Bytes of text in each message
    #[arg(long, value_name = "BYTES", default_value_t = 64,
          value_parser = value_parser!(u32).range(1..=16_384))]
    pub size: u32,

    /// Messages per second of all senders together, on a schedule (open loop)
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

    /// Process of the server at --url, if it runs on this machine, to read its CPU time and memory
    #[arg(long, value_name = "PID", requires = "url")]
    pub pid: Option<u32>,

    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

impl LoadTest {
    /// Who talks with whom.
    pub(super) fn talks(&self) -> Talks {
        let fan_out = self.fan_out;
        let pairs = self.pairs.unwrap_or(if fan_out > 1 { 1 } else { PAIRS });
        match self.group {
            Some(members) => Talks::Groups { count: self.groups, members },
            None => Talks::Pairs { count: pairs, fan_out },
        }
    }

    /// What the load consists of.
    pub(super) fn shape(&self) -> Shape {
        let in_flight = self.in_flight as usize;
        Shape {
            talks: self.talks(),
            window: if self.rate.is_some() { IN_FLIGHT_OPEN } else { in_flight },
            size: self.size as usize,
        }
    }

    /// How long the load lasts and how fast it is.
    pub(super) fn span(&self) -> Span {
        let warmup = Duration::from_secs(u64::from(self.warmup));
        Span { warmup, duration: self.duration(), rate: self.rate }
    }

    /// How long the load is measured.
    pub(super) fn duration(&self) -> Duration {
        Duration::from_secs(u64::from(self.duration))
    }

    /// The number of sockets that are open at the same time.
    pub(super) fn sockets(&self) -> u64 {
        self.talks().sockets() + u64::from(self.connections)
    }
}
