//! Who may do what in a chat, as a table: every kind of person, every route that takes a chat, and
//! every frame that names one. A route or a frame without a row fails the test.

use std::collections::BTreeSet;

use chaap::internals::ROUTES;
use serde_json::{Value, json};

use crate::{
    group_pictures::png,
    kit::{Device, Reply, TestServer, User, new_cid},
    scheduled::now,
};

const NO_CHAT: &str = "404 no_such_chat";
const LEFT: &str = "403 not_a_member";
const NOT_THEIRS: &str = "403 not_the_sender";
const NO_ADMIN: &str = "403 not_an_admin";
const NO_GROUP: &str = "404 not_found";
/// The table names none.
const NO_ADDRESS: &str = "422 invalid_query";
const ADMINS: &str = "403 only_admins_may_write";
const NO_PIN: &str = "403 only_admins_may_pin";

/// The outcomes in a group: for a stranger, a former member, a member, an admin, and the member who
/// sent the message. Deleting comes last, because the message is gone after it.
const GROUP: [(&str, [&str; 5]); 31] = [
    ("GET /api/chats/{chat_id}/messages", [NO_CHAT, "200", "200", "200", "200"]),
    ("GET /api/chats/{chat_id}/members", [NO_CHAT, "200", "200", "200", "200"]),
    (RECEIPTS, [NO_CHAT, NOT_THEIRS, NOT_THEIRS, NOT_THEIRS, "200"]),
    ("PATCH /api/chats/{chat_id}/preferences", [NO_CHAT, "200", "200", "200", "200"]),
    (POST, [NO_CHAT, LEFT, "201", "201", "201"]),
    (SCHEDULE, [NO_CHAT, LEFT, "201", "201", "201"]),
    ("send", ["no_such_chat", "not_a_member", "ack", "ack", "ack"]),
    ("receipt", ["no_such_chat", "", "", "", ""]),
    ("typing", ["no_such_chat", "not_a_member", "", "", ""]),
    (CHANGE, [NO_CHAT, LEFT, NO_ADMIN, "200", NO_ADMIN]),
    (PICTURE, [NO_CHAT, LEFT, NO_ADMIN, "200", NO_ADMIN]),
    (NO_PICTURE, [NO_CHAT, LEFT, NO_ADMIN, "200", NO_ADMIN]),
    (TIMER, [NO_CHAT, LEFT, NO_ADMIN, "200", NO_ADMIN]),
    ("POST /api/chats/{chat_id}/members", [NO_CHAT, LEFT, NO_ADMIN, "200", NO_ADMIN]),
    ("PATCH /api/chats/{chat_id}/members/{user_id}", [NO_CHAT, LEFT, NO_ADMIN, "204", NO_ADMIN]),
    ("DELETE /api/chats/{chat_id}/members/{user_id}", [NO_CHAT, LEFT, NO_ADMIN, "204", NO_ADMIN]),
    ("POST /api/chats/{chat_id}/invite", [NO_CHAT, LEFT, NO_ADMIN, "200", NO_ADMIN]),
    ("GET /api/chats/{chat_id}/invite", [NO_CHAT, LEFT, NO_ADMIN, "200", NO_ADMIN]),
    (CODE, [NO_CHAT, LEFT, NO_ADMIN, NO_ADDRESS, NO_ADMIN]),
    ("DELETE /api/chats/{chat_id}/invite", [NO_CHAT, LEFT, NO_ADMIN, "204", NO_ADMIN]),
    (REACT, [NO_CHAT, LEFT, "200", "200", "200"]),
    (TAKE_BACK, [NO_CHAT, LEFT, "200", "200", "200"]),
    (REACTIONS, [NO_CHAT, LEFT, "200", "200", "200"]),
    (STAR, [NO_CHAT, "200", "200", "200", "200"]),
    (UNSTAR, [NO_CHAT, "200", "200", "200", "200"]),
    (PIN, [NO_CHAT, LEFT, NO_PIN, "200", NO_PIN]),
    (UNPIN, [NO_CHAT, LEFT, NO_PIN, "200", NO_PIN]),
    (EDIT, [NO_CHAT, LEFT, NOT_THEIRS, NOT_THEIRS, "200"]),
    (DELETE, [NO_CHAT, LEFT, NOT_THEIRS, "200", "200"]),
    (HIDE, [NO_CHAT, "200", "200", "200", "200"]),
    ("DELETE /api/chats/{chat_id}/messages", [NO_CHAT, "200", "200", "200", "200"]),
];
/// The rows that differ where all members may change title, picture and timer, and pin messages.
const ALL_CHANGE: [(&str, [&str; 5]); 6] = [
    (CHANGE, [NO_CHAT, LEFT, "200", "200", "200"]),
    (PICTURE, [NO_CHAT, LEFT, "200", "200", "200"]),
    (NO_PICTURE, [NO_CHAT, LEFT, "200", "200", "200"]),
    (TIMER, [NO_CHAT, LEFT, "200", "200", "200"]),
    (PIN, [NO_CHAT, LEFT, "200", "200", "200"]),
    (UNPIN, [NO_CHAT, LEFT, "200", "200", "200"]),
];
/// The rows that differ where only admins may write.
const ADMINS_ONLY: [(&str, [&str; 5]); 4] = [
    (POST, [NO_CHAT, LEFT, ADMINS, "201", ADMINS]),
    (SCHEDULE, [NO_CHAT, LEFT, ADMINS, "201", ADMINS]),
    (EDIT, [NO_CHAT, LEFT, ADMINS, NOT_THEIRS, ADMINS]),
    (
        "send",
        ["no_such_chat", "not_a_member", "only_admins_may_write", "ack", "only_admins_may_write"],
    ),
];
/// The outcomes in a direct chat: for a stranger, the other person, and the sender.
const DIRECT: [(&str, [&str; 3]); 31] = [
    ("GET /api/chats/{chat_id}/messages", [NO_CHAT, "200", "200"]),
    ("GET /api/chats/{chat_id}/members", [NO_CHAT, "200", "200"]),
    (RECEIPTS, [NO_CHAT, NOT_THEIRS, "200"]),
    ("PATCH /api/chats/{chat_id}/preferences", [NO_CHAT, "200", "200"]),
    (POST, [NO_CHAT, "201", "201"]),
    (SCHEDULE, [NO_CHAT, "201", "201"]),
    ("send", ["no_such_chat", "ack", "ack"]),
    ("receipt", ["no_such_chat", "", ""]),
    ("typing", ["no_such_chat", "", ""]),
    (CHANGE, [NO_CHAT, NO_GROUP, NO_GROUP]),
    (PICTURE, [NO_CHAT, NO_GROUP, NO_GROUP]),
    (NO_PICTURE, [NO_CHAT, NO_GROUP, NO_GROUP]),
    (TIMER, [NO_CHAT, "200", "200"]),
    ("POST /api/chats/{chat_id}/members", [NO_CHAT, NO_GROUP, NO_GROUP]),
    ("PATCH /api/chats/{chat_id}/members/{user_id}", [NO_CHAT, NO_GROUP, NO_GROUP]),
    ("DELETE /api/chats/{chat_id}/members/{user_id}", [NO_CHAT, NO_GROUP, NO_GROUP]),
    ("POST /api/chats/{chat_id}/invite", [NO_CHAT, NO_GROUP, NO_GROUP]),
    ("GET /api/chats/{chat_id}/invite", [NO_CHAT, NO_GROUP, NO_GROUP]),
    (CODE, [NO_CHAT, NO_GROUP, NO_GROUP]),
    ("DELETE /api/chats/{chat_id}/invite", [NO_CHAT, NO_GROUP, NO_GROUP]),
    (REACT, [NO_CHAT, "200", "200"]),
    (TAKE_BACK, [NO_CHAT, "200", "200"]),
    (REACTIONS, [NO_CHAT, "200", "200"]),
    (STAR, [NO_CHAT, "200", "200"]),
    (UNSTAR, [NO_CHAT, "200", "200"]),
    (PIN, [NO_CHAT, "200", "200"]),
    (UNPIN, [NO_CHAT, "200", "200"]),
    (EDIT, [NO_CHAT, NOT_THEIRS, "200"]),
    (DELETE, [NO_CHAT, NOT_THEIRS, "200"]),
    (HIDE, [NO_CHAT, "200", "200"]),
    ("DELETE /api/chats/{chat_id}/messages", [NO_CHAT, "200", "200"]),
];
const CHANGE: &str = "PATCH /api/chats/{chat_id}";
const PICTURE: &str = "PUT /api/chats/{chat_id}/picture";
const NO_PICTURE: &str = "DELETE /api/chats/{chat_id}/picture";
const TIMER: &str = "PUT /api/chats/{chat_id}/timer";
const CODE: &str = "GET /api/chats/{chat_id}/invite.svg";
const POST: &str = "POST /api/chats/{chat_id}/messages";
const SCHEDULE: &str = "POST /api/chats/{chat_id}/scheduled";
const EDIT: &str = "PATCH /api/chats/{chat_id}/messages/{message_id}";
const DELETE: &str = "DELETE /api/chats/{chat_id}/messages/{message_id}";
const REACT: &str = "PUT /api/chats/{chat_id}/messages/{message_id}/reaction";
const TAKE_BACK: &str = "DELETE /api/chats/{chat_id}/messages/{message_id}/reaction";
const REACTIONS: &str = "GET /api/chats/{chat_id}/messages/{message_id}/reactions";
const STAR: &str = "PUT /api/chats/{chat_id}/messages/{message_id}/star";
const UNSTAR: &str = "DELETE /api/chats/{chat_id}/messages/{message_id}/star";
const PIN: &str = "PUT /api/chats/{chat_id}/messages/{message_id}/pin";
const UNPIN: &str = "DELETE /api/chats/{chat_id}/messages/{message_id}/pin";
const HIDE: &str = "PUT /api/chats/{chat_id}/messages/{message_id}/hidden";
const RECEIPTS: &str = "GET /api/chats/{chat_id}/messages/{message_id}/receipts";

