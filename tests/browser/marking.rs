//! What the composer does beyond plain text: marks by keys, a text that is too long, the list of
//! keys, the size of the text.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, World, run};

async fn until_value(page: &Browser, value: &str) {
    let there = "return $('composer').value === arguments[0]";
    page.until(value, there, json!([value])).await;
}

/// Presses a key together with Control, and Shift for a capital.
async fn control(page: &Browser, letter: &str) {
    let shift = if letter == "X" { 8 } else { 0 };
    let code = format!("Key{}", letter.to_uppercase());
    for kind in ["rawKeyDown", "keyUp"] {
        let key = json!({ "type": kind, "key": letter, "code": code, "modifiers": 2 + shift });
        page.devtools("Input.dispatchKeyEvent", key).await;
    }
}

#[test]
fn keys_put_marks_around_the_selection_and_one_undo_takes_them_away() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.write("a word here").await;
        let select = "$('composer').setSelectionRange(2, 6)";
        for (letter, marked) in
            [("b", "a *word* here"), ("i", "a _word_ here"), ("X", "a ~word~ here")]
        {
            page.js(select, json!([])).await;
            control(&page, letter).await;
            until_value(&page, marked).await;
            let selected = "const { value, selectionStart, selectionEnd } = $('composer'); return value.slice(selectionStart, selectionEnd)";
            page.until("the word selected", &format!("{selected} === 'word'"), json!([])).await;
            page.press_with(Key::Control, "z").await;
            until_value(&page, "a word here").await;
        }
        // Pressed twice, they are gone again. On an Arabic keyboard, the key in the place of "B" does it.
        page.js(select, json!([])).await;
        control(&page, "b").await;
        until_value(&page, "a *word* here").await;
        control(&page, "b").await;
        until_value(&page, "a word here").await;
        let arabic = json!({ "type": "rawKeyDown", "key": "لا", "code": "KeyB", "modifiers": 2 });
        page.js(select, json!([])).await;
        page.devtools("Input.dispatchKeyEvent", arabic).await;
        until_value(&page, "a *word* here").await;
        // The draft has the marks, too, and they are sent.
        page.press(Key::Enter).await;
        page.until_state("a word here", "sent").await;
    });
}

#[test]
fn a_text_that_is_too_long_says_by_how_much_beside_its_field() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.write(&format!("{}éé", "x".repeat(16_384))).await;
        let says = "const words = part('error', $('composer').closest('chat-composer'))
            return shown(words) && words.textContent.includes(arguments[0])
                && Math.abs(words.getBoundingClientRect().left - $('composer').closest('.composer__field').getBoundingClientRect().left) < 1
                && $('composer').getAttribute('aria-invalid') === 'true'";
        page.until("the words", says, json!([" 2 characters too long"])).await;
        page.press(Key::Backspace).await;
        page.until("one fewer", says, json!([" 1 character too long"])).await;
        page.press(Key::Backspace).await;
        let fits = "return !shown(part('error', $('composer').closest('chat-composer')))";
        page.until("no words", fits, json!([])).await;
    });
}

#[test]
fn a_long_quote_above_the_composer_ends_with_an_ellipsis() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        bob.connect().await.post_to(&alice, &"many words ".repeat(40)).await;
        page.until("it", "return all('message').length === 2", json!([])).await;
        page.tab_back_to_message().await;
        page.keys("r").await;
        let cut = "return shown($('quote-bar')) && part('quoteWords', $('quote-bar')).textContent.endsWith('…')";
        page.until("the cut quote", cut, json!([])).await;
    });
}

#[test]
fn a_question_mark_shows_the_list_of_keys_and_the_menu_too() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.click_on("composer").await;
        page.keys("?").await;
        until_value(&page, "?").await;
        assert_eq!(page.js("return shown($('keys-dialog'))", json!([])).await, false);
        page.press(Key::Backspace).await;
        page.tab_back_to_message().await;
        page.keys("?").await;
        let listed = "return shown($('keys-dialog')) && ['Ctrl+K', 'Alt+↑Alt+↓', 'Ctrl+B', 'Ctrl+I', 'Ctrl+Shift+X', 'Enter', 'R', '?']
            .every((keys) => [...$('keys-dialog').querySelectorAll('dd')].some((e) => e.textContent === keys))";
        page.until("the list", listed, json!([])).await;
        page.press(Key::Escape).await;
        let back = "return !$('keys-dialog') && document.activeElement.matches('.message__bubble')";
        page.until("the focus back", back, json!([])).await;
        until_value(&page, "").await;
        page.click_on("menu").await;
        page.click_on("keys").await;
        page.until("the list", listed, json!([])).await;
    });
}

#[test]
fn the_text_of_messages_follows_its_setting_in_bubbles_and_composer() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let sizes = "return ['message', 'composer'].map((name) => parseFloat(getComputedStyle(name === 'message' ? part('text', all(name)[0]) : $(name)).fontSize))";
        assert_eq!(page.js(sizes, json!([])).await, json!([15, 15]));
        page.open_settings().await;
        for (choice, size) in
            [("textSize-large", 18), ("textSize-small", 13), ("textSize-normal", 15)]
        {
            page.click(choice, "return $(arguments[0]).closest('label')", json!([choice])).await;
            let is = format!("return (() => {{ {sizes} }})().join() === '{size},{size}'");
            page.until(choice, &is, json!([])).await;
        }
        page.click("large", "return $('textSize-large').closest('label')", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        page.until("large again", &format!("return (() => {{ {sizes} }})()[1] === 18"), json!([]))
            .await;
    });
}
