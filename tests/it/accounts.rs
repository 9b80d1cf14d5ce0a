//! Registration, sign-in and the lists of users. Answers of the first contract are compared byte
//! for byte.

use std::time::{Duration, Instant};

use argon2::{Argon2, PasswordHasher};
use rusqlite::Connection;
use serde_json::json;

use crate::kit::{PASSWORD, TestServer, eventually};

#[tokio::test]
async fn registering_answers_201_with_id_and_name() {
    let server = TestServer::start().await;
    let reply = server.register("alice", PASSWORD).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.text(), r#"{"id":1,"username":"alice"}"#);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(server.register("bob", PASSWORD).await.text(), r#"{"id":2,"username":"bob"}"#);
}

#[tokio::test]
async fn a_taken_username_answers_400_in_the_words_of_the_first_contract() {
    let server = TestServer::start().await;
    server.user("alice").await;
    for taken in ["alice", "ALICE", "Alice", "ａｌｉｃｅ"] {
        let reply = server.register(taken, PASSWORD).await;
        assert_eq!(reply.status, 400, "{taken}");
        let body = json!({ "detail": "Username already exist", "code": "username_taken" });
        assert_eq!(reply.json(), body, "{taken}");
    }
}

#[tokio::test]
async fn of_two_simultaneous_registrations_of_a_name_one_succeeds() {
    let server = TestServer::start().await;
    let (one, other) =
        tokio::join!(server.register("alice", PASSWORD), server.register("Alice", PASSWORD));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400]);
}

#[tokio::test]
async fn usernames_in_many_scripts_are_accepted() {
    let server = TestServer::start().await;
    let long = "x".repeat(32);
    for name in ["a", "7", "Ünal", "山田花子", "अनुष्का", "ليلى", "j.r-r_t", &long]
    {
        let reply = server.register(name, PASSWORD).await;
        assert_eq!(reply.status, 201, "{name}: {}", reply.text());
        assert_eq!(reply.json()["username"], name);
    }
    // 32 characters of four bytes each.
    assert_eq!(server.register(&"𐍈".repeat(32), PASSWORD).await.status, 201);
}

#[tokio::test]
async fn misleading_or_too_long_usernames_answer_422() {
    let server = TestServer::start().await;
    let long = "x".repeat(33);
    let long_wide = "𐍈".repeat(33);
    let huge = "x".repeat(60_000);
    let refused = [
        "",
        " ",
        "a b",
        " alice",
        "alice ",
        "a\u{a0}b",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{200b}b",
        "a\u{0}b",
        "a\nb",
        "a\tb",
        "\u{7f}",
        "<img>",
        "a/b",
        "a\\b",
        "a@b",
        "a:b",
        "._-",
        "\u{301}a",
        "😀",
        &long,
        &long_wide,
        &huge,
    ];
    for name in refused {
        let reply = server.register(name, PASSWORD).await;
        reply.assert_error(422, "invalid_username");
        assert_eq!(reply.json()["field"], "username", "{name:?}");
    }
    let [alice] = server.users(["alice"]).await;
    assert_eq!(alice.get("/users").await.text(), "[]", "none of them was registered");
}

#[tokio::test]
async fn a_password_needs_8_characters_and_at_most_1024_bytes() {
    let server = TestServer::start().await;
    let cases = [
        ("a", "1234567".to_owned(), false),
        ("b", "1234567x".to_owned(), true),
        // Eight bytes but four characters; each emoji would count as two in UTF-16.
        ("c", "äöüß".to_owned(), false),
        ("h", "🔑".repeat(7), false),
        ("i", "🔑🔒".repeat(4), true),
        ("j", "語言".repeat(4), true),
        // The upper limit bounds the work and counts bytes: these have 1,026 and 1,023.
        ("k", "語".repeat(342), false),
        ("l", format!("{}言", "語".repeat(340)), true),
        ("d", "xy".repeat(512), true),
        ("e", "x".repeat(1025), false),
        ("f", String::new(), false),
        // Every character counts; none is stripped.
        ("g", " \0\n\u{202e}🔑\u{301} .".to_owned(), true),
    ];
    for (name, password, good) in cases {
        let reply = server.register(name, &password).await;
        if good {
            assert_eq!(reply.status, 201, "{name}: {}", reply.text());
            server.sign_in(name, &password).await;
        } else {
            reply.assert_error(422, "invalid_password");
            assert_eq!(reply.json()["field"], "password", "{name}");
        }
    }
}

