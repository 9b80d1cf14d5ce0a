//! The program: what it prints, when it refuses to start and changes nothing, how it stops.

use std::{
    ffi::OsStr,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use serde_json::json;
use tempfile::TempDir;

use crate::kit::{Finished, Frames, Program, Snapshot, TestServer, User};

/// A data folder of a server that has run and stopped.
pub(crate) async fn used_folder() -> (TestServer, [User; 2]) {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "kept").await;
    device.close().await;
    server.stop().await;
    (server, [alice, bob])
}

/// Runs a server that must refuse this folder, and checks that the folder did not change.
pub(crate) async fn run_refused(data: &Path) -> String {
    let before = Snapshot::of(data);
    let arguments = [OsStr::new("--listen"), OsStr::new("127.0.0.1:0"), OsStr::new("--data")];
    let finished = Program::run(arguments.into_iter().chain([data.as_os_str()])).await;
    assert_eq!(Snapshot::of(data), before, "nothing on disk may change");
    assert_one_line(&finished)
}

/// The one line on standard error.
fn assert_one_line(finished: &Finished) -> String {
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_eq!(finished.stdout, "", "{finished:?}");
    let lines: Vec<&str> = finished.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{finished:?}");
    assert!(lines[0].starts_with("chaap: "), "{finished:?}");
    lines[0].to_owned()
}

/// Checks that SQLite's log next to the database is empty or gone.
fn assert_checkpointed(data: &Path) {
    let log = data.join("chaap.db-wal").metadata().map_or(0, |metadata| metadata.len());
    assert_eq!(log, 0, "{:?}", Snapshot::of(data).names());
}

#[tokio::test]
async fn the_program_prints_the_address_and_answers_there() {
    let folder = TempDir::new().unwrap();
    let program = Program::serve(&folder.path().join("data")).await;
    assert_eq!(program.announcement, format!("Chaap is ready: open http://{}\n", program.address));
    let reply = program.get("/").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
    let address = program.address.clone();
    program.signal("TERM").await;
    let finished = program.finish().await;
    let more: Vec<&str> = finished.stdout.lines().skip(1).collect();
    assert_eq!(more.len(), 2, "{finished:?}");
    let port = program_port(&address);
    let way =
        format!("Only this machine can open it. Let your network in with --listen 0.0.0.0:{port}");
    assert_eq!(more[0], way);
    assert!(more[1].contains("https") && more[1].contains("README"), "{finished:?}");
}

fn program_port(address: &str) -> &str {
    address.rsplit_once(':').unwrap().1
}

#[tokio::test]
async fn a_server_for_the_network_prints_its_addresses_or_logs_them() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--listen", "0.0.0.0:0", "--data", data.to_str().unwrap()];
    let program = Program::serve_with(arguments, []).await;
    assert!(program.announcement.starts_with("Chaap is ready: open http://localhost:"));
    let port = program_port(&program.address).to_owned();
    program.signal("TERM").await;
    let printed = program.finish().await.stdout;
    for line in printed.lines().filter(|line| line.starts_with("For others in your network: ")) {
        let address = line.rsplit(' ').next().unwrap();
        assert!(address.starts_with("http://") && address.ends_with(&format!(":{port}")), "{line}");
        assert!(!address.contains("127.0.0.1") && !address.contains("fe80"), "{line}");
    }
    assert!(printed.contains("network"), "{printed}");
    assert!(!printed.contains("Only this machine"), "{printed}");

    let program = Program::serve_with(arguments, [("CHAAP_LOG_FORMAT", "json")]).await;
    program.signal("TERM").await;
    let finished = program.finish().await;
    assert_eq!(finished.stdout.lines().count(), 1, "{finished:?}");
    let lines = finished.stderr.lines().map(|line| serde_json::from_str(line).unwrap());
    let ready: Vec<serde_json::Value> =
        lines.filter(|line: &serde_json::Value| line["fields"]["message"] == "ready").collect();
    assert_eq!(ready.len(), 1, "{finished:?}");
    assert!(ready[0]["fields"]["local"].as_str().unwrap().starts_with("http://localhost:"));
    assert!(ready[0]["fields"]["network"].is_string());
}

#[tokio::test]
async fn the_serve_command_and_environment_variables_work() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let environment = [
        ("CHAAP_LISTEN", "127.0.0.1:0"),
        ("CHAAP_DATA", data.to_str().unwrap()),
        ("CHAAP_LOG_FORMAT", "json"),
        ("CHAAP_LOG", "debug"),
    ];
    let program = Program::serve_with(["serve"], environment).await;
    assert_eq!(program.get("/healthz").await.status, 200);
    program.signal("TERM").await;
    let finished = program.finish().await;
    assert!(data.join("chaap.db").exists());
    assert!(finished.stderr.lines().count() > 1, "it logs: {finished:?}");
    for line in finished.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string(), "{line}");
    }
}

