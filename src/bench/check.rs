//! Compares the history of a chat, page by page, with what its sockets received.

use indicatif::ProgressBar;
use serde::{Deserialize, de::IgnoredAny};

use super::{cid, http::Http, people::Person, talk::Talk};
use crate::error::Result;

/// The largest page that a server gives.
const PAGE: usize = 200;

/// The result for one chat.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) messages: u64,
    pub(super) failures: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Kept>,
    more: bool,
}

#[derive(Deserialize)]
struct Kept {
    id: i64,
    seq: u32,
    content: String,
    #[serde(default)]
    cid: Option<String>,
    /// A line that the server wrote, such as who made a group.
    #[serde(default)]
    event: Option<IgnoredAny>,
}

/// Reads the whole chat of a pair or a group with the token of one of its people.
///
/// # Errors
/// [`crate::Error::Startup`] when it cannot be read.
pub(super) async fn compare(
    address: &str,
    number: u16,
    talk: &Talk,
    reader: &Person,
    text: &str,
    bar: &ProgressBar,
) -> Result<Checked> {
    let Some(chat) = talk.chat_id() else { return Ok(Checked::default()) };
    let mut http = Http::connect(address).await?;
    let mut history = History::new((talk.kind(), number), talk.seqs(), text);
    let mut after = 0;
    loop {
        let path = format!("/api/chats/{chat}/messages?after={after}&limit={PAGE}");
        let page: Page = http.get(&path, &reader.token).await?;
        for message in &page.messages {
            history.take(message);
            after = message.id;
        }
        bar.inc(page.messages.len() as u64);
        // An empty page with `more` would lead to an endless loop.
        if !page.more || page.messages.is_empty() {
            return Ok(history.end());
        }
    }
}

/// The state of the comparison while pages are read.
struct History<'a> {
    kind: &'static str,
    number: u16,
    /// Lines of the server so far.
    events: u64,
    /// By index of the message: the `seq` that the sockets received; 0 for none.
    seqs: &'a [u32],
    text: &'a str,
    found: Vec<bool>,
    checked: Checked,
}

impl<'a> History<'a> {
    fn new((kind, number): (&'static str, u16), seqs: &'a [u32], text: &'a str) -> Self {
        let found = vec![false; seqs.len()];
        Self { kind, number, events: 0, seqs, text, found, checked: Checked::default() }
    }

    /// Checks the next message: it has the next `seq`, this test sent it with this text, and it
    /// has not occurred before.
    fn take(&mut self, message: &Kept) {
        let is_event = message.event.is_some();
        *(if is_event { &mut self.events } else { &mut self.checked.messages }) += 1;
        let id = message.id;
        let expected = self.events + self.checked.messages;
        if u64::from(message.seq) != expected {
            self.fail(&format!("message {id} has seq {} where {expected} should be", message.seq));
        }
        if is_event {
            return;
        }
        let known = message.cid.as_deref().and_then(cid::decode);
        let known = known.filter(|(pair, _)| *pair == self.number);
        let Some(index) = known.map(|(_, index)| index as usize).filter(|at| *at < self.seqs.len())
        else {
            return self.fail(&format!("message {id} was never sent"));
        };
        if std::mem::replace(&mut self.found[index], true) {
            self.fail(&format!("message {id} is in the history twice"));
        }
        let heard = self.seqs[index];
        // A message may be stored although its ack never arrived.
        if heard != 0 && heard != message.seq {
            self.fail(&format!("message {id} has seq {}, but was acked with {heard}", message.seq));
        }
        if message.content != self.text {
            self.fail(&format!("message {id} has another text"));
        }
    }

    /// Checks that the history has every message that the sockets received.
    fn end(mut self) -> Checked {
        let lost = self.seqs.iter().zip(&self.found).filter(|(seq, found)| **seq != 0 && !**found);
        let lost = lost.count();
        if lost > 0 {
            self.fail(&format!("{lost} acked messages are not in the history"));
        }
        self.checked
    }

    /// Adds a failure, up to the first few of each chat.
    fn fail(&mut self, what: &str) {
        const ENOUGH: usize = 5;
        if self.checked.failures.len() < ENOUGH {
            self.checked.failures.push(format!("{} {}: {what}", self.kind, self.number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(id: i64, seq: u32, pair: u16, index: u32) -> Kept {
        let cid = cid::encode(pair, index);
        let cid = std::str::from_utf8(&cid).unwrap().to_owned();
        Kept { id, seq, content: String::from("hi"), cid: Some(cid), event: None }
    }

    fn check(seqs: &[u32], messages: &[Kept]) -> Vec<String> {
        let mut history = History::new(("pair", 7), seqs, "hi");
        for message in messages {
            history.take(message);
        }
        history.end().failures
    }

    #[test]
    fn a_history_as_it_was_heard_has_no_failures() {
        assert_eq!(check(&[1, 2], &[kept(5, 1, 7, 0), kept(6, 2, 7, 1)]), [""; 0]);
        let unacked = check(&[1, 0], &[kept(5, 1, 7, 0), kept(6, 2, 7, 1)]);
        assert_eq!(unacked, [""; 0], "what was not acked may be there");
        assert_eq!(check(&[1, 0], &[kept(5, 1, 7, 0)]), [""; 0], "or not");
    }

    #[test]
    fn every_way_to_lose_or_double_a_message_is_named() {
        let first = || kept(5, 1, 7, 0);
        let name = |seqs: &[u32], messages: &[Kept], wanted: &str| {
            let failures = check(seqs, messages);
            assert!(failures.iter().any(|found| found.contains(wanted)), "{wanted}: {failures:?}");
        };
        name(&[1, 2], &[first()], "1 acked messages are not in the history");
        name(&[1], &[first(), kept(6, 2, 7, 0)], "message 6 is in the history twice");
        name(&[1, 3], &[first(), kept(6, 3, 7, 1)], "message 6 has seq 3 where 2 should be");
        name(&[1, 3], &[first(), kept(6, 2, 7, 1)], "message 6 has seq 2, but was acked with 3");
        name(&[1], &[first(), kept(6, 2, 8, 0)], "message 6 was never sent");
        name(&[1], &[first(), kept(6, 2, 7, 1)], "message 6 was never sent");
        name(&[1], &[Kept { cid: None, ..first() }], "message 5 was never sent");
        name(
            &[1],
            &[Kept { content: String::from("ho"), ..first() }],
            "message 5 has another text",
        );
    }
}
