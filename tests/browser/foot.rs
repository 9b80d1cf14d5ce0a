//! The composer floats over the messages: they reach the lower edge of the window and scroll
//! beneath it, and the last one still ends above it.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, User, World, run};

/// Where the last message ends, where the floating part begins, and how far the scroller is from
/// the lower edge of the pane.
const PLACES: &str = "const foot = document.querySelector('.chat-foot').getBoundingClientRect()
    const scroll = part('scroll', part('messages')).getBoundingClientRect()
    const pane = document.querySelector('.pane').getBoundingClientRect()
    const last = part('bubble', all('message').at(-1)).getBoundingClientRect()";
const LAST_ABOVE: &str = "return last.bottom <= foot.top && last.bottom > foot.top - 48
    && Math.abs(scroll.bottom - pane.bottom) < 1 && foot.bottom <= pane.bottom + 1 && foot.height > 40";
/// The first message in view and its place.
const TOP: &str = "const edge = part('scroll', part('messages')).getBoundingClientRect().top
    const row = all('message').find((row) => row.getBoundingClientRect().bottom > edge)
    return [row.dataset.seq, Math.round(row.getBoundingClientRect().top)]";

/// A chat with many read messages, open at its end.
async fn long_chat(world: &World) -> (Browser, [User; 2]) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    let ack = bob.connect().await.post_to(&alice, "The first one").await;
    world.server.lengthen(ack["chat_id"].as_i64().unwrap(), [&alice, &bob], 200).await;
    let page = world.browser_of(&alice).await;
    page.pick("bob").await;
    until_last_above(&page, "the end").await;
    (page, [alice, bob])
}

async fn until_last_above(page: &Browser, when: &str) {
    page.until(when, &format!("{PLACES}; {LAST_ABOVE}"), json!([])).await;
}

/// Writes lines into the composer.
async fn write_lines(page: &Browser, count: usize) {
    page.click_on("composer").await;
    page.insert(&vec!["A line"; count].join("\n")).await;
}

async fn answer_last(page: &Browser) {
    page.js("part('bubble', all('message').at(-1)).focus()", json!([])).await;
    page.press(Key::Enter).await;
    page.until("the menu", "return shown($('message-menu'))", json!([])).await;
    page.click_on("reply").await;
    page.until("the quote", "return shown($('quote-bar'))", json!([])).await;
}

#[test]
fn the_last_message_ends_above_the_composer_however_high_that_grows() {
    run(|world: World| async move {
        let (page, [alice, bob]) = long_chat(&world).await;
        let mut device = bob.connect().await;
        write_lines(&page, 6).await;
        until_last_above(&page, "six lines").await;
        answer_last(&page).await;
        until_last_above(&page, "six lines and a quote").await;
        device.post_to(&alice, "Meanwhile").await;
        page.until_received("Meanwhile").await;
        until_last_above(&page, "a message that arrives").await;

        // The text of a browser set to double size, on a phone.
        page.resize(375, 812).await;
        let twice = json!({ "fontSizes": { "standard": 32, "fixed": 26 } });
        page.devtools("Page.setFontSizes", twice).await;
        until_last_above(&page, "double size").await;
        let in_view = format!(
            "{PLACES}; const bar = document.querySelector('.chat-header').getBoundingClientRect()
            return last.top >= bar.bottom && shown($('send')) && $('send').getBoundingClientRect().bottom <= innerHeight"
        );
        page.until("all of the last message", &in_view, json!([])).await;

        page.click_on("quote-close").await;
        until_last_above(&page, "without the quote").await;
        page.js("$('composer').select()", json!([])).await;
        page.press(Key::Delete).await;
        until_last_above(&page, "an empty composer").await;

        // The first own message loads the line of the queue.
        page.send("At once").await;
        page.until_state("At once", "sent").await;
        let loaded = "return customElements.get('outgoing-status') !== undefined";
        page.until("the line of the queue", loaded, json!([])).await;
        world.server.stop().await;
        page.send("Waits").await;
        page.until("the queue", "return shown($('outgoing'))", json!([])).await;
        until_last_above(&page, "with the line of the queue").await;
    });
}

/// A scroll event of an old movement may arrive when the window has its new size already and the list has not followed
/// yet.
#[test]
fn a_reader_at_the_end_stays_there_when_the_size_changes_while_it_scrolls() {
    run(|world: World| async move {
        let (page, _) = long_chat(&world).await;
        let resize_in_motion = "const scroll = part('scroll', part('messages'))
            window.events = 0
            scroll.addEventListener('scroll', () => { events += 1 }, { once: true })
            scroll.scrollTop -= 2
            document.querySelector('.pane').style.maxInlineSize = arguments[0]
            scroll.scrollTop += arguments[1]";
        let settled = "const frame = () => new Promise(requestAnimationFrame)
            return events === 1 && frame().then(frame).then(() => true)";
        let end = format!("{PLACES}; {LAST_ABOVE}");
        // Narrower rows are higher. Then the list is as it was, and it scrolls a little at the same time.
        for (width, px) in [("330px", 2), ("none", 0), ("280px", 30), ("none", 1)] {
            page.js(resize_in_motion, json!([width, px])).await;
            page.until("the scroll event", settled, json!([])).await;
            assert_eq!(page.js(&end, json!([])).await, true, "{width}, {px} pixels");
        }
        page.js("part('scroll', part('messages')).scrollTop -= 60", json!([])).await;
        page.until("the button back to the end", "return shown($('jump'))", json!([])).await;
    });
}

