//! Profiles, changed in one browser and seen in another; and changing the password.

use std::{io::Cursor, path::PathBuf};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, World, run};

/// A name that looks like markup, and one with a direction override.
const HOSTILE: &str = "<img src=x onerror=alert(1)>";

/// Edits a line in place: pencil, text, Enter.
async fn rewrite(page: &Browser, line: &str, text: &str) {
    page.click_on(&format!("edit-{line}")).await;
    page.insert(text).await;
    page.press(Key::Enter).await;
    let done = "return $(`${arguments[0]}-value`).textContent === arguments[1] && shown($(`${arguments[0]}-value`))
        && document.activeElement === $(`edit-${arguments[0]}`)";
    page.until(&format!("the new {line}"), done, json!([line, text])).await;
}

/// A picture: red on the left, blue on the right, green at both ends.
fn photo(folder: &TempDir) -> PathBuf {
    let colour = |x: u32, _| match x {
        0..100 | 500.. => Rgb([30, 170, 30]),
        100..300 => Rgb([200, 30, 30]),
        _ => Rgb([30, 30, 200]),
    };
    let path = folder.path().join("photo.png");
    RgbImage::from_fn(600, 400, colour).save(&path).unwrap();
    path
}

/// Gives the file to the page, as the browser's file dialog does.
async fn choose(page: &Browser, file: &std::path::Path) {
    let input = page.js("return Boolean($('picture-file'))", json!([])).await;
    assert_eq!(input, true);
    let find = thirtyfour::By::Css("[data-test=picture-file]");
    let input = page.driver.find(find).await.unwrap();
    input.send_keys(file.to_str().unwrap()).await.unwrap();
}

/// Whether the avatar inside the element that the script returns shows a picture, and the colours
/// left and right of its middle.
const COLOURS: &str = "
    const image = root?.querySelector('img')
    if (!image?.complete || !image.naturalWidth) return null
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 8
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context.drawImage(image, 0, 0, 8, 8)
    const at = (x) => [...context.getImageData(x, 4, 1, 1).data].slice(0, 3)
    const name = ([r, g, b]) => (r > 150 ? 'red' : b > 150 ? 'blue' : g > 120 ? 'green' : 'other')
    return `${name(at(1))} ${name(at(6))}`";

async fn until_colours(page: &Browser, what: &str, root: &str, colours: &str) {
    let there = format!(
        "const seen = (() => {{ const root = {root}; {COLOURS} }})(); return seen === arguments[0]"
    );
    page.until(what, &there, json!([colours])).await;
}

#[test]
fn a_new_name_and_about_text_appear_for_others_at_once_and_after_a_reload() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut from_alice = alice.connect().await;
        from_alice.post_to(&bob, "Hello").await;
        let (hers, his) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        his.pick("alice").await;
        hers.open_settings().await;
        rewrite(&hers, "name", "Alice Meyer").await;
        rewrite(&hers, "about", "At sea").await;
        let title = "return $('chat-title').textContent === 'Alice Meyer' && rowOf('Alice Meyer') !== undefined";
        his.until("the new name, in the list and above the chat", title, json!([])).await;
        let initials = "return document.querySelector('.chat-header .avatar').textContent";
        his.until_is("the initials", initials, json!([]), json!("AM")).await;

        // The search finds both names.
        for (query, count) in [("meyer", 1), ("alice", 1), ("@ali", 1), ("nobody", 0)] {
            his.js("const f = $('filter'); f.value = arguments[0]; f.dispatchEvent(new Event('input'))", json!([query])).await;
            let found = "return [...all('chat-row'), ...all('person-row')].filter(shown).length === arguments[0]";
            his.until(&format!("{count} for {query}"), found, json!([count])).await;
        }
        his.reload().await;
        his.until_ready().await;
        his.until("the name after a reload", title, json!([])).await;

        // Without a display name, the username is shown.
        hers.click_on("edit-name").await;
        hers.press(Key::Delete).await;
        hers.press(Key::Enter).await;
        let back = "return $('chat-title').textContent === 'alice'";
        his.until("the username again", back, json!([])).await;
    });
}

