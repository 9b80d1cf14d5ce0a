//! What a client knows, built from frames as they arrive or loaded completely. Two replicas are
//! equal when a user would see no difference.

use std::collections::BTreeMap;

use serde_json::Value;

use super::User;

/// The lists of rows in a page of messages, with the type of their rows.
pub(crate) const PAGE_LISTS: [(&str, &str); 4] = [
    ("messages", "message"),
    ("reactions", "reactions"),
    ("own_reactions", "reaction"),
    ("flags", "flags"),
];

/// A client's copy of what one user may see.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Replica {
    pub(crate) users: BTreeMap<i64, String>,
    pub(crate) chats: BTreeMap<i64, Value>,
    /// (chat, user) → (delivered, read).
    pub(crate) watermarks: BTreeMap<(i64, i64), (i64, i64)>,
    pub(crate) messages: BTreeMap<i64, Value>,
    /// By message: its reactions, and the user's own.
    pub(crate) reactions: BTreeMap<i64, Value>,
    pub(crate) own_reactions: BTreeMap<i64, Value>,
    /// By message: what the user has set on it for themselves.
    pub(crate) flags: BTreeMap<i64, Value>,
    /// By message: its pin, while it is pinned and the user has not hidden it.
    pub(crate) pins: BTreeMap<i64, Value>,
    /// The user's preferences by chat, where any are set.
    pub(crate) preferences: BTreeMap<i64, Value>,
    /// The user's privacy settings, if they were ever set.
    pub(crate) privacy: Option<Value>,
}

impl Replica {
    /// Loads everything a user may see, by plain requests.
    pub(crate) async fn load(user: &User) -> Self {
        let mut replica = Self::default();
        for row in user.get("/api/users").await.json()["users"].as_array().unwrap() {
            replica.apply_row("user", row);
        }
        let privacy = user.get("/api/users/me/privacy").await.json();
        if privacy["changed"] != 0 {
            replica.apply_row("privacy", &privacy);
        }
        for chat in user.chats().await {
            replica.apply_row("chat", &chat);
            for page in pages(user, chat["id"].as_i64().unwrap()).await {
                for (list, kind) in PAGE_LISTS {
                    for row in page[list].as_array().unwrap() {
                        replica.apply_row(kind, row);
                    }
                }
            }
        }
        replica
    }

    /// Applies a frame of any type. Returns the number a device has after it, if it contains one.
    pub(crate) fn apply(&mut self, frame: &Value) -> Option<i64> {
        let kind = frame["type"].as_str().unwrap();
        match kind {
            "sync" => {
                for row in frame["rows"].as_array().unwrap() {
                    self.apply_row(row["type"].as_str().unwrap(), row);
                }
                None
            }
            "synced" | "reset" => frame["revision"].as_i64(),
            _ => {
                self.apply_row(kind, frame);
                frame["changed"].as_i64()
            }
        }
    }

    /// Removes what has expired at this time of the server.
    pub(crate) fn expire(&mut self, now: i64) {
        for id in expire(&mut self.messages, now) {
            self.reactions.remove(&id);
            self.own_reactions.remove(&id);
            remove_star(&mut self.flags, id);
            self.pins.remove(&id);
        }
    }

    fn apply_row(&mut self, kind: &str, row: &Value) {
        let id = || row["id"].as_i64().unwrap();
        match kind {
            "user" => {
                let name = row["username"].as_str().unwrap().to_owned();
                self.users.insert(id(), name);
            }
            "chat" => self.apply_chat(id(), row),
            "receipt" => self.raise(row["chat_id"].as_i64().unwrap(), row),
            "preferences" => self.apply_preferences(row),
            "privacy" => {
                let mut privacy = row.clone();
                privacy.as_object_mut().unwrap().remove("type");
                self.privacy = Some(privacy);
            }
            "message" => {
                let mut message = row.clone();
                message.as_object_mut().unwrap().remove("type");
                // The answer to a retry is older than a change that came before it.
                let newest = self.messages.entry(id()).or_insert_with(|| message.clone());
                if newest["changed"].as_i64() <= message["changed"].as_i64() {
                    *newest = message;
                }
                if row["deleted_at"].is_i64() {
                    self.reactions.remove(&id());
                    self.own_reactions.remove(&id());
                    remove_star(&mut self.flags, id());
                    self.pins.remove(&id());
                }
                empty_hidden(&self.flags, &mut self.messages, id());
            }
            "reactions" => put(&mut self.reactions, row),
            "reaction" => put(&mut self.own_reactions, row),
            "flags" => {
                put(&mut self.flags, row);
                let message = row["message_id"].as_i64().unwrap();
                empty_hidden(&self.flags, &mut self.messages, message);
                if row["hidden_at"].is_i64() {
                    self.pins.remove(&message);
                }
            }
            "pin" => put_pin(&mut self.pins, &self.flags, row),
            _ => {}
        }
    }

