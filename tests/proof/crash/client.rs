//! A correct client that stores everything the server told it.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use crate::{
    bench::Dice,
    kit::{Socket, User, new_cid},
};

/// What every scheduled text says.
pub(crate) const SCHEDULED: &str = "written before";
/// Unacknowledged messages at a time.
const IN_FLIGHT: usize = 8;

/// What to do with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Send and listen until the connection breaks.
    Load,
    /// Get everything acknowledged, catch up, then disconnect.
    Settle,
    /// Do nothing this time.
    Rest,
}

/// A text as its sender stores it.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) cid: String,
    pub(crate) to: i64,
    pub(crate) content: String,
}

/// The position of a message, as told by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: i64,
    pub(crate) chat: i64,
    pub(crate) seq: i64,
}

/// A message as a device received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) place: Place,
    pub(crate) sender: i64,
    pub(crate) cid: String,
    pub(crate) content: String,
    pub(crate) changed: i64,
}

impl Seen {
    /// What stays the same in every change.
    pub(crate) fn name(&self) -> (Place, i64, &str) {
        (self.place, self.sender, &self.cid)
    }
}

/// What may have become of something: its state by the last answer, and what was asked for since.
#[derive(Clone, Debug)]
pub(crate) struct Outcomes<T>(pub(crate) Vec<T>);

impl<T> Outcomes<T> {
    fn of(state: T) -> Self {
        Self(vec![state])
    }

    fn ask(&mut self, state: T) {
        self.0.push(state);
    }

    /// The last thing that was asked for has happened.
    fn settle(&mut self) {
        let last = self.0.pop();
        self.0.clear();
        self.0.extend(last);
    }
}

/// One device of a user.
pub(crate) struct Client {
    pub(crate) user: User,
    /// Whether it sends. Only one device of each user does, so that the user's texts have an order.
    pub(crate) sends: bool,
    pub(crate) written: Vec<Text>,
    pub(crate) acked: BTreeMap<String, Place>,
    pub(crate) seen: BTreeMap<i64, Seen>,
    /// By cid of a text that was edited or deleted: what it may say now; nothing once it is deleted.
    pub(crate) contents: BTreeMap<String, Outcomes<String>>,
    /// By message: what the user may react with.
    pub(crate) reactions: BTreeMap<i64, Outcomes<Option<&'static str>>>,
    /// By message: whether the user may have starred it.
    pub(crate) stars: BTreeMap<i64, Outcomes<bool>>,
    /// By message: the revision and the end of its pin, as the server has answered last.
    pub(crate) pins: BTreeMap<i64, (i64, Option<i64>)>,
    /// By cid of a text that may have been scheduled: whether the server has answered that it is
    /// sent.
    pub(crate) scheduled: BTreeMap<String, bool>,
    number: i64,
    others: Vec<i64>,
    dice: Dice,
    /// The last `seq` by chat that came over this connection after it had caught up.
    last: BTreeMap<i64, i64>,
    live: bool,
}

impl Client {
    pub(crate) fn new(place: usize, sends: bool, people: &[User], dice: Dice) -> Self {
        Self {
            user: people[place].clone(),
            sends,
            written: Vec::new(),
            acked: BTreeMap::new(),
            seen: BTreeMap::new(),
            contents: BTreeMap::new(),
            reactions: BTreeMap::new(),
            stars: BTreeMap::new(),
            pins: BTreeMap::new(),
            scheduled: BTreeMap::new(),
            number: 0,
            others: people.iter().map(|user| user.id).collect(),
            dice,
            last: BTreeMap::new(),
            live: false,
        }
    }

    /// Runs for one connection: catches up, resends what was not acknowledged, then continues.
    pub(crate) async fn live(&mut self, address: &str, mode: Mode) {
        if mode == Mode::Rest {
            return;
        }
        let protocols = format!("chaap.v2, bearer.{}", self.user.token);
        let protocols = [("sec-websocket-protocol", protocols.as_str())];
        let Some(mut socket) = Socket::try_open(address, "/ws", &protocols).await else { return };
        self.live = false;
        self.last.clear();
        let hello = json!({ "type": "hello", "since": self.number });
        let mut waiting = self.unacked();
        let mut under_way = 0;
        let mut open = socket.try_send(&hello).await;
        // Process a received frame even if nothing more can be sent: it may be an ack.
        loop {
            while open && self.sends && under_way < IN_FLIGHT {
                let Some(text) = self.next_text(&mut waiting, mode) else { break };
                open = send(&mut socket, &text).await;
                under_way += 1;
            }
            if mode == Mode::Settle && self.live && under_way == 0 {
                return socket.close().await;
            }
            let Ok(frame) = socket.next_or_close().await else { return };
            under_way -= usize::from(frame["type"] == "ack");
            if let Some(receipt) = self.take(&frame) {
                open = open && socket.try_send(&receipt).await;
            }
            if mode == Mode::Load && self.sends && self.dice.throw(10) == 0 {
                open = open && self.change_something(address).await;
            }
        }
    }

