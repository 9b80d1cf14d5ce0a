//! Repeatable random numbers.

use std::time::{SystemTime, UNIX_EPOCH};

/// A new seed every time, unless `CHAAP_SEED` sets it.
pub(crate) fn seed() -> u32 {
    if let Ok(asked) = std::env::var("CHAAP_SEED") {
        return asked.parse().expect("CHAAP_SEED must be a number");
    }
    #[expect(clippy::disallowed_methods, reason = "the clock is used as a seed, not as a time")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.subsec_nanos() / 2
}

/// Pseudo-random numbers from a seed (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of `0..end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % end
    }
}
