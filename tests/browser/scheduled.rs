//! Scheduled messages: asking for the time, the line above the composer, the list, other devices, no
//! connection, and times that do not exist.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    flags::three_pages,
    kit::{
        Browser, MODULES, World, phone, run, run_on_modules, until_gone, until_installed,
        until_kept, until_shown,
    },
    touch::press_long,
};

const TABLE: &str = include_str!("js/scheduled-table.js");
/// What the line above the composer says; empty without a line.
const LINE: &str =
    "return shown($('scheduled-line')) ? $('scheduled-line').textContent.trim() : ''";
/// What the rows of the list say, without the time.
const ROWS: &str = "return all('scheduled-row').filter(shown).map((row) => {
    const words = [row.querySelector('.scheduled__text'), row.querySelector('.scheduled__note')]
    return words.filter((it) => it && !it.hidden).map((it) => it.textContent).join(' | ')
})";
const WORDS: &str = "return $('schedule-words').textContent";

async fn until_line(page: &Browser, line: &str) {
    page.until_is("the line", LINE, json!([]), json!(line)).await;
}

async fn until_rows(page: &Browser, rows: Value) {
    page.until_is("the list", ROWS, json!([]), rows).await;
}

/// Opens the dialog for what is written, by keyboard.
async fn ask_when(page: &Browser, text: &str) {
    page.write(text).await;
    let ask = "$('composer').dispatchEvent(new KeyboardEvent('keydown',
        { key: 'Enter', ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true }))";
    page.js(ask, json!([])).await;
    until_shown(page, "schedule-dialog").await;
}

/// Schedules a text for a proposed time.
async fn schedule(page: &Browser, text: &str) {
    ask_when(page, text).await;
    page.click_on("schedule-yes").await;
    until_gone(page, "schedule-dialog").await;
    page.until_is("an empty field", "return $('composer').value", json!([]), json!("")).await;
}

async fn open_list(page: &Browser) {
    page.click_on("scheduled-line").await;
    until_shown(page, "scheduled-panel").await;
}

/// Opens the menu of the row with this text and chooses an item.
async fn choose(page: &Browser, text: &str, item: &str) {
    let more = "return all('scheduled-row').find((row) => row.textContent.includes(arguments[0]))
        .querySelector('.scheduled__more')";
    page.click("its menu", more, json!([text])).await;
    page.click_on(item).await;
}

/// Chooses a time in the dialog.
async fn pick_time(page: &Browser, field: &str) {
    page.click_on("schedule-pick").await;
    let fill = "$('schedule-field').value = arguments[0]
        $('schedule-field').dispatchEvent(new Event('input', { bubbles: true }))";
    page.js(fill, json!([field])).await;
}

