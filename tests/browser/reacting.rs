//! Reacting with the mouse, a finger and the keyboard: the chips under a message, the bar, the
//! emoji picker, and the list of who reacted.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    axe::{Auditor, axe},
    kit::{Browser, User, World, eventually, phone, run, until_gone, until_installed, until_shown},
};

/// The chips of the message with this text, with their number; a star marks one's own.
const CHIPS: &str =
    "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
    return [...row.querySelectorAll('button.reaction')].map((chip) =>
        (chip.dataset.emoji ?? '') + chip.innerText.replace(chip.dataset.emoji, '').trim()
            + (chip.ariaPressed === 'true' ? '*' : ''))";
/// The emoji of the open bar; a star marks one's own.
const BAR: &str = "return all('quick-reaction').map((button) =>
    button.dataset.emoji + (button.ariaPressed === 'true' ? '*' : ''))";
/// The people in the open list: name and emoji.
const PEOPLE: &str = "return [...$('reacted-people').querySelectorAll('li')].map((line) =>
    ['name', 'emoji'].map((it) => line.querySelector(`.reacted__${it}`).textContent).join(' '))";
/// The filter of the open list; a star marks the chosen part.
const FILTER: &str = "return [...$('reactions-sheet').querySelectorAll('.chip')].map((chip) =>
    chip.textContent + (chip.ariaPressed === 'true' ? '*' : ''))";
/// Whether a box is inside the window.
const INSIDE: &str = "
    const box = document.querySelector(arguments[0])
    const { left, right, top, bottom } = box.getBoundingClientRect()
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight";

async fn until_chips(page: &Browser, text: &str, chips: Value) {
    page.until_is(&format!("the reactions to “{text}”"), CHIPS, json!([text]), chips).await;
}

async fn until_people(page: &Browser, people: Value) {
    page.until_is("the people", PEOPLE, json!([]), people).await;
}

/// Reacts on another device to the last message of a chat.
async fn react(user: &User, chat: &Value, emoji: &str) {
    let path = format!("/api/chats/{}/messages/{}/reaction", chat["id"], last_id(chat));
    user.ask("PUT", &path, &json!({ "emoji": emoji })).await;
}

fn last_id(chat: &Value) -> &Value {
    &chat["last_message"]["id"]
}

/// The group as this user's list has it.
async fn group(world: &World, user: &User) -> Value {
    world.server.groups_of(user).await.remove(0)
}

/// Points at the message with this text.
async fn point_at(page: &Browser, text: &str) {
    let middle =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        const { x, y, width, height } = part('bubble', row).getBoundingClientRect()
        return [x + width / 2, y + height / 2]";
    let middle = page.js(middle, json!([text])).await;
    // The pointer comes from elsewhere, so that it also moves when it is there already.
    for (x, y) in [(json!(2), json!(2)), (middle[0].clone(), middle[1].clone())] {
        let event = json!({ "type": "mouseMoved", "x": x, "y": y });
        page.devtools("Input.dispatchMouseEvent", event).await;
    }
}

/// Opens the bar beside the message with this text.
async fn open_bar(page: &Browser, text: &str) {
    point_at(page, text).await;
    page.click_on("message-react").await;
    until_shown(page, "reaction-bar").await;
}

async fn choose(page: &Browser, emoji: &str) {
    let button = "return all('quick-reaction').find((e) => e.dataset.emoji === arguments[0])";
    page.click(emoji, button, json!([emoji])).await;
    until_gone(page, "reaction-bar").await;
}

/// Opens the menu of the message with this text by keyboard.
async fn open_menu(page: &Browser, text: &str) {
    let focus =
        "const row = all('message').find((row) => part('text', row).textContent === arguments[0])
        part('bubble', row).focus()";
    page.js(focus, json!([text])).await;
    page.press(Key::Enter).await;
    until_shown(page, "message-menu").await;
}

/// Opens the list of who reacted to the only message with reactions.
async fn open_people(page: &Browser) {
    page.click("a chip", "return document.querySelector('.reaction')", json!([])).await;
    until_shown(page, "reactions-sheet").await;
}

