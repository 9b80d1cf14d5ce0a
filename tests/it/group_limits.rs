//! How large groups get, and how often one person may change them.

use chaap::RateLimits;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::kit::{TestServer, User};

/// Makes users without passwords, and returns their ids.
pub(crate) async fn crowd(server: &TestServer, admin: &User, count: i64) -> Vec<i64> {
    let first = admin.id + 1;
    for from in (0..count).step_by(100) {
        let commands = (from..count.min(from + 100)).map(|n| {
            json!({ "create_user": { "username": format!("member-{n}"), "password_hash": "x" } })
        });
        let commands: Vec<Value> = commands.collect();
        for outcome in join_all(commands.iter().map(|it| server.submit(admin, it))).await {
            outcome.unwrap();
        }
    }
    (first..first + count).collect()
}

#[tokio::test]
async fn a_group_has_five_thousand_members_at_most() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let people = crowd(&server, &alice, 5_000).await;
    let mut device = alice.connect().await;
    let group = json!({ "title": "Everybody", "user_ids": people[..4_000] });
    let reply = alice.post("/api/groups", &group).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let chat = reply.json()["id"].as_i64().unwrap();
    assert_eq!(device.pending().await.len(), 4, "chat, membership, line and own marks");
    let path = format!("/api/chats/{chat}/members");
    let add = |ids: &[i64]| {
        let (alice, path, body) = (alice.clone(), path.clone(), json!({ "user_ids": ids }));
        async move { alice.post(&path, &body).await }
    };
    add(&people).await.assert_error(409, "too_many_members");
    let reply = add(&people[..4_999]).await;
    assert_eq!(reply.json()["added"].as_array().unwrap().len(), 999, "{}", reply.status);
    let frames = device.pending().await;
    assert!(frames.len() <= 2, "one line and own marks, no row for each: {}", frames.len());
    assert_eq!(frames[0]["event"]["user_ids"].as_array().unwrap().len(), 999);
    add(&people[4_999..]).await.assert_error(409, "too_many_members");
    let path = format!("{path}/{}", people[0]);
    assert_eq!(alice.request("DELETE", &path).await.status, 204);
    assert_eq!(add(&people[4_999..]).await.json()["added"], json!([people[4_999]]));
    let page = alice.get(&format!("/api/chats/{chat}/members?limit=1000")).await.json();
    assert_eq!((page["members"].as_array().unwrap().len(), &page["more"]), (1_000, &json!(true)));
}

#[tokio::test]
async fn one_person_changes_groups_so_often_and_no_more() {
    let server = TestServer::start_with(|config| config.rate_limits = RateLimits::On).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let path = format!("/api/chats/{chat}");
    // One more is allowed every two seconds, so each kind is tried until it is refused.
    let titles = ["One", "Two"];
    for n in 0.. {
        assert!(n < 300, "it was never refused");
        let reply = alice.patch(&path, &json!({ "title": titles[n % 2] })).await;
        if reply.status != 200 {
            reply.assert_error(429, "rate_limited");
            assert!(n > 50, "{n}");
            break;
        }
    }
    for n in 0.. {
        assert!(n < 100, "it was never refused");
        let reply = alice.post("/api/groups", &json!({ "title": "More", "user_ids": [] })).await;
        if reply.status != 201 {
            reply.assert_error(429, "rate_limited");
            break;
        }
    }
    assert_eq!(alice.say(chat, "messages have a budget of their own").await["chat_id"], chat);
    assert_eq!(bob.try_remove(chat, &bob).await.status, 204, "others are not affected");
}

#[tokio::test]
async fn so_many_people_are_added_at_once_and_no_more() {
    let server = TestServer::start_with(|config| config.rate_limits = RateLimits::On).await;
    let [alice] = server.users(["alice"]).await;
    let chat = alice.make_group("Own", &[]).await["id"].as_i64().unwrap();
    let many = json!({ "user_ids": vec![alice.id; 5_000] });
    let path = format!("/api/chats/{chat}/members");
    for _ in 0..3 {
        assert_eq!(alice.post(&path, &many).await.json()["added"], json!([]));
    }
    alice.post(&path, &many).await.assert_error(429, "rate_limited");
}
