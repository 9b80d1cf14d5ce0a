//! The content of messages: formatting, replies with a quote, emoji.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, MODULES, User, World, run, run_on_modules, seed};

const TABLE: &str = include_str!("js/markup-table.js");
const FUZZ: &str = include_str!("js/words-fuzz.js");
/// Enough messages that the first is not on the pages that a chat opens with.
const LONG: i64 = 400;

/// The markup inside the bubble with this text.
const MARKUP: &str =
    "const found = all('message').map((row) => row.querySelector('[data-part=text]'))
        .find((text) => text.textContent === arguments[0])
    return found ? [...found.querySelectorAll('*')].map((node) => node.localName).join() : null";

async fn until_markup(page: &Browser, text: &str, markup: &str) {
    let script = format!("return (() => {{ {MARKUP} }})() === arguments[1]");
    page.until(&format!("{text} as {markup}"), &script, json!([text, markup])).await;
}

/// Sends numbered messages. Returns their ids and the id of the chat.
async fn write_long_chat(from: &User, to: &User) -> (Vec<i64>, i64) {
    let mut device = from.connect().await;
    let (mut ids, mut chat) = (Vec::new(), 0);
    for n in 1..=LONG {
        device.send_to(to, &format!("Message {n}")).await;
    }
    for _ in 0..LONG {
        let ack = device.next_of("ack").await;
        ids.push(ack["message_id"].as_i64().unwrap());
        chat = ack["chat_id"].as_i64().unwrap();
    }
    (ids, chat)
}

/// The seqs in the document, in order.
async fn seqs(page: &Browser) -> Vec<i64> {
    page.messages().await.into_iter().map(|message| message.seq).collect()
}

/// Whether each number follows the one before.
fn unbroken(seqs: &[i64]) -> bool {
    seqs.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[test]
fn formatting_marks_become_formatting_and_disappear() {
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
            "```\nlet block = 1\n```",
            "mailto:a@example.org and ftp://example.org",
            "🎉🎉",
            "🎉 in a line",
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
        until_markup(&page, "let block = 1", "div,span,code,button,svg,use").await;
        until_markup(&page, "mailto:a@example.org and ftp://example.org", "a").await;
        let looks = "const of = (text) => [...document.querySelectorAll('.message [data-part=text]')].find((words) => words.textContent === text)
            const size = (text) => parseFloat(getComputedStyle(of(text)).fontSize)
            const block = getComputedStyle(of('let block = 1').querySelector('code')), inline = getComputedStyle(of('1 * 2 * 3').firstElementChild)
            return [size('🎉🎉') > 1.8 * size('a bold word'), size('🎉 in a line') === size('a bold word'),
                block.display === 'block', /mono/i.test(block.fontFamily), inline.display === 'block']";
        let looks = page.js(looks, json!([])).await;
        assert_eq!(looks, json!([true, true, true, true, false]), "large emoji, a block, a line");
    });
}

#[test]
fn a_reply_shows_its_quote_to_both_and_leads_to_the_quoted_message() {
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
        page.tab_back_to_message().await;
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

        // A reply to a message far up: its quote is loaded, and a click leads there.
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
fn emoji_can_be_chosen_from_the_picker_and_by_name() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
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
            "return $('emoji-picker')?.querySelector('.emoji-picker__scroll button')?.textContent === '🚀'",
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

#[test]
fn after_an_emoji_chosen_by_mouse_typing_continues_and_enter_sends() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        page.write("Well ").await;
        page.click_on("emoji").await;
        let cracker = "return [...$('emoji-picker').querySelectorAll('button')].find((cell) => cell.textContent === '🎉')";
        page.click("a cracker", cracker, json!([])).await;
        page.until("it in the text", "return $('composer').value === 'Well 🎉'", json!([])).await;
        page.keys(" done").await;
        page.press(Key::Enter).await;
        page.until_state("Well 🎉 done", "sent").await;
        // The picker stays open for more emoji.
        assert_eq!(page.js("return shown($('emoji-picker'))", json!([])).await, true);
    });
}

