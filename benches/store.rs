//! Durable rows per second by batch size: SQLite alone in two layouts, and Chaap's store with the
//! same number of messages in flight. The difference between the first and the last is the cost of
//! the store's queue, checks, savepoints and publishing.
//!
//! A store with n messages in flight commits what queued up during the last commit: at most n.

#![expect(clippy::unwrap_used, reason = "a benchmark, not the server")]

#[path = "kit/bare.rs"]
mod bare;

use std::time::{Duration, Instant};

use bare::{Bare, Layout};
use chaap::internals::LoneStore;
use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};

const TEXT: &str = "The early screening is sold out, but 19:30 still has seats, row F";
const BATCHES: [u64; 5] = [1, 8, 32, 128, 512];
/// Pairs of users in the store, as in the bare loop.
const PAIRS: usize = 50;

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    group
}

fn bare_rows(criterion: &mut Criterion) {
    for (name, layout) in [("SQLite alone", Layout::Chaap), ("naive layout", Layout::Naive)] {
        let folder = tempfile::tempdir().unwrap();
        let mut bare = Bare::new(&folder.path().join("bare.db"), layout);
        let (mut group, mut rows) = (group(criterion, name), 0);
        for batch in BATCHES {
            group.throughput(Throughput::Elements(batch));
            group.bench_function(format!("batches of {batch}"), |bencher| {
                bencher.iter(|| {
                    bare.commit(batch, TEXT);
                    rows += batch;
                });
            });
        }
        group.finish();
        assert_eq!(bare.count(), rows, "every row exists");
    }
}

fn stored_rows(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chaap.db");
    let store = LoneStore::open(&path, PAIRS).unwrap();
    let (mut group, mut rows) = (group(criterion, "store"), 0);
    group.throughput(Throughput::Elements(1));
    for window in BATCHES {
        group.bench_function(format!("{window} under way"), |bencher| {
            bencher.iter_custom(|total| {
                let began = Instant::now();
                store.post(total, usize::try_from(window).unwrap(), TEXT).unwrap();
                rows += total;
                began.elapsed()
            });
        });
    }
    group.finish();
    drop(store);
    let database = rusqlite::Connection::open(&path).unwrap();
    let count = "SELECT count(*) FROM messages";
    let count: i64 = database.query_row(count, (), |row| row.get(0)).unwrap();
    assert_eq!(count.unsigned_abs(), rows, "every message exists");
}

criterion_group!(benches, bare_rows, stored_rows);
criterion_main!(benches);
