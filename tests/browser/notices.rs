//! How the page announces messages (title, sound, desktop notifications), and when it does not.

use serde_json::{Value, json};
use thirtyfour::WindowHandle;

use crate::{
    kit::{Browser, Device, PASSWORD, User, Worker, World, eventually, run},
    reactions::reaction_path,
};

/// Replaces notifications and audio: `told` and `sounded` count what would have been shown and
/// heard. `localStorage.permission` is the permission.
const DESKTOP: &str = "
    window.told = []
    window.sounded = 0
    window.Notification = class extends EventTarget {
        static get permission() { return localStorage.permission ?? 'granted' }
        static async requestPermission() { return (localStorage.permission = 'granted') }
        constructor(title, options) {
            super()
            Object.assign(this, { title, ...options })
            told.push(this)
        }
        close() { this.closed = true }
    }
    const Oscillator = window.OscillatorNode
    window.OscillatorNode = class extends Oscillator {
        constructor(...all) { super(...all); sounded += 1 }
    }";

pub(super) async fn stand_in(page: &Browser) {
    let source = json!({ "source": DESKTOP });
    page.devtools("Page.addScriptToEvaluateOnNewDocument", source).await;
    page.reload().await;
    page.until_ready().await;
}

#[test]
fn one_of_several_tabs_announces_a_message_and_none_if_its_chat_is_visible() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut from_bob = bob.connect().await;
        let page = world.browser("alice").await;
        page.sign_in("alice", PASSWORD).await;
        stand_in(&page).await;
        let tabs = [page.driver.window().await.unwrap(), page.driver.new_tab().await.unwrap()];
        page.driver.switch_to_window(tabs[1].clone()).await.unwrap();
        page.watch().await;
        page.open("/").await;
        page.until_ready().await;
        stand_in(&page).await;
        // Neither is visible: a third tab is in front.
        page.driver.new_tab().await.unwrap();
        for tab in &tabs {
            page.driver.switch_to_window(tab.clone()).await.unwrap();
            page.js("Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'hidden' }); document.hasFocus = () => window.seen === 'visible'", json!([])).await;
        }
        from_bob.post_to(&alice, "Look *here*").await;
        for tab in &tabs {
            page.driver.switch_to_window(tab.clone()).await.unwrap();
            page.until_badge("bob", "1").await;
            let icon = "return document.querySelector('link[rel=icon]').href.includes('unread')";
            page.until("the dot on the icon", icon, json!([])).await;
        }
        eventually("a notification", async || !told(&page, &tabs).await.is_empty()).await;
        // Longer than the tabs need to agree.
        pause(&page, 700).await;
        assert_eq!(told(&page, &tabs).await, [json!("bob: Look here")]);

        // One tab is visible with the chat open: it reads the message, no tab announces it, and the
        // notification disappears.
        page.js("window.seen = 'visible'; window.dispatchEvent(new Event('focus'))", json!([]))
            .await;
        page.pick("bob").await;
        from_bob.post_to(&alice, "And here").await;
        page.until_received("And here").await;
        for tab in &tabs {
            page.driver.switch_to_window(tab.clone()).await.unwrap();
            page.until_badge("bob", "").await;
            let open = "return told.filter((notice) => !notice.closed).length";
            page.until_is("no open notification", open, json!([]), json!(0)).await;
        }
        pause(&page, 700).await;
        assert_eq!(told(&page, &tabs).await.len(), 1);
    });
}

/// The notifications of all tabs so far.
async fn told(page: &Browser, tabs: &[WindowHandle]) -> Vec<Value> {
    let mut all = Vec::new();
    for tab in tabs {
        page.driver.switch_to_window(tab.clone()).await.unwrap();
        let notices = "return told.map(({ title, body }) => `${title}: ${body}`)";
        all.extend(page.js(notices, json!([])).await.as_array().unwrap().clone());
    }
    all
}

#[test]
fn notifications_are_offered_once_and_never_again_after_a_no() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let mut from_bob = bob.connect().await;
        let page = world.browser_of(&alice).await;
        page.js("localStorage.permission = 'default'", json!([])).await;
        stand_in(&page).await;
        from_bob.post_to(&alice, "One").await;
        page.until_badge("bob", "1").await;
        assert_eq!(page.js("return shown($('offer'))", json!([])).await, false);
        let hide = "Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'hidden' })";
        page.js(hide, json!([])).await;
        from_bob.post_to(&alice, "Two").await;
        page.until("the offer", "return shown($('offer'))", json!([])).await;
        page.js("window.seen = 'visible'", json!([])).await;
        page.click_on("offer-close").await;
        page.until("no offer", "return !shown($('offer'))", json!([])).await;

        page.reload().await;
        page.until_ready().await;
        page.js(hide, json!([])).await;
        from_bob.post_to(&alice, "Three").await;
        page.until_badge("bob", "3").await;
        pause(&page, 600).await;
        assert_eq!(page.js("return shown($('offer'))", json!([])).await, false);
    });
}

