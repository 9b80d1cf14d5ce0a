//! The integration tests, one binary: a real server in this process (or, where the command line
//! and signals are the subject, the real program), real sockets, a real database file.
//!
//! What belongs where; a test for something new goes to the file whose line names it, and `kit`
//! is what all of them stand on.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Server, users, sockets and plain HTTP as values; no test talks to the network without it.
#[expect(dead_code, reason = "tests/proof shares the kit and uses the rest")]
mod kit;

/// Registering, signing in and out, who is here, what a name and a password may be.
mod accounts;
/// The page and its files: policy, caching, compression.
mod assets;
/// The load test: its report against the database, what it refuses.
mod bench;
/// A database that something else has damaged.
mod damage;
/// What the emoji are called in every language.
mod emoji_words;
/// WebSocket by the byte: parts, control frames, lengths, close codes, UTF-8.
mod frames;
/// Bytes into what the fuzzers feed.
mod fuzz_smoke;
/// HTTP from people who mean harm: smuggling, odd heads, cut bodies, other protocols.
mod hostile;
/// What is no WebSocket: bad requests, odd paths, methods, health.
mod http;
/// The order of the layers and the words that are banned, read from the sources.
mod layers;
/// Queues and their bounds: slow readers, floods, silence.
mod limits;
/// Chats too long to be read in one go, by those who ask for all of them.
mod long;
/// Frames that are nearly right.
mod malformed_frames;
/// When a message was delivered and read.
mod message_info;
/// Which pages may use the server, and broken upgrades.
mod origins;
/// Changing one's password: who is signed out by it and who is not.
mod password;
/// Pictures of people: what is taken, what is made of it, how it is shown.
mod pictures;
/// How a member keeps a chat: pinned, archived, muted, drafted, deleted for oneself.
mod preferences;
/// What people hide of themselves, and what they then no longer see of others.
mod privacy;
/// The program itself: its output, its refusals, signals, the files it leaves.
mod process;
/// What people show of themselves: names, a line, and who hears of it.
mod profile;
/// Random sequences of operations against a model.
mod props;
/// Receipts, typing, presence.
mod receipts_and_presence;
/// A server that came back from a backup, and how devices notice.
mod restore;
/// Peers that are slow on purpose.
mod slow;
/// The database file: how it is opened, compiled and queried.
mod store;
/// Catching up after any absence, and pages of history.
mod sync;
/// The words of the page: every language has them all.
mod texts;
/// Which tokens count.
mod tokens;
/// Pictures on their way in: places, and refusals.
mod uploads;
/// The table of routes against `openapi.json`.
mod url_map;
/// The first Chaap's socket and history, as a client knows them that never heard of v2.
mod v1_socket;
/// The v2 socket: greeting, sending exactly once, errors, the end.
mod v2;
