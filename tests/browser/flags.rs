//! What people set on messages for themselves: stars, and messages deleted for oneself. On all their
//! devices, without a connection, from the local copy, and nowhere else. The list of starred
//! messages is in `starred.rs`.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    kit::{
        Browser, Proxy, User, World, eventually, kept, phone, run, until_gone, until_installed,
        until_kept, until_shown,
    },
};

const GONE: &str = "This message was deleted.";
/// The buttons of the dialog that asks for whom to delete, from the first to the last.
const WAYS: &str =
    "return [...$('delete-dialog').querySelectorAll('button')].map((e) => e.dataset.test)";

/// Opens the menu of the message with this text by keyboard.
pub(super) async fn open_menu(page: &Browser, text: &str) {
    let focus =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        part('bubble', row).focus()";
    page.js(focus, json!([text])).await;
    page.press(Key::Enter).await;
    until_shown(page, "message-menu").await;
}

/// Stars a message, or takes its star away.
pub(super) async fn press_star(page: &Browser, text: &str) {
    open_menu(page, text).await;
    page.click_on("star-message").await;
    until_gone(page, "message-menu").await;
}

async fn open_question(page: &Browser, text: &str) {
    open_menu(page, text).await;
    page.click_on("delete-message").await;
    until_shown(page, "delete-dialog").await;
}

async fn delete_for_me(page: &Browser, text: &str) {
    open_question(page, text).await;
    page.click_on("delete-for-me").await;
    until_gone(page, "delete-dialog").await;
}

/// Waits for the star of a message: its name for screen readers, empty without a star.
pub(super) async fn until_star(page: &Browser, text: &str, name: &str) {
    let star =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        return row && (row.querySelector('.message__star')?.ariaLabel ?? '')";
    page.until_is(&format!("the star of “{text}”"), star, json!([text]), json!(name)).await;
}

/// Waits until nothing but receipts waits to be sent.
async fn until_sent(page: &Browser) {
    let empty = "return theStore().then(({ state }) => state.queue.filter(({ kind }) => kind !== 'receipt').length)";
    page.until_is("an empty queue", empty, json!([]), json!(0)).await;
}

async fn until_preview(page: &Browser, name: &str, words: &str) {
    let preview = "const row = rowOf(arguments[0]); return row && part('preview', row).textContent";
    page.until_is(&format!("the preview of {name}"), preview, json!([name]), json!(words)).await;
}

/// The path of the last message of the chat of two users.
pub(super) async fn path_of_last(user: &User, other: &User) -> String {
    let chat = user.chat_with(other).await;
    format!("/api/chats/{}/messages/{}", chat["id"], chat["last_message"]["id"])
}

/// Two devices of alice, the second one behind a proxy, and a page of bob, all in their chat.
pub(super) async fn three_pages(world: &World, texts: &[&str]) -> ([Browser; 3], Proxy, [User; 2]) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    let mut device = bob.connect().await;
    for text in texts {
        device.post_to(&alice, text).await;
    }
    let proxy = world.proxy().await;
    let pages = [
        world.browser_of(&alice).await,
        world.browser_of_behind(&proxy, &alice).await,
        world.browser_of(&bob).await,
    ];
    for (page, name) in pages.iter().zip(["bob", "bob", "alice"]) {
        page.pick(name).await;
        page.until_texts(texts).await;
    }
    (pages, proxy, [alice, bob])
}

#[test]
fn a_star_shows_on_all_devices_of_its_owner_and_on_no_other() {
    run(|world: World| async move {
        let ([page, laptop, other], _proxy, [alice, bob]) = three_pages(&world, &["Hello"]).await;
        let label = "return $('star-message').textContent";
        for (words, name) in [("Star", "Starred"), ("Remove star", "")] {
            open_menu(&page, "Hello").await;
            assert_eq!(page.js(label, json!([])).await, words);
            page.click_on("star-message").await;
            until_star(&page, "Hello", name).await;
            until_star(&laptop, "Hello", name).await;
            until_sent(&page).await;
        }
        press_star(&laptop, "Hello").await;
        until_star(&page, "Hello", "Starred").await;
        until_star(&other, "Hello", "").await;
        // A device that comes later is told with the page of the chat.
        let later = world.browser_of(&alice).await;
        later.pick("bob").await;
        until_star(&later, "Hello", "Starred").await;
        // An edit keeps it; a deletion for everyone takes it.
        let path = path_of_last(&bob, &alice).await;
        bob.ask("PATCH", &path, &json!({ "content": "Hello all" })).await;
        until_star(&page, "Hello all", "Starred").await;
        bob.ask("DELETE", &path, &Value::Null).await;
        for page in [&page, &laptop, &later] {
            until_star(page, GONE, "").await;
        }
    });
}

