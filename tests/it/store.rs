//! The database file: how SQLite is compiled, how the file is set up, and that no frequent query
//! scans a whole table.

use rusqlite::{Connection, OpenFlags};

use crate::kit::{TestServer, User};

/// What SQLite must be compiled with; `.cargo/config.toml` says why.
const COMPILED_WITH: [&str; 5] = [
    "DQS=0",
    "DEFAULT_MEMSTATUS=0",
    "LIKE_DOESNT_MATCH_BLOBS",
    "OMIT_SHARED_CACHE",
    "THREADSAFE=1",
];

/// A connection to the database of a running server.
fn look_into(server: &TestServer) -> Connection {
    let path = server.data().join("chaap.db");
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// A server with a chat in it.
async fn used_server() -> (TestServer, [User; 2]) {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "hi").await;
    device.close().await;
    (server, [alice, bob])
}

/// The SQL texts in the sources of the store: every string that begins with an SQL keyword.
fn statements_of_the_store() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store");
    let columns = text_of_macro(include_str!("../../src/store/messages.rs"), "message_columns");
    let ranges = text_of_macro(include_str!("../../src/store/views.rs"), "ranges_of_user");
    let mut statements = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        if !is_source || path.ends_with("tests.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        // Statements of tests do not count.
        let source = source.split("#[cfg(test)]").next().unwrap();
        let lines: Vec<_> = source.lines().map(str::trim).collect();
        // The texts that are assembled from parts.
        let joined = lines
            .join("\n")
            .replace("\",\nmessage_columns!(),\n\"", &columns)
            .replace("\",\nranges_of_user!(),\n\"", &ranges);
        let texts = joined.split('"').skip(1).step_by(2).map(normalise);
        // `last_revision` reads every table of the schema once, at start.
        statements.extend(texts.filter(|text| is_query(text) && !text.contains("{table}")));
    }
    statements
}

/// The part of a statement that a macro stands for.
fn text_of_macro(source: &str, name: &str) -> String {
    let body = source.split_once(&format!("macro_rules! {name}")).unwrap().1;
    normalise(body.split('"').nth(1).unwrap())
}

