//! Drafts that reply to a message or edit one: they are there again after another chat, a reload and
//! on another device, with and without a connection, and no text is lost with the message.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{
    Browser, User, World, eventually, phone, run, until_installed, until_kept, until_shown,
};

/// Name and words in the bar above the composer, the text below it, and what the button does.
const WRITTEN: &str = "const bar = $('quote-bar')
    const quote = shown(bar) ? [part('quoteName', bar).textContent, part('quoteWords', bar).textContent] : []
    return [...quote, $('composer').value, $('send').ariaLabel]";

async fn until_written(page: &Browser, written: Value) {
    page.until_is("the composer", WRITTEN, json!([]), written).await;
}

/// Chooses an action from the menu of the message with this text.
async fn choose(page: &Browser, text: &str, action: &str) {
    let focus =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        part('bubble', row).focus()";
    page.js(focus, json!([text])).await;
    page.press(Key::Enter).await;
    until_shown(page, "message-menu").await;
    page.click_on(action).await;
    until_shown(page, "quote-bar").await;
    page.until_focus("composer").await;
}

async fn replace(page: &Browser, text: &str) {
    page.js("$('composer').select()", json!([])).await;
    page.insert(text).await;
}

/// What the server has of the draft: text, replied message, edited message, what is kept aside.
async fn saved(alice: &User, bob: &User) -> Value {
    let row = alice.chat_with(bob).await["preferences"].clone();
    json!([row["draft"], row["draft_reply_to"], row["draft_edit_of"], row["draft_aside"]])
}

async fn until_saved(alice: &User, bob: &User, draft: Value) {
    eventually(&format!("{draft} on the server"), async || saved(alice, bob).await == draft).await;
}

async fn save(alice: &User, bob: &User, draft: &Value) {
    let chat = alice.chat_with(bob).await["id"].clone();
    alice.ask("PATCH", &format!("/api/chats/{chat}/preferences"), draft).await;
}

/// A page of alice beside bob, with a message of each, and the ids of these.
async fn beside_bob(world: &World) -> (Browser, [User; 2], [Value; 2]) {
    let (page, [alice, bob]) = world.page_beside_bob("From Bob").await;
    let theirs = alice.chat_with(&bob).await["last_message"]["id"].clone();
    page.send("From Alice").await;
    page.until_state("From Alice", "sent").await;
    let own = alice.chat_with(&bob).await["last_message"]["id"].clone();
    (page, [alice, bob], [theirs, own])
}

async fn until_preview(page: &Browser, text: &str) {
    let preview = "return [part('label', rowOf('bob')).textContent, part('preview', rowOf('bob')).textContent]";
    page.until_is("the draft in the list", preview, json!([]), json!(["Draft: ", text])).await;
}

async fn until_told(page: &Browser, words: &str) {
    let told = "return $('toast')?.textContent.includes(arguments[0])";
    page.until(words, told, json!([words])).await;
}

#[test]
fn a_reply_under_way_is_there_again_on_every_device() {
    run(|world: World| async move {
        let (page, [alice, bob], [theirs, _]) = beside_bob(&world).await;
        choose(&page, "From Bob", "reply").await;
        page.insert("Half an answer").await;
        let reply = json!(["bob", "From Bob", "Half an answer", "Send"]);
        until_written(&page, reply.clone()).await;
        page.close_chat().await;
        until_preview(&page, "Half an answer").await;
        until_saved(&alice, &bob, json!(["Half an answer", theirs, null, ""])).await;
        page.pick("bob").await;
        until_written(&page, reply.clone()).await;
        page.reload().await;
        page.until_ready().await;
        until_written(&page, reply.clone()).await;

        let other = world.browser_of(&alice).await;
        phone(&other).await;
        until_preview(&other, "Half an answer").await;
        other.pick("bob").await;
        until_written(&other, reply).await;
        other.click_on("composer").await;
        other.press(Key::Enter).await;
        other.until_state("Half an answer", "sent").await;
        let quoted = "return part('quoteWords', all('message').at(-1)).textContent";
        other.until_is("the quote", quoted, json!([]), json!("From Bob")).await;
        for page in [&page, &other] {
            page.js("$('composer').blur()", json!([])).await;
            until_written(page, json!(["", "Send"])).await;
        }
        until_saved(&alice, &bob, json!(["", null, null, ""])).await;
    });
}

