//! What is read: a chat opens at its first unread message, however far back that is, and only messages
//! that were on a visible screen become read, here and at the sender.

use serde_json::{Value, json};

use crate::kit::{User, World, poll, run};

/// The unread line on the screen, with its words and the message below it.
const LINE: &str = "
    const line = $('unread-line'), scroll = part('scroll', part('messages'))
    if (!line) return null
    const { top, bottom } = line.getBoundingClientRect(), box = scroll.getBoundingClientRect()
    return top >= box.top && bottom <= box.bottom && { words: line.textContent.trim(), next: Number(line.nextElementSibling.dataset.seq) }";
/// The last message whose last line is on the screen, above the composer.
const LOWEST: &str = "
    const edge = document.querySelector('.chat-foot').getBoundingClientRect().top
    return Number(all('message').findLast((row) => row.getBoundingClientRect().bottom <= edge + 24).dataset.seq)";
const PAGE_DOWN: &str = "part('scroll', part('messages')).scrollTop += part('scroll', part('messages')).clientHeight * .8";
const AT_END: &str = "const scroll = part('scroll', part('messages'))
    return scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < 2";

/// A chat of `count` messages of Bob, of which Alice has read `read`.
async fn unread_chat(world: &World, count: i64, read: i64) -> ([User; 2], i64) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    let ack = bob.connect().await.post_to(&alice, "The first one").await;
    let chat = ack["chat_id"].as_i64().unwrap();
    world.server.add(chat, &bob, count - 1).await;
    world.server.unread(chat, read).await;
    ([alice, bob], chat)
}

/// How far the server knows that this user has read.
async fn read_of(user: &User, other: &User) -> i64 {
    let chat = user.chat_with(other).await;
    let receipts = chat["receipts"].as_array().unwrap();
    let own = receipts.iter().find(|receipt| receipt["user_id"] == user.id);
    own.map_or(0, |receipt| receipt["read_seq"].as_i64().unwrap())
}

/// Waits until the server knows that Alice has read up to this message.
async fn until_read_to(alice: &User, bob: &User, seq: i64) {
    let mut read = 0;
    let all = poll(async || {
        read = read_of(alice, bob).await;
        assert!(read <= seq, "read to {read}, shown only to {seq}");
        (read == seq).then_some(())
    });
    assert!(all.await.is_some(), "{} has read to {read} instead of {seq}", alice.username);
}

#[test]
fn a_chat_opens_at_the_first_unread_message_however_far_back() {
    run(|world: World| async move {
        for (count, read) in [(1300, 0), (5000, 100)] {
            let world = world.clone();
            let users = [format!("alice{count}"), format!("bob{count}")];
            let [alice, bob] = world.server.users([users[0].as_str(), &users[1]]).await;
            let ack = bob.connect().await.post_to(&alice, "The first one").await;
            let chat = ack["chat_id"].as_i64().unwrap();
            world.server.add(chat, &bob, count - 1).await;
            world.server.unread(chat, read).await;
            let at_bob = world.browser_of(&bob).await;
            at_bob.pick(&alice.username).await;
            let page = world.browser_of(&alice).await;
            page.until_badge(&bob.username, "1,000+").await;
            page.until("one chat", "return document.title === '(1) Chaap'", json!([])).await;
            page.pick(&bob.username).await;
            let line = page.until("the line", LINE, json!([])).await;
            assert_eq!(line, json!({ "words": "1,000+ unread messages", "next": read + 1 }));
            page.until_calm().await;
            let lowest = page.js(LOWEST, json!([])).await.as_i64().unwrap();
            assert!(lowest < read + 40, "a screen: {lowest}");
            until_read_to(&alice, &bob, lowest).await;
            page.until_badge(&bob.username, "1,000+").await;
            let label = "return $('jump').ariaLabel";
            let words = json!("Jump to the latest message, 1,000+ unread messages");
            page.until_is("the button", label, json!([]), words).await;

            page.js(PAGE_DOWN, json!([])).await;
            let further =
                format!("const seq = (() => {{ {LOWEST} }})(); return seq > arguments[0] && seq");
            let lower = page.until("a screen further", &further, json!([lowest])).await;
            let lower = lower.as_i64().unwrap();
            until_read_to(&alice, &bob, lower).await;

            // At the end, what was passed over stays unread; the sender gets no blue tick for it.
            page.click_on("jump").await;
            let last = "return all('message').at(-1)?.dataset.seq === String(arguments[0])";
            page.until("the end", last, json!([count])).await;
            page.until("the end of the view", AT_END, json!([])).await;
            let ticks = "return messages().filter((m) => m.own).map((m) => m.state)";
            let ticks = at_bob.js(ticks, json!([])).await;
            let ticks = ticks.as_array().unwrap();
            assert!(!ticks.is_empty() && ticks.iter().all(|tick| tick != "read"), "{ticks:?}");
            assert_eq!(read_of(&alice, &bob).await, lower);

            // The same button leads back to the first unread message.
            let up = "return shown($('jump')) && $('jump').ariaLabel.startsWith('Jump to the first unread message')";
            page.until("the way back up", up, json!([])).await;
            let clear = "const last = part('bubble', all('message').at(-1))
                return $('jump').getBoundingClientRect().bottom <= last.getBoundingClientRect().top";
            assert_eq!(page.js(clear, json!([])).await, true, "it does not hide the last message");
            page.click_on("jump").await;
            let line = page.until("the line again", LINE, json!([])).await;
            assert_eq!(line["next"], json!(lower + 1));
        }
    });
}

