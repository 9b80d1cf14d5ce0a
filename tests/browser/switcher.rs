//! The quick switcher, and the keys that go from chat to chat.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, MODULES, World, run, run_on_modules};

const TABLE: &str = include_str!("js/answers-table.js");
const NAMES: &str = "all('switcher-option').map((option) => option.dataset.name)";
const ACTIVE: &str = "return document.getElementById($('switcher-field').getAttribute('aria-activedescendant'))?.dataset.name";

async fn open(page: &Browser) {
    page.press_with(Key::Control, "k").await;
    page.until("the switcher", "return document.activeElement === $('switcher-field')", json!([]))
        .await;
}

async fn until_active(page: &Browser, name: &str) {
    let script = format!("return (() => {{ {ACTIVE} }})() === arguments[0]");
    page.until(&format!("{name} chosen"), &script, json!([name])).await;
}

async fn until_title(page: &Browser, name: &str) {
    page.until(name, "return $('chat-title').textContent === arguments[0]", json!([name])).await;
}

#[test]
fn the_answers_match_the_table() {
    run_on_modules(|world: World| async move {
        let page = world.browser("answers").await;
        page.until_card().await;
        let report = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([])).await;
        assert!(report["run"].as_i64().unwrap() > 20, "{report}");
        assert_eq!(report["failed"], json!([]), "of {}", report["run"]);
    });
}

#[test]
fn the_switcher_goes_to_chats_people_and_commands_by_keyboard() {
    run(|world: World| async move {
        let (page, [alice, _]) = world.page_beside_bob("Hello").await;
        let [carol, _dora] = world.server.users(["carol", "dora"]).await;
        carol.connect().await.post_to(&alice, "Hi").await;
        page.until_badge("carol", "1").await;
        open(&page).await;
        // The chat that was left last comes first, so that Enter alone goes back to it.
        until_active(&page, "carol").await;
        let listed = format!("return !{NAMES}.includes('bob') && {NAMES}.includes('Settings')");
        page.until("the answers", &listed, json!([])).await;
        let unread = "return all('switcher-option')[0].textContent.includes('1 unread message')";
        page.until("what is unread", unread, json!([])).await;
        page.press(Key::Enter).await;
        until_title(&page, "carol").await;
        page.until(
            "the composer",
            "return !$('switcher') && document.activeElement === $('composer')",
            json!([]),
        )
        .await;

        open(&page).await;
        page.keys("dó").await;
        until_active(&page, "dora").await;
        let marked = "return document.querySelector('.switcher__mark').textContent === 'do'";
        page.until("the mark", marked, json!([])).await;
        page.press(Key::Enter).await;
        until_title(&page, "dora").await;

        // Arrows go round; Esc closes and gives the focus back.
        open(&page).await;
        until_active(&page, "carol").await;
        page.press(Key::Up).await;
        until_active(&page, "Sign out").await;
        page.press(Key::Down).await;
        until_active(&page, "carol").await;
        page.press(Key::Escape).await;
        page.until(
            "the composer again",
            "return !$('switcher') && document.activeElement === $('composer')",
            json!([]),
        )
        .await;
        until_title(&page, "dora").await;

        open(&page).await;
        page.keys("dark").await;
        page.press(Key::Enter).await;
        page.until(
            "a dark page",
            "return document.documentElement.dataset.theme === 'dark'",
            json!([]),
        )
        .await;
        open(&page).await;
        page.keys("nothing like this").await;
        page.until(
            "words for nothing",
            "return $('switcher').textContent.includes('No results')",
            json!([]),
        )
        .await;
        page.press(Key::Enter).await;
        page.press_with(Key::Control, "k").await;
        page.until("closed by its own keys", "return !$('switcher')", json!([])).await;
    });
}

#[test]
fn the_commands_of_the_own_menu_are_in_the_switcher() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        open(&page).await;
        page.keys("keyboard").await;
        until_active(&page, "Keyboard shortcuts").await;
        page.press(Key::Enter).await;
        page.until("the list of keys", "return shown($('keys-dialog'))", json!([])).await;
        page.press(Key::Escape).await;
        let back = "return !$('keys-dialog') && document.activeElement === $('composer')";
        page.until("the composer after the keys", back, json!([])).await;
        open(&page).await;
        page.keys("invite").await;
        until_active(&page, "Invite people").await;
        page.press(Key::Enter).await;
        page.until("the invite card", "return shown($('invite-dialog'))", json!([])).await;
        page.press(Key::Escape).await;
        page.until("no card", "return !$('invite-dialog')", json!([])).await;
    });
}

#[test]
fn for_a_screen_reader_the_switcher_is_a_combobox() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        open(&page).await;
        let roles = "const field = $('switcher-field'), list = document.getElementById(field.getAttribute('aria-controls'))
            const options = [...list.querySelectorAll('[role=option]')]
            return [field.role, field.ariaExpanded, Boolean(field.ariaLabel), list.role,
                options.filter((option) => option.ariaSelected === 'true').length,
                options.every((option) => option.closest('[role=group]').getAttribute('aria-labelledby')),
                list.querySelectorAll('[role=option] :is(a, button, [tabindex])').length]";
        let wanted = json!(["combobox", "true", true, "listbox", 1, true, 0]);
        page.until_is("the roles", roles, json!([]), wanted).await;
    });
}

#[test]
fn alt_and_arrows_go_through_the_chats_in_the_order_of_the_list() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        bob.connect().await.post_to(&alice, "From Bob").await;
        carol.connect().await.post_to(&alice, "From Carol").await;
        let page = world.browser_of(&alice).await;
        page.until("both", "return all('chat-row').length === 2", json!([])).await;
        page.press_with(Key::Alt, Key::Down).await;
        until_title(&page, "carol").await;
        page.press_with(Key::Alt, Key::Down).await;
        until_title(&page, "bob").await;
        page.press_with(Key::Alt, Key::Down).await;
        page.press_with(Key::Alt, Key::Up).await;
        until_title(&page, "carol").await;
    });
}

#[test]
fn the_keys_are_shown_where_there_is_a_keyboard() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        let hint = "const keys = part('keys', document.querySelector('chat-list')); return [keys.textContent, shown(keys), shown(part('emptyKeys'))]";
        page.until_is("the keys", hint, json!([]), json!(["CtrlK", true, true])).await;
        page.click_on("filter").await;
        page.keys("x").await;
        page.until(
            "no hint over the words",
            "return !shown(part('keys', document.querySelector('chat-list')))",
            json!([]),
        )
        .await;
        page.resize(375, 700).await;
        page.js("$('filter').value = ''", json!([])).await;
        page.until_is("no keys", hint, json!([]), json!(["CtrlK", false, false])).await;
    });
}
