//! The sign-in card without a mouse, by touch, and as password managers see it.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, World, run};

/// The controls in the order in which Tab reaches them, from the first tab of the card.
async fn stops(page: &Browser, first: &str) -> Vec<String> {
    page.js("$(arguments[0]).focus()", json!([first])).await;
    let mut stops = vec![page.focus().await];
    loop {
        page.press(Key::Tab).await;
        let inside = "return Boolean(document.activeElement.closest('sign-in'))";
        if page.js(inside, json!([])).await == false || stops.len() > 20 {
            return stops;
        }
        let ring = "return document.activeElement.matches(':focus-visible')
            && getComputedStyle(document.activeElement).outlineStyle !== 'none'";
        let stop = page.focus().await;
        assert_eq!(page.js(ring, json!([])).await, true, "{stop} has a visible focus");
        stops.push(stop);
    }
}

/// What tells a password manager which field is which.
async fn fields(page: &Browser) -> Value {
    let told = "return [...document.forms[0].elements].filter((field) => field.matches('.input') && shown(field))
        .map(({ name, type, autocomplete, id, labels }) => [name, type, autocomplete, Boolean(id), labels.length])";
    page.js(told, json!([])).await
}

#[test]
fn tab_goes_through_the_sign_in_card_in_reading_order() {
    run(|world: World| async move {
        world.server.users(["bob"]).await;
        let page = world.browser("alice").await;
        page.until_card().await;
        page.until(
            "a place to type",
            "return document.activeElement.name === 'username'",
            json!([]),
        )
        .await;
        let sign_in = ["tab-sign-in", "username", "password", "reveal", "keep", "submit"];
        assert_eq!(
            stops(&page, "tab-sign-in").await,
            [&sign_in[..], &["sign-in-language"]].concat()
        );

        // Arrows choose the tab; only the chosen one is in the order.
        page.js("$('tab-sign-in').focus()", json!([])).await;
        page.press(Key::Right).await;
        assert_eq!(page.focus().await, "tab-create");
        let create =
            ["tab-create", "username", "display-name", "password", "reveal", "keep", "submit"];
        assert_eq!(stops(&page, "tab-create").await, [&create[..], &["sign-in-language"]].concat());

        // Everything by keyboard, from the name to the list.
        page.js("document.forms[0].elements.username.focus()", json!([])).await;
        page.keys("alice").await;
        page.press(Key::Tab).await;
        page.press(Key::Tab).await;
        page.keys(PASSWORD).await;
        page.press(Key::Tab).await;
        page.press(Key::Space).await;
        let revealed = "const field = document.activeElement
            return field.name === 'password' && field.type === 'text' && field.value === arguments[0]";
        page.until("the password", revealed, json!([PASSWORD])).await;
        page.press(Key::Enter).await;
        page.until_ready().await;
    });
}

#[test]
fn password_managers_can_tell_a_sign_in_from_a_new_account() {
    run(|world: World| async move {
        let page = world.browser("alice").await;
        page.until("the greeting", "return shown($('welcome'))", json!([])).await;
        let create = json!([
            ["username", "text", "username", true, 1],
            ["display_name", "text", "name", true, 1],
            ["password", "password", "new-password", true, 1],
        ]);
        assert_eq!(fields(&page).await, create);
        page.click_on("tab-sign-in").await;
        let sign_in = json!([
            ["username", "text", "username", true, 1],
            ["password", "password", "current-password", true, 1],
        ]);
        assert_eq!(fields(&page).await, sign_in);
        // A phone must not change a username while it is typed.
        let spelled = "const { username } = document.forms[0].elements
            return [username.autocapitalize, username.spellcheck, username.getAttribute('autocorrect')]";
        assert_eq!(page.js(spelled, json!([])).await, json!(["none", false, "off"]));
    });
}

#[test]
fn caps_lock_is_told_while_the_password_has_the_focus() {
    run(|world: World| async move {
        let page = world.browser("alice").await;
        page.until_card().await;
        page.js("document.forms[0].elements.password.focus()", json!([])).await;
        let told = "return shown(part('caps'))";
        // The driver cannot press Caps Lock; the browser tells of it with every key.
        let key = "const event = new KeyboardEvent('keydown', { key: 'a', bubbles: true, modifierCapsLock: arguments[0] })
            document.activeElement.dispatchEvent(event)";
        page.js(key, json!([true])).await;
        assert_eq!(page.js(told, json!([])).await, true);
        page.js(key, json!([false])).await;
        assert_eq!(page.js(told, json!([])).await, false);
        page.js(key, json!([true])).await;
        page.press(Key::Tab).await;
        assert_eq!(page.js(told, json!([])).await, false, "elsewhere");
    });
}

#[test]
fn on_a_touch_screen_every_control_of_the_card_has_44_pixels() {
    run(|world: World| async move {
        world.server.users(["bob"]).await;
        let page = world.browser("alice").await;
        page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
        page.until("a finger", "return matchMedia('(pointer: coarse)').matches", json!([])).await;
        page.until_card().await;
        // A press on a label is a press on its control.
        let small = "return [...document.querySelectorAll('sign-in :is(button, input, select)')].filter(shown)
            .map((control) => [control, (control.closest('label.check') ?? control).getBoundingClientRect()])
            .filter(([, { width, height }]) => Math.min(width, height) < 44)
            .map(([control, { width, height }]) => `${control.dataset.part}: ${width}×${height}`)";
        // A tablet, a phone, and a small one.
        for (width, height) in [(1024, 768), (375, 812), (320, 568)] {
            page.resize(width, height).await;
            for tab in ["tab-create", "tab-sign-in"] {
                page.click_on(tab).await;
                assert_eq!(page.js(small, json!([])).await, json!([]), "{tab} at {width}");
            }
            // Refused, so that a line of errors is shown too.
            page.click_on("submit").await;
            page.until("an error", "return shown($('username-error'))", json!([])).await;
            assert_eq!(page.js(small, json!([])).await, json!([]), "with an error at {width}");
            let wide = "return document.scrollingElement.scrollWidth > innerWidth";
            assert_eq!(page.js(wide, json!([])).await, false, "wider than {width}");
        }
    });
}
