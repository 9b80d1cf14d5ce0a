//! The one way past the public interface: parts of Chaap without the server around them.
//!
//! Who may use it: `benches/`, to measure a part alone, and the fuzzers of `tests/fuzz` with their
//! short form `tests/it/fed.rs`, to feed bytes to what strangers' bytes reach first. All three are
//! crates of their own and see nothing that is not public. Nobody else: it is hidden from the
//! documentation, promises nothing and may change with any commit.
//!
//! Nothing here does anything of its own: it calls what the server and `chaap bench` call.

mod commands;
mod frames;
mod fuzz_targets;
mod lone_store;

pub use crate::bench::{CaughtUp, Load, PrivateServer, Process, Shape};

pub use self::{
    commands::{Commands, last_revision, replay},
    frames::{Frames, decode, decode_v1},
    fuzz_targets::{feed_body, feed_frame, feed_query, feed_upload},
    lone_store::LoneStore,
};
