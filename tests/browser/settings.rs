//! What people set for their browser, and how it tells them of messages.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, World, run};

/// Stands in for the desktop and the loudspeaker: `told` and `sounded` count what would have
/// been shown and heard. The permission is what `localStorage.permission` says.
const DESKTOP: &str = "
    window.told = []
    window.sounded = 0
    window.Notification = class extends EventTarget {
        static get permission() { return localStorage.permission ?? 'granted' }
        static async requestPermission() { return (localStorage.permission = 'granted') }
        constructor(title, options) {
            super()
            Object.assign(this, { title, ...options })
            told.push(this)
        }
        close() { this.closed = true }
    }
    const Oscillator = window.OscillatorNode
    window.OscillatorNode = class extends Oscillator {
        constructor(...all) { super(...all); sounded += 1 }
    }";

async fn stand_in(page: &Browser) {
    let source = json!({ "source": DESKTOP });
    page.devtools("Page.addScriptToEvaluateOnNewDocument", source).await;
    page.reload().await;
    page.until_ready().await;
}

async fn open_settings(page: &Browser) {
    page.click_on("menu").await;
    page.click_on("settings").await;
    let there =
        "return shown($('settings-panel')) && document.activeElement === $('settings-back')";
    page.until("the settings, focused", there, json!([])).await;
}

async fn set(page: &Browser, setting: &str) {
    page.click(
        setting,
        "const e = $(arguments[0]); return e.closest('label') ?? e",
        json!([setting]),
    )
    .await;
}

async fn until_root(page: &Browser, attribute: &str, value: &str) {
    let there = "return document.documentElement.getAttribute(arguments[0]) === arguments[1]";
    page.until(&format!("{attribute}={value}"), there, json!([attribute, value])).await;
}

#[test]
fn the_theme_holds_before_the_first_paint_and_in_all_tabs() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        page.prefer("light").await;
        open_settings(&page).await;
        set(&page, "theme-dark").await;
        until_root(&page, "data-theme", "dark").await;
        let dark = "return getComputedStyle(document.documentElement).colorScheme === 'dark'";
        assert_eq!(page.js(dark, json!([])).await, true);

        let other = page.driver.new_tab().await.unwrap();
        let first = page.driver.window().await.unwrap();
        page.driver.switch_to_window(other).await.unwrap();
        page.watch().await;
        page.open("/").await;
        until_root(&page, "data-theme", "dark").await;
        page.js("localStorage['chaap.settings'] = '{\"theme\":\"light\"}'", json!([])).await;
        page.driver.switch_to_window(first).await.unwrap();
        until_root(&page, "data-theme", "light").await;
        let chosen = "return $('theme-light').checked";
        page.until("the panel to follow", chosen, json!([])).await;
    });
}

#[test]
fn another_language_comes_at_once_and_stays_without_a_flash_of_english() {
    run(|world: World| async move {
        let [alice, _] = world.server.users(["alice", "bob"]).await;
        let page = world.browser("alice").await;
        page.click("keep me signed in", "return part('keep').closest('label')", json!([])).await;
        page.sign_in("alice", PASSWORD).await;
        page.pick("bob").await;
        page.write("Half written").await;
        open_settings(&page).await;
        set(&page, "language-ar").await;
        until_root(&page, "dir", "rtl").await;
        let arabic =
            "return $('settings-panel')?.textContent.includes('الإعدادات') && $('composer').value";
        let draft = page.until("Arabic settings", arabic, json!([])).await;
        assert_eq!(draft, "Half written");

        // What the first drawing shows is what stays.
        let record = "window.spoken = new Set()
            const look = () => {
                const chats = document.querySelector('.list__scroll')
                if (chats) spoken.add(document.documentElement.lang + ' ' + chats.getAttribute('aria-label'))
                requestAnimationFrame(look)
            }
            requestAnimationFrame(look)";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": record })).await;
        page.reload().await;
        page.until_ready().await;
        let spoken = page.js("return [...spoken]", json!([])).await;
        assert_eq!(spoken, json!(["ar الدردشات والأشخاص"]));
        let fits = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(page.js(fits, json!([])).await, true);
        assert_eq!(alice.username, "alice");
    });
}

