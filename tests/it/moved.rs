//! Files of the database that are moved, deleted or replaced while the server runs.

use std::fs;

use serde_json::json;

use crate::kit::{TestServer, User};

async fn write(user: &User, about: &str) -> u16 {
    let reply = user.patch("/api/users/me", &json!({ "about": about })).await;
    if reply.status != 200 {
        reply.assert_error(503, "storage");
    }
    reply.status
}

/// A message must not be acknowledged if the next start would not find it.
#[tokio::test]
async fn writes_are_refused_until_the_files_of_the_database_are_back() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "kept").await;
    let data = server.data().to_owned();
    let aside = data.with_extension("aside");
    for name in ["chaap.db", "chaap.db-wal", ""] {
        let place = data.join(name);
        let (place, is_folder) = if name.is_empty() { (&data, true) } else { (&place, false) };
        fs::rename(place, &aside).unwrap();
        assert_eq!(write(&alice, "lost").await, 503, "{name} is away");
        device.send_to(&bob, "lost").await;
        assert_eq!(device.next_of("error").await["code"], "storage");
        server.get("/readyz").await.assert_error(503, "storage");
        assert_eq!(server.get("/healthz").await.status, 200);
        assert_eq!(alice.get("/user").await.status, 200, "reads go on");
        if !is_folder {
            // Another file in its place is not the database either.
            fs::copy(&aside, place).unwrap();
            assert_eq!(write(&alice, "lost").await, 503, "a copy of {name}");
            fs::remove_file(place).unwrap();
        }
        fs::rename(&aside, place).unwrap();
        assert_eq!(server.get("/readyz").await.status, 200, "{name} is back");
        assert_eq!(write(&alice, &format!("after.{name}")).await, 200);
    }
    server.restart().await;
    let texts: Vec<_> =
        alice.history_with(&bob).await.iter().map(|it| it["content"].clone()).collect();
    assert_eq!(texts, ["kept"]);
    assert_eq!(alice.get("/api/users").await.json()["users"][0]["about"], "after.");
}