#[tokio::test]
async fn only_the_owner_can_read_the_data_folder() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("deep/er");
    let program = Program::serve(&data).await;
    assert_eq!(program.get("/readyz").await.status, 200);
    assert_eq!(data.metadata().unwrap().permissions().mode() & 0o7777, 0o700);
    let files = Snapshot::of(&data);
    assert!(files.names().contains(&String::from("chaap.key")));
    for name in files.names() {
        assert_eq!(files.mode(&name), 0o600, "{name}");
    }
    program.kill().await;
}

#[tokio::test]
async fn a_signal_stops_it_in_order_with_everything_in_the_database_file() {
    for signal in ["TERM", "INT", "HUP"] {
        let (server, [alice, bob]) = used_folder().await;
        // The tests themselves may run under `nohup`, which would hide HUP from the program.
        let seen = ["--default-signal=HUP"];
        let program = Program::serve_under("env", seen, server.data(), &[]).await;
        let mut device = alice.at(&program.address).connect().await;
        device.post_to(&bob, "last words").await;
        program.signal(signal).await;
        assert_eq!(device.next_of("restart").await["type"], "restart");
        assert_eq!(device.close_code().await, Some(1001));
        let finished = program.finish().await;
        assert_eq!(finished.code, Some(0), "{signal}: {finished:?}");
        assert_checkpointed(server.data());
        let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
        let count = "SELECT count(*) FROM messages WHERE content = 'last words'";
        let kept: i64 = database.query_row(count, (), |row| row.get(0)).unwrap();
        assert_eq!(kept, 1, "{signal}");
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let folder = TempDir::new().unwrap();
    let program = Program::serve(&folder.path().join("data")).await;
    // A request that never ends delays the orderly stop.
    let stuck = program.send_half_a_request().await;
    program.signal("TERM").await;
    program.wait_until_closed_to_newcomers().await;
    program.signal("TERM").await;
    let finished = program.finish().await;
    // An orderly stop would exit with 0.
    assert_eq!(finished.code, Some(130), "{finished:?}");
    drop(stuck);
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_and_a_low_one_is_logged() {
    let folder = TempDir::new().unwrap();
    for (hard, is_few) in [(2_048, true), (4_096, false)] {
        let script = format!(r#"ulimit -Sn 256 && ulimit -Hn {hard} && exec "$@""#);
        let data = folder.path().join("data");
        let program = Program::serve_under("sh", ["-c", &script, "-"], &data, &[]).await;
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.pid())).unwrap();
        let limit = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
        let limit: Vec<&str> = limit.split_whitespace().skip(3).take(2).collect();
        assert_eq!(limit, [hard.to_string(), hard.to_string()], "{limits}");
        program.signal("TERM").await;
        let finished = program.finish().await;
        let said = finished.stderr.contains("LimitNOFILE") && finished.stderr.contains("2048");
        assert_eq!(said, is_few, "{finished:?}");
    }
}

#[tokio::test]
async fn an_orderly_stop_takes_no_longer_than_the_readmes_unit_allows() {
    let folder = TempDir::new().unwrap();
    let readme = include_str!("../../README.md");
    let seconds = readme.split_once("TimeoutStopSec=").unwrap().1.lines().next().unwrap();
    let program = Program::serve(&folder.path().join("data")).await;
    let stuck = program.send_half_a_request().await;
    program.signal("TERM").await;
    let limit = std::time::Duration::from_secs(seconds.parse().unwrap());
    let finished = tokio::time::timeout(limit, program.finish()).await;
    let finished = finished.unwrap_or_else(|_| panic!("still running after {limit:?}"));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    drop(stuck);
}

#[tokio::test]
async fn what_was_acked_survives_a_kill() {
    let (server, [alice, bob]) = used_folder().await;
    let program = Program::serve(server.data()).await;
    let mut device = alice.at(&program.address).connect().await;
    let mut acked = vec![String::from("kept")];
    for n in 0..50 {
        acked.push(n.to_string());
        device.post_to(&bob, &n.to_string()).await;
    }
    for n in 50..100 {
        device.send_to(&bob, &n.to_string()).await;
    }
    program.kill().await;
    let program = Program::serve(server.data()).await;
    let kept = bob.at(&program.address).history_with(&alice).await.contents();
    assert_eq!(kept[..acked.len()], acked);
    // The first of the messages that were not acknowledged may exist too, in order.
    let sent: Vec<String> = (50..50 + kept.len() - acked.len()).map(|n| n.to_string()).collect();
    assert_eq!(kept[acked.len()..], sent);
}

#[tokio::test]
async fn a_taken_port_is_an_error_before_anything_is_created() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let finished = Program::run(["--listen", &address, "--data", data.to_str().unwrap()]).await;
    let line = assert_one_line(&finished);
    assert!(line.contains(&address) && line.contains("--listen"), "{line}");
    assert!(!data.exists(), "nothing was created");
}

