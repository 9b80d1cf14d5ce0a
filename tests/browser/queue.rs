//! The outgoing queue: what can never be sent fails alone, and what can be sent survives everything.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, User, Way, World, eventually, run, until_installed, until_kept};

/// Puts a text into the composer that no keyboard could write, and sends it.
async fn send_any(page: &Browser, script: &str) {
    let write = format!(
        "const field = $('composer'); field.focus(); field.value = {script}
        field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    );
    page.js(&write, json!([])).await;
    page.press(Key::Enter).await;
    page.until("an empty composer", "return $('composer').value === ''", json!([])).await;
}

/// Tells the page's own state something, as a frame would.
async fn dispatch(page: &Browser, event: Value) {
    let script = "const store = await theStore()
        store.dispatch(args[0])";
    page.js_async(script, json!([event])).await;
}

/// Waits until a message that begins like this stands there as refused with these words.
async fn until_refused(page: &Browser, begins: &str, words: &str) {
    let there = "const row = all('message').find((row) => part('text', row).textContent.startsWith(arguments[0]))
        return row?.dataset.state === 'failed' && part('reason', row).textContent.includes(arguments[1])";
    page.until(&format!("“{begins}” refused"), there, json!([begins, words])).await;
}

/// Waits until as many messages of one's own have their tick.
async fn until_sent(page: &Browser, count: usize) {
    let sent = "return messages().filter(({ state }) => state === 'sent').length === arguments[0]";
    page.until(&format!("{count} sent"), sent, json!([count])).await;
}

#[test]
fn every_text_within_the_limit_is_sent_whatever_it_is_made_of() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let controls: String = ('\u{1}'..='\u{1F}').filter(|c| *c != '\r').collect();
        let texts = [
            ("'\\u001b'.repeat(11000) + '.'", "\u{1B}".repeat(11_000) + "."),
            ("'\\u0000'.repeat(16383) + '.'", "\0".repeat(16_383) + "."),
            ("`\"\\\\`.repeat(8192)", r#""\"#.repeat(8_192)),
            ("'😀'.repeat(4096)", "😀".repeat(4_096)),
            ("'one \\ud83d half'", "one \u{FFFD} half".to_owned()),
            ("'the other \\ude00'", "the other \u{FFFD}".to_owned()),
            ("'\\ude00'.repeat(5461)", "\u{FFFD}".repeat(5_461)),
            ("args[0].repeat(500) + '.'", controls.repeat(500) + "."),
            ("'and what is behind'", "and what is behind".to_owned()),
        ];
        page.js(&format!("window.args = [{}]", json!(controls)), json!([])).await;
        for (script, _) in &texts {
            send_any(&page, script).await;
        }
        until_sent(&page, texts.len()).await;
        let history = bob.history_with(&alice).await;
        assert_eq!(history.len(), texts.len() + 1);
        for ((script, text), stored) in texts.iter().zip(&history[1..]) {
            assert!(stored == text, "{script}");
        }
    });
}

#[test]
fn a_message_that_can_never_be_sent_fails_alone_and_can_be_edited() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        page.send("Before").await;
        page.until_state("Before", "sent").await;

        // Larger than the page knows a frame to be: it does not even leave.
        let narrow = json!({ "content_bytes_max": 16_384, "frame_bytes_max": 400 });
        let user = json!({ "id": alice.id, "username": "alice", "changed": 1 });
        dispatch(&page, json!({ "type": "welcome", "user": user, "limits": narrow })).await;
        page.send(&"Too long to leave. ".repeat(30)).await;
        until_refused(&page, "Too long to leave.", "too long").await;
        page.send("Behind it").await;
        page.until_state("Behind it", "sent").await;
        assert_eq!(proxy.seen(Way::Up, "send").len(), 2);

        // Larger than the server reads a frame to be, which the page does not know.
        let wide = json!({ "content_bytes_max": 999_999, "frame_bytes_max": 999_999 });
        dispatch(&page, json!({ "type": "welcome", "user": user, "limits": wide })).await;
        send_any(&page, "'Too long to be read. '.repeat(10000)").await;
        page.send("Behind that").await;
        until_refused(&page, "Too long to be read.", "too long").await;
        page.until_state("Behind that", "sent").await;
        assert_eq!(bob.history_with(&alice).await, ["Before", "Behind it", "Behind that"]);

        // A reload changes nothing; shortened, it goes.
        page.reload().await;
        page.until_ready().await;
        until_refused(&page, "Too long to be read.", "too long").await;
        page.write("A draft").await;
        let edit = "return part('edit', all('message').find((row) => row.textContent.startsWith('Too long to leave.')))";
        page.click("edit", edit, json!([])).await;
        let back = "return $('composer').value.startsWith('Too long to leave. Too') && $('composer').value.endsWith('\\nA draft')
            && document.activeElement === $('composer')";
        page.until("the text in the composer", back, json!([])).await;
        page.js("$('composer').setSelectionRange(18, 999)", json!([])).await;
        page.press(Key::Delete).await;
        page.press(Key::Enter).await;
        page.until_state("Too long to leave.", "sent").await;
        let right = ["Before", "Behind it", "Behind that", "Too long to leave."];
        assert_eq!(bob.history_with(&alice).await, right);
    });
}

