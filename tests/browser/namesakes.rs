//! People whose names look alike show their usernames.

use serde_json::json;

use crate::kit::{Browser, User, World, run};

async fn call(page: &Browser, user: &User, name: &str) {
    let script = "const [token, display_name] = args
        const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
        const answer = await fetch('/api/users/me', { method: 'PATCH', headers, body: JSON.stringify({ display_name }) })
        return answer.status";
    assert_eq!(page.js_async(script, json!([user.token, name])).await, 200);
}

#[test]
fn where_names_look_alike_the_username_shows() {
    run(|world: World| async move {
        let [alice, bob, mallory, carol] =
            world.server.users(["alice", "bob", "mallory", "carol"]).await;
        let page = world.browser_of(&alice).await;
        bob.connect().await.post_to(&alice, "From Bob").await;
        let mut from_mallory = mallory.connect().await;
        let first = from_mallory.post_to(&alice, "From Mallory").await;
        let handles = "return ['From Bob', 'From Mallory'].map((text) => {
            const row = all('chat-row').find((row) => part('preview', row).textContent === text), handle = row && part('handleLine', row)
            return row ? (shown(handle) ? handle.textContent : '') : null })";
        page.until(
            "two chats",
            &format!("const both = (() => {{ {handles} }})(); return both.every((h) => h === '')"),
            json!([]),
        )
        .await;

        call(&page, &bob, "Bob Stone").await;
        call(&page, &mallory, "Ｂｏｂ  STONE").await;
        let shown = format!(
            "const both = (() => {{ {handles} }})(); return both.join() === '\u{2068}@bob\u{2069},\u{2068}@mallory\u{2069}'"
        );
        page.until("both usernames in the list", &shown, json!([])).await;

        // Letters of other alphabets, and a capital I for an l.
        for (one, other) in [("Cora Hill", "\u{421}\u{43e}ra Hill"), ("Cora Hill", "Cora HiIl")] {
            call(&page, &bob, "Nobody alike").await;
            let hidden = format!(
                "const both = (() => {{ {handles} }})(); return both.every((h) => h === '')"
            );
            call(&page, &mallory, "Somebody else").await;
            page.until("no usernames", &hidden, json!([])).await;
            call(&page, &bob, one).await;
            call(&page, &mallory, other).await;
            page.until("usernames beside letters that look alike", &shown, json!([])).await;
        }
        call(&page, &bob, "Bob Stone").await;
        call(&page, &mallory, "Ｂｏｂ  STONE").await;
        page.until("both usernames again", &shown, json!([])).await;

        let row = "return all('chat-row').find((row) => part('preview', row).textContent === 'From Mallory')";
        page.click("the row", row, json!([])).await;
        let header = "return $('chat-status').textContent.includes('@mallory')";
        page.until("the username in the header", header, json!([])).await;
        let answer = json!({ "type": "send", "cid": uuid::Uuid::now_v7().to_string(), "chat_id": first["chat_id"], "content": "An answer", "reply_to": first["message_id"] });
        from_mallory.send(&answer).await;
        let quote = "return part('quoteName')?.textContent.includes('@mallory')";
        page.until("the username in the quote", quote, json!([])).await;
        // A long name does not push the username out.
        let long = "Bob Stone of the long, long name ".repeat(2);
        call(&page, &bob, &long[..64]).await;
        call(&page, &mallory, &long[..64]).await;
        let whole = "const row = all('chat-row').find((row) => part('preview', row).textContent === 'An answer')
            return /…/.test(part('quoteName').textContent) && [part('handleLine', row), part('quoteName')].every((e) => shown(e) && e.scrollWidth <= e.clientWidth)";
        page.until("whole usernames", whole, json!([])).await;

        // The name of one is the username of another: the first of them shows more.
        call(&page, &mallory, "CAROL").await;
        let only = "const row = all('chat-row').find((row) => part('preview', row).textContent === 'An answer')
            const carol = rowOf('carol'), bob = all('chat-row').find((row) => part('preview', row).textContent === 'From Bob')
            return row && carol && shown(part('handleLine', row)) && part('status', carol).textContent.includes('@carol') && !shown(part('handleLine', bob))";
        page.until("the one who is called like another", only, json!([])).await;
        drop(carol);
    });
}