/// Alice's page with the chat with Bob muted and closed, and the devices of Bob and Carol.
async fn with_bob_muted(world: &World) -> (Browser, User, [Device; 2]) {
    let (page, [alice, bob]) = world.page_beside_bob("Hello").await;
    let [carol] = world.server.users(["carol"]).await;
    let devices = [bob.connect().await, carol.connect().await];
    stand_in(&page).await;
    // Browsers allow sound only after a click in the page, such as these.
    for item in ["chat-menu", "chat-menu-mute", "chat-menu-mute-always"] {
        page.click_on(item).await;
    }
    let muted = "return part('flags', rowOf('bob')).querySelector('svg') !== null";
    page.until("the sign of a muted chat", muted, json!([])).await;
    page.close_chat().await;
    (page, alice, devices)
}

/// Lets time pass in the page, for what must not happen.
async fn pause(page: &Browser, ms: u32) {
    let pause = "await new Promise((done) => setTimeout(done, args[0]))";
    page.js_async(pause, json!([ms])).await;
}

/// Waits until this many messages have sounded, two notes each. No more may follow before the next
/// message may sound again.
async fn assert_sounded(page: &Browser, messages: i64) {
    page.until_is("the sounds", "return sounded", json!([]), json!(2 * messages)).await;
    pause(page, 2100).await;
    assert_eq!(page.js("return sounded", json!([])).await, 2 * messages);
}

#[test]
fn a_burst_sounds_once_and_a_muted_chat_does_not_sound() {
    run(|world: World| async move {
        let (page, alice, [mut from_bob, mut from_carol]) = with_bob_muted(&world).await;
        for text in ["One", "Two", "Three"] {
            from_carol.post_to(&alice, text).await;
        }
        page.until_badge("carol", "3").await;
        assert_sounded(&page, 1).await;
        from_bob.post_to(&alice, "Quietly").await;
        page.until_badge("bob", "1").await;
        assert_sounded(&page, 1).await;
        from_carol.post_to(&alice, "Four").await;
        page.until_badge("carol", "4").await;
        assert_sounded(&page, 2).await;

        // With sounds turned off in the settings, and on again.
        page.open_settings().await;
        page.click_on("switch-sounds").await;
        from_carol.post_to(&alice, "Five").await;
        page.until_badge("carol", "5").await;
        assert_sounded(&page, 2).await;
        page.click_on("switch-sounds").await;
        from_carol.post_to(&alice, "Six").await;
        page.until_badge("carol", "6").await;
        assert_sounded(&page, 3).await;
        assert_eq!(page.js("return told.length", json!([])).await, 0, "the page is visible");
    });
}

#[test]
fn a_clicked_notification_opens_its_chat_and_muted_chats_have_none() {
    run(|world: World| async move {
        let (page, alice, [mut from_bob, mut from_carol]) = with_bob_muted(&world).await;
        page.js("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }); document.hasFocus = () => false", json!([])).await;
        from_bob.post_to(&alice, "Quietly").await;
        page.until_badge("bob", "1").await;
        from_carol.post_to(&alice, "Aloud").await;
        page.until("a notification", "return told.length > 0", json!([])).await;
        let notices = "return told.map(({ title, body }) => `${title}: ${body}`)";
        page.until_is("one of Carol", notices, json!([]), json!(["carol: Aloud"])).await;

        let press =
            "window.focus = () => (window.came = true); told[0].dispatchEvent(new Event('click'))";
        page.js(press, json!([])).await;
        let open =
            "return $('chat-title').textContent === 'carol' && told[0].closed && window.came";
        page.until("Carol's chat, and no notification", open, json!([])).await;

        // No notification when turned off. Once the sound is decided, so is the notification.
        page.open_settings().await;
        page.click_on("switch-desktop").await;
        let sounded = page.js("return sounded", json!([])).await.as_i64().unwrap();
        pause(&page, 2100).await;
        from_carol.post_to(&alice, "Unseen").await;
        page.until("its sound", "return sounded > arguments[0]", json!([sounded])).await;
        assert_eq!(page.js("return told.length", json!([])).await, 1);
    });
}

