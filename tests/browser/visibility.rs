//! Blue ticks mean that a message was on a visible screen.

use serde_json::json;

use crate::kit::{PASSWORD, World, run};

#[test]
fn a_hidden_page_turns_no_tick_blue_until_it_is_visible() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let at_bob = world.browser_of(&bob).await;
        let at_alice = world.browser_of(&alice).await;
        at_alice.pick("bob").await;
        at_alice.send("Seen at once").await;
        at_bob.pick("alice").await;
        at_alice.until_state("Seen at once", "read").await;

        // Another tab is in front: the chat is open but not visible.
        let front = at_bob.driver.new_tab().await.unwrap();
        at_bob.devtools("Target.activateTarget", json!({ "targetId": front.to_string() })).await;
        let hidden = "return document.visibilityState === arguments[0]";
        at_bob.until("a hidden page", hidden, json!(["hidden"])).await;

        at_alice.send("Seen by nobody").await;
        at_alice.until_state("Seen by nobody", "delivered").await;
        at_bob.until_received("Seen by nobody").await;
        // Receipts of the first message would have been sent before those of the second.
        at_alice.send("Nor this").await;
        at_alice.until_state("Nor this", "delivered").await;
        assert_eq!(at_alice.state_of("Seen by nobody").await, "delivered");
        at_bob.until_badge("alice", "2").await;
        at_bob.until("the title calls", "return document.title === '(1) Chaap'", json!([])).await;

        at_bob.devtools("Page.bringToFront", json!({})).await;
        at_bob.until("a visible page", hidden, json!(["visible"])).await;
        at_alice.until_state("Seen by nobody", "read").await;
        at_alice.until_state("Nor this", "read").await;
        at_bob.until_badge("alice", "").await;
    });
}

#[test]
fn a_page_in_an_unfocused_window_reads_nothing() {
    run(|world: World| async move {
        let [alice, _] = world.server.users(["alice", "bob"]).await;
        let at_alice = world.browser_of(&alice).await;
        let at_bob = world.browser("bob").await;
        at_bob.sign_in("bob", PASSWORD).await;
        at_alice.pick("bob").await;
        at_alice.send("One").await;
        at_alice.until_state("One", "delivered").await;
        at_bob.until_badge("alice", "1").await;
        let chat = at_bob.js("return rowOf('alice').getAttribute('href')", json!([])).await;

        // A window that opened in the background: visible, but without focus.
        let behind = at_bob.driver.new_window().await.unwrap();
        at_bob.driver.switch_to_window(behind).await.unwrap();
        at_bob.watch().await;
        at_bob.open(&format!("/{}", chat.as_str().unwrap())).await;
        at_bob.until_received("One").await;
        let unfocused = "return document.visibilityState === 'visible' && !document.hasFocus()";
        assert_eq!(at_bob.js(unfocused, json!([])).await, true);
        at_alice.send("Two").await;
        at_alice.until_state("Two", "delivered").await;
        at_bob.until_received("Two").await;
        at_alice.send("Three").await;
        at_alice.until_state("Three", "delivered").await;
        assert_eq!(at_alice.state_of("One").await, "delivered");

        at_bob.click_on("composer").await;
        at_alice.until_state("Three", "read").await;
    });
}

#[test]
fn while_a_chat_is_opening_nothing_of_it_counts_as_read() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let mut from_carol = carol.connect().await;
        for text in ["One", "Two", "Three"] {
            from_carol.post_to(&alice, text).await;
        }
        let mut from_bob = bob.connect().await;
        from_bob.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        page.pick("carol").await;
        page.until_received("Three").await;
        // The other chat is already open, but not rendered yet.
        let scrolling = "window.addEventListener('hashchange', () => {
            document.querySelector('.messages__scroll').dispatchEvent(new Event('scroll'))
          }, { once: true })";
        page.js(scrolling, json!([])).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        page.close_chat().await;
        for text in ["Unread", "Unread as well"] {
            from_bob.post_to(&alice, text).await;
        }
        page.until_badge("bob", "2").await;
    });
}
