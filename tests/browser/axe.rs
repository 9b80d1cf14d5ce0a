//! axe-core on every screen: any finding fails. tests/run fetches axe-core.

use std::{path::PathBuf, sync::Once};

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, PASSWORD, User, World, phone, run, say, until_shown};

/// All rules, those of best practice included; no finding is too small.
const AUDIT: &str = "
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    return violations.map(({ id, help, nodes }) =>
        `${id}: ${help}\\n` + nodes.map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\\n  ${failureSummary}`).join('\\n'))";

static SKIPPED: Once = Once::new();

/// The source of axe-core: the file in `CHAAP_AXE`, else the one that tests/run put into `target`.
pub(crate) fn axe() -> Option<String> {
    let named = std::env::var_os("CHAAP_AXE").map(PathBuf::from);
    let Some(file) = named.or_else(fetched) else {
        let required = std::env::var("CHAAP_BROWSER").is_ok_and(|value| value == "required");
        assert!(
            !required,
            "there is no axe-core, and CHAAP_BROWSER=required; tests/run fetches it"
        );
        SKIPPED.call_once(|| say("axe tests skipped: no axe-core; tests/run fetches it"));
        return None;
    };
    let source = std::fs::read_to_string(&file);
    Some(source.unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display())))
}

fn fetched() -> Option<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target/axe");
    let files = std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|found| found == "js")).max()
}

/// A browser with axe, and its findings.
pub(crate) struct Auditor {
    page: Browser,
    axe: String,
    found: Vec<String>,
}

impl Auditor {
    pub(crate) fn new(page: Browser, axe: String) -> Self {
        Self { page, axe, found: Vec::new() }
    }

    /// Checks the page as it is, in light and in dark.
    pub(crate) async fn audit(&mut self, screen: &str) {
        for scheme in ["light", "dark"] {
            self.page.prefer(scheme).await;
            self.page.until_calm().await;
            if self.page.js("return !window.axe", json!([])).await == true {
                self.page.js(&self.axe, json!([])).await;
            }
            let mut found = self.page.js_async(AUDIT, json!([])).await;
            if found != json!([]) {
                // The audit takes a while, in which something may have begun to move.
                self.page.until_calm().await;
                found = self.page.js_async(AUDIT, json!([])).await;
            }
            for violation in found.as_array().unwrap() {
                let violation = violation.as_str().unwrap();
                self.found.push(format!("{screen}, {scheme}: {violation}"));
            }
        }
    }

    pub(crate) fn report(self) {
        assert!(self.found.is_empty(), "{}", self.found.join("\n\n"));
    }
}

/// Everything a chat may contain: formatting, links, a reply, large emoji, all ticks, a refused
/// message.
async fn fill_chat(page: &Browser, alice: &User, bob: &User) {
    let mut device = bob.connect().await;
    device.post_to(alice, "*Bold*, _slanted_, ~gone~ and `code`, see https://example.org").await;
    let ack = device.post_to(alice, "```\nlet answer = 42\n```").await;
    let (chat, quoted) = (&ack["chat_id"], &ack["message_id"]);
    device
        .send(&json!({ "type": "send", "chat_id": chat, "content": "An answer",
        "cid": "01a2086c-4816-753e-a9a3-77c90c669db9", "reply_to": quoted }))
        .await;
    device.next_of("ack").await;
    device.post_to(alice, "🎉").await;
    page.pick("bob").await;
    page.until_received("An answer").await;
    page.send("Thanks!").await;
    page.until_state("Thanks!", "sent").await;
    let refused = "const { chat_id } = arguments[0]
        document.querySelector('chat-composer').dispatchEvent(new CustomEvent('send-message',
            { bubbles: true, detail: { chat_id, content: 'too long '.repeat(2000) } }))";
    page.js(refused, json!([{ "chat_id": chat }])).await;
    page.until("a refused message", "return shown($('retry'))", json!([])).await;
}

/// Opens the menu of a message in the middle of the screen.
async fn open_message_menu(page: &Browser) {
    let focused = "const bubble = part('bubble', all('message').find((row) => row.textContent.includes('An answer')))
        bubble.focus(); return document.activeElement === bubble";
    page.until("the focus on a message", focused, json!([])).await;
    page.press(Key::Enter).await;
    until_shown(page, "message-menu").await;
}

#[test]
fn no_problem_on_the_sign_in_card() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        world.server.users(["alice"]).await;
        let page = world.browser("alice").await;
        let mut auditor = Auditor::new(page.clone(), axe);
        auditor.audit("sign in").await;
        page.fill_card("tab-sign-in", "alice", "wrong password").await;
        until_shown(&page, "sign-in-error").await;
        auditor.audit("a wrong password").await;
        page.fill_card("tab-create", "alice", PASSWORD).await;
        page.until("a refusal", "return shown(part('usernameError'))", json!([])).await;
        auditor.audit("a name that is taken").await;
        phone(&page).await;
        auditor.audit("register on a phone").await;

        page.sign_in("alice", PASSWORD).await;
        auditor.audit("an empty list on a phone").await;
        page.resize(1280, 800).await;
        auditor.audit("an empty list").await;
        page.click_on("menu").await;
        until_shown(&page, "sign-out").await;
        auditor.audit("one's own menu").await;
        for language in ["de", "ar"] {
            let choose = "localStorage.setItem('chaap.settings', JSON.stringify({ language: arguments[0] }))";
            page.js(choose, json!([language])).await;
            page.reload().await;
            page.until_connection("online").await;
            page.click_on("menu").await;
            until_shown(&page, "sign-out").await;
            auditor.audit(&format!("one's own menu, {language}")).await;
            page.resize(375, 812).await;
            auditor.audit(&format!("one's own menu on a phone, {language}")).await;
            page.resize(1280, 800).await;
        }

        // Proof that axe works: it finds a field without a name.
        page.press(Key::Escape).await;
        page.js(
            "$('filter').removeAttribute('aria-label'); $('filter').removeAttribute('placeholder')",
            json!([]),
        )
        .await;
        let found = page.js_async(AUDIT, json!([])).await;
        assert!(found[0].as_str().unwrap().starts_with("label: "), "{found}");
        auditor.report();
    });
}

#[test]
fn no_problem_in_the_docs() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let page = world.browser("docs").await;
        let mut auditor = Auditor::new(page.clone(), axe);
        page.open("/docs").await;
        page.until("the routes", "return document.querySelector('#http-sendMessage')", json!([]))
            .await;
        auditor.audit("the docs").await;
        page.resize(375, 812).await;
        auditor.audit("the docs on a phone").await;
        auditor.report();
    });
}

#[test]
fn no_problem_among_chats_on_desktop_and_phone() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob, carol, _dave] =
            world.server.users(["alice", "bob", "carol", "dave"]).await;
        carol.connect().await.post_to(&alice, "From Carol").await;
        let page = world.browser_of(&alice).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        page.until_badge("carol", "1").await;
        auditor.audit("a list").await;
        fill_chat(&page, &alice, &bob).await;
        auditor.audit("a chat").await;
        open_message_menu(&page).await;
        auditor.audit("the menu of a message").await;
        page.click_on("reply").await;
        until_shown(&page, "quote-bar").await;
        page.keys("Is that so? :smi").await;
        until_shown(&page, "emoji-list").await;
        auditor.audit("an answer, half written").await;
        page.press(Key::Escape).await;
        page.click_on("emoji").await;
        page.until(
            "emoji",
            "return $('emoji-picker')?.querySelectorAll('button').length > 100",
            json!([]),
        )
        .await;
        auditor.audit("the emoji picker").await;
        page.press(Key::Escape).await;

        for width in ["desk", "phone"] {
            if width == "phone" {
                phone(&page).await;
                auditor.audit("a chat on a phone").await;
            }
            page.click_on("chat-menu").await;
            until_shown(&page, "chat-menu-mute").await;
            auditor.audit(&format!("the menu of a chat, {width}")).await;
            page.click_on("chat-menu-mute").await;
            until_shown(&page, "chat-menu-mute-8h").await;
            auditor.audit(&format!("muting a chat, {width}")).await;
            page.press(Key::Escape).await;
            page.click_on("chat-menu-delete").await;
            until_shown(&page, "confirm").await;
            auditor.audit(&format!("deleting a chat, {width}")).await;
            page.click_on("confirm-no").await;
        }
        page.click_on("chat-menu").await;
        page.click_on("chat-menu-archive").await;
        page.click_on("back").await;
        page.click_on("archived-row").await;
        until_shown(&page, "leave-archive").await;
        auditor.audit("archived chats on a phone").await;
        page.click_on("leave-archive").await;
        page.click_on("filter").await;
        page.keys("da").await;
        until_shown(&page, "person-row").await;
        auditor.audit("looking for people on a phone").await;
        page.resize(1280, 800).await;
        auditor.audit("looking for people").await;
        auditor.report();
    });
}

#[test]
fn no_problem_in_the_dialogs_about_people_and_messages() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, "Hello").await;
        let page = world.browser_of(&alice).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        page.pick("bob").await;
        page.send("Look at this").await;
        page.until_state("Look at this", "sent").await;
        for width in ["desk", "phone"] {
            if width == "phone" {
                phone(&page).await;
            }
            page.click_on("contact").await;
            until_shown(&page, "contact-info-close").await;
            auditor.audit(&format!("contact info, {width}")).await;
            page.click_on("contact-info-close").await;
            page.press_with(Key::Control, "k").await;
            until_shown(&page, "switcher-option").await;
            auditor.audit(&format!("the switcher, {width}")).await;
            page.press(Key::Escape).await;
            page.until("no switcher", "return !$('switcher')", json!([])).await;
            let bubble = "const bubble = [...document.querySelectorAll('.message__bubble')].at(-1)
                bubble.focus(); return document.activeElement === bubble";
            page.until("the focus on the message", bubble, json!([])).await;
            page.press(Key::Enter).await;
            until_shown(&page, "message-info").await;
            page.click_on("message-info").await;
            until_shown(&page, "info-close").await;
            auditor.audit(&format!("how far a message has come, {width}")).await;
            page.click_on("info-close").await;
        }
        page.click_on("back").await;
        page.click_on("menu").await;
        page.click_on("settings").await;
        until_shown(&page, "edit-name").await;
        page.click_on("edit-name").await;
        until_shown(&page, "name-field").await;
        auditor.audit("writing one's name on a phone").await;
        page.press(Key::Escape).await;
        page.click_on("change-password").await;
        until_shown(&page, "password-current").await;
        auditor.audit("changing the password on a phone").await;
        page.press(Key::Escape).await;
        let folder = tempfile::tempdir().unwrap();
        let photo = folder.path().join("photo.png");
        image::RgbImage::from_pixel(600, 400, image::Rgb([200, 30, 30])).save(&photo).unwrap();
        let find = thirtyfour::By::Css("[data-test=picture-file]");
        let input = page.driver.find(find).await.unwrap();
        input.send_keys(photo.to_str().unwrap()).await.unwrap();
        until_shown(&page, "crop-save").await;
        auditor.audit("cropping a picture on a phone").await;
        page.resize(1280, 800).await;
        auditor.audit("cropping a picture").await;
        auditor.report();
    });
}

#[test]
fn no_problem_in_settings_right_to_left_and_offline() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let page = world.browser_of(&alice).await;
        let mut auditor = Auditor::new(page.clone(), axe);
        fill_chat(&page, &alice, &bob).await;
        page.click_on("menu").await;
        page.click_on("settings").await;
        until_shown(&page, "settings-panel").await;
        auditor.audit("settings").await;
        let arabic = "const e = $('language-ar'); return e.closest('label') ?? e";
        page.click("Arabic", arabic, json!([])).await;
        page.until(
            "Arabic",
            "return document.dir === 'rtl' && shown($('settings-panel'))",
            json!([]),
        )
        .await;
        auditor.audit("settings in Arabic").await;
        phone(&page).await;
        page.driver.back().await.unwrap();
        page.until("no settings", "return !$('settings-panel')", json!([])).await;
        auditor.audit("a chat in Arabic on a phone").await;
        page.click_on("back").await;
        page.until("the list", "return shown($('filter'))", json!([])).await;
        auditor.audit("a list in Arabic on a phone").await;
        page.resize(1280, 800).await;
        page.pick("bob").await;
        auditor.audit("list and chat in Arabic").await;

        world.server.stop().await;
        until_shown(&page, "banner").await;
        auditor.audit("without a connection").await;
        page.js("$('composer').focus()", json!([])).await;
        page.insert("Waits").await;
        page.press(Key::Enter).await;
        page.until_state("Waits", "pending").await;
        phone(&page).await;
        auditor.audit("without a connection on a phone").await;
        auditor.report();
    });
}
