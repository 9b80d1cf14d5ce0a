//! A database of the last release before groups (version 6) is opened by this one: everybody finds
//! what they had.
//!
//! `fixtures/chaap-6.db.gz` was written by that release, driven over its sockets and routes, and
//! stopped in order. Alice, bob and carol have the password "correct horse". Alice wrote six
//! messages to bob, who received all, read four and answered the third; she wrote one note to
//! herself. Carol wrote three to alice, then hid her read receipts, and read alice's answer. Alice
//! set a display name and an about text, pinned the chat with bob and left a draft in it, archived
//! the chat with carol and muted it for ever. Bob deleted his chat with alice for himself and set a
//! picture.

use std::{collections::BTreeMap, io::Read, path::Path};

use rusqlite::{Connection, types::Value as Cell};
use serde_json::{Value, json};

use crate::kit::{Frames, PASSWORD, TestServer, User};

const FIXTURE: &[u8] = include_bytes!("fixtures/chaap-6.db.gz");
/// The bytes of `bob`'s picture as that release stored them, in both sizes.
const PICTURE_BYTES: usize = 631;
const PICTURE: &str = "4a26e934632e0dcbcdae41e98a3b67cf";

/// The tables of a database by name: their rows, each with its columns by name.
type Tables = BTreeMap<String, Vec<BTreeMap<String, Cell>>>;

/// Writes the fixture to this file.
fn unpack(path: &Path) {
    let mut database = Vec::new();
    flate2::read::GzDecoder::new(FIXTURE).read_to_end(&mut database).unwrap();
    std::fs::write(path, database).unwrap();
}

/// A server that finds the fixture in its data folder.
async fn upgraded() -> TestServer {
    TestServer::start_with(|config| {
        std::fs::create_dir(&config.data).unwrap();
        unpack(&config.data.join("chaap.db"));
    })
    .await
}

/// Everybody, signed in with the password they had.
async fn people(server: &TestServer) -> [User; 3] {
    let mut people = Vec::new();
    for (id, name) in (1..).zip(["alice", "bob", "carol"]) {
        let token = server.sign_in(name, PASSWORD).await;
        people.push(User::of(&server.home().get(), id, name, token));
    }
    people.try_into().unwrap()
}

