//! Durable messages per second with a real server process, real sockets and a real file with
//! `synchronous=FULL`. Closed loop: a pair sends the next message when an earlier one was both
//! acknowledged to the sender and delivered to every connection of the recipient. Afterwards the
//! history of every chat is compared with what the sockets received.
//!
//! The load generator of `chaap bench` runs on the same cores as the server, so the figure includes
//! both. The CPU time of the server alone is printed after each group.
//!
//! Does not measure latency or idle connections; `chaap bench` does.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark, not the server")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use chaap::internals::{Load, PrivateServer, Shape, Talks};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Runtime;

/// Bytes per text: people write short messages.
const SIZE: usize = 64;
/// One-to-one loads: (pairs, messages in flight per pair).
const LOADS: [(u16, usize); 5] = [(1, 1), (1, 4), (1, 16), (100, 1), (50, 16)];
/// Connections of the only recipient.
const FAN_OUTS: [u32; 2] = [100, 1_000];
/// Messages that a device missed: the most it can catch up on before it has to reload.
const MISSED: u64 = 4_000;

fn start() -> PrivateServer {
    PrivateServer::start(Path::new(env!("CARGO_BIN_EXE_chaap")), None).unwrap()
}

/// Runs one load as a benchmark that counts `per_message` elements per message.
fn measure(criterion: &mut Criterion, group: &str, name: &str, shape: Shape, per_message: u64) {
    let runtime = Runtime::new().unwrap();
    let server = start();
    let mut load = runtime.block_on(Load::connect(server.address(), shape)).unwrap();
    let (mut messages, cpu_before) = (0, server.process().cpu().unwrap());
    let mut group = criterion.benchmark_group(group);
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    group.throughput(Throughput::Elements(per_message));
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|total| {
            messages += total;
            runtime.block_on(load.run_count(total)).unwrap()
        });
    });
    group.finish();
    let cpu = server.process().cpu().unwrap().saturating_sub(cpu_before);
    let each = cpu.as_micros() / u128::from((messages * per_message).max(1));
    let (stored, failures) = runtime.block_on(load.check_history()).unwrap();
    assert_eq!(failures, [""; 0]);
    assert_eq!(stored, messages, "everything acknowledged and delivered is in the database");
    println!("server CPU for each: {each} µs, over {messages} messages");
}

fn one_to_one(criterion: &mut Criterion) {
    for (count, window) in LOADS {
        let shape = Shape { talks: Talks::Pairs { count, fan_out: 1 }, window, size: SIZE };
        measure(criterion, "durable", &format!("{count} pairs, {window} in flight"), shape, 1);
    }
}

fn fan_out(criterion: &mut Criterion) {
    for fan_out in FAN_OUTS {
        let talks = Talks::Pairs { count: 1, fan_out };
        let shape = Shape { talks, window: 16, size: SIZE };
        let name = format!("to {fan_out} connections");
        measure(criterion, "deliveries", &name, shape, u64::from(fan_out));
    }
}

/// Measures how often a device that missed [`MISSED`] messages can catch up.
fn catching_up(criterion: &mut Criterion) {
    let (runtime, server) = (Runtime::new().unwrap(), start());
    let talks = Talks::Pairs { count: 1, fan_out: 0 };
    let shape = Shape { talks, window: 64, size: SIZE };
    let mut load = runtime.block_on(Load::connect(server.address(), shape)).unwrap();
    let before = runtime.block_on(load.catch_up(0, None)).unwrap().revision;
    runtime.block_on(load.run_count(MISSED)).unwrap();
    let mut group = criterion.benchmark_group("catching up");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Elements(MISSED));
    group.bench_function(format!("{MISSED} messages missed"), |bencher| {
        bencher.iter_custom(|times| {
            let began = Instant::now();
            for _ in 0..times {
                let caught_up = runtime.block_on(load.catch_up(0, Some(before))).unwrap();
                assert!(caught_up.rows >= MISSED, "it got all of them: {caught_up:?}");
            }
            began.elapsed()
        });
    });
    group.finish();
}

criterion_group!(benches, one_to_one, fan_out, catching_up);
criterion_main!(benches);
