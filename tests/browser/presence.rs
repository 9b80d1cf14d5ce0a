//! The server is asked about the people on the screen, and tells of no others.

use serde_json::json;

use crate::{
    group_members::screens,
    group_ways::member,
    kit::{Browser, Proxy, User, Way, World, eventually, phone, run, until_shown},
};

/// Whether the row of somebody in the list shows that they are online.
const IS_ONLINE: &str = "return rowOf(arguments[0])?.closest('.row').classList.contains('row--online') === arguments[1]";

async fn until_online(page: &Browser, name: &str, online: bool) {
    page.until(&format!("{name} online: {online}"), IS_ONLINE, json!([name, online])).await;
}

/// Scrolls the list to its beginning or its end, also while it grows.
async fn scroll_until_asked(page: &Browser, proxy: &Proxy, to: i64, user: &User, asked: bool) {
    let scroll = "document.querySelector('chat-list [data-part=scroll]').scrollTop = arguments[0]";
    eventually("the list of people on the screen", async || {
        page.js(scroll, json!([to])).await;
        let lists = proxy.seen(Way::Up, "subscribe");
        let last = lists.last().map(|seen| seen.frame["user_ids"].as_array().unwrap().clone());
        last.is_some_and(|ids| ids.contains(&json!(user.id)) == asked)
    })
    .await;
}

#[test]
fn presence_is_asked_for_and_told_only_where_it_is_shown() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        world.server.surround(&alice, 200).await;
        // Carol has no chat with Alice, so her row is below 200 others.
        bob.connect().await.post_to(&alice, "Hello").await;
        let proxy = world.proxy().await;
        let page = world.browser_of_behind(&proxy, &alice).await;
        page.until_badge("bob", "1").await;
        let (at_bob, at_carol) = (bob.connect().await, carol.connect().await);
        until_online(&page, "bob", true).await;

        scroll_until_asked(&page, &proxy, 1_000_000, &carol, true).await;
        until_online(&page, "carol", true).await;
        let told = proxy.seen(Way::Down, "presence");
        let told: Vec<_> = told.iter().map(|seen| seen.frame["user_id"].clone()).collect();
        assert!(!told.contains(&json!(carol.id)), "carol came while she was not shown: {told:?}");
        at_carol.close().await;
        until_online(&page, "carol", false).await;

        scroll_until_asked(&page, &proxy, 0, &carol, false).await;
        let at_carol = carol.connect().await;
        at_bob.close().await;
        until_online(&page, "bob", false).await;
        let told = proxy.seen(Way::Down, "presence");
        let told: Vec<_> = told.iter().filter(|seen| seen.frame["user_id"] == carol.id).collect();
        assert_eq!(told.len(), 1, "she left while she was shown, and came while she was not");

        // The bar above the chat shows it, wherever the list is.
        let open = format!("location.hash = '#/people/{}'", carol.id);
        page.js(&open, json!([])).await;
        let online = "return $('chat-status').textContent === 'online'";
        page.until("carol online in the bar", online, json!([])).await;

        // A new connection asks again.
        proxy.close();
        page.until_connection("offline").await;
        at_carol.close().await;
        proxy.open();
        page.until_connection("online").await;
        let hello = proxy.seen(Way::Up, "hello").last().unwrap().frame.clone();
        assert!(hello["subscribe"].as_array().unwrap().contains(&json!(carol.id)), "{hello}");
        let gone = "return $('chat-status').textContent.startsWith('last seen')";
        page.until("carol gone", gone, json!([])).await;
    });
}

#[test]
fn the_panel_of_a_member_shows_their_presence() {
    run(|world: World| async move {
        let (_, [_, _, carol], [hers, _]) = screens(&world).await;
        // On a phone the list, which shows her too, is not on the screen.
        phone(&hers).await;
        hers.until_calm().await;
        member(&hers, "carol").await;
        hers.click_on("member-info").await;
        until_shown(&hers, "person-info").await;
        let at_carol = carol.connect().await;
        let words = "return $('person-presence').textContent.startsWith(arguments[0])";
        hers.until("carol online", words, json!(["online"])).await;
        at_carol.close().await;
        hers.until("carol gone", words, json!(["last seen"])).await;
    });
}
