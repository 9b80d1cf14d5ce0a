//! Compares every page with the server, and what was written with what is stored.

use std::collections::BTreeMap;

use super::{Story, To};
use crate::kit::{Ledger, poll};

impl Story {
    pub(super) async fn compare(&self) {
        for (owner, user) in self.users[..2].iter().enumerate() {
            for (at, page) in self.pages.iter().enumerate().filter(|(_, page)| page.owner == owner)
            {
                page.front().await;
                let mut last = Vec::new();
                let same = poll(async || {
                    let ledger = Ledger::of(&self.world.server, user).await;
                    let unsent = self.unsent(at, &ledger);
                    last = ledger.differences(&page.browser, &unsent).await;
                    last.is_empty().then_some(())
                });
                let same = same.await;
                assert!(
                    same.is_some(),
                    "page {at} of {}:\n{}\nafter\n{}and on its lines\n{}",
                    user.username,
                    last.join("\n"),
                    self.log,
                    page.proxy.transcript(self.began)
                );
            }
        }
        self.check_written().await;
    }

    /// The first page of the browser of this page: its tabs share what waits to be sent.
    fn browser_of(&self, at: usize) -> usize {
        let address = self.pages[at].proxy.address;
        self.pages.iter().position(|page| page.proxy.address == address).unwrap()
    }

    /// The messages of a browser that may have been refused and are not on the server: the page keeps
    /// them.
    fn unsent(&self, at: usize, ledger: &Ledger) -> Vec<(i64, &str)> {
        let Some(group) = &self.group else { return Vec::new() };
        let stored = ledger.written();
        let of_browser = self.written.iter().filter(|message| {
            // One that was deleted had been stored.
            message.may_fail
                && !message.may_be_deleted
                && self.browser_of(message.at) == self.browser_of(at)
        });
        let texts = of_browser.map(|message| message.text.as_str());
        let is_stored = |text: &&str| stored.iter().any(|(_, content)| unedited(content) == *text);
        let unsent = texts.filter(|text| !is_stored(text));
        unsent.map(|text| (group.id, text)).collect()
    }

    /// Checks that every message that was not refused exists once, and that the messages from one
    /// browser to one user are in order, whichever tab sent them.
    async fn check_written(&self) {
        let mut lanes: BTreeMap<(usize, To), Vec<_>> = BTreeMap::new();
        for message in &self.written {
            lanes.entry((self.browser_of(message.at), message.to)).or_default().push(message);
        }
        for (owner, user) in self.users[..2].iter().enumerate() {
            let ledger = Ledger::of(&self.world.server, user).await;
            let stored: Vec<&str> =
                ledger.written().into_iter().map(|(_, text)| unedited(text)).collect();
            for ((at, to), lane) in &lanes {
                if self.pages[*at].owner != owner {
                    continue;
                }
                let mut found: Vec<_> = stored
                    .iter()
                    .filter(|text| lane.iter().any(|message| message.text == **text))
                    .copied()
                    .collect();
                let there = lane.iter().filter(|message| {
                    let may_lack = message.may_fail || message.may_be_deleted;
                    !may_lack || found.contains(&message.text.as_str())
                });
                let mut expected: Vec<_> = there.map(|message| message.text.as_str()).collect();
                // Those that were sent again may stand anywhere: they are compared by themselves.
                let is_retried = |text: &&str| {
                    lane.iter().any(|message| message.retried && message.text == **text)
                };
                found.sort_by_key(|text| if is_retried(text) { *text } else { "" });
                expected.sort_by_key(|text| if is_retried(text) { *text } else { "" });
                let place = match to {
                    To::Person(user) => &self.users[*user].username,
                    To::Group => "the group",
                };
                let transcript = self.pages[*at].proxy.transcript(self.began);
                assert_eq!(
                    found, expected,
                    "what page {at} wrote to {place}, after\n{}and on its lines\n{transcript}",
                    self.log
                );
            }
        }
    }
}

/// The text as it was written: every edit adds a star.
fn unedited(text: &str) -> &str {
    text.trim_end_matches('*')
}
