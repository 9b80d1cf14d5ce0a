//! What lies on top of the page: Back and Escape close the topmost layer, and only that; the focus
//! returns at once; the history keeps no entries of closed layers.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, World, run, until_gone, until_shown};

/// How a person leaves what is on top.
#[derive(Clone, Copy, Debug)]
enum Way {
    Back,
    Escape,
}

async fn leave(page: &Browser, way: Way) {
    match way {
        Way::Back => drop(page.js("history.back()", json!([])).await),
        Way::Escape => page.press(Key::Escape).await,
    }
}

/// Waits until the history has as many entries for layers as this.
async fn until_entries(page: &Browser, count: i64) {
    let there = "return (history.state?.layers?.length ?? 0) === arguments[0]";
    page.until(&format!("{count} entries"), there, json!([count])).await;
}

async fn address(page: &Browser) -> Value {
    page.js("return location.hash", json!([])).await
}

/// Opens the menu of the newest message by keyboard.
async fn open_message_menu(page: &Browser) {
    let focused = "const bubble = part('bubble', all('message').at(-1)); bubble.focus(); return document.activeElement === bubble";
    page.until("the focus on a message", focused, json!([])).await;
    page.press(Key::Enter).await;
    until_shown(page, "message-menu").await;
}

#[test]
fn back_and_escape_close_the_topmost_layer_and_only_that() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let chat = address(&page).await;
        for way in [Way::Back, Way::Escape] {
            page.click_on("menu").await;
            until_shown(&page, "sign-out").await;
            leave(&page, way).await;
            until_gone(&page, "sign-out").await;

            open_message_menu(&page).await;
            leave(&page, way).await;
            until_gone(&page, "message-menu").await;

            page.click_on("chat-menu").await;
            page.click_on("chat-menu-mute").await;
            until_shown(&page, "chat-menu-mute-8h").await;
            until_entries(&page, 2).await;
            leave(&page, way).await;
            until_shown(&page, "chat-menu-delete").await;
            page.click_on("chat-menu-delete").await;
            until_shown(&page, "confirm").await;
            leave(&page, way).await;
            until_gone(&page, "confirm").await;
            page.until_focus("chat-menu").await;

            page.click_on("emoji").await;
            page.click_on("emoji-tone").await;
            until_entries(&page, 2).await;
            leave(&page, way).await;
            page.until(
                "no tones",
                "return document.querySelector('.emoji-picker__tones').hidden",
                json!([]),
            )
            .await;
            until_shown(&page, "emoji-picker").await;
            leave(&page, way).await;
            until_gone(&page, "emoji-picker").await;

            page.open_settings().await;
            page.click_on("change-password").await;
            until_shown(&page, "password-dialog").await;
            leave(&page, way).await;
            until_gone(&page, "password-dialog").await;
            until_shown(&page, "settings-panel").await;
            page.until_focus("change-password").await;
            leave(&page, way).await;
            until_gone(&page, "settings-panel").await;

            until_entries(&page, 0).await;
            assert_eq!(address(&page).await, chat, "{way:?}");
            until_shown(&page, "composer").await;
        }
    });
}

#[test]
fn closed_layers_leave_nothing_in_the_history() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let chat = address(&page).await;
        for _ in 0..3 {
            page.click_on("chat-menu").await;
            page.click_on("chat-menu-delete").await;
            page.click_on("confirm-no").await;
            until_gone(&page, "confirm").await;
        }
        until_entries(&page, 0).await;

        // Forward leads to no closed layer.
        page.click_on("emoji").await;
        until_entries(&page, 1).await;
        page.press(Key::Escape).await;
        until_entries(&page, 0).await;
        let settled = "history.forward(); await new Promise((done) => addEventListener('popstate', done, { once: true }))";
        page.js_async(settled, json!([])).await;
        until_entries(&page, 0).await;
        assert_eq!(page.js("return shown($('emoji-picker'))", json!([])).await, false);

        // Neither does a reload, after which the layer is gone.
        page.click_on("emoji").await;
        until_entries(&page, 1).await;
        page.reload().await;
        page.until_ready().await;
        until_entries(&page, 0).await;
        assert_eq!(address(&page).await, chat);

        // One step back leads to where the chat was opened.
        page.js("history.back()", json!([])).await;
        page.until("no chat", "return location.hash === '' || location.hash === '#/'", json!([]))
            .await;
    });
}

#[test]
fn a_link_in_a_menu_takes_the_place_of_the_menu() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let chat = address(&page).await;
        page.click_on("menu").await;
        page.click("notes", "return part('notes')", json!([])).await;
        let notes = "return location.hash.startsWith('#/people/') && !$('composer').disabled";
        page.until("the notes", notes, json!([])).await;
        until_entries(&page, 0).await;
        page.js("history.back()", json!([])).await;
        page.until("the chat", "return location.hash === arguments[0]", json!([chat])).await;
    });
}

#[test]
fn settings_stay_open_over_a_reload() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.open_settings().await;
        page.reload().await;
        page.until_ready().await;
        until_shown(&page, "settings-panel").await;
        page.js("history.back()", json!([])).await;
        until_gone(&page, "settings-panel").await;
        until_entries(&page, 0).await;
        until_shown(&page, "composer").await;
    });
}

#[test]
fn a_dialog_returns_the_focus_at_once_and_never_later() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.send("Mine").await;
        page.until_state("Mine", "sent").await;
        open_message_menu(&page).await;
        page.click_on("message-info").await;
        until_shown(&page, "info-close").await;
        let at_once =
            "const closed = new Promise((done) => $('info').addEventListener('close', done))
            $('info-close').click()
            const first = document.activeElement === document.querySelector('.messages__rows > :last-child .message__bubble')
            $('composer').focus()
            await closed
            await new Promise((done) => setTimeout(done))
            return [first, document.activeElement === $('composer')]";
        assert_eq!(page.js_async(at_once, json!([])).await, json!([true, true]));
        // Enter sends and does not open the dialog again.
        page.keys("Next").await;
        page.press(Key::Enter).await;
        page.until_state("Next", "sent").await;
        assert_eq!(
            page.js("return document.querySelector('dialog')", json!([])).await,
            Value::Null
        );
    });
}

#[test]
fn the_archive_is_left_in_one_step_beside_an_open_chat() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.click_on("chat-menu").await;
        page.click_on("chat-menu-archive").await;
        for _ in 0..2 {
            page.click_on("archived-row").await;
            until_shown(&page, "leave-archive").await;
            page.click_on("leave-archive").await;
            until_gone(&page, "leave-archive").await;
            until_shown(&page, "archived-row").await;
            assert_eq!(page.js("return !$('composer').disabled", json!([])).await, true);
        }
        page.click_on("archived-row").await;
        until_shown(&page, "leave-archive").await;
        page.pick("bob").await;
        page.click_on("leave-archive").await;
        until_gone(&page, "leave-archive").await;
        assert_eq!(page.js("return !$('composer').disabled", json!([])).await, true);
    });
}
