//! Mentions in groups: how they are shown, which are unread, and that they are announced.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{
    Browser, Device, MODULES, User, World, eventually, run, run_on_modules, until_gone, until_shown,
};

const TABLE: &str = include_str!("js/mentions-table.js");
/// The mentions in the open chat: their words, whether they are for the reader, and whether they can
/// be pressed.
const MENTIONS: &str = "return all('mention').map((it) =>
    [it.textContent, it.classList.contains('mention--me'), it.role === 'button'])";
/// The second line of a row in the list.
const PREVIEW: &str = "const row = rowOf(arguments[0])
    return row && (part('label', row).textContent + part('preview', row).textContent)
        .replace(/[\\u2068\\u2069]/g, '')";
/// What stands at the end of a row: the sign for mentions, and the number of unread messages.
const BADGES: &str = "const row = rowOf(arguments[0])
    return row && ['mention', 'badge'].map((name) => part(name, row)).map((it) => shown(it) ? it.textContent : '')";
/// Whether a piece of the stored state has this field with this value.
const STORED: &str = "
    const done = (request) => new Promise((good, bad) => {
      request.onsuccess = () => good(request.result)
      request.onerror = () => bad(request.error)
    })
    const wanted = JSON.stringify(args[1])
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      const all = await Promise.all([...database.objectStoreNames].map((store) =>
        done(database.transaction(store).objectStore(store).getAll())))
      database.close()
      if (all.flat().some((it) => JSON.stringify((it.value ?? it)[args[0]]) === wanted)) return true
    }
    return false";
/// The number on the button that goes to the next mention; empty without the button.
const JUMP: &str =
    "return shown($('mention-jump')) ? part('mentionCount', $('mention-jump')).textContent : ''";

fn at(user: &User) -> String {
    format!("<@{}>", user.id)
}

async fn until_jump(page: &Browser, count: &str) {
    page.until_is("the button to the next mention", JUMP, json!([]), json!(count)).await;
}

async fn until_badges(page: &Browser, title: &str, badges: [&str; 2]) {
    page.until_is("the badges", BADGES, json!([title]), json!(badges)).await;
}

/// Waits until the message with this text is in the view.
async fn until_in_view(page: &Browser, text: &str) {
    let there =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        const view = part('scroll').getBoundingClientRect(), place = row?.getBoundingClientRect()
        return place && place.top >= view.top && place.bottom <= view.bottom";
    page.until(&format!("{text} in the view"), there, json!([text])).await;
}

#[test]
fn tables_of_texts_with_mentions() {
    run_on_modules(|world: World| async move {
        let page = world.browser("alice").await;
        let wrong = page.js_async(&format!("{MODULES}\n{TABLE}"), json!([])).await;
        assert_eq!(wrong, json!([]));
    });
}

