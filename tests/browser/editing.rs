//! Editing and deleting messages: by menu and by keyboard, on the pages of both people, without a
//! connection, and when the server refuses.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{
    Browser, User, World, eventually, phone, run, until_gone, until_installed, until_kept,
    until_shown,
};

const GONE: &str = "This message was deleted.";
/// What the menu offers of a message of another person.
const THEIRS: [&str; 8] = [
    "reply",
    "copy-text",
    "copy-link",
    "forward",
    "star-message",
    "pin-message",
    "select-message",
    "delete-message",
];
/// And of a new one of one's own.
const MINE: [&str; 10] = [
    "reply",
    "copy-text",
    "copy-link",
    "forward",
    "star-message",
    "pin-message",
    "edit-message",
    "message-info",
    "select-message",
    "delete-message",
];

/// Opens the menu of the message with this text.
async fn open_menu(page: &Browser, text: &str) {
    let focus =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        part('bubble', row).focus()";
    page.js(focus, json!([text])).await;
    page.press(Key::Enter).await;
    until_shown(page, "message-menu").await;
}

/// The actions that the open menu offers, by `data-test`.
async fn offered(page: &Browser) -> Value {
    let items =
        "return [...$('message-menu').children].filter(shown).map((item) => item.dataset.test)";
    page.js(items, json!([])).await
}

async fn begin_edit(page: &Browser, text: &str) {
    open_menu(page, text).await;
    page.click_on("edit-message").await;
    until_shown(page, "quote-bar").await;
    page.until_focus("composer").await;
}

async fn delete(page: &Browser, text: &str) {
    open_menu(page, text).await;
    page.click_on("delete-message").await;
    page.click_on("delete-for-all").await;
}

async fn until_composer(page: &Browser, text: &str) {
    let value = "return $('composer').value";
    page.until_is("the text in the composer", value, json!([]), json!(text)).await;
}

/// Replaces the text in the composer and presses Enter.
async fn rewrite(page: &Browser, text: &str) {
    page.js("$('composer').select()", json!([])).await;
    page.insert(text).await;
    page.press(Key::Enter).await;
}

async fn until_edited(page: &Browser, text: &str) {
    let there =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        return row !== undefined && shown(part('edited', row))";
    page.until("the mark of an edit", there, json!([text])).await;
}

async fn pick_notes(page: &Browser) {
    page.click("notes to self", "return rowOf('alice')", json!([])).await;
    let open = "return $('chat-title').textContent === 'Notes to self'";
    page.until("the notes", open, json!([])).await;
}

/// Pages of alice and bob with their chat open, and a message of alice in it.
async fn two_pages(world: &World, text: &str) -> (Browser, Browser, [User; 2]) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    alice.connect().await.post_to(&bob, text).await;
    let (page, other) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
    page.pick("bob").await;
    other.pick("alice").await;
    let read = "return all('message').some((row) => row.dataset.state === 'read')";
    page.until("the blue ticks", read, json!([])).await;
    (page, other, [alice, bob])
}

#[test]
fn an_edit_shows_for_both_and_the_draft_stays() {
    run(|world: World| async move {
        let (page, other, [alice, bob]) = two_pages(&world, "Helo *Bob*").await;
        page.write("Half a thought").await;
        begin_edit(&page, "Helo Bob").await;
        until_composer(&page, "Helo *Bob*").await;
        let label = "return part('quoteName', $('quote-bar')).textContent";
        assert_eq!(page.js(label, json!([])).await, "Editing");
        rewrite(&page, "Hello *Bob*").await;
        until_composer(&page, "Half a thought").await;
        until_gone(&page, "quote-bar").await;
        for page in [&page, &other] {
            until_edited(page, "Hello Bob").await;
            page.until_texts(&["Hello Bob"]).await;
        }
        assert_eq!(alice.history_with(&bob).await, ["Hello *Bob*"]);
        let preview = "return part('preview', rowOf('alice')).textContent";
        other.until_is("the preview", preview, json!([]), json!("Hello Bob")).await;

        // Escape ends an edit and changes nothing; the same text again is no edit.
        begin_edit(&page, "Hello Bob").await;
        page.insert("!!!").await;
        page.press(Key::Escape).await;
        until_composer(&page, "Half a thought").await;
        begin_edit(&page, "Hello Bob").await;
        page.press(Key::Enter).await;
        until_composer(&page, "Half a thought").await;
        assert_eq!(page.texts().await, ["Hello Bob"]);
        // The draft is sent as a message of its own.
        page.press(Key::Enter).await;
        other.until_texts(&["Hello Bob", "Half a thought"]).await;
    });
}

