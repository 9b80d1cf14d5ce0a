//! Without a connection: what the page shows, what waits to be sent, and what is stored locally.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{
    Browser, Fate, PASSWORD, Way, World, eventually, kept, run, until_installed, until_kept,
};

/// Delays opening the databases until `letGo` is called.
const SLOW_DISK: &str = "
    const { get, set } = Object.getOwnPropertyDescriptor(IDBRequest.prototype, 'onsuccess')
    const open = new Promise((resolve) => { window.letGo = resolve })
    Object.defineProperty(IDBRequest.prototype, 'onsuccess', { get, set(take) {
      const late = (event) => open.then(() => take.call(this, event))
      set.call(this, this instanceof IDBOpenDBRequest ? late : take)
    } })";

async fn write_and_enter(page: &Browser, text: &str) {
    page.write(text).await;
    page.press(Key::Enter).await;
    page.until_state(text, "pending").await;
}

/// Reloads the page while the server may be away. The browser's errors about that are not faults of
/// the page.
async fn reopen(page: &Browser) {
    page.driver.refresh().await.unwrap();
}

#[test]
fn the_page_opens_without_a_server_and_sends_messages_later() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        bob.connect().await.post_to(&alice, "Before the tunnel").await;
        page.pick("bob").await;
        page.until_received("Before the tunnel").await;
        until_kept(&page, "Before the tunnel").await;
        until_installed(&page).await;

        world.server.stop().await;
        page.until_connection("offline").await;
        for text in ["In the tunnel, one", "In the tunnel, two"] {
            write_and_enter(&page, text).await;
        }
        page.write("Half a thought").await;
        until_kept(&page, "Half a thought").await;
        until_kept(&page, "In the tunnel, two").await;

        reopen(&page).await;
        let all = ["Before the tunnel", "In the tunnel, one", "In the tunnel, two"];
        page.until("the chat", "return messages().length === 3", json!([])).await;
        page.until_texts(&all).await;
        page.until_state("In the tunnel, one", "pending").await;
        let draft = "return $('composer').value === 'Half a thought'";
        page.until("the draft", draft, json!([])).await;
        let words = "return shown($('banner')) && $('banner').innerText.includes('No connection. Your messages will be sent')";
        page.until("the banner", words, json!([])).await;

        world.server.start_again().await;
        page.until_connection("online").await;
        page.until_state("In the tunnel, two", "sent").await;
        assert_eq!(page.texts().await, all);
        assert_eq!(alice.history_with(&bob).await, all);
    });
}

#[test]
fn a_draft_that_loads_late_still_appears_in_the_composer() {
    run(|world: World| async move {
        let (page, [alice, _]) = world.page_beside_bob("Hello").await;
        world.server.stop().await;
        page.until_connection("offline").await;
        page.write("Half a thought").await;
        until_kept(&page, "Half a thought").await;
        let address = page.js("return location.hash", json!([])).await;
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SLOW_DISK }))
            .await;
        page.driver.goto("about:blank").await.unwrap();
        world.server.start_again().await;
        page.open(&format!("/{}", address.as_str().unwrap())).await;
        page.until_received("Hello").await;
        assert_eq!(page.js("return $('composer').value", json!([])).await, "");
        page.js("window.letGo()", json!([])).await;
        let draft = "return $('composer').value === 'Half a thought'";
        page.until("the draft", draft, json!([])).await;

        // The other devices get it now, although the typing has stopped.
        let phone = world.browser_of(&alice).await;
        let preview = "return part('preview', rowOf('bob')).textContent === 'Half a thought'";
        phone.until("the draft on the phone", preview, json!([])).await;
    });
}

