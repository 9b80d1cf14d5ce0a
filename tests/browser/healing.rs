//! Lost frames: the page notices by itself and ends up with the server's state.

use serde_json::{Value, json};

use crate::kit::{Browser, Fate, Proxy, User, Way, World, eventually, run};

/// The next requests for a gap, this many, get no answer.
const NO_ANSWER: &str = "const real = window.fetch
    let left = arguments[0]
    window.fetch = (path, options) => (path.includes('after=') && left-- > 0 ? Promise.reject(new TypeError('lost')) : real(path, options))";

/// Alice on a network that tests can disturb, with loaded chats with Bob and Carol.
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

/// Waits until the row of a user in the list shows this preview.
async fn until_preview(page: &Browser, name: &str, text: &str) {
    let there = "const row = rowOf(arguments[0]); return row && part('preview', row).textContent === arguments[1]";
    page.until(&format!("“{text}” at {name}"), there, json!([name, text])).await;
}

/// Chooses a language, after which the page starts its session again with its stored state.
async fn speak(page: &Browser, language: &str) {
    page.js(
        "window.earlier = document.querySelector('message-list')
         document.documentElement.lang = arguments[0]",
        json!([language]),
    )
    .await;
    let anew = "const list = document.querySelector('message-list'); return list && list !== window.earlier";
    page.until("the page in another language", anew, json!([])).await;
}

fn says(text: &'static str) -> impl Fn(&Value) -> bool + Send + 'static {
    move |frame| frame["type"] == "message" && frame["content"] == text
}

#[test]
fn a_gap_in_the_open_chat_is_filled_when_the_next_message_shows_it() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        proxy.lose(Way::Down, 2, "message");
        let mut device = bob.connect().await;
        for text in ["Two", "Three", "Four"] {
            device.post_to(&alice, text).await;
        }
        page.until_texts(&["One", "Two", "Three", "Four"]).await;
        assert_eq!(proxy.lost(), 2);
        // Reordered messages are put in order.
        proxy.treat(Way::Down, Fate::Overtaken, 1, says("Five"));
        for text in ["Five", "Six"] {
            device.post_to(&alice, text).await;
        }
        page.until_texts(&["One", "Two", "Three", "Four", "Five", "Six"]).await;
    });
}

#[test]
fn lost_frames_are_noticed_even_if_no_frame_follows() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, carol]) = at_alice(&world).await;
        let [dave] = world.server.users(["dave"]).await;
        page.until_badge("carol", "1").await;

        // The last message of the open chat, all of another chat, and the start of a new one.
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
fn frames_lost_on_a_connection_that_broke_come_with_the_next() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let proxy = world.proxy().await;
        // This page has not compared counts with the server, and will not do so on this connection.
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
fn a_change_of_language_does_not_forget_lost_frames() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, carol]) = at_alice(&world).await;
        page.until_badge("carol", "1").await;
        // No counts are compared before the change.
        proxy.lose(Way::Down, usize::MAX, "pong");
        proxy.treat(Way::Down, Fate::Lost, 1, says("Lost"));
        proxy.lose(Way::Up, usize::MAX, "receipt");
        bob.connect().await.post_to(&alice, "Lost").await;
        carol.connect().await.post_to(&alice, "Came").await;
        page.until_badge("carol", "2").await;
        page.pick("carol").await;
        page.until_badge("carol", "").await;
        let read = || proxy.seen(Way::Up, "receipt").iter().any(|seen| seen.frame["read"] == 2);
        eventually("the receipt", async || read()).await;
        proxy.mend();
        speak(&page, "de").await;
        page.until_badge("bob", "1").await;
        alice.until_read(&carol).await;
        page.pick("bob").await;
        page.until_texts(&["One", "Lost"]).await;
    });
}

#[test]
fn a_language_without_texts_is_english() {
    run(|world: World| async move {
        let (_, page, _) = at_alice(&world).await;
        // Emoji have names of their own in each language.
        page.write(":smi").await;
        page.until("emoji", "return shown($('emoji-list'))", json!([])).await;
        for language in ["xx", "constructor", "de-AT", ""] {
            speak(&page, language).await;
            let english = "return document.documentElement.lang === 'en' && $('composer').placeholder === arguments[0]";
            page.until("English", english, json!(["Message"])).await;
        }
    });
}

