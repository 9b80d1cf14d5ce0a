//! The ways from the menus of a group to its panel, to the panels of its members, and out of it.

use serde_json::json;
use thirtyfour::Key;

use crate::{
    group_members::{open_panel, screens, until_members},
    kit::{Browser, World, phone, run, until_gone, until_shown},
};

/// The items of the open menu of a chat.
const ITEMS: &str = "return [...$('chat-menu-box').querySelectorAll('[role=menuitem]')]
    .map((e) => e.dataset.test.replace('chat-menu-', ''))";
const ON_MEMBER: &str = "return document.activeElement.dataset.name === arguments[0]";

pub(crate) async fn member(page: &Browser, name: &str) {
    let row = "return all('member').find((row) => row.dataset.name === arguments[0])";
    page.click(&format!("the member {name}"), row, json!([name])).await;
    until_shown(page, "member-info").await;
}

/// Waits until the panel of this person lies over that of the group.
async fn until_person(page: &Browser, name: &str) {
    let there = "return $('person-name')?.textContent === arguments[0] && $('contact-info').inert";
    page.until(&format!("the panel of {name}"), there, json!([name])).await;
    page.until_focus("person-info-close").await;
    page.until_calm().await;
}

/// Waits until the panel of the group is the only one.
async fn until_group(page: &Browser) {
    let there = "return !$('person-info') && shown($('contact-info')) && !$('contact-info').inert";
    page.until("the panel of the group", there, json!([])).await;
}

async fn open_header_menu(page: &Browser) {
    page.click_on("chat-menu").await;
    until_shown(page, "chat-menu-box").await;
}

#[test]
fn the_menu_of_a_member_leads_to_their_panel_and_back() {
    run(|world: World| async move {
        let (_, _, [hers, his]) = screens(&world).await;
        let place = "const e = $('person-info') ?? $('contact-info'), { left, top, width, height } = e.getBoundingClientRect()
            return [left, top, width, height].map(Math.round)";
        let before = his.js(place, json!([])).await;
        member(&his, "carol").await;
        his.click_on("member-info").await;
        until_person(&his, "carol").await;
        assert_eq!(his.js(place, json!([])).await, before, "exactly over that of the group");
        his.press(Key::Escape).await;
        until_group(&his).await;
        his.until("the focus back on the member", ON_MEMBER, json!(["carol"])).await;

        // By keyboard alone, and by Back.
        his.press(Key::Enter).await;
        his.until_focus("member-info").await;
        his.press(Key::Enter).await;
        until_person(&his, "carol").await;
        his.driver.back().await.unwrap();
        until_group(&his).await;
        his.driver.back().await.unwrap();
        until_gone(&his, "contact-info").await;
        let open = "return $('chat-title').textContent === 'Family'";
        assert_eq!(his.js(open, json!([])).await, true, "the chat stays open");

        // On a phone; there the person is removed meanwhile.
        phone(&hers).await;
        hers.until_calm().await;
        member(&hers, "bob").await;
        hers.click_on("member-info").await;
        until_person(&hers, "bob").await;
        hers.click_on("person-info-close").await;
        until_group(&hers).await;
        hers.until("the focus back on the member", ON_MEMBER, json!(["bob"])).await;
        hers.click_on("contact-info-close").await;
        until_gone(&hers, "contact-info").await;
    });
}

#[test]
fn the_panel_of_somebody_who_leaves_leads_back_to_the_group() {
    run(|world: World| async move {
        let (chat, [_, _, carol], [hers, _]) = screens(&world).await;
        member(&hers, "carol").await;
        hers.click_on("member-info").await;
        until_person(&hers, "carol").await;
        carol.remove_member(chat, &carol).await;
        let gone = "return !all('member').some((row) => row.dataset.name === 'carol')";
        hers.until("one member less", gone, json!([])).await;
        hers.press(Key::Escape).await;
        until_group(&hers).await;
        hers.until_focus("contact-info-close").await;
    });
}

#[test]
fn the_menu_of_a_group_begins_with_its_panel_and_ends_with_the_way_out() {
    run(|world: World| async move {
        let (chat, [alice, ..], [_, his]) = screens(&world).await;
        his.click_on("contact-info-close").await;
        until_gone(&his, "contact-info").await;
        open_header_menu(&his).await;
        let items = his.js(ITEMS, json!([])).await;
        assert_eq!([&items[0], items.as_array().unwrap().last().unwrap()], ["info", "leave"]);
        his.click_on("chat-menu-info").await;
        his.until_focus("contact-info-close").await;
        until_members(&his, &["bob", "alice*", "carol"]).await;
        his.press(Key::Escape).await;
        until_gone(&his, "contact-info").await;
        his.until_focus("chat-menu").await;

        // Chosen while the panel is open, it stays open.
        open_panel(&his, "Family").await;
        open_header_menu(&his).await;
        his.click_on("chat-menu-info").await;
        his.until_focus("contact-info-close").await;
        his.until_calm().await;
        assert_eq!(his.js("return all('contact-info').length", json!([])).await, 1);

        open_header_menu(&his).await;
        his.press(Key::End).await;
        his.until_focus("chat-menu-leave").await;
        his.press(Key::Enter).await;
        let asked =
            "return shown($('confirm')) && $('confirm').textContent.includes('Leave “Family”?')";
        his.until("the question", asked, json!([])).await;
        his.click_on("confirm-no").await;
        his.until_focus("chat-menu").await;
        assert_eq!(world.server.members(&alice, chat).await, ["alice*", "bob", "carol"]);
        open_header_menu(&his).await;
        his.click_on("chat-menu-leave").await;
        his.click_on("confirm-yes").await;
        until_shown(&his, "former-notice").await;
        assert_eq!(world.server.members(&alice, chat).await, ["alice*", "carol"]);

        open_header_menu(&his).await;
        let items = his.js(ITEMS, json!([])).await;
        assert_eq!(items[0], "info", "a former member can look at the group");
        assert!(
            !items.as_array().unwrap().contains(&json!("leave")),
            "but leaves no more: {items}"
        );
        his.press(Key::Escape).await;
    });
}

#[test]
fn the_last_admin_names_another_from_the_menu_too() {
    run(|world: World| async move {
        let (chat, [_, bob, _], [hers, _]) = screens(&world).await;
        open_header_menu(&hers).await;
        hers.click_on("chat-menu-leave").await;
        until_shown(&hers, "name-admin").await;
        hers.keys("carol").await;
        hers.press(Key::Enter).await;
        hers.click_on("name-admin-yes").await;
        until_shown(&hers, "former-notice").await;
        assert_eq!(world.server.members(&bob, chat).await, ["bob", "carol*"]);
    });
}