/// Alice's page with a group of five, and a message of Bob that two have reacted to.
async fn busy_group(world: &World) -> (Browser, [User; 5], Value) {
    let users = world.server.users(["alice", "bob", "carol", "dave", "erin"]).await;
    let [alice, bob, carol, dave, erin] = &users;
    let id = alice.make_group("Family", &[bob, carol, dave, erin]).await;
    bob.connect().await.say(id, "Hello all").await;
    let chat = group(world, alice).await;
    react(carol, &chat, "👍").await;
    react(dave, &chat, "😂").await;
    let page = world.browser_of(alice).await;
    page.open_group(id, "Family").await;
    until_chips(&page, "Hello all", json!(["👍", "😂"])).await;
    (page, users, chat)
}

#[test]
fn the_bar_beside_a_message_reacts_changes_and_takes_back() {
    run(|world: World| async move {
        let (page, [_, bob]) = world.page_beside_bob("Hello").await;
        let other = world.browser_of(&bob).await;
        other.pick("alice").await;
        open_bar(&page, "Hello").await;
        let usual = json!(["👍", "❤️", "😂", "😮", "😢", "🙏"]);
        assert_eq!(page.js(BAR, json!([])).await, usual);
        assert_eq!(page.js(INSIDE, json!([".reaction-bar"])).await, true);
        let above = "return $('reaction-bar').getBoundingClientRect().bottom
            <= part('text', all('message')[0]).getBoundingClientRect().top";
        page.until("the bar above the text", above, json!([])).await;
        choose(&page, "😂").await;
        until_chips(&page, "Hello", json!(["😂*"])).await;
        until_chips(&other, "Hello", json!(["😂"])).await;

        // The one used last is the first of the next bar, and one's own is marked.
        open_bar(&page, "Hello").await;
        let used = json!(["😂*", "👍", "❤️", "😮", "😢", "🙏"]);
        assert_eq!(page.js(BAR, json!([])).await, used);
        choose(&page, "👍").await;
        until_chips(&page, "Hello", json!(["👍*"])).await;
        open_bar(&other, "Hello").await;
        choose(&other, "👍").await;
        for page in [&page, &other] {
            until_chips(page, "Hello", json!(["👍2*"])).await;
        }
        let label = "return document.querySelector('.reaction').ariaLabel";
        eventually("the words", async || page.js(label, json!([])).await == "👍 2, yours").await;
        open_bar(&page, "Hello").await;
        choose(&page, "👍").await;
        until_chips(&page, "Hello", json!(["👍"])).await;
        until_chips(&other, "Hello", json!(["👍*"])).await;

        open_bar(&page, "Hello").await;
        page.press(Key::Escape).await;
        until_gone(&page, "reaction-bar").await;
        until_chips(&page, "Hello", json!(["👍"])).await;
    });
}

#[test]
fn a_long_press_shows_the_bar_above_the_lifted_message() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        phone(&page).await;
        let middle = "const { x, y, width, height } = part('bubble').getBoundingClientRect()
            return { x: x + width / 2, y: y + height / 2 }";
        let middle = page.js(middle, json!([])).await;
        let touch = async |kind: &str, points: Value| {
            let touch = json!({ "type": kind, "touchPoints": points });
            page.devtools("Input.dispatchTouchEvent", touch).await;
        };
        touch("touchStart", json!([middle])).await;
        until_shown(&page, "reaction-bar").await;
        touch("touchEnd", json!([])).await;
        page.until_calm().await;
        assert_eq!(page.js(INSIDE, json!([".reaction-bar"])).await, true);
        let above = "const [bar, copy, sheet] = ['.reaction-bar', '.menu__lifted', '.menu__sheet']
            .map((name) => document.querySelector(name).getBoundingClientRect())
            return bar.bottom < copy.top && copy.height > 20 && copy.bottom < sheet.top";
        assert_eq!(page.js(above, json!([])).await, true, "bar, message, sheet");
        let small = "return [...document.querySelectorAll('.reaction-bar > *')]
            .map((e) => e.getBoundingClientRect())
            .filter(({ width, height }) => Math.min(width, height) < 44).length";
        assert_eq!(page.js(small, json!([])).await, 0, "large enough for a finger");
        choose(&page, "🙏").await;
        until_chips(&page, "Hello", json!(["🙏*"])).await;
        until_gone(&page, "message-menu").await;

        // A finger also hits a chip, and what is open closes by Back.
        let target = "const { x, y, width, height } = $('reaction').getBoundingClientRect()
            const [middle, line] = [x + width / 2, y + height / 2]
            return [-15, 15].every((d) =>
                document.elementFromPoint(middle, line + d)?.closest('.reaction'))";
        assert_eq!(page.js(target, json!([])).await, true);
        open_people(&page).await;
        page.until_calm().await;
        assert_eq!(page.js(INSIDE, json!([".reacted"])).await, true);
        page.driver.back().await.unwrap();
        until_gone(&page, "reactions-sheet").await;
        assert_eq!(page.js("return shown($('message'))", json!([])).await, true);
    });
}

