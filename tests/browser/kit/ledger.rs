//! Compares the state of a page with the server, and reports every difference.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Browser, TestServer, User};

const LEDGER: &str = include_str!("../js/ledger.js");

/// A chat on the server.
struct Chat {
    row: Value,
    history: Vec<Value>,
}

/// The server's state for one user.
pub(crate) struct Ledger {
    user: i64,
    chats: BTreeMap<i64, Chat>,
}

impl Ledger {
    /// Loads it from the server.
    pub(crate) async fn of(server: &TestServer, user: &User) -> Self {
        let (_, answer) = server.get("/api/chats", &user.token).await;
        let mut chats = BTreeMap::new();
        for row in answer["chats"].as_array().unwrap() {
            let id = row["id"].as_i64().unwrap();
            let history = history(server, user, id).await;
            chats.insert(id, Chat { row: row.clone(), history });
        }
        Self { user: user.id, chats }
    }

    /// The messages that this user has sent, as (chat, text), in order.
    pub(crate) fn written(&self) -> Vec<(i64, &str)> {
        let all =
            self.chats.iter().flat_map(|(id, chat)| chat.history.iter().map(|row| (*id, row)));
        let own = all.filter(|(_, row)| row["sender_id"] == self.user);
        own.map(|(id, row)| (id, row["content"].as_str().unwrap())).collect()
    }

    /// The differences between a page of this user and the server; empty if there are none.
    pub(crate) async fn differences(&self, page: &Browser) -> Vec<String> {
        let held = page.js_async(LEDGER, json!([])).await;
        let mut found = Vec::new();
        let mut expect = |what: String, held: &Value, right: &Value| {
            if held != right {
                found.push(format!("{what}: the page has {held}, the server {right}"));
            }
        };
        expect("live".into(), &held["live"], &json!(true));
        expect("pending".into(), &held["pending"], &json!([]));
        let ids: Vec<_> = self.chats.keys().map(ToString::to_string).collect();
        let held_ids: Vec<_> = held["chats"].as_object().unwrap().keys().cloned().collect();
        expect("the chats".into(), &json!(sorted(held_ids)), &json!(sorted(ids)));
        for (id, chat) in &self.chats {
            let on_page = &held["chats"][id.to_string()];
            for (what, held, right) in chat.facts(on_page) {
                expect(format!("chat {id}, {what}"), &held, &right);
            }
            if held["open"] == *id {
                let (held, right) = self.bubbles(chat, held["shown"].as_array().unwrap());
                expect(format!("chat {id}, what is shown"), &held, &right);
            }
        }
        found
    }

    /// The bubbles of the open chat, and the expected ones.
    fn bubbles(&self, chat: &Chat, shown: &[Value]) -> (Value, Value) {
        let count = shown.len().max(1).min(chat.history.len());
        let right: Vec<_> = chat.history[chat.history.len() - count..]
            .iter()
            .map(|row| {
                let own = row["sender_id"] == self.user;
                let state = if own { chat.tick(self.user, row) } else { "" };
                json!({ "text": row["content"], "state": state, "own": own, "seq": row["seq"] })
            })
            .collect();
        (json!(shown), json!(right))
    }
}

impl Chat {
    fn facts(&self, on_page: &Value) -> Vec<(&'static str, Value, Value)> {
        let mut marks = serde_json::Map::new();
        for receipt in self.row["receipts"].as_array().unwrap() {
            let (delivered, read) = (&receipt["delivered_seq"], &receipt["read_seq"]);
            // A page has no mark of people who have received nothing.
            if *delivered != 0 {
                // The receipt of a whole group has no user; the page keeps it under 0.
                let user = receipt["user_id"].as_i64().unwrap_or(0).to_string();
                marks.insert(user, json!({ "delivered_seq": delivered, "read_seq": read }));
            }
        }
        let mut facts = vec![
            ("last seq", on_page["last_seq"].clone(), self.row["last_seq"].clone()),
            ("unread", on_page["unread"].clone(), self.row["unread"].clone()),
            ("marks", on_page["marks"].clone(), marks.into()),
            (
                "preview",
                on_page["preview"].clone(),
                self.history.last().unwrap()["content"].clone(),
            ),
        ];
        if let Some(from) = on_page["from"].as_i64() {
            let rows = self.history.iter().filter(|row| row["seq"].as_i64().unwrap() >= from);
            let rows = rows.map(|row| json!({ "seq": row["seq"], "sender_id": row["sender_id"], "content": row["content"] }));
            facts.push(("messages", on_page["rows"].clone(), rows.collect()));
        }
        facts
    }

    fn tick(&self, user: i64, row: &Value) -> &'static str {
        let receipts = self.row["receipts"].as_array().unwrap();
        let others: Vec<_> = match self.row["user_ids"].as_array() {
            Some(ids) => ids.iter().filter(|id| **id != user).map(Some).collect(),
            None => vec![None],
        };
        let reached = |mark: &str, id: Option<&Value>| {
            let receipt = receipts.iter().find(|receipt| receipt.get("user_id") == id);
            receipt.and_then(|receipt| receipt[mark].as_i64()) >= row["seq"].as_i64()
        };
        let all = |mark: &str| others.iter().all(|id| reached(mark, *id));
        if all("read_seq") {
            "read"
        } else if all("delivered_seq") {
            "delivered"
        } else {
            "sent"
        }
    }
}

/// Every message of a chat, oldest first.
async fn history(server: &TestServer, user: &User, chat: i64) -> Vec<Value> {
    let mut history: Vec<Value> = Vec::new();
    loop {
        let before = history.first().map_or(String::new(), |row| format!("&before={}", row["id"]));
        let path = format!("/api/chats/{chat}/messages?limit=200{before}");
        let (_, page) = server.get(&path, &user.token).await;
        let mut older = page["messages"].as_array().unwrap().clone();
        older.append(&mut history);
        history = older;
        if page["more"] == false {
            return history;
        }
    }
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}
