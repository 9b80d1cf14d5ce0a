//! What people write: marks that become bold and the like, answers with a quote, emoji.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, World, run};

/// The markup inside the bubble with this text.
const MARKUP: &str =
    "const found = all('message').map((row) => row.querySelector('[data-part=text]'))
        .find((text) => text.textContent === arguments[0])
    return found ? [...found.querySelectorAll('*')].map((node) => node.localName).join() : null";

async fn until_markup(page: &Browser, text: &str, markup: &str) {
    let script = format!("return (() => {{ {MARKUP} }})() === arguments[1]");
    page.until(&format!("{text} as {markup}"), &script, json!([text, markup])).await;
}

#[test]
fn marks_become_what_they_mean_and_leave_no_trace() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        for text in [
            "a *bold* word",
            "_leaning_ and ~gone~",
            "`1 * 2 * 3`",
            "2 * 3 * 4 stays",
            "*_both_*",
            "see https://example.org/a_b_c.",
            "*<img src=x onerror=alert(1)>*",
        ] {
            device.post_to(&alice, text).await;
        }
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        until_markup(&page, "a bold word", "strong").await;
        until_markup(&page, "leaning and gone", "em,s").await;
        until_markup(&page, "1 * 2 * 3", "code").await;
        until_markup(&page, "2 * 3 * 4 stays", "").await;
        until_markup(&page, "both", "strong,em").await;
        until_markup(&page, "see https://example.org/a_b_c.", "a").await;
        until_markup(&page, "<img src=x onerror=alert(1)>", "strong").await;
    });
}

#[test]
fn an_answer_carries_a_quote_to_the_other_side_and_leads_back() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        device.post_to(&alice, "Row F or row H?").await;
        for n in 0..120 {
            device.post_to(&alice, &format!("and {n}")).await;
        }
        let (page, other) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        page.pick("bob").await;
        page.until_received("and 119").await;
        let last = "const row = all('message').at(-1).querySelector('[data-part=bubble]'); row.focus(); return document.activeElement === row";
        page.until("a message to have the focus", last, json!([])).await;
        page.keys("r").await;
        page.until(
            "the quote",
            "return shown($('quote-bar')) && $('quote-bar').textContent.includes('and 119')",
            json!([]),
        )
        .await;
        page.keys("This one").await;
        page.press(Key::Enter).await;
        page.until_state("This one", "sent").await;
        other.pick("alice").await;
        let quoted = "const row = all('message').find((row) => row.querySelector('[data-part=text]').textContent === arguments[0])
            return row?.querySelector('[data-test=quote]')?.textContent.includes(arguments[1]) ?? false";
        other.until("the quote at bob's", quoted, json!(["This one", "and 119"])).await;

        // An answer to something far up: its quote is fetched, and a click leads there.
        let history = bob.history_with(&alice).await;
        assert_eq!(history.len(), 122);
        let first =
            world.server.get(&format!("/messages/{}", bob.id), &alice.token).await.1[0]["id"]
                .clone();
        let frame = json!({ "type": "send", "recipient_id": alice.id, "content": "H it is",
            "reply_to": first, "cid": "01a2086c-4816-753e-a9a3-77c90c669db8" });
        device.send(&frame).await;
        page.until("the far quote", quoted, json!(["H it is", "Row F or row H?"])).await;
        page.click(
            "the quote",
            "return all('message').at(-1).querySelector('[data-test=quote]')",
            json!([]),
        )
        .await;
        let there = "const row = all('message').find((row) => row.querySelector('[data-part=text]').textContent === arguments[0])
            if (!row) return false
            const { top, bottom } = row.getBoundingClientRect()
            return top >= 0 && bottom <= innerHeight";
        page.until("the quoted message on the screen", there, json!(["Row F or row H?"])).await;
        page.click_on("jump").await;
        page.until("the latest message again", there, json!(["H it is"])).await;
    });
}

#[test]
fn emoji_come_by_the_picker_and_by_name() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "hello").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("hello").await;
        page.click_on("emoji").await;
        page.until(
            "the search field",
            "return document.activeElement === $('emoji-search')",
            json!([]),
        )
        .await;
        page.keys("rocket").await;
        page.until(
            "a rocket to be found",
            "return shown($('emoji-picker')) && $('emoji-picker').textContent.includes('🚀')",
            json!([]),
        )
        .await;
        page.press(Key::Enter).await;
        page.until("the rocket in the text", "return $('composer').value === '🚀'", json!([]))
            .await;
        page.press(Key::Escape).await;
        page.until("the picker gone", "return !shown($('emoji-picker'))", json!([])).await;
        page.until(
            "the composer",
            "$('composer').focus(); return document.activeElement === $('composer')",
            json!([]),
        )
        .await;
        page.keys(" at 10:30 :rock").await;
        page.until("the list of names", "return shown($('emoji-list'))", json!([])).await;
        page.press(Key::Enter).await;
        let whole = "return /^🚀 at 10:30 \\p{Extended_Pictographic}/u.test($('composer').value)";
        page.until("the name to become an emoji", whole, json!([])).await;
    });
}
