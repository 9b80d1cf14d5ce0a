//! All lanes together: connecting them, running them for a time or for a number of messages,
//! and comparing what they saw with the history.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{task::JoinSet, time::timeout};

use super::{
    check,
    lane::{Lane, Plan, Tally},
    pace::{Baton, Phase, Schedule},
    pages,
    people::{self, Person},
    progress::Progress,
    socket::{CaughtUp, Socket},
};
use crate::error::{Error, Result};

/// Lanes connecting at the same time.
const AT_ONCE: usize = 16;
/// How long answers may take after the last message was sent.
const GRACE: Duration = Duration::from_secs(20);

/// What kind of load.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Senders, each with a recipient of its own.
    pub pairs: u16,
    /// Connections of each recipient.
    pub fan_out: u32,
    /// Messages of each sender that may be unfinished.
    pub window: usize,
    /// Bytes of text.
    pub size: usize,
}

/// When a run ends by itself, and what of it is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) warmup: Duration,
    pub(super) duration: Duration,
    /// Messages per second over all lanes; none for the closed loop.
    pub(super) rate: Option<u32>,
}

/// Pairs of signed-in people with open sockets.
#[derive(Debug)]
pub struct Load {
    address: String,
    shape: Shape,
    /// Senders and recipients in turn.
    people: Vec<Person>,
    lanes: Vec<Lane>,
}

/// A lane after its run: its place, itself, what it did, and why it gave up if it did.
type Ended = (usize, Lane, Tally, Result<(), String>);

/// A run under way.
#[derive(Debug)]
pub(super) struct Run {
    lanes: JoinSet<Ended>,
    pub(super) plan: Plan,
}

impl Load {
    /// Makes the accounts and connects everybody.
    ///
    /// # Errors
    /// [`Error::Startup`] when the server does not play along.
    pub async fn connect(address: &str, shape: Shape) -> Result<Self> {
        let people = people::sign_up(address, usize::from(shape.pairs) * 2, Progress::hidden());
        Self::connect_people(address, shape, people.await?, Progress::hidden()).await
    }

    /// Connects people who have accounts.
    pub(super) async fn connect_people(
        address: &str,
        shape: Shape,
        people: Vec<Person>,
        progress: Progress,
    ) -> Result<Self> {
        let bar = progress.begin("Connecting pairs", u64::from(shape.pairs));
        let text = text(shape.size);
        let pairs = people.chunks_exact(2).zip(0_u16..);
        let connecting = pairs.map(|(pair, number)| {
            let (bar, text) = (&bar, &text);
            async move {
                let pair = [&pair[0], &pair[1]];
                let lane = Lane::connect(address, number, pair, shape.fan_out, text).await;
                bar.inc(1);
                lane
            }
        });
        let lanes = stream::iter(connecting).buffered(AT_ONCE).try_collect().await?;
        bar.finish_and_clear();
        Ok(Self { address: address.to_owned(), shape, people, lanes })
    }

    /// Sends `total` messages over all lanes, sees each through, and answers how long that took.
    ///
    /// # Errors
    /// [`Error::Startup`] naming what the server did wrong.
    pub async fn run_count(&mut self, total: u64) -> Result<Duration> {
        let began = Instant::now();
        let baton = Baton::new(self.lanes.iter().map(Lane::wake).collect());
        let window = self.shape.window;
        let plan = Plan { measure_from: began, measure_to: None, window, schedule: None, baton };
        let (_, failures) = self.start(plan, Some(total)).finish(self).await;
        let took = began.elapsed();
        if failures.is_empty() { Ok(took) } else { Err(Error::Startup(failures.join("; "))) }
    }

    /// Begins to send for a time.
    pub(super) fn run_for(&mut self, span: Span) -> Result<Run> {
        let began = Instant::now();
        let baton = Baton::new(self.lanes.iter().map(Lane::wake).collect());
        let lanes = u32::try_from(self.lanes.len()).expect("lanes are counted in 16 bits");
        let schedule = span.rate.map(|rate| Schedule { began, per_second: rate.into(), lanes });
        if let Some(schedule) = schedule {
            baton.keep(schedule)?;
        }
        let measure_from = began + span.warmup;
        let measure_to = Some(measure_from + span.duration);
        let window = self.shape.window;
        Ok(self.start(Plan { measure_from, measure_to, window, schedule, baton }, None))
    }

