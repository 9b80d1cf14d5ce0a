//! All pairs or groups together: connects them, runs them for a time or a number of messages, and
//! compares what they received with the history.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    check,
    group::Group,
    observer::Observer,
    pages,
    pair::Pair,
    people::{self, Person},
    plan::{Plan, Tally},
    progress::Progress,
    receipts::Receipts,
    run_control::{Phase, RunControl, Schedule},
    shape::{Shape, Span, Talks},
    socket::{CaughtUp, Socket},
    talk::Talk,
};
use crate::error::{Error, Result};

/// Pairs or groups that connect at the same time.
const AT_ONCE: usize = 16;
/// How long the last answers may take after the last message was sent.
const GRACE: Duration = Duration::from_secs(20);

/// Pairs or groups of signed-in people with open sockets.
#[derive(Debug)]
pub struct Load {
    address: String,
    shape: Shape,
    /// Those of each pair or group in turn; a sender is the first of a pair.
    people: Vec<Person>,
    talks: Vec<Talk>,
    /// It serves the first [`Talks::observed`] groups.
    observer: Option<Observer>,
}

/// A pair or group after its run: its position, itself, its tally, and the reason if it gave up.
type Ended = (usize, Talk, Tally, Result<(), String>);

/// A run that has not ended.
#[derive(Debug)]
pub(super) struct Run {
    talks: JoinSet<Ended>,
    pub(super) plan: Plan,
}

impl Load {
    /// Makes the accounts and connects all pairs or groups.
    ///
    /// # Errors
    /// [`Error::Startup`] when the server refuses.
    pub async fn connect(address: &str, shape: Shape) -> Result<Self> {
        let people = people::sign_up(address, shape.talks.people(), Progress::hidden());
        Self::connect_people(address, shape, people.await?, Progress::hidden()).await
    }

    /// Connects pairs or groups of people who have accounts.
    pub(super) async fn connect_people(
        address: &str,
        shape: Shape,
        people: Vec<Person>,
        progress: Progress,
    ) -> Result<Self> {
        let observer = match shape.talks.observed() {
            0 => None,
            _ => Some(Observer::start()?),
        };
        let talks = match shape.talks {
            Talks::Pairs { fan_out, .. } => {
                connect_pairs(address, shape, fan_out, &people, progress).await?
            }
            Talks::Groups { .. } => {
                connect_groups(address, shape, &people, observer.as_ref(), progress).await?
            }
        };
        Ok(Self { address: address.to_owned(), shape, people, talks, observer })
    }

    /// Sends `total` messages over all pairs and waits until each is acked and delivered. Returns
    /// how long that took.
    ///
    /// # Errors
    /// [`Error::Startup`] with what the server did wrong.
    pub async fn run_count(&mut self, total: u64) -> Result<Duration> {
        let began = Instant::now();
        let control = RunControl::new(self.talks.iter().map(Talk::wake).collect());
        let window = self.shape.window;
        let plan = Plan { measure_from: began, measure_to: None, window, schedule: None, control };
        let (_, failures) = self.start(plan, Some(total)).finish(self).await;
        let took = began.elapsed();
        if failures.is_empty() { Ok(took) } else { Err(Error::Startup(failures.join("; "))) }
    }

    /// Starts to send for a time.
    pub(super) fn run_for(&mut self, span: Span) -> Result<Run> {
        let began = Instant::now();
        let control = RunControl::new(self.talks.iter().map(Talk::wake).collect());
        let talks = self.shape.talks.count().into();
        let schedule = span.rate.map(|rate| Schedule { began, per_second: rate.into(), talks });
        if let Some(schedule) = schedule {
            control.follow(schedule)?;
        }
        let measure_from = began + span.warmup;
        let measure_to = Some(measure_from + span.duration);
        let window = self.shape.window;
        Ok(self.start(Plan { measure_from, measure_to, window, schedule, control }, None))
    }

    fn start(&mut self, plan: Plan, total: Option<u64>) -> Run {
        let count = self.talks.len().max(1) as u64;
        let mut talks = JoinSet::new();
        for (place, mut talk) in self.talks.drain(..).enumerate() {
            let quota = total.map_or(u64::MAX, |total| {
                total / count + u64::from((place as u64) < total % count)
            });
            let plan = plan.clone();
            let running = async move {
                let mut tally = Tally::new();
                let outcome = talk.run(&plan, quota, &mut tally).await;
                (place, talk, tally, outcome)
            };
            match &self.observer {
                Some(observer) if place < self.shape.talks.observed() => {
                    talks.spawn_on(running, observer.runtime());
                }
                _ => drop(talks.spawn(running)),
            }
        }
        Run { talks, plan }
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
        pages::time(address, &self.talks, self.readers(), count, newest).await
    }

    /// One person of each pair or group.
    fn readers(&self) -> impl Iterator<Item = &Person> + Clone {
        self.people.iter().step_by(self.shape.talks.people_each())
    }

    /// All members of all groups read everything at once; see [`Group::read_all`]. Also returns a
    /// sentence for each failure.
    pub(super) async fn read_all(&mut self) -> (Receipts, Vec<String>) {
        let mut reading = JoinSet::new();
        for (place, mut talk) in self.talks.drain(..).enumerate() {
            reading.spawn(async move {
                let read = match &mut talk {
                    Talk::Pair(_) => Ok(Receipts::default()),
                    Talk::Group(group) => group.read_all().await,
                };
                (place, talk, read)
            });
        }
        let mut read = reading.join_all().await;
        read.sort_unstable_by_key(|(place, ..)| *place);
        let (mut sum, mut failures) = (Receipts::default(), Vec::new());
        for (place, talk, receipts) in read {
            self.talks.push(talk);
            match receipts {
                Ok(receipts) => sum.add(&receipts),
                Err(why) => failures.push(format!("group {place}: {why}")),
            }
        }
        (sum, failures)
    }