    fn apply_chat(&mut self, id: i64, row: &Value) {
        for receipt in row["receipts"].as_array().into_iter().flatten() {
            self.raise(id, receipt);
        }
        let mut chat = row.clone();
        // The list has them inside the chat, the feed as separate rows.
        if row["preferences"].is_object() {
            self.apply_preferences(&row["preferences"]);
        }
        for pin in row["pins"].as_array().into_iter().flatten() {
            put_pin(&mut self.pins, &self.flags, pin);
        }
        let own = [
            "membership",
            "last_message",
            "unread",
            "unread_mentions",
            "preferences",
            "last_reaction",
            "pins",
        ];
        for moving in ["type", "receipts", "last_seq"].iter().chain(&own) {
            chat.as_object_mut().unwrap().remove(*moving);
        }
        self.chats.insert(id, chat);
    }

    fn apply_preferences(&mut self, row: &Value) {
        let mut kept = row.clone();
        kept.as_object_mut().unwrap().remove("type");
        self.preferences.insert(row["chat_id"].as_i64().unwrap(), kept);
    }

    /// Watermarks only rise, so an older row changes nothing.
    fn raise(&mut self, chat: i64, receipt: &Value) {
        let number = |name: &str| receipt[name].as_i64().unwrap();
        let (delivered, read) = (number("delivered_seq"), number("read_seq"));
        // A receipt that says nothing yet stands in the list and is not sent as a row.
        if delivered > 0 {
            let mark = self.watermarks.entry((chat, number("user_id"))).or_default();
            *mark = (mark.0.max(delivered), mark.1.max(read));
        }
    }

    /// The contents of a chat in the order of `seq`, which must count 1, 2, 3 …
    pub(crate) fn contents_of(&self, chat: i64) -> Vec<String> {
        let mut messages: Vec<&Value> =
            self.messages.values().filter(|message| message["chat_id"] == chat).collect();
        messages.sort_by_key(|message| message["seq"].as_i64());
        for (message, place) in messages.iter().zip(1..) {
            assert_eq!(message["seq"], place, "a gap or a duplicate in chat {chat}: {messages:?}");
        }
        messages.iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
    }
}

/// Takes the words of messages away that have expired at this time, and returns their ids.
pub(crate) fn expire(messages: &mut BTreeMap<i64, Value>, now: i64) -> Vec<i64> {
    let is_over = |row: &Value| row["expires_at"].as_i64().is_some_and(|at| at <= now);
    let mut expired = Vec::new();
    for (id, row) in messages.iter_mut().filter(|(_, row)| is_over(row)) {
        row["content"] = Value::from("");
        row["expired"] = Value::from(true);
        for name in ["reply_to", "edited_at", "mentions", "mentions_all", "forwarded"] {
            row.as_object_mut().unwrap().remove(name);
        }
        expired.push(*id);
    }
    expired
}

/// Takes the star off a message that was deleted for everyone. What is hidden stays hidden.
pub(crate) fn remove_star(flags: &mut BTreeMap<i64, Value>, message: i64) {
    flags.retain(|id, row| *id != message || row["hidden_at"].is_i64());
}

/// Keeps the pin of a message while it is pinned and the user has not hidden it.
pub(crate) fn put_pin(pins: &mut BTreeMap<i64, Value>, flags: &BTreeMap<i64, Value>, row: &Value) {
    let message = row["message_id"].as_i64().unwrap();
    let is_hidden = flags.get(&message).is_some_and(|row| row["hidden_at"].is_i64());
    if row["until"].is_null() || is_hidden {
        pins.remove(&message);
    } else {
        put(pins, row);
    }
}

/// Takes away the words of a message that the user has hidden.
pub(crate) fn empty_hidden(
    flags: &BTreeMap<i64, Value>,
    messages: &mut BTreeMap<i64, Value>,
    message: i64,
) {
    let is_hidden = flags.get(&message).is_some_and(|row| row["hidden_at"].is_i64());
    if let Some(row) = messages.get_mut(&message).filter(|_| is_hidden) {
        row["content"] = Value::from("");
        for name in ["reply_to", "mentions", "mentions_all"] {
            row.as_object_mut().unwrap().remove(name);
        }
    }
}

/// Keeps the newest row of a message.
fn put(rows: &mut BTreeMap<i64, Value>, row: &Value) {
    let mut row = row.clone();
    row.as_object_mut().unwrap().remove("type");
    let newest = rows.entry(row["message_id"].as_i64().unwrap()).or_insert_with(|| row.clone());
    if newest["changed"].as_i64() <= row["changed"].as_i64() {
        *newest = row;
    }
}

/// All messages of a chat, oldest first.
pub(crate) async fn whole_chat(user: &User, chat: i64) -> Vec<Value> {
    let pages = pages(user, chat).await;
    pages.iter().rev().flat_map(|page| page["messages"].as_array().unwrap()).cloned().collect()
}

/// All pages of a chat, the newest first.
pub(crate) async fn pages(user: &User, chat: i64) -> Vec<Value> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = user.page(chat, &format!("limit=200{cursor}")).await;
        if let Some(first) = page["messages"].as_array().unwrap().first() {
            cursor = format!("&before={}", first["id"]);
        }
        let more = page["more"] == true;
        pages.push(page);
        if !more {
            return pages;
        }
    }
}