    /// The oldest text to resend, or a new one.
    fn next_text(&mut self, waiting: &mut Vec<Text>, mode: Mode) -> Option<Text> {
        if let Some(text) = waiting.pop() {
            return Some(text);
        }
        (mode == Mode::Load).then(|| self.write())
    }

    /// The unacknowledged texts, newest first.
    fn unacked(&self) -> Vec<Text> {
        let mut texts: Vec<Text> = self.written.clone();
        texts.retain(|text| !self.acked.contains_key(&text.cid));
        texts.reverse();
        texts
    }

    fn write(&mut self) -> Text {
        let to = self.others[self.dice.throw(self.others.len())];
        // Some are long, so that the log is copied into the file under load too.
        let long = if self.dice.throw(8) == 0 { self.dice.throw(14_000) } else { 0 };
        let content = format!("{} {} {}", self.user.username, self.written.len(), "x".repeat(long));
        let text = Text { cid: new_cid(), to, content: content.trim_end().to_owned() };
        self.written.push(text.clone());
        text
    }

    /// Edits or deletes a text of its own, reacts to a message, stars or pins it, sets the timer of
    /// a chat, or schedules a text. Returns whether the server has answered.
    async fn change_something(&mut self, address: &str) -> bool {
        let acked: Vec<(&String, &Place)> = self.acked.iter().collect();
        let seen: Vec<&Seen> = self.seen.values().collect();
        let user = self.user.at(address);
        match self.dice.throw(8) {
            0 | 1 if !acked.is_empty() => {
                let (cid, place) = acked[self.dice.throw(acked.len())];
                let path = format!("/api/chats/{}/messages/{}", place.chat, place.id);
                let text = self.written.iter().find(|text| text.cid == *cid).expect("it was sent");
                let outcomes = self.contents.entry(cid.clone());
                let outcomes = outcomes.or_insert_with(|| Outcomes::of(text.content.clone()));
                let (method, body, content) = if self.dice.throw(3) == 0 {
                    ("DELETE", String::new(), String::new())
                } else {
                    let content = format!("edited {}", self.dice.throw(1_000_000));
                    ("PATCH", json!({ "content": content }).to_string(), content)
                };
                outcomes.ask(content);
                let Ok(reply) = user.try_send_json(method, &path, body).await else { return false };
                if matches!(reply.status, 404 | 409) {
                    // It has expired, or was deleted by an earlier request, which had no answer perhaps.
                    outcomes.0 = vec![String::new()];
                } else {
                    assert_eq!(reply.status, 200, "{}", reply.text());
                    outcomes.settle();
                }
            }
            2 if !seen.is_empty() => {
                let place = seen[self.dice.throw(seen.len())].place;
                return self.star(&user, place).await;
            }
            3 if !seen.is_empty() => {
                let place = seen[self.dice.throw(seen.len())].place;
                return self.pin(&user, place).await;
            }
            4 if !seen.is_empty() => {
                let Place { chat, .. } = seen[self.dice.throw(seen.len())].place;
                return self.set_timer(&user, chat).await;
            }
            5 if !seen.is_empty() => {
                let Place { chat, .. } = seen[self.dice.throw(seen.len())].place;
                return self.schedule(&user, chat).await;
            }
            _ if !seen.is_empty() => {
                let message = seen[self.dice.throw(seen.len())];
                let Place { id, chat, .. } = message.place;
                let path = format!("/api/chats/{chat}/messages/{id}/reaction");
                let emoji = [None, Some("👍"), Some("😂")][self.dice.throw(3)];
                let outcomes = self.reactions.entry(id).or_insert_with(|| Outcomes::of(None));
                outcomes.ask(emoji);
                let sent = match emoji {
                    Some(emoji) => {
                        let body = json!({ "emoji": emoji }).to_string();
                        user.try_send_json("PUT", &path, body).await
                    }
                    None => user.try_send_json("DELETE", &path, String::new()).await,
                };
                let Ok(reply) = sent else { return false };
                // 404, 409: the message has expired or is deleted, and its reactions are gone with it.
                assert!(matches!(reply.status, 200 | 404 | 409), "{}", reply.text());
                outcomes.settle();
            }
            _ => {}
        }
        true
    }

    /// Stars a message, or takes its star away. Returns whether the server has answered.
    async fn star(&mut self, user: &User, Place { id, chat, .. }: Place) -> bool {
        let path = format!("/api/chats/{chat}/messages/{id}/star");
        let on = self.dice.throw(3) > 0;
        let outcomes = self.stars.entry(id).or_insert_with(|| Outcomes::of(false));
        outcomes.ask(on);
        let method = if on { "PUT" } else { "DELETE" };
        let sent = user.try_send_json(method, &path, String::new()).await;
        let Ok(reply) = sent else { return false };
        // 404, 409: the message has expired or is deleted, and its stars are gone with it.
        assert!(matches!(reply.status, 200 | 404 | 409), "{}", reply.text());
        outcomes.settle();
        true
    }

    /// Sets the timer of a chat, or switches it off. Returns whether the server has answered.
    async fn set_timer(&mut self, user: &User, chat: i64) -> bool {
        let expire_after = (self.dice.throw(3) == 0).then_some(1_000);
        let body = json!({ "expire_after": expire_after }).to_string();
        let path = format!("/api/chats/{chat}/timer");
        let Ok(reply) = user.try_send_json("PUT", &path, body).await else { return false };
        assert_eq!(reply.status, 200, "{}", reply.text());
        true
    }

