//! A damaged database. Damage that is visible at the start is an error and changes no file. Damage
//! found later fails a request, never the process.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{
    kit::{Frames, PASSWORD, Program, Snapshot, TestServer, User, within},
    process::{run_refused, used_folder},
};

/// SQLite's page size, which Chaap leaves at its default.
const PAGE: usize = 4_096;
/// A folder after a kill: some texts in the database file, more of them only in the log.
struct Killed {
    server: TestServer,
    people: [User; 2],
    acked: Vec<String>,
    folder: PathBuf,
}

impl Killed {
    async fn new() -> Self {
        let (server, people) = used_folder().await;
        let [alice, bob] = &people;
        let program = Program::serve(server.data()).await;
        let mut device = alice.at(&program.address).connect().await;
        let mut acked = vec![String::from("kept")];
        for n in 0..20 {
            acked.push(format!("{n} {}", "x".repeat(1_500)));
            device.post_to(bob, acked.last().unwrap()).await;
        }
        program.kill().await;
        let folder = server.scratch().join("copy");
        Self { server, people, acked, folder }
    }

    /// A copy of the folder with one file changed.
    fn with(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> &Path {
        drop(std::fs::remove_dir_all(&self.folder));
        std::fs::create_dir(&self.folder).unwrap();
        std::fs::set_permissions(&self.folder, PermissionsExt::from_mode(0o700)).unwrap();
        for file in ["chaap.db", "chaap.db-wal", "chaap.key"] {
            std::fs::copy(self.server.data().join(file), self.folder.join(file)).unwrap();
        }
        let path = self.folder.join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        change(&mut bytes);
        std::fs::write(path, bytes).unwrap();
        &self.folder
    }
}

#[tokio::test]
async fn a_damaged_header_or_a_truncated_file_is_refused() {
    let (server, _) = used_folder().await;
    let path = server.data().join("chaap.db");
    let real = std::fs::read(&path).unwrap();
    let patched = |at: usize, bytes: &[u8]| {
        let mut damaged = real.clone();
        damaged[at..at + bytes.len()].copy_from_slice(bytes);
        damaged
    };
    let cases = [
        ("another magic", patched(0, b"SQLite Format 3\0")),
        ("an odd page size", patched(16, &[0, 3])),
        ("a version from the future", patched(18, &[9, 9])),
        ("a version for writing from the future", patched(18, &[9])),
        ("payload fractions", patched(21, &[1, 2, 3])),
        ("a schema format from the future", patched(44, &[0, 0, 0, 99])),
        ("the schema's page", patched(100, &[0xA5; 500])),
        ("half of it", real[..real.len() / 2].to_vec()),
        ("the first page", real[..PAGE].to_vec()),
        ("all but the last page", real[..real.len() - PAGE].to_vec()),
        ("all but the last byte", real[..real.len() - 1].to_vec()),
    ];
    for (what, content) in cases {
        std::fs::write(&path, content).unwrap();
        let line = run_refused(server.data()).await;
        assert!(line.contains("chaap.db") && line.contains("backup"), "{what}: {line}");
    }
}

#[tokio::test]
async fn damage_with_a_log_is_refused_and_no_file_changes() {
    let killed = Killed::new().await;
    for (what, at, bytes) in [
        ("another magic", 0, &b"SQLite Format"[..]),
        ("an odd page size", 16, &[0, 3]),
        ("a write version from the future", 18, &[9, 9]),
    ] {
        let folder = killed.with("chaap.db", |db| db[at..at + bytes.len()].copy_from_slice(bytes));
        let line = run_refused(folder).await;
        assert!(line.contains("chaap.db") && line.contains("backup"), "{what}: {line}");
    }
}

#[tokio::test]
async fn a_log_with_a_damaged_header_is_refused_and_no_acked_message_vanishes() {
    let killed = Killed::new().await;
    for at in [0, 5, 9, 12, 17, 24, 31] {
        let folder = killed.with("chaap.db-wal", |log| log[at] ^= 0xFF);
        let line = run_refused(folder).await;
        assert!(line.contains("chaap.db-wal") && line.contains("backup"), "byte {at}: {line}");
    }
}

#[tokio::test]
async fn a_truncated_log_keeps_what_was_before_the_cut() {
    let killed = Killed::new().await;
    let [alice, bob] = &killed.people;
    let length = killed.server.data().join("chaap.db-wal").metadata().unwrap().len();
    let length = usize::try_from(length).unwrap();
    let (mut shortest, mut longest) = (usize::MAX, 0);
    for tenth in 0..=10 {
        // Not at the border of a frame, except at both ends.
        let cut = length * tenth / 10;
        let program = Program::serve(killed.with("chaap.db-wal", |log| log.truncate(cut))).await;
        // A database older than what is beside it counts as restored, which signs everyone out.
        let login = json!({ "username": bob.username, "password": PASSWORD });
        let login = program.post("/login", &login).await.json();
        let token = login["access_token"].as_str().unwrap().to_owned();
        let bob = bob.at(&program.address).with_token(token);
        let history = bob.history_with(alice).await.contents();
        assert_eq!(history, killed.acked[..history.len()], "cut at {cut}");
        (shortest, longest) = (shortest.min(history.len()), longest.max(history.len()));
        program.kill().await;
    }
    assert_eq!((shortest, longest), (1, killed.acked.len()));
}

#[tokio::test]
async fn a_garbage_page_is_refused_at_the_start_or_fails_a_request_later() {
    let (server, [alice, bob]) = used_folder().await;
    let path = server.data().join("chaap.db");
    let real = std::fs::read(&path).unwrap();
    let (mut refused, mut answered, mut failed) = (0, 0, 0);
    for page in 1..real.len() / PAGE {
        let mut damaged = real.clone();
        // The first bytes stay, because garbage that looks like a page gets further.
        damaged[page * PAGE + 12..(page + 1) * PAGE].fill(0xA5);
        std::fs::write(&path, &damaged).unwrap();
        let before = Snapshot::of(server.data());
        let Some(program) = Program::try_serve(server.data()).await else {
            refused += 1;
            assert_eq!(Snapshot::of(server.data()), before, "page {page}");
            continue;
        };
        let caller = alice.at(&program.address);
        for path in
            ["/user", "/users", "/api/users", "/api/chats", "/api/sync?since=0", "/messages/2"]
        {
            let reply = caller.get(path).await;
            match reply.status {
                200 | 401 => answered += 1,
                500 | 503 => {
                    assert!(reply.json()["code"].is_string(), "{}", reply.text());
                    failed += 1;
                }
                other => panic!("page {page}, {path}: {other} {}", reply.text()),
            }
        }
        // Write too, if the socket can be opened.
        if let Some(mut device) = caller.try_connect().await {
            device.send_to(&bob, "more").await;
            within("an answer", async {
                while let Ok(frame) = device.next_or_close().await {
                    if frame["type"] == "ack" || frame["type"] == "error" {
                        break;
                    }
                }
            })
            .await;
        }
        assert_eq!(program.get("/healthz").await.status, 200, "page {page}");
        program.signal("TERM").await;
        assert_eq!(program.finish().await.code, Some(0), "page {page}");
    }
    // Otherwise the garbage was in an unused place.
    assert!(answered > 0 && refused + failed > 5, "{refused} {answered} {failed}");
}
