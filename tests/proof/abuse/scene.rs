//! A server with its people: a crowd, and mallory with thousands of chats, who abuses it.

use std::path::Path;

use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::crowd::Crowd;
use crate::{
    bench::{process::Process, register},
    kit::{Program, User},
};

/// Accounts on the server, most of them unused.
const ACCOUNTS: i64 = 100_000;
/// Mallory's chats.
const CHATS: i64 = 5_000;
/// Mallory's chats with a draft of the longest kind.
const DRAFTS: i64 = 2_000;
/// Mallory's long messages to the first of these chats.
pub(crate) const LONG_MESSAGES: usize = 400;
/// The longest text, in bytes.
pub(crate) const LONG: usize = 16_000;
/// The ids of what is inserted begin above this.
const BASE: i64 = 1_000_000;
/// The chat that has long messages.
pub(crate) const LONG_CHAT: i64 = BASE + 1;

pub(crate) struct Scene {
    pub(crate) program: Program,
    pub(crate) process: Process,
    pub(crate) crowd: Crowd,
    pub(crate) mallory: User,
    /// Has a socket with mallory's messages.
    pub(crate) trudy: User,
    /// Eight more accounts.
    pub(crate) uploaders: Vec<User>,
    _folder: TempDir,
}

impl Scene {
    pub(crate) async fn new(name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join(name);
        let program = serve(&data).await;
        let crowd = Crowd::register(&program).await;
        let [mallory, trudy] = register(&program, ["mallory", "trudy"]).await;
        let names: [String; 8] = std::array::from_fn(|place| format!("uploader{place}"));
        let uploaders = register(&program, names.each_ref().map(String::as_str)).await;
        program.signal("TERM").await;
        program.finish().await;
        surround(&data, mallory.id);
        let program = serve(&data).await;
        let address = program.address.clone();
        let [mallory, trudy] = [mallory, trudy].map(|user| user.at(&address));
        let uploaders = uploaders.map(|user| user.at(&address)).into();
        let process = Process::of(program.pid());
        let crowd = crowd.at(&address);
        crowd.settle().await;
        Self { process, crowd, mallory, trudy, uploaders, program, _folder: folder }
    }

    pub(crate) fn address(&self) -> &str {
        &self.program.address
    }
}

/// One of mallory's chats.
pub(crate) fn chat(n: usize) -> i64 {
    BASE + 1 + i64::try_from(n).unwrap() % CHATS
}

async fn serve(data: &Path) -> Program {
    // The limits are what is tested here; the kit's environment has them off.
    Program::serve_under("env", ["-u", "CHAAP_LISTEN"], data, &["--rate-limits", "on"]).await
}

/// Inserts accounts, chats, drafts and long messages directly, because making them would take an hour.
fn surround(data: &Path, mallory: i64) {
    let mut database = Connection::open(data.join("chaap.db")).unwrap();
    let whole = database.transaction().unwrap();
    let counted =
        "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?1)";
    // The rows get revisions of their own: accounts, chats, messages, preferences.
    let steps = [
        (
            ACCOUNTS,
            "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
               SELECT ?3 + n, 'somebody' || n, 'somebody' || n, '-', 1, ?3 + n FROM counted
                WHERE ?2 > 0 AND ?4 > 0",
        ),
        (
            CHATS,
            "INSERT INTO chats (id, kind, low_user_id, high_user_id, created_at, changed)
               SELECT ?3 + n, 'direct', ?2, ?3 + n, 1, 2 * ?3 + n FROM counted WHERE ?4 > 0",
        ),
        (
            CHATS,
            "INSERT INTO members (chat_id, user_id, delivered_seq, read_seq, changed)
               SELECT ?3 + n, ?2, 0, 0, 2 * ?3 + n FROM counted WHERE ?4 > 0
               UNION ALL SELECT ?3 + n, ?3 + n, 0, 0, 2 * ?3 + n FROM counted",
        ),
        (
            i64::try_from(LONG_MESSAGES).unwrap(),
            "INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
               SELECT 3 * ?3 + n, ?3 + 1, n, ?2, hex(randomblob(?4 / 2)), 1, 3 * ?3 + n FROM counted",
        ),
        (
            DRAFTS,
            "INSERT INTO preferences (chat_id, user_id, draft, changed)
               SELECT ?3 + n, ?2, hex(randomblob(?4 / 2)), 4 * ?3 + n FROM counted",
        ),
    ];
    for (count, step) in steps {
        let sql = format!("{counted} {step}");
        whole.execute(&sql, params![count, mallory, BASE, i64::try_from(LONG).unwrap()]).unwrap();
    }
    whole.commit().unwrap();
}
