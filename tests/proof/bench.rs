//! What the proofs stand on beside the kit: turns, chance with a seed, and how much of each.

pub(crate) mod process;

use std::{
    io::Write,
    sync::{Mutex, MutexGuard, PoisonError},
    time::UNIX_EPOCH,
};

use serde_json::json;

use crate::kit::{PASSWORD, Program, User};

/// One proof at a time: each wants the machine for itself.
static TURN: Mutex<()> = Mutex::new(());

/// Runs a proof when no other does.
pub(crate) fn alone(proof: impl Future<Output = ()>) {
    let _turn: MutexGuard<'_, ()> = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(proof);
}

/// Says something on the terminal that the test harness must not swallow.
pub(crate) fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "proof: {line}"));
}

/// Says why a proof does not run here. With `CHAAP_PROOF=required` (`tests/run`) that is a failure.
pub(crate) fn skip(what: &str, why: &str) {
    let required = std::env::var("CHAAP_PROOF").is_ok_and(|value| value == "required");
    assert!(!required, "{what}: {why}, and CHAAP_PROOF=required");
    say(&format!("{what}: skipped, {why}"));
}

/// Registers people with a program and signs them in.
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

/// How many, unless the environment says otherwise.
pub(crate) fn count(variable: &str, usually: usize) -> usize {
    std::env::var(variable).map_or(usually, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}"))
    })
}

/// Chance that can be repeated: the same seed, the same throws (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// From `CHAAP_SEED`, else from the clock; the seed is for the message of a failure.
    pub(crate) fn from_environment() -> (Self, u64) {
        let seed = std::env::var("CHAAP_SEED").map_or_else(
            |_| u64::from(UNIX_EPOCH.elapsed().unwrap().subsec_nanos()),
            |text| text.parse().unwrap_or_else(|_| panic!("CHAAP_SEED is a number, not {text:?}")),
        );
        (Self(seed), seed)
    }

    /// Dice of their own for somebody else.
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
