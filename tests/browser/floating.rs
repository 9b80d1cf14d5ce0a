//! Boxes that float: beside what opened them, apart from what they lie over, and gone without a trace.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{World, run};

#[test]
fn a_closed_menu_of_a_row_gives_the_badge_its_place_back() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        page.until_badge("bob", "1").await;
        // The mouse is over the row while its menu is open, and elsewhere afterwards.
        let button = "const row = rowOf('bob').closest('.row'); row.querySelector('.row__more').style.pointerEvents = 'auto'
            return row.querySelector('.row__more')";
        page.click("the button of the row", button, json!([])).await;
        page.until("the menu", "return shown($('chat-menu-pin'))", json!([])).await;
        page.press(Key::Escape).await;
        page.until("no menu", "return !document.querySelector('.menu-layer')", json!([])).await;
        page.click_on("filter").await;
        let back = "const row = rowOf('bob').closest('.row')
            return getComputedStyle(row.querySelector('.row__end')).clipPath === 'none'
              && getComputedStyle(row.querySelector('.row__more')).opacity === '0'";
        page.until("the badge and no button", back, json!([])).await;
    });
}

#[test]
fn a_menu_keeps_clear_of_the_bar_that_opened_it() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.click("the message", "return document.querySelector('.message__bubble')", json!([]))
            .await;
        page.click_on("message-more").await;
        page.until("the menu", "return shown($('reply'))", json!([])).await;
        page.until_calm().await;
        let gap = "const bar = document.querySelector('.message__bubble > .hover-bar').getBoundingClientRect()
            const { top, bottom } = document.querySelector('.menu__sheet').getBoundingClientRect()
            return Math.max(top - bar.bottom, bar.top - bottom)";
        let gap = page.js(gap, json!([])).await.as_f64().unwrap();
        assert!((3.0..=6.0).contains(&gap), "{gap} px between the bar and the menu");
    });
}

#[test]
fn the_emoji_picker_is_above_its_button() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        for width in [1280, 900, 720] {
            page.resize(width, 800).await;
            page.click_on("emoji").await;
            page.until("the picker", "return shown($('emoji-picker'))", json!([])).await;
            page.until_calm().await;
            let place = "const [picker, button, pane] = [$('emoji-picker'), $('emoji'), document.querySelector('.pane')]
                .map((e) => e.getBoundingClientRect())
                return picker.left >= pane.left && picker.right <= pane.right
                  && picker.left <= button.left && button.right <= picker.right + 80
                  && picker.bottom <= button.top";
            assert_eq!(page.js(place, json!([])).await, true, "{width} wide");
            if width == 1280 {
                let ends = "const end = (e) => e.getBoundingClientRect().right
                    return Math.abs(end($('emoji-picker')) - end(document.querySelector('.composer__field')))";
                assert_eq!(page.js(ends, json!([])).await, 0, "in line with the field");
            }
            page.press(Key::Escape).await;
            page.until("no picker", "return !shown($('emoji-picker'))", json!([])).await;
        }
    });
}

#[test]
fn the_button_that_closes_the_invite_card_is_not_on_its_border() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let page = world.browser_of(&alice).await;
        for width in [1280, 375] {
            page.resize(width, 812).await;
            page.click_on("menu").await;
            page.click_on("invite").await;
            let there = "return shown($('invite-close')) && shown($('invite-dialog').querySelector('.invite__border *'))";
            page.until("the card", there, json!([])).await;
            page.until_calm().await;
            let apart = "const close = $('invite-close').getBoundingClientRect()
                return [...$('invite-dialog').querySelectorAll('.invite__border *')].every((e) => {
                  const { left, right, top, bottom } = e.getBoundingClientRect()
                  return right <= close.left || left >= close.right || top >= close.bottom || bottom <= close.top
                })";
            assert_eq!(
                page.js(apart, json!([])).await,
                true,
                "{width}: the button is not on the border"
            );
            page.click_on("invite-close").await;
            page.until("no card", "return !shown($('invite-close'))", json!([])).await;
        }
    });
}

#[test]
fn the_actions_of_a_contact_stand_apart_from_the_line_below_them() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.click_on("contact").await;
        page.until("the panel", "return shown($('contact-mute'))", json!([])).await;
        page.until_calm().await;
        let space = "const line = [...document.querySelectorAll('.panel__section')].find(shown).getBoundingClientRect().top
            const last = [...document.querySelectorAll('.contact__action, .contact__choices > *')].filter(shown)
              .map((e) => e.getBoundingClientRect().bottom)
            return line - Math.max(...last)";
        for what in ["actions", "choices"] {
            if what == "choices" {
                page.click_on("contact-mute").await;
                page.until("choices", "return shown($('contact-mute-8h'))", json!([])).await;
            }
            let space = page.js(space, json!([])).await.as_f64().unwrap();
            assert!((12.0..=20.0).contains(&space), "{space} px below the {what}");
        }
    });
}

#[test]
fn a_focus_ring_is_above_the_next_message() {
    run(|world: World| async move {
        let (page, bob) = world.page_beside_bob("First").await;
        let _ = bob;
        page.send("Mine").await;
        page.until_state("Mine", "sent").await;
        page.tab_back_to_message().await;
        page.press(Key::Up).await;
        let above = "const bubble = document.activeElement, { position, zIndex } = getComputedStyle(bubble)
            const other = all('message').find((row) => !row.contains(bubble)).querySelector('.message__bubble')
            return bubble.matches('.message__bubble:focus-visible') && position === 'relative'
              && Number(zIndex) > (Number(getComputedStyle(other).zIndex) || 0)";
        page.until("the ring above", above, json!([])).await;
    });
}
