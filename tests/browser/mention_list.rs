//! Mentions in the composer: the list of members after an "@", and what is sent.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::kit::{Browser, User, World, eventually, phone, run, until_gone, until_shown};

/// The choices in the list: name and hint.
const LISTED: &str = "const options = shown($('mention-list')) ? all('mention-option') : []
    return options.map((option) => [...option.querySelectorAll('bdi')].map((part) => part.textContent))";
const WRITTEN: &str = "return $('composer').value";

async fn until_listed(page: &Browser, names: &[&str]) {
    let listed =
        format!("const found = (() => {{ {LISTED} }})(); return found.map(([name]) => name)");
    page.until_is("the list", &listed, json!([]), json!(names)).await;
}

async fn until_written(page: &Browser, text: &str) {
    page.until_is("the text", WRITTEN, json!([]), json!(text)).await;
}

/// Content and mentions of the last message.
async fn last(world: &World, user: &User, chat: i64) -> (Value, Value) {
    let path = format!("/api/chats/{chat}/messages?limit=1");
    let (_, page) = world.server.get(&path, &user.token).await;
    let message = &page["messages"][0];
    (message["content"].clone(), message["mentions"].clone())
}

#[test]
fn letters_that_begin_the_words_of_a_name_find_it() {
    run(|world: World| async move {
        let [ana, bo, cy, dee] = world.server.users(["ana", "bo", "cy", "dee"]).await;
        bo.rename("Márý Jones").await;
        cy.rename("Emjay").await;
        dee.rename("Jo Mark").await;
        let chat = ana.make_group("Hikers", &[&bo, &cy, &dee]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        // What has the letters side by side comes first.
        page.write("@mj").await;
        until_listed(&page, &["Emjay", "Márý Jones"]).await;
        page.keys("o").await;
        until_listed(&page, &["Márý Jones"]).await;
        page.press(Key::Enter).await;
        until_written(&page, "@Márý Jones ").await;
        page.insert("@mk").await;
        until_gone(&page, "mention-list").await;
    });
}

#[test]
fn an_at_sign_completes_members() {
    run(|world: World| async move {
        let [ana, bo, cy, bert, dee] = world.server.users(["ana", "bo", "cy", "bert", "dee"]).await;
        cy.rename("Érica Bloom").await;
        let chat = ana.make_group("Hikers", &[&bo, &cy, &bert]).await;
        let page = world.browser_of(&bo).await;
        page.open_group(chat, "Hikers").await;
        page.write("Hi @").await;
        until_listed(&page, &["ana", "bert", "Érica Bloom"]).await;
        page.keys("b").await;
        until_listed(&page, &["bert", "Érica Bloom"]).await;
        page.press(Key::Down).await;
        page.press(Key::Enter).await;
        until_written(&page, "Hi @Érica Bloom ").await;
        until_gone(&page, "mention-list").await;
        // What follows an inserted name is no name.
        page.keys("b").await;
        page.press(Key::Backspace).await;
        until_gone(&page, "mention-list").await;
        page.insert("and @ERIC").await;
        until_listed(&page, &["Érica Bloom"]).await;
        page.press(Key::Escape).await;
        until_gone(&page, "mention-list").await;
        page.press(Key::Enter).await;
        page.until_state("Hi @Érica Bloom and @ERIC", "sent").await;
        let text = json!(format!("Hi <@{}> and @ERIC", cy.id));
        assert_eq!(last(&world, &ana, chat).await, (text, json!([cy.id])));

        // By username; who is no member is not there, and an address is no mention.
        page.write("@cy").await;
        until_listed(&page, &["Érica Bloom"]).await;
        page.press(Key::Tab).await;
        until_written(&page, "@Érica Bloom ").await;
        page.insert("@dee").await;
        page.keys(" a@b").await;
        until_gone(&page, "mention-list").await;
        let dee = format!("<@{}>", dee.id);
        page.insert(&format!(" {dee} @Érica Bloom's @Érica Blooms @bert")).await;
        page.press(Key::Escape).await;
        page.press(Key::Enter).await;
        until_written(&page, "").await;
        page.until("the message", "return messages().at(-1).state === 'sent'", json!([])).await;
        let token = format!("<@{}>", cy.id);
        let text = format!("{token} @dee a@b {dee} {token}'s @Érica Blooms @bert");
        assert_eq!(last(&world, &ana, chat).await, (json!(text), json!([cy.id])));
    });
}

#[test]
fn admins_can_mention_everyone() {
    run(|world: World| async move {
        let [ana, bo, al] = world.server.users(["ana", "bo", "al"]).await;
        let chat = ana.make_group("Hikers", &[&bo, &al]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        page.write("@").await;
        until_listed(&page, &["al", "bo", "all"]).await;
        page.keys("al").await;
        until_listed(&page, &["al", "all"]).await;
        page.keys("l").await;
        until_listed(&page, &["all"]).await;
        let listed = page.js(LISTED, json!([])).await;
        assert_eq!(listed, json!([["all", "Everyone: 2 people"]]));
        page.press(Key::Enter).await;
        page.press(Key::Enter).await;
        page.until_state("@all", "sent").await;
        assert_eq!(last(&world, &bo, chat).await.0, "<@all>");

        let page = world.browser_of(&bo).await;
        page.open_group(chat, "Hikers").await;
        page.until_received("@all").await;
        page.write("@a").await;
        until_listed(&page, &["al", "ana"]).await;
        page.keys("ll").await;
        until_gone(&page, "mention-list").await;
        page.press(Key::Enter).await;
        page.until_state("@all", "sent").await;
        assert_eq!(last(&world, &bo, chat).await.0, "@all", "words");
    });
}

#[test]
fn a_draft_keeps_its_mentions_and_a_changed_one_is_words() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        bo.rename("Bo B").await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        let page = world.browser_of(&ana).await;
        page.open_group(chat, "Hikers").await;
        page.write("@b").await;
        until_listed(&page, &["Bo B"]).await;
        page.press(Key::Enter).await;
        page.keys("hi").await;
        until_written(&page, "@Bo B hi").await;
        page.close_chat().await;
        let draft = "return part('preview', rowOf('Hikers')).textContent";
        let named = json!("@Bo B hi");
        page.until_is("the draft in the list", draft, json!([]), named).await;
        let other = world.browser_of(&ana).await;
        other.open_group(chat, "Hikers").await;
        until_written(&other, "@Bo B hi").await;
        page.open_group(chat, "Hikers").await;
        page.reload().await;
        page.until_ready().await;
        until_written(&page, "@Bo B hi").await;

        // One letter less, and it is words; with the letter back, it is the mention again.
        page.js("$('composer').focus(); $('composer').setSelectionRange(5, 5)", json!([])).await;
        page.press(Key::Backspace).await;
        until_written(&page, "@Bo  hi").await;
        page.press(Key::Enter).await;
        page.until_state("@Bo  hi", "sent").await;
        assert_eq!(last(&world, &bo, chat).await, (json!("@Bo  hi"), Value::Null));
        page.write("@b").await;
        until_listed(&page, &["Bo B"]).await;
        page.press(Key::Enter).await;
        page.press(Key::Backspace).await;
        page.press(Key::Backspace).await;
        page.press_with(Key::Control, "z").await;
        until_written(&page, "@Bo B").await;
        page.press(Key::Enter).await;
        page.until_state("@Bo B", "sent").await;
        let token = json!(format!("<@{}>", bo.id));
        assert_eq!(last(&world, &bo, chat).await, (token, json!([bo.id])));
    });
}