#[test]
fn states_and_local_times_match_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("table").await;
        page.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "Europe/Berlin" }))
            .await;
        page.reload().await;
        let report = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 30, "{report}");
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn a_message_is_scheduled_listed_changed_sent_and_deleted_on_all_devices() {
    run(|world: World| async move {
        let ([page, laptop, other], _proxy, _users) = three_pages(&world, &["Hello"]).await;
        ask_when(&page, "Good morning").await;
        let focused = "return document.activeElement.matches('input[type=radio]:checked')";
        assert_eq!(page.js(focused, json!([])).await, true);
        page.press(Key::Escape).await;
        until_gone(&page, "schedule-dialog").await;
        let kept = "return [$('composer').value, document.activeElement === $('send')]";
        assert_eq!(page.js(kept, json!([])).await, json!(["Good morning", true]));
        let clear = "$('composer').value = ''
            $('composer').dispatchEvent(new Event('input', { bubbles: true }))";
        page.js(clear, json!([])).await;

        for (text, line) in
            [("Good morning", "1 scheduled message"), ("Good night", "2 scheduled messages")]
        {
            schedule(&page, text).await;
            page.until_focus("composer").await;
            for page in [&page, &laptop] {
                until_line(page, line).await;
            }
        }
        until_line(&other, "").await;
        other.until_texts(&["Hello"]).await;
        for page in [&page, &laptop] {
            open_list(page).await;
            until_rows(page, json!(["Good morning", "Good night"])).await;
        }
        let times = "const [first] = document.querySelectorAll('.scheduled__time')
            return /^(Today|Tomorrow) at /.test(first.textContent) && first.title.length > 20";
        assert_eq!(page.js(times, json!([])).await, true);

        // The text and the time of one.
        choose(&page, "Good morning", "scheduled-edit").await;
        until_shown(&page, "schedule-dialog").await;
        page.until_focus("schedule-text").await;
        let write = "$('schedule-text').value = 'Good *day*'
            $('schedule-text').dispatchEvent(new Event('input', { bubbles: true }))";
        page.js(write, json!([])).await;
        let next_year = "const day = new Date(Date.now() + 300 * 86_400_000)
            return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-15T10:00`";
        let field = page.js(next_year, json!([])).await;
        pick_time(&page, field.as_str().unwrap()).await;
        page.click_on("schedule-yes").await;
        for page in [&page, &laptop] {
            until_rows(page, json!(["Good night", "Good day"])).await;
        }
        let due = "return theStore().then(({ state }) => Object.values(state.scheduled)
            .some(({ content, due_at }) => content === 'Good *day*' && due_at === new Date(arguments[0]).getTime()))";
        laptop.until("the time on the other device", due, json!([field])).await;

        choose(&laptop, "Good day", "scheduled-send").await;
        for page in [&page, &laptop, &other] {
            page.until_texts(&["Hello", "Good day"]).await;
        }
        for page in [&page, &laptop] {
            until_rows(page, json!(["Good night"])).await;
        }
        choose(&page, "Good night", "scheduled-delete").await;
        page.click_on("confirm-no").await;
        until_rows(&page, json!(["Good night"])).await;
        choose(&page, "Good night", "scheduled-delete").await;
        page.click_on("confirm-yes").await;
        for page in [&page, &laptop] {
            until_rows(page, json!([])).await;
            until_shown(page, "scheduled-empty").await;
            until_line(page, "").await;
        }
        page.until_focus("scheduled-panel-close").await;
        other.until_texts(&["Hello", "Good day"]).await;
    });
}

#[test]
fn what_is_scheduled_without_a_connection_waits_for_it_also_after_a_reload() {
    run(|world: World| async move {
        let ([page, laptop, other], _proxy, _users) = three_pages(&world, &["Hello"]).await;
        schedule(&page, "Before").await;
        until_line(&laptop, "1 scheduled message").await;
        until_installed(&page).await;
        until_kept(&page, "\"waiting\"").await;
        world.server.stop().await;
        page.until_connection("offline").await;
        schedule(&page, "Without a connection").await;
        until_line(&page, "2 scheduled messages").await;
        page.driver.refresh().await.unwrap();
        until_line(&page, "2 scheduled messages").await;
        open_list(&page).await;
        let rows = ["Before", "Without a connection | Waits for the connection"];
        until_rows(&page, json!(rows)).await;
        choose(&page, "Before", "scheduled-send").await;
        until_rows(&page, json!(["Before | Waits for the connection", rows[1]])).await;
        until_line(&laptop, "1 scheduled message").await;
        world.server.start_again().await;
        until_rows(&page, json!(["Without a connection"])).await;
        until_line(&laptop, "1 scheduled message").await;
        other.until_texts(&["Hello", "Before"]).await;
        world.server.let_be_due().await;
        for page in [&page, &laptop, &other] {
            page.until_texts(&["Hello", "Before", "Without a connection"]).await;
        }
        for page in [&page, &laptop] {
            until_line(page, "").await;
        }
        // A new device gets what is left with its lists.
        schedule(&page, "Later").await;
        until_line(&laptop, "1 scheduled message").await;
        laptop.reload().await;
        until_line(&laptop, "1 scheduled message").await;
    });
}

#[test]
fn a_message_that_could_not_be_sent_says_why_and_can_be_sent_later() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let group = alice.make_group("Family", &[&bob]).await;
        let page = world.browser_of(&bob).await;
        page.open_group(group, "Family").await;
        schedule(&page, "My words").await;
        until_line(&page, "1 scheduled message").await;
        let path = format!("/api/chats/{group}");
        alice.ask("PATCH", &path, &json!({ "who_may_write": "admins" })).await;
        world.server.let_be_due().await;
        until_line(&page, "1 scheduled message was not sent").await;
        let told = "return document.querySelector('.toasts').textContent.includes('was not sent')";
        page.until("a word about it", told, json!([])).await;
        open_list(&page).await;
        let refused = "My words | Not sent. Only admins can write in this group.";
        until_rows(&page, json!([refused])).await;
        choose(&page, "My words", "scheduled-send").await;
        until_rows(&page, json!([refused])).await;
        alice.ask("PATCH", &path, &json!({ "who_may_write": "all" })).await;
        choose(&page, "My words", "scheduled-send").await;
        until_rows(&page, json!([])).await;
        page.until_state("My words", "sent").await;
    });
}

#[test]
fn the_dialog_says_in_words_when_the_clocks_change() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "Europe/Berlin" }))
            .await;
        page.js("dispatchEvent(new Event('focus'))", json!([])).await;
        page.until_received("Hello").await;
        ask_when(&page, "At night").await;
        // The next nights in which the clocks of Berlin change, at 02:30.
        let nights = "const nights = []
            for (let at = new Date().setHours(2, 30, 0, 0) + 86_400_000; nights.length < 2; at += 86_400_000) {
              const day = new Date(at), two = (n) => String(n).padStart(2, '0')
              const [before, after] = [-3, 3].map((hours) => new Date(at + hours * 3_600_000).getTimezoneOffset())
              if (before !== after) nights.push([`${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T02:30`, before > after])
            }
            return nights";
        let nights = page.js(nights, json!([])).await;
        for night in nights.as_array().unwrap() {
            pick_time(&page, night[0].as_str().unwrap()).await;
            let said = page.js(WORDS, json!([])).await;
            let (time, odd) = if night[1] == true {
                ("3:30", "The clocks go forward")
            } else {
                ("2:30", "The clocks go back")
            };
            let said = said.as_str().unwrap();
            assert!(said.contains(time) && said.contains(odd), "{night}: {said}");
            assert!(said.contains("Central European Summer Time"), "{said}");
        }
        for wrong in ["2020-01-01T10:00", "2099-01-01T10:00", ""] {
            pick_time(&page, wrong).await;
            page.click_on("schedule-yes").await;
            let error = "return !document.querySelector('.schedule__error').hidden && shown($('schedule-dialog'))";
            page.until(&format!("“{wrong}” is refused"), error, json!([])).await;
        }
        page.press(Key::Escape).await;
        until_gone(&page, "schedule-dialog").await;
        until_line(&page, "").await;
    });
}

#[test]
fn the_send_button_offers_it_by_a_right_click_and_not_without_a_text_or_a_chat() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        world.server.users(["carol"]).await;
        page.write("Later").await;
        let press =
            "const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true })
            $('send').dispatchEvent(event)
            return event.defaultPrevented";
        assert_eq!(page.js(press, json!([])).await, true);
        until_shown(&page, "schedule-dialog").await;
        page.press(Key::Escape).await;
        until_gone(&page, "schedule-dialog").await;
        // With a person without a chat yet, the first message is sent at once.
        page.pick("carol").await;
        page.write("Hi").await;
        page.js(press, json!([])).await;
        let told = "return document.querySelector('.toasts').textContent.includes('first message')";
        page.until("a word about it", told, json!([])).await;
        until_gone(&page, "schedule-dialog").await;
    });
}

#[test]
fn a_finger_that_stays_on_the_send_button_asks_for_the_time_and_sends_nothing() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        phone(&page).await;
        page.write("Later").await;
        press_long(&page, "$('send')", "schedule-dialog").await;
        page.until_texts(&["Hello"]).await;
        page.click_on("schedule-yes").await;
        until_line(&page, "1 scheduled message").await;
        page.until_texts(&["Hello"]).await;
        let fits = "const line = $('scheduled-line').getBoundingClientRect()
            return line.left >= 0 && line.right <= innerWidth && line.height >= 36";
        assert_eq!(page.js(fits, json!([])).await, true);
    });
}

#[test]
fn every_language_fits_on_a_phone() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        schedule(&page, "Good morning").await;
        until_line(&page, "1 scheduled message").await;
        phone(&page).await;
        for language in ["de", "es", "ar", "hi"] {
            let settings =
                format!("localStorage['chaap.settings'] = '{{\"language\":\"{language}\"}}'");
            page.js(&settings, json!([])).await;
            page.reload().await;
            page.until_ready().await;
            until_shown(&page, "scheduled-line").await;
            let wide = "return [...document.querySelectorAll(arguments[0])].filter((e) => shown(e)
                && (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline'
                  || e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().left < 0))
                .map((e) => e.className)";
            let none = json!([]);
            assert_eq!(page.js(wide, json!([".scheduled-line"])).await, none, "{language}");
            open_list(&page).await;
            choose(&page, "Good morning", "scheduled-edit").await;
            until_shown(&page, "schedule-dialog").await;
            let parts = ".schedule, .schedule > :not(.schedule__ways), .schedule__way > *,
                .dialog__ways > *, .scheduled, .scheduled__row *";
            assert_eq!(page.js(wide, json!([parts])).await, none, "{language}");
            let english = "return $('schedule-words').textContent.includes('It will be sent')";
            assert_eq!(page.js(english, json!([])).await, false, "{language}");
            page.press(Key::Escape).await;
            until_gone(&page, "schedule-dialog").await;
            page.press(Key::Escape).await;
            until_gone(&page, "scheduled-panel").await;
        }
    });
}

#[test]
fn hostile_texts_stay_texts_and_long_ones_are_cut() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let chat = alice.chat_with(&bob).await["id"].clone();
        let due_at = page.js("return Date.now() + 3_600_000", json!([])).await;
        let texts = [
            "<img src=x onerror=alert(1)>".to_owned(),
            "\u{202e}turned \u{2066}around".to_owned(),
            format!("long{}", "\n".repeat(300)),
            "x".repeat(16_000),
        ];
        for (n, text) in texts.iter().enumerate() {
            let cid = format!("00000000-0000-7000-8000-00000000000{n}");
            let message = json!({ "content": text, "cid": cid, "due_at": due_at });
            alice.ask("POST", &format!("/api/chats/{chat}/scheduled"), &message).await;
        }
        until_line(&page, "4 scheduled messages").await;
        phone(&page).await;
        open_list(&page).await;
        let rows = "return all('scheduled-row').filter(shown).length";
        page.until_is("four rows", rows, json!([]), json!(4)).await;
        let fits = "const list = $('scheduled-list')
            return [list.querySelectorAll('img').length, list.scrollWidth <= list.clientWidth,
              all('scheduled-row').every((row) => row.offsetHeight < 260),
              all('scheduled-row').every((row) => row.querySelector('bdi'))]";
        assert_eq!(page.js(fits, json!([])).await, json!([0, true, true, true]));
    });
}

#[test]
fn axe_finds_nothing_in_the_line_the_dialog_and_the_list() {
    let Some(axe) = axe() else { return };
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        schedule(&page, "Good morning").await;
        until_line(&page, "1 scheduled message").await;
        let mut auditor = Auditor::new(page.clone(), axe);
        auditor.audit("the line").await;
        ask_when(&page, "Again").await;
        page.click_on("schedule-pick").await;
        auditor.audit("the dialog").await;
        page.press(Key::Escape).await;
        until_gone(&page, "schedule-dialog").await;
        open_list(&page).await;
        auditor.audit("the list").await;
        choose(&page, "Good morning", "scheduled-edit").await;
        until_shown(&page, "schedule-dialog").await;
        auditor.audit("the dialog with a text").await;
        page.press(Key::Escape).await;
        until_gone(&page, "schedule-dialog").await;
        page.prefer("dark").await;
        auditor.audit("the list in the dark").await;
        page.press(Key::Escape).await;
        phone(&page).await;
        auditor.audit("the line on a phone").await;
        auditor.report();
    });
}
