//! Title, description, picture and rules of a group in its panel, leaving it, and deleting it.

use serde_json::json;
use thirtyfour::{By, Key};

use crate::{
    group_members::{open_panel, screens, until_members},
    kit::{Browser, World, eventually, run, until_gone, until_shown},
};

/// Waits until the panel and the list show this title.
async fn until_title(page: &Browser, title: &str) {
    let there = "return $('group-title-value')?.textContent === arguments[0]
        && $('chat-title').textContent === arguments[0]";
    page.until(&format!("the title {title}"), there, json!([title])).await;
}

#[test]
fn title_description_and_picture_change_in_place_and_live_for_others() {
    run(|world: World| async move {
        let (_, [_, bob, _], [hers, his]) = screens(&world).await;
        hers.click_on("edit-group-title").await;
        hers.until_focus("group-title-field").await;
        hers.insert("The family").await;
        hers.press(Key::Enter).await;
        until_title(&hers, "The family").await;
        hers.until_focus("edit-group-title").await;
        until_title(&his, "The family").await;

        hers.click_on("edit-group-description").await;
        hers.until_focus("group-description-field").await;
        hers.keys("First").await;
        hers.press(Key::Enter).await;
        hers.keys("second").await;
        hers.press_with(Key::Control, Key::Enter).await;
        let told = "return $('group-description-value').innerText === 'First\\nsecond'";
        hers.until("the description", told, json!([])).await;
        his.until("the description for him", told, json!([])).await;

        let folder = tempfile::tempdir().unwrap();
        let photo = folder.path().join("photo.png");
        image::RgbImage::from_pixel(600, 400, image::Rgb([200, 30, 30])).save(&photo).unwrap();
        let input = hers.driver.find(By::Css("[data-test=group-picture-file]")).await.unwrap();
        input.send_keys(photo.to_str().unwrap()).await.unwrap();
        hers.click_on("crop-save").await;
        let drawn = "return $('contact-avatar').querySelector('img')?.complete === true";
        hers.until("the picture", drawn, json!([])).await;
        his.until("the picture for him", drawn, json!([])).await;
        his.reload().await;
        his.until_ready().await;
        open_panel(&his, "The family").await;
        his.until("the picture after a reload", drawn, json!([])).await;
        his.until("the description after a reload", told, json!([])).await;
        hers.click_on("group-picture").await;
        hers.click_on("group-picture-remove").await;
        let tile = "return !$('contact-avatar').querySelector('img') && shown($('contact-avatar').querySelector('.tile'))";
        hers.until("the tile again", tile, json!([])).await;
        his.until("the tile for him", tile, json!([])).await;
        let groups = world.server.groups_of(&bob).await;
        assert_eq!(
            [&groups[0]["title"], &groups[0]["picture"]],
            [&json!("The family"), &json!(null)]
        );
    });
}

#[test]
fn a_refused_title_keeps_what_was_typed_and_says_why() {
    run(|world: World| async move {
        let (_, _, [hers, _]) = screens(&world).await;
        hers.click_on("edit-group-title").await;
        hers.until_focus("group-title-field").await;
        hers.insert(&"W".repeat(120)).await;
        hers.press(Key::Enter).await;
        let said = "return $('group-title-error').textContent.includes('100 characters')
            && $('group-title-field').value.length === 120";
        hers.until("the reason", said, json!([])).await;
        hers.press(Key::Escape).await;
        until_title(&hers, "Family").await;
    });
}

#[test]
fn rules_change_by_switch_and_decide_what_others_are_offered() {
    run(|world: World| async move {
        let (chat, [alice, ..], [hers, his]) = screens(&world).await;
        let rule = async |name: &str| {
            let groups = world.server.groups_of(&alice).await;
            groups[0][name].as_str().unwrap().to_owned()
        };
        hers.click_on("switch-group-write").await;
        eventually("only admins write", async || rule("who_may_write").await == "admins").await;
        his.until(
            "a closed composer",
            "return !shown($('composer')) || $('composer').disabled",
            json!([]),
        )
        .await;
        hers.click_on("switch-group-history").await;
        eventually("history for all", async || rule("history_for_newcomers").await == "all").await;
        hers.click_on("switch-group-change").await;
        until_shown(&his, "edit-group-title").await;
        until_gone(&his, "switch-group-change").await;
        his.click_on("edit-group-title").await;
        his.until_focus("group-title-field").await;
        his.insert("Ours").await;
        his.press(Key::Enter).await;
        until_title(&hers, "Ours").await;

        // A switch follows a change from elsewhere.
        let on = "return $('switch-group-write').getAttribute('aria-checked') === arguments[0]";
        hers.until("on", on, json!(["true"])).await;
        let path = format!("/api/chats/{chat}");
        world.server.act(&alice, "PATCH", &path, &json!({ "who_may_write": "all" })).await;
        hers.until("off", on, json!(["false"])).await;
    });
}

#[test]
fn a_member_leaves_sees_so_and_deletes_the_chat() {
    run(|world: World| async move {
        let (chat, [alice, ..], [hers, his]) = screens(&world).await;
        his.click_on("leave-group").await;
        until_shown(&his, "confirm").await;
        his.press(Key::Escape).await;
        his.until_focus("leave-group").await;
        his.click_on("leave-group").await;
        his.click_on("confirm-yes").await;
        until_shown(&his, "former-notice").await;
        until_members(&hers, &["alice*", "carol"]).await;
        assert_eq!(world.server.members(&alice, chat).await, ["alice*", "carol"]);
        his.click_on("contact-delete").await;
        let words =
            "return shown($('confirm')) && $('confirm').textContent.includes('Delete “Family”?')";
        his.until("the question", words, json!([])).await;
        his.click_on("confirm-yes").await;
        let gone = "return !$('contact-info') && !shown($('confirm'))";
        his.until("the panel closed", gone, json!([])).await;
        his.until("no row", "return rowOf('Family') === undefined", json!([])).await;
    });
}

