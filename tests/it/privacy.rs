//! Privacy: what users hide, and what they then do not see of others. Live frames, the feed and the
//! lists must agree.

use serde_json::{Value, json};

use crate::kit::{Device, Frames, Replica, TestServer, User, eventually};

const PATH: &str = "/api/users/me/privacy";
/// Which of two users shows it: each alone, both, neither.
const TABLE: [(bool, bool); 4] = [(true, true), (true, false), (false, true), (false, false)];

/// Changes one of the two settings.
async fn set(user: &User, name: &str, shown: bool) -> Value {
    let reply = user.patch(PATH, &json!({ name: shown })).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// A server with a chat of alice and bob in which alice sent `count` messages.
async fn talk(count: i64) -> (TestServer, [User; 2], i64) {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let mut chat = 0;
    for n in 0..count {
        chat = device.post_to(&bob, &n.to_string()).await["chat_id"].as_i64().unwrap();
    }
    device.close().await;
    (server, [alice, bob], chat)
}

/// The watermarks of `user` as `viewer` sees them: (delivered, read). Checks that list and feed
/// agree.
async fn marks(viewer: &User, chat: i64, user: &User) -> (i64, i64) {
    let listed = Replica::load(viewer).await;
    let mut fed = Replica::default();
    for frame in viewer.connect_silent().await.hello(Some(0)).await {
        fed.apply(&frame);
    }
    assert_eq!(fed, listed, "{} by feed and by list", viewer.username);
    listed.watermarks[&(chat, user.id)]
}

/// Confirms and waits until it is processed: the refusal of chat 0 comes after it.
async fn confirm(device: &mut Device, chat: i64, delivered: i64, read: i64) -> Vec<Value> {
    device.confirm(chat, delivered, read).await;
    device.confirm(0, 0, 0).await;
    let mut frames = Vec::new();
    loop {
        let frame = device.next().await;
        if frame["code"] == "no_such_chat" {
            return frames;
        }
        frames.push(frame);
    }
}

/// (delivered, read) of each receipt.
fn told(frames: &[Value]) -> Vec<(i64, i64)> {
    let number = |frame: &Value, name: &str| frame[name].as_i64().unwrap();
    let receipts = frames.of("receipt");
    receipts.iter().map(|row| (number(row, "delivered_seq"), number(row, "read_seq"))).collect()
}

#[tokio::test]
async fn nothing_is_hidden_by_default_and_only_the_own_devices_get_a_change() {
    let (server, [alice, bob], _) = talk(1).await;
    let open = json!({ "shows_read": true, "shows_last_seen": true, "changed": 0 });
    assert_eq!(alice.get(PATH).await.json(), open);
    let (mut phone, mut other) = (alice.connect().await, bob.connect().await);
    assert_eq!(phone.welcome["privacy"], open);
    phone.pending().await;
    let answer = set(&alice, "shows_read", false).await;
    assert_eq!((&answer["shows_read"], &answer["shows_last_seen"]), (&json!(false), &json!(true)));
    let mut row = answer.clone();
    row["type"] = "privacy".into();
    assert_eq!(phone.pending().await, [row]);
    assert_eq!(other.pending().await, Vec::<Value>::new());
    assert_eq!(
        set(&alice, "shows_read", false).await,
        answer,
        "setting the same value is no change"
    );
    assert_eq!(alice.patch(PATH, &json!({})).await.json(), answer);
    assert_eq!(phone.pending().await, Vec::<Value>::new());
    assert_eq!(alice.connect_silent().await.welcome["privacy"], answer);
    assert_eq!(alice.get(PATH).await.json(), answer);
    assert_eq!(bob.get(PATH).await.json(), open);
    for bad in [json!({ "shows_read": 1 }), json!({ "shows_last_seen": "no" }), json!([false])] {
        alice.patch(PATH, &bad).await.assert_error(422, "invalid_body");
    }
    drop(server);
}

#[tokio::test]
async fn a_tick_turns_blue_only_if_both_show_it() {
    for (writer_shows, reader_shows) in TABLE {
        let (_server, [alice, bob], chat) = talk(3).await;
        set(&alice, "shows_read", writer_shows).await;
        set(&bob, "shows_read", reader_shows).await;
        let (mut writer, mut reader) = (alice.connect().await, bob.connect().await);
        let mut laptop = bob.connect().await;
        for device in [&mut writer, &mut reader, &mut laptop] {
            device.pending().await;
        }
        let shown = if writer_shows && reader_shows { 2 } else { 0 };
        let case = format!("{writer_shows}, {reader_shows}");
        assert_eq!(told(&confirm(&mut reader, chat, 3, 2).await), [(3, 2)], "{case}");
        assert_eq!(
            told(&laptop.pending().await),
            [(3, 2)],
            "all own devices know it for the badge, {case}"
        );
        assert_eq!(told(&writer.pending().await), [(3, shown)], "{case}");
        assert_eq!(marks(&alice, chat, &bob).await, (3, shown), "{case}");
        assert_eq!(marks(&bob, chat, &bob).await, (3, 2), "{case}");
        assert_eq!(bob.chats().await[0]["unread"], 1, "{case}");
    }
}

#[tokio::test]
async fn a_hidden_read_is_invisible_to_the_other_user() {
    let (_server, [alice, bob], chat) = talk(3).await;
    set(&bob, "shows_read", false).await;
    let (mut writer, mut reader) = (alice.connect().await, bob.connect().await);
    confirm(&mut reader, chat, 3, 0).await;
    writer.next_of("receipt").await;
    let since = alice.get("/api/sync?since=0").await.json()["revision"].as_i64().unwrap();
    let missed = reader.hello(None).await.last().unwrap()["revision"].as_i64().unwrap();
    assert_eq!(told(&confirm(&mut reader, chat, 3, 2).await), [(3, 2)]);
    assert_eq!(writer.pending().await, Vec::<Value>::new());
    let feed = async |user: &User, since: i64| {
        user.get(&format!("/api/sync?since={since}")).await.json()["rows"].clone()
    };
    assert_eq!(feed(&alice, since).await, json!([]), "not even that something changed");
    assert_eq!(told(feed(&bob, missed).await.as_array().unwrap()), [(3, 2)]);
    assert_eq!(marks(&alice, chat, &bob).await, (3, 0));
}

#[tokio::test]
async fn blue_ticks_stay_and_the_next_shown_read_shows_all_before_it() {
    let (_server, [alice, bob], chat) = talk(6).await;
    let (mut writer, mut reader) = (alice.connect().await, bob.connect().await);
    // Each step, and what alice then sees as read.
    let steps = [
        (None, 2, 2),
        (Some((&bob, false)), 3, 2),
        // Her own setting hides it too.
        (Some((&alice, false)), 4, 2),
        (Some((&bob, true)), 5, 2),
        // Switching it on shows nothing by itself; a receipt that moves nothing does not either.
        (Some((&alice, true)), 5, 2),
        (None, 6, 6),
        (Some((&bob, false)), 6, 6),
    ];
    for (setting, read, shown) in steps {
        if let Some((user, shows)) = setting {
            set(user, "shows_read", shows).await;
            assert_eq!(told(&writer.pending().await), [], "a setting moves no receipt");
        }
        confirm(&mut reader, chat, 6, read).await;
        assert_eq!(marks(&alice, chat, &bob).await.1, shown, "after {read}");
        assert_eq!(marks(&bob, chat, &bob).await.1, read);
        writer.pending().await;
    }
}

#[tokio::test]
async fn receipts_in_notes_to_self_ignore_the_setting() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    set(&alice, "shows_read", false).await;
    let mut device = alice.connect().await;
    let chat = device.post_to(&alice, "milk").await["chat_id"].as_i64().unwrap();
    assert_eq!(told(&confirm(&mut device, chat, 1, 1).await), [(1, 1)]);
    assert_eq!(marks(&alice, chat, &alice).await, (1, 1));
}

