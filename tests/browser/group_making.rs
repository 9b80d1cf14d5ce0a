//! Making a group: the ways to it, by keyboard, with a picture and rules, once, and without a
//! connection.

use serde_json::{Value, json};
use thirtyfour::{By, Key};

use crate::kit::{Browser, World, eventually, phone, run, until_gone, until_shown};

/// Begins a group with Bob and types its title, so that the second step is open.
async fn begin_with_bob(page: &Browser, title: &str) {
    page.click_on("group").await;
    until_picking(page).await;
    page.keys("bob").await;
    page.press(Key::Enter).await;
    page.click_on("new-group-go").await;
    page.until_focus("new-group-name").await;
    page.keys(title).await;
}

/// Waits until the first step is open, with the focus in its field.
async fn until_picking(page: &Browser) {
    until_shown(page, "new-group-dialog").await;
    page.until_focus("picker-field").await;
}

/// The usernames of the chips, in order.
async fn until_chips(page: &Browser, names: &[&str]) {
    let there =
        "return JSON.stringify(all('picker-chip').map((e) => e.dataset.name)) === arguments[0]";
    page.until(&format!("chips {names:?}"), there, json!([json!(names).to_string()])).await;
}

async fn until_open(page: &Browser, title: &str) {
    let open = "return $('chat-title').textContent === arguments[0] && location.hash.startsWith('#/chats/')";
    page.until(&format!("the open group {title}"), open, json!([title])).await;
}

async fn until_listed(page: &Browser, title: &str) {
    page.until(
        &format!("{title} in the list"),
        "return shown(rowOf(arguments[0]))",
        json!([title]),
    )
    .await;
}

#[test]
fn a_group_is_made_by_keyboard_alone_and_everyone_sees_it() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let (page, his) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        page.press_with(Key::Control, "k").await;
        until_shown(&page, "switcher-option").await;
        page.keys("new gr").await;
        page.until(
            "the command",
            "return all('switcher-option')[0]?.dataset.name === 'New group'",
            json!([]),
        )
        .await;
        page.press(Key::Enter).await;
        until_picking(&page).await;
        page.keys("bo").await;
        page.press(Key::Enter).await;
        until_chips(&page, &["bob"]).await;
        page.keys("CAR").await;
        page.press(Key::Enter).await;
        until_chips(&page, &["bob", "carol"]).await;
        page.press(Key::Backspace).await;
        until_chips(&page, &["bob"]).await;
        page.press(Key::Down).await;
        page.press(Key::Enter).await;
        until_chips(&page, &["bob", "carol"]).await;
        // Left goes to the chips, where Delete takes one back.
        page.press(Key::Left).await;
        page.press(Key::Left).await;
        page.press(Key::Delete).await;
        until_chips(&page, &["carol"]).await;
        page.click_on("picker-field").await;
        page.keys("bob").await;
        page.press(Key::Enter).await;
        until_chips(&page, &["carol", "bob"]).await;
        page.press(Key::Tab).await;
        page.until_focus("new-group-go").await;
        page.press(Key::Enter).await;
        page.until_focus("new-group-name").await;
        page.press(Key::Enter).await;
        let error = "return document.activeElement.getAttribute('aria-invalid') === 'true'";
        page.until("a word about the missing name", error, json!([])).await;
        page.keys("Family").await;
        page.press(Key::Enter).await;
        until_open(&page, "Family").await;
        until_gone(&page, "new-group-dialog").await;
        until_listed(&his, "Family").await;
        let [group] = world.server.groups_of(&alice).await.try_into().ok().unwrap();
        let chat = group["id"].as_i64().unwrap();
        assert_eq!(world.server.members(&carol, chat).await, ["alice*", "bob", "carol"]);
        for page in [&page, &his] {
            page.reload().await;
            page.until_ready().await;
            until_listed(page, "Family").await;
        }
    });
}

#[test]
fn a_new_group_begins_over_the_list_in_the_menu_and_beside_a_person() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.click_on("group").await;
        until_picking(&page).await;
        page.press(Key::Escape).await;
        page.until_focus("group").await;
        page.click_on("menu").await;
        page.click_on("new-group").await;
        until_picking(&page).await;
        until_chips(&page, &[]).await;
        page.click_on("new-group-close").await;
        page.click_on("contact").await;
        let words = "return shown($('new-group-with')) && $('new-group-with').textContent === 'New group with bob'";
        page.until("the way beside a person", words, json!([])).await;
        page.click_on("new-group-with").await;
        until_picking(&page).await;
        until_chips(&page, &["bob"]).await;
        page.click_on("picker-chip").await;
        until_chips(&page, &[]).await;
        page.until_focus("picker-field").await;
    });
}

