//! Forwarding messages: to whom, the label on both sides, without a connection, and when the server
//! refuses.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    kit::{
        Browser, Device, User, World, eventually, kept, phone, run, until_gone, until_installed,
        until_kept, until_shown,
    },
};

/// A message by its text.
const ROW: &str =
    "const row = all('message').find((row) => part('text', row).textContent === arguments[0])";
/// The shown labels, "" for messages without one.
const LABELS: &str = "return all('message').map((row) => {
    const label = row.querySelector('[data-test=forwarded]'); return shown(label) ? label.textContent : '' })";
const OFFERED: &str = "return all('picker-option').map((row) => row.dataset.name)";
const CHIPS: &str =
    "return all('picker-chip').map((chip) => chip.querySelector('.picker__chip-name').textContent)";
/// What waits to be sent, and the words of each.
const WAITING: &str =
    "return theStore().then(({ state }) => state.pending.map(({ body }) => body.content))";

async fn focus(page: &Browser, text: &str) {
    page.js(&format!("{ROW}\npart('bubble', row).focus()"), json!([text])).await;
}

/// Opens the dialog for the message with this text.
async fn forward(page: &Browser, text: &str) {
    focus(page, text).await;
    page.press(Key::Enter).await;
    page.click_on("forward").await;
    until_shown(page, "forward-dialog").await;
    page.until_focus("picker-field").await;
}

/// Chooses a chat or a person in the dialog, by typing.
async fn choose(page: &Browser, name: &str) {
    page.insert(name).await;
    let first = "return $('picker-option')?.dataset.name === arguments[0]";
    page.until(name, first, json!([name])).await;
    page.press(Key::Enter).await;
    page.until_is("the field", "return $('picker-field').value", json!([]), json!("")).await;
}

async fn send(page: &Browser) {
    page.click_on("forward-dialog-yes").await;
    until_gone(page, "forward-dialog").await;
}

async fn until_labels(page: &Browser, labels: &[&str]) {
    page.until_is("the labels", LABELS, json!([]), json!(labels)).await;
}

async fn until_toast(page: &Browser, words: &str) {
    let there = "return all('toast').some((toast) => toast.textContent.includes(arguments[0]))";
    page.until(words, there, json!([words])).await;
}

/// Forwards a message on another device and returns the ack.
async fn pass_on(device: &mut Device, to: &User, message: &Value, content: &str) -> Value {
    let cid = uuid::Uuid::now_v7().to_string();
    let frame = json!({
        "type": "send", "cid": cid, "recipient_id": to.id, "content": content, "forward_of": message,
    });
    device.send(&frame).await;
    device.next_of("ack").await
}

#[test]
fn a_message_goes_to_one_chat_which_opens() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        bob.connect().await.post_to(&alice, "Read *this*").await;
        let (page, hers) = (world.browser_of(&alice).await, world.browser_of(&carol).await);
        page.pick("bob").await;
        page.until_received("Read this").await;
        forward(&page, "Read this").await;
        let title = "return $('forward-dialog').getAttribute('aria-labelledby')";
        let title = page.js(title, json!([])).await;
        let words = "return document.getElementById(arguments[0]).textContent";
        assert_eq!(page.js(words, json!([title])).await, "Forward message");
        // Without a choice there is nothing to send.
        page.click_on("forward-dialog-yes").await;
        page.until_calm().await;
        until_shown(&page, "forward-dialog").await;
        page.click_on("picker-field").await;
        choose(&page, "carol").await;
        send(&page).await;
        let open = "return $('chat-title').textContent === 'carol'";
        page.until("the chat", open, json!([])).await;
        page.until_state("Read this", "sent").await;
        until_labels(&page, &["Forwarded"]).await;
        hers.pick("alice").await;
        hers.until_received("Read this").await;
        until_labels(&hers, &["Forwarded"]).await;
        assert_eq!(alice.history_with(&carol).await, ["Read *this*"]);
        // The label stays after an edit and goes with the words.
        page.press(Key::Up).await;
        page.insert("!").await;
        page.press(Key::Enter).await;
        hers.until_texts(&["Read this!"]).await;
        until_labels(&hers, &["Forwarded"]).await;
        let chat = alice.chat_with(&carol).await;
        let path = format!("/api/chats/{}/messages/{}", chat["id"], chat["last_message"]["id"]);
        alice.ask("DELETE", &path, &Value::Null).await;
        until_labels(&hers, &[""]).await;
        until_labels(&page, &[""]).await;

        // What one wrote oneself is not somebody else's words.
        page.pick("bob").await;
        page.send("My own").await;
        page.until_state("My own", "sent").await;
        forward(&page, "My own").await;
        choose(&page, "carol").await;
        send(&page).await;
        hers.until_received("My own").await;
        until_labels(&hers, &["", ""]).await;
    });
}

