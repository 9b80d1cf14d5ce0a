//! People who leave a group, come back, or may not write in it.

use serde_json::{Value, json};

use crate::kit::{Browser, World, eventually, run, until_gone, until_shown};

const CLOSED: &str =
    "return shown($('closed')) && !shown($('composer')) ? $('closed').textContent : ''";
/// The rows of the chat: texts of messages, and what stands between them.
const ROWS: &str =
    "return [...part('rows', $('chat-title').closest('.pane')).children].flatMap((row) =>
    row.dataset.test === 'message' ? [part('text', row).textContent]
        : row.dataset.test === 'event' ? [row.textContent] : row.dataset.test ? [row.dataset.test] : [])";
const FORMER: &str = "You are no longer a member of this group.";

async fn until_closed(page: &Browser, why: &str) {
    page.until_is("the reason", CLOSED, json!([]), json!(why)).await;
}

#[test]
fn the_composer_says_why_it_is_closed() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&bo).await;
        page.open_group(chat, "Hikers").await;
        page.write("Half a sentence").await;
        ana.change_group(chat, &json!({ "who_may_write": "admins" })).await;
        until_closed(&page, "Only admins can write in this group.").await;
        page.reload().await;
        page.until_ready().await;
        until_closed(&page, "Only admins can write in this group.").await;
        ana.change_group(chat, &json!({ "who_may_write": "all" })).await;
        until_gone(&page, "closed").await;
        page.until("the draft", "return $('composer').value === 'Half a sentence'", json!([]))
            .await;
        ana.remove_member(chat, &bo).await;
        until_closed(&page, FORMER).await;
        let other = ana.make_group("Cooks", &[&bo, &cy]).await;
        page.open_group(other, "Cooks").await;
        until_gone(&page, "closed").await;
        page.open_group(chat, "Hikers").await;
        until_closed(&page, FORMER).await;
        ana.add_member(chat, &bo).await;
        until_gone(&page, "closed").await;
        page.send(" again").await;
        page.until_state("Half a sentence again", "sent").await;
    });
}

#[test]
fn messages_of_somebody_removed_while_offline_fail_with_the_reason_and_are_not_lost() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let mut from_cy = cy.connect().await;
        from_cy.say(chat, "Before").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &bo).await;
        page.open_group(chat, "Hikers").await;
        page.until_received("Before").await;
        proxy.close();
        page.until_connection("offline").await;
        page.send("First").await;
        page.send("Second").await;
        ana.remove_member(chat, &bo).await;
        from_cy.say(chat, "About bo").await;
        proxy.open();
        page.until_state("First", "failed").await;
        page.until_state("Second", "failed").await;
        until_closed(&page, FORMER).await;
        let failed = "return [...document.querySelectorAll('.message__failed')].map((box) => [
            part('reason', box).textContent, ...[...box.querySelectorAll('button')].filter(shown).map((b) => b.dataset.test)])";
        let ways = json!([FORMER, "copy-failed", "discard"]);
        page.until_is("the reason and ways out", failed, json!([]), json!([ways, ways])).await;
        assert_eq!(page.texts().await, ["Before", "First", "Second"]);
        let menu = "document.querySelector('.message__bubble').dispatchEvent(
            new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 600, clientY: 300 }))";
        page.js(menu, json!([])).await;
        until_shown(&page, "copy-text").await;
        assert_eq!(page.js("return shown($('reply'))", json!([])).await, false, "no way to answer");
        page.press(thirtyfour::Key::Escape).await;

        page.reload().await;
        page.until_ready().await;
        page.until_is("the same after a reload", failed, json!([]), json!([ways, ways])).await;
        let copy = "navigator.clipboard.writeText = async (text) => { window.copied = text }
            all('copy-failed')[0].click()";
        page.js(copy, json!([])).await;
        page.until("the copy", "return window.copied === 'First'", json!([])).await;
        page.js("all('discard')[1].click()", json!([])).await;
        page.until_texts(&["Before", "First"]).await;

        // Added again, the message can still be sent, and the old reason is not true any more.
        ana.add_member(chat, &bo).await;
        until_shown(&page, "retry").await;
        let ways = json!(["Not sent.", "retry", "edit", "discard"]);
        page.until_is("the ways of a member", failed, json!([]), json!([ways])).await;
        page.click_on("retry").await;
        page.until_state("First", "sent").await;
        while from_cy.next_of("message").await["content"] != "First" {}
    });
}

