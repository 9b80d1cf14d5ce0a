//! Chaap: a self-hosted chat in one binary. This page is the map.
//!
//! # Layers
//!
//! Imports point only down this list; `tests/it/layers.rs` holds the code to it.
//!
//! | layer | modules | what |
//! |---|---|---|
//! | tools | `internals` | parts of Chaap for benchmarks, fuzzers and tests |
//! | | `bench` | the load test: a client that knows the wire and nothing below |
//! | shell | `log` `server` `router` `routes` | the log; the accept loop and the drain; from request to reply; the table of routes |
//! | edges | `api` `assets` `socket` | handlers, the page, one task per WebSocket |
//! | actions | `actions` | what a caller can ask for: draws times and ids, submits a command |
//! | state | `app` `auth` `hub` `limits` `media` `reach` `security` `store` `workers` | sign-in, connections and mailboxes, rates and caps, pictures, the addresses of the server, the security log, SQLite, slow work |
//! | rules | `rules` | who may do what: pure functions over a membership |
//! | vocabulary | `http` `wire` `model` `files` `shares` `types` `error` `config` | validated types, rows, frames, private files, errors |
//!
//! # Promises
//!
//! 1. **A tick is the truth.** ✓: the message is on disk (`COMMIT` returned, `synchronous=FULL`).
//!    ✓✓: it is on a device of every recipient. Blue: it was on a visible screen of every recipient.
//!    In a direct chat, blue also needs that both people show read receipts: a person who hides
//!    theirs gives none and gets none. The same holds for online and last seen.
//! 2. **Commit, then publish, then ack.** Nothing is delivered that is not committed, and every
//!    connection sees the messages of a chat in the order of their `seq`.
//! 3. **Exactly once.** A client names each message (`cid`). It is unique per sender, and stored
//!    in the same transaction as the message. A retry gets the same ack with `"dup": true`; the same
//!    name on another content is refused (`cid_conflict`).
//! 4. **No holes.** `seq` counts 1, 2, 3 … in each chat. After any outage a device ends with the
//!    server's state. A pong carries the number of frames before it, so a device also notices a lost
//!    frame on a connection that stays open.
//! 5. **Every queue has a bound.** A full request queue answers "busy"; a full mailbox drops its
//!    changes, and its connection reads them from the store. A slow client delays no other, and a
//!    user who sends too much waits in a queue of their own.
//! 6. **A connecting socket registers first and reads second.** A change applied twice is
//!    harmless, a missed one is not.
//! 7. **What may be lost is named**: typing, presence, last seen. These are not state.
//! 8. **One place decides who may do what.** `rules` decides for reads, writes and frames alike.
//! 9. **The state is a function of the commands.** The same commands in the same order make the same
//!    database, row for row in every table.
//!
//! # The life of a message
//!
//! `socket` reads a frame, `wire` decodes it, and `actions::messages` submits it as a command to
//! `store`. The writer thread takes the commands that queued up during the last commit, from each
//! user in turns (`store/queue.rs`). For each
//! message it reads the sender's membership, asks `rules`, and gives the message its `seq` and
//! revision. It commits the batch once and publishes: `hub` encodes the message once and puts it
//! into the mailbox of every connection of the chat's members. Then the ack goes into the sender's
//! mailbox and wakes the sender's `socket` at once. The sockets of a large group are woken a few at
//! a time (`hub/wakeups.rs`), so that acks do not wait behind them. Each woken `socket` takes its
//! whole mailbox and flushes once.
//!
//! # Where a permission lives
//!
//! Take "only admins may write" in a group. `rules/messages.rs` decides it. `schema.sql` stores it as
//! `chats.who_may_write`, and `store/groups.rs` changes it with the command `ChangeGroup`.
//! `store/messages.rs` asks the rule when a message is applied, for the socket and for HTTP alike.
//! The `chat` row carries it to clients (`model::Chat`), and `hub` sends the row to the members. The
//! page keeps it in its state (`assets/js/state/model.js`), and `mayWrite` in
//! `assets/js/state/targets.js` closes the composer by it. A refused message comes back as
//! `only_admins_may_write`.
//!
//! # What others can learn from counters
//!
//! Message ids are revisions, so the distance between two ids tells how many durable changes lay
//! between them, hidden ones included. Ids of users and chats tell how many there are. `/readyz`
//! counts commits. No revision that a device is told moves for a change that it may not see.

mod actions;
mod api;
mod app;
mod assets;
mod auth;
mod bench;
mod config;
mod error;
mod files;
mod http;
mod hub;
#[doc(hidden)]
pub mod internals;
mod limits;
mod log;
mod media;
mod model;
mod reach;
mod router;
mod routes;
mod rules;
mod security;
mod server;
mod shares;
mod socket;
mod store;
mod types;
mod wire;
mod workers;

pub use crate::{
    bench::{LoadTest, run as run_load_test},
    config::{
        Config, Listen, LogFormat, ParseListenError, RateLimits, TrustedProxy,
        ignore_empty_variables,
    },
    error::{Error, Result},
    log::{Log, start_log},
    media::decode_picture,
    server::Server,
};

/// The version of the SQLite compiled in.
pub fn sqlite_version() -> &'static str {
    store::version()
}
