//! Where things stand in a group, and where Back leads.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    group_members::open_panel,
    kit::{World, phone, run, until_shown},
};

#[test]
fn back_leads_to_the_list_after_joining_by_a_link_from_elsewhere() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        let chat = ana.make_group("Hikers", &[]).await;
        let answer = ana.ask("POST", &format!("/api/chats/{chat}/invite"), &Value::Null).await;
        let link = format!("/#/join/{}", answer["token"].as_str().unwrap());
        let page = world.browser_of(&bo).await;
        phone(&page).await;
        // The link is the first page of Chaap in this history, as when a mail led there.
        page.driver.goto("data:,").await.unwrap();
        page.open(&link).await;
        until_shown(&page, "join").await;
        page.click_on("join").await;
        let open = "return $('chat-title')?.textContent === 'Hikers' && shown($('composer'))";
        page.until("the chat", open, json!([])).await;
        page.driver.back().await.unwrap();
        let list = "return location.hash === '#/' && shown($('chat-row')) && !shown($('composer'))
            && !$('join-title')";
        page.until("the list", list, json!([])).await;
        page.driver.forward().await.unwrap();
        page.until("the chat again", open, json!([])).await;
        page.click_on("back").await;
        page.until("the list by the button", list, json!([])).await;
    });
}

#[test]
fn the_banner_lies_over_the_chat_and_not_over_the_panel() {
    run(|world: World| async move {
        let [ana] = world.server.users(["ana"]).await;
        let chat = ana.make_group("Hikers", &[]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        open_panel(&page, "Hikers").await;
        world.server.stop().await;
        until_shown(&page, "banner").await;
        page.until_calm().await;
        // Over the middle of the chat, to the pixel.
        let middles = "const middle = (it) => {
                const { left, right } = it.getBoundingClientRect()
                return (left + right) / 2
            }
            return Math.abs(middle($('banner')) - middle(document.querySelector('.pane'))) <= 1";
        page.until("the banner in the middle of the chat", middles, json!([])).await;
    });
}

#[test]
fn the_size_of_the_group_keeps_its_distance_while_the_title_is_edited() {
    run(|world: World| async move {
        let [ana] = world.server.users(["ana"]).await;
        ana.make_group("Hikers", &[]).await;
        let page = world.browser_of(&ana).await;
        open_panel(&page, "Hikers").await;
        page.click_on("edit-group-title").await;
        page.until_calm().await;
        let apart = "const field = $('contact-info').querySelector('.line__field')
            return $('group-size').getBoundingClientRect().top
                - field.getBoundingClientRect().bottom >= 8";
        page.until("the distance", apart, json!([])).await;
        page.press(Key::Escape).await;
    });
}

#[test]
fn deleting_the_chat_is_the_last_offer_to_a_former_member() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        ana.remove_member(chat, &bo).await;
        let page = world.browser_of(&bo).await;
        open_panel(&page, "Hikers").await;
        until_shown(&page, "former-notice").await;
        let last = "return [...$('contact-info').querySelectorAll('button')].filter(shown)
            .at(-1).dataset.test";
        page.until_is("the last offer", last, json!([]), json!("contact-delete")).await;
    });
}

#[test]
fn opened_settings_of_a_new_group_are_in_the_view() {
    run(|world: World| async move {
        let [ana, _] = world.server.users(["ana", "bo"]).await;
        let page = world.browser_of(&ana).await;
        page.click_on("group").await;
        until_shown(&page, "picker-field").await;
        page.keys("bo").await;
        page.press(Key::Enter).await;
        page.click_on("new-group-go").await;
        page.click_on("new-group-more").await;
        let whole = "const last = $('switch-new-group-history').getBoundingClientRect()
            const view = document.querySelector('.new-group').getBoundingClientRect()
            return last.height > 0 && last.top >= view.top && last.bottom <= view.bottom";
        page.until("the last switch in the view", whole, json!([])).await;
    });
}
