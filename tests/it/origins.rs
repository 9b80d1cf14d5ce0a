//! Which pages may use the server: its own, and those of origins that the operator allowed.
//! Programs other than browsers send no origin and are not restricted.

use chaap::Config;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::kit::{Reply, TestServer, raw, within};

const FRIEND: &str = "https://chat.example.org";

fn allow_friends(config: &mut Config) {
    config.allow_origin = vec![FRIEND.to_owned(), "http://other.example:8080/".to_owned()];
}

/// The headers of a valid upgrade.
const HANDSHAKE: [(&str, &str); 4] = [
    ("upgrade", "websocket"),
    ("connection", "Upgrade"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

/// A valid upgrade from a page of this origin.
async fn upgrade(server: &TestServer, origin: Option<&str>) -> Reply {
    let mut headers = HANDSHAKE.to_vec();
    headers.extend(origin.map(|origin| ("origin", origin)));
    // Only the head of a 101 matters here; hyper's client returns it without a body.
    server.request("GET", "/ws", &headers, "").await
}

#[tokio::test]
async fn a_foreign_page_may_not_open_a_socket() {
    let server = TestServer::start().await;
    let address = server.home().get();
    let foreign = [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        &format!("http://{address}.evil.example"),
        &format!("http://evil.example/{address}"),
        &format!("http://evil.example@{address}"),
        FRIEND,
    ];
    for origin in foreign {
        let reply = upgrade(&server, Some(origin)).await;
        assert_eq!(reply.status, 403, "{origin}");
        reply.assert_error(403, "foreign_origin");
    }
}

#[tokio::test]
async fn the_servers_own_page_and_scripts_may_open_a_socket() {
    let server = TestServer::start().await;
    let own = format!("http://{}", server.home().get());
    assert_eq!(upgrade(&server, Some(&own)).await.status, 101);
    assert_eq!(upgrade(&server, None).await.status, 101);
}

#[tokio::test]
async fn one_origin_in_several_spellings_may_open_a_socket() {
    let server = TestServer::start().await;
    for (host, origin, more, status) in [
        ("name:443", "https://name", "", 101),
        ("name", "https://name", "", 101),
        ("NAME.:80", "http://name", "", 101),
        ("[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000", "", 101),
        ("name:443", "http://name", "", 403),
        ("name", "https://name:8443", "", 403),
        ("name", "https://name", "x-forwarded-proto: https\r\n", 101),
        ("name", "http://name", "x-forwarded-proto: https\r\n", 403),
        ("name", "http://name", "forwarded: for=1.2.3.4;proto=http\r\n", 101),
    ] {
        let lines = HANDSHAKE.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
        let request = format!(
            "GET /ws HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\norigin: {origin}\r\n\
             {more}{lines}\r\n"
        );
        let answer = raw(&server.home().get(), request.as_bytes()).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{host} {origin} {more}: {answer}");
    }
}

#[tokio::test]
async fn pages_of_allowed_origins_may_open_a_socket_and_others_may_not() {
    let server = TestServer::start_with(allow_friends).await;
    for origin in [FRIEND, "HTTPS://chat.example.org", "http://other.example:8080"] {
        assert_eq!(upgrade(&server, Some(origin)).await.status, 101, "{origin}");
    }
    for origin in ["http://chat.example.org", "https://chat.example.org.evil.example"] {
        assert_eq!(upgrade(&server, Some(origin)).await.status, 403, "{origin}");
    }
}

#[tokio::test]
async fn pages_of_allowed_origins_may_read_replies_and_errors() {
    let server = TestServer::start_with(allow_friends).await;
    for path in ["/healthz", "/user", "/nothing"] {
        let reply = server.request("GET", path, &[("origin", FRIEND)], "").await;
        assert_eq!(reply.header("access-control-allow-origin"), FRIEND, "{path}");
        assert!(reply.headers.get_all("vary").iter().any(|value| value == "origin"), "{path}");
        // Browsers show such a page only the headers that are listed.
        assert_eq!(reply.header("access-control-expose-headers"), "retry-after", "{path}");
        let evil = [("origin", "https://evil.example")];
        let reply = server.request("GET", path, &evil, "").await;
        assert_eq!(reply.header("access-control-allow-origin"), "", "{path}");
        assert_eq!(reply.header("access-control-expose-headers"), "", "{path}");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_for_allowed_origins_only() {
    let server = TestServer::start_with(allow_friends).await;
    let ask = async |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "DELETE"),
            ("access-control-request-headers", "authorization"),
        ];
        server.request("OPTIONS", "/api/sessions/current", &headers, "").await
    };
    let reply = ask(FRIEND).await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), FRIEND);
    assert!(reply.header("access-control-allow-methods").contains("DELETE"));
    assert!(reply.header("access-control-allow-headers").contains("authorization"));
    let reply = ask("https://evil.example").await;
    assert_eq!(reply.status, 405);
    assert_eq!(reply.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn without_allowed_origins_no_reply_is_shared() {
    let server = TestServer::start().await;
    let reply = server.request("GET", "/healthz", &[("origin", FRIEND)], "").await;
    assert_eq!(reply.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_plain_get_of_the_socket_answers_426() {
    let server = TestServer::start().await;
    let reply = server.get("/ws").await;
    reply.assert_error(426, "upgrade_required");
    assert_eq!(reply.header("upgrade"), "websocket");
}

#[tokio::test]
async fn a_broken_handshake_answers_400() {
    let server = TestServer::start().await;
    let broken = [
        (1, None),
        (1, Some("keep-alive")),
        (2, None),
        (2, Some("8")),
        (3, None),
        (3, Some("short")),
    ];
    for (place, value) in broken {
        let mut headers = HANDSHAKE.to_vec();
        match value {
            Some(value) => headers[place].1 = value,
            None => drop(headers.remove(place)),
        }
        let reply = server.request("GET", "/ws", &headers, "").await;
        reply.assert_error(400, "bad_request");
    }
}

#[tokio::test]
async fn only_a_get_can_upgrade() {
    let server = TestServer::start().await;
    for (method, status) in [("GET", 101), ("POST", 405), ("HEAD", 426)] {
        let reply = server.request(method, "/ws", &HANDSHAKE, "").await;
        assert_eq!(reply.status, status, "{method}");
    }
}

/// RFC 6455, section 11.3.4: several header lines form one list.
#[tokio::test]
async fn subprotocols_may_come_in_separate_header_lines() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for lines in [
        ["chaap.v2", "bearer.TOKEN"],
        ["bearer.TOKEN", "chaap.v2"],
        ["other, chaap.v2", "x, bearer.TOKEN"],
    ] {
        let lines = lines.map(|line| format!("sec-websocket-protocol: {line}\r\n")).concat();
        let lines = lines.replace("TOKEN", &alice.token);
        let request = format!(
            "GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{lines}\r\n"
        );
        let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let welcomed = async {
            while !answer.contains("welcome") {
                let mut some = [0; 1024];
                let count = stream.read(&mut some).await.unwrap();
                assert!(count > 0, "{answer}");
                answer += &String::from_utf8_lossy(&some[..count]);
            }
        };
        within("the welcome", welcomed).await;
        assert!(answer.contains("sec-websocket-protocol: chaap.v2\r\n"), "{answer}");
    }
}