#[tokio::test]
async fn settings_and_hidden_reads_survive_a_restart() {
    let (mut server, [alice, bob], chat) = talk(2).await;
    set(&bob, "shows_last_seen", false).await;
    set(&bob, "shows_read", false).await;
    confirm(&mut bob.connect().await, chat, 2, 2).await;
    server.restart().await;
    assert_eq!(marks(&alice, chat, &bob).await, (2, 0));
    assert_eq!(marks(&bob, chat, &bob).await, (2, 2));
    let (mut watcher, _page) = (alice.connect().await, bob.connect().await);
    assert_eq!(online(&alice, &mut watcher).await, [alice.id], "bob is online but hidden");
    assert_eq!(bob.get(PATH).await.json()["shows_last_seen"], false);
}

/// Who is online to a user. Checks that the list, `reset` and `synced` agree.
async fn online(user: &User, device: &mut Device) -> Vec<i64> {
    let sorted = |ids: &Value| {
        let mut ids: Vec<i64> = serde_json::from_value(ids.clone()).unwrap();
        ids.sort_unstable();
        ids
    };
    let reset = sorted(&device.hello(None).await.last().unwrap()["online"]);
    let number = device.hello(None).await.last().unwrap()["revision"].as_i64();
    assert_eq!(sorted(&device.hello(number).await.last().unwrap()["online"]), reset);
    let listed = user.get("/online-users").await.json();
    let listed: Vec<Value> = listed.as_array().unwrap().iter().map(|u| u["id"].clone()).collect();
    assert_eq!(json!(listed), json!(reset));
    reset
}

