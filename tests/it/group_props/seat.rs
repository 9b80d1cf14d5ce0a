//! A device of somebody who is in groups: it stores what it knows and catches up from its revision.

use std::{collections::BTreeMap, fmt::Debug};

use serde_json::Value;

use crate::kit::{
    Device, PAGE_LISTS, User, empty_hidden, expire, pages, put_pin, remove_star, words,
};

/// What a device knows of groups.
#[derive(Clone, Default)]
pub(super) struct Known {
    pub(super) chats: BTreeMap<i64, Value>,
    pub(super) memberships: BTreeMap<i64, Value>,
    /// By chat and user; 0 stands for all members.
    pub(super) marks: BTreeMap<(i64, i64), (i64, i64)>,
    pub(super) messages: BTreeMap<i64, Value>,
    /// By message: its reactions, and the user's own.
    pub(super) reactions: BTreeMap<i64, Value>,
    pub(super) own_reactions: BTreeMap<i64, Value>,
    /// By message: what the user has set on it for themselves.
    pub(super) flags: BTreeMap<i64, Value>,
    /// By message: its pin, while it is pinned and the user has not hidden it.
    pub(super) pins: BTreeMap<i64, Value>,
    /// Who is in a group, by user id, as far as the device was told or has asked.
    pub(super) roles: BTreeMap<i64, BTreeMap<i64, String>>,
    /// The revision at which it has asked who is in a group.
    pub(super) listed: BTreeMap<i64, i64>,
    /// The coming after which it has asked for the messages of a group.
    pub(super) loaded: BTreeMap<i64, i64>,
}

impl Known {
    /// Everything that the server tells somebody who asks.
    pub(super) async fn load(user: &User) -> Self {
        let mut known = Self::default();
        for chat in user.chats().await {
            for (kind, row) in [("chat", &chat), ("membership", &chat["membership"])] {
                known.apply(kind, row);
            }
            for receipt in chat["receipts"].as_array().unwrap() {
                known.apply("receipt", receipt);
            }
            for pin in chat["pins"].as_array().unwrap() {
                known.apply("pin", pin);
            }
        }
        known.list(user).await;
        known
    }

    /// Asks for messages and members of the groups to which the user has come since the last time.
    pub(super) async fn list(&mut self, user: &User) {
        for (chat, membership) in self.memberships.clone() {
            let joined = membership["joined"].as_i64().unwrap();
            if self.loaded.insert(chat, joined) != Some(joined) {
                for page in pages(user, chat).await {
                    for (list, kind) in PAGE_LISTS {
                        for row in page[list].as_array().unwrap() {
                            self.apply(kind, row);
                        }
                    }
                }
            }
            let is_listed = self.listed.get(&chat).is_some_and(|revision| *revision >= joined);
            if is_listed || membership["role"] == "former" {
                continue;
            }
            let page = user.get(&format!("/api/chats/{chat}/members")).await.json();
            let role = |row: &Value| {
                (row["user_id"].as_i64().unwrap(), row["role"].as_str().unwrap().to_owned())
            };
            let roles = page["members"].as_array().unwrap().iter().map(role).collect();
            self.roles.insert(chat, roles);
            self.listed.insert(chat, page["revision"].as_i64().unwrap());
        }
    }

    /// Removes what has expired at this time of the server.
    fn expire(&mut self, now: i64) {
        for id in expire(&mut self.messages, now) {
            self.reactions.remove(&id);
            self.own_reactions.remove(&id);
            remove_star(&mut self.flags, id);
            self.pins.remove(&id);
        }
    }

    fn apply(&mut self, kind: &str, row: &Value) {
        let mut row = row.clone();
        row.as_object_mut().unwrap().remove("type");
        let number = |name: &str| row[name].as_i64().unwrap();
        match kind {
            "chat" => {
                let id = number("id");
                let more = [
                    "membership",
                    "receipts",
                    "last_message",
                    "unread",
                    "unread_mentions",
                    "preferences",
                    "last_reaction",
                    "pins",
                ];
                for name in more.iter().chain(&["last_seq"]) {
                    row.as_object_mut().unwrap().remove(*name);
                }
                self.chats.insert(id, row);
            }
            "membership" => {
                let chat = number("chat_id");
                if row["role"] == "former" {
                    self.forget(chat);
                }
                self.memberships.insert(chat, row);
            }
            "member" => {
                let (chat, user) = (number("chat_id"), number("user_id"));
                let roles = self.roles.entry(chat).or_default();
                match row["role"].as_str().unwrap() {
                    "former" => drop(roles.remove(&user)),
                    role => drop(roles.insert(user, role.to_owned())),
                }
            }
            "receipt" if row["delivered_seq"] != 0 => {
                let key = (number("chat_id"), row["user_id"].as_i64().unwrap_or(0));
                let mark = self.marks.entry(key).or_default();
                let (delivered, read) = (number("delivered_seq"), number("read_seq"));
                *mark = (mark.0.max(delivered), mark.1.max(read));
            }
            "message" => {
                if row["deleted_at"].is_i64() {
                    self.reactions.remove(&number("id"));
                    self.own_reactions.remove(&number("id"));
                    remove_star(&mut self.flags, number("id"));
                    self.pins.remove(&number("id"));
                }
                let id = number("id");
                self.messages.insert(id, row);
                empty_hidden(&self.flags, &mut self.messages, id);
            }
            "reactions" => drop(self.reactions.insert(number("message_id"), row)),
            "reaction" => drop(self.own_reactions.insert(number("message_id"), row)),
            "flags" => {
                let id = number("message_id");
                if row["hidden_at"].is_i64() {
                    self.pins.remove(&id);
                }
                self.flags.insert(id, row);
                empty_hidden(&self.flags, &mut self.messages, id);
            }
            "pin" => put_pin(&mut self.pins, &self.flags, &row),
            _ => {}
        }
    }

