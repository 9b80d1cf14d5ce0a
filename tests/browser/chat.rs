//! Two users and a third one: finding each other, talking, ticks, badges.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{PASSWORD, Shown, World, run};

#[test]
fn two_users_register_find_each_other_and_talk() {
    run(|world: World| async move {
        let alice = world.browser("alice").await;
        alice.register("alice", PASSWORD).await;
        let bob = world.browser("bob").await;
        bob.register("Bob", PASSWORD).await;

        // Alice registered first: Bob appeared in her list by himself.
        alice.pick("Bob").await;
        alice.send("Hello Bob").await;
        bob.until_badge("alice", "1").await;
        bob.pick("alice").await;
        bob.until_received("Hello Bob").await;
        bob.send("Hello Alice, good to see you").await;
        alice.until_received("Hello Alice, good to see you").await;
        alice.send("How is the new place?").await;
        bob.until_received("How is the new place?").await;

        let said = ["Hello Bob", "Hello Alice, good to see you", "How is the new place?"];
        alice.until_texts(&said).await;
        bob.until_texts(&said).await;
        let sides = |messages: Vec<Shown>| -> Vec<bool> {
            messages.into_iter().map(|message| message.own).collect()
        };
        assert_eq!(sides(alice.messages().await), [true, false, true]);
        assert_eq!(sides(bob.messages().await), [false, true, false]);
    });
}

#[test]
fn ticks_go_from_sent_to_delivered_to_read() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let at_alice = world.browser_of(&alice).await;
        at_alice.pick("bob").await;
        at_alice.send("Are you awake?").await;
        at_alice.until_state("Are you awake?", "sent").await;

        let at_bob = world.browser_of(&bob).await;
        at_alice.until_state("Are you awake?", "delivered").await;
        at_bob.until_badge("alice", "1").await;
        // If Bob's page reported anything by itself, it would do so before this round trip ends.
        at_alice.send("It is nearly noon").await;
        at_alice.until_state("It is nearly noon", "delivered").await;
        assert_eq!(at_alice.state_of("Are you awake?").await, "delivered");

        at_bob.pick("alice").await;
        at_alice.until_state("Are you awake?", "read").await;
        at_alice.until_state("It is nearly noon", "read").await;
    });
}

#[test]
fn a_message_is_in_its_own_chat_and_unread_until_that_is_opened() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let at_bob = world.browser_of(&bob).await;
        let (mut from_alice, mut from_carol) = (alice.connect().await, carol.connect().await);

        from_alice.post_to(&bob, "From Alice, one").await;
        from_carol.post_to(&bob, "From Carol").await;
        from_alice.post_to(&bob, "From Alice, two").await;
        at_bob.until_badge("alice", "2").await;
        at_bob.until_badge("carol", "1").await;
        at_bob
            .until(
                "the unread chats in the title",
                "return document.title === '(2) Chaap'",
                json!([]),
            )
            .await;

        at_bob.pick("carol").await;
        at_bob.until_badge("carol", "").await;
        at_bob.until_texts(&["From Carol"]).await;
        from_carol.post_to(&bob, "Carol again, in the open chat").await;
        at_bob.until_received("Carol again, in the open chat").await;
        from_alice.post_to(&bob, "From Alice, three").await;
        at_bob.until_badge("alice", "3").await;
        assert_eq!(at_bob.texts().await, ["From Carol", "Carol again, in the open chat"]);
        assert_eq!(at_bob.badge_of("carol").await, "");

        at_bob.pick("alice").await;
        at_bob.until_badge("alice", "").await;
        at_bob.until_texts(&["From Alice, one", "From Alice, two", "From Alice, three"]).await;
        at_bob
            .until("no number in the title", "return document.title === 'Chaap'", json!([]))
            .await;
        at_bob.send("To Alice alone").await;
        at_bob.until_state("To Alice alone", "sent").await;
        assert!(!carol.history_with(&bob).await.contains(&"To Alice alone".to_owned()));
    });
}

#[test]
fn the_composer_needs_an_open_chat_and_sends_no_empty_message() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let at_alice = world.browser_of(&alice).await;
        let closed = "return $('composer').disabled && $('send').disabled";
        assert_eq!(at_alice.js(closed, json!([])).await, true);

        at_alice.pick("bob").await;
        let empty = "return !$('composer').disabled && $('send').disabled";
        assert_eq!(at_alice.js(empty, json!([])).await, true);
        at_alice.click_on("composer").await;
        at_alice.press(Key::Enter).await;
        at_alice.insert("   \n  ").await;
        at_alice.press(Key::Enter).await;
        assert_eq!(at_alice.js(empty, json!([])).await, true);
        assert!(at_alice.messages().await.is_empty());

        at_alice.js("$('composer').select()", json!([])).await;
        at_alice.insert("Not empty").await;
        at_alice.click_on("send").await;
        at_alice.until_state("Not empty", "sent").await;
        assert_eq!(at_alice.texts().await, ["Not empty"]);
        assert_eq!(bob.history_with(&alice).await, ["Not empty"]);
    });
}
