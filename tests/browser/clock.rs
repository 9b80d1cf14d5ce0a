//! The time that the page shows when the device's own changes: another time zone, another day.

use serde_json::json;

use crate::kit::{World, run};

/// Two time zones: in the second it is the first hour of a day at `at`, in milliseconds; in the first,
/// eight hours later or earlier.
fn zones_of(at: i64) -> (String, String) {
    let hour = at / 3_600_000 % 24;
    let offset = if hour <= 12 { -hour } else { 24 - hour };
    let other = if offset + 8 <= 14 { offset + 8 } else { offset - 8 };
    // The signs of these names are the other way round.
    let name = |offset: i64| format!("Etc/GMT{:+}", -offset);
    (name(other), name(offset))
}

#[test]
fn another_time_zone_shows_at_once() {
    run(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let message = bob.connect().await.post_to(&alice, "Hello").await;
        let at = message["created_at"].as_i64().unwrap();
        let page = world.browser("alice").await;
        // Where the message was sent just after midnight, and where that day began hours earlier: there,
        // the day of the message is not the same.
        let (there, here) = zones_of(at);
        let zone = |name: &str| json!({ "timezoneId": name });
        page.devtools("Emulation.setTimezoneOverride", zone(&there)).await;
        page.sign_in("alice", crate::kit::PASSWORD).await;
        page.pick("bob").await;
        page.until_received("Hello").await;
        page.write("half a thought").await;

        page.devtools("Emulation.setTimezoneOverride", zone(&here)).await;
        page.js("dispatchEvent(new Event('focus'))", json!([])).await;
        let hour = "return (new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: arguments[1] }).format(arguments[0]) % 12 || 12)";
        let hour = page.js(hour, json!([at, here])).await;
        let shown = "const hours = [part('time', $('message')), part('time', rowOf('bob'))].map((time) => (parseInt(time.textContent) % 12 || 12))
            return hours.every((hour) => hour === arguments[0]) && document.querySelector('.day__label').textContent === 'Today'";
        page.until("the times of the other zone", shown, json!([hour])).await;
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
