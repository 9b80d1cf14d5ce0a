//! What the person wrote is kept when the server ends their session, or while the clock of the device
//! or something on the line is wrong.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{
    Browser, PASSWORD, World, eventually, run, run_on_modules, until_installed, until_kept,
};

/// The token of the page, and so that of its session.
async fn token_of(page: &Browser) -> String {
    let token = page.js("return localStorage.getItem('chaap.token')", json!([])).await;
    token.as_str().unwrap().to_owned()
}

async fn write_offline(page: &Browser, text: &str) {
    page.write(text).await;
    page.press(Key::Enter).await;
    page.until_state(text, "pending").await;
}

async fn until_notice(page: &Browser, words: &str) {
    let says = "return document.querySelector('sign-in')?.textContent.includes(arguments[0])";
    page.until(words, says, json!([words])).await;
}

#[test]
fn what_waits_survives_the_end_of_the_session_in_every_tab_and_a_reload() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        until_kept(&page, "Hello").await;
        until_installed(&page).await;
        let first = page.driver.window().await.unwrap();
        let second = page.new_tab().await;
        page.until_ready().await;
        page.driver.switch_to_window(first.clone()).await.unwrap();
        proxy.close();
        page.until_connection("offline").await;
        write_offline(&page, "First").await;
        write_offline(&page, "Second").await;
        page.write("Half a thought").await;
        let kept = "return theStore().then((store) => store.state.saves)";
        page.until("what was written to be stored", kept, json!([])).await;
        world.server.end_session(&token_of(&page).await).await;
        proxy.open();
        until_notice(&page, "2 unsent messages are kept until you sign in again.").await;
        page.driver.switch_to_window(second).await.unwrap();
        page.until_card().await;
        page.driver.close_window().await.unwrap();
        page.driver.switch_to_window(first).await.unwrap();
        page.reload().await;
        page.until_card().await;
        // Longer than the page waits before it deletes what nobody needs.
        page.js("window.waited = false; setTimeout(() => (waited = true), 2500)", json!([])).await;
        page.until("time to pass", "return waited", json!([])).await;
        assert_eq!(alice.history_with(&bob).await, ["Hello"]);

        page.sign_in("alice", PASSWORD).await;
        page.pick("bob").await;
        page.until_state("Second", "sent").await;
        page.until_texts(&["Hello", "First", "Second"]).await;
        assert_eq!(page.js("return $('composer').value", json!([])).await, "Half a thought");
        assert_eq!(alice.history_with(&bob).await, ["Hello", "First", "Second"]);
    });
}

/// After a restore an id may mean another chat, so the person decides.
#[test]
fn after_a_restore_what_waits_is_shown_and_not_sent_by_itself() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        alice.connect().await.post_to(&bob, "Helo").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_texts(&["Helo"]).await;
        until_kept(&page, "Helo").await;
        until_installed(&page).await;
        // A backup of the same run would sign nobody out.
        let backup = world.server.back_up();
        world.server.stop().await;
        world.server.start_again().await;
        page.until_connection("online").await;
        world.server.stop().await;
        page.until_connection("offline").await;
        write_offline(&page, "Waiting").await;
        // An edit would change whatever message has the id now.
        page.press(Key::Up).await;
        page.js("$('composer').select()", json!([])).await;
        page.insert("Hello").await;
        page.press(Key::Enter).await;
        page.until_state("Hello", "pending").await;
        world.server.restore(&backup);
        world.server.start_again().await;
        until_notice(&page, "1 unsent message is kept").await;
        page.sign_in("alice", PASSWORD).await;
        page.pick("bob").await;
        page.until_state("Waiting", "failed").await;
        page.until_texts(&["Helo", "Waiting"]).await;
        let why = "return part('reason').textContent === 'You were signed out before it was sent.'";
        page.until("the reason", why, json!([])).await;
        page.click_on("retry").await;
        page.until_state("Waiting", "sent").await;
        assert_eq!(page.texts().await, ["Helo", "Waiting"]);
    });
}

#[test]
fn who_signs_out_themselves_leaves_nothing_in_other_tabs_either() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        let first = page.driver.window().await.unwrap();
        page.new_tab().await;
        page.until_ready().await;
        page.click_on("menu").await;
        page.click_on("sign-out").await;
        page.until_card().await;
        page.driver.switch_to_window(first).await.unwrap();
        page.until_card().await;
        let notice = "return document.querySelector('sign-in').textContent.includes('signed out')";
        assert_eq!(page.js(notice, json!([])).await, false);
        let stored = "const all = []
            for (const { name } of await indexedDB.databases()) {
              const db = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result) })
              for (const store of db.objectStoreNames) all.push(...await new Promise((done) => {
                db.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result)
              }))
              db.close()
            }
            return all.length";
        eventually("empty databases", async || page.js_async(stored, json!([])).await == 0).await;
    });
}

