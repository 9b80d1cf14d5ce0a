//! System preferences: forced colours, more contrast, reduced motion.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, World, run, until_shown};

const CONTRAST: &str = include_str!("js/contrast.js");
/// Boxes that only a shade separates from the background, and that lack a border without shades.
const WITHOUT_LINE: &str = "
    const boxes = document.querySelectorAll('.message__bubble, .menu__sheet, .dialog, .emoji-picker, .emoji-list, .composer__field, .filter__field, .button, .badge, .avatar, .toast, .banner')
    return [...boxes].filter(shown).filter((e) => {
        const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(e)
        return borderTopWidth === '0px' || borderTopStyle === 'none' || borderTopColor === 'rgba(0, 0, 0, 0)'
    }).map((e) => e.className)";

async fn emulate(page: &Browser, feature: &str, value: &str) {
    let features = json!({ "features": [{ "name": feature, "value": value }] });
    page.devtools("Emulation.setEmulatedMedia", features).await;
    let arrived = "return matchMedia(`(${arguments[0]}: ${arguments[1]})`).matches";
    page.until(feature, arrived, json!([feature, value])).await;
}

/// Opens every element that floats above a chat, and calls `look` for each.
async fn through_menus(page: &Browser, mut look: impl AsyncFnMut(&str)) {
    page.click_on("menu").await;
    until_shown(page, "sign-out").await;
    look("one's own menu").await;
    page.press(Key::Escape).await;
    page.click_on("emoji").await;
    until_shown(page, "emoji-picker").await;
    look("the emoji picker").await;
    page.click_on("emoji").await;
    page.click_on("chat-menu").await;
    until_shown(page, "chat-menu-delete").await;
    look("the menu of a chat").await;
    page.click_on("chat-menu-delete").await;
    until_shown(page, "confirm").await;
    look("the question").await;
    page.click_on("confirm-no").await;
}

#[test]
fn with_forced_colours_borders_replace_shades() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        emulate(&page, "forced-colors", "active").await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        page.until_is("a chat", WITHOUT_LINE, json!([]), json!([])).await;
        through_menus(&page, async |place| {
            page.until_is(place, WITHOUT_LINE, json!([]), json!([])).await;
        })
        .await;
        emulate(&page, "forced-colors", "none").await;
        assert_ne!(
            page.js(WITHOUT_LINE, json!([])).await,
            json!([]),
            "the check finds something without the preference"
        );
    });
}

#[test]
fn with_forced_colours_what_is_chosen_has_a_line() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        emulate(&page, "forced-colors", "active").await;
        let chosen =
            "return ['all', 'unread'].map((name) => getComputedStyle(part(name)).outlineStyle)";
        assert_eq!(page.js(chosen, json!([])).await, json!(["solid", "none"]), "the filters");
        page.click_on("emoji").await;
        until_shown(&page, "emoji-picker").await;
        let line = "const tab = document.querySelector('.emoji-picker__tab[aria-current]')
            const drawn = tab && getComputedStyle(tab, '::after').backgroundColor
            return drawn && drawn !== 'rgba(0, 0, 0, 0)' && drawn !== getComputedStyle($('emoji-picker')).backgroundColor";
        page.until("a line below the tab", line, json!([])).await;
    });
}

#[test]
fn with_more_contrast_a_muted_badge_can_be_read() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "1").await;
        page.js("rowOf('bob').querySelector('.badge').classList.add('badge--quiet')", json!([]))
            .await;
        for scheme in ["light", "dark"] {
            let features = json!({ "features": [
                { "name": "prefers-contrast", "value": "more" },
                { "name": "prefers-color-scheme", "value": scheme },
            ] });
            page.devtools("Emulation.setEmulatedMedia", features).await;
            let arrived = "return matchMedia(`(prefers-contrast: more) and (prefers-color-scheme: ${arguments[0]})`).matches";
            page.until(scheme, arrived, json!([scheme])).await;
            page.until_calm().await;
            let report = page.js(CONTRAST, json!([])).await;
            assert!(report["checked"].as_i64().unwrap() > 4, "{report}");
            assert_eq!(report["weak"], json!([]), "{scheme}");
        }
    });
}

#[test]
fn with_reduced_motion_nothing_moves() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        // Counts everything that moves, however short: no animation may be longer than a frame.
        let watch = "window.moved = []
            const note = ({ target, elapsedTime, propertyName, animationName }) =>
                elapsedTime > 0.016 && moved.push(`${animationName ?? propertyName} of ${target.className}`)
            for (const name of ['animationend', 'transitionend']) document.addEventListener(name, note, true)";
        emulate(&page, "prefers-reduced-motion", "reduce").await;
        // What began before goes on to its end.
        page.until_calm().await;
        page.js(watch, json!([])).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        let still = "return document.getAnimations().length === 0";
        through_menus(&page, async |place| {
            page.until(place, still, json!([])).await;
        })
        .await;
        assert_eq!(page.js("return moved", json!([])).await, json!([]));
        emulate(&page, "prefers-reduced-motion", "no-preference").await;
        page.click_on("menu").await;
        let moved: Value =
            page.until("some motion", "return moved.length && moved", json!([])).await;
        assert!(
            !moved.as_array().unwrap().is_empty(),
            "the check finds something without the preference"
        );
    });
}
