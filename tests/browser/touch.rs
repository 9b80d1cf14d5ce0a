//! Touch, notches, on-screen keyboards, and pages zoomed to double size.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, World, phone, run, until_shown};

/// Controls whose touch target is smaller than 44 px around their middle. The visible part may be
/// smaller than the target. A link within a text is as high as its line; a label belongs to its
/// control.
const SMALL: &str = "
    const pressed = document.querySelectorAll('button, select, textarea, input, a[href]:not(.message__link)')
    // A control at the lower edge of the window is judged by its visible part.
    const answers = (e, x, y) => y >= innerHeight || e.contains(document.elementFromPoint(x, y))
    return [...pressed].filter((e) => shown(e) && !e.closest('[inert]'))
        .map((e) => (e.matches('button') ? e : e.closest('label, .composer__field, .filter')) ?? e)
        .map((e) => [e, e.getBoundingClientRect()])
        .filter(([e, { width, height, x, y }]) => answers(e, x + width / 2, y + height / 2) && Math.min(width, height) < 43.5
            && ![-21, 21].every((d) => answers(e, x + width / 2 + (width < height ? d : 0), y + height / 2 + (width < height ? 0 : d))))
        .map(([e, { width, height }]) => `${e.dataset.test || e.className}: ${Math.round(width)}×${Math.round(height)}`)";
/// Checks that nothing is wider than the page, and that the given elements are fully inside it.
const INSIDE: &str = "
    const box = $(arguments[0]).getBoundingClientRect()
    return document.scrollingElement.scrollWidth <= innerWidth
        && box.height > 0 && box.top >= -1 && box.left >= -1 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1";

async fn assert_touchable(page: &Browser, screen: &str) {
    page.until_calm().await;
    assert_eq!(page.js(SMALL, json!([])).await, json!([]), "{screen}");
}

#[test]
fn every_control_on_a_phone_is_large_enough_for_touch() {
    run(|world: World| async move {
        let [alice, bob, _] = world.server.users(["alice", "bob", "carol"]).await;
        bob.connect().await.post_to(&alice, "See https://example.org").await;
        let page = world.browser("alice").await;
        phone(&page).await;
        assert_touchable(&page, "sign in").await;
        page.click_on("tab-create").await;
        assert_touchable(&page, "create an account").await;
        page.sign_in("alice", PASSWORD).await;
        page.until_badge("bob", "1").await;
        assert_touchable(&page, "the list").await;
        page.click_on("menu").await;
        until_shown(&page, "sign-out").await;
        assert_touchable(&page, "one's own menu").await;
        page.click_on("settings").await;
        until_shown(&page, "settings-panel").await;
        assert_touchable(&page, "settings").await;
        page.click_on("settings-back").await;
        page.click_on("filter").await;
        page.keys("b").await;
        assert_touchable(&page, "a search").await;
        page.press(Key::Escape).await;

        page.pick("bob").await;
        page.until_received("See https://example.org").await;
        assert_touchable(&page, "a chat").await;
        page.js("const bubble = part('bubble'); bubble.focus()", json!([])).await;
        page.press(Key::Enter).await;
        until_shown(&page, "message-menu").await;
        assert_touchable(&page, "the menu of a message").await;
        page.click_on("reply").await;
        until_shown(&page, "quote-bar").await;
        page.keys("So :smi").await;
        until_shown(&page, "emoji-list").await;
        assert_touchable(&page, "an answer").await;
        page.press(Key::Escape).await;
        page.click_on("emoji").await;
        until_shown(&page, "emoji-picker").await;
        let cells = "return $('emoji-picker').querySelectorAll('button').length > 100";
        page.until("emoji", cells, json!([])).await;
        assert_touchable(&page, "the emoji picker").await;
        page.press(Key::Escape).await;
        page.until("no picker", "return !shown($('emoji-picker'))", json!([])).await;
        page.click_on("chat-menu").await;
        until_shown(&page, "chat-menu-mute").await;
        assert_touchable(&page, "the menu of a chat").await;
        page.click_on("chat-menu-mute").await;
        until_shown(&page, "chat-menu-mute-8h").await;
        assert_touchable(&page, "muting").await;
        page.press(Key::Escape).await;
        page.click_on("chat-menu-delete").await;
        until_shown(&page, "confirm").await;
        assert_touchable(&page, "deleting").await;
        page.click_on("confirm-no").await;
        world.server.stop().await;
        until_shown(&page, "banner").await;
        assert_touchable(&page, "without a connection").await;

        // Proof that the check works: it finds a button that is too small.
        page.js("$('send').style.blockSize = '30px'", json!([])).await;
        assert_ne!(page.js(SMALL, json!([])).await, json!([]));
    });
}

