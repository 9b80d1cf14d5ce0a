//! Everything an operator can set, by flag or environment variable. Read once, at start.
//!
//! Limits that clients rely on, such as the size of a frame, are constants here and not flags.

mod listen;

use std::{net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Command, FromArgMatches, ValueEnum, builder::Resettable};
use ipnet::IpNet;

pub use self::listen::{Listen, ParseListenError};

/// The longest text of a message or a draft, in bytes of UTF-8. An operator may allow less.
const CONTENT_BYTES_MAX: u32 = 16_384;
/// The largest WebSocket frame and message a client may send. JSON spells a control character of
/// one byte as six (`\u001b`), so this is room for the longest text, however it is escaped, and for
/// the fields around it.
pub(crate) const FRAME_BYTES_MAX: usize = 6 * CONTENT_BYTES_MAX as usize + 4_096;
/// The largest JSON body of an HTTP request.
pub(crate) const JSON_BYTES_MAX: usize = 64 * 1024;
/// The same where the body holds a text as long as a message.
pub(crate) const TEXT_JSON_BYTES_MAX: usize = FRAME_BYTES_MAX;
/// The largest profile picture that may be uploaded.
pub(crate) const PICTURE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long its upload may take: the largest picture over half a megabit per second.
pub(crate) const PICTURE_READ_TIMEOUT: Duration = Duration::from_mins(1);
/// How long the server waits for the client's close frame.
pub(crate) const SOCKET_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// People whose presence one connection may follow by name. A page follows those on the screen.
pub(crate) const SUBSCRIBED_MAX: usize = 500;
/// Sends and receipts of one connection that may wait for the store; beyond that the server stops
/// reading from it.
pub(crate) const IN_FLIGHT_MAX: u32 = 64;
/// The least value of `--mailbox-max`: answers are never dropped, so all requests in flight must have
/// room for theirs, and the changes of that time as well.
const MAILBOX_MAX_LEAST: i64 = 2 * IN_FLIGHT_MAX as i64;
/// Rows in one sync frame or page.
pub(crate) const SYNC_PAGE_ROWS: usize = 500;
/// Bytes of JSON in one sync frame and in one page of any list. A page ends with the row that
/// reaches them. The longest row is a chat in the list of chats, with a draft and a last message of
/// 96 KiB each.
pub(crate) const PAGE_BYTES: usize = 128 * 1024;
/// The memory for all JSON bodies and WebSocket frames that are arriving, without the beginning of
/// each.
pub(crate) const BODIES_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The memory for all replies that are being made or sent. A request waits for its share before it
/// reads the database.
pub(crate) const REPLIES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How much of it one user can hold: several devices that load their lists at the same time.
pub(crate) const REPLIES_BYTES_PER_USER: usize = 4 * 1024 * 1024;
/// How many replies for one address are made at the same time. Each takes milliseconds, and longer for
/// a user who is in many groups.
pub(crate) const REPLIES_MADE_PER_ADDRESS: usize = 2;
/// The share of a request until its reply is made: a page, its longest row, and as much again that
/// the encoder allocates ahead.
pub(crate) const REPLY_BYTES: usize = 512 * 1024;

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line, for log collectors.
    Json,
}

/// Whether the limits of each user and each address apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RateLimits {
    /// They apply.
    On,
    /// They do not apply: for load tests.
    Off,
}

/// A proxy whose `X-Forwarded-For` or `Forwarded` is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustedProxy {
    /// No proxy: every peer is a client.
    None,
    /// Every address of this network.
    Network(IpNet),
}

impl TrustedProxy {
    /// Whether this address is one of the proxies. Expects IPv4 addresses in their own form, not
    /// mapped into IPv6.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match self {
            Self::None => false,
            Self::Network(network) => network.contains(&address),
        }
    }
}

/// `none`, an address, or a network in CIDR notation.
impl FromStr for TrustedProxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::None);
        }
        let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        let network = address.or_else(|_| text.parse());
        let wanted = "use an address (192.0.2.1), a network (192.0.2.0/24) or \"none\"";
        network.map(Self::Network).map_err(|_| wanted.to_owned())
    }
}

