//! Query strings.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chaap::internals::feed_query(bytes));
