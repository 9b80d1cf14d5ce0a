//! Pictures, their headers first of all.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chaap::internals::feed_upload(bytes));
