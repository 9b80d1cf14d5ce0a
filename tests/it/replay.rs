//! The state is a function of the commands: a server records what a random run of people does to
//! it, over HTTP and sockets, and the record makes the same database again, row for row.
//!
//! `CHAAP_SEED` repeats the choices of a failed run; the order in which people interleave is that
//! of the machine.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufReader, Cursor},
    path::Path,
};

use futures_util::future::join_all;
use image::{DynamicImage, ImageFormat};
use rusqlite::{Connection, types::Value as Cell};
use serde_json::{Value, json};

use crate::{
    kit::{Device, PASSWORD, TestServer, User, eventually, new_cid},
    restore::fill_file_of_ended,
    scheduled::{now, schedule_at},
};

/// Steps of each person between two starts of the server.
const STEPS: u64 = 120;
/// Ids that are guessed: some of these chats and people exist.
const CHATS_MAX: u64 = 9;
const USERS_MAX: u64 = 6;

/// Random numbers that a seed repeats (splitmix64).
struct Dice(u64);

impl Dice {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }
}

/// Tells the seed of a run that fails.
struct Seed(u64);

impl Seed {
    fn new() -> Self {
        let given = std::env::var("CHAAP_SEED").ok().map(|seed| seed.parse().unwrap());
        Self(given.unwrap_or_else(|| uuid::Uuid::now_v7().as_u64_pair().1))
    }
}

impl Drop for Seed {
    #[expect(clippy::print_stderr, reason = "shown when the test fails")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to repeat the choices of this run: CHAAP_SEED={}", self.0);
        }
    }
}

/// Somebody who does random things.
struct Person {
    user: User,
    device: Device,
    dice: Dice,
    password: String,
    cids: Vec<String>,
    refused: usize,
}

impl Person {
    fn chat(&mut self) -> u64 {
        self.dice.below(CHATS_MAX)
    }

    fn someone(&mut self) -> u64 {
        self.dice.below(USERS_MAX)
    }

    /// Does step `n`. The first steps do everything once, the others something random.
    async fn step(&mut self, server: &TestServer, n: u64) {
        let choice = if n < 16 { n } else { self.dice.below(32) };
        match choice {
            0 => self.manage(true).await,
            1 => self.request("PATCH", "/api/users/me", &json!({ "about": n.to_string() })).await,
            2 => {
                let status = self.set_picture("/api/users/me/picture").await;
                assert_eq!(status, 200);
            }
            3 => self.request("DELETE", "/api/users/me/picture", &Value::Null).await,
            4 => {
                let change =
                    json!({ "shows_read": self.dice.flag(), "shows_last_seen": self.dice.flag() });
                self.request("PATCH", "/api/users/me/privacy", &change).await;
            }
            5 => self.prefer().await,
            6 => {
                let path = format!("/api/chats/{}/messages", self.chat());
                self.request("DELETE", &path, &Value::Null).await;
            }
            7 => self.sign_in_and_out(server).await,
            8 if n < 16 || self.dice.below(8) == 0 => self.change_password().await,
            9 => self.register(server).await,
            10 => self.reconnect().await,
            11 => {
                self.post().await;
                self.change_message().await;
                self.set_flag("star").await;
                self.set_flag("hidden").await;
                self.pin().await;
                self.schedule().await;
            }
            12 | 16 | 17 => self.confirm().await,
            13 | 18 | 19 => self.manage(false).await,
            14 => {
                let path = format!("/api/chats/{}/picture", self.chat());
                let status = self.set_picture(&path).await;
                self.note(status != 200);
            }
            15 => {
                let path = format!("/api/chats/{}/picture", self.chat());
                self.request("DELETE", &path, &Value::Null).await;
            }
            20..=22 => self.change_message().await,
            23 => {
                let flag = self.dice.one_of(&["star", "star", "hidden"]);
                self.set_flag(flag).await;
            }
            24 | 25 => self.pin().await,
            26 | 27 => self.schedule().await,
            28 => self.set_timer().await,
            _ => self.send().await,
        }
    }

    fn note(&mut self, is_refused: bool) {
        self.refused += usize::from(is_refused);
    }

    async fn request(&mut self, method: &str, path: &str, body: &Value) {
        let reply = if body.is_null() {
            self.user.request(method, path).await
        } else {
            self.user.send_json(method, path, body.to_string()).await
        };
        assert!(reply.status < 500, "{method} {path}: {}", reply.text());
        self.note(reply.status >= 400);
    }

