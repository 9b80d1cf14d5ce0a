//! Pinned messages: the bar above the messages on all devices, without a connection, in time, and
//! who may pin. Links to messages are in `message_links.rs`.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    flags::{open_menu, three_pages},
    kit::{Browser, User, World, phone, run, until_gone, until_installed, until_kept, until_shown},
    starred::until_found,
};

/// What the bar shows: a name, the words, and which of how many; empty without a bar.
const BAR: &str = "if (!shown($('pinned'))) return ''
    const [name, text, place] = ['pinned__name', 'pinned__text', 'visually-hidden:last-child']
        .map((it) => $('pinned-open').querySelector(`.${it}`).textContent.trim())
    const strokes = [...document.querySelectorAll('.pinned__stroke')].reverse()
    const at = strokes.findIndex((it) => 'on' in it.dataset) + 1
    const drawn = strokes.length > 1 ? `${at} of ${strokes.length}` : ''
    return [name, text, place].filter(Boolean).join(' | ') + (place === drawn ? '' : ` but drawn ${drawn}`)";

async fn until_bar(page: &Browser, bar: &str) {
    page.until_is("the bar", BAR, json!([]), json!(bar)).await;
}

/// Pins a message as a person does, for as long as is proposed.
async fn pin(page: &Browser, text: &str) {
    open_menu(page, text).await;
    page.click_on("pin-message").await;
    until_shown(page, "pin-dialog").await;
    page.click_on("pin-yes").await;
    until_gone(page, "pin-dialog").await;
}

async fn unpin(page: &Browser, text: &str) {
    open_menu(page, text).await;
    page.click_on("pin-message").await;
    until_gone(page, "message-menu").await;
}

/// Waits until nothing but receipts waits to be sent.
async fn until_sent(page: &Browser) {
    let empty = "return theStore().then(({ state }) => state.queue.filter(({ kind }) => kind !== 'receipt').length)";
    page.until_is("an empty queue", empty, json!([]), json!(0)).await;
}

/// The path of the message with this text in the chat of two users.
pub(super) async fn path_of(user: &User, other: &User, text: &str) -> String {
    let chat = user.chat_with(other).await["id"].as_i64().unwrap();
    let page =
        user.ask("GET", &format!("/api/chats/{chat}/messages?limit=200"), &Value::Null).await;
    let mut rows = page["messages"].as_array().unwrap().iter();
    let row = rows.find(|row| row["content"] == text).unwrap();
    format!("/api/chats/{chat}/messages/{}", row["id"])
}

#[test]
fn a_pin_shows_for_everyone_and_a_fourth_takes_the_place_of_the_oldest() {
    run(|world: World| async move {
        let texts = ["One", "Two", "Three", "Four"];
        let (pages, _proxy, _users) = three_pages(&world, &texts).await;
        let [page, laptop, other] = &pages;
        let days = "return $('pin-168').checked && [...document.querySelectorAll('.pin-dialog__way')].map((it) => it.textContent)";
        open_menu(page, "One").await;
        page.click_on("pin-message").await;
        until_shown(page, "pin-dialog").await;
        let ways = page.js(days, json!([])).await;
        assert_eq!(ways, json!(["24 hours", "7 days", "30 days"]));
        page.until_focus("pin-168").await;
        page.press(Key::Escape).await;
        until_gone(page, "pin-dialog").await;
        until_bar(page, "").await;

        pin(page, "One").await;
        for page in [page, laptop] {
            until_bar(page, "bob | One").await;
        }
        until_bar(other, "You | One").await;
        pin(other, "Two").await;
        pin(page, "Three").await;
        for page in [page, laptop] {
            until_bar(page, "bob | Three | 1 of 3").await;
        }
        until_bar(other, "You | Three | 1 of 3").await;
        open_menu(laptop, "Four").await;
        laptop.click_on("pin-message").await;
        until_shown(laptop, "pin-oldest").await;
        laptop.click_on("pin-yes").await;
        let pinned = "return theStore().then(({ state }) => Object.values(state.pins).flatMap((rows) => Object.values(rows)).filter(({ until }) => until).length)";
        for page in &pages {
            page.until_is("three pins", pinned, json!([]), json!(3)).await;
            until_sent(page).await;
        }
        // The first one is unpinned now, and its menu offers to pin it.
        open_menu(page, "One").await;
        assert_eq!(page.js("return $('pin-message').textContent", json!([])).await, "Pin");
        page.press(Key::Escape).await;
        until_gone(page, "message-menu").await;
        unpin(page, "Four").await;
        unpin(other, "Three").await;
        for page in [page, laptop] {
            until_bar(page, "bob | Two").await;
        }
        until_bar(other, "You | Two").await;
        unpin(laptop, "Two").await;
        for page in &pages {
            until_bar(page, "").await;
        }
    });
}

