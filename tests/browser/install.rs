//! The page as an app: the manifest, the offer to install it, the menu.

use serde_json::json;

use crate::kit::{Browser, World, run};

/// The browser's question; `watch.js` keeps Chromium's own from the page. `asked` counts how often
/// the page shows it; the argument is the person's answer. Returns whether the page keeps the
/// browser from showing something itself.
const QUESTION: &str = "
    const event = new Event('beforeinstallprompt', { cancelable: true })
    window.asked ??= 0
    event.prompt = async () => {
        asked += 1
        return { outcome: arguments[0] }
    }
    return !window.dispatchEvent(event)";
/// The person goes to another tab and comes back.
const AWAY: &str = "
    let state = 'hidden'
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
    document.dispatchEvent(new Event('visibilitychange'))
    // What offers it has loaded by then, because the test imports it too.
    const main = document.querySelector('script[type=module]').src
    await import(new URL('./install/install-offer.js', main))
    await new Promise((done) => setTimeout(done))
    state = 'visible'
    document.dispatchEvent(new Event('visibilitychange'))";
const OFFERED: &str = "return shown($('install-offer'))";

async fn is_offered(page: &Browser) -> bool {
    page.js(OFFERED, json!([])).await == true
}

/// Opens the menu and tells whether it has the entry; closes it again.
async fn is_in_menu(page: &Browser) -> bool {
    page.click_on("menu").await;
    page.until("the menu", "return shown($('sign-out'))", json!([])).await;
    let found = page.js("return shown($('install'))", json!([])).await;
    page.press(thirtyfour::Key::Escape).await;
    page.until("no menu", "return !shown($('sign-out'))", json!([])).await;
    found == true
}

/// Pretends that the page is open on this device.
async fn open_on(page: &Browser, platform: &str, agent: &str) {
    let device = json!({ "userAgent": agent, "platform": platform });
    page.devtools("Emulation.setUserAgentOverride", device).await;
    page.reload().await;
    page.until_ready().await;
}

#[test]
fn the_browser_finds_nothing_that_keeps_the_page_from_being_installed() {
    run(|world: World| async move {
        let page = world.browser("alice").await;
        page.until_card().await;
        let manifest = page.devtools("Page.getAppManifest", json!({})).await;
        assert_eq!(manifest["errors"], json!([]), "{manifest}");
        let text: serde_json::Value =
            serde_json::from_str(manifest["data"].as_str().unwrap()).unwrap();
        for name in ["name", "short_name", "description"] {
            assert!(!text[name].as_str().unwrap().is_empty(), "{name}");
        }
        for (name, value) in
            [("id", "/"), ("start_url", "/"), ("scope", "/"), ("display", "standalone")]
        {
            assert_eq!(text[name], value, "{name}");
        }
        let errors = page.devtools("Page.getInstallabilityErrors", json!({})).await;
        assert_eq!(errors["installabilityErrors"], json!([]));

        // Every icon has the size it claims and the colour of the mark; so has that of an iPhone.
        let icons = "const manifest = document.querySelector('link[rel=manifest]').href
            const { icons, theme_color } = await (await fetch(manifest)).json()
            const mark = await (await fetch(document.querySelector('link[rel=icon]').href)).text()
            const touch = document.querySelector('link[rel=apple-touch-icon]').href
            const all = [...icons, { src: touch, sizes: '180x180', purpose: 'touch' }]
            const told = []
            for (const { src, sizes, purpose = 'any' } of all) {
                const picture = await createImageBitmap(await (await fetch(new URL(src, manifest))).blob())
                const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d', { willReadFrequently: true })
                canvas.drawImage(picture, 0, 0)
                const { data } = canvas.getImageData(picture.width / 2, picture.height / 4, 1, 1)
                const colour = '#' + [...data.slice(0, 3)].map((it) => it.toString(16).padStart(2, '0')).join('')
                told.push([purpose, sizes, sizes === `${picture.width}x${picture.height}`, mark.includes(`fill=\"${colour}\"`)])
            }
            const bar = document.querySelector('meta[name=theme-color][data-for=light]').content
            return { told, bar: bar === theme_color }";
        let found = page.js_async(icons, json!([])).await;
        let expected = json!([
            ["any", "192x192", true, true],
            ["any", "512x512", true, true],
            ["maskable", "512x512", true, true],
            ["touch", "180x180", true, true],
        ]);
        assert_eq!(found, json!({ "told": expected, "bar": true }));
    });
}