    async fn set_picture(&mut self, path: &str) -> u16 {
        let mut bytes = Cursor::new(Vec::new());
        let side = 1 + u32::try_from(self.dice.below(9)).unwrap();
        DynamicImage::new_rgb8(side, side).write_to(&mut bytes, ImageFormat::Png).unwrap();
        let reply = self.user.put(path, bytes.into_inner()).await;
        assert!(reply.status < 500, "{}", reply.text());
        reply.status
    }

    async fn prefer(&mut self) {
        let path = format!("/api/chats/{}/preferences", self.chat());
        let change = match self.dice.below(7) {
            0 => json!({ "pinned": self.dice.flag() }),
            1 => json!({ "archived": self.dice.flag() }),
            2 => json!({ "marked_unread": self.dice.flag() }),
            3 => json!({ "muted_until": 253_402_300_799_000_i64 }),
            4 => json!({ "draft": "", "draft_reply_to": self.dice.below(80) }),
            5 => {
                let message = self.dice.below(80);
                json!({ "draft": "x", "draft_edit_of": message, "draft_aside": "y" })
            }
            _ => json!({ "draft": "x".repeat(usize::try_from(self.dice.below(3)).unwrap()) }),
        };
        self.request("PATCH", &path, &change).await;
    }

    async fn sign_in_and_out(&mut self, server: &TestServer) {
        let token = server.sign_in(&self.user.username, &self.password).await;
        if self.dice.flag() {
            let other = self.user.with_token(token);
            assert_eq!(other.request("DELETE", "/api/sessions/current").await.status, 204);
        }
        let body = json!({ "username": self.user.username, "password": "not this one" });
        assert_eq!(server.post("/login", &body).await.status, 401);
    }

    async fn change_password(&mut self) {
        let new = format!("correct horse {}", self.dice.below(1_000));
        let body = json!({ "current_password": self.password, "new_password": new });
        self.request("PUT", "/api/users/me/password", &body).await;
        self.password = new;
    }

    /// Of three names one person gets each; the others are refused.
    async fn register(&mut self, server: &TestServer) {
        let name = self.dice.one_of(&["dora", "emil", "fritz"]);
        let reply = server.register(name, PASSWORD).await;
        self.note(reply.status != 201);
    }

    async fn reconnect(&mut self) {
        let device = std::mem::replace(&mut self.device, self.user.connect().await);
        device.close().await;
    }

    async fn post(&mut self) {
        let path = format!("/api/chats/{}/messages", self.chat());
        let reply_to = self.dice.flag().then(|| self.dice.below(80));
        let forward_of = self.dice.flag().then(|| self.dice.below(80));
        let message =
            json!({ "content": "over http", "reply_to": reply_to, "forward_of": forward_of });
        self.request("POST", &path, &message).await;
    }

