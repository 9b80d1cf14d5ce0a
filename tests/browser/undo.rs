//! Taking back an archived or deleted chat.

use serde_json::json;

use crate::kit::{Browser, User, World, eventually, run};

/// Alice on two devices, with Bob's chat open on the first.
async fn two_devices(world: &World) -> ([Browser; 2], [User; 2]) {
    let (laptop, users) = world.page_beside_bob("Hello").await;
    let phone = world.browser_of(&users[0]).await;
    phone.until("Bob's chat", LISTED, json!([])).await;
    ([laptop, phone], users)
}

const LISTED: &str = "return all('chat-row').some((row) => row.dataset.name === 'bob')";
const GONE: &str = "return !all('chat-row').some((row) => row.dataset.name === 'bob')";

async fn choose(page: &Browser, item: &str) {
    page.click_on("chat-menu").await;
    page.click_on(&format!("chat-menu-{item}")).await;
}

async fn delete(page: &Browser) {
    choose(page, "delete").await;
    page.click_on("confirm-yes").await;
    page.until("no chat here", GONE, json!([])).await;
}

#[test]
fn archiving_can_be_undone_and_the_chat_is_pinned_again() {
    run(|world: World| async move {
        let ([laptop, phone], _) = two_devices(&world).await;
        choose(&laptop, "pin").await;
        choose(&laptop, "archive").await;
        phone.until("archived at once on the other device", GONE, json!([])).await;
        laptop.click_on("toast-action").await;
        let pinned =
            "const row = rowOf('bob'); return row && part('flags', row).dataset.flags === 'pin'";
        for page in [&laptop, &phone] {
            page.until("back and pinned", pinned, json!([])).await;
        }
    });
}

#[test]
fn a_deletion_that_is_undone_never_leaves_this_device_and_brings_back_the_draft() {
    run(|world: World| async move {
        let ([laptop, _phone], [alice, bob]) = two_devices(&world).await;
        laptop.write("Half a thought").await;
        delete(&laptop).await;
        laptop
            .until(
                "the toast",
                "return $('toast').textContent.includes('Chat deleted.')",
                json!([]),
            )
            .await;
        laptop.click_on("toast-action").await;
        laptop.until("the chat", LISTED, json!([])).await;
        let open = "return $('chat-title').textContent === 'bob' && $('composer').value === 'Half a thought'
            && messages().some((message) => message.text === 'Hello')";
        laptop.until("the open chat with its draft", open, json!([])).await;
        // Whatever was sent before this message has been answered.
        bob.connect().await.post_to(&alice, "Still there?").await;
        laptop.until_received("Still there?").await;
        let (_, lists) = world.server.get("/api/chats", &alice.token).await;
        assert_eq!(lists["chats"][0]["preferences"]["cleared_seq"], 0, "{lists}");
    });
}

#[test]
fn a_deletion_is_sent_when_the_toast_ends() {
    run(|world: World| async move {
        let ([laptop, phone], _) = two_devices(&world).await;
        delete(&laptop).await;
        assert_eq!(phone.js(LISTED, json!([])).await, true, "not yet");
        phone.until("deleted there too", GONE, json!([])).await;
        laptop.until("no toast", "return !$('toast')", json!([])).await;
    });
}

#[test]
fn a_deletion_outlives_a_tab_that_is_closed() {
    run(|world: World| async move {
        let ([laptop, phone], _) = two_devices(&world).await;
        delete(&laptop).await;
        laptop.reload().await;
        laptop.until_ready().await;
        laptop.until("still no chat here", GONE, json!([])).await;
        assert_eq!(phone.js(LISTED, json!([])).await, true, "it is still held");
        // A minute later, on the next connection.
        laptop.js("const real = Date.now; Date.now = () => real() + 61_000", json!([])).await;
        world.server.stop().await;
        laptop.until_connection("offline").await;
        world.server.start_again().await;
        phone.until("deleted there too", GONE, json!([])).await;
    });
}

#[test]
fn signing_out_sends_a_deletion_that_is_still_held() {
    run(|world: World| async move {
        let ([laptop, phone], [alice, _]) = two_devices(&world).await;
        delete(&laptop).await;
        laptop.click_on("menu").await;
        laptop.click_on("sign-out").await;
        laptop.until_card().await;
        phone.until("deleted there too", GONE, json!([])).await;
        let cleared = async || {
            let (_, lists) = world.server.get("/api/chats", &alice.token).await;
            lists["chats"][0]["preferences"]["cleared_seq"] == 1
        };
        // The token of the fixture is another session of Alice.
        eventually("deleted on the server", cleared).await;
    });
}
