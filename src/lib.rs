//! Chaap: a self-hosted chat in one binary. This page is the map.
//!
//! # Layers
//!
//! Imports point only down this list; `tests/it/layers.rs` holds the code to it.
//!
//! | layer | modules | what |
//! |---|---|---|
//! | tools | `internals` | parts of Chaap for `benches/` and the fuzzers, and for nobody else |
//! | | `bench` | the load test, a client that knows the wire and nothing below |
//! | shell | `server` `router` | the accept loop and the orderly end; the whole URL map |
//! | edges | `api` `assets` `socket` | handlers, the page, one task per WebSocket |
//! | rules | `actions` | who may do what |
//! | state | `app` `auth` `hub` `media` `store` `workers` | sign-in, connections and mailboxes, pictures, SQLite, slow work |
//! | vocabulary | `http` `wire` `model` `types` `error` `config` | validated types, rows, frames, errors |
//!
//! # Promises
//!
//! 1. **A tick is the truth.** ✓: the message is on disk (`COMMIT` returned, `synchronous=FULL`).
//!    ✓✓: a device of every recipient has confirmed it. Blue: it was on a visible screen, and
//!    both people of a direct chat show read receipts. Who hides them never turns anything blue,
//!    and sees nothing turn blue; the same holds for online and last seen.
//! 2. **Commit, then publish, then ack.** Nothing is delivered that is not committed, and every
//!    connection sees the messages of a chat in the order of their `seq`.
//! 3. **Exactly once.** A client names each message (`cid`); the name is unique per sender, for
//!    ever, in the same transaction as the message. A retry gets the same ack with `"dup": true`;
//!    the same name on another content is refused (`cid_conflict`).
//! 4. **No holes.** `seq` counts 1, 2, 3 … in each chat. A device that reconnects ends up with the
//!    server's state, whatever was lost on the way. A pong counts the frames before it, so that
//!    a device also notices what was lost without a break.
//! 5. **Every queue has a bound.** A full request queue answers "busy"; a full mailbox closes its
//!    connection (1013), which catches up later. Nobody waits for a slow client.
//! 6. **A connecting socket registers first and reads second.** A change applied twice is
//!    harmless, one missed is not.
//! 7. **What may be lost is named**: typing, presence, last seen. They are no one's state.
//!
//! # The life of a message
//!
//! `socket` reads a frame, `wire` decodes it, `actions::messages` checks it and submits a job to
//! `store`. The writer thread takes every job that queued up during the last commit, gives the
//! message its `seq` and number, commits the batch once, and publishes: `hub` encodes the message
//! once and puts it into the mailbox of every connection of the chat's members. Then the ack goes
//! into the sender's mailbox. Each woken `socket` takes its whole mailbox and flushes once.

mod actions;
mod api;
mod app;
mod assets;
mod auth;
mod bench;
mod config;
mod error;
mod http;
mod hub;
#[doc(hidden)]
pub mod internals;
mod media;
mod model;
mod router;
mod rules;
mod server;
mod socket;
mod store;
mod types;
mod wire;
mod workers;

pub use crate::{
    bench::{LoadTest, run as run_load_test},
    config::{Config, LogFormat},
    error::{Error, Result},
    server::Server,
};

/// The version of the SQLite compiled in.
pub fn sqlite_version() -> &'static str {
    store::version()
}
