//! How the list moves, and what the page shows where there is nothing yet.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, User, World, run};

/// Alice's page with chats with Bob and Carol; Carol's is the first.
async fn with_chats(world: &World) -> (Browser, [User; 3]) {
    let users = world.server.users(["alice", "bob", "carol"]).await;
    let [alice, bob, carol] = &users;
    bob.connect().await.post_to(alice, "From Bob").await;
    carol.connect().await.post_to(alice, "From Carol").await;
    let page = world.browser_of(alice).await;
    page.until("Carol first", "return all('chat-row')[0]?.dataset.name === 'carol'", json!([]))
        .await;
    let watch = "window.glides = []
        const animate = Element.prototype.animate
        Element.prototype.animate = function (frames, options) {
            if (this.matches('.row')) glides.push([part('title', this).textContent, frames[0].transform ?? 'new', options.duration])
            return animate.call(this, frames, options)
        }";
    page.js(watch, json!([])).await;
    until_gliding(&page).await;
    (page, users)
}

/// Waits until the module that moves rows has loaded, after the page has settled, and has run.
async fn until_gliding(page: &Browser) {
    let module = "return performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/glide.js'))?.name";
    let module = page.until("the module", module, json!([])).await;
    page.js_async("await import(args[0])", json!([module])).await;
    page.until_calm().await;
}

const FIRST: &str = "return all('chat-row')[0].dataset.name === arguments[0]";

#[test]
fn rows_glide_to_their_new_places_and_not_with_reduced_motion() {
    run(|world: World| async move {
        let (page, [alice, bob, carol]) = with_chats(&world).await;
        bob.connect().await.post_to(&alice, "Again").await;
        page.until("Bob first", FIRST, json!(["bob"])).await;
        let height = page.js("return rowOf('bob').closest('.row').offsetHeight", json!([])).await;
        let glides = "return glides.sort()";
        let (up, down) = (format!("translateY({height}px)"), format!("translateY(-{height}px)"));
        let wanted = json!([["bob", up, 180], ["carol", down, 180]]);
        page.until_is("two glides", glides, json!([]), wanted).await;
        // A message that changes no order moves nothing.
        page.js("window.glides = []", json!([])).await;
        bob.connect().await.post_to(&alice, "And again").await;
        page.until_badge("bob", "3").await;
        assert_eq!(page.js(glides, json!([])).await, json!([]));
        let calm = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        page.devtools("Emulation.setEmulatedMedia", calm).await;
        carol.connect().await.post_to(&alice, "Me too").await;
        page.until("Carol first", FIRST, json!(["carol"])).await;
        assert_eq!(page.js(glides, json!([])).await, json!([]));
    });
}

#[test]
fn a_long_list_moves_only_rows_in_view() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        world.server.surround(&alice, 200).await;
        let page = world.browser_of(&alice).await;
        page.until("the list", "return all('chat-row').length >= 60", json!([])).await;
        let watch = "window.glides = 0
            const animate = Element.prototype.animate
            Element.prototype.animate = function (...how) {
                if (this.matches('.row')) glides += 1
                return animate.apply(this, how)
            }";
        page.js(watch, json!([])).await;
        until_gliding(&page).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        page.until("Bob first", FIRST, json!(["bob"])).await;
        let moved = page.js("return glides", json!([])).await.as_i64().unwrap();
        assert!((5..20).contains(&moved), "{moved} rows");
    });
}

/// Drawing thousands of rows at once keeps the page busy for seconds.
#[test]
fn a_long_list_is_drawn_as_its_end_comes_into_view() {
    const ROWS: &str = "return all('chat-row').length + all('person-row').length";
    run(|world: World| async move {
        let [alice, _bob] = world.server.users(["alice", "bob"]).await;
        world.server.surround(&alice, 500).await;
        let page = world.browser_of(&alice).await;
        page.until("the list", "return all('chat-row').length >= 60", json!([])).await;
        page.until_calm().await;
        let drawn = page.js(ROWS, json!([])).await.as_i64().unwrap();
        assert!(drawn <= 240, "{drawn} rows are drawn before anybody scrolls");
        let end = "part('scroll', document.querySelector('chat-list')).scrollTop = 1e9
            return Boolean(rowOf('bob')) && shown(rowOf('bob'))";
        page.until("Bob, who has no chat, at the end", end, json!([])).await;
        page.reload().await;
        page.until_ready().await;
        page.until("the list", "return all('chat-row').length >= 60", json!([])).await;
        // By keyboard, to the last of all rows.
        page.js("all('chat-row')[0].focus()", json!([])).await;
        page.press(Key::End).await;
        let last = "return document.activeElement === all('person-row').at(-1) && all('chat-row').length === 500";
        page.until("the focus on the last row", last, json!([])).await;
    });
}

