//! A log that cannot be written, a closed standard output, a full record of commands: the work goes
//! on, and the program still stops in order.

use std::{ffi::OsStr, process::Command, time::Duration};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use crate::kit::{Device, PASSWORD, Program, TestServer, User, eventually, within};

/// Registers a user at a program and signs them in.
pub(crate) async fn sign_up(program: &Program, name: &str) -> User {
    let body = json!({ "username": name, "password": PASSWORD });
    let reply = program.post("/register", &body).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let id = reply.json()["id"].as_i64().unwrap();
    let reply = program.post("/login", &body).await;
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    User::of(&program.address, id, name, token)
}

/// Limits the size of the files that a running program may write.
pub(crate) fn limit_file_size(program: &Program, bytes: &str) {
    let (pid, limit) = (program.pid().to_string(), format!("--fsize={bytes}:"));
    let status = Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap();
    assert!(status.success(), "prlimit");
}

/// Sends a message until it is stored.
async fn get_through(device: &mut Device, to: &User, text: &str) {
    let sending = async {
        loop {
            device.send_to(to, text).await;
            let frame = loop {
                let frame = device.next().await;
                if frame["type"] == "ack" || frame["type"] == "error" {
                    break frame;
                }
            };
            if frame["type"] == "ack" {
                return;
            }
            assert_ne!(frame["code"], "internal", "the writer is gone");
        }
    };
    within("a message to get through", sending).await;
}

/// Makes the writer, the accept loop and the end of the program log, and checks that they go on.
async fn work_and_stop(program: Program, data: &std::path::Path) {
    let (alice, bob) = (sign_up(&program, "alice").await, sign_up(&program, "bob").await);
    let mut device = alice.connect().await;
    device.post_to(&bob, "before").await;
    // The commit fails, which the writer logs.
    let log = data.join("chaap.db-wal").metadata().unwrap().len();
    limit_file_size(&program, &log.to_string());
    device.send_to(&bob, &"x".repeat(16_000)).await;
    assert_eq!(device.next_of("error").await["code"], "storage");
    limit_file_size(&program, "unlimited");
    get_through(&mut device, &bob, "after").await;
    // Broken requests, which connections log.
    for _ in 0..600 {
        let mut stream = tokio::net::TcpStream::connect(&program.address).await.unwrap();
        stream.write_all(b"nonsense\r\n\r\n").await.unwrap();
    }
    device.post_to(&bob, "still here").await;
    drop(device);
    program.signal("TERM").await;
    let finished = program.finish().await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

/// Serves with standard error sent elsewhere by a shell.
async fn serve_into(redirection: &str, data: &std::path::Path) -> Program {
    let script = format!(r#"exec "$@" {redirection}"#);
    Program::serve_under("sh", ["-c", &script, "-"], data, &["--log=debug"]).await
}

#[tokio::test]
async fn a_full_device_as_log_stops_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let program = serve_into("2>/dev/full", &data).await;
    work_and_stop(program, &data).await;
}

#[tokio::test]
async fn a_closed_standard_error_stops_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let program = serve_into("2>&-", &data).await;
    work_and_stop(program, &data).await;
}

#[tokio::test]
async fn a_log_whose_reader_has_gone_stops_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let program = serve_into("", &data).await;
    program.hang_up_stderr().await;
    work_and_stop(program, &data).await;
}

#[tokio::test]
async fn a_log_whose_reader_does_not_read_stops_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let program = serve_into(&format!("2<>{}", pipe.display()), &data).await;
    work_and_stop(program, &data).await;
}

#[tokio::test]
async fn a_log_file_at_its_size_limit_stops_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("log");
    std::fs::write(&file, vec![b'x'; 64 * 1024 * 1024]).unwrap();
    let program = serve_into(&format!("2>>{}", file.display()), &data).await;
    limit_file_size(&program, &(32 * 1024 * 1024).to_string());
    work_and_stop(program, &data).await;
}

#[tokio::test]
async fn the_log_is_complete_when_somebody_reads_it() {
    let folder = TempDir::new().unwrap();
    let program = serve_into("", &folder.path().join("data")).await;
    program.signal("TERM").await;
    let finished = program.finish().await;
    let lines: Vec<&str> = finished.stderr.lines().collect();
    assert!(lines.iter().any(|line| line.contains("stopping")), "{lines:?}");
    assert!(lines.last().unwrap().contains("stopped"), "{lines:?}");
}

#[tokio::test]
async fn a_closed_standard_output_stops_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let script = format!(r#"exec "$@" --listen {address} >&-"#);
    let arguments = ["-c", &script, "-", env!("CARGO_BIN_EXE_chaap"), "--data"].map(OsStr::new);
    let mut child = tokio::process::Command::new("sh")
        .args(arguments)
        .arg(&data)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    eventually("the server", async || tokio::net::TcpStream::connect(&address).await.is_ok()).await;
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
    let ended = tokio::time::timeout(Duration::from_mins(1), child.wait()).await;
    assert!(ended.expect("it ends").unwrap().success());
}

/// `nohup` makes it ignore the signal, and the server must not listen for it again.
#[tokio::test]
async fn a_terminal_that_closes_does_not_stop_a_server_under_nohup() {
    let folder = TempDir::new().unwrap();
    let program = Program::serve_under("nohup", ["--"], &folder.path().join("data"), &[]).await;
    program.signal("HUP").await;
    assert_eq!(program.get("/healthz").await.status, 200);
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.pid())).unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).unwrap();
    assert_eq!(u64::from_str_radix(ignored, 16).unwrap() & 1, 1, "{status}");
    program.signal("TERM").await;
    assert_eq!(program.finish().await.code, Some(0));
}

#[tokio::test]
async fn a_full_record_of_commands_stops_nothing_and_ends_with_a_whole_line() {
    let folder = TempDir::new().unwrap();
    let (data, record) = (folder.path().join("data"), folder.path().join("record"));
    std::fs::create_dir(&data).unwrap();
    let flag = format!("--record-commands={}", record.display());
    let arguments = ["--listen=127.0.0.1:0", &flag, "--data", data.to_str().unwrap()];
    let program = Program::serve_with(arguments, []).await;
    let (alice, bob) = (sign_up(&program, "alice").await, sign_up(&program, "bob").await);
    let mut device = alice.connect().await;
    // The record is full, and the database is not: its files are still small.
    std::fs::write(&record, "x\n".repeat(4 * 1024 * 1024)).unwrap();
    limit_file_size(&program, &(8 * 1024 * 1024 + 40).to_string());
    for n in 0..20 {
        device.post_to(&bob, &n.to_string()).await;
    }
    limit_file_size(&program, "unlimited");
    device.post_to(&bob, "after").await;
    program.signal("TERM").await;
    let finished = program.finish().await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(std::fs::read(&record).unwrap().ends_with(b"x\n"), "no half line is left");
    let said = finished.stderr.lines().filter(|line| line.contains("record")).count();
    assert_eq!(said, 1, "{finished:?}");
}

#[tokio::test]
async fn a_writer_that_dies_ends_the_server_with_an_error() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "kept").await;
    let ended = server.end_writer().await;
    assert!(ended.is_err(), "a supervisor must notice");
    let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
    let kept = database.query_row("SELECT content FROM messages", (), |row| row.get(0));
    assert_eq!(kept, Ok(String::from("kept")));
}
