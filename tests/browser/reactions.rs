//! Reactions in the state of the page: for everyone at once, in the outgoing queue, after a time
//! away, from the local copy, and in the list of chats.

use serde_json::{Value, json};
use thirtyfour::WindowHandle;

use crate::kit::{Browser, User, World, eventually, run, until_installed, until_kept, until_shown};

/// Asks the page to react to the message with this text, as its menus do; `null` takes back.
async fn react(page: &Browser, text: &str, emoji: Option<&str>) {
    let script = "const { state } = await theStore()
        const message = Object.values(state.logs).flatMap(({ rows }) => rows).find(({ content }) => content === args[0])
        const detail = { message, emoji: args[1] }
        document.querySelector('chat-list').dispatchEvent(new CustomEvent('react', { bubbles: true, detail }))";
    page.js_async(script, json!([text, emoji])).await;
}

/// Waits until a message shows these reactions, such as "👍 2* 😂 1"; a star marks one's own.
async fn until_reactions(page: &Browser, text: &str, reactions: &str) {
    let script = "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        if (!row) return null
        const chips = [...row.querySelectorAll('button.reaction')]
        const own = (chip) => chip.getAttribute('aria-pressed') === 'true' ? '*' : ''
        return chips.map((chip) => `${chip.dataset.emoji} ${parseInt(chip.textContent.replace(/\\D/g, ''))}${own(chip)}`).join(' ')";
    page.until_is(&format!("the reactions to “{text}”"), script, json!([text]), json!(reactions))
        .await;
}

async fn until_preview(page: &Browser, name: &str, words: &str) {
    let preview =
        "return part('preview', rowOf(arguments[0]))?.textContent.replace(/[\\u2068\\u2069]/g, '')";
    page.until_is(&format!("the preview of {name}"), preview, json!([name]), json!(words)).await;
}

/// Waits until nothing but receipts waits to be sent.
async fn until_sent(page: &Browser) {
    let empty = "return theStore().then(({ state }) => state.queue.filter(({ kind }) => kind !== 'receipt').length)";
    page.until_is("an empty queue", empty, json!([]), json!(0)).await;
}

/// The path of the reaction of this user to the last message of the chat with another one.
pub(super) async fn reaction_path(user: &User, other: &User) -> String {
    let chat = user.chat_with(other).await;
    format!("/api/chats/{}/messages/{}/reaction", chat["id"], chat["last_message"]["id"])
}

/// Pages of alice and bob with their chat open, and a message of alice in it.
async fn two_pages(world: &World, text: &str) -> (Browser, Browser, [User; 2]) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    alice.connect().await.post_to(&bob, text).await;
    let (page, other) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
    page.pick("bob").await;
    other.pick("alice").await;
    until_reactions(&page, text, "").await;
    until_reactions(&other, text, "").await;
    (page, other, [alice, bob])
}

async fn switch(page: &Browser, tab: &WindowHandle) {
    page.driver.switch_to_window(tab.clone()).await.unwrap();
}

#[test]
fn a_reaction_shows_for_everyone_and_in_every_tab_until_it_is_taken_back() {
    run(|world: World| async move {
        let (page, other, [_alice, _bob]) = two_pages(&world, "Hello").await;
        let tabs = [other.driver.window().await.unwrap(), other.new_tab().await];
        other.until_ready().await;
        other.pick("alice").await;
        other.until_received("Hello").await;
        for (emoji, theirs, own) in [
            (Some("👍"), "👍 1", "👍 1*"),
            (Some("😂"), "😂 1", "😂 1*"),
            (None, "", ""),
            (Some("❤️"), "❤️ 1", "❤️ 1*"),
        ] {
            react(&other, "Hello", emoji).await;
            until_reactions(&page, "Hello", theirs).await;
            for tab in &tabs {
                switch(&other, tab).await;
                until_reactions(&other, "Hello", own).await;
            }
        }
        react(&page, "Hello", Some("❤️")).await;
        until_reactions(&page, "Hello", "❤️ 2*").await;
        until_reactions(&other, "Hello", "❤️ 2*").await;
        react(&page, "Hello", Some("🎉")).await;
        until_reactions(&page, "Hello", "❤️ 1 🎉 1*").await;
        until_reactions(&other, "Hello", "❤️ 1* 🎉 1").await;
        until_sent(&page).await;
        until_sent(&other).await;
    });
}