#[test]
fn at_double_size_everything_can_be_reached() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser("alice").await;
        let zoomed =
            json!({ "width": 640, "height": 400, "deviceScaleFactor": 2, "mobile": false });
        page.devtools("Emulation.setDeviceMetricsOverride", zoomed).await;
        page.until("double size", "return innerWidth === 640", json!([])).await;
        let reach = "$(arguments[0]).scrollIntoView({ block: 'nearest' })";
        page.until_card().await;
        page.js(reach, json!(["submit"])).await;
        page.until("the sign-in button", INSIDE, json!(["submit"])).await;
        page.sign_in("alice", PASSWORD).await;
        page.until_badge("bob", "1").await;
        page.click_on("menu").await;
        until_shown(&page, "sign-out").await;
        page.js(reach, json!(["sign-out"])).await;
        page.until("sign out", INSIDE, json!(["sign-out"])).await;
        page.press(Key::Escape).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        page.until("the message", INSIDE, json!(["message"])).await;
        page.until("the send button", INSIDE, json!(["send"])).await;
        page.click_on("emoji").await;
        page.until("the emoji picker", INSIDE, json!(["emoji-picker"])).await;
        page.until("its search", INSIDE, json!(["emoji-search"])).await;
        page.press(Key::Escape).await;
        page.click_on("chat-menu").await;
        until_shown(&page, "chat-menu-delete").await;
        page.js(reach, json!(["chat-menu-delete"])).await;
        page.until("the last item", INSIDE, json!(["chat-menu-delete"])).await;
        page.click_on("chat-menu-delete").await;
        page.until("the question", INSIDE, json!(["confirm-yes"])).await;
        page.click_on("confirm-no").await;
    });
}

#[test]
fn a_notch_or_keyboard_covers_nothing() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        phone(&page).await;
        let insets =
            json!({ "insets": { "top": 47, "topMax": 47, "bottom": 34, "bottomMax": 34 } });
        page.devtools("Emulation.setSafeAreaInsetsOverride", insets).await;
        let clear = "const { top, bottom } = $(arguments[0]).getBoundingClientRect()
            return top >= 47 && bottom <= innerHeight - 34";
        page.until("the menu button", clear, json!(["menu"])).await;
        page.pick("bob").await;
        for test in ["back", "chat-menu", "send", "emoji"] {
            page.until(test, clear, json!([test])).await;
        }
        page.click_on("chat-menu").await;
        page.until("the sheet's last item", clear, json!(["chat-menu-delete"])).await;
        page.press(Key::Escape).await;
        let metrics = page
            .js("return document.querySelector('meta[name=viewport]').content", json!([]))
            .await;
        assert!(metrics.as_str().unwrap().contains("interactive-widget=resizes-content"));

        // Only the visual viewport shows that a keyboard covers the page.
        page.devtools("Emulation.setSafeAreaInsetsOverride", json!({ "insets": {} })).await;
        let keyboard = "Object.defineProperty(visualViewport, 'height', { configurable: true, get: () => innerHeight - arguments[0] })
            visualViewport.dispatchEvent(new Event('resize'))";
        let above = "return innerHeight - $('send').getBoundingClientRect().bottom >= arguments[0]";
        page.js(&keyboard.replace("arguments[0]", "336"), json!([])).await;
        page.until("the composer above the keyboard", above, json!([336])).await;
        page.until(
            "the message above it",
            above.replace("'send'", "'message'").as_str(),
            json!([336]),
        )
        .await;
        page.js(&keyboard.replace("arguments[0]", "0"), json!([])).await;
        let below = "return innerHeight - $('send').getBoundingClientRect().bottom < 40";
        page.until("the composer back at the foot", below, json!([])).await;
    });
}

