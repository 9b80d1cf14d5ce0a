//! All pairs together: connects them, runs them for a time or a number of messages, and compares
//! what they received with the history.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{task::JoinSet, time::timeout};

use super::{
    check, pages,
    pair::{Pair, Plan, Tally},
    people::{self, Person},
    progress::Progress,
    run_control::{Phase, RunControl, Schedule},
    shape::{Shape, Span},
    socket::{CaughtUp, Socket},
};
use crate::error::{Error, Result};

/// Pairs that connect at the same time.
const AT_ONCE: usize = 16;
/// How long the last answers may take after the last message was sent.
const GRACE: Duration = Duration::from_secs(20);

/// Pairs of signed-in people with open sockets.
#[derive(Debug)]
pub struct Load {
    address: String,
    shape: Shape,
    /// Alternately senders and recipients.
    people: Vec<Person>,
    pairs: Vec<Pair>,
}

/// A pair after its run: its position, itself, its tally, and the reason if it gave up.
type Ended = (usize, Pair, Tally, Result<(), String>);

/// A run that has not ended.
#[derive(Debug)]
pub(super) struct Run {
    pairs: JoinSet<Ended>,
    pub(super) plan: Plan,
}

impl Load {
    /// Makes the accounts and connects all pairs.
    ///
    /// # Errors
    /// [`Error::Startup`] when the server refuses.
    pub async fn connect(address: &str, shape: Shape) -> Result<Self> {
        let people = people::sign_up(address, usize::from(shape.pairs) * 2, Progress::hidden());
        Self::connect_people(address, shape, people.await?, Progress::hidden()).await
    }

    /// Connects pairs of people who have accounts.
    pub(super) async fn connect_people(
        address: &str,
        shape: Shape,
        people: Vec<Person>,
        progress: Progress,
    ) -> Result<Self> {
        let bar = progress.begin("Connecting pairs", u64::from(shape.pairs));
        let text = text(shape.size);
        let connecting = people.chunks_exact(2).zip(0_u16..).map(|(two, number)| {
            let (bar, text) = (&bar, &text);
            async move {
                let two = [&two[0], &two[1]];
                let pair = Pair::connect(address, number, two, shape.fan_out, text).await;
                bar.inc(1);
                pair
            }
        });
        let pairs = stream::iter(connecting).buffered(AT_ONCE).try_collect().await?;
        bar.finish_and_clear();
        Ok(Self { address: address.to_owned(), shape, people, pairs })
    }

    /// Sends `total` messages over all pairs and waits until each is acked and delivered. Returns
    /// how long that took.
    ///
    /// # Errors
    /// [`Error::Startup`] with what the server did wrong.
    pub async fn run_count(&mut self, total: u64) -> Result<Duration> {
        let began = Instant::now();
        let control = RunControl::new(self.pairs.iter().map(Pair::wake).collect());
        let window = self.shape.window;
        let plan = Plan { measure_from: began, measure_to: None, window, schedule: None, control };
        let (_, failures) = self.start(plan, Some(total)).finish(self).await;
        let took = began.elapsed();
        if failures.is_empty() { Ok(took) } else { Err(Error::Startup(failures.join("; "))) }
    }

    /// Starts to send for a time.
    pub(super) fn run_for(&mut self, span: Span) -> Result<Run> {
        let began = Instant::now();
        let control = RunControl::new(self.pairs.iter().map(Pair::wake).collect());
        let pairs = u32::try_from(self.pairs.len()).expect("pairs are counted in 16 bits");
        let schedule = span.rate.map(|rate| Schedule { began, per_second: rate.into(), pairs });
        if let Some(schedule) = schedule {
            control.follow(schedule)?;
        }
        let measure_from = began + span.warmup;
        let measure_to = Some(measure_from + span.duration);
        let window = self.shape.window;
        Ok(self.start(Plan { measure_from, measure_to, window, schedule, control }, None))
    }

    fn start(&mut self, plan: Plan, total: Option<u64>) -> Run {
        let count = self.pairs.len().max(1) as u64;
        let mut pairs = JoinSet::new();
        for (place, mut pair) in self.pairs.drain(..).enumerate() {
            let quota = total.map_or(u64::MAX, |total| {
                total / count + u64::from((place as u64) < total % count)
            });
            let plan = plan.clone();
            pairs.spawn(async move {
                let mut tally = Tally::new();
                let outcome = pair.run(&plan, quota, &mut tally).await;
                (place, pair, tally, outcome)
            });
        }
        Run { pairs, plan }
    }

