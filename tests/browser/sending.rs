//! Sending: the bubble appears at once and gets its tick, and what can go wrong.

use chaap::Config;
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, Way, World, eventually, run};

/// Records, frame by frame, the position and content of the bubble of the next message.
const WATCH_BUBBLE: &str = "
    const text = arguments[0]
    const bubble = () => all('message').find((row) => part('text', row).textContent === text)
    const watch = (window.watched = { atFirst: null, tops: new Set(), states: [], same: true })
    const follow = (node) => {
      const now = bubble()
      watch.same &&= now === node
      watch.tops.add(Math.round(now.getBoundingClientRect().top * 10) / 10)
      const icon = part('tickUse', now).getAttribute('href').slice('#icon-'.length), state = `${now.dataset.state}: ${icon}`
      if (watch.states.at(-1) !== state) watch.states.push(state)
      requestAnimationFrame(() => follow(node))
    }
    // Runs after the page's own key handler, so the page has requested its frame before this one.
    window.addEventListener('keydown', ({ key }) => key === 'Enter' && requestAnimationFrame(() => {
      watch.atFirst = Boolean(bubble())
      if (bubble()) follow(bubble())
    }), { once: true })";

#[test]
fn the_bubble_appears_within_a_frame_and_the_ack_changes_only_the_tick() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        let mut last = json!(null);
        for n in 0..30 {
            last = device.post_to(&alice, &format!("Filling the screen, {n}")).await;
        }
        let (chat, seq) = (last["chat_id"].as_i64().unwrap(), last["seq"].as_i64().unwrap());
        alice.connect().await.confirm(chat, seq, seq).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        page.until_received("Filling the screen, 29").await;
        page.until_badge("bob", "").await;
        page.write("At once").await;
        page.js(WATCH_BUBBLE, json!(["At once"])).await;
        let shift = page.js("return window.__shift", json!([])).await;
        proxy.stall(true);
        page.press(Key::Enter).await;
        page.until_state("At once", "pending").await;
        page.until("some frames", "return watched.states.length > 0", json!([])).await;
        proxy.stall(false);
        page.until_state("At once", "sent").await;
        let watched = "const { atFirst, tops, states, same } = watched
            return states.length > 1 && { atFirst, tops: tops.size, states, same }";
        let watched = page.until("the tick", watched, json!([])).await;
        let right = json!({ "atFirst": true, "tops": 1, "states": ["pending: clock", "sent: tick"], "same": true });
        assert_eq!(watched, right);
        assert_eq!(page.js("return window.__shift", json!([])).await, shift, "nothing jumps");
    });
}

/// Clicks a button below the refused message.
async fn press_under(page: &Browser, text: &str, button: &str) {
    let script =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        return part(arguments[1], row)";
    page.click(button, script, json!([text, button])).await;
}

/// Waits until a message is shown as refused with this reason and without a tick.
async fn until_refused(page: &Browser, text: &str, words: &str) {
    let there = "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        return row?.dataset.state === 'failed' && shown(part('retry', row)) && shown(part('discard', row))
          && part('reason', row).textContent.includes(arguments[1])";
    page.until(&format!("“{text}” refused"), there, json!([text, words])).await;
}

#[test]
fn a_refused_message_shows_the_reason_and_can_be_resent_or_deleted() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.pick("bob").await;
        world.server.stop().await;
        page.until_connection("offline").await;
        let texts = [
            "Long enough to be refused by a server with a small limit",
            "This one as well, and then it is deleted",
        ];
        for text in texts {
            page.write(text).await;
            page.press(Key::Enter).await;
            page.until_state(text, "pending").await;
        }
        // Meanwhile the operator has set a lower limit than the page knows.
        world.server.start_with(Config { content_bytes_max: 16, ..Config::default() }).await;
        for text in texts {
            until_refused(&page, text, "too long").await;
        }
        press_under(&page, texts[0], "retry").await;
        eventually("another attempt", async || proxy.seen(Way::Up, "send").len() == 3).await;
        until_refused(&page, texts[0], "too long").await;
        press_under(&page, texts[1], "discard").await;
        page.until("one message", "return messages().length === 1", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        until_refused(&page, texts[0], "too long").await;
        assert_eq!(page.texts().await, [texts[0]]);
        assert_eq!(alice.history_with(&bob).await, [""; 0]);

        world.server.stop().await;
        world.server.start_again().await;
        page.until_ready().await;
        press_under(&page, texts[0], "retry").await;
        page.until_state(texts[0], "sent").await;
        assert_eq!(alice.history_with(&bob).await, [texts[0]]);
        let sends = proxy.seen(Way::Up, "send");
        let of_first = sends.iter().filter(|seen| seen.frame["content"] == texts[0]);
        let mut names: Vec<&Value> = of_first.map(|seen| &seen.frame["cid"]).collect();
        assert_eq!(names.len(), 3);
        names.dedup();
        assert_eq!(names.len(), 1, "one cid for all attempts");
    });
}

#[test]
fn a_text_that_is_too_long_stays_in_the_composer_with_an_error() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let long = "A text of 64 KB. ".repeat(4000);
        page.write(&long).await;
        page.press(Key::Enter).await;
        let said = "const words = part('error', document.querySelector('chat-composer'))
            return shown(words) && words.getAttribute('role') === 'alert' && words.textContent.includes('too long')
                && $('composer').value === arguments[0] && document.activeElement === $('composer')";
        page.until("why it stays", said, json!([long])).await;
        assert_eq!(bob.history_with(&alice).await, ["Hello"]);
        // Shortened, it is sent and the error disappears.
        page.js("$('composer').setSelectionRange(17, $('composer').value.length)", json!([])).await;
        page.press(Key::Delete).await;
        page.press(Key::Enter).await;
        page.until_state("A text of 64 KB.", "sent").await;
        let gone = "return !shown(part('error', document.querySelector('chat-composer')))";
        page.until("no error", gone, json!([])).await;
    });
}

#[test]
fn typing_shows_in_list_and_header_and_ends_by_itself() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let proxy = world.proxy().await;
        let at_alice = world.browser_of(&alice).await;
        at_alice.pick("bob").await;
        at_alice.send("A chat").await;
        let at_bob = world.browser_of_behind(&proxy, &bob).await;
        at_bob.pick("alice").await;
        at_bob.until_received("A chat").await;
        // The frame that ends it is lost.
        proxy.treat(Way::Down, crate::kit::Fate::Lost, usize::MAX, |frame| {
            frame["type"] == "typing" && frame["on"] == false
        });
        at_alice.click_on("composer").await;
        // It may be over before the driver asks, so the page itself takes note.
        let seen = "const look = () => {
                if ($('chat-status').textContent === 'typing…' && part('preview', rowOf('alice')).textContent === 'typing…') window.seen = true
                else requestAnimationFrame(look)
            }
            look()";
        at_bob.js(seen, json!([])).await;
        at_alice.keys("Hm").await;
        at_bob.until("typing in both places", "return window.seen", json!([])).await;
        let quiet = "return $('chat-status').textContent === 'online' && part('preview', rowOf('alice')).textContent === 'A chat'";
        at_bob.until("quiet again", quiet, json!([])).await;
        assert_eq!(proxy.lost(), 1, "the frame that ends typing was sent and lost");
    });
}
