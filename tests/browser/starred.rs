//! The panel of starred messages: of all chats and of one, live, far back, without a connection, on
//! a phone.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    flags::{path_of_last, press_star, until_star},
    kit::{Browser, User, World, eventually, phone, run, until_gone, until_installed, until_shown},
};

/// What the rows say, without the day.
const ROWS: &str = "return all('starred-message').filter(shown).map((row) => {
    const words = ['name', 'chat', 'text'].map((it) => row.querySelector(`.starred__${it}`))
    return words.filter(shown).map((it) => it.textContent).join(' | ')
})";

async fn until_rows(page: &Browser, rows: Value) {
    page.until_is("the starred messages", ROWS, json!([]), rows).await;
}

/// Opens the panel of all chats from the menu.
async fn open_panel(page: &Browser) {
    page.click_on("menu").await;
    page.click_on("starred").await;
    until_shown(page, "starred-panel").await;
}

async fn open_row(page: &Browser, text: &str) {
    let row = "return all('starred-message').find((row) => row.textContent.includes(arguments[0]))";
    page.click(text, row, json!([text])).await;
}

/// Waits until a message is on the screen, marked, and has the focus.
pub(super) async fn until_found(page: &Browser, text: &str) {
    let found =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        if (!row?.classList.contains('message--found')) return false
        const [{ top, bottom }, list] = [row, document.querySelector('.messages')].map((e) => e.getBoundingClientRect())
        return top >= list.top && bottom <= list.bottom && row.contains(document.activeElement)";
    page.until(&format!("“{text}”, found"), found, json!([text])).await;
}

/// Stars the last message of the chat of two users, on another device.
async fn star_last(user: &User, other: &User) {
    user.ask("PUT", &format!("{}/star", path_of_last(user, other).await), &Value::Null).await;
}

#[test]
fn the_panel_lists_all_chats_and_follows_other_devices() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        bob.connect().await.post_to(&alice, "From *Bob*").await;
        let group = alice.make_group("Family", &[&bob, &carol]).await;
        carol.connect().await.say(group, "From Carol").await;
        let page = world.browser_of(&alice).await;
        open_panel(&page).await;
        until_shown(&page, "starred-empty").await;
        page.press(Key::Escape).await;
        until_gone(&page, "starred-panel").await;
        page.until_focus("menu").await;

        page.pick("bob").await;
        page.send("To Bob").await;
        page.until_state("To Bob", "sent").await;
        press_star(&page, "From Bob").await;
        press_star(&page, "To Bob").await;
        page.open_group(group, "Family").await;
        page.until_received("From Carol").await;
        press_star(&page, "From Carol").await;
        let rows = ["You | bob | To Bob", "carol | Family | From Carol", "bob | From Bob"];
        let later = world.browser_of(&alice).await;
        for page in [&page, &later] {
            open_panel(page).await;
            until_rows(page, json!(rows)).await;
            until_gone(page, "starred-empty").await;
        }
        // Of a chat that is not open there.
        bob.connect().await.post_to(&alice, "Another one").await;
        star_last(&alice, &bob).await;
        for page in [&page, &later] {
            until_rows(page, json!(["bob | Another one", rows[0], rows[1], rows[2]])).await;
        }
        let unstar = format!("{}/star", path_of_last(&alice, &bob).await);
        alice.ask("DELETE", &unstar, &Value::Null).await;
        for page in [&page, &later] {
            until_rows(page, json!(rows)).await;
        }
        // A message that is deleted goes from the list.
        let path = path_of_last(&bob, &alice).await;
        star_last(&alice, &bob).await;
        until_rows(&later, json!(["bob | Another one", rows[0], rows[1], rows[2]])).await;
        bob.ask("DELETE", &path, &Value::Null).await;
        for page in [&page, &later] {
            until_rows(page, json!(rows)).await;
        }
    });
}

