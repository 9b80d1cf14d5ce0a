//! Toasts: where they are, how long they stay, their action.

use serde_json::json;
use thirtyfour::{By, Key};

use crate::kit::{Browser, World, run_on_modules};

/// Whether the newest toast is inside the pane, below the newest message and above the composer.
const PLACED: &str = "const said = all('toast').at(-1).getBoundingClientRect()
    const pane = document.querySelector('.pane').getBoundingClientRect()
    const newest = part('bubble', all('message').at(-1)).getBoundingClientRect()
    return said.left >= pane.left && said.right <= pane.right && said.top >= newest.bottom
        && said.bottom <= document.querySelector('chat-composer').getBoundingClientRect().top";

/// From now on the page looks at each frame whether this is true while a toast is shown. The test might
/// look too late, because toasts are short.
async fn look_at_toast(page: &Browser, script: &str) {
    let look = format!(
        "window.looked = false
         const holds = () => {{ {script} }}
         const look = () => {{
           if (shown(all('toast').at(-1)) && holds()) window.looked = true
           else requestAnimationFrame(look)
         }}
         look()"
    );
    page.js(&look, json!([])).await;
}

async fn until_looked(page: &Browser, what: &str) {
    page.until(what, "return window.looked", json!([])).await;
}

async fn copy_newest(page: &Browser) {
    page.js("part('bubble', all('message').at(-1)).focus()", json!([])).await;
    page.press(Key::Enter).await;
    page.click_on("copy-text").await;
}

/// Shows a toast with an action and counts what becomes of it.
async fn show_with_action(page: &Browser) {
    let show = "const main = document.querySelector('script[type=module]').src
        const { toast } = await import(new URL('./lib/toast-stack.js', main))
        window.undone ??= 0; window.ended ??= 0
        toast('Chat archived.', { action: 'Undo', run: () => { undone += 1 }, ended: () => { ended += 1 } })";
    page.js_async(show, json!([])).await;
}

#[test]
fn a_toast_is_above_the_composer_and_below_the_newest_message() {
    run_on_modules(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        for i in 0..40 {
            device.post_to(&alice, &format!("Line {i}")).await;
        }
        page.until_received("Line 39").await;
        for (width, height) in [(1280, 800), (375, 700)] {
            page.resize(width, height).await;
            look_at_toast(&page, PLACED).await;
            copy_newest(&page).await;
            until_looked(&page, "the toast in its place").await;
            page.until("no toast", "return !$('toast')", json!([])).await;
        }

        // On a phone's list it is over the list, also when the person goes there while it is shown.
        let below = "return shown($('filter')) && innerHeight - $('toast').getBoundingClientRect().bottom < 40";
        look_at_toast(&page, below).await;
        show_with_action(&page).await;
        page.js("$('back').click()", json!([])).await;
        until_looked(&page, "the toast at the foot of the list").await;
    });
}

#[test]
fn a_toast_is_short_but_stays_while_it_is_hovered() {
    run_on_modules(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let timed = "window.times = []
            new MutationObserver((changes) => {
                for (const { addedNodes, removedNodes } of changes) {
                    if (addedNodes.length + removedNodes.length) times.push(performance.now())
                }
            }).observe(document.querySelector('.toasts--chat'), { childList: true })";
        page.js(timed, json!([])).await;
        copy_newest(&page).await;
        let gone = page.until("no toast", "return times.length > 1 && times", json!([])).await;
        let [came, went]: [f64; 2] = serde_json::from_value(gone).unwrap();
        let stayed = went - came;
        // A toast with an action stays longer. Timers are late on a busy machine.
        assert!(stayed < 4800.0, "{stayed} ms");

        copy_newest(&page).await;
        page.until("a toast", "return shown($('toast'))", json!([])).await;
        let toast = page.driver.find(By::Css("[data-test=toast]")).await.unwrap();
        page.driver.action_chain().move_to_element_center(&toast).perform().await.unwrap();
        let later = "window.waited = false; setTimeout(() => (waited = true), 4500)";
        page.js(later, json!([])).await;
        page.until("time to pass", "return waited", json!([])).await;
        assert_eq!(page.js("return shown($('toast'))", json!([])).await, true);
        page.click_on("composer").await;
        page.until("no toast", "return !$('toast')", json!([])).await;
    });
}

#[test]
fn a_toast_offers_an_action_and_does_not_outlive_the_sign_in() {
    run_on_modules(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        show_with_action(&page).await;
        // The button is before the composer in the tab order.
        page.click_on("composer").await;
        page.press_with(Key::Shift, Key::Tab).await;
        page.until_focus("toast-action").await;
        page.press(Key::Enter).await;
        page.until("the action", "return undone === 1 && !$('toast')", json!([])).await;

        show_with_action(&page).await;
        page.until("its end", "return ended === 1 && !$('toast')", json!([])).await;

        show_with_action(&page).await;
        page.click_on("menu").await;
        page.click_on("sign-out").await;
        page.until_card().await;
        let counts = page.js("return [all('toast').length, undone, ended]", json!([])).await;
        assert_eq!(counts, json!([0, 1, 2]));
    });
}
