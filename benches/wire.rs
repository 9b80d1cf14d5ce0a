//! The cost of the wire alone: decoding each client frame and encoding each server frame.

#![expect(clippy::unwrap_used, reason = "a benchmark, not the server")]

use std::hint::black_box;

use chaap::internals::{Frames, decode, decode_v1};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// A text of usual length.
const TEXT: &str = "The early screening is sold out, but 19:30 still has seats, row F";
/// A text with many characters that need escaping.
const QUOTED: &str = "\"Row F?\"\n\t\"Row \\F\\, yes.\" 🎬🎬";

const CID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";
/// Every kind of frame that the server sends.
const ANSWERS: [&str; 13] = [
    "message",
    "message, v1",
    "chat",
    "user",
    "receipt",
    "ack",
    "ack, v1",
    "error",
    "sync of 100",
    "synced",
    "typing",
    "presence",
    "pong",
];

fn decoding(criterion: &mut Criterion) {
    let long = TEXT.repeat(16_384 / TEXT.len());
    let send = |content: &str| serde_json::json!({ "type": "send", "recipient_id": 7, "content": content, "cid": CID });
    let frames = [
        ("send", send(TEXT).to_string()),
        ("send, escaped", send(QUOTED).to_string()),
        ("send, 16 KiB", send(&long).to_string()),
        ("receipt", String::from(r#"{"type":"receipt","chat_id":3,"delivered":12,"read":10}"#)),
        ("typing", String::from(r#"{"type":"typing","chat_id":3,"on":true}"#)),
        ("hello", String::from(r#"{"type":"hello","since":123456}"#)),
        ("ping", String::from(r#"{"type":"ping"}"#)),
        ("unknown", String::from(r#"{"type":"dance","steps":[1,2,{"three":4}]}"#)),
    ];
    let mut group = criterion.benchmark_group("decode");
    for (name, frame) in frames {
        group.throughput(Throughput::Bytes(frame.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| assert!(decode(black_box(&frame))));
        });
    }
    let simple = serde_json::json!({ "recipient_id": "7", "content": TEXT }).to_string();
    group.throughput(Throughput::Bytes(simple.len() as u64));
    group.bench_function("send, v1", |bencher| {
        bencher.iter(|| assert!(decode_v1(black_box(&simple))));
    });
    group.finish();
}

fn encoding(criterion: &mut Criterion) {
    let frames = Frames::about(TEXT);
    let mut group = criterion.benchmark_group("encode");
    for name in ANSWERS {
        group.throughput(Throughput::Bytes(frames.encode(name).unwrap().len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| frames.encode(black_box(name))));
    }
    group.finish();
}

criterion_group!(benches, decoding, encoding);
criterion_main!(benches);