#[test]
fn a_device_without_a_network_stars_and_deletes_and_its_disk_forgets_the_words_at_once() {
    run(|world: World| async move {
        let texts = ["Hello", "A secret of mine", "Bye"];
        let ([page, away, other], proxy, _users) = three_pages(&world, &texts).await;
        until_installed(&away).await;
        for text in texts {
            until_kept(&away, text).await;
        }
        proxy.close();
        away.until_connection("offline").await;
        press_star(&away, "Hello").await;
        until_star(&away, "Hello", "Starred, Pending").await;
        delete_for_me(&away, "A secret of mine").await;
        away.until_texts(&["Hello", "Bye"]).await;
        // What waits is on the disk before the page is loaded again.
        for kind in ["star", "hide"] {
            until_kept(&away, &format!("\"kind\":\"{kind}\"")).await;
        }
        let forgotten = async || !kept(&away).await.contains("A secret");
        eventually("no words on the disk", forgotten).await;
        away.driver.refresh().await.unwrap();
        away.until_texts(&["Hello", "Bye"]).await;
        until_star(&away, "Hello", "Starred, Pending").await;
        until_star(&page, "Hello", "").await;
        proxy.open();
        away.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        until_star(&away, "Hello", "Starred").await;
        until_sent(&away).await;
        until_star(&page, "Hello", "Starred").await;
        page.until_texts(&["Hello", "Bye"]).await;
        assert_eq!(other.texts().await, texts, "for the other person all is as it was");
    });
}

#[test]
fn a_device_that_was_away_learns_of_it_and_no_edit_brings_the_words_back() {
    run(|world: World| async move {
        let texts = ["Hello", "A secret of mine"];
        let ([page, away, other], proxy, [alice, bob]) = three_pages(&world, &texts).await;
        let path = path_of_last(&bob, &alice).await;
        for page in [&page, &away] {
            until_kept(page, "A secret of mine").await;
        }
        proxy.close();
        away.until_connection("offline").await;
        press_star(&page, "Hello").await;
        delete_for_me(&page, "A secret of mine").await;
        page.until_texts(&["Hello"]).await;
        until_preview(&page, "bob", "Hello").await;
        until_sent(&page).await;
        proxy.open();
        away.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        away.until_texts(&["Hello"]).await;
        until_star(&away, "Hello", "Starred").await;
        until_preview(&away, "bob", "Hello").await;

        bob.ask("PATCH", &path, &json!({ "content": "A secret, edited" })).await;
        other.until_texts(&["Hello", "A secret, edited"]).await;
        bob.connect().await.post_to(&alice, "Last").await;
        for page in [&page, &away] {
            page.until_texts(&["Hello", "Last"]).await;
            until_kept(page, "Last").await;
            eventually("no words on the disk", async || !kept(page).await.contains("A secret"))
                .await;
            let words = "const { state } = await theStore()
                return JSON.stringify(state).includes('A secret')";
            assert_eq!(page.js_async(words, json!([])).await, false);
            page.reload().await;
            page.until_texts(&["Hello", "Last"]).await;
        }
        // A device that comes later never gets the words.
        let later = world.browser_of(&alice).await;
        later.pick("bob").await;
        later.until_texts(&["Hello", "Last"]).await;
    });
}

