//! What moves in a chat: typing, received messages, the floating date, the outgoing queue.

use serde_json::json;

use crate::kit::{World, run};

const TOP: &str = "const edge = part('scroll', part('messages')).getBoundingClientRect().top
    const row = all('message').find((row) => row.getBoundingClientRect().bottom > edge)
    return [row.dataset.seq, Math.round(row.getBoundingClientRect().top)]";
const AT_END: &str = "const scroll = part('scroll', part('messages'))
    return scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < 2";

#[test]
fn typing_shows_as_a_bubble_and_moves_nothing_for_a_reader_further_up() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        for n in 0..40 {
            device.post_to(&alice, &format!("Message {n}")).await;
        }
        page.until_received("Message 39").await;
        let at_bob = world.browser_of(&bob).await;
        at_bob.pick("alice").await;
        at_bob.write("I").await;
        let bubble =
            "return shown($('typing')) && $('typing').querySelectorAll('.diamond').length === 3
            && $('typing').querySelector('svg.print') !== null";
        page.until("the bubble", bubble, json!([])).await;
        page.until("the end, with the bubble", AT_END, json!([])).await;

        at_bob.send("am here").await;
        page.until_received("Iam here").await;
        page.until("no bubble", "return !shown($('typing'))", json!([])).await;
        page.js("part('scroll', part('messages')).scrollTop -= 120", json!([])).await;
        page.until("not the end", "return shown($('jump'))", json!([])).await;
        page.until_calm().await;
        let before = page.js(TOP, json!([])).await;
        at_bob.write("More").await;
        page.until("the bubble again", "return !$('typing').hidden", json!([])).await;
        assert_eq!(page.js(TOP, json!([])).await, before, "it comes");
        at_bob.send("!").await;
        page.until("no bubble again", "return $('typing').hidden", json!([])).await;
        assert_eq!(page.js(TOP, json!([])).await, before, "it goes");
    });
}

#[test]
fn received_messages_enter_only_where_the_reader_follows() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        let watch = "window.entered = []
            document.addEventListener('animationstart', ({ animationName, target }) => {
                if (animationName === 'enter') window.entered.push(part('text', target).textContent)
            })";
        page.js(watch, json!([])).await;
        for n in 0..30 {
            device.post_to(&alice, &format!("Message {n}")).await;
        }
        page.until_received("Message 29").await;
        device.post_to(&alice, "Alone").await;
        let entered = "return window.entered.includes('Alone')";
        page.until("its entrance", entered, json!([])).await;
        let done = "return document.querySelector('[data-entered]') === null";
        page.until("the end of it", done, json!([])).await;
        page.js("part('scroll', part('messages')).scrollTop = 0", json!([])).await;
        page.until("not the end", "return shown($('jump'))", json!([])).await;
        device.post_to(&alice, "Below").await;
        page.until_received("Below").await;
        assert_eq!(page.js("return window.entered.includes('Below')", json!([])).await, false);
        assert_eq!(page.js(done, json!([])).await, true);
    });
}

#[test]
fn the_day_floats_above_the_messages_while_they_scroll() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "The first one").await;
        let chat = ack["chat_id"].as_i64().unwrap();
        world.server.lengthen(chat, [&alice, &bob], 300).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until("the end", AT_END, json!([])).await;
        let floats = "return shown($('floating-date'))";
        assert_eq!(page.js(floats, json!([])).await, false, "the page scrolled by itself");
        let scrolls = format!("part('scroll', part('messages')).scrollTop -= 60; {floats}");
        page.until("the date", &scrolls, json!([])).await;
        let words = page.js("return $('floating-date').textContent", json!([])).await;
        assert!(["Today", "Yesterday"].contains(&words.as_str().unwrap()), "{words}");
        page.until("no date", "return !shown($('floating-date'))", json!([])).await;
    });
}

#[test]
fn messages_on_their_way_are_counted_above_the_composer() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.send("At once").await;
        page.until_state("At once", "sent").await;
        page.until("nothing on its way", "return !shown($('outgoing'))", json!([])).await;
        world.server.stop().await;
        page.send("One").await;
        page.send("Two").await;
        let words = "return shown($('outgoing')) && part('words', $('outgoing')).textContent === arguments[0]";
        page.until("the queue", words, json!(["2 messages wait for the connection"])).await;
        let spoken = "return part('spoken', $('outgoing')).textContent !== ''";
        page.until("the same for screen readers", spoken, json!([])).await;
        world.server.start_again().await;
        page.until_state("Two", "sent").await;
        page.until("no queue", "return !shown($('outgoing'))", json!([])).await;
    });
}
