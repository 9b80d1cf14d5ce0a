//! Disappearing messages: the timer in the panel, the line and the signs in the chat, and that
//! expired messages are gone everywhere, in time, also without a connection.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::Key;
use tokio::time::sleep;

use crate::{
    axe::{Auditor, axe},
    flags::{open_menu, press_star, three_pages},
    kit::{
        Browser, MODULES, User, World, eventually, kept, phone, run, run_on_modules, until_gone,
        until_installed, until_kept, until_shown,
    },
    notices::stand_in,
    pins::path_of,
};

const TABLE: &str = include_str!("js/expiry-table.js");

const DAY_MS: i64 = 86_400_000;
/// Long enough to look at a message and to do something with it on a busy machine.
const SOON_MS: i64 = 12_000;
const ABSENT: &str = "This message is no longer available.";

/// The lines of events in the open chat.
const LINES: &str = "return all('event').map((row) => row.textContent.trim())";
/// The words of the sign beside the name of the chat, empty without it.
const SIGN: &str =
    "const sign = $('timer-sign'); return shown(sign) ? sign.lastChild.textContent : ''";
/// What the panel says of the timer, and whether it can be changed there.
const ROW: &str = "const row = ['contact-timer', 'contact-timer-plain'].map($).find(shown)
    return row && [row.querySelector('.contact__value').textContent, row.tagName]";
/// The message with this text: what its sign says, empty without one.
const MARK: &str =
    "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
    return row && (row.querySelector('.message__timer')?.title ?? '').split(':')[0]";

async fn set_timer(user: &User, chat: i64, ms: impl Into<Value>) {
    let body = json!({ "expire_after": ms.into() });
    user.ask("PUT", &format!("/api/chats/{chat}/timer"), &body).await;
}

async fn chat_of(user: &User, other: &User) -> i64 {
    user.chat_with(other).await["id"].as_i64().unwrap()
}

/// Sends a message that expires after this time. Later ones do not expire.
async fn post_ending(from: &User, to: &User, text: &str, ms: i64) {
    let chat = chat_of(from, to).await;
    set_timer(from, chat, ms).await;
    from.connect().await.post_to(to, text).await;
    set_timer(from, chat, Value::Null).await;
}

async fn open_panel(page: &Browser) {
    page.click_on("contact").await;
    until_shown(page, "contact-info").await;
}

async fn until_row(page: &Browser, value: &str, tag: &str) {
    page.until_is("the timer in the panel", ROW, json!([]), json!([value, tag])).await;
}

async fn until_sign(page: &Browser, words: &str) {
    page.until_is("the sign of the timer", SIGN, json!([]), json!(words)).await;
}

/// Waits until nothing in the page's state and stores has these words.
async fn until_forgotten(page: &Browser, words: &str) {
    let gone =
        "return theStore().then(({ state }) => !JSON.stringify(state).includes(arguments[0]))";
    page.until("a state without the words", gone, json!([words])).await;
    eventually("a disk without the words", async || !kept(page).await.contains(words)).await;
}

/// The device believes that so much time has passed.
async fn pass(page: &Browser, ms: i64) {
    let later = "const now = Date.now; Date.now = () => now() + arguments[0]
        window.dispatchEvent(new Event('focus'))";
    page.js(later, json!([ms])).await;
}