#[test]
fn messages_passed_over_by_the_scrollbar_stay_unread() {
    run(|world: World| async move {
        let ([alice, bob], _) = unread_chat(&world, 120, 0).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until("the line", LINE, json!([])).await;
        page.until_calm().await;
        let lowest = page.js(LOWEST, json!([])).await.as_i64().unwrap();
        until_read_to(&alice, &bob, lowest).await;
        page.js("part('scroll', part('messages')).scrollTop = 1e6", json!([])).await;
        page.until("the end", AT_END, json!([])).await;
        page.until_badge("bob", &(120 - lowest).to_string()).await;
        // A new message is shown at the end, and is not read either.
        bob.connect().await.post_to(&alice, "News").await;
        page.until_received("News").await;
        page.until_badge("bob", &(121 - lowest).to_string()).await;
        assert_eq!(read_of(&alice, &bob).await, lowest);
        // Another window and back moves nothing.
        page.js("window.dispatchEvent(new Event('focus'))", json!([])).await;
        page.until_calm().await;
        assert_eq!(page.js(AT_END, json!([])).await, true);
        page.click_on("jump").await;
        let line = page.until("the line", LINE, json!([])).await;
        assert_eq!(line["next"], json!(lowest + 1));
        // What is not painted is not read.
        let down = format!(
            "{PAGE_DOWN}; const frame = () => new Promise(requestAnimationFrame)
            return frame().then(frame).then(() => !shown(part('badge', rowOf('bob'))))"
        );
        page.until("everything read", &down, json!([])).await;
        until_read_to(&alice, &bob, 121).await;
    });
}

#[test]
fn unread_messages_among_own_ones_by_api_get_their_line_and_stay_unread() {
    run(|world: World| async move {
        let ([alice, bob], chat) = unread_chat(&world, 100, 0).await;
        // Own messages before, between and after those of Bob.
        world.server.unread(chat, 100).await;
        world.server.add(chat, &alice, 300).await;
        world.server.add(chat, &bob, 249).await;
        world.server.add(chat, &alice, 700).await;
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "249").await;
        page.pick("bob").await;
        let line = page.until("the line", LINE, json!([])).await;
        assert_eq!(line, json!({ "words": "249 unread messages", "next": 401 }));
        page.until_calm().await;
        let lowest = page.js(LOWEST, json!([])).await.as_i64().unwrap();
        until_read_to(&alice, &bob, lowest).await;
        page.until_badge("bob", &(649 - lowest).to_string()).await;
        page.click_on("jump").await;
        page.until("the end", "return all('message').at(-1)?.dataset.seq === '1349'", json!([]))
            .await;
        page.until("the end of the view", AT_END, json!([])).await;
        page.until_badge("bob", &(649 - lowest).to_string()).await;
        assert_eq!(read_of(&alice, &bob).await, lowest);
    });
}

#[test]
fn a_chat_without_unread_messages_opens_where_it_was_left() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let ack = bob.connect().await.post_to(&alice, "The first one").await;
        carol.connect().await.post_to(&alice, "Hello").await;
        let chat = ack["chat_id"].as_i64().unwrap();
        world.server.lengthen(chat, [&alice, &bob], 300).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        // An empty list is at its end too.
        let loaded = format!("if (messages().length === 0) return false\n{AT_END}");
        page.until("the end", &loaded, json!([])).await;
        let top = "const edge = part('scroll', part('messages')).getBoundingClientRect().top
            const row = all('message').find((row) => row.getBoundingClientRect().bottom > edge)
            return row && [row.dataset.seq, Math.round(row.getBoundingClientRect().top)]";
        page.js("part('scroll', part('messages')).scrollTop -= 900", json!([])).await;
        page.until("not the end", "return shown($('jump'))", json!([])).await;
        page.until_calm().await;
        let left = page.js(top, json!([])).await;
        page.pick("carol").await;
        page.until_received("Hello").await;
        page.pick("bob").await;
        let same = format!(
            "const row = (() => {{ {top} }})(); return JSON.stringify(row) === arguments[0]"
        );
        page.until("the same place", &same, json!([left.to_string()])).await;

        // Something unread comes first.
        page.pick("carol").await;
        page.until_received("Hello").await;
        bob.connect().await.post_to(&alice, "News").await;
        page.until_badge("bob", "1").await;
        page.pick("bob").await;
        page.until_received("News").await;
        page.until("the news on the screen", AT_END, json!([])).await;
        assert_ne!(page.js(top, json!([])).await, Value::Null);
    });
}
