//! Measurable parts of the design: contrast, layout shift, widths, the phone layout.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, World, phone, run};

const CONTRAST: &str = include_str!("js/contrast.js");
/// No page may be wider than its window, so that people need not scroll sideways.
const FITS: &str =
    "const wide = [document.scrollingElement, ...document.querySelectorAll('[data-part=scroll]')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'hidden')
    return document.scrollingElement.scrollWidth <= innerWidth && wide.length === 0";
/// A text without a place for a line break.
const UNBROKEN: &str = "https://example.org/an-address-that-does-not-end-and-has-no-place-to-break-it-\
    0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

async fn assert_contrast(page: &Browser, place: &str, pieces: i64) {
    for scheme in ["light", "dark"] {
        page.prefer(scheme).await;
        // Colours change gradually from one theme to the other.
        page.until_calm().await;
        let mut report = page.js(CONTRAST, json!([])).await;
        if report["weak"] != json!([]) {
            // Something may have begun to fade meanwhile.
            page.until_calm().await;
            report = page.js(CONTRAST, json!([])).await;
        }
        let checked = report["checked"].as_i64().unwrap();
        assert!(checked >= pieces, "{place}, {scheme}: only {checked} pieces of text were found");
        assert_eq!(report["weak"], json!([]), "{place}, {scheme}");
    }
    page.devtools("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
}

#[test]
fn text_and_ticks_have_enough_contrast_in_light_and_dark() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let page = world.browser("alice").await;
        assert_contrast(&page, "the sign-in card", 6).await;
        page.fill_card("tab-create", "alice", PASSWORD).await;
        page.until("a refusal", "return shown(part('usernameError'))", json!([])).await;
        assert_contrast(&page, "the card with a refusal", 8).await;
        page.fill_card("tab-sign-in", "alice", "wrong password").await;
        page.until("a refusal", "return shown($('sign-in-error'))", json!([])).await;
        assert_contrast(&page, "the card with an error", 7).await;

        page.sign_in("alice", PASSWORD).await;
        assert_contrast(&page, "nothing open", 8).await;
        let mut from_bob = bob.connect().await;
        page.pick("bob").await;
        page.send("Read by then").await;
        let chat = from_bob.next_of("message").await["chat_id"].as_i64().unwrap();
        from_bob.confirm(chat, 1, 1).await;
        page.until_state("Read by then", "read").await;
        page.close_chat().await;
        from_bob.post_to(&alice, "See https://example.org for more").await;
        carol.connect().await.post_to(&alice, "Unread").await;
        page.until_badge("bob", "1").await;
        page.until_badge("carol", "1").await;
        page.pick("bob").await;
        page.until("the unread line", "return shown($('unread-line'))", json!([])).await;
        page.send("Only sent").await;
        page.until_state("Only sent", "sent").await;
        page.write("Half written").await;
        assert_contrast(&page, "a chat", 20).await;
        page.click_on("menu").await;
        page.until("the menu", "return shown($('sign-out'))", json!([])).await;
        assert_contrast(&page, "the menu", 22).await;
        page.press(Key::Escape).await;

        world.server.stop().await;
        page.until("the banner", "return shown($('banner'))", json!([])).await;
        page.js("$('composer').focus(); $('composer').select()", json!([])).await;
        page.insert("Waits").await;
        page.press(Key::Enter).await;
        page.until_state("Waits", "pending").await;
        assert_contrast(&page, "a chat without a connection", 20).await;

        // Proof that the check works: it finds a text with too little contrast.
        let weaken = "document.documentElement.style.setProperty('--color-ink-2', '#999')";
        page.js(weaken, json!([])).await;
        assert_ne!(page.js(CONTRAST, json!([])).await["weak"], json!([]));
    });
}

#[test]
fn the_layout_does_not_shift_while_the_page_loads() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut from_bob = bob.connect().await;
        let mut chat = 0;
        for n in 1..=30 {
            let ack = from_bob.post_to(&alice, &format!("Message {n}")).await;
            chat = ack["chat_id"].as_i64().unwrap();
        }
        alice.connect().await.confirm(chat, 30, 30).await;
        // After two frames the layout is done and shifts are counted.
        let shift = "for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame)
            return window.__shift";
        let page = world.browser("alice").await;
        page.until_card().await;
        let jumped = page.js_async(shift, json!([])).await.as_f64().unwrap();
        assert!(jumped < 0.02, "the sign-in card: {jumped}");

        page.sign_in("alice", PASSWORD).await;
        page.reload().await;
        page.until_ready().await;
        let jumped = page.js_async(shift, json!([])).await.as_f64().unwrap();
        assert!(jumped < 0.02, "a reload with the list: {jumped}");

        page.pick("bob").await;
        page.until_received("Message 30").await;
        page.reload().await;
        page.until_ready().await;
        page.until_received("Message 30").await;
        let jumped = page.js_async(shift, json!([])).await.as_f64().unwrap();
        assert!(jumped < 0.02, "a reload with an open chat: {jumped}");

        // Proof that the check works: it counts a layout shift.
        page.js("document.body.style.paddingTop = '200px'", json!([])).await;
        page.until("a jump", "return window.__shift > 0.02", json!([])).await;
    });
}

