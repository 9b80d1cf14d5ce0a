//! Pictures of groups: who sets them, who sees them, whose stored bytes they are.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use serde_json::{Value, json};

use crate::kit::{TestServer, User};

/// A picture of one colour.
pub(crate) fn png(red: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_pixel(64, 64, [red, 0, 0].into());
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// Sets the picture of a group and returns its id.
async fn set(user: &User, chat: i64, red: u8) -> String {
    let reply = user.put(&format!("/api/chats/{chat}/picture"), png(red)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["picture"].as_str().unwrap().to_owned()
}

async fn status(user: &User, picture: &str) -> u16 {
    user.get(&format!("/api/pictures/{picture}?size=small")).await.status
}

#[tokio::test]
async fn the_members_see_the_picture_and_others_do_not() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let mut device = bob.connect().await;
    let first = set(&alice, chat, 1).await;
    let row = device.next_of("chat").await;
    assert_eq!(row["picture"], first.as_str());
    assert_eq!(device.next_of("message").await["event"], json!({ "kind": "picture_changed" }));
    let large = bob.get(&format!("/api/pictures/{first}")).await;
    assert_eq!((large.status, large.header("content-type")), (200, "image/jpeg"));
    let unknown = dave.get(&format!("/api/pictures/{}", "0".repeat(32))).await;
    let strange = dave.get(&format!("/api/pictures/{first}")).await;
    assert_eq!((strange.status, strange.text()), (404, unknown.text()));

    carol.remove(chat, &carol).await;
    assert_eq!(status(&carol, &first).await, 200, "she has seen it");
    assert_eq!(carol.summary(chat).await["picture"], first.as_str());
    let second = set(&alice, chat, 2).await;
    assert_ne!(first, second);
    assert_eq!((status(&bob, &first).await, status(&bob, &second).await), (404, 200));
    assert_eq!((status(&carol, &first).await, status(&carol, &second).await), (404, 404));
    assert_eq!(carol.summary(chat).await["picture"], Value::Null);

    let path = format!("/api/chats/{chat}/picture");
    bob.put(&path, png(3)).await.assert_error(403, "not_an_admin");
    bob.request("DELETE", &path).await.assert_error(403, "not_an_admin");
    alice.change_group(chat, &json!({ "who_may_change": "all" })).await;
    for _ in 0..2 {
        let reply = bob.request("DELETE", &path).await;
        assert_eq!((reply.status, &reply.json()["picture"]), (200, &Value::Null));
    }
    assert_eq!(status(&alice, &second).await, 404);
    let told = alice.told(chat).await;
    let lines = told.iter().filter(|it| *it == "*picture_changed*").count();
    assert_eq!(lines, 3, "set, set again and removed; removing nothing writes no line: {told:?}");
}

#[tokio::test]
async fn a_picture_counts_to_who_set_it() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    alice.change_group(chat, &json!({ "who_may_change": "all" })).await;
    let stored = || -> Vec<i64> {
        let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
        [&alice, &bob]
            .map(|user| {
                let bytes = "SELECT ifnull((SELECT bytes FROM stored_bytes WHERE user_id = ?1), 0)";
                database.query_row(bytes, (user.id,), |row| row.get(0)).unwrap()
            })
            .to_vec()
    };
    let before = stored();
    set(&alice, chat, 1).await;
    let by_alice = stored();
    assert!(by_alice[0] - before[0] > 300, "{before:?} {by_alice:?}");
    set(&bob, chat, 2).await;
    let by_bob = stored();
    assert_eq!(by_bob[0] - before[0], 128, "only her line is left");
    assert!(by_bob[1] - before[1] > 300, "{by_bob:?}");
    bob.request("DELETE", &format!("/api/chats/{chat}/picture")).await;
    assert_eq!(stored()[1] - before[1], 256, "two lines");
}