#[test]
fn a_sheet_closes_when_a_finger_pulls_it_down() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        phone(&page).await;
        for (by, closes) in [(30, false), (220, true)] {
            page.js("document.querySelector('dialog') || $('chat-menu').click()", json!([])).await;
            until_shown(&page, "chat-menu-pin").await;
            page.until_calm().await;
            let at = "const { x, y, width } = $('chat-menu-pin').getBoundingClientRect()
                return { x: x + width / 2, y: y + 10 }";
            let mut point = page.js(at, json!([])).await;
            let from = point["y"].as_f64().unwrap();
            let touch = async |kind: &str, points: Value| {
                let touch = json!({ "type": kind, "touchPoints": points });
                page.devtools("Input.dispatchTouchEvent", touch).await;
            };
            touch("touchStart", json!([point])).await;
            for step in 1..=6 {
                point["y"] = json!(from + f64::from(by * step) / 6.0);
                touch("touchMove", json!([point])).await;
            }
            let down = "return parseFloat(document.querySelector('.menu__sheet').style.translate.split(' ')[1]) > 10";
            page.until("the sheet under the finger", down, json!([])).await;
            // A slow finger, so that only the distance counts.
            let held = "await new Promise((done) => setTimeout(done, 500))";
            page.js_async(held, json!([])).await;
            touch("touchEnd", json!([])).await;
            let ended = if closes {
                "return !document.querySelector('dialog')"
            } else {
                "return document.querySelector('.menu__sheet').style.translate === ''"
            };
            page.until("the end of the pull", ended, json!([])).await;
        }
    });
}

const COUNT_CLICKS: &str = "window.clicks = 0
    document.addEventListener('click', () => { window.clicks += 1 }, true)";

/// Holds a finger on the middle of an element until something is shown, then lifts it.
pub(super) async fn press_long(page: &Browser, element: &str, until: &str) {
    let middle = format!(
        "const {{ x, y, width, height }} = ({element}).getBoundingClientRect()
        return {{ x: x + width / 2, y: y + height / 2 }}"
    );
    page.until_calm().await;
    let middle = page.js(&middle, json!([])).await;
    let touch = async |kind: &str, points: Value| {
        let touch = json!({ "type": kind, "touchPoints": points });
        page.devtools("Input.dispatchTouchEvent", touch).await;
    };
    touch("touchStart", json!([middle])).await;
    until_shown(page, until).await;
    // A finger is never completely still.
    assert_eq!(page.js(&stray(element, 3), json!([until])).await, true);
    touch("touchEnd", json!([])).await;
}

/// Moves the finger and returns whether the menu is still shown.
fn stray(element: &str, by: i32) -> String {
    format!("const {{ x, y, width, height }} = ({element}).getBoundingClientRect()
        const touch = new Touch({{ identifier: 7, target: {element}, clientX: x + width / 2 + {by}, clientY: y + height / 2 }})
        ;({element}).dispatchEvent(new TouchEvent('touchmove', {{ bubbles: true, touches: [touch] }}))
        return shown($(arguments[0]))")
}

/// The menu takes the focus from the composer, so the keyboard closes and the page grows.
#[test]
fn a_long_press_opens_the_menu_of_a_message_which_stays_when_the_keyboard_closes() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("https://example.org/one").await;
        phone(&page).await;
        page.resize(375, 476).await;
        page.js(COUNT_CLICKS, json!([])).await;
        let bubble = "part('bubble', $('message'))";
        press_long(&page, bubble, "message-menu").await;
        page.resize(375, 812).await;
        // The menu is a sheet at the foot; the message is lifted above it, and the rest is dimmed.
        let lifted =
            "const sheet = $('message-menu').closest('.menu__sheet').getBoundingClientRect()
            const copy = document.querySelector('.menu__lifted')
            const { top, bottom } = copy.getBoundingClientRect()
            const veil = getComputedStyle(copy.closest('dialog'), '::backdrop').backgroundColor
            return Math.abs(sheet.bottom - innerHeight) < 1 && top > 0 && bottom <= sheet.top
                && copy.textContent.includes('example.org') && veil !== 'rgba(0, 0, 0, 0)'";
        page.until("the sheet under its message", lifted, json!([])).await;
        let within = "return $('message-menu').contains(document.activeElement)";
        page.until("the focus in the menu", within, json!([])).await;
        // The long press was not a click on the link.
        assert_eq!(page.js("return window.clicks", json!([])).await, 0);

        // A finger that moves scrolls the messages.
        assert_eq!(page.js(&stray(bubble, 40), json!(["message-menu"])).await, false);
    });
}

#[test]
fn a_long_press_opens_the_menu_of_a_chat_and_not_the_chat() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        phone(&page).await;
        page.click_on("back").await;
        page.js(COUNT_CLICKS, json!([])).await;
        press_long(&page, "$('chat-row')", "chat-menu-pin").await;
        page.click_on("chat-menu-pin").await;
        page.until("the pin", "return document.querySelector('.row__flag') !== null", json!([]))
            .await;
        assert_eq!(
            page.js("return [window.clicks, location.hash]", json!([])).await,
            json!([1, ""])
        );
    });
}
