//! Messages and bodies in very many small pieces. Reading a piece costs more than its bytes.

use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::kit::{CLOSE, CONTINUATION, FIN, RawSocket, TEXT, TestServer, User, frame, raw, within};

/// A question in fragments of one byte, so many in all.
fn question(fragments: usize) -> Vec<u8> {
    let mut text = br#"{"type":"ping"}"#.to_vec();
    text.resize(fragments - 1, b' ');
    let mut bytes = frame(TEXT, b"");
    for byte in text {
        bytes.extend(frame(CONTINUATION, &[byte]));
    }
    bytes.extend(frame(FIN | CONTINUATION, b" "));
    bytes
}

/// Asks, and returns the opcode and the payload of the answer.
async fn ask(server: &TestServer, user: &User, fragments: usize) -> (u8, Vec<u8>) {
    let (mut socket, mut writer) = RawSocket::open(&server.home().get(), user).await.split();
    let asking = tokio::spawn(async move {
        drop(writer.write_all(&question(fragments)).await);
        writer
    });
    let answer = socket.next().await.expect("an answer");
    asking.abort();
    answer
}

#[tokio::test]
async fn a_message_in_hundreds_of_fragments_is_read_and_one_in_tens_of_thousands_is_not() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (opcode, answer) = ask(&server, &alice, 500).await;
    assert!(opcode == TEXT && answer.starts_with(br#"{"type":"pong""#), "{answer:?}");
    let mut flood = tokio::spawn({
        let alice = alice.clone();
        let address = server.home().get();
        async move {
            let (mut socket, mut writer) = RawSocket::open(&address, &alice).await.split();
            let asking = tokio::spawn(async move {
                drop(writer.write_all(&question(80_000)).await);
                writer
            });
            let answer = socket.next().await;
            asking.abort();
            answer
        }
    });
    // Others are served meanwhile.
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    his.post_to(&alice, "hello").await;
    hers.next_of("message").await;
    let (opcode, reason) = within("the end of the flood", &mut flood).await.unwrap().unwrap();
    assert_eq!(opcode, CLOSE, "{}", String::from_utf8_lossy(&reason));
    assert_eq!(reason[..2], 1_008_u16.to_be_bytes());
}

/// A request with a chunked body, without the end of the body.
fn chunked(target: &str, token: &str, chunks: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut bytes = format!(
        "{target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    )
    .into_bytes();
    for byte in chunks {
        bytes.extend([b'1', b'\r', b'\n', byte, b'\r', b'\n']);
    }
    bytes
}

#[tokio::test]
async fn a_body_may_come_in_hundreds_of_chunks_of_a_byte_and_not_in_tens_of_thousands() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    alice.connect().await.post_to(&bob, "hello").await;
    for (spaces, status) in [(500, "201"), (20_000, "400")] {
        let text = br#"{"content":"in pieces"}"#.iter().copied();
        let body = text.chain(std::iter::repeat_n(b' ', spaces));
        let mut request = chunked("POST /api/chats/1/messages", &alice.token, body);
        request.extend(b"0\r\n\r\n");
        let answer = raw(&server.home().get(), &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{spaces}: {answer}");
    }
}

/// Where no handler reads the body, the server reads the rest of it before it closes.
#[tokio::test]
async fn chunks_of_a_body_that_nobody_reads_are_not_read_for_long() {
    let server = TestServer::start_with(|config| config.read_seconds = 600).await;
    let request = chunked("POST /nowhere", "", std::iter::repeat_n(b'x', 50_000));
    let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
    stream.write_all(&request).await.unwrap();
    let mut answer = [0; 12];
    let reading = tokio::io::AsyncReadExt::read_exact(&mut stream, &mut answer);
    within("an answer", reading).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
}