#[test]
fn the_up_key_edits_the_last_message_from_an_empty_field() {
    run(|world: World| async move {
        let (page, _other, [alice, bob]) = two_pages(&world, "First").await;
        bob.connect().await.post_to(&alice, "Second").await;
        page.until_received("Second").await;
        page.click_on("composer").await;
        page.press(Key::Up).await;
        until_composer(&page, "First").await;
        let button = "return [$('send').ariaLabel, part('sendUse').getAttribute('href')]";
        let saves = json!(["Save", "#icon-save"]);
        page.until_is("the button", button, json!([]), saves.clone()).await;
        // The key has its usual meaning while there is a text.
        page.press(Key::Up).await;
        rewrite(&page, "First of all").await;
        page.until_texts(&["First of all", "Second"]).await;
        let sends = json!(["Send", "#icon-send"]);
        page.until_is("the button", button, json!([]), sends.clone()).await;
        page.insert("Not empty").await;
        page.press(Key::Up).await;
        until_composer(&page, "Not empty").await;
        // One's own edit survives a visit to another chat, and is no draft there.
        page.js("$('composer').select()", json!([])).await;
        page.press(Key::Delete).await;
        page.press(Key::Up).await;
        page.insert(" again").await;
        pick_notes(&page).await;
        until_composer(&page, "").await;
        page.until_is("the button in another chat", button, json!([]), sends).await;
        page.pick("bob").await;
        until_composer(&page, "First of all again").await;
        page.until_is("the button back here", button, json!([]), saves).await;
        page.press(Key::Enter).await;
        page.until_texts(&["First of all again", "Second"]).await;
        let ended = async || alice.chat_with(&bob).await["preferences"]["draft"] == "";
        eventually("no draft on the server", ended).await;
    });
}

#[test]
fn a_deleted_message_leaves_a_line_without_words_everywhere() {
    run(|world: World| async move {
        let (page, other, [alice, bob]) = two_pages(&world, "A secret").await;
        open_menu(&other, "A secret").await;
        assert_eq!(offered(&other).await, json!(THEIRS), "not one's own");
        other.click_on("reply").await;
        other.send("An answer").await;
        page.until_received("An answer").await;
        page.send("The last word").await;
        other.until_received("The last word").await;

        open_menu(&page, "A secret").await;
        assert_eq!(offered(&page).await, json!(MINE));
        page.click_on("delete-message").await;
        page.click_on("delete-cancel").await;
        assert_eq!(page.texts().await[0], "A secret");
        delete(&page, "A secret").await;
        for page in [&page, &other] {
            page.until_texts(&[GONE, "An answer", "The last word"]).await;
            let quoted = "return part('quoteWords', all('message')[1]).textContent";
            page.until_is("the quote", quoted, json!([]), json!(GONE)).await;
            // Nothing can be done with what is left, but to delete it for oneself.
            open_menu(page, GONE).await;
            assert_eq!(offered(page).await, json!(["select-message", "delete-message"]));
            page.press(Key::Escape).await;
            until_gone(page, "message-menu").await;
        }
        delete(&page, "The last word").await;
        let preview = "return part('preview', rowOf(arguments[0])).textContent";
        page.until_is("the preview", preview, json!(["bob"]), json!(GONE)).await;
        other.until_is("the preview", preview, json!(["alice"]), json!(GONE)).await;
        assert_eq!(alice.history_with(&bob).await, ["An answer"]);
    });
}

#[test]
fn edits_and_deletions_wait_for_the_connection_in_their_order() {
    run(|world: World| async move {
        let (page, other, [alice, bob]) = two_pages(&world, "Helo").await;
        page.send("A secret").await;
        other.until_received("A secret").await;
        until_kept(&page, "A secret").await;
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        for text in ["Hell", "Hello"] {
            page.click_on("composer").await;
            let old = if text == "Hell" { "Helo" } else { "Hell" };
            begin_edit(&page, old).await;
            rewrite(&page, text).await;
        }
        page.until_state("Hello", "pending").await;
        delete(&page, "A secret").await;
        page.until_texts(&["Hello", GONE]).await;
        // What waits is stored in the browser.
        page.driver.refresh().await.unwrap();
        page.until_texts(&["Hello", GONE]).await;
        page.until_state("Hello", "pending").await;
        world.server.start_again().await;
        page.until_state("Hello", "sent").await;
        other.until_texts(&["Hello", GONE]).await;
        until_edited(&other, "Hello").await;
        assert_eq!(alice.history_with(&bob).await, ["Hello"]);
        let empty = "return theStore().then((store) => store.state.queue.filter(({ kind }) => kind !== 'receipt').length)";
        page.until_is("an empty queue", empty, json!([]), json!(0)).await;
    });
}