#[test]
fn messages_keep_their_order_although_the_clock_is_set_back_between_two_visits() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        until_kept(&page, "Hello").await;
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        // An hour fast, until the page is loaded again.
        page.js("const now = Date.now; Date.now = () => now() + 3_600_000", json!([])).await;
        write_offline(&page, "First").await;
        page.driver.refresh().await.unwrap();
        page.until_state("First", "pending").await;
        write_offline(&page, "Second").await;
        world.server.start_again().await;
        page.until_state("Second", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["Hello", "First", "Second"]);
    });
}

#[test]
fn later_ids_sort_behind_noted_ones() {
    run_on_modules(|world: World| async move {
        let page = world.browser("alice").await;
        let script = "const main = document.querySelector('script[type=module]').src
            const { noteIds, uuid } = await import(new URL('./lib/ids.js', main))
            const future = '7fffffff-ffff-7000-8000-000000000000'
            noteIds(['', 'no id', future, uuid()])
            const ids = [future, uuid(), uuid(), uuid()]
            return JSON.stringify(ids) === JSON.stringify([...ids].sort())";
        assert_eq!(page.js_async(script, json!([])).await, Value::Bool(true));
    });
}

/// A proxy on the line may answer with a page of its own, and with status 200.
#[test]
fn a_page_in_the_place_of_an_answer_counts_as_no_answer() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "1").await;
        let intrude = "window.intruded = 0
            const send = fetch
            window.fetch = (path, what) => {
              if (what?.method !== 'PATCH' || intruded) return send(path, what)
              intruded += 1
              return Promise.resolve(new Response('<!doctype html><title>Sign in to the hotel</title>'))
            }
            rowOf('bob').dispatchEvent(new MouseEvent('contextmenu',
              { bubbles: true, cancelable: true, clientX: 60, clientY: 200 }))";
        page.js(intrude, json!([])).await;
        page.click_on("chat-menu-pin").await;
        page.until("the page in between", "return intruded === 1", json!([])).await;
        let pinned = async || alice.chat_with(&bob).await["preferences"]["pinned_at"].is_i64();
        eventually("the pin on the server", pinned).await;
    });
}

/// A change of the language draws everything again and reads what is stored once more.
#[test]
fn what_waits_is_still_stored_after_a_change_of_the_language() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        until_kept(&page, "Hello").await;
        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        write_offline(&page, "First").await;
        write_offline(&page, "Second").await;
        let shell = "window.shell = document.querySelector('message-list')
            document.documentElement.lang = 'xx'";
        page.js(shell, json!([])).await;
        let drawn =
            "const list = document.querySelector('message-list'); return list && list !== shell";
        page.until("a new drawing", drawn, json!([])).await;
        page.until_state("Second", "pending").await;
        // It is written once more after it was read.
        let stored = "const db = await new Promise((done) => {
              indexedDB.open('chaap.user.alice').onsuccess = ({ target }) => done(target.result)
            })
            const keys = await new Promise((done) => {
              db.transaction('queue').objectStore('queue').getAllKeys().onsuccess = ({ target }) => done(target.result)
            })
            db.close()
            return keys.length";
        page.js("window.waited = false; setTimeout(() => (waited = true), 1500)", json!([])).await;
        page.until("time to read and write", "return waited", json!([])).await;
        assert_eq!(page.js_async(stored, json!([])).await, json!(2));
        page.driver.refresh().await.unwrap();
        page.until_state("Second", "pending").await;
        world.server.start_again().await;
        page.until_state("Second", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["Hello", "First", "Second"]);
    });
}

/// The socket may live on while requests fail.
#[test]
fn a_chat_that_failed_to_load_loads_when_the_network_is_back() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "Hello").await;
        world.server.lengthen(ack["chat_id"].as_i64().unwrap(), [&alice, &bob], 99).await;
        let page = world.browser_of(&alice).await;
        let fail = "const send = fetch
            window.down = true
            window.fetch = (path, what) => down && `${path}`.includes('/messages?') ? Promise.reject(new Error('down'))
              : send(path, what)";
        page.js(fail, json!([])).await;
        page.pick("bob").await;
        let failed =
            "return theStore().then(({ state }) => Object.values(state.paging).includes('failed'))";
        page.until("the failure", failed, json!([])).await;
        page.js("down = false; window.dispatchEvent(new Event('online'))", json!([])).await;
        page.until("the messages", "return messages().length > 10", json!([])).await;
    });
}
