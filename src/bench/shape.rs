//! What a load consists of and how long it lasts.

use std::time::Duration;

/// What a load consists of.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Senders, each with a recipient of its own.
    pub pairs: u16,
    /// Connections of each recipient.
    pub fan_out: u32,
    /// The most unfinished messages of each sender.
    pub window: usize,
    /// Bytes of text in each message.
    pub size: usize,
}

/// How long a run warms up, how long it is measured, and how fast it sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) warmup: Duration,
    pub(super) duration: Duration,
    /// Messages per second of all pairs together; `None` in the closed loop.
    pub(super) rate: Option<u32>,
}
