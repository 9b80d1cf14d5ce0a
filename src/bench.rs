//! `chaap bench`: a load test against a running Chaap, or against one of its own.
//!
//! It is a client: it uses the wire contract and nothing else of the server. It is part of this
//! crate so that every Chaap contains it. Its own cost matters, because it usually shares the
//! machine with the server: one task per pair of users or group, frames made by copying, and a `cid` that
//! says which message an answer is about.
//!
//! Imports point down this list: `target` and `idle` start and fill the server, `load` runs many
//! `pair`s or `group`s, `report` shows what they measured; the rest are tools.

mod check;
mod cid;
mod disk;
mod fields;
mod frames;
mod group;
mod http;
mod idle;
mod latencies;
mod load;
mod members;
mod observer;
mod options;
mod pages;
mod pair;
mod people;
mod plan;
mod process;
mod progress;
mod ready;
mod receipts;
mod recipients;
mod reconnect;
mod report;
mod run_control;
mod sent;
mod shape;
mod socket;
mod sockets;
mod talk;
mod target;
mod upgrade;

use std::{
    io::Write,
    time::{Duration, Instant},
};

use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use self::{
    disk::Disk,
    idle::IdleConnections,
    plan::Tally,
    progress::Progress,
    receipts::Receipts,
    report::{Idle, Messages, Reading, Reconnection, Report, Settings, Usage},
    target::Target,
};
pub use self::{
    load::Load,
    options::LoadTest,
    process::Process,
    shape::{Shape, Talks},
    socket::CaughtUp,
    target::PrivateServer,
};
use crate::error::{Error, Result};

/// How long to wait after the last connection has closed before the server's memory is read.
const AFTERMATH: Duration = Duration::from_secs(5);

/// Runs a load test and prints its report. When `interrupt` completes for the first time, the load
/// ends early and its results so far are reported. The second time, the check of the history is
/// left out too.
///
/// # Errors
/// [`Error::Startup`] when the test cannot run, or, after the report, when the server broke a
/// promise.
pub async fn run(options: LoadTest, mut interrupt: impl AsyncFnMut()) -> Result<()> {
    let (end_early, give_up) = (CancellationToken::new(), CancellationToken::new());
    let listening = async {
        interrupt().await;
        end_early.cancel();
        interrupt().await;
        give_up.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        outcome = run_test(&options, &end_early, &give_up) => outcome,
        () = listening => unreachable!("listening never ends"),
    }
}

async fn run_test(
    options: &LoadTest,
    end_early: &CancellationToken,
    give_up: &CancellationToken,
) -> Result<()> {
    let mut test = tokio::select! {
        test = Test::prepare(options) => test?,
        () = end_early.cancelled() => return Err(too_early()),
    };
    let measured = test.measure(options, end_early).await?;
    let report = test.conclude(options, measured, give_up).await?;
    print(&report, options.json);
    match report.failures.as_slice() {
        [] => Ok(()),
        [only] => Err(Error::Startup(format!("the load test failed: {only}"))),
        [first, ..] => Err(Error::Startup(format!(
            "the load test found {} failures, the first: {first}",
            report.failures.len()
        ))),
    }
}

/// Everything that a load needs before it begins.
struct Test {
    target: Target,
    disk: Option<Disk>,
    load: Load,
    idle: Option<IdleConnections>,
    rss_bytes_start: Option<u64>,
    rss_bytes_connected: Option<u64>,
    progress: Progress,
}

/// The server's counters at one moment.
#[derive(Clone, Copy)]
struct Counters {
    cpu: Option<Duration>,
    commits: Option<u64>,
}

/// The results of a load before its history is checked.
struct Measured {
    tally: Tally,
    seconds: f64,
    cpu_us: Option<f64>,
    commits: Option<f64>,
    rss_bytes_loaded: Option<u64>,
    receipts: Receipts,
    failures: Vec<String>,
}

impl Test {
    /// Starts or finds the server, makes the accounts and opens all connections.
    async fn prepare(options: &LoadTest) -> Result<Self> {
        let progress = Progress::on_terminal();
        let mut target = Target::open(options).await?;
        let disk = target.own.as_ref().map(|own| disk::probe(&own.data())).transpose()?;
        let talking = options.talks().people();
        let waiting = options.connections.div_ceil(idle::PER_USER) as usize;
        let mut people = people::sign_up(&target.address, talking + waiting, progress).await?;
        target.restart()?;
        let rss_bytes_start = target.rss_bytes();
        let waiting = people.split_off(talking);
        let idle = match options.connections {
            0 => None,
            count => Some(IdleConnections::open(&target, &waiting, count, progress).await?),
        };
        let shape = options.shape();
        let load = Load::connect_people(&target.address, shape, people, progress).await?;
        let rss_bytes_connected = target.rss_bytes();
        Ok(Self { target, disk, load, idle, rss_bytes_start, rss_bytes_connected, progress })
    }

