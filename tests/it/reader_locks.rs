//! Another program holds the locks that readers need, for example while it recovers the log. Requests
//! are answered "busy", and all is well when the locks are gone.

use std::{
    fs::OpenOptions,
    os::unix::fs::FileExt,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
};

use crate::{
    kit::{Program, Reply, User, eventually, within},
    process::used_folder,
};

/// Takes the locks of the log as soon as nothing uses them: eight bytes of the shared memory, for
/// writers, checkpoints, recovery and readers (sqlite.org/walformat.html, section 2.3). Another
/// process has to do it, because the locks of one process do not conflict.
const TAKE: &str = r#"use Fcntl;
    open(my $memory, "+<", $ARGV[0]) or die;
    my $all = pack("s s x4 q q q", F_WRLCK, 0, 120, 8, 0);
    fcntl($memory, F_SETLKW, $all) or die;
    syswrite(STDOUT, "!");
    sleep;"#;
/// How soon a request must be answered. SQLite itself tries for ten seconds.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Another program with all locks. Dropping it releases them.
struct Locks(#[expect(dead_code, reason = "kept running")] Child);

impl Locks {
    async fn take(data: &Path) -> Self {
        let memory = data.join("chaap.db-shm");
        let mut perl = Command::new("perl")
            .args(["-e", TAKE])
            .arg(memory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let taken = within("the locks", perl.stdout.as_mut().unwrap().read_u8()).await;
        assert_eq!(taken.unwrap(), b'!');
        Self(perl)
    }

    /// The same as a program that is recovering the log: the index of the log is not valid yet.
    async fn take_to_recover(data: &Path) -> Self {
        let locks = Self::take(data).await;
        // The first of the two copies of its head (section 2.1).
        let memory = OpenOptions::new().write(true).open(data.join("chaap.db-shm")).unwrap();
        memory.write_all_at(&[0xFF; 48], 0).unwrap();
        locks
    }
}

/// Answers of a few kinds of requests, asked for at the same time.
async fn ask(user: &User, chat: &str) -> Vec<Reply> {
    let reads = ["/user", "/users", "/api/users", "/api/chats", "/api/sync?since=0", chat];
    let asked = reads.map(|path| user.get(path));
    let message = json!({ "content": "hi" });
    let (read, written) = tokio::join!(join_all(asked), user.post(chat, &message));
    read.into_iter().chain([written]).collect()
}

async fn locked_and_released(lock: impl AsyncFn(&Path) -> Locks) {
    let (server, [alice, bob]) = used_folder().await;
    let data = server.data();
    let program = Program::serve_under("env", ["CHAAP_LOCK_SECONDS=1"], data, &[]).await;
    let alice = alice.at(&program.address);
    let mut device = alice.connect().await;
    let chat = "/api/chats/1/messages";
    assert!(ask(&alice, chat).await.iter().all(|reply| reply.status < 300));

    let locks = lock(data).await;
    eventually("not ready", async || program.get("/readyz").await.status == 503).await;
    for _ in 0..2 {
        let began = Instant::now();
        for reply in ask(&alice, chat).await {
            reply.assert_error(503, "busy");
            assert_eq!(reply.header("retry-after"), "1");
        }
        let took = began.elapsed();
        assert!(took < ANSWER_MAX, "{took:?}");
    }
    device.send_to(&bob, "refused").await;
    let refused = device.next_of("error").await;
    assert_eq!(refused["code"], "busy", "{refused}");

    drop(locks);
    eventually("ready again", async || program.get("/readyz").await.status == 200).await;
    for reply in ask(&alice, chat).await {
        assert!(reply.status < 300, "{}", reply.text());
    }
    device.send_to(&bob, "accepted").await;
    device.next_of("ack").await;
    program.signal("TERM").await;
    let finished = within("the end", program.finish()).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(!finished.stderr.contains("ERROR"), "{finished:?}");
}

#[tokio::test]
async fn requests_are_busy_while_another_program_holds_all_locks() {
    locked_and_released(Locks::take).await;
}

#[tokio::test]
async fn requests_are_busy_while_another_program_recovers_the_log() {
    locked_and_released(Locks::take_to_recover).await;
}
