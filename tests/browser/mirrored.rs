//! Right to left: what is drawn for the other direction is not only mirrored text.

use serde_json::json;

use crate::kit::{Browser, User, World, run};

/// Reloads the page in Arabic.
async fn in_arabic(page: &Browser) {
    page.js("localStorage['chaap.settings'] = '{\"language\":\"ar\"}'", json!([])).await;
    page.reload().await;
    page.until_ready().await;
    let mirrored = "return document.documentElement.dir === 'rtl'";
    page.until("right to left", mirrored, json!([])).await;
}

/// Alice with a message from Bob.
async fn with_bob(world: &World, words: &str) -> [User; 2] {
    let [alice, bob] = world.server.users(["alice", "bob"]).await;
    bob.connect().await.post_to(&alice, words).await;
    [alice, bob]
}

#[test]
fn the_keys_of_the_search_field_are_at_its_end() {
    run(|world: World| async move {
        let [alice, _] = with_bob(&world, "Hello").await;
        let page = world.browser_of(&alice).await;
        in_arabic(&page).await;
        let places = "const [field, icon, keys] = [$('filter'), ...$('filter').parentElement.querySelectorAll('.filter__icon, .filter__keys')]
            .map((e) => e.getBoundingClientRect())
            return keys.width > 0 && keys.left - field.left < 24 && keys.right < icon.left";
        page.until("the keys at the left end", places, json!([])).await;
        let order = "const [first, second] = [...document.querySelector('.filter__keys').children].map((key) => key.getBoundingClientRect().left)
            return first < second";
        assert_eq!(page.js(order, json!([])).await, true, "Ctrl is pressed before K");
    });
}

#[test]
fn the_number_of_archived_chats_has_the_digits_of_the_times() {
    run(|world: World| async move {
        let [alice, bob] = with_bob(&world, "Hello").await;
        let chat = alice.chat_with(&bob).await["id"].as_i64().unwrap();
        let page = world.browser_of(&alice).await;
        in_arabic(&page).await;
        let archive =
            "document.querySelector('chat-list').dispatchEvent(new CustomEvent('change-preferences',
            { bubbles: true, detail: { chat_id: arguments[0], change: { archived: true } } }))";
        page.js(archive, json!([chat])).await;
        let count = "const count = part('archiveCount')
            return shown(count) && count.textContent === new Intl.NumberFormat('ar-EG').format(1)";
        page.until("an Arabic 1", count, json!([])).await;
    });
}

#[test]
fn the_language_of_a_code_block_and_its_button_are_apart() {
    run(|world: World| async move {
        let [alice, _] = with_bob(&world, "```rust\nlet answer = 42;\n```").await;
        let page = world.browser_of(&alice).await;
        in_arabic(&page).await;
        page.pick("bob").await;
        let apart = "const label = document.querySelector('.code-block__language'), range = document.createRange()
            if (!label) return false
            range.selectNodeContents(label)
            const [words, button] = [range, $('copy-code')].map((e) => e.getBoundingClientRect())
            return words.width > 0 && words.right < button.left";
        page.until("the name before the button", apart, json!([])).await;
    });
}

#[test]
fn words_about_a_person_begin_below_their_heading_in_both_directions() {
    run(|world: World| async move {
        let [alice, _] = with_bob(&world, "Hello").await;
        let page = world.browser_of(&alice).await;
        let below = "const about = $('contact-about')
            about.textContent = arguments[0]
            about.closest('section').hidden = false
            const [heading, words] = [about.previousElementSibling, about].map((e) => {
              const range = document.createRange()
              range.selectNodeContents(e)
              return range.getBoundingClientRect()
            })
            return Math.abs(heading[arguments[1]] - words[arguments[1]])";
        for (words, side) in [("أطبع على القماش", "left"), ("A printer", "right")] {
            if side == "right" {
                in_arabic(&page).await;
            }
            page.pick("bob").await;
            page.click_on("contact").await;
            page.until("the panel", "return shown($('contact-name'))", json!([])).await;
            page.until_calm().await;
            let distance = page.js(below, json!([words, side])).await.as_f64().unwrap();
            assert!(distance < 3.0, "{words}: {distance} px beside the heading");
        }
    });
}
