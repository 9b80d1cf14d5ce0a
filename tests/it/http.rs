//! Plain HTTP: bad requests, methods, paths, health. `url_map` compares the URL map with
//! `openapi.json`.

use serde_json::json;

use crate::kit::{PASSWORD, TestServer, raw};

/// The header of a request with a JSON body.
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn other_bodies_answer_422_with_detail_and_code() {
    let server = TestServer::start().await;
    let deep = "[".repeat(50_000);
    let bodies: [&[u8]; 22] = [
        b"",
        b" ",
        b"{",
        b"}",
        b"null",
        b"true",
        b"7",
        b"\"x\"",
        b"[]",
        b"{}",
        b"{]",
        br#"["alice","correct horse"]"#,
        br#"{"username":"alice"}"#,
        br#"{"password":"correct horse"}"#,
        br#"{"username":7,"password":"correct horse"}"#,
        br#"{"username":"alice","password":12345678}"#,
        br#"{"username":null,"password":null}"#,
        br#"{"username":["alice"],"password":"correct horse"}"#,
        br#"{"username":"alice","password":"correct horse"} trailing"#,
        b"username=alice&password=correct+horse",
        b"{\"username\":\"\xff\xfe\",\"password\":\"correct horse\"}",
        deep.as_bytes(),
    ];
    for path in ["/register", "/login"] {
        for body in bodies {
            let reply = server.request("POST", path, &JSON, body.to_vec()).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]);
            assert_eq!(reply.status, 422, "{path} {shown:?}: {}", reply.text());
            reply.assert_error(422, "invalid_body");
        }
    }
    let [alice] = server.users(["alice"]).await;
    assert_eq!(alice.get("/users").await.text(), "[]", "none of them created an account");
}

/// Otherwise 64 KiB sent would be answered with 450 KiB, which no limit of memory counts.
#[tokio::test]
async fn an_error_does_not_repeat_a_long_value() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let long = "\u{7f}".repeat(65_000);
    for (path, field) in
        [("/api/users/me/privacy", "shows_read"), ("/api/chats/1", "who_may_write")]
    {
        let reply = alice.patch(path, &json!({ field: long })).await;
        reply.assert_error(422, "invalid_body");
        assert!(reply.body.len() < 1_200, "{} bytes", reply.body.len());
        assert!(reply.text().contains("the body is not the expected JSON: "), "{}", reply.text());
    }
}

