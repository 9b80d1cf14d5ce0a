//! One account, or a stranger without one, asks for as much as a few connections can carry. Others
//! go on as if nothing happened: their texts, their requests and their sign-ins.
//!
//! As in `storms`, a second server that is spared is measured at the same time in the same way. It
//! shows the load of the machine; what the abused server has beyond that is the abuse. The ratios
//! are printed. The assertions allow more, because the machine may be busy.
//!
//! With `CHAAP_ABUSE=SECONDS` each abuse lasts longer, which gives steadier numbers.

mod attacks;
mod crowd;
mod requests;
mod scene;

use std::time::Duration;

use tokio::time::Instant;

use self::{attacks::Attack, crowd::Times, scene::Scene};
use crate::bench::{alone, count, raise_descriptors, say, skip};

/// How much the memory may grow in one abuse: what a server with limits needs for its buffers.
const GROWTH_KIB_MAX: usize = 64 * 1024;
/// A sign-in that takes longer is one that people give up.
const SIGN_IN_MAX: Duration = Duration::from_secs(10);

#[test]
fn one_account_that_asks_for_too_much_hardly_affects_others() {
    let seconds = count("CHAAP_ABUSE", 2);
    alone(async {
        if let Err(limit) = raise_descriptors(6_000) {
            return skip("abuse", &format!("there are too few descriptors ({limit})"));
        }
        let (abused, spared) = tokio::join!(Scene::new("abused"), Scene::new("spared"));
        let only = std::env::var("CHAAP_ABUSE_ONLY").ok();
        let attacks = Attack::ALL
            .iter()
            .filter(|attack| only.as_ref().is_none_or(|only| format!("{attack:?}") == *only));
        let mut failures = Vec::new();
        for attack in attacks {
            let before = abused.process.memory_kib();
            abused.process.reset_memory_peak();
            let until = Instant::now() + Duration::from_secs(seconds as u64);
            let (outcome, harmed, unharmed) = tokio::join!(
                attack.run(&abused, until),
                abused.crowd.watch(until, attack.is_about_sign_in()),
                spared.crowd.watch(until, attack.is_about_sign_in()),
            );
            let growth = abused.process.memory_peak_kib().saturating_sub(before) / 1024;
            say(&format!("{attack:?}: {outcome}; memory at most +{growth} MiB"));
            for (what, harmed, unharmed) in [
                ("texts", &harmed.texts, &unharmed.texts),
                ("requests", &harmed.requests, &unharmed.requests),
                ("sign-ins", &harmed.sign_ins, &unharmed.sign_ins),
            ] {
                if unharmed.is_empty() {
                    continue;
                }
                say(&format!("  {what}: {}", harmed.beside(unharmed)));
                let (allowed, seen) =
                    (3 * unharmed.p50() + Duration::from_millis(60), harmed.p50());
                if seen > allowed {
                    failures.push(format!("{attack:?}: {what} took {seen:.1?}"));
                }
            }
            let slowest = harmed.sign_ins.slowest();
            if slowest > SIGN_IN_MAX {
                failures.push(format!("{attack:?}: a sign-in took {slowest:.1?}"));
            }
            for refused in &harmed.refused {
                failures.push(format!("{attack:?}: refused {refused}"));
            }
            if *attack == Attack::SlowUploads && !outcome.contains("200") {
                failures.push(format!("{attack:?}: {outcome}"));
            }
            if growth * 1024 > GROWTH_KIB_MAX {
                failures.push(format!("{attack:?}: memory grew by {growth} MiB"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        for scene in [abused, spared] {
            assert_eq!(scene.program.get("/readyz").await.status, 200);
        }
    });
}

#[test]
fn times_are_sorted_and_compared() {
    let times =
        |millis: &[u64]| -> Times { millis.iter().map(|n| Duration::from_millis(*n)).collect() };
    let (harmed, unharmed) = (times(&[9, 2, 4]), times(&[1, 2, 3]));
    assert_eq!(harmed.p50(), Duration::from_millis(4));
    assert_eq!(harmed.slowest(), Duration::from_millis(9));
    assert!(harmed.beside(&unharmed).contains("2.00x"), "{}", harmed.beside(&unharmed));
}
