//! A group in the chat and in the list: who wrote what, who is in it, who is typing.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, MODULES, World, phone, run, run_on_modules, until_gone, until_shown};

/// Of each message: the name above it, whether a picture is beside it, and the text.
const AUTHORS: &str = "return all('message').map((row) => [
    row.querySelector('[data-test=author]')?.textContent ?? '',
    row.querySelector('[data-test=author-picture]') !== null, part('text', row).textContent])";
/// The second line of a row in the list.
const PREVIEW: &str = "const row = rowOf(arguments[0])
    return row && part('label', row).textContent.replace(/[\\u2068\\u2069]/g, '')
        + part('preview', row).textContent.replace(/[\\u2068\\u2069]/g, '')";
const STATUS: &str = "return $('chat-status').textContent.replace(/[\\u2068\\u2069]/g, '')";

async fn until_preview(page: &Browser, title: &str, words: &str) {
    page.until_is("the preview", PREVIEW, json!([title]), json!(words)).await;
}

#[test]
fn names_and_pictures_say_who_wrote_in_a_group() {
    run_on_modules(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let (mut from_bo, mut from_cy) = (bo.connect().await, cy.connect().await);
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        from_bo.say(chat, "One").await;
        from_bo.say(chat, "Two").await;
        from_cy.say(chat, "Three").await;
        page.until_received("Three").await;
        page.send("Four").await;
        page.until_state("Four", "sent").await;
        from_cy.say(chat, "Five").await;
        page.until_received("Five").await;
        let expected = json!([
            ["bo", false, "One"],
            ["", true, "Two"],
            ["cy", true, "Three"],
            ["", false, "Four"],
            ["cy", true, "Five"]
        ]);
        page.until_is("the authors", AUTHORS, json!([]), expected.clone()).await;
        let inks = "const { inkOf } = await load('./people/print.js')
            const probe = document.body.appendChild(document.createElement('i'))
            const wrong = all('author').filter((name) => {
              probe.style.color = inkOf(name.textContent)
              return getComputedStyle(probe).color !== getComputedStyle(name).color
            })
            probe.remove()
            return [all('author').length, wrong.length]";
        let inks = page.js_async(&format!("{MODULES}\n{inks}"), json!([])).await;
        assert_eq!(inks, json!([3, 0]), "each name in the ink of its print");

        page.reload().await;
        page.until_ready().await;
        page.until_is("the authors", AUTHORS, json!([]), expected).await;
    });
}

#[test]
fn a_name_or_picture_opens_the_panel_of_the_person() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        bo.connect().await.say(chat, "Hello").await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        page.until_received("Hello").await;
        for opener in ["author", "author-picture"] {
            page.click_on(opener).await;
            until_shown(&page, "person-info").await;
            let name = "return $('person-name').textContent";
            page.until_is("the name", name, json!([]), json!("bo")).await;
            page.press(Key::Escape).await;
            until_gone(&page, "person-info").await;
        }
        page.click_on("author").await;
        until_shown(&page, "person-info").await;
        page.click_on("person-write").await;
        page.until("the chat with bo", "return $('chat-title').textContent === 'bo'", json!([]))
            .await;
        until_gone(&page, "person-info").await;
    });
}

#[test]
fn the_list_says_who_wrote_last() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let (mut from_ana, mut from_bo) = (ana.connect().await, bo.connect().await);
        let page = world.browser_of(&ana).await;
        from_bo.say(chat, "Hello").await;
        until_preview(&page, "Hikers", "bo: Hello").await;
        from_ana.say(chat, "Hi").await;
        until_preview(&page, "Hikers", "You: Hi").await;
        page.reload().await;
        page.until_ready().await;
        until_preview(&page, "Hikers", "You: Hi").await;
        // Two people with one name: the username tells them apart.
        bo.rename("cy").await;
        from_bo.say(chat, "It is me").await;
        until_preview(&page, "Hikers", "cy @bo: It is me").await;
    });
}