#[test]
fn the_author_is_notified_of_a_reaction_until_it_is_taken_back() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let (mut from_alice, mut from_carol) = (alice.connect().await, carol.connect().await);
        from_carol.post_to(&alice, "From Carol").await;
        let to_carol = reaction_path(&alice, &carol).await;
        from_alice.post_to(&bob, "Hello *Bob*").await;
        let path = reaction_path(&alice, &bob).await;
        bob.ask("PUT", &path, &json!({ "emoji": "🎉" })).await;
        let page = world.browser_of(&alice).await;
        stand_in(&page).await;
        page.until_badge("carol", "1").await;
        let away = "Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'hidden' }); document.hasFocus = () => window.seen === 'visible'";
        page.js(away, json!([])).await;

        // What was before is no news, and neither are reactions of one's own, nor to others.
        alice.ask("PUT", &path, &json!({ "emoji": "🙏" })).await;
        carol.ask("PUT", &to_carol, &json!({ "emoji": "🙏" })).await;
        alice.ask("PUT", &to_carol, &json!({ "emoji": "🙏" })).await;
        bob.ask("PUT", &path, &json!({ "emoji": "😂" })).await;
        let notices = "return told.map(({ title, body, closed }) => `${title}: ${body.replace(/[\\u2068\\u2069]/g, '')}${closed ? ' (closed)' : ''}`)";
        let first = "bob: bob reacted 😂 to “Hello Bob”";
        page.until_is("the notification", notices, json!([]), json!([first])).await;
        bob.ask("DELETE", &path, &Value::Null).await;
        let first = format!("{first} (closed)");
        page.until_is("a closed one", notices, json!([]), json!([first])).await;
        bob.ask("PUT", &path, &json!({ "emoji": "👍" })).await;
        let second = "bob: bob reacted 👍 to “Hello Bob”";
        page.until_is("another one", notices, json!([]), json!([first, second])).await;

        // In a muted chat there is none.
        let path_of_chat = path.split("/messages").next().unwrap();
        let mute = async |until: Value| {
            let path = format!("{path_of_chat}/preferences");
            alice.ask("PATCH", &path, &json!({ "muted_until": until })).await;
            let muted = "return (part('flags', rowOf('bob')).querySelector('svg') !== null) === arguments[0]";
            page.until("the sign of a muted chat", muted, json!([!until.is_null()])).await;
        };
        mute(json!(253_402_300_799_000_i64)).await;
        bob.ask("PUT", &path, &json!({ "emoji": "🙏" })).await;
        pause(&page, 700).await;
        page.until_is("no other one", notices, json!([]), json!([first, second])).await;
        mute(Value::Null).await;

        // Opening the chat closes the notification.
        page.js("window.seen = 'visible'; window.dispatchEvent(new Event('focus'))", json!([]))
            .await;
        page.pick("bob").await;
        let second = format!("{second} (closed)");
        page.until_is("none is open", notices, json!([]), json!([first, second])).await;
        bob.ask("PUT", &path, &json!({ "emoji": "❤️" })).await;
        pause(&page, 700).await;
        assert_eq!(page.js("return told.length", json!([])).await, 2);
    });
}

/// Shows a notification of a chat and clicks it like the desktop would. Waits until the click is
/// handled, and returns whether the notification is closed.
async fn press_notice(worker: &mut Worker, hash: &str) -> bool {
    let script = "
        await registration.showNotification('bob', { data: { hash: 'HASH' } })
        const [notification] = await registration.getNotifications()
        const event = new NotificationEvent('notificationclick', { notification })
        const answered = []
        event.waitUntil = (promise) => answered.push(promise)
        dispatchEvent(event)
        await Promise.allSettled(answered)
        return (await registration.getNotifications()).length === 0";
    worker.js(&script.replace("HASH", hash)).await == true
}

/// The click is not a real one, so the browser refuses to bring the page to the front.
#[test]
fn a_click_on_a_notification_of_the_worker_opens_the_chat_only_in_the_chat_page() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        let hash = page.js("return location.hash", json!([])).await;
        page.close_chat().await;
        let ours = page.driver.window().await.unwrap();
        let controlled = "return navigator.serviceWorker.controller?.state === 'activated'";
        page.until("the service worker", controlled, json!([])).await;
        let grant = json!({ "permissions": ["notifications"] });
        page.devtools("Browser.grantPermissions", grant).await;
        let mut worker = Worker::of(&page).await;
        page.js("window.stays = true", json!([])).await;

        // The docs page has the same origin, and was visible last.
        let docs = page.driver.new_tab().await.unwrap();
        page.driver.switch_to_window(docs).await.unwrap();
        page.open("/docs").await;
        page.devtools("Page.bringToFront", json!({})).await;
        page.until("the focus in the docs", "return document.hasFocus()", json!([])).await;
        assert!(press_notice(&mut worker, hash.as_str().unwrap()).await);
        let address = "return location.pathname + location.hash";
        assert_eq!(page.js(address, json!([])).await, "/docs");
        page.driver.switch_to_window(ours).await.unwrap();
        let open = "return shown($('chat-title')) && $('chat-title').textContent === 'bob'";
        page.until("bob's chat", open, json!([])).await;
        assert_eq!(page.js("return window.stays", json!([])).await, true);
    });
}