#[test]
fn if_the_page_could_not_be_stored_the_next_connection_stores_it() {
    run(|world: World| async move {
        world.server.users(["alice"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_behind(&proxy, "alice").await;
        // The page is stored a moment after it connects; here not before the test has closed the line.
        let later = "const { prototype } = ServiceWorkerContainer, real = prototype.register
            const closed = new Promise((resolve) => (window.letGo = resolve))
            prototype.register = async function (...how) { await closed; return real.apply(this, how) }";
        page.js(later, json!([])).await;
        page.sign_in("alice", PASSWORD).await;
        proxy.close();
        page.js("window.letGo()", json!([])).await;
        let before = proxy.knocks().len();
        eventually("some failed connection attempts", async || proxy.knocks().len() >= before + 5)
            .await;
        assert_eq!(page.js_async("return (await caches.keys()).length", json!([])).await, 0);
        proxy.open();
        page.until_connection("online").await;
        until_installed(&page).await;
    });
}

#[test]
fn another_tab_sends_the_messages_of_a_closed_one() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser("alice").await;
        page.sign_in("alice", PASSWORD).await;
        page.pick("bob").await;
        let address = page.js("return location.hash", json!([])).await;
        let address = format!("/{}", address.as_str().unwrap());
        page.driver.new_tab().await.unwrap();
        let tabs = page.driver.windows().await.unwrap();
        page.driver.switch_to_window(tabs[1].clone()).await.unwrap();
        page.watch().await;
        page.open(&address).await;
        page.until_ready().await;
        page.until("an open chat", "return !$('composer').disabled", json!([])).await;

        world.server.stop().await;
        page.until_connection("offline").await;
        write_and_enter(&page, "Left behind").await;
        until_kept(&page, "Left behind").await;
        page.driver.close_window().await.unwrap();
        page.driver.switch_to_window(tabs[0].clone()).await.unwrap();
        page.until_state("Left behind", "pending").await;

        world.server.start_again().await;
        page.until_connection("online").await;
        page.until_state("Left behind", "sent").await;
        assert_eq!(page.texts().await, ["Left behind"]);
        assert_eq!(alice.history_with(&bob).await, ["Left behind"]);
    });
}

#[test]
fn a_disconnected_tab_is_not_overtaken_by_another() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_behind(&proxy, "alice").await;
        page.sign_in("alice", PASSWORD).await;
        let first = page.driver.window().await.unwrap();
        let other = page.new_tab().await;
        page.pick("bob").await;
        page.driver.switch_to_window(first).await.unwrap();
        page.pick("bob").await;
        proxy.treat(Way::Up, Fate::Lost, 1, |frame| frame["content"] == "First");
        write_and_enter(&page, "First").await;
        eventually("the loss", async || proxy.lost() == 1).await;
        page.driver.switch_to_window(other).await.unwrap();
        page.until_state("First", "pending").await;
        page.send("Second").await;
        page.until_state("Second", "sent").await;
        assert_eq!(page.texts().await, ["First", "Second"]);
        assert_eq!(alice.history_with(&bob).await, ["First", "Second"]);
    });
}

#[test]
fn a_read_receipt_is_sent_even_if_the_page_was_closed_before() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Read me").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.until_badge("bob", "1").await;
        proxy.lose(Way::Up, usize::MAX, "receipt");
        page.pick("bob").await;
        page.until_badge("bob", "").await;
        let said = || proxy.seen(Way::Up, "receipt").iter().any(|seen| seen.frame["read"] == 1);
        eventually("a read receipt", async || said()).await;
        until_kept(&page, &format!(r#""{}":{{"delivered_seq":1,"read_seq":1}}"#, alice.id)).await;
        proxy.mend();
        page.reload().await;
        page.until_ready().await;
        alice.until_read(&bob).await;
    });
}