#[test]
fn a_press_leads_to_the_message_and_shows_the_next_pin() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "Far back").await;
        let far = path_of(&alice, &bob, "Far back").await;
        world.server.lengthen(ack["chat_id"].as_i64().unwrap(), [&alice, &bob], 400).await;
        alice.connect().await.post_to(&bob, "The end").await;
        let near = path_of(&alice, &bob, "The end").await;
        alice.ask("PUT", &format!("{far}/pin"), &json!({ "hours": 24 })).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        // Its text is loaded for the bar.
        until_bar(&page, "bob | Far back").await;
        alice.ask("PUT", &format!("{near}/pin"), &json!({ "hours": 720 })).await;
        until_bar(&page, "You | The end | 1 of 2").await;
        page.click_on("pinned-open").await;
        until_found(&page, "The end").await;
        until_bar(&page, "bob | Far back | 2 of 2").await;
        page.click_on("pinned-open").await;
        until_found(&page, "Far back").await;
        until_bar(&page, "You | The end | 1 of 2").await;
        // By its menu, the bar stays as it is.
        page.click_on("pinned-menu").await;
        page.click_on("pinned-go").await;
        until_found(&page, "The end").await;
        until_bar(&page, "You | The end | 1 of 2").await;
        page.click_on("pinned-menu").await;
        page.click_on("unpin").await;
        until_bar(&page, "bob | Far back").await;
        page.until_focus("pinned-menu").await;
        page.press(Key::Enter).await;
        page.click_on("unpin").await;
        until_bar(&page, "").await;
    });
}

#[test]
fn pins_wait_for_the_connection_and_survive_a_reload() {
    run(|world: World| async move {
        let texts = ["One", "Two"];
        let ([page, laptop, other], _proxy, _users) = three_pages(&world, &texts).await;
        pin(&page, "One").await;
        for page in [&page, &laptop] {
            until_bar(page, "bob | One").await;
        }
        until_sent(&page).await;
        until_installed(&page).await;
        until_kept(&page, "\"until\"").await;
        until_kept(&page, "\"pins\":{\"").await;
        world.server.stop().await;
        page.until_connection("offline").await;
        pin(&page, "Two").await;
        until_bar(&page, "bob | Two | 1 of 2").await;
        unpin(&page, "One").await;
        until_bar(&page, "bob | Two").await;
        page.driver.refresh().await.unwrap();
        until_bar(&page, "bob | Two").await;
        until_bar(&laptop, "bob | One").await;
        world.server.start_again().await;
        until_bar(&laptop, "bob | Two").await;
        until_bar(&other, "You | Two").await;
        until_sent(&page).await;
        until_bar(&page, "bob | Two").await;
    });
}

#[test]
fn a_device_catches_up_with_pins_and_a_new_one_gets_them_with_the_list() {
    run(|world: World| async move {
        let texts = ["One", "Two"];
        let ([page, laptop, _other], proxy, [alice, bob]) = three_pages(&world, &texts).await;
        let [one, two] = [path_of(&alice, &bob, "One").await, path_of(&alice, &bob, "Two").await];
        alice.ask("PUT", &format!("{one}/pin"), &json!({ "hours": 24 })).await;
        until_bar(&laptop, "bob | One").await;
        proxy.close();
        laptop.until_connection("offline").await;
        bob.ask("DELETE", &format!("{one}/pin"), &Value::Null).await;
        bob.ask("PUT", &format!("{two}/pin"), &json!({ "hours": 24 })).await;
        until_bar(&page, "bob | Two").await;
        until_bar(&laptop, "bob | One").await;
        proxy.open();
        laptop.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        until_bar(&laptop, "bob | Two").await;
        let later = world.browser_of(&alice).await;
        later.pick("bob").await;
        until_bar(&later, "bob | Two").await;
    });
}

