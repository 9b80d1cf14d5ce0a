//! A server without free descriptors: it waits without using the CPU, serves its connections, and
//! accepts new ones when others close.

use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{
    bench::{alone, process::Process, register},
    kit::{Program, eventually},
};

const DESCRIPTORS: usize = 64;

#[test]
fn without_descriptors_it_serves_open_connections_and_recovers() {
    alone(async {
        let folder = TempDir::new().unwrap();
        // Sets both limits, because the server raises the soft one to the hard one.
        let script =
            format!(r#"ulimit -Sn {DESCRIPTORS} && ulimit -Hn {DESCRIPTORS} && exec "$@""#);
        let data = folder.path().join("data");
        let program = Program::serve_under("sh", ["-c", &script, "-"], &data, &[]).await;
        let process = Process::of(program.pid());
        let [alice, bob] = register(&program, ["alice", "bob"]).await;
        let (mut sender, mut receiver) = (alice.connect().await, bob.connect().await);
        let mut crowd = Vec::new();
        for _ in 0..2 * DESCRIPTORS {
            // The kernel completes more connections than the server can accept.
            crowd.push(TcpStream::connect(&program.address).await.unwrap());
        }
        eventually("the last descriptor to be used", async || process.descriptors() >= DESCRIPTORS)
            .await;
        let before = process.cpu_time();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let used = process.cpu_time().saturating_sub(before);
        assert!(used < Duration::from_millis(400), "{used:?} in a second of waiting");
        for n in 0..20 {
            sender.post_to(&bob, &n.to_string()).await;
            assert_eq!(receiver.next_of("message").await["content"], n.to_string());
        }
        drop(crowd);
        assert_eq!(program.get("/healthz").await.status, 200);
        bob.connect().await.post_to(&alice, "back again").await;
        program.signal("TERM").await;
        let finished = program.finish().await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let [begun, ended] = ["cannot accept", "accepting connections again"]
            .map(|said| finished.stderr.matches(said).count());
        // A closed connection lets another in, so it may fail again. Not every try is logged.
        assert!((1..10).contains(&begun), "{begun} warnings: {}", finished.stderr);
        assert_eq!(ended, begun, "{}", finished.stderr);
    });
}
