//! The tiles of groups, the cloth of panels, and names in the ink of their print.

use serde_json::{Value, json};

use crate::kit::{MODULES, World, run_on_modules};

/// Id, ink, second ink, dyed, plan, flower, corner, rim. These must never change, or groups would
/// get other pictures.
fn table() -> Value {
    json!([
        [1, "kattha", "haldi", true, "court", "tulip", "round", "petal"],
        [2, "jamun", "haldi", true, "court", "kite", "lotus", "petal"],
        [3, "jamun", "mehndi", false, "lozenge", "kite", "lotus", "petal"],
        [42, "kattha", "mor", false, "lattice", "kite", "leaf", "vein"],
        [1000, "haldi", "kattha", false, "lattice", "heart", "round", "dots"],
        [123_456_789, "kattha", "haldi", false, "court", "round", "lotus", "dots"]
    ])
}

#[test]
fn a_group_always_has_the_same_tile() {
    run_on_modules(|world: World| async move {
        let page = world.browser("tiles").await;
        page.until_card().await;
        let script = "const { describeTile } = await load('./people/tile.js')
            return args[0].map(([id]) => {
              const { ink, second, dyed, plan, flower, corner, rim } = describeTile(id)
              return [id, ink, second, dyed, plan, flower, corner, rim]
            })";
        let found = page.js_async(&format!("{MODULES}\n{script}"), json!([table()])).await;
        assert_eq!(found, table());
    });
}

#[test]
fn tiles_and_cloths_are_small_hidden_from_screen_readers_and_coloured_by_tokens() {
    run_on_modules(|world: World| async move {
        let page = world.browser("tiles").await;
        page.until_card().await;
        let script = "const { tileOf } = await load('./people/tile.js')
            const { clothOfPerson, clothOfGroup, clothOfNotes } = await load('./people/cloth.js')
            const wrong = []
            const check = (name, svg, most) => {
              const paths = [...svg.querySelectorAll('path')]
              const plain = paths.every((e) => /^[MLCHVZaz0-9 .-]+$/.test(e.getAttribute('d')))
              const coloured = [...svg.querySelectorAll('[fill]')].every((e) => CSS.supports('fill', e.getAttribute('fill')))
              const bytes = new XMLSerializer().serializeToString(svg).length
              if (!plain || !coloured || bytes > most || svg.getAttribute('aria-hidden') !== 'true') wrong.push([name, plain, coloured, bytes])
            }
            for (let id = 1; id <= 200; id += 1) {
              for (const px of [24, 40, 88, 200]) check(`tile ${id} ${px}`, tileOf(id, px), 16 * 1024)
              check(`cloth ${id}`, clothOfGroup(id), 16 * 1024)
              check(`user ${id}`, clothOfPerson(`user${id}`), 48 * 1024)
            }
            for (const name of ['', '<img onerror=alert(1)>', 'نور', '\\uD800', 'x'.repeat(10_000)]) check(name, clothOfPerson(name), 48 * 1024)
            check('notes', clothOfNotes(), 16 * 1024)
            return wrong";
        let wrong = page.js_async(&format!("{MODULES}\n{script}"), json!([])).await;
        assert_eq!(wrong, json!([]));
    });
}

#[test]
fn the_picture_of_a_group_is_its_tile_and_square() {
    run_on_modules(|world: World| async move {
        let page = world.browser("tiles").await;
        page.until_card().await;
        let script = "const { showAvatar } = await load('./people/avatar.js')
            const avatar = document.body.appendChild(Object.assign(document.createElement('span'), { className: 'avatar' }))
            showAvatar(avatar, 7, 'Bagru weekend', { group: true })
            showAvatar(avatar, 8, 'Another one', { group: true })
            const { tileOf } = await load('./people/tile.js')
            while (!avatar.querySelector('svg')) await new Promise(requestAnimationFrame)
            await new Promise(requestAnimationFrame)
            return [avatar.querySelectorAll('svg').length, avatar.querySelector('svg').isEqualNode(tileOf(8, 48)),
              getComputedStyle(avatar).borderRadius]";
        let shown = page.js_async(&format!("{MODULES}\n{script}"), json!([])).await;
        assert_eq!(shown, json!([1, true, "24%"]));
    });
}

#[test]
fn quotes_have_the_name_and_the_bar_in_the_ink_of_the_sender() {
    run_on_modules(|world: World| async move {
        let (page, _) = world.page_beside_bob("A question").await;
        let script = "const { inkOf } = await load('./people/print.js')
            const probe = document.body.appendChild(document.createElement('i'))
            const colours = args[0].map((name) => {
              probe.style.color = inkOf(name)
              return getComputedStyle(probe).color
            })
            probe.remove()
            const quote = [...document.querySelectorAll('.quote')].find(shown)
            return [colours, getComputedStyle(quote).borderInlineStartColor, getComputedStyle(quote.querySelector('.quote__name')).color]";
        page.tab_back_to_message().await;
        page.keys("r").await;
        page.until("the bar", "return shown($('quote-bar'))", json!([])).await;
        let seen = page.js_async(&format!("{MODULES}\n{script}"), json!([["alice", "bob"]])).await;
        assert_ne!(seen[0][0], seen[0][1], "two people, two inks");
        assert_eq!((&seen[1], &seen[2]), (&seen[0][1], &seen[0][1]), "above the composer");
        page.send("An answer").await;
        page.until("the quote", "return shown($('quote'))", json!([])).await;
        let seen = page.js_async(&format!("{MODULES}\n{script}"), json!([["alice", "bob"]])).await;
        assert_eq!((&seen[1], &seen[2]), (&seen[0][1], &seen[0][1]), "in the bubble");
    });
}
