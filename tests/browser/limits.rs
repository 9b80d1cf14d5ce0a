//! "Too often" and "full" from the server, in words, and what the page then does by itself. One
//! person's flood of messages, and a connection that comes and goes.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::kit::{Browser, Fate, PASSWORD, Proxy, User, Way, World, eventually, run, run_alone};

/// Alice's page with the chat with Bob open, over a network that tests can disturb.
async fn beside_bob(world: &World) -> (Proxy, Browser, [User; 2]) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    bob.connect().await.post_to(&alice, "Hello").await;
    let proxy = world.proxy().await;
    let page = world.browser_of_behind(&proxy, &alice).await;
    page.pick("bob").await;
    (proxy, page, [alice, bob])
}

/// Loses the next message on its way up and answers it with an error. Returns its `cid`.
async fn refuse(proxy: &Proxy, before: usize, mut error: serde_json::Value) -> String {
    let sent = async || proxy.seen(Way::Up, "send").len() > before;
    eventually("a message on its way", sent).await;
    let seen = proxy.seen(Way::Up, "send");
    assert_eq!(seen[before].fate, Fate::Lost);
    let cid = seen[before].frame["cid"].as_str().unwrap().to_owned();
    error["type"] = "error".into();
    error["cid"] = cid.as_str().into();
    proxy.tell(&error);
    cid
}

#[test]
fn too_many_messages_wait_and_go_out_in_order() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob]) = beside_bob(&world).await;
        proxy.lose(Way::Up, 1, "send");
        page.send("one").await;
        let pause = Duration::from_millis(2600);
        let error = json!({ "code": "rate_limited", "message": "wait", "retry_after_ms": pause.as_millis() });
        refuse(&proxy, 0, error).await;
        let refused = Instant::now();
        let words = "return shown($('banner')) && /sending too fast. Sending continues in \\d seconds?/.test($('banner').innerText)";
        page.until("words about it", words, json!([])).await;
        page.send("two").await;
        page.until_state("two", "sent").await;
        let gone = "return !shown($('banner'))";
        page.until("no words any more", gone, json!([])).await;
        assert_eq!(alice.history_with(&bob).await, ["Hello", "one", "two"]);
        let sends = proxy.seen(Way::Up, "send");
        assert_eq!(sends.len(), 3, "each once, and the refused one again");
        let waited = sends[1].at - refused;
        // Timers of browsers are precise to a few milliseconds.
        let precision = Duration::from_millis(50);
        assert!(waited + precision > pause, "nothing is sent meanwhile: {waited:?}");
    });
}

#[test]
fn a_full_quota_fails_one_message_and_a_full_disk_is_retried() {
    run(|world: World| async move {
        let (proxy, page, [alice, bob]) = beside_bob(&world).await;
        proxy.lose(Way::Up, 1, "send");
        page.send("one").await;
        refuse(&proxy, 0, json!({ "code": "quota", "message": "full" })).await;
        page.until_state("one", "failed").await;
        let words =
            "return part('reason').textContent.startsWith('Your storage on this server is full.')";
        page.until("the reason", words, json!([])).await;
        page.send("two").await;
        page.until_state("two", "sent").await;

        proxy.lose(Way::Up, 1, "send");
        page.send("three").await;
        refuse(&proxy, 2, json!({ "code": "storage", "message": "no", "retry_after_ms": 600 }))
            .await;
        page.until_state("three", "sent").await;
        assert_eq!(alice.history_with(&bob).await, ["Hello", "two", "three"]);
    });
}

#[test]
fn too_many_sign_ins_count_down_and_let_the_person_try_again() {
    run(|world: World| async move {
        world.server.users(["alice"]).await;
        let page = world.browser("alice").await;
        let answer = "const real = window.fetch; let refused = 0
            window.fetch = async (path, options) => path === '/login' && refused++ === 0
              ? new Response('{\"code\":\"too_many_sign_ins\",\"detail\":\"wait\"}', { status: 429, headers: { 'Retry-After': '3' } }) : real(path, options)
            window.lines = []
            new MutationObserver(() => window.lines.push(part('error').textContent)).observe(part('error'), { childList: true, characterData: true, subtree: true })";
        page.js(answer, json!([])).await;
        page.fill_card("tab-sign-in", "alice", PASSWORD).await;
        page.until(
            "disabled",
            "return $('submit').getAttribute('aria-disabled') === 'true' && shown(part('error'))",
            json!([]),
        )
        .await;
        let again = "return $('submit').getAttribute('aria-disabled') === 'false' && part('error').textContent === 'You can try again now.'";
        page.until("the next attempt", again, json!([])).await;
        // A busy machine may skip a second, but never counts up.
        let counted =
            "return window.lines.map((line) => Number(/Wait (\\d) second/.exec(line)?.[1] ?? 0))";
        let counted: Vec<i64> = serde_json::from_value(page.js(counted, json!([])).await).unwrap();
        assert_eq!(counted.first(), Some(&3), "{counted:?}");
        assert!(counted.len() > 2 && counted.is_sorted_by(|a, b| a >= b), "{counted:?}");
        page.click_on("submit").await;
        page.until_ready().await;
    });
}

