//! Small things that users take for granted.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{PASSWORD, World, eventually, run};

const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// The end of the year 9999.
const ALWAYS_MS: i64 = 253_402_300_799_000;

#[test]
fn the_skin_tone_is_remembered_and_used_emoji_come_first() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        page.click_on("emoji").await;
        page.click_on("emoji-tone").await;
        let third = "return $('emoji-picker').querySelectorAll('[role=radio]')[3]";
        page.click("a tone", third, json!([])).await;
        page.click_on("emoji-search").await;
        page.keys("waving hand").await;
        let first = "return [...$('emoji-picker')?.querySelectorAll('.emoji-picker__cell:not([role=radio])') ?? []][0]?.textContent === '👋🏽'";
        page.until("a hand in that tone", first, json!([])).await;
        page.press(Key::Enter).await;
        page.until("the hand in the text", "return $('composer').value === '👋🏽'", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        page.click_on("emoji").await;
        page.until("the hand first, in its tone", first, json!([])).await;
    });
}

#[test]
fn a_chat_can_be_muted_for_a_week_or_always() {
    run(|world: World| async move {
        let (page, [alice, _]) = world.page_beside_bob("hello").await;
        let now = page.js("return Date.now()", json!([])).await.as_i64().unwrap();
        for (choice, at_least) in [("mute-week", now + WEEK_MS), ("mute-always", ALWAYS_MS)] {
            page.click_on("chat-menu").await;
            page.click_on("chat-menu-mute").await;
            page.click_on(&format!("chat-menu-{choice}")).await;
            let muted = async || {
                let (_, lists) = world.server.get("/api/chats", &alice.token).await;
                let until = lists["chats"][0]["preferences"]["muted_until"].as_i64();
                until.is_some_and(|until| (at_least..=at_least + 60_000).contains(&until))
            };
            eventually(choice, muted).await;
            page.click_on("chat-menu").await;
            page.click_on("chat-menu-unmute").await;
            let heard = async || {
                let (_, lists) = world.server.get("/api/chats", &alice.token).await;
                lists["chats"][0]["preferences"]["muted_until"].is_null()
            };
            eventually("the sound again", heard).await;
        }
    });
}

#[test]
fn pasted_text_is_plain_and_the_composer_grows_to_eight_lines() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        let rich = "const rich = document.createElement('p')
            rich.append('plain ', Object.assign(document.createElement('b'), { textContent: 'bold' }))
            document.body.append(rich)
            document.activeElement.blur()
            getSelection().selectAllChildren(rich)
            return true";
        page.js(rich, json!([])).await;
        page.press_with(Key::Control, 'c').await;
        page.js("$('composer').focus()", json!([])).await;
        page.press_with(Key::Control, 'v').await;
        page.until("the text alone", "return $('composer').value === 'plain bold'", json!([]))
            .await;
        page.press(Key::Enter).await;
        page.until_state("plain bold", "sent").await;
        let bold = "return messages().at(-1) && document.querySelectorAll('.message strong, .message b').length";
        assert_eq!(page.js(bold, json!([])).await, 0);

        let mut heights = Vec::new();
        for _ in 0..12 {
            page.insert("line").await;
            page.press_with(Key::Shift, Key::Enter).await;
            let height = "return $('composer').getBoundingClientRect().height";
            heights.push(page.js(height, json!([])).await.as_f64().unwrap());
        }
        // After the first line break there are two lines, after the seventh eight.
        assert!(heights[..7].is_sorted_by(|a, b| a + 10.0 < *b), "each line adds: {heights:?}");
        assert!(heights[7..].iter().all(|height| (height - heights[6]).abs() < 0.5), "{heights:?}");
    });
}

#[test]
fn times_have_the_full_date_and_new_messages_are_announced() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("hello").await;
        let whole = "const { title, dateTime } = document.querySelector('.message time')
            const at = new Date(dateTime), says = (name) => at.toLocaleDateString('en', { [name]: name === 'day' ? 'numeric' : 'long' })
            return ['weekday', 'day', 'month'].every((name) => title.includes(says(name))) && title.includes(at.getFullYear()) && title.includes(at.toLocaleTimeString('en', { minute: '2-digit', second: '2-digit' }))";
        assert_eq!(page.js(whole, json!([])).await, true);
        // In right-to-left text too, the hour comes before AM or PM.
        bob.connect().await.post_to(&alice, "صباح الخير").await;
        let runs = "const time = document.querySelectorAll('.message time')[1]?.firstChild
            if (!time) return null
            const left = (at) => {
                const letter = document.createRange()
                letter.setStart(time, at)
                letter.setEnd(time, at + 1)
                return letter.getBoundingClientRect().left
            }
            return { runs: left(0) < left(time.length - 1), words: time.data }";
        let runs = page.until("the time beside it", runs, json!([])).await;
        assert_eq!(runs["runs"], true, "{runs}");
        // Screen readers announce what is added to a live region.
        let watch = "const log = document.querySelector('[role=log][aria-live=polite]')
            window.heard = ''
            new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => (heard += node.textContent))))
                .observe(log, { childList: true, subtree: true })";
        page.js(watch, json!([])).await;
        bob.connect().await.post_to(&alice, "Listen").await;
        page.until("the announcement", "return heard.includes('Listen')", json!([])).await;
    });
}

