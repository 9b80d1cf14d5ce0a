//! How long the panel of a group of 5,000 takes to open: at first, when the list of members comes from
//! the server, and again, when it is known. A busy machine must not fail the suite, so this runs on
//! demand and prints the times for a person to judge:
//!
//! `cargo test --release --test browser measure_members -- --ignored --nocapture`

use serde_json::json;

use crate::kit::{World, run_alone, say, until_gone};
use crate::measure::spread;

/// Members beside the two who talk.
const MEMBERS: i64 = 5_000;
const SAMPLES: usize = 7;
/// Opens the panel. Returns the time until its members are painted.
const OPEN: &str = "
    const began = performance.now()
    $('contact').click()
    while (!$('member')) await new Promise(requestAnimationFrame)
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    return performance.now() - began";

#[test]
#[ignore = "measures; a person reads the times"]
fn opening_the_panel_of_five_thousand_members() {
    run_alone(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let chat = alice.make_group("Everyone", &[&bob]).await;
        world.server.crowd(chat, MEMBERS).await;
        let page = world.browser_of(&alice).await;
        let (mut first, mut again) = (Vec::new(), Vec::new());
        for _ in 0..SAMPLES {
            page.open_group(chat, "Everyone").await;
            page.until_calm().await;
            first.push(page.js_async(OPEN, json!([])).await.as_f64().unwrap());
            page.click_on("contact-info-close").await;
            until_gone(&page, "contact-info").await;
            page.until_calm().await;
            again.push(page.js_async(OPEN, json!([])).await.as_f64().unwrap());
            page.click_on("contact-info-close").await;
            until_gone(&page, "contact-info").await;
            page.reload().await;
            page.until_ready().await;
        }
        say(&format!("the panel opens for the first time in {}", spread(first)));
        say(&format!("it opens again in {}", spread(again)));
    });
}