#[test]
fn a_pin_ends_in_time_and_with_its_message() {
    run(|world: World| async move {
        let texts = ["One", "Two", "Three"];
        let ([page, laptop, other], _proxy, [alice, bob]) = three_pages(&world, &texts).await;
        let paths = [
            path_of(&alice, &bob, "One").await,
            path_of(&alice, &bob, "Two").await,
            path_of(&alice, &bob, "Three").await,
        ];
        for (path, hours) in paths.iter().zip([720, 24, 168]) {
            alice.ask("PUT", &format!("{path}/pin"), &json!({ "hours": hours })).await;
        }
        until_bar(&page, "bob | Three | 1 of 3").await;
        // Its words may be edited.
        bob.ask("PATCH", &paths[2], &json!({ "content": "Third" })).await;
        until_bar(&page, "bob | Third | 1 of 3").await;
        bob.ask("DELETE", &paths[2], &Value::Null).await;
        for page in [&page, &laptop] {
            until_bar(page, "bob | Two | 1 of 2").await;
        }
        until_bar(&other, "You | Two | 1 of 2").await;
        // The device wakes up after a day; the page looks at the clock every 15 seconds.
        page.js("const now = Date.now; Date.now = () => now() + 86_400_000", json!([])).await;
        until_bar(&page, "bob | One").await;
        until_bar(&laptop, "bob | Two | 1 of 2").await;
        // Deleted for oneself, it leaves the own devices only.
        alice.ask("PUT", &format!("{}/hidden", paths[1]), &Value::Null).await;
        until_bar(&laptop, "bob | One").await;
        until_bar(&other, "You | Two | 1 of 2").await;
    });
}

#[test]
fn a_refused_pin_is_taken_back_with_a_reason() {
    run(|world: World| async move {
        let ([_page, _laptop, other], _proxy, [alice, bob]) = three_pages(&world, &["One"]).await;
        let path = path_of(&alice, &bob, "One").await;
        // The pin does not arrive before the message is deleted.
        let lose = "const send = fetch
            window.fetch = (path, what) => what?.method === 'PUT' ? new Promise(() => {}) : send(path, what)";
        other.js(lose, json!([])).await;
        pin(&other, "One").await;
        until_bar(&other, "You | One").await;
        bob.ask("DELETE", &path, &Value::Null).await;
        until_bar(&other, "").await;
        until_kept(&other, "\"kind\":\"pin\"").await;
        other.driver.refresh().await.unwrap();
        until_shown(&other, "toast").await;
        let why = "return $('toast').textContent.includes('The pin was not changed. It was deleted meanwhile.')";
        other.until("the reason", why, json!([])).await;
        until_sent(&other).await;
    });
}