    /// The path of a message of a chat, mostly of one that was just written.
    async fn pick(&mut self) -> String {
        let chat = self.chat();
        let page = self.user.request("GET", &format!("/api/chats/{chat}/messages")).await;
        self.note(page.status != 200);
        let page = if page.status == 200 { page.json() } else { json!({ "messages": [] }) };
        let ids: Vec<u64> = page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|message| message["id"].as_u64())
            .collect();
        let id = if ids.is_empty() { self.dice.below(80) } else { self.dice.one_of(&ids) };
        format!("/api/chats/{chat}/messages/{id}")
    }

    /// Stars a message, takes the star away, or hides it.
    async fn set_flag(&mut self, flag: &str) {
        let is_kept = flag == "hidden" || self.dice.below(4) > 0;
        let path = format!("{}/{flag}", self.pick().await);
        self.request(if is_kept { "PUT" } else { "DELETE" }, &path, &Value::Null).await;
    }

    /// Pins a message, or unpins it.
    async fn pin(&mut self) {
        let path = format!("{}/pin", self.pick().await);
        if self.dice.below(4) > 0 {
            let hours = self.dice.one_of(&[24, 168, 720, 1]);
            self.request("PUT", &path, &json!({ "hours": hours })).await;
        } else {
            self.request("DELETE", &path, &Value::Null).await;
        }
    }

    /// Schedules a message, or does something with one that was scheduled.
    async fn schedule(&mut self) {
        let due_at = u64::try_from(now()).unwrap() + 3_600_000 + self.dice.below(9);
        let rows = self.user.get("/api/scheduled").await.json()["scheduled"].clone();
        let ids: Vec<u64> =
            rows.as_array().unwrap().iter().filter_map(|row| row["id"].as_u64()).collect();
        let id = if ids.is_empty() { self.dice.below(80) } else { self.dice.one_of(&ids) };
        let path = format!("/api/scheduled/{id}");
        let content = self.dice.one_of(&["a", "b", "<@1>"]);
        match self.dice.below(6) {
            0 => self.request("DELETE", &path, &Value::Null).await,
            1 => self.request("POST", &format!("{path}/send"), &Value::Null).await,
            2 => self.request("PATCH", &path, &json!({ "content": content })).await,
            3 => self.request("PATCH", &path, &json!({ "due_at": due_at })).await,
            _ => {
                let path = format!("/api/chats/{}/scheduled", self.chat());
                let reply_to = self.dice.flag().then(|| self.dice.below(80));
                let message = json!({
                    "content": content, "cid": new_cid(), "due_at": due_at, "reply_to": reply_to,
                });
                self.request("POST", &path, &message).await;
            }
        }
    }

    /// Sets the timer of a chat, or switches it off.
    async fn set_timer(&mut self) {
        let path = format!("/api/chats/{}/timer", self.chat());
        let expire_after = self.dice.one_of(&[Some(1_000), Some(2_000), None, Some(1)]);
        self.request("PUT", &path, &json!({ "expire_after": expire_after })).await;
    }

    /// Edits, deletes or reacts to a message.
    async fn change_message(&mut self) {
        let path = self.pick().await;
        match self.dice.below(4) {
            0 => {
                let emoji = self.dice.one_of(&["👍", "❤", "no emoji"]);
                let path = format!("{path}/reaction");
                self.request("PUT", &path, &json!({ "emoji": emoji })).await;
            }
            1 => self.request("DELETE", &format!("{path}/reaction"), &Value::Null).await,
            2 => {
                let content = self.dice.one_of(&["edited", "<@1> <@all>", "a"]);
                self.request("PATCH", &path, &json!({ "content": content })).await;
            }
            _ => self.request("DELETE", &path, &Value::Null).await,
        }
    }

    /// Sends some messages at once, some of them with an old cid.
    async fn send(&mut self) {
        let count = 1 + self.dice.below(4);
        for _ in 0..count {
            if self.cids.is_empty() || self.dice.below(5) > 0 {
                self.cids.push(new_cid());
            }
            let cid = self.cids[usize::try_from(self.dice.below(self.cids.len() as u64)).unwrap()]
                .clone();
            let mut frame = json!({
                "type": "send", "cid": cid, "content": self.dice.one_of(&["a", "b", "\u{1}\u{1f600}"]),
            });
            if self.dice.flag() {
                frame["chat_id"] = json!(self.chat());
            } else {
                frame["recipient_id"] = json!(self.someone());
            }
            self.device.send(&frame).await;
        }
        for _ in 0..count {
            let answer = self.answer().await;
            self.note(answer["type"] == "error");
        }
    }

    /// The next frame that answers a message.
    async fn answer(&mut self) -> Value {
        loop {
            let frame = self.device.next().await;
            if frame["type"] == "ack" || frame["type"] == "error" {
                return frame;
            }
        }
    }

    /// Confirms something, possibly beyond the end. Chat 0 does not exist, and answers at last.
    async fn confirm(&mut self) {
        let chat = i64::try_from(1 + self.dice.below(CHATS_MAX)).unwrap();
        let [delivered, read] =
            [self.dice.below(30), self.dice.below(30)].map(|seq| i64::try_from(seq).unwrap());
        self.device.confirm(chat, delivered, read).await;
        self.device
            .send(&json!({ "type": "typing", "chat_id": chat, "on": true, "ref": "typing" }))
            .await;
        self.device.send(&json!({ "type": "receipt", "chat_id": 0, "ref": "end" })).await;
        while self.device.next().await["ref"] != "end" {}
    }

    /// Changes groups, mostly as somebody who may not.
    async fn manage(&mut self, create: bool) {
        let (chat, user) = (self.chat(), self.someone());
        let who = self.dice.one_of(&["all", "admins"]);
        let history = self.dice.one_of(&["all", "none"]);
        let members = format!("/api/chats/{chat}/members");
        let member = format!("{members}/{user}");
        match if create { 0 } else { self.dice.below(11) } {
            0 => {
                let group = json!({
                    "title": "Family", "user_ids": [user, 1 + self.dice.below(4)], "cid": new_cid(),
                    "who_may_write": who, "history_for_newcomers": history,
                });
                self.request("POST", "/api/groups", &group).await;
            }
            1 => {
                let change = json!({
                    "title": self.dice.one_of(&["Renamed", "Family"]), "who_may_write": who,
                    "who_may_change": who, "history_for_newcomers": history,
                });
                self.request("PATCH", &format!("/api/chats/{chat}"), &change).await;
            }
            2 | 3 => {
                let newcomers = json!({ "user_ids": [user, self.someone()] });
                self.request("POST", &members, &newcomers).await;
            }
            4 | 5 => self.request("DELETE", &member, &Value::Null).await,
            6 => self.come_back_by_link().await,
            7 | 8 => {
                let method = self.dice.one_of(&["POST", "DELETE"]);
                self.request(method, &format!("/api/chats/{chat}/invite"), &Value::Null).await;
            }
            _ => {
                let role = self.dice.one_of(&["admin", "member"]);
                self.request("PATCH", &member, &json!({ "role": role })).await;
            }
        }
    }
}