#[test]
fn everything_works_by_keyboard_alone() {
    run(|world: World| async move {
        let (page, [_, bob]) = world.page_beside_bob("Hello").await;
        let other = world.browser_of(&bob).await;
        other.pick("alice").await;
        open_menu(&page, "Hello").await;
        assert_eq!(page.focus().await, "reply");
        // The bar is the first stop of the menu; the keys go round.
        page.press(Key::Up).await;
        let at =
            "return document.activeElement.dataset.emoji ?? document.activeElement.dataset.test";
        assert_eq!(page.js(at, json!([])).await, "👍");
        page.press(Key::Right).await;
        assert_eq!(page.js(at, json!([])).await, "❤️");
        page.press(Key::Down).await;
        assert_eq!(page.focus().await, "reply");
        page.press(Key::Up).await;
        assert_eq!(page.js(at, json!([])).await, "❤️", "the bar keeps its place");
        page.press(Key::End).await;
        assert_eq!(page.focus().await, "more-emoji");
        page.press(Key::Left).await;
        page.press(Key::Enter).await;
        until_chips(&other, "Hello", json!(["🙏"])).await;
        page.until_focus("bubble").await;

        // Tab goes from the message to its chip, which opens the list.
        page.press(Key::Tab).await;
        let on_chip = "return document.activeElement.matches('.reaction')";
        for _ in 0..4 {
            if page.js(on_chip, json!([])).await == true {
                break;
            }
            page.press(Key::Tab).await;
        }
        assert_eq!(page.js(on_chip, json!([])).await, true);
        page.press(Key::Enter).await;
        until_shown(&page, "reactions-sheet").await;
        page.press(Key::Escape).await;
        until_gone(&page, "reactions-sheet").await;
        assert_eq!(page.js(on_chip, json!([])).await, true, "the focus is back");

        // One's own is where the bar begins, and choosing it again takes it back.
        open_menu(&page, "Hello").await;
        page.press(Key::Up).await;
        assert_eq!(page.js(at, json!([])).await, "🙏");
        page.press(Key::Enter).await;
        until_chips(&page, "Hello", json!([])).await;
        page.until_focus("bubble").await;
        until_chips(&other, "Hello", json!([])).await;
    });
}

#[test]
fn the_picker_reacts_with_any_emoji_in_the_chosen_tone() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        for width in [1280, 375] {
            page.resize(width, 812).await;
            open_menu(&page, "Hello").await;
            page.click_on("more-emoji").await;
            until_shown(&page, "emoji-picker").await;
            page.until_calm().await;
            assert_eq!(page.js(INSIDE, json!([".emoji-picker"])).await, true, "{width} wide");
            page.press(Key::Escape).await;
            until_gone(&page, "emoji-picker").await;
            page.until_focus("bubble").await;
        }
        page.resize(1280, 812).await;
        open_menu(&page, "Hello").await;
        page.click_on("more-emoji").await;
        page.until_focus("emoji-search").await;
        page.click_on("emoji-tone").await;
        let medium = "return document.querySelectorAll('.emoji-picker__tones > *')[3]";
        page.click("the medium tone", medium, json!([])).await;
        page.click_on("emoji-search").await;
        page.insert("waving hand").await;
        let found = "return document.querySelector('.emoji-picker__scroll .emoji-picker__cell')
            ?.textContent";
        page.until_is("the result", found, json!([]), json!("👋🏽")).await;
        page.press(Key::Enter).await;
        until_gone(&page, "emoji-picker").await;
        until_chips(&page, "Hello", json!(["👋🏽*"])).await;
        assert_eq!(page.js("return $('composer').value", json!([])).await, "");
        open_bar(&page, "Hello").await;
        let used = json!(["👋🏽*", "👍", "❤️", "😂", "😮", "😢"]);
        assert_eq!(page.js(BAR, json!([])).await, used);
    });
}

