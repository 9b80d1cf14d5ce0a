//! Invite links of groups: who may have one, what it shows to strangers, and who joins by it.

use std::io::Cursor;

use futures_util::future::join_all;
use image::{ImageFormat, RgbImage};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};

use crate::{
    group_limits::crowd,
    group_pictures::png,
    invite::read_code,
    kit::{Program, TestServer, User, join, within},
    rates::limited,
};

/// Makes or renews the link of a group, and returns its token.
async fn renew(admin: &User, chat: i64) -> String {
    let reply = admin.request("POST", &format!("/api/chats/{chat}/invite")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["token"].as_str().unwrap().to_owned()
}

/// The status and the code of an attempt to join.
async fn try_join(user: &User, token: &str) -> (u16, Value) {
    let reply = user.request("POST", &format!("/api/invites/{token}/members")).await;
    let answer = reply.json();
    (
        reply.status,
        if reply.status == 200 { answer["chat_id"].clone() } else { answer["code"].clone() },
    )
}

#[tokio::test]
async fn only_admins_see_make_and_end_the_link() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    alice.remove(chat, &carol).await;
    let own = format!("http://{}", server.home().get());
    let direct = bob.connect().await.post_to(&alice, "hi").await["chat_id"].as_i64().unwrap();
    let routes = |chat: i64| {
        let link = format!("/api/chats/{chat}/invite");
        let code = format!("{link}.svg?address={own}");
        [("GET", link.clone()), ("POST", link.clone()), ("GET", code), ("DELETE", link)]
    };
    let people =
        [(&bob, 403, "not_an_admin"), (&carol, 403, "not_a_member"), (&dave, 404, "no_such_chat")];
    let token = renew(&alice, chat).await;
    for (user, status, code) in people {
        for (method, path) in routes(chat) {
            user.request(method, &path).await.assert_error(status, code);
        }
        // The same as for a group that does not exist.
        for (method, path) in routes(999) {
            user.request(method, &path).await.assert_error(404, "no_such_chat");
        }
    }
    for (method, path) in routes(direct) {
        alice.request(method, &path).await.assert_error(404, "not_found");
        server.request(method, &path, &[], "").await.assert_error(401, "unauthorized");
    }
    let link = format!("/api/chats/{chat}/invite");
    assert_eq!(alice.get(&link).await.json(), json!({ "token": token }), "nobody has changed it");
    let code = alice.get(&format!("{link}.svg?address={own}")).await;
    assert_eq!(code.header("content-type"), "image/svg+xml");
    assert_eq!(read_code(&code.text()), format!("{own}/#/join/{token}"));
    let foreign = alice.get(&format!("{link}.svg?address=http://evil.example")).await;
    foreign.assert_error(422, "invalid_query");
    for _ in 0..2 {
        assert_eq!(alice.request("DELETE", &link).await.status, 204);
        assert_eq!(alice.get(&link).await.json(), json!({ "token": null }));
    }
    let code = alice.get(&format!("{link}.svg?address={own}")).await;
    code.assert_error(404, "no_such_invite");
}

#[tokio::test]
async fn a_link_shows_title_picture_and_number_of_members_without_signing_in() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let token = renew(&alice, chat).await;
    assert_eq!(token.len(), 32);
    let path = format!("/api/invites/{token}");
    let shown = server.get(&path).await;
    assert_eq!(shown.header("cache-control"), "no-store");
    let group = json!({ "chat_id": chat, "title": "Family", "picture": null, "members": 2 });
    assert_eq!(shown.json(), group);
    let picture = format!("{path}/picture?size=small");
    server.get(&picture).await.assert_error(404, "no_such_picture");
    alice.put(&format!("/api/chats/{chat}/picture"), png(1)).await;
    assert!(server.get(&path).await.json()["picture"].is_string());
    let jpeg = server.get(&picture).await;
    assert_eq!((jpeg.status, jpeg.header("content-type")), (200, "image/jpeg"));
    assert_eq!(jpeg.header("cache-control"), "no-store");

    bob.remove(chat, &bob).await;
    alice.change_group(chat, &json!({ "title": "Alone" })).await;
    let shown = server.get(&path).await.json();
    assert_eq!((&shown["title"], &shown["members"]), (&json!("Alone"), &json!(1)));
}