#[test]
fn a_star_is_removed_from_the_panel_and_can_be_brought_back() {
    run(|world: World| async move {
        let (page, [_alice, _bob]) = world.page_beside_bob("Hello").await;
        page.send("Mine").await;
        page.until_state("Mine", "sent").await;
        for text in ["Hello", "Mine"] {
            press_star(&page, text).await;
            until_star(&page, text, "Starred").await;
        }
        open_panel(&page).await;
        until_rows(&page, json!(["You | bob | Mine", "bob | Hello"])).await;
        page.click("the first star", "return $('remove-star')", json!([])).await;
        until_rows(&page, json!(["bob | Hello"])).await;
        page.until_focus("remove-star").await;
        until_star(&page, "Mine", "").await;
        page.click_on("toast-action").await;
        until_rows(&page, json!(["You | bob | Mine", "bob | Hello"])).await;
        until_star(&page, "Mine", "Starred").await;
        for _ in 0..2 {
            page.click("a star", "return $('remove-star')", json!([])).await;
        }
        until_shown(&page, "starred-empty").await;
        page.until_focus("starred-panel-close").await;
    });
}

#[test]
fn a_press_leads_to_a_message_far_back_in_another_chat() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        bob.connect().await.post_to(&alice, "Where is the key?").await;
        star_last(&alice, &bob).await;
        carol.connect().await.post_to(&alice, "Hello").await;
        let chat = alice.chat_with(&bob).await["id"].as_i64().unwrap();
        world.server.lengthen(chat, [&alice, &bob], 2_000).await;
        let page = world.browser_of(&alice).await;
        page.pick("carol").await;
        open_panel(&page).await;
        open_row(&page, "Where is the key?").await;
        until_found(&page, "Where is the key?").await;
        until_gone(&page, "starred-panel").await;
        assert_eq!(page.js("return $('chat-title').textContent", json!([])).await, "bob");
        // Back leads to the chat before, not to the panel.
        page.js("history.back()", json!([])).await;
        let before = "return $('chat-title').textContent";
        page.until_is("the chat before", before, json!([]), json!("carol")).await;
        assert_eq!(page.js("return shown($('starred-panel'))", json!([])).await, false);
    });
}

#[test]
fn the_panels_of_a_chat_and_of_a_group_lead_to_their_own_stars() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "From Bob").await;
        star_last(&alice, &bob).await;
        let group = alice.make_group("Family", &[&bob]).await;
        let said = bob.connect().await.say(group, "In the group").await;
        let path = format!("/api/chats/{group}/messages/{}/star", said["message_id"]);
        alice.ask("PUT", &path, &Value::Null).await;
        let page = world.browser_of(&alice).await;
        for (name, row) in [("bob", "bob | From Bob"), ("Family", "bob | In the group")] {
            page.pick(name).await;
            page.click_on("contact").await;
            until_shown(&page, "contact-info").await;
            page.click_on("contact-starred").await;
            until_rows(&page, json!([row])).await;
            // Beside the chat the panel stays open.
            open_row(&page, row.split(" | ").nth(1).unwrap()).await;
            until_found(&page, row.split(" | ").nth(1).unwrap()).await;
            until_shown(&page, "starred-panel").await;
            page.js("$('starred-panel-close').focus()", json!([])).await;
            page.press(Key::Escape).await;
            until_gone(&page, "starred-panel").await;
            page.until_focus("contact-starred").await;
            page.press(Key::Escape).await;
            until_gone(&page, "contact-info").await;
        }
    });
}

#[test]
fn on_a_phone_the_panel_is_a_screen_and_back_leaves_it() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        star_last(&alice, &bob).await;
        until_star(&page, "Hello", "Starred").await;
        phone(&page).await;
        page.close_chat().await;
        open_panel(&page).await;
        until_rows(&page, json!(["bob | Hello"])).await;
        let whole =
            "const { left, top, right, bottom } = $('starred-panel').getBoundingClientRect()
            return left === 0 && top === 0 && right === innerWidth && bottom === innerHeight";
        page.until("a whole screen", whole, json!([])).await;
        page.js("history.back()", json!([])).await;
        until_gone(&page, "starred-panel").await;
        page.until_focus("menu").await;
        open_panel(&page).await;
        open_row(&page, "Hello").await;
        until_found(&page, "Hello").await;
        until_gone(&page, "starred-panel").await;
        page.js("history.back()", json!([])).await;
        let list = "return document.querySelector('.shell').dataset.screen === 'list'";
        page.until("the list", list, json!([])).await;
    });
}