#[test]
fn what_is_deleted_for_me_is_not_unread_and_the_list_tells_of_the_message_before() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        device.post_to(&alice, "First").await;
        // A device that knows only the list.
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "1").await;
        for text in ["Second", "Third", "Fourth"] {
            device.post_to(&alice, text).await;
        }
        page.until_badge("bob", "4").await;
        let hidden = format!("{}/hidden", path_of_last(&alice, &bob).await);
        alice.ask("PUT", &hidden, &Value::Null).await;
        page.until_badge("bob", "3").await;
        until_preview(&page, "bob", "Third").await;
        let later = world.browser_of(&alice).await;
        later.until_badge("bob", "3").await;
        until_preview(&later, "bob", "Third").await;
        // The message before is not known here, so it is loaded.
        let hidden = format!("{}/hidden", path_of_last(&alice, &bob).await);
        alice.ask("PUT", &hidden, &Value::Null).await;
        for page in [&page, &later] {
            until_preview(page, "bob", "Second").await;
            page.until_badge("bob", "2").await;
        }
        // All that is left gets read.
        page.pick("bob").await;
        page.until_texts(&["First", "Second"]).await;
        for page in [&page, &later] {
            page.until_badge("bob", "").await;
        }
    });
}

#[test]
fn a_device_that_knows_only_the_list_gets_no_words_of_it_from_an_edit() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let mut device = bob.connect().await;
        device.post_to(&alice, "First").await;
        device.post_to(&alice, "A secret of mine").await;
        let path = path_of_last(&alice, &bob).await;
        alice.ask("PUT", &format!("{path}/hidden"), &Value::Null).await;
        let page = world.browser_of(&alice).await;
        until_preview(&page, "bob", "First").await;
        bob.ask("PATCH", &path, &json!({ "content": "A secret, edited" })).await;
        carol.connect().await.post_to(&alice, "Hello").await;
        until_preview(&page, "carol", "Hello").await;
        until_preview(&page, "bob", "First").await;
        page.until_badge("bob", "1").await;
        until_kept(&page, "Hello").await;
        assert!(!kept(&page).await.contains("A secret"));
        page.pick("bob").await;
        page.until_texts(&["First"]).await;
    });
}

#[test]
fn a_quote_of_it_says_that_it_was_deleted_and_leads_nowhere() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("A secret of mine").await;
        let chat = alice.chat_with(&bob).await;
        let reply = json!({ "type": "send", "chat_id": chat["id"], "content": "An answer",
            "cid": "01a2086c-4816-753e-a9a3-77c90c669db9", "reply_to": chat["last_message"]["id"] });
        bob.connect().await.send(&reply).await;
        page.until_texts(&["A secret of mine", "An answer"]).await;
        delete_for_me(&page, "A secret of mine").await;
        let quote = "const quote = $('quote')
            return [part('quoteWords', quote).textContent, quote.disabled, part('quoteName', quote).textContent]";
        page.until_is("the quote", quote, json!([]), json!([GONE, true, "bob"])).await;
        page.until_texts(&["An answer"]).await;
        page.reload().await;
        page.until_is("the quote", quote, json!([]), json!([GONE, true, "bob"])).await;
        page.until_texts(&["An answer"]).await;
    });
}

