//! Usernames, display names and messages as the eye sees them: what cannot be seen, what looks like
//! another name, and what people would take for the operator.

use rusqlite::Connection;
use serde_json::json;

use crate::kit::{Frames, PASSWORD, TestServer};

/// Characters of several kinds that show nothing: selectors, joiners, fillers, tags, blanks.
const UNSEEN: [char; 12] = [
    '\u{fe0f}',
    '\u{34f}',
    '\u{3164}',
    '\u{115f}',
    '\u{ffa0}',
    '\u{17b5}',
    '\u{e0100}',
    '\u{200d}',
    '\u{180b}',
    '\u{e0041}',
    '\u{2800}',
    '\u{ad}',
];

#[tokio::test]
async fn a_username_has_no_invisible_characters() {
    let server = TestServer::start().await;
    server.user("alice").await;
    for c in UNSEEN {
        for name in [format!("alice{c}"), format!("al{c}ice"), format!("{c}{c}")] {
            let reply = server.register(&name, PASSWORD).await;
            reply.assert_error(422, "invalid_username");
            assert_eq!(reply.json()["field"], "username", "{name:?}");
        }
    }
}

#[tokio::test]
async fn a_username_that_looks_like_another_is_refused() {
    let server = TestServer::start().await;
    server.user("alice").await;
    for name in ["aIice", "a1ice", "αlice", "𝓪𝓵𝓲𝓬𝓮", "ɑlice"] {
        let reply = server.register(name, PASSWORD).await;
        assert!(matches!(reply.status, 400 | 422), "{name}: {}", reply.text());
    }
    server.register("аlice", PASSWORD).await.assert_error(422, "invalid_username");
    server.register("a1ice", PASSWORD).await.assert_error(422, "confusable_username");
    server.user("scope").await;
    server.register("ѕсоре", PASSWORD).await.assert_error(422, "confusable_username");
    for name in ["alicia", "alic", "álice", "山田", "山田taro"] {
        server.user(name).await;
    }
}

#[tokio::test]
async fn of_two_simultaneous_names_that_look_alike_one_is_registered() {
    let server = TestServer::start().await;
    let (one, other) =
        tokio::join!(server.register("mark", PASSWORD), server.register("rnark", PASSWORD));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

#[tokio::test]
async fn names_of_the_operator_are_reserved() {
    let server = TestServer::start().await;
    for name in ["admin", "Chaap", "support", "SUPP0RT", "_root_", "ad.min", "admin1", "rnoderator"]
    {
        server.register(name, PASSWORD).await.assert_error(422, "reserved_username");
    }
}

#[tokio::test]
async fn an_account_from_before_these_rules_signs_in_and_blocks_nobody() {
    let mut server = TestServer::start().await;
    let [_, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    server.stop().await;
    // As an earlier release could have stored them.
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    for (old, new) in [("bob", "alice\u{fe0f}"), ("carol", "admin")] {
        let set = "UPDATE users SET username = ?2, username_key = ?2 WHERE username = ?1";
        assert_eq!(database.execute(set, (old, new)).unwrap(), 1);
    }
    database
        .execute_batch(
            "DROP INDEX users_by_skeleton; ALTER TABLE users DROP COLUMN skeleton;
             DROP TABLE stored_bytes; DROP TABLE group_pictures; DROP TABLE starting_marks;
             DROP TABLE invites; DROP TABLE reactions; DROP TABLE flags; DROP TABLE pins;
             DROP TABLE scheduled;
             DROP TABLE reacted_messages; DROP INDEX messages_by_mention;
             ALTER TABLE messages DROP COLUMN mentions;
             ALTER TABLE messages DROP COLUMN mentions_all;
             ALTER TABLE messages DROP COLUMN forwarded;
             DROP TABLE expiry_clock; DROP INDEX messages_by_expiry;
             ALTER TABLE messages DROP COLUMN expires_at;
             ALTER TABLE messages DROP COLUMN expired;
             ALTER TABLE chats DROP COLUMN expire_after;
             ALTER TABLE messages DROP COLUMN event;
             ALTER TABLE chats DROP COLUMN who_may_change; ALTER TABLE chats DROP COLUMN picture;
             ALTER TABLE members DROP COLUMN joined; ALTER TABLE members DROP COLUMN last_seen_chat;
             ALTER TABLE members DROP COLUMN barred;
             ALTER TABLE preferences DROP COLUMN draft_reply_to;
             ALTER TABLE preferences DROP COLUMN draft_edit_of;
             ALTER TABLE preferences DROP COLUMN draft_aside;
             PRAGMA user_version = 7;",
        )
        .unwrap();
    drop(database);
    server.start_again().await;
    for (user, name) in
        [(bob, "alice\u{fe0f}"), (carol, "admin"), (server.user("dave").await, "dave")]
    {
        let user = user.with_token(server.sign_in(name, PASSWORD).await);
        assert_eq!(user.get("/user").await.json(), json!({ "id": user.id, "username": name }));
    }
    server.register("alice", PASSWORD).await.assert_error(400, "username_taken");
    server.register("a1ice", PASSWORD).await.assert_error(422, "confusable_username");
}

#[tokio::test]
async fn a_display_name_hides_nothing() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let tower = format!("Z{}", "\u{301}".repeat(30));
    for name in ["\u{3164}", "Bob\u{3164}", "B\u{34f}ob", "\u{2800}\u{2800}", "\u{fe0f}", &tower] {
        let reply = alice.patch("/api/users/me", &json!({ "display_name": name })).await;
        reply.assert_error(422, "invalid_display_name");
    }
    for name in ["👩\u{200d}👧 Anna ❤\u{fe0f}", "می\u{200c}خواهم", "葛\u{e0100}"] {
        let reply = alice.patch("/api/users/me", &json!({ "display_name": name })).await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_message_without_anything_to_see_is_empty() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut socket = alice.connect_v1().await;
    let mut texts: Vec<String> = UNSEEN.iter().map(|c| format!("{c} {c}\n")).collect();
    texts.extend(["\u{feff}\u{200b}", "\u{0}\u{7f}\u{85}", "\u{fff9}"].map(String::from));
    for text in &texts {
        socket.send_to(&bob, text).await;
        assert_eq!(socket.next().await["code"], "empty_content", "{text:?}");
    }
    let seen = ["❤\u{fe0f}", "👩\u{200d}👧", "1\u{fe0f}\u{20e3}", "\u{3164}.", "-"];
    for text in seen {
        assert_eq!(socket.post_to(&bob, text).await["type"], "ack", "{text:?}");
    }
    assert_eq!(alice.history_with(&bob).await.contents(), seen);
}

#[tokio::test]
async fn a_content_that_is_no_string_becomes_one_as_on_the_first_server() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut socket = alice.connect_v1().await;
    for content in ["12", "true", "false", "1.5", "100000000000000000000", "1e20", "\"12\""] {
        let frame = format!(r#"{{"recipient_id": {}.0, "content": {content}}}"#, bob.id);
        socket.send_text(&frame).await;
        assert_eq!(socket.next().await["type"], "ack", "{content}");
    }
    let expected = ["12", "True", "False", "1.5", "100000000000000000000", "1e+20", "12"];
    assert_eq!(alice.history_with(&bob).await.contents(), expected);
}
