//! Random failures of several devices, their network and the server, and in groups people who come
//! and go. In the end every page has exactly the server's state, and the server has every message
//! once, except those that it had to refuse: the page of their author keeps these.

mod check;
mod group;
mod page;
mod steps;

use std::{fmt::Write as _, time::Instant};

use self::{group::Group, page::Page};
use crate::kit::{Dice, PASSWORD, User, World, run_with_program, seed};

/// The number of rounds, each ending with a comparison; `CHAAP_ROUNDS` changes it.
const ROUNDS: usize = 3;
const STEPS: usize = 12;
const NAMES: [&str; 2] = ["alice", "bob"];

/// Where a message was written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Person(usize),
    Group,
}

/// A message that was sent from a page.
struct Written {
    /// The place of the page.
    at: usize,
    to: To,
    text: String,
    /// Its author was out of the group before it was certainly stored.
    may_fail: bool,
    /// Sent again after a refusal, so it may stand behind later ones.
    retried: bool,
    /// Its author has deleted it for everyone, unless the server refused that.
    may_be_deleted: bool,
}

struct Story {
    world: World,
    users: [User; 3],
    pages: Vec<Page>,
    dice: Dice,
    group: Option<Group>,
    /// In order.
    written: Vec<Written>,
    /// How many messages were begun, so that each has a text of its own.
    begun: usize,
    /// By user: the chat and the id of the last message of Carol to them, unless she has deleted it.
    of_carol: [Option<(i64, i64)>; 2],
    log: String,
    began: Instant,
}

impl Story {
    /// Alice with a laptop (two tabs) and a phone, Bob with two tabs, Carol without a page.
    async fn begin(world: World, seed: u64) -> Self {
        let users = world.server.users(["alice", "bob", "carol"]).await;
        let mut pages = Vec::new();
        for (owner, tabs) in [(0, 2), (0, 1), (1, 2)] {
            let proxy = world.proxy().await;
            let browser = world.browser_behind(&proxy, NAMES[owner]).await;
            browser.sign_in(NAMES[owner], PASSWORD).await;
            let tab = browser.driver.window().await.unwrap();
            pages.push(Page { browser: browser.clone(), tab, owner, proxy: proxy.clone() });
            for _ in 1..tabs {
                let tab = browser.new_tab().await;
                pages.push(Page { browser: browser.clone(), tab, owner, proxy: proxy.clone() });
            }
        }
        Self {
            world,
            users,
            pages,
            dice: Dice::new(seed),
            group: None,
            written: Vec::new(),
            begun: 0,
            of_carol: [None; 2],
            log: String::new(),
            began: Instant::now(),
        }
    }

    fn note(&mut self, what: &str, at: usize) {
        self.tell(&format!("{what} {at}"));
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.log, "{:.3} {line}", self.began.elapsed().as_secs_f32()).unwrap();
    }
}

/// Rounds of random steps, each ending with a comparison.
fn tell_story(with_group: bool) {
    let seed = seed();
    let rounds = std::env::var("CHAAP_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    crate::kit::say(&format!("CHAAP_SEED={seed}, {rounds} rounds"));
    run_with_program(|world: World| async move {
        let mut story = Story::begin(world, u64::from(seed)).await;
        if with_group {
            story.make_group().await;
        }
        for round in 0..rounds {
            story.tell(&format!("round {round}"));
            for _ in 0..STEPS {
                story.step().await;
                if with_group {
                    story.group_step().await;
                }
            }
            story.tell("settle");
            story.settle().await;
            story.compare().await;
        }
    });
}

#[test]
fn after_any_failures_every_page_has_the_servers_state() {
    tell_story(false);
}

#[test]
fn after_any_failures_every_page_has_the_servers_state_of_a_group() {
    tell_story(true);
}
