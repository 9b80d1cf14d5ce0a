//! The frames that members of groups receive because all of them read.

use std::time::Duration;

/// Counts by member.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    frames: Vec<u64>,
    /// From the first receipt until every member knew that all have read.
    pub(super) took: Duration,
}

impl Receipts {
    /// None yet for so many members.
    pub(super) fn of(members: usize) -> Self {
        Self { frames: vec![0; members], took: Duration::ZERO }
    }

    /// Counts a frame to this member.
    pub(super) fn count(&mut self, place: usize) {
        self.frames[place] += 1;
    }

    /// Adds the members of another group, which read at the same time.
    pub(super) fn add(&mut self, other: &Self) {
        self.frames.extend(&other.frames);
        self.took = self.took.max(other.took);
    }

    /// The number of members.
    pub(super) fn members(&self) -> u64 {
        self.frames.len() as u64
    }

    /// All frames.
    pub(super) fn frames(&self) -> u64 {
        self.frames.iter().sum()
    }

    /// The most frames of one member.
    pub(super) fn most(&self) -> u64 {
        self.frames.iter().copied().max().unwrap_or_default()
    }
}
