//! Chance that can be repeated.

use std::time::{SystemTime, UNIX_EPOCH};

/// Another one every time, unless `CHAAP_SEED` asks for one.
pub(crate) fn seed() -> u32 {
    if let Ok(asked) = std::env::var("CHAAP_SEED") {
        return asked.parse().expect("CHAAP_SEED is a number");
    }
    #[expect(clippy::disallowed_methods, reason = "a seed is no time")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.subsec_nanos() / 2
}

/// Numbers that look random and follow from the seed (splitmix64).
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
