//! The invite link of a group: admins show, renew and end it; others join by it, with an account or
//! without, and after a time without a connection.

use serde_json::{Value, json};
use thirtyfour::By;

use crate::{
    axe::{Auditor, axe},
    group_members::open_panel,
    invitations::NETWORKS,
    kit::{Browser, PASSWORD, User, World, phone, run, until_gone, until_shown},
};

/// Gives a group a link and returns its address within the page.
async fn link(admin: &User, chat: i64) -> String {
    let answer = admin.ask("POST", &format!("/api/chats/{chat}/invite"), &Value::Null).await;
    format!("/#/join/{}", answer["token"].as_str().unwrap())
}

/// Follows a link in the page as it is, without a connection if there is none.
async fn go(page: &Browser, link: &str) {
    page.js("location.hash = arguments[0].slice(1)", json!([link])).await;
}

async fn until_said(page: &Browser, test: &str, words: &str) {
    let said =
        "return shown($(arguments[0])) && $(arguments[0]).textContent.includes(arguments[1])";
    page.until(words, said, json!([test, words])).await;
}

async fn until_chat(page: &Browser, title: &str) {
    let open = "return $('chat-title').textContent === arguments[0] && shown($('composer'))
        && location.hash.startsWith('#/chats/') && !$('join')";
    page.until(&format!("the chat {title}"), open, json!([title])).await;
}

async fn until_line(page: &Browser, words: &str) {
    let told = "return all('event').some((line) => line.textContent.includes(arguments[0]))";
    page.until(words, told, json!([words])).await;
}

/// The link that the dialog shows, once its code is drawn.
async fn until_link(page: &Browser, other_than: &str) -> String {
    let drawn =
        "const link = $('group-invite-link')?.textContent ?? '', code = $('group-invite-code')
        return link.includes('/#/join/') && link !== arguments[0] && code.complete
            && code.naturalWidth > 0 && code.src.startsWith('blob:') && link";
    page.until("the link", drawn, json!([other_than])).await.as_str().unwrap().to_owned()
}

#[test]
fn joining_with_a_finger_draws_no_ring_around_the_chat() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let chat = alice.make_group("Family", &[]).await;
        let link = link(&alice, chat).await;
        let page = world.browser_of(&bob).await;
        phone(&page).await;
        page.open(&link).await;
        until_shown(&page, "join").await;
        page.click_on("join").await;
        until_chat(&page, "Family").await;
        let focus = "return document.activeElement.matches('.messages__scroll')";
        page.until("the focus in the chat", focus, json!([])).await;
        let ring = "return document.activeElement.matches(':focus-visible')";
        assert_eq!(page.js(ring, json!([])).await, false);
    });
}

