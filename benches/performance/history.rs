//! The rows about the start and about a large database, which plain SQL fills quickly.

use std::path::Path;

use chaap::internals::{Load, PrivateServer, Shape, Talks};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::{Scale, figure::Figures};

/// Chats that the messages belong to.
const PAIRS: u16 = 50;
/// Messages per transaction while filling.
const STEP: i64 = 500_000;
const MIB: f64 = 1_048_576.0;

/// Runs all rounds on one database, which grows in between.
pub(crate) fn measure(scale: &Scale, figures: &mut Figures) {
    let runtime = Runtime::new().unwrap();
    fresh_start(scale, figures);
    let mut server = PrivateServer::start(&scale.program, None).unwrap();
    let talks = Talks::Pairs { count: PAIRS, fan_out: 0 };
    let shape = Shape { talks, window: 1, size: 64 };
    let load = runtime.block_on(async {
        let mut load = Load::connect(server.address(), shape).await.unwrap();
        // Creates the chats.
        load.run_count(PAIRS.into()).await.unwrap();
        load
    });
    let database = server.data().join("chaap.db");
    let [some, many] = scale.messages;
    fill(&database, some);
    // The first start after a kill copies the log into the file, so it does not count.
    server.restart().unwrap();
    for _ in 0..scale.rounds {
        figures.note("start", server.restart().unwrap().as_secs_f64() * 1e3);
    }
    let newest = fill(&database, many);
    server.restart().unwrap();
    for _ in 0..scale.rounds {
        let pages = load.time_pages(server.address(), scale.pages, newest);
        let [_, p99] = runtime.block_on(pages).unwrap();
        figures.note("page", p99.as_secs_f64() * 1e3);
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53 bytes")]
fn fresh_start(scale: &Scale, figures: &mut Figures) {
    for _ in 0..scale.rounds {
        let server = PrivateServer::start(&scale.program, None).unwrap();
        figures.note("rss", server.process().rss_bytes().unwrap() as f64 / MIB);
        // Other builds have another size.
        if std::env::var_os("CHAAP_PROGRAM").is_some() {
            figures.note("binary", scale.program.metadata().unwrap().len() as f64 / MIB);
        }
    }
}

/// Adds messages to all chats in turn until there are `wanted`. Returns the id of the last. A
/// running server does not know of them until it is restarted.
fn fill(database: &Path, wanted: i64) -> i64 {
    let db = Connection::open(database).unwrap();
    db.pragma_update(None, "synchronous", "OFF").unwrap();
    let number = |sql: &str| -> i64 { db.query_row(sql, (), |row| row.get(0)).unwrap() };
    loop {
        let missing = wanted - number("SELECT count(*) FROM messages");
        let last = number("SELECT max(id) FROM messages");
        if missing <= 0 {
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
            return last;
        }
        // Whole turns, so that every chat has the same number.
        let turns = (missing.min(STEP) + i64::from(PAIRS) - 1) / i64::from(PAIRS);
        let sql = "
            WITH RECURSIVE turns (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turns WHERE n < ?1),
            places AS (
              SELECT id AS chat_id, low_user_id AS sender_id,
                     row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS chats,
                     (SELECT seq FROM messages WHERE chat_id = chats.id
                      ORDER BY messages.id DESC LIMIT 1) AS last_seq
                FROM chats)
            INSERT INTO messages (id, chat_id, seq, sender_id, cid, content, created_at, changed)
            SELECT ?2 + (n - 1) * chats + place, chat_id, last_seq + n, sender_id,
                   unhex(printf('%032x', ?2 + (n - 1) * chats + place)),
                   'The early screening is sold out, but 19:30 still has seats, row ' || n,
                   ?2 + n, ?2 + (n - 1) * chats + place
              FROM turns CROSS JOIN places";
        db.execute(sql, (turns, last)).unwrap();
    }
}
