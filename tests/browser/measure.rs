//! The speed of the page with many chats and messages. A busy machine must not fail the suite, so
//! these run on demand and print the times for a person to judge:
//!
//! `cargo test --release --test browser measure -- --ignored --nocapture`

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::kit::{Browser, MODULES, User, World, run_alone, run_on_modules, say};

/// Messages in the long chat.
const LONG: i64 = 100_000;
/// Chats in the list, and keys typed.
const CHATS: i64 = 500;
const KEYS: usize = 200;
/// Messages that arrive during typing.
const ARRIVALS: usize = 100;
const SAMPLES: usize = 7;

const TO_BEGINNING: &str = include_str!("js/to-beginning.js");
/// Clicks a user in the list. Returns the time until the last message of the chat is painted.
pub(crate) const OPEN: &str = "
    const [name, seq] = args
    const began = performance.now()
    rowOf(name).click()
    while (all('message').at(-1)?.dataset.seq !== String(seq)) await new Promise(requestAnimationFrame)
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    return performance.now() - began";
/// Records every gap between two frames, every long animation frame and every slow key.
pub(crate) const WATCH: &str = "
    window.measured = { gaps: [], long: [], keys: [] }
    let before = performance.now()
    const tick = (now) => {
        measured.gaps.push(now - before)
        before = now
        requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    new PerformanceObserver((list) => measured.long.push(...list.getEntries().map((e) => [e.duration, e.blockingDuration])))
        .observe({ type: 'long-animation-frame' })
    new PerformanceObserver((list) => measured.keys.push(...list.getEntries().filter((e) => e.name === 'keydown').map((e) => e.duration)))
        .observe({ type: 'event', durationThreshold: 16 })";
const REPORT: &str = "
    const { gaps, long, keys } = measured
    const worst = (values) => Math.round(Math.max(0, ...values))
    const at = (values, part) => Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0)
    return `${gaps.length} frames, 99 % within ${at(gaps, 0.99)} ms, worst ${worst(gaps)} ms; ` +
        `${long.length} over 50 ms, worst ${worst(long.map(([all]) => all))} ms (blocking ${worst(long.map(([, blocking]) => blocking))} ms); ` +
        `slowest key to paint ${worst(keys)} ms`";

/// Alice's page with 500 chats, one of them long, and the users who send to her.
pub(crate) async fn crowded(world: &World, messages: i64) -> (Browser, [User; 3]) {
    let users = world.server.users(["alice", "bob", "carol"]).await;
    let [alice, bob, carol] = &users;
    let ack = bob.connect().await.post_to(alice, "The first one").await;
    carol.connect().await.post_to(alice, "Hello").await;
    world.server.surround(alice, CHATS - 2).await;
    let chat = ack["chat_id"].as_i64().unwrap();
    world.server.lengthen(chat, [alice, bob], messages - 1).await;
    let page = world.browser_of(alice).await;
    let listed = "return all('chat-row').length === arguments[0]";
    page.until("the whole list", listed, json!([CHATS])).await;
    (page, users)
}

#[test]
#[ignore = "measures; a person reads the times"]
fn the_first_visit_over_a_slow_line() {
    run_alone(|world: World| async move {
        let page = world.browser("slow").await;
        let slow = json!({ "offline": false, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000 });
        page.devtools("Network.enable", json!({})).await;
        page.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
        page.devtools("Network.emulateNetworkConditions", slow).await;
        let mut times = Vec::new();
        for _ in 0..SAMPLES {
            // A worker would serve the page from its cache.
            page.reload().await;
            page.until_card().await;
            let painted =
                "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
            times.push(page.js(painted, json!([])).await.as_f64().unwrap());
        }
        say(&format!("the form at 150 ms and 200 KB/s: {}", spread(times)));
    });
}

#[test]
#[ignore = "measures; a person reads the times"]
fn opening_a_chat_of_100_000_messages() {
    run_alone(|world: World| async move {
        let (page, _) = crowded(&world, LONG).await;
        let mut first = Vec::new();
        let mut again = Vec::new();
        for _ in 0..SAMPLES {
            page.js("indexedDB.databases().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name)))", json!([])).await;
            page.close_chat().await;
            page.reload().await;
            page.until(
                "the whole list",
                "return all('chat-row').length === arguments[0]",
                json!([CHATS]),
            )
            .await;
            first.push(page.js_async(OPEN, json!(["bob", LONG])).await.as_f64().unwrap());
            page.js_async(OPEN, json!(["carol", 1])).await;
            again.push(page.js_async(OPEN, json!(["bob", LONG])).await.as_f64().unwrap());
        }
        say(&format!("opens for the first time in {}", spread(first)));
        say(&format!("opens again in {}", spread(again)));
    });
}

