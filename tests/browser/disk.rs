//! A browser that can store nothing: its disk is full, or it forbids storage. The page says so, and
//! what was written stays in view and is sent.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{World, run};

/// The ways in which `IndexedDB` fails: at opening, at a request, and at the commit.
const FAILURES: [(&str, &str); 4] = [
    ("forbidden", "indexedDB.constructor.prototype.open = () => { throw new DOMException('', 'SecurityError') }"),
    ("no database", "indexedDB.constructor.prototype.open = () => {
        const request = new EventTarget()
        setTimeout(() => { request.error = new DOMException('', 'UnknownError'); request.onerror?.({ target: request }) })
        return request }"),
    ("full", "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'UnknownError') }"),
    ("full at the commit", "const { commit } = IDBTransaction.prototype
        IDBTransaction.prototype.commit = function () { this.mode === 'readwrite' ? this.abort() : commit.call(this) }"),
];

#[test]
fn what_cannot_be_stored_says_so_and_is_sent_later() {
    for (name, failure) in FAILURES {
        run(|world: World| async move {
            let [alice, bob] = world.server.users(["alice", "bob"]).await;
            bob.connect().await.post_to(&alice, "Hello").await;
            let page = world.browser("alice").await;
            page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": failure }))
                .await;
            page.reload().await;
            page.sign_in("alice", crate::kit::PASSWORD).await;
            page.pick("bob").await;
            world.server.stop().await;
            page.until_connection("offline").await;
            page.write("in the tunnel").await;
            page.press(Key::Enter).await;
            let words = "return shown($('banner')) && $('banner').innerText.includes('this browser cannot save your messages')
                && !$('banner').innerText.includes('will be sent')";
            page.until(&format!("{name}: the banner"), words, json!([])).await;
            let marked = "const row = all('message').at(-1)
                return row.dataset.state === 'pending' && shown(part('lost', row)) && part('lost', row).textContent === 'not saved'";
            page.until(&format!("{name}: the mark of the message"), marked, json!([])).await;
            world.server.start_again().await;
            page.until_state("in the tunnel", "sent").await;
            let unmarked = "return !shown(part('lost', all('message').at(-1)))";
            page.until(&format!("{name}: no mark"), unmarked, json!([])).await;
        });
    }
}
