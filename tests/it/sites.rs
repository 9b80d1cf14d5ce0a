//! By which host names the server may be called, and what pages of other sites may send.

use chaap::{
    Config, RateLimits, Server,
    internals::{BodyLimit, ROUTES},
};
use serde_json::json;

use crate::kit::{PASSWORD, Program, TestServer, raw};

const HANDSHAKE: &str = "connection: close, upgrade\r\nupgrade: websocket\r\n\
                         sec-websocket-version: 13\r\n\
                         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// The answer to a request with these header lines.
async fn ask(address: &str, start: &str, lines: &str) -> String {
    let request = format!("{start} HTTP/1.1\r\nconnection: close\r\n{lines}\r\n");
    raw(address, request.as_bytes()).await
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn with_a_list_of_hosts_other_names_answer_421_on_every_route() {
    let server = TestServer::start_with(|config| {
        config.allow_host = ["Chat.example.org", "other.example:8443"].map(String::from).into();
    })
    .await;
    let address = server.home().get();
    for route in ROUTES {
        let path = route.path.replace(['{', '}', '*'], "");
        let answer =
            ask(&address, &format!("{} {path}", route.method), "host: evil.example\r\n").await;
        if ["/healthz", "/readyz"].contains(&path.as_str()) {
            assert_eq!(status(&answer), "200", "{path}");
        } else {
            assert_eq!(status(&answer), "421", "{path}: {answer}");
            assert!(answer.contains("foreign_host") && answer.contains("--allow-host"), "{answer}");
        }
    }
    for (host, code) in [
        ("chat.example.org", "200"),
        ("CHAT.EXAMPLE.ORG.:81", "200"),
        ("other.example:8443", "200"),
        ("other.example", "200"),
        ("other.example:8444", "421"),
        ("sub.chat.example.org", "421"),
        ("chat.example.org.evil.example", "421"),
        ("localhost:8000", "200"),
        ("127.0.0.1", "200"),
        ("[::1]:80", "200"),
        ("192.168.1.7", "421"),
        ("", "421"),
    ] {
        let answer = ask(&address, "GET /", &format!("host: {host}\r\n")).await;
        assert_eq!(status(&answer), code, "{host}");
    }
    let answer = ask(&address, "GET http://evil.example/", "host: chat.example.org\r\n").await;
    assert_eq!(status(&answer), "421", "the target names a host too");
}

#[tokio::test]
async fn a_rebound_name_opens_no_socket_where_hosts_are_listed() {
    let server = TestServer::start_with(|config| {
        config.allow_host = vec![String::from("chat.example.org")];
    })
    .await;
    for (name, code) in [("evil.example", "421"), ("chat.example.org", "101")] {
        let lines = format!("host: {name}\r\norigin: http://{name}\r\n{HANDSHAKE}");
        let request = format!("GET /ws HTTP/1.1\r\n{lines}\r\n");
        let answer = raw(&server.home().get(), request.as_bytes()).await;
        assert_eq!(status(&answer), code, "{name}: {answer}");
    }
}

#[tokio::test]
async fn without_a_list_every_name_works() {
    let server = TestServer::start().await;
    for host in ["anything.example", "192.168.1.7:8000", "[fe80::1]"] {
        let answer = ask(&server.home().get(), "GET /", &format!("host: {host}\r\n")).await;
        assert_eq!(status(&answer), "200", "{host}");
    }
}

#[tokio::test]
async fn lists_that_could_never_match_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, value) in [
        ("--allow-origin", "chat.example.org"),
        ("--allow-origin", "*"),
        ("--allow-origin", "https://chat.example.org/path"),
        ("--allow-origin", "https://*.example.org"),
        ("--allow-origin", "null"),
        ("--allow-host", "https://chat.example.org"),
        ("--allow-host", "*.example.org"),
        ("--allow-host", "a b"),
    ] {
        let mut config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().join("data"),
            rate_limits: RateLimits::Off,
            ..Config::default()
        };
        let list = vec![value.to_owned()];
        if flag == "--allow-host" {
            config.allow_host = list;
        } else {
            config.allow_origin = list;
        }
        let error = Server::bind(config).await.unwrap_err().to_string();
        assert!(error.contains(flag) && error.contains(value), "{flag} {value}: {error}");
    }
    assert!(!folder.path().join("data").exists());
}

#[tokio::test]
async fn pages_of_other_sites_must_send_json_as_json_on_every_route() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let bearer = format!("Bearer {}", alice.token);
    let own = format!("http://{}", server.home().get());
    let foreign = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    let ours = [("origin", own.as_str()), ("sec-fetch-site", "same-origin"), ("x-script", "yes")];
    let json_routes =
        ROUTES.iter().filter(|row| matches!(row.body, BodyLimit::Json | BodyLimit::TextJson));
    let mut seen = 0;
    for route in json_routes {
        seen += 1;
        let path = route.path.replace("{chat_id}", "1");
        let send = async |site: (&str, &str), media: Option<&str>| {
            let mut headers = vec![site, ("authorization", &*bearer)];
            headers.extend(media.map(|media| ("content-type", media)));
            server.request(route.method.as_str(), &path, &headers, "[]").await.status
        };
        for site in foreign {
            for media in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
                assert_eq!(send(site, media).await, 415, "{path} {site:?} {media:?}");
            }
            for media in ["application/json", "Application/JSON; charset=utf-8"] {
                assert_eq!(send(site, Some(media)).await, 422, "{path} {site:?} {media}");
            }
        }
        for site in ours {
            for media in [None, Some("text/plain"), Some("application/json")] {
                assert_eq!(send(site, media).await, 422, "{path} {site:?} {media:?}");
            }
        }
    }
    assert!(seen > 5, "the table has JSON routes");
}

#[tokio::test]
async fn a_page_of_another_site_registers_nobody() {
    let server = TestServer::start().await;
    let body = json!({ "username": "mallory", "password": PASSWORD }).to_string();
    let form = [("origin", "http://evil.example"), ("content-type", "text/plain")];
    let reply = server.request("POST", "/register", &form, body.clone()).await;
    reply.assert_error(415, "wrong_media_type");
    assert_eq!(server.request("POST", "/register", &[], body).await.status, 201, "a script");
}

#[tokio::test]
async fn a_page_learns_whether_its_origin_may_connect() {
    let server = TestServer::start().await;
    let own = format!("http://{}", server.home().get());
    let reply = server.request("POST", "/api/origin", &[("origin", &own)], "").await;
    assert_eq!((reply.status, reply.text().as_str()), (204, ""));
    let evil = [("origin", "https://evil.example")];
    let reply = server.request("POST", "/api/origin", &evil, "").await;
    reply.assert_error(403, "foreign_origin");
    assert!(reply.text().contains("--allow-origin"), "{}", reply.text());
}

#[tokio::test]
async fn a_refused_origin_is_logged_once_with_both_values_and_the_flag() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::serve(folder.path()).await;
    for _ in 0..5 {
        let lines = format!("host: intern:8000\r\norigin: https://chat.example.org\r\n{HANDSHAKE}");
        let answer = ask(&program.address, "GET /ws", &lines).await;
        assert_eq!(status(&answer), "403");
    }
    program.signal("TERM").await;
    let log = program.finish().await.stderr;
    let lines: Vec<_> = log.lines().filter(|line| line.contains("chat.example.org")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    for part in ["WARN", "intern:8000", "--allow-origin https://chat.example.org"] {
        assert!(lines[0].contains(part), "{part}: {}", lines[0]);
    }
}