#[test]
fn the_page_offers_once_to_be_installed_and_the_menu_always_does() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        assert!(!is_in_menu(&page).await, "the browser has not said that it can");
        page.js_async(AWAY, json!([])).await;
        assert!(!is_offered(&page).await, "the browser has not said that it can");

        assert_eq!(page.js(QUESTION, json!(["dismissed"])).await, true, "no bar of the browser");
        assert!(is_in_menu(&page).await);
        assert!(!is_offered(&page).await, "somebody looks at the page");
        page.js_async(AWAY, json!([])).await;
        page.until("the offer", OFFERED, json!([])).await;
        page.click_on("install-close").await;
        page.until("no offer", "return !shown($('install-offer'))", json!([])).await;

        page.reload().await;
        page.until_ready().await;
        page.js(QUESTION, json!(["dismissed"])).await;
        page.js_async(AWAY, json!([])).await;
        assert!(!is_offered(&page).await, "after a no");
        page.click_on("menu").await;
        page.click_on("install").await;
        page.until("the question", "return window.asked === 1", json!([])).await;
        assert!(!is_in_menu(&page).await, "the question can be asked once");
    });
}

#[test]
fn the_offer_goes_when_the_page_is_installed_or_the_browser_hears_a_no() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.js(QUESTION, json!(["accepted"])).await;
        page.js_async(AWAY, json!([])).await;
        page.click_on("install-yes").await;
        page.until("the question", "return window.asked === 1", json!([])).await;
        page.until("no offer", "return !shown($('install-offer'))", json!([])).await;

        // Installed from the browser's own menu.
        page.js(QUESTION, json!(["accepted"])).await;
        page.js_async(AWAY, json!([])).await;
        page.until("the offer", OFFERED, json!([])).await;
        page.js("window.dispatchEvent(new Event('appinstalled'))", json!([])).await;
        page.until("no offer", "return !shown($('install-offer'))", json!([])).await;
        assert!(!is_in_menu(&page).await);

        page.js(QUESTION, json!(["dismissed"])).await;
        page.js_async(AWAY, json!([])).await;
        page.click_on("install-yes").await;
        let refused = "return JSON.parse(localStorage.getItem('chaap.settings')).offerInstall";
        page.until("a no", &format!("{refused} === false"), json!([])).await;
        page.js(QUESTION, json!(["dismissed"])).await;
        page.js_async(AWAY, json!([])).await;
        assert!(!is_offered(&page).await, "after a no");

        // In the window of the app itself there is nothing to offer.
        assert!(is_in_menu(&page).await);
        let app = "const real = window.matchMedia
            window.matchMedia = (query) => (query === '(display-mode: standalone)' ? { matches: true } : real(query))";
        page.js(app, json!([])).await;
        assert!(!is_in_menu(&page).await, "this is the app");
    });
}

#[test]
fn a_person_without_a_chat_is_offered_nothing() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        page.js(QUESTION, json!(["dismissed"])).await;
        page.js_async(AWAY, json!([])).await;
        assert!(!is_offered(&page).await);
        assert!(is_in_menu(&page).await);
    });
}

#[test]
fn on_an_iphone_or_ipad_the_page_says_how_to_install_it() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
        open_on(&page, "iPhone", iphone).await;
        assert!(is_in_menu(&page).await);
        let says = "return shown($('install-offer')) && !$('install-yes')
            && $('install-offer').textContent.includes('Add to Home Screen')";
        page.click_on("menu").await;
        page.click_on("install").await;
        page.until("what to do", says, json!([])).await;
        page.click_on("install-close").await;
        page.until("no offer", "return !shown($('install-offer'))", json!([])).await;
        // After a "no" the menu still tells.
        page.click_on("menu").await;
        page.click_on("install").await;
        page.until("what to do", says, json!([])).await;

        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";
        open_on(&page, "MacIntel", mac).await;
        assert!(!is_in_menu(&page).await, "a Mac");
        page.devtools(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": true, "maxTouchPoints": 5 }),
        )
        .await;
        page.reload().await;
        page.until_ready().await;
        assert!(is_in_menu(&page).await, "an iPad");
    });
}
