//! Selecting several messages: with the mouse, by keyboard and by touch, what the bar offers, and
//! what is copied.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    kit::{Browser, User, World, phone, run, until_gone, until_shown},
};

/// The texts of the selected messages that are drawn.
const SELECTED: &str = "return all('message').filter((row) => row.hasAttribute('data-selected'))
    .map((row) => part('text', row).textContent)";
/// What the bar offers, by `data-test`.
const OFFERED: &str = "return [...document.querySelectorAll('.selection__button')].filter(shown)
    .map((button) => button.dataset.test.replace('selection-', ''))";
/// A message by its text.
const ROW: &str =
    "const row = all('message').find((row) => part('text', row).textContent === arguments[0])";
/// The places of all bubbles, and how wide each is.
const PLACES: &str = "return all('message').map((row) => {
    const { y, width, height } = part('bubble', row).getBoundingClientRect()
    return [y, width, height].map(Math.round).join(' ') })";

/// Bob's messages, and one of alice; the page is hers.
async fn page_with(world: &World, texts: &[&str]) -> (Browser, [User; 2]) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    let mut device = bob.connect().await;
    for text in texts {
        device.post_to(&alice, text).await;
    }
    alice.connect().await.post_to(&bob, "Mine").await;
    let page = world.browser_of(&alice).await;
    page.pick("bob").await;
    page.until(
        "the messages",
        "return all('message').length === arguments[0]",
        json!([texts.len() + 1]),
    )
    .await;
    (page, [alice, bob])
}

async fn focus(page: &Browser, text: &str) {
    page.js(&format!("{ROW}\npart('bubble', row).focus()"), json!([text])).await;
}

/// Begins with this message by keyboard.
async fn select(page: &Browser, text: &str) {
    focus(page, text).await;
    page.press(Key::Enter).await;
    page.click_on("select-message").await;
    until_shown(page, "selection").await;
    page.until_calm().await;
}

/// Presses the row of a message at its outer edge, far from the bubble.
async fn click_row(page: &Browser, text: &str, shift: bool) {
    let edge = format!(
        "{ROW}
        const {{ y, height }} = row.getBoundingClientRect()
        return [document.querySelector('message-list').getBoundingClientRect().right - 40, y + height / 2]"
    );
    let edge = page.js(&edge, json!([text])).await;
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({
            "type": kind, "x": edge[0], "y": edge[1], "button": "left", "clickCount": 1,
            "modifiers": if shift { 8 } else { 0 },
        });
        page.devtools("Input.dispatchMouseEvent", event).await;
    }
}

async fn until_selected(page: &Browser, texts: &[&str]) {
    page.until_is("the selection", SELECTED, json!([]), json!(texts)).await;
    let count = "return $('selection-count').textContent";
    let words = format!("{} selected", texts.len());
    page.until_is("the count", count, json!([]), json!(words)).await;
}

async fn may_use_the_clipboard(page: &Browser) {
    let grant = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    page.devtools("Browser.grantPermissions", grant).await;
}

async fn until_copied(page: &Browser, text: &str) {
    let copied = "return navigator.clipboard.readText()";
    page.until_is("the clipboard", copied, json!([]), json!(text)).await;
}