#[test]
fn several_messages_go_to_two_chats_without_a_connection_and_after_a_reload() {
    run(|world: World| async move {
        let [alice, bob, carol, dave] = world.server.users(["alice", "bob", "carol", "dave"]).await;
        let mut device = bob.connect().await;
        for text in ["One", "Two", "Three"] {
            device.post_to(&alice, text).await;
        }
        dave.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        page.pick("dave").await;
        page.until_received("Hello").await;
        page.pick("bob").await;
        page.until_texts(&["One", "Two", "Three"]).await;
        for text in ["Hello", "Three"] {
            until_kept(&page, text).await;
        }
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        // The last is selected first; they keep the order of the chat.
        focus(&page, "Three").await;
        page.press(Key::Enter).await;
        page.click_on("select-message").await;
        until_shown(&page, "selection").await;
        focus(&page, "One").await;
        page.keys(" ").await;
        page.click_on("selection-forward").await;
        page.until_focus("picker-field").await;
        choose(&page, "carol").await;
        choose(&page, "dave").await;
        page.until_is("the chips", CHIPS, json!([]), json!(["carol", "dave"])).await;
        send(&page).await;
        until_toast(&page, "Forwarded to 2 chats.").await;
        until_gone(&page, "selection").await;
        let all = json!(["One", "Three", "One", "Three"]);
        page.until_is("what waits", WAITING, json!([]), all.clone()).await;
        // The chat that they come from stays open.
        page.until_texts(&["One", "Two", "Three"]).await;
        page.pick("dave").await;
        until_labels(&page, &["", "Forwarded", "Forwarded"]).await;
        page.until_state("Three", "pending").await;
        let stored = async || kept(&page).await.matches("\"forward_of\"").count() >= 4;
        eventually("all four on the disk", stored).await;
        page.driver.refresh().await.unwrap();
        page.until_texts(&["Hello", "One", "Three"]).await;
        until_labels(&page, &["", "Forwarded", "Forwarded"]).await;
        page.until_is("what waits", WAITING, json!([]), all).await;
        world.server.start_again().await;
        page.until_state("Three", "sent").await;
        page.until_is("nothing waits", WAITING, json!([]), json!([])).await;
        until_labels(&page, &["", "Forwarded", "Forwarded"]).await;
        assert_eq!(alice.history_with(&carol).await, ["One", "Three"]);
        assert_eq!(alice.history_with(&dave).await, ["Hello", "One", "Three"]);
        // Another device shows the same.
        let other = world.browser_of(&dave).await;
        other.pick("alice").await;
        other.until_texts(&["Hello", "One", "Three"]).await;
        until_labels(&other, &["", "Forwarded", "Forwarded"]).await;
    });
}