/// A page on which the answer to the first request for a group gets lost.
const LOSE: &str = "const real = window.fetch; let lost = false; window.tries = 0
    window.fetch = async (path, options) => {
      const answer = await real(path, options)
      if (path === '/api/groups') window.tries += 1
      if (path !== '/api/groups' || lost) return answer
      lost = true
      throw new TypeError('the answer is lost')
    }";

#[test]
fn a_group_whose_answer_is_lost_is_made_once_and_as_it_was_last_wanted() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let page = world.browser_of(&alice).await;
        page.js(LOSE, json!([])).await;
        begin_with_bob(&page, "Famly").await;
        page.click_on("new-group-go").await;
        until_shown(&page, "new-group-error").await;
        assert_eq!(world.server.groups_of(&alice).await.len(), 1, "the server has made it");
        // Corrected before the second attempt: another name, and another person.
        page.click_on("new-group-back").await;
        page.press(Key::Backspace).await;
        page.keys("carol").await;
        page.press(Key::Enter).await;
        until_chips(&page, &["carol"]).await;
        page.click_on("new-group-go").await;
        page.until_focus("new-group-name").await;
        page.js("$('new-group-name').select()", json!([])).await;
        page.insert("Family").await;
        page.click_on("new-group-go").await;
        until_open(&page, "Family").await;
        assert_eq!(page.js("return window.tries", json!([])).await, 2);
        let [group] = world.server.groups_of(&alice).await.try_into().ok().unwrap();
        assert_eq!(group["title"], "Family");
        let chat = group["id"].as_i64().unwrap();
        assert_eq!(world.server.members(&alice, chat).await, ["alice*", "carol"]);
        assert!(world.server.members(&carol, chat).await.contains(&"carol".to_owned()));
        let _ = bob;
    });
}

#[test]
fn without_a_connection_the_dialog_says_so_and_keeps_what_was_entered() {
    run(|world: World| async move {
        let [alice, _bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        begin_with_bob(&page, "Later").await;
        world.server.stop().await;
        until_shown(&page, "new-group-offline").await;
        let count = "const real = window.fetch; window.failed = 0
            window.fetch = (...asked) => real(...asked).catch((error) => {
              if (asked[0] === '/api/groups') window.failed += 1
              throw error
            })";
        page.js(count, json!([])).await;
        page.click_on("new-group-go").await;
        let tried = "return window.failed === 1 && $('new-group-go').getAttribute('aria-disabled') === 'false'";
        page.until("the end of the attempt", tried, json!([])).await;
        let once = "return [shown($('new-group-offline')), shown($('new-group-error'))]";
        assert_eq!(page.js(once, json!([])).await, json!([true, false]), "said once");
        // Closed by mistake: what was entered is still there.
        page.press(Key::Escape).await;
        page.until_focus("picker-field").await;
        page.press(Key::Escape).await;
        until_gone(&page, "new-group-dialog").await;
        world.server.start_again().await;
        page.until_connection("online").await;
        page.click_on("group").await;
        until_picking(&page).await;
        until_chips(&page, &["bob"]).await;
        page.click_on("new-group-go").await;
        let kept = "return $('new-group-name').value === 'Later'";
        page.until("the name from before", kept, json!([])).await;
        until_gone(&page, "new-group-offline").await;
        page.click_on("new-group-go").await;
        until_open(&page, "Later").await;
        // The next group begins empty.
        page.click_on("group").await;
        until_picking(&page).await;
        until_chips(&page, &[]).await;
    });
}

#[test]
fn a_group_is_made_on_a_phone_with_a_picture_a_description_and_rules() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        phone(&page).await;
        page.click_on("group").await;
        until_picking(&page).await;
        page.until_calm().await;
        let fits = "const { left, right, bottom } = $('new-group-dialog').getBoundingClientRect()
            return left === 0 && right === innerWidth && Math.round(bottom) === innerHeight
                && all('picker-option').every((row) => row.getBoundingClientRect().height >= 44)";
        assert_eq!(page.js(fits, json!([])).await, true, "a sheet with rows for fingers");
        page.click(
            "bob",
            "return all('picker-option').find((e) => e.dataset.name === 'bob')",
            json!([]),
        )
        .await;
        until_chips(&page, &["bob"]).await;
        page.click_on("new-group-go").await;
        let folder = tempfile::tempdir().unwrap();
        let photo = folder.path().join("photo.png");
        image::RgbImage::from_pixel(600, 400, image::Rgb([200, 30, 30])).save(&photo).unwrap();
        let input = page.driver.find(By::Css("[data-test=new-group-picture-file]")).await.unwrap();
        input.send_keys(photo.to_str().unwrap()).await.unwrap();
        page.click_on("crop-save").await;
        let drawn = "return $('new-group-dialog').querySelector('.avatar img')?.complete";
        page.until("the picture in the dialog", drawn, json!([])).await;
        page.click_on("new-group-name").await;
        page.insert("Choir").await;
        page.click_on("new-group-about").await;
        page.insert("Tuesdays at eight").await;
        page.click_on("new-group-more").await;
        page.click_on("switch-new-group-write").await;
        page.click_on("switch-new-group-history").await;
        page.click_on("new-group-go").await;
        until_open(&page, "Choir").await;
        let rules = json!({
            "title": "Choir", "description": "Tuesdays at eight", "who_may_write": "admins",
            "who_may_change": "admins", "history_for_newcomers": "all",
        });
        let as_wanted = async || {
            let groups = world.server.groups_of(&bob).await;
            let same = |(name, value): (&String, &Value)| groups[0][name] == *value;
            groups.len() == 1
                && groups[0]["picture"].is_string()
                && rules.as_object().unwrap().iter().all(same)
        };
        eventually("the group with its picture and rules", as_wanted).await;
    });
}

