//! Clients that are slow on purpose or gone without a close: each is disconnected in time.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::{
    kit::{
        CLOSE, CONTINUATION, FIN, PING, PONG, RawSocket, TEXT, TestServer, eventually, frame,
        new_cid, within,
    },
    limits::connect_narrow,
};

/// Sends one byte at a time until the server hangs up, which it must do before it has read all.
/// Returns how long that took.
async fn trickle(mut stream: TcpStream, bytes: impl IntoIterator<Item = u8>) -> Duration {
    let began = Instant::now();
    let mut answer = [0; 1024];
    for byte in bytes {
        // Keep sending, whatever the server answers meanwhile.
        let reading = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut answer));
        if let Ok(Ok(0) | Err(_)) = reading.await {
            return began.elapsed();
        }
        if stream.write_all(&[byte]).await.is_err() {
            return began.elapsed();
        }
    }
    panic!("the server read everything");
}

#[tokio::test]
async fn a_client_that_sends_one_byte_at_a_time_is_disconnected() {
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
        assert!(took > Duration::from_millis(500), "{what} was cut at once: {took:?}");
    }
    let empty_parts = std::iter::repeat_with(|| frame(CONTINUATION, b"")).take(100).flatten();
    let parts = frame(TEXT, b"{").into_iter().chain(empty_parts).collect();
    for (what, bytes) in [("a frame", frame(FIN | TEXT, &[b' '; 400])), ("empty parts", parts)] {
        let socket = RawSocket::open(&address, &alice).await;
        let took = trickle(socket.into_inner(), bytes).await;
        assert!(took > Duration::from_millis(500), "{what} was cut at once: {took:?}");
    }
    // A socket that has not begun a frame may stay.
    let mut quiet = alice.connect().await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(quiet.pending().await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn pings_between_its_parts_give_a_message_no_more_time() {
    let server = TestServer::start_with(|config| config.read_seconds = 1).await;
    let [alice] = server.users(["alice"]).await;
    let (mut socket, mut writer) = RawSocket::open(&server.home().get(), &alice).await.split();
    let sending = tokio::spawn(async move {
        let mut opcode = TEXT;
        for _ in 0..100 {
            let pair = [frame(opcode, b" "), frame(FIN | PING, b"")].concat();
            drop(writer.write_all(&pair).await);
            opcode = CONTINUATION;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let began = Instant::now();
    let (opcode, reason) = loop {
        match socket.next().await.expect("a pong or a close frame") {
            (PONG, _) => {}
            other => break other,
        }
    };
    assert_eq!((opcode, &reason[..2]), (CLOSE, &1_008_u16.to_be_bytes()[..]));
    assert!(began.elapsed() > Duration::from_millis(500), "it was cut at once");
    sending.abort();
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected() {
    let server = TestServer::start_with(|config| config.write_seconds = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let stuck = connect_narrow(&server, &bob).await;
    let mut sender = alice.connect().await;
    let long = "x".repeat(16_000);
    // Less than a mailbox holds, more than the kernel buffers for such a small window: only the
    // timeout can end this connection.
    for _ in 0..200 {
        sender.post_to(&bob, &long).await;
    }
    eventually("the disconnection", async || {
        alice.get("/online-users").await.json() == json!([alice.json()])
    })
    .await;
    drop(stuck);
}

/// Requests the page many times and reads nothing. Returns how long the server tolerates that.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_reads_no_answer_is_disconnected() {
    let server = TestServer::start_with(|config| config.write_seconds = 1).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let address = server.home().get().parse().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream.write_all(&b"GET /docs HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100)).await.unwrap();
    // A blank line before a request is ignored, and is only read after the answers are sent.
    let cut = async {
        while stream.write_all(b"\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within("the disconnection", cut).await;
}

#[tokio::test]
async fn a_flood_is_read_in_turns_and_answered_completely() {
    const TURNS: u32 = 6;
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let mut socket = RawSocket::open(&server.home().get(), &alice).await;
    let question = frame(FIN | TEXT, br#"{"type":"ping"}"#);
    // A turn allows 108 KiB, and a text counts 512 bytes more than its length.
    let count = TURNS as usize * 108 * 1024 / (question.len() + 512);
    let began = Instant::now();
    socket.send(&question.repeat(count)).await;
    for _ in 0..count {
        let (kind, pong) = socket.next().await.expect("an answer to each frame");
        assert!(kind == TEXT && pong.starts_with(br#"{"type":"pong""#), "{pong:?}");
    }
    let least = Duration::from_millis(60) * (TURNS - 2);
    assert!(
        began.elapsed() > least,
        "it took only {:?}, so others were not served",
        began.elapsed()
    );
}

/// Sends as fast as the server reads, and reads the answers, until the server hangs up. Returns the
/// number of bytes received.
async fn flood(socket: RawSocket, bytes: Vec<u8>) -> usize {
    let (mut reader, mut writer) = socket.into_inner().into_split();
    // After a disconnection writing fails, which is expected.
    let writing =
        tokio::spawn(async move { writer.write_all(&bytes).await.is_ok().then_some(writer) });
    let (mut some, mut got) = ([0; 4_096], 0);
    while let Ok(more @ 1..) = reader.read(&mut some).await {
        got += more;
    }
    writing.await.unwrap();
    got
}

#[tokio::test]
async fn a_flood_is_disconnected_unless_it_consists_of_messages() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let address = server.home().get();
    let pings = frame(FIN | PING, b"?").repeat(1_000_000);
    let pong_bytes = 3;
    let socket = RawSocket::open(&address, &alice).await;
    let answered = within("the end of a flood", flood(socket, pings)).await / pong_bytes;
    assert!((1..10_000).contains(&answered), "{answered} pings were answered");

    let mut sends = Vec::new();
    for _ in 0..8_000 {
        let (cid, recipient) = (new_cid(), bob.id);
        let send =
            json!({ "type": "send", "recipient_id": recipient, "cid": cid, "content": "hi" });
        sends.extend(frame(FIN | TEXT, send.to_string().as_bytes()));
    }
    let mut device = bob.connect().await;
    let sending = tokio::spawn(flood(RawSocket::open(&address, &alice).await, sends));
    for _ in 0..8_000 {
        device.next_of("message").await;
    }
    sending.abort();
}

/// A question with so much white space that it is long, in so many parts.
fn long_question(parts: usize) -> Vec<u8> {
    let mut text = br#"{"type":"ping"}"#.to_vec();
    text.resize(90 * 1024, b' ');
    let parts: Vec<_> = text.chunks(text.len().div_ceil(parts)).collect();
    let frames = parts.iter().enumerate().map(|(n, part)| {
        let opcode = if n == 0 { TEXT } else { CONTINUATION };
        let last = if n + 1 == parts.len() { FIN } else { 0 };
        frame(last | opcode, part)
    });
    frames.collect::<Vec<_>>().concat()
}

/// How many sockets of one user may hold a long frame that is arriving: as many as fit into half of
/// the memory for long bodies.
const LONG_FRAMES_MAX: usize = 81;

#[tokio::test]
async fn long_frames_that_stop_halfway_fill_no_memory_that_others_need() {
    let server = TestServer::start_with(|config| config.read_seconds = 60).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let address = server.home().get();
    let mut sockets = Vec::new();
    for n in 0..LONG_FRAMES_MAX + 20 {
        let question = long_question(if n % 2 == 0 { 1 } else { 9 });
        let mut socket = RawSocket::open(&address, &alice).await;
        let (begin, end) = question.split_at(80 * 1024);
        socket.send(begin).await;
        sockets.push((socket, end.to_vec()));
    }
    // Others are served meanwhile.
    let mut other = RawSocket::open(&address, &bob).await;
    other.send(&long_question(1)).await;
    assert_eq!(within("an answer", other.next()).await.unwrap().0, TEXT);
    let chat = server.group(&bob, &[]).await;
    let text = json!({ "content": "\u{1b}".repeat(16_000) + "." });
    assert_eq!(bob.post(&format!("/api/chats/{chat}/messages"), &text).await.status, 201);
    // Those for whom there is no room wait, and are told so in the end.
    let mut open = Vec::new();
    let answers = sockets
        .iter_mut()
        .map(|(socket, _)| tokio::time::timeout(Duration::from_secs(15), socket.next()));
    let answers = futures_util::future::join_all(answers).await;
    for (answer, socket) in answers.into_iter().zip(sockets) {
        match answer {
            Ok(answer) => {
                let (opcode, reason) = answer.expect("a close frame");
                assert_eq!((opcode, &reason[..2]), (CLOSE, &1_013_u16.to_be_bytes()[..]));
            }
            Err(_) => open.push(socket),
        }
    }
    assert_eq!(open.len(), LONG_FRAMES_MAX);
    // What is given back goes to those who wait.
    let mut late = RawSocket::open(&address, &alice).await;
    late.send(&long_question(9)).await;
    let (mut first, end) = open.remove(0);
    first.send(&end).await;
    for socket in [&mut first, &mut late] {
        assert_eq!(within("an answer", socket.next()).await.unwrap().0, TEXT);
    }
}
