//! Who is typing in a group, where there is little room to say it.

use serde_json::json;

use crate::{
    group_members::{open_panel, until_members},
    kit::{Browser, Device, World, phone, run},
};

/// The words that can be seen in the header or in the row of the list, and whether all of them can.
const SEEN: &str =
    "const e = arguments[0] === 'header' ? $('chat-status') : part('preview', rowOf('Hikers'))
    if (!e) return ['', false]
    const long = e.firstElementChild ?? e
    const isLong = Math.abs(long.getBoundingClientRect().top - e.getBoundingClientRect().top) < 6
    const words = isLong ? long.textContent : e.dataset.short
    const pen = document.createElement('canvas').getContext('2d')
    pen.font = getComputedStyle(e).font
    return [words.replace(/[\\u2068\\u2069]/g, ''), pen.measureText(words).width <= e.clientWidth]";

/// Waits until these words are whole in a place, while these people type.
async fn until_seen(
    page: &Browser,
    place: &str,
    devices: &mut [&mut Device],
    chat: i64,
    words: &str,
) {
    // A notice ends after some seconds.
    for device in devices.iter_mut() {
        device.type_in(chat, true).await;
    }
    page.until_is(place, SEEN, json!([place]), json!([words, true])).await;
}

async fn speak(page: &Browser, language: &str) {
    let set = "localStorage['chaap.settings'] = JSON.stringify({ language: arguments[0] })";
    page.js(set, json!([language])).await;
    page.reload().await;
    page.until_ready().await;
}

#[test]
fn who_types_is_said_in_short_where_names_do_not_fit() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        let (mut from_bo, mut from_cy) = (bo.connect().await, cy.connect().await);
        phone(&page).await;
        page.open_group(chat, "Hikers").await;
        let both = "bo and cy are typing…";
        until_seen(&page, "header", &mut [&mut from_bo, &mut from_cy], chat, both).await;

        bo.rename("Maximilian Mustermann-Schulze").await;
        cy.rename("Alexandra Papadopoulou").await;
        for (language, two, one) in [
            ("de", "2 Personen schreiben…", "Maximilian schreibt…"),
            ("es", "2 personas están escribiendo…", "Maximilian está escribiendo…"),
            ("hi", "2 लोग टाइप कर रहे हैं…", "Maximilian टाइप कर रहे हैं…"),
            ("ar", "شخصان يكتبان…", "الآن يكتب: Maximilian…"),
            ("en", "2 people are typing…", "Maximilian is typing…"),
        ] {
            speak(&page, language).await;
            page.open_group(chat, "Hikers").await;
            until_seen(&page, "header", &mut [&mut from_bo, &mut from_cy], chat, two).await;
            from_cy.type_in(chat, false).await;
            until_seen(&page, "header", &mut [&mut from_bo], chat, one).await;
            page.close_chat().await;
            until_seen(&page, "list", &mut [&mut from_bo], chat, one).await;
            until_seen(&page, "list", &mut [&mut from_bo, &mut from_cy], chat, two).await;
        }
        page.resize(1280, 800).await;
        page.open_group(chat, "Hikers").await;
        let names = "Maximilian Mustermann-Schulze and Alexandra Papadopoulou are typing…";
        until_seen(&page, "header", &mut [&mut from_bo, &mut from_cy], chat, names).await;
        from_bo.type_in(chat, false).await;
        from_cy.type_in(chat, false).await;
        let rest = "return [$('chat-status').textContent, 'short' in $('chat-status').dataset]";
        let members = "Maximilian Mustermann-Schulze, Alexandra Papadopoulou, You";
        let text = "return $('chat-status').textContent.replace(/[\\u2068\\u2069]/g, '')";
        page.until_is("the members", text, json!([]), json!(members)).await;
        assert_eq!(page.js(rest, json!([])).await[1], false, "a list of names is only cut");
    });
}

#[test]
fn who_is_removed_or_may_not_write_any_more_does_not_type() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        let (mut from_bo, mut from_cy) = (bo.connect().await, cy.connect().await);
        open_panel(&page, "Hikers").await;
        until_members(&page, &["ana*", "bo", "cy"]).await;
        for device in [&mut from_bo, &mut from_cy] {
            device.type_in(chat, true).await;
        }
        let words = "return $('chat-status').textContent.replace(/[\\u2068\\u2069]/g, '')";
        page.until_is("both", words, json!([]), json!("bo and cy are typing…")).await;
        // A notice of the server would end it a moment later; what the page holds ends at once.
        let ended = "const { state } = await theStore()
            return [Object.keys(state.typing[args[0]] ?? {}), state.members[args[0]][args[1]].role]";
        ana.remove_member(chat, &bo).await;
        until_members(&page, &["ana*", "cy"]).await;
        let left = page.js_async(ended, json!([chat, bo.id])).await;
        assert!(!left[0].as_array().unwrap().contains(&json!(bo.id.to_string())), "{left}");
        from_cy.type_in(chat, true).await;
        page.until_is("one", words, json!([]), json!("cy is typing…")).await;
        ana.change_group(chat, &json!({ "who_may_write": "admins" })).await;
        let rule = "return (await theStore()).state.chats[args[0]].who_may_write";
        while page.js_async(rule, json!([chat])).await != "admins" {}
        let left = page.js_async(ended, json!([chat, cy.id])).await;
        assert_eq!(left, json!([[], "member"]));
    });
}

#[test]
fn sentences_of_the_page_keep_its_direction_beside_names_of_the_other() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        bo.rename("يوسف أحمد").await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&ana).await;
        let (mut from_bo, mut from_cy) = (bo.connect().await, cy.connect().await);
        let words = "const preview = part('preview', rowOf('Hikers'))
            return [preview.textContent.replace(/[\\u2068\\u2069]/g, ''), preview.matches(':dir(ltr)')]";
        page.open_group(chat, "Hikers").await;
        from_bo.type_in(chat, true).await;
        page.until_is("one types", words, json!([]), json!(["يوسف أحمد is typing…", true])).await;
        from_cy.type_in(chat, true).await;
        let both = json!(["يوسف أحمد and cy are typing…", true]);
        page.until_is("two type", words, json!([]), both).await;
        let bubble =
            "return shown(part('typistNames')) && part('typistNames').matches(':dir(ltr)')";
        page.until("the names in the chat", bubble, json!([])).await;
        for (device, on) in [(&mut from_bo, false), (&mut from_cy, false)] {
            device.type_in(chat, on).await;
        }
        bo.ask("DELETE", &format!("/api/chats/{chat}/members/{}", bo.id), &json!({})).await;
        let left = json!(["يوسف أحمد left", true]);
        page.until_is("an event", words, json!([]), left).await;
        // What people write has its own direction.
        from_cy.say(chat, "مرحبا cy").await;
        page.until_is("a message", words, json!([]), json!(["مرحبا cy", false])).await;
        speak(&page, "ar").await;
        from_cy.say(chat, "Hello").await;
        page.until_is("in Arabic", words, json!([]), json!(["Hello", true])).await;
        from_cy.type_in(chat, true).await;
        page.until(
            "a sentence in Arabic",
            "return part('preview', rowOf('Hikers')).matches(':dir(rtl)')",
            json!([]),
        )
        .await;
    });
}