/// Whether a user sees another's `last_seen`. Checks that list and feed agree.
async fn knows_last_seen(viewer: &User, user: &User) -> bool {
    let of = |rows: &Value| {
        let rows = rows.as_array().unwrap().iter();
        let mut rows = rows.filter(|row| row["id"] == user.id && row.get("username").is_some());
        rows.next_back().map(|row| !row["last_seen"].is_null())
    };
    let listed = of(&viewer.get("/api/users").await.json()["users"]);
    assert_eq!(of(&viewer.get("/api/sync?since=0").await.json()["rows"]), listed);
    listed.unwrap()
}

/// Connects and disconnects all users, so that everyone has a `last_seen`.
async fn come_and_go(users: &[&User]) {
    for user in users {
        user.connect().await.close().await;
        let kept = async || {
            let users = user.get("/api/users").await.json()["users"].as_array().unwrap().clone();
            users.iter().any(|row| row["id"] == user.id && row["last_seen"].is_i64())
        };
        eventually("last seen to be stored", kept).await;
    }
}

/// Waits until this user is told that others went offline, including the grace period.
async fn see_gone(watcher: &mut Device, users: &[&User]) {
    let mut waiting: Vec<i64> = users.iter().map(|user| user.id).collect();
    while !waiting.is_empty() {
        let frame = watcher.next_of("presence").await;
        waiting.retain(|id| frame["online"] == true || frame["user_id"] != *id);
    }
}

#[tokio::test]
async fn presence_is_visible_only_if_both_show_it() {
    futures_util::future::join_all(TABLE.map(be_here)).await;
}

