//! What is written: marks, links and emoji; answers that quote, and the way back to what they quote.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, User, World, run};

const MODULES: &str = include_str!("js/modules.js");
const MARKUP: &str = include_str!("js/markup-table.js");

/// Enough that the first is on none of the pages a chat opens with.
const LONG: usize = 400;

/// Numbered messages; returns the ids of all of them and the id of the chat.
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

/// Whether each follows on the one before.
fn unbroken(seqs: &[i64]) -> bool {
    seqs.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[test]
fn marks_and_emoji_are_read_as_the_table_says() {
    run(|world: World| async move {
        let page = world.browser("words").await;
        let report = page.js_async(&format!("{MODULES}\n{MARKUP}"), json!([20_261_123])).await;
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn marks_become_styles_in_the_bubble_and_vanish_from_the_preview() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        let text = "*bold _both_* ~struck~ `*code*` https://example.org/a_b. 2*3*4";
        bob.connect().await.post_to(&alice, text).await;
        page.until_badge("bob", "1").await;
        let preview = page.js("return part('preview', rowOf('bob')).textContent", json!([])).await;
        assert_eq!(preview, "bold both struck *code* https://example.org/a_b. 2*3*4");

        page.pick("bob").await;
        page.until_received(preview.as_str().unwrap()).await;
        let styles = "return [...part('text', $('message')).querySelectorAll('*')].map((e) => [e.localName, e.textContent, e.href ?? '', e.rel ?? '', e.target ?? ''])";
        let expected = json!([
            ["strong", "bold both", "", "", ""],
            ["em", "both", "", "", ""],
            ["s", "struck", "", "", ""],
            ["code", "*code*", "", "", ""],
            [
                "a",
                "https://example.org/a_b",
                "https://example.org/a_b",
                "noopener noreferrer",
                "_blank"
            ],
        ]);
        assert_eq!(page.js(styles, json!([])).await, expected);
    });
}

#[test]
fn an_answer_quotes_and_both_sides_see_it() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let at_bob = world.browser_of(&bob).await;
        let mut from_alice = alice.connect().await;
        from_alice.post_to(&bob, "Row F or *row H*?").await;
        at_bob.until_badge("alice", "1").await;
        at_bob.pick("alice").await;
        at_bob.until_received("Row F or row H?").await;

        // By keyboard: R on the message, Escape takes it back without closing the chat.
        at_bob.js("$('message').querySelector('[data-part=bubble]').focus()", json!([])).await;
        at_bob.keys("r").await;
        at_bob.until("the quote bar", "return shown($('quote-bar'))", json!([])).await;
        assert_eq!(at_bob.focus().await, "composer");
        at_bob.press(Key::Escape).await;
        let gone = "return !shown($('quote-bar')) && !$('composer').disabled";
        at_bob.until("no quote bar", gone, json!([])).await;

        // By the menu.
        at_bob.js("$('message').querySelector('[data-part=bubble]').focus()", json!([])).await;
        at_bob.press(Key::Enter).await;
        at_bob.click_on("reply").await;
        at_bob.send("F, please").await;
        at_bob.until_state("F, please", "delivered").await;
        let quote = "const row = all('message').at(-1)
            return [part('quoteName', row)?.textContent, part('quoteWords', row)?.textContent]";
        assert_eq!(at_bob.js(quote, json!([])).await, json!(["alice", "Row F or row H?"]));
        assert_eq!(at_bob.js(gone, json!([])).await, true);

        let at_alice = world.browser_of(&alice).await;
        at_alice.pick("bob").await;
        at_alice.until_received("F, please").await;
        assert_eq!(at_alice.js(quote, json!([])).await, json!(["You", "Row F or row H?"]));
    });
}

#[test]
fn a_quote_leads_to_a_message_far_up_and_from_there_to_the_end_again() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let (ids, chat) = write_long_chat(&bob, &alice).await;
        let mut from_bob = bob.connect().await;
        let cid = uuid::Uuid::now_v7().to_string();
        let answer = json!({ "type": "send", "chat_id": chat, "cid": cid, "content": "An answer", "reply_to": ids[99] });
        from_bob.send(&answer).await;
        from_bob.next_of("ack").await;
        alice.connect().await.confirm(chat, LONG as i64 + 1, LONG as i64 + 1).await;

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

        // Reading on, the rest comes without a gap, and the end is the end.
        let down = "const scroll = part('scroll', part('messages')); scroll.scrollTop += scroll.clientHeight
            const rows = all('message').map((row) => Number(row.dataset.seq))
            if (rows.some((seq, i) => i > 0 && seq !== rows[i - 1] + 1)) throw new Error(`a gap in ${rows}`)
            return rows.at(-1) === arguments[0] && !shown($('jump'))";
        page.until("the end, on foot", down, json!([LONG + 1])).await;

        // And by the button.
        page.js("part('scroll', part('messages')).scrollTop = 0", json!([])).await;
        page.until("the button", "return shown($('jump'))", json!([])).await;
        page.click_on("jump").await;
        page.until("the end, at once", "return all('message').some((m) => part('text', m).textContent === 'An answer') && !shown($('jump'))", json!([])).await;
    });
}

#[test]
fn an_emoji_comes_by_its_name_and_by_the_picker() {
    run(|world: World| async move {
        let [alice, _bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        let value = async |page: &Browser| -> Value {
            page.js("return $('composer').value", json!([])).await
        };
        let listed = "return shown($('emoji-list'))";

        page.click_on("composer").await;
        page.keys("well :tad").await;
        page.until("the list", listed, json!([])).await;
        let chosen = "const id = $('composer').getAttribute('aria-activedescendant'); return document.getElementById(id)?.getAttribute('aria-selected') === 'true'";
        assert_eq!(page.js(chosen, json!([])).await, true);
        page.press(Key::Enter).await;
        assert_eq!(value(&page).await, "well 🎉 ");
        page.keys("10:30 https://x:smile").await;
        page.until("all typed", "return $('composer').value.endsWith('smile')", json!([])).await;
        assert_eq!(page.js(listed, json!([])).await, false);
        page.keys(" :smi").await;
        page.until("the list", listed, json!([])).await;
        page.press(Key::Escape).await;
        assert_eq!(
            page.js("return !shown($('emoji-list')) && !$('composer').disabled", json!([])).await,
            true
        );

        page.js("$('composer').value = ''", json!([])).await;
        page.click_on("emoji").await;
        page.until("the search", "return document.activeElement === $('emoji-search')", json!([]))
            .await;
        page.keys("germany").await;
        page.press(Key::Enter).await;
        page.until("a flag", "return $('composer').value === '🇩🇪'", json!([])).await;
        page.press(Key::Escape).await;
        let closed = "return !$('emoji-picker') && document.activeElement === $('composer')";
        page.until("the text again", closed, json!([])).await;
        page.press(Key::Enter).await;
        page.until_state("🇩🇪", "sent").await;
        let large = "return part('text', $('message')).dataset.emoji === '1'";
        assert_eq!(page.js(large, json!([])).await, true);
    });
}