#[test]
fn the_dialog_offers_where_one_can_write_and_at_most_five() {
    run(|world: World| async move {
        let users =
            world.server.users(["alice", "bob", "carol", "dave", "erin", "frank", "grace"]).await;
        let [alice, bob, carol, ..] = &users;
        let open = alice.make_group("Open group", &[bob]).await;
        let closed = bob.make_group("Closed group", &[alice]).await;
        bob.change_group(closed, &json!({ "who_may_write": "admins" })).await;
        let left = alice.make_group("Left group", &[bob]).await;
        alice.set_role(left, bob, "admin").await;
        alice.remove_member(left, alice).await;
        carol.connect().await.post_to(alice, "The latest").await;
        let page = world.browser_of(alice).await;
        page.open_group(open, "Open group").await;
        page.send("Hello").await;
        page.until_state("Hello", "sent").await;
        forward(&page, "Hello").await;
        let offered = page.js(OFFERED, json!([])).await;
        let wanted = ["Open group", "carol", "bob", "dave", "erin", "frank", "grace"];
        let names: Vec<&str> =
            offered.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(names[..7], wanted, "the latest chats first, then people");
        assert_eq!(names[7..], ["Notes to self"]);
        for name in ["bob", "carol", "dave", "erin", "frank"] {
            choose(&page, name).await;
        }
        let full = "return $('forward-dialog').textContent.includes('At most 5 chats at once.')";
        page.until("the limit", full, json!([])).await;
        let rest = "return all('picker-option').filter((row) => row.ariaDisabled === 'true').map((row) => row.dataset.name).sort()";
        assert_eq!(page.js(rest, json!([])).await, json!(["Notes to self", "Open group", "grace"]));
        page.click(
            "grace",
            "return all('picker-option').find((row) => row.dataset.name === 'grace')",
            json!([]),
        )
        .await;
        let chips = json!(["bob", "carol", "dave", "erin", "frank"]);
        page.until_is("the chips", CHIPS, json!([]), chips).await;
        // Backspace takes the last one back, then another one fits.
        page.press(Key::Backspace).await;
        page.insert("@gra").await;
        page.until_is("a username", OFFERED, json!([]), json!(["grace"])).await;
        page.press(Key::Enter).await;
        let chips = json!(["bob", "carol", "dave", "erin", "grace"]);
        page.until_is("the chips", CHIPS, json!([]), chips).await;
        // Letters in order find, as in the switcher.
        page.press(Key::Backspace).await;
        page.insert("opg").await;
        page.until_is("a group", OFFERED, json!([]), json!(["Open group"])).await;
        page.press(Key::Escape).await;
        until_shown(&page, "forward-dialog").await;
        page.press(Key::Escape).await;
        until_gone(&page, "forward-dialog").await;
        page.until_is("nothing waits", WAITING, json!([]), json!([])).await;
    });
}

#[test]
fn what_was_forwarded_many_times_goes_to_one_chat_at_a_time() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let (mut hers, mut his) = (carol.connect().await, bob.connect().await);
        let mut ack = his.post_to(&carol, "A chain letter").await;
        for turn in 0..5 {
            let source = ack["message_id"].clone();
            ack = match turn % 2 {
                0 => pass_on(&mut hers, &bob, &source, "A chain letter").await,
                _ => pass_on(&mut his, &carol, &source, "A chain letter").await,
            };
        }
        assert_eq!(ack["forwarded"], 5, "{ack}");
        let source = ack["message_id"].clone();
        pass_on(&mut his, &alice, &source, "A chain letter").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("A chain letter").await;
        until_labels(&page, &["Forwarded many times"]).await;
        forward(&page, "A chain letter").await;
        let words =
            "return $('forward-dialog').textContent.includes('goes to one chat at a time.')";
        assert_eq!(page.js(words, json!([])).await, true);
        choose(&page, "carol").await;
        choose(&page, "bob").await;
        page.until_is("one choice", CHIPS, json!([]), json!(["bob"])).await;
        send(&page).await;
        // It goes back to where it came from, which is open.
        page.until_state("A chain letter", "sent").await;
        until_labels(&page, &["Forwarded many times", "Forwarded many times"]).await;
    });
}

#[test]
fn a_source_that_was_deleted_meanwhile_is_refused_with_its_reason() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let mut his = bob.connect().await;
        let source = his.post_to(&alice, "Soon gone").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        page.until_received("Soon gone").await;
        until_kept(&page, "Soon gone").await;
        until_installed(&page).await;
        proxy.close();
        page.until_connection("offline").await;
        forward(&page, "Soon gone").await;
        choose(&page, "carol").await;
        send(&page).await;
        page.until_state("Soon gone", "pending").await;
        let path = format!("/api/chats/{}/messages/{}", source["chat_id"], source["message_id"]);
        bob.ask("DELETE", &path, &Value::Null).await;
        proxy.open();
        page.until_state("Soon gone", "failed").await;
        let reason = "return document.querySelector('.message__reason').textContent";
        let words = json!("The message you forwarded no longer exists.");
        page.until_is("the reason", reason, json!([]), words).await;
        page.click_on("discard").await;
        page.until_texts(&[]).await;
        let none = async || alice.history_with(&carol).await.is_empty();
        eventually("an empty chat", none).await;
    });
}