#[test]
fn a_refused_edit_is_taken_back_with_a_reason_and_its_text_can_be_copied() {
    run(|world: World| async move {
        let (page, _other, [alice, bob]) = two_pages(&world, "Helo").await;
        let chat = alice.chat_with(&bob).await;
        // The edit does not arrive before another device of alice has deleted the message.
        let lose = "const send = fetch
            window.fetch = (path, what) => what?.method === 'PATCH' ? new Promise(() => {}) : send(path, what)";
        page.js(lose, json!([])).await;
        begin_edit(&page, "Helo").await;
        rewrite(&page, "Hello, much better").await;
        page.until_state("Hello, much better", "pending").await;
        let path = format!("/api/chats/{}/messages/{}", chat["id"], chat["last_message"]["id"]);
        alice.ask("DELETE", &path, &Value::Null).await;
        page.until_texts(&[GONE]).await;
        page.driver.refresh().await.unwrap();
        page.until(
            "the reason",
            "return $('toast')?.textContent.includes('It was deleted meanwhile.')",
            json!([]),
        )
        .await;
        until_shown(&page, "toast-action").await;
        page.until_texts(&[GONE]).await;
    });
}

#[test]
fn an_edit_ends_when_its_message_is_deleted() {
    run(|world: World| async move {
        let (page, _other, [alice, bob]) = two_pages(&world, "Helo").await;
        let chat = alice.chat_with(&bob).await;
        page.write("Half a thought").await;
        begin_edit(&page, "Helo").await;
        page.insert(" and more").await;
        let path = format!("/api/chats/{}/messages/{}", chat["id"], chat["last_message"]["id"]);
        alice.ask("DELETE", &path, &Value::Null).await;
        until_composer(&page, "Half a thought").await;
        until_gone(&page, "quote-bar").await;
        let why =
            "return $('toast')?.textContent.includes('The message you were editing was deleted.')";
        page.until("the reason", why, json!([])).await;
    });
}

#[test]
fn an_admin_deletes_what_others_wrote_and_members_only_their_own() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let group = alice.make_group("Family", &[&bob, &carol]).await;
        let mut device = carol.connect().await;
        device.say(group, "From Carol").await;
        let (page, other) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        for page in [&page, &other] {
            page.open_group(group, "Family").await;
            page.until_received("From Carol").await;
        }
        open_menu(&other, "From Carol").await;
        let others = THEIRS.iter().filter(|item| **item != "pin-message");
        assert_eq!(offered(&other).await, json!(others.collect::<Vec<_>>()));
        other.press(Key::Escape).await;
        open_menu(&page, "From Carol").await;
        assert_eq!(offered(&page).await, json!(THEIRS));
        page.press(Key::Escape).await;
        phone(&page).await;
        delete(&page, "From Carol").await;
        for page in [&page, &other] {
            page.until_texts(&[GONE]).await;
        }
        // An edit of a mention shows the name at once.
        other.send("Hi").await;
        other.until_state("Hi", "sent").await;
        begin_edit(&other, "Hi").await;
        rewrite(&other, &format!("Hi <@{}>", carol.id)).await;
        for page in [&page, &other] {
            page.until_texts(&[GONE, "Hi @carol"]).await;
        }
        let all = async || {
            let path = format!("/api/chats/{group}/messages");
            let (_, history) = world.server.get(&path, &carol.token).await;
            history["messages"].as_array().unwrap().last().unwrap()["mentions"] == json!([carol.id])
        };
        eventually("the mention on the server", all).await;
    });
}

#[test]
fn notes_can_be_changed_and_old_messages_cannot() {
    run(|world: World| async move {
        let (page, _other, [alice, _bob]) = two_pages(&world, "From long ago").await;
        pick_notes(&page).await;
        page.send("A note").await;
        page.until_state("A note", "read").await;
        let (_, chats) = world.server.get("/api/chats", &alice.token).await;
        let chats = chats["chats"].as_array().unwrap();
        let ids: Vec<i64> =
            chats.iter().map(|chat| chat["last_message"]["id"].as_i64().unwrap()).collect();
        // Three days ago.
        let then = chats[0]["last_message"]["created_at"].as_i64().unwrap() - 3 * 24 * 3_600_000;
        world.server.date(&ids.iter().map(|id| (*id, then)).collect::<Vec<_>>()).await;
        let page = world.browser_of(&alice).await;
        pick_notes(&page).await;
        page.until_texts(&["A note"]).await;
        open_menu(&page, "A note").await;
        let all: Vec<_> = MINE.into_iter().filter(|action| *action != "message-info").collect();
        assert_eq!(offered(&page).await, json!(all));
        page.press(Key::Escape).await;
        page.pick("bob").await;
        page.until_texts(&["From long ago"]).await;
        open_menu(&page, "From long ago").await;
        let all: Vec<_> = MINE.into_iter().filter(|action| *action != "edit-message").collect();
        assert_eq!(offered(&page).await, json!(all));
    });
}
