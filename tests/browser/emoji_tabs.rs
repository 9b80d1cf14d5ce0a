//! The tabs of the emoji picker on a phone: as large as a finger, so they scroll sideways.

use serde_json::json;

use crate::kit::{World, run};

const TABS: &str =
    "const row = document.querySelector('.emoji-picker__tabs'), tabs = [...row.children]
    const { left, right } = row.getBoundingClientRect()
    const boxes = tabs.map((tab) => tab.getBoundingClientRect())";

#[test]
fn the_categories_of_emoji_are_large_enough_for_touch_and_scroll() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.resize(375, 812).await;
        page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
        page.until("a finger", "return matchMedia('(pointer: coarse)').matches", json!([])).await;
        page.click_on("emoji").await;
        page.until("the picker", "return shown($('emoji-picker'))", json!([])).await;
        page.until_calm().await;
        let small = format!(
            "{TABS}; return boxes.filter(({{ width, height }}) => width < 44 || height < 44).length"
        );
        assert_eq!(page.js(&small, json!([])).await, 0);
        // A part of the next one shows that there are more.
        let peeks = format!(
            "{TABS}; const cut = boxes.filter((box) => box.left < right - 12 && box.right > right + 12)
            return [boxes.length, cut.length]"
        );
        assert_eq!(page.js(&peeks, json!([])).await, json!([10, 1]));

        let last = "const scroll = document.querySelector('.emoji-picker__scroll'); scroll.scrollTop = scroll.scrollHeight
            return document.querySelector('[data-category=flags]').ariaCurrent === 'true'";
        page.until("the flags", last, json!([])).await;
        let inside = format!(
            "{TABS}; const at = tabs.findIndex((tab) => tab.ariaCurrent === 'true')
            return boxes[at].left >= left - 1 && boxes[at].right <= right + 1"
        );
        page.until("their tab", &inside, json!([])).await;
        page.click("animals", "return document.querySelector('[data-category=nature]')", json!([]))
            .await;
        let there =
            "return document.querySelector('[data-category=nature]').ariaCurrent === 'true'";
        page.until("animals", there, json!([])).await;
        page.until("their tab", &inside, json!([])).await;
    });
}
