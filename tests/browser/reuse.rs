//! Browsers that one test after another uses: nothing of the last test is left.

use serde_json::{Value, json};

use crate::kit::{Browser, World, phone, run, until_installed};

/// Leaves something of each kind.
const LEAVE: &str = "document.cookie = 'left=1; max-age=1000'
    localStorage.left = sessionStorage.left = 1
    history.pushState({}, '', '#/left')
    await caches.open('left')
    await new Promise((resolve) => indexedDB.open('left', 1).onsuccess = resolve)";

/// What a page can see of all that.
const LEFT: &str = "const names = async (listed) => (await listed).map((one) => one.name ?? one)
    const media = (query) => matchMedia(`(${query})`).matches
    return {
        cookie: document.cookie, local: localStorage.left, session: sessionStorage.left,
        caches: (await names(caches.keys())).includes('left'),
        databases: (await names(indexedDB.databases())).includes('left'),
        permission: Notification.permission, language: navigator.language,
        history: history.length, address: location.pathname + location.hash,
        size: [innerWidth, innerHeight, devicePixelRatio], hidden: document.hidden,
        dark: media('prefers-color-scheme: dark'), touch: media('pointer: coarse'),
        hour: new Date(0).getHours(), connection: document.documentElement.dataset.connection,
    }";

#[test]
fn a_used_browser_is_like_a_new_one() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser("alice").await;
        page.until_card().await;
        let at_first = page.js_async(LEFT, json!([])).await;

        page.sign_in(&alice.username, crate::kit::PASSWORD).await;
        until_installed(&page).await;
        page.js_async(LEAVE, json!([])).await;
        page.devtools("Browser.grantPermissions", json!({ "permissions": ["notifications"] }))
            .await;
        emulate(&page).await;
        page.new_tab().await;
        page.until_ready().await;
        page.driver.new_window().await.unwrap();
        let before = page.js_async(LEFT, json!([])).await;
        assert_ne!(before, at_first);

        page.clean().await;
        page.until_card().await;
        assert_eq!(page.js_async(LEFT, json!([])).await, at_first);
        assert_eq!(page.driver.windows().await.unwrap().len(), 1);
        // The page of the sign-in card installs no worker.
        let workers = "return (await navigator.serviceWorker.getRegistrations()).length";
        assert_eq!(page.js_async(workers, json!([])).await, Value::from(0));
    });
}

/// A phone abroad, in the dark.
async fn emulate(page: &Browser) {
    phone(page).await;
    page.prefer("dark").await;
    page.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "Asia/Tokyo" })).await;
    page.devtools("Emulation.setLocaleOverride", json!({ "locale": "ar" })).await;
    page.devtools("Network.enable", json!({})).await;
    let none =
        json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 });
    page.devtools("Network.emulateNetworkConditions", none).await;
}
