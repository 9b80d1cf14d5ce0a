//! Everything an operator can set: flags with environment twins. Read once, at start.
//!
//! Limits that are part of the wire's promise (a frame's size, say) are constants here, not flags.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, FromArgMatches, ValueEnum};

/// The longest text of a message or a draft, in bytes of UTF-8. An operator may allow less.
const CONTENT_BYTES_MAX: u32 = 16_384;
/// The largest WebSocket frame and message a client may send. JSON spells a control character of
/// one byte as six (`\u001b`), so this is room for the longest text, however it is escaped, and for
/// the fields around it.
pub(crate) const FRAME_BYTES_MAX: usize = 6 * CONTENT_BYTES_MAX as usize + 4_096;
/// The largest JSON body of an HTTP request. Bodies carry the same texts as frames.
pub(crate) const JSON_BYTES_MAX: usize = FRAME_BYTES_MAX;
/// The largest picture of oneself that may be uploaded.
pub(crate) const PICTURE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long it may take to arrive: the largest one from a telephone with half a megabit.
pub(crate) const PICTURE_READ_TIMEOUT: Duration = Duration::from_mins(1);
/// How long we wait for the peer's half of a close handshake.
pub(crate) const SOCKET_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Sends and receipts of one connection that may wait for the store; then its reading pauses.
pub(crate) const IN_FLIGHT_MAX: u32 = 64;
/// Rows in one sync frame or page.
pub(crate) const SYNC_PAGE_ROWS: usize = 500;
/// Bytes of text in one sync frame or page, so that a page of long messages stays a frame.
pub(crate) const SYNC_PAGE_BYTES: usize = 128 * 1024;

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// How Chaap runs.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// Address and port to listen on. Behind a reverse proxy the default is right; to be
    /// reached from the network directly, use 0.0.0.0:8000
    #[arg(long, env = "CHAAP_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDR")]
    pub listen: SocketAddr,

    /// Folder for the database and the signing key; made if missing, readable by you alone
    #[arg(long, env = "CHAAP_DATA", default_value = "./chaap-data", value_name = "DIR")]
    pub data: PathBuf,

    /// How long a sign-in lasts, in minutes
    #[arg(long, env = "CHAAP_TOKEN_MINUTES", default_value_t = 43_200, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=5_256_000))]
    pub token_minutes: u32,

    /// Other web origins whose pages may use this server, such as `https://chat.example.org`;
    /// repeat or separate by commas. The server's own page is always allowed
    #[arg(long, env = "CHAAP_ALLOW_ORIGIN", value_delimiter = ',', value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,

    /// What to log: error, warn, info, debug or trace, also per module (`warn,chaap::store=debug`)
    #[arg(long, env = "CHAAP_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// The form of log lines, which go to standard error
    #[arg(long, env = "CHAAP_LOG_FORMAT", value_enum, default_value = "text", value_name = "FORM")]
    pub log_format: LogFormat,

    /// The longest message, in bytes of UTF-8
    #[arg(long, env = "CHAAP_CONTENT_BYTES_MAX", default_value_t = CONTENT_BYTES_MAX, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=i64::from(CONTENT_BYTES_MAX)))]
    pub content_bytes_max: u32,

    /// Requests that may wait for the database before new ones are answered "busy"
    #[arg(long, env = "CHAAP_QUEUE_MAX", default_value_t = 4_096, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub queue_max: u32,

    /// Frames that may wait for one slow connection before it is closed and has to catch up
    #[arg(long, env = "CHAAP_MAILBOX_MAX", default_value_t = 1_024, value_name = "N",
          value_parser = clap::value_parser!(u32).range(16..=1_000_000))]
    pub mailbox_max: u32,

    /// Changes a returning device may have missed before it reloads instead of catching up
    #[arg(long, env = "CHAAP_SYNC_ROWS_MAX", default_value_t = 5_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub sync_rows_max: u32,

    /// Seconds between pings on an idle connection; one that misses two is closed
    #[arg(long, env = "CHAAP_PING_SECONDS", default_value_t = 25, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub ping_seconds: u32,

    /// Seconds that a request's head may take to arrive, its body after it, and a frame of a
    /// socket once it has begun: slow senders hold no task for long. Nothing an operator needs
    /// to know, hence hidden; shorter in tests
    #[arg(long, env = "CHAAP_READ_SECONDS", default_value_t = 15, value_name = "N", hide = true,
          value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub read_seconds: u32,

    /// Seconds that a socket's peer may refuse to take what we have for it; hidden likewise
    #[arg(long, env = "CHAAP_WRITE_SECONDS", default_value_t = 20, value_name = "N", hide = true,
          value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub write_seconds: u32,

    /// Serve the page from this folder instead of the one compiled in (for work on the page)
    #[arg(long, env = "CHAAP_ASSETS_DIR", value_name = "DIR")]
    pub assets_dir: Option<PathBuf>,
}

impl Config {
    /// How long a sign-in lasts.
    pub(crate) fn token_life(&self) -> Duration {
        Duration::from_secs(u64::from(self.token_minutes) * 60)
    }

    /// How often idle connections are looked at.
    pub(crate) fn ping_every(&self) -> Duration {
        Duration::from_secs(u64::from(self.ping_seconds))
    }

    /// How long a head, a body or a frame may take to arrive.
    pub(crate) fn read_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.read_seconds))
    }

    /// How long a peer may take nothing of what we write.
    pub(crate) fn write_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.write_seconds))
    }
}

/// What `chaap` without any flag runs with (the environment twins included).
impl Default for Config {
    fn default() -> Self {
        let command = Self::augment_args(clap::Command::new("chaap"));
        let matches = command.get_matches_from(["chaap"]);
        Self::from_arg_matches(&matches).expect("every option has a default or is optional")
    }
}