#[tokio::test]
async fn unknown_fields_of_a_body_are_ignored() {
    let server = TestServer::start().await;
    let body = json!({ "username": "alice", "password": PASSWORD, "admin": true });
    assert_eq!(server.post("/register", &body).await.text(), r#"{"id":1,"username":"alice"}"#);
}

#[tokio::test]
async fn a_body_of_64_kib_is_read_and_a_larger_one_answers_413() {
    let server = TestServer::start().await;
    let body = json!({ "username": "alice", "password": PASSWORD }).to_string();
    for (bytes, status) in [(65_536, 201), (65_537, 413), (1_000_000, 413), (3_000_000, 413)] {
        let padded = body.clone() + &" ".repeat(bytes - body.len());
        let reply = server.request("POST", "/register", &JSON, padded).await;
        assert_eq!(reply.status, status, "{bytes} bytes: {}", reply.text());
        if status == 413 {
            reply.assert_error(413, "too_large");
        }
    }
}

#[tokio::test]
async fn a_chunked_body_is_counted_while_it_arrives() {
    let server = TestServer::start().await;
    let mut request = b"POST /register HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
        transfer-encoding: chunked\r\n\r\n"
        .to_vec();
    for _ in 0..30 {
        request.extend_from_slice(b"1000\r\n");
        request.extend_from_slice(&[b' '; 4096]);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    let answer = raw(&server.home().get(), &request).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_body_announced_as_far_too_large_is_refused_unread() {
    let server = TestServer::start().await;
    let request = b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n";
    let answer = raw(&server.home().get(), request).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn an_unknown_path_answers_404_with_detail_and_code() {
    let server = TestServer::start().await;
    let paths = [
        "/nothing",
        "/api",
        "/api/",
        "/user/",
        "/users/7",
        "//",
        "/messages",
        "/messages/1/2",
        "/Register",
        "/register/",
        "/api/chats/1/nothing",
        "/api/chats/1/messages/2/3",
        "/a",
        "/a/x/nothing",
        "/a/x/../x/js/main.js",
        "/a/x/%2e%2e/Cargo.toml",
        "/index.html",
        "/.env",
        "/chaap.key",
    ];
    for path in paths {
        for method in ["GET", "POST", "DELETE"] {
            let reply = server.request(method, path, &[], "").await;
            if reply.status == 405 && path.starts_with("/a/") {
                continue;
            }
            reply.assert_error(404, "not_found");
        }
    }
}

#[tokio::test]
async fn an_id_that_is_no_number_answers_422() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for id in ["bob", "1.5", "1e3", "0x1", "", "%31", "99999999999999999999", "1,2", "１"] {
        for path in [format!("/messages/{id}"), format!("/api/chats/{id}/messages")] {
            // Non-ASCII characters are percent-encoded, as every client sends them.
            let path = path.replace('１', "%EF%BC%91");
            alice.get(&path).await.assert_error(422, "invalid_id");
        }
    }
}

#[tokio::test]
async fn head_answers_the_headers_of_get_without_a_body() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for path in ["/", "/user", "/users", "/healthz", "/readyz", "/openapi.json", "/api/chats"] {
        let (get, head) = (alice.get(path).await, alice.request("HEAD", path).await);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        for name in ["content-length", "content-type", "cache-control", "etag"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
        assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
    }
}

#[tokio::test]
async fn no_method_on_any_path_answers_5xx() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let bearer = format!("Bearer {}", alice.token);
    let long = format!("/{}", "x".repeat(9_000));
    let many = "/a".repeat(2_000);
    let methods = [
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "PROPFIND",
        "get",
        "X-!#$%&'*+.^_`|~",
    ];
    let paths = [
        "/",
        "//",
        "///",
        "/?",
        "/??&&==",
        "/#",
        "/%",
        "/%zz",
        "/%00",
        "/%ff%fe",
        "/..",
        "/../..",
        "/a/../../etc/passwd",
        "/a//js/main.js",
        "/a/%00/x",
        "/a/x/.",
        "/a/x/",
        "/messages/",
        "/messages/-9223372036854775808",
        "/messages/1?limit=1&limit=x",
        "/messages/1?before=",
        "/api/chats//messages",
        "/api/chats/-1/messages?around=-9223372036854775808",
        "/api/chats/1/messages?after=9223372036854775807&limit=200",
        "/user?x=%",
        "/api/sync?since=-9223372036854775808",
        "/api/sync?since=9223372036854775807",
        "/api/sync?since=0&wait=-1",
        "/ws",
        "/ws?token=%00",
        "/docs",
        "*",
        "/*",
        &long,
        &many,
    ];
    for method in methods {
        for path in paths {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\n\
                 connection: close\r\ncontent-length: 2\r\n\r\n{{}}"
            );
            let answer = raw(&server.home().get(), request.as_bytes()).await;
            let shown: String = path.chars().take(60).collect();
            assert!(answer.starts_with("HTTP/1.1 "), "{method} {shown}: {answer:?}");
            assert_ne!(answer.as_bytes()[9], b'5', "{method} {shown}: {answer}");
        }
    }
    assert_eq!(alice.get("/user").await.status, 200, "the server still answers");
}

#[tokio::test]
async fn bytes_that_are_not_http_get_an_answer_or_a_close() {
    let server = TestServer::start().await;
    let requests: [&[u8]; 6] = [
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\nbroken header\r\n\r\n",
        b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    ];
    for request in requests {
        let answer = raw(&server.home().get(), request).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let many = "x-header: x\r\n".repeat(500);
    let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    let answer = raw(&server.home().get(), request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn healthz_tells_of_the_process_and_readyz_of_the_store() {
    let server = TestServer::start().await;
    assert_eq!(server.get("/healthz").await.text(), r#"{"status":"ok"}"#);
    let ready = server.get("/readyz").await.json();
    assert_eq!(ready, serde_json::json!({ "status": "ready", "commits": 0 }));
}

#[tokio::test]
async fn readyz_counts_the_commits_that_wrote_something() {
    let server = TestServer::start().await;
    let commits = async || server.get("/readyz").await.json()["commits"].as_u64().unwrap();
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let before = commits().await;
    for text in ["one", "two", "three"] {
        device.post_to(&bob, text).await;
    }
    assert_eq!(commits().await - before, 3, "asking does not write");
}

#[tokio::test]
async fn every_reply_forbids_content_sniffing() {
    let server = TestServer::start().await;
    for path in ["/", "/user", "/nothing", "/healthz", "/ws", "/openapi.json"] {
        let reply = server.get(path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_https_only_where_it_was_used() {
    let server = TestServer::start().await;
    for (name, value, is_https) in [
        ("x-forwarded-proto", "https", true),
        ("x-forwarded-proto", "HTTPS, http", true),
        ("x-forwarded-proto", "http, https", false),
        ("x-forwarded-proto", "http", false),
        ("x-forwarded-proto", "", false),
        ("x-forwarded-proto", "httpsx", false),
        ("forwarded", "for=192.0.2.60;proto=https;by=203.0.113.43", true),
        ("forwarded", "For=\"[2001:db8::1]\"; Proto=\"HTTPS\", for=10.0.0.1;proto=http", true),
        ("forwarded", "proto=http, proto=https", false),
        ("forwarded", ";;=;proto", false),
        ("x-nothing", "https", false),
    ] {
        for path in ["/", "/user", "/nothing"] {
            let reply = server.request("GET", path, &[(name, value)], "").await;
            let told = reply.headers.get("strict-transport-security");
            let expected = is_https.then_some("max-age=31536000");
            assert_eq!(told.map(|told| told.to_str().unwrap()), expected, "{name}: {value} {path}");
        }
    }
}