#[test]
fn the_last_admin_is_first_asked_to_name_another() {
    run(|world: World| async move {
        let (chat, [_, bob, _], [hers, his]) = screens(&world).await;
        hers.click_on("leave-group").await;
        until_shown(&hers, "name-admin").await;
        hers.until_focus("picker-field").await;
        let offered = "return all('picker-option').map((e) => e.dataset.name).sort().join()";
        assert_eq!(
            hers.js(offered, json!([])).await,
            "bob,carol",
            "the other members, and only they"
        );
        hers.keys("carol").await;
        hers.press(Key::Enter).await;
        hers.click_on("name-admin-yes").await;
        until_shown(&hers, "former-notice").await;
        until_members(&his, &["bob", "carol*"]).await;
        assert_eq!(world.server.members(&bob, chat).await, ["bob", "carol*"]);
    });
}

#[test]
fn a_last_admin_who_names_no_one_leaves_the_group_to_its_oldest_member() {
    run(|world: World| async move {
        let (_, _, [hers, his]) = screens(&world).await;
        hers.click_on("leave-group").await;
        until_shown(&hers, "name-admin").await;
        hers.click_on("name-admin-yes").await;
        until_shown(&hers, "former-notice").await;
        let admins =
            "return all('member-admin').filter(shown).length === 1 && all('member').length === 2";
        his.until("a new admin", admins, json!([])).await;
    });
}

#[test]
fn a_title_whose_answer_was_lost_closes_its_field_when_it_comes() {
    run(|world: World| async move {
        let (chat, [alice, ..], [hers, _]) = screens(&world).await;
        let lose = "const real = window.fetch
            window.fetch = (path, options) => options?.method === 'PATCH'
              ? Promise.reject(new TypeError('the request is lost')) : real(path, options)";
        hers.js(lose, json!([])).await;
        hers.click_on("edit-group-title").await;
        hers.until_focus("group-title-field").await;
        hers.insert("The family").await;
        hers.press(Key::Enter).await;
        until_shown(&hers, "group-title-error").await;
        // Another change leaves the field open.
        alice.change_group(chat, &json!({ "title": "Family of five" })).await;
        let beside = "return $('chat-title').textContent === 'Family of five' && shown($('group-title-field'))
            && shown($('group-title-error')) && $('group-title-field').value === 'The family'";
        hers.until("the field still open", beside, json!([])).await;
        alice.change_group(chat, &json!({ "title": "The family" })).await;
        until_title(&hers, "The family").await;
        until_gone(&hers, "group-title-field").await;
        until_gone(&hers, "group-title-error").await;
    });
}

#[test]
fn addresses_in_a_description_are_links() {
    run(|world: World| async move {
        let (chat, [alice, ..], [_, his]) = screens(&world).await;
        let about = "Plan: https://example.org/plan\n<b>or</b> www.example.com, https://apple.com⁄@evil.example";
        alice.change_group(chat, &json!({ "description": about })).await;
        let links = "const value = $('group-description-value')
            return [...value.querySelectorAll('*')].map((e) => [e.localName, e.href ?? e.textContent, e.rel ?? ''])";
        let rel = "noopener noreferrer";
        let until = "return $('group-description-value').textContent.startsWith('Plan')";
        his.until("the description", until, json!([])).await;
        let got = his.js(links, json!([])).await;
        assert_eq!(got[0], json!(["a", "https://example.org/plan", rel]));
        assert_eq!(got[1], json!(["a", "https://www.example.com/", rel]));
        assert_eq!(got[2][0], "a");
        assert_eq!(got[3], json!(["bdi", "evil.example", ""]), "what could deceive shows its host");
        let whole = "return $('group-description-value').innerText.includes('<b>or</b>')";
        assert_eq!(his.js(whole, json!([])).await, true);
    });
}

#[test]
fn a_panel_whose_head_is_out_of_sight_says_whose_it_is() {
    run(|world: World| async move {
        let (chat, [alice, ..], [hers, _]) = screens(&world).await;
        let bar = "const bar = $('contact-info-bar')
            return [shown(bar), bar.textContent, $('contact-info').getAttribute('aria-label')]";
        for (width, height) in [(1280, 420), (375, 420)] {
            hers.resize(width, height).await;
            let to = "document.querySelector('.panel__body').scrollTop = arguments[0]";
            hers.js(to, json!([0])).await;
            let named = json!([false, "Family", "Family"]);
            hers.until_is("no bar at the head", bar, json!([]), named).await;
            hers.js(to, json!([300])).await;
            let named = json!([true, "Family", "Family"]);
            hers.until_is("the bar", bar, json!([]), named).await;
            // The button stands on the bar, so nothing that scrolls is cut by it.
            let over = "const [bar, close] = ['contact-info-bar', 'contact-info-close']
                .map((name) => $(name).getBoundingClientRect())
                return bar.top <= close.top && close.bottom <= bar.bottom && bar.width >= 359";
            assert_eq!(hers.js(over, json!([])).await, true);
        }
        alice.change_group(chat, &json!({ "title": "The family" })).await;
        let named = json!([true, "The family", "The family"]);
        hers.until_is("the new title", bar, json!([]), named).await;
    });
}