#[test]
fn without_a_connection_the_panel_shows_what_is_known_here() {
    run(|world: World| async move {
        let (page, _users) = world.page_beside_bob("Hello").await;
        press_star(&page, "Hello").await;
        until_star(&page, "Hello", "Starred").await;
        let copied = "const { state } = await theStore()
            return state.flagging.length === 0 && navigator.serviceWorker.controller !== null";
        eventually("an answer", async || page.js_async(copied, json!([])).await == true).await;
        until_installed(&page).await;
        let stored = "const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))
            const db = await asked(indexedDB.open('chaap.user.alice'))
            const cache = await asked(db.transaction('cache').objectStore('cache').getAll())
            db.close()
            return cache.some(({ flags = {} }) => Object.values(flags).some(({ starred_at }) => starred_at))";
        eventually("the copy", async || page.js_async(stored, json!([])).await == true).await;
        world.server.stop().await;
        page.driver.refresh().await.unwrap();
        until_star(&page, "Hello", "Starred").await;
        open_panel(&page).await;
        until_rows(&page, json!(["bob | Hello"])).await;
        page.click("the star", "return $('remove-star')", json!([])).await;
        until_shown(&page, "starred-empty").await;
        world.server.start_again().await;
        page.until_connection("online").await;
        let empty = "return theStore().then(({ state }) => state.flagging.length)";
        page.until_is("an empty queue", empty, json!([]), json!(0)).await;
        until_shown(&page, "starred-empty").await;
    });
}

#[test]
fn a_long_list_is_loaded_page_by_page_as_it_is_scrolled() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let chat = alice.chat_with(&bob).await["id"].as_i64().unwrap();
        world.server.lengthen(chat, [&alice, &bob], 120).await;
        let path = format!("/api/chats/{chat}/messages?limit=200");
        let (_, history) = world.server.get(&path, &alice.token).await;
        for message in history["messages"].as_array().unwrap() {
            let star = format!("/api/chats/{chat}/messages/{}/star", message["id"]);
            alice.ask("PUT", &star, &Value::Null).await;
        }
        let page = world.browser_of(&alice).await;
        page.js("window.asked = []; const send = fetch
            window.fetch = (path, ...more) => (/starred/.test(path) && window.asked.push(path), send(path, ...more))",
            json!([])).await;
        page.resize(1280, 700).await;
        open_panel(&page).await;
        let count = "return all('starred-message').length";
        page.until("rows", count, json!([])).await;
        page.until_calm().await;
        assert!(page.js(count, json!([])).await.as_i64().unwrap() < 121);
        assert_eq!(page.js("return window.asked.length", json!([])).await, 1, "one page at first");
        let end = "const body = document.querySelector('.panel__body')
            body.scrollTop = body.scrollHeight
            return all('starred-message').length";
        page.until_is("all of them", end, json!([]), json!(121)).await;
        assert_eq!(page.js("return window.asked.length", json!([])).await, 3);
    });
}

#[test]
fn axe_finds_nothing_in_the_panel_and_large_text_has_room() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut auditor = Auditor::new(page.clone(), axe);
        open_panel(&page).await;
        until_shown(&page, "starred-empty").await;
        auditor.audit("empty").await;
        star_last(&alice, &bob).await;
        until_rows(&page, json!(["bob | Hello"])).await;
        auditor.audit("a row").await;
        phone(&page).await;
        auditor.audit("a row, phone").await;
        auditor.report();
        let sizes = json!({ "fontSizes": { "standard": 32, "fixed": 26 } });
        page.devtools("Page.setFontSizes", sizes).await;
        let arrived = "return getComputedStyle(document.documentElement).fontSize === '32px'";
        page.until("larger text", arrived, json!([])).await;
        let cut = "return [...document.querySelectorAll('.starred__open, .starred__head, .starred__text')].filter((e) =>
            e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth).length";
        for width in [1280, 375] {
            page.resize(width, 812).await;
            page.until_calm().await;
            assert_eq!(page.js(cut, json!([])).await, 0, "{width} wide");
        }
    });
}

#[test]
fn right_to_left_the_rows_are_mirrored() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        star_last(&alice, &bob).await;
        page.js("localStorage['chaap.settings'] = '{\"language\":\"ar\"}'", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        open_panel(&page).await;
        until_rows(&page, json!(["bob | Hello"])).await;
        let mirrored =
            "const [row, avatar, star] = ['.starred__row', '.starred__avatar', '.starred__remove']
                .map((it) => document.querySelector(it).getBoundingClientRect())
            return row.right - avatar.right < 20 && star.left - row.left < 20";
        assert_eq!(page.js(mirrored, json!([])).await, true);
    });
}