#[test]
fn mentions_become_names_where_they_would_not_count() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let group = alice.make_group("Family", &[&bob, &carol]).await;
        bob.connect().await.say(group, &format!("Ask <@{}>", carol.id)).await;
        let page = world.browser_of(&alice).await;
        page.open_group(group, "Family").await;
        page.until_received("Ask @carol").await;
        forward(&page, "Ask @carol").await;
        choose(&page, "bob").await;
        choose(&page, "Family").await;
        send(&page).await;
        page.until_texts(&["Ask @carol", "Ask @carol"]).await;
        page.until_is("nothing waits", WAITING, json!([]), json!([])).await;
        assert_eq!(alice.history_with(&bob).await, ["Ask @carol"]);
        let path = format!("/api/chats/{group}/messages");
        let (_, history) = world.server.get(&path, &carol.token).await;
        let last = history["messages"].as_array().unwrap().iter().max_by_key(|m| m["id"].as_i64());
        assert_eq!(last.unwrap()["mentions"], json!([carol.id]));
    });
}

#[test]
fn hostile_names_and_long_texts_are_forwarded_and_stay_in_their_places() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        carol.rename("<img src=x onerror=alert(1)> שלום עולם and more letters than fit").await;
        let group = alice
            .make_group("مجموعة العائلة with a long name, longer than any list is wide", &[&bob])
            .await;
        let long = format!("\u{202E}gpj.evil {}", "word ".repeat(2000));
        bob.connect().await.post_to(&alice, &long).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until("the text", "return all('message').length === 1", json!([])).await;
        phone(&page).await;
        let bubble = "part('bubble', $('message')).focus()";
        page.js(bubble, json!([])).await;
        page.press(Key::Enter).await;
        page.click_on("forward").await;
        until_shown(&page, "picker-option").await;
        for name in ["carol", "bob"] {
            page.insert(&format!("@{name}")).await;
            page.until("one", "return all('picker-option').length === 1", json!([])).await;
            page.press(Key::Enter).await;
        }
        page.insert("العائلة").await;
        page.until("one", "return all('picker-option').length === 1", json!([])).await;
        page.press(Key::Enter).await;
        page.until("three chips", "return all('picker-chip').length === 3", json!([])).await;
        page.until_calm().await;
        let inside = "const box = $('forward-dialog').getBoundingClientRect()
            return [...$('forward-dialog').querySelectorAll('*')].filter(shown).every((e) => {
              const { left, right } = e.getBoundingClientRect()
              return left >= box.left - 1 && right <= box.right + 1 }) && $('forward-dialog').querySelector('img') === null";
        assert_eq!(page.js(inside, json!([])).await, true);
        send(&page).await;
        until_toast(&page, "Forwarded to 3 chats.").await;
        page.until_is("nothing waits", WAITING, json!([]), json!([])).await;
        assert_eq!(alice.history_with(&carol).await, [long]);
        page.open_group(group, "مجموعة العائلة with a long name, longer than any list is wide")
            .await;
        until_labels(&page, &["Forwarded"]).await;
        let wide = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(page.js(wide, json!([])).await, true);
    });
}

#[test]
fn the_text_of_one_message_is_shared_where_the_browser_can() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Read *this*").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("Read this").await;
        focus(&page, "Read this").await;
        page.press(Key::Enter).await;
        until_shown(&page, "select-message").await;
        let can = page.js("return 'share' in navigator", json!([])).await;
        assert_eq!(page.js("return shown($('share-message'))", json!([])).await, can);
        page.press(Key::Escape).await;
        let share = "navigator.share = async (what) => { window.shared = what.text }";
        page.js(share, json!([])).await;
        focus(&page, "Read this").await;
        page.press(Key::Enter).await;
        page.click_on("share-message").await;
        page.until_is("the text", "return window.shared", json!([]), json!("Read this")).await;
    });
}

#[test]
fn no_problem_for_assistive_technology_in_the_dialog() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let ack = bob.connect().await.post_to(&carol, "Hello").await;
        let source = ack["message_id"].clone();
        pass_on(&mut carol.connect().await, &alice, &source, "Hello").await;
        let page = world.browser_of(&alice).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        page.pick("carol").await;
        page.until_received("Hello").await;
        auditor.audit("a forwarded message").await;
        for width in ["desk", "phone"] {
            if width == "phone" {
                phone(&page).await;
                auditor.audit("a forwarded message on a phone").await;
            }
            forward(&page, "Hello").await;
            choose(&page, "bob").await;
            auditor.audit(&format!("forwarding, {width}")).await;
            page.press(Key::Escape).await;
            until_gone(&page, "forward-dialog").await;
        }
        auditor.report();
    });
}
