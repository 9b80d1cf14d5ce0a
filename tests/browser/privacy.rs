//! Privacy: what users hide and then do not see of others. And the message info.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, User, World, run};

/// Toggles a switch in the settings and waits until all pages of the user show it.
async fn set(page: &Browser, others: &[&Browser], name: &str, on: bool) {
    let switch = format!("switch-{name}");
    page.click_on(&switch).await;
    let state = "return $(arguments[0])?.getAttribute('aria-checked') === arguments[1]";
    for page in [&[page], others].concat() {
        page.until(&switch, state, json!([switch, on.to_string()])).await;
    }
}

/// Waits until the status line of the chat header begins like this.
async fn until_status(page: &Browser, words: &str) {
    let there = "return $('chat-status').textContent.startsWith(arguments[0])";
    page.until(&format!("status “{words}”"), there, json!([words])).await;
}

/// The isolated username: the only status of a user who hides the rest.
const ALICE: &str = "\u{2068}@alice\u{2069}";
const BOB: &str = "\u{2068}@bob\u{2069}";

/// Bob, who was online before and has a chat with Alice.
async fn acquainted(world: &World) -> [User; 2] {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    bob.connect().await.post_to(&alice, "hello").await;
    [alice, bob]
}

#[test]
fn without_read_receipts_no_tick_turns_blue_and_badges_still_follow() {
    run(|world: World| async move {
        let [alice, bob] = acquainted(&world).await;
        let at_alice = world.browser_of(&alice).await;
        let (laptop, phone) = (world.browser_of(&bob).await, world.browser_of(&bob).await);
        laptop.open_settings().await;
        phone.open_settings().await;
        set(&laptop, &[&phone], "shows_read", false).await;
        for page in [&laptop, &phone] {
            page.click_on("settings-back").await;
        }
        at_alice.pick("bob").await;
        at_alice.send("secret?").await;
        at_alice.until_state("secret?", "delivered").await;
        phone.until_badge("alice", "1").await;
        laptop.pick("alice").await;
        laptop.until_received("secret?").await;
        phone.until_badge("alice", "").await;
        // Bob's reply arrives after the receipt that would have turned it blue.
        laptop.send("yes").await;
        at_alice.until_received("yes").await;
        assert_eq!(at_alice.state_of("secret?").await, "delivered");
        // He gets none either, although Alice reads the message and her page sends the receipt.
        laptop.until_state("yes", "delivered").await;
        at_alice.send("read yours").await;
        laptop.until_received("read yours").await;
        assert_eq!(laptop.state_of("yes").await, "delivered");

        phone.open_settings().await;
        set(&phone, &[], "shows_read", true).await;
        at_alice.send("and now?").await;
        at_alice.until_state("and now?", "read").await;
        at_alice.until_state("secret?", "read").await;
    });
}

#[test]
fn last_seen_and_online_disappear_both_ways_and_return_without_a_reload() {
    run(|world: World| async move {
        let [alice, bob] = acquainted(&world).await;
        let (at_alice, at_bob) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        for (page, other) in [(&at_alice, "bob"), (&at_bob, "alice")] {
            page.pick(other).await;
            until_status(page, "online").await;
        }
        at_bob.open_settings().await;
        set(&at_bob, &[], "shows_last_seen", false).await;
        until_status(&at_alice, BOB).await;
        until_status(&at_bob, ALICE).await;

        // After a reload, local and loaded state must agree with the live state.
        for (page, other) in [(&at_alice, BOB), (&at_bob, ALICE)] {
            page.reload().await;
            page.until_ready().await;
            until_status(page, other).await;
        }
        // The settings stay open over a reload.
        let off = "return $('switch-shows_last_seen')?.getAttribute('aria-checked') === 'false'";
        at_bob.until("the switch, still off", off, json!([])).await;
        set(&at_bob, &[], "shows_last_seen", true).await;
        until_status(&at_alice, "online").await;
        until_status(&at_bob, "online").await;

        at_alice.click_on("menu").await;
        at_alice.click_on("sign-out").await;
        at_alice.until_card().await;
        until_status(&at_bob, "last seen").await;
        at_bob.click_on("switch-shows_last_seen").await;
        until_status(&at_bob, ALICE).await;
        at_bob.click_on("switch-shows_last_seen").await;
        until_status(&at_bob, "last seen").await;
    });
}

#[test]
fn a_switch_that_cannot_be_saved_moves_back_with_a_notice() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        page.open_settings().await;
        // Fails inside the page, because the console would report a network error.
        page.js("window.fetch = () => Promise.reject(new TypeError('no line'))", json!([])).await;
        page.click_on("switch-shows_read").await;
        let back = "return $('switch-shows_read').getAttribute('aria-checked') === 'true'
            && document.body.textContent.includes('cannot be reached')";
        page.until("the switch, back, and why", back, json!([])).await;
    });
}

#[test]
fn message_info_shows_delivered_and_read_times_live() {
    run(|world: World| async move {
        let [alice, bob] = acquainted(&world).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.send("look at this").await;
        page.until_state("look at this", "sent").await;
        // By keyboard: from the last bubble to its menu, and upwards in it.
        page.js(
            "messages(); [...document.querySelectorAll('.message__bubble')].at(-1).focus()",
            json!([]),
        )
        .await;
        page.press(Key::Enter).await;
        // The menu loads when it is first needed.
        let there = "return $('message-menu')?.contains(document.activeElement)";
        page.until("the menu, with the focus", there, json!([])).await;
        page.press(Key::End).await;
        page.until_focus("delete-message").await;
        page.press(Key::Up).await;
        page.until_focus("select-message").await;
        page.press(Key::Up).await;
        page.until_focus("message-info").await;
        page.press(Key::Enter).await;
        page.until("the information", "return shown($('info')) && $('info').open", json!([])).await;
        page.until_focus("info-close").await;
        let says = "return $(arguments[0]).querySelector('dd').textContent === arguments[1]";
        for part in ["info-read", "info-delivered"] {
            page.until("not yet", says, json!([part, "—"])).await;
        }
        let mut device = bob.connect().await;
        let year = "return /\\d{4}.*\\d:\\d\\d:\\d\\d/.test($(arguments[0]).querySelector('dd').textContent)";
        let chat =
            json!([page.js("return Number(location.hash.match(/\\d+/)[0])", json!([])).await])[0]
                .as_i64()
                .unwrap();
        device.confirm(chat, 2, 0).await;
        page.until("a time of delivery", year, json!(["info-delivered"])).await;
        page.until("not read yet", says, json!(["info-read", "—"])).await;
        device.confirm(chat, 2, 2).await;
        page.until("a time of reading", year, json!(["info-read"])).await;
        let blue = "return $('info').querySelector('.message').dataset.state === 'read'";
        page.until("blue in the bubble above, too", blue, json!([])).await;
        page.press(Key::Escape).await;
        page.until("it closed", "return $('info') === null || $('info') === undefined", json!([]))
            .await;
        let back = "return document.activeElement.matches('.message__bubble')";
        page.until("the focus on the message", back, json!([])).await;

        // Messages of others and notes to self have no such item.
        page.js("document.querySelector('.message--theirs .message__bubble').focus()", json!([]))
            .await;
        page.press(Key::Enter).await;
        page.until("the menu", "return shown($('message-menu'))", json!([])).await;
        assert_eq!(page.js("return shown($('message-info'))", json!([])).await, false);
    });
}
