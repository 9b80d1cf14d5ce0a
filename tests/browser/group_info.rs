//! Ticks of a group, who has read a message of one's own, and notifications from a group.

use serde_json::{Value, json};

use crate::kit::{Browser, World, phone, run, until_shown};

/// The heading, the number and the names of the lists that show.
const LISTS: &str =
    "return ['info-read', 'info-delivered', 'info-pending'].map($).filter(shown).map((list) => [
    list.dataset.test.slice(5), list.querySelector('.info__count').textContent,
    [...list.querySelectorAll('.info__name')].map((name) => name.textContent).sort()])";

const OPEN_MENU: &str = "document.querySelector('.message__bubble').dispatchEvent(
    new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 200, clientY: 200 }))";

async fn until_lists(page: &Browser, lists: Value) {
    page.until_is("the lists of people", LISTS, json!([]), lists).await;
}

#[test]
fn the_ticks_are_those_of_all_members_and_the_info_lists_each() {
    run(|world: World| async move {
        let [ana, bo, cy, dee] = world.server.users(["ana", "bo", "cy", "dee"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy, &dee]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        page.send("Who comes?").await;
        page.until_state("Who comes?", "sent").await;
        let seq = page.messages().await[0].seq;
        page.tab_back_to_message().await;
        page.press(thirtyfour::Key::Enter).await;
        until_shown(&page, "message-info").await;
        page.click_on("message-info").await;
        until_shown(&page, "info").await;
        until_lists(&page, json!([["read", "0", []], ["pending", "3", ["bo", "cy", "dee"]]])).await;

        // Live, while the dialog is open; dee is away.
        let (mut bos, mut cys) = (bo.connect().await, cy.connect().await);
        bos.confirm(chat, seq, seq).await;
        cys.confirm(chat, seq, 0).await;
        until_lists(
            &page,
            json!([["read", "1", ["bo"]], ["delivered", "1", ["cy"]], ["pending", "1", ["dee"]]]),
        )
        .await;
        assert_eq!(page.state_of("Who comes?").await, "sent", "not all have received it");
        let mut dees = dee.connect().await;
        dees.confirm(chat, seq, 0).await;
        until_lists(&page, json!([["read", "1", ["bo"]], ["delivered", "2", ["cy", "dee"]]])).await;
        page.until_state("Who comes?", "delivered").await;
        cys.confirm(chat, seq, seq).await;
        dees.confirm(chat, seq, seq).await;
        until_lists(&page, json!([["read", "3", ["bo", "cy", "dee"]]])).await;
        page.until_state("Who comes?", "read").await;
        page.reload().await;
        page.until_ready().await;
        page.until_state("Who comes?", "read").await;
    });
}

#[test]
fn the_lists_fit_a_phone_with_long_names() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        bo.rename(&"W".repeat(64)).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        phone(&page).await;
        page.open_group(chat, "Hikers").await;
        page.send("Who comes?").await;
        page.until_state("Who comes?", "sent").await;
        let seq = page.messages().await[0].seq;
        bo.connect().await.confirm(chat, seq, seq).await;
        page.js(OPEN_MENU, json!([])).await;
        until_shown(&page, "message-info").await;
        page.click_on("message-info").await;
        until_shown(&page, "info").await;
        page.until("bo", "return $('info-read').querySelector('.info__name') !== null", json!([]))
            .await;
        page.until_calm().await;
        let wide = "return [...$('info').querySelectorAll('*')].filter((e) =>
            shown(e) && e.getBoundingClientRect().right > innerWidth).map((e) => e.className)";
        assert_eq!(page.js(wide, json!([])).await, json!([]));
    });
}

#[test]
fn names_in_the_info_are_whole_on_a_phone_and_stand_beside_the_pictures() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        bo.rename("Bo Marius Hansen").await;
        cy.rename("نور الهدى").await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        phone(&page).await;
        page.open_group(chat, "Hikers").await;
        page.send("Who comes?").await;
        page.until_state("Who comes?", "sent").await;
        let seq = page.messages().await[0].seq;
        bo.connect().await.confirm(chat, seq, seq).await;
        page.js(OPEN_MENU, json!([])).await;
        until_shown(&page, "message-info").await;
        page.click_on("message-info").await;
        until_lists(
            &page,
            json!([["read", "1", ["Bo Marius Hansen"]], ["pending", "1", ["نور الهدى"]]]),
        )
        .await;
        page.until_calm().await;
        let names = "return [...$('info').querySelectorAll('.info__name')].map((name) => [
            name.scrollWidth > name.clientWidth,
            Math.round(name.getBoundingClientRect().left
                - name.parentElement.firstElementChild.getBoundingClientRect().right)])";
        let beside = json!([[false, 12], [false, 12]]);
        page.until_is("the names", names, json!([]), beside).await;
    });
}

#[test]
fn a_notification_says_who_wrote_in_which_group() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        let stand_in = "window.told = []
            window.Notification = class extends EventTarget {
                static get permission() { return 'granted' }
                constructor(title, options) { super(); told.push([title, options.body]) }
                close() {}
            }
            Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
            document.hasFocus = () => false";
        page.js(stand_in, json!([])).await;
        cy.connect().await.say(chat, "Look *here*").await;
        let told =
            "return told.map((words) => words.map((it) => it.replace(/[\\u2068\\u2069]/g, '')))";
        page.until_is("the notification", told, json!([]), json!([["Hikers", "cy: Look here"]]))
            .await;
    });
}

#[test]
fn the_settings_say_that_read_receipts_of_groups_are_always_on() {
    run(|world: World| async move {
        let [ana] = world.server.users(["ana"]).await;
        let page = world.browser_of(&ana).await;
        page.open_settings().await;
        let said =
            "return $('settings-panel').textContent.includes('In groups they are always on.')";
        page.until("the line", said, json!([])).await;
    });
}
