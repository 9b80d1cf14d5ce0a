//! The screenshots of the README: checks that they can be taken with the right size.
//! `CHAAP_SCREENSHOTS` names a folder to keep them.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::kit::{Browser, PASSWORD, User, World, run};

/// The conversation: lines with `>` are from Maya, whose page is shown.
const STORY: [(&str, &[&str]); 5] = [
    (
        "Jonas",
        &[
            "The boiler is fixed 🎉",
            "> Already? You are a wizard",
            "Just a new valve. 40 € all in all",
        ],
    ),
    ("Aylin", &["> Thanks for the recipe!", "Tell me how it turns out"]),
    (
        "Wen",
        &[
            "See https://example.org/timetable for the last train",
            "> Perfect, that leaves us an hour",
        ],
    ),
    ("Dad", &["Did you see the photos of the garden?", "The tomatoes are enormous this year"]),
    (
        "Lena",
        &[
            "Are we still on for Saturday?",
            "> Yes! I booked the small boat, the one with the red sail",
            "Lovely. What time should I be there?",
            "> Half past nine at the pier. Bring a jacket, it gets windy out there",
            "Will do. Shall I pick up breakfast on the way?",
            "> That would be wonderful. Coffee for me, and anything with cinnamon ☕",
            "Noted: one bucket of coffee 😄",
            "> See you on Saturday then",
        ],
    ),
];

#[test]
fn the_screenshots_of_the_readme_can_be_taken() {
    run(|world: World| async move {
        let kept = std::env::var_os("CHAAP_SCREENSHOTS").map(PathBuf::from);
        let folder = kept.unwrap_or_else(|| world.server.data().join("pictures"));
        std::fs::create_dir_all(&folder).unwrap();
        let [maya, wen, lena] = tell(&world).await;
        spread(&world).await;
        let _online = (wen.connect().await, lena.connect().await);
        let page = world.browser("Maya").await;
        page.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        page.resize(1280, 800).await;
        page.prefer("light").await;
        take(&page, &folder, "sign-in").await;
        page.sign_in(&maya.username, PASSWORD).await;
        page.pick("Lena").await;
        page.until_received("Noted: one bucket of coffee 😄").await;
        take(&page, &folder, "wide-light").await;
        page.prefer("dark").await;
        take(&page, &folder, "wide-dark").await;

        phone(&page).await;
        take(&page, &folder, "phone-chat-dark").await;
        page.prefer("light").await;
        page.click_on("back").await;
        page.until("the list", "return shown($('filter'))", json!([])).await;
        take(&page, &folder, "phone-list").await;
    });
}

/// Sends all lines; the last one is Maya's, and read.
async fn tell(world: &World) -> [User; 3] {
    let [maya, jonas, aylin, wen, dad, lena] =
        world.server.users(["Maya", "Jonas", "Aylin", "Wen", "Dad", "Lena"]).await;
    let mut from_maya = maya.connect().await;
    for (other, (name, lines)) in [&jonas, &aylin, &wen, &dad, &lena].into_iter().zip(STORY) {
        assert_eq!(other.username, name);
        let mut device = other.connect().await;
        let (mut chat, mut seq) = (0, 0);
        for line in lines {
            let ack = match line.strip_prefix("> ") {
                Some(line) => from_maya.post_to(other, line).await,
                None => device.post_to(&maya, line).await,
            };
            (chat, seq) = (ack["chat_id"].as_i64().unwrap(), ack["seq"].as_i64().unwrap());
        }
        let unread = if name == "Dad" { 2 } else { 0 };
        from_maya.confirm(chat, seq, seq - unread).await;
        device.confirm(chat, seq, if name == "Aylin" { 0 } else { seq }).await;
        device.close().await;
    }
    from_maya.close().await;
    [maya, wen, lena]
}

/// Spreads the messages over time, three minutes apart, as if people had typed them.
async fn spread(world: &World) {
    world.server.stop().await;
    let database = rusqlite::Connection::open(world.server.data().join("chaap.db")).unwrap();
    let sql = "UPDATE messages SET created_at = created_at - 180000 * (SELECT count(*) FROM messages AS later WHERE later.id > messages.id)";
    database.execute(sql, []).unwrap();
    drop(database);
    world.server.start_again().await;
}

async fn phone(page: &Browser) {
    let size = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
    page.devtools("Emulation.setDeviceMetricsOverride", size).await;
    page.until("a phone", "return innerWidth === 390", json!([])).await;
}

async fn take(page: &Browser, folder: &Path, name: &str) {
    let calm = "for (const animation of document.getAnimations()) animation.finish()
        document.activeElement.blur()
        await document.fonts.ready
        for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame)";
    page.js_async(calm, json!([])).await;
    let file = folder.join(name).with_extension("png");
    page.driver.screenshot(&file).await.unwrap();
    let png = std::fs::read(&file).unwrap();
    // The size of a PNG is in its first chunk, big-endian, after 16 bytes.
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    let expected = if name.starts_with("phone") { (780, 1688) } else { (1280, 800) };
    assert_eq!((word(16), word(20)), expected, "{name}");
    assert!(png.len() > 20 * 1024, "{name} is not empty: {} bytes", png.len());
}
