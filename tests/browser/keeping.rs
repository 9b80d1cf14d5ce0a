//! Preferences of chats: pinned, archived, muted, marked as unread, deleted, drafts.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, User, World, run};

/// Opens the menu of a chat with a right click, and chooses one item after the other.
async fn choose(page: &Browser, name: &str, items: &[&str]) {
    let ask = "const { x, y } = rowOf(arguments[0]).getBoundingClientRect()
        rowOf(arguments[0]).dispatchEvent(new MouseEvent('contextmenu',
            { bubbles: true, cancelable: true, clientX: x + 40, clientY: y + 20 }))";
    page.until(name, "return rowOf(arguments[0]) !== undefined", json!([name])).await;
    page.js(ask, json!([name])).await;
    for item in items {
        page.click_on(&format!("chat-menu-{item}")).await;
    }
}

/// Waits until exactly these chats are listed, from top to bottom.
async fn until_chats(page: &Browser, names: &[&str]) {
    let listed = "return all('chat-row').map((row) => row.dataset.name).join() === arguments[0]";
    page.until(&format!("the chats {names:?}"), listed, json!([names.join(",")])).await;
}

async fn until_title(page: &Browser, title: &str) {
    page.until(title, "return document.title === arguments[0]", json!([title])).await;
}

/// Alice with a message from each of the others, in this order.
async fn with_chats(world: &World) -> [User; 3] {
    let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
    bob.connect().await.post_to(&alice, "From Bob").await;
    carol.connect().await.post_to(&alice, "From Carol").await;
    [alice, bob, carol]
}

#[test]
fn a_pinned_chat_is_at_the_top_on_every_device() {
    run(|world: World| async move {
        let [alice, bob, carol] = with_chats(&world).await;
        let (laptop, phone) = (world.browser_of(&alice).await, world.browser_of(&alice).await);
        until_chats(&laptop, &["carol", "bob"]).await;
        choose(&laptop, "bob", &["pin"]).await;
        until_chats(&laptop, &["bob", "carol"]).await;
        until_chats(&phone, &["bob", "carol"]).await;
        carol.connect().await.post_to(&alice, "Again").await;
        phone.until_badge("carol", "2").await;
        until_chats(&phone, &["bob", "carol"]).await;
        choose(&phone, "bob", &["unpin"]).await;
        until_chats(&laptop, &["carol", "bob"]).await;
        assert_eq!(bob.history_with(&alice).await, ["From Bob"]);
    });
}

#[test]
fn an_unsaved_change_is_still_unsaved_after_a_change_of_language() {
    run(|world: World| async move {
        let [alice, ..] = with_chats(&world).await;
        let (laptop, phone) = (world.browser_of(&alice).await, world.browser_of(&alice).await);
        // The page in another language may send the change once more, before or after the release.
        let slow = "const real = window.fetch
            const released = new Promise((done) => (window.release = done))
            window.fetch = async (path, options) => {
              if (path.includes('/preferences')) await released
              return real(path, options)
            }";
        laptop.js(slow, json!([])).await;
        choose(&laptop, "bob", &["pin"]).await;
        until_chats(&laptop, &["bob", "carol"]).await;
        let german = "window.earlier = document.querySelector('chat-list')
            document.documentElement.lang = 'de'";
        laptop.js(german, json!([])).await;
        let anew = "const list = document.querySelector('chat-list'); return list && list !== window.earlier";
        laptop.until("the page in another language", anew, json!([])).await;
        laptop.js("window.release()", json!([])).await;
        until_chats(&phone, &["bob", "carol"]).await;
        choose(&phone, "bob", &["unpin"]).await;
        until_chats(&phone, &["carol", "bob"]).await;
        until_chats(&laptop, &["carol", "bob"]).await;
    });
}

#[test]
fn an_archived_chat_stays_archived_when_messages_arrive() {
    run(|world: World| async move {
        let [alice, bob, _] = with_chats(&world).await;
        let page = world.browser_of(&alice).await;
        until_title(&page, "(2) Chaap").await;
        choose(&page, "bob", &["archive"]).await;
        until_chats(&page, &["carol"]).await;
        until_title(&page, "(1) Chaap").await;
        bob.connect().await.post_to(&alice, "Are you there?").await;
        let quiet = "return part('archiveBadge').textContent === '2'";
        page.until("the archive's badge", quiet, json!([])).await;
        until_chats(&page, &["carol"]).await;

        page.click_on("archived-row").await;
        until_chats(&page, &["bob"]).await;
        page.pick("bob").await;
        until_chats(&page, &["bob"]).await;
        page.click_on("leave-archive").await;
        until_chats(&page, &["carol"]).await;
        let open = "return $('chat-title').textContent === 'bob'";
        page.until("Bob's chat beside the list", open, json!([])).await;
        page.click_on("chat-menu").await;
        page.click_on("chat-menu-unarchive").await;
        until_chats(&page, &["bob", "carol"]).await;
    });
}

#[test]
fn a_muted_chat_does_not_count_and_a_marked_one_stays_until_opened() {
    run(|world: World| async move {
        let [alice, ..] = with_chats(&world).await;
        let (laptop, phone) = (world.browser_of(&alice).await, world.browser_of(&alice).await);
        choose(&laptop, "bob", &["mute", "mute-8h"]).await;
        until_title(&laptop, "(1) Chaap").await;
        until_title(&phone, "(1) Chaap").await;
        let grey = "const badge = part('badge', rowOf('bob'))
            return badge.classList.contains('badge--quiet') && badge.textContent === '1'";
        phone.until("a grey badge", grey, json!([])).await;

        laptop.pick("carol").await;
        phone.until_badge("carol", "").await;
        choose(&phone, "carol", &["unread"]).await;
        let dot = "return shown(part('badge', rowOf('carol')))";
        laptop.until("the mark", dot, json!([])).await;
        phone.pick("carol").await;
        let gone = "return !shown(part('badge', rowOf('carol')))";
        laptop.until("no mark", gone, json!([])).await;
    });
}

