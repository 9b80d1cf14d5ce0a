//! Lines that begin at one edge, whatever is in front of them.

use serde_json::json;

use crate::kit::{World, run};

#[test]
fn a_tick_indents_no_preview_more_than_another() {
    run(|world: World| async move {
        let [alice, bob, carol] = world.server.users(["alice", "bob", "carol"]).await;
        let mut from_alice = alice.connect().await;
        from_alice.post_to(&bob, "One tick").await;
        let ack = from_alice.post_to(&carol, "Two ticks").await;
        let seq = ack["seq"].as_i64().unwrap();
        carol.connect().await.confirm(ack["chat_id"].as_i64().unwrap(), seq, 0).await;
        let page = world.browser_of(&alice).await;
        // Where the text begins, and the ink of the tick before it, from the edge of the name.
        let places = "const [one, two] = ['bob', 'carol'].map((name) => {
              const row = rowOf(name), tick = part('tick', row)
              const edge = row.querySelector('.row__words').getBoundingClientRect().left
              const [ink, text] = [part('tickUse', row), part('preview', row)]
                .map((e) => e.getBoundingClientRect().left - edge)
              return { kind: tick.dataset.tick, ink, text }
            })
            return one.kind === 'sent' && two.kind === 'delivered'
              && { text: Math.abs(one.text - two.text), ink: Math.max(one.ink, two.ink), apart: Math.abs(one.ink - two.ink) }";
        let places = page.until("both ticks", places, json!([])).await;
        assert!(places["text"].as_f64().unwrap() < 0.5, "{places}");
        assert!(places["apart"].as_f64().unwrap() < 2.0, "{places}");
        assert!(places["ink"].as_f64().unwrap() < 4.0, "{places}");
    });
}
