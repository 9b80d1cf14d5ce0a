//! The size of a first visit: everything the browser loads until the list and a chat are shown.

use serde_json::json;

use crate::kit::{World, run};

/// Transferred bytes with gzip, which browsers accept everywhere; they accept brotli only on https.
/// A slow mobile network transfers this in about two seconds.
const FIRST_LOAD_BYTES_MAX: usize = 120_000;

/// The page, its styles and scripts. API answers are left out, because they depend on the user.
const FETCHED: &str = "
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    const paths = new Set(entries.map(({ name }) => new URL(name).pathname))
    return [...paths].filter((path) => path === '/' || /\\.(js|css)$/.test(path))";

#[test]
fn a_first_visit_is_small() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;

        let paths: Vec<String> = serde_json::from_value(page.js(FETCHED, json!([])).await).unwrap();
        let mut files = Vec::new();
        for path in paths {
            files.push((world.server.gzip_bytes(&path).await, path));
        }
        files.sort_unstable();
        for file in ["/", "/early.js", "/js/main.js"] {
            assert!(files.iter().any(|(_, path)| path.ends_with(file)), "{file} in {files:?}");
        }
        let bytes: usize = files.iter().map(|(bytes, _)| bytes).sum();
        assert!(bytes < FIRST_LOAD_BYTES_MAX, "{bytes} bytes in {} files: {files:#?}", files.len());
    });
}