#[test]
fn a_chat_deleted_for_oneself_stays_for_the_other_and_returns_with_a_message() {
    run(|world: World| async move {
        let [alice, bob, _] = with_chats(&world).await;
        let (laptop, phone) = (world.browser_of(&alice).await, world.browser_of(&alice).await);
        laptop.pick("bob").await;
        laptop.until_received("From Bob").await;
        laptop.click_on("chat-menu").await;
        laptop.click_on("chat-menu-delete").await;
        let said = "return $('confirm').textContent.includes('bob keeps a copy')";
        laptop.until("who keeps what", said, json!([])).await;
        laptop.press(Key::Escape).await;
        laptop.until("no question", "return !$('confirm')", json!([])).await;
        laptop.click_on("chat-menu").await;
        laptop.click_on("chat-menu-delete").await;
        laptop.click_on("confirm-yes").await;
        until_chats(&laptop, &["carol"]).await;
        until_chats(&phone, &["carol"]).await;
        let person = "return all('person-row').some((row) => row.dataset.name === 'bob')";
        phone.until("Bob among the people", person, json!([])).await;
        assert_eq!(bob.history_with(&alice).await, ["From Bob"]);

        bob.connect().await.post_to(&alice, "Back again").await;
        until_chats(&phone, &["bob", "carol"]).await;
        phone.pick("bob").await;
        phone.until_received("Back again").await;
        assert_eq!(phone.texts().await, ["Back again"]);
        phone.reload().await;
        phone.until_ready().await;
        phone.until_received("Back again").await;
        assert_eq!(phone.texts().await, ["Back again"]);
    });
}

#[test]
fn a_draft_continues_on_the_other_device() {
    run(|world: World| async move {
        let [alice, ..] = with_chats(&world).await;
        let (laptop, phone) = (world.browser_of(&alice).await, world.browser_of(&alice).await);
        laptop.pick("bob").await;
        laptop.write("Half a thought").await;
        let preview = "return part('label', rowOf('bob')).textContent === 'Draft: ' && part('preview', rowOf('bob')).textContent === 'Half a thought'";
        phone.until("the draft in the list", preview, json!([])).await;
        phone.pick("bob").await;
        let filled = "return $('composer').value === arguments[0]";
        phone.until("the draft", filled, json!(["Half a thought"])).await;
        // Typing on the other device does not change the text being typed here.
        phone.write(", finished").await;
        laptop.js("$('composer').blur()", json!([])).await;
        laptop.until("the rest", filled, json!(["Half a thought, finished"])).await;
        phone.click_on("composer").await;
        phone.press(Key::Enter).await;
        phone.until_state("Half a thought, finished", "sent").await;
        laptop.until("an empty composer", filled, json!([""])).await;
    });
}

#[test]
fn the_menu_and_the_filter_chips_work_by_keyboard() {
    run(|world: World| async move {
        let [alice, ..] = with_chats(&world).await;
        let page = world.browser_of(&alice).await;
        until_chats(&page, &["carol", "bob"]).await;
        let on = "return document.activeElement.dataset.test === arguments[0]";
        let on_row = "return document.activeElement.dataset.name === arguments[0]";
        page.click_on("filter").await;
        page.press(Key::Down).await;
        page.until("Carol's row", on_row, json!(["carol"])).await;
        page.press_with(Key::Shift, Key::F10).await;
        page.until("the first item", on, json!(["chat-menu-pin"])).await;
        page.press(Key::Up).await;
        page.until("the last item", on, json!(["chat-menu-delete"])).await;
        page.press(Key::Home).await;
        page.press(Key::Down).await;
        page.press(Key::Down).await;
        page.press(Key::Right).await;
        page.until("the part about muting", on, json!(["chat-menu-mute-8h"])).await;
        page.press(Key::Escape).await;
        page.until("back", on, json!(["chat-menu-mute"])).await;
        page.press(Key::Escape).await;
        page.until("Carol's row after Escape", on_row, json!(["carol"])).await;

        // The row disappears, but the focus stays in the list.
        page.press_with(Key::Shift, Key::F10).await;
        page.until("the menu again", on, json!(["chat-menu-pin"])).await;
        page.press(Key::Down).await;
        page.press(Key::Enter).await;
        until_chats(&page, &["bob"]).await;
        page.until("Bob's row", on_row, json!(["bob"])).await;

        page.pick("bob").await;
        page.until_badge("bob", "").await;
        page.press(Key::Escape).await;
        page.js("$('chip-unread').focus()", json!([])).await;
        page.press(Key::Enter).await;
        let nothing = "return part('empty', document.querySelector('chat-list')).textContent === 'No unread chats.'";
        page.until("words for nothing", nothing, json!([])).await;
        let pressed = "return $('chip-unread').getAttribute('aria-pressed') === 'true'";
        assert_eq!(page.js(pressed, json!([])).await, true);
    });
}

#[test]
fn a_search_also_finds_chats_hidden_by_the_unread_filter() {
    run(|world: World| async move {
        let [alice, ..] = with_chats(&world).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_badge("bob", "").await;
        page.close_chat().await;
        page.click_on("chip-unread").await;
        until_chats(&page, &["carol"]).await;
        page.click_on("filter").await;
        page.keys("bo").await;
        until_chats(&page, &["bob"]).await;
        // A filter chosen during a search applies to the results.
        page.click_on("chip-unread").await;
        until_chats(&page, &[]).await;
    });
}