#[test]
fn an_edit_keeps_the_reactions_and_a_deletion_ends_them() {
    run(|world: World| async move {
        let (page, other, [alice, bob]) = two_pages(&world, "Helo").await;
        react(&other, "Helo", Some("👍")).await;
        until_reactions(&page, "Helo", "👍 1").await;
        let path = reaction_path(&alice, &bob).await.replace("/reaction", "");
        alice.ask("PATCH", &path, &json!({ "content": "Hello" })).await;
        until_reactions(&page, "Hello", "👍 1").await;
        until_reactions(&other, "Hello", "👍 1*").await;
        until_preview(&page, "bob", "bob reacted 👍 to “Hello”").await;
        alice.ask("DELETE", &path, &Value::Null).await;
        for (page, name) in [(&page, "bob"), (&other, "alice")] {
            until_reactions(page, "This message was deleted.", "").await;
            until_preview(page, name, "This message was deleted.").await;
        }
    });
}

#[test]
fn reactions_wait_for_the_connection_and_the_last_one_is_sent() {
    run(|world: World| async move {
        let (page, other, [alice, bob]) = two_pages(&world, "Hello").await;
        alice.connect().await.post_to(&bob, "Bye").await;
        other.until_received("Bye").await;
        react(&other, "Bye", Some("👍")).await;
        until_reactions(&page, "Bye", "👍 1").await;
        until_sent(&other).await;
        until_installed(&other).await;
        until_kept(&other, "Bye").await;
        world.server.stop().await;
        other.until_connection("offline").await;
        react(&other, "Hello", Some("👍")).await;
        react(&other, "Hello", Some("😂")).await;
        react(&other, "Bye", None).await;
        until_reactions(&other, "Hello", "😂 1*").await;
        until_reactions(&other, "Bye", "").await;
        let waits = "return document.querySelector('button.reaction').hasAttribute('data-waiting')";
        assert_eq!(other.js(waits, json!([])).await, true);
        // What waits is stored in the browser.
        other.driver.refresh().await.unwrap();
        until_reactions(&other, "Hello", "😂 1*").await;
        until_reactions(&other, "Bye", "").await;
        until_preview(&other, "alice", "You reacted 😂 to “Hello”").await;
        world.server.start_again().await;
        until_reactions(&page, "Hello", "😂 1").await;
        until_reactions(&page, "Bye", "").await;
        until_reactions(&other, "Hello", "😂 1*").await;
        until_sent(&other).await;
    });
}

#[test]
fn a_refused_reaction_is_taken_back_with_a_reason() {
    run(|world: World| async move {
        let (_page, other, [alice, bob]) = two_pages(&world, "Hello").await;
        // The reaction does not arrive before alice has deleted the message.
        let lose = "const send = fetch
            window.fetch = (path, what) => what?.method === 'PUT' ? new Promise(() => {}) : send(path, what)";
        other.js(lose, json!([])).await;
        react(&other, "Hello", Some("👍")).await;
        until_reactions(&other, "Hello", "👍 1*").await;
        let path = reaction_path(&alice, &bob).await.replace("/reaction", "");
        alice.ask("DELETE", &path, &Value::Null).await;
        other.until_texts(&["This message was deleted."]).await;
        other.driver.refresh().await.unwrap();
        until_shown(&other, "toast").await;
        let why = "return $('toast').textContent.includes('The reaction was not saved. It was deleted meanwhile.')";
        other.until("the reason", why, json!([])).await;
        until_sent(&other).await;
        until_reactions(&other, "This message was deleted.", "").await;
    });
}

#[test]
fn a_preview_tells_of_a_reaction_until_the_next_message() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        alice.connect().await.post_to(&bob, "Look at *this*").await;
        let path = reaction_path(&bob, &alice).await;
        carol.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        let other = world.browser_of(&bob).await;
        page.until_badge("carol", "1").await;
        let order = "return all('chat-row').map((row) => row.dataset.name).filter((name) => name !== 'alice')";
        page.until_is("the order", order, json!([]), json!(["carol", "bob"])).await;

        bob.ask("PUT", &path, &json!({ "emoji": "😂" })).await;
        until_preview(&page, "bob", "bob reacted 😂 to “Look at this”").await;
        until_preview(&other, "alice", "You reacted 😂 to “Look at this”").await;
        assert_eq!(page.js(order, json!([])).await, json!(["carol", "bob"]), "it stays there");
        assert_eq!(page.badge_of("bob").await, "", "and is no unread message");
        // A device that comes later is told by the list.
        let later = world.browser_of(&alice).await;
        until_preview(&later, "bob", "bob reacted 😂 to “Look at this”").await;

        bob.ask("DELETE", &path, &Value::Null).await;
        for page in [&page, &later] {
            until_preview(page, "bob", "Look at this").await;
        }
        bob.ask("PUT", &path, &json!({ "emoji": "👍" })).await;
        for page in [&page, &later] {
            until_preview(page, "bob", "bob reacted 👍 to “Look at this”").await;
        }
        bob.connect().await.post_to(&alice, "Nice").await;
        for page in [&page, &later] {
            until_preview(page, "bob", "Nice").await;
        }
        page.pick("bob").await;
        page.until_received("Nice").await;
        react(&page, "Nice", Some("🎉")).await;
        for page in [&page, &later] {
            until_preview(page, "bob", "You reacted 🎉 to “Nice”").await;
        }
        until_preview(&other, "alice", "alice reacted 🎉 to “Nice”").await;
        // Of her own message that she reacts to, he is told nothing.
        alice.ask("PUT", &path, &json!({ "emoji": "🙏" })).await;
        until_preview(&other, "alice", "alice reacted 🎉 to “Nice”").await;
    });
}