#[test]
fn the_mouse_selects_rows_and_ranges_and_nothing_else_happens() {
    run(|world: World| async move {
        let texts = ["One", "Two https://example.org/", "Three", "Four", "Five"];
        let (page, _) = page_with(&world, &texts).await;
        page.click_on("composer").await;
        page.insert("Half a thought\nof\nfour\nlines").await;
        page.until_calm().await;
        let before = page.js(PLACES, json!([])).await;
        select(&page, "Two https://example.org/").await;
        until_selected(&page, &["Two https://example.org/"]).await;
        assert_eq!(page.js(PLACES, json!([])).await, before, "nothing moves up or down");
        assert_eq!(page.js("return shown($('composer'))", json!([])).await, false);

        click_row(&page, "Four", false).await;
        until_selected(&page, &["Two https://example.org/", "Four"]).await;
        click_row(&page, "Mine", true).await;
        until_selected(&page, &["Two https://example.org/", "Four", "Five", "Mine"]).await;
        // Another range from the same message replaces it.
        click_row(&page, "Three", true).await;
        until_selected(&page, &["Two https://example.org/", "Three", "Four"]).await;
        let middle = "const { x, y, width, height } = document.querySelector('.message__link').getBoundingClientRect()
            return document.elementFromPoint(x + width / 2, y + height / 2).closest('a') === null";
        assert_eq!(page.js(middle, json!([])).await, true, "the row covers the link");
        page.js("document.querySelector('.message__link').click()", json!([])).await;
        until_selected(&page, &["Three", "Four"]).await;
        assert_eq!(page.driver.windows().await.unwrap().len(), 1, "no link opens");

        let context = "const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 9, clientY: 9 })
            part('bubble', all('message')[0]).dispatchEvent(event)
            return event.defaultPrevented";
        assert_eq!(page.js(context, json!([])).await, true);
        page.click_on("selection-close").await;
        until_gone(&page, "selection").await;
        assert_eq!(page.js("return shown($('message-menu'))", json!([])).await, false);
        assert_eq!(page.js(PLACES, json!([])).await, before);
        assert_eq!(
            page.js(
                "return all('message').some((row) => row.querySelector('.message__check'))",
                json!([])
            )
            .await,
            false
        );
        let draft =
            "return $('composer').value.startsWith('Half a thought') && shown($('composer'))";
        assert_eq!(page.js(draft, json!([])).await, true);
    });
}

#[test]
fn keys_select_move_and_end() {
    run(|world: World| async move {
        let (page, _) = page_with(&world, &["One", "Two", "Three", "Four"]).await;
        select(&page, "Two").await;
        page.press(Key::Up).await;
        page.keys(" ").await;
        until_selected(&page, &["One", "Two"]).await;
        page.press(Key::Enter).await;
        until_selected(&page, &["Two"]).await;
        let state = "return document.activeElement.getAttribute('aria-describedby')";
        assert_eq!(page.js(state, json!([])).await, Value::Null);
        // From the message that was pressed last, as far as the focus goes.
        page.press_with(Key::Shift, Key::Down).await;
        page.press_with(Key::Shift, Key::Down).await;
        until_selected(&page, &["One", "Two", "Three"]).await;
        page.press_with(Key::Shift, Key::Up).await;
        until_selected(&page, &["One", "Two"]).await;
        let state = "return document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent";
        assert_eq!(page.js(state, json!([])).await, "1 selected");
        page.press(Key::End).await;
        page.press_with(Key::Shift, " ").await;
        until_selected(&page, &["One", "Two", "Three", "Four", "Mine"]).await;
        page.press_with(Key::Control, "a").await;
        until_selected(&page, &["One", "Two", "Three", "Four", "Mine"]).await;
        // The letter that answers a message does nothing.
        page.keys("r").await;
        page.press(Key::Escape).await;
        until_gone(&page, "selection").await;
        assert_eq!(page.js("return shown($('quote-bar'))", json!([])).await, false);
        // The chat is still open, and the focus is on the message.
        let focused = "return document.activeElement.closest('.message') !== null";
        assert_eq!(page.js(focused, json!([])).await, true);

        // The field of the list keeps its own meaning of the keys.
        select(&page, "One").await;
        page.click_on("filter").await;
        page.press_with(Key::Control, "a").await;
        until_selected(&page, &["One"]).await;
        // Another chat ends the selection.
        page.click("notes", "return rowOf('alice')", json!([])).await;
        until_gone(&page, "selection").await;
        until_shown(&page, "composer").await;
    });
}