#[tokio::test]
async fn a_folder_in_use_by_another_chaap_is_refused() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let line = run_refused(server.data()).await;
    assert!(line.contains("in use by another Chaap") && line.contains("--data"), "{line}");
    assert_eq!(alice.get("/user").await.status, 200, "the other one continues");
    // Another path to the same folder is refused too.
    let alias = server.scratch().join("alias");
    symlink(server.data(), &alias).unwrap();
    run_refused(&alias).await;
}

#[tokio::test]
async fn an_unusable_folder_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    for data in [file.clone(), file.join("below")] {
        let line = run_refused(&data).await;
        assert!(line.contains("--data"), "{line}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
}

#[tokio::test]
async fn a_read_only_folder_is_refused() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o500)).unwrap();
    let line = run_refused(&data).await;
    assert!(line.contains("--data"), "{line}");
}

#[tokio::test]
async fn a_database_of_a_newer_chaap_is_refused() {
    let (server, _) = used_folder().await;
    let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
    database.pragma_update(None, "user_version", 9_999).unwrap();
    drop(database);
    let line = run_refused(server.data()).await;
    assert!(line.contains("newer Chaap") && line.contains("9999"), "{line}");
}

#[tokio::test]
async fn a_database_of_a_newer_chaap_is_refused_even_if_only_its_log_says_so() {
    let (server, _) = used_folder().await;
    let copy = server.scratch().join("copy");
    std::fs::create_dir(&copy).unwrap();
    let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
    database.pragma_update(None, "user_version", 9_999).unwrap();
    // The state after a crash: the changes are in the log and not in the database file.
    for name in Snapshot::of(server.data()).names() {
        std::fs::copy(server.data().join(&name), copy.join(&name)).unwrap();
    }
    assert!(copy.join("chaap.db-wal").metadata().unwrap().len() > 0, "the change is in the log");
    drop(database);
    let line = run_refused(&copy).await;
    assert!(line.contains("newer Chaap"), "{line}");
}

#[tokio::test]
async fn a_file_that_is_not_a_chaap_database_is_refused() {
    let (server, _) = used_folder().await;
    let path = server.data().join("chaap.db");
    let real = std::fs::read(&path).unwrap();
    let foreign = server.scratch().join("foreign.db");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("PRAGMA user_version = 3; PRAGMA application_id = 7; CREATE TABLE t (x);")
        .unwrap();
    let contents = [
        ("a text", b"Dear diary".to_vec()),
        ("a long text", b"Dear diary. ".repeat(1_000)),
        ("a cut header", real[..50].to_vec()),
        ("another program's", std::fs::read(&foreign).unwrap()),
        ("only zeros", vec![0; 8_192]),
    ];
    for (what, content) in contents {
        std::fs::write(&path, content).unwrap();
        let line = run_refused(server.data()).await;
        assert!(line.contains("database"), "{what}: {line}");
    }
}

#[tokio::test]
async fn a_damaged_key_is_refused_and_not_changed() {
    let (server, _) = used_folder().await;
    let key = server.data().join("chaap.key");
    for damaged in [0, 31, 33, 4_096] {
        std::fs::write(&key, vec![7; damaged]).unwrap();
        let line = run_refused(server.data()).await;
        assert!(line.contains("chaap.key") && line.contains("backup"), "{damaged}: {line}");
    }
    std::fs::remove_file(&key).unwrap();
    std::fs::create_dir(&key).unwrap();
    let line = run_refused(server.data()).await;
    assert!(line.contains("chaap.key"), "{line}");
}

#[tokio::test]
async fn a_new_folder_gets_no_key_when_the_database_is_refused() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("chaap.db"), "Dear diary").unwrap();
    run_refused(folder.path()).await;
    assert_eq!(Snapshot::of(folder.path()).names(), ["chaap.db"]);
}

#[tokio::test]
async fn a_lost_key_signs_everyone_out_and_loses_nothing_else() {
    let (mut server, [alice, bob]) = used_folder().await;
    std::fs::remove_file(server.data().join("chaap.key")).unwrap();
    server.start_again().await;
    assert_eq!(alice.get("/user").await.status, 401);
    let alice = alice.sign_in_again(&server).await;
    assert_eq!(alice.history_with(&bob).await.contents(), ["kept"]);
}

