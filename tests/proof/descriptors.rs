//! A server with few descriptors: it serves its connections without using much of the CPU, and idle
//! connections give way to new ones.

use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{
    bench::{alone, process::Process, register},
    kit::{Program, eventually},
};

const DESCRIPTORS: usize = 64;

#[test]
fn with_few_descriptors_it_serves_open_connections_and_new_ones() {
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
        let before = process.cpu_time();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let used = process.cpu_time().saturating_sub(before);
        assert!(used < Duration::from_millis(400), "{used:?} in a second of waiting");
        for n in 0..20 {
            sender.post_to(&bob, &n.to_string()).await;
            assert_eq!(receiver.next_of("message").await["content"], n.to_string());
        }
        assert_eq!(program.get("/healthz").await.status, 200);
        assert!(process.descriptors() <= DESCRIPTORS);
        drop(crowd);
        eventually("room for a socket", async || bob.try_connect().await.is_some()).await;
        program.signal("TERM").await;
        let finished = program.finish().await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert!(finished.stderr.contains("few file descriptors are left"), "{}", finished.stderr);
        assert!(!finished.stderr.contains("cannot accept"), "{}", finished.stderr);
    });
}
