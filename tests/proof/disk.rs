//! A disk that refuses: full, failing, limited, read-only. Senders are told to retry, reads
//! continue, and the process keeps running and recovers by itself. No acknowledged message is lost
//! and no `seq` is skipped.

pub(crate) mod fault;
mod island;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tempfile::TempDir;

use self::{
    fault::{Fault, limit_file_size},
    island::Island,
};
use crate::{
    bench::{alone, register, skip},
    disk_order::can_trace,
    kit::{Device, PASSWORD, Program, User, eventually, new_cid, within},
};

/// Long enough to need new pages of the log for every message.
const LONG: usize = 6_000;

/// Alice, who sends to Bob and stores the answers.
struct Writer {
    alice: User,
    bob: User,
    sender: Device,
    receiver: Device,
    /// Every text by `cid`, in the order of sending.
    written: Vec<(String, String)>,
    acked: BTreeMap<String, Value>,
    /// How many messages reached the receiver, who stays connected all the time.
    received: usize,
}

impl Writer {
    async fn at(program: &Program) -> Self {
        let [alice, bob] = register(program, ["alice", "bob"]).await;
        let (sender, receiver) = (alice.connect().await, bob.connect().await);
        Self {
            alice,
            bob,
            sender,
            receiver,
            written: Vec::new(),
            acked: BTreeMap::new(),
            received: 0,
        }
    }

    async fn write(&mut self) -> Result<(), Value> {
        let text = format!("{} {}", self.written.len(), "x".repeat(LONG));
        self.written.push((new_cid(), text));
        self.send(self.written.len() - 1).await
    }

    /// Sends a text (again) and waits for the ack or error.
    async fn send(&mut self, at: usize) -> Result<(), Value> {
        let (cid, text) = self.written[at].clone();
        self.sender.send_as(&cid, &self.bob, &text).await;
        loop {
            let frame = self.sender.next().await;
            if frame["cid"] != *cid {
                continue;
            }
            if frame["type"] == "ack" {
                self.acked.insert(cid, frame);
                return Ok(());
            }
            return Err(frame);
        }
    }

    /// While the disk refuses: sends get the right error, and reads continue.
    async fn suffer(&mut self, program: &Program) {
        // The log may have room for a few more, so the disk may not refuse at once.
        let first = self.write_until_refused(200).await;
        assert_refusal(&first);
        for _ in 0..5 {
            if let Err(refusal) = self.write().await {
                assert_refusal(&refusal);
            }
        }
        let body = json!({ "username": "carol", "password": PASSWORD });
        let reply = program.post("/register", &body).await;
        if reply.status != 201 {
            reply.assert_error(503, "storage");
            assert!(reply.header("retry-after").parse::<u32>().unwrap() >= 1);
        }
        self.read_on(program).await;
    }

    async fn write_until_refused(&mut self, most: usize) -> Value {
        for _ in 0..most {
            if let Err(refusal) = self.write().await {
                return refusal;
            }
        }
        panic!("the disk stored {most} more texts");
    }

    /// Checks that everything that only reads works: pages, lists, catching up.
    async fn read_on(&self, program: &Program) {
        let [alice, bob] = [&self.alice, &self.bob].map(|user| user.at(&program.address));
        assert_eq!(program.get("/healthz").await.status, 200);
        assert_eq!(alice.get("/user").await.status, 200);
        let chat = bob.chats().await[0]["id"].as_i64().unwrap();
        let page = bob.page(chat, "limit=200").await;
        assert_eq!(page["messages"].as_array().unwrap().len(), self.acked.len().min(200));
        let mut fresh = bob.connect_silent().await;
        let last = fresh.hello(Some(0)).await.pop().unwrap();
        assert_eq!(last["type"], "synced", "{last}");
        fresh.close().await;
    }

    /// The disk works again: every refused message can be sent, in whatever order it is retried,
    /// and every message exists once.
    async fn recover(&mut self) {
        for at in 0..self.written.len() {
            if self.acked.contains_key(&self.written[at].0) {
                continue;
            }
            let trying = async {
                while let Err(refusal) = self.send(at).await {
                    assert_refusal(&refusal);
                    let wait = refusal["retry_after_ms"].as_u64().unwrap();
                    tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
                }
            };
            within("a retry to get through", trying).await;
        }
        self.write().await.unwrap();
        // The receiver got each message once, in order.
        for seq in self.received + 1..=self.written.len() {
            let message = self.receiver.next_of("message").await;
            assert_eq!(message["seq"], seq, "no gap, no duplicate");
            self.assert_same(&message);
        }
        self.received = self.written.len();
    }

