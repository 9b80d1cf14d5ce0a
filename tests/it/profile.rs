//! Profiles: everyone gets changes, live and after an absence.

use serde_json::{Value, json};

use crate::kit::{TestServer, User};

const ME: &str = "/api/users/me";

/// The row of a user in the list.
async fn listed(asker: &User, id: i64) -> Value {
    let list = asker.get("/api/users").await.json();
    let found = list["users"].as_array().unwrap().iter().find(|user| user["id"] == id);
    found.unwrap().clone()
}

/// Sets a field and returns the stored value.
async fn kept(user: &User, field: &str, text: &str) -> Value {
    let reply = user.patch(ME, &json!({ field: text })).await;
    assert_eq!(reply.status, 200, "{text:?}: {}", reply.text());
    reply.json()[field].clone()
}

#[tokio::test]
async fn a_new_account_shows_its_username_and_nothing_else() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let row = listed(&alice, alice.id).await;
    for (field, value) in [("display_name", Value::Null), ("picture", Value::Null)] {
        assert_eq!(row.get(field), Some(&value), "{row}");
    }
    assert_eq!(row["about"], "", "{row}");
    assert_eq!(alice.connect_silent().await.welcome["user"], row);
}

#[tokio::test]
async fn a_change_reaches_everyone_live_and_absent_devices_later() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let away = carol.get("/api/sync?since=0").await.json()["revision"].as_i64().unwrap();
    let (mut here, mut own) = (bob.connect().await, alice.connect().await);
    let change = json!({ "display_name": "Alice Meyer", "about": "At sea" });
    let reply = alice.patch(ME, &change).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let mut row = reply.json();
    assert_eq!((&row["display_name"], &row["about"]), (&json!("Alice Meyer"), &json!("At sea")));
    assert!(row["changed"].as_i64().unwrap() > away, "{row}");
    assert_eq!(listed(&bob, alice.id).await, row);
    row["type"] = "user".into();
    assert_eq!(here.next_of("user").await, row, "another user");
    assert_eq!(own.next_of("user").await, row, "the other devices of the same user");
    server.restart().await;
    let missed = carol.connect_silent().await.hello(Some(away)).await;
    let rows = missed[0]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{missed:?}");
    // The server has stopped since, and has stored when she was last seen.
    row["last_seen"] = rows[0]["last_seen"].clone();
    assert_eq!(rows[0], row);
}

#[tokio::test]
async fn only_given_fields_change_and_setting_the_same_value_is_no_change() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let set = async |change: Value| alice.patch(ME, &change).await.json();
    let named = set(json!({ "display_name": "Alice" })).await;
    let both = set(json!({ "about": "At sea" })).await;
    assert_eq!(both["display_name"], "Alice");
    assert!(both["changed"].as_i64() > named["changed"].as_i64());
    let mut other = bob.connect().await;
    for same in [
        json!({}),
        json!({ "about": "At sea", "display_name": " Alice\u{3000}" }),
        json!({ "username": "mallory", "id": 7, "picture": "x" }),
    ] {
        assert_eq!(set(same).await, both);
    }
    assert_eq!(other.pending().await, Vec::<Value>::new(), "no frame for no change");
    let none = set(json!({ "display_name": null, "about": null })).await;
    assert_eq!((&none["display_name"], &none["about"]), (&Value::Null, &json!("")));
    set(json!({ "display_name": "Alice" })).await;
    for blank in ["", "  ", "\u{2003}\t\n"] {
        assert_eq!(kept(&alice, "display_name", blank).await, Value::Null, "{blank:?}");
        assert_eq!(kept(&alice, "about", blank).await, "", "{blank:?}");
    }
}

#[tokio::test]
async fn names_in_all_scripts_are_stored_in_normal_form() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let names = [
        "Anna-Lena O’Neill, Dr.",
        "अनुष्का शर्मा",
        "محمد علي",
        "می‌خواهم",
        "王小明",
        "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "<b>&amp;\"'</b>",
        "1",
    ];
    for name in names {
        assert_eq!(kept(&alice, "display_name", name).await, name);
        assert_eq!(kept(&alice, "about", name).await, name);
    }
    assert_eq!(kept(&alice, "display_name", "  Ame\u{301}lie \n").await, "Am\u{e9}lie", "NFC");
}

