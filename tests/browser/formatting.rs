//! Long texts, code, lists and quotes as a reader sees them.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, World, run};

/// The text of the last message, and the list that scrolls.
const LAST: &str = "const text = part('text', all('message').at(-1)), scroll = part('scroll', part('messages'))
    const line = parseFloat(getComputedStyle(text).lineHeight), lines = () => text.getBoundingClientRect().height / line";

async fn until_folded(page: &Browser) {
    let folded = format!("{LAST}; return shown($('read-more')) && lines() < 21");
    page.until("the folded text", &folded, json!([])).await;
}

#[test]
fn a_long_text_unfolds_in_place_and_stays_so() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        let lines =
            |count: usize| (1..=count).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        device.post_to(&alice, &lines(24)).await;
        page.until_received(&lines(24)).await;
        let whole = format!("{LAST}; return !$('read-more') && lines() > 23");
        page.until("24 lines as they are", &whole, json!([])).await;
        device.post_to(&alice, &lines(60)).await;
        page.until_received(&lines(60)).await;
        until_folded(&page).await;
        page.until_calm().await;

        // By keyboard: the reader is at the end, and nothing above the button moves.
        page.tab_back_to_message().await;
        page.press(Key::Tab).await;
        page.until_focus("read-more").await;
        let top = format!("{LAST}; return Math.round(text.getBoundingClientRect().top)");
        let before = page.js(&top, json!([])).await;
        page.press(Key::Enter).await;
        let open = format!(
            "{LAST}; return lines() > 59 && document.activeElement === part('bubble', all('message').at(-1))"
        );
        page.until("all lines, and the focus on the message", &open, json!([])).await;
        page.until_calm().await;
        assert_eq!(page.js(&top, json!([])).await, before, "the text moved");

        // The rows are made again when one comes back; the text is still unfolded.
        page.close_chat().await;
        page.pick("bob").await;
        page.until_received(&lines(60)).await;
        page.until("all lines again", &format!("{LAST}; return lines() > 59"), json!([])).await;
    });
}

/// Browsers leave lines without visible characters out of the height of a text.
#[test]
fn a_text_that_begins_with_empty_lines_folds() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        for blank in ["\n", "\u{ad}\n", "\u{200f}\n"] {
            device.post_to(&alice, &format!("{}end", blank.repeat(4_000))).await;
            until_folded(&page).await;
            let low = "return part('bubble', all('message').at(-1)).clientHeight < 600";
            page.until("a low bubble", low, json!([])).await;
        }
    });
}

#[test]
fn a_text_of_one_line_folds_by_its_width() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        device.post_to(&alice, &"word ".repeat(250)).await;
        page.until(
            "it",
            &format!(
                "{LAST}; return text.textContent.length > 1200 && text.dataset.long === 'fits'"
            ),
            json!([]),
        )
        .await;
        page.resize(360, 640).await;
        until_folded(&page).await;
        page.resize(1280, 800).await;
        page.until(
            "it whole",
            &format!("{LAST}; return text.dataset.long === 'fits' && !$('read-more')"),
            json!([]),
        )
        .await;
        device.post_to(&alice, &"x".repeat(16_384)).await;
        until_folded(&page).await;
        let fits = format!("{LAST}; return scroll.scrollWidth <= scroll.clientWidth");
        page.until("nothing wider than its place", &fits, json!([])).await;
    });
}

