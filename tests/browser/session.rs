//! Signing in, refused sign-ins, staying signed in, signing out.

use serde_json::{Value, json};

use crate::kit::{Browser, PASSWORD, Way, World, eventually, run};

/// The contents of `sessionStorage` and `localStorage`.
async fn stored(page: &Browser) -> (String, String) {
    let script =
        "return [sessionStorage, localStorage].map((store) => Object.values({ ...store }).join())";
    let both = page.js(script, json!([])).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&both[0]), text(&both[1]))
}

#[test]
fn a_reload_keeps_the_session_and_the_history() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        bob.connect().await.post_to(&alice, "Written before the reload").await;
        page.pick("bob").await;
        page.until_received("Written before the reload").await;
        page.send("Answered before the reload").await;
        page.until_state("Answered before the reload", "sent").await;

        page.reload().await;
        page.until_ready().await;
        page.until_state("Answered before the reload", "sent").await;
        assert_eq!(page.texts().await, ["Written before the reload", "Answered before the reload"]);
        let (session, local) = stored(&page).await;
        assert!(session.is_empty() && !local.is_empty(), "the token stays with the browser");

        // Another tab has the same session.
        page.driver.new_tab().await.unwrap();
        let tabs = page.driver.windows().await.unwrap();
        page.driver.switch_to_window(tabs[1].clone()).await.unwrap();
        page.watch().await;
        page.open("/").await;
        page.until_ready().await;
    });
}

#[test]
fn without_keep_me_signed_in_closing_the_tab_ends_the_sign_in() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser("alice").await;
        page.click("keep me signed in", "return part('keep').closest('label')", json!([])).await;
        page.sign_in(&alice.username, PASSWORD).await;
        let (session, local) = stored(&page).await;
        assert!(!session.is_empty() && local.is_empty(), "the token ends with the tab");

        page.driver.new_tab().await.unwrap();
        let tabs = page.driver.windows().await.unwrap();
        page.driver.switch_to_window(tabs[1].clone()).await.unwrap();
        page.watch().await;
        page.open("/").await;
        page.until_card().await;
    });
}

#[test]
fn after_signing_out_neither_back_nor_reload_signs_in_again() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("For signed-in eyes").await;
        let (_, token) = stored(&page).await;
        assert_eq!(world.server.get("/user", &token).await.0, 200);

        page.click_on("menu").await;
        page.click_on("sign-out").await;
        page.until_card().await;
        let dead = async || world.server.get("/user", &token).await.0 == 401;
        eventually("the token to end", dead).await;
        assert_eq!(stored(&page).await, (String::new(), String::new()));

        let outside =
            "return shown($('submit')) && !document.body.innerText.includes('For signed-in eyes')
            && document.documentElement.dataset.connection === undefined";
        page.driver.back().await.unwrap();
        page.until("the card after going back", outside, json!([])).await;
        page.driver.forward().await.unwrap();
        page.until("the card after going forward", outside, json!([])).await;
        page.reload().await;
        page.until("the card after the reload", outside, json!([])).await;
    });
}

/// Somebody guesses the password, so the name has to wait. The browser proves with its ended token
/// that it has signed in before.
#[test]
fn a_browser_that_was_signed_in_gets_in_while_its_name_is_attacked() {
    run(|world: World| async move {
        world.server.stop().await;
        world.server.start_limited().await;
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser("alice").await;
        page.sign_in(&alice.username, PASSWORD).await;
        let (_, token) = stored(&page).await;
        world.server.end_session(&token).await;
        page.until_card().await;
        assert_eq!(stored(&page).await, (String::new(), token));
        let guess = async || world.server.try_post("/login", "alice", "a wrong password").await;
        eventually("the limit", async || guess().await.0 == 429).await;
        assert_eq!(world.server.try_post("/login", "alice", PASSWORD).await.0, 429);
        page.sign_in(&alice.username, PASSWORD).await;
        // Who signs out leaves nothing behind.
        page.click_on("menu").await;
        page.click_on("sign-out").await;
        page.until_card().await;
        assert_eq!(stored(&page).await, (String::new(), String::new()));
    });
}

#[test]
fn errors_appear_beside_the_form_and_nothing_typed_is_lost() {
    run(|world: World| async move {
        world.server.users(["alice"]).await;
        let page = world.browser("alice").await;
        let refused = "const [place, words, name, password] = arguments
            const line = place === 'error' ? $('sign-in-error') : part(place), { elements } = document.forms[0]
            return shown(line) && line.textContent.includes(words) && line.getAttribute('role') === 'alert'
              && elements.username.value === name && elements.password.value === password";
        for (what, tab, name, password, place, words) in [
            ("a wrong password", "tab-sign-in", "alice", "not the password", "error", "password"),
            ("an unknown name", "tab-sign-in", "nobody", "not the password", "error", "password"),
            ("a taken name", "tab-create", "alice", PASSWORD, "usernameError", "taken"),
            ("a taken name in capitals", "tab-create", "ALICE", PASSWORD, "usernameError", "taken"),
            ("a short password", "tab-create", "new", "short", "passwordError", "8 characters"),
            ("no name", "tab-create", "", PASSWORD, "usernameError", "Enter"),
            ("no password", "tab-sign-in", "alice", "", "passwordError", "Enter"),
        ] {
            page.fill_card(tab, name, password).await;
            page.until(what, refused, json!([place, words, name, password])).await;
        }

        world.server.stop().await;
        page.fill_card("tab-sign-in", "alice", PASSWORD).await;
        page.until("no server", refused, json!(["error", "reached", "alice", PASSWORD])).await;
        world.server.start_again().await;
        page.click_on("submit").await;
        page.until_ready().await;
    });
}

#[test]
fn signing_in_again_in_the_same_page_leaves_nothing_of_earlier_sessions() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "A chat").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        for _ in 0..3 {
            page.pick("bob").await;
            page.click_on("menu").await;
            page.click_on("sign-out").await;
            page.until_card().await;
            page.sign_in("alice", PASSWORD).await;
        }
        // A leftover listener, timer or element would do everything twice.
        page.pick("bob").await;
        let sends = |kind: &str| proxy.seen(Way::Up, kind).len();
        assert_eq!((sends("typing"), sends("send")), (0, 0));
        page.click_on("composer").await;
        page.keys("Once").await;
        eventually("typing", async || sends("typing") > 0).await;
        page.press(thirtyfour::Key::Enter).await;
        page.until_state("Once", "sent").await;
        bob.connect().await.post_to(&alice, "Heard").await;
        page.until_received("Heard").await;
        // One frame when typing starts, one when the message is sent.
        assert_eq!((sends("typing"), sends("send")), (2, 1));
        assert_eq!(page.texts().await, ["A chat", "Once", "Heard"]);
        let once = "return ['chat-list', 'message-list', 'chat-composer'].map((name) => document.querySelectorAll(name).length)";
        assert_eq!(page.js(once, json!([])).await, json!([1, 1, 1]));
    });
}