#[test]
fn the_state_of_the_page_matches_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("expiry").await;
        page.until_card().await;
        let report = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 50, "{report}");
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn the_timer_is_set_in_the_panel_and_said_in_the_chat() {
    run(|world: World| async move {
        let ([page, laptop, other], _proxy, _users) = three_pages(&world, &["Before"]).await;
        for page in [&page, &laptop] {
            open_panel(page).await;
            until_row(page, "Off", "BUTTON").await;
        }
        page.click_on("contact-timer").await;
        until_shown(&page, "timer-dialog").await;
        page.until_focus("timer-0").await;
        let times = "return [...$('timer-dialog').querySelectorAll('.choice')].map((it) => it.textContent.trim())";
        let times = page.js(times, json!([])).await;
        assert_eq!(times, json!(["Off", "24 hours", "7 days", "90 days"]));
        page.press(Key::Escape).await;
        until_gone(&page, "timer-dialog").await;
        page.until_focus("contact-timer").await;

        page.press(Key::Enter).await;
        page.until_focus("timer-0").await;
        page.press(Key::Down).await;
        page.press(Key::Down).await;
        page.until_focus(&format!("timer-{}", 7 * DAY_MS)).await;
        page.click_on("timer-save").await;
        for page in [&page, &laptop] {
            until_row(page, "7 days", "BUTTON").await;
            until_sign(page, "Disappearing messages: 7 days").await;
            let line = json!(["You set messages to disappear after 7 days"]);
            page.until_is("the line", LINES, json!([]), line).await;
        }
        until_sign(&other, "Disappearing messages: 7 days").await;
        let line = json!(["alice set messages to disappear after 7 days"]);
        other.until_is("the line", LINES, json!([]), line).await;

        // New messages have a mark, earlier ones do not.
        page.press(Key::Escape).await;
        until_gone(&page, "contact-info").await;
        page.send("After").await;
        for page in [&page, &laptop, &other] {
            page.until_is("the mark", MARK, json!(["After"]), json!("Disappears")).await;
            assert_eq!(page.js(MARK, json!(["Before"])).await, "");
        }
        // The other one turns it off. The list says so, and the line is not unread.
        page.close_chat().await;
        open_panel(&other).await;
        other.click_on("contact-timer").await;
        other.until_focus(&format!("timer-{}", 7 * DAY_MS)).await;
        other.click_on("timer-0").await;
        other.click_on("timer-save").await;
        until_row(&other, "Off", "BUTTON").await;
        until_sign(&other, "").await;
        until_sign(&laptop, "").await;
        let preview = "return part('preview', rowOf('bob')).textContent";
        let words = json!("bob turned off disappearing messages");
        page.until_is("the preview", preview, json!([]), words).await;
        assert_eq!(page.badge_of("bob").await, "");
        other.press(Key::Escape).await;
        until_gone(&other, "contact-info").await;
        other.send("Stays").await;
        laptop.until_received("Stays").await;
        assert_eq!(laptop.js(MARK, json!(["Stays"])).await, "");
    });
}

#[test]
fn an_expired_message_is_gone_everywhere() {
    run(|world: World| async move {
        let ([page, laptop, other], _proxy, [alice, bob]) = three_pages(&world, &["Before"]).await;
        post_ending(&bob, &alice, "Secret", SOON_MS).await;
        for page in [&page, &laptop, &other] {
            page.until_texts(&["Before", "Secret"]).await;
        }
        let path = path_of(&alice, &bob, "Secret").await;
        press_star(&page, "Secret").await;
        alice.ask("PUT", &format!("{path}/pin"), &json!({ "hours": 24 })).await;
        open_menu(&page, "Secret").await;
        page.click_on("reply").await;
        page.send("Answer").await;
        let quote = "return $('quote') && part('quoteWords', $('quote')).textContent";
        laptop.until_is("the quote", quote, json!([]), json!("Secret")).await;
        laptop.until("the bar", "return shown($('pinned'))", json!([])).await;
        for page in [&page, &laptop, &other] {
            page.until_texts(&["Before", "Answer"]).await;
            page.until_is("the quote", quote, json!([]), json!(ABSENT)).await;
            until_gone(page, "pinned").await;
            until_forgotten(page, "Secret").await;
        }
        page.click_on("menu").await;
        page.click_on("starred").await;
        until_shown(&page, "starred-empty").await;
        // A device that comes later knows nothing of it.
        let later = world.browser_of(&alice).await;
        later.pick("bob").await;
        later.until_texts(&["Before", "Answer"]).await;
        later.until_is("the quote", quote, json!([]), json!(ABSENT)).await;
    });
}

