//! Everything works by keyboard, and the focus is never lost.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, World, run};

/// Waits until this element has the focus.
async fn assert_focus(page: &Browser, expected: &str, after: &str) {
    let there = "return (document.activeElement.dataset.test || document.activeElement.name) === arguments[0]";
    page.until(&format!("focus on {expected} after {after}"), there, json!([expected])).await;
}

#[test]
fn everything_works_by_keyboard_and_the_focus_is_never_lost() {
    run(|world: World| async move {
        let [_, _, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let page = world.browser("alice").await;

        // The sign-in card: the username has the focus; Tab leads to the password, Enter signs in.
        assert_focus(&page, "username", "loading").await;
        page.keys("alice").await;
        page.press(Key::Tab).await;
        assert_focus(&page, "password", "Tab").await;
        page.keys("wrong password").await;
        page.press(Key::Enter).await;
        page.until("the refusal", "return shown($('sign-in-error'))", json!([])).await;
        assert_focus(&page, "password", "a refusal").await;
        // The wrong password is selected, so typing replaces it.
        page.keys(PASSWORD).await;
        page.press(Key::Enter).await;
        page.until_ready().await;
        let kept = "return document.activeElement !== document.body";
        page.until("a focus after signing in", kept, json!([])).await;

        // The list: arrows move the focus, Enter opens a chat and focuses the composer.
        page.click_on("filter").await;
        page.press(Key::Down).await;
        let on_row = "return document.activeElement.dataset.name === arguments[0]";
        page.until("the first person", on_row, json!(["bob"])).await;
        page.press(Key::Down).await;
        page.until("the second person", on_row, json!(["carol"])).await;
        page.press(Key::Up).await;
        page.press(Key::Down).await;
        page.press(Key::Enter).await;
        page.until("Carol's chat", "return $('chat-title').textContent === 'carol'", json!([]))
            .await;
        assert_focus(&page, "composer", "opening a chat").await;

        // The composer: Shift+Enter breaks the line, Enter sends, and the focus stays.
        page.keys("First line").await;
        page.press_with(Key::Shift, Key::Enter).await;
        page.keys("second line").await;
        page.press(Key::Enter).await;
        page.until_state("First line\nsecond line", "sent").await;
        assert_focus(&page, "composer", "sending").await;
        page.keys("Next").await;
        page.press(Key::Enter).await;
        page.until_state("Next", "sent").await;
        let empty = "return document.activeElement === $('composer') && $('composer').value === ''";
        page.until("an empty composer with the focus", empty, json!([])).await;

        // Escape closes the chat and returns to its row.
        page.press(Key::Escape).await;
        page.until("no open chat", "return $('composer').disabled", json!([])).await;
        page.until("focus on Carol's row after Escape", on_row, json!(["carol"])).await;

        // The search finds a chat, Enter opens it.
        page.press(Key::Up).await;
        assert_focus(&page, "filter", "Up from the first row").await;
        page.keys("BO").await;
        let found = "return all('chat-row').length === 0 && all('person-row').length === 1";
        page.until("Bob alone", found, json!([])).await;
        page.press(Key::Enter).await;
        page.until("Bob's chat", "return $('chat-title').textContent === 'bob'", json!([])).await;
        assert_focus(&page, "composer", "choosing from the filter").await;
        page.press(Key::Escape).await;
        page.until("no open chat", "return $('composer').disabled", json!([])).await;
        page.until("a focus after Escape", kept, json!([])).await;

        // The menu: focus on the first item, Escape returns to its button, arrows reach "Sign out".
        page.js("$('menu').focus()", json!([])).await;
        page.press(Key::Enter).await;
        page.until("the menu", "return shown($('sign-out'))", json!([])).await;
        page.press(Key::Escape).await;
        page.until("no menu", "return !shown($('sign-out'))", json!([])).await;
        assert_focus(&page, "menu", "closing the menu").await;
        page.press(Key::Enter).await;
        for item in ["starred", "new-group", "invite", "settings", "keys", "sign-out"] {
            page.press(Key::Down).await;
            assert_focus(&page, item, "Down in the menu").await;
        }
        page.press(Key::Enter).await;
        page.until_card().await;
        assert_focus(&page, "username", "signing out").await;
        assert_eq!(carol.history_with(&carol).await.len(), 0);
    });
}

#[test]
fn tab_reaches_every_control_in_reading_order_and_shows_where_it_is() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.write("A reply").await;
        page.js("document.activeElement.blur()", json!([])).await;
        page.js("getSelection().removeAllRanges(); $('menu').focus()", json!([])).await;
        let mut stops = Vec::new();
        // An outline, a shadow or a border that differs from the state without focus.
        let ring = "const e = document.activeElement
            const looks = () => { const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(e); return [outlineStyle === 'none' ? '' : outlineWidth, boxShadow, borderColor, backgroundColor].join() }
            const parents = () => { const all = []; for (let p = e; p; p = p.parentElement) { const s = getComputedStyle(p); all.push(s.boxShadow, s.borderColor, s.backgroundColor, s.outlineStyle === 'none' ? '' : s.outlineWidth) } return all.join() }
            const visible = e.matches(':focus-visible')
            for (const animation of document.getAnimations()) animation.finish()
            const focused = parents()
            e.blur()
            for (const animation of document.getAnimations()) animation.finish()
            const blurred = parents()
            e.focus({ focusVisible: true, preventScroll: true })
            return visible && focused !== blurred";
        for _ in 0..12 {
            page.press(Key::Tab).await;
            let stop = page.focus().await;
            if stop == "body" {
                break;
            }
            assert_eq!(page.js(ring, json!([])).await, true, "no visible focus on {stop}");
            stops.push(stop);
        }
        let wanted = ["filter", "chat-row", "composer", "send"];
        let found: Vec<_> = stops.iter().filter(|stop| wanted.contains(&stop.as_str())).collect();
        assert_eq!(found, wanted.iter().collect::<Vec<_>>(), "{stops:?}");
    });
}

#[test]
fn typing_after_a_click_on_a_message_goes_into_the_composer() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        let bubble = "return part('bubble', $('message'))";
        page.click("the message", bubble, json!([])).await;
        page.keys("really").await;
        page.until("the text", "return $('composer').value === 'really'", json!([])).await;
        page.until_focus("composer").await;
        assert_eq!(page.js("return shown($('quote-bar'))", json!([])).await, false);

        // Cut and pasted back, with the focus on the message again.
        page.press_with(Key::Control, "a").await;
        page.press_with(Key::Control, "x").await;
        page.until("no text", "return $('composer').value === ''", json!([])).await;
        page.click("the message", bubble, json!([])).await;
        page.press_with(Key::Control, "v").await;
        page.until("the text again", "return $('composer').value === 'really'", json!([])).await;

        // If the focus came by keyboard, the message shortcuts work.
        page.press_with(Key::Control, "a").await;
        page.press(Key::Delete).await;
        page.tab_back_to_message().await;
        page.keys("r").await;
        page.until("the quote bar", "return shown($('quote-bar'))", json!([])).await;
        assert_eq!(page.js("return $('composer').value", json!([])).await, "");
    });
}
