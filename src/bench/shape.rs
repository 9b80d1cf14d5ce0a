//! What a load consists of and how long it lasts.

use std::time::Duration;

/// The observer serves one group in so many.
const GROUPS_PER_OBSERVED: usize = 20;

/// What a load consists of.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Who talks with whom.
    pub talks: Talks,
    /// The most unfinished messages of each sender or group.
    pub window: usize,
    /// Bytes of text in each message.
    pub size: usize,
}

/// Who talks with whom.
#[derive(Clone, Copy, Debug)]
pub enum Talks {
    /// Senders, each with a recipient of its own.
    Pairs {
        /// The number of senders.
        count: u16,
        /// Connections of each recipient.
        fan_out: u32,
    },
    /// Groups, each with members of its own who have a connection each. In a single group its
    /// first member writes; in several, all members write in turn.
    Groups {
        /// The number of groups.
        count: u16,
        /// Members of each group.
        members: u16,
    },
}

impl Talks {
    /// The number of pairs or groups.
    pub(super) fn count(self) -> u16 {
        match self {
            Self::Pairs { count, .. } | Self::Groups { count, .. } => count,
        }
    }

    /// The people in each pair or group.
    pub(super) fn people_each(self) -> usize {
        match self {
            Self::Pairs { .. } => 2,
            Self::Groups { members, .. } => members.into(),
        }
    }

    /// All people.
    pub(super) fn people(self) -> usize {
        usize::from(self.count()) * self.people_each()
    }

    /// Sockets that are open at the same time.
    pub(super) fn sockets(self) -> u64 {
        match self {
            Self::Pairs { count, fan_out } => u64::from(count) * (1 + u64::from(fan_out)),
            Self::Groups { count, members } => u64::from(count) * u64::from(members),
        }
    }

    /// How many of the groups the observer serves: enough for a p99, few enough to keep it idle.
    pub(super) fn observed(self) -> usize {
        match self {
            Self::Pairs { .. } => 0,
            Self::Groups { count, .. } => usize::from(count) / GROUPS_PER_OBSERVED,
        }
    }

    /// How many members of a group write.
    pub(super) fn writers(self) -> usize {
        if self.count() == 1 { 1 } else { self.people_each() }
    }
}

/// How long a run warms up, how long it is measured, and how fast it sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) warmup: Duration,
    pub(super) duration: Duration,
    /// Messages per second of all pairs or groups together; `None` in the closed loop.
    pub(super) rate: Option<u32>,
}
