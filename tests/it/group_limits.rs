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

#[tokio::test]
async fn strangers_put_one_person_into_so_many_groups_and_no_more() {
    let server = TestServer::start_with(|config| config.rate_limits = RateLimits::On).await;
    let [victim, other, friend] = server.users(["victim", "other", "friend"]).await;
    victim.connect().await.post_to(&friend, "hi").await;
    let strangers = server.users(["s1", "s2", "s3", "s4", "s5"]).await;
    let group = json!({ "title": "Lottery", "user_ids": [victim.id] });
    let (mut made, mut refused) = (Vec::new(), 0);
    for stranger in &strangers {
        for _ in 0..50 {
            let reply = stranger.post("/api/groups", &group).await;
            if reply.status == 201 {
                made.push((stranger, reply.json()["id"].as_i64().unwrap()));
            } else {
                reply.assert_error(429, "added_too_often");
                assert!(reply.header("retry-after").parse::<u32>().unwrap() > 60);
                refused += 1;
            }
        }
    }
    // Ten more an hour.
    assert!((200..205).contains(&made.len()) && refused > 40, "{} and {refused}", made.len());

    let (stranger, chat) = made[made.len() - 1];
    let own = stranger.make_group("Own", &[&other]).await["id"].as_i64().unwrap();
    stranger.try_add(own, &[&victim]).await.assert_error(429, "added_too_often");
    assert_eq!(stranger.add(chat, &[&victim]).await, json!([]), "a member is not counted");
    // Those who may not add anybody are told so.
    other.try_add(own, &[&victim]).await.assert_error(403, "not_an_admin");
    // Somebody to whom the victim has written may add them, and a link works.
    let shared = server.group(&friend, &[&victim]).await;
    assert_eq!(friend.summary(shared).await["title"], "Family");
    let link = stranger.request("POST", &format!("/api/chats/{own}/invite")).await.json();
    let path = format!("/api/invites/{}/members", link["token"].as_str().unwrap());
    assert_eq!(victim.request("POST", &path).await.status, 200);
}

#[tokio::test]
async fn one_person_is_in_two_thousand_groups_at_most() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = json!({ "create_group": { "group": {
        "title": "One of many", "description": "", "user_ids": [], "who_may_write": "all",
        "who_may_change": "admins", "history_for_newcomers": "none", "cid": null,
    } } });
    for _ in 0..20 {
        for made in join_all((0..100).map(|_| server.submit(&bob, &group))).await {
            made.unwrap();
        }
    }
    let own = alice.make_group("Own", &[]).await["id"].as_i64().unwrap();
    let link = alice.request("POST", &format!("/api/chats/{own}/invite")).await.json();
    let join = format!("/api/invites/{}/members", link["token"].as_str().unwrap());
    let more = |users: &[&User]| {
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        json!({ "title": "More", "user_ids": ids })
    };
    bob.post("/api/groups", &more(&[])).await.assert_error(409, "too_many_groups");
    bob.request("POST", &join).await.assert_error(409, "too_many_groups");
    let refused = alice.post("/api/groups", &more(&[&bob])).await;
    refused.assert_error(409, "member_in_too_many_groups");
    alice.try_add(own, &[&bob]).await.assert_error(409, "member_in_too_many_groups");
    // Neither direct chats nor groups that he has left count.
    let newest = bob.get("/api/chats?limit=1").await.json();
    let left = newest["chats"][0]["id"].as_i64().unwrap();
    bob.connect().await.post_to(&alice, "hi").await;
    assert_eq!(bob.try_remove(left, &bob).await.status, 204);
    assert_eq!(alice.add(own, &[&bob]).await, json!([bob.id]));
    bob.post("/api/groups", &more(&[])).await.assert_error(409, "too_many_groups");
}
