//! Running uploads: the limits per user and in all, and that a refusal reaches a client that is
//! still sending.

use std::{io::Cursor, time::Duration};

use image::{DynamicImage, ImageFormat};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::kit::{TestServer, User, eventually, within};

const PICTURE: &str = "/api/users/me/picture";

fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = DynamicImage::new_rgb8(300, 300);
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// Begins an upload: sends the head and the first half of the body.
async fn begin_upload(server: &TestServer, user: &User, bytes: &[u8]) -> TcpStream {
    begin_upload_with(server, user, bytes, "").await
}

/// The same with another header, which ends its line.
async fn begin_upload_with(
    server: &TestServer,
    user: &User,
    bytes: &[u8],
    header: &str,
) -> TcpStream {
    let (token, length) = (&user.token, bytes.len());
    let head = format!(
        "PUT {PICTURE} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{header}\
         content-length: {length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
    );
    let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body once the upload is admitted.
    let mut asked = [0; 25];
    within("the request for the body", stream.read_exact(&mut asked)).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&bytes[..length / 2]).await.unwrap();
    stream
}

async fn end_upload(mut stream: TcpStream, bytes: &[u8]) -> String {
    stream.write_all(&bytes[bytes.len() / 2..]).await.unwrap();
    let mut answer = String::new();
    within("an answer", stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

/// One user must not occupy the memory that there is for uploads.
#[tokio::test]
async fn a_user_may_run_two_uploads_without_blocking_others() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let bytes = picture();
    let first = begin_upload(&server, &alice, &bytes).await;
    let second = begin_upload(&server, &alice, &bytes).await;
    // Her other device counts as the same user, and a large body does not hide the answer.
    let phone = alice.sign_in_again(&server).await;
    for (device, size) in [(&alice, 1_000), (&phone, 4 * 1024 * 1024)] {
        let reply = device.put(PICTURE, vec![0; size]).await;
        reply.assert_error(429, "too_many_uploads");
        assert_eq!(reply.header("retry-after"), "1");
    }
    assert_eq!(bob.put(PICTURE, bytes.clone()).await.status, 200);
    // When an upload ends in any way, another may start.
    let answer = end_upload(first, &bytes).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(alice.put(PICTURE, bytes.clone()).await.status, 200);
    drop(second);
    eventually("two more uploads", async || {
        let one = begin_upload(&server, &alice, &bytes).await;
        let reply = alice.put(PICTURE, bytes.clone()).await;
        end_upload(one, &bytes).await.starts_with("HTTP/1.1 200 ") && reply.status == 200
    })
    .await;
}

/// Slow uploads hold only what has arrived of them.
#[tokio::test]
async fn many_slow_uploads_leave_room_for_others() {
    let server = TestServer::start().await;
    let (bytes, large) = (picture(), vec![0; 4 * 1024 * 1024]);
    let mut slow = Vec::new();
    for n in 0..12 {
        let user = server.user(&format!("slow{n}")).await;
        for _ in 0..2 {
            slow.push(begin_upload(&server, &user, &large[..64 * 1024]).await);
        }
    }
    // A few who stall just before the end of the largest picture.
    for n in 0..4 {
        let user = server.user(&format!("stalled{n}")).await;
        let mut stalled = begin_upload(&server, &user, &large).await;
        stalled.write_all(&large[large.len() / 2 + 1..]).await.unwrap();
        slow.push(stalled);
    }
    let alice = server.user("alice").await;
    let reply = within("an upload beside them", alice.put(PICTURE, bytes)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    drop(slow);
}

/// Sixteen of the largest pictures would take all of the memory for uploads.
#[tokio::test]
async fn accounts_that_stall_at_the_end_of_the_largest_picture_leave_room_for_others() {
    // A proxy names one address for all of them, or none.
    for header in ["x-forwarded-for: 203.0.113.1\r\n", ""] {
        let server = TestServer::start().await;
        let bob = server.user("bob").await;
        let large = vec![7; 4 * 1024 * 1024];
        let mut stalled = Vec::new();
        for n in 0..16 {
            let user = server.user(&format!("stalled{n}")).await;
            let mut stream = begin_upload_with(&server, &user, &large, header).await;
            let rest = large[large.len() / 2 + 1..].to_vec();
            stalled.push(tokio::spawn(async move {
                // The server may refuse it before it has read everything.
                drop(stream.write_all(&rest).await);
                stream
            }));
        }
        for _ in 0..10 {
            let reply = bob.put(PICTURE, picture()).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
        if !header.is_empty() {
            // Half of the memory is free for those at other addresses.
            bob.put(PICTURE, large).await.assert_error(422, "invalid_picture");
        }
        stalled.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

/// A connection that has sent a part quickly cannot rest on it.
#[tokio::test]
async fn an_upload_that_nearly_stops_is_ended() {
    let server = TestServer::start_with(|config| config.read_seconds = 1).await;
    let alice = server.user("alice").await;
    let large = vec![0; 1024 * 1024];
    let mut stream = begin_upload(&server, &alice, &large).await;
    let ended = async {
        let mut answer = [0; 12];
        // A byte now and then, more often than the time for a part.
        while tokio::time::timeout(Duration::from_millis(100), stream.peek(&mut answer))
            .await
            .is_err()
        {
            stream.write_all(b"x").await.unwrap();
        }
        stream.read_exact(&mut answer).await.unwrap();
        answer
    };
    assert_eq!(&within("the end of the upload", ended).await, b"HTTP/1.1 400");
}

/// Many clients send the whole body before they read the answer.
#[tokio::test]
async fn a_refusal_reaches_a_client_that_first_sends_everything() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let bytes = vec![0; 4 * 1024 * 1024];
    let token = &alice.token;
    let begun =
        [begin_upload(&server, &alice, &bytes).await, begin_upload(&server, &alice, &bytes).await];
    for (what, target, token, status) in [
        ("too many uploads", format!("PUT {PICTURE}"), token.as_str(), 429),
        ("no sign-in", format!("PUT {PICTURE}"), "nothing", 401),
        ("no such address", String::from("PUT /nowhere"), token, 404),
        ("no such method", String::from("POST /users"), token, 405),
    ] {
        let head = format!(
            "{target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            bytes.len()
        );
        let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
        let answer = within(what, async {
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&bytes).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        });
        let answer = answer.await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer}");
    }
    drop(begun);
}
