//! An invite link that another admin renews or ends while it is shown.

use serde_json::{Value, json};

use crate::{
    group_members::open_panel,
    kit::{Browser, User, World, run, until_shown},
};

/// The token in the link that the dialog shows.
const SHOWN: &str = "return $('group-invite-link')?.textContent.split('/join/')[1] ?? ''";

async fn change(admin: &User, method: &str, chat: i64) -> Value {
    admin.ask(method, &format!("/api/chats/{chat}/invite"), &Value::Null).await["token"].take()
}

/// The dialog of Alice; Bob is an admin, too, and has made the link.
async fn dialog(world: &World) -> (i64, User, Browser) {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    let chat = alice.make_group("Family", &[&bob]).await;
    alice.set_role(chat, &bob, "admin").await;
    let first = change(&bob, "POST", chat).await;
    let page = world.browser_of(&alice).await;
    open_panel(&page, "Family").await;
    page.click_on("group-invite-row").await;
    page.until_is("the link", SHOWN, json!([]), first).await;
    let keep = "navigator.clipboard.writeText = async (text) => { window.passed = text.split('/join/')[1] }
        navigator.share = async ({ url }) => { window.passed = url.split('/join/')[1] }";
    page.js(keep, json!([])).await;
    (chat, bob, page)
}

#[test]
fn a_dead_link_is_never_passed_on() {
    run(|world: World| async move {
        let (chat, bob, page) = dialog(&world).await;
        for way in ["copy-invite", "share-invite"] {
            let now = change(&bob, "POST", chat).await;
            page.click_on(way).await;
            page.until_is(
                "what was passed on",
                "return window.passed ?? ''",
                json!([]),
                now.clone(),
            )
            .await;
            page.until_is("the link", SHOWN, json!([]), now).await;
            page.until_focus("copy-invite").await;
        }
        change(&bob, "DELETE", chat).await;
        page.js("delete window.passed", json!([])).await;
        page.click_on("copy-invite").await;
        until_shown(&page, "make-invite").await;
        page.until_focus("make-invite").await;
        assert_eq!(page.js("return 'passed' in window", json!([])).await, false);
    });
}

#[test]
fn a_link_that_cannot_be_checked_is_not_passed_on() {
    run(|world: World| async move {
        let (_, _, page) = dialog(&world).await;
        world.server.stop().await;
        page.click_on("copy-invite").await;
        let told = "return [...document.querySelectorAll('.toast')].some(shown)";
        page.until("the reason", told, json!([])).await;
        assert_eq!(page.js("return 'passed' in window", json!([])).await, false);
    });
}

#[test]
fn the_link_is_the_one_of_now_when_one_comes_back_to_the_page() {
    run(|world: World| async move {
        let (chat, bob, page) = dialog(&world).await;
        let here = page.driver.window().await.unwrap();
        page.new_tab().await;
        let now = change(&bob, "POST", chat).await;
        page.driver.switch_to_window(here.clone()).await.unwrap();
        page.until_is("the new link", SHOWN, json!([]), now).await;
        page.new_tab().await;
        change(&bob, "DELETE", chat).await;
        page.driver.switch_to_window(here).await.unwrap();
        until_shown(&page, "make-invite").await;
    });
}