#[test]
fn a_picture_is_cropped_uploaded_shown_live_and_can_be_removed() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        alice.connect().await.post_to(&bob, "Hello").await;
        let (hers, his) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        his.pick("alice").await;
        hers.open_settings().await;
        his.until_calm().await;
        let shift = his.js("return window.__shift", json!([])).await;
        let folder = tempfile::tempdir().unwrap();
        choose(&hers, &photo(&folder)).await;
        let focused = "return document.activeElement === $('crop-stage')";
        hers.until("the photo, with the focus on it", focused, json!([])).await;
        // Moved as far as possible: green, then red.
        for _ in 0..40 {
            hers.press(Key::Left).await;
        }
        hers.press(Key::Enter).await;
        let closed = "return !$('crop') && document.activeElement === $('change-picture')";
        hers.until("the dialog closed", closed, json!([])).await;
        let row = "rowOf('alice')";
        let header = "document.querySelector('.chat-header .avatar')";
        until_colours(&hers, "one's own picture", "$('own-avatar')", "green blue").await;
        until_colours(
            &hers,
            "in one's menu",
            "document.querySelector('own-menu .avatar')",
            "green blue",
        )
        .await;
        until_colours(&his, "the picture in his list", row, "green blue").await;
        until_colours(&his, "above his chat", header, "green blue").await;
        his.until_calm().await;
        assert_eq!(his.js("return window.__shift", json!([])).await, shift, "nothing jumps");
        his.reload().await;
        his.until_ready().await;
        until_colours(&his, "the picture after a reload", row, "green blue").await;

        // Replaced by another one, this time by mouse.
        hers.click_on("change-picture").await;
        hers.until_focus("choose-picture").await;
        hers.press(Key::Escape).await;
        let settled =
            "return document.activeElement === $('change-picture') && $('settings-panel') !== null";
        hers.until("Esc to close the menu alone", settled, json!([])).await;
        choose(&hers, &photo(&folder)).await;
        hers.click_on("crop-save").await;
        until_colours(&his, "the second picture", header, "red blue").await;

        hers.click_on("change-picture").await;
        hers.until_focus("choose-picture").await;
        hers.press(Key::Down).await;
        hers.press(Key::Enter).await;
        let none = "return document.querySelectorAll('.avatar img').length === 0";
        his.until("initials again", none, json!([])).await;
        hers.until("initials at home", none, json!([])).await;
    });
}

#[test]
fn a_file_that_is_no_picture_shows_an_error_and_cancel_changes_nothing() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        page.open_settings().await;
        let folder = tempfile::tempdir().unwrap();
        let broken = folder.path().join("broken.png");
        let mut bytes = Vec::new();
        let image = DynamicImage::ImageRgb8(RgbImage::new(50, 50));
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        std::fs::write(&broken, &bytes[..30]).unwrap();
        choose(&page, &broken).await;
        let told = "return $('toast')?.textContent.includes('cannot open') && !$('crop')";
        page.until("a sentence about the file", told, json!([])).await;
        let photo = photo(&folder);
        for way_out in ["Escape", "cancel"] {
            choose(&page, &photo).await;
            page.until("the dialog", "return shown($('crop-stage'))", json!([])).await;
            if way_out == "Escape" {
                page.press(Key::Escape).await;
            } else {
                page.click_on("crop-cancel").await;
            }
            let closed = "return !$('crop') && $('settings-panel') && document.activeElement === $('change-picture')";
            page.until(way_out, closed, json!([])).await;
        }
        let (_, users) = world.server.get("/api/users", &alice.token).await;
        assert!(users["users"][0]["picture"].is_null(), "{users}");
    });
}

#[test]
fn esc_cancels_editing_and_a_text_that_is_too_long_shows_an_error() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        page.open_settings().await;
        page.click_on("edit-about").await;
        page.insert("Never kept").await;
        page.press(Key::Escape).await;
        let back = "return !shown($('about-field')) && document.activeElement === $('edit-about') && $('settings-panel') !== null";
        page.until("the line as it was", back, json!([])).await;
        assert_eq!(
            page.js("return $('about-value').textContent.includes('Never')", json!([])).await,
            false
        );

        page.press(Key::Enter).await;
        page.until("the field", "return document.activeElement === $('about-field')", json!([]))
            .await;
        page.insert(&"x".repeat(130)).await;
        let count = "return document.getElementById('about-count').textContent === arguments[0]";
        page.until("the count", count, json!(["10 characters left"])).await;
        page.insert(&"x".repeat(11)).await;
        page.until("the count beyond", count, json!(["1 character too many"])).await;
        page.press(Key::Enter).await;
        let refused = "return shown($('about-error')) && $('about-error').textContent.includes('140')
            && $('about-field').value.length === 141 && $('about-field').getAttribute('aria-invalid') === 'true'";
        page.until("the refusal", refused, json!([])).await;
        page.press(Key::Backspace).await;
        page.press(Key::Enter).await;
        page.until(
            "the line saved",
            "return $('about-value').textContent.length === 140 && shown($('about-value'))",
            json!([]),
        )
        .await;
    });
}

#[test]
fn hostile_names_stay_text_everywhere() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        alice.connect().await.post_to(&bob, "Hello").await;
        let (hers, his) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        hers.open_settings().await;
        rewrite(&hers, "name", HOSTILE).await;
        rewrite(&hers, "about", "<b>bold</b> \"&amp;").await;
        his.pick(HOSTILE).await;
        his.click_on("contact").await;
        let shown = "return $('contact-name').textContent === arguments[0] && $('contact-about').textContent === '<b>bold</b> \"&amp;'";
        his.until("the names as text", shown, json!([HOSTILE])).await;
        for page in [&hers, &his] {
            let made = "return document.querySelectorAll('img, b, [onerror]').length";
            assert_eq!(page.js(made, json!([])).await, 0);
        }
        hers.click_on("edit-name").await;
        hers.insert("\u{202e}evila").await;
        hers.press(Key::Enter).await;
        hers.until("a refusal", "return shown($('name-error'))", json!([])).await;
    });
}