/// A server with a group and a direct chat, and a message of Sam in each.
struct World {
    server: TestServer,
    /// Strange, former, member, admin, sender.
    people: [User; 5],
    group: (i64, i64),
    direct: (i64, i64),
}

impl World {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let people = server.users(["strange", "fay", "mia", "ada", "sam"]).await;
        let [_, former, member, admin, sender] = &people;
        let group = server.group(admin, &[former, member, sender]).await;
        let path = format!("/api/chats/{group}/messages");
        let posted = sender.post(&path, &json!({ "content": "hello" })).await.json();
        former.remove(group, former).await;
        let ack = sender.connect().await.post_to(member, "hello").await;
        let number = |value: &Value| value.as_i64().unwrap();
        Self {
            group: (group, number(&posted["message_id"])),
            direct: (number(&ack["chat_id"]), number(&ack["message_id"])),
            server,
            people,
        }
    }

    async fn check<const N: usize>(
        &self,
        rows: &[(&str, [&str; N])],
        people: [&User; N],
        chat: (i64, i64),
    ) {
        for (action, outcomes) in rows {
            for (user, expected) in people.iter().zip(outcomes) {
                let outcome = attempt(user, action, chat).await.outcome;
                assert_eq!(outcome, *expected, "{action} by {}", user.username);
            }
        }
    }
}