    /// Forgets what changes in a group without its user being told.
    fn forget(&mut self, chat: i64) {
        self.roles.remove(&chat);
        self.listed.remove(&chat);
        self.marks.remove(&(chat, 0));
        for rows in [&mut self.reactions, &mut self.own_reactions, &mut self.pins] {
            rows.retain(|_, row| row["chat_id"] != chat);
        }
    }

    /// The reactions in a group, by message and emoji.
    pub(super) fn counts(&self, chat: i64) -> BTreeMap<(i64, String), u64> {
        let mut counts = BTreeMap::new();
        for (message, row) in self.reactions.iter().filter(|(_, row)| row["chat_id"] == chat) {
            for it in row["counts"].as_array().unwrap() {
                let emoji = it["emoji"].as_str().unwrap().to_owned();
                counts.insert((*message, emoji), it["count"].as_u64().unwrap());
            }
        }
        counts
    }

    /// The ids of the starred messages of a group.
    pub(super) fn starred(&self, chat: i64) -> Vec<i64> {
        let rows = self.flags.iter().filter(|(_, row)| row["chat_id"] == chat);
        rows.filter(|(_, row)| row["starred_at"].is_i64()).map(|(id, _)| *id).collect()
    }

    /// The ids of the pinned messages of a group.
    pub(super) fn pinned(&self, chat: i64) -> Vec<i64> {
        let rows = self.pins.iter().filter(|(_, row)| row["chat_id"] == chat);
        rows.map(|(id, _)| *id).collect()
    }

    /// What the messages of a group say, in order.
    pub(super) fn told(&self, chat: i64) -> Vec<String> {
        let mut messages: Vec<&Value> =
            self.messages.values().filter(|row| row["chat_id"] == chat).collect();
        messages.sort_by_key(|row| row["seq"].as_i64());
        messages.into_iter().map(words).collect()
    }
}

/// A person's device, which catches up from its revision.
pub(super) struct Seat {
    pub(super) user: User,
    pub(super) device: Option<Device>,
    pub(super) known: Known,
    pub(super) revision: i64,
    /// Earlier states, as of devices that were switched off since.
    pub(super) drawer: Vec<(i64, Known)>,
}

impl Seat {
    pub(super) fn new(user: User, revision: i64, known: Known) -> Self {
        Self { user, device: None, known, revision, drawer: Vec::new() }
    }

    async fn device(&mut self) -> &mut Device {
        if self.device.is_none() {
            self.drawer.push((self.revision, self.known.clone()));
            let mut device = self.user.connect_silent().await;
            self.known.expire(device.welcome["now"].as_i64().unwrap());
            for frame in device.hello(Some(self.revision)).await {
                assert_ne!(frame["type"], "reset", "{frame}");
                self.take(&frame);
            }
            self.device = Some(device);
        }
        self.device.as_mut().unwrap()
    }

    fn take(&mut self, frame: &Value) {
        let reached = match frame["type"].as_str().unwrap() {
            "sync" => {
                for row in frame["rows"].as_array().unwrap() {
                    self.known.apply(row["type"].as_str().unwrap(), row);
                }
                None
            }
            "synced" => frame["revision"].as_i64(),
            kind => {
                self.known.apply(kind, frame);
                frame["changed"].as_i64()
            }
        };
        self.revision = self.revision.max(reached.unwrap_or(0));
    }

    pub(super) async fn listen(&mut self) {
        for frame in self.device().await.pending().await {
            self.take(&frame);
        }
    }

    /// Confirms and waits until the server has processed it.
    pub(super) async fn confirm(&mut self, chat: i64, seq: i64) {
        let device = self.device().await;
        device.confirm(chat, seq, seq).await;
        // Chat 0 does not exist: its refusal comes after the effect of the first receipt.
        device.confirm(0, 0, 0).await;
        loop {
            let frame = self.device.as_mut().unwrap().next().await;
            if frame["code"] == "no_such_chat" && frame["chat_id"] != chat {
                return;
            }
            self.take(&frame);
        }
    }
}

/// Asserts that a device knows what the server tells.
pub(super) fn assert_same(known: &Known, whole: &Known, name: &str) {
    let mut differing = Vec::new();
    compare("chat", &known.chats, &whole.chats, &mut differing);
    compare("membership", &known.memberships, &whole.memberships, &mut differing);
    compare("marks", &known.marks, &whole.marks, &mut differing);
    compare("message", &known.messages, &whole.messages, &mut differing);
    compare("reactions", &known.reactions, &whole.reactions, &mut differing);
    compare("own reaction", &known.own_reactions, &whole.own_reactions, &mut differing);
    compare("flags", &known.flags, &whole.flags, &mut differing);
    compare("pin", &known.pins, &whole.pins, &mut differing);
    compare("roles", &known.roles, &whole.roles, &mut differing);
    assert!(differing.is_empty(), "{name}:\n{}", differing.join("\n"));
}

fn compare<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    known: &BTreeMap<K, V>,
    whole: &BTreeMap<K, V>,
    differing: &mut Vec<String>,
) {
    for key in known.keys().chain(whole.keys().filter(|key| !known.contains_key(key))) {
        let (here, there) = (known.get(key), whole.get(key));
        if here != there {
            differing.push(format!("{what} {key:?} is {here:?} and not {there:?}"));
        }
    }
}