/// The configuration of the server.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// Where to listen: a port, an address, a name, or one of the last two with a port; the host is
    /// 127.0.0.1 and the port 8000 where it is missing, and a name stands for all of its addresses.
    /// The default suits a reverse proxy on the same machine; use 0.0.0.0 to accept connections
    /// from the network
    #[arg(long, env = "CHAAP_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDR")]
    pub listen: Listen,

    /// Folder for the database and the signing key; created if missing, readable only by its owner
    #[arg(long, env = "CHAAP_DATA", default_value = "./chaap-data", value_name = "DIR")]
    pub data: PathBuf,

    /// How long a sign-in lasts, in minutes
    #[arg(long, env = "CHAAP_TOKEN_MINUTES", default_value_t = 43_200, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=5_256_000))]
    pub token_minutes: u32,

    /// Other web origins whose pages may use this server, such as `https://chat.example.org`;
    /// repeat the flag or separate origins by commas. The server's own page is always allowed
    #[arg(long, env = "CHAAP_ALLOW_ORIGIN", value_delimiter = ',', value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,

    /// Host names by which this server may be called, such as `chat.example.org`; repeat the flag
    /// or separate names by commas. Requests by other names are refused, except by loopback names
    /// and for health checks. Without this option, every name works
    #[arg(long, env = "CHAAP_ALLOW_HOST", value_delimiter = ',', value_name = "HOST")]
    pub allow_host: Vec<String>,

    /// Reverse proxies that tell the address of the client in X-Forwarded-For or Forwarded: an
    /// address or a network such as `10.0.0.0/8`; repeat the flag or separate them by commas.
    /// `none` trusts no proxy
    #[arg(long, env = "CHAAP_TRUSTED_PROXY", value_delimiter = ',', value_name = "ADDR|CIDR",
          default_values = ["127.0.0.0/8", "::1"])]
    pub trusted_proxy: Vec<TrustedProxy>,

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

    /// Minutes during which a message can be edited by its sender; 0 for never
    #[arg(long, env = "CHAAP_EDIT_MINUTES", default_value_t = 15, value_name = "N",
          value_parser = clap::value_parser!(u32).range(0..=525_600))]
    pub edit_minutes: u32,

    /// Hours during which a message can be deleted for everyone by its sender; 0 for never. Admins of a
    /// group can delete its messages at any time
    #[arg(long, env = "CHAAP_DELETE_HOURS", default_value_t = 48, value_name = "N",
          value_parser = clap::value_parser!(u32).range(0..=87_600))]
    pub delete_hours: u32,

    /// Requests that may wait for the database; further ones are answered "busy"
    #[arg(long, env = "CHAAP_QUEUE_MAX", default_value_t = 4_096, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub queue_max: u32,

    /// MiB that one user may store: texts, drafts and their picture. 0 for no limit
    #[arg(long, env = "CHAAP_USER_QUOTA", default_value_t = 1_024, value_name = "MIB",
          value_parser = clap::value_parser!(u32).range(0..=1_073_741_824))]
    pub user_quota: u32,

    /// MiB to keep free on the disk: with less, writes are refused and reads go on. Without this
    /// option 256 MiB, or 2 % of a small disk; 0 for no reserve
    #[arg(long, env = "CHAAP_DISK_RESERVE", value_name = "MIB",
          value_parser = clap::value_parser!(u32).range(0..=1_073_741_824))]
    pub disk_reserve: Option<u32>,

    /// Seconds that writes wait while another program locks the database, before they are answered
    /// "busy". Hidden, because operators do not need it; tests set it lower
    #[arg(long, env = "CHAAP_LOCK_SECONDS", default_value_t = 30, value_name = "N", hide = true,
          value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub lock_seconds: u32,

    /// Whether to limit what one user and one address may ask for; off is for load tests only
    #[arg(long, env = "CHAAP_RATE_LIMITS", value_enum, default_value = "on", value_name = "MODE")]
    pub rate_limits: RateLimits,

    /// Frames that may wait for a slow connection, at least 128; beyond that they are dropped and it catches up
    #[arg(long, env = "CHAAP_MAILBOX_MAX", default_value_t = 1_024, value_name = "N",
          value_parser = clap::value_parser!(u32).range(MAILBOX_MAX_LEAST..=1_000_000))]
    pub mailbox_max: u32,

    /// Changes a device can catch up on; one that missed more reloads everything
    #[arg(long, env = "CHAAP_SYNC_ROWS_MAX", default_value_t = 5_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub sync_rows_max: u32,

    /// Seconds between pings on an idle connection; one that misses two is closed
    #[arg(long, env = "CHAAP_PING_SECONDS", default_value_t = 25, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub ping_seconds: u32,

    /// Seconds for a request's head to arrive, for its body, and for a socket's frame once it has
    /// begun, so that slow senders do not hold a task for long. Hidden, because operators do not
    /// need it; tests set it lower
    #[arg(long, env = "CHAAP_READ_SECONDS", default_value_t = 15, value_name = "N", hide = true,
          value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub read_seconds: u32,

    /// Seconds that a socket's peer may take without reading what the server sends; hidden too
    #[arg(long, env = "CHAAP_WRITE_SECONDS", default_value_t = 20, value_name = "N", hide = true,
          value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub write_seconds: u32,

    /// Serve the page from this folder instead of the compiled-in one, for developing the page
    #[arg(long, env = "CHAAP_ASSETS_DIR", value_name = "DIR")]
    pub assets_dir: Option<PathBuf>,

    /// The Chaap program that decodes uploaded pictures, instead of the one that runs. Hidden,
    /// because operators do not need it; tests run the server inside another program
    #[arg(long, env = "CHAAP_PICTURE_DECODER", value_name = "PROGRAM", hide = true)]
    pub picture_decoder: Option<PathBuf>,

    /// Append every change to this file, one JSON object a line, to find out later how a database
    /// came to its state. The file holds messages and password hashes
    #[arg(long, env = "CHAAP_RECORD_COMMANDS", value_name = "FILE", hide = true)]
    pub record_commands: Option<PathBuf>,
}

