//! What strangers of one address may do: ask for what does not exist, sign in, make accounts.

use chaap::RateLimits;
use serde_json::{Value, json};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::kit::{PASSWORD, Reply, TestServer, within};

const HERE: &str = "203.0.113.9";
const ELSEWHERE: &str = "203.0.113.10";

async fn limited() -> TestServer {
    TestServer::start_with(|config| config.rate_limits = RateLimits::On).await
}

async fn post_from(server: &TestServer, address: &str, path: &str, body: &Value) -> Reply {
    let headers = [("x-forwarded-for", address), ("content-type", "application/json")];
    server.request("POST", path, &headers, body.to_string()).await
}

#[tokio::test]
async fn an_address_may_make_few_accounts_in_a_row() {
    let server = limited().await;
    // Hashing is what takes long here, and refusals cost none.
    let mut made = 0;
    let refused = loop {
        let person = json!({ "username": format!("person{made}"), "password": PASSWORD });
        let reply = post_from(&server, HERE, "/register", &person).await;
        if reply.status != 201 {
            break reply;
        }
        made += 1;
        assert!(made < 300, "300 accounts were made in a row");
    };
    refused.assert_error(429, "rate_limited");
    assert!(made >= 200, "a school joins: {made}");
    // The people behind the address go on signing in.
    let person = json!({ "username": "person0", "password": PASSWORD });
    assert_eq!(post_from(&server, HERE, "/login", &person).await.status, 200);
    let other = json!({ "username": "other", "password": PASSWORD });
    assert_eq!(post_from(&server, ELSEWHERE, "/register", &other).await.status, 201);
}

/// These are refused before a password is hashed, but each reads a body and asks the database.
#[tokio::test]
async fn requests_to_sign_in_and_register_are_limited_whatever_they_ask() {
    let server = limited().await;
    server.user("taken").await;
    for (n, (path, body, status)) in [
        ("/register", json!({ "username": "taken", "password": PASSWORD }), 400),
        ("/register", json!({ "username": "?", "password": PASSWORD }), 422),
        ("/login", json!({ "username": "x".repeat(10_000), "password": "x" }), 401),
        ("/login", json!({}), 422),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("198.51.100.{n}");
        let mut limited = false;
        for n in 0..3_000 {
            let reply = post_from(&server, &address, path, &body).await;
            if reply.status == 429 {
                assert!(n >= 1_000, "{path} {body}: {n}");
                reply.assert_error(429, "rate_limited");
                limited = true;
                break;
            }
            assert_eq!(reply.status, status, "{path} {body}");
        }
        assert!(limited, "3,000 times {path} {body} passed");
    }
}

/// Sends requests without waiting for answers. Returns whether one was refused as too many.
async fn pipeline_until_limited(server: &TestServer, path: &str) -> bool {
    let stream = TcpStream::connect(server.home().get()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {HERE}\r\n\r\n");
    let writing = tokio::spawn(async move {
        for _ in 0..400 {
            writer.write_all(request.repeat(100).as_bytes()).await.unwrap();
        }
        writer
    });
    let (mut answers, mut part) = (Vec::new(), vec![0; 16 * 1024]);
    let limited = within("a refusal", async {
        while let Ok(more @ 1..) = reader.read(&mut part).await {
            answers.extend_from_slice(&part[..more]);
            if answers.windows(12).any(|it| it == b"HTTP/1.1 429") {
                return true;
            }
            answers.drain(..answers.len().saturating_sub(12));
        }
        false
    });
    let limited = limited.await;
    writing.abort();
    limited
}

#[tokio::test]
async fn addresses_that_do_not_exist_count_like_files_of_the_page() {
    let server = limited().await;
    assert!(pipeline_until_limited(&server, "/no/such/page").await);
    let ask = async |address: &str| {
        server.request("DELETE", "/users", &[("x-forwarded-for", address)], "").await.status
    };
    assert_eq!(ask(ELSEWHERE).await, 405);
}

/// Signs in with a long body. With `is_whole` false it stops before its end.
async fn send_long_body(server: &TestServer, address: &str, is_whole: bool) -> TcpStream {
    let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
    let head = format!(
        "POST /login HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {address}\r\n\
         content-type: application/json\r\ncontent-length: 60000\r\n\r\n"
    );
    let body = vec![b' '; if is_whole { 60_000 } else { 59_000 }];
    stream.write_all(&[head.into_bytes(), body].concat()).await.unwrap();
    stream
}

/// One customer of a provider has hundreds of IPv6 networks.
#[tokio::test]
async fn long_bodies_from_networks_of_one_site_leave_memory_for_those_of_others() {
    let server = TestServer::start_with(|config| config.read_seconds = 600).await;
    let mut stopped = Vec::new();
    for network in 1..=300 {
        let address = format!("2001:db8:1:{network:x}::1");
        stopped.push(send_long_body(&server, &address, false).await);
    }
    let mut stream = send_long_body(&server, ELSEWHERE, true).await;
    let mut answer = [0; 12];
    within("an answer", stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer[9..], b"422");
}

#[tokio::test]
async fn long_bodies_that_stop_leave_memory_for_those_of_others() {
    let server = TestServer::start_with(|config| config.read_seconds = 600).await;
    let mut stopped = Vec::new();
    for _ in 0..200 {
        stopped.push(send_long_body(&server, HERE, false).await);
    }
    let status = async |mut stream: TcpStream| {
        let mut answer = [0; 12];
        within("an answer", stream.read_exact(&mut answer)).await.unwrap();
        String::from_utf8(answer[9..].to_vec()).unwrap()
    };
    // What one address may hold is used up.
    assert_eq!(status(send_long_body(&server, HERE, true).await).await, "503");
    assert_eq!(status(send_long_body(&server, ELSEWHERE, true).await).await, "422");
    let person = json!({ "username": "alice", "password": PASSWORD });
    assert_eq!(post_from(&server, HERE, "/register", &person).await.status, 201, "a short one");
    drop(stopped);
}
