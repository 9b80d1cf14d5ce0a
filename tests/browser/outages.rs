//! Random failures of several devices, their network and the server. In the end every page has
//! exactly the server's state, and the server has every message once.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::json;
use thirtyfour::{Key, WindowHandle};
use tokio::time::sleep;

use crate::kit::{
    Browser, Dice, Fate, Ledger, PASSWORD, Proxy, User, Way, World, run_with_program, seed,
};

/// The number of rounds, each ending with a comparison; `CHAAP_ROUNDS` changes it.
const ROUNDS: usize = 3;
const STEPS: usize = 12;
const NAMES: [&str; 2] = ["alice", "bob"];

/// A tab of a user's browser.
#[derive(Clone)]
struct Page {
    browser: Browser,
    tab: WindowHandle,
    owner: usize,
    /// The network of this browser.
    proxy: Proxy,
}

impl Page {
    /// Makes this tab visible, which hides the others of its browser.
    async fn front(&self) {
        self.browser.driver.switch_to_window(self.tab.clone()).await.unwrap();
        self.browser.devtools("Page.bringToFront", json!({})).await;
    }

    /// A page that was opened without a network is not loaded.
    async fn is_ours(&self) -> bool {
        let ours = "return Boolean(document.querySelector('message-list'))";
        self.browser.js(ours, json!([])).await == true
    }

    async fn network(&self, on: bool) {
        self.browser.devtools("Network.enable", json!({})).await;
        let network = json!({ "offline": !on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.browser.devtools("Network.emulateNetworkConditions", network).await;
    }
}

struct Story {
    world: World,
    users: [User; 3],
    pages: Vec<Page>,
    dice: Dice,
    /// The messages sent from pages, in order: (page, peer, text).
    written: Vec<(usize, usize, String)>,
    log: String,
    began: Instant,
}

impl Story {
    /// Alice with a laptop (two tabs) and a phone, Bob with two tabs, Carol who only sends.
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
        let (written, log) = (Vec::new(), String::new());
        Self { world, users, pages, dice: Dice::new(seed), written, log, began: Instant::now() }
    }

    async fn step(&mut self) {
        let at = self.dice.below(self.pages.len());
        let page = self.pages[at].clone();
        page.browser.driver.switch_to_window(page.tab.clone()).await.unwrap();
        match self.dice.below(26) {
            0..=9 if page.is_ours().await => self.act(at, &page).await,
            10..=14 => self.trouble(at, &page),
            15 => {
                let on = self.dice.below(2) == 0;
                self.note(if on { "online" } else { "offline" }, at);
                page.network(on).await;
            }
            16 => {
                self.note("reload", at);
                page.browser.driver.refresh().await.unwrap();
            }
            17 => self.reopen(at, &page).await,
            18 => {
                self.note("look", at);
                page.front().await;
            }
            19 => self.restart().await,
            20 if page.is_ours().await => {
                self.note("another language", at);
                // A language without texts falls back to English, so waits for a title still work.
                let other = "document.documentElement.lang = document.documentElement.lang === 'en' ? 'xx' : 'en'";
                page.browser.js(other, json!([])).await;
            }
            21 => {
                let stalled = self.dice.below(3) == 0;
                self.note(if stalled { "stall" } else { "let flow" }, at);
                page.proxy.stall(stalled);
            }
            _ => self.carol_writes().await,
        }
        sleep(Duration::from_millis(self.dice.below(150) as u64)).await;
    }

    /// A random action of a user in a page.
    async fn act(&mut self, at: usize, page: &Page) {
        match self.dice.below(10) {
            0..=6 => self.write(at, page).await,
            7..=8 => drop(self.open_chat(page).await),
            _ => drop(page.browser.js("location.hash = '#/'", json!([])).await),
        }
    }

    /// A random event in the network of a browser.
    fn trouble(&mut self, at: usize, page: &Page) {
        let what = ["cut", "close", "open", "lose frames", "swap frames"][self.dice.below(5)];
        self.note(what, at);
        match what {
            "cut" => page.proxy.cut(),
            "close" => page.proxy.close(),
            "open" => page.proxy.open(),
            "lose frames" => {
                page.proxy.treat(Way::Down, Fate::Lost, 1 + self.dice.below(4), |_| true);
            }
            _ => page.proxy.treat(Way::Down, Fate::Overtaken, 1, |_| true),
        }
    }

    fn note(&mut self, what: &str, at: usize) {
        self.tell(&format!("{what} {at}"));
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.log, "{:.3} {line}", self.began.elapsed().as_secs_f32()).unwrap();
    }

