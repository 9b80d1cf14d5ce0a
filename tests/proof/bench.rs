//! The tools of the proofs besides the kit: one proof at a time, seeded random numbers, sizes.

pub(crate) mod process;

use std::{
    io::Write,
    sync::{Mutex, MutexGuard, PoisonError},
    time::UNIX_EPOCH,
};

use serde_json::json;

use crate::kit::{PASSWORD, Program, User};

/// Held while a proof runs: each needs the machine for itself.
static TURN: Mutex<()> = Mutex::new(());

/// Runs a proof when no other proof runs.
pub(crate) fn alone(proof: impl Future<Output = ()>) {
    let _turn: MutexGuard<'_, ()> = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(proof);
}

/// Prints a line to the terminal, past the test harness.
pub(crate) fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "proof: {line}"));
}

/// Prints why a proof is skipped. With `CHAAP_PROOF=required`, as in `tests/run`, it fails instead.
pub(crate) fn skip(what: &str, why: &str) {
    let required = std::env::var("CHAAP_PROOF").is_ok_and(|value| value == "required");
    assert!(!required, "{what}: {why}, and CHAAP_PROOF=required");
    say(&format!("{what}: skipped, {why}"));
}

/// Registers users with a program and signs them in.
pub(crate) async fn register<const N: usize>(program: &Program, names: [&str; N]) -> [User; N] {
    let mut people = Vec::with_capacity(N);
    for name in names {
        let body = json!({ "username": name, "password": PASSWORD });
        let id = program.post("/register", &body).await.json()["id"].as_i64().unwrap();
        let reply = program.post("/login", &body).await.json();
        let token = reply["access_token"].as_str().unwrap().to_owned();
        people.push(User::of(&program.address, id, name, token));
    }
    people.try_into().ok().unwrap()
}

/// Raises the limit of descriptors for this process and its children. If that is not possible,
/// returns the limit as an error.
pub(crate) fn raise_descriptors(wanted: usize) -> Result<(), String> {
    let pid = std::process::id().to_string();
    let limit = format!("--nofile={wanted}:");
    let raised = std::process::Command::new("prlimit").args(["--pid", &pid, &limit]).output();
    if raised.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    Err(limits.lines().find(|line| line.starts_with("Max open files")).unwrap().to_owned())
}

/// A number from an environment variable, or the usual one.
pub(crate) fn count(variable: &str, usually: usize) -> usize {
    std::env::var(variable).map_or(usually, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not {text:?}"))
    })
}

/// Repeatable random numbers: the same seed gives the same numbers (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Seeded by `CHAAP_SEED`, else by the clock. Also returns the seed, for failure messages.
    pub(crate) fn from_environment() -> (Self, u64) {
        let seed = std::env::var("CHAAP_SEED").map_or_else(
            |_| u64::from(UNIX_EPOCH.elapsed().unwrap().subsec_nanos()),
            |text| {
                text.parse().unwrap_or_else(|_| panic!("CHAAP_SEED must be a number, not {text:?}"))
            },
        );
        (Self(seed), seed)
    }

    /// Independent dice with a seed from these.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 … `below` - 1.
    pub(crate) fn throw(&mut self, below: usize) -> usize {
        usize::try_from(self.next() % below as u64).unwrap()
    }
}
