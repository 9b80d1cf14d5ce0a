//! Compares the state of a page with the server, and reports every difference.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Browser, TestServer, User};

const LEDGER: &str = include_str!("../js/ledger.js");

/// A chat on the server.
struct Chat {
    row: Value,
    history: Vec<Value>,
    /// The reactions to its messages, by message id, as a page shows them.
    reactions: Map<String, Value>,
    /// The ids of the messages with a star of the user, and of those that are not shown: expired, or
    /// deleted for oneself.
    starred: BTreeSet<i64>,
    hidden: BTreeSet<i64>,
    /// The roles of the current members of a group, by user id; none for someone who is out of it.
    roles: Value,
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
            let roles = roles(server, user, row).await;
            chats.insert(id, chat(server, user, row, roles).await);
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

    /// The differences between a page of this user and the server; empty if there are none. `unsent`
    /// are the messages that the page must keep, because the server refused them: (chat, text).
    pub(crate) async fn differences(&self, page: &Browser, unsent: &[(i64, &str)]) -> Vec<String> {
        let held = page.js_async(LEDGER, json!([])).await;
        let mut found = Vec::new();
        let mut expect = |what: String, held: &Value, right: &Value| {
            if held != right {
                found.push(format!("{what}: the page has {held}, the server {right}"));
            }
        };
        expect("live".into(), &held["live"], &json!(true));
        let refused = unsent.iter().map(|(chat, text)| {
            json!({ "chat": chat, "text": text, "status": "failed", "code": "not_a_member" })
        });
        expect("pending".into(), &held["pending"], &refused.collect());
        let ids: Vec<_> = self.chats.keys().map(ToString::to_string).collect();
        let held_ids: Vec<_> = held["chats"].as_object().unwrap().keys().cloned().collect();
        expect("the chats".into(), &json!(sorted(held_ids)), &json!(sorted(ids)));
        for (id, chat) in &self.chats {
            let on_page = &held["chats"][id.to_string()];
            for (what, held, right) in chat.facts(self.user, on_page, held["open"] == *id) {
                expect(format!("chat {id}, {what}"), &held, &right);
            }
            if held["open"] == *id {
                let mine = unsent.iter().filter(|(chat, _)| chat == id).map(|(_, text)| *text);
                let (held, right) = self.bubbles(chat, &held["shown"], mine.collect());
                expect(format!("chat {id}, what is shown"), &held, &right);
            }
        }
        found
    }

    /// The bubbles of the open chat, and the expected ones.
    fn bubbles(&self, chat: &Chat, shown: &Value, unsent: Vec<&str>) -> (Value, Value) {
        let sent = chat.shown().filter(|row| row["event"].is_null());
        let sent: Vec<_> = sent.collect();
        let all = shown.as_array().unwrap().len();
        let count = all.saturating_sub(unsent.len()).max(1).min(sent.len());
        let stored = sent[sent.len() - count..].iter().map(|row| {
            let own = row["sender_id"] == self.user;
            let state = if own { chat.tick(self.user, row) } else { "" };
            json!({ "text": words(row), "state": state, "own": own, "seq": row["seq"] })
        });
        let waiting = unsent
            .into_iter()
            .map(|text| json!({ "text": text, "state": "failed", "own": true, "seq": 0 }));
        let mut shown = shown.clone();
        if chat.is_left() {
            // The server sends a former member no receipts of the group.
            for bubble in shown.as_array_mut().unwrap() {
                if bubble["own"] == true && bubble["seq"] != 0 {
                    bubble["state"] = json!("sent");
                }
            }
        }
        (shown, stored.chain(waiting).collect())
    }
}

impl Chat {
    /// The `seq` of the line of the user's last coming to a group; 0 without one. Who comes back and
    /// sees all has a gap before it, which a page fills when it opens the group.
    fn coming(&self, user: i64) -> i64 {
        let is_coming = |row: &&Value| match row["event"]["kind"].as_str() {
            Some("added") => row["event"]["user_ids"].as_array().unwrap().contains(&json!(user)),
            Some("joined") => row["sender_id"] == user,
            _ => false,
        };
        self.history.iter().rfind(is_coming).map_or(0, |row| row["seq"].as_i64().unwrap())
    }

    /// What has not expired, and the user has not deleted for themselves.
    fn shown(&self) -> impl Iterator<Item = &Value> {
        self.history.iter().filter(|row| !self.hidden.contains(&row["id"].as_i64().unwrap()))
    }

    fn is_left(&self) -> bool {
        self.row["membership"]["role"] == "former"
    }

