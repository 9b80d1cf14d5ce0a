//! The longest frame of each animation, with 500 chats in the list and 3,000 messages in the open
//! chat. No frame should take longer than 50 ms. A busy machine must not fail the suite, so this
//! runs on demand and prints the times for a person to judge:
//!
//! `cargo test --release --test browser measure_motion -- --ignored --nocapture`

use serde_json::json;
use thirtyfour::Key;

use crate::{
    kit::{Browser, World, phone, run, say, until_gone, until_shown},
    measure::{OPEN, WATCH, crowded},
};

/// Messages in the open chat.
const MESSAGES: i64 = 3000;
/// How often each animation is repeated.
const TIMES: usize = 5;
/// The number of frames and the longest gap between two of them; the number of animation frames that
/// Chromium reports, which are those over 50 ms, and the longest of them.
const LONGEST: &str = "
    const worst = (values) => Math.round(Math.max(0, ...values))
    const { gaps, long } = measured
    return [gaps.length, worst(gaps), long.length, worst(long.map(([all]) => all))]";

/// Repeats an action and prints its longest frame.
async fn measure(page: &Browser, what: &str, mut act: impl AsyncFnMut(usize)) {
    page.until_calm().await;
    page.js(WATCH, json!([])).await;
    for n in 0..TIMES {
        act(n).await;
        page.until_calm().await;
    }
    let longest = page.js(LONGEST, json!([])).await;
    say(&format!(
        "{what}: {} frames, longest gap {} ms; {} animation frames over 50 ms, longest {} ms",
        longest[0], longest[1], longest[2], longest[3]
    ));
}

#[test]
#[ignore = "measures; a person reads the times"]
fn the_longest_frame_of_each_animation() {
    run(|world: World| async move {
        let (page, [alice, bob, carol]) = crowded(&world, MESSAGES).await;
        page.js_async(OPEN, json!(["bob", MESSAGES])).await;
        let (mut here, mut there) = (bob.connect().await, carol.connect().await);
        measure(&page, "nothing moves", async |_| {
            page.js_async(
                "for (let n = 0; n < 60; n += 1) await new Promise(requestAnimationFrame)",
                json!([]),
            )
            .await;
        })
        .await;
        measure(&page, "a sent message is stamped", async |n| {
            let text = format!("Stamped {n}");
            page.send(&text).await;
            page.until_state(&text, "sent").await;
        })
        .await;
        measure(&page, "a received message enters", async |n| {
            let text = format!("Received {n}");
            here.post_to(&alice, &text).await;
            page.until_received(&text).await;
        })
        .await;
        measure(&page, "a chat glides to the top of the list", async |n| {
            let text = format!("To the top {n}");
            let (from, name) = if n % 2 == 0 { (&mut there, "carol") } else { (&mut here, "bob") };
            from.post_to(&alice, &text).await;
            let first = "return all('chat-row')[0]?.dataset.name === arguments[0]";
            page.until("the row at the top", first, json!([name])).await;
        })
        .await;
        measure(&page, "the menu of a message", async |_| {
            page.js("part('bubble', all('message').at(-1)).focus()", json!([])).await;
            page.press(Key::Enter).await;
            until_shown(&page, "message-menu").await;
            page.press(Key::Escape).await;
            until_gone(&page, "message-menu").await;
        })
        .await;
        measure(&page, "the composer grows", async |_| {
            page.write("One\ntwo\nthree\nfour\nfive\nsix").await;
            page.js("$('composer').select()", json!([])).await;
            page.press(Key::Delete).await;
        })
        .await;
        measure(&page, "the button to the end", async |_| {
            page.js("part('scroll', part('messages')).scrollTop -= 1500", json!([])).await;
            until_shown(&page, "jump").await;
            page.until_calm().await;
            page.click_on("jump").await;
            until_gone(&page, "jump").await;
        })
        .await;

        measure_phone(&page).await;
    });
}

async fn measure_phone(page: &Browser) {
    phone(page).await;
    measure(page, "a sheet on a phone", async |_| {
        page.click_on("chat-menu").await;
        until_shown(page, "chat-menu-pin").await;
        page.until_calm().await;
        page.press(Key::Escape).await;
        until_gone(page, "chat-menu-pin").await;
    })
    .await;
    measure(page, "a swipe answers", async |_| {
        swipe(page).await;
        until_shown(page, "quote-bar").await;
        page.click_on("quote-close").await;
        until_gone(page, "quote-bar").await;
    })
    .await;
}

/// Swipes the last message. The first touch loads the swipe, so it is repeated until one answers.
async fn swipe(page: &Browser) {
    for _ in 0..3 {
        let at = "const { x, y, width, height } = part('bubble', all('message').at(-1)).getBoundingClientRect()
            return [x + width / 2, y + height / 2]";
        let at = page.js(at, json!([])).await;
        for step in 0..12 {
            let x = at[0].as_f64().unwrap() + f64::from(12 * step);
            let kind = if step == 0 { "touchStart" } else { "touchMove" };
            let points = json!([{ "x": x, "y": at[1] }]);
            let touch = json!({ "type": kind, "touchPoints": points });
            page.devtools("Input.dispatchTouchEvent", touch).await;
        }
        let lifted = json!({ "type": "touchEnd", "touchPoints": [] });
        page.devtools("Input.dispatchTouchEvent", lifted).await;
        if page.js("return shown($('quote-bar'))", json!([])).await == true {
            return;
        }
    }
}
