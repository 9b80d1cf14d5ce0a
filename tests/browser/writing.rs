//! Writing in the composer: undo, and keys that belong to an input method.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{World, run};

/// A key as Safari reports it right after a composition: not composing any more, but keyCode 229.
const KEY_OF_AN_INPUT_METHOD: &str = "const event = new KeyboardEvent('keydown', { key: arguments[0], keyCode: 229, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(event)
    return event.defaultPrevented";

#[test]
fn undo_takes_out_emoji_from_the_picker_and_the_list() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.write("good ").await;
        page.click_on("emoji").await;
        let cell = "return $('emoji-picker')?.querySelector('.emoji-picker__scroll button')";
        page.click("an emoji", cell, json!([])).await;
        let inserted = "return /^good \\p{Extended_Pictographic}/u.test($('composer').value)";
        page.until("an emoji in the text", inserted, json!([])).await;
        page.press(Key::Escape).await;
        page.click_on("composer").await;
        page.press_with(Key::Control, "z").await;
        page.until("the text without it", "return $('composer').value === 'good '", json!([]))
            .await;
        page.press_with(Key::Control, "z").await;
        page.until("no text", "return $('composer').value === ''", json!([])).await;

        // With the keyboard, the focus stays in the grid.
        page.click_on("emoji").await;
        page.until("the search", "return document.activeElement === $('emoji-search')", json!([]))
            .await;
        page.press(Key::Down).await;
        page.press(Key::Enter).await;
        page.press(Key::Enter).await;
        let twice = "return [...new Intl.Segmenter().segment($('composer').value)].length === 2
            && document.activeElement.matches('.emoji-picker__cell')";
        page.until("two emoji, and the focus in the grid", twice, json!([])).await;
        page.press(Key::Escape).await;
        page.click_on("composer").await;
        for _ in 0..2 {
            page.press_with(Key::Control, "z").await;
        }
        page.until("no text again", "return $('composer').value === ''", json!([])).await;

        page.write(":tada").await;
        page.until("the list of names", "return shown($('emoji-list'))", json!([])).await;
        page.press(Key::Enter).await;
        page.until("the emoji", "return $('composer').value === '🎉 '", json!([])).await;
        page.press_with(Key::Control, "z").await;
        page.until("the name", "return $('composer').value === ':tada'", json!([])).await;
    });
}

#[test]
fn enter_of_an_input_method_neither_completes_nor_sends() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.write(":tada").await;
        page.until("the list of names", "return shown($('emoji-list'))", json!([])).await;
        for key in ["Enter", "Tab", "ArrowDown", "Escape"] {
            let taken = page.js(KEY_OF_AN_INPUT_METHOD, json!([key])).await;
            assert_eq!(taken, false, "{key}");
        }
        assert_eq!(page.js("return $('composer').value", json!([])).await, ":tada");
        assert_eq!(page.texts().await, ["Hello"]);
        assert_eq!(page.js("return shown($('emoji-list'))", json!([])).await, true);
    });
}
