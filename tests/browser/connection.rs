//! Server restarts and broken connections: the page catches up by itself.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{World, eventually, run};

#[test]
fn pages_catch_up_after_a_restart_and_messages_from_meanwhile_arrive_once() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let at_alice = world.browser_of(&alice).await;
        let at_bob = world.browser_of(&bob).await;
        at_alice.pick("bob").await;
        at_bob.pick("alice").await;
        at_alice.send("Before").await;
        at_alice.until_state("Before", "read").await;

        world.server.stop().await;
        at_alice.until_connection("offline").await;
        for text in ["Meanwhile, one", "Meanwhile, two"] {
            at_alice.write(text).await;
            at_alice.press(Key::Enter).await;
            at_alice.until_state(text, "pending").await;
        }

        world.server.start_again().await;
        // Before most pages have reconnected, someone else has already sent.
        carol.connect().await.post_to(&alice, "First after the restart").await;
        at_alice.until_connection("online").await;
        at_bob.until_connection("online").await;
        at_alice.until_badge("carol", "1").await;
        at_alice.until_state("Meanwhile, one", "read").await;
        at_alice.until_state("Meanwhile, two", "read").await;
        at_bob.until_received("Meanwhile, two").await;
        at_bob.send("After").await;
        at_alice.until_received("After").await;

        let all = ["Before", "Meanwhile, one", "Meanwhile, two", "After"];
        at_alice.until_texts(&all).await;
        at_bob.until_texts(&all).await;
        assert_eq!(alice.history_with(&bob).await, all);
        at_alice.pick("carol").await;
        at_alice.until_received("First after the restart").await;
    });
}

#[test]
fn a_page_discards_what_a_restored_backup_does_not_contain() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.send("Kept").await;
        page.until_state("Kept", "sent").await;
        let backup = world.server.back_up();
        page.send("Lost").await;
        page.until_state("Lost", "sent").await;
        carol.connect().await.post_to(&alice, "Lost as well").await;
        page.until_badge("carol", "1").await;
        page.until_agreed().await;

        world.server.stop().await;
        world.server.restore(&backup);
        world.server.start_again().await;
        // More changes than were lost, so that the number alone does not show it.
        let mut device = bob.connect().await;
        let new: Vec<String> = (0..8).map(|n| format!("New {n}")).collect();
        for text in &new {
            device.post_to(&alice, text).await;
        }
        let all: Vec<&str> = ["Kept"].into_iter().chain(new.iter().map(String::as_str)).collect();
        page.until_texts(&all).await;
        assert_eq!(alice.history_with(&bob).await, all);
        page.until_badge("carol", "").await;
    });
}

#[test]
fn a_lost_connection_shows_a_banner_until_it_is_back() {
    run(|world: World| async move {
        let [alice, _] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        let banner = "const banner = $('banner')
            return shown(banner) && banner.innerText.includes(arguments[0]) && part('spoken', banner).textContent !== ''";
        assert_eq!(page.js("return shown($('banner'))", json!([])).await, false);

        world.server.stop().await;
        page.until("the banner", banner, json!(["No connection"])).await;
        // Presence is unknown now, so the username stands in its place.
        page.until(
            "no presence",
            "return $('chat-status').textContent.includes('@bob')",
            json!([]),
        )
        .await;

        let network = |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        page.devtools("Network.enable", json!({})).await;
        page.devtools("Network.emulateNetworkConditions", network(true)).await;
        page.until("the device's own fault", banner, json!(["offline"])).await;
        page.devtools("Network.emulateNetworkConditions", network(false)).await;

        world.server.start_again().await;
        page.until_connection("online").await;
        page.until("no banner", "return !shown($('banner'))", json!([])).await;
        page.send("Back again").await;
        page.until_state("Back again", "sent").await;
    });
}

#[test]
fn without_a_connection_nobody_is_shown_as_online() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        let _device = bob.connect().await;
        let online = "return rowOf('bob')?.textContent.includes('online') === arguments[0]";
        page.until("Bob is online", online, json!([true])).await;
        proxy.close();
        let steady = "return document.documentElement.dataset.steady === 'false'";
        page.until("no connection", steady, json!([])).await;
        page.until("nobody knows", online, json!([false])).await;
        proxy.open();
        page.until("Bob is online again", online, json!([true])).await;
    });
}

#[test]
fn messages_read_offline_are_reported_afterwards() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&bob).await;
        alice.connect().await.post_to(&bob, "Read me anywhere").await;
        page.until_badge("alice", "1").await;
        world.server.stop().await;
        page.until_connection("offline").await;
        page.pick("alice").await;
        page.until_received("Read me anywhere").await;
        page.until_badge("alice", "").await;

        world.server.start_again().await;
        let read = async || {
            let (_, chats) = world.server.get("/api/chats", &alice.token).await;
            let receipts = chats["chats"][0]["receipts"].as_array().unwrap();
            receipts.iter().any(|receipt| receipt["user_id"] == bob.id && receipt["read_seq"] == 1)
        };
        eventually("Bob's receipt", read).await;
    });
}