#[test]
fn a_device_catches_up_with_the_reactions_that_it_missed() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        alice.connect().await.post_to(&bob, "First").await;
        let first = reaction_path(&bob, &alice).await;
        alice.connect().await.post_to(&bob, "Second").await;
        let second = reaction_path(&bob, &alice).await;
        bob.ask("PUT", &first, &json!({ "emoji": "👍" })).await;
        alice.ask("PUT", &first, &json!({ "emoji": "😂" })).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        until_reactions(&page, "First", "👍 1 😂 1*").await;
        proxy.close();
        page.until_connection("offline").await;
        bob.ask("DELETE", &first, &Value::Null).await;
        alice.ask("PUT", &first, &json!({ "emoji": "🎉" })).await;
        bob.ask("PUT", &second, &json!({ "emoji": "❤️" })).await;
        proxy.open();
        page.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        until_reactions(&page, "First", "🎉 1*").await;
        until_reactions(&page, "Second", "❤️ 1").await;
        until_preview(&page, "bob", "bob reacted ❤️ to “Second”").await;
    });
}

#[test]
fn in_a_group_reactions_are_counted_and_former_members_see_none() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let group = alice.make_group("Family", &[&bob, &carol]).await;
        alice.connect().await.say(group, "Hello").await;
        let proxy = world.proxy().await;
        let pages = [
            world.browser_of(&alice).await,
            world.browser_of(&bob).await,
            world.browser_of_behind(&proxy, &carol).await,
        ];
        for page in &pages {
            page.open_group(group, "Family").await;
            until_reactions(page, "Hello", "").await;
        }
        let [page, other, away] = &pages;
        proxy.close();
        away.until_connection("offline").await;
        react(page, "Hello", Some("👍")).await;
        react(other, "Hello", Some("👍")).await;
        react(away, "Hello", Some("😂")).await;
        until_reactions(page, "Hello", "👍 2*").await;
        until_reactions(away, "Hello", "😂 1*").await;
        proxy.open();
        away.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        until_reactions(away, "Hello", "👍 2 😂 1*").await;
        until_reactions(page, "Hello", "👍 2* 😂 1").await;
        until_preview(page, "Family", "carol reacted 😂 to “Hello”").await;
        until_preview(other, "Family", "You reacted 👍 to “Hello”").await;

        alice.remove_member(group, &carol).await;
        until_reactions(away, "Hello", "").await;
        react(page, "Hello", Some("😂")).await;
        until_reactions(other, "Hello", "😂 2 👍 1*").await;
        alice.add_member(group, &carol).await;
        until_reactions(away, "Hello", "😂 2* 👍 1").await;
    });
}

#[test]
fn without_a_server_the_reactions_are_there_after_a_reload() {
    run(|world: World| async move {
        let (_page, other, [alice, bob]) = two_pages(&world, "Hello").await;
        let path = reaction_path(&alice, &bob).await;
        alice.ask("PUT", &path, &json!({ "emoji": "🎉" })).await;
        react(&other, "Hello", Some("👍")).await;
        until_reactions(&other, "Hello", "🎉 1 👍 1*").await;
        until_sent(&other).await;
        until_installed(&other).await;
        let copied = "const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))
            const db = await asked(indexedDB.open('chaap.user.bob'))
            const cache = await asked(db.transaction('cache').objectStore('cache').getAll())
            db.close()
            return cache.some(({ reactions = {} }) => Object.values(reactions).some(({ all, own }) => all?.total === 2 && own?.emoji === '👍'))";
        eventually("the copy", async || other.js_async(copied, json!([])).await == true).await;
        world.server.stop().await;
        other.driver.refresh().await.unwrap();
        until_reactions(&other, "Hello", "🎉 1 👍 1*").await;
        until_preview(&other, "alice", "You reacted 👍 to “Hello”").await;
        other.until_connection("offline").await;
        world.server.start_again().await;
        other.until_connection("online").await;
        until_reactions(&other, "Hello", "🎉 1 👍 1*").await;
    });
}
