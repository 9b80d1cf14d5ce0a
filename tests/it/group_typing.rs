//! Who types in a group, and how often its members are told.

use serde_json::{Value, json};

use crate::kit::{Frames, TestServer, User};

fn typists(chat: i64, users: &[&User]) -> Value {
    let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
    json!({ "type": "typists", "chat_id": chat, "user_ids": ids })
}

fn typing(chat: i64, on: bool) -> Value {
    json!({ "type": "typing", "chat_id": chat, "on": on })
}

#[tokio::test]
async fn typing_reaches_the_members_of_this_moment() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let mut by_alice = alice.connect().await;
    let mut by_bob = bob.connect().await;
    let (mut by_carol, mut by_dave) = (carol.connect().await, dave.connect().await);
    let told = typists(chat, &[&bob]);
    // Twice: the second time the audience is in memory.
    for _ in 0..2 {
        by_bob.send(&typing(chat, true)).await;
        assert_eq!(by_alice.next_of("typists").await, told);
        assert_eq!(by_carol.next_of("typists").await, told);
    }
    assert_eq!(by_bob.pending().await.of("typists"), Vec::<Value>::new(), "he knows it");
    alice.remove(chat, &carol).await;
    by_bob.send(&typing(chat, true)).await;
    assert_eq!(by_alice.next_of("typists").await, told);
    assert_eq!(by_carol.pending().await.of("typists"), Vec::<Value>::new(), "she has just left");
    by_carol.send(&typing(chat, true)).await;
    assert_eq!(by_carol.next().await["code"], "not_a_member");
    assert_eq!(by_dave.pending().await.of("typists"), Vec::<Value>::new());
    alice.add(chat, &[&dave]).await;
    by_bob.send(&typing(chat, true)).await;
    assert_eq!(by_dave.next_of("typists").await, told, "he has just come");
    assert_eq!(by_carol.pending().await.of("typists"), Vec::<Value>::new());
}

#[tokio::test]
async fn many_who_type_at_once_are_told_in_one_frame() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol, &dave]).await;
    let mut by_alice = alice.connect().await;
    let mut by_bob = bob.connect().await;
    let (mut by_carol, mut by_dave) = (carol.connect().await, dave.connect().await);
    by_bob.send(&typing(chat, true)).await;
    assert_eq!(by_alice.next_of("typists").await, typists(chat, &[&bob]));
    for on in [true, false, true] {
        for device in [&mut by_carol, &mut by_dave] {
            device.send(&typing(chat, on)).await;
            device.pending().await;
        }
    }
    assert_eq!(by_alice.next_of("typists").await, typists(chat, &[&bob, &carol, &dave]));
    by_carol.send(&typing(chat, false)).await;
    assert_eq!(by_alice.next_of("typists").await, typists(chat, &[&bob, &dave]));
    // They fall silent without saying so, one after the other.
    while by_alice.next_of("typists").await != typists(chat, &[]) {}
}

#[tokio::test]
async fn a_message_ends_typing() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let mut by_alice = alice.connect().await;
    let (mut by_bob, mut by_carol) = (bob.connect().await, carol.connect().await);
    by_bob.send(&typing(chat, true)).await;
    assert_eq!(by_alice.next_of("typists").await, typists(chat, &[&bob]));
    bob.say(chat, "done").await;
    by_carol.send(&typing(chat, true)).await;
    assert_eq!(by_alice.next_of("typists").await, typists(chat, &[&carol]));
}

/// Of more than ten newcomers there are no `member` rows, but what is kept in memory must know them.
#[tokio::test]
async fn people_who_are_added_all_at_once_hear_who_is_typing() {
    let server = TestServer::start().await;
    let [alice, bob, zoe] = server.users(["alice", "bob", "zoe"]).await;
    let crowd = server.users(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b1"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let (mut by_bob, mut by_alice) = (bob.connect().await, alice.connect().await);
    let mut by_zoe = zoe.connect().await;
    // From here on the server has the audience in memory.
    by_bob.send(&typing(chat, true)).await;
    by_alice.next_of("typists").await;
    let mut newcomers: Vec<&User> = crowd.iter().collect();
    newcomers.push(&zoe);
    assert_eq!(alice.add(chat, &newcomers).await.as_array().unwrap().len(), 11);
    assert_eq!(by_alice.pending().await.of("member"), Vec::<Value>::new(), "the line says it all");
    by_bob.send(&typing(chat, true)).await;
    assert_eq!(by_zoe.next_of("typists").await, typists(chat, &[&bob]));
}
