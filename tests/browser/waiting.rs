//! What shows in a chat while its messages load.

use serde_json::json;

use crate::kit::{World, run};

/// An answer that arrives sooner needs no placeholder; timers may fire a little early.
const SKELETON_AFTER_MS: f64 = 299.0;

/// Opens a chat, and records in `window.waits` after how many milliseconds the skeleton showed.
const OPEN: &str = "
    const skeleton = part('skeleton', part('messages'))
    window.waits = null
    const began = performance.now()
    new MutationObserver(() => {
        if (!skeleton.hidden) window.waits ??= performance.now() - began
    }).observe(skeleton, { attributeFilter: ['hidden'] })
    rowOf(arguments[0]).click()";

#[test]
fn a_skeleton_shows_only_after_300_ms_without_an_answer() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.until_badge("bob", "1").await;
        let parts = "return [shown(part('skeleton', part('messages'))), messages().length]";
        assert_eq!(page.js(parts, json!([])).await, json!([false, 0]), "nothing is open");

        proxy.hold_answers(true);
        page.js(OPEN, json!(["bob"])).await;
        page.until("the skeleton", "return window.waits !== null", json!([])).await;
        let after = page.js("return window.waits", json!([])).await.as_f64().unwrap();
        assert!(after >= SKELETON_AFTER_MS, "it showed after {after} ms");
        page.until_calm().await;
        assert_eq!(page.js(parts, json!([])).await, json!([true, 0]), "while it waits");

        proxy.hold_answers(false);
        page.until_received("Hello").await;
        assert_eq!(page.js(parts, json!([])).await, json!([false, 1]), "after the answer");

        // The messages are there now, so that no placeholder stands in their place.
        page.close_chat().await;
        proxy.hold_answers(true);
        page.js(OPEN, json!(["bob"])).await;
        page.until_received("Hello").await;
        assert_eq!(page.js("return window.waits", json!([])).await, json!(null));
        proxy.hold_answers(false);
    });
}
