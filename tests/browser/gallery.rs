//! Every component in its states on one page: no finding of axe, in both themes and widths, and
//! nothing wider than the page. The pictures are in `target/tmp`.

use serde_json::json;

use crate::{
    axe::axe,
    kit::{Browser, World, run_on_modules},
};

const BUILD: &str = include_str!("js/gallery.js");
const AUDIT: &str = "const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)";
const WIDE: &str = "return [...document.querySelectorAll('.gallery *')].filter((e) => shown(e)
    && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className)";
/// Classes that no rule of a loaded style sheet mentions: their component would be without its look.
const WITHOUT_STYLE: &str = "const selectors = (rules) => [...rules].flatMap((rule) =>
      [rule.selectorText ?? '', ...selectors(rule.cssRules ?? [])])
    const known = new Set(selectors([...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]))
      .flatMap((selector) => selector.match(/\\.[\\w-]+/g) ?? []).map((name) => name.slice(1)))
    const used = [...document.querySelectorAll('.gallery [class]')].flatMap((e) => [...e.classList])
    return [...new Set(used)].filter((name) => !known.has(name))";

async fn picture(page: &Browser, name: &str) {
    let file = format!("{}/gallery-{name}.png", env!("CARGO_TARGET_TMPDIR"));
    page.driver.screenshot(file.as_ref()).await.unwrap();
}

#[test]
fn every_component_is_sound_in_both_themes_and_widths() {
    run_on_modules(|world: World| async move {
        let page = world.browser("gallery").await;
        page.until_card().await;
        page.js_async(BUILD, json!([])).await;
        assert_eq!(page.js(WITHOUT_STYLE, json!([])).await, json!([]), "without a style");
        let skeleton =
            "return getComputedStyle(document.querySelector('.skeleton')).opacity === '1'";
        page.until("the skeleton, a little later", skeleton, json!([])).await;
        let axe = axe();
        for (width, height) in [(1280, 900), (375, 1400)] {
            page.resize(width, height).await;
            assert_eq!(page.js(WIDE, json!([])).await, json!([]), "{width} wide");
            for scheme in ["light", "dark"] {
                page.prefer(scheme).await;
                page.until_calm().await;
                picture(&page, &format!("{width}-{scheme}")).await;
                if let Some(axe) = &axe {
                    page.js(axe, json!([])).await;
                    let found = page.js_async(AUDIT, json!([])).await;
                    assert_eq!(found, json!([]), "{width} wide, {scheme}");
                }
            }
        }
    });
}
