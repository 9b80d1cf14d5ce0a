//! The prints of people: drawn from usernames, the same everywhere; the pattern behind a chat; and
//! messages that are outlines until the server has them.

use serde_json::{Value, json};

use crate::kit::{Browser, MODULES, PASSWORD, World, run, run_on_modules};

/// Username, ink, second ink, petal, fold, dyed, inset, between, edge, heart. These must never
/// change, or people would get other pictures.
fn table() -> Value {
    json!([
        ["alice", "neel", "mor", "round", 5, true, "eye", "bud", "scallop", "dot"],
        ["bob", "mor", "haldi", "paisley", 5, false, "eye", "dots", "scallop", "flower"],
        ["a", "mor", "manjith", "lotus", 6, true, "petal", "bud", "dots", "star"],
        ["अन्ना", "kattha", "manjith", "paisley", 5, false, "vein", "dots", "hoop", "dot"],
        ["نور", "haldi", "kattha", "fan", 9, true, "vein", "dotted bud", "scallop", "flower"],
        ["🎉party", "manjith", "mor", "round", 8, false, "eye", "dots", "hoop", "flower"]
    ])
}

#[test]
fn a_username_always_gives_the_same_print() {
    run_on_modules(|world: World| async move {
        let page = world.browser("prints").await;
        page.until_card().await;
        let script = "const { describe } = await load('./people/print.js')
            return args[0].map(([name]) => {
              const { ink, second, petal, fold, dyed, inset, between, edge, heart } = describe(name)
              return [name, ink, second, petal, fold, dyed, inset, between, edge, heart]
            })";
        let found = page.js_async(&format!("{MODULES}\n{script}"), json!([table()])).await;
        assert_eq!(found, table());
    });
}

#[test]
fn prints_are_small_hidden_from_screen_readers_and_made_of_any_name() {
    run_on_modules(|world: World| async move {
        let page = world.browser("prints").await;
        page.until_card().await;
        let script = "const { printOf } = await load('./people/print.js')
            const names = ['', '<img onerror=alert(1)>', '\\u202Eevil', 'نور', '👩‍👩‍👧', '\\uD800', 'x'.repeat(10_000),
              ...Array.from({ length: 300 }, (_, n) => `user${n}`)]
            const wrong = []
            for (const name of names) for (const px of [24, 48, 88, 200]) {
              const svg = printOf(name, px)
              const shapes = [...svg.children]
              const text = new XMLSerializer().serializeToString(svg)
              const paths = shapes.filter((e) => e.tagName === 'path')
              const plain = paths.every((e) => /^[MLCZaz0-9 .-]+$/.test(e.getAttribute('d')))
              const coloured = shapes.every((e) => CSS.supports('fill', e.getAttribute('fill')))
              if (!plain || !coloured || paths.length < 3 || paths.length > 12 || text.length > 12 * 1024
                || svg.getAttribute('aria-hidden') !== 'true') wrong.push([name, px, paths.length, text.length])
            }
            return wrong";
        let wrong = page.js_async(&format!("{MODULES}\n{script}"), json!([])).await;
        assert_eq!(wrong, json!([]));
    });
}

#[test]
fn people_have_prints_notes_an_icon_and_letters_only_by_setting() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let letters = "return [...document.querySelectorAll('.avatar__letters')].filter(shown).map((e) => e.textContent)";
        let print = "return shown(rowOf('bob').querySelector('.avatar > .print'))";
        page.until("a print", print, json!([])).await;
        page.until_is("no letters", letters, json!([]), json!([])).await;
        page.open_settings().await;
        let switch =
            "const e = $('switch-letters'); e.scrollIntoView({ block: 'center' }); return e";
        page.click("the switch", switch, json!([])).await;
        page.until(
            "letters",
            "return document.documentElement.hasAttribute('data-letters')",
            json!([]),
        )
        .await;
        let his = format!("return (() => {{ {letters} }})().includes('B')");
        page.until("Bob's letter", &his, json!([])).await;
        page.reload().await;
        page.until_ready().await;
        page.until("letters after a reload", &his, json!([])).await;

        // The notes to self are no person.
        page.click_on("settings-back").await;
        page.js("document.querySelector('own-menu [data-part=notes]').setAttribute('data-test', 'notes')", json!([])).await;
        page.click_on("menu").await;
        page.click_on("notes").await;
        let icon = "const avatar = document.querySelector('.chat-header .avatar')
            return avatar.dataset.print === 'notes' && shown(avatar.querySelector('svg.icon')) && !avatar.querySelector('.print')";
        page.until("the icon of the notes", icon, json!([])).await;
    });
}

