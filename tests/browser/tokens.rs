//! The colours and sizes of `css/tokens.css`.

use serde_json::json;

use crate::kit::{World, run};

const TOKENS: &str = include_str!("js/tokens.js");

#[test]
fn colours_that_meet_have_enough_contrast_in_both_themes() {
    run(|world: World| async move {
        let page = world.browser("tokens").await;
        page.until_card().await;
        let report = page.js(TOKENS, json!([])).await;
        assert!(report["pairs"].as_i64().unwrap() > 200, "{report}");
        assert_eq!(report["wrong"], json!([]), "of {}", report["pairs"]);

        // Proof that the check works: it finds a text with too little contrast.
        let weaken = "document.documentElement.style.setProperty('--color-ink-3', 'oklch(.6 0 0)')";
        page.js(weaken, json!([])).await;
        assert_ne!(page.js(TOKENS, json!([])).await["wrong"], json!([]));
    });
}

#[test]
fn text_and_its_boxes_follow_the_font_size_of_the_browser() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.send("Is my text large?").await;
        page.until_state("Is my text large?", "sent").await;
        page.resize(375, 812).await;
        // Of every kind of text: its size at 16 px, then at 32.
        let sizes =
            "return ['.message__text', '.message__meta', '.composer__text', '.chat-header__title']
            .map((name) => parseFloat(getComputedStyle(document.querySelector(name)).fontSize))";
        let usual: Vec<f64> = serde_json::from_value(page.js(sizes, json!([])).await).unwrap();
        let twice = json!({ "fontSizes": { "standard": 32, "fixed": 26 } });
        page.devtools("Page.setFontSizes", twice).await;
        let arrived = "return getComputedStyle(document.documentElement).fontSize === '32px'";
        page.until("larger text", arrived, json!([])).await;
        let large: Vec<f64> = serde_json::from_value(page.js(sizes, json!([])).await).unwrap();
        for (before, after) in usual.into_iter().zip(large) {
            assert!((after - 2.0 * before).abs() < 0.1, "{before} became {after}");
        }
        // No text is cut by its box, and nothing needs sideways scrolling.
        let cut = "return [...document.querySelectorAll('.bar, .row__link, .composer__field, .filter__field')].filter(shown)
            .filter((e) => e.scrollHeight > e.clientHeight + 1).map((e) => e.className)";
        let wide = "return document.scrollingElement.scrollWidth <= innerWidth";
        page.until_is("a chat without cut text", cut, json!([]), json!([])).await;
        page.until("a chat that fits", wide, json!([])).await;
        page.click_on("back").await;
        page.until("the list", "return shown($('filter'))", json!([])).await;
        page.until_is("a list without cut text", cut, json!([]), json!([])).await;
        page.until("a list that fits", wide, json!([])).await;
    });
}