impl Person {
    /// Makes a group, gives it an invite link, leaves it, and joins it by the link.
    async fn come_back_by_link(&mut self) {
        let group = json!({ "title": "Left", "user_ids": [1, 2, 3] });
        let id = self.user.post("/api/groups", &group).await.json()["id"].clone();
        let path = format!("/api/chats/{id}/invite");
        let token = self.user.request("POST", &path).await.json()["token"].clone();
        let own = format!("/api/chats/{id}/members/{}", self.user.id);
        self.request("DELETE", &own, &Value::Null).await;
        let join = format!("/api/invites/{}/members", token.as_str().unwrap());
        self.request("POST", &join, &Value::Null).await;
    }
}

/// All tables of a database: their rows in order.
fn tables(path: &Path) -> BTreeMap<String, Vec<Vec<Cell>>> {
    let database = Connection::open(path).unwrap();
    let mut names =
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names = names.query_map((), |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    let rows_of = |name: &str| {
        let mut query = database.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let width = query.column_count();
        let rows = query.query_map((), |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
        rows.map(Result::unwrap).collect()
    };
    names.map(|name| (name.clone(), rows_of(&name))).collect()
}

/// Somebody comes to a group with a history, which chance does not bring about in every run.
async fn join_late(people: &[Person]) {
    let [alice, bob, carol] = [0, 1, 2].map(|n| &people[n].user);
    let chat = alice.make_group("Family", &[bob]).await["id"].as_i64().unwrap();
    alice.change_group(chat, &json!({ "history_for_newcomers": "all" })).await;
    alice.add(chat, &[carol]).await;
}

/// Somebody stars a message, hides another one, and pins and unpins a third, which chance does not bring
/// about in every run.
async fn flag_and_pin(user: &User) {
    let chat = user.make_group("Notes", &[]).await["id"].as_i64().unwrap();
    for flag in ["star", "hidden"] {
        let message = user.say(chat, "text").await["message_id"].clone();
        let path = format!("/api/chats/{chat}/messages/{message}/{flag}");
        assert_eq!(user.request("PUT", &path).await.status, 200);
    }
    let message = user.say(chat, "text").await["message_id"].clone();
    let path = format!("/api/chats/{chat}/messages/{message}/pin");
    assert_eq!(user.put_json(&path, &json!({ "hours": 24 })).await.status, 200);
    assert_eq!(user.request("DELETE", &path).await.status, 200);
}

/// Somebody does everything with scheduled messages, which chance does not bring about in every run.
async fn schedule_and_send(server: &TestServer, user: &User) {
    let chat = user.make_group("Later", &[]).await["id"].as_i64().unwrap();
    schedule_at(server, user, chat, "due", now()).await;
    eventually("the message", || async { user.told(chat).await.len() == 2 }).await;
    let path = format!("/api/chats/{chat}/scheduled");
    let mut ids = Vec::new();
    for _ in 0..3 {
        let message = json!({ "content": "a", "cid": new_cid(), "due_at": now() + 3_600_000 });
        ids.push(user.post(&path, &message).await.json()["id"].clone());
    }
    let path = |id| format!("/api/scheduled/{id}");
    assert_eq!(user.patch(&path(&ids[0]), &json!({ "content": "b" })).await.status, 200);
    assert_eq!(user.request("DELETE", &path(&ids[1])).await.status, 200);
    assert_eq!(user.request("POST", &format!("{}/send", path(&ids[2]))).await.status, 200);
}

/// A message expires, and another one is to expire, which chance does not bring about in every run.
async fn expire(user: &User) {
    let chat = user.make_group("Soon", &[]).await["id"].as_i64().unwrap();
    for (expire_after, text) in [(1_000, "soon"), (86_400_000, "later")] {
        let timer = json!({ "expire_after": expire_after });
        assert_eq!(user.put_json(&format!("/api/chats/{chat}/timer"), &timer).await.status, 200);
        user.say(chat, text).await;
    }
    let gone = async || !user.told(chat).await.contains(&String::from("soon"));
    eventually("a message to expire", gone).await;
}

#[tokio::test]
async fn the_recorded_commands_of_a_random_run_make_its_database_again() {
    let seed = Seed::new();
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("commands");
    let mut server =
        TestServer::start_with(|config| config.record_commands = Some(record.clone())).await;
    let mut people = Vec::new();
    for (n, name) in (0..).zip(["alice", "bob", "carol"]) {
        let user = server.user(name).await;
        let (device, dice) = (user.connect().await, Dice(seed.0.wrapping_add(n)));
        let password = String::from(PASSWORD);
        people.push(Person { user, device, dice, password, cids: Vec::new(), refused: 0 });
    }
    fill_file_of_ended(&server, &people[0].user).await;
    join_late(&people).await;
    flag_and_pin(&people[0].user).await;
    expire(&people[0].user).await;
    schedule_and_send(&server, &people[0].user).await;
    for round in 0..2 {
        if round > 0 {
            server.restart().await;
            for person in &mut people {
                person.device = person.user.connect().await;
            }
        }
        let server = &server;
        let runs = people.iter_mut().map(|person| async move {
            for n in 0..STEPS {
                person.step(server, n).await;
            }
        });
        join_all(runs).await;
    }
    server.stop().await;
    let refused: usize = people.iter().map(|person| person.refused).sum();
    assert!(refused > 50, "{refused}");

    let recorded = std::fs::read_to_string(&record).unwrap();
    let commands: BTreeSet<String> = recorded
        .lines()
        .map(|line| {
            let entry: Value = serde_json::from_str(line).unwrap();
            entry["command"].as_object().unwrap().keys().next().unwrap().clone()
        })
        .collect();
    assert_eq!(commands, commands_of_the_store(), "every command was part of the run");

    let again = folder.path().join("again.db");
    chaap::internals::replay(BufReader::new(recorded.as_bytes()), &again).unwrap();
    let (original, again) = (tables(&server.data().join("chaap.db")), tables(&again));
    let mut empty = original.iter().filter(|(_, rows)| rows.is_empty()).map(|(name, _)| name);
    assert!(
        empty.all(|name| name.ends_with("pictures")),
        "everything but pictures is there to compare"
    );
    assert!(original["messages"].len() > 100, "{}", original["messages"].len());
    assert_eq!(original.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (table, rows) in &original {
        assert_eq!(rows.len(), again[table].len(), "{table}");
        for (row, other) in rows.iter().zip(&again[table]) {
            assert_eq!(row, other, "{table}");
        }
    }
}

/// The names of all commands, as `src/store/command.rs` lists them.
fn commands_of_the_store() -> BTreeSet<String> {
    let source = include_str!("../../src/store/command.rs");
    let list = source.split_once("\ncommands! {\n").unwrap().1;
    let names = list.lines().filter_map(|line| line.strip_prefix("    "));
    let names = names.filter(|line| line.starts_with(char::is_uppercase));
    let snake = |name: &str| {
        let mut text = String::new();
        for c in name.chars().take_while(|c| c.is_alphabetic()) {
            if c.is_uppercase() && !text.is_empty() {
                text.push('_');
            }
            text.extend(c.to_lowercase());
        }
        text
    };
    names.map(snake).collect()
}