    /// Runs the load for its time, or until `end_early` is cancelled.
    async fn measure(
        &mut self,
        options: &LoadTest,
        end_early: &CancellationToken,
    ) -> Result<Measured> {
        let run = self.load.run_for(options.span())?;
        let (from, to) = (run.plan.measure_from, run.plan.measure_from + options.duration());
        let bar = self.progress.begin("Measuring", u64::from(options.warmup + options.duration));
        wait(from, &bar, end_early).await;
        let before = self.read().await;
        wait(to, &bar, end_early).await;
        let measured = Instant::now().min(to).saturating_duration_since(from);
        let after = self.read().await;
        let rss_bytes_loaded = self.target.rss_bytes();
        bar.finish_and_clear();
        let (tally, mut failures) = run.end(&mut self.load).await;
        if measured.is_zero() {
            return Err(too_early());
        }
        // A group that has failed may still have messages on their way.
        let receipts = if failures.is_empty() {
            let (receipts, unread) = self.load.read_all().await;
            failures.extend(unread);
            receipts
        } else {
            Receipts::default()
        };
        let cpu = before.cpu.zip(after.cpu).map(|(before, after)| after.saturating_sub(before));
        let commits = before.commits.zip(after.commits);
        Ok(Measured {
            tally,
            seconds: measured.as_secs_f64(),
            cpu_us: cpu.map(|cpu| cpu.as_secs_f64() * 1e6),
            commits: commits.map(|(before, after)| float(after.saturating_sub(before))),
            rss_bytes_loaded,
            receipts,
            failures,
        })
    }

    async fn read(&self) -> Counters {
        let commits = self.target.commits().await;
        Counters { cpu: self.target.cpu(), commits }
    }

    /// Compares the load with the history, closes all connections, and makes the report.
    async fn conclude(
        mut self,
        options: &LoadTest,
        measured: Measured,
        give_up: &CancellationToken,
    ) -> Result<Report> {
        let Measured { tally, seconds, cpu_us, commits, .. } = measured;
        let (rss_bytes_loaded, mut failures) = (measured.rss_bytes_loaded, measured.failures);
        let talks = options.talks().count();
        // While messages are sent, the CPU time of the idle connections cannot be told apart.
        let idle_cpu_us = cpu_us.filter(|_| talks == 0).map(|cpu| cpu / seconds);
        let idle = self.idle.take().map(|idle| idle.describe(idle_cpu_us));
        failures.extend(idle.as_ref().and_then(Idle::failure));
        let (in_history, disagreements) = tokio::select! {
            checked = self.load.check(self.progress) => checked?,
            () = give_up.cancelled() => (0, vec![String::from("the history was not checked")]),
        };
        failures.extend(disagreements);
        let devices = self.load.into_devices();
        if idle.is_some() {
            sleep(AFTERMATH).await;
        }
        let rss_bytes_after = self.target.rss_bytes();
        let reconnection = if options.reconnect && failures.is_empty() {
            let start = self.target.restart()?;
            let came = reconnect::measure(&self.target.address, devices, self.progress).await?;
            Some(Reconnection::of(start, came))
        } else {
            None
        };
        let address = self.target.address.clone();
        let server = self.target.process.map(|_| Usage {
            rss_bytes_start: self.rss_bytes_start,
            rss_bytes_connected: self.rss_bytes_connected,
            rss_bytes_loaded,
            rss_bytes_after,
            cpu_us_per_message: cpu_us.and_then(|cpu| ratio(cpu, float(tally.finished))),
            cpu_us_per_delivery: cpu_us.and_then(|cpu| ratio(cpu, float(tally.deliveries))),
        });
        Ok(Report {
            version: env!("CARGO_PKG_VERSION"),
            url: format!("http://{address}"),
            own_server: self.target.own.is_some(),
            settings: Settings::of(options),
            messages: (talks > 0).then(|| Messages {
                commits_per_second: commits.map(|commits| commits / seconds),
                per_commit: commits.and_then(|commits| ratio(float(tally.finished), commits)),
                ..Messages::of(&tally, seconds, in_history)
            }),
            reading: options.group.map(|_| Reading::of(&measured.receipts)),
            reconnection,
            idle,
            server,
            disk: self.disk,
            failures,
        })
    }
}

fn too_early() -> Error {
    Error::Startup(String::from("the load test was interrupted before it measured anything"))
}

/// Waits until `end` or until `end_early` is cancelled, and moves the bar on meanwhile.
async fn wait(end: Instant, bar: &indicatif::ProgressBar, end_early: &CancellationToken) {
    const STEP: Duration = Duration::from_secs(1);
    while !end_early.is_cancelled() && Instant::now() < end {
        let next = end.min(Instant::now() + STEP);
        tokio::select! {
            () = sleep_until(next.into()) => bar.inc(1),
            () = end_early.cancelled() => {}
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

fn ratio(all: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| all / of)
}

fn print(report: &Report, json: bool) {
    let text = if json {
        serde_json::to_string_pretty(report).expect("a report is plain structs") + "\n"
    } else {
        report.to_string()
    };
    // When standard output is closed, the exit code still says how the test went.
    drop(std::io::stdout().write_all(text.as_bytes()));
}
