//! Names and texts that look like markup.

use serde_json::json;

use crate::kit::{PASSWORD, World, run};

/// Texts that must be shown unchanged. Each would set `window.struck` if it became markup.
const TEXTS: [&str; 12] = [
    "<img src=x onerror=\"window.struck = 1\">",
    "<script>window.struck = 1</script>",
    "<svg/onload=window.struck=1>",
    "\"><iframe srcdoc='<script>parent.struck = 1</script>'>",
    "&lt;b&gt; stays as written &amp;amp; so does this",
    "javascript:window.struck=1",
    "https://example.org/\" onmouseover=\"window.struck=1",
    "data:text/html,<script>window.struck=1</script>",
    "${window.struck = 1} {{constructor.constructor('window.struck = 1')()}}",
    "txt.exe \u{202E}gpj.evil and \u{2066}isolated and not closed",
    "ÅÄÖ 漢字 ไทย עברית العربية 👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "one\ntwo\n\n  three, with its spaces",
];

#[test]
fn hostile_texts_and_names_stay_text() {
    run(|world: World| async move {
        // All of them are valid: letters, digits, dots, hyphens, underscores.
        let names = ["__proto__", "constructor", "a.._-", "שלום", "hasOwnProperty"];
        let [alice] = world.server.users(["alice"]).await;
        let others = world.server.users(names).await;
        let at_alice = world.browser_of(&alice).await;
        for other in &others {
            other.connect().await.post_to(&alice, &format!("I am {}", other.username)).await;
        }
        for name in names {
            at_alice.until_badge(name, "1").await;
            at_alice.pick(name).await;
            at_alice.until_received(&format!("I am {name}")).await;
            at_alice.until_badge(name, "").await;
            assert_eq!(at_alice.texts().await.len(), 1);
        }

        let mut from_proto = others[0].connect().await;
        at_alice.pick("__proto__").await;
        for text in TEXTS {
            from_proto.post_to(&alice, text).await;
            at_alice.until_received(text).await;
            let preview = "const row = part('preview', rowOf('__proto__')); return row.children.length === 0 && row.textContent !== ''";
            at_alice.until("a preview of text only", preview, json!([])).await;
        }
        let markup = "return all('message').flatMap((row) => [...part('text', row).querySelectorAll('*')])
            .filter((e) => e.localName !== 'a' || !/^https?:$/.test(e.protocol) || e.hasAttribute('onmouseover'))
            .map((e) => e.outerHTML)";
        assert_eq!(at_alice.js(markup, json!([])).await, json!([]));
        let foreign =
            "return document.querySelectorAll('img, iframe, object, embed, body script').length";
        assert_eq!(at_alice.js(foreign, json!([])).await, 0);
        assert_eq!(at_alice.js("return typeof window.struck", json!([])).await, "undefined");

        // A direction override has no effect outside its own bubble.
        let turned = "return all('message').concat(all('chat-row')).every((e) => getComputedStyle(e).direction === 'ltr')
            && [...document.querySelectorAll('[data-part=text], [data-part=preview], [data-part=title]')]
              .every((e) => e === $('composer') || /isolate|plaintext/.test(getComputedStyle(e).unicodeBidi) || /isolate|plaintext/.test(getComputedStyle(e.parentElement).unicodeBidi))";
        assert_eq!(at_alice.js(turned, json!([])).await, true);
    });
}

#[test]
fn a_name_with_markup_is_refused_beside_its_field() {
    run(|world: World| async move {
        let page = world.browser("mallory").await;
        for name in ["<img src=x onerror=alert(1)>", "two words", "gpj\u{202E}exe"] {
            page.fill_card("tab-create", name, PASSWORD).await;
            let refused = "const field = document.forms[0].elements.username, words = part('usernameError')
                return shown(words) && words.textContent.includes('letters') && field.getAttribute('aria-invalid') === 'true'
                  && field.getAttribute('aria-describedby').split(' ').includes(words.id) && field.value === arguments[0]";
            page.until("the refusal", refused, json!([name])).await;
        }
        let foreign =
            "return [...document.images].filter(({ src }) => !/\\/script\\.svg$/.test(src)).length";
        assert_eq!(page.js(foreign, json!([])).await, 0);
    });
}

#[test]
fn the_browser_prevents_turning_text_into_markup() {
    run(|world: World| async move {
        let page = world.browser("nobody").await;
        let tries = "
            const outcomes = []
            for (const attempt of [
              () => (document.body.innerHTML = '<img src=x onerror=\"window.struck = 1\">'),
              () => document.body.insertAdjacentHTML('beforeend', '<b>bold</b>'),
              () => new DOMParser().parseFromString('<p>', 'text/html'),
              () => (document.createElement('script').textContent = 'window.struck = 1'),
            ]) {
              try { attempt(); outcomes.push('went through') } catch (error) { outcomes.push(error.name) }
            }
            return outcomes";
        assert_eq!(page.js(tries, json!([])).await, json!(vec!["TypeError"; 4]));
        let inline = "const style = document.createElement('style')
            style.textContent = 'body { display: none }'
            document.head.append(style)
            return shown($('submit'))";
        assert_eq!(page.js(inline, json!([])).await, true);
        // This also proves that every other test would have noticed it.
        let faults = page.faults().await;
        assert!(
            faults.iter().any(|fault| fault.contains("require-trusted-types-for")),
            "{faults:?}"
        );
        assert!(faults.iter().any(|fault| fault.contains("style-src")), "{faults:?}");
    });
}
