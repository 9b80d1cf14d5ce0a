//! Printing: the whole loaded chat, light, without what can be pressed.

use serde_json::json;

use crate::kit::{World, run};

#[test]
fn a_print_has_every_loaded_message_and_no_side_column() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let chat = alice.chat_with(&bob).await["id"].as_i64().unwrap();
        world.server.lengthen(chat, [&alice, &bob], 600).await;
        let page = world.browser_of(&alice).await;
        page.prefer("dark").await;
        page.pick("bob").await;
        // Reads back far enough that the window drops rows at the end.
        let up = "const scroll = part('scroll', document.querySelector('message-list'))
            scroll.scrollTop = 0
            return Math.min(...messages().map((m) => m.seq)) <= 200";
        page.until("older messages", up, json!([])).await;
        let rows = page.js("return all('message').length", json!([])).await.as_i64().unwrap();
        assert!(rows <= 300, "{rows}");

        let watch = "window.printed = null; addEventListener('beforeprint', () => {
            const seqs = messages().map((m) => m.seq)
            window.printed = [Math.min(...seqs), Math.max(...seqs), seqs.length] })";
        page.js(watch, json!([])).await;
        let pdf = page.devtools("Page.printToPDF", json!({ "printBackground": true })).await;
        assert!(pdf["data"].as_str().unwrap().len() > 10_000);
        let printed = page.js("return window.printed", json!([])).await;
        let [first, last, count] = [0, 1, 2].map(|i| printed[i].as_i64().unwrap());
        assert!(first <= 200 && last == 601 && count == last - first + 1, "{printed}");
        // Afterwards the page is as it was.
        page.until("the rows of before", "return all('message').length <= 300", json!([])).await;

        let media = json!({ "media": "print", "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        page.devtools("Emulation.setEmulatedMedia", media).await;
        let paper = "const scroll = part('scroll', document.querySelector('message-list'))
            return { side: shown(document.querySelector('.side')), composer: shown($('composer')),
              cut: scroll.scrollHeight - scroll.clientHeight, all: document.documentElement.scrollHeight >= scroll.scrollHeight,
              scheme: getComputedStyle(document.documentElement).colorScheme, name: shown($('chat-title')) }";
        let paper = page.js(paper, json!([])).await;
        let wanted = json!({ "side": false, "composer": false, "cut": 0, "all": true, "scheme": "light", "name": true });
        assert_eq!(paper, wanted);
        page.devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": [] })).await;
    });
}