#[tokio::test]
async fn hostile_names_are_refused_by_field() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let refused = [
        "two\nlines",
        "a\rb",
        "a\tb",
        "nul\0",
        "escape\u{1b}[31m",
        "next\u{85}line",
        "line\u{2028}separator",
        "paragraph\u{2029}separator",
        "\u{202e}evila",
        "iso\u{2066}late",
        "\u{200b}",
        "\u{2800}\u{3164}",
        "\u{301}",
        "\u{200f}\u{feff}",
    ];
    for (field, code) in [("display_name", "invalid_display_name"), ("about", "invalid_about")] {
        for text in refused {
            let reply = alice.patch(ME, &json!({ field: text })).await;
            assert_eq!(reply.status, 422, "{text:?}");
            reply.assert_error(422, code);
            assert_eq!(reply.json()["field"], field, "{text:?}");
        }
    }
    for bad in [json!({ "about": 5 }), json!({ "display_name": ["a"] }), json!([]), json!("x")] {
        alice.patch(ME, &bad).await.assert_error(422, "invalid_body");
    }
    let row = listed(&alice, alice.id).await;
    assert_eq!((&row["display_name"], &row["about"]), (&Value::Null, &json!("")));
}

#[tokio::test]
async fn lengths_are_counted_in_characters_after_normalising() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for (field, max) in [("display_name", 64), ("about", 140)] {
        for unit in ["x", "ß", "漢", "😀", "e\u{301}"] {
            let longest = format!("  {}  ", unit.repeat(max));
            let text = kept(&alice, field, &longest).await;
            assert_eq!(text.as_str().unwrap().chars().count(), max, "{unit}");
            let reply = alice.patch(ME, &json!({ field: unit.repeat(max + 1) })).await;
            reply.assert_error(422, &format!("invalid_{field}"));
            let detail = reply.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(&max.to_string()), "{detail}");
        }
        let huge = json!({ field: "\u{fdfa}".repeat(20_000) });
        alice.patch(ME, &huge).await.assert_error(422, &format!("invalid_{field}"));
    }
}

#[tokio::test]
async fn users_change_only_themselves_and_the_first_contract_stays_the_same() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut old = bob.connect_v1().await;
    kept(&alice, "display_name", "Alice Meyer").await;
    for path in ["/api/users/1", "/api/users/2", "/api/users/ME"] {
        assert_eq!(bob.patch(path, &json!({ "display_name": "x" })).await.status, 404, "{path}");
    }
    let stranger = bob.with_token(String::from("none"));
    stranger.patch(ME, &json!({ "about": "x" })).await.assert_error(401, "unauthorized");
    assert_eq!(bob.get("/users").await.json(), json!([alice.json()]));
    assert_eq!(bob.get("/user").await.json(), bob.json());
    assert_eq!(bob.get("/online-users").await.json(), json!([bob.json()]));
    assert_eq!(old.pending().await, Vec::<Value>::new(), "the first contract has no such frame");
}

#[tokio::test]
async fn simultaneous_changes_all_take_effect() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let changes = (0..20).map(|n| {
        let alice = alice.clone();
        let field = if n % 2 == 0 { "display_name" } else { "about" };
        tokio::spawn(async move { alice.patch(ME, &json!({ field: n.to_string() })).await.json() })
    });
    let mut numbers = Vec::new();
    for change in changes.collect::<Vec<_>>() {
        numbers.push(change.await.unwrap()["changed"].as_i64().unwrap());
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 20, "each is a separate change");
    let row = listed(&alice, alice.id).await;
    let parity = |field: &str| row[field].as_str().unwrap().parse::<i64>().unwrap() % 2;
    assert_eq!((parity("display_name"), parity("about")), (0, 1), "{row}");
    assert_eq!(row["changed"], json!(numbers.last()));
}