/// The limit once counted bytes, so four letters with dots were enough.
#[tokio::test]
async fn a_short_password_from_before_can_sign_in_and_be_changed() {
    let mut server = TestServer::start().await;
    server.register("alice", PASSWORD).await;
    server.stop().await;
    let hash = Argon2::default().hash_password("äöüß".as_bytes()).unwrap().to_string();
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    database.execute("UPDATE users SET password_hash = ?1", (hash,)).unwrap();
    drop(database);
    server.start_again().await;
    let token = server.sign_in("alice", "äöüß").await;
    let headers = [("authorization", &*format!("Bearer {token}"))];
    let body = json!({ "current_password": "äöüß", "new_password": "battery staple" });
    let path = "/api/users/me/password";
    let reply = server.request("PUT", path, &headers, body.to_string()).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    server.sign_in("alice", "battery staple").await;
}

#[tokio::test]
async fn sign_in_answers_a_bearer_token_and_nothing_else() {
    let server = TestServer::start().await;
    server.register("alice", PASSWORD).await;
    // Sign-in ignores the case of the username too.
    for name in ["alice", "ALICE"] {
        let body = json!({ "username": name, "password": PASSWORD });
        let reply = server.post("/login", &body).await;
        assert_eq!(reply.status, 200);
        let body = reply.json();
        let token = body["access_token"].as_str().unwrap();
        assert_eq!(token.split('.').count(), 3, "a JWT");
        assert_eq!(body, json!({ "access_token": token, "token_type": "bearer" }));
    }
}

#[tokio::test]
async fn a_wrong_username_and_a_wrong_password_get_the_same_401() {
    let server = TestServer::start().await;
    server.register("alice", PASSWORD).await;
    let long = "x".repeat(2000);
    let wrong = [
        ("alice", "wrong horse"),
        ("alice", ""),
        ("alice", "correct hors"),
        ("alice", "Correct horse"),
        ("alice", &long),
        ("nobody", PASSWORD),
        ("", ""),
        ("a\u{202e}b", PASSWORD),
    ];
    for (username, password) in wrong {
        let body = json!({ "username": username, "password": password });
        let reply = server.post("/login", &body).await;
        assert_eq!(reply.status, 401, "{username:?}");
        assert_eq!(reply.header("www-authenticate"), "Bearer", "{username:?}");
        let body = json!({ "detail": "Invalid credentials", "code": "invalid_credentials" });
        assert_eq!(reply.json(), body, "{username:?}");
    }
}

#[tokio::test]
async fn sign_in_takes_as_long_for_an_unknown_user_as_for_a_known_one() {
    let server = TestServer::start().await;
    server.register("alice", PASSWORD).await;
    let mut fastest = [Duration::MAX; 2];
    // In turns, so that a busy moment of the machine affects both.
    for _ in 0..10 {
        for (username, fastest) in ["alice", "nobody"].iter().zip(&mut fastest) {
            let body = json!({ "username": username, "password": "wrong horse" });
            let began = Instant::now();
            assert_eq!(server.post("/login", &body).await.status, 401);
            *fastest = began.elapsed().min(*fastest);
        }
    }
    // Without the decoy hash the second would be about thirty times faster.
    assert!(fastest[1] * 3 > fastest[0], "{fastest:?}");
}

#[tokio::test]
async fn user_is_the_caller_and_users_are_the_others_in_order_of_registration() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["zoe", "bob", "Carol"]).await;
    let reply = alice.get("/user").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.text(), format!(r#"{{"id":{},"username":"zoe"}}"#, alice.id));
    assert_eq!(bob.get("/users").await.json(), json!([alice.json(), carol.json()]));
    assert_eq!(alice.get("/users").await.json(), json!([bob.json(), carol.json()]));
}

#[tokio::test]
async fn online_users_are_those_with_an_open_socket_including_the_caller() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    assert_eq!(alice.get("/online-users").await.json(), json!([]));
    let _old = bob.connect_v1().await;
    let new = alice.connect().await;
    let online = async || carol.get("/online-users").await.json();
    let both = json!([alice.json(), bob.json()]);
    eventually("both online", async || online().await == both).await;
    assert_eq!(alice.get("/online-users").await.json(), both, "the caller is included");
    new.close().await;
    eventually("alice gone", async || online().await == json!([bob.json()])).await;
}

#[tokio::test]
async fn all_v2_devices_get_a_new_user() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let mut device = alice.connect().await;
    let bob = server.user("bob").await;
    let told = device.next_of("user").await;
    assert_eq!((&told["id"], &told["username"]), (&json!(bob.id), &json!("bob")));
    assert_eq!(told["last_seen"], json!(null));
    let listed = alice.get("/api/users").await.json();
    let mut plain = told.clone();
    plain.as_object_mut().unwrap().remove("type");
    assert_eq!(listed["users"].as_array().unwrap().len(), 2, "the caller is included");
    assert_eq!(listed["users"][1], plain);
}
