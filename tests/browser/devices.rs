//! One user in several tabs: each tab shows each message once, and all agree.

use serde_json::json;
use thirtyfour::{Key, WindowHandle};

use crate::kit::{Browser, PASSWORD, Proxy, User, Way, World, eventually, run};

/// A browser with two tabs that share a sign-in, both in the chat with Bob; the second is visible.
async fn two_tabs(world: &World, proxy: &Proxy, alice: &User) -> (Browser, [WindowHandle; 2]) {
    let page = world.browser_behind(proxy, &alice.username).await;
    page.sign_in(&alice.username, PASSWORD).await;
    page.pick("bob").await;
    let first = page.driver.window().await.unwrap();
    let second = page.new_tab().await;
    page.until_ready().await;
    page.pick("bob").await;
    (page, [first, second])
}

/// Switches to a tab.
async fn look(page: &Browser, tab: &WindowHandle) {
    page.driver.switch_to_window(tab.clone()).await.unwrap();
    page.devtools("Page.bringToFront", json!({})).await;
}

#[test]
fn every_tab_shows_every_message_once_and_reading_in_one_is_reading_in_all() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let proxy = world.proxy().await;
        let (page, [first, second]) = two_tabs(&world, &proxy, &alice).await;
        bob.connect().await.post_to(&alice, "From Bob").await;
        page.until_received("From Bob").await;
        page.send("From the second tab").await;
        page.until_state("From the second tab", "sent").await;
        look(&page, &first).await;
        page.until_texts(&["From Bob", "From the second tab"]).await;
        page.send("From the first").await;
        let all = ["From Bob", "From the second tab", "From the first"];
        for tab in [&first, &second] {
            look(&page, tab).await;
            page.until_texts(&all).await;
            page.until_state("From the first", "sent").await;
        }

        carol.connect().await.post_to(&alice, "Read me once").await;
        page.until_badge("carol", "1").await;
        look(&page, &first).await;
        page.until_badge("carol", "1").await;
        page.pick("carol").await;
        page.until_badge("carol", "").await;
        page.driver.switch_to_window(second).await.unwrap();
        page.until_badge("carol", "").await;
    });
}

#[test]
fn closing_one_of_two_tabs_does_not_make_the_user_offline() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let proxy = world.proxy().await;
        let at_bob = world.browser_of_behind(&proxy, &bob).await;
        at_bob.pick("alice").await;
        let other = world.proxy().await;
        let (page, [first, second]) = two_tabs(&world, &other, &alice).await;
        let online = "return $('chat-status').textContent === 'online'";
        at_bob.until("Alice online", online, json!([])).await;

        look(&page, &first).await;
        page.driver.close_window().await.unwrap();
        page.driver.switch_to_window(second).await.unwrap();
        page.send("Still here").await;
        at_bob.until_received("Still here").await;
        at_bob.until("Alice online", online, json!([])).await;
        // Only closing the last tab sends presence, so closing the first did not.
        page.js("location.replace('about:blank')", json!([])).await;
        let offline = "return $('chat-status').textContent.startsWith('last seen')";
        at_bob.until("Alice gone", offline, json!([])).await;
        let told: Vec<_> = proxy.seen(Way::Down, "presence");
        let gone = told
            .iter()
            .filter(|seen| seen.frame["user_id"] == alice.id && seen.frame["online"] == false);
        assert_eq!(gone.count(), 1);
    });
}

#[test]
fn two_offline_tabs_later_send_everything_once_and_in_order() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let proxy = world.proxy().await;
        let (page, [first, second]) = two_tabs(&world, &proxy, &alice).await;
        proxy.close();
        let all = ["One", "Two", "Three", "Four"];
        for (text, tab) in all.into_iter().zip([&second, &first, &second, &first]) {
            look(&page, tab).await;
            page.until_connection("offline").await;
            page.write(text).await;
            page.press(Key::Enter).await;
            page.until_state(text, "pending").await;
        }
        for tab in [&first, &second] {
            look(&page, tab).await;
            page.until_texts(&all).await;
        }
        proxy.open();
        for tab in [&first, &second] {
            look(&page, tab).await;
            page.until_state("Four", "sent").await;
            page.until_texts(&all).await;
        }
        let stored = async || alice.history_with(&bob).await == all;
        eventually("every message once, in order", stored).await;
    });
}