#[test]
fn a_mention_shows_the_name_that_the_person_has_today() {
    run(|world: World| async move {
        let [ana, bo, cy, dee] = world.server.users(["ana", "bo", "cy", "dee"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let page = world.browser_of(&bo).await;
        page.open_group(chat, "Hikers").await;
        let mut from_cy = cy.connect().await;
        // Neither strangers nor everyone: cy is no admin.
        let text = format!("*{}* and `{}`, {} <@all>", at(&ana), at(&bo), at(&dee));
        from_cy.say(chat, &text).await;
        page.until_received(&format!("@ana and @bo, <@{}> <@all>", dee.id)).await;
        let ana_only = json!([["@ana", false, true]]);
        page.until_is("the mentions", MENTIONS, json!([]), ana_only).await;
        from_cy.say(chat, &format!("{} look", at(&bo))).await;
        page.until_received("@bo look").await;
        page.until_is("the preview", PREVIEW, json!(["Hikers"]), json!("cy: @bo look")).await;
        page.click_on("mention").await;
        until_shown(&page, "person-info").await;
        page.until_is("the person", "return $('person-name').textContent", json!([]), json!("ana"))
            .await;
        page.press(Key::Escape).await;
        until_gone(&page, "person-info").await;

        // Names change, and people leave; what was said about them stays.
        ana.rename("Anna *K*").await;
        bo.rename("Bobby").await;
        ana.remove_member(chat, &cy).await;
        let now = json!([["@Anna *K*", false, true], ["@Bobby", true, false]]);
        page.until_is("the new names", MENTIONS, json!([]), now.clone()).await;
        ana.connect().await.say(chat, &format!("Bye {} <@all>", at(&cy))).await;
        page.until_received(&format!("Bye <@{}> @all", cy.id)).await;
        let all = json!([now[0], now[1], ["@all", true, false]]);
        page.until_is("everyone", MENTIONS, json!([]), all.clone()).await;
        page.reload().await;
        page.until_ready().await;
        page.until_is("the same after a reload", MENTIONS, json!([]), all).await;

        // Quoted, copied and sent again, it is words.
        page.click_on("composer").await;
        page.tab_back_to_message().await;
        page.press(Key::Up).await;
        page.keys("r").await;
        let quoted = "return part('quoteWords', $('quote-bar')).textContent";
        page.until_is("the quote", quoted, json!([]), json!("\u{2068}@Bobby\u{2069} look")).await;
        let copied = "return navigator.clipboard.readText()";
        page.devtools(
            "Browser.grantPermissions",
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
        )
        .await;
        let menu = "all('message')[0].querySelector('.message__bubble').dispatchEvent(
            new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 600, clientY: 300 }))";
        page.js(menu, json!([])).await;
        until_shown(&page, "copy-text").await;
        page.click_on("copy-text").await;
        let words = format!("@Anna *K* and @Bobby, <@{}> <@all>", dee.id);
        page.until_is("the clipboard", copied, json!([]), json!(words)).await;
    });
}

#[test]
fn a_name_in_another_direction_does_not_turn_a_quote_or_a_preview() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        bo.rename("\u{639}\u{627}\u{626}\u{634}\u{629}").await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        let page = world.browser_of(&bo).await;
        page.open_group(chat, "Hikers").await;
        ana.connect().await.say(chat, &format!("{} first then last", at(&bo))).await;
        page.until("the text", "return all('message').length === 1", json!([])).await;
        page.click_on("composer").await;
        page.tab_back_to_message().await;
        page.keys("r").await;
        until_shown(&page, "quote-bar").await;
        let order = "const left = (e, word) => {
              const node = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), range = new Range()
              while (node.nextNode() && !node.currentNode.data.includes(word)) { /* The next one. */ }
              const at = node.currentNode.data?.indexOf(word) ?? -1
              if (at < 0) return -1
              range.setStart(node.currentNode, at)
              range.setEnd(node.currentNode, at + word.length)
              return range.getBoundingClientRect().left
            }
            const words = ['\u{639}\u{627}\u{626}\u{634}\u{629}', 'first', 'then', 'last']
            const ordered = (e) => words.every((word, i) => i === 0 || left(e, words[i - 1]) < left(e, word))";
        let here = format!(
            "{order}; return [part('text', all('message')[0]), part('quoteWords', $('quote-bar')),
              part('preview', rowOf('Hikers'))].map(ordered)"
        );
        page.until_is("the order of the words", &here, json!([]), json!([true, true, true])).await;
        let path = format!("/api/chats/{chat}/messages");
        let last = bo.ask("GET", &format!("{path}?limit=1"), &Value::Null).await;
        let path = format!("{path}/{}", last["messages"][0]["id"]);
        ana.ask("PUT", &format!("{path}/pin"), &json!({ "hours": 24 })).await;
        until_shown(&page, "pinned").await;
        let pinned = format!("{order}; return ordered($('pinned').querySelector('.pinned__text'))");
        page.until_is("the order in the bar", &pinned, json!([]), json!(true)).await;
        bo.ask("PUT", &format!("{path}/star"), &Value::Null).await;
        page.click_on("menu").await;
        page.click_on("starred").await;
        until_shown(&page, "starred-message").await;
        let starred = format!("{order}; return ordered(document.querySelector('.starred__text'))");
        page.until_is("the order in the list of stars", &starred, json!([]), json!(true)).await;
    });
}

