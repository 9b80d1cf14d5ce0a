//! Links to messages: copied from the menu, opened in the page and at its start, and back again.

use serde_json::{Value, json};

use crate::{
    flags::open_menu,
    kit::{Browser, User, World, run, until_gone, until_shown},
    starred::until_found,
};

/// The chat of two users with a first message far back. Returns the address of that message.
async fn far_back(world: &World, [alice, bob]: [&User; 2]) -> String {
    bob.connect().await.post_to(alice, "Where is the key?").await;
    let chat = alice.chat_with(bob).await;
    let link = format!("#/chats/{}/messages/{}", chat["id"], chat["last_message"]["id"]);
    world.server.lengthen(chat["id"].as_i64().unwrap(), [alice, bob], 600).await;
    link
}

async fn until_title(page: &Browser, name: &str) {
    let title = "return $('chat-title').textContent";
    page.until_is("the open chat", title, json!([]), json!(name)).await;
}

/// Loads the page again, at this fragment of the address.
async fn open_at(page: &Browser, hash: &str) {
    page.js("location.hash = arguments[0]", json!([hash])).await;
    page.driver.refresh().await.unwrap();
    page.until_ready().await;
}

async fn follow(page: &Browser, text: &str) {
    let link = "return [...document.querySelectorAll('.message__link')].find((it) => it.textContent.endsWith(arguments[0]))";
    page.click("the link", link, json!([text])).await;
}

/// Whether the page was loaded again since the last time.
async fn is_same_page(page: &Browser) -> bool {
    let same = page.js("return window.isHere === true", json!([])).await == true;
    page.js("window.isHere = true", json!([])).await;
    same
}

#[test]
fn the_menu_copies_a_link_that_leads_to_the_message_at_load_and_far_back() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let link = far_back(&world, [&alice, &bob]).await;
        carol.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        open_at(&page, &link).await;
        until_title(&page, "bob").await;
        until_found(&page, "Where is the key?").await;
        page.js(
            "navigator.clipboard.writeText = async (text) => { window.copied = text }",
            json!([]),
        )
        .await;
        open_menu(&page, "Where is the key?").await;
        page.click_on("copy-link").await;
        let copied = "return window.copied === location.origin + '/' + arguments[0]";
        page.until("the copied link", copied, json!([link])).await;
        // The message is shown once: the reader may go on.
        page.click_on("jump").await;
        let end = "const list = document.querySelector('.messages__scroll')
            return list.scrollHeight - list.clientHeight - list.scrollTop < 2";
        page.until("the end", end, json!([])).await;
        carol.connect().await.post_to(&alice, "More").await;
        page.until_badge("carol", "2").await;
        assert_eq!(page.js(end, json!([])).await, true);
    });
}

#[test]
fn a_link_in_a_message_opens_in_the_page_and_back_returns() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let link = far_back(&world, [&alice, &bob]).await;
        let page = world.browser_of(&alice).await;
        let origin = page.js("return location.origin + '/'", json!([])).await;
        let whole = format!("{}{link}", origin.as_str().unwrap());
        let mut device = carol.connect().await;
        device.post_to(&alice, &format!("Not {}example.org", origin.as_str().unwrap())).await;
        device.post_to(&alice, &format!("Look: {whole}")).await;
        bob.connect().await.post_to(&alice, &format!("Again: {whole}")).await;
        // Room below it, so that the link is in view also from further above.
        bob.connect().await.post_to(&alice, "And\nthen\nsome\nmore\nlines").await;
        is_same_page(&page).await;

        // From another chat.
        page.pick("carol").await;
        page.until_received(&format!("Look: {whole}")).await;
        // Other links open outside of the page.
        let targets =
            "return [...document.querySelectorAll('.message__link')].map(({ target }) => target)";
        assert_eq!(page.js(targets, json!([])).await, json!(["_blank", ""]));
        follow(&page, &link).await;
        until_title(&page, "bob").await;
        until_found(&page, "Where is the key?").await;
        page.js("history.back()", json!([])).await;
        until_title(&page, "carol").await;

        // In the same chat, from its end and from above it.
        page.pick("bob").await;
        page.click_on("jump").await;
        page.until_received(&format!("Again: {whole}")).await;
        for distance in [0, 100] {
            let place = "const list = document.querySelector('.messages__scroll')
                return Math.round(all('message').at(-1).getBoundingClientRect().top - list.getBoundingClientRect().top)";
            page.js(
                "document.querySelector('.messages__scroll').scrollTop -= arguments[0]",
                json!([distance]),
            )
            .await;
            page.until_calm().await;
            let before = page.js(place, json!([])).await;
            follow(&page, &link).await;
            until_found(&page, "Where is the key?").await;
            page.js("history.back()", json!([])).await;
            page.until_is("the place before", place, json!([]), before).await;
        }
        // The same link again, while its message is the address.
        follow(&page, &link).await;
        until_found(&page, "Where is the key?").await;
        page.click_on("jump").await;
        page.until_received(&format!("Again: {whole}")).await;
        follow(&page, &link).await;
        until_found(&page, "Where is the key?").await;
        assert!(is_same_page(&page).await, "the page was not loaded again");
    });
}

#[test]
fn a_link_to_what_cannot_be_seen_opens_the_chat_and_says_so() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        bob.connect().await.post_to(&carol, "Between us").await;
        let (hers, theirs) = (alice.chat_with(&bob).await, carol.chat_with(&bob).await);
        let (chat, hidden) = (&hers["id"], &hers["last_message"]["id"]);
        alice
            .ask("PUT", &format!("/api/chats/{chat}/messages/{hidden}/hidden"), &Value::Null)
            .await;
        bob.connect().await.post_to(&alice, "Bye").await;
        let page = world.browser_of(&alice).await;
        let said =
            "return $('toast')?.textContent.includes('This message is no longer available.')";
        for id in [hidden.clone(), theirs["last_message"]["id"].clone(), json!(99_999)] {
            open_at(&page, &format!("#/chats/{chat}/messages/{id}")).await;
            page.until("the note", said, json!([])).await;
            until_title(&page, "bob").await;
            page.until_texts(&["Bye"]).await;
        }
        // A chat of others is like one that does not exist.
        page.js("location.hash = '#/'", json!([])).await;
        let (chat, id) = (&theirs["id"], &theirs["last_message"]["id"]);
        page.js("location.hash = arguments[0]", json!([format!("#/chats/{chat}/messages/{id}")]))
            .await;
        page.until_is("the list", "return location.hash", json!([]), json!("#/")).await;
        until_gone(&page, "chat-title").await;
        until_shown(&page, "chat-row").await;
    });
}