#[test]
fn a_quote_without_a_text_is_a_draft_and_closing_the_bar_ends_it() {
    run(|world: World| async move {
        let (page, [alice, bob], [theirs, _]) = beside_bob(&world).await;
        choose(&page, "From Bob", "reply").await;
        until_saved(&alice, &bob, json!(["", theirs, null, ""])).await;
        let other = world.browser_of(&alice).await;
        other.pick("bob").await;
        until_written(&other, json!(["bob", "From Bob", "", "Send"])).await;
        // Without words, the list shows the last message.
        page.close_chat().await;
        let label = "return part('label', rowOf('bob')).textContent";
        assert_ne!(page.js(label, json!([])).await, "Draft: ");
        other.click_on("quote-close").await;
        until_written(&other, json!(["", "Send"])).await;
        until_saved(&alice, &bob, json!(["", null, null, ""])).await;
        page.pick("bob").await;
        until_written(&page, json!(["", "Send"])).await;
    });
}

#[test]
fn an_edit_under_way_continues_on_the_other_device_and_keeps_what_was_written_before() {
    run(|world: World| async move {
        let (page, [alice, bob], [_, own]) = beside_bob(&world).await;
        page.write("Half a thought").await;
        choose(&page, "From Alice", "edit-message").await;
        replace(&page, "From Alice, with love").await;
        let edit = json!(["Editing", "From Alice", "From Alice, with love", "Save"]);
        until_written(&page, edit.clone()).await;
        page.close_chat().await;
        until_preview(&page, "From Alice, with love").await;
        let draft = json!(["From Alice, with love", null, own, "Half a thought"]);
        until_saved(&alice, &bob, draft).await;
        page.reload().await;
        page.until_ready().await;
        page.pick("bob").await;
        until_written(&page, edit.clone()).await;

        let other = world.browser_of(&alice).await;
        other.pick("bob").await;
        until_written(&other, edit).await;
        other.click_on("composer").await;
        other.insert("!").await;
        page.js("$('composer').blur()", json!([])).await;
        until_written(&page, json!(["Editing", "From Alice", "From Alice, with love!", "Save"]))
            .await;
        other.press(Key::Enter).await;
        let texts = ["From Bob", "From Alice, with love!"];
        for page in [&page, &other] {
            page.js("$('composer').blur()", json!([])).await;
            page.until_texts(&texts).await;
            until_written(page, json!(["Half a thought", "Send"])).await;
        }
        until_saved(&alice, &bob, json!(["Half a thought", null, null, ""])).await;
        assert_eq!(alice.history_with(&bob).await, texts);
    });
}

#[test]
fn a_reply_and_an_edit_that_begin_without_a_connection_are_kept_and_saved_later() {
    run(|world: World| async move {
        let (page, [alice, bob], [theirs, own]) = beside_bob(&world).await;
        until_kept(&page, "From Alice").await;
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        choose(&page, "From Bob", "reply").await;
        page.insert("In the tunnel").await;
        until_kept(&page, "In the tunnel").await;
        page.driver.refresh().await.unwrap();
        until_written(&page, json!(["bob", "From Bob", "In the tunnel", "Send"])).await;
        // An edit takes the place of the reply and keeps its text.
        choose(&page, "From Alice", "edit-message").await;
        page.insert(", edited").await;
        until_kept(&page, "From Alice, edited").await;
        let address = page.js("return location.hash", json!([])).await;
        page.driver.goto("about:blank").await.unwrap();
        page.open(&format!("/{}", address.as_str().unwrap())).await;
        until_written(&page, json!(["Editing", "From Alice", "From Alice, edited", "Save"])).await;
        page.click_on("composer").await;
        page.press(Key::Escape).await;
        until_written(&page, json!(["In the tunnel", "Send"])).await;
        choose(&page, "From Bob", "reply").await;

        world.server.start_again().await;
        page.until_connection("online").await;
        until_saved(&alice, &bob, json!(["In the tunnel", theirs, null, ""])).await;
        choose(&page, "From Alice", "edit-message").await;
        until_saved(&alice, &bob, json!(["From Alice", null, own, "In the tunnel"])).await;
    });
}