#[test]
fn formatting_and_emoji_match_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("words").await;
        let report = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([20_261_123])).await;
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn any_text_becomes_text_and_formatting_only() {
    run_on_modules(|world: World| async move {
        let page = world.browser("words").await;
        let seed = seed();
        let report = page.js_async(&format!("{MODULES}\n{FUZZ}"), json!([seed, 4000])).await;
        assert_eq!(report["failed"], json!([]), "again with CHAAP_SEED={seed}");
        // Proof that the random texts are useful: all kinds of formatting occurred.
        assert_eq!(
            report["seen"],
            json!([
                "a",
                "bdi",
                "blockquote",
                "button",
                "code",
                "div",
                "em",
                "li",
                "ol",
                "s",
                "span",
                "strong",
                "svg",
                "ul",
                "use"
            ])
        );
    });
}

#[test]
fn a_quote_leads_to_a_message_far_up_and_back_to_the_end() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let (ids, chat) = write_long_chat(&bob, &alice).await;
        let mut from_bob = bob.connect().await;
        let cid = uuid::Uuid::now_v7().to_string();
        let answer = json!({ "type": "send", "chat_id": chat, "cid": cid, "content": "An answer", "reply_to": ids[99] });
        from_bob.send(&answer).await;
        from_bob.next_of("ack").await;
        alice.connect().await.confirm(chat, LONG + 1, LONG + 1).await;

        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("An answer").await;
        let quoted =
            "return part('quoteWords', all('message').at(-1))?.textContent === 'Message 100'";
        page.until("the quoted text, which no page holds", quoted, json!([])).await;
        assert!(seqs(&page).await[0] > 100, "the quoted message is loaded already");

        page.click_on("quote").await;
        let found = "const row = all('message').find((m) => part('text', m).textContent === 'Message 100')
            const view = part('scroll', part('messages')).getBoundingClientRect(), place = row?.getBoundingClientRect()
            return row && row.contains(document.activeElement) && place.top >= view.top && place.bottom <= view.bottom";
        page.until("the quoted message on the screen", found, json!([])).await;
        let around = seqs(&page).await;
        assert!(unbroken(&around) && around.contains(&100), "{around:?}");

        // Scrolling down from there loads the rest without a gap.
        let down = "const scroll = part('scroll', part('messages')); scroll.scrollTop += scroll.clientHeight
            const rows = all('message').map((row) => Number(row.dataset.seq))
            if (rows.some((seq, i) => i > 0 && seq !== rows[i - 1] + 1)) throw new Error(`a gap in ${rows}`)
            return rows.at(-1) === arguments[0] && !shown($('jump'))";
        page.until("the end, on foot", down, json!([LONG + 1])).await;

        // The jump button leads there too.
        page.js("part('scroll', part('messages')).scrollTop = 0", json!([])).await;
        page.until("the button", "return shown($('jump'))", json!([])).await;
        page.click_on("jump").await;
        page.until("the end, at once", "return all('message').some((m) => part('text', m).textContent === 'An answer') && !shown($('jump'))", json!([])).await;
    });
}

#[test]
fn escape_cancels_a_reply_and_an_emoji_list_and_leaves_the_chat_open() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "*hello* there").await;
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "1").await;
        let preview = "return part('preview', rowOf('bob')).textContent";
        page.until_is("the preview", preview, json!([]), json!("hello there")).await;
        page.pick("bob").await;
        page.until_received("hello there").await;
        let focused = "const bubble = part('bubble', $('message')); bubble.focus(); return document.activeElement === bubble";
        page.until("the focus on the message", focused, json!([])).await;
        page.press(Key::Enter).await;
        page.click_on("reply").await;
        page.until("the quote bar", "return shown($('quote-bar'))", json!([])).await;
        page.until_focus("composer").await;
        page.press(Key::Escape).await;
        let open =
            "return !shown($('quote-bar')) && !shown($('emoji-list')) && !$('composer').disabled";
        page.until("no quote bar, but the chat", open, json!([])).await;

        page.keys("10:30 a:smile https://x:smile :D").await;
        let typed = "return $('composer').value.endsWith(':D')";
        page.until("all typed", typed, json!([])).await;
        assert_eq!(page.js(open, json!([])).await, true, "a list for a text that is no name");
        page.keys(" :smi").await;
        let chosen = "const id = $('composer').getAttribute('aria-activedescendant')
            return shown($('emoji-list')) && document.getElementById(id)?.getAttribute('aria-selected') === 'true'";
        page.until("the list, with one chosen", chosen, json!([])).await;
        page.press(Key::Escape).await;
        page.until("no list, but the chat", open, json!([])).await;
    });
}
