//! Valid tokens: signed by this server's key, not expired, of a session that has not ended.

use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode, get_current_timestamp};
use serde_json::{Value, json};

use crate::kit::{PASSWORD, Socket, TestServer, eventually};

/// Addresses that need a token. `/ws` answers with a close code and has its own tests.
const GUARDED: [(&str, &str); 18] = [
    ("GET", "/user"),
    ("GET", "/users"),
    ("GET", "/online-users"),
    ("GET", "/messages/1"),
    ("GET", "/api/users"),
    ("GET", "/api/users/me/privacy"),
    ("PATCH", "/api/users/me/privacy"),
    ("GET", "/api/chats"),
    ("GET", "/api/chats/1/messages"),
    ("GET", "/api/chats/1/messages/1/receipts"),
    ("GET", "/api/chats/1/messages/1/reactions"),
    ("GET", "/api/starred"),
    ("GET", "/api/scheduled"),
    ("DELETE", "/api/scheduled/1"),
    ("DELETE", "/api/chats/1/messages/1/pin"),
    ("PUT", "/api/chats/1/timer"),
    ("GET", "/api/sync"),
    ("DELETE", "/api/sessions/current"),
];

/// The claims of a token, read without the key.
fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims
}

/// A token with these claims, signed with the server's key.
fn forge(server: &TestServer, algorithm: Algorithm, claims: &Value) -> String {
    let key = std::fs::read(server.data().join("chaap.key")).unwrap();
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(&key)).unwrap()
}

async fn assert_refused(server: &TestServer, what: &str, token: &str) {
    let bearer = format!("Bearer {token}");
    let reply = server.request("GET", "/user", &[("authorization", &bearer)], "").await;
    assert_eq!(reply.status, 401, "{what}: {}", reply.text());
    assert_eq!(reply.header("www-authenticate"), "Bearer", "{what}");
    reply.assert_error(401, "unauthorized");
    let path = format!("/ws?token={token}");
    let mut socket = Socket::open(&server.home().get(), &path, &[]).await;
    assert_eq!(socket.close_code().await, Some(4401), "{what}");
}

#[tokio::test]
async fn without_a_token_every_protected_address_answers_401() {
    let server = TestServer::start().await;
    for (method, path) in GUARDED {
        for headers in [
            &[][..],
            &[("authorization", "")],
            &[("authorization", "Bearer")],
            &[("authorization", "Bearer ")],
            &[("authorization", "Basic YWxpY2U6cHc=")],
            &[("authorization", "garbage")],
        ] {
            let reply = server.request(method, path, headers, "").await;
            assert_eq!(reply.status, 401, "{method} {path} {headers:?}");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
            reply.assert_error(401, "unauthorized");
        }
    }
}

#[tokio::test]
async fn the_case_of_bearer_does_not_matter() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let header = format!("{scheme} {}", alice.token);
        let reply = server.request("GET", "/user", &[("authorization", &header)], "").await;
        assert_eq!(reply.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn a_token_has_user_and_session_and_lasts_as_configured() {
    let server = TestServer::start_with(|config| config.token_minutes = 7).await;
    let [alice] = server.users(["alice"]).await;
    let claims = claims(&alice.token);
    assert_eq!(claims["sub"], "alice");
    assert!(claims["sid"].is_i64(), "{claims}");
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((7 * 60 - 1..=7 * 60).contains(&life), "{life} s");
    assert_eq!(decode_header(&alice.token).unwrap().alg, Algorithm::HS256);
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let (server, other) = (TestServer::start().await, TestServer::start().await);
    let [alice] = server.users(["alice"]).await;
    let [namesake] = other.users(["alice"]).await;
    let real = claims(&alice.token);
    let [header, payload, signature] = alice.token.split('.').collect::<Vec<_>>()[..] else {
        panic!("a JWT has three parts")
    };
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    // {"alg":"none","typ":"JWT"}, in base64url.
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let tokens = [
        ("garbage", "garbage".to_owned()),
        ("three dots", "a.b.c".to_owned()),
        ("no signature", format!("{header}.{payload}.")),
        ("another signature", format!("{header}.{payload}.{flipped}{}", &signature[1..])),
        ("alg none", format!("{none}.{payload}.")),
        ("alg none with a signature", format!("{none}.{payload}.{signature}")),
        ("another server's", namesake.token.clone()),
        ("a longer hash", forge(&server, Algorithm::HS512, &real)),
    ];
    for (what, token) in tokens {
        assert_refused(&server, what, &token).await;
    }
    // The same code makes valid tokens, so only the forged part is wrong with those above.
    let control = alice.with_token(forge(&server, Algorithm::HS256, &real));
    assert_eq!(control.get("/user").await.status, 200);
}

#[tokio::test]
async fn tokens_with_the_right_key_but_the_wrong_claims_are_refused() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let real = claims(&alice.token);
    let with = |key: &str, value: Value| {
        let mut claims = real.clone();
        claims[key] = value;
        forge(&server, Algorithm::HS256, &claims)
    };
    let without = |key: &str| {
        let mut claims = real.clone();
        claims.as_object_mut().unwrap().remove(key);
        forge(&server, Algorithm::HS256, &claims)
    };
    let now = get_current_timestamp();
    let tokens = [
        ("expired a second ago", with("exp", json!(now - 1))),
        ("expired long ago", with("exp", json!(1))),
        ("no expiry", without("exp")),
        ("no session, as in the first contract", without("sid")),
        ("no subject", without("sub")),
        ("an unknown session", with("sid", json!(12_345))),
        ("another user's session", with("sub", json!(bob.username))),
    ];
    for (what, token) in tokens {
        assert_refused(&server, what, &token).await;
    }
}