#[test]
fn a_loss_after_a_late_frame_is_noticed_too() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        proxy.treat(Way::Down, Fate::Overtaken, 1, says("Two"));
        let mut device = bob.connect().await;
        device.post_to(&alice, "Two").await;
        let held = || proxy.seen(Way::Down, "message").iter().any(|seen| says("Two")(&seen.frame));
        eventually("the message", async || held()).await;
        // The pong to this ping counts a frame that arrives after it.
        page.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        page.until_texts(&["One", "Two"]).await;
        proxy.treat(Way::Down, Fate::Lost, 1, says("Three"));
        device.post_to(&alice, "Three").await;
        page.until_texts(&["One", "Two", "Three"]).await;
    });
}

#[test]
fn a_read_receipt_is_sent_again_after_a_busy_answer() {
    run(|world: World| async move {
        let (proxy, page, [alice, _, carol]) = at_alice(&world).await;
        page.until_badge("carol", "1").await;
        proxy.lose(Way::Up, 1, "receipt");
        page.pick("carol").await;
        page.until_badge("carol", "").await;
        eventually("the loss", async || proxy.lost() == 1).await;
        // One frame more and one less, so that the count gives no reason to reconnect.
        proxy.lose(Way::Down, 1, "typing");
        let chat = alice.chat_with(&carol).await["id"].clone();
        let typing = json!({ "type": "typing", "chat_id": chat, "on": true });
        carol.connect().await.send(&typing).await;
        eventually("the other loss", async || proxy.lost() == 2).await;
        let lost = proxy.seen(Way::Up, "receipt").last().unwrap().frame["ref"].clone();
        proxy.tell(&json!({ "type": "error", "code": "busy", "message": "busy", "ref": lost, "retry_after_ms": 200 }));
        alice.until_read(&carol).await;
    });
}

#[test]
fn a_gap_is_requested_until_there_is_an_answer() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        page.js(NO_ANSWER, json!([3])).await;
        proxy.treat(Way::Down, Fate::Lost, 1, says("Two"));
        let mut device = bob.connect().await;
        for text in ["Two", "Three"] {
            device.post_to(&alice, text).await;
        }
        // One frame more and one less, so that the count gives no reason to reconnect.
        proxy.tell(&json!({ "type": "nothing" }));
        page.until_texts(&["One", "Two", "Three"]).await;
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
fn without_an_ack_the_clock_stays_until_the_server_confirms_the_message() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        // Nothing that mentions the message arrives: neither its ack nor a sync.
        for kind in ["ack", "sync", "reset", "receipt"] {
            proxy.lose(Way::Down, usize::MAX, kind);
        }
        page.send("On disk, but who knows").await;
        let stored = async || alice.history_with(&bob).await.len() == 2;
        eventually("the message on the server", stored).await;
        let asked_again = async || proxy.seen(Way::Up, "hello").len() >= 2;
        eventually("a request for what was lost", asked_again).await;
        assert_eq!(page.state_of("On disk, but who knows").await, "pending");

        proxy.mend();
        page.until_state("On disk, but who knows", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["One", "On disk, but who knows"]);
        page.until_texts(&["One", "On disk, but who knows"]).await;
    });
}

#[test]
fn a_lost_message_is_resent_with_its_cid_before_later_ones() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        proxy.lose(Way::Up, 1, "send");
        for text in ["Two", "Three"] {
            page.send(text).await;
        }
        page.until_state("Three", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["One", "Two", "Three"]);
        page.until_texts(&["One", "Two", "Three"]).await;
        let names: Vec<_> =
            proxy.seen(Way::Up, "send").iter().map(|seen| seen.frame["cid"].clone()).collect();
        assert_eq!(names.len(), 3);
        assert_eq!(names[0], names[1], "the same cid again");
    });
}

#[test]
fn a_message_refused_as_busy_is_not_overtaken_by_later_ones() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob, _]) = at_alice(&world).await;
        proxy.lose(Way::Up, 1, "send");
        for text in ["Two", "Three"] {
            page.send(text).await;
        }
        eventually("the loss", async || proxy.lost() == 1).await;
        let sent = proxy.seen(Way::Up, "send");
        proxy.tell(&json!({ "type": "error", "code": "busy", "message": "busy", "cid": sent[0].frame["cid"], "retry_after_ms": 200 }));
        page.until_state("Three", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["One", "Two", "Three"]);
    });
}