#[test]
fn a_deleted_message_takes_the_quote_but_not_the_text() {
    run(|world: World| async move {
        let (page, [alice, bob], [theirs, own]) = beside_bob(&world).await;
        let chat = alice.chat_with(&bob).await["id"].clone();
        let path = |id: &Value| format!("/api/chats/{chat}/messages/{id}");
        choose(&page, "From Bob", "reply").await;
        page.insert("Half an answer").await;
        bob.ask("DELETE", &path(&theirs), &Value::Null).await;
        until_written(&page, json!(["Half an answer", "Send"])).await;
        until_saved(&alice, &bob, json!(["Half an answer", null, null, ""])).await;

        // The edit of a chat that is not open ends, too, and its text can be copied.
        choose(&page, "From Alice", "edit-message").await;
        page.insert(" and more").await;
        page.close_chat().await;
        until_preview(&page, "From Alice and more").await;
        until_kept(&page, "From Alice and more").await;
        alice.ask("DELETE", &path(&own), &Value::Null).await;
        until_told(&page, "The message you were editing was deleted.").await;
        let copy = "navigator.clipboard.writeText = async (text) => (window.copied = text)";
        page.js(copy, json!([])).await;
        page.click_on("toast-action").await;
        page.until_is("the copy", "return window.copied", json!([]), json!("From Alice and more"))
            .await;
        until_preview(&page, "Half an answer").await;
        page.pick("bob").await;
        until_written(&page, json!(["Half an answer", "Send"])).await;
        until_saved(&alice, &bob, json!(["Half an answer", null, null, ""])).await;
    });
}

#[test]
fn an_expired_message_takes_the_quote_but_not_the_text() {
    run(|world: World| async move {
        let (page, [alice, bob], _) = beside_bob(&world).await;
        let chat = alice.chat_with(&bob).await["id"].as_i64().unwrap();
        // Long enough to answer it on a busy machine.
        let timer = json!({ "expire_after": 20_000 });
        alice.ask("PUT", &format!("/api/chats/{chat}/timer"), &timer).await;
        bob.connect().await.say(chat, "Soon gone").await;
        page.until_received("Soon gone").await;
        choose(&page, "Soon gone", "reply").await;
        page.insert("Half an answer").await;
        until_written(&page, json!(["bob", "Soon gone", "Half an answer", "Send"])).await;
        until_written(&page, json!(["Half an answer", "Send"])).await;
        until_saved(&alice, &bob, json!(["Half an answer", null, null, ""])).await;
    });
}

#[test]
fn an_edit_whose_message_was_deleted_while_the_page_was_away_can_be_copied() {
    run(|world: World| async move {
        let (page, [alice, bob], [_, own]) = beside_bob(&world).await;
        choose(&page, "From Alice", "edit-message").await;
        page.insert(" and more").await;
        until_saved(&alice, &bob, json!(["From Alice and more", null, own, ""])).await;
        until_kept(&page, "From Alice and more").await;
        let address = page.js("return location.hash", json!([])).await;
        page.driver.goto("about:blank").await.unwrap();
        let chat = alice.chat_with(&bob).await["id"].clone();
        alice.ask("DELETE", &format!("/api/chats/{chat}/messages/{own}"), &Value::Null).await;
        page.open(&format!("/{}", address.as_str().unwrap())).await;
        page.until_ready().await;
        until_told(&page, "The message you were editing was deleted.").await;
        until_shown(&page, "toast-action").await;
        until_written(&page, json!(["", "Send"])).await;
        until_saved(&alice, &bob, json!(["", null, null, ""])).await;
    });
}

