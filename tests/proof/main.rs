//! Chaap under extreme conditions: killed, without disk space, without descriptors, attacked, abused.
//!
//! Always the real program as a separate process. These tests load the machine, so they run one
//! after the other; tests that need less belong in `tests/it`, whose kit this binary shares.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[path = "../it"]
#[expect(dead_code, unused_imports, reason = "this binary uses only a part of the kit")]
mod it {
    pub(crate) mod kit;
}
use it::kit;

/// One proof at a time, repeatable random numbers, and measurements of a process.
mod bench;

/// One account that asks for too much.
mod abuse;
/// Kills at random moments: compares every ack with the file.
mod crash;
/// A process without free descriptors.
mod descriptors;
/// Full, failing, limited and read-only disks.
mod disk;
/// Under strace: nothing is acknowledged or delivered before it is synced.
mod disk_order;
/// Hundreds of slow and hostile clients.
mod storms;
/// The writer thread dies: the program ends with an error.
mod writer;
