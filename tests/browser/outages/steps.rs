//! Random steps: what people do in their pages, and failures of devices, network and server.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::Key;
use tokio::time::sleep;

use super::{NAMES, Page, Story, To, Written};
use crate::kit::{Fate, Way};

/// The messages that the page shows, event lines left out, as `rows`.
const ROWS: &str = "const store = await theStore()
    const { me } = store.state
    const rows = store.select.timeline(store.state).flatMap((it) => (it.kind === 'message' && it.message ? [it.message] : []))
    const tell = (name, detail) =>
        document.querySelector('message-list').dispatchEvent(new CustomEvent(name, { bubbles: true, detail }))
";

impl Story {
    pub(super) async fn step(&mut self) {
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
        match self.dice.below(18) {
            0..=6 => self.write(at, page).await,
            10..=11 => self.change_own(at, page).await,
            12..=14 => self.react(at, page).await,
            15..=17 => self.flag(at, page).await,
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

    /// Types messages and presses Enter, whatever the state of the network.
    async fn write(&mut self, at: usize, page: &Page) {
        let Some(peer) = self.open_chat(page).await else { return };
        for _ in 0..=self.dice.below(3) {
            let text = self.type_message(at, page).await;
            page.browser
                .until("an empty composer", "return $('composer').value === ''", json!([]))
                .await;
            let to = To::Person(peer);
            self.written.push(Written {
                at,
                to,
                text,
                may_fail: false,
                retried: false,
                may_be_deleted: false,
            });
        }
    }

    pub(super) async fn type_message(&mut self, at: usize, page: &Page) -> String {
        let text = format!("{} {}", NAMES[page.owner], self.begun);
        self.begun += 1;
        self.tell(&format!("write {at}: {text}"));
        page.browser.js("$('composer').focus()", json!([])).await;
        page.browser.insert(&text).await;
        page.browser.press(Key::Enter).await;
        text
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

    /// Carol writes, or changes what she wrote last.
    async fn carol_writes(&mut self) {
        let to = self.dice.below(2);
        if self.dice.below(4) == 0 {
            self.carol_writes_for_a_moment(to).await;
            return;
        }
        let carol = &self.users[2];
        let Some((chat, id)) = self.of_carol[to].filter(|_| self.dice.below(2) == 0) else {
            self.note("carol writes to", to);
            let ack = self.users[2].connect().await.post_to(&self.users[to], "From Carol").await;
            let number = |name: &str| ack[name].as_i64().unwrap();
            self.of_carol[to] = Some((number("chat_id"), number("message_id")));
            return;
        };
        let path = format!("/api/chats/{chat}/messages/{id}");
        match self.dice.below(4) {
            0 => {
                carol.ask("DELETE", &path, &Value::Null).await;
                self.of_carol[to] = None;
                self.note("carol deletes a message to", to);
            }
            1 => {
                let text = json!({ "content": format!("From Carol, {}", self.begun) });
                carol.ask("PATCH", &path, &text).await;
                self.note("carol edits a message to", to);
            }
            _ => self.carol_reacts(chat).await,
        }
    }

    /// Carol sends a message that expires soon, in a chat in which others do not.
    async fn carol_writes_for_a_moment(&mut self, to: usize) {
        let Some((chat, _)) = self.of_carol[to] else { return };
        let path = format!("/api/chats/{chat}/timer");
        let expire_after = 1000 + self.dice.below(4000);
        let carol = &self.users[2];
        carol.ask("PUT", &path, &json!({ "expire_after": expire_after })).await;
        carol.connect().await.post_to(&self.users[to], "Soon gone").await;
        carol.ask("PUT", &path, &json!({ "expire_after": null })).await;
        self.tell(&format!("carol writes to {to} for {expire_after} ms"));
    }

    /// Carol reacts to one of the last messages of a chat, hers or the other person's.
    async fn carol_reacts(&mut self, chat: i64) {
        let carol = &self.users[2];
        let path = format!("/api/chats/{chat}/messages?limit=5");
        let (_, page) = self.world.server.get(&path, &carol.token).await;
        let rows = page["messages"].as_array().unwrap();
        let none = |row: &Value, fields: &[&str]| fields.iter().all(|field| row[field].is_null());
        let rows: Vec<_> =
            rows.iter().filter(|row| none(row, &["deleted_at", "expired", "event"])).collect();
        if rows.is_empty() {
            return;
        }
        let id = &rows[self.dice.below(rows.len())]["id"];
        let path = format!("/api/chats/{chat}/messages/{id}/reaction");
        let (method, body) = match self.emoji() {
            Some(emoji) => ("PUT", json!({ "emoji": emoji })),
            None => ("DELETE", Value::Null),
        };
        let server = &self.world.server;
        let (status, answer) = server.act(&self.users[2], method, &path, &body).await;
        // A page may delete the message meanwhile, or it may expire.
        let is_gone = answer["code"] == "message_deleted" || answer["code"] == "no_such_message";
        assert!(status == 200 || is_gone, "{answer}");
        self.tell(&format!("carol reacts: {method} {path} {body}"));
    }

    /// Changes a message that its owner has written and that the page shows, by the event of its menu.
    async fn change_own(&mut self, at: usize, page: &Page) {
        let (which, deletes) = (self.dice.below(1_000), self.dice.below(3) == 0);
        let change = "const [which, deletes] = args
            const mine = rows.filter((row) => row.sender_id === me && !row.deleted_at)
            const message = mine[which % mine.length]
            if (!message) return null
            const edit = { message, content: `${message.content}*` }
            tell(...(deletes ? ['delete-message', { message }] : ['save-edit', edit]))
            return message.content";
        let change = format!("{ROWS}{change}");
        let changed = page.browser.js_async(&change, json!([which, deletes])).await;
        let Some(text) = changed.as_str() else { return };
        let text = text.trim_end_matches('*');
        if deletes {
            self.may_be_deleted(text);
        }
        self.tell(&format!("{} {at}: {text}", if deletes { "delete" } else { "edit" }));
    }

    /// Reacts to a message that the page shows, or takes the reaction back, by the event of its menu.
    async fn react(&mut self, at: usize, page: &Page) {
        let (which, emoji) = (self.dice.below(1_000), self.emoji());
        let react = "const [which, emoji] = args
            const message = rows[which % rows.length]
            if (!message) return null
            tell('react', { message, emoji })
            return message.content";
        let react = format!("{ROWS}{react}");
        let reacted = page.browser.js_async(&react, json!([which, emoji])).await;
        let Some(text) = reacted.as_str() else { return };
        self.tell(&format!("react {at}: {} to {text}", emoji.unwrap_or("nothing")));
    }

    /// Stars a message that the page shows, takes its star away, or deletes it for its reader.
    async fn flag(&mut self, at: usize, page: &Page) {
        let (which, what) = (self.dice.below(1_000), self.dice.below(4));
        let flag = "const [which, what] = args
            const message = rows[which % rows.length]
            if (!message) return null
            const messages = { chat_id: message.chat_id, ids: [message.id] }
            if (what === 0) tell('hide-messages', messages)
            else if (!message.deleted_at) tell('star-messages', { ...messages, on: what < 3 })
            return message.content";
        let flag = format!("{ROWS}{flag}");
        let flagged = page.browser.js_async(&flag, json!([which, what])).await;
        let Some(text) = flagged.as_str() else { return };
        let text = text.trim_end_matches('*');
        if what == 0 {
            self.may_be_deleted(text);
        }
        self.tell(&format!("{} {at}: {text}", ["hide", "star", "star", "unstar"][what]));
    }

    /// A message that its author has deleted, also for themselves, has no words on the server for them.
    fn may_be_deleted(&mut self, text: &str) {
        for message in self.written.iter_mut().filter(|message| message.text == text) {
            message.may_be_deleted = true;
        }
    }

    /// Few, so that people choose the same ones; `None` takes a reaction back.
    fn emoji(&mut self) -> Option<&'static str> {
        [Some("👍"), Some("😂"), None][self.dice.below(3)]
    }

    /// Ends all failures; after this there are no more actions. Some pages show the group then, which
    /// loads what they lack of it.
    pub(super) async fn settle(&mut self) {
        for at in 0..self.pages.len() {
            let page = self.pages[at].clone();
            page.proxy.open();
            page.proxy.mend();
            page.proxy.stall(false);
            page.front().await;
            page.network(true).await;
            if !page.is_ours().await {
                page.browser.open("/").await;
            }
            page.browser.js("window.dispatchEvent(new Event('online'))", json!([])).await;
            if self.group.is_some() && self.dice.below(2) == 0 {
                self.open_group(at, &page).await;
            }
        }
    }
}
