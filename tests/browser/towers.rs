//! Letters with towers of combining marks stay inside of their bubble, row or line. Letters with the
//! marks of a language are not cut.

use serde_json::json;

use crate::kit::{World, run};

/// Elements from whose box the ink of their text may leave: nothing between them and the page clips.
const LEAKS: &str = "const clips = (e) => /hidden|clip|auto|scroll/.test(getComputedStyle(e).overflowY)
    const bounded = (text, bound) => { for (let e = text; e && e !== bound.parentElement; e = e.parentElement) if (clips(e)) return true; return false }
    const places = [['message text', part('text', all('message').at(-1)), all('message').at(-1)],
      ['quote', part('quoteWords'), part('quoteWords')], ['title', $('chat-title'), $('chat-title')],
      ['row title', part('title', rowOf('bob')), part('title', rowOf('bob'))], ['preview', part('preview', rowOf('bob')), part('preview', rowOf('bob'))]]
    return places.filter(([, text, bound]) => !bounded(text, bound)).map(([name]) => name)";
/// The space above and below the lines of a text until it is cut, in `em`.
const ROOM: &str = "const clip = (e) => { while (!/hidden|clip/.test(getComputedStyle(e).overflowY)) e = e.parentElement; return e }
    return [part('text', all('message').at(-1)), $('chat-title'), part('title', rowOf('bob')), part('preview', rowOf('bob'))].map((text) => {
      const range = document.createRange(); range.selectNodeContents(text)
      const size = parseFloat(getComputedStyle(text).fontSize), ink = range.getBoundingClientRect(), box = clip(text).getBoundingClientRect()
      return Math.round(Math.min(ink.top + ink.height / 2 - box.top, box.bottom - ink.bottom + ink.height / 2) / size * 100) / 100 })";

#[test]
fn towers_of_marks_stay_in_their_place() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let tower = format!("Z{} and A{}", "\u{301}\u{316}".repeat(60), "\u{30d}".repeat(80));
        let mut device = bob.connect().await;
        let first = device.post_to(&alice, &tower).await;
        page.until_received(&tower).await;
        let answer = json!({ "type": "send", "cid": uuid::Uuid::now_v7().to_string(), "chat_id": first["chat_id"], "content": tower, "reply_to": first["message_id"] });
        device.send(&answer).await;
        device.next_of("ack").await;
        page.until("the quote", "return shown(part('quoteWords'))", json!([])).await;
        assert_eq!(page.js(LEAKS, json!([])).await, json!([]));
        let initials = "return part('avatar', rowOf('bob')).textContent";
        assert_eq!(page.js(initials, json!([])).await, "B");

        // The tallest letters with marks that languages have reach .95 em from the middle of a line.
        device.post_to(&alice, "Ễ Ộ ปั๊ กู้ ฎุ र्क्षी ँ हूँ لَّٰ إِ Ǟ").await;
        page.until_received("Ễ Ộ ปั๊ กู้ ฎุ र्क्षी ँ हूँ لَّٰ إِ Ǟ").await;
        page.until_calm().await;
        let room = page.js(ROOM, json!([])).await;
        let room: Vec<f64> = serde_json::from_value(room).unwrap();
        assert!(room.iter().all(|&em| em >= 0.8), "{room:?}");
    });
}

#[test]
fn a_link_that_could_deceive_shows_its_host() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let mut device = bob.connect().await;
        device.post_to(&alice, "https://apple.com\u{2044}@evil.example/login").await;
        device.post_to(&alice, "www.example.org and ada@example.org").await;
        page.until_received("www.example.org and ada@example.org").await;
        page.until_calm().await;
        let hosts = "return [...document.querySelectorAll('.message__host')].map((e) => [e.textContent, shown(e), e.previousSibling.href])";
        let wanted =
            json!([["evil.example", true, "https://apple.com%E2%81%84@evil.example/login"]]);
        assert_eq!(page.js(hosts, json!([])).await, wanted);
        let links = "return [...all('message').at(-1).querySelectorAll('a')].map((a) => a.href)";
        let wanted = json!(["https://www.example.org/", "mailto:ada@example.org"]);
        assert_eq!(page.js(links, json!([])).await, wanted);
    });
}