/// One case of the table. Each takes seconds, because a page that closes may be reloading.
async fn be_here((first, second): (bool, bool)) {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let mut witness = carol.connect().await;
    come_and_go(&[&alice, &bob]).await;
    see_gone(&mut witness, &[&alice, &bob]).await;
    set(&alice, "shows_last_seen", first).await;
    set(&bob, "shows_last_seen", second).await;
    let (both, case) = (first && second, format!("{first}, {second}"));
    let mut watcher = alice.connect().await;
    watcher.pending().await;
    let mut page = bob.connect().await;
    let coming = watcher.pending().await.of("presence");
    assert_eq!(coming.field("online"), if both { vec![json!(true)] } else { vec![] }, "{case}");
    let lines = [(&alice, &mut watcher, &bob, first), (&bob, &mut page, &alice, second)];
    for (viewer, device, other, shows) in lines {
        let mut seen = vec![viewer.id];
        seen.extend(both.then_some(other.id));
        seen.extend(shows.then_some(carol.id));
        seen.sort_unstable();
        assert_eq!(online(viewer, device).await, seen, "{case}");
        assert_eq!(knows_last_seen(viewer, other).await, both, "{case}");
        assert!(knows_last_seen(viewer, viewer).await, "oneself, {case}");
        assert_eq!(knows_last_seen(&carol, viewer).await, shows, "{case}");
    }
    watcher.pending().await;
    page.close().await;
    // The wait ends when another user goes offline; bob's frame comes before that.
    dave.connect().await.close().await;
    see_gone(&mut witness, &[&dave]).await;
    let gone = watcher.pending().await.of("presence");
    let gone: Vec<&Value> = gone.iter().filter(|frame| frame["user_id"] == bob.id).collect();
    assert_eq!(gone.len(), usize::from(both), "{case}: {gone:?}");
    assert!(gone.iter().all(|frame| frame["last_seen"].is_i64()), "{case}");
}

#[tokio::test]
async fn hiding_and_showing_again_takes_effect_at_once_on_open_pages() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    come_and_go(&[&bob]).await;
    let (mut watcher, mut page) = (alice.connect().await, bob.connect().await);
    set(&carol, "shows_last_seen", false).await;
    let mut blind = carol.connect().await;
    for device in [&mut watcher, &mut page, &mut blind] {
        device.pending().await;
    }
    let presence = |online: bool| json!({ "type": "presence", "user_id": bob.id, "online": online, "last_seen": null });

    let hidden = set(&bob, "shows_last_seen", false).await;
    let frames = watcher.pending().await;
    assert_eq!(frames[0], presence(false));
    assert_eq!((&frames[1]["type"], &frames[1]["id"]), (&json!("user"), &json!(bob.id)));
    assert_eq!((&frames[1]["last_seen"], frames.len()), (&Value::Null, 2), "{frames:?}");
    let own = page.pending().await;
    assert_eq!((&own[0]["type"], &own[0]["changed"]), (&json!("privacy"), &hidden["changed"]));
    assert!(own[1]["last_seen"].is_i64() && own.len() == 2, "their own row is complete: {own:?}");
    assert_eq!(online(&alice, &mut watcher).await, [alice.id]);
    assert_eq!(online(&bob, &mut page).await, [bob.id]);

    set(&bob, "shows_last_seen", true).await;
    let frames = watcher.pending().await;
    assert_eq!(frames[0], presence(true));
    assert!(frames[1]["last_seen"].is_i64() && frames.len() == 2, "{frames:?}");
    assert_eq!(page.pending().await.field("type"), ["privacy", "user"]);
    assert_eq!(online(&alice, &mut watcher).await, [alice.id, bob.id]);
    assert_eq!(online(&bob, &mut page).await, [alice.id, bob.id]);

    // A user who sees nobody got no presence frames, and rows without the time.
    let frames = blind.pending().await;
    assert_eq!(frames.of("presence"), Vec::<Value>::new());
    assert_eq!(frames.of("user").field("last_seen"), [Value::Null, Value::Null]);
}

#[tokio::test]
async fn a_device_that_was_away_learns_from_the_feed_who_hides_and_who_stopped() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    come_and_go(&[&alice, &bob]).await;
    for (shown, known) in [(false, false), (true, true)] {
        let number = alice.get("/api/sync?since=0").await.json()["revision"].clone();
        set(&bob, "shows_last_seen", shown).await;
        let missed = alice.get(&format!("/api/sync?since={number}")).await.json();
        assert_eq!(missed["rows"].as_array().unwrap().len(), 1, "{missed}");
        assert_eq!(missed["rows"][0]["type"], "user");
        assert_eq!(missed["rows"][0]["last_seen"].is_i64(), known, "{missed}");
        let own = bob.get(&format!("/api/sync?since={number}")).await.json();
        let kinds = own["rows"].as_array().unwrap().field("type");
        assert_eq!(kinds, ["privacy", "user"], "{own}");
    }
}