#[test]
fn history_that_is_read_too_often_loads_by_itself_later() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        for text in ["one", "two"] {
            device.post_to(&alice, text).await;
        }
        let page = world.browser_of(&alice).await;
        let answer = "const real = window.fetch; window.asked = 0
            window.fetch = async (path, options) => path.includes('/messages?') && window.asked++ === 0
              ? new Response('{\"code\":\"rate_limited\"}', { status: 429, headers: { 'Retry-After': '1' } }) : real(path, options)";
        page.js(answer, json!([])).await;
        page.pick("bob").await;
        page.until_texts(&["one", "two"]).await;
        assert_eq!(page.js("return window.asked", json!([])).await, 2);
    });
}

#[test]
fn a_connection_that_comes_and_goes_does_not_flicker() {
    run(|world: World| async move {
        let (proxy, page, [_, bob]) = beside_bob(&world).await;
        let _device = bob.connect().await;
        page.until("online", "return $('chat-status').textContent === 'online'", json!([])).await;
        // Of each break: how long it took, and what of the page changed meanwhile.
        let watch = "window.breaks = []; let began = 0, flips = []
            new MutationObserver(() => flips.push($('chat-status').textContent)).observe($('chat-status'), { childList: true, characterData: true, subtree: true })
            new MutationObserver(() => shown($('banner')) && flips.push('banner')).observe($('banner'), { attributes: true })
            new MutationObserver(() => {
              const now = performance.now()
              if (document.documentElement.dataset.connection !== 'online') began ||= now
              else if (began) {
                breaks.push({ ms: now - began, flips })
                began = 0
                flips = []
              }
            }).observe(document.documentElement, { attributeFilter: ['data-connection'] })";
        page.js(watch, json!([])).await;
        let (mut cuts, mut short) = (0, 0);
        while short < 4 {
            cuts += 1;
            proxy.cut();
            let back = "return breaks.length === arguments[0] && breaks.at(-1)";
            let last = page.until("connected again", back, json!([cuts])).await;
            // On a busy machine a break may take so long that the page has to say something.
            if last["ms"].as_f64().unwrap() < 850.0 {
                assert_eq!(last["flips"], json!([]), "{last}");
                short += 1;
            }
            assert!(cuts < 20, "only long breaks");
        }
        proxy.close();
        let unknown = "return $('chat-status').textContent !== 'online' && shown($('banner'))";
        page.until("a long outage shows", unknown, json!([])).await;
    });
}

#[test]
fn a_flood_of_messages_leaves_the_page_usable() {
    run_alone(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let watch = "window.flips = []; window.worst = 0; let last = performance.now()
            const tick = () => { const now = performance.now(); window.worst = Math.max(window.worst, now - last); last = now; setTimeout(tick, 0) }
            tick()
            new MutationObserver(() => window.flips.push(document.documentElement.dataset.connection)).observe(document.documentElement, { attributeFilter: ['data-connection', 'data-steady'] })
            new MutationObserver(() => shown($('banner')) && window.flips.push('banner')).observe($('banner'), { attributes: true })";
        page.js(watch, json!([])).await;
        page.click_on("composer").await;
        let mut device = bob.connect().await;
        // As many as the server takes, so that a slow machine is not left with a backlog of minutes.
        let mut every = interval(Duration::from_millis(5));
        every.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (began, mut sent, mut typed) = (Instant::now(), 0, 0);
        while began.elapsed() < Duration::from_secs(10) || typed < 5 {
            every.tick().await;
            device.send_to(&alice, &format!("flood {sent}")).await;
            sent += 1;
            if sent > 50 {
                device.next_of("ack").await;
            }
            if began.elapsed() > Duration::from_secs(1 + 2 * typed) {
                page.insert("typing meanwhile ").await;
                typed += 1;
            }
        }
        page.until_received(&format!("flood {}", sent - 1)).await;
        assert_eq!(page.js("return window.flips", json!([])).await, json!([]));
        let worst = page.js("return window.worst", json!([])).await.as_f64().unwrap();
        assert!(worst < 1000.0, "the page did nothing for {worst} ms");
        let typed = page.js("return $('composer').value", json!([])).await;
        assert_eq!(typed, "typing meanwhile ".repeat(5));
    });
}