#[test]
fn a_finger_selects_and_back_ends_it() {
    run(|world: World| async move {
        let (page, [alice, bob]) = page_with(&world, &["One", "Two", "Three"]).await;
        phone(&page).await;
        let touch = async |text: &str, hold: bool| {
            let place = format!(
                "{ROW}
                const {{ x, y, width, height }} = part('bubble', row).getBoundingClientRect()
                return {{ x: x + width / 2, y: y + height / 2 }}"
            );
            let place = page.js(&place, json!([text])).await;
            let points = |points: Value| json!({ "type": "touchStart", "touchPoints": points });
            page.devtools("Input.dispatchTouchEvent", points(json!([place]))).await;
            if hold {
                until_shown(&page, "message-menu").await;
            }
            let end = json!({ "type": "touchEnd", "touchPoints": [] });
            page.devtools("Input.dispatchTouchEvent", end).await;
        };
        touch("Two", true).await;
        page.click_on("select-message").await;
        until_selected(&page, &["Two"]).await;
        page.until_calm().await;
        touch("Three", false).await;
        until_selected(&page, &["Two", "Three"]).await;
        let small = "return [...document.querySelectorAll('.selection button')].filter(shown)
            .map((button) => button.getBoundingClientRect())
            .filter(({ width, height }) => Math.min(width, height) < 44).length";
        assert_eq!(page.js(small, json!([])).await, 0, "large enough for a finger");
        let inside = "const { left, right } = $('selection').getBoundingClientRect()
            return left >= 0 && right <= innerWidth && document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(page.js(inside, json!([])).await, true);
        // A message that comes meanwhile can be selected, too.
        bob.connect().await.post_to(&alice, "Four").await;
        page.until_received("Four").await;
        touch("Four", false).await;
        until_selected(&page, &["Two", "Three", "Four"]).await;
        page.driver.back().await.unwrap();
        until_gone(&page, "selection").await;
        // The chat is still open.
        until_shown(&page, "composer").await;
    });
}

#[test]
fn several_messages_are_copied_with_times_and_names() {
    run(|world: World| async move {
        let (page, [_, bob]) = page_with(&world, &["*One*", "Two\nlines"]).await;
        bob.rename("Bob the Builder").await;
        let known = "return $('chat-title').textContent === 'Bob the Builder'";
        page.until("the new name", known, json!([])).await;
        may_use_the_clipboard(&page).await;
        // Selected in another order than that of the chat.
        select(&page, "Mine").await;
        focus(&page, "One").await;
        page.press_with(Key::Shift, " ").await;
        until_selected(&page, &["One", "Two\nlines", "Mine"]).await;
        page.click_on("selection-copy").await;
        until_gone(&page, "selection").await;
        let wanted = "return theStore().then(({ state }) => {
            const format = new Intl.DateTimeFormat(navigator.language, {
              day: '2-digit', month: '2-digit', year: 'numeric', hour: 'numeric', minute: '2-digit' })
            const names = ['Bob the Builder', 'Bob the Builder', 'alice'], words = ['One', 'Two\\nlines', 'Mine']
            return state.logs[state.open.chat_id].rows.map(({ created_at }, i) =>
                `[${format.format(created_at)}] ${names[i]}: ${words[i]}`).join('\\n') })";
        let wanted = page.until("the rows", wanted, json!([])).await;
        until_copied(&page, wanted.as_str().unwrap()).await;
        // One alone is only its words.
        select(&page, "One").await;
        page.click_on("selection-copy").await;
        until_copied(&page, "One").await;
    });
}