    /// After a kill and a start, every acknowledged message is where its ack said.
    async fn check_all_kept(&self, address: &str) {
        let bob = self.bob.at(address);
        let chat = bob.chats().await[0]["id"].as_i64().unwrap();
        let kept = crate::kit::whole_chat(&bob, chat).await;
        assert_eq!(kept.len(), self.acked.len());
        for (message, seq) in kept.iter().zip(1..) {
            assert_eq!(message["seq"], seq);
            self.assert_same(message);
        }
    }

    fn assert_same(&self, message: &Value) {
        let cid = message["cid"].as_str().unwrap();
        let ack = &self.acked[cid];
        assert_eq!((&ack["message_id"], &ack["seq"]), (&message["id"], &message["seq"]));
        let written = self.written.iter().find(|(other, _)| other == cid).unwrap();
        assert_eq!(message["content"], *written.1);
    }
}

fn assert_refusal(frame: &Value) {
    assert_eq!(frame["type"], "error", "{frame}");
    assert!(frame["code"] == "storage" || frame["code"] == "busy", "{frame}");
    assert!(frame["retry_after_ms"].as_u64().is_some_and(|ms| ms > 0), "{frame}");
}

#[test]
fn a_full_disk_refuses_sends_and_nothing_else_until_there_is_room() {
    alone(async {
        let Some(island) = Island::new("size=4m").await else {
            return skip("a full disk", "only root may mount one here");
        };
        let program = island.serve().await;
        let mut writer = Writer::at(&program).await;
        writer.write().await.unwrap();
        for _ in 0..2 {
            island.fill();
            writer.suffer(&program).await;
            island.make_room();
            writer.recover().await;
        }
        program.kill().await;
        let program = island.serve().await;
        writer.check_all_kept(&program.address).await;
    });
}

#[test]
fn a_signal_on_a_full_disk_stops_it_in_order() {
    alone(async {
        let Some(island) = Island::new("size=4m").await else {
            return skip("stopping on a full disk", "only root may mount one here");
        };
        let program = island.serve().await;
        let mut writer = Writer::at(&program).await;
        writer.write().await.unwrap();
        island.fill();
        writer.write_until_refused(200).await;
        program.signal("TERM").await;
        let finished = program.finish().await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        // Still full: whether it starts or refuses, no acknowledged message may be lost.
        match island.try_serve().await {
            Ok(program) => program.kill().await,
            Err(finished) => {
                assert!(finished.stderr.contains("disk is full"), "{finished:?}");
                assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
            }
        }
        island.make_room();
        let program = island.serve().await;
        writer.check_all_kept(&program.address).await;
    });
}

#[test]
fn a_failing_disk_refuses_sends_until_it_works_again() {
    alone(async {
        if !can_trace().await {
            return skip("a failing disk", "strace is missing or may not trace here");
        }
        for fault in [
            "fdatasync:error=EIO",
            "pwrite64:error=EIO",
            "pwrite64:error=ENOSPC",
            // Like a file system that became read-only after an error.
            "pwrite64:error=EROFS",
        ] {
            let folder = TempDir::new().unwrap();
            let program = Program::serve(&folder.path().join("data")).await;
            let mut writer = Writer::at(&program).await;
            writer.write().await.unwrap();
            let Some(fault) = Fault::begin(program.pid(), fault).await else {
                return skip("a failing disk", "strace may not attach here");
            };
            writer.suffer(&program).await;
            fault.end().await;
            writer.recover().await;
            program.kill().await;
            let program = Program::serve(&folder.path().join("data")).await;
            writer.check_all_kept(&program.address).await;
        }
    });
}

