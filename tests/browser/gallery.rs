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
        let axe = axe();
        for (width, height) in [(1280, 900), (375, 1400)] {
            page.resize(width, height).await;
            assert_eq!(page.js(WIDE, json!([])).await, json!([]), "{width} wide");
            for scheme in ["light", "dark"] {
                page.prefer(scheme).await;
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