#[test]
#[ignore = "measures; a person reads the times"]
fn scrolling_100_000_messages_to_their_beginning() {
    run_alone(|world: World| async move {
        let (page, _) = crowded(&world, LONG).await;
        page.js_async(OPEN, json!(["bob", LONG])).await;
        page.js(WATCH, json!([])).await;
        // No request to the driver may take that long, so the page reports when it is done.
        let begin = format!(
            "window.told = null; (async () => {{ {TO_BEGINNING} }})().then((report) => (window.told = report))"
        );
        page.js(&begin, json!([])).await;
        let report = loop {
            sleep(Duration::from_secs(5)).await;
            let report = page.js("return window.told", json!([])).await;
            if !report.is_null() {
                break report;
            }
        };
        say(&format!("to the beginning: {report}; {}", frames(&page).await));
        page.js(WATCH, json!([])).await;
        type_while_messages_come(&page, None).await;
        say(&format!("typing with all messages loaded: {}", frames(&page).await));
    });
}

#[test]
#[ignore = "measures; a person reads the times"]
fn typing_with_500_chats() {
    run_alone(|world: World| async move {
        let (page, [alice, bob, carol]) = crowded(&world, 3000).await;
        page.js_async(OPEN, json!(["bob", 3000])).await;
        page.js(WATCH, json!([])).await;
        type_while_messages_come(&page, None).await;
        say(&format!("typing: {}", frames(&page).await));
        page.js(WATCH, json!([])).await;
        type_while_messages_come(&page, Some((&alice, [&bob, &carol]))).await;
        say(&format!("typing while {ARRIVALS} messages arrive: {}", frames(&page).await));
    });
}

#[test]
#[ignore = "measures; a person reads the times"]
fn drawing_the_prints_of_a_screen() {
    run_on_modules(|world: World| async move {
        let page = world.browser("prints").await;
        page.until_card().await;
        // The first print of each of 30 people, into the document, with its layout.
        let draw = "const { printOf } = await load('./people/print.js')
            const box = document.body.appendChild(document.createElement('div'))
            printOf('warm', 48)
            const began = performance.now()
            for (let n = 0; n < 30; n += 1) box.append(printOf(`person${args[0]}-${n}`, 48))
            box.getBoundingClientRect()
            const took = performance.now() - began
            box.remove()
            return took";
        let mut samples = Vec::new();
        for n in 0..SAMPLES {
            let took = page.js_async(&format!("{MODULES}\n{draw}"), json!([n])).await;
            samples.push(took.as_f64().unwrap());
        }
        say(&format!("30 prints in {}", spread(samples)));
    });
}

/// Types real keys, one after the other; half of the arriving messages are for the open chat.
async fn type_while_messages_come(page: &Browser, coming: Option<(&User, [&User; 2])>) {
    page.click_on("composer").await;
    let words: String = "never the same words twice ".chars().cycle().take(KEYS).collect();
    let typing = page.keys(&words);
    let arriving = async {
        let Some((to, [open, other])) = coming else { return };
        let (mut here, mut there) = (open.connect().await, other.connect().await);
        for n in 0..ARRIVALS / 2 {
            here.post_to(to, &format!("Here {n}")).await;
            there.post_to(to, &format!("There {n}")).await;
        }
    };
    tokio::join!(typing, arriving);
    let typed = "return $('composer').value.length === arguments[0]";
    page.until("all keys", typed, json!([KEYS])).await;
    page.js("$('composer').value = ''", json!([])).await;
}

async fn frames(page: &Browser) -> String {
    let Value::String(report) = page.js(REPORT, json!([])).await else { panic!("a sentence") };
    report
}

pub(crate) fn spread(mut samples: Vec<f64>) -> String {
    samples.sort_by(f64::total_cmp);
    let [least, middle, most] =
        [0, samples.len() / 2, samples.len() - 1].map(|at| samples[at].round());
    format!("{middle} ms (median of {}; {least} to {most})", samples.len())
}