#[test]
fn an_admin_makes_copies_renews_and_ends_the_link() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let chat = alice.make_group("Family", &[&bob]).await;
        let page = world.browser_of(&alice).await;
        open_panel(&page, "Family").await;
        let folder = tempfile::tempdir().unwrap();
        let photo = folder.path().join("photo.png");
        image::RgbImage::from_pixel(60, 60, image::Rgb([200, 30, 30])).save(&photo).unwrap();
        let input = page.driver.find(By::Css("[data-test=group-picture-file]")).await.unwrap();
        input.send_keys(photo.to_str().unwrap()).await.unwrap();
        page.click_on("crop-save").await;
        let drawn = "return $('contact-avatar').querySelector('img')?.complete === true";
        page.until("the picture of the group", drawn, json!([])).await;
        page.click_on("group-invite-row").await;
        until_shown(&page, "make-invite").await;
        page.click_on("make-invite").await;
        let first = until_link(&page, "").await;
        let origin = page.js("return location.origin", json!([])).await;
        assert!(first.starts_with(origin.as_str().unwrap()), "{first}");
        until_said(&page, "group-invite-note", "--listen 0.0.0.0").await;
        page.until_focus("copy-invite").await;
        page.js(
            "navigator.clipboard.writeText = async (text) => { window.copied = text }",
            json!([]),
        )
        .await;
        page.click_on("copy-invite").await;
        page.until("copied", "return window.copied === arguments[0]", json!([first])).await;

        page.click_on("renew-invite").await;
        until_shown(&page, "confirm").await;
        page.click_on("confirm-no").await;
        until_gone(&page, "confirm").await;
        assert_eq!(until_link(&page, "").await, first);
        page.click_on("renew-invite").await;
        page.click_on("confirm-yes").await;
        let second = until_link(&page, &first).await;
        let status_of = async |link: &str| {
            let token = link.rsplit('/').next().unwrap();
            world.server.get(&format!("/api/invites/{token}"), "").await.0
        };
        assert_eq!((status_of(&first).await, status_of(&second).await), (404, 200));
        // A stranger sees the picture of the group.
        let stranger = world.browser("stranger").await;
        stranger.open(&second[origin.as_str().unwrap().len()..]).await;
        let picture = "const image = $('join-picture')?.querySelector('img')
            return Boolean(image?.complete && image.naturalWidth > 0)";
        stranger.until("the picture", picture, json!([])).await;
        page.click_on("group-invite-close").await;
        until_gone(&page, "group-invite").await;
        page.until_focus("group-invite-row").await;

        // It is still the same link when it is looked at again.
        page.js("navigator.share = async ({ url }) => { window.shared = url }", json!([])).await;
        page.click_on("group-invite-row").await;
        assert_eq!(until_link(&page, "").await, second);
        page.click_on("share-invite").await;
        page.until("shared", "return window.shared === arguments[0]", json!([second])).await;
        page.click_on("end-invite").await;
        page.click_on("confirm-yes").await;
        until_shown(&page, "make-invite").await;
        assert_eq!(status_of(&second).await, 404);
        page.driver.back().await.unwrap();
        until_gone(&page, "group-invite").await;

        // Others are not offered it, and an admin no longer once they are a member like others.
        alice.set_role(chat, &bob, "admin").await;
        alice.set_role(chat, &alice, "member").await;
        until_gone(&page, "group-invite-row").await;
    });
}

#[test]
fn the_link_begins_with_an_address_that_others_can_open() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let chat = alice.make_group("Family", &[]).await;
        let path = link(&alice, chat).await;
        let page = world.browser_of(&alice).await;
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NETWORKS })).await;
        page.reload().await;
        page.until_ready().await;
        open_panel(&page, "Family").await;
        page.click_on("group-invite-row").await;
        let first = until_link(&page, "").await;
        assert_eq!(first, format!("http://192.168.1.5:8000{path}"));
        assert_eq!(page.js("return shown($('group-invite-note'))", json!([])).await, false);
        page.until("the choice", "return shown($('group-invite-select'))", json!([])).await;
        page.js("$('group-invite-select').focus()", json!([])).await;
        page.press(thirtyfour::Key::Down).await;
        assert_eq!(until_link(&page, &first).await, format!("http://10.8.0.2:8000{path}"));
        let asked = "return drawn.at(-1) === 'http://10.8.0.2:8000'";
        page.until("its code", asked, json!([])).await;
    });
}