    fn facts(
        &self,
        user: i64,
        on_page: &Value,
        is_open: bool,
    ) -> Vec<(&'static str, Value, Value)> {
        let mut marks = Map::new();
        for receipt in self.row["receipts"].as_array().unwrap() {
            let (delivered, read) = (&receipt["delivered_seq"], &receipt["read_seq"]);
            // A page has no mark of people who have received nothing.
            if *delivered != 0 {
                // The receipt of a whole group has no user; the page keeps it under 0.
                let user = receipt["user_id"].as_i64().unwrap_or(0).to_string();
                marks.insert(user, json!({ "delivered_seq": delivered, "read_seq": read }));
            }
        }
        let last = self.shown().last();
        let mut facts = vec![
            ("last seq", on_page["last_seq"].clone(), self.row["last_seq"].clone()),
            ("unread", on_page["unread"].clone(), self.row["unread"].clone()),
            ("marks", on_page["marks"].clone(), marks.into()),
            (
                "preview",
                on_page["preview"].clone(),
                json!(last.map(|last| json!({ "seq": last["seq"], "content": last["content"] }))),
            ),
        ];
        if self.row["kind"] == "group" {
            let fields = ["title", "description", "who_may_change", "history_for_newcomers"];
            let mentions = self.row.get("unread_mentions").cloned().unwrap_or(json!([]));
            facts.extend(
                fields.map(|field| (field, on_page["row"][field].clone(), self.row[field].clone())),
            );
            facts.push((
                "membership",
                on_page["membership"].clone(),
                self.row["membership"].clone(),
            ));
            facts.push(("unread mentions", on_page["mentions"].clone(), mentions));
            facts.push(("members", on_page["roles"].clone(), self.roles.clone()));
            facts.push(("title in the list", on_page["listed"].clone(), self.row["title"].clone()));
        }
        if on_page["reactions"].is_object() {
            let held = on_page["rows"].as_array().unwrap().iter();
            let rows =
                held.filter_map(|held| self.reactions.get_key_value(&held["id"].to_string()));
            let right: Map<_, _> = rows.map(|(id, row)| (id.clone(), row.clone())).collect();
            facts.push(("reactions", on_page["reactions"].clone(), right.into()));
            let last = &self.row["last_reaction"];
            let told = last.is_object().then(|| {
                json!({ "message_id": last["message"]["id"], "user_id": last["user_id"], "emoji": last["emoji"] })
            });
            facts.push(("last reaction", on_page["told"].clone(), told.into()));
            for (what, ids) in [("starred", &self.starred), ("hidden", &self.hidden)] {
                let held = on_page["rows"].as_array().unwrap().iter();
                let held = held.filter_map(|row| ids.get(&row["id"].as_i64().unwrap()));
                facts.push((what, on_page[what].clone(), json!(held.collect::<Vec<_>>())));
            }
        }
        if let Some(from) = on_page["from"].as_i64() {
            let held = on_page["rows"].as_array().unwrap();
            let is_held = |row: &Value| held.iter().any(|held| held["seq"] == row["seq"]);
            let gap_end = if is_open { 0 } else { self.coming(user) };
            let rows = self.history.iter().filter(|row| {
                let seq = row["seq"].as_i64().unwrap();
                seq >= from && (seq >= gap_end || is_held(row))
            });
            let rows = rows.map(|row| json!({ "id": row["id"], "seq": row["seq"], "sender_id": row["sender_id"], "content": row["content"] }));
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

/// The text of a message as a page shows it: with names instead of mentions.
fn words(row: &Value) -> String {
    if !row["deleted_at"].is_null() {
        return String::from("This message was deleted.");
    }
    let mut text = row["content"].as_str().unwrap().to_owned();
    for id in row["mentions"].as_array().into_iter().flatten() {
        // The story signs up its users first, so their ids are their places.
        let name = ["alice", "bob", "carol"][usize::try_from(id.as_i64().unwrap()).unwrap() - 1];
        text = text.replace(&format!("<@{id}>"), &format!("@{name}"));
    }
    if row["mentions_all"] == true { text.replace("<@all>", "@all") } else { text }
}

async fn roles(server: &TestServer, user: &User, row: &Value) -> Value {
    if row["kind"] != "group" || row["membership"]["role"] == "former" {
        return Value::Null;
    }
    let path = format!("/api/chats/{}/members?limit=1000", row["id"]);
    let (_, page) = server.get(&path, &user.token).await;
    let current = page["members"].as_array().into_iter().flatten();
    let current = current.filter(|member| member["role"] != "former");
    let roles: Map<_, _> =
        current.map(|member| (member["user_id"].to_string(), member["role"].clone())).collect();
    roles.into()
}

/// A chat with every message, oldest first, the reactions to them, and the flags of this user.
async fn chat(server: &TestServer, user: &User, row: &Value, roles: Value) -> Chat {
    let mut history: Vec<Value> = Vec::new();
    let mut reactions = Map::new();
    let (mut starred, mut hidden) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let before = history.first().map_or(String::new(), |row| format!("&before={}", row["id"]));
        let path = format!("/api/chats/{}/messages?limit=200{before}", row["id"]);
        let (_, page) = server.get(&path, &user.token).await;
        let mut older = page["messages"].as_array().unwrap().clone();
        let expired = older.iter().filter(|row| row["expired"] == true);
        hidden.extend(expired.map(|row| row["id"].as_i64().unwrap()));
        older.append(&mut history);
        history = older;
        for row in page["reactions"].as_array().unwrap().iter().filter(|row| row["total"] != 0) {
            let own = page["own_reactions"].as_array().unwrap().iter();
            let own = own.clone().find(|own| own["message_id"] == row["message_id"]);
            let shown = json!({
                "counts": row["counts"], "total": row["total"], "waiting": false,
                "own": own.map_or(&Value::Null, |own| &own["emoji"]),
            });
            reactions.insert(row["message_id"].to_string(), shown);
        }
        for flags in page["flags"].as_array().unwrap() {
            let id = flags["message_id"].as_i64().unwrap();
            starred.extend(flags["starred_at"].is_i64().then_some(id));
            hidden.extend(flags["hidden_at"].is_i64().then_some(id));
        }
        if page["more"] == false {
            // They are not shown.
            reactions.retain(|id, _| !hidden.contains(&id.parse().unwrap()));
            return Chat { row: row.clone(), history, reactions, starred, hidden, roles };
        }
    }
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}
