//! A disk that refuses writes: health checks tell, and signing out works all the same.

use std::{fs, path::Path};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::{
    kit::{Device, Program, User, eventually},
    side_channels::{limit_file_size, sign_up},
};

const SIGN_OUT: &str = "/api/sessions/current";

/// A server with two users, and a device of the first, whose disk can be made to refuse writes.
struct Fixture {
    program: Program,
    folder: TempDir,
    users: [User; 2],
    device: Device,
}

impl Fixture {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let program = Program::serve(&folder.path().join("data")).await;
        let users = [sign_up(&program, "alice").await, sign_up(&program, "bob").await];
        let mut device = users[0].connect().await;
        device.post_to(&users[1], "before").await;
        Self { program, folder, users, device }
    }

    /// Lets no file grow beyond this.
    fn limit(&self, bytes: u64) {
        limit_file_size(&self.program, &bytes.to_string());
    }

    fn lift_limit(&self) {
        limit_file_size(&self.program, "unlimited");
    }

    fn bytes_of(&self, file: &str) -> u64 {
        self.path(file).metadata().unwrap().len()
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join("data").join(file)
    }

    async fn restart_after_a_crash(mut self) -> Self {
        self.program.kill().await;
        self.program = Program::serve(&self.folder.path().join("data")).await;
        self.users = self.users.map(|user| user.at(&self.program.address));
        self.device = self.users[0].connect().await;
        self
    }
}

/// The sessions in a database.
fn count_sessions(path: &Path) -> i64 {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    db.query_row("SELECT count(*) FROM sessions", (), |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn the_server_is_not_ready_until_the_disk_takes_writes_again() {
    let mut server = Fixture::start().await;
    assert_eq!(server.program.get("/readyz").await.status, 200);
    server.limit(server.bytes_of("chaap.db-wal"));
    server.device.send_to(&server.users[1], "refused").await;
    assert_eq!(server.device.next_of("error").await["code"], "storage");
    for _ in 0..3 {
        server.program.get("/readyz").await.assert_error(503, "storage");
    }
    assert_eq!(server.program.get("/healthz").await.status, 200);
    server.lift_limit();
    // Nothing else is written meanwhile.
    eventually("it to be ready", async || server.program.get("/readyz").await.status == 200).await;
}

#[tokio::test]
async fn a_session_ends_when_the_database_cannot_be_written() {
    let mut server = Fixture::start().await;
    let bob = server.users[1].clone();
    let mut phone = bob.connect().await;
    // The list of ended sessions is shorter than the log of the database.
    server.limit(server.bytes_of("chaap.db-wal"));
    assert_eq!(bob.request("DELETE", SIGN_OUT).await.status, 204);
    assert_eq!(phone.close_code().await, Some(4401));
    bob.get("/user").await.assert_error(401, "unauthorized");
    let database = server.path("chaap.db");
    assert_eq!(count_sessions(&database), 2, "the database was not written");
    // With the next change that is stored, the session leaves the database.
    server.lift_limit();
    server.device.post_to(&bob, "after").await;
    eventually("the session to go", async || count_sessions(&database) == 1).await;
    bob.get("/user").await.assert_error(401, "unauthorized");
}

#[tokio::test]
async fn a_session_that_could_not_leave_the_database_stays_ended_after_a_restart() {
    let server = Fixture::start().await;
    server.limit(server.bytes_of("chaap.db-wal"));
    assert_eq!(server.users[1].request("DELETE", SIGN_OUT).await.status, 204);
    let server = server.restart_after_a_crash().await;
    server.users[1].get("/user").await.assert_error(401, "unauthorized");
    assert_eq!(server.users[0].get("/user").await.status, 200);
}

#[tokio::test]
async fn without_any_write_a_session_ends_in_memory_and_the_answer_says_so() {
    let mut server = Fixture::start().await;
    let bob = server.users[1].clone();
    server.limit(0);
    bob.request("DELETE", SIGN_OUT).await.assert_error(503, "storage");
    bob.get("/user").await.assert_error(401, "unauthorized");
    server.lift_limit();
    server.device.post_to(&bob, "after").await;
    let database = server.path("chaap.db");
    eventually("the session to go", async || count_sessions(&database) == 1).await;
    let server = server.restart_after_a_crash().await;
    bob.at(&server.program.address).get("/user").await.assert_error(401, "unauthorized");
}

/// Half a line must not take the next one with it: a restored backup would revive that session.
#[tokio::test]
async fn a_line_that_was_cut_off_does_not_hide_the_next() {
    let mut server = Fixture::start().await;
    let [alice, bob] = server.users.clone();
    let copy = server.folder.path().join("backup.db");
    let live = Connection::open(server.path("chaap.db")).unwrap();
    live.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    drop(live);
    let ended = server.path("chaap.db-ended");
    server.limit(server.bytes_of("chaap.db-ended") + 5);
    bob.request("DELETE", SIGN_OUT).await.assert_error(503, "storage");
    assert!(!fs::read(&ended).unwrap().ends_with(b"\n"), "half a line");
    server.lift_limit();
    assert_eq!(alice.request("DELETE", SIGN_OUT).await.status, 204);
    assert_eq!(server.device.close_code().await, Some(4401));
    server.program.kill().await;
    for rest in ["chaap.db-wal", "chaap.db-shm"] {
        drop(fs::remove_file(server.folder.path().join("data").join(rest)));
    }
    fs::copy(&copy, server.folder.path().join("data/chaap.db")).unwrap();
    server.program = Program::serve(&server.folder.path().join("data")).await;
    alice.at(&server.program.address).get("/user").await.assert_error(401, "unauthorized");
}
