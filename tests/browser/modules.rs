//! The page's own modules, imported and run in the browser that will run them.

use serde_json::json;

use crate::kit::{World, run, seed};

const MODULES: &str = include_str!("js/modules.js");
const TABLE: &str = include_str!("js/reduce-table.js");
const ORDER: &str = include_str!("js/reduce-order.js");
const WORDS: &str = include_str!("js/words-table.js");
const EMOJI: &str = include_str!("js/emoji-table.js");

#[test]
fn reduce_does_what_the_table_says() {
    run(|world: World| async move {
        let page = world.browser("reduce").await;
        let report = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 40);
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn frames_in_any_order_and_number_lead_to_one_state() {
    run(|world: World| async move {
        let page = world.browser("reduce").await;
        let seed = seed();
        let failure = page.js_async(&format!("{MODULES}\n{ORDER}"), json!([seed, 300])).await;
        assert!(failure.is_null(), "again with CHAAP_SEED={}: {failure:#}", failure["seed"]);
    });
}

#[test]
fn words_links_and_addresses_are_read_as_the_table_says() {
    run(|world: World| async move {
        let page = world.browser("words").await;
        let report = page.js_async(&format!("{MODULES}\n{WORDS}"), json!([])).await;
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn emoji_are_found_as_the_table_says() {
    run(|world: World| async move {
        let page = world.browser("emoji").await;
        let report = page.js_async(&format!("{MODULES}\n{EMOJI}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 100, "{report}");
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}