#[tokio::test]
async fn unknown_renewed_ended_and_empty_are_the_same_answer() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chats = [server.group(&alice, &[]).await, server.group(&alice, &[]).await];
    let renewed = renew(&alice, chats[0]).await;
    let new = renew(&alice, chats[0]).await;
    let empty = renew(&alice, chats[1]).await;
    alice.remove(chats[1], &alice).await;
    let mut wrong = new.clone().into_bytes();
    wrong[31] = if wrong[31] == b'A' { b'B' } else { b'A' };
    let wrong = String::from_utf8(wrong).unwrap();
    let unknown = "A".repeat(32);
    let first = server.get(&format!("/api/invites/{unknown}")).await;
    first.assert_error(404, "no_such_invite");
    for token in [&renewed, &empty, &wrong, &String::from("1"), &unknown] {
        let reply = server.get(&format!("/api/invites/{token}")).await;
        assert_eq!((reply.status, reply.text()), (404, first.text()), "{token}");
        let picture = server.get(&format!("/api/invites/{token}/picture")).await;
        picture.assert_error(404, "no_such_picture");
        assert_eq!(try_join(&bob, token).await, (404, json!("no_such_invite")), "{token}");
        // Not even who was in it comes back to an empty group.
        assert_eq!(try_join(&alice, token).await, (404, json!("no_such_invite")), "{token}");
    }
    assert_eq!(server.get(&format!("/api/invites/{new}")).await.status, 200);
    assert_eq!(
        alice.request("DELETE", &format!("/api/chats/{}/invite", chats[0])).await.status,
        204
    );
    assert_eq!(try_join(&bob, &new).await, (404, json!("no_such_invite")));
    assert_eq!(server.get(&format!("/api/invites/{new}")).await.text(), first.text());
    let join = format!("/api/invites/{new}/members");
    server.request("POST", &join, &[], "").await.assert_error(401, "unauthorized");
}

#[tokio::test]
async fn who_joins_is_a_member_as_if_added_and_the_line_says_joined() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    alice.say(chat, "before").await;
    let token = renew(&alice, chat).await;
    let (mut of_bob, mut of_carol) = (bob.connect().await, carol.connect().await);
    assert_eq!(try_join(&carol, &token).await, (200, json!(chat)));

    let member = of_bob.next_of("member").await;
    assert_eq!((&member["user_id"], &member["role"]), (&json!(carol.id), &json!("member")));
    let line = of_bob.next_of("message").await;
    assert_eq!(
        (&line["event"], &line["sender_id"]),
        (&json!({ "kind": "joined" }), &json!(carol.id))
    );
    assert_eq!(line["seq"], 3);
    let types: Vec<Value> =
        of_carol.pending().await.iter().map(|frame| frame["type"].clone()).collect();
    let expected = ["chat", "membership", "receipt", "receipt", "member", "message"];
    assert_eq!(types[..6], expected, "{types:?}");
    assert_eq!(carol.told(chat).await, ["*joined*"], "newcomers see no history here");
    assert_eq!(carol.summary(chat).await["unread"], 0);
    // Once more changes nothing.
    assert_eq!(try_join(&carol, &token).await, (200, json!(chat)));
    assert_eq!(try_join(&alice, &token).await, (200, json!(chat)));
    assert_eq!(alice.told(chat).await, ["*created*", "before", "*joined*"]);

    // Back after leaving: both stays are there. With history for newcomers, everything.
    carol.remove(chat, &carol).await;
    alice.say(chat, "hidden").await;
    assert_eq!(try_join(&carol, &token).await, (200, json!(chat)));
    assert_eq!(carol.told(chat).await, ["*joined*", "*left*", "*joined*"]);
    carol.remove(chat, &carol).await;
    alice.change_group(chat, &json!({ "history_for_newcomers": "all" })).await;
    assert_eq!(try_join(&carol, &token).await.0, 200);
    assert_eq!(carol.told(chat).await, alice.told(chat).await);
}