#[test]
fn the_header_names_the_members_and_follows_who_comes_and_goes() {
    run(|world: World| async move {
        let [ana, bo, cy, dee] = world.server.users(["ana", "bo", "cy", "dee"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&cy).await;
        page.open_group(chat, "Hikers").await;
        page.until_is("the members", STATUS, json!([]), json!("ana, bo, You")).await;
        ana.add_member(chat, &dee).await;
        page.until_is("a newcomer", STATUS, json!([]), json!("ana, bo, dee, You")).await;
        ana.remove_member(chat, &bo).await;
        page.until_is("without bo", STATUS, json!([]), json!("ana, dee, You")).await;
        page.reload().await;
        page.until_ready().await;
        page.until_is("the members again", STATUS, json!([]), json!("ana, dee, You")).await;
        ana.remove_member(chat, &cy).await;
        until_shown(&page, "closed").await;
        page.until_is("nothing for a former member", STATUS, json!([]), json!("")).await;
    });
}

#[test]
fn everyone_who_types_is_named() {
    run(|world: World| async move {
        let [ana, bo, cy, dee] = world.server.users(["ana", "bo", "cy", "dee"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy, &dee]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        let bubble = "return shown($('typing')) ? part('typistNames').textContent.replace(/[\\u2068\\u2069]/g, '') : ''";
        let mut devices = Vec::new();
        for (user, words, names) in [
            (&bo, "bo is typing…", "bo"),
            (&cy, "bo and cy are typing…", "bo and cy"),
            (&dee, "bo and 2 others are typing…", "bo and 2 others"),
        ] {
            let mut device = user.connect().await;
            device.type_in(chat, true).await;
            devices.push(device);
            // A notice ends after some seconds.
            for device in &mut devices {
                device.type_in(chat, true).await;
            }
            page.until_is("the header", STATUS, json!([]), json!(words)).await;
            page.until_is("the bubble", bubble, json!([]), json!(names)).await;
            until_preview(&page, "Hikers", words).await;
        }
        for device in &mut devices {
            device.type_in(chat, false).await;
        }
        page.until_is("the members", STATUS, json!([]), json!("bo, cy, dee, You")).await;
        page.until_is("no bubble", bubble, json!([]), json!("")).await;
    });
}

#[test]
fn an_answer_names_whom_it_answers() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        cy.connect().await.say(chat, "A question").await;
        page.until_received("A question").await;
        page.tab_back_to_message().await;
        page.keys("r").await;
        until_shown(&page, "quote-bar").await;
        assert_eq!(
            page.js("return part('quoteName', $('quote-bar')).textContent", json!([])).await,
            "cy"
        );
        page.send("An answer").await;
        let quote = "return $('quote') && part('quoteName', $('quote')).textContent";
        page.until_is("the quote", quote, json!([]), json!("cy")).await;
        // The name of the author is above the quote of another person.
        let mut from_bo = bo.connect().await;
        let asked = page.js("return Number(all('message')[0].dataset.id)", json!([])).await;
        let cid = "0197a1a0-0000-7000-8000-000000000001";
        let answer = json!({ "type": "send", "cid": cid, "chat_id": chat, "content": "Me too", "reply_to": asked });
        from_bo.send(&answer).await;
        page.until_received("Me too").await;
        let order = "const bubble = all('message').at(-1).firstElementChild
            return [...bubble.children].slice(0, 3).map((e) => e.className.split(' ')[0])";
        let order = page.js(order, json!([])).await;
        assert_eq!(order, json!(["message__author", "quote", "message__body"]));
    });
}

/// Names and titles of people who want to break the page.
#[test]
fn hostile_names_break_nothing_on_a_phone() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        bo.rename(&"W".repeat(64)).await;
        cy.rename("علي evil: ok").await;
        let title = "W".repeat(100);
        let chat = ana.make_group(&title, &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        phone(&page).await;
        page.open_group(chat, &title).await;
        let (mut from_bo, mut from_cy) = (bo.connect().await, cy.connect().await);
        from_bo.say(chat, "short").await;
        from_cy.say(chat, "text").await;
        from_bo.type_in(chat, true).await;
        page.until_received("text").await;
        page.until("typing", "return shown($('typing'))", json!([])).await;
        page.until_calm().await;
        let wide = "return [...document.querySelectorAll('.chat-header *, .messages__column, .messages__column *')]
            .filter((e) => shown(e) && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('svg, bdi'))
            .map((e) => e.className)";
        assert_eq!(page.js(wide, json!([])).await, json!([]), "nothing is wider than the phone");
        from_bo.type_in(chat, false).await;
        page.close_chat().await;
        page.until(
            "who wrote",
            "return part('label', rowOf(arguments[0])).textContent !== ''",
            json!([title]),
        )
        .await;
        let order = "const row = rowOf(arguments[0]), label = part('label', row), range = document.createRange()
            const [text] = label.childNodes
            const at = (i) => { range.setStart(text, i); range.setEnd(text, i + 1); return range.getBoundingClientRect().left }
            return at(text.data.length - 2) > at(1)";
        let colon: Value = page.js(order, json!([title])).await;
        assert_eq!(colon, true, "the colon follows a name of the other direction");
    });
}