#[test]
fn no_width_needs_sideways_scrolling() {
    run(|world: World| async move {
        let long_name = "a_very_long_name_of_32_character";
        let [alice, bob] = world.server.users(["alice", long_name]).await;
        bob.connect().await.post_to(&alice, UNBROKEN).await;
        let page = world.browser("alice").await;
        let widths = [(360, 640), (375, 812), (768, 1024), (1280, 800), (2560, 1440)];
        for (width, height) in widths {
            page.resize(width, height).await;
            page.until(&format!("the card fits {width}"), FITS, json!([])).await;
        }
        page.sign_in("alice", PASSWORD).await;
        page.until_badge(long_name, "1").await;
        for (width, height) in widths {
            page.resize(width, height).await;
            page.until(&format!("the list fits {width}"), FITS, json!([])).await;
        }
        page.pick(long_name).await;
        page.until_received(UNBROKEN).await;
        page.send(UNBROKEN).await;
        page.write(UNBROKEN).await;
        for (width, height) in widths {
            page.resize(width, height).await;
            page.until(&format!("the chat fits {width}"), FITS, json!([])).await;
            let inside = "return all('message').every((row) => {
                const words = document.createRange()
                words.selectNodeContents(part('text', row))
                const bubble = row.firstElementChild.getBoundingClientRect()
                return bubble.left >= 0 && bubble.right <= innerWidth
                  && [...words.getClientRects()].every(({ left, right }) => left >= bubble.left && right <= bubble.right) })";
            page.until(&format!("the bubbles fit {width}"), inside, json!([])).await;
        }
    });
}

#[test]
fn the_chat_header_is_not_cut_off_in_any_language() {
    run(|world: World| async move {
        let (page, [_, bob]) = world.page_beside_bob("Hello").await;
        drop(bob.connect().await);
        page.resize(360, 640).await;
        let languages =
            page.js("return document.documentElement.dataset.languages", json!([])).await;
        for language in languages.as_str().unwrap().split(' ') {
            page.js(
                "localStorage['chaap.settings'] = JSON.stringify({ language: arguments[0] })",
                json!([language]),
            )
            .await;
            page.reload().await;
            let seen = "return document.documentElement.lang === arguments[0] && shown($('chat-status')) && $('chat-status').textContent.length > 8";
            page.until(&format!("when Bob was here, in {language}"), seen, json!([language])).await;
            let lines = "const bar = document.querySelector('chat-header').getBoundingClientRect(), status = $('chat-status').getBoundingClientRect()
                return [bar.height, status.height, status.bottom <= bar.bottom && status.top >= $('chat-title').getBoundingClientRect().bottom - 8]";
            page.until_is(language, lines, json!([]), json!([64, 18, true])).await;
            let whole = "return $('chat-status').scrollWidth <= $('chat-status').clientWidth";
            page.until(&format!("the whole line in {language}"), whole, json!([])).await;
        }
    });
}

#[test]
fn on_a_phone_list_and_chat_are_two_screens() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello from far").await;
        let page = world.browser("alice").await;
        phone(&page).await;
        page.sign_in("alice", PASSWORD).await;
        let screens = "return [shown($('filter')), shown($('composer'))]";
        page.until_badge("bob", "1").await;
        page.until_is("the list alone", screens, json!([]), json!([true, false])).await;
        page.pick("bob").await;
        page.until_received("Hello from far").await;
        page.until_is("the chat alone", screens, json!([]), json!([false, true])).await;
        page.send("And from near").await;
        page.until_state("And from near", "sent").await;

        // The page's back button and the browser's do the same.
        page.click_on("back").await;
        page.until(
            "the list again",
            "return shown($('filter')) && !shown($('composer'))",
            json!([]),
        )
        .await;
        page.until_badge("bob", "").await;
        page.pick("bob").await;
        page.driver.back().await.unwrap();
        page.until(
            "the list again",
            "return shown($('filter')) && !shown($('composer'))",
            json!([]),
        )
        .await;

        // Touch targets are large enough.
        page.pick("bob").await;
        page.until_calm().await;
        let small = "return [...document.querySelectorAll('button, .row__link, .composer__field')].filter(shown)
            .map((e) => [e.dataset.test ?? e.className, e.getBoundingClientRect()])
            .filter(([, { width, height }]) => Math.min(width, height) < 44)
            .map(([name, { width, height }]) => `${name}: ${width}×${height}`)";
        assert_eq!(page.js(small, json!([])).await, json!([]));
    });
}