#[test]
fn the_list_shows_who_reacted_follows_changes_and_takes_back() {
    run(|world: World| async move {
        let (page, [alice, _, _, _, erin], chat) = busy_group(&world).await;
        react(&alice, &chat, "👍").await;
        until_chips(&page, "Hello all", json!(["👍2*", "😂"])).await;
        open_people(&page).await;
        until_people(&page, json!(["You 👍", "dave 😂", "carol 👍"])).await;
        assert_eq!(page.js(FILTER, json!([])).await, json!(["All 3*", "👍 2", "😂 1"]));
        page.click(
            "the laughing",
            "return $('reactions-sheet').querySelectorAll('.chip')[2]",
            json!([]),
        )
        .await;
        until_people(&page, json!(["dave 😂"])).await;
        // It is live.
        react(&erin, &chat, "😂").await;
        until_people(&page, json!(["erin 😂", "dave 😂"])).await;
        page.until_is("the filter", FILTER, json!([]), json!(["All 4", "👍 2", "😂 2*"])).await;
        page.click(
            "the thumbs",
            "return $('reactions-sheet').querySelectorAll('.chip')[1]",
            json!([]),
        )
        .await;
        until_people(&page, json!(["You 👍", "carol 👍"])).await;
        page.click_on("own-reaction").await;
        until_people(&page, json!(["carol 👍"])).await;
        page.until_focus("reactions-close").await;
        page.press(Key::Escape).await;
        until_gone(&page, "reactions-sheet").await;
        until_chips(&page, "Hello all", json!(["😂2", "👍"])).await;
        page.until_focus("reaction").await;
    });
}

#[test]
fn the_list_closes_with_the_last_reaction_and_the_message_gets_the_focus() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        open_bar(&page, "Hello").await;
        choose(&page, "❤️").await;
        until_chips(&page, "Hello", json!(["❤️*"])).await;
        open_people(&page).await;
        until_people(&page, json!(["You ❤️"])).await;
        page.click_on("own-reaction").await;
        until_gone(&page, "reactions-sheet").await;
        until_chips(&page, "Hello", json!([])).await;
        page.until_focus("bubble").await;
    });
}

