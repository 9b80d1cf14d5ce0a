//! Changing the password: this session continues, all others end.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::kit::{Frames, PASSWORD, Reply, TestServer, User, eventually, within};

const NEW: &str = "battery staple";

async fn change(user: &User, current: &str, new: &str) -> Reply {
    let body = json!({ "current_password": current, "new_password": new });
    user.put("/api/users/me/password", body.to_string()).await
}

async fn log_in(server: &TestServer, password: &str) -> Reply {
    server.post("/login", &json!({ "username": "alice", "password": password })).await
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_the_calling_one_continues() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let laptop = alice.sign_in_again(&server).await;
    let phone = alice.sign_in_again(&server).await;
    let mut here = alice.connect().await;
    let (mut there, mut old) = (laptop.connect().await, phone.connect_v1().await);
    let mut other = bob.connect().await;
    let since = laptop.get("/api/sync?since=0").await.json()["revision"].as_i64().unwrap();
    let poll = laptop.begin_poll(since, 50).await;
    assert_eq!(change(&alice, PASSWORD, NEW).await.status, 204);
    assert_eq!(there.close_code().await, Some(4401));
    assert_eq!(old.close_code().await, Some(4401));
    within("the poll to end", poll).await.unwrap().assert_error(401, "unauthorized");
    for gone in [&laptop, &phone] {
        gone.get("/user").await.assert_error(401, "unauthorized");
    }
    assert_eq!(alice.get("/user").await.status, 200);
    for device in [&mut here, &mut other] {
        let heard = device.pending().await;
        assert_eq!(heard.of("user"), Vec::<Value>::new(), "other users are not told");
    }
    log_in(&server, PASSWORD).await.assert_error(401, "invalid_credentials");
    assert_eq!(log_in(&server, NEW).await.status, 200);
    assert_eq!(log_in(&server, NEW).await.status, 200, "and again");
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing_and_signs_nobody_out() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let laptop = alice.sign_in_again(&server).await;
    let long = "x".repeat(1_025);
    for wrong in ["", "Correct horse", "correct horse ", &long] {
        let reply = change(&alice, wrong, NEW).await;
        reply.assert_error(422, "wrong_password");
        assert_eq!(reply.json()["field"], "current_password");
    }
    for bad in ["", "seven77", "äöüß", &long] {
        let reply = change(&alice, PASSWORD, bad).await;
        reply.assert_error(422, "invalid_password");
        assert_eq!(reply.json()["field"], "new_password");
    }
    for body in ["{}", "[]", "", r#"{"current_password":"correct horse","new_password":8}"#] {
        alice.put("/api/users/me/password", body).await.assert_error(422, "invalid_body");
    }
    assert_eq!(laptop.get("/user").await.status, 200);
    assert_eq!(log_in(&server, PASSWORD).await.status, 200);
    let stranger = alice.with_token(String::from("none"));
    change(&stranger, PASSWORD, NEW).await.assert_error(401, "unauthorized");
}

#[tokio::test]
async fn the_profile_stays_and_the_change_survives_a_restart() {
    let mut server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let named = alice.patch("/api/users/me", &json!({ "display_name": "Alice" })).await.json();
    assert_eq!(change(&alice, PASSWORD, NEW).await.status, 204);
    server.restart().await;
    assert_eq!(alice.get("/api/users").await.json()["users"][0], named);
    log_in(&server, PASSWORD).await.assert_error(401, "invalid_credentials");
    assert_eq!(log_in(&server, NEW).await.status, 200);
}

#[tokio::test]
async fn of_two_simultaneous_changes_one_succeeds() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let laptop = alice.sign_in_again(&server).await;
    let (one, other) = tokio::join!(
        change(&alice, PASSWORD, "the first one"),
        change(&laptop, PASSWORD, "the second one")
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    // The slower one is signed out, or its current password is no longer valid.
    assert!([[204, 401], [204, 422]].contains(&statuses), "{statuses:?}");
    let first = one.status == 204;
    let works = if first { "the first one" } else { "the second one" };
    assert_eq!(log_in(&server, works).await.status, 200);
    let (lives, ended) = if first { (&alice, &laptop) } else { (&laptop, &alice) };
    assert_eq!(lives.get("/user").await.status, 200);
    assert_eq!(ended.get("/user").await.status, 401);
}

/// Checking a password takes time. A sign-in that is checked against the old password and stored
/// after the change would be a session that the change should have ended.
#[tokio::test]
async fn no_sign_in_with_the_old_password_outlasts_the_change() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for round in 0..4 {
        let (current, new) = if round % 2 == 0 { (PASSWORD, NEW) } else { (NEW, PASSWORD) };
        let signing_in = async {
            let mut tokens = Vec::new();
            for reply in join_all((0..6).map(|_| log_in(&server, current))).await {
                assert!([200, 401].contains(&reply.status), "{}", reply.text());
                tokens.extend(reply.json()["access_token"].as_str().map(str::to_owned));
            }
            tokens
        };
        let (tokens, changed) = tokio::join!(signing_in, change(&alice, current, new));
        assert_eq!(changed.status, 204, "{}", changed.text());
        for token in tokens {
            alice.with_token(token).get("/user").await.assert_error(401, "unauthorized");
        }
    }
    eventually("the sign-in afterwards", async || log_in(&server, PASSWORD).await.status == 200)
        .await;
}