#[test]
fn three_people_join_one_after_an_outage_and_one_without_an_account() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let chat = alice.make_group("Hikers", &[]).await;
        let link = link(&alice, chat).await;
        let (her_way, his_way) = (world.proxy().await, world.proxy().await);
        let hers = world.browser_of_behind(&her_way, &alice).await;
        hers.open_group(chat, "Hikers").await;
        let his = world.browser_of_behind(&his_way, &bob).await;
        her_way.close();
        hers.until_connection("offline").await;

        // Bob has no connection when he opens the link.
        his_way.close();
        his.until_connection("offline").await;
        go(&his, &link).await;
        his.until_connection("offline").await;
        his_way.open();
        until_said(&his, "join-title", "Hikers").await;
        until_said(&his, "join-size", "1 member").await;
        his.until_focus("join").await;
        his.click_on("join").await;
        until_chat(&his, "Hikers").await;
        until_line(&his, "You joined by the invite link").await;
        // The page of the link is not on the way back.
        his.driver.back().await.unwrap();
        his.until("the list", "return location.hash === '#/' || location.hash === ''", json!([]))
            .await;
        assert_eq!(his.js("return $('join-title')", json!([])).await, Value::Null);

        // Carol has no account. The card shows the group, and the link is open once she has one.
        let third = world.browser("carol").await;
        third.open(&link).await;
        until_said(&third, "join-title", "Hikers").await;
        until_said(&third, "join-size", "2 members").await;
        until_said(&third, "join-how", "Create an account").await;
        let creating = "return $('tab-create').getAttribute('aria-selected') === 'true'";
        third.until("creating an account is suggested", creating, json!([])).await;
        third.reload().await;
        until_said(&third, "join-title", "Hikers").await;
        third.register("carol", PASSWORD).await;
        until_shown(&third, "join").await;
        third.reload().await;
        third.until_ready().await;
        until_said(&third, "join-title", "Hikers").await;
        third.click_on("join").await;
        until_chat(&third, "Hikers").await;
        third.send("Hello from carol").await;
        third.until_state("Hello from carol", "sent").await;
        third.reload().await;
        until_chat(&third, "Hikers").await;

        // Alice was away for all of it.
        her_way.open();
        until_line(&hers, "bob joined by the invite link").await;
        until_line(&hers, "carol joined by the invite link").await;
        hers.until_received("Hello from carol").await;
        assert_eq!(world.server.members(&alice, chat).await, ["alice*", "bob", "carol"]);
        // For a member the link opens the chat.
        third.open(&link).await;
        until_chat(&third, "Hikers").await;
    });
}

#[test]
fn an_ended_session_comes_back_to_the_link_after_signing_in() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let chat = alice.make_group("Hikers", &[]).await;
        let link = link(&alice, chat).await;
        let page = world.browser_of(&bob).await;
        let token = "return Object.values({ ...localStorage }).find((value) => value.split('.').length === 3)";
        let token = page.js(token, json!([])).await;
        page.open("/healthz").await;
        world.server.end_session(token.as_str().unwrap()).await;
        page.open(&link).await;
        page.until_card().await;
        until_said(&page, "join-title", "Hikers").await;
        let signing_in = "return $('tab-sign-in').getAttribute('aria-selected') === 'true'";
        assert_eq!(page.js(signing_in, json!([])).await, true, "this browser has an account");
        page.sign_in("bob", PASSWORD).await;
        page.click_on("join").await;
        until_chat(&page, "Hikers").await;
    });
}

#[test]
fn dead_links_and_full_groups_say_so_and_what_to_do() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let chat = alice.make_group("Everybody", &[]).await;
        let dead = link(&alice, chat).await;
        let current = link(&alice, chat).await;
        let stranger = world.browser("stranger").await;
        stranger.open(&dead).await;
        until_said(&stranger, "join-note", "Ask someone in the group").await;
        let way = world.proxy().await;
        let page = world.browser_of_behind(&way, &bob).await;
        page.open(&dead).await;
        until_said(&page, "join-dead", "does not work").await;
        until_said(&page, "join-note", "Ask someone in the group").await;
        page.press(thirtyfour::Key::Escape).await;
        until_gone(&page, "join-dead").await;
        page.until("the list", "return ['', '#/'].includes(location.hash)", json!([])).await;

        way.close();
        page.until_connection("offline").await;
        go(&page, &current).await;
        until_said(&page, "join-note", "No connection").await;
        way.open();
        until_said(&page, "join-title", "Everybody").await;
        until_shown(&page, "join").await;
        // The link is renewed while the group is shown.
        let last = link(&alice, chat).await;
        page.click_on("join").await;
        until_said(&page, "join-dead", "does not work").await;

        // Somebody whom an admin has removed is told the way back.
        alice.add_member(chat, &bob).await;
        alice.remove_member(chat, &bob).await;
        page.open(&last).await;
        page.click_on("join").await;
        until_said(&page, "join-note", "Ask an admin to add you again").await;
        until_gone(&page, "join").await;
        alice.add_member(chat, &bob).await;
        bob.remove_member(chat, &bob).await;

        page.open(&last).await;
        page.reload().await;
        until_shown(&page, "join").await;
        world.server.crowd(chat, 4_999).await;
        until_shown(&page, "join").await;
        page.click_on("join").await;
        until_said(&page, "join-note", "full").await;
        until_gone(&page, "join").await;
        page.reload().await;
        until_said(&page, "join-size", "5,000 members").await;
        until_said(&page, "join-note", "full").await;
        assert_eq!(page.js("return $('join')", json!([])).await, Value::Null);
        stranger.open(&last).await;
        until_said(&stranger, "join-how", "full").await;
    });
}

