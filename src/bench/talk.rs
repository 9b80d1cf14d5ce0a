//! What a load consists of: pairs, or groups.

use std::sync::Arc;

use tokio::sync::Notify;

use super::{
    group::Group,
    pair::Pair,
    plan::{Plan, Tally},
};

/// A pair or a group.
#[derive(Debug)]
pub(super) enum Talk {
    Pair(Box<Pair>),
    Group(Box<Group>),
}

impl Talk {
    /// How it is called in failures.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Pair(_) => "pair",
            Self::Group(_) => "group",
        }
    }

    /// Wakes it when the phase changes or a message is due.
    pub(super) fn wake(&self) -> Arc<Notify> {
        match self {
            Self::Pair(pair) => pair.wake(),
            Self::Group(group) => group.wake(),
        }
    }

    /// The chat, once it is known.
    pub(super) fn chat_id(&self) -> Option<i64> {
        match self {
            Self::Pair(pair) => pair.chat_id(),
            Self::Group(group) => Some(group.chat_id()),
        }
    }

    /// By index of the message: its `seq`.
    pub(super) fn seqs(&self) -> &[u32] {
        match self {
            Self::Pair(pair) => pair.seqs(),
            Self::Group(group) => group.seqs(),
        }
    }

    /// Sends up to `quota` messages as planned and waits until each is acked and delivered.
    pub(super) async fn run(
        &mut self,
        plan: &Plan,
        quota: u64,
        tally: &mut Tally,
    ) -> Result<(), String> {
        match self {
            Self::Pair(pair) => pair.run(plan, quota, tally).await,
            Self::Group(group) => group.run(plan, quota, tally).await,
        }
    }
}