    /// Schedules a text, and mostly sends it before its time. Returns whether the server has
    /// answered.
    async fn schedule(&mut self, user: &User, chat: i64) -> bool {
        let cid = new_cid();
        self.scheduled.insert(cid.clone(), false);
        let body = json!({ "content": SCHEDULED, "cid": cid, "due_at": now() + 3_600_000 });
        let path = format!("/api/chats/{chat}/scheduled");
        let Ok(reply) = user.try_send_json("POST", &path, body.to_string()).await else {
            return false;
        };
        // 409: a hundred of them wait.
        assert!(matches!(reply.status, 201 | 409), "{}", reply.text());
        if reply.status == 409 || self.dice.throw(3) == 0 {
            return true;
        }
        let path = format!("/api/scheduled/{}/send", reply.json()["id"]);
        let Ok(reply) = user.try_send_json("POST", &path, String::new()).await else {
            return false;
        };
        assert_eq!(reply.status, 200, "{}", reply.text());
        self.scheduled.insert(cid, true);
        true
    }

    /// Pins a message or unpins it. Returns whether the server has answered.
    async fn pin(&mut self, user: &User, Place { id, chat, .. }: Place) -> bool {
        let path = format!("/api/chats/{chat}/messages/{id}/pin");
        let sent = if self.dice.throw(4) > 0 {
            user.try_send_json("PUT", &path, json!({ "hours": 24 }).to_string()).await
        } else {
            user.try_send_json("DELETE", &path, String::new()).await
        };
        let Ok(reply) = sent else { return false };
        // 404, 409: the message has expired or is deleted, and its pin is gone with it.
        assert!(matches!(reply.status, 200 | 404 | 409), "{}", reply.text());
        if reply.status == 200 && reply.json()["changed"] != 0 {
            let row = reply.json();
            self.pins.insert(id, (row["changed"].as_i64().unwrap(), row["until"].as_i64()));
        }
        true
    }

    /// Applies a frame. Returns the receipt for it, if any.
    fn take(&mut self, frame: &Value) -> Option<Value> {
        match frame["type"].as_str().unwrap() {
            "ack" => self.take_ack(frame),
            "message" => return self.take_message(frame, true),
            "sync" => {
                for row in frame["rows"].as_array().unwrap() {
                    if row["type"] == "message" {
                        self.take_message(row, false);
                    }
                }
            }
            "synced" => {
                self.live = true;
                self.rise(frame["revision"].as_i64());
            }
            "reset" | "error" => panic!("{}: {frame}", self.user.username),
            _ => self.rise(frame["changed"].as_i64()),
        }
        None
    }

    /// Until it has caught up, a device must not count live messages: earlier ones are missing.
    fn rise(&mut self, number: Option<i64>) {
        if self.live {
            self.number = self.number.max(number.unwrap_or(0));
        }
    }

    fn take_ack(&mut self, ack: &Value) {
        let cid = ack["cid"].as_str().unwrap().to_owned();
        let number = |name: &str| ack[name].as_i64().unwrap();
        let place = Place { id: number("message_id"), chat: number("chat_id"), seq: number("seq") };
        if let Some(before) = self.acked.insert(cid, place) {
            assert_eq!(before, place, "a second ack with another position: {ack}");
        }
        self.rise(ack["changed"].as_i64());
    }

    fn take_message(&mut self, row: &Value, live: bool) -> Option<Value> {
        let number = |name: &str| row[name].as_i64().unwrap();
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        let place = Place { id: number("id"), chat: number("chat_id"), seq: number("seq") };
        let is_new = number("changed") == place.id;
        if live
            && is_new
            && let Some(last) = self.last.insert(place.chat, place.seq)
        {
            assert!(last < place.seq, "{last} before {row}");
        }
        self.rise(row["changed"].as_i64());
        if row["event"].is_object() {
            return None;
        }
        let seen = Seen {
            place,
            sender: number("sender_id"),
            cid: text("cid"),
            content: text("content"),
            changed: number("changed"),
        };
        if let Some(before) = self.seen.insert(place.id, seen.clone()) {
            assert_eq!(before.name(), seen.name(), "a message that was another before");
            assert!(before.changed <= seen.changed, "{before:?} after {seen:?}");
            let is_same = before == seen || row["expired"] == true;
            assert!(before.changed < seen.changed || is_same, "{before:?} and {seen:?}");
        }
        let confirms = live && is_new && seen.sender != self.user.id && self.dice.throw(4) == 0;
        confirms
            .then(|| json!({ "type": "receipt", "chat_id": place.chat, "delivered": place.seq }))
    }
}

/// Milliseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "the client has a clock of its own")]
fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since_epoch.as_millis()).unwrap()
}

async fn send(socket: &mut Socket, text: &Text) -> bool {
    let frame = json!({
        "type": "send", "recipient_id": text.to, "content": text.content, "cid": text.cid,
    });
    socket.try_send(&frame).await
}