#[test]
fn a_disk_that_cannot_be_read_fails_requests_until_it_can() {
    alone(async {
        if !can_trace().await {
            return skip("failing reads", "strace is missing or may not trace here");
        }
        let folder = TempDir::new().unwrap();
        let program = Program::serve(&folder.path().join("data")).await;
        let mut writer = Writer::at(&program).await;
        for _ in 0..20 {
            writer.write().await.unwrap();
        }
        program.kill().await;
        // A new process has nothing cached yet.
        let program = Program::serve(&folder.path().join("data")).await;
        let Some(fault) = Fault::begin(program.pid(), "pread64:error=EIO").await else {
            return skip("failing reads", "strace may not attach here");
        };
        let path = format!("/messages/{}", writer.alice.id);
        let bob = writer.bob.at(&program.address);
        bob.get(&path).await.assert_error(503, "storage");
        assert_eq!(program.get("/healthz").await.status, 200);
        fault.end().await;
        writer.check_all_kept(&program.address).await;
    });
}

#[test]
fn a_file_at_its_size_limit_refuses_sends_and_does_not_end_the_process() {
    alone(async {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let program = Program::serve(&data).await;
        let mut writer = Writer::at(&program).await;
        writer.write().await.unwrap();
        // The limit of `ulimit -f`; exceeding it also raises SIGXFSZ, which kills by default.
        let now = data.join("chaap.db-wal").metadata().unwrap().len();
        limit_file_size(program.pid(), &now.to_string()).await;
        writer.suffer(&program).await;
        limit_file_size(program.pid(), "unlimited").await;
        writer.recover().await;
        program.kill().await;
        let program = Program::serve(&data).await;
        writer.check_all_kept(&program.address).await;
    });
}

#[test]
fn a_disk_below_its_reserve_refuses_growth_and_nothing_else_and_recovers() {
    alone(async {
        let Some(island) = Island::new("size=24m").await else {
            return skip("a reserve of free space", "only root may mount a disk here");
        };
        let program = island.try_serve_with("8").await.unwrap();
        let mut writer = Writer::at(&program).await;
        writer.write().await.unwrap();
        assert_eq!(program.get("/readyz").await.status, 200);
        island.fill_all_but(4 * 1024 * 1024);
        eventually("not ready", async || program.get("/readyz").await.status == 503).await;
        program.get("/readyz").await.assert_error(503, "storage");
        let refusal = writer.write().await.unwrap_err();
        assert_eq!(refusal["code"], "storage", "{refusal}");
        assert!(refusal["retry_after_ms"].as_u64().unwrap() > 0);
        let credentials = |name| json!({ "username": name, "password": PASSWORD });
        program.post("/register", &credentials("carol")).await.assert_error(503, "storage");
        // Reading, signing in and receipts go on.
        writer.read_on(&program).await;
        assert_eq!(program.post("/login", &credentials("alice")).await.status, 200);
        let chat = writer.bob.chats().await[0]["id"].as_i64().unwrap();
        let receipt = json!({ "type": "receipt", "chat_id": chat, "read": 1 });
        let mut reader = writer.bob.connect().await;
        reader.send(&receipt).await;
        writer.sender.next_of("receipt").await;
        island.make_room();
        eventually("ready", async || program.get("/readyz").await.status == 200).await;
        writer.recover().await;
        program.signal("TERM").await;
        let finished = program.finish().await;
        let said = finished.stderr.lines().filter(|line| line.contains("disk")).count();
        assert_eq!((finished.code, said), (Some(0), 2), "once each: {finished:?}");
    });
}

#[test]
fn a_folder_on_a_read_only_file_system_is_refused_with_a_reason() {
    alone(async {
        let Some(island) = Island::new("size=4m").await else {
            return skip("a read-only disk", "only root may mount one here");
        };
        let program = island.serve().await;
        let mut writer = Writer::at(&program).await;
        writer.write().await.unwrap();
        program.kill().await;
        let before = island.snapshot();
        island.remount("ro").await;
        let finished = island.try_serve().await.err().expect("it must refuse to start");
        assert_eq!((finished.code, finished.stderr.lines().count()), (Some(1), 1), "{finished:?}");
        assert!(finished.stderr.contains("ead-only"), "{finished:?}");
        island.remount("rw").await;
        assert_eq!(island.snapshot(), before);
        let program = island.serve().await;
        writer.check_all_kept(&program.address).await;
    });
}
