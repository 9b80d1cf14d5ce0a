//! How long pages of history take in a large database.

use std::time::{Duration, Instant};

use super::{http::Http, lane::Lane, people::Person, report};
use crate::error::Result;

/// Messages in a page, as the browser asks for them.
const PAGE: u32 = 50;

/// Asks for `count` pages one after the other, at places all over the chats of `lanes` up to the
/// message `newest`. Answers median and p99.
///
/// # Errors
/// [`crate::Error::Startup`] when a page cannot be read.
pub(super) async fn time(
    address: &str,
    lanes: &[Lane],
    people: &[Person],
    count: u32,
    newest: i64,
) -> Result<[Duration; 2]> {
    /// Spreads the places evenly without repeating them: the golden ratio's fraction of 2^32.
    const STRIDE: u32 = 2_654_435_769;
    let mut http = Http::connect(address).await?;
    let mut times = report::histogram();
    let senders = people.iter().step_by(2);
    let mut chats = lanes.iter().zip(senders).cycle();
    for turn in 0..count {
        let Some((lane, sender)) = chats.next() else { break };
        let Some(chat) = lane.chat_id() else { continue };
        let before = newest * i64::from(turn.wrapping_mul(STRIDE)) / i64::from(u32::MAX) + 1;
        let path = format!("/api/chats/{chat}/messages?before={before}&limit={PAGE}");
        let began = Instant::now();
        http.get::<serde::de::IgnoredAny>(&path, &sender.token).await?;
        report::record(&mut times, began.elapsed());
    }
    Ok([0.5, 0.99].map(|quantile| Duration::from_micros(times.value_at_quantile(quantile))))
}
