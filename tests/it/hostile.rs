//! Hostile HTTP: requests that two servers might read differently, that are too large, truncated or
//! of another protocol. Each has a fixed outcome, none answers 5xx, and after each the server
//! answers the next valid request.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::kit::{TestServer, within};

/// The request that would be smuggled: nothing else answers 426.
const SMUGGLED: &str = "GET /ws HTTP/1.1\r\nhost: x\r\n\r\n";

/// Sends bytes and reads to the end of the connection. Returns the status of each answer.
///
/// `over` closes the sending half after the bytes, like a client that was cut off.
async fn exchange(address: &str, bytes: &[u8], over: bool) -> Vec<u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may hang up before it has read everything.
    drop(stream.write_all(bytes).await);
    if over {
        drop(stream.shutdown().await);
    }
    let mut answer = Vec::new();
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned();
    drop(within(&format!("the end after {shown:?}"), stream.read_to_end(&mut answer)).await);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let heads = answer.match_indices("HTTP/1.").map(|(at, _)| &answer[at + 9..at + 12]);
    heads.map(|status| status.parse().unwrap()).collect()
}

/// Sends a table of requests to the server. The last line of each head makes an accepted request
/// end the connection.
async fn check(table: &[(&str, Vec<u8>, &[u16])]) {
    let server = TestServer::start().await;
    let (address, mut wrong) = (server.home().get(), Vec::new());
    for (what, bytes, expected) in table {
        for over in [false, true] {
            let statuses = exchange(&address, bytes, over).await;
            if statuses != *expected {
                wrong.push(format!(
                    "{what} (our half ended: {over}): {statuses:?}, not {expected:?}"
                ));
            }
        }
        assert_eq!(server.get("/healthz").await.status, 200, "after {what}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A POST with these headers and this body that closes the connection afterwards.
fn post(headers: &str, body: &str) -> Vec<u8> {
    format!("POST /login HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n{body}").into()
}

/// A GET with these header lines.
fn get(headers: &str) -> Vec<u8> {
    format!("GET /healthz HTTP/1.1\r\nconnection: close\r\n{headers}\r\n").into()
}

#[tokio::test]
async fn no_request_can_be_smuggled_inside_another() {
    let chunked = format!("0\r\n\r\n{SMUGGLED}");
    let both = |headers: &str| -> Vec<u8> {
        format!("POST /login HTTP/1.1\r\nhost: x\r\n{headers}\r\n{chunked}").into()
    };
    let two_bytes = format!("{{}}{SMUGGLED}");
    check(&[
        // RFC 9112, section 6.1: the encoding takes precedence, and the connection ends afterwards.
        ("CL.TE", both("content-length: 6\r\ntransfer-encoding: chunked\r\n"), &[422]),
        ("TE.CL", both("transfer-encoding: chunked\r\ncontent-length: 4\r\n"), &[422]),
        ("two lengths", post("content-length: 2\r\ncontent-length: 40\r\n", &two_bytes), &[400]),
        ("one length twice", post("content-length: 2\r\ncontent-length: 2\r\n", "{}"), &[422]),
        ("a list of lengths", post("content-length: 2, 2\r\n", "{}"), &[400]),
        ("a signed length", post("content-length: +2\r\n", "{}"), &[400]),
        ("a negative length", post("content-length: -2\r\n", "{}"), &[400]),
        ("a length in hex", post("content-length: 0x2\r\n", "{}"), &[400]),
        ("a length with a space", post("content-length: 2 2\r\n", "{}"), &[400]),
        ("an empty length", post("content-length: \r\n", "{}"), &[400]),
        ("a length beyond counting", post("content-length: 99999999999999999999\r\n", ""), &[400]),
        ("a folded line", post("content-length: 2\r\nx: y\r\n z\r\n", &two_bytes), &[400]),
        ("a folded length", post("content-length:\r\n 2\r\n", "{}"), &[400]),
        ("a space before the colon", post("content-length : 2\r\n", "{}"), &[400]),
        ("a space before the name", post(" content-length: 2\r\n", "{}"), &[400]),
        ("an encoding with a tab", post("transfer-encoding:\tchunked\r\n", "0\r\n\r\n"), &[422]),
        ("an unknown encoding", post("transfer-encoding: xchunked\r\n", &chunked), &[400]),
        (
            "an encoding that does not end it",
            post("transfer-encoding: chunked, identity\r\n", &chunked),
            &[400],
        ),
        ("an encoding quoted", post("transfer-encoding: \"chunked\"\r\n", &chunked), &[400]),
        (
            "a chunk of no size",
            post("transfer-encoding: chunked\r\n", "\r\n{}\r\n0\r\n\r\n"),
            &[400],
        ),
        (
            "a chunk of odd size",
            post("transfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
            &[400],
        ),
        (
            "a chunk of negative size",
            post("transfer-encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"),
            &[400],
        ),
        (
            "a chunk beyond counting",
            post("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n{}"),
            &[400],
        ),
        (
            "a chunk longer than said",
            post("transfer-encoding: chunked\r\n", "1\r\n{}\r\n0\r\n\r\n"),
            &[400],
        ),
        (
            "a chunk ended by a bare LF",
            post("transfer-encoding: chunked\r\n", "2\n{}\r\n0\r\n\r\n"),
            &[400],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_malformed_head_is_refused() {
    check(&[
        ("a NUL in a header", get("host: x\r\nx: a\0b\r\n"), &[400]),
        ("a NUL in a name", get("host: x\r\nx\0y: a\r\n"), &[400]),
        ("a CR in a header", get("host: x\r\nx: a\rb\r\n"), &[400]),
        ("a header without a name", get("host: x\r\n: y\r\n"), &[400]),
        ("a header without a colon", get("host: x\r\nbroken\r\n"), &[400]),
        ("a space in a name", get("host: x\r\nx y: z\r\n"), &[400]),
        ("a NUL in the path", b"GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), &[400]),
        ("a space in the path", b"GET / x HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), &[400]),
        ("no path", b"GET HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), &[400]),
        ("no method", b" / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), &[400]),
        ("a method of parentheses", b"(G) / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), &[400]),
        ("HTTP/0.9", b"GET /\r\n\r\n".to_vec(), &[400]),
        ("HTTP/1.2", b"GET / HTTP/1.2\r\nhost: x\r\n\r\n".to_vec(), &[400]),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), &[400]),
        ("noise", vec![0xFF; 2_000], &[400]),
        (
            "a long line",
            format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(70_000)).into(),
            &[431],
        ),
        ("a long header", get(&format!("host: x\r\nx: {}\r\n", "y".repeat(20_000))), &[431]),
        (
            "a header without end",
            format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(20_000)).into(),
            &[431],
        ),
        ("many headers", get(&format!("host: x\r\n{}", "x: y\r\n".repeat(500))), &[431]),
    ])
    .await;
}

#[tokio::test]
async fn a_request_needs_exactly_one_valid_host() {
    check(&[
        ("a name", get("host: chat.example.org\r\n"), &[200]),
        ("a name and a port", get("host: chat.example.org:8000\r\n"), &[200]),
        ("an address", get("host: [::1]:8000\r\n"), &[200]),
        ("no host", get(""), &[400]),
        ("two hosts", get("host: x\r\nhost: y\r\n"), &[400]),
        ("the same host twice", get("host: x\r\nhost: x\r\n"), &[400]),
        ("a path for a host", get("host: x/y\r\n"), &[400]),
        ("a user for a host", get("host: me@x\r\n"), &[400]),
        ("two words for a host", get("host: x y\r\n"), &[400]),
        ("a port that is none", get("host: x:y\r\n"), &[400]),
        ("HTTP/1.0 without a host", b"GET /healthz HTTP/1.0\r\n\r\n".to_vec(), &[200]),
        (
            "the absolute form",
            b"GET http://x/healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_vec(),
            &[200],
        ),
        (
            "another scheme",
            b"GET gopher://x/healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_vec(),
            &[200],
        ),
    ])
    .await;
}

#[tokio::test]
async fn unknown_methods_are_refused() {
    let ask = |method: &str, target: &str| -> Vec<u8> {
        format!("{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").into()
    };
    check(&[
        ("TRACE", ask("TRACE", "/"), &[405]),
        ("CONNECT", ask("CONNECT", "example.org:443"), &[404]),
        ("OPTIONS of all", ask("OPTIONS", "*"), &[404]),
        ("an own method", ask("DANCE", "/user"), &[405]),
        ("lower case", ask("get", "/healthz"), &[405]),
        ("a long method", ask(&"M".repeat(300), "/"), &[405]),
    ])
    .await;
}

#[tokio::test]
async fn a_socket_needs_a_whole_handshake() {
    let ask = |version: &str, key: &str| -> Vec<u8> {
        format!(
            "GET /ws HTTP/{version}\r\nhost: x\r\nconnection: upgrade, close\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n"
        )
        .into()
    };
    check(&[
        // RFC 9110, section 7.8: a server must ignore the header in such a request.
        ("HTTP/1.0", ask("1.0", "dGhlIHNhbXBsZSBub25jZQ=="), &[426]),
        ("a key of 24 other characters", ask("1.1", &"?".repeat(24)), &[400]),
        ("a key of 18 bytes", ask("1.1", "dGhlIHNhbXBsZSBub25jZTEy"), &[400]),
        ("a key of 15 bytes", ask("1.1", "dGhlIHNhbXBsZSBub25j"), &[400]),
    ])
    .await;
}

#[tokio::test]
async fn a_truncated_body_is_refused() {
    let server = TestServer::start().await;
    let address = server.home().get();
    for (what, bytes) in [
        ("no head", &b""[..]),
        ("half a line", b"GET /hea"),
        ("half a head", b"GET /healthz HTTP/1.1\r\nhost: x\r\n"),
        ("no body", b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"),
        ("half a body", b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{\"us"),
        (
            "half a chunk",
            b"POST /login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{\"us",
        ),
        (
            "no last chunk",
            b"POST /login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        ),
    ] {
        let statuses = exchange(&address, bytes, true).await;
        assert!(statuses.is_empty() || statuses == [400], "{what}: {statuses:?}");
        assert_eq!(server.get("/healthz").await.status, 200, "after {what}");
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let one = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let with_body = "POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";
    let mixed = format!("{one}{with_body}{one}{last}{one}");
    let many = one.repeat(50) + last;
    let mut fifty = vec![200; 50];
    fifty.push(404);
    check(&[
        ("a few", mixed.into_bytes(), &[200, 422, 200, 404]),
        ("many", many.into_bytes(), &fifty),
        // RFC 9112, section 2.2: empty lines before a request are skipped.
        ("after empty lines", format!("\r\n\r\n{last}").into_bytes(), &[404]),
    ])
    .await;
}

#[tokio::test]
async fn an_expect_header_gets_100_or_the_answer_at_once() {
    let server = TestServer::start().await;
    let address = server.home().get();
    for (what, headers, status) in [
        ("too large", "content-length: 99999999\r\nexpect: 100-continue\r\n", 413),
        ("not wanted", "content-length: 9\r\nexpect: a miracle\r\n", 0),
    ] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let request = format!("POST /login HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        if status == 0 {
            // An unknown expectation may be ignored: the server waits for the body.
            stream.write_all(b"{\"x\": 1} ").await.unwrap();
        }
        let mut head = [0; 12];
        within(what, stream.read_exact(&mut head)).await.unwrap();
        let head = String::from_utf8_lossy(&head).into_owned();
        let expected = if status == 0 { "HTTP/1.1 422" } else { "HTTP/1.1 413" };
        assert_eq!(head, expected, "{what}");
    }
}
