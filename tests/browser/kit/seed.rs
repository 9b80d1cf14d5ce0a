//! Long histories, inserted directly into the database, because sending them would take minutes.

use rusqlite::{Connection, params};

use super::{TestServer, User};

impl TestServer {
    /// Adds `count` messages to the chat of two users, all read, a minute apart, of one to five
    /// lines. Restarts the server.
    pub(crate) async fn lengthen(&self, chat: i64, [one, other]: [&User; 2], count: i64) {
        let sql = "
            WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?2),
              base AS (SELECT max(seq) AS seq, max(created_at) AS at FROM messages WHERE chat_id = ?1)
            INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
            SELECT ?5 + n, ?1, base.seq + n, iif(n % 5 < 3, ?3, ?4),
                   'Message ' || (base.seq + n) || iif(n % 7, '', char(10) || 'and a second line')
                     || substr(' and so on, because there is more to say about it than fits into one line', 1, n * 13 % 90),
                   base.at - (?2 - n) * 60000, ?5 + n
              FROM counted, base";
        self.change(|database, revision| {
            let others =
                "UPDATE messages SET created_at = created_at - ?2 * 60000 WHERE chat_id = ?1";
            let (low, high) = (one.id, other.id);
            database.execute(sql, params![chat, count, low, high, revision]).unwrap();
            database
                .execute(&format!("{others} AND id <= ?3"), params![chat, count, revision])
                .unwrap();
            let read = "UPDATE members SET changed = ?2, shown_changed = ?2, (delivered_seq, read_seq, shown_read_seq) =
                (SELECT max(seq), max(seq), max(seq) FROM messages WHERE chat_id = ?1) WHERE chat_id = ?1";
            database.execute(read, [chat, revision + count]).unwrap();
        })
        .await;
    }

    /// Lets the time of all scheduled messages come while the server is stopped. Restarts it.
    pub(crate) async fn let_be_due(&self) {
        self.change(|database, _| {
            database.execute("UPDATE scheduled SET due_at = 1", ()).unwrap();
        })
        .await;
    }

    /// Makes the messages of a chat unread for its members, except the first `read`. Restarts the server.
    pub(crate) async fn unread(&self, chat: i64, read: i64) {
        self.change(|database, revision| {
            let sql = "UPDATE members SET changed = ?3, shown_changed = ?3, delivered_seq = ?2, read_seq = ?2,
                shown_read_seq = ?2 WHERE chat_id = ?1";
            database.execute(sql, [chat, read, revision + 1]).unwrap();
        })
        .await;
    }

    /// Adds `count` messages of one user to a chat, as if sent by API. Restarts the server.
    pub(crate) async fn add(&self, chat: i64, sender: &User, count: i64) {
        let sql = "
            WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?2),
              base AS (SELECT max(seq) AS seq, max(created_at) AS at FROM messages WHERE chat_id = ?1)
            INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
            SELECT ?4 + n, ?1, base.seq + n, ?3, 'Added ' || (base.seq + n), base.at + n, ?4 + n
              FROM counted, base";
        self.change(|database, revision| {
            database.execute(sql, [chat, count, sender.id, revision]).unwrap();
        })
        .await;
    }

    /// Gives a user chats with `count` new users, each with one message, some unread. Restarts the
    /// server.
    pub(crate) async fn surround(&self, user: &User, count: i64) {
        let counted = "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?1)";
        // Users, chats and messages get consecutive revisions, so ids are unique.
        let steps = [
            "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
               SELECT 100000 + n, 'Person ' || n, 'person ' || n, '-', 1, ?3 + n FROM counted WHERE ?2 > 0",
            "INSERT INTO chats (id, kind, low_user_id, high_user_id, created_at, changed)
               SELECT 100000 + n, 'direct', ?2, 100000 + n, 1, ?3 + ?1 + n FROM counted",
            "INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
               SELECT ?3 + 2 * ?1 + n, 100000 + n, 1, 100000 + n, 'Hello from person ' || n, 1700000000000 + n, ?3 + 2 * ?1 + n FROM counted",
            "INSERT INTO members (chat_id, user_id, delivered_seq, read_seq, changed)
               SELECT 100000 + n, ?2, 1, iif(n % 9, 1, 0), ?3 + 3 * ?1 FROM counted
               UNION ALL SELECT 100000 + n, 100000 + n, 1, 1, ?3 + 3 * ?1 FROM counted",
        ];
        self.change(|database, revision| {
            for step in steps {
                database.execute(&format!("{counted} {step}"), [count, user.id, revision]).unwrap();
            }
        })
        .await;
    }

    /// Adds `count` new users to a group, as members from its beginning. Restarts the server.
    pub(crate) async fn crowd(&self, chat: i64, count: i64) {
        let counted = "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?1)";
        let steps = [
            "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
               SELECT 100000 + n, 'Person ' || n, 'person ' || n, '-', 1, ?3 + n FROM counted WHERE ?2 > 0",
            "INSERT INTO members (chat_id, user_id, role, role_changed, joined, changed)
               SELECT ?2, 100000 + n, 'member', ?3 + ?1 + n, ?3 + ?1 + n, ?3 + ?1 + n FROM counted",
            "INSERT INTO stays (chat_id, user_id, from_seq, after_id)
               SELECT ?2, 100000 + n, 1, 0 FROM counted WHERE ?3 > 0",
        ];
        self.change(|database, revision| {
            for step in steps {
                database.execute(&format!("{counted} {step}"), [count, chat, revision]).unwrap();
            }
        })
        .await;
    }

    /// Changes the times of messages, given by id. Restarts the server.
    pub(crate) async fn date(&self, written: &[(i64, i64)]) {
        self.change(|database, _| {
            for (message, at) in written {
                let sql = "UPDATE messages SET created_at = ?2 WHERE id = ?1";
                assert_eq!(database.execute(sql, [message, at]).unwrap(), 1);
            }
        })
        .await;
    }

    /// Changes the database while the server is stopped; `change` gets the last revision.
    async fn change(&self, change: impl FnOnce(&Connection, i64)) {
        self.stop().await;
        let mut database = Connection::open(self.data().join("chaap.db")).unwrap();
        let whole = database.transaction().unwrap();
        change(&whole, last_revision(&whole));
        whole.commit().unwrap();
        drop(database);
        self.start_again().await;
    }
}

/// The largest value in any column of a revision: every one whose name ends with `changed`.
fn last_revision(database: &Connection) -> i64 {
    let columns = "SELECT tables.name, columns.name
        FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND columns.name LIKE '%changed'";
    let mut query = database.prepare(columns).unwrap();
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let last = |found: rusqlite::Result<(String, String)>| {
        let (table, column) = found.unwrap();
        let sql = format!("SELECT ifnull(max({column}), 0) FROM {table}");
        database.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    found.map(last).max().unwrap()
}
