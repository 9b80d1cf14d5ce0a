//! The thread that writes dies. A server that can only read is of no use, so the program ends.

use rusqlite::Connection;
use tempfile::TempDir;

use crate::{
    bench::{alone, register, skip},
    disk::fault::Fault,
    kit::{Frames, Program},
};

#[test]
fn a_writer_thread_that_dies_ends_the_program_with_an_error() {
    alone(async {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let program = Program::serve(&data).await;
        let [alice, bob] = register(&program, ["alice", "bob"]).await;
        let mut device = alice.connect().await;
        device.post_to(&bob, "kept").await;
        // The standard library panics when the system refuses to let a thread sleep. The writer
        // sleeps between two tries while another program locks the database.
        let Some(_fault) = Fault::begin(program.pid(), "clock_nanosleep:error=EINVAL").await else {
            return skip("a writer that dies", "strace is missing or may not attach here");
        };
        let lock = Connection::open(data.join("chaap.db")).unwrap();
        lock.execute_batch("BEGIN IMMEDIATE").unwrap();
        device.send_to(&bob, "not stored").await;
        let finished = program.finish().await;
        assert_eq!(finished.code, Some(1), "{finished:?}");
        let last = finished.stderr.lines().last().unwrap();
        assert!(last.contains("a thread of the store has ended; start the server again"), "{last}");
        drop(lock);
        let program = Program::serve(&data).await;
        assert_eq!(alice.at(&program.address).history_with(&bob).await.contents(), ["kept"]);
    });
}