#[test]
fn after_a_restored_backup_earlier_read_receipts_do_not_count() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "One").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        page.until_received("One").await;
        let backup = world.server.back_up();

        // This receipt is never confirmed, so it is repeated to the restored server.
        proxy.lose(Way::Down, usize::MAX, "receipt");
        for text in ["Two", "Three"] {
            bob.connect().await.post_to(&alice, text).await;
        }
        page.until_received("Three").await;
        let read = || proxy.seen(Way::Up, "receipt").iter().any(|seen| seen.frame["read"] == 3);
        eventually("a read receipt", async || read()).await;
        page.until_agreed().await;
        world.server.stop().await;
        page.until_connection("offline").await;
        world.server.restore(&backup);
        proxy.mend();
        world.server.start_again().await;
        page.until_connection("online").await;
        page.until("the restored chat", "return messages().length === 1", json!([])).await;
        bob.connect().await.post_to(&alice, "Two, once more").await;
        page.until_received("Two, once more").await;
        alice.until_read(&bob).await;
    });
}

#[test]
fn signing_out_deletes_everything_and_the_token_is_never_in_a_database() {
    run(|world: World| async move {
        let [alice, _bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.send("Not for the next one here").await;
        page.until_state("Not for the next one here", "sent").await;
        page.write("Nor this").await;
        until_kept(&page, "Not for the next one here").await;
        until_kept(&page, "Nor this").await;
        let token = page.js("return localStorage['chaap.token']", json!([])).await;
        assert!(!kept(&page).await.contains(token.as_str().unwrap()));

        until_installed(&page).await;
        page.click_on("menu").await;
        page.click_on("sign-out").await;
        page.until_card().await;
        eventually("empty databases", async || kept(&page).await == "[]").await;
        // The files that open the page without a network belong to no user and stay.
        let cached = "
            const found = []
            for (const name of await caches.keys()) {
              const cache = await caches.open(name)
              for (const request of await cache.keys()) found.push(await (await cache.match(request, { ignoreVary: true })).text())
            }
            return { files: found.length, ours: found.filter((text) => text.includes('Not for the next one')).length }";
        let cached = page.js_async(cached, json!([])).await;
        assert!(cached["files"].as_i64() > Some(0) && cached["ours"] == 0, "{cached}");
    });
}

#[test]
fn signing_out_asks_before_unsent_messages_are_lost() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        for text in ["Not yet sent", "Nor this"] {
            write_and_enter(&page, text).await;
            until_kept(&page, text).await;
        }
        let asked = "return shown($('confirm')) && $('confirm').textContent.includes('2 messages have not been sent')
            && document.activeElement === $('confirm-no')";
        let sign_out = async || {
            if page.js("return shown($('sign-out'))", json!([])).await != true {
                page.click_on("menu").await;
            }
            page.click_on("sign-out").await;
            page.until("the question", asked, json!([])).await;
        };
        // Enter and Esc both mean no.
        for key in [Key::Enter, Key::Escape] {
            sign_out().await;
            page.press(key).await;
            page.until("no question", "return !$('confirm')", json!([])).await;
            page.until_texts(&["Not yet sent", "Nor this"]).await;
            page.until_focus("menu").await;
        }
        sign_out().await;
        page.click_on("confirm-yes").await;
        page.until_card().await;
        eventually("empty databases", async || kept(&page).await == "[]").await;
        world.server.start_again().await;
        assert_eq!(alice.history_with(&bob).await, [""; 0]);
    });
}

#[test]
fn a_damaged_local_copy_is_discarded() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        bob.connect().await.post_to(&alice, "The truth").await;
        page.pick("bob").await;
        page.until_received("The truth").await;
        until_kept(&page, "The truth").await;
        let damage = "
            const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))
            const [{ name }] = await indexedDB.databases()
            const db = await asked(indexedDB.open(name))
            const store = db.transaction('cache', 'readwrite').objectStore('cache')
            for (const key of await asked(store.getAllKeys())) {
              if (key.startsWith('chat:')) await asked(store.put({ chat: { id: 99 }, log: 'nonsense' }, key))
            }
            db.close()";
        page.js_async(damage, json!([])).await;
        page.reload().await;
        page.until_ready().await;
        page.until_received("The truth").await;
        assert_eq!(page.texts().await, ["The truth"]);
    });
}
