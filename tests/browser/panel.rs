//! The panel beside the chat: its place, its ways out, the focus.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, World, run_on_modules};

async fn open(page: &Browser) {
    let open = "const main = document.querySelector('script[type=module]').src
        const { openPanel } = await import(new URL('./lib/panel.js', main))
        const { body } = await openPanel({ opener: $('chat-menu'), title: 'Bob', test: 'panel' })
        body.append(document.createElement('h2'))
        body.firstChild.textContent = 'Bob'";
    page.js_async(open, json!([])).await;
    page.until("the panel", "return shown($('panel'))", json!([])).await;
    page.until_focus("panel-close").await;
}

#[test]
fn a_panel_is_beside_the_chat_or_in_its_place_and_closes_by_escape_back_and_its_button() {
    run_on_modules(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let beside = "const [panel, pane] = ['.panel', '.pane'].map((e) => document.querySelector(e).getBoundingClientRect())
            return Math.round(panel.width) === 360 && Math.abs(panel.right - innerWidth) < 2
                && (innerWidth < 1100 ? panel.left < pane.right : Math.abs(pane.right - panel.left) < 2)";
        let covers = "const { left, top, width, height } = $('panel').getBoundingClientRect()
            return left === 0 && top === 0 && width === innerWidth && height === innerHeight && !shown($('composer'))";
        for (width, place) in [(1280, beside), (900, beside), (375, covers)] {
            page.resize(width, 800).await;
            for way in ["Escape", "Back", "button"] {
                open(&page).await;
                page.until("the panel in its place", place, json!([])).await;
                match way {
                    "Escape" => page.press(Key::Escape).await,
                    "Back" => drop(page.js("history.back()", json!([])).await),
                    _ => page.click_on("panel-close").await,
                }
                let gone = "return !$('panel') && shown($('composer'))";
                page.until(&format!("no panel by {way}"), gone, json!([])).await;
                page.until_focus("chat-menu").await;
                let entries = "return !history.state?.layers?.length";
                page.until("no entry of it", entries, json!([])).await;
            }
        }
    });
}