#[test]
fn the_list_says_that_the_members_are_still_loading() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        let page = world.browser_of(&ana).await;
        let hold = "const fetched = window.fetch
            const held = new Promise((resolve) => (window.release = resolve))
            window.fetch = async (path, ...rest) => {
                if (String(path.url ?? path).includes('/members')) await held
                return fetched(path, ...rest)
            }";
        page.js(hold, json!([])).await;
        page.open_group(chat, "Hikers").await;
        page.write("@").await;
        until_shown(&page, "mention-list").await;
        let words = "return $('mention-list').textContent";
        page.until_is("the note", words, json!([]), json!("Loading members…")).await;
        page.js("release()", json!([])).await;
        until_listed(&page, &["bo", "all"]).await;
        let note = "return shown(document.querySelector('.mention-list__note'))";
        page.until_is("no note", note, json!([]), json!(false)).await;
    });
}

#[test]
fn on_a_phone_a_tap_in_the_list_above_the_composer_inserts_the_name() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        let page = world.browser_of(&ana).await;
        phone(&page).await;
        page.open_group(chat, "Hikers").await;
        page.write("@").await;
        until_listed(&page, &["bo", "all"]).await;
        page.until_calm().await;
        let place = "const list = $('mention-list').getBoundingClientRect()
            const field = $('composer').getBoundingClientRect(), heights = all('mention-option').map((it) => it.offsetHeight)
            return list.bottom <= field.top && list.left >= 0 && list.right <= innerWidth && heights.every((it) => it >= 44)";
        assert_eq!(page.js(place, json!([])).await, true);
        page.click_on("mention-option").await;
        until_written(&page, "@bo ").await;
        page.until_focus("composer").await;
    });
}

#[test]
fn the_list_is_there_for_the_first_name_however_fast_it_is_typed() {
    run(|world: World| async move {
        let [ana, bo] = world.server.users(["ana", "bo"]).await;
        let chat = ana.make_group("Hikers", &[&bo]).await;
        bo.connect().await.post_to(&ana, "Hello").await;
        let page = world.browser_of(&ana).await;
        page.pick("bo").await;
        page.until_received("Hello").await;
        let is_made = "return $('mention-list') !== null";
        assert_eq!(page.js(is_made, json!([])).await, false, "a direct chat needs none");
        page.open_group(chat, "Hikers").await;
        page.until("the list, hidden", is_made, json!([])).await;
        let listed = "const { state } = await theStore(); return arguments[0] in state.listed";
        eventually("the members", async || page.js_async(listed, json!([chat])).await == true)
            .await;
        // The name and Enter, with nothing in between.
        page.click_on("composer").await;
        let typed = "document.execCommand('insertText', false, '@bo')
            const enter = { key: 'Enter', bubbles: true, cancelable: true }
            $('composer').dispatchEvent(new KeyboardEvent('keydown', enter))
            return $('composer').value";
        assert_eq!(page.js(typed, json!([])).await, "@bo ");
        page.press(Key::Enter).await;
        page.until_state("@bo", "sent").await;
        assert_eq!(last(&world, &ana, chat).await.1, json!([bo.id]));
    });
}
