//! Files that are dropped or pasted, which the page cannot send yet.

use serde_json::json;

use crate::kit::{World, run};

/// Drops a file on an element; returns whether the page kept the browser from opening it.
const DROP: &str = "const data = new DataTransfer()
    data.items.add(new File(['x'], 'photo.png', { type: 'image/png' }))
    const fire = (name) => !arguments[0].dispatchEvent(
        new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }))
    return fire('dragover') && fire('drop')";
/// Pastes a picture, with text beside it if there is one.
const PASTE: &str = "const data = new DataTransfer()
    data.items.add(new File(['x'], 'photo.png', { type: 'image/png' }))
    if (arguments[0]) data.setData('text/plain', arguments[0])
    const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data })
    return $('composer').dispatchEvent(event)";

#[test]
fn a_dropped_file_does_not_replace_the_page() {
    run(|world: World| async move {
        let page = world.browser("alice").await;
        let kept = page.js(&DROP.replace("arguments[0]", "document.body"), json!([])).await;
        assert_eq!(kept, true);
        assert_eq!(page.js("return $('toast') === null", json!([])).await, true);
        let [_, _] = world.server.users(["alice", "bob"]).await;
        page.sign_in("alice", crate::kit::PASSWORD).await;
        page.pick("bob").await;
        for place in ["document.body", "$('composer')", "document.querySelector('message-list')"] {
            let kept = page.js(&DROP.replace("arguments[0]", place), json!([])).await;
            assert_eq!(kept, true, "{place}");
        }
        let told =
            "return all('toast').length === 1 && $('toast').textContent.includes('coming soon')";
        page.until("a word about it", told, json!([])).await;
        // Dragged text is the browser's business.
        let text = DROP
            .replace(
                "data.items.add(new File(['x'], 'photo.png', { type: 'image/png' }))",
                "data.setData('text/plain', 'x')",
            )
            .replace("arguments[0]", "$('composer')");
        assert_eq!(page.js(&text, json!([])).await, false);
    });
}

#[test]
fn a_pasted_picture_is_not_swallowed_in_silence_and_text_with_it_is_pasted() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.click_on("composer").await;
        // Nothing keeps the browser from pasting the text.
        assert_eq!(page.js(PASTE, json!(["a table"])).await, true);
        assert_eq!(page.js("return $('toast') === null", json!([])).await, true);
        page.js(PASTE, json!([])).await;
        let told = "return $('toast')?.textContent.includes('coming soon')";
        page.until("a word about it", told, json!([])).await;
    });
}