#[test]
fn the_list_tells_of_the_message_before() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Before").await;
        post_ending(&bob, &alice, "Secret", 3 * SOON_MS).await;
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "2").await;
        page.until_badge("bob", "1").await;
        until_forgotten(&page, "Secret").await;
        let preview = "return part('preview', rowOf('bob')).textContent";
        let off = json!("bob turned off disappearing messages");
        page.until_is("the preview", preview, json!([]), off).await;
        page.pick("bob").await;
        page.until_texts(&["Before"]).await;
    });
}

#[test]
fn what_is_open_on_a_message_closes_when_it_expires() {
    run(|world: World| async move {
        let ([page, laptop, other], _proxy, [alice, bob]) = three_pages(&world, &["Before"]).await;
        post_ending(&alice, &bob, "Secret", SOON_MS).await;
        for page in [&page, &laptop, &other] {
            page.until_texts(&["Before", "Secret"]).await;
        }
        open_menu(&page, "Secret").await;
        open_menu(&laptop, "Secret").await;
        laptop.click_on("message-info").await;
        until_shown(&laptop, "info").await;
        open_menu(&other, "Secret").await;
        other.click_on("reply").await;
        other.insert("My words").await;
        until_gone(&page, "message-menu").await;
        until_gone(&laptop, "info").await;
        let bar = "return shown(part('quoteBar')) ? '' : $('composer').value";
        other.until_is("the text without the quote", bar, json!([]), json!("My words")).await;
        for page in [&page, &laptop, &other] {
            page.until_texts(&["Before"]).await;
            // Keys still go somewhere.
            let held = "return document.activeElement !== document.body";
            page.until("the focus", held, json!([])).await;
        }

        post_ending(&bob, &alice, "Another", SOON_MS).await;
        page.until_texts(&["Before", "Another"]).await;
        open_menu(&page, "Another").await;
        page.click_on("select-message").await;
        let count = "return $('selection-count')?.textContent.trim()[0]";
        page.until_is("one selected", count, json!([]), json!("1")).await;
        page.until_is("none selected", count, json!([]), json!("0")).await;
    });
}

#[test]
fn a_device_without_a_connection_removes_messages_in_time() {
    run(|world: World| async move {
        let ([page, laptop, _other], proxy, [alice, bob]) = three_pages(&world, &["Before"]).await;
        until_installed(&laptop).await;
        post_ending(&bob, &alice, "Secret", SOON_MS).await;
        laptop.until_texts(&["Before", "Secret"]).await;
        proxy.close();
        laptop.until_connection("offline").await;
        for page in [&laptop, &page] {
            page.until_texts(&["Before"]).await;
            until_forgotten(page, "Secret").await;
        }
        proxy.open();
        laptop.js("window.dispatchEvent(new Event('online'))", json!([])).await;
        laptop.until_connection("online").await;
        laptop.send("After").await;
        laptop.until_texts(&["Before", "After"]).await;
    });
}

#[test]
fn a_wrong_clock_hides_messages_only_until_the_server_is_asked() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Before").await;
        let chat = chat_of(&alice, &bob).await;
        set_timer(&bob, chat, DAY_MS).await;
        bob.connect().await.post_to(&alice, "Secret").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_texts(&["Before", "Secret"]).await;
        until_installed(&page).await;
        until_kept(&page, "Secret").await;
        world.server.stop().await;
        page.until_connection("offline").await;
        pass(&page, DAY_MS).await;
        page.until_texts(&["Before"]).await;
        until_forgotten(&page, "Secret").await;
        // Also after the clock is set back.
        page.driver.refresh().await.unwrap();
        page.until_texts(&["Before"]).await;
        world.server.start_again().await;
        page.until_texts(&["Before", "Secret"]).await;
    });
}

