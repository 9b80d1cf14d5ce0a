//! The parts of a group under axe and the eye: contrast in both themes, a phone, Arabic.

use serde_json::json;

use crate::{
    axe::{Auditor, axe},
    kit::{Browser, PASSWORD, World, phone, run, until_shown},
};

const CONTRAST: &str = include_str!("js/contrast.js");
/// What is wider than the window, or lies beyond its edges.
const WIDE: &str = "return [...document.querySelectorAll('.pane *')].filter((e) => {
    const { left, right, width } = e.getBoundingClientRect()
    return shown(e) && width > 0 && !e.closest('svg, bdi, .visually-hidden') && (left < -1 || right > innerWidth + 1)
}).map((e) => e.className)";

async fn look(page: &Browser, auditor: &mut Option<Auditor>, screen: &str) {
    for scheme in ["light", "dark"] {
        page.prefer(scheme).await;
        page.until_calm().await;
        let report = page.js(CONTRAST, json!([])).await;
        assert_eq!(report["weak"], json!([]), "{screen}, {scheme}");
    }
    assert_eq!(page.js(WIDE, json!([])).await, json!([]), "{screen}");
    if let Some(auditor) = auditor {
        auditor.audit(screen).await;
    }
}

#[test]
fn the_parts_of_a_group_pass_axe_and_are_legible_and_fit_a_phone() {
    run(|world: World| async move {
        // One for each of the eight inks, and the one whose page it is.
        let names = ["ana", "bo", "cy", "dee", "eve", "fay", "gus", "hal"];
        let users = world.server.users(names).await;
        let [reader] = world.server.users(["reader"]).await;
        let [ana, others @ ..] = &users;
        let mut members: Vec<_> = others.iter().collect();
        members.push(&reader);
        let chat = ana.make_group("Hikers", &members).await;
        let mut devices = Vec::new();
        for user in &users {
            let mut device = user.connect().await;
            device.say(chat, "Some words of mine").await;
            devices.push(device);
        }
        ana.remove_member(chat, &reader).await;
        devices[0].say(chat, "About the reader").await;
        ana.add_member(chat, &reader).await;
        let page = world.browser("reader").await;
        page.devtools("Emulation.setLocaleOverride", json!({ "locale": "en-GB" })).await;
        page.sign_in("reader", PASSWORD).await;
        let mut auditor = axe().map(|axe| Auditor::new(page.clone(), axe));
        page.open_group(chat, "Hikers").await;
        page.send("Mine").await;
        page.until_state("Mine", "sent").await;
        until_shown(&page, "absence").await;
        look(&page, &mut auditor, "a group").await;
        page.tab_back_to_message().await;
        page.press(thirtyfour::Key::Enter).await;
        until_shown(&page, "message-info").await;
        page.click_on("message-info").await;
        let listed = "return document.querySelectorAll('.info__person').length === 8";
        page.until("all eight in the info", listed, json!([])).await;
        look(&page, &mut auditor, "who has read a message").await;
        page.click_on("info-close").await;
        page.js("all('author').at(-1).click()", json!([])).await;
        until_shown(&page, "person-info").await;
        look(&page, &mut auditor, "the panel of a person").await;
        page.press(thirtyfour::Key::Escape).await;

        phone(&page).await;
        devices[1].type_in(chat, true).await;
        until_shown(&page, "typing").await;
        look(&page, &mut auditor, "a group on a phone").await;
        let faces = "return all('author-picture').filter(shown).map((face) => {
            const { width, height } = face.getBoundingClientRect(), area = getComputedStyle(face, '::after')
            return Math.min(width - 2 * parseFloat(area.left), height - 2 * parseFloat(area.top))
          }).filter((size) => size < 44).length";
        assert_eq!(page.js(faces, json!([])).await, 0, "pictures are large enough to touch");
        ana.remove_member(chat, &reader).await;
        until_shown(&page, "closed").await;
        look(&page, &mut auditor, "a closed composer").await;
        if let Some(auditor) = auditor {
            auditor.report();
        }
    });
}

#[test]
fn a_group_reads_from_right_to_left_in_arabic() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        bo.connect().await.say(chat, "Hello").await;
        let page = world.browser_of(&ana).await;
        page.open_settings().await;
        page.click(
            "Arabic",
            "return $('language-ar').closest('label') ?? $('language-ar')",
            json!([]),
        )
        .await;
        page.until("Arabic", "return document.dir === 'rtl'", json!([])).await;
        page.open_group(chat, "Hikers").await;
        page.until_received("Hello").await;
        let placed = "if (document.dir !== 'rtl') return null
            const bubble = document.querySelector('.message__bubble').getBoundingClientRect()
            const face = $('author-picture').getBoundingClientRect()
            return [face.left >= bubble.right, $('event').textContent]";
        let expected = json!([true, "أنشأتَ المجموعة «Hikers»"]);
        page.until_is("the picture on the right", placed, json!([]), expected).await;
    });
}
