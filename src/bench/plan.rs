//! What all pairs or groups of a run do, and the counts and latencies of each of them.

use std::{sync::Arc, time::Instant};

use hdrhistogram::Histogram;

use super::{
    latencies,
    run_control::{RunControl, Schedule},
};

/// What all pairs or groups of a run do.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Messages that are due or finished before this moment are not measured.
    pub(super) measure_from: Instant,
    /// Messages that are due or finished after this moment are not measured. Those due after it
    /// are not sent.
    pub(super) measure_to: Option<Instant>,
    /// The most unfinished messages of a pair or a group.
    pub(super) window: usize,
    /// The schedule of the open loop. Without one, the next message is due when there is room.
    pub(super) schedule: Option<Schedule>,
    pub(super) control: Arc<RunControl>,
}

impl Plan {
    /// Whether a moment lies in the measured time.
    pub(super) fn measures(&self, at: Instant) -> bool {
        at >= self.measure_from && self.measure_to.is_none_or(|end| at < end)
    }

    /// Whether a message that is due at this moment comes too late to be sent.
    pub(super) fn is_past(&self, due: Instant) -> bool {
        let ends = [self.measure_to, self.control.ended()];
        ends.into_iter().flatten().any(|end| due >= end)
    }
}

/// Counts and latencies of a pair or a group in one run.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) acked: u64,
    pub(super) delivered: u64,
    /// Sends that were repeated because the server was busy.
    pub(super) resent: u64,
    /// Messages that were finished in the measured time.
    pub(super) finished: u64,
    /// Deliveries in the measured time.
    pub(super) deliveries: u64,
    pub(super) ack: Histogram<u64>,
    pub(super) delivery: Histogram<u64>,
    /// The acks of the groups that the observer serves, if there are any.
    pub(super) observed_ack: Option<Histogram<u64>>,
}

impl Tally {
    pub(super) fn new() -> Self {
        let (ack, delivery) = (latencies::new_histogram(), latencies::new_histogram());
        Self {
            sent: 0,
            acked: 0,
            delivered: 0,
            resent: 0,
            finished: 0,
            deliveries: 0,
            ack,
            delivery,
            observed_ack: None,
        }
    }

    /// Adds the tally of a group that the observer serves.
    pub(super) fn add_observed(&mut self, other: &Self) {
        self.add(other);
        let acks = self.observed_ack.get_or_insert_with(latencies::new_histogram);
        acks.add(&other.ack).expect("all histograms have the same bounds");
    }

    /// Adds the tally of another pair or group.
    pub(super) fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.acked += other.acked;
        self.delivered += other.delivered;
        self.resent += other.resent;
        self.finished += other.finished;
        self.deliveries += other.deliveries;
        self.ack.add(&other.ack).expect("all histograms have the same bounds");
        self.delivery.add(&other.delivery).expect("all histograms have the same bounds");
    }
}