#[tokio::test]
async fn signing_out_revokes_the_token_and_closes_only_its_sockets() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let elsewhere = alice.sign_in_again(&server).await;
    let (mut page, mut old_page) = (alice.connect().await, alice.connect_v1().await);
    let mut phone = elsewhere.connect().await;
    let reply = alice.request("DELETE", "/api/sessions/current").await;
    assert_eq!(reply.header("clear-site-data"), "\"cache\"");
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(page.close_code().await, Some(4401));
    assert_eq!(old_page.close_code().await, Some(4401));
    assert_refused(&server, "revoked", &alice.token).await;
    assert_eq!(alice.request("DELETE", "/api/sessions/current").await.status, 401);
    assert_eq!(elsewhere.get("/user").await.status, 200, "the other session continues");
    phone.pending().await;
}

#[tokio::test]
async fn a_long_poll_reads_nothing_after_its_session_was_signed_out() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = bob.connect().await;
    let since = alice.get("/api/sync?since=0").await.json()["revision"].as_i64().unwrap();
    let poll = alice.begin_poll(since, 50).await;
    assert_eq!(alice.request("DELETE", "/api/sessions/current").await.status, 204);
    sender.post_to(&alice, "a secret").await;
    poll.await.unwrap().assert_error(401, "unauthorized");
}

#[tokio::test]
async fn a_token_is_valid_after_a_restart_and_a_revoked_one_is_not() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    assert_eq!(bob.request("DELETE", "/api/sessions/current").await.status, 204);
    server.restart().await;
    assert_eq!(alice.get("/user").await.json(), alice.json());
    assert_eq!(bob.get("/user").await.status, 401);
}

#[tokio::test]
async fn a_socket_is_closed_when_its_session_expires() {
    let mut server = TestServer::start_with(|config| {
        config.token_minutes = 1;
        config.ping_seconds = 1;
    })
    .await;
    let [alice] = server.users(["alice"]).await;
    server.stop().await;
    // Not a whole minute: the session expires two seconds from now.
    let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
    let soon = (get_current_timestamp() + 2) * 1000;
    let soon = i64::try_from(soon).unwrap();
    database.execute("UPDATE sessions SET expires_at = ?1", (soon,)).unwrap();
    drop(database);
    server.start_again().await;
    let mut device = alice.connect().await;
    assert_eq!(device.close_code().await, Some(4401));
    eventually("the token to expire", async || alice.get("/user").await.status == 401).await;
}

/// A clock that is days ahead for a while, for example after a power cut, lets all sessions expire. A
/// sign-in in that time must not end them for good.
#[tokio::test]
async fn a_session_that_has_expired_is_valid_again_when_the_clock_is_right_again() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let shift = |server: &TestServer, days: i64| {
        let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
        let shift = "UPDATE sessions SET expires_at = expires_at + ?1";
        database.execute(shift, (days * DAY,)).unwrap();
        let count = "SELECT count(*) FROM sessions";
        database.query_row(count, (), |row| row.get::<_, i64>(0)).unwrap()
    };
    // A session lasts 30 days: as if the clock was 40 days ahead, and then 60 days.
    for (days, left) in [(-40, 3), (-60, 4)] {
        server.stop().await;
        shift(&server, days);
        server.start_again().await;
        assert_eq!(bob.at(&server.home.get()).get("/user").await.status, 401);
        server.sign_in("alice", PASSWORD).await;
        server.stop().await;
        assert_eq!(shift(&server, -days), left, "no session has ended");
        server.start_again().await;
        for user in [&alice, &bob] {
            assert_eq!(user.at(&server.home.get()).get("/user").await.status, 200);
        }
    }
    // After three months they are removed.
    server.stop().await;
    shift(&server, -215);
    server.start_again().await;
    server.sign_in("alice", PASSWORD).await;
    server.stop().await;
    assert_eq!(shift(&server, 0), 1);
}
