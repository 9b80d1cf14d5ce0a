//! The promise of the tick, checked at the kernel: under strace, no ack and no delivery is written
//! to a socket before the `fdatasync` of its message in the log has returned.

mod trace;

use std::{collections::BTreeMap, path::Path};

use tempfile::TempDir;
use tokio::process::Command;

use self::trace::Trace;
use crate::{
    bench::{alone, register, skip},
    kit::{Program, eventually, new_cid},
};

/// Enough for batches of one and of many, and for receipts in between.
const ROUNDS: usize = 12;
const IN_FLIGHT: usize = 6;

#[test]
fn every_ack_and_delivery_comes_after_the_sync_of_its_message() {
    alone(async {
        if !can_trace().await {
            return skip("the order on disk", "strace is missing or may not trace here");
        }
        let folder = TempDir::new().unwrap();
        let log = folder.path().join("trace");
        let texts = load(&folder.path().join("data"), &log).await;
        let trace = Trace::read(&log);
        for (cid, text) in &texts {
            trace.check(cid, text);
        }
        assert_eq!(texts.len(), ROUNDS * IN_FLIGHT);
    });
}

/// Whether strace is installed and allowed to trace.
pub(crate) async fn can_trace() -> bool {
    let tried =
        Command::new("strace").args(["-D", "-f", "-qq", "-o", "/dev/null", "true"]).output();
    tried.await.is_ok_and(|output| output.status.success())
}

/// Sends texts under strace. Returns them by `cid`.
async fn load(data: &Path, log: &Path) -> BTreeMap<String, String> {
    let calls = "trace=write,writev,sendto,sendmsg,pwrite64,pwritev,pwritev2,fdatasync,fsync";
    // -D: the server stays the child of the test, which can signal and await it. -y: file names.
    let tracing = ["-D", "-f", "-q", "-y", "-s", "65536", "-e", calls, "-o", log.to_str().unwrap()];
    let program = Program::serve_under("strace", tracing, data, &[]).await;
    let [alice, bob] = register(&program, ["alice", "bob"]).await;
    let (mut sender, mut receiver) = (alice.connect().await, bob.connect().await);
    let mut texts = BTreeMap::new();
    for round in 0..ROUNDS {
        for n in 0..IN_FLIGHT {
            let (cid, text) = (new_cid(), format!("text-{round:03}-{n:03};"));
            sender.send_as(&cid, &bob, &text).await;
            texts.insert(cid, text);
        }
        for _ in 0..IN_FLIGHT {
            let message = receiver.next_of("message").await;
            let (chat, seq) = (&message["chat_id"], &message["seq"]);
            receiver.confirm(chat.as_i64().unwrap(), seq.as_i64().unwrap(), 0).await;
            sender.next_of("ack").await;
        }
    }
    let pid = program.pid();
    program.signal("TERM").await;
    assert_eq!(program.finish().await.code, Some(0));
    let last_line = format!("{pid:<5} +++ exited with 0 +++\n");
    eventually("the end of the trace", async || {
        std::fs::read(log).unwrap().ends_with(last_line.as_bytes())
    })
    .await;
    texts
}