/// What came of an attempt.
#[derive(Debug, PartialEq)]
struct Attempt {
    /// The status of a reply with the code of its error; the code of an error frame, or `ack`.
    outcome: String,
    /// The sentence for people.
    sentence: String,
}

/// Does something to a chat (and a message in it) as the table calls it.
async fn attempt(user: &User, action: &str, chat: (i64, i64)) -> Attempt {
    let (outcome, error) = if action.contains(' ') {
        let reply = request(user, action, chat, &body(action)).await;
        let error = if reply.status < 400 { Value::Null } else { reply.json() };
        let code = error["code"].as_str().unwrap_or_default();
        (format!("{} {code}", reply.status).trim_end().to_owned(), error["detail"].clone())
    } else {
        let answer = ask(&mut user.connect().await, &frame(action, chat.0)).await;
        match answer["type"].as_str() {
            Some("error") => {
                (answer["code"].as_str().unwrap().to_owned(), answer["message"].clone())
            }
            kind => (kind.unwrap_or_default().to_owned(), Value::Null),
        }
    };
    Attempt { outcome, sentence: error.as_str().unwrap_or_default().to_owned() }
}

/// A request of the table with this body.
async fn request(user: &User, action: &str, (chat, message): (i64, i64), body: &Value) -> Reply {
    let (method, path) = action.split_once(' ').unwrap();
    let path = path.replace("{chat_id}", &chat.to_string());
    let path = path.replace("{message_id}", &message.to_string());
    // Fay has left, and Sam is a member: for an admin, nothing changes.
    let path = path.replace("{user_id}", if method == "DELETE" { "2" } else { "5" });
    if action == PICTURE {
        user.put(&path, png(1)).await
    } else if body.is_null() {
        user.request(method, &path).await
    } else {
        user.send_json(method, &path, body.to_string()).await
    }
}

