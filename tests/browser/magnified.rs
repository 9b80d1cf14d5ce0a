//! Text at twice its size, by the font size of the browser: nothing overlaps, is broken or is cut.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, World, run};

/// Pairs of neighbours in a grid that lie over each other.
const OVERLAPPING: &str = "const boxes = [...document.querySelectorAll(arguments[0])].filter(shown).slice(0, 40)
    .map((e) => { const range = document.createRange(); range.selectNodeContents(e); return range.getBoundingClientRect() })
    return boxes.length < 6 ? ['none found'] : boxes.slice(1).filter((box, n) => {
      const other = boxes[n]
      return box.left < other.right - 1 && other.left < box.right - 1
        && box.top < other.bottom - 1 && other.top < box.bottom - 1
    }).map(({ left, top }) => [left, top])";
/// Words that are broken into several lines.
const BROKEN: &str = "const broken = []
    for (const element of document.querySelectorAll(arguments[0])) {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
      while (walker.nextNode()) {
        for (const { index, 0: word } of walker.currentNode.data.matchAll(/[^\\s-]+/g)) {
          const range = document.createRange()
          range.setStart(walker.currentNode, index)
          range.setEnd(walker.currentNode, index + word.length)
          if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word)
        }
      }
    }
    return broken";

/// Twice the usual font size of the browser.
async fn magnify(page: &Browser) {
    page.devtools("Page.setFontSizes", json!({ "fontSizes": { "standard": 32, "fixed": 26 } }))
        .await;
    let arrived = "return getComputedStyle(document.documentElement).fontSize === '32px'";
    page.until("larger text", arrived, json!([])).await;
}

#[test]
fn emoji_have_room_in_the_picker_and_in_the_list_of_names() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        magnify(&page).await;
        for width in [1280, 375] {
            page.resize(width, 812).await;
            page.click_on("emoji").await;
            let cells = "return [...document.querySelectorAll('.emoji-picker__grid')].some(shown)";
            page.until("emoji", cells, json!([])).await;
            page.until_calm().await;
            let cells = json!([".emoji-picker__cell"]);
            assert_eq!(page.js(OVERLAPPING, cells).await, json!([]), "{width}");
            page.js("document.querySelector('.emoji-picker__tone').click()", json!([])).await;
            let tones = "return shown(document.querySelector('.emoji-picker__tones'))";
            page.until("skin tones", tones, json!([])).await;
            let tones = json!([".emoji-picker__tones > *"]);
            assert_eq!(page.js(OVERLAPPING, tones).await, json!([]), "{width}");
            let outside = "const picker = $('emoji-picker').getBoundingClientRect()
                return [...document.querySelectorAll('.emoji-picker__tones > *, .emoji-picker__tone')]
                  .filter((e) => e.getBoundingClientRect().right > picker.right).length";
            assert_eq!(page.js(outside, json!([])).await, 0, "{width}");
            page.click_on("emoji").await;
            page.until("no picker", "return !shown($('emoji-picker'))", json!([])).await;
            page.write(":smil").await;
            page.until("names of emoji", "return shown($('emoji-list'))", json!([])).await;
            let apart =
                "return [...document.querySelectorAll('.emoji-list__item')].every((item) => {
                const range = document.createRange()
                range.selectNodeContents(item.querySelector('.emoji-list__emoji'))
                const name = item.querySelector('.emoji-list__name').getBoundingClientRect()
                return range.getBoundingClientRect().right <= name.left
            })";
            assert_eq!(page.js(apart, json!([])).await, true, "{width}");
            page.press(Key::Escape).await;
            page.js("$('composer').select()", json!([])).await;
            page.press(Key::Delete).await;
        }
    });
}

#[test]
fn words_beside_keys_are_not_broken_or_covered() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        magnify(&page).await;
        let covered = "const field = $('filter'), keys = part('keys', field.parentElement)
            const end = field.getBoundingClientRect().right - parseFloat(getComputedStyle(field).paddingRight)
            return shown(keys) && end <= keys.getBoundingClientRect().left";
        assert_eq!(page.js(covered, json!([])).await, true, "the hint ends before the keys");
        for width in [1280, 375] {
            page.resize(width, 812).await;
            page.until("the menu", "return shown($('menu'))", json!([])).await;
            page.click_on("menu").await;
            page.click_on("keys").await;
            page.until("the keys", "return shown(document.querySelector('.keys'))", json!([]))
                .await;
            assert_eq!(page.js(BROKEN, json!([".keys__words"])).await, json!([]), "{width}");
            let fits = "const box = document.querySelector('.keys__groups')
                return box.scrollWidth <= box.clientWidth";
            assert_eq!(page.js(fits, json!([])).await, true, "{width}");
            page.press(Key::Escape).await;
            page.until("no dialog", "return !document.querySelector('.keys')", json!([])).await;
        }
        // The button that clears the search is in the middle of its field.
        page.click_on("filter").await;
        page.insert("bo").await;
        let middle = "const middle = (e) => { const { top, bottom } = e.getBoundingClientRect(); return (top + bottom) / 2 }
            return Math.abs(middle($('filter')) - middle(part('clear'))) <= 1";
        page.until("the button in the middle", middle, json!([])).await;
    });
}

#[test]
fn the_reference_page_fits_a_phone() {
    run(|world: World| async move {
        let page = world.browser("docs").await;
        page.resize(375, 812).await;
        magnify(&page).await;
        page.open("/docs").await;
        let cut =
            "return shown(document.querySelector('.docs-bar__link:not(.docs-bar__link--spare)'))
            && [...document.querySelectorAll('.docs-bar > *')].filter(shown)
              .filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.className)";
        page.until("the bar", "return document.querySelector('.docs-bar')", json!([])).await;
        assert_eq!(page.js(cut, json!([])).await, json!([]));
    });
}
