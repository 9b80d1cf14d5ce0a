//! Which passwords people may choose, and that all earlier ones still work.

use argon2::{Argon2, password_hash::PasswordHasher};
use serde_json::json;

use crate::kit::{PASSWORD, TestServer};

#[tokio::test]
async fn common_passwords_and_the_username_are_refused() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for (username, password) in [
        ("bob", "password"),
        ("bob", "QWERTYUIOP"),
        ("bob", "88888888"),
        ("margarethe", "Margarethe"),
        ("margarethe", "ehteragram"),
        ("margarethe", "margarethe1999"),
        ("Jürgen", "ju\u{308}rgen123"),
    ] {
        let reply = server.register(username, password).await;
        reply.assert_error(422, "common_password");
        assert_eq!(reply.json()["field"], "password", "{password}");
    }
    for password in ["password1", "alice2026!", "ECILA___"] {
        let body = json!({ "current_password": PASSWORD, "new_password": password });
        let reply = alice.put("/api/users/me/password", body.to_string()).await;
        reply.assert_error(422, "common_password");
        assert_eq!(reply.json()["field"], "new_password", "{password}");
    }
    assert_eq!(server.register("bob", "alice in wonderland").await.status, 201);
}

#[tokio::test]
async fn letters_count_the_same_however_they_are_typed() {
    let server = TestServer::start().await;
    let (composed, decomposed) = ("über allem", "u\u{308}ber allem");
    for (name, at_registration, later) in
        [("alice", composed, decomposed), ("bob", decomposed, composed)]
    {
        assert_eq!(server.register(name, at_registration).await.status, 201);
        server.sign_in(name, later).await;
        server.sign_in(name, at_registration).await;
    }
    let short = server.register("carol", "a\u{308}o\u{308}u\u{308}e\u{301}").await;
    short.assert_error(422, "invalid_password");
}

/// Accounts of earlier versions: with a password that is refused now, and hashed as it was typed.
#[tokio::test]
async fn earlier_passwords_go_on_working() {
    let server = TestServer::start().await;
    let [admin] = server.users(["admin-of-old"]).await;
    let decomposed = "u\u{308}ber allem";
    for (name, password) in [("alice", "password"), ("bob", "bob12345"), ("carol", decomposed)] {
        let hash = Argon2::default().hash_password(password.as_bytes()).unwrap().to_string();
        let command = json!({ "create_user": { "username": name, "password_hash": hash } });
        server.submit(&admin, &command).await.unwrap();
        server.sign_in(name, password).await;
    }
    let wrong = json!({ "username": "carol", "password": "uber allem" });
    server.post("/login", &wrong).await.assert_error(401, "invalid_credentials");
}