/// A body that the route accepts; null for none.
fn body(action: &str) -> Value {
    match action {
        POST | EDIT => json!({ "content": "hi" }),
        SCHEDULE => json!({ "content": "hi", "cid": new_cid(), "due_at": now() + 3_600_000 }),
        REACT => json!({ "emoji": "👍" }),
        PIN => json!({ "hours": 24 }),
        TIMER => json!({ "expire_after": 86_400_000 }),
        "PATCH /api/chats/{chat_id}/preferences" => json!({ "pinned": true }),
        CHANGE => json!({ "title": "Friends" }),
        "POST /api/chats/{chat_id}/members" => json!({ "user_ids": [5] }),
        "PATCH /api/chats/{chat_id}/members/{user_id}" => json!({ "role": "member" }),
        _ => Value::Null,
    }
}

/// A frame that the server accepts.
fn frame(kind: &str, chat: i64) -> Value {
    let mut frame = json!({ "type": kind, "chat_id": chat, "ref": "asked" });
    match kind {
        "send" => {
            frame["cid"] = json!(new_cid());
            frame["content"] = json!("hi");
        }
        "receipt" => frame["read"] = json!(1),
        _ => {}
    }
    frame
}

/// Sends a frame and returns its answer; null if there is none. Chat 0 does not exist: the refusal
/// of a receipt for it comes after all that the first frame caused.
async fn ask(device: &mut Device, frame: &Value) -> Value {
    device.send(frame).await;
    device.send(&json!({ "type": "receipt", "chat_id": 0, "read": 1, "ref": "after" })).await;
    let mut answer = Value::Null;
    loop {
        let frame = device.next().await;
        match frame["ref"].as_str() {
            Some("asked") => answer = frame,
            Some("after") => return answer,
            _ => {}
        }
    }
}

/// The frames of a client that name a chat, as `src/wire.rs` lists them.
fn frames_with_a_chat() -> BTreeSet<String> {
    let source = include_str!("../../src/wire.rs");
    let body = source.split_once("enum ClientFrame {\n").unwrap().1;
    let body = body.split_once("\n}\n").unwrap().0;
    let (mut frames, mut name) = (BTreeSet::new(), String::new());
    for line in body.lines() {
        if let Some(variant) =
            line.strip_prefix("    ").filter(|it| it.starts_with(char::is_uppercase))
        {
            name = variant.split(|c: char| !c.is_alphabetic()).next().unwrap().to_lowercase();
        }
        if line.contains("chat_id") || line.contains("SendFrame") {
            frames.insert(name.clone());
        }
    }
    frames
}

#[test]
fn every_route_and_frame_with_a_chat_has_a_row() {
    let routes = ROUTES.iter().filter(|route| route.path.contains("{chat_id}"));
    let mut wanted: BTreeSet<String> =
        routes.map(|route| format!("{} {}", route.method, route.path)).collect();
    wanted.extend(frames_with_a_chat());
    let rows = |names: &mut dyn Iterator<Item = &str>| -> BTreeSet<String> {
        names.map(str::to_owned).collect()
    };
    assert_eq!(rows(&mut GROUP.iter().map(|(action, _)| *action)), wanted);
    assert_eq!(rows(&mut DIRECT.iter().map(|(action, _)| *action)), wanted);
}

#[tokio::test]
async fn in_a_group() {
    let world = World::new().await;
    world.check(&GROUP, world.people.each_ref(), world.group).await;
}

#[tokio::test]
async fn in_a_group_that_all_members_may_change() {
    let world = World::new().await;
    world.people[3].change_group(world.group.0, &json!({ "who_may_change": "all" })).await;
    world.check(&ALL_CHANGE, world.people.each_ref(), world.group).await;
}

#[tokio::test]
async fn in_a_group_where_only_admins_may_write() {
    let world = World::new().await;
    world.people[3].change_group(world.group.0, &json!({ "who_may_write": "admins" })).await;
    world.check(&ADMINS_ONLY, world.people.each_ref(), world.group).await;
    let [_, _, member, admin, _] = &world.people;
    let (over_http, over_socket) =
        (attempt(member, POST, world.group).await, attempt(member, "send", world.group).await);
    assert_eq!(over_http.sentence, over_socket.sentence);
    assert!(!over_http.sentence.is_empty());
    // An admin who becomes a member is refused from then on, and the other way round.
    admin.set_role(world.group.0, member, "admin").await;
    admin.set_role(world.group.0, admin, "member").await;
    for (user, outcomes) in [(member, ["201", "ack"]), (admin, [ADMINS, "only_admins_may_write"])] {
        for (action, expected) in [POST, "send"].iter().zip(outcomes) {
            assert_eq!(attempt(user, action, world.group).await.outcome, expected, "{action}");
        }
    }
}

