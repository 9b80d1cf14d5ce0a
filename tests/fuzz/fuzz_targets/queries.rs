//! Query strings.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chaap::inside::feed_query(bytes));
