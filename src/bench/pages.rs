//! Times pages of history in a large database.

use std::time::{Duration, Instant};

use super::{http::Http, latencies, people::Person, talk::Talk};
use crate::error::Result;

/// Messages in a page: as many as the browser asks for.
const PAGE: u32 = 50;

/// Asks for `count` pages one after the other, spread over the chats up to the message
/// `newest`. Returns the median and the p99.
///
/// # Errors
/// [`crate::Error::Startup`] when a page cannot be read.
pub(super) async fn time(
    address: &str,
    talks: &[Talk],
    readers: impl Iterator<Item = &Person> + Clone,
    count: u32,
    newest: i64,
) -> Result<[Duration; 2]> {
    /// 2^32 divided by the golden ratio: multiples of it are spread evenly and never repeat.
    const STRIDE: u32 = 2_654_435_769;
    let mut http = Http::connect(address).await?;
    let mut times = latencies::new_histogram();
    let mut chats = talks.iter().zip(readers).cycle();
    for turn in 0..count {
        let Some((talk, reader)) = chats.next() else { break };
        let Some(chat) = talk.chat_id() else { continue };
        let before = newest * i64::from(turn.wrapping_mul(STRIDE)) / i64::from(u32::MAX) + 1;
        let path = format!("/api/chats/{chat}/messages?before={before}&limit={PAGE}");
        let began = Instant::now();
        http.get::<serde::de::IgnoredAny>(&path, &reader.token).await?;
        latencies::record(&mut times, began.elapsed());
    }
    Ok([0.5, 0.99].map(|quantile| Duration::from_micros(times.value_at_quantile(quantile))))
}