#[test]
fn the_page_is_installable_and_its_icon_shows_unread_messages() {
    run(|world: World| async move {
        let (page, [alice, _]) = world.page_beside_bob("hello").await;
        let manifest = page.devtools("Page.getAppManifest", json!({})).await;
        assert_eq!(manifest["errors"], json!([]), "{manifest}");
        let known: serde_json::Value =
            serde_json::from_str(manifest["data"].as_str().unwrap()).unwrap();
        assert_eq!((&known["name"], &known["display"]), (&json!("Chaap"), &json!("standalone")));
        let faults = page.devtools("Page.getInstallabilityErrors", json!({})).await;
        let faults: Vec<&str> = faults["installabilityErrors"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|fault| fault["errorId"].as_str())
            // Nothing can be installed into the profile of the test browser.
            .filter(|fault| *fault != "in-incognito")
            .collect();
        assert_eq!(faults, [""; 0]);
        let icon = "return document.querySelector('link[rel~=icon]').href.includes('unread')";
        // The first message was on the screen only a moment ago.
        page.until("no dot at first", &icon.replace("return ", "return !"), json!([])).await;
        // A test cannot see what the system draws on the app's icon.
        let badge = "navigator.setAppBadge = async (count) => { window.badge = count }
            navigator.clearAppBadge = async () => { window.badge = 0 }";
        page.js(badge, json!([])).await;
        let [carol] = world.server.users(["carol"]).await;
        carol.connect().await.post_to(&alice, "knock").await;
        page.until("the dot", icon, json!([])).await;
        page.until("the badge", "return window.badge === 1", json!([])).await;
        page.pick("carol").await;
        page.until("no dot", &icon.replace("return ", "return !"), json!([])).await;
        page.until("no badge", "return window.badge === 0", json!([])).await;
    });
}

#[test]
fn messages_are_grouped_by_day_and_by_sender() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let (mut from_alice, mut from_bob) = (alice.connect().await, bob.connect().await);
        let page = world.browser("alice").await;
        let noons = "return [8, 1, 0].map((days) => {
                const day = new Date()
                day.setDate(day.getDate() - days)
                return day.setHours(0, 0, 0, 0)
            })";
        let days: Vec<i64> = serde_json::from_value(page.js(noons, json!([])).await).unwrap();
        let minute = 60_000;
        // Sender, time, and position in the group.
        let rows = [
            (false, days[0], "first last"),
            (false, days[1], "first"),
            (false, days[1] + minute, ""),
            (false, days[1] + 2 * minute, "last"),
            (true, days[1] + 3 * minute, "first last"),
            (false, days[1] + 4 * minute, "first last"),
            // After more than five minutes a new group begins.
            (false, days[1] + 10 * minute, "first last"),
            (false, days[2], "first last"),
        ];
        let mut written = Vec::new();
        for (own, at, _) in rows {
            let (from, to) = if own { (&mut from_alice, &bob) } else { (&mut from_bob, &alice) };
            let ack = from.post_to(to, "words").await;
            written.push((ack["message_id"].as_i64().unwrap(), at));
        }
        world.server.date(&written).await;
        page.sign_in("alice", PASSWORD).await;
        page.pick("bob").await;
        let grouped = "return all('message').length === arguments[0] && all('message').map((row) =>
            ['first', 'last'].filter((place) => row.classList.contains(`message--${place}`)).join(' '))";
        let grouped = page.until("all of them", grouped, json!([rows.len()])).await;
        assert_eq!(grouped, json!(rows.map(|(_, _, place)| place)));
        page.until_calm().await;
        // A group has no space between its bubbles, and one corner that points at the sender.
        let gaps = "const boxes = all('message').map((row) => part('bubble', row).getBoundingClientRect())
            return boxes.slice(1, 4).every((box, i) => i === 0 || box.top - boxes[i].bottom <= 4) && boxes[4].top - boxes[3].bottom >= 6";
        assert_eq!(page.js(gaps, json!([])).await, true);

        let labels = "const rows = [...document.querySelectorAll('[data-test=message], .day')]
            return rows.filter((row) => row.matches('.day')).map((row) => [row.textContent.trim(), rows.slice(0, rows.indexOf(row)).filter((other) => other.matches('[data-test=message]')).length])";
        let labels = page.js(labels, json!([])).await;
        let date = "return new Date(arguments[0]).toLocaleDateString(navigator.language, { day: 'numeric', month: 'long' })";
        let date = page.js(date, json!([days[0]])).await;
        let day = |at: usize| (labels[at][0].clone(), labels[at][1].clone());
        assert_eq!(labels.as_array().unwrap().len(), 3, "{labels}");
        assert!(day(0).0.as_str().unwrap().starts_with(date.as_str().unwrap()), "{labels}");
        assert_eq!([day(0).1, day(1).1, day(2).1], [json!(0), json!(1), json!(7)]);
        assert_eq!([day(1).0, day(2).0], [json!("Yesterday"), json!("Today")]);
    });
}

#[test]
fn notices_do_not_cover_the_composer() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Copy me").await;
        for (width, height) in [(1280, 800), (360, 640)] {
            page.resize(width, height).await;
            page.js("part('bubble', $('message')).focus()", json!([])).await;
            page.press(Key::Enter).await;
            page.click_on("copy-text").await;
            page.until("a word about it", "return shown(all('toast').at(-1))", json!([])).await;
            page.until_calm().await;
            let apart = "const said = all('toast').at(-1).getBoundingClientRect()
                return said.bottom <= document.querySelector('chat-composer').getBoundingClientRect().top && said.top > 0";
            assert_eq!(page.js(apart, json!([])).await, true, "{width} wide");
        }
    });
}