const WIDE: &str = "return [...document.querySelectorAll('.join *, .sign-in__card *, .invite *')].filter((e) => {
    const { left, right, width } = e.getBoundingClientRect()
    return shown(e) && width > 0 && !e.closest('svg, bdi, .visually-hidden') && (left < -1 || right > innerWidth + 1)
}).map((e) => e.className)";

#[test]
fn everything_about_links_passes_axe_on_desk_and_phone_and_in_arabic() {
    run(|world: World| async move {
        let Some(axe) = axe() else { return };
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        // The widest title that the server takes, in two directions.
        let title = format!("{}{}", "مجموعة ", "W".repeat(93));
        let chat = alice.make_group(&title, &[]).await;
        let dead = link(&alice, chat).await;
        let current = link(&alice, chat).await;
        let stranger = world.browser("stranger").await;
        let mut auditor = Auditor::new(stranger.clone(), axe.clone());
        for (link, words) in [(&current, "join-how"), (&dead, "join-note")] {
            stranger.open(link).await;
            until_shown(&stranger, words).await;
            auditor.audit(&format!("the sign-in card, {words}")).await;
        }
        stranger.open(&current).await;
        phone(&stranger).await;
        until_shown(&stranger, "join-how").await;
        auditor.audit("the sign-in card on a phone").await;
        assert_eq!(stranger.js(WIDE, json!([])).await, json!([]));
        auditor.report();

        let page = world.browser_of(&bob).await;
        page.open_settings().await;
        let arabic = "const e = $('language-ar'); return e.closest('label') ?? e";
        page.click("Arabic", arabic, json!([])).await;
        page.until("Arabic", "return document.dir === 'rtl'", json!([])).await;
        page.driver.back().await.unwrap();
        until_gone(&page, "settings-panel").await;
        let mut auditor = Auditor::new(page.clone(), axe.clone());
        for (link, words) in [(&dead, "join-dead"), (&current, "join")] {
            page.open(link).await;
            until_shown(&page, words).await;
            auditor.audit(&format!("the page of a link, {words}")).await;
        }
        phone(&page).await;
        auditor.audit("the page of a link on a phone").await;
        assert_eq!(page.js(WIDE, json!([])).await, json!([]));
        let small = "return [...document.querySelectorAll('.join button')].filter(shown).filter((e) => e.clientHeight < 44).length";
        assert_eq!(page.js(small, json!([])).await, 0);
        page.click_on("join-back").await;
        page.until("the list", "return shown($('filter'))", json!([])).await;
        auditor.report();

        let hers = world.browser_of(&alice).await;
        open_panel(&hers, &title).await;
        hers.click_on("group-invite-row").await;
        until_link(&hers, "").await;
        let mut auditor = Auditor::new(hers.clone(), axe);
        auditor.audit("the dialog of the link").await;
        phone(&hers).await;
        auditor.audit("the dialog of the link on a phone").await;
        assert_eq!(hers.js(WIDE, json!([])).await, json!([]));
        hers.click_on("end-invite").await;
        hers.click_on("confirm-yes").await;
        until_shown(&hers, "make-invite").await;
        auditor.audit("the dialog without a link").await;
        auditor.report();
    });
}