    /// Each member of a group, and the revision up to which a device of theirs that missed the
    /// group's last message knows everything.
    pub(super) fn into_devices(self) -> Vec<(Person, i64)> {
        let each = self.shape.talks.people_each();
        let since = self.talks.iter().map(|talk| match talk {
            Talk::Pair(_) => 0,
            Talk::Group(group) => group.revision_before_last(),
        });
        let since: Vec<i64> = since.collect();
        let since = since.into_iter().flat_map(|since| std::iter::repeat_n(since, each));
        self.people.into_iter().zip(since).collect()
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
        let sent = self.talks.iter().map(|talk| talk.seqs().len() as u64).sum();
        let bar = progress.begin("Checking the history", sent);
        let text = text(self.shape.size);
        let checking =
            self.talks.iter().zip(self.readers()).zip(0_u16..).map(|((talk, reader), number)| {
                check::compare(&self.address, number, talk, reader, &text, &bar)
            });
        let checked: Vec<_> = stream::iter(checking).buffered(2).try_collect().await?;
        bar.finish_and_clear();
        let found = checked.iter().map(|one| one.messages).sum();
        Ok((found, checked.into_iter().flat_map(|one| one.failures).collect()))
    }
}

impl Run {
    /// Stops sending, waits for unfinished messages, and puts the pairs or groups back into `load`. Returns
    /// the sum of all tallies, and a sentence for each failure.
    pub(super) async fn end(mut self, load: &mut Load) -> (Tally, Vec<String>) {
        self.plan.control.enter(Phase::Ending);
        let mut ended = Vec::new();
        drop(timeout(GRACE, gather(&mut self.talks, &mut ended)).await);
        self.plan.control.enter(Phase::Over);
        gather(&mut self.talks, &mut ended).await;
        settle(ended, load)
    }

    /// Waits until every pair or group has finished its share.
    async fn finish(mut self, load: &mut Load) -> (Tally, Vec<String>) {
        let mut ended = Vec::new();
        gather(&mut self.talks, &mut ended).await;
        // Ends the thread of the schedule, if there is one.
        self.plan.control.enter(Phase::Over);
        settle(ended, load)
    }
}

async fn connect_pairs(
    address: &str,
    shape: Shape,
    fan_out: u32,
    people: &[Person],
    progress: Progress,
) -> Result<Vec<Talk>> {
    let bar = progress.begin("Connecting pairs", u64::from(shape.talks.count()));
    let text = text(shape.size);
    let connecting = people.chunks_exact(2).zip(0_u16..).map(|(two, number)| {
        let (bar, text) = (&bar, &text);
        async move {
            let two = [&two[0], &two[1]];
            let pair = Pair::connect(address, number, two, fan_out, text).await;
            bar.inc(1);
            pair.map(|pair| Talk::Pair(Box::new(pair)))
        }
    });
    let pairs = stream::iter(connecting).buffered(AT_ONCE).try_collect().await;
    bar.finish_and_clear();
    pairs
}

async fn connect_groups(
    address: &str,
    shape: Shape,
    people: &[Person],
    observer: Option<&Observer>,
    progress: Progress,
) -> Result<Vec<Talk>> {
    let bar = progress.begin("Connecting groups", u64::from(shape.talks.count()));
    let (text, writers) = (text(shape.size), shape.talks.writers());
    let all_here = CancellationToken::new();
    let mut waiting = Vec::new();
    for (people, number) in people.chunks_exact(shape.talks.people_each()).zip(0_u16..) {
        let (address, people, text) = (address.to_owned(), people.to_vec(), text.clone());
        let connecting =
            async move { Group::connect(&address, number, &people, writers, &text).await };
        let group = match observer {
            Some(observer) if usize::from(number) < shape.talks.observed() => {
                observer.spawn(connecting).await.expect("a group does not panic")?
            }
            _ => connecting.await?,
        };
        waiting.push(tokio::spawn(group.idle_until(all_here.clone())));
        bar.inc(1);
    }
    bar.finish_and_clear();
    all_here.cancel();
    let mut groups = Vec::new();
    for group in waiting {
        let group = group.await.expect("a group does not panic")?;
        groups.push(Talk::Group(Box::new(group)));
    }
    Ok(groups)
}

async fn gather(talks: &mut JoinSet<Ended>, ended: &mut Vec<Ended>) {
    while let Some(talk) = talks.join_next().await {
        ended.push(talk.expect("a pair or group does not panic"));
    }
}

/// Puts the pairs or groups back in their order and adds up their tallies.
fn settle(mut ended: Vec<Ended>, load: &mut Load) -> (Tally, Vec<String>) {
    ended.sort_unstable_by_key(|(place, ..)| *place);
    let (mut sum, mut failures) = (Tally::new(), Vec::new());
    for (place, talk, tally, outcome) in ended {
        failures.extend(outcome.err().map(|why| format!("{} {place}: {why}", talk.kind())));
        load.talks.push(talk);
        if place < load.shape.talks.observed() {
            sum.add_observed(&tally);
        } else {
            sum.add(&tally);
        }
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