#[test]
fn in_a_group_those_pin_who_may_change_it() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let group = alice.make_group("Family", &[&bob]).await;
        alice.connect().await.say(group, "Hello").await;
        let proxy = world.proxy().await;
        let (page, other) =
            (world.browser_of(&alice).await, world.browser_of_behind(&proxy, &bob).await);
        for page in [&page, &other] {
            page.open_group(group, "Family").await;
            page.until_texts(&["Hello"]).await;
        }
        let offered = "return shown($('pin-message'))";
        open_menu(&other, "Hello").await;
        assert_eq!(other.js(offered, json!([])).await, false);
        other.press(Key::Escape).await;
        until_gone(&other, "message-menu").await;
        pin(&page, "Hello").await;
        until_bar(&other, "alice | Hello").await;
        let line =
            "return all('event').some((row) => row.textContent.includes('alice pinned a message'))";
        other.until("the line", line, json!([])).await;
        // Members who may not pin go there only.
        other.click_on("pinned-menu").await;
        until_shown(&other, "pinned-go").await;
        assert_eq!(other.js("return shown($('unpin'))", json!([])).await, false);
        other.press(Key::Escape).await;
        until_gone(&other, "pinned-items").await;

        alice.change_group(group, &json!({ "who_may_change": "all" })).await;
        let may = "return theStore().then(({ state }) => Object.values(state.chats).some(({ who_may_change, kind }) => kind === 'group' && who_may_change === 'all'))";
        other.until("the permission", may, json!([])).await;
        proxy.close();
        other.until_connection("offline").await;
        unpin(&other, "Hello").await;
        until_bar(&other, "").await;
        alice.change_group(group, &json!({ "who_may_change": "admins" })).await;
        proxy.open();
        other.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        let why = "return $('toast')?.textContent.includes('The pin was not changed. Only admins can pin messages in this group.')";
        other.until("the reason", why, json!([])).await;
        until_bar(&other, "alice | Hello").await;
        alice.remove_member(group, &bob).await;
        until_bar(&other, "").await;
        alice.ask("DELETE", &pinned_path(&page, group).await, &Value::Null).await;
        until_bar(&page, "").await;
    });
}

async fn pinned_path(page: &Browser, chat: i64) -> String {
    let id = "return theStore().then(({ state }) => Object.keys(state.pins[arguments[0]])[0])";
    let id = page.js(id, json!([chat])).await;
    format!("/api/chats/{chat}/messages/{}/pin", id.as_str().unwrap())
}

#[test]
fn messages_stay_in_their_place_when_the_bar_comes_and_goes() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "First").await;
        world.server.lengthen(ack["chat_id"].as_i64().unwrap(), [&alice, &bob], 120).await;
        bob.connect().await.post_to(&alice, "Last").await;
        let path = path_of(&alice, &bob, "Last").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("Last").await;
        let up = "document.querySelector('.messages__scroll').scrollTop -= arguments[0]";
        let top = "return all('message').find((row) => row.dataset.test && row.getBoundingClientRect().top > innerHeight / 2)
            .getBoundingClientRect().top";
        for distance in [0, 900] {
            page.js(up, json!([distance])).await;
            page.until_calm().await;
            let before = page.js(top, json!([])).await;
            for (method, body, bar) in
                [("PUT", json!({ "hours": 24 }), "bob | Last"), ("DELETE", Value::Null, "")]
            {
                alice.ask(method, &format!("{path}/pin"), &body).await;
                until_bar(&page, bar).await;
                page.until_calm().await;
                assert_eq!(page.js(top, json!([])).await, before, "{method} at {distance}");
            }
        }
    });
}

#[test]
fn axe_finds_nothing_in_the_bar_its_menu_and_the_dialog() {
    let Some(axe) = axe() else { return };
    run(|world: World| async move {
        let ([page, ..], _proxy, [alice, bob]) = three_pages(&world, &["One", "Two"]).await;
        for text in ["One", "Two"] {
            let path = path_of(&alice, &bob, text).await;
            alice.ask("PUT", &format!("{path}/pin"), &json!({ "hours": 24 })).await;
        }
        until_bar(&page, "bob | Two | 1 of 2").await;
        let mut auditor = Auditor::new(page.clone(), axe);
        auditor.audit("the bar").await;
        page.click_on("pinned-menu").await;
        until_shown(&page, "unpin").await;
        auditor.audit("its menu").await;
        page.press(Key::Escape).await;
        until_gone(&page, "pinned-items").await;
        unpin(&page, "One").await;
        until_bar(&page, "bob | Two").await;
        open_menu(&page, "One").await;
        page.click_on("pin-message").await;
        until_shown(&page, "pin-dialog").await;
        auditor.audit("the dialog").await;
        page.press(Key::Escape).await;
        until_gone(&page, "pin-dialog").await;
        phone(&page).await;
        auditor.audit("a phone").await;
        auditor.report();
    });
}
