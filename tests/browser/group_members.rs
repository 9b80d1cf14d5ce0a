//! Who is in a group, in its panel: everything that one person does is seen live by the others.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, User, World, eventually, phone, run, until_gone, until_shown};

/// Opens the panel of a group that is in the list.
pub(crate) async fn open_panel(page: &Browser, title: &str) {
    let row = "return rowOf(arguments[0])";
    page.click(&format!("{title} in the list"), row, json!([title])).await;
    let open = "return $('chat-title').textContent === arguments[0]";
    page.until(&format!("the chat {title}"), open, json!([title])).await;
    page.click_on("contact").await;
    until_shown(page, "contact-info-close").await;
    page.until_calm().await;
}

/// Waits until the panel lists these members, in order. A star stands after admins.
pub(crate) async fn until_members(page: &Browser, names: &[&str]) {
    let there = "const rows = all('member').filter(shown).map((row) =>
            row.dataset.name + (shown(row.querySelector('[data-test=member-admin]')) ? '*' : ''))
        return JSON.stringify(rows) === arguments[0]";
    page.until(&format!("members {names:?}"), there, json!([json!(names).to_string()])).await;
}

/// Opens the menu of a member.
async fn open_menu(page: &Browser, name: &str) {
    let row = "return all('member').find((row) => row.dataset.name === arguments[0])";
    page.click(&format!("the member {name}"), row, json!([name])).await;
    until_shown(page, "member-message").await;
}

/// A group of three, with its panel open on the screens of Alice, its admin, and Bob.
pub(crate) async fn screens(world: &World) -> (i64, [User; 3], [Browser; 2]) {
    let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
    let chat = alice.make_group("Family", &[&bob, &carol]).await;
    let pages = [world.browser_of(&alice).await, world.browser_of(&bob).await];
    for page in &pages {
        open_panel(page, "Family").await;
    }
    until_members(&pages[0], &["alice*", "bob", "carol"]).await;
    until_members(&pages[1], &["bob", "alice*", "carol"]).await;
    (chat, [alice, bob, carol], pages)
}

#[test]
fn members_are_added_promoted_demoted_and_removed_and_others_see_it_live() {
    run(|world: World| async move {
        let (chat, [alice, _, carol], [hers, his]) = screens(&world).await;
        let [dave] = world.server.users(["dave"]).await;
        hers.click_on("add-members").await;
        hers.until_focus("picker-field").await;
        let inside = "const row = all('picker-option').find((e) => e.dataset.name === 'bob')
            return row?.getAttribute('aria-disabled') === 'true' && row.textContent.includes('Already in the group')";
        hers.until("a member who cannot be chosen", inside, json!([])).await;
        hers.keys("dave").await;
        hers.press(Key::Enter).await;
        hers.click_on("add-dialog-yes").await;
        until_gone(&hers, "add-dialog").await;
        hers.until_focus("add-members").await;
        until_members(&hers, &["alice*", "bob", "carol", "dave"]).await;
        until_members(&his, &["bob", "alice*", "carol", "dave"]).await;
        let count = "return $('member-count').textContent === '4 members' && $('group-size').textContent.includes('4')";
        his.until("the number of members", count, json!([])).await;

        open_menu(&hers, "carol").await;
        hers.click_on("member-promote").await;
        until_members(&his, &["bob", "alice*", "carol*", "dave"]).await;
        open_menu(&hers, "carol").await;
        hers.click_on("member-demote").await;
        until_members(&his, &["bob", "alice*", "carol", "dave"]).await;
        open_menu(&hers, "carol").await;
        hers.click_on("member-remove").await;
        until_shown(&hers, "confirm").await;
        hers.click_on("confirm-no").await;
        open_menu(&hers, "carol").await;
        hers.click_on("member-remove").await;
        hers.click_on("confirm-yes").await;
        until_members(&hers, &["alice*", "bob", "dave"]).await;
        until_members(&his, &["bob", "alice*", "dave"]).await;
        assert_eq!(world.server.members(&alice, chat).await, ["alice*", "bob", "dave"]);
        for page in [&hers, &his] {
            page.reload().await;
            page.until_ready().await;
        }
        open_panel(&his, "Family").await;
        until_members(&his, &["bob", "alice*", "dave"]).await;

        // Somebody who was removed and is added again sees the members of now.
        let (status, _) = world
            .server
            .act(
                &alice,
                "POST",
                &format!("/api/chats/{chat}/members"),
                &json!({ "user_ids": [carol.id] }),
            )
            .await;
        assert_eq!(status, 200);
        until_members(&his, &["bob", "alice*", "carol", "dave"]).await;
        let _ = dave;
    });
}