#[tokio::test]
async fn in_a_direct_chat() {
    let world = World::new().await;
    // An admin of a group is a stranger in the chats of its members.
    let [stranger, _, other, admin, sender] = &world.people;
    world.check(&DIRECT, [stranger, other, sender], world.direct).await;
    let strange = DIRECT.map(|(action, [outcome, ..])| (action, [outcome]));
    world.check(&strange, [admin], world.direct).await;
}

#[tokio::test]
async fn a_revoked_session_may_do_nothing() {
    let world = World::new().await;
    for user in [&world.people[3], &world.people[4]] {
        let revoked = user.sign_in_again(&world.server).await;
        let mut device = revoked.connect().await;
        assert_eq!(revoked.request("DELETE", "/api/sessions/current").await.status, 204);
        for (action, _) in GROUP {
            if action.contains(' ') {
                let reply = request(&revoked, action, world.group, &body(action)).await;
                reply.assert_error(401, "unauthorized");
            } else {
                // The server may have closed it before it reads the frame.
                device.try_send(&frame(action, world.group.0)).await;
            }
        }
        assert_eq!(device.close_code().await, Some(4401));
        assert!(revoked.try_connect().await.is_none(), "no new socket opens");
    }
    let page = world.people[3].page(world.group.0, "").await;
    let sent = page["messages"].as_array().unwrap().iter().filter(|it| it["content"] != "");
    assert_eq!(sent.count(), 1, "nothing was sent: {page}");
}

/// The parts of a reply that somebody could compare.
fn visible(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter().filter(|(name, _)| *name != "date");
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (reply.status, headers.collect(), reply.text())
}

#[tokio::test]
async fn a_stranger_cannot_tell_a_chat_from_one_that_does_not_exist() {
    let world = World::new().await;
    let [stranger, _, _, admin, sender] = &world.people;
    let before = (admin.chats().await, sender.chats().await);
    let mut watchers = [admin.connect().await, sender.connect().await];
    let mut device = stranger.connect().await;
    for watcher in &mut watchers {
        watcher.pending().await;
    }
    let bodies = |message: i64| {
        [
            json!({ "content": "hi" }),
            json!({ "content": "hi", "cid": "x" }),
            json!({ "content": "" }),
            json!({ "content": "x".repeat(16_385) }),
            json!({ "content": "hi", "reply_to": message }),
            json!({ "content": "hi", "forward_of": message }),
            json!({ "hours": 24 }),
            json!({ "expire_after": 60_000 }),
            json!({ "pinned": true, "draft": "x".repeat(16_385) }),
            json!({ "title": "x", "user_ids": [1], "role": "admin" }),
            json!({}),
        ]
    };
    for (chat, message) in [world.group, world.direct] {
        let mut compared = 0;
        for (action, _) in DIRECT {
            if !action.contains(' ') {
                for chat_and_message in [(chat, message), (chat, 0)] {
                    let mut asked = frame(action, chat_and_message.0);
                    asked["reply_to"] = json!(chat_and_message.1);
                    let mut unknown = asked.clone();
                    unknown["chat_id"] = json!(999);
                    let answers =
                        (ask(&mut device, &asked).await, ask(&mut device, &unknown).await);
                    assert_eq!(answers.0, answers.1);
                    assert_eq!(answers.0["code"], "no_such_chat", "{action}");
                    compared += 1;
                }
                continue;
            }
            let bodies =
                if body(action).is_null() { vec![Value::Null] } else { bodies(message).to_vec() };
            for body in bodies {
                let real = request(stranger, action, (chat, message), &body).await;
                for unknown in [(999, message), (999, 999)] {
                    let unknown = request(stranger, action, unknown, &body).await;
                    assert_eq!(visible(&real), visible(&unknown), "{action} {body}");
                }
                compared += 1;
            }
        }
        assert!(compared > 20, "{compared}");
        let cursors = ["before", "after", "around", "unread_after"];
        for query in cursors.map(|name| format!("?limit=5&{name}={message}")) {
            let [real, unknown] = [chat, 999].map(|id| format!("/api/chats/{id}/messages{query}"));
            let replies = (stranger.get(&real).await, stranger.get(&unknown).await);
            assert_eq!(visible(&replies.0), visible(&replies.1), "{query}");
        }
    }
    assert_eq!(stranger.chats().await, Vec::<Value>::new());
    assert_eq!((admin.chats().await, sender.chats().await), before, "nothing has changed");
    for watcher in &mut watchers {
        assert_eq!(watcher.pending().await, Vec::<Value>::new(), "and no member was told");
    }
}