#[test]
fn the_dialog_offers_what_is_allowed() {
    run(|world: World| async move {
        let (page, _users) = world.page_beside_bob("Theirs").await;
        page.send("Mine").await;
        page.until_state("Mine", "sent").await;
        open_question(&page, "Theirs").await;
        assert_eq!(page.js(WAYS, json!([])).await, json!(["delete-for-me", "delete-cancel"]));
        page.until_focus("delete-cancel").await;
        page.press(Key::Escape).await;
        until_gone(&page, "delete-dialog").await;
        open_question(&page, "Mine").await;
        let all = json!(["delete-for-all", "delete-for-me", "delete-cancel"]);
        assert_eq!(page.js(WAYS, json!([])).await, all);
        page.click_on("delete-cancel").await;
        until_gone(&page, "delete-dialog").await;
        let focused = "return document.activeElement.matches('.message__bubble')";
        page.until("the focus on the message", focused, json!([])).await;
        page.until_texts(&["Theirs", "Mine"]).await;
        open_question(&page, "Mine").await;
        page.click_on("delete-for-all").await;
        page.until_texts(&["Theirs", GONE]).await;
        // The line that is left can be deleted for oneself.
        open_question(&page, GONE).await;
        assert_eq!(page.js(WAYS, json!([])).await, json!(["delete-for-me", "delete-cancel"]));
        page.click_on("delete-for-me").await;
        page.until_texts(&["Theirs"]).await;
        until_preview(&page, "bob", "Theirs").await;

        // A deleted note leaves no tombstone, because no other person could read it.
        page.click("notes to self", "return rowOf('alice')", json!([])).await;
        let open = "return $('chat-title').textContent === 'Notes to self'";
        page.until("the notes", open, json!([])).await;
        page.send("A note").await;
        page.until_state("A note", "sent").await;
        open_question(&page, "A note").await;
        assert_eq!(page.js(WAYS, json!([])).await, json!(["delete-for-all", "delete-cancel"]));
        page.click_on("delete-for-all").await;
        page.until_texts(&[]).await;
        until_sent(&page).await;
        page.reload().await;
        page.until_ready().await;
        page.until_texts(&[]).await;
    });
}

#[test]
fn a_refused_star_is_taken_back_with_a_reason() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let lose = "const send = fetch
            window.fetch = (path, what) => what?.method === 'PUT' ? new Promise(() => {}) : send(path, what)";
        page.js(lose, json!([])).await;
        press_star(&page, "Hello").await;
        until_star(&page, "Hello", "Starred, Pending").await;
        bob.ask("DELETE", &path_of_last(&bob, &alice).await, &Value::Null).await;
        page.until_texts(&[GONE]).await;
        page.driver.refresh().await.unwrap();
        until_shown(&page, "toast").await;
        let why = "return $('toast').textContent.includes('The star was not saved.')";
        page.until("the reason", why, json!([])).await;
        until_sent(&page).await;
        until_star(&page, GONE, "").await;
    });
}

#[test]
fn an_edit_or_an_answer_ends_when_its_message_is_deleted_for_me_elsewhere() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        page.send("Helo").await;
        page.until_state("Helo", "sent").await;
        open_menu(&page, "Helo").await;
        page.click_on("edit-message").await;
        until_shown(&page, "quote-bar").await;
        let hidden = format!("{}/hidden", path_of_last(&alice, &bob).await);
        alice.ask("PUT", &hidden, &Value::Null).await;
        until_gone(&page, "quote-bar").await;
        page.until_texts(&["Hello"]).await;
        // So does an answer to such a message.
        open_menu(&page, "Hello").await;
        page.click_on("reply").await;
        until_shown(&page, "quote-bar").await;
        let hidden = format!("{}/hidden", path_of_last(&alice, &bob).await);
        alice.ask("PUT", &hidden, &Value::Null).await;
        until_gone(&page, "quote-bar").await;
        page.until_texts(&[]).await;
        // The up key does not bring it back.
        page.click_on("composer").await;
        page.press(Key::Up).await;
        assert_eq!(page.js("return $('composer').value", json!([])).await, "");
    });
}

#[test]
fn axe_finds_nothing_in_the_star_the_menu_and_the_dialog() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let (page, _users) = world.page_beside_bob("Hello").await;
        page.send("Mine").await;
        page.until_state("Mine", "sent").await;
        press_star(&page, "Mine").await;
        until_star(&page, "Mine", "Starred").await;
        let mut auditor = Auditor::new(page.clone(), axe);
        for width in ["desk", "phone"] {
            if width == "phone" {
                phone(&page).await;
            }
            auditor.audit(&format!("the star, {width}")).await;
            open_menu(&page, "Mine").await;
            auditor.audit(&format!("the menu, {width}")).await;
            page.click_on("delete-message").await;
            until_shown(&page, "delete-dialog").await;
            auditor.audit(&format!("the dialog, {width}")).await;
            page.click_on("delete-cancel").await;
            until_gone(&page, "delete-dialog").await;
        }
        auditor.report();
    });
}
