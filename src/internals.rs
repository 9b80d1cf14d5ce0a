//! Parts of Chaap without the server around them, for the crates of this repository alone.
//!
//! `benches/` measures a part alone, `tests/fuzz` and its short form `tests/it/fuzz_smoke.rs` feed
//! bytes to the code that strangers' bytes reach first, and `tests/it/url_map.rs` reads the table
//! of routes. Each is a crate of its own and sees only what is public. The module is hidden from
//! the documentation and may change with any commit.
//!
//! Nothing here adds behaviour: it calls what the server and `chaap bench` call.

mod commands;
mod frames;
mod fuzz_targets;
mod lone_store;

pub use crate::{
    bench::{CaughtUp, Load, PrivateServer, Process, Shape, Talks},
    routes::{BodyLimit, Class, ROUTES, Route},
};

pub use self::{
    commands::{Commands, last_revision, replay},
    frames::{Frames, decode, decode_v1},
    fuzz_targets::{feed_body, feed_frame, feed_query, feed_upload},
    lone_store::LoneStore,
};