    /// Opens a chat with a click, if the list has the person.
    async fn open_chat(&mut self, page: &Page) -> Option<usize> {
        let peer = self.dice.below(self.users.len());
        let name = self.users[peer].username.clone();
        page.front().await;
        self.tell(&format!("open {name}"));
        let click = "const row = rowOf(arguments[0]); row?.click(); return row !== undefined";
        if page.browser.js(click, json!([name])).await != true {
            return None;
        }
        let title = if peer == page.owner { "Notes to self" } else { &name };
        let open = "return $('chat-title').textContent === arguments[0] && !$('composer').disabled";
        page.browser.until(&format!("the chat with {name}"), open, json!([title])).await;
        Some(peer)
    }

    /// Types a message and presses Enter, whatever the state of the network.
    async fn write(&mut self, at: usize, page: &Page) {
        let Some(peer) = self.open_chat(page).await else { return };
        for _ in 0..=self.dice.below(3) {
            let text = format!("{} {}", NAMES[page.owner], self.written.len());
            self.tell(&format!("write {at}: {text}"));
            page.browser.js("$('composer').focus()", json!([])).await;
            page.browser.insert(&text).await;
            page.browser.press(Key::Enter).await;
            page.browser
                .until("an empty composer", "return $('composer').value === ''", json!([]))
                .await;
            self.written.push((at, peer, text));
        }
    }

    async fn reopen(&mut self, at: usize, page: &Page) {
        if page.browser.driver.windows().await.unwrap().len() < 2 {
            return;
        }
        self.note("close tab and open another", at);
        page.browser.driver.close_window().await.unwrap();
        let other = page.browser.driver.windows().await.unwrap()[0].clone();
        page.browser.driver.switch_to_window(other).await.unwrap();
        self.pages[at].tab = page.browser.new_tab().await;
    }

    async fn restart(&mut self) {
        if self.dice.below(2) == 0 {
            self.note("kill -9", 0);
            self.world.server.kill().await;
        } else {
            self.note("kill -TERM", 0);
            self.world.server.stop().await;
        }
        self.world.server.start_again().await;
    }

    async fn carol_writes(&mut self) {
        let to = self.dice.below(2);
        self.note("carol writes to", to);
        self.users[2].connect().await.post_to(&self.users[to], "From Carol").await;
    }

    /// Ends all failures; after this there are no more actions.
    async fn settle(&mut self) {
        for page in &self.pages {
            page.proxy.open();
            page.proxy.mend();
            page.proxy.stall(false);
            page.front().await;
            page.network(true).await;
            if !page.is_ours().await {
                page.browser.open("/").await;
            }
            page.browser.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        }
    }

    async fn compare(&self) {
        for (owner, user) in self.users[..2].iter().enumerate() {
            for (at, page) in self.pages.iter().enumerate().filter(|(_, page)| page.owner == owner)
            {
                page.front().await;
                let mut last = Vec::new();
                let same = crate::kit::poll(async || {
                    last =
                        Ledger::of(&self.world.server, user).await.differences(&page.browser).await;
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

    /// Checks that every message exists once, and that the messages from one browser to one user are
    /// in order, whichever tab sent them.
    async fn check_written(&self) {
        let mut lanes: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
        for (at, peer, text) in &self.written {
            let address = self.pages[*at].proxy.address;
            let first = self.pages.iter().position(|page| page.proxy.address == address).unwrap();
            lanes.entry((first, *peer)).or_default().push(text);
        }
        for (owner, user) in self.users[..2].iter().enumerate() {
            let ledger = Ledger::of(&self.world.server, user).await;
            let stored: Vec<&str> = ledger.written().into_iter().map(|(_, text)| text).collect();
            for ((at, peer), lane) in &lanes {
                if self.pages[*at].owner != owner {
                    continue;
                }
                let found: Vec<_> =
                    stored.iter().filter(|text| lane.contains(*text)).copied().collect();
                let transcript = self.pages[*at].proxy.transcript(self.began);
                assert_eq!(
                    &found, lane,
                    "what page {at} wrote to {peer}, after\n{}and on its lines\n{transcript}",
                    self.log
                );
            }
        }
    }
}

#[test]
fn after_any_failures_every_page_has_the_servers_state() {
    let seed = seed();
    let rounds = std::env::var("CHAAP_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    crate::kit::say(&format!("CHAAP_SEED={seed}, {rounds} rounds"));
    run_with_program(|world: World| async move {
        let mut story = Story::begin(world, u64::from(seed)).await;
        for round in 0..rounds {
            story.tell(&format!("round {round}"));
            for _ in 0..STEPS {
                story.step().await;
            }
            story.tell("settle");
            story.settle().await;
            story.compare().await;
        }
    });
}