#[tokio::test]
async fn who_was_removed_comes_back_by_an_admin_and_not_by_the_link() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let refused = (403, json!("removed_from_group"));
    for history in ["none", "all"] {
        alice.change_group(chat, &json!({ "history_for_newcomers": history })).await;
        let token = renew(&alice, chat).await;
        alice.remove(chat, &bob).await;
        assert_eq!(try_join(&bob, &token).await, refused, "at once");
        alice.say(chat, "hidden").await;
        assert_eq!(try_join(&bob, &token).await, refused);
        // Another link changes nothing.
        assert_eq!(try_join(&bob, &renew(&alice, chat).await).await, refused);
        alice.add(chat, &[&bob]).await;
        bob.remove(chat, &bob).await;
        let token = renew(&alice, chat).await;
        assert_eq!(try_join(&bob, &token).await, (200, json!(chat)), "he had left by himself");
    }
}

#[tokio::test]
async fn an_admin_keeps_out_a_person_who_has_left_by_themselves() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&carol]).await;
    let token = renew(&alice, chat).await;
    let refused = (403, json!("removed_from_group"));
    let remove = format!("/api/chats/{chat}/members/{}", bob.id);
    // A member and the person themselves keep nobody out.
    assert_eq!(try_join(&bob, &token).await, (200, json!(chat)));
    bob.remove(chat, &bob).await;
    carol.request("DELETE", &remove).await.assert_error(403, "not_an_admin");
    bob.request("DELETE", &remove).await.assert_error(403, "not_a_member");
    assert_eq!(try_join(&bob, &token).await, (200, json!(chat)));
    bob.remove(chat, &bob).await;
    let told = alice.told(chat).await;
    for _ in 0..2 {
        alice.remove(chat, &bob).await;
        assert_eq!(try_join(&bob, &token).await, refused);
    }
    assert_eq!(alice.told(chat).await, told, "there is nothing new to say");
    alice.add(chat, &[&bob]).await;
    bob.remove(chat, &bob).await;
    assert_eq!(try_join(&bob, &token).await, (200, json!(chat)), "an admin has let him in again");
}

#[tokio::test]
async fn the_first_contract_sees_nothing_of_it() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[]).await;
    let token = renew(&alice, chat).await;
    let mut old = bob.connect_v1().await;
    assert_eq!(try_join(&bob, &token).await.0, 200);
    alice.say(chat, "hello").await;
    alice.connect().await.post_to(&bob, "direct").await;
    let mut frames = Vec::new();
    while frames.last().is_none_or(|frame: &Value| frame["content"] != "direct") {
        frames.push(old.next().await);
    }
    assert_eq!(frames.len(), 1, "{frames:?}");
}

#[tokio::test]
async fn a_full_group_takes_nobody() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let people = crowd(&server, &bob, 4_998).await;
    let group = json!({ "title": "Everybody", "user_ids": people });
    let chat = alice.post("/api/groups", &group).await.json()["id"].as_i64().unwrap();
    let token = renew(&alice, chat).await;
    let [carol] = server.users(["carol"]).await;
    assert_eq!(try_join(&bob, &token).await.0, 200);
    assert_eq!(server.get(&format!("/api/invites/{token}")).await.json()["members"], 5_000);
    assert_eq!(try_join(&carol, &token).await, (409, json!("too_many_members")));
    assert_eq!(try_join(&bob, &token).await.0, 200, "a member already");
}

#[tokio::test]
async fn while_the_link_is_renewed_everybody_joins_whole_or_not_at_all() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let chat = server.group(&alice, &[]).await;
    let mut people = Vec::new();
    for n in 0..16 {
        people.push(server.user(&format!("person-{n}")).await);
    }
    let first = renew(&alice, chat).await;
    let joining = join_all(people.iter().map(|person| try_join(person, &first)));
    let renewing = join_all((0..4).map(|_| renew(&alice, chat)));
    let (joined, tokens) = tokio::join!(joining, renewing);
    for (person, answer) in people.iter().zip(&joined) {
        let expected = if answer.0 == 200 { json!(chat) } else { json!("no_such_invite") };
        assert_eq!(answer.1, expected);
        let has_it = person.chats().await.iter().any(|it| it["id"] == chat);
        assert_eq!(has_it, answer.0 == 200, "{answer:?}");
    }
    let came = joined.iter().filter(|answer| answer.0 == 200).count();
    let told = alice.told(chat).await;
    assert_eq!(told.iter().filter(|it| *it == "*joined*").count(), came, "{told:?}");
    // Of all tokens the one that is shown is alive, and no other.
    let link = alice.get(&format!("/api/chats/{chat}/invite")).await.json();
    let mut living = Vec::new();
    for token in tokens.iter().chain([&first]) {
        if server.get(&format!("/api/invites/{token}")).await.status == 200 {
            living.push(json!(token));
        }
    }
    assert_eq!(living, [link["token"].clone()]);
}