#[test]
fn an_error_of_the_network_goes_when_the_connection_is_back() {
    run(|world: World| async move {
        let [alice, _bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        page.js(LOSE, json!([])).await;
        begin_with_bob(&page, "Later").await;
        page.click_on("new-group-go").await;
        until_shown(&page, "new-group-error").await;
        world.server.stop().await;
        until_shown(&page, "new-group-offline").await;
        until_gone(&page, "new-group-error").await;
        world.server.start_again().await;
        page.until_connection("online").await;
        until_gone(&page, "new-group-offline").await;
        until_gone(&page, "new-group-error").await;
        page.click_on("new-group-go").await;
        until_open(&page, "Later").await;
    });
}

#[test]
fn back_goes_from_the_second_step_to_the_first_and_then_closes() {
    run(|world: World| async move {
        let [alice, _bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        phone(&page).await;
        for way in ["back", "escape", "arrow"] {
            page.click_on("group").await;
            until_picking(&page).await;
            if way == "back" {
                page.keys("bob").await;
                page.press(Key::Enter).await;
            }
            until_chips(&page, &["bob"]).await;
            page.click_on("new-group-go").await;
            page.until_focus("new-group-name").await;
            page.keys(way).await;
            match way {
                "back" => drop(page.js("history.back()", json!([])).await),
                "escape" => page.press(Key::Escape).await,
                _ => page.click_on("new-group-back").await,
            }
            page.until_focus("picker-field").await;
            until_chips(&page, &["bob"]).await;
            page.click_on("new-group-go").await;
            page.until_focus("new-group-name").await;
            let kept = "return $('new-group-name').value.endsWith(arguments[0])";
            page.until("what was typed", kept, json!([way])).await;
            page.js("history.back()", json!([])).await;
            page.until_focus("picker-field").await;
            page.js("history.back()", json!([])).await;
            until_gone(&page, "new-group-dialog").await;
            page.until("the list", "return shown($('filter'))", json!([])).await;
        }
    });
}

#[test]
fn a_picture_that_is_not_saved_with_its_group_can_be_tried_again() {
    run(|world: World| async move {
        let [alice, _bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        begin_with_bob(&page, "Family").await;
        let folder = tempfile::tempdir().unwrap();
        let photo = folder.path().join("photo.png");
        image::RgbImage::from_pixel(600, 400, image::Rgb([200, 30, 30])).save(&photo).unwrap();
        let input = page.driver.find(By::Css("[data-test=new-group-picture-file]")).await.unwrap();
        input.send_keys(photo.to_str().unwrap()).await.unwrap();
        page.click_on("crop-save").await;
        until_gone(&page, "crop-save").await;
        let lose = "const real = window.fetch; let lost = false
            window.fetch = (path, options) => {
              if (lost || !path.endsWith('/picture')) return real(path, options)
              lost = true
              return Promise.reject(new TypeError('the request is lost'))
            }";
        page.js(lose, json!([])).await;
        page.click_on("new-group-go").await;
        until_open(&page, "Family").await;
        let said = "return $('toast')?.textContent.includes('The picture was not saved.')";
        page.until("what failed", said, json!([])).await;
        page.click("the way out", "return $('toast').querySelector('button')", json!([])).await;
        let drawn = "return document.querySelector('.chat-header img')?.complete === true";
        page.until("the picture", drawn, json!([])).await;
        let groups = world.server.groups_of(&alice).await;
        assert!(groups[0]["picture"].is_string(), "{groups:?}");
    });
}
