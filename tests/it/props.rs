//! Property test: random operations on a real server are compared with a small model. Whatever
//! users do and wherever connections break, all devices end up with the same chats.

mod seat;

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*, sample::Index};
use rusqlite::Connection;
use serde_json::{Value, json};

use self::seat::{Seat, Text};
use crate::kit::{Replica, Reply, TestServer, User, new_cid, within};

const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];
/// Every person has two devices, called seats. Seat n belongs to person n modulo `PEOPLE.len()`.
const SEATS: usize = 2 * PEOPLE.len();
/// The `muted_until` that means "always".
const ALWAYS: i64 = 253_402_300_799_000;

/// One random step. Seats and people are counted from 0.
#[derive(Clone, Debug)]
enum Operation {
    /// Sends a text to a person, possibly oneself, without waiting for the answer.
    Send { from: usize, to: usize },
    /// Sends an earlier text again with its `cid`.
    Resend { from: usize, which: Index },
    /// Confirms some of the messages of a chat.
    Confirm { user: usize, chat: Index, delivered: Index, read: Index },
    /// Edits one of one's own texts that one knows of, or deletes it for everyone.
    Change { user: usize, which: Index, deletes: bool },
    /// Reacts to a text that one knows of, or takes the reaction back.
    React { user: usize, which: Index, emoji: Option<&'static str> },
    /// Stars a text that one knows of, or takes the star away.
    Star { user: usize, which: Index, on: bool },
    /// Deletes a text that one knows of for oneself.
    Hide { user: usize, which: Index },
    /// Pins a text that one knows of, or unpins it.
    Pin { user: usize, which: Index, on: bool },
    /// Sets the timer of a chat, or switches it off.
    SetTimer { user: usize, chat: Index, on: bool },
    /// Lets all messages expire that have a time. The server restarts.
    Expire,
    /// Shows or hides read receipts.
    Show { user: usize, shown: bool },
    /// Begins to reply to a text that one knows of, or to edit one of one's own.
    Draft { user: usize, which: Index, edits: bool },
    /// Changes one field of the preferences of a chat.
    Prefer { user: usize, chat: Index, change: (&'static str, Value) },
    /// Applies the frames that have arrived.
    Listen { user: usize },
    /// Breaks the connection with everything under way.
    Break { user: usize },
    /// Restarts the server.
    Restart,
}

fn operation() -> impl Strategy<Value = Operation> {
    let user = 0..SEATS;
    let change = prop_oneof![
        1 => any::<bool>().prop_map(|on| ("pinned", on.into())),
        1 => any::<bool>().prop_map(|on| ("archived", on.into())),
        1 => any::<bool>().prop_map(|on| ("marked_unread", on.into())),
        1 => any::<bool>().prop_map(|on| ("muted_until", if on { ALWAYS.into() } else { Value::Null })),
        3 => "[a-c]{0,2}".prop_map(|draft| ("draft", draft.into())),
    ];
    prop_oneof![
        12 => (user.clone(), 0..PEOPLE.len()).prop_map(|(from, to)| Operation::Send { from, to }),
        3 => (user.clone(), any::<Index>())
            .prop_map(|(from, which)| Operation::Resend { from, which }),
        4 => (user.clone(), any::<(Index, Index, Index)>()).prop_map(
            |(user, (chat, delivered, read))| Operation::Confirm { user, chat, delivered, read }
        ),
        4 => (user.clone(), any::<Index>(), any::<bool>())
            .prop_map(|(user, which, deletes)| Operation::Change { user, which, deletes }),
        5 => (user.clone(), any::<Index>(), prop_oneof![Just(None), Just(Some("👍")), Just(Some("😂"))])
            .prop_map(|(user, which, emoji)| Operation::React { user, which, emoji }),
        4 => (user.clone(), any::<Index>(), any::<bool>())
            .prop_map(|(user, which, on)| Operation::Star { user, which, on }),
        3 => (user.clone(), any::<Index>())
            .prop_map(|(user, which)| Operation::Hide { user, which }),
        5 => (user.clone(), any::<Index>(), proptest::bool::weighted(0.7))
            .prop_map(|(user, which, on)| Operation::Pin { user, which, on }),
        3 => (user.clone(), any::<Index>(), proptest::bool::weighted(0.7))
            .prop_map(|(user, chat, on)| Operation::SetTimer { user, chat, on }),
        2 => Just(Operation::Expire),
        5 => (user.clone(), any::<Index>(), any::<bool>())
            .prop_map(|(user, which, edits)| Operation::Draft { user, which, edits }),
        2 => (user.clone(), any::<bool>())
            .prop_map(|(user, shown)| Operation::Show { user, shown }),
        5 => (user.clone(), any::<Index>(), change)
            .prop_map(|(user, chat, change)| Operation::Prefer { user, chat, change }),
        3 => user.clone().prop_map(|user| Operation::Listen { user }),
        3 => user.prop_map(|user| Operation::Break { user }),
        1 => Just(Operation::Restart),
    ]
}

/// The expected result.
#[derive(Default)]
struct Model {
    /// By pair of people (lower first) and sending seat: the texts in order.
    texts: BTreeMap<(usize, usize), BTreeMap<usize, Vec<String>>>,
    /// By id of a message that was edited or deleted: its first text, and what is left of it.
    changed: BTreeMap<i64, (String, String)>,
    /// By message: what the users react with.
    reactions: BTreeMap<i64, BTreeMap<i64, &'static str>>,
    /// The messages that are starred, each with the user who did it.
    stars: BTreeSet<(i64, i64)>,
    /// By message and the user who has hidden it: its first text.
    hidden: BTreeMap<(i64, i64), String>,
    /// By chat: the messages that are pinned, the latest pin first.
    pins: BTreeMap<i64, Vec<i64>>,
    /// By message that has expired: its first text.
    expired: BTreeMap<i64, String>,
    /// By chat and user id: the highest confirmed watermarks (delivered, read).
    watermarks: BTreeMap<(i64, i64), (i64, i64)>,
    /// The watermarks as the other person should see them.
    shown: BTreeMap<(i64, i64), (i64, i64)>,
    /// The ids of the users who hide read receipts.
    hiding: BTreeSet<i64>,
    /// By chat and user id: the last value set, field by field.
    preferences: BTreeMap<(i64, i64), BTreeMap<&'static str, Value>>,
}

impl Model {
    /// Whether a message is a text that a user sees. If not, `reply` has said why.
    fn is_text_of(&self, user: i64, message: i64, reply: &Reply) -> bool {
        if self.hidden.contains_key(&(message, user)) {
            reply.assert_error(404, "no_such_message");
            return false;
        }
        if self.changed.get(&message).is_some_and(|(_, left)| left.is_empty()) {
            reply.assert_error(409, "message_deleted");
            return false;
        }
        assert_eq!(reply.status, 200, "{}", reply.text());
        true
    }

    /// A deleted message is edited no more; what was written before is the draft again.
    fn end_edit_of(&mut self, message: i64, place: (i64, i64)) {
        let Some(preferences) = self.preferences.get_mut(&place) else { return };
        if preferences.get("draft_edit_of") == Some(&json!(message)) {
            let aside = preferences["draft_aside"].clone();
            preferences.extend(draft_of(aside, Value::Null, Value::Null, json!("")));
        }
    }

    /// Whether a message has not expired, and a user has not hidden it.
    fn is_shown(&self, user: i64, message: i64) -> bool {
        !self.expired.contains_key(&message) && !self.hidden.contains_key(&(message, user))
    }

    /// Takes away what is set on a message whose words are gone.
    fn forget(&mut self, id: i64) {
        self.reactions.remove(&id);
        self.stars.retain(|(message, _)| *message != id);
        self.pins.values_mut().for_each(|pins| pins.retain(|message| *message != id));
    }
}

/// The person of a seat.
fn person(seat: usize) -> usize {
    seat % PEOPLE.len()
}

/// The fields of a draft.
fn draft_of(
    text: Value,
    reply_to: Value,
    edit_of: Value,
    aside: Value,
) -> [(&'static str, Value); 4] {
    [
        ("draft", text),
        ("draft_reply_to", reply_to),
        ("draft_edit_of", edit_of),
        ("draft_aside", aside),
    ]
}

/// The prefix of the texts from a seat.
fn mark(seat: usize) -> String {
    format!("{} at {seat}: ", PEOPLE[person(seat)])
}

/// A server, its users, and the model of their state.
struct World {
    server: TestServer,
    people: Vec<User>,
    seats: Vec<Seat>,
    model: Model,
}

impl World {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let people = server.users(PEOPLE).await.to_vec();
        let seats = (0..SEATS).map(|seat| Seat::new(people[person(seat)].clone())).collect();
        Self { server, people, seats, model: Model::default() }
    }

    async fn perform(&mut self, operation: &Operation) {
        match operation {
            Operation::Send { from, to } => self.send(*from, *to).await,
            Operation::Resend { from, which } => self.resend(*from, which).await,
            Operation::Confirm { user, chat, delivered, read } => {
                self.confirm(*user, chat, delivered, read).await;
            }
            Operation::Change { user, which, deletes } => {
                self.change(*user, which, *deletes).await;
            }
            Operation::React { user, which, emoji } => self.react(*user, which, *emoji).await,
            Operation::Star { user, which, on } => self.star(*user, which, *on).await,
            Operation::Hide { user, which } => self.hide(*user, which).await,
            Operation::Pin { user, which, on } => self.pin(*user, which, *on).await,
            Operation::SetTimer { user, chat, on } => self.set_timer(*user, chat, *on).await,
            Operation::Expire => self.expire().await,
            Operation::Show { user, shown } => self.show(*user, *shown).await,
            Operation::Draft { user, which, edits } => self.draft(*user, which, *edits).await,
            Operation::Prefer { user, chat, change } => self.prefer(*user, chat, change).await,
            Operation::Listen { user } => self.seats[*user].listen(&self.people).await,
            Operation::Break { user } => self.seats[*user].device = None,
            Operation::Restart => {
                self.seats.iter_mut().for_each(|seat| seat.device = None);
                self.server.restart().await;
            }
        }
    }

    async fn send(&mut self, from: usize, to: usize) {
        let seat = &mut self.seats[from];
        seat.device(&self.people).await;
        let content = format!("{}{}", mark(from), seat.written.len());
        let text = Text { cid: new_cid(), to, content };
        let chat =
            self.model.texts.entry((person(from).min(to), person(from).max(to))).or_default();
        chat.entry(from).or_default().push(text.content.clone());
        seat.written.push(text.clone());
        seat.unacked.push(text.clone());
        let device = seat.device(&self.people).await;
        device.send_as(&text.cid, &self.people[to], &text.content).await;
    }

    async fn resend(&mut self, from: usize, which: &Index) {
        let seat = &mut self.seats[from];
        if seat.written.is_empty() {
            return;
        }
        let text = which.get(&seat.written).clone();
        let device = seat.device(&self.people).await;
        device.send_as(&text.cid, &self.people[text.to], &text.content).await;
    }

    async fn confirm(&mut self, user: usize, chat: &Index, delivered: &Index, read: &Index) {
        let Some(ids) = self.chats_of(user).await else { return };
        let seat = &mut self.seats[user];
        let id = *chat.get(&ids);
        let messages = seat.replica.messages.values().filter(|row| row["chat_id"] == id);
        let last = messages.filter_map(|row| row["seq"].as_i64()).max().unwrap_or(0);
        let choose =
            |index: &Index| i64::try_from(index.index(usize::try_from(last).unwrap() + 1)).unwrap();
        let (delivered, read) = (choose(delivered), choose(read));
        let user = seat.user.id;
        let seen = !people_of(&seat.replica, id).iter().any(|it| self.model.hiding.contains(it));
        let mark = self.model.watermarks.entry((id, user)).or_default();
        let moves = read > mark.1;
        *mark = (mark.0.max(delivered).max(read), mark.1.max(read));
        let shown = self.model.shown.entry((id, user)).or_default();
        *shown = (mark.0, if moves && seen { read } else { shown.1 });
        seat.confirm(&self.people, id, delivered, read).await;
    }

    /// A text that a seat knows of, by its own person or by anybody; its path and its row.
    async fn pick(&mut self, user: usize, which: &Index, own: bool) -> Option<(String, Value)> {
        self.chats_of(user).await?;
        let seat = &self.seats[user];
        let is_one = |row: &&Value| {
            let is_gone = self.model.expired.contains_key(&row["id"].as_i64().unwrap());
            let is_text = row["event"].is_null() && !is_gone;
            is_text && (!own || row["sender_id"] == seat.user.id)
        };
        let rows: Vec<&Value> = seat.replica.messages.values().filter(is_one).collect();
        let row = (!rows.is_empty()).then(|| which.get(&rows))?;
        let path = format!("/api/chats/{}/messages/{}", row["chat_id"], row["id"]);
        Some((path, (*row).clone()))
    }

    async fn change(&mut self, user: usize, which: &Index, deletes: bool) {
        let Some((path, row)) = self.pick(user, which, true).await else { return };
        let (id, owner) = (row["id"].as_i64().unwrap(), &self.seats[user].user);
        if self.model.hidden.contains_key(&(id, owner.id)) {
            let reply = owner.request("DELETE", &path).await;
            return reply.assert_error(404, "no_such_message");
        }
        let known = row["content"].as_str().unwrap().to_owned();
        let (first, left) =
            self.model.changed.entry(id).or_insert_with(|| (known.clone(), known.clone()));
        if deletes {
            assert_eq!(owner.request("DELETE", &path).await.status, 200);
            left.clear();
            self.model.forget(id);
            let chat = row["chat_id"].as_i64().unwrap();
            self.model.end_edit_of(id, (chat, owner.id));
            return;
        }
        let content = format!("{first}, edited after {left:?}");
        let content: String = content.chars().take(200).collect();
        let reply = owner.patch(&path, &json!({ "content": content })).await;
        if left.is_empty() {
            reply.assert_error(409, "message_deleted");
        } else {
            assert_eq!(reply.status, 200, "{}", reply.text());
            *left = content;
        }
    }

    async fn react(&mut self, user: usize, which: &Index, emoji: Option<&'static str>) {
        let Some((path, row)) = self.pick(user, which, false).await else { return };
        let (id, owner) = (row["id"].as_i64().unwrap(), &self.seats[user].user);
        let path = format!("{path}/reaction");
        let reply = match emoji {
            Some(emoji) => owner.put_json(&path, &json!({ "emoji": emoji })).await,
            None => owner.request("DELETE", &path).await,
        };
        if !self.model.is_text_of(owner.id, id, &reply) {
            return;
        }
        let reactions = self.model.reactions.entry(id).or_default();
        match emoji {
            Some(emoji) => drop(reactions.insert(owner.id, emoji)),
            None => drop(reactions.remove(&owner.id)),
        }
    }

    async fn star(&mut self, user: usize, which: &Index, on: bool) {
        let Some((path, row)) = self.pick(user, which, false).await else { return };
        let (id, owner) = (row["id"].as_i64().unwrap(), &self.seats[user].user);
        let method = if on { "PUT" } else { "DELETE" };
        let reply = owner.request(method, &format!("{path}/star")).await;
        if !self.model.is_text_of(owner.id, id, &reply) {
            return;
        }
        if on {
            self.model.stars.insert((id, owner.id));
        } else {
            self.model.stars.remove(&(id, owner.id));
        }
    }

    async fn hide(&mut self, user: usize, which: &Index) {
        let Some((path, row)) = self.pick(user, which, false).await else { return };
        let (id, owner) = (row["id"].as_i64().unwrap(), &self.seats[user].user);
        let reply = owner.request("PUT", &format!("{path}/hidden")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let known = row["content"].as_str().unwrap().to_owned();
        let first = self.model.changed.get(&id).map_or(known, |(first, _)| first.clone());
        self.model.hidden.entry((id, owner.id)).or_insert(first);
        self.model.stars.remove(&(id, owner.id));
    }

    async fn pin(&mut self, user: usize, which: &Index, on: bool) {
        let Some((path, row)) = self.pick(user, which, false).await else { return };
        let (id, owner) = (row["id"].as_i64().unwrap(), &self.seats[user].user);
        let path = format!("{path}/pin");
        let reply = if on {
            owner.put_json(&path, &json!({ "hours": 24 })).await
        } else {
            owner.request("DELETE", &path).await
        };
        if !self.model.is_text_of(owner.id, id, &reply) {
            return;
        }
        let pins = self.model.pins.entry(row["chat_id"].as_i64().unwrap()).or_default();
        pins.retain(|message| *message != id);
        if on {
            pins.insert(0, id);
            pins.truncate(3);
        }
    }

    /// `confirm` waits for each receipt, so no receipt is under way that this could overtake.
    async fn show(&mut self, user: usize, shown: bool) {
        let owner = &self.people[person(user)];
        let change = json!({ "shows_read": shown });
        assert_eq!(owner.patch("/api/users/me/privacy", &change).await.status, 200);
        if shown {
            self.model.hiding.remove(&owner.id);
        } else {
            self.model.hiding.insert(owner.id);
        }
    }

    /// The chats that a seat knows. It listens first if it knows none.
    async fn chats_of(&mut self, user: usize) -> Option<Vec<i64>> {
        let seat = &mut self.seats[user];
        if seat.replica.chats.is_empty() {
            seat.listen(&self.people).await;
        }
        let ids: Vec<i64> = seat.replica.chats.keys().copied().collect();
        (!ids.is_empty()).then_some(ids)
    }

    async fn prefer(&mut self, user: usize, chat: &Index, change: &(&'static str, Value)) {
        let Some(ids) = self.chats_of(user).await else { return };
        let seat = &self.seats[user];
        let (id, (field, value)) = (*chat.get(&ids), change);
        let path = format!("/api/chats/{id}/preferences");
        let reply = seat.user.patch(&path, &json!({ *field: value })).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let kept = self.model.preferences.entry((id, seat.user.id)).or_default();
        if *field == "draft" {
            kept.extend(draft_of(Value::Null, Value::Null, Value::Null, json!("")));
        }
        kept.insert(*field, value.clone());
    }

    async fn set_timer(&mut self, user: usize, chat: &Index, on: bool) {
        let Some(ids) = self.chats_of(user).await else { return };
        let path = format!("/api/chats/{}/timer", chat.get(&ids));
        let expire_after = on.then_some(86_400_000);
        let body = json!({ "expire_after": expire_after });
        let reply = self.seats[user].user.put_json(&path, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    async fn expire(&mut self) {
        self.seats.iter_mut().for_each(|seat| seat.device = None);
        self.server.stop().await;
        let database = Connection::open(self.server.data().join("chaap.db")).unwrap();
        let waiting = "SELECT id, chat_id, sender_id, content FROM messages
                        WHERE expires_at IS NOT NULL AND expired = 0";
        let mut waiting = database.prepare(waiting).unwrap();
        let rows =
            waiting.query_map((), |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?), row.get(3)?)));
        let rows: Vec<(i64, (i64, i64), String)> = rows.unwrap().map(Result::unwrap).collect();
        drop(waiting);
        drop(database);
        self.server.start_again().await;
        self.server.let_messages_expire().await;
        for (id, place, content) in rows {
            let first = self.model.changed.get(&id).map_or(content, |(first, _)| first.clone());
            self.model.expired.insert(id, first);
            self.model.forget(id);
            self.model.end_edit_of(id, place);
        }
    }

    async fn draft(&mut self, user: usize, which: &Index, edits: bool) {
        let Some((_, row)) = self.pick(user, which, edits).await else { return };
        let (id, chat) = (row["id"].as_i64().unwrap(), row["chat_id"].as_i64().unwrap());
        let owner = &self.seats[user].user;
        let draft = if edits {
            draft_of(json!("new"), Value::Null, json!(id), json!("aside"))
        } else {
            draft_of(json!("answer"), json!(id), Value::Null, json!(""))
        };
        let body: Value = draft.clone().into_iter().collect();
        let reply = owner.patch(&format!("/api/chats/{chat}/preferences"), &body).await;
        // A deleted message can still be answered.
        let is_taken =
            if edits { self.model.is_text_of(owner.id, id, &reply) } else { reply.status == 200 };
        assert!(is_taken || edits || !self.model.is_shown(owner.id, id), "{}", reply.text());
        if is_taken {
            self.model.preferences.entry((chat, owner.id)).or_default().extend(draft);
        }
    }

    /// All devices catch up; then all must have the same state.
    async fn check(&mut self) {
        for seat in &mut self.seats {
            seat.settle(&self.people).await;
        }
        for seat in &mut self.seats {
            seat.listen(&self.people).await;
        }
        for place in 0..self.seats.len() {
            self.check_seat(place).await;
        }
    }

    async fn check_seat(&mut self, place: usize) {
        let seat = &mut self.seats[place];
        let whole = Replica::load(&seat.user).await;
        assert_eq!(seat.replica, whole, "{}has the server's state", mark(place));
        let me = person(place);
        let theirs = self.model.texts.keys().filter(|(low, high)| [*low, *high].contains(&me));
        assert_eq!(whole.chats.len(), theirs.count(), "{}sees no other chats", mark(place));
        for id in whole.chats.keys() {
            check_chat(&self.model, &self.people, (&whole, seat.user.id), *id);
            check_preferences(&self.model, seat.user.id, &whole, *id);
        }
        check_reactions(&self.model, seat.user.id, &whole);
        check_flags(&self.model, seat.user.id, &whole);
        check_pins(&self.model, seat.user.id, &whole);
        check_lists(&self.model, &seat.user, &whole).await;
        for (number, known) in seat.drawer.clone() {
            let mut old = Seat { number, replica: known, ..Seat::new(seat.user.clone()) };
            old.device(&self.people).await;
            assert_eq!(old.replica, whole, "{}from {number}", mark(place));
        }
    }
}

/// Checks that a chat has every text once, the texts of each sender in order, and the confirmed
/// watermarks.
fn check_chat(model: &Model, people: &[User], (whole, viewer): (&Replica, i64), id: i64) {
    let ids = people_of(whole, id);
    let place = |user: &i64| people.iter().position(|person| person.id == *user).unwrap();
    let mut members: Vec<usize> = ids.iter().map(place).collect();
    members.sort_unstable();
    let pair = (members[0], *members.last().unwrap());
    let contents = first_texts(model, (whole, viewer), id);
    let texts = &model.texts[&pair];
    assert_eq!(contents.len(), texts.values().map(Vec::len).sum::<usize>(), "chat {pair:?}");
    for (sender, expected) in texts {
        let prefix = mark(*sender);
        let of_sender: Vec<&String> =
            contents.iter().filter(|content| content.starts_with(&prefix)).collect();
        assert_eq!(of_sender, expected.iter().collect::<Vec<_>>(), "{prefix}in chat {pair:?}");
    }
    for key in ids.iter().map(|user| (id, *user)) {
        let visible = if key.1 == viewer { &model.watermarks } else { &model.shown };
        let expected = visible.get(&key).copied().unwrap_or_default();
        let mark = whole.watermarks.get(&key).copied().unwrap_or_default();
        assert_eq!(mark, expected, "watermarks of {key:?}");
    }
}

/// The texts of a chat as they were sent. Checks what is left of those that were changed.
fn first_texts(model: &Model, (whole, viewer): (&Replica, i64), chat: i64) -> Vec<String> {
    let mut messages: Vec<&Value> =
        whole.messages.values().filter(|row| row["chat_id"] == chat).collect();
    messages.sort_by_key(|row| row["seq"].as_i64());
    let contents = whole.contents_of(chat).into_iter().zip(messages);
    let texts = contents.filter(|(_, row)| row["event"].is_null());
    let first = texts.map(|(content, row)| {
        let id = row["id"].as_i64().unwrap();
        let expired = model.expired.get(&id);
        assert_eq!(row["expired"] == true, expired.is_some(), "{row}");
        if let Some(first) = expired {
            assert_eq!(content, "", "{row}");
            return first.clone();
        }
        if let Some(first) = model.hidden.get(&(id, viewer)) {
            assert_eq!(content, "", "{row}");
            return first.clone();
        }
        assert_eq!(row["deleted_at"].is_i64(), content.is_empty(), "{row}");
        let Some((first, left)) = model.changed.get(&id) else {
            return content;
        };
        assert_eq!(content, *left);
        first.clone()
    });
    first.collect()
}

/// Checks that each message has the reactions set last.
fn check_reactions(model: &Model, user: i64, whole: &Replica) {
    for id in whole.messages.keys() {
        let unset = BTreeMap::new();
        let expected = model.reactions.get(id).unwrap_or(&unset);
        let row = whole.reactions.get(id).cloned().unwrap_or_else(|| json!({ "counts": [] }));
        let counts = row["counts"].as_array().unwrap().iter();
        let mut counts: Vec<(&str, u64)> = counts
            .map(|it| (it["emoji"].as_str().unwrap(), it["count"].as_u64().unwrap()))
            .collect();
        counts.sort_unstable();
        let mut wanted: BTreeMap<&str, u64> = BTreeMap::new();
        for emoji in expected.values() {
            *wanted.entry(emoji).or_default() += 1;
        }
        assert_eq!(counts, wanted.into_iter().collect::<Vec<_>>(), "reactions to {id}");
        let own = whole.own_reactions.get(id).and_then(|row| row["emoji"].as_str());
        assert_eq!(own, expected.get(&user).copied(), "the own reaction to {id}");
    }
}

/// Checks that each message has the flags set last.
fn check_flags(model: &Model, user: i64, whole: &Replica) {
    let with = |field: &str| -> Vec<i64> {
        let rows = whole.flags.iter().filter(|(_, row)| row[field].is_i64());
        rows.map(|(id, _)| *id).collect()
    };
    let stars = model.stars.iter().filter(|(_, by)| *by == user).map(|(id, _)| *id);
    assert_eq!(with("starred_at"), stars.collect::<Vec<_>>(), "the stars of {user}");
    let hidden = model.hidden.keys().filter(|(_, by)| *by == user).map(|(id, _)| *id);
    assert_eq!(with("hidden_at"), hidden.collect::<Vec<_>>(), "what {user} has hidden");
}

/// Checks that each message is pinned that was pinned last.
fn check_pins(model: &Model, user: i64, whole: &Replica) {
    let pins = model.pins.iter().filter(|(chat, _)| whole.chats.contains_key(chat));
    let pins = pins.flat_map(|(_, pins)| pins).filter(|id| model.is_shown(user, **id));
    assert_eq!(
        whole.pins.keys().collect::<BTreeSet<_>>(),
        pins.collect::<BTreeSet<_>>(),
        "the pins that {user} sees"
    );
}

/// Checks what is made of the messages without those that are hidden: the list of chats, the starred
/// messages and the histories of the first contract.
async fn check_lists(model: &Model, user: &User, whole: &Replica) {
    let is_shown = |row: &&Value| model.is_shown(user.id, row["id"].as_i64().unwrap());
    for summary in user.chats().await {
        let chat = summary["id"].as_i64().unwrap();
        let rows = whole.messages.values().filter(|row| row["chat_id"] == chat).filter(is_shown);
        let rows: Vec<&Value> = rows.collect();
        assert_eq!(
            summary["last_message"]["id"],
            rows.last().map_or(Value::Null, |it| it["id"].clone())
        );
        let pins = model.pins.get(&chat).into_iter().flatten();
        let pins: Vec<&i64> = pins.filter(|id| model.is_shown(user.id, **id)).collect();
        let listed = summary["pins"].as_array().unwrap().iter();
        let listed: Vec<&Value> = listed.map(|pin| &pin["message_id"]).collect();
        assert_eq!(listed, pins, "the latest pin first");
        let is_text = |row: &&&Value| row["deleted_at"].is_null() && row["event"].is_null();
        let texts: Vec<&&Value> = rows.iter().filter(is_text).collect();
        let (_, read) = whole.watermarks.get(&(chat, user.id)).copied().unwrap_or_default();
        let is_unread =
            |row: &&&&Value| row["sender_id"] != user.id && row["seq"].as_i64().unwrap() > read;
        assert_eq!(summary["unread"], texts.iter().filter(is_unread).count(), "{summary}");
        let other = people_of(whole, chat).into_iter().find(|id| *id != user.id);
        let history = user.get(&format!("/messages/{}", other.unwrap_or(user.id))).await.json();
        let ids = history.as_array().unwrap().iter().map(|it| it["id"].clone());
        assert_eq!(
            ids.collect::<Vec<_>>(),
            texts.iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
        );
    }
    let starred = user.get("/api/starred?limit=200").await.json();
    let rows = starred["messages"].as_array().unwrap().iter();
    let stars = model.stars.iter().rev().filter(|(_, by)| *by == user.id);
    let stars: Vec<&Value> = stars.map(|(id, _)| &whole.messages[id]).collect();
    assert_eq!(rows.collect::<Vec<_>>(), stars);
}

/// The ids of the people in a direct chat.
fn people_of(replica: &Replica, chat: i64) -> Vec<i64> {
    let ids = replica.chats[&chat]["user_ids"].as_array().unwrap().iter();
    ids.map(|id| id.as_i64().unwrap()).collect()
}

/// Checks that the preferences have the values set last.
fn check_preferences(model: &Model, user: i64, whole: &Replica, id: i64) {
    let Some(expected) = model.preferences.get(&(id, user)) else {
        return assert_eq!(whole.preferences.get(&id), None, "the preferences of another user");
    };
    let unset = json!({});
    let kept = whole.preferences.get(&id).unwrap_or(&unset);
    for (field, value) in expected {
        match *field {
            "pinned" => assert_eq!(kept["pinned_at"].is_i64(), *value == true, "{kept}"),
            // A field that only ever had its default may be missing.
            field if kept[field].is_null() => {
                assert!([json!(false), json!(""), Value::Null].contains(value), "{field}: {kept}");
            }
            field => assert_eq!(kept[field], *value, "{field}: {kept}"),
        }
    }
}

/// The number of cases; `CHAAP_CASES` raises it for longer runs.
fn cases() -> u32 {
    std::env::var("CHAAP_CASES").map_or(16, |text| text.parse().unwrap())
}

/// Runs a case of a property to its end.
pub(crate) fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(within("one case", test));
}

proptest! {
    // Each case starts a server and takes a third of a second. A failing case is printed.
    #![proptest_config(ProptestConfig {
        cases: cases(), max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn all_devices_end_up_with_the_same_chats(
        operations in vec(operation(), 1..60)
    ) {
        block_on(async {
            let mut world = World::new().await;
            for operation in &operations {
                world.perform(operation).await;
            }
            world.check().await;
        });
    }
}
