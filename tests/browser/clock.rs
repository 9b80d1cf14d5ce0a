//! The time that the page shows when the device's own changes: another time zone, another day.

use serde_json::json;

use crate::kit::{World, run};

#[test]
fn another_time_zone_shows_at_once() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let message = bob.connect().await.post_to(&alice, "Hello").await;
        let at = message["created_at"].as_i64().unwrap();
        let page = world.browser("alice").await;
        let zone = |name: &'static str| json!({ "timezoneId": name });
        page.devtools("Emulation.setTimezoneOverride", zone("Asia/Tokyo")).await;
        page.sign_in("alice", crate::kit::PASSWORD).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        page.write("half a thought").await;

        // 20 hours lie between them, so it is never the same hour.
        page.devtools("Emulation.setTimezoneOverride", zone("Pacific/Honolulu")).await;
        page.js("dispatchEvent(new Event('focus'))", json!([])).await;
        let hour = "return (new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Pacific/Honolulu' }).format(arguments[0]) % 12 || 12)";
        let hour = page.js(hour, json!([at])).await;
        let shown = "const hours = [part('time', $('message')), part('time', rowOf('bob'))].map((time) => (parseInt(time.textContent) % 12 || 12))
            return hours.every((hour) => hour === arguments[0]) && document.querySelector('.day__label').textContent === 'Today'";
        page.until("the times of Honolulu", shown, json!([hour])).await;
        let kept = "return $('composer').value === 'half a thought'";
        page.until("the draft", kept, json!([])).await;
    });
}

#[test]
fn midnight_shows_without_a_reload() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.until(
            "today",
            "return document.querySelector('.day__label').textContent === 'Today'",
            json!([]),
        )
        .await;
        // The device wakes up on the next day.
        // A timer that looks every 30 s would hardly show it within 10 s.
        let tomorrow = "const now = Date.now, until = performance.now() + 10_000; Date.now = () => now() + 86_400_000
            document.dispatchEvent(new Event('visibilitychange'))
            const days = () => [document.querySelector('.day__label'), part('time', rowOf('bob'))].map((e) => e.textContent)
            while (performance.now() < until && days().some((day) => day !== 'Yesterday')) await new Promise(requestAnimationFrame)
            return days()";
        let days = page.js_async(tomorrow, json!([])).await;
        assert_eq!(days, json!(["Yesterday", "Yesterday"]));
    });
}
