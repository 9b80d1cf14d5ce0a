//! Peers that are slow on purpose, or gone without a word: each is cut in time.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    kit::{CONTINUATION, FIN, RawSocket, TEXT, TestServer, eventually, frame},
    limits::connect_narrow,
};

/// Sends a byte at a time until the server hangs up: how long that took.
async fn trickle(mut stream: TcpStream, bytes: impl IntoIterator<Item = u8>) -> Duration {
    let began = Instant::now();
    let mut answer = [0; 1024];
    for byte in bytes {
        // Whatever the server says while it waits is no reason to stop.
        let reading = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut answer));
        if let Ok(Ok(0) | Err(_)) = reading.await {
            return began.elapsed();
        }
        if stream.write_all(&[byte]).await.is_err() {
            return began.elapsed();
        }
    }
    panic!("it took all of it");
}

#[tokio::test]
async fn whoever_sends_a_byte_at_a_time_is_cut() {
    let server = TestServer::start_with(|config| config.read_seconds = 1).await;
    let [alice] = server.users(["alice"]).await;
    let address = server.home().get();
    let slow = std::iter::repeat_n(b'x', 400);
    let head = b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 999\r\n\r\n";
    for (what, prompt, bytes) in [
        ("a head", &b""[..], b"GET /x".iter().copied().chain(slow.clone()).collect()),
        ("a second head", b"GET /user HTTP/1.1\r\nhost: x\r\n\r\n", vec![b'G'; 400]),
        ("a body", head, slow.clone().collect::<Vec<u8>>()),
    ] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(prompt).await.unwrap();
        let took = trickle(stream, bytes).await;
        assert!(took < Duration::from_secs(10), "{what} took {took:?}");
    }
    let empty_parts = std::iter::repeat_with(|| frame(CONTINUATION, b"")).take(100).flatten();
    let parts = frame(TEXT, b"{").into_iter().chain(empty_parts).collect();
    for (what, bytes) in [("a frame", frame(FIN | TEXT, &[b' '; 400])), ("empty parts", parts)] {
        let socket = RawSocket::open(&address, &alice).await;
        let took = trickle(socket.into_inner(), bytes).await;
        assert!(took < Duration::from_secs(10), "{what} took {took:?}");
    }
    // Who begins nothing may stay.
    let mut quiet = alice.connect().await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(quiet.pending().await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_cut() {
    let server = TestServer::start_with(|config| config.write_seconds = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let stuck = connect_narrow(&server, &bob).await;
    let mut sender = alice.connect().await;
    let long = "x".repeat(16_000);
    // Less than a mailbox holds, more than a kernel takes for so narrow a peer: only time can tell.
    for _ in 0..200 {
        sender.post_to(&bob, &long).await;
    }
    eventually("the cut", async || {
        alice.get("/online-users").await.json() == json!([alice.json()])
    })
    .await;
    drop(stuck);
}