#[test]
fn what_one_writes_oneself_does_not_wait_for_oneself() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        let (mut from_ana, mut from_bo) = (ana.connect().await, bo.connect().await);
        from_ana.say(chat, &format!("{} <@all> {}", at(&bo), at(&ana))).await;
        from_bo.say(chat, &format!("Look {}", at(&ana))).await;
        page.until_received("Look @ana").await;
        let looks = "return all('mention').map((it) => {
            const { color, backgroundColor } = getComputedStyle(it)
            return `${color} on ${backgroundColor}` })";
        let looks = page.js(looks, json!([])).await;
        let [of_bo, of_all, of_ana, by_bo] = [0, 1, 2, 3].map(|at| looks[at].as_str().unwrap());
        assert_eq!((of_all, of_ana), (of_bo, of_bo), "one's own words are neutral");
        assert_ne!(by_bo, of_bo, "those of another wait for the reader");
    });
}

/// Writes numbered messages; those at the given seqs mention a person.
async fn write_many(from: &mut Device, chat: i64, count: i64, whom: &User, seqs: &[i64]) {
    for seq in 2..count + 2 {
        let text = if seqs.contains(&seq) { at(whom) } else { String::from("words") };
        from.say(chat, &format!("{text} {seq}")).await;
    }
}

#[test]
fn somebody_who_was_away_goes_from_one_mention_to_the_next() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &bo).await;
        page.until_badge("Hikers", "").await;
        proxy.close();
        page.until_connection("offline").await;
        let mut from_cy = cy.connect().await;
        // More than a chat opens with.
        write_many(&mut from_cy, chat, 300, &bo, &[60, 150, 290]).await;
        proxy.open();
        until_badges(&page, "Hikers", ["@", "300"]).await;
        page.reload().await;
        page.until_ready().await;
        until_badges(&page, "Hikers", ["@", "300"]).await;
        page.open_group(chat, "Hikers").await;
        until_jump(&page, "3").await;
        for (text, left) in [("@bo 60", "2"), ("@bo 150", "1"), ("@bo 290", "")] {
            page.click_on("mention-jump").await;
            until_in_view(&page, text).await;
            until_jump(&page, left).await;
        }
        // What was passed over is unread, but the mentions in it were seen, also after a reload.
        page.close_chat().await;
        page.until("no sign", "return !shown(part('mention', rowOf('Hikers')))", json!([])).await;
        assert_ne!(page.badge_of("Hikers").await, "");
        eventually("the page to store it", async || {
            let stored = page.js_async(STORED, json!(["shownMentions", [60, 150, 290]])).await;
            stored == true
        })
        .await;
        page.reload().await;
        page.until_ready().await;
        page.open_group(chat, "Hikers").await;
        page.until_calm().await;
        until_jump(&page, "").await;
        page.close_chat().await;
        bo.connect()
            .await
            .send(&json!({ "type": "receipt", "chat_id": chat, "delivered": 301, "read": 150 }))
            .await;
        until_badges(&page, "Hikers", ["", "151"]).await;
        from_cy.say(chat, &format!("{} 302", at(&bo))).await;
        until_badges(&page, "Hikers", ["@", "152"]).await;
        page.reload().await;
        page.until_ready().await;
        until_badges(&page, "Hikers", ["@", "152"]).await;
        bo.connect()
            .await
            .send(&json!({ "type": "receipt", "chat_id": chat, "delivered": 302, "read": 302 }))
            .await;
        until_badges(&page, "Hikers", ["", ""]).await;
    });
}