#[test]
fn a_member_without_rights_is_offered_only_what_the_server_allows() {
    run(|world: World| async move {
        let (chat, [alice, bob, _], [_, his]) = screens(&world).await;
        for test in [
            "add-members",
            "edit-group-title",
            "edit-group-description",
            "group-picture",
            "switch-group-write",
        ] {
            until_gone(&his, test).await;
        }
        open_menu(&his, "alice").await;
        let items = "return all('member-menu').flatMap((e) => [...e.querySelectorAll('[role=menuitem]')]).map((e) => e.dataset.test)";
        assert_eq!(his.js(items, json!([])).await, json!(["member-info", "member-message"]));
        his.press(Key::Escape).await;

        // Promoted while the panel is open: everything appears, and goes again.
        let path = format!("/api/chats/{chat}/members/{}", bob.id);
        world.server.act(&alice, "PATCH", &path, &json!({ "role": "admin" })).await;
        for test in ["add-members", "edit-group-title", "group-picture", "switch-group-write"] {
            until_shown(&his, test).await;
        }
        his.click_on("edit-group-title").await;
        until_shown(&his, "group-title-field").await;
        world.server.act(&alice, "PATCH", &path, &json!({ "role": "member" })).await;
        for test in ["add-members", "group-title-field", "group-picture", "switch-group-write"] {
            until_gone(&his, test).await;
        }
        his.click(
            "alice",
            "return all('member').find((e) => e.dataset.name === 'alice')",
            json!([]),
        )
        .await;
        his.click_on("member-message").await;
        let open = "return $('chat-title').textContent === 'alice' && !$('contact-info')";
        his.until("the chat with the member", open, json!([])).await;
    });
}

#[test]
fn someone_removed_meanwhile_is_told_so_and_can_only_delete_the_chat() {
    run(|world: World| async move {
        let (chat, [alice, bob, _], [_, his]) = screens(&world).await;
        let path = format!("/api/chats/{chat}/members/{}", bob.id);
        let (status, _) = world.server.act(&alice, "DELETE", &path, &json!(null)).await;
        assert_eq!(status, 204);
        until_shown(&his, "former-notice").await;
        for test in ["members", "leave-group", "add-members", "member"] {
            until_gone(&his, test).await;
        }
        his.reload().await;
        his.until_ready().await;
        open_panel(&his, "Family").await;
        until_shown(&his, "former-notice").await;

        let again = json!({ "user_ids": [bob.id] });
        let path = format!("/api/chats/{chat}/members");
        world.server.act(&alice, "POST", &path, &again).await;
        until_members(&his, &["bob", "alice*", "carol"]).await;
        until_gone(&his, "former-notice").await;
    });
}

#[test]
fn the_members_are_reached_by_keyboard_and_on_a_phone() {
    run(|world: World| async move {
        let (chat, [alice, ..], [hers, _]) = screens(&world).await;
        hers.js("$('add-members').focus()", json!([])).await;
        hers.press(Key::Tab).await;
        let on = "return document.activeElement.dataset.name === arguments[0]";
        hers.until("the first member with a menu", on, json!(["bob"])).await;
        hers.press(Key::Down).await;
        hers.until("the next one", on, json!(["carol"])).await;
        hers.press(Key::Down).await;
        hers.until("the last one stays", on, json!(["carol"])).await;
        hers.press(Key::Enter).await;
        hers.until_focus("member-info").await;
        hers.press(Key::Down).await;
        hers.until_focus("member-message").await;
        hers.press(Key::Down).await;
        hers.until_focus("member-promote").await;
        hers.press(Key::Enter).await;
        hers.until("the focus back on the member", on, json!(["carol"])).await;
        let promoted =
            async || world.server.members(&alice, chat).await == ["alice*", "bob", "carol*"];
        eventually("an admin more", promoted).await;

        phone(&hers).await;
        hers.until_calm().await;
        let sizes = "return [...$('contact-info').querySelectorAll('button, a, input')].filter(shown)
            .filter((e) => !e.matches('.switch, .group-picture__button, [type=file]') && e.getBoundingClientRect().height < 44)
            .map((e) => e.dataset.test)";
        assert_eq!(hers.js(sizes, json!([])).await, json!([]), "large enough for fingers");
        let wide = "const e = document.querySelector('.panel__body'); return e.scrollWidth > e.clientWidth";
        assert_eq!(hers.js(wide, json!([])).await, false, "nothing is wider than the phone");
        open_menu(&hers, "bob").await;
        hers.click_on("member-remove").await;
        hers.click_on("confirm-yes").await;
        until_members(&hers, &["alice*", "carol*"]).await;
    });
}

/// The number of members in the heading.
async fn until_count(page: &Browser, words: &str) {
    page.until_is("the heading", "return $('member-count').textContent", json!([]), json!(words))
        .await;
}

/// Of more than ten people who come at once there are no rows of members, only the line.
#[test]
fn many_who_are_added_at_once_are_listed_live_and_after_an_absence() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let first = world
            .server
            .users(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b1", "b2"])
            .await;
        let later = world
            .server
            .users(["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "d1", "d2"])
            .await;
        let chat = alice.make_group("Family", &[&bob]).await;
        let add = async |users: &[User]| {
            let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
            let path = format!("/api/chats/{chat}/members");
            alice.ask("POST", &path, &json!({ "user_ids": ids })).await;
        };
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &bob).await;
        open_panel(&page, "Family").await;
        until_count(&page, "2 members").await;
        add(&first).await;
        until_count(&page, "13 members").await;
        proxy.close();
        page.until_connection("offline").await;
        add(&later).await;
        alice.remove_member(chat, &first[0]).await;
        proxy.open();
        until_count(&page, "23 members").await;
        // Added again before anybody wrote: the stay goes on, but changes of the others were missed.
        alice.remove_member(chat, &bob).await;
        until_shown(&page, "former-notice").await;
        alice.remove_member(chat, &first[1]).await;
        alice.add_member(chat, &bob).await;
        until_count(&page, "22 members").await;
    });
}
