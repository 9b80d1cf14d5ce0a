//! When a page reconnects: not all pages at once, not too often, and immediately when it helps.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::kit::{Browser, MODULES, Way, World, eventually, poll, run, run_on_modules};

async fn network(page: &Browser, on: bool) {
    page.devtools("Network.enable", json!({})).await;
    let network =
        json!({ "offline": !on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    page.devtools("Network.emulateNetworkConditions", network).await;
}

#[test]
fn the_delay_grows_from_half_a_second_to_thirty_with_full_jitter() {
    run_on_modules(|world: World| async move {
        let page = world.browser("pauses").await;
        let table = "const { pauseAfter } = await load('./net/socket.js')
            return [0, 1, 2, 3, 4, 5, 6, 7, 50, 2000].map((n) => [0, 0.5, 1].map((chance) => pauseAfter(n, chance)))";
        let table = page.js_async(&format!("{MODULES}\n{table}"), json!([])).await;
        let ceilings = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000];
        let right: Vec<_> =
            ceilings.iter().map(|most| [250, 250 + (most - 250) / 2, *most]).collect();
        assert_eq!(table, json!(right));
    });
}

#[test]
fn a_page_reconnects_at_once_when_the_network_returns_or_it_becomes_visible() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        // Longer delays than chance allows, so that the first one is already too long to wait for.
        page.js("Math.random = () => 80", json!([])).await;
        let far = "const { status, retry_at } = (await theStore()).state.connection
            return status === 'offline' && retry_at - Date.now() > 15_000 && retry_at";
        for way in ["online", "visible"] {
            proxy.close();
            let retry_at = poll(async || page.js_async(far, json!([])).await.as_f64()).await;
            let retry_at = retry_at.expect("a long pause");
            let front = page.driver.window().await.unwrap();
            if way == "online" {
                network(&page, false).await;
            } else {
                let other = page.driver.new_tab().await.unwrap();
                page.devtools("Target.activateTarget", json!({ "targetId": other.to_string() }))
                    .await;
                page.until("a hidden page", "return document.hidden", json!([])).await;
            }
            proxy.open();
            if way == "online" {
                network(&page, true).await;
            } else {
                page.devtools("Target.activateTarget", json!({ "targetId": front.to_string() }))
                    .await;
            }
            page.until_connection("online").await;
            let now = page.js("return Date.now()", json!([])).await.as_f64().unwrap();
            assert!(now < retry_at, "{way}: it came back by chance");
        }
    });
}

#[test]
fn an_offline_event_disconnects_within_seconds_unless_the_server_answers() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        let says = "Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => arguments[0] })
            dispatchEvent(new Event(arguments[0] ? 'online' : 'offline'))";
        let says = |on: bool| says.replace("arguments[0]", &on.to_string());
        // A server on the same machine needs no network.
        let pings = proxy.seen(Way::Up, "ping").len();
        page.js(&says(false), json!([])).await;
        eventually("a ping", async || proxy.seen(Way::Up, "ping").len() > pings).await;
        page.js_async("await new Promise((done) => setTimeout(done, 2500))", json!([])).await;
        page.until_connection("online").await;
        assert_eq!(page.js("return shown($('banner'))", json!([])).await, false);

        page.js(&says(true), json!([])).await;
        proxy.stall(true);
        let began = Instant::now();
        page.js(&says(false), json!([])).await;
        let banner =
            "return shown($('banner')) && $('banner').innerText.includes('This device is offline')";
        page.until("the banner", banner, json!([])).await;
        // Without the event it would take a ping, 25 s, and its answer, 10 s.
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
        proxy.stall(false);
        page.js(&says(true), json!([])).await;
        page.until_connection("online").await;
        page.until("no banner", "return !shown($('banner'))", json!([])).await;
    });
}

#[test]
fn no_page_reconnects_before_the_time_named_by_the_server() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        proxy.tell(&json!({ "type": "restart", "retry_after_ms": 3000 }));
        let told = Instant::now();
        eventually("the restart frame", async || {
            let heard = "return (await theStore()).state.live";
            page.js_async(heard, json!([])).await == true
        })
        .await;
        proxy.cut();
        page.until_connection("offline").await;
        // A click on "Try now" does not shorten it.
        page.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        page.until_connection("online").await;
        let knock = *proxy.knocks().last().unwrap();
        assert_eq!(proxy.knocks().len(), 2);
        assert!(knock - told >= Duration::from_millis(2950), "after {:?}", knock - told);
    });
}
