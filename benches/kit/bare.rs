//! SQLite alone inserting the same rows as Chaap, as the reference for the store.
//!
//! Chaap's layout is `schema.sql` with the pragmas of `src/store/open.rs`. The naive layout has
//! random ids for messages, an index by chat and `seq`, and updates the row of the chat with every
//! message.

use std::path::Path;

use rusqlite::Connection;
use uuid::Uuid;

/// Chats that get messages in turn.
const CHATS: i64 = 50;

/// The layout of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Chaap,
    Naive,
}

const NAIVE: &str = "
    CREATE TABLE chats (id INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY, chat_id INTEGER NOT NULL REFERENCES chats (id),
      seq INTEGER NOT NULL, sender_id INTEGER NOT NULL, cid BLOB NOT NULL, content TEXT NOT NULL,
      created_at INTEGER NOT NULL, changed INTEGER NOT NULL, UNIQUE (sender_id, cid)
    ) STRICT;
    CREATE UNIQUE INDEX messages_by_seq ON messages (chat_id, seq);
    CREATE INDEX messages_by_changed ON messages (chat_id, changed);";

/// The same statement as in `src/store/messages.rs`.
const INSERT: &str = "
    INSERT INTO messages
      (id, chat_id, seq, sender_id, cid, content, reply_to, created_at, changed)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, ?1)
    ON CONFLICT (cid, sender_id) WHERE cid IS NOT NULL DO NOTHING";
const INSERT_NAIVE: &str = "
    INSERT INTO messages (id, chat_id, seq, sender_id, cid, content, created_at, changed)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?1)
    ON CONFLICT (sender_id, cid) DO NOTHING";

/// A database and the number of its last message.
#[derive(Debug)]
pub(crate) struct Bare {
    db: Connection,
    layout: Layout,
    number: i64,
}

impl Bare {
    /// Creates a database at `path` with Chaap's pragmas.
    pub(crate) fn new(path: &Path, layout: Layout) -> Self {
        let db = Connection::open(path).unwrap();
        db.pragma_update(None, "journal_mode", "WAL").unwrap();
        db.pragma_update(None, "synchronous", "FULL").unwrap();
        db.pragma_update(None, "foreign_keys", true).unwrap();
        if layout == Layout::Chaap {
            db.pragma_update(None, "wal_autocheckpoint", 4_096).unwrap();
            db.execute_batch(include_str!("../../schema.sql")).unwrap();
        } else {
            db.execute_batch(NAIVE).unwrap();
        }
        let bare = Self { db, layout, number: 0 };
        bare.make_chats();
        bare
    }

    fn make_chats(&self) {
        for chat in 1..=CHATS {
            if self.layout == Layout::Naive {
                self.db.execute("INSERT INTO chats (id) VALUES (?1)", (chat,)).unwrap();
                continue;
            }
            for user in [chat * 2 - 1, chat * 2] {
                let sql = "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
                           VALUES (?1, 'u' || ?1, 'u' || ?1, '', 0, 0)";
                self.db.execute(sql, (user,)).unwrap();
            }
            let sql = "INSERT INTO chats (id, kind, low_user_id, high_user_id, created_at, changed)
                       VALUES (?1, 'direct', ?1 * 2 - 1, ?1 * 2, 0, 0)";
            self.db.execute(sql, (chat,)).unwrap();
        }
    }

    /// Inserts `count` messages in one durable transaction.
    pub(crate) fn commit(&mut self, count: u64, text: &str) {
        self.run("BEGIN IMMEDIATE");
        for _ in 0..count {
            self.number += 1;
            self.insert(text);
        }
        self.run("COMMIT");
    }

    fn insert(&self, text: &str) {
        let (id, chat) = (self.number, self.number % CHATS + 1);
        let (seq, sender) = (self.number / CHATS + 1, chat * 2 - 1);
        let cid = Uuid::now_v7();
        let (sql, name) = match self.layout {
            Layout::Chaap => (INSERT, cid),
            // As in a UUID of version 4: the same bytes, with the random ones first.
            Layout::Naive => (INSERT_NAIVE, Uuid::from_u128(cid.as_u128().rotate_left(64))),
        };
        let now = i64::try_from(cid.as_u128() >> 80).unwrap();
        let mut insert = self.db.prepare_cached(sql).unwrap();
        insert.execute((id, chat, seq, sender, name.as_bytes(), text, now)).unwrap();
        if self.layout == Layout::Naive {
            let sql = "UPDATE chats SET last_seq = ?2 WHERE id = ?1";
            self.db.prepare_cached(sql).unwrap().execute((chat, seq)).unwrap();
        }
    }

    fn run(&self, sql: &str) {
        self.db.prepare_cached(sql).unwrap().execute(()).unwrap();
    }

    /// The number of messages.
    pub(crate) fn count(&self) -> u64 {
        let count = "SELECT count(*) FROM messages";
        let count: i64 = self.db.query_row(count, (), |row| row.get(0)).unwrap();
        count.unsigned_abs()
    }
}