#[tokio::test]
async fn guesses_are_limited_by_address() {
    let server = limited().await;
    let path = format!("/api/invites/{}", "A".repeat(32));
    let guess = async |address: &str| {
        server.request("GET", &path, &[("x-forwarded-for", address)], "").await
    };
    for n in 0.. {
        assert!(n < 400, "it was never refused");
        let reply = guess("203.0.113.9").await;
        if reply.status != 404 {
            reply.assert_error(429, "rate_limited");
            break;
        }
    }
    assert_eq!(guess("203.0.113.10").await.status, 404, "another address");
}

#[tokio::test]
async fn a_link_survives_a_kill_and_its_token_is_not_in_the_log() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let program = Program::serve_with(arguments, []).await;
    let alice = join(&program, "alice").await;
    let chat = alice.make_group("Family", &[]).await["id"].as_i64().unwrap();
    let token = renew(&alice, chat).await;
    program.kill().await;

    let program = Program::serve_with(arguments, [("CHAAP_LOG", "trace")]).await;
    let bob = join(&program, "bob").await;
    assert_eq!(program.get(&format!("/api/invites/{token}")).await.json()["title"], "Family");
    assert_eq!(program.get(&format!("/api/invites/{token}/picture")).await.status, 404);
    for mistyped in ["/api/invites/{}/nothing/at/all", "//api/invites/{}", "/join/{}", "/{}?x"] {
        assert_eq!(program.get(&mistyped.replace("{}", &token)).await.status, 404, "{mistyped}");
    }
    assert_eq!(try_join(&bob, &token).await, (200, json!(chat)));
    let renewed = renew(&alice.at(&program.address), chat).await;
    assert_eq!(try_join(&bob, &token).await.0, 404);
    assert_eq!(program.get(&format!("/api/invites/{renewed}")).await.status, 200);
    program.signal("TERM").await;
    let log = program.finish().await.stderr;
    assert!(log.contains("/api/invites/"), "requests are logged");
    for secret in [&token, &renewed] {
        let line = log.lines().find(|line| line.contains(&secret[..12]));
        assert_eq!(line, None, "the token is in the log");
    }
}

/// A picture that JPEG cannot make small.
fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let picture = RgbImage::from_fn(640, 640, |_, _| {
        // xorshift32, Marsaglia 2003.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [red, green, blue, _] = state.to_le_bytes();
        [red, green, blue].into()
    });
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

#[tokio::test]
async fn strangers_of_one_address_who_read_a_picture_slowly_hold_little_memory() {
    let server = TestServer::start_with(|config| config.write_seconds = 600).await;
    let alice = server.user("alice").await;
    let chat = server.group(&alice, &[]).await;
    let put = alice.put(&format!("/api/chats/{chat}/picture"), noise()).await;
    assert_eq!(put.status, 200, "{}", put.text());
    let path = format!("/api/invites/{}/picture", renew(&alice, chat).await);
    let bytes = server.get(&path).await.body.len();
    assert!(bytes > 300_000, "{bytes}");
    let address = server.home().get();
    let ask = async |from: usize| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nx-forwarded-for: 203.0.113.{from}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    };
    let slow = join_all((0..40).map(|_| ask(1))).await;
    // Each of them gets the picture, or is told that the server is busy.
    let answers = join_all(slow.into_iter().map(async |mut stream| {
        let mut head = [0; 12];
        within("the head of an answer", stream.read_exact(&mut head)).await.unwrap();
        (stream, String::from_utf8_lossy(&head).into_owned())
    }));
    // A stranger at another address does not wait for them.
    let (answers, mut elsewhere) = tokio::join!(answers, ask(2));
    let mut head = [0; 12];
    within("the picture elsewhere", elsewhere.read_exact(&mut head)).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    let shown = answers.iter().filter(|(_, head)| head == "HTTP/1.1 200").count();
    let refused = answers.iter().filter(|(_, head)| head == "HTTP/1.1 503").count();
    assert_eq!(shown + refused, 40);
    // An owner may hold eight shares.
    assert!((1..=8).contains(&shown), "{shown}");
}
