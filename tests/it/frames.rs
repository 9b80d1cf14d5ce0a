//! RFC 6455 byte by byte: which frames are valid, and how each violation ends the connection.

use crate::kit::{
    BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, RawSocket, TEXT, TestServer, User, frame, head,
};

/// Asks for a pong, however it is fragmented.
const QUESTION: &str = r#"{"type":"ping","x":"aé€😀z"}"#;
/// The largest frame and message.
const BYTES_MAX: usize = 100 * 1024;

/// Whether this is the answer. It counts the frames before it, so each one is different.
fn is_pong(answer: Option<(u8, Vec<u8>)>) -> bool {
    answer.is_some_and(|(kind, bytes)| kind == TEXT && bytes.starts_with(br#"{"type":"pong","#))
}

/// A server and a user.
async fn start() -> (TestServer, User) {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    (server, alice)
}

/// Valid frames: after each of them the socket still answers.
fn good_frames() -> Vec<(String, Vec<u8>)> {
    let question = QUESTION.as_bytes();
    let whole = frame(FIN | TEXT, question);
    let mut good = vec![(String::from("whole"), whole.clone())];
    for at in 0..=question.len() {
        let (left, right) = question.split_at(at);
        let parts = [frame(TEXT, left), frame(FIN | CONTINUATION, right)];
        good.push((format!("in two at {at}"), parts.concat()));
    }
    for size in [1, 2, 3, 7] {
        good.push((format!("in parts of {size}"), fragments(question, size, &[])));
        let pong = frame(FIN | PONG, b"unasked");
        good.push((format!("in parts of {size}, pongs between"), fragments(question, size, &pong)));
    }
    let empty = [
        frame(TEXT, b""),
        frame(CONTINUATION, b""),
        frame(CONTINUATION, question),
        frame(FIN | CONTINUATION, b""),
    ];
    good.push((String::from("with empty parts"), empty.concat()));
    good.push((
        String::from("after an unsolicited pong"),
        [frame(FIN | PONG, b""), whole].concat(),
    ));
    // A sender must use the shortest encoding of a length, but refusing others has no benefit.
    for form in [200, 70_000] {
        let mut long = head(FIN | TEXT, question.len() as u64, form);
        long.extend_from_slice(&frame(FIN | TEXT, question)[6..]);
        good.push((format!("its length in the form for {form} bytes"), long));
    }
    good
}

/// A text in fragments of `size` bytes, with `between` between each two.
fn fragments(text: &[u8], size: usize, between: &[u8]) -> Vec<u8> {
    let parts = text.chunks(size).count();
    let mut bytes = Vec::new();
    for (place, part) in text.chunks(size).enumerate() {
        let opcode = if place == 0 { TEXT } else { CONTINUATION };
        let fin = if place + 1 == parts { FIN } else { 0 };
        bytes.extend(frame(fin | opcode, part));
        bytes.extend_from_slice(between);
    }
    bytes
}

#[tokio::test]
async fn a_message_may_be_fragmented_with_control_frames_between() {
    let (server, alice) = start().await;
    let mut socket = RawSocket::open(&server.home().get(), &alice).await;
    for (what, bytes) in good_frames() {
        socket.send(&bytes).await;
        assert!(is_pong(socket.next().await), "{what}");
    }
}

#[tokio::test]
async fn bytes_may_arrive_one_by_one() {
    let (server, alice) = start().await;
    let mut socket = RawSocket::open(&server.home().get(), &alice).await;
    for byte in fragments(QUESTION.as_bytes(), 5, &frame(FIN | PONG, b"x")) {
        socket.send(&[byte]).await;
        tokio::task::yield_now().await;
    }
    assert!(is_pong(socket.next().await));
}

#[tokio::test]
async fn a_ping_is_answered_with_its_own_bytes_even_within_a_message() {
    let (server, alice) = start().await;
    let mut socket = RawSocket::open(&server.home().get(), &alice).await;
    for length in [0, 1, 124, 125] {
        let payload = vec![0xFF; length];
        socket.send(&frame(FIN | PING, &payload)).await;
        assert_eq!(socket.next().await, Some((PONG, payload)), "{length}");
    }
    let (left, right) = QUESTION.as_bytes().split_at(9);
    socket.send(&[frame(TEXT, left), frame(FIN | PING, b"now?")].concat()).await;
    assert_eq!(socket.next().await, Some((PONG, b"now?".to_vec())));
    socket.send(&frame(FIN | CONTINUATION, right)).await;
    assert!(is_pong(socket.next().await));
}

#[tokio::test]
async fn frames_and_messages_have_at_most_100_kib() {
    let (server, alice) = start().await;
    let mut socket = RawSocket::open(&server.home().get(), &alice).await;
    let padded = QUESTION.to_owned() + &" ".repeat(BYTES_MAX - QUESTION.len());
    socket.send(&frame(FIN | TEXT, padded.as_bytes())).await;
    assert!(is_pong(socket.next().await), "in one frame");
    socket.send(&fragments(padded.as_bytes(), 1_000, &[])).await;
    assert!(is_pong(socket.next().await), "in many frames");
}

/// Violations, and the code each is closed with.
fn bad_frames() -> Vec<(String, Vec<u8>, u16)> {
    let question = QUESTION.as_bytes();
    let mut bad = Vec::new();
    let mut add = |what: String, bytes: Vec<u8>, code: u16| bad.push((what, bytes, code));
    for bits in 1..8_u8 {
        add(format!("reserved bits {bits:03b}"), frame(FIN | (bits << 4) | TEXT, question), 1002);
    }
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        add(format!("opcode {opcode}"), frame(FIN | opcode, question), 1002);
        add(format!("opcode {opcode}, empty"), frame(FIN | opcode, b""), 1002);
    }
    for opcode in [CLOSE, PING, PONG] {
        add(
            format!("a control frame of 126 bytes, {opcode}"),
            frame(FIN | opcode, &[3; 126]),
            1002,
        );
        add(format!("a control frame in parts, {opcode}"), frame(opcode, b""), 1002);
    }
    let mut unmasked = vec![FIN | TEXT, u8::try_from(question.len()).unwrap()];
    unmasked.extend_from_slice(question);
    add(String::from("unmasked"), unmasked, 1002);
    add(String::from("an unmasked ping"), vec![FIN | PING, 0], 1002);
    add(String::from("the end of nothing"), frame(FIN | CONTINUATION, question), 1002);
    add(String::from("the middle of nothing"), frame(CONTINUATION, question), 1002);
    let twice = [frame(TEXT, b"{"), frame(FIN | TEXT, question)].concat();
    add(String::from("a message within a message"), twice, 1002);
    add(String::from("binary"), frame(FIN | BINARY, question), 1003);
    let too_large = vec![b' '; BYTES_MAX + 1];
    add(String::from("one byte too many"), frame(FIN | TEXT, &too_large), 1009);
    add(String::from("in parts, one byte too many"), fragments(&too_large, 1_000, &[]), 1009);
    // The payload never arrives: the announced length has to be enough.
    for length in [BYTES_MAX as u64 + 1, 1 << 32, u64::MAX >> 1, u64::MAX] {
        add(format!("{length} bytes announced"), head(FIN | TEXT, length, 70_000), 1009);
    }
    bad.extend(bad_texts());
    bad
}

/// Invalid UTF-8, in one frame and across fragments.
fn bad_texts() -> Vec<(String, Vec<u8>, u16)> {
    let texts: [&[u8]; 10] = [
        b"\x80",
        b"\xC3",
        b"\xC0\xAF",
        b"\xE2\x82",
        b"\xE0\x80\xAF",
        b"\xED\xA0\x80",
        b"\xF0\x9F\x98",
        b"\xF4\x90\x80\x80",
        b"\xFE",
        b"\xCE\xBA\xE1\xBD\xB9\xED\xA0\x80edited",
    ];
    let mut bad = Vec::new();
    for text in texts {
        bad.push((format!("{text:x?}"), frame(FIN | TEXT, text), 1007));
        for at in 1..text.len() {
            let (left, right) = text.split_at(at);
            let parts = [frame(TEXT, left), frame(FIN | CONTINUATION, right)].concat();
            bad.push((format!("{text:x?} in two at {at}"), parts, 1007));
        }
    }
    bad
}

#[tokio::test]
async fn the_close_code_tells_which_rule_was_broken() {
    let (server, alice) = start().await;
    let address = server.home().get();
    let mut witness = RawSocket::open(&address, &alice).await;
    for (what, bytes, code) in bad_frames() {
        let mut socket = RawSocket::open(&address, &alice).await;
        socket.send(&bytes).await;
        assert_eq!(socket.close_code().await, Some(code), "{what}");
    }
    witness.send(&frame(FIN | TEXT, QUESTION.as_bytes())).await;
    let mut answers = Vec::new();
    while let Some((_, payload)) = witness.next().await {
        answers.push(payload);
        if is_pong(Some((TEXT, answers.last().unwrap().clone()))) {
            break;
        }
    }
    assert!(answers.len() == 1, "other sockets get nothing of it: {answers:?}");
}

#[tokio::test]
async fn a_close_is_answered_with_its_own_code() {
    let (server, alice) = start().await;
    let address = server.home().get();
    let codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    for code in codes {
        for reason in ["", "see you", &"é".repeat(61)] {
            let mut socket = RawSocket::open(&address, &alice).await;
            let body = [&u16::to_be_bytes(code)[..], reason.as_bytes()].concat();
            // Frames after a close are not read.
            let behind = frame(FIN | TEXT, QUESTION.as_bytes());
            socket.send(&[frame(FIN | CLOSE, &body), behind].concat()).await;
            assert_eq!(socket.close_code().await, Some(code), "{reason:?}");
        }
    }
    let mut socket = RawSocket::open(&address, &alice).await;
    socket.send(&frame(FIN | CLOSE, b"")).await;
    assert_eq!(socket.next().await, Some((CLOSE, Vec::new())), "no code, no code back");
    // A close in the middle of a message counts too.
    let mut socket = RawSocket::open(&address, &alice).await;
    socket.send(&[frame(TEXT, b"{"), frame(FIN | CLOSE, &1000_u16.to_be_bytes())].concat()).await;
    assert_eq!(socket.close_code().await, Some(1000));
}

#[tokio::test]
async fn a_close_that_breaks_the_rules_is_answered_with_1002_or_1007() {
    let (server, alice) = start().await;
    let address = server.home().get();
    let mut bodies: Vec<(Vec<u8>, u16)> = vec![(vec![3], 1002)];
    // 1005, 1006 and 1015 must never be sent; the other codes are not assigned.
    for code in [0_u16, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        bodies.push((code.to_be_bytes().to_vec(), 1002));
    }
    bodies.push((b"\x03\xE8\xFF".to_vec(), 1007));
    bodies.push((b"\x03\xE8\xC3".to_vec(), 1007));
    for (body, code) in bodies {
        let mut socket = RawSocket::open(&address, &alice).await;
        socket.send(&frame(FIN | CLOSE, &body)).await;
        assert_eq!(socket.close_code().await, Some(code), "{body:x?}");
    }
}
