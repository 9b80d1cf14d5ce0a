//! Two users who talk during an attack, and a clock.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use crate::kit::{Device, User, within};

/// One sends, the other receives.
pub(crate) struct Witness {
    sender: Device,
    receiver: Device,
    bob: User,
}

impl Witness {
    pub(crate) async fn new(alice: &User, bob: &User) -> Self {
        Self { sender: alice.connect().await, receiver: bob.connect().await, bob: bob.clone() }
    }

    /// Sends one text after the other until `storm` is over. Returns the p99 of the time from
    /// sending a text to receiving both the text and its ack.
    pub(crate) async fn watch(&mut self, storm: impl Future<Output = ()>) -> Duration {
        let (mut storm, mut times) = (pin!(storm), Vec::new());
        loop {
            let began = Instant::now();
            self.sender.send_to(&self.bob, "do you notice?").await;
            let arrived = async {
                self.sender.next_of("ack").await;
                self.receiver.next_of("message").await;
            };
            let mut arrived = pin!(within("a text during the attack", arrived));
            let mut over = false;
            loop {
                tokio::select! {
                    () = &mut arrived => break,
                    () = &mut storm, if !over => over = true,
                }
            }
            times.push(began.elapsed());
            if over {
                times.sort_unstable();
                return times[times.len() * 99 / 100];
            }
        }
    }
}
