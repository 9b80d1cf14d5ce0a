//! A swipe towards the end of the line answers a message.

use serde_json::{Value, json};

use crate::kit::{Browser, World, phone, run};

/// The finger moves this far in one step.
const STEP_PX: i32 = 12;
const QUOTED: &str = "return shown($('quote-bar'))";
const STILL: &str = "return document.querySelector('.message--swiped') === null";
/// How far the bubble has followed the finger.
const FOLLOWED: &str =
    "return new DOMMatrix(getComputedStyle(part('bubble', $('message'))).transform).m41";

async fn touch(page: &Browser, kind: &str, points: Value) {
    let touch = json!({ "type": kind, "touchPoints": points });
    page.devtools("Input.dispatchTouchEvent", touch).await;
}

/// Puts a finger on the first bubble and moves it by these steps, without lifting it.
async fn drag(page: &Browser, steps: i32, (right, down): (i32, i32)) {
    let middle =
        "const { x, y, width, height } = part('bubble', $('message')).getBoundingClientRect()
        return [x + width / 2, y + height / 2]";
    let middle = page.js(middle, json!([])).await;
    let [x, y] = [0, 1].map(|at| middle[at].as_f64().unwrap());
    for step in 0..=steps {
        let by = |direction: i32| f64::from(step * direction * STEP_PX);
        let kind = if step == 0 { "touchStart" } else { "touchMove" };
        touch(page, kind, json!([{ "x": x + by(right), "y": y + by(down) }])).await;
    }
}

async fn lift(page: &Browser) {
    touch(page, "touchEnd", json!([])).await;
}

/// A phone on which the swipe is ready: the first touch loads it.
async fn phone_that_swipes(page: &Browser) {
    phone(page).await;
    drag(page, 1, (1, 0)).await;
    lift(page).await;
    let ready = "return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('messages-life.css'))";
    page.until("the module", ready, json!([])).await;
}

/// Swipes in all directions; only the one given by `forward` answers.
async fn swipe_all_ways(page: &Browser, forward: i32) {
    for (steps, direction) in [(3, (forward, 0)), (9, (-forward, 0)), (9, (0, -1))] {
        drag(page, steps, direction).await;
        lift(page).await;
        assert_eq!(page.js(QUOTED, json!([])).await, false, "{steps} {direction:?}");
        page.until("its place", STILL, json!([])).await;
    }
    drag(page, 9, (forward, 0)).await;
    // The bubble follows the finger, less and less.
    let followed = page.js(FOLLOWED, json!([])).await.as_f64().unwrap() * f64::from(forward);
    assert!((40.0..88.0).contains(&followed), "the bubble is {followed} px along");
    let icon =
        "const { x, width } = document.querySelector('.swipe-reply--ready').getBoundingClientRect()
        const bubble = part('bubble', $('message')).getBoundingClientRect()
        return arguments[0] > 0 ? x + width <= bubble.left : x >= bubble.right";
    page.until("the icon where the bubble was", icon, json!([forward])).await;
    lift(page).await;
    page.until("an answer", QUOTED, json!([])).await;
    page.until("its place", STILL, json!([])).await;
    page.until_calm().await;
    assert_eq!(page.js(FOLLOWED, json!([])).await, 0, "it is back in its place");
}

#[test]
fn a_swipe_to_the_right_answers_a_message() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello there, swipe me").await;
        phone_that_swipes(&page).await;
        swipe_all_ways(&page, 1).await;
    });
}

#[test]
fn in_arabic_a_swipe_to_the_left_answers_a_message() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("مرحبا، اسحب هذه الرسالة").await;
        let arabic = "localStorage.setItem('chaap.settings', JSON.stringify({ language: 'ar' }))";
        page.js(arabic, json!([])).await;
        page.reload().await;
        page.until("Arabic", "return document.dir === 'rtl'", json!([])).await;
        page.until_received("مرحبا، اسحب هذه الرسالة").await;
        phone_that_swipes(&page).await;
        swipe_all_ways(&page, -1).await;
    });
}