#[test]
fn nothing_to_react_with_where_one_cannot() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let id = alice.make_group("Family", &[&bob]).await;
        let mut device = bob.connect().await;
        let ack = device.say(id, "By mistake").await;
        device.say(id, "Hello all").await;
        let path = format!("/api/chats/{id}/messages/{}", ack["message_id"]);
        bob.ask("DELETE", &path, &Value::Null).await;
        react(&bob, &group(&world, &alice).await, "👍").await;
        let page = world.browser_of(&alice).await;
        page.open_group(id, "Family").await;
        until_chips(&page, "Hello all", json!(["👍"])).await;
        point_at(&page, "Hello all").await;
        until_shown(&page, "message-react").await;
        // A deleted message has its menu only.
        point_at(&page, "This message was deleted.").await;
        page.until_calm().await;
        let tools =
            "return [...part('bubble', all('message')[0]).querySelectorAll('.hover-bar > *')]
            .filter(shown).map((button) => button.dataset.test)";
        assert_eq!(page.js(tools, json!([])).await, json!(["message-more"]), "a deleted message");
        // Also if it is deleted while the pointer is on it.
        let soon = device.say(id, "Gone soon").await;
        page.until_received("Gone soon").await;
        point_at(&page, "Gone soon").await;
        until_shown(&page, "message-react").await;
        let path = format!("/api/chats/{id}/messages/{}", soon["message_id"]);
        bob.ask("DELETE", &path, &Value::Null).await;
        let tools = "return [...document.querySelectorAll('.hover-bar > *')]
            .filter(shown).map((button) => button.dataset.test)";
        page.until_is("the bar", tools, json!([]), json!(["message-more"])).await;

        until_installed(&page).await;
        world.server.stop().await;
        page.until_connection("offline").await;
        page.send("On its way").await;
        page.until_state("On its way", "pending").await;
        point_at(&page, "On its way").await;
        until_shown(&page, "message-more").await;
        assert_eq!(page.js("return shown($('message-react'))", json!([])).await, false, "it waits");
        open_menu(&page, "On its way").await;
        assert_eq!(page.js("return shown($('reaction-bar'))", json!([])).await, false);
        page.press(Key::Escape).await;
        // One's own reaction waits as an outline.
        open_bar(&page, "Hello all").await;
        choose(&page, "👍").await;
        until_chips(&page, "Hello all", json!(["👍2*"])).await;
        let waits = "return document.querySelector('.reaction').hasAttribute('data-waiting')";
        assert_eq!(page.js(waits, json!([])).await, true);
        world.server.start_again().await;
        let printed = "return !document.querySelector('.reaction[data-waiting]')";
        page.until("the print", printed, json!([])).await;
        page.until_state("On its way", "sent").await;

        alice.set_role(id, &bob, "admin").await;
        bob.remove_member(id, &alice).await;
        until_chips(&page, "Hello all", json!([])).await;
        point_at(&page, "Hello all").await;
        until_shown(&page, "message-more").await;
        assert_eq!(page.js("return shown($('message-react'))", json!([])).await, false, "former");
    });
}

#[test]
fn a_reaction_moves_nothing_that_is_being_read() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut device = bob.connect().await;
        let mut ids = Vec::new();
        for n in 1..=40 {
            ids.push(device.post_to(&alice, &format!("Message {n}")).await["message_id"].clone());
        }
        let chat = alice.chat_with(&bob).await;
        alice.connect().await.confirm(chat["id"].as_i64().unwrap(), 40, 40).await;
        let page = world.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received("Message 40").await;
        let up = "const scroll = part('scroll', document.querySelector('message-list'))
            scroll.scrollTop = scroll.scrollHeight / 2
            const edge = scroll.getBoundingClientRect().top
            window.read = all('message').find((row) => row.getBoundingClientRect().top > edge)
            return part('text', window.read).textContent.split(' ')[1]";
        let first: usize = page.js(up, json!([])).await.as_str().unwrap().parse().unwrap();
        assert!(first > 3, "something is above: {first}");
        page.until_calm().await;
        let top = "return window.read.getBoundingClientRect().top";
        let before = page.js(top, json!([])).await;
        for n in [1, first - 2] {
            let path = format!("/api/chats/{}/messages/{}/reaction", chat["id"], ids[n - 1]);
            bob.ask("PUT", &path, &json!({ "emoji": "👍" })).await;
            until_chips(&page, &format!("Message {n}"), json!(["👍"])).await;
        }
        page.until_calm().await;
        assert_eq!(page.js(top, json!([])).await, before);

        // Those of history are there at once; a new one appears with a movement, which ends.
        page.reload().await;
        page.until_ready().await;
        page.until_received("Message 40").await;
        let moved =
            "const enters = () => document.querySelector('.reaction[data-entered]') !== null
            const watch = new MutationObserver(() => (window.moved ||= enters()))
            watch.observe(document.body, { subtree: true, childList: true, attributes: true })
            return !enters()";
        assert_eq!(page.js(moved, json!([])).await, true);
        let path = format!("/api/chats/{}/messages/{}/reaction", chat["id"], ids[39]);
        bob.ask("PUT", &path, &json!({ "emoji": "👍" })).await;
        until_chips(&page, "Message 40", json!(["👍"])).await;
        let ended = "return window.moved === true && !document.querySelector('[data-entered]')";
        page.until("the movement and its end", ended, json!([])).await;
    });
}