#[test]
fn a_page_that_is_opened_too_late_shows_nothing() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Before").await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        until_installed(&page).await;
        post_ending(&bob, &alice, "Secret", SOON_MS).await;
        page.until_texts(&["Before", "Secret"]).await;
        until_kept(&page, "Secret").await;
        let path = format!("/#/chats/{}", chat_of(&alice, &bob).await);
        world.server.stop().await;
        page.driver.goto("about:blank").await.unwrap();
        sleep(Duration::from_millis(SOON_MS.unsigned_abs())).await;
        let seen = "window.seen = false
            new MutationObserver(() => (window.seen ||= document.body?.textContent.includes('Secret')))
                .observe(document, { subtree: true, childList: true, characterData: true })";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": seen })).await;
        page.open(&path).await;
        page.until_texts(&["Before"]).await;
        assert_eq!(page.js("return window.seen", json!([])).await, false);
        until_forgotten(&page, "Secret").await;
    });
}

#[test]
fn a_notification_of_an_expired_message_is_closed() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Before").await;
        let page = world.browser_of(&alice).await;
        stand_in(&page).await;
        page.js("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }); document.hasFocus = () => false", json!([])).await;
        post_ending(&bob, &alice, "Secret", SOON_MS).await;
        let open = "return told.filter((notice) => !notice.closed).map(({ body }) => body)";
        page.until_is("the notification", open, json!([]), json!(["Secret"])).await;
        page.until_is("no notification", open, json!([]), json!([])).await;
        // The other message is still unread.
        page.until_badge("bob", "1").await;
    });
}

#[test]
fn in_a_group_those_set_the_timer_who_may_change_it() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let group = alice.make_group("Family", &[&bob]).await;
        let (page, other) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        for page in [&page, &other] {
            page.open_group(group, "Family").await;
            open_panel(page).await;
        }
        until_row(&page, "Off", "BUTTON").await;
        until_row(&other, "Off", "P").await;
        page.click_on("contact-timer").await;
        page.click_on(&format!("timer-{DAY_MS}")).await;
        page.click_on("timer-save").await;
        until_row(&page, "24 hours", "BUTTON").await;
        until_row(&other, "24 hours", "P").await;
        let said = "return all('event').some((row) => row.textContent.includes('alice set messages to disappear after 24 hours'))";
        other.until("the line", said, json!([])).await;

        alice.change_group(group, &json!({ "who_may_change": "all" })).await;
        until_row(&other, "24 hours", "BUTTON").await;
        other.click_on("contact-timer").await;
        other.until_focus(&format!("timer-{DAY_MS}")).await;
        alice.change_group(group, &json!({ "who_may_change": "admins" })).await;
        other.click_on("timer-0").await;
        other.click_on("timer-save").await;
        let why =
            "return $('toast')?.textContent.includes('Only an admin of the group can do this.')";
        other.until("the reason", why, json!([])).await;
        until_row(&other, "24 hours", "P").await;
        // A time that a program has set is said in words, and can be kept.
        set_timer(&alice, group, 90_000).await;
        until_row(&page, "1 minute, 30 seconds", "BUTTON").await;
        page.click_on("contact-timer").await;
        page.until_focus("timer-90000").await;
        page.press(Key::Escape).await;
        until_gone(&page, "timer-dialog").await;
        alice.remove_member(group, &bob).await;
        other
            .until(
                "no timer for former members",
                &format!("return !(() => {{ {ROW} }})()"),
                json!([]),
            )
            .await;
    });
}

#[test]
fn messages_stay_in_their_place_when_others_expire() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let ack = bob.connect().await.post_to(&alice, "First").await;
        let chat = ack["chat_id"].as_i64().unwrap();
        world.server.lengthen(chat, [&alice, &bob], 60).await;
        let page = world.browser_of(&alice).await;
        set_timer(&bob, chat, 3 * SOON_MS).await;
        let mut device = bob.connect().await;
        for i in 0..5 {
            device.post_to(&alice, &format!("Secret {i}")).await;
        }
        set_timer(&bob, chat, Value::Null).await;
        for i in 0..30 {
            device.post_to(&alice, &format!("Stays {i}")).await;
        }
        page.pick("bob").await;
        page.until_received("Stays 29").await;
        let row = "const row = all('message').find((row) => part('text', row).textContent === 'Stays 20')";
        page.js(&format!("{row}; row.scrollIntoView({{ block: 'center' }})"), json!([])).await;
        page.until_calm().await;
        let ending = "return all('message').filter((row) => part('text', row).textContent.startsWith('Secret')).length";
        assert_eq!(page.js(ending, json!([])).await, 5, "they are loaded, above the view");
        let place = &format!("{row}; return Math.round(row.getBoundingClientRect().top)");
        let before = page.js(place, json!([])).await;
        page.until_is("no expired messages", ending, json!([]), json!(0)).await;
        page.until_calm().await;
        assert_eq!(page.js(place, json!([])).await, before);
    });
}

