//! Unit tests of the page's modules, imported and run in the browser.

use serde_json::json;

use crate::kit::{MODULES, World, run_on_modules, seed};

const TABLE: &str = include_str!("js/reduce-table.js");
const ORDER: &str = include_str!("js/reduce-order.js");
const WORDS: &str = include_str!("js/words-table.js");
const EMOJI: &str = include_str!("js/emoji-table.js");

#[test]
fn reduce_matches_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("reduce").await;
        let report = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 40);
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn frames_in_any_order_and_repetition_lead_to_one_state() {
    run_on_modules(|world: World| async move {
        let page = world.browser("reduce").await;
        let seed = seed();
        let failure = page.js_async(&format!("{MODULES}\n{ORDER}"), json!([seed, 300])).await;
        assert!(failure.is_null(), "again with CHAAP_SEED={}: {failure:#}", failure["seed"]);
    });
}

#[test]
fn formatting_links_and_addresses_match_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("words").await;
        let report = page.js_async(&format!("{MODULES}\n{WORDS}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 30, "{report}");
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn the_emoji_search_matches_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("emoji").await;
        let report = page.js_async(&format!("{MODULES}\n{EMOJI}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 100, "{report}");
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn a_finished_page_request_allows_the_next() {
    run_on_modules(|world: World| async move {
        let page = world.browser("pager").await;
        let script = "const { Pager } = await load('./net/pager.js')
            const asked = []
            const pager = new Pager(async (chat, page) => asked.push(page) && { messages: [], more: false }, ({ type }) => {
              if (type === 'page/loaded' && asked.length === 1) pager.newest(1, 0)
            })
            await pager.older(1, 7)
            return asked";
        let asked = page.js_async(&format!("{MODULES}\n{script}"), json!([])).await;
        assert_eq!(asked, json!([{ "before": 7, "limit": 50 }, { "limit": 50 }]));
    });
}

#[test]
fn an_item_removed_while_the_disk_is_slow_does_not_return() {
    run_on_modules(|world: World| async move {
        let page = world.browser("cache").await;
        let script = "const { LocalCache } = await load('./net/local-cache.js'), { LocalStore } = await load('./net/local-store.js')
            const store = await LocalStore.open('eve'), seen = []
            await store.writeQueue([{ key: 'a', status: 'failed' }, { key: 'b', status: 'pending' }], [])
            store.close('eve')
            const db = await new Promise((done) => { indexedDB.open('chaap.user.eve').onsuccess = ({ target }) => done(target.result) })
            const told = new BroadcastChannel('chaap.queue.eve'), heard = new BroadcastChannel('chaap.queue.eve')
            // The disk answers only after the other tab has sent its message.
            let held = true
            const hold = (store) => { store.get('').onsuccess = () => held && hold(store) }
            hold(db.transaction(['queue', 'drafts', 'cache'], 'readwrite').objectStore('queue'))
            heard.onmessage = () => (held = false)
            const state = { queue: [] }
            const cache = new LocalCache({
              state: () => state, dispatch: (event) => seen.push(event), piecesOf: () => new Map(), isKeepable: () => false, shape: 0,
              onDrafts() {}, onOthers() {},
            })
            const opened = cache.open('eve', () => false)
            told.postMessage({ type: 'queue/settled', keys: ['a'] })
            await opened
            db.close()
            await cache.erase()
            return seen.filter(({ type }) => type === 'queue/joined').map(({ items }) => items.map(({ key }) => key))";
        let joined = page.js_async(&format!("{MODULES}\n{script}"), json!([])).await;
        assert_eq!(joined, json!([["b"]]));
    });
}
