//! Frames that never arrive: the page notices by itself and ends with what the server has.

use serde_json::{Value, json};

use crate::kit::{Browser, Fate, Proxy, User, Way, World, eventually, run};

/// Alice behind a bad network, and a chat with Bob and with Carol that are in hand.
async fn at_alice(world: &World) -> (Proxy, Browser, [User; 3]) {
    let people = world.server.users(["alice", "bob", "carol"]).await;
    let [alice, bob, carol] = &people;
    for other in [bob, carol] {
        other.connect().await.post_to(alice, "One").await;
    }
    let proxy = world.proxy().await;
    let page = world.browser_of_behind(&proxy, alice).await;
    page.pick("bob").await;
    page.until_received("One").await;
    (proxy, page, people)
}

/// Waits until somebody's row in the list says this below the name.
async fn until_preview(page: &Browser, name: &str, text: &str) {
    let there = "const row = rowOf(arguments[0]); return row && part('preview', row).textContent === arguments[1]";
    page.until(&format!("“{text}” at {name}"), there, json!([name, text])).await;
}

fn says(text: &'static str) -> impl Fn(&Value) -> bool + Send + 'static {
    move |frame| frame["type"] == "message" && frame["content"] == text
}

#[test]
fn a_hole_in_the_open_chat_is_filled_when_the_next_message_shows_it() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        proxy.lose(Way::Down, 2, "message");
        let mut device = bob.connect().await;
        for text in ["Two", "Three", "Four"] {
            device.post_to(&alice, text).await;
        }
        page.until_texts(&["One", "Two", "Three", "Four"]).await;
        assert_eq!(proxy.lost(), 2);
        // What overtakes is put back into its place.
        proxy.treat(Way::Down, Fate::Overtaken, 1, says("Five"));
        for text in ["Five", "Six"] {
            device.post_to(&alice, text).await;
        }
        page.until_texts(&["One", "Two", "Three", "Four", "Five", "Six"]).await;
    });
}

#[test]
fn lost_frames_that_nothing_follows_are_noticed_and_fetched() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, carol]) = at_alice(&world).await;
        let [dave] = world.server.users(["dave"]).await;
        page.until_badge("carol", "1").await;

        // The last message of the open chat, all of a chat that is not open, the beginning of one.
        proxy.lose(Way::Down, usize::MAX, "message");
        proxy.lose(Way::Down, usize::MAX, "chat");
        bob.connect().await.post_to(&alice, "Two").await;
        let mut from_carol = carol.connect().await;
        from_carol.post_to(&alice, "Two from Carol").await;
        from_carol.post_to(&alice, "Three from Carol").await;
        dave.connect().await.post_to(&alice, "New here").await;
        eventually("five losses", async || proxy.lost() == 5).await;
        proxy.mend();

        page.until_texts(&["One", "Two"]).await;
        page.until_badge("carol", "3").await;
        page.until_badge("dave", "1").await;
        until_preview(&page, "carol", "Three from Carol").await;
        until_preview(&page, "dave", "New here").await;
        page.pick("carol").await;
        page.until_texts(&["One", "Two from Carol", "Three from Carol"]).await;
    });
}

#[test]
fn what_a_first_connection_lost_before_it_broke_comes_with_the_next() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let proxy = world.proxy().await;
        // This page has never compared counts with the server, and never will on this connection.
        proxy.lose(Way::Down, usize::MAX, "pong");
        let page = world.browser_of_behind(&proxy, &alice).await;
        for kind in ["message", "chat"] {
            proxy.lose(Way::Down, 1, kind);
        }
        bob.connect().await.post_to(&alice, "Lost").await;
        eventually("a loss", async || proxy.seen(Way::Down, "message").len() == 1).await;
        carol.connect().await.post_to(&alice, "Came").await;
        page.until_badge("carol", "1").await;
        proxy.mend();
        proxy.cut();
        page.until_badge("bob", "1").await;
        until_preview(&page, "bob", "Lost").await;
    });
}

#[test]
fn a_lost_receipt_is_fetched_and_the_ticks_are_right() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        page.send("Are you there?").await;
        page.until_state("Are you there?", "sent").await;
        proxy.lose(Way::Down, usize::MAX, "receipt");
        let mut device = bob.connect().await;
        let (_, chats) = world.server.get("/api/chats", &alice.token).await;
        let chat = chats["chats"][0]["id"].as_i64().unwrap();
        device.confirm(chat, 2, 2).await;
        eventually("the loss", async || proxy.lost() >= 1).await;
        proxy.mend();
        page.until_state("Are you there?", "read").await;
    });
}

#[test]
fn without_an_ack_the_clock_stays_and_the_tick_comes_from_the_server_after_all() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        // Nothing that could tell of the message comes through: neither its ack nor a catching up.
        for kind in ["ack", "sync", "reset", "receipt"] {
            proxy.lose(Way::Down, usize::MAX, kind);
        }
        page.send("On disk, but who knows").await;
        let stored = async || alice.history_with(&bob).await.len() == 2;
        eventually("the message on the server", stored).await;
        let asked_again = async || proxy.seen(Way::Up, "hello").len() >= 2;
        eventually("a question for what was lost", asked_again).await;
        assert_eq!(page.state_of("On disk, but who knows").await, "pending");

        proxy.mend();
        page.until_state("On disk, but who knows", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["One", "On disk, but who knows"]);
        page.until_texts(&["One", "On disk, but who knows"]).await;
    });
}

#[test]
fn a_send_that_never_arrived_goes_out_again_under_its_name() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        proxy.lose(Way::Up, 2, "send");
        for text in ["Two", "Three"] {
            page.send(text).await;
        }
        page.until_state("Three", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["One", "Two", "Three"]);
        page.until_texts(&["One", "Two", "Three"]).await;
        let names: Vec<_> =
            proxy.seen(Way::Up, "send").iter().map(|seen| seen.frame["cid"].clone()).collect();
        assert_eq!(names[..2], names[2..], "each twice, in order");
    });
}