#[test]
fn a_draft_emptied_by_sending_stays_empty() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        page.write("Sent, not a draft").await;
        let saved =
            async || alice.chat_with(&bob).await["preferences"]["draft"] == "Sent, not a draft";
        eventually("the draft on the server", saved).await;
        until_kept(&page, "Hello").await;
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        page.press(Key::Enter).await;
        page.until_state("Sent, not a draft", "pending").await;

        page.driver.refresh().await.unwrap();
        page.until_state("Sent, not a draft", "pending").await;
        let empty = "return $('composer').value === ''";
        assert_eq!(page.js(empty, json!([])).await, true);
        world.server.start_again().await;
        page.until_state("Sent, not a draft", "sent").await;
        let gone = async || alice.chat_with(&bob).await["preferences"]["draft"] == "";
        eventually("no draft on the server", gone).await;
        assert_eq!(page.js(empty, json!([])).await, true);
        let phone = world.browser_of(&alice).await;
        phone.pick("bob").await;
        phone.until("the chat", "return messages().length === 2", json!([])).await;
        assert_eq!(phone.js(empty, json!([])).await, true);
    });
}

/// Pins the chat with somebody, by the menu.
async fn pin(page: &Browser, name: &str) {
    let ask = "rowOf(arguments[0]).dispatchEvent(new MouseEvent('contextmenu',
        { bubbles: true, cancelable: true, clientX: 60, clientY: 200 }))";
    page.js(ask, json!([name])).await;
    page.click_on("chat-menu-pin").await;
}

/// Waits until exactly these chats are listed, from top to bottom.
async fn until_chats(page: &Browser, names: &str) {
    let listed = "return all('chat-row').map((row) => row.dataset.name).join() === arguments[0]";
    page.until(&format!("the chats {names}"), listed, json!([names])).await;
}

/// Alice with a message from Bob and a later one from Carol.
async fn with_two_chats(world: &World) -> [User; 3] {
    let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
    bob.connect().await.post_to(&alice, "From Bob").await;
    carol.connect().await.post_to(&alice, "From Carol").await;
    [alice, bob, carol]
}

#[test]
fn a_preference_chosen_without_a_connection_is_saved_later_though_the_page_is_reloaded() {
    run(|world: World| async move {
        let [alice, bob, _] = with_two_chats(&world).await;
        let page = world.browser_of(&alice).await;
        page.pick("carol").await;
        until_chats(&page, "carol,bob").await;
        until_kept(&page, "carol").await;
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        pin(&page, "bob").await;
        until_chats(&page, "bob,carol").await;
        page.driver.refresh().await.unwrap();
        until_chats(&page, "bob,carol").await;
        world.server.start_again().await;
        let pinned = async || alice.chat_with(&bob).await["preferences"]["pinned_at"].is_i64();
        eventually("the pin on the server", pinned).await;
        until_chats(&page, "bob,carol").await;
    });
}