#[test]
fn the_chat_header_opens_the_contact_info_and_esc_closes_it() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        alice.connect().await.post_to(&bob, "Hello").await;
        let page = world.browser_of(&bob).await;
        page.pick("alice").await;
        page.js("$('contact').focus()", json!([])).await;
        page.press(Key::Enter).await;
        let there = "return document.activeElement === $('contact-info-close') && $('contact-username').textContent.includes('@alice') && shown($('contact-presence'))";
        page.until("who alice is", there, json!([])).await;
        // Changes appear while it is open.
        let hers = world.browser_of(&alice).await;
        hers.open_settings().await;
        rewrite(&hers, "about", "Just changed").await;
        page.until(
            "the new line",
            "return $('contact-about').textContent === 'Just changed'",
            json!([]),
        )
        .await;
        page.press(Key::Escape).await;
        let back = "return !$('contact-info') && document.activeElement === $('contact') && $('chat-title').textContent === 'alice'";
        page.until("the chat, focus on the name", back, json!([])).await;

        // A user who was never online has no status.
        world.server.users(["carol"]).await;
        page.pick("carol").await;
        page.click_on("contact").await;
        page.until("who carol is", "return shown($('contact-username'))", json!([])).await;
        let presence = "return $('contact-presence').textContent";
        page.until_is("no status", presence, json!([]), json!("")).await;
    });
}

#[test]
fn a_new_password_signs_out_the_other_browser_and_not_this_one() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let (here, there) = (world.browser_of(&alice).await, world.browser("elsewhere").await);
        there.sign_in("alice", PASSWORD).await;
        here.open_settings().await;
        here.click_on("change-password").await;
        here.until(
            "the dialog",
            "return document.activeElement === $('password-current')",
            json!([]),
        )
        .await;
        here.keys("wrong horse").await;
        here.press(Key::Tab).await;
        here.press(Key::Tab).await;
        // The limit counts characters: these have five, seven and four.
        for short in ["short", "🔑🔑🔑🔑🔑🔑🔑", "äöüß"] {
            let fill = "$('password-new').value = arguments[0]; $('password-save').click();
                return $('password-new-error').textContent";
            let rule = here.js(fill, json!([short])).await;
            assert!(rule.as_str().is_some_and(|rule| rule.contains("8 characters")), "{rule}");
        }
        here.js("$('password-new').select()", json!([])).await;
        here.keys("battery staple").await;
        here.press(Key::Enter).await;
        let wrong = "return document.activeElement === $('password-current') && $('password-current-error').textContent.includes('not your current')";
        here.until("the wrong one told", wrong, json!([])).await;
        here.js("$('password-current').select()", json!([])).await;
        here.keys(PASSWORD).await;
        here.press(Key::Enter).await;
        let done = "return !$('password-dialog') && $('toast')?.textContent.includes('signed out')";
        here.until("the change", done, json!([])).await;
        there.until("the sign-in card", "return shown($('submit'))", json!([])).await;

        // This browser stays signed in, and the new password is valid.
        here.press(Key::Escape).await;
        here.pick("bob").await;
        here.write("Still here").await;
        here.press(Key::Enter).await;
        here.until_state("Still here", "sent").await;
        there.sign_in("alice", "battery staple").await;
        assert_eq!(bob.username, "bob");
    });
}

#[test]
fn without_a_connection_initials_or_cached_pictures_are_shown() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        alice.connect().await.post_to(&bob, "Hello").await;
        let (hers, his) = (world.browser_of(&alice).await, world.browser_of(&bob).await);
        // The contact info is loaded when it is first opened.
        his.pick("alice").await;
        his.click_on("contact").await;
        his.click_on("contact-info-close").await;
        hers.open_settings().await;
        let folder = tempfile::tempdir().unwrap();
        choose(&hers, &photo(&folder)).await;
        hers.click_on("crop-save").await;
        until_colours(&his, "the picture", "rowOf('alice')", "red blue").await;
        world.server.stop().await;
        his.press(Key::Escape).await;
        his.pick("alice").await;
        until_colours(
            &his,
            "the cached picture in the chat header",
            "document.querySelector('.chat-header .avatar')",
            "red blue",
        )
        .await;
        // The large picture was never loaded: the small one is shown first, then the large one.
        his.click_on("contact").await;
        until_colours(&his, "the small one in its place", "$('contact-avatar')", "red blue").await;
        world.server.start_again().await;
        let large = "return $('contact-avatar').querySelector('img')?.naturalWidth === 400";
        his.until("the large one", large, json!([])).await;
    });
}
