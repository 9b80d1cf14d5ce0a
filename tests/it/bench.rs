//! `chaap bench`, run as a program against real servers.

use std::path::Path;

use chaap::RateLimits;
use serde_json::Value;

use crate::kit::{Finished, Program, TestServer};

/// The smallest load.
const TINY: [&str; 6] = ["--pairs", "2", "--duration", "1", "--warmup", "0"];

/// Runs `chaap bench` with these arguments to its end.
async fn bench(arguments: &[&str]) -> Finished {
    Program::run(["bench"].iter().chain(arguments)).await
}

/// Runs it to its end, which must be successful. Returns its report.
async fn report(arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--json"]].concat();
    let finished = bench(&arguments).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stderr, "", "no progress bar without a terminal");
    serde_json::from_str(&finished.stdout).unwrap()
}

/// Runs it to its end, which must be a failure. Returns the one line on standard error.
async fn refusal(arguments: &[&str]) -> String {
    assert_refusal(bench(arguments).await)
}

fn assert_refusal(finished: Finished) -> String {
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), ""), "{finished:?}");
    assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
    assert!(finished.stderr.starts_with("chaap: "), "{finished:?}");
    finished.stderr
}

/// The number of messages in the database, and of their different `cid`s.
fn stored(data: &Path) -> (i64, i64) {
    let database = rusqlite::Connection::open(data.join("chaap.db")).unwrap();
    let count = "SELECT count(*), count(DISTINCT cid) FROM messages";
    database.query_row(count, (), |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

fn count(report: &Value, field: &str) -> u64 {
    report["messages"][field].as_u64().unwrap_or_else(|| panic!("{field} in {report}"))
}

#[tokio::test]
async fn every_counted_message_is_in_the_database() {
    let mut server = TestServer::start().await;
    let url = format!("http://{}", server.home().get());
    let report = report(&[&TINY[..], &["--url", &url, "--in-flight", "3"]].concat()).await;
    let sent = count(&report, "sent");
    assert!(sent > 0, "{report}");
    for field in ["acked", "delivered", "in_history"] {
        assert_eq!(count(&report, field), sent, "{field}: {report}");
    }
    assert_eq!(report["failures"], serde_json::json!([]));
    assert_eq!((&report["own_server"], &report["server"]), (&false.into(), &Value::Null));
    let commits = report["messages"]["commits_per_second"].as_f64().unwrap();
    assert!(commits > 0.0, "{report}");
    server.stop().await;
    let sent = i64::try_from(sent).unwrap();
    assert_eq!(stored(server.data()), (sent, sent));
}

#[tokio::test]
async fn the_temporary_server_is_measured_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let idle = ["--folder", path, "--connections", "20"];
    let report = report(&[&TINY[..], &idle].concat()).await;
    assert!(report["messages"]["per_second"].as_f64().unwrap() > 0.0, "{report}");
    assert!(report["server"]["cpu_us_per_message"].as_f64().unwrap() > 0.0, "{report}");
    assert!(report["server"]["rss_bytes_start"].as_u64().unwrap() > 1_000_000, "{report}");
    assert!(report["disk"]["fdatasync_ms"]["count"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["idle"]["connections"], 20);
    assert_eq!(report["idle"]["lost"], 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_open_loop_measures_every_message_that_was_due() {
    let rate = ["--rate", "200"];
    let report = report(&[&TINY[..], &rate].concat()).await;
    // Due at 0, 5, … 995 ms of the one second.
    assert_eq!(count(&report, "sent"), 200);
    for latencies in ["ack_ms", "delivery_ms"] {
        let latencies = &report["messages"][latencies];
        assert_eq!(latencies["count"], 200, "{report}");
        let at = |name: &str| latencies[name].as_f64().unwrap();
        assert!(0.0 < at("p50") && at("p50") <= at("p99") && at("p99") <= at("max"), "{report}");
    }
}

#[tokio::test]
async fn with_fan_out_every_connection_of_the_recipient_gets_every_message() {
    let fan_out = ["--fan-out", "7", "--duration", "1", "--warmup", "0", "--size", "500"];
    let report = report(&fan_out).await;
    let sent = count(&report, "sent");
    assert_eq!(report["settings"]["pairs"], 1);
    assert!(sent > 0, "{report}");
    assert_eq!(count(&report, "delivered"), sent * 7);
}

#[tokio::test]
async fn every_member_of_a_group_but_the_writer_gets_every_message() {
    let mut server = TestServer::start().await;
    let url = format!("http://{}", server.home().get());
    let short = ["--group", "5", "--duration", "1", "--warmup", "0", "--url", &url];
    let report = report(&short).await;
    let sent = count(&report, "sent");
    assert!(sent > 0, "{report}");
    assert_eq!(report["settings"]["pairs"], 0);
    assert_eq!(count(&report, "delivered"), sent * 4);
    assert_eq!((count(&report, "acked"), count(&report, "in_history")), (sent, sent));
    // Each member has a receipt of their own and the one of all; the writer has read already.
    assert_eq!(report["reading"]["members"], 5);
    let frames = report["reading"]["frames"].as_u64().unwrap();
    assert!((5..=10).contains(&frames), "{report}");
    server.stop().await;
    // The line that says who made the group is stored, too.
    assert_eq!(stored(server.data()).0, i64::try_from(sent).unwrap() + 1);
}

#[tokio::test]
async fn all_members_of_all_groups_write_and_come_back_after_a_restart() {
    let short = ["--group", "3", "--groups", "2", "--duration", "1", "--warmup", "0"];
    let report = report(&[&short[..], &["--reconnect"]].concat()).await;
    let sent = count(&report, "sent");
    assert!(sent > 0, "{report}");
    assert_eq!(count(&report, "delivered"), sent * 2);
    assert_eq!(report["settings"]["groups"], 2);
    let reconnection = &report["reconnection"];
    assert_eq!(reconnection["devices"], 6);
    // Each missed at least the last message of its group.
    assert!(reconnection["rows"].as_u64().unwrap() >= 6, "{report}");
}

#[tokio::test]
async fn without_json_the_report_is_a_table() {
    let finished = bench(&TINY).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for row in ["throughput", "ack ", "delivery ", "messages ", "commits ", "server CPU", "memory"]
    {
        assert!(finished.stdout.lines().any(|line| line.starts_with(row)), "{row}: {finished:?}");
    }
}

#[tokio::test]
async fn an_interrupted_load_reports_what_it_measured() {
    let server = TestServer::start().await;
    let url = format!("http://{}", server.home().get());
    let arguments =
        ["bench", "--url", &url, "--pairs", "1", "--warmup", "0", "--duration", "600", "--json"];
    let program = Program::spawn(arguments);
    let [watcher] = server.users(["watcher"]).await;
    crate::kit::eventually("the load", async || {
        watcher.get("/api/users").await.json()["users"].as_array().unwrap().len() == 3
            && server.get("/readyz").await.json()["commits"].as_u64().unwrap() > 100
    })
    .await;
    program.signal("INT").await;
    let finished = program.finish().await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert!(report["messages"]["measured_seconds"].as_f64().unwrap() < 60.0, "{report}");
    assert_eq!(count(&report, "in_history"), count(&report, "sent"));
}

#[tokio::test]
async fn a_server_on_another_machine_needs_a_confirmation() {
    // An address reserved for documentation; nothing answers there.
    let said = refusal(&["--url", "http://192.0.2.1:8000"]).await;
    assert!(said.contains("192.0.2.1:8000 is not on this machine"), "{said}");
    assert!(said.contains("--yes-this-is-my-server"), "{said}");
}

#[tokio::test]
async fn a_server_that_cannot_be_measured_is_an_error_of_one_line() {
    let said = refusal(&["--url", "http://127.0.0.1:1"]).await;
    assert!(said.contains("nothing answers at http://127.0.0.1:1"), "{said}");
    let said = refusal(&["--url", "ws://127.0.0.1:1"]).await;
    assert!(said.contains("is not the address of a server"), "{said}");
    let said = refusal(&["--folder", "/nowhere/at/all"]).await;
    assert!(said.contains("/nowhere/at/all"), "{said}");
    // Sets both limits, because the program raises the soft one to the hard one.
    let few = ["-c", r#"ulimit -n 5000 && exec "$@""#, "-"];
    let finished = Program::run_under("sh", &few, &["bench", "--connections", "10000"]).await;
    let said = assert_refusal(finished);
    assert!(said.contains("may have 5000") && said.contains("ulimit -n 10"), "{said}");
}

#[tokio::test]
async fn a_server_with_limits_is_told_from_a_slow_one() {
    let server = TestServer::start_with(|config| config.rate_limits = RateLimits::On).await;
    let url = format!("http://{}", server.home().get());
    let finished = bench(&["--url", &url, "--pairs", "2", "--in-flight", "64"]).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let said = format!("{}{}", finished.stdout, finished.stderr);
    assert!(said.contains("--rate-limits off"), "{finished:?}");
}

#[tokio::test]
async fn help_names_every_option() {
    let finished = bench(&["--help"]).await;
    assert_eq!(finished.code, Some(0));
    let options = [
        "--url",
        "--yes-this-is-my-server",
        "--folder",
        "--pairs",
        "--in-flight",
        "--fan-out",
        "--group",
        "--groups",
        "--reconnect",
        "--connections",
        "--size",
        "--rate",
        "--duration",
        "--warmup",
        "--pid",
        "--json",
    ];
    for option in options {
        assert!(finished.stdout.contains(option), "{option}");
    }
}
