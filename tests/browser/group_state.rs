//! Groups in the state of the page and in words, without a server.

use serde_json::json;

use crate::kit::{MODULES, World, run_on_modules};

const TABLE: &str = include_str!("js/group-table.js");

#[test]
fn groups_match_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("groups").await;
        page.until_card().await;
        let report = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 50, "{report}");
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}
