//! The rows measured by `chaap bench`, and the bare SQLite loop in the same round.

use std::{process::Command, time::Instant};

use serde_json::Value;

use crate::{
    Scale,
    bare::{Bare, Layout},
    figure::{FAN_OUT, Figures, HUNDRED, IDLE, MANY, ONE, STEADY},
};

const TEXT: &str = "The early screening is sold out but half past seven still has se";
/// Messages per commit of the bare loop: the largest batch of the server.
const BATCH: u64 = 512;

/// Runs one round.
pub(crate) fn measure(scale: &Scale, figures: &mut Figures) {
    let many = bench(scale, MANY);
    let per_second = at(&many, "/messages/per_second");
    figures.note("many", per_second);
    figures.note("share", per_second / rows_per_second(scale) * 100.0);
    figures.note("cpu", at(&many, "/server/cpu_us_per_message"));
    figures.note("hundred", at(&bench(scale, HUNDRED), "/messages/per_second"));
    let one = bench(scale, ONE);
    let sync = at(&one, "/disk/fdatasync_ms/p50");
    figures.note("sync p50", sync);
    figures.note("one", at(&one, "/messages/delivery_ms/p50") - sync);
    let steady = bench(scale, STEADY);
    let (ack, sync) = (at(&steady, "/messages/ack_ms/p99"), at(&steady, "/disk/fdatasync_ms/p99"));
    figures.note("sync p99", sync);
    figures.note("steady", ack);
    figures.note("steady beyond", ack - sync);
    let fan_out = FAN_OUT.replace("1000", &scale.fan_out.to_string());
    figures.note("fan-out", at(&bench(scale, &fan_out), "/messages/deliveries_per_second"));
    idle(scale, figures);
}

fn idle(scale: &Scale, figures: &mut Figures) {
    let arguments = IDLE
        .replace("10000", &scale.idle.to_string())
        .replace("--duration 50", &format!("--duration {}", scale.idle_seconds));
    let idle = bench(scale, &arguments);
    figures.note("memory", at(&idle, "/idle/rss_bytes_each") / 1_024.0);
    figures.note("idle cpu", at(&idle, "/idle/cpu_us_per_second_each"));
    let after = at(&idle, "/server/rss_bytes_after") / at(&idle, "/server/rss_bytes_start");
    figures.note("after", after);
}

/// Runs `chaap bench` and returns its report. Panics if a promise was broken.
fn bench(scale: &Scale, arguments: &str) -> Value {
    let mut command = Command::new(&scale.program);
    command.arg("bench").args(arguments.split(' ')).arg("--json");
    if !arguments.contains("--duration") {
        command.args(["--duration", &scale.seconds.to_string()]);
    }
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "chaap bench {arguments}: {complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn at(report: &Value, pointer: &str) -> f64 {
    let value = report.pointer(pointer).and_then(Value::as_f64);
    value.unwrap_or_else(|| panic!("{pointer} in {report}"))
}

/// Rows per second that SQLite alone inserts durably, starting with an empty file like the server.
#[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
fn rows_per_second(scale: &Scale) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut bare = Bare::new(&folder.path().join("bare.db"), Layout::Chaap);
    let began = Instant::now();
    let mut rows = 0;
    while began.elapsed().as_secs() < u64::from(scale.seconds) {
        bare.commit(BATCH, TEXT);
        rows += BATCH;
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(bare.count(), rows, "every row exists");
    rows as f64 / seconds
}