#[test]
fn hostile_and_many_reactions_stay_inside_their_chips() {
    run(|world: World| async move {
        let (page, _, chat) = busy_group(&world).await;
        // A server that does not check what an emoji is.
        let counts = json!([
            "👩‍👩‍👧‍👦".repeat(6),
            "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
            "<b>bold</b> and long ".repeat(20),
            "\u{202e}abc",
            "👍",
            "😂",
            "😮"
        ]);
        let hostile = "const [chat, emoji] = args
            const counts = emoji.map((emoji, n) => ({ emoji, count: 9 - n }))
            const row = { chat_id: chat.id, message_id: chat.last_message.id, sender_id: 2 }
            const event = { type: 'reactions', ...row, counts, total: 1000, changed: 10 ** 9 };
            (await theStore()).dispatch(event)";
        page.js_async(hostile, json!([chat, counts])).await;
        page.until(
            "five chips",
            "return document.querySelectorAll('.reaction').length === 5",
            json!([]),
        )
        .await;
        for width in [1280, 375] {
            page.resize(width, 812).await;
            page.until_calm().await;
            let outside = "const list = document.querySelector('.messages__scroll')
                const { left, right } = list.getBoundingClientRect()
                return [...document.querySelectorAll('.reaction')].filter((chip) => {
                  const box = chip.getBoundingClientRect()
                  return box.left < left || box.right > right || box.width > 120
                    || box.height > 30 || chip.scrollWidth > chip.clientWidth + 1
                }).length";
            assert_eq!(page.js(outside, json!([])).await, 0, "{width} wide");
        }
        let rest = "return [...document.querySelectorAll('.reaction')].at(-1).textContent";
        assert_eq!(page.js(rest, json!([])).await, "+970");
    });
}

#[test]
fn axe_finds_nothing_in_the_chips_the_bar_and_the_list() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let (page, [alice, ..], chat) = busy_group(&world).await;
        react(&alice, &chat, "👍").await;
        until_chips(&page, "Hello all", json!(["👍2*", "😂"])).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        open_bar(&page, "Hello all").await;
        auditor.audit("the bar").await;
        page.press(Key::Escape).await;
        for width in ["desk", "phone"] {
            if width == "phone" {
                phone(&page).await;
            }
            auditor.audit(&format!("the chips, {width}")).await;
            open_menu(&page, "Hello all").await;
            auditor.audit(&format!("the menu with the bar, {width}")).await;
            page.click_on("more-emoji").await;
            until_shown(&page, "emoji-picker").await;
            let cells = "return $('emoji-picker').querySelectorAll('button').length > 100";
            page.until("emoji", cells, json!([])).await;
            auditor.audit(&format!("the picker, {width}")).await;
            page.press(Key::Escape).await;
            until_gone(&page, "emoji-picker").await;
            open_people(&page).await;
            until_people(&page, json!(["You 👍", "dave 😂", "carol 👍"])).await;
            auditor.audit(&format!("the list, {width}")).await;
            page.press(Key::Escape).await;
            until_gone(&page, "reactions-sheet").await;
        }
        auditor.report();
    });
}

#[test]
fn right_to_left_the_chips_and_the_keys_are_mirrored() {
    run(|world: World| async move {
        let (page, ..) = busy_group(&world).await;
        page.js("localStorage['chaap.settings'] = '{\"language\":\"ar\"}'", json!([])).await;
        page.reload().await;
        page.until_ready().await;
        until_chips(&page, "Hello all", json!(["👍", "😂"])).await;
        let mirrored = "const names = ['.message__bubble', '.reaction', '.reaction + .reaction']
            const [bubble, first, second] = names.map((name) =>
                document.querySelector(name).getBoundingClientRect())
            const gap = bubble.right - first.right
            return gap > 0 && gap < 16 && second.right < first.left";
        assert_eq!(page.js(mirrored, json!([])).await, true);
        open_menu(&page, "Hello all").await;
        page.press(Key::Up).await;
        page.press(Key::Left).await;
        let at = "return document.activeElement.dataset.emoji";
        assert_eq!(page.js(at, json!([])).await, "❤️", "Left is on");
        page.press(Key::Enter).await;
        until_chips(&page, "Hello all", json!(["👍", "😂", "❤️*"])).await;
        // Until the server has it, the words say that it waits.
        let label = "return document.querySelector('.reaction[aria-pressed=true]').ariaLabel";
        eventually("the words", async || page.js(label, json!([])).await == "❤️ ١، تفاعلك").await;
    });
}