#[test]
fn a_reply_that_the_server_refuses_leaves_its_text_on_every_device() {
    run(|world: World| async move {
        let (page, [alice, bob], _) = beside_bob(&world).await;
        let refuse = "const send = fetch
            window.fetch = (path, what) => /draft_reply_to\":\\d/.test(what?.body)
              ? Promise.resolve(new Response(JSON.stringify({ detail: 'gone', code: 'no_such_message' }), { status: 404 }))
              : send(path, what)";
        page.js(refuse, json!([])).await;
        choose(&page, "From Bob", "reply").await;
        page.insert("Half an answer").await;
        until_saved(&alice, &bob, json!(["Half an answer", null, null, ""])).await;
        page.js("$('composer').blur()", json!([])).await;
        until_written(&page, json!(["Half an answer", "Send"])).await;
    });
}

#[test]
fn the_quoted_message_of_a_draft_is_loaded_however_far_back_it_is() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "From long ago").await;
        let own = alice.connect().await.post_to(&bob, "Mine from long ago").await;
        let (reply, edit) = (ack["message_id"].clone(), own["message_id"].clone());
        world.server.lengthen(ack["chat_id"].as_i64().unwrap(), [&alice, &bob], 300).await;
        save(&alice, &bob, &json!({ "draft": "So?", "draft_reply_to": reply })).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        until_written(&page, json!(["bob", "From long ago", "So?", "Send"])).await;
        let draft = json!({ "draft": "Changed", "draft_edit_of": edit, "draft_aside": "So?" });
        save(&alice, &bob, &draft).await;
        page.js("$('composer').blur()", json!([])).await;
        until_written(&page, json!(["Editing", "Mine from long ago", "Changed", "Save"])).await;
    });
}

#[test]
fn what_another_device_writes_beside_an_edit_stays() {
    run(|world: World| async move {
        let (page, [alice, bob], [_, own]) = beside_bob(&world).await;
        page.click_on("composer").await;
        // The field has the focus, so that this text is not shown here yet.
        save(&alice, &bob, &json!({ "draft": "From the phone" })).await;
        let heard = "const store = await theStore()
            return Object.values(store.state.preferences).some(({ draft }) => draft === arguments[0])";
        let phone_wrote = async |text: &str| {
            eventually(text, async || page.js_async(heard, json!([text])).await == true).await;
        };
        phone_wrote("From the phone").await;
        choose(&page, "From Alice", "edit-message").await;
        until_saved(&alice, &bob, json!(["From Alice", null, own, "From the phone"])).await;
        save(&alice, &bob, &json!({ "draft": "From the phone again" })).await;
        phone_wrote("From the phone again").await;
        replace(&page, "From Alice!").await;
        page.press(Key::Enter).await;
        page.until_texts(&["From Bob", "From Alice!"]).await;
        until_written(&page, json!(["From the phone again", "Send"])).await;
        until_saved(&alice, &bob, json!(["From the phone again", null, null, ""])).await;
    });
}

#[test]
fn a_reply_under_way_stays_in_another_language_and_on_a_phone() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        bob.rename("<b>بوب</b> & Co").await;
        let group = alice.make_group("Hikers", &[&bob, &carol]).await;
        bob.connect().await.say(group, "Who comes?").await;
        let page = world.browser_of(&alice).await;
        page.prefer("dark").await;
        page.open_group(group, "Hikers").await;
        page.until_received("Who comes?").await;
        choose(&page, "Who comes?", "reply").await;
        page.insert(&format!("<@{}> and I", carol.id)).await;
        page.open_settings().await;
        page.click("Arabic", "return $('language-ar').closest('label')", json!([])).await;
        let arabic = "return document.documentElement.dir === 'rtl' && shown($('quote-bar'))
            && part('quoteWords', $('quote-bar')).textContent === 'Who comes?'
            && $('composer').value === '@carol and I'";
        page.until("the reply in Arabic", arabic, json!([])).await;
        phone(&page).await;
        let fits = "const { left, right } = $('quote-bar').getBoundingClientRect()
            return part('quoteName', $('quote-bar')).textContent === '<b>بوب</b> & Co'
              && left >= 0 && right <= innerWidth && document.documentElement.scrollWidth <= innerWidth";
        page.until("the bar within the phone", fits, json!([])).await;
    });
}
