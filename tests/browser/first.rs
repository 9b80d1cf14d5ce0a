//! The first minutes: an empty server, a new name, the invite card, and why one is signed out.

use serde_json::json;

use crate::kit::{PASSWORD, World, eventually, run, run_on_modules};

#[test]
fn an_empty_server_greets_its_first_user_and_offers_to_invite() {
    run(|world: World| async move {
        let page = world.browser("maya").await;
        let greeted = "return shown($('welcome')) && shown($('display-name'))
            && $('tab-create').getAttribute('aria-selected') === 'true'";
        page.until("the greeting", greeted, json!([])).await;
        page.click_on("display-name").await;
        page.keys("Maya Rao").await;
        page.register("maya", PASSWORD).await;
        let named = "return document.querySelector('[data-part=name]').textContent === 'Maya Rao'";
        page.until("the display name", named, json!([])).await;

        // The test listens on 127.0.0.1 only, so there is no other address to show.
        let invited = "const code = $('invite-code')
            return shown($('invite-note')) && $('invite-note').textContent.includes('--listen')
              && $('invite-address').textContent === location.origin
              && code?.complete && code.naturalWidth > 0";
        page.until("the invite card", invited, json!([])).await;
        page.click_on("menu").await;
        page.click_on("invite").await;
        let open = "return $('invite-dialog')?.open && shown($('invite-dialog').querySelector('[data-test=invite-code]'))";
        page.until("the dialog", open, json!([])).await;
        page.click_on("invite-close").await;

        world.server.users(["noor"]).await;
        let gone = "return document.querySelector('invite-card') === null";
        page.until("the card to go", gone, json!([])).await;
        let other = world.browser("later").await;
        other.until_card().await;
        let usual = "return !shown($('welcome')) && $('tab-sign-in').getAttribute('aria-selected') === 'true'";
        other.until("the usual card", usual, json!([])).await;
    });
}

#[test]
fn a_card_that_loads_while_somebody_joins_stays_out_of_the_list() {
    run(|world: World| async move {
        let page = world.browser("maya").await;
        // The style sheet of the card arrives when the test says so.
        let hold = "window.held = []
            document.addEventListener('load', (event) => {
                if (!event.isTrusted || !event.target.href?.includes('invite')) return
                event.stopImmediatePropagation()
                held.push(event.target)
            }, true)";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": hold })).await;
        page.reload().await;
        page.register("maya", PASSWORD).await;
        page.until("the held sheet", "return held.length === 1", json!([])).await;
        world.server.users(["noor"]).await;
        let listed = "return document.querySelectorAll('chat-list .row').length > 1";
        page.until("the newcomer", listed, json!([])).await;
        page.js("held[0].dispatchEvent(new Event('load'))", json!([])).await;
        // The dialog waits for the same sheet, so its card is made after that of the list.
        page.click_on("menu").await;
        page.click_on("invite").await;
        page.until("the dialog", "return shown($('invite-code'))", json!([])).await;
        let cards = "return document.querySelectorAll('invite-card').length";
        assert_eq!(page.js(cards, json!([])).await, 1);
    });
}

#[test]
fn a_new_name_shows_its_print_and_its_fault_while_it_is_typed() {
    run_on_modules(|world: World| async move {
        world.server.users(["alice"]).await;
        let page = world.browser("maya").await;
        let printed =
            "return document.querySelectorAll('[data-test=own-print] svg').length === arguments[0]";
        page.until("no print yet", printed, json!([0])).await;
        page.click_on("tab-create").await;
        let fault = "const field = document.forms[0].elements.username
            field.value = arguments[0]
            field.dispatchEvent(new Event('input', { bubbles: true }))
            const { nameFault } = await import(new URL('./sign-in/name-rule.js', document.querySelector('script[type=module]').src))
            return nameFault(arguments[0])";
        for (name, words) in [
            ("maya rao", "spaces"),
            ("maya@home", "@"),
            ("ma\u{200b}ya", "invisible"),
            ("m\u{430}ya", "alphabet"),
            ("...", "letter"),
            ("maya.rao", ""),
            ("Ken山田", ""),
            ("अनुष्का", ""),
        ] {
            let said = page.js_async(fault, json!([name])).await;
            let said = said.as_str().unwrap().to_owned();
            assert_eq!(said.is_empty(), words.is_empty(), "{name}: {said}");
            assert!(said.contains(words), "{name}: {said}");
            let shown = "const line = $('username-error'); return arguments[0] ? shown(line) && line.textContent === arguments[0] : !shown(line)";
            page.until(name, shown, json!([said])).await;
            page.until("a print", printed, json!([1])).await;
            // The server agrees.
            let (status, _) = world.server.try_post("/register", name, PASSWORD).await;
            assert_eq!(status == 201, words.is_empty(), "{name}: {status}");
        }
        let long = page.js_async(fault, json!(["x".repeat(34)])).await;
        assert!(long.as_str().unwrap().contains('2'), "{long}");
    });
}

#[test]
fn a_password_that_was_changed_elsewhere_is_named_as_the_reason() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        let other = world.browser("elsewhere").await;
        other.sign_in("alice", PASSWORD).await;
        let change = "const token = localStorage.getItem('chaap.token')
            const body = JSON.stringify({ current_password: arguments[0], new_password: 'battery staple' })
            const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
            return (await fetch('/api/users/me/password', { method: 'PUT', headers, body })).status";
        assert_eq!(other.js_async(change, json!([PASSWORD])).await, 204);
        page.until_card().await;
        let told = "return shown($('sign-in-notice')) && $('sign-in-notice').textContent.includes(arguments[0])";
        page.until("the reason", told, json!(["password was changed"])).await;

        let end = "const token = localStorage.getItem('chaap.token')
            return (await fetch('/api/sessions/current', { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } })).status";
        assert_eq!(other.js_async(end, json!([])).await, 204);
        other.until_card().await;
        eventually("the reason", async || other.js(told, json!(["ended elsewhere"])).await == true)
            .await;
    });
}
