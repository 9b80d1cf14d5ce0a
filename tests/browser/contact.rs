//! The panel beside a chat: who it is with, and what can be done with the chat.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, World, eventually, run};

/// The first message below the upper edge of the view, and its distance from that edge.
const FIRST: &str = "
    const edge = document.querySelector('.messages__scroll').getBoundingClientRect().top
    const row = all('message').find((row) => row.getBoundingClientRect().top >= edge)
    return [row.dataset.seq, Math.round(row.getBoundingClientRect().top - edge)]";
const OPEN: &str =
    "return shown($('contact-info')) && document.activeElement === $('contact-info-close')";
const CLOSED: &str =
    "return !$('contact-info') && document.querySelector('.messages__scroll').clientWidth > 0";

async fn open(page: &Browser) {
    page.click_on("contact").await;
    page.until("the panel", OPEN, json!([])).await;
    page.until_calm().await;
}

async fn box_of(page: &Browser, selector: &str) -> [i64; 4] {
    let script = "const { left, top, width, height } = document.querySelector(arguments[0]).getBoundingClientRect()
        return [left, top, width, height].map(Math.round)";
    serde_json::from_value(page.js(script, json!([selector])).await).unwrap()
}

#[test]
fn opening_and_closing_the_panel_keeps_the_reader_in_their_place() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "The first one").await;
        world.server.lengthen(ack["chat_id"].as_i64().unwrap(), [&alice, &bob], 120).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until("messages", "return all('message').length > 30", json!([])).await;
        let at_end = "const box = document.querySelector('.messages__scroll'); return box.scrollHeight - box.clientHeight - box.scrollTop < 2";
        page.until("the end", at_end, json!([])).await;
        open(&page).await;
        page.until("the end, beside the panel", at_end, json!([])).await;
        page.press(Key::Escape).await;
        page.until("no panel", CLOSED, json!([])).await;
        page.until_calm().await;
        page.until("the end, alone", at_end, json!([])).await;

        let back = "document.querySelector('.messages__scroll').scrollTop -= 900
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
        page.js_async(back, json!([])).await;
        page.until_calm().await;
        let before = page.js(FIRST, json!([])).await;
        let width = box_of(&page, ".messages__scroll").await[2];
        open(&page).await;
        assert!(box_of(&page, ".messages__scroll").await[2] < width, "the panel takes its room");
        assert_eq!(page.js(FIRST, json!([])).await, before, "opening moves nothing");
        page.click_on("contact-info-close").await;
        page.until("no panel", CLOSED, json!([])).await;
        page.until_calm().await;
        assert_eq!(page.js(FIRST, json!([])).await, before, "closing moves nothing");
    });
}

#[test]
fn the_panel_is_a_column_on_wide_windows_lies_over_the_chat_on_smaller_ones_and_fills_a_phone() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.resize(1280, 800).await;
        open(&page).await;
        let chat = box_of(&page, ".pane").await;
        assert_eq!(box_of(&page, ".panel").await, [920, 0, 360, 800]);
        assert_eq!(chat[0] + chat[2], 920, "the chat ends where the panel begins");
        page.resize(900, 800).await;
        page.until_calm().await;
        let chat = box_of(&page, ".pane").await;
        assert_eq!(box_of(&page, ".panel").await, [540, 0, 360, 800]);
        assert_eq!(chat[0] + chat[2], 900, "the chat goes on below the panel");
        page.resize(375, 700).await;
        page.until_calm().await;
        assert_eq!(box_of(&page, ".panel").await, [0, 0, 375, 700]);
        let hidden =
            "return ['.side', '.pane'].every((name) => !shown(document.querySelector(name)))";
        assert_eq!(page.js(hidden, json!([])).await, true, "nothing below can be reached");
        page.click_on("contact-info-close").await;
        page.until("the chat", "return shown($('composer'))", json!([])).await;
    });
}

#[test]
fn the_panel_shows_the_print_and_mutes_pins_archives_and_deletes() {
    run(|world: World| async move {
        let (page, [alice, _]) = world.page_beside_bob("Hello").await;
        open(&page).await;
        let look = "const cloth = document.querySelector('.panel .cloth'), picture = $('contact-avatar').getBoundingClientRect()
            return [cloth.getBoundingClientRect().width, cloth.querySelectorAll('pattern path').length > 20, cloth.getAttribute('aria-hidden'),
                picture.width, shown($('contact-avatar').querySelector('.print'))]";
        let wanted = json!([359, true, "true", 88, true]);
        page.until_is("cloth and print", look, json!([]), wanted).await;
        page.click_on("contact-username").await;
        page.until(
            "a word about it",
            "return $('toast')?.textContent.includes('Copied')",
            json!([]),
        )
        .await;

        let preferences = async || {
            let (_, lists) = world.server.get("/api/chats", &alice.token).await;
            lists["chats"][0]["preferences"].clone()
        };
        page.click_on("contact-mute").await;
        page.click_on("contact-mute-always").await;
        eventually("muted", async || preferences().await["muted_until"].is_i64()).await;
        let unmute = "return $('contact-mute').textContent === 'Unmute' && document.activeElement === $('contact-mute')";
        page.until("the way back, focused", unmute, json!([])).await;
        page.click_on("contact-mute").await;
        eventually("heard", async || preferences().await["muted_until"].is_null()).await;
        page.click_on("contact-pin").await;
        eventually("pinned", async || preferences().await["pinned_at"].is_i64()).await;
        page.click_on("contact-archive").await;
        eventually("archived", async || preferences().await["archived"] == true).await;
        let no_pin =
            "return !shown($('contact-pin')) && $('contact-archive').textContent === 'Unarchive'";
        page.until("no pin in the archive", no_pin, json!([])).await;
        page.click_on("contact-delete").await;
        page.click_on("confirm-yes").await;
        page.until(
            "the list",
            "return !$('contact-info') && !rowOf('bob')?.matches('[data-test=chat-row]')",
            json!([]),
        )
        .await;
    });
}

#[test]
fn escape_closes_the_panel_before_the_chat_and_another_chat_closes_it() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        world.server.users(["carol"]).await;
        open(&page).await;
        page.click_on("composer").await;
        page.press(Key::Escape).await;
        page.until("no panel", CLOSED, json!([])).await;
        let there = "return $('chat-title').textContent === 'bob' && document.activeElement === $('composer')";
        page.until("the chat, and the focus in it", there, json!([])).await;
        open(&page).await;
        page.pick("carol").await;
        page.until("no panel beside another chat", CLOSED, json!([])).await;
    });
}

#[test]
fn the_notes_to_self_have_an_icon_everywhere_and_a_panel_without_a_person() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        page.click("the notes", "return rowOf('alice')", json!([])).await;
        page.until(
            "the notes",
            "return $('chat-title').textContent === 'Notes to self'",
            json!([]),
        )
        .await;
        open(&page).await;
        let shows: Value = page
            .js(
                "return [$('contact-name').textContent, Boolean($('contact-username')), $('contact-about').textContent,
                    [...document.querySelectorAll('.avatar')].filter((e) => shown(e) && !e.closest('own-menu'))
                        .map((e) => shown(e.querySelector('.icon')) && !e.querySelector('.print'))]",
                json!([]),
            )
            .await;
        let icons = shows[3].as_array().unwrap();
        assert_eq!((&shows[0], &shows[1]), (&json!("Notes to self"), &json!(false)));
        assert_eq!(shows[2], "Lists, links, things to remember. Only you see them.");
        assert!(icons.len() >= 4, "row, header, empty chat, panel: {icons:?}");
        assert!(icons.iter().all(|icon| icon == true), "{icons:?}");
    });
}