#[test]
fn axe_finds_nothing_in_the_row_the_dialog_and_the_chat() {
    let Some(axe) = axe() else { return };
    run(|world: World| async move {
        let ([page, _laptop, other], _proxy, [alice, bob]) = three_pages(&world, &["Before"]).await;
        set_timer(&bob, chat_of(&alice, &bob).await, DAY_MS).await;
        other.send("After").await;
        page.until_received("After").await;
        until_sign(&page, "Disappearing messages: 24 hours").await;
        let mut auditor = Auditor::new(page.clone(), axe);
        auditor.audit("the chat").await;
        open_panel(&page).await;
        until_row(&page, "24 hours", "BUTTON").await;
        auditor.audit("the panel").await;
        page.click_on("contact-timer").await;
        until_shown(&page, "timer-dialog").await;
        auditor.audit("the dialog").await;
        page.press(Key::Escape).await;
        until_gone(&page, "timer-dialog").await;
        page.press(Key::Escape).await;
        until_gone(&page, "contact-info").await;
        phone(&page).await;
        auditor.audit("a phone").await;
        auditor.report();
    });
}

#[test]
fn on_a_phone_nothing_is_too_wide_in_any_language() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Before").await;
        bob.rename("Bartholomäus Maximilian von Hohenstein").await;
        let chat = chat_of(&alice, &bob).await;
        set_timer(&bob, chat, DAY_MS).await;
        let page = world.browser_of(&alice).await;
        page.resize(360, 740).await;
        page.js("location.hash = `#/chats/${arguments[0]}`", json!([chat])).await;
        until_shown(&page, "timer-sign").await;
        let wide = "const inside = (e) => { const { left, right } = e.getBoundingClientRect(); return left >= -1 && right <= innerWidth + 1 }
            const parts = [...all('event'), ...all('timer-sign'), ...all('contact-timer'), ...document.querySelectorAll('.contact__value, .choice')]
            const bad = parts.filter((e) => shown(e) && !inside(e)).map((e) => e.textContent)
            const [title, sign] = [$('chat-title'), $('timer-sign')].map((e) => e.getBoundingClientRect())
            return [document.documentElement.scrollWidth <= innerWidth, bad, title.width > 60, Math.max(title.left, sign.left) >= Math.min(title.right, sign.right) - 2]";
        let fits = json!([true, [], true, true]);
        let choose = "localStorage['chaap.settings'] = JSON.stringify({ language: arguments[0] })";
        for language in ["en", "de", "es", "ar", "hi"] {
            page.js(choose, json!([language])).await;
            page.reload().await;
            let spoken =
                "return document.documentElement.lang === arguments[0] && shown($('timer-sign'))";
            page.until("the sign", spoken, json!([language])).await;
            let lines = "const [line] = all('event'); return line && !/undefined|NaN/.test(line.textContent) && /24|٢٤/.test(line.textContent)";
            page.until("the line in words", lines, json!([])).await;
            page.until_is(language, wide, json!([]), fits.clone()).await;
            open_panel(&page).await;
            page.click_on("contact-timer").await;
            until_shown(&page, "timer-dialog").await;
            page.until_is(
                language,
                &wide.replace("title.width > 60", "true"),
                json!([]),
                fits.clone(),
            )
            .await;
            page.press(Key::Escape).await;
            until_gone(&page, "timer-dialog").await;
            page.press(Key::Escape).await;
            until_gone(&page, "contact-info").await;
        }
    });
}