#[test]
fn nothing_moves_under_a_pressed_pointer() {
    run(|world: World| async move {
        let (page, [alice, _, _]) = with_chats(&world).await;
        let [dora] = world.server.users(["dora"]).await;
        let at = "const { x, y, width, height } = rowOf('carol').getBoundingClientRect(); return [x + width / 2, y + height / 2]";
        let at = page.js(at, json!([])).await;
        let mouse = |kind: &str| json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
        page.devtools("Input.dispatchMouseEvent", mouse("mousePressed")).await;
        dora.connect().await.post_to(&alice, "A third chat").await;
        // The title, which counts unread chats, is drawn from the same state.
        page.until("the message", "return document.title.startsWith('(3)')", json!([])).await;
        page.until_calm().await;
        assert_eq!(page.js(FIRST, json!(["carol"])).await, true, "the row stays below the pointer");
        page.devtools("Input.dispatchMouseEvent", mouse("mouseReleased")).await;
        page.until("Carol's chat", "return $('chat-title').textContent === 'carol'", json!([]))
            .await;
        page.until("Dora first, afterwards", FIRST, json!(["dora"])).await;
    });
}

#[test]
fn without_a_connection_the_header_keeps_a_line_below_the_name() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let places = "const [name, line] = ['chat-title', 'chat-status'].map((test) => $(test).getBoundingClientRect())
            return [name.top, line.height > 0 && $('chat-status').textContent !== '']";
        let before = page.js(places, json!([])).await;
        assert_eq!(before[1], true);
        world.server.stop().await;
        let unsteady = "return document.documentElement.dataset.steady === 'false'";
        page.until("no connection for a while", unsteady, json!([])).await;
        let line = "return $('chat-status').textContent";
        page.until_is("the username", line, json!([]), json!("\u{2068}@bob\u{2069}")).await;
        assert_eq!(page.js(places, json!([])).await, before);
        // The notes have no second line, so their name is in the middle.
        page.click("the notes", "return rowOf('alice')", json!([])).await;
        let middle = "const [name, bar] = [$('chat-title'), document.querySelector('chat-header')].map((e) => e.getBoundingClientRect())
            return $('chat-title').textContent === 'Notes to self' && Math.abs(name.top + name.height / 2 - bar.top - bar.height / 2) < 1.5";
        page.until("the name in the middle", middle, json!([])).await;
    });
}

#[test]
fn without_a_chat_there_is_no_composer_and_a_new_chat_shows_both_prints() {
    run(|world: World| async move {
        let [alice, _] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        let prints = "return [...document.querySelectorAll('.empty .avatar')].filter(shown).map((e) => e.dataset.print)";
        page.until("no composer", "return !shown($('composer'))", json!([])).await;
        page.until_is("one's own print", prints, json!([]), json!(["@alice"])).await;
        page.pick("bob").await;
        page.until("the composer", "return shown($('composer'))", json!([])).await;
        let both = "return document.querySelectorAll('.empty .avatar').length === 2";
        page.until("both prints", both, json!([])).await;
        page.until_is("whose they are", prints, json!([]), json!(["@alice", "@bob"])).await;
        let words = "return part('emptyTitle').textContent";
        page.until_is("the words", words, json!([]), json!("No messages yet. Say hello")).await;
        page.send("Hello").await;
        page.until(
            "no empty pane",
            "return !shown(part('empty', $('chat-title').closest('main')))",
            json!([]),
        )
        .await;
    });
}