fn normalise(text: &str) -> String {
    text.replace('\\', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_query(text: &str) -> bool {
    ["SELECT ", "WITH ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|word| text.starts_with(word))
}

#[tokio::test]
async fn no_statement_of_the_store_scans_the_messages_or_chats() {
    let (server, _) = used_server().await;
    let database = look_into(&server);
    let statements = statements_of_the_store();
    assert!(statements.len() > 30, "the sources were read: {statements:?}");
    let assembled = statements.iter().filter(|text| {
        text.contains("event, mentions, mentions_all, forwarded, expires_at, expired FROM messages")
    });
    assert_eq!(assembled.count(), 9, "the assembled texts are included");
    let assembled = statements.iter().filter(|text| text.contains("JOIN stays USING"));
    assert_eq!(assembled.count(), 5, "the assembled texts are included");
    let mut messages = 0;
    for statement in &statements {
        // The plan of an INSERT with RETURNING looks for rows that refer to the new row. That step
        // is skipped at run time unless a violation is pending.
        let checks = !statement.starts_with("INSERT ");
        database.pragma_update(None, "foreign_keys", checks).unwrap();
        let plan = database.prepare(&format!("EXPLAIN QUERY PLAN {statement}"));
        let mut plan = plan.unwrap_or_else(|e| panic!("{statement}: {e}"));
        let mut rows = plan.raw_query();
        while let Some(row) = rows.next().unwrap() {
            let step: String = row.get("detail").unwrap();
            messages += usize::from(step.contains("messages"));
            let harmless = is_small(statement, &step);
            assert!(!step.starts_with("SCAN") || harmless, "{statement}\n{step}");
            // A user has at most a hundred sessions, and is in few chats. A message has at most one
            // reaction of each member.
            let sorts_few = statement.contains("FROM sessions WHERE user_id = ?1")
                || statement.contains("FROM reactions WHERE message_id = ?1")
                || statement.contains("GROUP BY r.chat_id");
            assert!(!step.contains("TEMP B-TREE") || sorts_few, "{statement}\n{step}");
            assert!(!step.contains("AUTOMATIC"), "{statement}\n{step}");
            // The partial index exists only for this query.
            let for_changes = statement.contains("changed <> id AND id <= ?2");
            assert!(!for_changes || step.contains("messages_by_change"), "{statement}\n{step}");
        }
    }
    assert!(messages > 5, "the plans mention messages");
}

/// Intended scans: the lists of all users; the chats of one user; the latest messages of a chat; and the last number, the hidden users and the sessions that
/// a restored backup would revive, which are read once at start.
fn is_small(statement: &str, step: &str) -> bool {
    step == "SCAN CONSTANT ROW"
        || step == "SCAN sqlite_master"
        || (step == "SCAN (subquery-1)" && statement.contains("ORDER BY id DESC LIMIT ?2)"))
        || (step == "SCAN r" && statement.contains("JOIN stays USING"))
        || (step.starts_with("SCAN users") && statement.ends_with("FROM users ORDER BY id"))
        || (step.starts_with("SCAN privacy") && statement.ends_with("WHERE shows_last_seen = 0"))
        || statement == "SELECT user_id, id FROM sessions"
        || statement == "SELECT max(changed) FROM messages WHERE changed <> id"
        || step.starts_with("SCAN pragma_integrity_check")
        || (step.starts_with("SCAN t") && statement.contains("pragma_table_info"))
        || (step.starts_with("SCAN c") && statement.contains("pragma_table_info"))
}

#[tokio::test]
async fn the_file_uses_a_write_ahead_log_and_has_an_application_id() {
    let (server, _) = used_server().await;
    let database = look_into(&server);
    let text = |name: &str| {
        database.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap()
    };
    let number =
        |name: &str| database.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(text("journal_mode"), "wal");
    assert_eq!(number("application_id"), 0x4368_6170, "\"Chap\"");
    assert!(number("user_version") >= 1);
    assert_eq!(text("integrity_check"), "ok");
    assert_eq!(text("encoding"), "UTF-8");
}

#[tokio::test]
async fn every_table_is_strict() {
    let (server, _) = used_server().await;
    let database = look_into(&server);
    let lax = "SELECT count(*), ifnull(sum(strict = 0), 0) FROM pragma_table_list
                WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'";
    let (tables, lax): (i64, i64) =
        database.query_row(lax, (), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert!(tables >= 5, "{tables}");
    assert_eq!(lax, 0);
}

#[tokio::test]
async fn a_stopped_server_leaves_an_intact_file_without_a_log() {
    let (mut server, [alice, bob]) = used_server().await;
    let mut device = alice.connect().await;
    for n in 0..500 {
        device.send_to(&bob, &n.to_string()).await;
    }
    for _ in 0..500 {
        device.next_of("ack").await;
    }
    server.stop().await;
    let log = server.data().join("chaap.db-wal").metadata().map_or(0, |log| log.len());
    assert_eq!(log, 0);
    let database = look_into(&server);
    let sound = database.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0));
    assert_eq!(sound.unwrap(), "ok");
    let dangling = "SELECT count(*) FROM pragma_foreign_key_check";
    let dangling: i64 = database.query_row(dangling, (), |row| row.get(0)).unwrap();
    assert_eq!(dangling, 0, "rows that refer to missing rows");
    let count = database.query_row("SELECT count(*), max(seq) FROM messages", (), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    assert_eq!(count.unwrap(), (501, 501));
}

#[test]
fn sqlite_is_new_enough_and_compiled_as_pinned() {
    let version = rusqlite::version_number();
    assert!(version >= 3_051_003, "{version}");
    assert_eq!(chaap::sqlite_version(), rusqlite::version());
    let database = Connection::open_in_memory().unwrap();
    let mut query = database.prepare("PRAGMA compile_options").unwrap();
    let options = query.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let options: Vec<String> = options.map(Result::unwrap).collect();
    for wanted in COMPILED_WITH {
        assert!(options.iter().any(|option| option == wanted), "{wanted} is not in {options:?}");
    }
    // SQLite does not list this option; the build of this test has set it.
    assert!(env!("LIBSQLITE3_FLAGS").contains("-DHAVE_FDATASYNC=1"));
}