#[test]
fn the_settings_close_by_escape_and_by_the_back_button() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        let gone = "return !$('settings-panel') && document.activeElement === $('menu')";
        open_settings(&page).await;
        page.press(Key::Escape).await;
        page.until("no settings after Escape", gone, json!([])).await;
        open_settings(&page).await;
        page.js("history.back()", json!([])).await;
        page.until("no settings after going back", gone, json!([])).await;
        let reachable = "return !document.querySelector('chat-list').inert";
        assert_eq!(page.js(reachable, json!([])).await, true);
    });
}

#[test]
fn enter_breaks_the_line_where_that_is_set() {
    run(|world: World| async move {
        let [alice, _] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        open_settings(&page).await;
        set(&page, "switch-enterSends").await;
        page.write("One").await;
        page.press(Key::Enter).await;
        page.insert("Two").await;
        assert_eq!(page.js("return $('composer').value", json!([])).await, "One\nTwo");
        page.press_with(Key::Control, Key::Enter).await;
        page.until_state("One\nTwo", "sent").await;
    });
}

#[test]
fn one_of_several_tabs_tells_of_a_message_and_none_of_what_is_looked_at() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut from_bob = bob.connect().await;
        let page = world.browser("alice").await;
        page.click("keep me signed in", "return part('keep').closest('label')", json!([])).await;
        page.sign_in("alice", PASSWORD).await;
        stand_in(&page).await;
        let tabs = [page.driver.window().await.unwrap(), page.driver.new_tab().await.unwrap()];
        page.driver.switch_to_window(tabs[1].clone()).await.unwrap();
        page.watch().await;
        page.open("/").await;
        page.until_ready().await;
        stand_in(&page).await;
        // Nobody looks at either: a third tab is in front.
        page.driver.new_tab().await.unwrap();
        for tab in &tabs {
            page.driver.switch_to_window(tab.clone()).await.unwrap();
            page.js("Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'hidden' }); document.hasFocus = () => window.seen === 'visible'", json!([])).await;
        }
        from_bob.post_to(&alice, "Look *here*").await;
        let mut told = Vec::new();
        for tab in &tabs {
            page.driver.switch_to_window(tab.clone()).await.unwrap();
            page.until_badge("bob", "1").await;
            // Longer than the tabs take to agree.
            page.js_async("await new Promise((done) => setTimeout(done, 1500))", json!([])).await;
            let notices = "return told.map(({ title, body }) => `${title}: ${body}`)";
            told.extend(page.js(notices, json!([])).await.as_array().unwrap().clone());
            let icon = "return document.querySelector('link[rel=icon]').href.includes('unread')";
            assert_eq!(page.js(icon, json!([])).await, true);
        }
        assert_eq!(told, [json!("bob: Look here")]);

        // One tab is looked at, with the chat open: it reads, nobody speaks, and the notice goes.
        page.js("window.seen = 'visible'; window.dispatchEvent(new Event('focus'))", json!([]))
            .await;
        page.pick("bob").await;
        from_bob.post_to(&alice, "And here").await;
        page.until_received("And here").await;
        for tab in &tabs {
            page.driver.switch_to_window(tab.clone()).await.unwrap();
            page.until_badge("bob", "").await;
            page.js_async("await new Promise((done) => setTimeout(done, 1500))", json!([])).await;
            let open = "return told.filter((notice) => !notice.closed).length";
            assert_eq!(page.js(open, json!([])).await, 0);
        }
    });
}

#[test]
fn notifications_are_offered_once_and_after_a_no_never_again() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut from_bob = bob.connect().await;
        let page = world.browser_of(&alice).await;
        page.js("localStorage.permission = 'default'", json!([])).await;
        stand_in(&page).await;
        from_bob.post_to(&alice, "One").await;
        page.until_badge("bob", "1").await;
        assert_eq!(page.js("return shown($('offer'))", json!([])).await, false);
        let hide = "Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'hidden' })";
        page.js(hide, json!([])).await;
        from_bob.post_to(&alice, "Two").await;
        page.until("the offer", "return shown($('offer'))", json!([])).await;
        page.js("window.seen = 'visible'", json!([])).await;
        page.click_on("offer-close").await;
        page.until("no offer", "return !shown($('offer'))", json!([])).await;

        page.reload().await;
        page.until_ready().await;
        page.js(hide, json!([])).await;
        from_bob.post_to(&alice, "Three").await;
        page.until_badge("bob", "3").await;
        page.js_async("await new Promise((done) => setTimeout(done, 600))", json!([])).await;
        assert_eq!(page.js("return shown($('offer'))", json!([])).await, false);
    });
}