    /// Connects another device of a recipient, which knows everything up to `since`.
    ///
    /// # Errors
    /// [`Error::Startup`] when it cannot connect.
    pub async fn catch_up(&self, pair: usize, since: Option<i64>) -> Result<CaughtUp> {
        let recipient = &self.people[pair * 2 + 1];
        let (_, caught_up) = Socket::open(&self.address, &recipient.token, since).await?;
        Ok(caught_up)
    }

    /// Times `count` pages of the chats' history on the server at `address`, whose last message is
    /// `newest`. Returns the median and the p99.
    ///
    /// # Errors
    /// [`Error::Startup`] when a page cannot be read.
    pub async fn time_pages(
        &self,
        address: &str,
        count: u32,
        newest: i64,
    ) -> Result<[Duration; 2]> {
        pages::time(address, &self.pairs, &self.people, count, newest).await
    }

    /// Pages through every chat and compares it with what was acked and delivered. Returns the
    /// number of messages, and a sentence for each difference.
    ///
    /// # Errors
    /// [`Error::Startup`] when the history cannot be read.
    pub async fn check_history(&self) -> Result<(u64, Vec<String>)> {
        self.check(Progress::hidden()).await
    }

    /// The same, with a progress bar.
    pub(super) async fn check(&self, progress: Progress) -> Result<(u64, Vec<String>)> {
        let sent = self.pairs.iter().map(|pair| pair.seqs().len() as u64).sum();
        let bar = progress.begin("Checking the history", sent);
        let text = text(self.shape.size);
        let senders = self.people.iter().step_by(2);
        let checking =
            self.pairs.iter().zip(senders).zip(0_u16..).map(|((pair, sender), number)| {
                check::compare(&self.address, number, pair, sender, &text, &bar)
            });
        let checked: Vec<_> = stream::iter(checking).buffered(2).try_collect().await?;
        bar.finish_and_clear();
        let found = checked.iter().map(|one| one.messages).sum();
        Ok((found, checked.into_iter().flat_map(|one| one.failures).collect()))
    }
}

impl Run {
    /// Stops sending, waits for unfinished messages, and puts the pairs back into `load`. Returns
    /// the sum of all tallies, and a sentence for each failure.
    pub(super) async fn end(mut self, load: &mut Load) -> (Tally, Vec<String>) {
        self.plan.control.enter(Phase::Ending);
        let mut ended = Vec::new();
        drop(timeout(GRACE, gather(&mut self.pairs, &mut ended)).await);
        self.plan.control.enter(Phase::Over);
        gather(&mut self.pairs, &mut ended).await;
        settle(ended, load)
    }

    /// Waits until every pair has finished its share.
    async fn finish(mut self, load: &mut Load) -> (Tally, Vec<String>) {
        let mut ended = Vec::new();
        gather(&mut self.pairs, &mut ended).await;
        // Ends the thread of the schedule, if there is one.
        self.plan.control.enter(Phase::Over);
        settle(ended, load)
    }
}

async fn gather(pairs: &mut JoinSet<Ended>, ended: &mut Vec<Ended>) {
    while let Some(pair) = pairs.join_next().await {
        ended.push(pair.expect("a pair does not panic"));
    }
}

/// Puts the pairs back in their order and adds up their tallies.
fn settle(mut ended: Vec<Ended>, load: &mut Load) -> (Tally, Vec<String>) {
    ended.sort_unstable_by_key(|(place, ..)| *place);
    let (mut sum, mut failures) = (Tally::new(), Vec::new());
    for (place, pair, tally, outcome) in ended {
        load.pairs.push(pair);
        sum.add(&tally);
        failures.extend(outcome.err().map(|why| format!("pair {place}: {why}")));
    }
    (sum, failures)
}

/// A text of `size` bytes that needs no escaping in JSON.
fn text(size: usize) -> String {
    "The early screening is sold out but half past seven still has seats "
        .chars()
        .cycle()
        .take(size)
        .collect()
}