#[test]
fn a_reader_further_up_keeps_the_place_while_the_composer_grows() {
    run(|world: World| async move {
        let (page, _) = long_chat(&world).await;
        page.js("part('scroll', part('messages')).scrollTop -= 900", json!([])).await;
        page.until("not the end", "return shown($('jump'))", json!([])).await;
        page.click_on("composer").await;
        let before = page.js(TOP, json!([])).await;
        let height = "return document.querySelector('.chat-foot').offsetHeight";
        let low = page.js(height, json!([])).await;
        write_lines(&page, 6).await;
        let higher = "return document.querySelector('.chat-foot').offsetHeight > arguments[0] + 60";
        page.until("a high composer", higher, json!([low])).await;
        page.until_calm().await;
        assert_eq!(page.js(TOP, json!([])).await, before, "it grows");

        // The button back to the end stays above it, where it can be pressed.
        let free = "const { x, y, width, height, bottom } = $('jump').getBoundingClientRect()
            return bottom <= document.querySelector('.chat-foot').getBoundingClientRect().top
                && $('jump').contains(document.elementFromPoint(x + width / 2, y + height / 2))";
        page.until("the button above the composer", free, json!([])).await;
        page.js("$('composer').select()", json!([])).await;
        page.press(Key::Delete).await;
        let lower = "return document.querySelector('.chat-foot').offsetHeight === arguments[0]";
        page.until("a low composer", lower, json!([low])).await;
        assert_eq!(page.js(TOP, json!([])).await, before, "it shrinks");
        page.click_on("jump").await;
        until_last_above(&page, "the end again").await;
    });
}

#[test]
fn what_is_only_beneath_the_composer_is_not_read() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        for n in 0..60 {
            device.post_to(&alice, &format!("Message {n}")).await;
        }
        let page = world.browser_of(&alice).await;
        // A tall composer, so that it covers several messages.
        let tall = "document.querySelector('.chat-foot').style.paddingBlockStart = '200px'";
        page.js(tall, json!([])).await;
        page.pick("bob").await;
        page.until(
            "some read",
            "return rowOf('bob') && part('badge', rowOf('bob')).textContent !== '60'",
            json!([]),
        )
        .await;
        let beneath = format!(
            "{PLACES}
            const unread = Number(part('badge', rowOf('bob')).textContent)
            const read = all('message').filter((row) => Number(row.dataset.seq) <= 60 - unread)
            return [read.length, Math.round(read.at(-1).getBoundingClientRect().bottom - foot.top), scroll.bottom > foot.top + 200]"
        );
        let seen = page.js(&beneath, json!([])).await;
        let [count, below] = [0, 1].map(|at| seen[at].as_i64().unwrap());
        assert!(
            count > 3 && below <= 24,
            "the last of {count} read messages ends {below} px below"
        );
        assert_eq!(seen[2], Value::Bool(true), "messages reach beneath the composer");
    });
}

#[test]
fn the_focus_never_stops_beneath_the_composer() {
    run(|world: World| async move {
        let (page, _) = long_chat(&world).await;
        page.js("part('scroll', part('messages')).scrollTop -= 900", json!([])).await;
        page.until("not the end", "return shown($('jump'))", json!([])).await;
        let first = "const top = part('scroll', part('messages')).getBoundingClientRect().top
            part('bubble', all('message').find((row) => row.getBoundingClientRect().top > top + 20)).focus()";
        page.js(first, json!([])).await;
        for step in 0..20 {
            page.press(Key::Down).await;
            let above = format!(
                "{PLACES}; const held = document.activeElement.getBoundingClientRect()
                return document.activeElement.matches('.message__bubble') && held.bottom <= foot.top"
            );
            assert_eq!(page.js(&above, json!([])).await, true, "after {} steps", step + 1);
        }
    });
}

#[test]
fn messages_beside_the_composer_can_be_pressed() {
    run(|world: World| async move {
        let (page, _) = long_chat(&world).await;
        let free = format!(
            "{PLACES}; const field = document.querySelector('.composer__field').getBoundingClientRect()
            const scroller = part('scroll', part('messages'))
            return [[foot.left + 4, field.top + 4], [field.left + 4, pane.bottom - 3]]
                .map(([x, y]) => scroller.contains(document.elementFromPoint(x, y)))"
        );
        assert_eq!(page.js(&free, json!([])).await, json!([true, true]));
    });
}

#[test]
fn bubbles_and_the_composer_end_at_one_edge_with_and_without_a_scroll_bar() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        page.send("Mine").await;
        page.until_calm().await;
        let edge = "const right = (e) => Math.round(e.getBoundingClientRect().right)
            const own = right(part('bubble', all('message').findLast((row) => row.matches('.message--own'))))
            return own === right($('send')) && own";
        let short = page.until("one edge", edge, json!([])).await;
        let mut device = bob.connect().await;
        for n in 0..40 {
            device.post_to(&alice, &format!("Line {n}")).await;
        }
        let bar = "const scroll = part('scroll', part('messages'))
            return scroll.scrollHeight > scroll.clientHeight && scroll.offsetWidth > scroll.clientWidth";
        page.until("a scroll bar", bar, json!([])).await;
        page.send("Mine again").await;
        page.until_calm().await;
        page.until_is("the same edge", edge, json!([]), short).await;
    });
}
