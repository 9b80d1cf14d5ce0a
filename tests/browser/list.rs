//! The rows of the chat list: name, time, preview and tick.

use serde_json::{Value, json};

use crate::kit::{Browser, PASSWORD, World, run};

/// Midnight this many days ago.
const MIDNIGHTS: &str = "return arguments[0].map((days) => {
        const day = new Date()
        day.setDate(day.getDate() - days)
        return day.setHours(0, 0, 0, 0)
    })";

/// Waits until the row of a user shows this tick (none if empty) and this preview.
async fn until_row(page: &Browser, name: &str, tick: &str, words: &str) {
    let there = "const row = rowOf(arguments[0]), tick = row && part('tick', row)
        return row && (shown(tick) ? tick.dataset.tick : '') === arguments[1]
            && part('label', row).textContent + part('preview', row).textContent === arguments[2]";
    page.until(&format!("{name}: {tick} “{words}”"), there, json!([name, tick, words])).await;
}

#[test]
fn rows_are_sorted_by_their_last_message_and_show_its_time() {
    run(|world: World| async move {
        let names = ["today", "yesterday", "weekday", "week_ago", "long_ago"];
        let [alice] = world.server.users(["alice"]).await;
        let others = world.server.users(names).await;
        let page = world.browser("alice").await;
        let times = page.js(MIDNIGHTS, json!([[0, 1, 3, 7, 400]])).await;
        let times: Vec<i64> = serde_json::from_value(times).unwrap();
        let mut written = Vec::new();
        // Sent oldest last, so that only the times give the right order.
        for (other, at) in others.iter().zip(&times) {
            let ack = other.connect().await.post_to(&alice, "Hello").await;
            written.push((ack["message_id"].as_i64().unwrap(), *at));
        }
        world.server.date(&written).await;
        page.devtools("Emulation.setLocaleOverride", json!({ "locale": "en-GB" })).await;
        page.open("/").await;
        page.sign_in("alice", PASSWORD).await;
        let listed =
            "return all('chat-row').map((row) => row.dataset.name).join() === arguments[0]";
        page.until("the latest first", listed, json!([names.join(",")])).await;

        let said = "return all('chat-row').map((row) => [part('time', row).textContent, part('time', row).title])";
        let said = page.js(said, json!([])).await;
        let right = "const [today, yesterday, weekday, ...dates] = arguments[0].map((at) => new Date(at))
            return ['00:00', 'Yesterday', ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][weekday.getDay()],
                ...dates.map((day) => day.toLocaleDateString(navigator.language, { day: '2-digit', month: '2-digit', year: '2-digit' }))]";
        let right = page.js(right, json!([times])).await;
        let short: Vec<&Value> = said.as_array().unwrap().iter().map(|both| &both[0]).collect();
        assert_eq!(json!(short), right);
        // The full time is in the tooltip.
        let whole = said[3][1].as_str().unwrap();
        assert!(
            whole.contains("day") && whole.contains("20") && whole.contains("00:00:00"),
            "{whole}"
        );

        // A twelve-hour clock has no leading zero.
        page.devtools("Emulation.setLocaleOverride", json!({ "locale": "en-US" })).await;
        page.reload().await;
        page.until_ready().await;
        let twelve = "return /^12:00\\sAM$/u.test(part('time', rowOf('today')).textContent)";
        page.until("midnight", twelve, json!([])).await;

        others[4].connect().await.post_to(&alice, "After a long time").await;
        page.until(
            "the oldest first",
            "return all('chat-row')[0].dataset.name === 'long_ago'",
            json!([]),
        )
        .await;
    });
}

#[test]
fn a_row_shows_the_last_message_and_its_tick_on_both_sides() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let at_alice = world.browser_of(&alice).await;
        at_alice.pick("bob").await;
        at_alice.send("Are *you* there?").await;
        until_row(&at_alice, "bob", "sent", "Are you there?").await;
        let at_bob = world.browser_of(&bob).await;
        until_row(&at_bob, "alice", "", "Are you there?").await;
        until_row(&at_alice, "bob", "delivered", "Are you there?").await;
        at_bob.pick("alice").await;
        until_row(&at_alice, "bob", "read", "Are you there?").await;
        at_bob.send("Always").await;
        until_row(&at_alice, "bob", "", "Always").await;
        until_row(&at_bob, "alice", "read", "Always").await;

        // A draft appears once another chat is opened. In the notes every message is one's own.
        at_alice.write("Half a").await;
        at_alice.click("the notes", "return rowOf('alice')", json!([])).await;
        let notes = "return $('chat-title').textContent === 'Notes to self'";
        at_alice.until("the notes", notes, json!([])).await;
        at_alice.send("Buy milk").await;
        until_row(&at_alice, "alice", "read", "Buy milk").await;
        until_row(&at_alice, "bob", "", "Draft: Half a").await;
        world.server.stop().await;
        at_alice.until_connection("offline").await;
        at_alice.write("And bread").await;
        at_alice.press(thirtyfour::Key::Enter).await;
        until_row(&at_alice, "alice", "pending", "And bread").await;
    });
}

#[test]
fn a_preview_in_the_other_direction_is_cut_at_its_end() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.send(&"An answer that is much longer than a row of the list. ".repeat(3)).await;
        page.js("localStorage['chaap.settings'] = '{\"language\":\"ar\"}'", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        let begins = "const row = rowOf('bob'), words = row && part('preview', row).firstChild
            if (document.dir !== 'rtl' || !words) return null
            const letter = document.createRange()
            letter.setStart(words, 0)
            letter.setEnd(words, 1)
            const box = words.parentElement.getBoundingClientRect(), first = letter.getBoundingClientRect()
            const cut = words.parentElement.scrollWidth > words.parentElement.clientWidth
            return { cut, seen: first.left >= box.left && first.right <= box.right, label: part('label', row).textContent }";
        let begins = page.until("the row in Arabic", begins, json!([])).await;
        assert_eq!(begins, json!({ "cut": true, "seen": true, "label": "" }));
    });
}
