//! axe-core on every screen about groups, in both themes, on desk and phone, and in Arabic.

use serde_json::json;
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    group_members::open_panel,
    kit::{Browser, World, phone, run, until_gone, until_shown},
};

/// Both steps of making a group.
async fn making(auditor: &mut Auditor, page: &Browser, where_: &str) {
    page.click_on("group").await;
    until_shown(page, "picker-option").await;
    // The second time, the dialog still has what was chosen the first time.
    if page.js("return all('picker-chip').length", json!([])).await == 0 {
        page.press(Key::Enter).await;
    }
    page.until("a chip", "return all('picker-chip').length === 1", json!([])).await;
    auditor.audit(&format!("choosing people, {where_}")).await;
    page.keys("zzz").await;
    page.until("no one", "return all('picker-option').length === 0", json!([])).await;
    auditor.audit(&format!("finding no one, {where_}")).await;
    page.press(Key::Escape).await;
    page.click_on("new-group-go").await;
    page.until_focus("new-group-name").await;
    page.click_on("new-group-more").await;
    page.click_on("new-group-go").await;
    page.until_focus("new-group-name").await;
    auditor.audit(&format!("naming a group, {where_}")).await;
    page.click_on("new-group-close").await;
    until_gone(page, "new-group-dialog").await;
}

/// The panel of a group, its fields, menus and dialogs.
async fn managing(auditor: &mut Auditor, page: &Browser, where_: &str) {
    open_panel(page, "Family").await;
    until_shown(page, "member").await;
    auditor.audit(&format!("the panel of a group, {where_}")).await;
    page.click_on("edit-group-title").await;
    page.click_on("edit-group-description").await;
    until_shown(page, "group-description-field").await;
    auditor.audit(&format!("editing a group, {where_}")).await;
    page.press(Key::Escape).await;
    page.click("bob", "return all('member').find((e) => e.dataset.name === 'bob')", json!([]))
        .await;
    until_shown(page, "member-remove").await;
    auditor.audit(&format!("the menu of a member, {where_}")).await;
    page.press(Key::Escape).await;
    until_gone(page, "member-remove").await;
    page.click_on("add-members").await;
    until_shown(page, "picker-option").await;
    auditor.audit(&format!("adding members, {where_}")).await;
    page.click_on("add-dialog-close").await;
    until_gone(page, "add-dialog").await;
    page.click_on("leave-group").await;
    until_shown(page, "name-admin").await;
    auditor.audit(&format!("naming another admin, {where_}")).await;
    page.click_on("name-admin-close").await;
    until_gone(page, "name-admin").await;
    page.click_on("contact-info-close").await;
    until_gone(page, "contact-info").await;
    page.click_on("back").await;
}

#[test]
fn no_problem_in_making_and_managing_groups() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob, carol, _dave] =
            world.server.users(["alice", "bob", "carol", "dave"]).await;
        alice.make_group("Family", &[&bob, &carol]).await;
        let page = world.browser_of(&alice).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        making(&mut auditor, &page, "desk").await;
        phone(&page).await;
        making(&mut auditor, &page, "phone").await;
        managing(&mut auditor, &page, "phone").await;
        auditor.report();
    });
}

#[test]
fn no_problem_in_groups_in_arabic_and_after_leaving() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let chat = alice.make_group("Family", &[&bob, &carol]).await;
        let page = world.browser_of(&alice).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        page.open_settings().await;
        let arabic = "const e = $('language-ar'); return e.closest('label') ?? e";
        page.click("Arabic", arabic, json!([])).await;
        page.until("Arabic", "return document.dir === 'rtl'", json!([])).await;
        page.driver.back().await.unwrap();
        until_gone(&page, "settings-panel").await;
        making(&mut auditor, &page, "Arabic").await;
        phone(&page).await;
        managing(&mut auditor, &page, "Arabic on a phone").await;
        let path = format!("/api/chats/{chat}/members/{}", alice.id);
        world.server.act(&alice, "DELETE", &path, &json!(null)).await;
        open_panel(&page, "Family").await;
        until_shown(&page, "former-notice").await;
        auditor.audit("a former member, Arabic on a phone").await;
        page.resize(1280, 800).await;
        auditor.audit("a former member, Arabic").await;
        page.click_on("contact-info-close").await;
        page.pick("bob").await;
        page.click_on("contact").await;
        until_shown(&page, "new-group-with").await;
        auditor.audit("a person, Arabic").await;
        auditor.report();
    });
}

#[test]
fn no_problem_with_mentions() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let chat = alice.make_group("Family", &[&bob, &carol]).await;
        let mut from_bob = bob.connect().await;
        for _ in 0..30 {
            from_bob.say(chat, "words").await;
        }
        from_bob.say(chat, &format!("<@{}> and <@{}>", alice.id, carol.id)).await;
        let page = world.browser_of(&alice).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        page.until_badge("Family", "31").await;
        auditor.audit("a mention in the list").await;
        page.open_group(chat, "Family").await;
        until_shown(&page, "mention-jump").await;
        auditor.audit("the button to a mention").await;
        page.click_on("mention-jump").await;
        until_gone(&page, "mention-jump").await;
        page.until_calm().await;
        auditor.audit("mentions in the chat").await;
        page.write("@").await;
        until_shown(&page, "mention-list").await;
        auditor.audit("the list of members").await;
        phone(&page).await;
        page.keys("c").await;
        auditor.audit("the list of members, phone").await;
        auditor.report();
    });
}
