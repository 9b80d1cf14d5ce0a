//! Text frames of a socket, in both dialects.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chaap::internals::feed_frame(bytes));