#[test]
fn text_of_twice_its_size_has_room() {
    run(|world: World| async move {
        let (page, [alice, ..], chat) = busy_group(&world).await;
        react(&alice, &chat, "👍").await;
        let sizes = json!({ "fontSizes": { "standard": 32, "fixed": 26 } });
        page.devtools("Page.setFontSizes", sizes).await;
        let arrived = "return getComputedStyle(document.documentElement).fontSize === '32px'";
        page.until("larger text", arrived, json!([])).await;
        let cut =
            "return [...document.querySelectorAll(arguments[0])].filter(shown).filter((e) => {
            const box = e.getBoundingClientRect()
            return box.left < 0 || box.right > innerWidth
                || e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1
        }).length";
        for width in [1280, 375] {
            page.resize(width, 812).await;
            page.until_calm().await;
            assert_eq!(page.js(cut, json!([".reaction"])).await, 0, "{width} wide");
            open_menu(&page, "Hello all").await;
            page.until_calm().await;
            assert_eq!(page.js(INSIDE, json!([".reaction-bar"])).await, true, "{width} wide");
            assert_eq!(page.js(cut, json!([".reaction-bar > *"])).await, 0, "{width} wide");
            page.press(Key::Escape).await;
            open_people(&page).await;
            until_people(&page, json!(["You 👍", "dave 😂", "carol 👍"])).await;
            page.until_calm().await;
            assert_eq!(page.js(cut, json!([".reacted__row"])).await, 0, "{width} wide");
            page.press(Key::Escape).await;
            until_gone(&page, "reactions-sheet").await;
        }
    });
}

#[test]
fn the_tools_have_room_beside_the_longest_message() {
    run(|world: World| async move {
        let text = "Long enough for several lines. ".repeat(12);
        let (page, _) = world.page_beside_bob(text.trim()).await;
        page.send("Mine too. ".repeat(40).trim()).await;
        page.until_state("Mine too. ".repeat(40).trim(), "sent").await;
        for width in [1280, 900, 720, 640] {
            page.resize(width, 800).await;
            for text in [text.trim(), "Mine too. ".repeat(40).trim()] {
                point_at(&page, text).await;
                until_shown(&page, "message-react").await;
                let room =
                    "const bar = document.querySelector('.hover-bar').getBoundingClientRect()
                    const list = document.querySelector('.messages').getBoundingClientRect()
                    return bar.left >= list.left && bar.right <= list.right";
                page.until(&format!("room at {width}"), room, json!([])).await;
            }
        }
    });
}

#[test]
fn a_list_of_a_thousand_people_grows_as_it_is_scrolled() {
    run(|world: World| async move {
        let (page, ..) = busy_group(&world).await;
        // The server has too few people for that, so its pages are made here.
        let many = "const send = fetch, people = Array.from({ length: 1000 }, (_, n) =>
              ({ user_id: 1001 + n, emoji: '👍', at: 1, changed: 1000 - n }))
            window.fetch = (path, ...more) => {
              if (!/reactions[?]/.test(path)) return send(path, ...more)
              const before = Number(new URL(path, location).searchParams.get('before') ?? 1001)
              const reactions = people.filter(({ changed }) => changed < before).slice(0, 200)
              const isMore = reactions.at(-1).changed > 1
              return Promise.resolve(Response.json({ reactions, more: isMore }))
            }";
        page.js(many, json!([])).await;
        open_people(&page).await;
        let count = "return all('reacted-person').length";
        page.until("people", count, json!([])).await;
        page.until_calm().await;
        let first = page.js(count, json!([])).await.as_u64().unwrap();
        assert!(first < 100, "{first} at first");
        let end = "const scroll = document.querySelector('.reacted__scroll')
            scroll.scrollTop = scroll.scrollHeight
            return all('reacted-person').length";
        page.until_is("all of them", end, json!([]), json!(1000)).await;
    });
}