#[test]
fn between_two_stays_there_is_an_honest_line_and_no_gap_to_fill() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let mut from_cy = cy.connect().await;
        from_cy.say(chat, "One").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &bo).await;
        page.open_group(chat, "Hikers").await;
        page.until_received("One").await;
        page.until_badge("Hikers", "").await;
        page.close_chat().await;
        // Away while removed, talked about, and added again.
        proxy.close();
        page.until_connection("offline").await;
        ana.remove_member(chat, &bo).await;
        from_cy.say(chat, "About bo").await;
        ana.add_member(chat, &bo).await;
        from_cy.say(chat, "Two").await;
        from_cy.say(chat, "Three").await;
        proxy.open();
        page.until_badge("Hikers", "2").await;
        page.open_group(chat, "Hikers").await;
        let began = ["ana created the group “Hikers”", "One", "ana removed you", "absence"];
        let ended = ["ana added you", "unread-line", "Two", "Three"];
        let rows = json!([&began[..], &ended[..]].concat());
        page.until_is("both stays", ROWS, json!([]), rows).await;
        let words = "return $('absence').textContent";
        assert_eq!(page.js(words, json!([])).await, "You were not in this group then");
        page.until_badge("Hikers", "").await;
        // The badge goes before the server has stored that everything is read.
        let read = async || world.server.groups_of(&bo).await[0]["unread"] == 0;
        eventually("the server to store that everything is read", read).await;

        page.reload().await;
        page.until_ready().await;
        let rows = json!([&began[..], &["ana added you", "Two", "Three"]].concat());
        page.until_is("both stays, read", ROWS, json!([]), rows.clone()).await;
        // A device that is new here loads its pages from the server.
        let fresh = world.browser_of(&bo).await;
        fresh.open_group(chat, "Hikers").await;
        fresh.until_is("both stays on a new device", ROWS, json!([]), rows).await;
        let gap = "const store = await theStore(); return store.select.paging(store.state)";
        let paging: Value = fresh.js_async(gap, json!([])).await;
        assert_eq!((&paging["older"], &paging["newer"]), (&json!(false), &json!(false)));
        let lost = "performance.getEntriesByType('resource').filter(({ name }) => /messages\\?.*after=/.test(name)).length";
        assert_eq!(fresh.js(&format!("return {lost}"), json!([])).await, 0, "no gap was asked for");
    });
}

#[test]
fn the_unread_line_and_the_jump_button_count_right_beside_two_stays() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let mut from_cy = cy.connect().await;
        for n in 1..=30 {
            from_cy.say(chat, &format!("Before {n}")).await;
        }
        ana.remove_member(chat, &bo).await;
        from_cy.say(chat, "About bo").await;
        ana.add_member(chat, &bo).await;
        for n in 1..=40 {
            from_cy.say(chat, &format!("After {n}")).await;
        }
        let page = world.browser_of(&bo).await;
        page.until_badge("Hikers", "40").await;
        page.open_group(chat, "Hikers").await;
        let first = "const line = all('unread-line')[0]
            return line && shown(line) ? part('text', line.nextElementSibling).textContent : ''";
        page.until_is("the first unread message", first, json!([]), json!("After 1")).await;
        let rows = page.js(ROWS, json!([])).await;
        let rows: Vec<&str> = rows.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let at = rows.iter().position(|row| *row == "absence").unwrap();
        let beside = ["ana removed you", "absence", "ana added you", "unread-line", "After 1"];
        assert_eq!(rows[at - 1..at + 4], beside);
        // Those on the screen are read already.
        let same = "const count = part('jumpCount').textContent
            return Number(count) > 0 && Number(count) < 40 && part('badge', rowOf('Hikers')).textContent === count";
        page.until("the same number at the button", same, json!([])).await;
        page.click_on("jump").await;
        let last = "const last = all('message').at(-1), { top, bottom } = last.getBoundingClientRect()
            return part('text', last).textContent === 'After 40' && top > 0 && bottom < innerHeight";
        page.until("the latest message", last, json!([])).await;
    });
}