    fn start(&mut self, plan: Plan, total: Option<u64>) -> Run {
        let count = self.lanes.len().max(1) as u64;
        let mut lanes = JoinSet::new();
        for (place, mut lane) in self.lanes.drain(..).enumerate() {
            let quota = total.map_or(u64::MAX, |total| {
                total / count + u64::from((place as u64) < total % count)
            });
            let plan = plan.clone();
            lanes.spawn(async move {
                let mut tally = Tally::new();
                let outcome = lane.run(&plan, quota, &mut tally).await;
                (place, lane, tally, outcome)
            });
        }
        Run { lanes, plan }
    }

    /// Signs a recipient's further device in, which knows everything up to `since`.
    ///
    /// # Errors
    /// [`Error::Startup`] when it cannot connect.
    pub async fn catch_up(&self, pair: usize, since: Option<i64>) -> Result<CaughtUp> {
        let recipient = &self.people[pair * 2 + 1];
        let (_, caught_up) = Socket::open(&self.address, &recipient.token, since).await?;
        Ok(caught_up)
    }

    /// Times `count` pages of the chats' history at the server now at `address`, whose last
    /// message is `newest`: median and p99.
    ///
    /// # Errors
    /// [`Error::Startup`] when a page cannot be read.
    pub async fn time_pages(
        &self,
        address: &str,
        count: u32,
        newest: i64,
    ) -> Result<[Duration; 2]> {
        pages::time(address, &self.lanes, &self.people, count, newest).await
    }

    /// Pages through every chat and compares it with what was acked and delivered. Answers how
    /// many messages there are, and a sentence for whatever does not agree.
    ///
    /// # Errors
    /// [`Error::Startup`] when the history cannot be read.
    pub async fn check_history(&self) -> Result<(u64, Vec<String>)> {
        self.check(Progress::hidden()).await
    }

    /// The same, with a bar.
    pub(super) async fn check(&self, progress: Progress) -> Result<(u64, Vec<String>)> {
        let sent = self.lanes.iter().map(|lane| lane.seqs().len() as u64).sum();
        let bar = progress.begin("Checking the history", sent);
        let text = text(self.shape.size);
        let senders = self.people.iter().step_by(2);
        let checking =
            self.lanes.iter().zip(senders).zip(0_u16..).map(|((lane, sender), number)| {
                check::compare(&self.address, number, lane, sender, &text, &bar)
            });
        let checked: Vec<_> = stream::iter(checking).buffered(2).try_collect().await?;
        bar.finish_and_clear();
        let found = checked.iter().map(|one| one.messages).sum();
        Ok((found, checked.into_iter().flat_map(|one| one.failures).collect()))
    }
}

impl Run {
    /// Stops sending, waits for what is under way, and gives the lanes back. Answers all
    /// tallies as one, and a sentence for whatever went wrong.
    pub(super) async fn end(mut self, load: &mut Load) -> (Tally, Vec<String>) {
        self.plan.baton.enter(Phase::Ending);
        let mut ended = Vec::new();
        drop(timeout(GRACE, gather(&mut self.lanes, &mut ended)).await);
        self.plan.baton.enter(Phase::Over);
        gather(&mut self.lanes, &mut ended).await;
        settle(ended, load)
    }

    /// Waits until every lane has sent its share.
    async fn finish(mut self, load: &mut Load) -> (Tally, Vec<String>) {
        let mut ended = Vec::new();
        gather(&mut self.lanes, &mut ended).await;
        // Ends the thread that keeps the pace, if there is one.
        self.plan.baton.enter(Phase::Over);
        settle(ended, load)
    }
}

async fn gather(lanes: &mut JoinSet<Ended>, ended: &mut Vec<Ended>) {
    while let Some(lane) = lanes.join_next().await {
        ended.push(lane.expect("a lane does not panic"));
    }
}

/// Puts the lanes back into their places and adds up what they did.
fn settle(mut ended: Vec<Ended>, load: &mut Load) -> (Tally, Vec<String>) {
    ended.sort_unstable_by_key(|(place, ..)| *place);
    let (mut sum, mut failures) = (Tally::new(), Vec::new());
    for (place, lane, tally, outcome) in ended {
        load.lanes.push(lane);
        sum.add(&tally);
        failures.extend(outcome.err().map(|why| format!("pair {place}: {why}")));
    }
    (sum, failures)
}

/// What people write is plain; so that a text needs no escaping, it has letters only.
fn text(size: usize) -> String {
    "The early screening is sold out but half past seven still has seats "
        .chars()
        .cycle()
        .take(size)
        .collect()
}
