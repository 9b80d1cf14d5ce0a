//! Small things that everybody expects and nobody mentions.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, User, World, eventually, run};

const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// The end of the year 9999.
const ALWAYS_MS: i64 = 253_402_300_799_000;

/// Alice with the chat of Bob open, who has said hello.
async fn with_bob(world: &World) -> (Browser, [User; 2]) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    bob.connect().await.post_to(&alice, "hello").await;
    let page = world.browser_of(&alice).await;
    page.pick("bob").await;
    page.until_received("hello").await;
    (page, [alice, bob])
}

#[test]
fn a_skin_tone_stays_chosen_and_what_was_used_stands_first() {
    run(|world: World| async move {
        let (page, _) = with_bob(&world).await;
        page.click_on("emoji").await;
        page.click_on("emoji-tone").await;
        let third = "return $('emoji-picker').querySelectorAll('[role=radio]')[3]";
        page.click("a tone", third, json!([])).await;
        page.click_on("emoji-search").await;
        page.keys("waving hand").await;
        let found = "return $('emoji-picker').textContent.includes('👋🏽')";
        page.until("a hand in that tone", found, json!([])).await;
        page.press(Key::Enter).await;
        page.until("the hand in the text", "return $('composer').value === '👋🏽'", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        page.click_on("emoji").await;
        let first = "return [...$('emoji-picker')?.querySelectorAll('.emoji-picker__cell:not([role=radio])') ?? []][0]?.textContent === '👋🏽'";
        page.until("the hand first, in its tone", first, json!([])).await;
    });
}

#[test]
fn a_chat_is_muted_for_a_week_or_for_good() {
    run(|world: World| async move {
        let (page, [alice, _]) = with_bob(&world).await;
        let now = page.js("return Date.now()", json!([])).await.as_i64().unwrap();
        for (choice, at_least) in [("mute-week", now + WEEK_MS), ("mute-always", ALWAYS_MS)] {
            page.click_on("chat-menu").await;
            page.click_on("chat-menu-mute").await;
            page.click_on(&format!("chat-menu-{choice}")).await;
            let muted = async || {
                let (_, lists) = world.server.get("/api/chats", &alice.token).await;
                let until = lists["chats"][0]["preferences"]["muted_until"].as_i64();
                until.is_some_and(|until| (at_least..=at_least + 60_000).contains(&until))
            };
            eventually(choice, muted).await;
            page.click_on("chat-menu").await;
            page.click_on("chat-menu-unmute").await;
            let heard = async || {
                let (_, lists) = world.server.get("/api/chats", &alice.token).await;
                lists["chats"][0]["preferences"]["muted_until"].is_null()
            };
            eventually("the sound again", heard).await;
        }
    });
}

#[test]
fn what_is_pasted_stays_plain_and_the_field_grows_to_eight_lines() {
    run(|world: World| async move {
        let (page, _) = with_bob(&world).await;
        let rich = "const rich = document.createElement('p')
            rich.append('plain ', Object.assign(document.createElement('b'), { textContent: 'bold' }))
            document.body.append(rich)
            document.activeElement.blur()
            getSelection().selectAllChildren(rich)
            return true";
        page.js(rich, json!([])).await;
        page.press_with(Key::Control, 'c').await;
        page.js("$('composer').focus()", json!([])).await;
        page.press_with(Key::Control, 'v').await;
        page.until("the text alone", "return $('composer').value === 'plain bold'", json!([]))
            .await;
        page.press(Key::Enter).await;
        page.until_state("plain bold", "sent").await;
        let bold = "return messages().at(-1) && document.querySelectorAll('.message strong, .message b').length";
        assert_eq!(page.js(bold, json!([])).await, 0);

        let mut heights = Vec::new();
        for _ in 0..12 {
            page.insert("line").await;
            page.press_with(Key::Shift, Key::Enter).await;
            let height = "return $('composer').getBoundingClientRect().height";
            heights.push(page.js(height, json!([])).await.as_f64().unwrap());
        }
        assert!(heights[..6].is_sorted_by(|a, b| a < b), "each line adds: {heights:?}");
        assert!(heights[8..].iter().all(|height| (height - heights[8]).abs() < 0.5), "{heights:?}");
    });
}

#[test]
fn times_say_the_whole_date_and_new_messages_are_announced() {
    run(|world: World| async move {
        let (page, [alice, bob]) = with_bob(&world).await;
        let year = page.js("return new Date().getFullYear()", json!([])).await;
        let whole = "return document.querySelector('.message time').title.includes(arguments[0])";
        assert_eq!(page.js(whole, json!([year.to_string()])).await, true);
        // A reader of screens hears what a live region gains.
        let watch = "const log = document.querySelector('[role=log][aria-live=polite]')
            window.heard = ''
            new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => (heard += node.textContent))))
                .observe(log, { childList: true, subtree: true })";
        page.js(watch, json!([])).await;
        bob.connect().await.post_to(&alice, "Listen").await;
        page.until("the announcement", "return heard.includes('Listen')", json!([])).await;
    });
}

#[test]
fn the_page_is_an_app_and_its_icon_shows_that_something_is_unread() {
    run(|world: World| async move {
        let (page, [alice, _]) = with_bob(&world).await;
        let manifest = page.devtools("Page.getAppManifest", json!({})).await;
        assert_eq!(manifest["errors"], json!([]), "{manifest}");
        let known: serde_json::Value =
            serde_json::from_str(manifest["data"].as_str().unwrap()).unwrap();
        assert_eq!((&known["name"], &known["display"]), (&json!("Chaap"), &json!("standalone")));
        let faults = page.devtools("Page.getInstallabilityErrors", json!({})).await;
        let faults: Vec<&str> = faults["installabilityErrors"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|fault| fault["errorId"].as_str())
            // The tests' browser has a profile of its own that nothing can be installed into.
            .filter(|fault| *fault != "in-incognito")
            .collect();
        assert_eq!(faults, [""; 0]);
        let icon = "return document.querySelector('link[rel~=icon]').href.includes('unread')";
        assert_eq!(page.js(icon, json!([])).await, false);
        // What the system draws on the app's icon, nobody outside the system sees.
        let badge = "navigator.setAppBadge = async (count) => { window.badge = count }
            navigator.clearAppBadge = async () => { window.badge = 0 }";
        page.js(badge, json!([])).await;
        let [carol] = world.server.users(["carol"]).await;
        carol.connect().await.post_to(&alice, "knock").await;
        page.until("the dot", icon, json!([])).await;
        page.until("the badge", "return window.badge === 1", json!([])).await;
        page.pick("carol").await;
        page.until("no dot", &icon.replace("return ", "return !"), json!([])).await;
        page.until("no badge", "return window.badge === 0", json!([])).await;
    });
}