impl Config {
    /// How long a sign-in lasts.
    pub(crate) fn token_life(&self) -> Duration {
        Duration::from_secs(u64::from(self.token_minutes) * 60)
    }

    /// How long after a message was sent its sender can edit it.
    pub(crate) fn edit_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.edit_minutes) * 60)
    }

    /// How long after a message was sent its sender can delete it for everyone.
    pub(crate) fn delete_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.delete_hours) * 60 * 60)
    }

    /// How often idle connections are checked.
    pub(crate) fn ping_every(&self) -> Duration {
        Duration::from_secs(u64::from(self.ping_seconds))
    }

    /// How long a head, a body or a frame may take to arrive.
    pub(crate) fn read_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.read_seconds))
    }

    /// How long writes wait for a lock on the database.
    pub(crate) fn lock_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.lock_seconds))
    }

    /// Bytes that one user may store, if there is a limit.
    pub(crate) fn user_quota_bytes(&self) -> Option<u64> {
        Some(u64::from(self.user_quota) * 1024 * 1024).filter(|bytes| *bytes > 0)
    }

    /// Bytes to keep free on the disk; `None` for the default.
    pub(crate) fn disk_reserve_bytes(&self) -> Option<u64> {
        self.disk_reserve.map(|mib| u64::from(mib) * 1024 * 1024)
    }

    /// How long a peer may read nothing of what the server writes.
    pub(crate) fn write_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.write_seconds))
    }
}

/// The configuration of `chaap` without flags; environment variables apply.
impl Default for Config {
    fn default() -> Self {
        let command = ignore_empty_variables(Self::augment_args(Command::new("chaap")));
        let matches = command.get_matches_from(["chaap"]);
        Self::from_arg_matches(&matches).expect("every option has a default or is optional")
    }
}

/// Takes an environment variable without a value for unset, as shells and service managers write it
/// (`CHAAP_LOG=`). Otherwise clap would refuse the empty value, and its message would name the flag.
pub fn ignore_empty_variables(command: Command) -> Command {
    let command = command.mut_args(|option| {
        let value = option.get_env().and_then(std::env::var_os);
        let is_empty = value.is_some_and(|value| value.to_string_lossy().trim().is_empty());
        if is_empty { option.env(Resettable::Reset) } else { option }
    });
    command.mut_subcommands(ignore_empty_variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trusted_proxies_are_addresses_and_networks() {
        let has = |proxy: &str, address: &str| {
            proxy.parse::<TrustedProxy>().unwrap().contains(address.parse().unwrap())
        };
        assert!(has("192.0.2.1", "192.0.2.1") && !has("192.0.2.1", "192.0.2.2"));
        assert!(has("192.0.2.0/24", "192.0.2.2") && !has("192.0.2.0/24", "192.0.3.2"));
        assert!(has("::ffff:192.0.2.1", "192.0.2.1"), "mapped into IPv6");
        assert!(has("2001:db8::/32", "2001:db8::1") && !has("2001:db8::/32", "192.0.2.1"));
        assert!(!has("none", "127.0.0.1"));
        for wrong in ["", "localhost", "192.0.2", "192.0.2.0/33", "192.0.2.1:80", "None"] {
            let refused = wrong.parse::<TrustedProxy>().unwrap_err();
            assert!(refused.contains("192.0.2.0/24"), "{wrong}: {refused}");
        }
    }

    #[test]
    fn proxies_on_this_machine_are_trusted_by_default() {
        let trusted = Config::default().trusted_proxy;
        let is_trusted = |address: &str| {
            let address = address.parse().unwrap();
            trusted.iter().any(|proxy| proxy.contains(address))
        };
        assert!(is_trusted("127.0.0.1") && is_trusted("127.8.9.1") && is_trusted("::1"));
        assert!(!is_trusted("192.168.0.1") && !is_trusted("::2"));
    }
}