#[test]
fn the_bar_offers_what_can_be_done_with_all() {
    run(|world: World| async move {
        let (page, [alice, bob]) = page_with(&world, &["One", "Two", "Three"]).await;
        let all = json!(["copy", "star", "forward", "delete"]);
        select(&page, "One").await;
        focus(&page, "Two").await;
        page.keys(" ").await;
        until_selected(&page, &["One", "Two"]).await;
        assert_eq!(page.js(OFFERED, json!([])).await, all);
        // Escape and Back close the topmost thing only.
        for back in [false, true] {
            page.click_on("selection-forward").await;
            page.until_focus("picker-field").await;
            if back {
                page.driver.back().await.unwrap();
            } else {
                page.press(Key::Escape).await;
            }
            until_gone(&page, "forward-dialog").await;
            until_selected(&page, &["One", "Two"]).await;
        }
        page.click_on("selection-star").await;
        until_gone(&page, "selection").await;
        select(&page, "One").await;
        let word = "return $('selection-star').textContent";
        page.until_is("the way back", word, json!([]), json!("Remove star")).await;
        focus(&page, "Three").await;
        page.keys(" ").await;
        page.until_is("a star for all", word, json!([]), json!("Star")).await;

        // A selected message is deleted for everyone meanwhile.
        let chat = alice.chat_with(&bob).await;
        let path = format!("/api/chats/{}/messages", chat["id"]);
        let (_, history) = world.server.get(&path, &alice.token).await;
        let three =
            history["messages"].as_array().unwrap().iter().find(|m| m["content"] == "Three");
        let path = format!("{path}/{}", three.unwrap()["id"]);
        bob.ask("DELETE", &path, &Value::Null).await;
        page.until_is("the rest", OFFERED, json!([]), json!(["delete"])).await;
        page.click_on("selection-delete").await;
        until_shown(&page, "delete-for-me").await;
        assert_eq!(page.js("return shown($('delete-for-all'))", json!([])).await, false);
        page.click_on("delete-for-me").await;
        until_gone(&page, "selection").await;
        page.until_texts(&["Two", "Mine"]).await;

        // With nothing selected, nothing can be done, and the mode goes on.
        select(&page, "Mine").await;
        page.keys(" ").await;
        until_selected(&page, &[]).await;
        page.click_on("selection-forward").await;
        page.until_calm().await;
        assert_eq!(page.js("return $('forward-dialog') === null", json!([])).await, true);
        page.press(Key::Escape).await;
        until_gone(&page, "selection").await;
    });
}

#[test]
fn all_that_is_loaded_is_selected_drawn_or_not() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let group = alice.make_group("Family", &[&bob]).await;
        bob.connect().await.say(group, "Hello").await;
        world.server.lengthen(group, [&alice, &bob], 400).await;
        let page = world.browser_of(&alice).await;
        page.open_group(group, "Family").await;
        let last = "return all('message').length >= 50";
        page.until("the messages", last, json!([])).await;
        // All that are loaded are selected, whether they are drawn or not.
        let loaded = "return theStore().then(({ state }) => state.logs[state.open.chat_id].rows.filter(({ event }) => !event).length)";
        let first =
            page.js("return part('text', all('message').at(-1)).textContent", json!([])).await;
        select(&page, first.as_str().unwrap()).await;
        let older = "document.querySelector('.messages__scroll').scrollTop = 0
            return theStore().then(({ state }) => state.logs[state.open.chat_id].rows[0].seq === 1)";
        page.until("older messages", older, json!([])).await;
        page.press_with(Key::Control, "a").await;
        let all = page.until("the number", loaded, json!([])).await;
        let count = "return Number($('selection-count').textContent.replace(/\\D/g, ''))";
        page.until_is("the count", count, json!([]), all.clone()).await;
        let drawn = "return all('message').length < arguments[0] && all('message').every((row) => row.hasAttribute('data-selected'))";
        assert_eq!(page.js(drawn, json!([all])).await, true);
        let event = "return [...document.querySelectorAll('.event')].some((row) => row.querySelector('.message__check'))";
        assert_eq!(page.js(event, json!([])).await, false);
        // More than the queue is for.
        page.click_on("selection-star").await;
        let words = "return $('toast')?.textContent.includes('Select at most 100 messages.')";
        page.until("the reason", words, json!([])).await;
        until_shown(&page, "selection").await;
        // Rows that are drawn later show that they are selected.
        page.js("document.querySelector('.messages__scroll').scrollTop = 1e9", json!([])).await;
        page.until("the end", "return all('message').length > 50 && all('message').every((row) => row.hasAttribute('data-selected'))", json!([])).await;
        page.press(Key::Escape).await;
        until_gone(&page, "selection").await;
    });
}

#[test]
fn no_problem_for_assistive_technology_while_selecting() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let (page, _) = page_with(&world, &["One", "Two", "Three"]).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        select(&page, "Two").await;
        auditor.audit("selected messages").await;
        page.keys(" ").await;
        auditor.audit("none selected").await;
        page.keys(" ").await;
        phone(&page).await;
        auditor.audit("selected messages on a phone").await;
        auditor.report();
    });
}