#[test]
fn every_chat_has_its_pattern_and_the_policy_allows_it() {
    run(|world: World| async move {
        let [alice, ..] = world.server.users(["alice", "bob", "carol"]).await;
        let page = world.browser_of(&alice).await;
        let pattern =
            "return getComputedStyle(document.querySelector('.pane'), '::before').maskImage";
        let mut seen = vec![page.js(pattern, json!([])).await];
        for name in ["bob", "carol"] {
            page.pick(name).await;
            let named = "return document.querySelector('.pane').dataset.wallpaper === arguments[0]";
            page.until("the pattern", named, json!([name])).await;
            let mask = page.js(pattern, json!([])).await;
            assert!(mask.as_str().unwrap().starts_with("url(\"data:image/svg+xml,"), "{mask}");
            assert!(!seen.contains(&mask), "{name} has a pattern of their own");
            seen.push(mask);
        }
        // The browser can draw it. A violation of the policy fails every test at its end.
        let drawn = "const image = new Image()
            image.src = args[0].slice(5, -2)
            await image.decode()
            return image.naturalWidth";
        assert_eq!(page.js_async(drawn, json!([seen.pop()])).await, 144);
    });
}

/// Of an own message: whether its bubble is filled with the colour of own messages, and whether its
/// corner at the tail is sharp.
async fn until_looks(page: &Browser, text: &str, wanted: [bool; 2]) {
    let look = "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        const style = getComputedStyle(row.firstElementChild)
        const probe = document.body.appendChild(document.createElement('i'))
        probe.style.background = 'var(--color-mine)'
        const mine = getComputedStyle(probe).backgroundColor
        probe.remove()
        return [style.backgroundColor === mine || style.backgroundImage.includes(mine), style.borderEndEndRadius === '2px']";
    page.until_is(text, look, json!([text]), json!(wanted)).await;
}

#[test]
fn a_message_is_an_outline_until_the_server_has_it_and_is_then_printed() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.send("On disk").await;
        page.until_state("On disk", "sent").await;
        let watch = "window.stamps = []
            document.addEventListener('animationstart', ({ animationName, target }) => {
                const row = target.closest('.message')
                if (animationName !== 'stamp' || part('text', row).textContent !== 'Waits') return
                stamps.push([row.dataset.state, Number(row.dataset.seq ?? 0) > 0])
            }, true)";
        page.js(watch, json!([])).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        page.send("Waits").await;
        page.until_state("Waits", "pending").await;
        until_looks(&page, "Waits", [false, false]).await;
        assert_eq!(page.js("return stamps", json!([])).await, json!([]), "nothing is printed yet");
        world.server.start_again().await;
        page.until_state("Waits", "sent").await;
        let still = "return document.getAnimations().every((a) => a.animationName !== 'stamp') && stamps.length > 0";
        page.until("the stamp has ended", still, json!([])).await;
        until_looks(&page, "Waits", [true, true]).await;
        assert_eq!(page.js("return stamps", json!([])).await, json!([["sent", true]]));
        // Older messages are not printed again after a reload.
        page.reload().await;
        page.until_ready().await;
        page.until_state("Waits", "sent").await;
        let printed = "return document.querySelectorAll('[data-printed]').length";
        assert_eq!(page.js(printed, json!([])).await, 0);
    });
}

#[test]
fn hovering_a_row_moves_nothing() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Unread").await;
        let page = world.browser("alice").await;
        page.sign_in("alice", PASSWORD).await;
        page.until_badge("bob", "1").await;
        page.until_calm().await;
        let places = "const row = rowOf('bob')
            return ['badge', 'preview', 'time'].map((name) => {
                const { x, width } = part(name, row).getBoundingClientRect()
                return [name, x, width]
            })";
        let before = page.js(places, json!([])).await;
        let row = "const { x, y } = rowOf('bob').getBoundingClientRect(); return [x + 80, y + 20]";
        let at = page.js(row, json!([])).await;
        let over = json!({ "type": "mouseMoved", "x": at[0], "y": at[1] });
        page.devtools("Input.dispatchMouseEvent", over).await;
        let hovered = "return rowOf('bob').matches(':hover') && shown(document.querySelector('.row:hover .row__more'))";
        page.until("the menu button", hovered, json!([])).await;
        assert_eq!(page.js(places, json!([])).await, before);
    });
}