#[test]
fn a_preference_that_is_refused_is_taken_back_with_a_word() {
    run(|world: World| async move {
        let [alice, ..] = with_two_chats(&world).await;
        let page = world.browser_of(&alice).await;
        until_chats(&page, "carol,bob").await;
        let answer = "const real = window.fetch, answers = [503, 404]
            window.fetch = async (path, options) => {
              if (!path.includes('/preferences')) return real(path, options)
              window.asked = (window.asked ?? 0) + 1
              return new Response('{\"code\":\"no_such_chat\"}', { status: answers.shift(), headers: { 'Retry-After': '1' } })
            }";
        page.js(answer, json!([])).await;
        pin(&page, "bob").await;
        until_chats(&page, "bob,carol").await;
        let told = "return $('toast')?.textContent.includes('was not changed')";
        page.until("a word about it", told, json!([])).await;
        until_chats(&page, "carol,bob").await;
        assert_eq!(
            page.js("return window.asked", json!([])).await,
            2,
            "the first answer said later"
        );
    });
}

#[test]
fn a_deletion_that_waited_deletes_nothing_that_came_meanwhile() {
    run(|world: World| async move {
        let [alice, bob, _] = with_two_chats(&world).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        page.until_received("From Bob").await;
        until_installed(&page).await;
        proxy.close();
        page.until_connection("offline").await;
        page.click_on("chat-menu").await;
        page.click_on("chat-menu-delete").await;
        page.click_on("confirm-yes").await;
        until_chats(&page, "carol").await;
        bob.connect().await.post_to(&alice, "Not seen yet").await;
        proxy.open();
        page.until_connection("online").await;
        until_chats(&page, "bob,carol").await;
        assert_eq!(alice.history_with(&bob).await, ["Not seen yet"]);
    });
}

/// A database as version 1 of the page left it.
const VERSION_1: &str = "
    const { name, receipt, bob, messages } = args[0]
    const asked = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    await asked(indexedDB.deleteDatabase(name))
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('outbox', { keyPath: 'cid' })
      opening.result.createObjectStore('drafts')
      opening.result.createObjectStore('cache')
    }
    const db = await asked(opening)
    const transaction = db.transaction(['outbox', 'drafts', 'cache'], 'readwrite')
    for (const message of messages) transaction.objectStore('outbox').put(message)
    // As JSON cannot say it: half of a surrogate pair, which could never be sent.
    transaction.objectStore('outbox').put({ ...messages[0], cid: messages[0].cid.replace(/.$/, '9'), content: 'half \\ud83d' })
    transaction.objectStore('drafts').put('Half a thought', `p${bob}`)
    transaction.objectStore('cache').put({ shape: 1, stamp: 'x', at: 0, me: 1, number: 1, unsent: [receipt] }, 'meta')
    await new Promise((resolve) => (transaction.oncomplete = resolve))
    db.close()";

#[test]
fn unsent_messages_receipts_and_drafts_of_version_1_survive_the_upgrade() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let chat = alice.chat_with(&bob).await["id"].clone();
        let address = page.js("return location.hash", json!([])).await;
        alice.until_read(&bob).await;
        let seq =
            bob.connect().await.post_to(&alice, "While the page was away").await["seq"].clone();
        // A page of the same origin that has none of these databases open.
        page.driver.goto("about:blank").await.unwrap();
        page.open("/healthz").await;
        let waiting = |cid: &str, content: &str, more: Value| {
            let mut message =
                json!({ "cid": cid, "content": content, "created_at": 5, "status": "pending" });
            message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            message
        };
        let messages = [
            waiting("0192f0c1-2345-7abc-8def-012345678901", "One", json!({ "chat_id": chat })),
            waiting(
                "0192f0c1-2345-7abc-8def-012345678902",
                "Two",
                json!({ "recipient_id": bob.id }),
            ),
            waiting(
                "0192f0c1-2345-7abc-8def-012345678903",
                "Refused",
                json!({ "chat_id": chat, "status": "failed", "code": "content_too_long" }),
            ),
        ];
        let left = json!({
            "name": "chaap.user.alice", "bob": bob.id, "messages": messages,
            "receipt": { "chat": chat, "delivered": seq, "read": seq },
        });
        page.js_async(VERSION_1, json!([left])).await;
        page.open(&format!("/{}", address.as_str().unwrap())).await;
        page.until_state("One", "sent").await;
        page.until_state("Two", "sent").await;
        until_refused(&page, "Refused", "too long").await;
        until_refused(&page, "half", "did not understand").await;
        let draft = "return $('composer').value === 'Half a thought'";
        page.until("the draft", draft, json!([])).await;
        let history = bob.history_with(&alice).await;
        assert_eq!(history, ["Hello", "While the page was away", "One", "Two"]);
        alice.until_read(&bob).await;
    });
}