fn tables(path: &Path) -> Tables {
    let database = Connection::open(path).unwrap();
    let mut names =
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names = names.query_map((), |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    let rows_of = |name: &str| {
        let mut query = database.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
        let rows = query.query_map((), |row| {
            let cells = columns.iter().map(|name| Ok((name.clone(), row.get(name.as_str())?)));
            cells.collect()
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    names.map(|name| (name.clone(), rows_of(&name))).collect()
}

/// Every object of a database, without comments and layout.
fn schema(path: &Path) -> Vec<String> {
    let database = Connection::open(path).unwrap();
    let mut query = database
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
        .unwrap();
    let texts = query.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let normalise = |sql: String| {
        let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
        let words = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        words.replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    };
    texts.map(|sql| normalise(sql.unwrap())).collect()
}

fn version(path: &Path) -> i64 {
    let database = Connection::open(path).unwrap();
    database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn every_row_is_kept_and_the_schema_is_that_of_a_new_database() {
    let mut server = upgraded().await;
    server.stop().await;
    let path = server.data().join("chaap.db");
    let old = server.scratch().join("old.db");
    unpack(&old);
    assert_eq!(version(&old), 6);
    let (before, after) = (tables(&old), tables(&path));
    assert!(before["messages"].len() == 12 && before["moves"].len() == 3, "{before:?}");
    for (table, rows) in before {
        let table = if table == "moves" { "receipt_times" } else { &table };
        // The start has begun an epoch of its own.
        let added = usize::from(table == "epochs");
        assert_eq!(after[table].len(), rows.len() + added, "{table}");
        for (row, kept) in rows.iter().zip(&after[table]) {
            for (column, value) in row {
                let column = if column == "first_number" { "first_revision" } else { column };
                assert_eq!(kept[column], *value, "{table}.{column}");
            }
        }
    }

    let mut fresh = TestServer::start().await;
    fresh.stop().await;
    let new = fresh.data().join("chaap.db");
    assert_eq!(schema(&path), schema(&new));
    assert!(schema(&path).len() > 15, "the comparison sees the schema");
    assert_eq!(version(&path), version(&new));
}

#[tokio::test]
async fn a_second_start_changes_nothing() {
    let mut server = upgraded().await;
    server.stop().await;
    let path = server.data().join("chaap.db");
    let (mut before, schema_before) = (tables(&path), schema(&path));
    server.start_again().await;
    server.stop().await;
    let mut after = tables(&path);
    let epochs = [&mut before, &mut after].map(|tables| tables.remove("epochs").unwrap());
    assert_eq!(epochs[1].len(), epochs[0].len() + 1, "every start is an epoch");
    assert_eq!(before, after);
    assert_eq!(schema(&path), schema_before);
}

#[tokio::test]
async fn everybody_finds_their_people_and_settings() {
    let server = upgraded().await;
    let people = people(&server).await;
    let picture = json!(PICTURE);
    for user in &people {
        let users = user.get("/api/users").await.json()["users"].as_array().unwrap().clone();
        assert_eq!(users.field("username"), ["alice", "bob", "carol"]);
        assert_eq!(users.field("display_name"), [json!("Alice A."), Value::Null, Value::Null]);
        assert_eq!(users.field("about"), ["hello", "", ""]);
        assert_eq!(users.field("picture"), [Value::Null, picture.clone(), Value::Null]);
        assert_eq!(users.field("last_seen"), vec![1_795_731_641_151_i64; 3]);
        for size in ["large", "small"] {
            let reply = user.get(&format!("/api/pictures/{PICTURE}?size={size}")).await;
            assert_eq!((reply.status, reply.body.len()), (200, PICTURE_BYTES));
        }
    }
    let privacy = |shows_read: bool, changed: i64| json!({ "shows_read": shows_read, "shows_last_seen": true, "changed": changed });
    let expected = [privacy(true, 0), privacy(true, 0), privacy(false, 19)];
    for (user, expected) in people.iter().zip(expected) {
        assert_eq!(user.get("/api/users/me/privacy").await.json(), expected);
    }
}

/// A chat as it is listed: its receipts, the content of the last message, unread, preferences.
fn seen(chat: &Value) -> Value {
    json!([
        chat["user_ids"],
        chat["last_seq"],
        chat["receipts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                json!([it["user_id"], it["delivered_seq"], it["read_seq"], it["changed"]])
            })
            .collect::<Vec<_>>(),
        chat["last_message"]["content"],
        chat["unread"],
    ])
}

#[tokio::test]
async fn everybody_finds_their_chats_receipts_and_preferences() {
    let server = upgraded().await;
    let [alice, bob, carol] = people(&server).await;
    let answer = "*answer* \u{1} \u{1f600}";
    let hidden = json!([[1, 3], 4, [[1, 0, 0, 15], [3, 4, 0, 21]], "unseen by design", 3]);
    let with_bob = json!([[1, 2], 7, [[1, 0, 0, 4], [2, 6, 4, 11]], answer, 1]);
    let notes = json!([[1], 1, [[1, 0, 0, 13]], "note to self", 0]);
    let by_alice = alice.chats().await;
    assert_eq!(by_alice.iter().map(seen).collect::<Vec<_>>(), [hidden, notes, with_bob]);
    // Bob has deleted it for himself; carol sees what she has read.
    let cleared = json!([[1, 2], 7, [[1, 0, 0, 4], [2, 6, 4, 11]], null, 0]);
    assert_eq!(bob.chats().await.iter().map(seen).collect::<Vec<_>>(), [cleared]);
    let own = json!([[1, 3], 4, [[1, 0, 0, 15], [3, 4, 4, 21]], "unseen by design", 0]);
    assert_eq!(carol.chats().await.iter().map(seen).collect::<Vec<_>>(), [own]);

    let preferences: Vec<Value> = by_alice.iter().map(|it| it["preferences"].clone()).collect();
    let archived = json!({
        "chat_id": 3, "pinned_at": null, "archived": true, "muted_until": 253_402_300_799_000_i64,
        "marked_unread": false, "draft": "", "draft_reply_to": null, "draft_edit_of": null,
        "draft_aside": "", "cleared_seq": 0, "cleared_id": 0, "changed": 24,
    });
    let pinned = json!({
        "chat_id": 1, "pinned_at": preferences[2]["pinned_at"], "archived": false,
        "muted_until": null, "marked_unread": false, "draft": "half a thought",
        "draft_reply_to": null, "draft_edit_of": null, "draft_aside": "", "cleared_seq": 0,
        "cleared_id": 0, "changed": 23,
    });
    assert_eq!(preferences, [archived, Value::Null, pinned]);
    assert!(preferences[2]["pinned_at"].is_i64());
    let by_bob = &bob.chats().await[0]["preferences"];
    assert_eq!((&by_bob["cleared_seq"], &by_bob["cleared_id"]), (&json!(7), &json!(12)));
    for chat in by_alice {
        assert_eq!((&chat["kind"], &chat["title"]), (&json!("direct"), &Value::Null));
        assert_eq!((&chat["membership"], &chat["who_may_write"]), (&Value::Null, &json!("all")));
    }
}

#[tokio::test]
async fn everybody_finds_their_messages_and_goes_on_from_there() {
    let server = upgraded().await;
    let [alice, bob, carol] = people(&server).await;
    let page = alice.page(1, "").await["messages"].as_array().unwrap().clone();
    let mut contents: Vec<String> = (0..6).map(|n| format!("alice to bob {n}")).collect();
    contents.push(String::from("*answer* \u{1} \u{1f600}"));
    assert_eq!(page.contents(), contents);
    assert_eq!(page.field("seq"), (1..8).collect::<Vec<i64>>());
    assert_eq!((&page[6]["sender_id"], &page[6]["reply_to"]), (&json!(2), &page[2]["id"]));
    assert_eq!(bob.page(1, "").await["messages"], json!([]), "he has deleted them");
    assert_eq!(alice.page(2, "").await["messages"][0]["content"], "note to self");
    assert_eq!(carol.history_with(&alice).await.len(), 4);

    let receipts = |message: usize| {
        let id = &page[message]["id"];
        let path = format!("/api/chats/1/messages/{id}/receipts");
        let alice = &alice;
        async move { alice.get(&path).await.json()["receipts"].clone() }
    };
    let at = 1_795_731_641_119_i64;
    let read = json!([{ "user_id": 2, "delivered": true, "delivered_at": at, "read": true, "read_at": at }]);
    let delivered = json!([{ "user_id": 2, "delivered": true, "delivered_at": at, "read": false, "read_at": null }]);
    assert_eq!((receipts(3).await, receipts(4).await), (read, delivered));
    let path = "/api/chats/3/messages/20/receipts";
    let receipt = alice.get(path).await.json()["receipts"][0].clone();
    assert_eq!((&receipt["delivered"], &receipt["read"]), (&json!(true), &json!(false)));

    // A retry of a message of that time is known, and new ones count on.
    let again = json!({ "content": "alice to bob 0", "cid": page[0]["cid"] });
    let reply = alice.post("/api/chats/1/messages", &again).await;
    assert_eq!((reply.status, &reply.json()["message_id"]), (200, &page[0]["id"]));
    let ack = bob.connect().await.post_to(&alice, "and on").await;
    assert_eq!((&ack["chat_id"], &ack["seq"]), (&json!(1), &json!(8)));
    assert_eq!(ack["message_id"], 27, "the next revision after the last of that time");
}

#[tokio::test]
async fn a_device_that_was_signed_in_before_catches_up() {
    let server = upgraded().await;
    let [_, bob, _] = people(&server).await;
    // It had the number 12, and the epoch of that time.
    let mut device = bob.connect_silent().await;
    let before = json!({ "revision": 12, "epoch": 7_907_680_670_263_406_i64 });
    let frames = device.hello_after(&before).await;
    let rows = frames[0]["rows"].as_array().unwrap();
    assert_eq!(rows.of("user").field("id"), [1, 2]);
    assert_eq!(rows.of("preferences").field("cleared_seq"), [7]);
    assert_eq!(frames.last().unwrap()["revision"], 26);
}

#[tokio::test]
async fn people_of_that_time_make_groups() {
    let server = upgraded().await;
    let [alice, bob, carol] = people(&server).await;
    let chat = alice.make_group("Family", &[&bob]).await["id"].as_i64().unwrap();
    alice.add(chat, &[&carol]).await;
    carol.say(chat, "hello").await;
    assert_eq!(bob.told(chat).await, ["*created*", "*added*", "hello"]);
    assert_eq!(bob.summary(chat).await["unread"], 1);
}

/// The earlier release wrote nothing about ended sessions beside its database. That must not look
/// like a restored backup.
#[tokio::test]
async fn an_upgrade_signs_nobody_out() {
    let mut server = upgraded().await;
    let before = server.scratch().join("before.db");
    unpack(&before);
    let sessions = |path: &Path| {
        let database = Connection::open(path).unwrap();
        let count = "SELECT count(*) FROM sessions";
        database.query_row(count, (), |row| row.get::<_, i64>(0)).unwrap()
    };
    let kept = sessions(&before);
    assert!(kept > 0, "the fixture has sessions");
    for _ in 0..2 {
        assert_eq!(sessions(&server.data().join("chaap.db")), kept);
        server.restart().await;
    }
}