#[test]
fn those_who_come_later_get_no_earlier_mentions() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        ana.change_group(chat, &json!({ "history_for_newcomers": "all" })).await;
        let (mut from_ana, mut from_bo) = (ana.connect().await, bo.connect().await);
        from_ana.say(chat, &format!("Before <@all> {}", at(&cy))).await;
        let page = world.browser_of(&cy).await;
        ana.add_member(chat, &cy).await;
        until_badges(&page, "Hikers", ["", ""]).await;
        page.open_group(chat, "Hikers").await;
        page.until_received(&format!("Before @all <@{}>", cy.id)).await;
        until_jump(&page, "").await;
        page.close_chat().await;
        from_bo.say(chat, &format!("After {}", at(&cy))).await;
        until_badges(&page, "Hikers", ["@", "1"]).await;
        // The mention of somebody who is gone counts; what is said without cy does not reach her.
        ana.remove_member(chat, &bo).await;
        ana.remove_member(chat, &cy).await;
        from_ana.say(chat, "<@all>").await;
        until_badges(&page, "Hikers", ["@", "1"]).await;
        page.reload().await;
        page.until_ready().await;
        until_badges(&page, "Hikers", ["@", "1"]).await;
        // Somebody who comes back has only what is said from then on.
        ana.add_member(chat, &cy).await;
        until_badges(&page, "Hikers", ["", ""]).await;
        from_ana.say(chat, "<@all>").await;
        until_badges(&page, "Hikers", ["@", "1"]).await;
        page.open_group(chat, "Hikers").await;
        page.until_received("After @cy").await;
    });
}

#[test]
fn a_mention_is_announced_also_in_a_muted_chat() {
    run(|world: World| async move {
        let [ana, bo, cy] = world.server.users(["ana", "bo", "cy"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &cy]).await;
        let muted = json!({ "muted_until": 4_000_000_000_000_i64 });
        bo.ask("PATCH", &format!("/api/chats/{chat}/preferences"), &muted).await;
        let page = world.browser_of(&bo).await;
        let stand_in = "window.told = []
            window.Notification = class extends EventTarget {
                static get permission() { return 'granted' }
                constructor(title, options) { super(); told.push([title, options.body]) }
                close() {}
            }
            Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
            document.hasFocus = () => false";
        page.js(stand_in, json!([])).await;
        let (mut from_ana, mut from_cy) = (ana.connect().await, cy.connect().await);
        from_cy.say(chat, &format!("Quiet, {}", at(&ana))).await;
        until_badges(&page, "Hikers", ["", "1"]).await;
        assert_eq!(page.js("return document.title", json!([])).await, "Chaap");
        from_cy.say(chat, &format!("*Here*, {}", at(&bo))).await;
        until_badges(&page, "Hikers", ["@", "2"]).await;
        let told =
            "return told.map((words) => words.map((it) => it.replace(/[\\u2068\\u2069]/g, '')))";
        let one = json!(["Hikers", "cy mentioned you: Here, @bo"]);
        page.until_is("the first notice", told, json!([]), json!([one])).await;
        from_ana.say(chat, "Tomorrow <@all>").await;
        let two = json!(["Hikers", "ana mentioned everyone: Tomorrow @all"]);
        page.until_is("the notices", told, json!([]), json!([one, two])).await;
    });
}

#[test]
fn direct_chats_show_tokens_as_they_were_typed() {
    run(|world: World| async move {
        let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
        let text = format!("{} <@all>", at(&alice));
        bob.connect().await.send_to(&alice, &text).await;
        page.until_received(&text).await;
        let typed = format!("{} in a draft", at(&bob));
        page.write(&typed).await;
        page.close_chat().await;
        page.pick("bob").await;
        page.until_is("the draft", "return $('composer').value", json!([]), json!(typed)).await;
        assert_eq!(page.js(MENTIONS, json!([])).await, Value::Array(Vec::new()));
    });
}
