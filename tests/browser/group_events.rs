//! Event lines: what happened in a group, in words.

use serde_json::{Value, json};

use crate::kit::{Browser, World, run, until_shown};

/// The event lines of the open chat. Each is a line of a list, without a bubble, a tick or buttons.
const EVENTS: &str = "return all('event').map((line) =>
    line.querySelector('button, svg, [tabindex]') || line.localName !== 'li' ? 'more than words' : line.textContent)";

async fn until_events(page: &Browser, lines: &[&str]) {
    page.until_is("the event lines", EVENTS, json!([]), json!(lines)).await;
}

/// The second line of a group in the list.
async fn until_preview(page: &Browser, title: &str, words: &str) {
    let preview = "const row = rowOf(arguments[0])
        return row && part('preview', row).textContent.replace(/[\\u2068\\u2069]/g, '')";
    page.until_is("the preview", preview, json!([title]), json!(words)).await;
}

#[test]
fn everyone_reads_what_happened_also_somebody_who_was_away() {
    run(|world: World| async move {
        let [ana, bo, cy, dee, eve] = world.server.users(["ana", "bo", "cy", "dee", "eve"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let proxy = world.proxy().await;
        let away = world.browser_of_behind(&proxy, &cy).await;
        away.open_group(chat, "Hikers").await;
        until_events(&away, &["ana created the group “Hikers”"]).await;
        proxy.close();
        away.until_connection("offline").await;

        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        let users = json!({ "user_ids": [dee.id, eve.id] });
        ana.ask("POST", &format!("/api/chats/{chat}/members"), &users).await;
        ana.change_group(chat, &json!({ "title": "Walkers" })).await;
        ana.change_group(chat, &json!({ "description": "On Sundays" })).await;
        ana.change_group(chat, &json!({ "who_may_change": "all" })).await;
        ana.set_role(chat, &bo, "admin").await;
        bo.remove_member(chat, &dee).await;
        eve.remove_member(chat, &eve).await;
        until_events(
            &page,
            &[
                "You created the group “Hikers”",
                "You added dee and eve",
                "You changed the name to “Walkers”",
                "You changed the description",
                "You changed the settings: everyone can change the group",
                "bo is now an admin",
                "bo removed dee",
                "eve left",
            ],
        )
        .await;
        until_preview(&page, "Walkers", "eve left").await;

        let others = [
            "ana created the group “Hikers”",
            "ana added dee and eve",
            "ana changed the name to “Walkers”",
            "ana changed the description",
            "ana changed the settings: everyone can change the group",
            "bo is now an admin",
            "bo removed dee",
            "eve left",
        ];
        proxy.open();
        until_events(&away, &others).await;
        away.reload().await;
        away.until_ready().await;
        until_events(&away, &others).await;
        until_preview(&away, "Walkers", "eve left").await;

        // Those who left keep what they saw, and the last line says how it ended.
        let page = world.browser_of(&dee).await;
        page.open_group(chat, "Walkers").await;
        let expected = json!(["ana added you and eve", "bo removed you"]);
        let ends = "const lines = all('event').map((line) => line.textContent); return [lines[0], lines.at(-1)]";
        page.until_is("the stay", ends, json!([]), expected).await;
    });
}

#[test]
fn event_lines_are_neither_unread_nor_announced_and_cost_no_receipts() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &bo).await;
        let stand_in = "window.told = []
            window.Notification = class extends EventTarget {
                static get permission() { return 'granted' }
                constructor(title, options) { super(); told.push([title, options.body]) }
                close() {}
            }
            window.seen = 'hidden'
            Object.defineProperty(document, 'visibilityState', { get: () => window.seen })
            document.hasFocus = () => window.seen === 'visible'";
        page.js(stand_in, json!([])).await;
        ana.add_member(chat, &cy).await;
        until_preview(&page, "Hikers", "ana added cy").await;
        page.until_badge("Hikers", "").await;
        let title = "return document.title";
        assert_eq!(page.js(title, json!([])).await, "Chaap");
        // The message after the event is the first that is announced.
        cy.connect().await.say(chat, "Hello").await;
        page.until_badge("Hikers", "1").await;
        let told =
            "return told.map((words) => words.map((it) => it.replace(/[\\u2068\\u2069]/g, '')))";
        page.until_is("a notification", told, json!([]), json!([["Hikers", "cy: Hello"]])).await;
        let sent = proxy.seen(crate::kit::Way::Up, "receipt");
        let seqs: Vec<&Value> = sent.iter().map(|seen| &seen.frame["delivered"]).collect();
        assert!(!seqs.contains(&&json!(2)), "no receipt for the event: {seqs:?}");
    });
}

#[test]
fn an_event_line_has_no_menu_and_screen_readers_read_it() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        ana.add_member(chat, &cy).await;
        until_events(&page, &["You created the group “Hikers”", "You added cy"]).await;
        let spoken = "const log = all('event')[1].closest('[role=log]')
            return [log.getAttribute('aria-live'), all('event')[1].closest('[aria-hidden=true]')]";
        page.until_is("a live line", spoken, json!([]), json!(["polite", null])).await;
        let open = "const line = all('event')[1], { left, top } = line.getBoundingClientRect()
            const asked = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left, clientY: top })
            return line.dispatchEvent(asked) && !shown($('message-menu')) && !shown($('message-more'))";
        assert_eq!(page.js(open, json!([])).await, true, "the browser's own menu opens");
        page.send("Welcome").await;
        page.until_state("Welcome", "sent").await;
        page.tab_back_to_message().await;
        // The arrows move from bubble to bubble, over the lines.
        page.press(thirtyfour::Key::Up).await;
        let focused =
            "return document.activeElement.closest('.message')?.textContent.includes('Welcome')";
        assert_eq!(page.js(focused, json!([])).await, true);
        until_shown(&page, "composer").await;
    });
}
