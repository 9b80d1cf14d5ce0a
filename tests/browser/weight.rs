//! The size of a first visit: what the browser loads until the form, and until a chat is shown.

use serde_json::json;

use crate::kit::{Browser, PASSWORD, World, run};

/// Transferred bytes with gzip, which browsers accept everywhere; they accept brotli only on https.
/// A line of 200 KB/s transfers this in half a second.
const BYTES_MAX: usize = 110_000;
/// On a line with a delay of 150 ms, each request that waits for another costs that much.
const REQUESTS_MAX: usize = 20;

/// The paths of the page and of all files it loaded. API answers are left out, because they depend
/// on the user.
const FETCHED: &str = "
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    const paths = new Set(entries.map(({ name }) => new URL(name).pathname))
    return [...paths].filter((path) => path === '/' || path.startsWith('/a/'))";

/// Checks what the page has loaded so far.
async fn weigh(world: &World, page: &Browser, when: &str) {
    let paths: Vec<String> = serde_json::from_value(page.js(FETCHED, json!([])).await).unwrap();
    let mut files = Vec::new();
    for path in paths {
        files.push((world.server.gzip_bytes(&path).await, path));
    }
    files.sort_unstable();
    for file in ["/", "/early.js", "/js/main.js", "/css/index.css"] {
        assert!(files.iter().any(|(_, path)| path.ends_with(file)), "{file} in {files:?}");
    }
    let bytes: usize = files.iter().map(|(bytes, _)| bytes).sum();
    let size = format!("{when}: {bytes} bytes in {} requests: {files:#?}", files.len());
    assert!(bytes <= BYTES_MAX, "{size}");
    assert!(files.len() <= REQUESTS_MAX, "{size}");
}

#[test]
fn a_first_visit_is_small() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser("alice").await;
        page.until_card().await;
        weigh(&world, &page, "the form").await;
        page.sign_in("alice", PASSWORD).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        weigh(&world, &page, "a chat").await;
    });
}
