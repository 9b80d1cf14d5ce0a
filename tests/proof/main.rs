//! Chaap under what the world does to servers: killed, out of disk, out of descriptors, besieged.
//!
//! Always the real program as a process of its own. These tests load the machine, so they take
//! turns; what needs no such force belongs in `tests/it`, whose kit this binary shares.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../it"]
#[expect(dead_code, unused_imports, reason = "the kit has more than is used here")]
mod it {
    pub(crate) mod kit;
}
use it::kit;

/// Taking turns, chance that can be repeated, and what a system says of a process.
mod bench;

/// Killed at a random moment, again and again: every ack against the file.
mod crash;
/// No descriptor left.
mod descriptors;
/// Full, failing, limited and read-only disks.
mod disk;
/// Under strace: nothing is acked or delivered before it is synced.
mod disk_order;
/// Slow and hostile clients by the hundred.
mod storms;
