//! Long chats: loading pages upwards, the unread line, a view that does not move.

use serde_json::{Value, json};

use crate::kit::{Browser, User, World, eventually, run};

/// More than two pages of fifty.
const LONG: i64 = 130;
/// Ten times as many messages as the document holds.
const THOUSANDS: i64 = 3000;
const LAST: &str = "return all('message').at(-1)?.dataset.seq === String(arguments[0])";
const TO_BEGINNING: &str = include_str!("js/to-beginning.js");

/// Sends numbered messages, some with several lines, so that rows differ in height.
async fn write_long_chat(from: &User, to: &User) -> i64 {
    let mut device = from.connect().await;
    for n in 1..=LONG {
        let more = if n % 7 == 0 { "\nand a second line\nand a third" } else { "" };
        device.send_to(to, &format!("Message {n}{more}")).await;
    }
    let mut chat = 0;
    for _ in 0..LONG {
        chat = device.next_of("ack").await["chat_id"].as_i64().unwrap();
    }
    chat
}

/// The numbers of the messages in the document, in order.
async fn seqs(page: &Browser) -> Vec<i64> {
    page.messages().await.into_iter().map(|message| message.seq).collect()
}

/// Alice's page with a long chat open, in which she has read everything.
async fn at_the_end(world: &World) -> (Browser, [User; 2], i64) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    let chat = write_long_chat(&bob, &alice).await;
    alice.connect().await.confirm(chat, LONG, LONG).await;
    let page = world.browser_of(&alice).await;
    page.pick("bob").await;
    page.until_received(&format!("Message {LONG}")).await;
    (page, [alice, bob], chat)
}

#[test]
fn older_messages_load_while_scrolling_up_and_the_view_does_not_move() {
    run(|world: World| async move {
        let (page, [alice, bob], _) = at_the_end(&world).await;
        let at_end = "const scroll = part('messages').querySelector('[data-part=scroll]')
            return scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < 2";
        page.until("the end of the chat", at_end, json!([])).await;
        assert!(seqs(&page).await.len() < 100, "the first page is not the whole chat");

        // Scrolls up by half a screen until rows are added above. The same task records the row at
        // the top of the screen and its position.
        let up = "const scroll = part('messages').querySelector('[data-part=scroll]')
            const rows = all('message'), edge = scroll.getBoundingClientRect().top
            const first = Number(rows[0].dataset.seq)
            if (window.held && first < window.held.first) return { ...window.held, now: first }
            if (scroll.scrollTop > 0) scroll.scrollTop -= scroll.clientHeight / 2
            const row = rows.find((row) => row.getBoundingClientRect().bottom > edge)
            window.held = { first, seq: row.dataset.seq, top: row.getBoundingClientRect().top }
            return null";
        let place = "return $('message').parentElement.querySelector(`[data-seq=\"${arguments[0]}\"]`).getBoundingClientRect().top";
        let mut grown = 0;
        loop {
            let held = page.until("older messages", up, json!([])).await;
            let now = page.js(place, json!([held["seq"]])).await.as_f64().unwrap();
            let moved = (now - held["top"].as_f64().unwrap()).abs();
            assert!(moved <= 1.5, "moved by {moved} px: {held}");
            grown += 1;
            if held["now"] == 1 {
                break;
            }
            page.js("delete window.held", json!([])).await;
        }
        assert!(grown >= 2, "{LONG} messages are more than two pages");
        let shown = seqs(&page).await;
        let whole: Vec<i64> = (1..=*shown.last().unwrap()).collect();
        assert_eq!(shown, whole, "no gap, no duplicate, in order");

        // A message that arrives while the user reads further up does not move the view.
        page.until_calm().await;
        let before = page
            .js("return part('messages').querySelector('[data-part=scroll]').scrollTop", json!([]))
            .await;
        let mut from_bob = bob.connect().await;
        let counted = "const count = part('jumpCount')
            return shown($('jump')) && shown(count) && count.textContent === arguments[0] && $('jump').ariaLabel.includes(arguments[0])";
        page.until(
            "the way back down",
            "return shown($('jump')) && !shown(part('jumpCount'))",
            json!([]),
        )
        .await;
        for (text, count) in [("News", "1"), ("News at the end", "2")] {
            from_bob.post_to(&alice, text).await;
            page.until("the way back down, counted", counted, json!([count])).await;
            page.until_badge("bob", count).await;
        }
        let after = page
            .js("return part('messages').querySelector('[data-part=scroll]').scrollTop", json!([]))
            .await;
        assert_eq!(before, after);
        page.click_on("jump").await;
        page.until_received("News at the end").await;
        page.until("the end again", at_end, json!([])).await;
        page.until_badge("bob", "").await;
    });
}