#[tokio::test]
async fn version_and_help_are_complete() {
    let version = Program::run(["--version"]).await;
    assert_eq!(version.code, Some(0));
    let expected =
        format!("chaap {} (SQLite {})\n", env!("CARGO_PKG_VERSION"), rusqlite::version());
    assert_eq!(version.stdout, expected);
    let help = Program::run(["--help"]).await;
    assert_eq!(help.code, Some(0));
    for name in [
        "--listen",
        "CHAAP_LISTEN",
        "127.0.0.1:8000",
        "--data",
        "CHAAP_DATA",
        "./chaap-data",
        "--token-minutes",
        "CHAAP_TOKEN_MINUTES",
        "--log",
        "CHAAP_LOG",
        "--log-format",
        "CHAAP_LOG_FORMAT",
        "--allow-origin",
        "CHAAP_ALLOW_ORIGIN",
    ] {
        assert!(help.stdout.contains(name), "{name} in {}", help.stdout);
    }
}

#[tokio::test]
async fn an_empty_environment_variable_counts_as_unset_for_every_option() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let help = Program::run(["serve", "--help"]).await.stdout;
    let variables: Vec<&'static str> = help
        .split("[env: ")
        .skip(1)
        .map(|rest| &*rest.split('=').next().unwrap().to_owned().leak())
        .collect();
    assert!(variables.len() > 10, "{variables:?}");
    let hidden = ["CHAAP_READ_SECONDS", "CHAAP_WRITE_SECONDS", "CHAAP_RECORD_COMMANDS"];
    for blank in ["", " "] {
        let environment = variables.iter().copied().chain(hidden).map(|name| (name, blank));
        let arguments = ["--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
        let program = Program::serve_with(arguments, environment).await;
        assert_eq!(program.get("/healthz").await.status, 200);
        program.signal("TERM").await;
        assert_eq!(program.finish().await.code, Some(0));
    }
}

#[tokio::test]
async fn an_address_may_be_a_name_or_have_no_port() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    for (listen, announced) in
        [("localhost:0", "127.0.0.1:"), ("0.0.0.0:0", "localhost:"), ("0", "127.0.0.1:")]
    {
        let arguments = ["--listen", listen, "--data", data.to_str().unwrap()];
        let program = Program::serve_with(arguments, []).await;
        assert!(program.address.starts_with(announced), "{listen}: {}", program.announcement);
        let port = program.address.rsplit_once(':').unwrap().1.to_owned();
        // A system without IPv6 has no ::1, and the server works without it.
        if listen == "localhost:0" && tokio::net::TcpListener::bind("[::1]:0").await.is_ok() {
            tokio::net::TcpStream::connect(format!("[::1]:{port}")).await.unwrap();
        }
        assert_eq!(program.get("/healthz").await.status, 200);
        program.signal("TERM").await;
        program.finish().await;
    }
    let refused = Program::run(["--listen", "http://localhost:8000"]).await;
    assert!(
        refused.stderr.contains("0.0.0.0") && refused.stderr.contains("localhost"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn wrong_arguments_are_named_and_nothing_starts() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    for arguments in [
        &["--listen", "nowhere:x"][..],
        &["--token-minutes", "0"],
        &["--mailbox-max", "1"],
        &["--mailbox-max", "127"],
        &["--colour"],
        &["dance"],
        &["--log", "chaap=loud="],
    ] {
        let finished = Program::run(arguments.iter().chain(&["--data", data])).await;
        assert!(matches!(finished.code, Some(1 | 2)), "{arguments:?}: {finished:?}");
        let said = &finished.stderr;
        assert!(said.contains(arguments.last().unwrap()), "{arguments:?}: {said}");
        assert_eq!(finished.stdout, "");
    }
    assert!(!Path::new(data).exists());
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let environment = [("CHAAP_LOG", "trace")];
    let arguments = ["--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let program = Program::serve_with(arguments, environment).await;
    let body = json!({ "username": "alice", "password": "a very secret password" });
    assert_eq!(program.post("/register", &body).await.status, 201);
    let reply = program.post("/login", &body).await.json();
    let token = reply["access_token"].as_str().unwrap().to_owned();
    let path = format!("/ws?token={token}");
    let mut socket = crate::kit::Socket::open(&program.address, &path, &[]).await;
    socket.send(&json!({ "recipient_id": 1, "content": "a very secret message" })).await;
    socket.next_of("ack").await;
    program.signal("TERM").await;
    let log = program.finish().await.stderr;
    assert!(log.contains("/register"), "requests are logged");
    let signature = token.rsplit_once('.').unwrap().1;
    for secret in ["a very secret password", "a very secret message", signature] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