#[test]
fn a_code_block_scrolls_in_its_bubble_and_can_be_copied() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let code = format!("let long = \"{}\"; // *no* mark\n- a", "x".repeat(100));
        let text = format!("See:\n```rust\n{code}\n```\nok?");
        bob.connect().await.post_to(&alice, &text).await;
        let drawn = "const block = document.querySelector('.message__block'), label = document.querySelector('.code-block__language')
            return block && block.textContent === arguments[0] && shown(label) && label.textContent === 'rust'
                && block.scrollWidth > block.clientWidth + 100 && document.scrollingElement.scrollWidth <= innerWidth";
        page.until("a block that scrolls", drawn, json!([code])).await;
        let grant = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        page.devtools("Browser.grantPermissions", grant).await;
        page.tab_back_to_message().await;
        page.press(Key::Tab).await;
        let inside = "return document.activeElement.matches('.message__block')";
        assert_eq!(page.js(inside, json!([])).await, true, "the block can be scrolled by keys");
        page.press(Key::Tab).await;
        page.until_focus("copy-code").await;
        page.press(Key::Enter).await;
        page.until("a word about it", "return shown(all('toast').at(-1))", json!([])).await;
        let copied = page.js_async("return navigator.clipboard.readText()", json!([])).await;
        assert_eq!(copied, code);

        // The preview and "Copy text" have no marks.
        let preview =
            "return part('preview', rowOf('bob')).textContent.startsWith('See: let long')";
        page.until("the preview without marks", preview, json!([])).await;
        page.js("part('bubble', all('message').at(-1)).focus()", json!([])).await;
        page.press(Key::Enter).await;
        page.click_on("copy-text").await;
        let plain = format!("See:\n{code}\nok?");
        let copied = "return (await navigator.clipboard.readText()) === arguments[0]";
        crate::kit::eventually("the plain text", async || {
            page.js_async(copied, json!([plain])).await == true
        })
        .await;
    });
}

#[test]
fn lists_and_quotes_are_drawn_and_stay_in_the_bubble() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        device.post_to(&alice, "> are you *coming*?\nYes, with\n- bread\n- wine\n1. eat").await;
        let drawn = "const text = part('text', all('message').at(-1)), of = (tag) => [...text.querySelectorAll(tag)]
            return JSON.stringify([of('blockquote').map((e) => e.textContent), of('ul > li').map((e) => e.textContent), of('ol > li').map((e) => e.textContent), of('blockquote strong').length])";
        let wanted = json!([["are you coming?"], ["• bread", "• wine"], ["1. eat"], 1]).to_string();
        page.until("the parts", &format!("{drawn} === arguments[0]"), json!([wanted])).await;
        for hostile in ["> ".repeat(8_000), "`".repeat(16_000), "- a\n".repeat(4_000)] {
            device.post_to(&alice, &format!("{hostile}end")).await;
            let there = "return part('text', all('message').at(-1)).textContent.endsWith('end')
                && document.scrollingElement.scrollWidth <= innerWidth
                && part('bubble', all('message').at(-1)).getBoundingClientRect().width <= 561";
            page.until(&hostile[..4], there, json!([])).await;
        }
    });
}

#[test]
fn a_quote_in_another_direction_begins_at_its_bar() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        let first = device.post_to(&alice, "Row F or row H?").await;
        let answer = json!({ "type": "send", "cid": uuid::Uuid::now_v7().to_string(),
            "chat_id": first["chat_id"], "content": "صف هـ", "reply_to": first["message_id"] });
        device.send(&answer).await;
        device.next_of("ack").await;
        let page = world.browser_of(&alice).await;
        page.js("localStorage['chaap.settings'] = '{\"language\":\"ar\"}'", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        page.pick("bob").await;
        let beside = "const words = part('quoteWords', all('message').at(-1))
            if (!words || words.textContent !== 'Row F or row H?') return false
            const range = document.createRange(); range.selectNodeContents(words)
            const bar = words.parentElement.getBoundingClientRect().right
            return bar - Math.max(...[...range.getClientRects()].map((line) => line.right)) < 20";
        page.until("the English words beside the bar", beside, json!([])).await;
        // One system of digits: the time of the message is in Arabic digits, and so is the rule for passwords.
        let digits = "return [/[0-9]/.test(part('time', all('message').at(-1)).textContent), /[٠-٩]/.test(part('time', all('message').at(-1)).textContent)]";
        assert_eq!(page.js(digits, json!([])).await, json!([false, true]));
    });
}
