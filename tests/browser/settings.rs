//! The settings of the browser.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, World, run};

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
fn the_theme_applies_before_the_first_paint_and_in_all_tabs() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        page.prefer("light").await;
        page.open_settings().await;
        set(&page, "theme-dark").await;
        until_root(&page, "data-theme", "dark").await;
        let dark = "return getComputedStyle(document.documentElement).colorScheme === 'dark'";
        page.until("dark colours", dark, json!([])).await;

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
fn another_language_applies_at_once_and_stays_without_a_flash_of_english() {
    run(|world: World| async move {
        let [alice, _] = world.server.users(["alice", "bob"]).await;
        let page = world.browser("alice").await;
        page.sign_in("alice", PASSWORD).await;
        page.pick("bob").await;
        page.write("Half written").await;
        page.open_settings().await;
        set(&page, "language-ar").await;
        until_root(&page, "dir", "rtl").await;
        let arabic =
            "return $('settings-panel')?.textContent.includes('الإعدادات') && $('composer').value";
        let draft = page.until("Arabic settings", arabic, json!([])).await;
        assert_eq!(draft, "Half written");
        // A name in another script is aligned like the others.
        let begins = "const name = document.createRange()
            name.selectNodeContents($('name-value'))
            const { right } = name.getBoundingClientRect()
            return Math.abs(right - $('own-username').getBoundingClientRect().right) < 1";
        page.until("the name at the right", begins, json!([])).await;

        // The first paint already shows the final texts.
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
        page.open_settings().await;
        page.press(Key::Escape).await;
        page.until("no settings after Escape", gone, json!([])).await;
        page.open_settings().await;
        page.js("history.back()", json!([])).await;
        page.until("no settings after going back", gone, json!([])).await;
        let reachable = "return !document.querySelector('chat-list').inert";
        page.until("the list", reachable, json!([])).await;
    });
}

#[test]
fn enter_breaks_the_line_if_set() {
    run(|world: World| async move {
        let [alice, _] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.open_settings().await;
        set(&page, "switch-enterSends").await;
        page.write("One").await;
        page.press(Key::Enter).await;
        page.insert("Two").await;
        let value = "return $('composer').value";
        page.until_is("two lines", value, json!([]), json!("One\nTwo")).await;
        page.press_with(Key::Control, Key::Enter).await;
        page.until_state("One\nTwo", "sent").await;
    });
}

#[test]
fn without_https_the_settings_say_what_it_would_allow() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        // The address of the tests is on this machine, which browsers trust without https.
        let plain = "Object.defineProperty(window, 'isSecureContext', { value: false })";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": plain })).await;
        page.reload().await;
        page.until_ready().await;
        page.open_settings().await;
        let told = "return [...document.querySelectorAll('.switch-row')].some((row) => row.querySelector('[aria-disabled=true]')
            && row.textContent.includes('https') && row.textContent.includes('without a connection'))";
        page.until("what https allows", told, json!([])).await;
    });
}