#[test]
fn a_page_that_returns_to_a_chat_shows_the_first_unread_message() {
    run(|world: World| async move {
        let (page, [alice, bob], chat) = at_the_end(&world).await;
        let kept = "const [{ name }] = await indexedDB.databases()
            const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))
            const db = await asked(indexedDB.open(name))
            const meta = await asked(db.transaction('cache').objectStore('cache').get('meta'))
            db.close()
            return meta?.revision ?? 0";
        eventually("the local copy", async || {
            page.js_async(kept, json!([])).await.as_i64() > Some(LONG)
        })
        .await;
        page.open("/docs").await;
        let mut device = bob.connect().await;
        for n in 1..=40 {
            device.post_to(&alice, &format!("While you were away, {n}")).await;
        }
        page.open(&format!("/#/chats/{chat}")).await;
        let line = "const line = $('unread-line'), scroll = part('messages').querySelector('[data-part=scroll]')
            if (!line) return null
            const { top, bottom } = line.getBoundingClientRect(), box = scroll.getBoundingClientRect()
            return top >= box.top && bottom <= box.bottom && { words: line.textContent.trim(), next: part('text', line.nextElementSibling).textContent }";
        let line = page.until("the line on the screen", line, json!([])).await;
        assert_eq!(
            line,
            json!({ "words": "40 unread messages", "next": "While you were away, 1" })
        );
        // Messages below the visible part are not read.
        let left = page
            .until("a badge", "return Number(part('badge', rowOf('bob')).textContent)", json!([]))
            .await;
        assert!(left.as_i64().unwrap() > 0, "{left}");
    });
}

#[test]
fn a_chat_opens_at_the_unread_line() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let chat = write_long_chat(&bob, &alice).await;
        alice.connect().await.confirm(chat, LONG, 90).await;
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "40").await;
        page.pick("bob").await;
        let line = "const line = $('unread-line'), scroll = part('messages').querySelector('[data-part=scroll]')
            if (!line) return null
            const { top, bottom } = line.getBoundingClientRect(), box = scroll.getBoundingClientRect()
            const next = line.nextElementSibling
            return { words: line.textContent.trim(), next: next.dataset.seq, inside: top >= box.top && bottom <= box.bottom }";
        let wanted = json!({ "words": "40 unread messages", "next": "91", "inside": true });
        page.until_is("the line", line, json!([]), wanted).await;

        // Only messages that were on the screen count as read.
        let left = page.until("part of it read", "const badge = Number(part('badge', rowOf('bob')).textContent); return badge < 40 && badge", json!([])).await;
        assert!(left.as_i64().unwrap() > 0, "forty messages do not fit on one screen: {left}");
        // What is not painted is not read.
        let down = "const scroll = part('messages').querySelector('[data-part=scroll]')
            scroll.scrollTop += scroll.clientHeight / 2
            const frame = () => new Promise(requestAnimationFrame)
            return frame().then(frame).then(() => !shown(part('badge', rowOf('bob'))))";
        page.until("everything read", down, json!([])).await;
        assert_eq!(page.js("return $('unread-line') !== null", json!([])).await, Value::Bool(true));
    });
}

#[test]
fn a_chat_of_thousands_scrolls_to_its_beginning_without_a_jump() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "The first one").await;
        let chat = ack["chat_id"].as_i64().unwrap();
        world.server.lengthen(chat, [&alice, &bob], THOUSANDS - 1).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until("the end", LAST, json!([THOUSANDS])).await;
        let report = page.js_async(TO_BEGINNING, json!([])).await;
        assert!(report["moved"].as_f64().unwrap() <= 1.5, "nothing moves by itself: {report}");
        assert!(report["rows"].as_i64().unwrap() <= 300, "the document stays small: {report}");
        assert_eq!(report["holes"], json!([]), "{report}");
        assert_eq!(page.texts().await[0], "The first one");

        // One step leads back to the end.
        page.click_on("jump").await;
        page.until("the end again", LAST, json!([THOUSANDS])).await;
    });
}
