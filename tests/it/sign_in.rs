//! Floods of sign-ins, guesses of passwords, the bound of sessions, and the security log.

use std::{
    ffi::OsStr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use chaap::{RateLimits, TrustedProxy};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinHandle, time::sleep};

use crate::kit::{PASSWORD, Program, Reply, TestServer, User, eventually, new_cid};

async fn limited() -> TestServer {
    TestServer::start_with(|config| config.rate_limits = RateLimits::On).await
}

/// `POST /login` through a proxy that names this address; "" for a proxy that names none.
async fn sign_in(server: &TestServer, from: &str, name: &str, password: &str) -> Reply {
    let body = json!({ "username": name, "password": password });
    send(server, from, &body).await
}

async fn send(server: &TestServer, from: &str, body: &Value) -> Reply {
    let forwarded = [("x-forwarded-for", from)];
    let headers = if from.is_empty() { &[] } else { &forwarded[..] };
    server.request("POST", "/login", headers, body.to_string()).await
}

/// The status of each of these guesses, one after the other.
async fn guess(server: &TestServer, from: &str, name: &str, tries: u32) -> Vec<u16> {
    let mut statuses = Vec::new();
    for n in 0..tries {
        let reply = sign_in(server, from, name, &format!("a wrong password {n}")).await;
        if reply.status == 429 {
            assert_waits(&reply);
        }
        statuses.push(reply.status);
    }
    statuses
}

fn assert_waits(reply: &Reply) {
    reply.assert_error(429, "too_many_sign_ins");
    assert!(reply.header("retry-after").parse::<u32>().unwrap() >= 1);
}

/// Connections that sign in again and again, all of them wrong.
struct Flood {
    stop: Arc<AtomicBool>,
    /// How many passwords the server has checked for them.
    checked: Arc<AtomicU32>,
    tasks: Vec<JoinHandle<()>>,
}

impl Flood {
    /// `name` makes the next username for a connection.
    fn begin(server: &TestServer, connections: usize, name: fn(usize) -> String) -> Self {
        let (stop, checked) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let home = server.home().get();
        let attack = |n| {
            let (stop, checked, home) = (Arc::clone(&stop), Arc::clone(&checked), home.clone());
            tokio::spawn(async move {
                let stranger = User::of(&home, 0, "", String::new());
                while !stop.load(Ordering::Relaxed) {
                    let body = json!({ "username": name(n), "password": "a wrong password" });
                    let status = stranger.post("/login", &body).await.status;
                    assert!([401, 429, 503].contains(&status), "{status}");
                    checked.fetch_add(u32::from(status == 401), Ordering::Relaxed);
                }
            })
        };
        let tasks = (0..connections).map(attack).collect();
        Self { stop, checked, tasks }
    }

    fn checked(&self) -> u32 {
        self.checked.load(Ordering::Relaxed)
    }

    async fn under_way(&self) {
        eventually("the flood", async || self.checked() > 100).await;
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

/// The worst case: no proxy says who is who, and every request names somebody else.
#[tokio::test]
async fn a_flood_of_sign_ins_neither_refuses_nor_delays_others() {
    let server = limited().await;
    let [alice] = server.users(["alice"]).await;
    let flood = Flood::begin(&server, 70, |n| if n == 0 { "bob".into() } else { new_cid() });
    flood.under_way().await;
    for _ in 0..10 {
        let before = flood.checked();
        server.sign_in(&alice.username, PASSWORD).await;
        // Round robin would let 70 pass: here their name has signed in before.
        let meanwhile = flood.checked() - before;
        assert!(meanwhile < 20, "{meanwhile} of the flood went first");
    }
    // A new account, and a change of the password.
    assert_eq!(server.register("carol", PASSWORD).await.status, 201);
    let body = json!({ "current_password": PASSWORD, "new_password": "battery staple" });
    assert_eq!(alice.put("/api/users/me/password", body.to_string()).await.status, 204);
    flood.end().await;
}

#[tokio::test]
async fn somebody_at_a_new_place_gets_in_during_a_flood() {
    let mut server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    // The server forgets where people have signed in.
    server.restart().await;
    let flood = Flood::begin(&server, 70, |_| new_cid());
    flood.under_way().await;
    for user in [&alice, &bob] {
        let before = flood.checked();
        server.sign_in(&user.username, PASSWORD).await;
        let meanwhile = flood.checked() - before;
        assert!(meanwhile < 150, "{meanwhile} of the flood went first");
    }
    flood.end().await;
}

/// Two holders of IPv6 networks, each with as many addresses as they like, fill the queue together.
#[tokio::test]
async fn somebody_gets_in_while_two_networks_fill_the_queue() {
    let server = Arc::new(limited().await);
    let [alice] = server.users(["alice"]).await;
    let stop = Arc::<AtomicBool>::default();
    let refused = Arc::<AtomicU32>::default();
    let attack = |n: usize| {
        let (server, stop, refused) =
            (Arc::clone(&server), Arc::clone(&stop), Arc::clone(&refused));
        tokio::spawn(async move {
            let from = format!("2001:db8:{:x}:{n:x}::1", n % 2);
            while !stop.load(Ordering::Relaxed) {
                let status = sign_in(&server, &from, &new_cid(), "a wrong password").await.status;
                assert!([401, 429, 503].contains(&status), "{status}");
                if status != 401 {
                    refused.fetch_add(1, Ordering::Relaxed);
                    sleep(std::time::Duration::from_millis(20)).await;
                }
            }
        })
    };
    let tasks: Vec<_> = (0..140).map(attack).collect();
    eventually("a full queue", async || refused.load(Ordering::Relaxed) > 100).await;
    for n in 0..4 {
        let from = format!("2001:db8:ffff:{n}::1");
        assert_eq!(sign_in(&server, &from, &alice.username, PASSWORD).await.status, 200);
    }
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_browser_that_was_signed_in_gets_in_while_its_name_is_attacked() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let flood = Flood::begin(&server, 70, |n| if n < 35 { "alice".into() } else { new_cid() });
    flood.under_way().await;
    let body =
        |token: &str| json!({ "username": "alice", "password": PASSWORD, "earlier_token": token });
    for _ in 0..5 {
        let reply = send(&server, "", &body(&alice.token)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
    // Also when its session has ended.
    assert_eq!(alice.request("DELETE", "/api/sessions/current").await.status, 204);
    assert_eq!(send(&server, "", &body(&alice.token)).await.status, 200);
    for useless in [&bob.token, "nonsense", ""] {
        assert_waits(&send(&server, "", &body(useless)).await);
    }
    flood.end().await;
}

#[tokio::test]
async fn a_flood_of_registrations_starves_no_sign_in() {
    let server = limited().await;
    let [alice] = server.users(["alice"]).await;
    let home = server.home().get();
    let registrations: Vec<_> = (0..90)
        .map(|n| {
            let stranger = User::of(&home, 0, "", String::new());
            let body = json!({ "username": format!("flood-{n}"), "password": PASSWORD });
            tokio::spawn(async move { stranger.post("/register", &body).await.status })
        })
        .collect();
    for _ in 0..3 {
        server.sign_in(&alice.username, PASSWORD).await;
    }
    let left = registrations.iter().filter(|one| !one.is_finished()).count();
    assert!(left > 0, "the sign-ins did not wait for all registrations");
    for status in join_all(registrations).await {
        assert_eq!(status.unwrap(), 201);
    }
}

#[tokio::test]
async fn guesses_of_a_name_wait_longer_and_longer_but_not_the_owner() {
    let server = limited().await;
    let [_alice, bob] = server.users(["alice", "bob"]).await;
    let (home, attacker) = ("203.0.113.5", "198.51.100.7");
    assert_eq!(sign_in(&server, home, "alice", PASSWORD).await.status, 200);
    let statuses = guess(&server, attacker, "alice", 30).await;
    assert_eq!(statuses[..10], [401; 10]);
    assert!(statuses[11..].contains(&429), "{statuses:?}");
    assert!(statuses.iter().filter(|status| **status == 401).count() < 20, "{statuses:?}");
    // The right password waits too, from anywhere new; the owner at home does not.
    assert_waits(&sign_in(&server, "192.0.2.99", "alice", PASSWORD).await);
    assert_eq!(sign_in(&server, home, "alice", PASSWORD).await.status, 200);
    assert_eq!(sign_in(&server, home, "bob", PASSWORD).await.status, 200, "other names do not");
    // The attacker's address has used up its tries of other names as well.
    guess(&server, attacker, "carol", 20).await;
    assert_waits(&sign_in(&server, attacker, "dave", PASSWORD).await);
    assert_eq!(bob.get("/user").await.status, 200, "no session is harmed");
    // Names that nobody has are treated alike.
    let unknown = guess(&server, "192.0.2.50", "nobody", 12).await;
    assert_eq!(unknown[..10], [401; 10]);
    assert_eq!(unknown[10], 429);
}

#[tokio::test]
async fn guesses_sent_at_once_are_counted_all_the_same() {
    let server = limited().await;
    server.user("alice").await;
    let guesses = (0..100).map(|n| {
        let (server, password) = (&server, format!("a wrong password {n}"));
        async move { sign_in(server, "198.51.100.7", "alice", &password).await.status }
    });
    let checked = join_all(guesses).await.into_iter().filter(|status| *status == 401).count();
    assert!(checked <= 12, "{checked} passwords were checked");
}

#[tokio::test]
async fn an_address_that_tries_many_names_waits() {
    let server = limited().await;
    let mut checked = 0;
    for n in 0..60 {
        // One network of IPv6, whatever the last half of the address is.
        let from = format!("2001:db8::{n:x}");
        let reply = sign_in(&server, &from, &format!("name-{n}"), "a wrong password").await;
        checked += u32::from(reply.status == 401);
    }
    assert!((20..30).contains(&checked), "{checked}");
}

/// Otherwise a header would give an attacker a new address for each try.
#[tokio::test]
async fn a_stranger_cannot_name_an_address() {
    let server = TestServer::start_with(|config| {
        config.rate_limits = RateLimits::On;
        config.trusted_proxy = vec![TrustedProxy::None];
    })
    .await;
    let mut checked = 0;
    for n in 0..40 {
        let forwarded = format!("for=198.51.100.{n}");
        let address = format!("203.0.113.{n}, 198.51.100.{n}");
        let headers = [("forwarded", forwarded.as_str()), ("x-forwarded-for", address.as_str())];
        let body = json!({ "username": format!("name-{n}"), "password": "a wrong password" });
        let reply = server.request("POST", "/login", &headers, body.to_string()).await;
        checked += u32::from(reply.status == 401);
    }
    assert!((20..30).contains(&checked), "{checked}");
}

/// What a client sends stands left of what the proxy adds.
#[tokio::test]
async fn a_client_cannot_name_another_address_through_a_proxy() {
    let server = limited().await;
    let mut checked = 0;
    for n in 0..40 {
        let from = format!("203.0.113.{n}, 198.51.100.7");
        let reply = sign_in(&server, &from, &format!("name-{n}"), "a wrong password").await;
        checked += u32::from(reply.status == 401);
    }
    assert!((20..30).contains(&checked), "{checked}");
}

#[tokio::test]
async fn a_stolen_token_cannot_guess_the_password() {
    let server = limited().await;
    let [alice] = server.users(["alice"]).await;
    let laptop = alice.sign_in_again(&server).await;
    let change = async |user: &User, current: &str| {
        let body = json!({ "current_password": current, "new_password": "battery staple" });
        user.put("/api/users/me/password", body.to_string()).await
    };
    let mut checked = 0;
    for n in 0..40 {
        let reply = change(&alice, &format!("a wrong password {n}")).await;
        if reply.status == 429 {
            assert_waits(&reply);
        } else {
            reply.assert_error(422, "wrong_password");
            checked += 1;
        }
    }
    assert!((10..20).contains(&checked), "{checked} guesses were checked");
    // They count for the name, too. Other devices of the owner do not wait.
    assert_waits(&sign_in(&server, "198.51.100.7", "alice", PASSWORD).await);
    assert_eq!(change(&laptop, PASSWORD).await.status, 204);
}

#[tokio::test]
async fn long_names_and_passwords_are_refused_before_any_work() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let long = "\u{fdfa}".repeat(20_000);
    // More than can wait for hashing, so any that did would be answered "busy".
    let bodies = (0..200).map(|n| match n % 4 {
        0 => json!({ "username": &long, "password": PASSWORD }),
        1 => json!({ "username": "alice", "password": &long }),
        _ => json!({ "username": "x".repeat(513), "password": PASSWORD }),
    });
    let bodies: Vec<_> = bodies.collect();
    for reply in join_all(bodies.iter().map(|body| server.post("/login", body))).await {
        reply.assert_error(401, "invalid_credentials");
    }
    for reply in join_all(bodies.iter().map(|body| server.post("/register", body))).await {
        assert_eq!(reply.status, 422, "{}", reply.text());
    }
    let change = json!({ "current_password": &long, "new_password": "battery staple" }).to_string();
    let changes = (0..150).map(|_| alice.put("/api/users/me/password", change.clone()));
    for reply in join_all(changes).await {
        reply.assert_error(422, "wrong_password");
    }
}

#[tokio::test]
async fn sign_ins_whose_client_has_left_are_given_up() {
    let folder = TempDir::new().unwrap();
    let program = Program::serve(&folder.path().join("data")).await;
    let body = json!({ "username": "alice", "password": "a wrong password" });
    let text = body.to_string();
    let head = format!("POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", text.len());
    let mut connections = Vec::new();
    for _ in 0..80 {
        let mut stream = TcpStream::connect(&program.address).await.unwrap();
        stream.write_all(format!("{head}{text}").as_bytes()).await.unwrap();
        connections.push(stream);
    }
    drop(connections);
    program.post("/login", &body).await.assert_error(401, "invalid_credentials");
    program.signal("TERM").await;
    let log = program.finish().await.stderr;
    let checked = log.matches("sign_in_failed").count();
    assert!((1..40).contains(&checked), "{checked} passwords were checked: {log}");
}

#[tokio::test]
async fn a_user_has_at_most_a_hundred_sessions() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut socket = alice.connect().await;
    let second = alice.sign_in_again(&server).await;
    for _ in 0..98 {
        alice.sign_in_again(&server).await;
    }
    assert_eq!(alice.get("/user").await.status, 200, "a hundred are allowed");
    let last = alice.sign_in_again(&server).await;
    alice.get("/user").await.assert_error(401, "unauthorized");
    assert_eq!(socket.close_code().await, Some(4401));
    for stays in [&second, &last, &bob] {
        assert_eq!(stays.get("/user").await.status, 200);
    }
}

/// Starts the program with limits, lets people come and go, and returns the lines of its security
/// log.
async fn security_log(format: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--rate-limits=on", "--listen=127.0.0.1:0", "--log-format", format, "--data"];
    let arguments = arguments.map(OsStr::new).into_iter().chain([data.as_os_str()]);
    let program = Program::serve_with(arguments, []).await;
    let stranger = User::of(&program.address, 0, "alice", String::new());
    let post = async |path: &str, from: &str, name: &str, password: &str| {
        let body = json!({ "username": name, "password": password });
        let headers = [("x-forwarded-for", from)];
        stranger.request_with("POST", path, &headers, body.to_string()).await
    };
    let at_home = "203.0.113.5";
    assert_eq!(post("/register", at_home, "alice", PASSWORD).await.status, 201);
    let token = post("/login", at_home, "alice", PASSWORD).await;
    let alice = stranger.with_token(token.json()["access_token"].as_str().unwrap().to_owned());
    let hostile =
        "mallory\n2026 INFO chaap::security: signed_in address=192.0.2.1\u{1b}[2J\u{202e}";
    post("/login", "2001:db8::7", hostile, PASSWORD).await.assert_error(401, "invalid_credentials");
    for n in 0..30 {
        post("/login", "198.51.100.7", "alice", &format!("a secret {n}")).await;
    }
    let body = json!({ "current_password": "a secret", "new_password": "battery staple" });
    alice.put("/api/users/me/password", body.to_string()).await.assert_error(422, "wrong_password");
    let body = json!({ "current_password": PASSWORD, "new_password": "battery staple" });
    assert_eq!(alice.put("/api/users/me/password", body.to_string()).await.status, 204);
    assert_eq!(alice.request("DELETE", "/api/sessions/current").await.status, 204);
    program.signal("TERM").await;
    let log = program.finish().await.stderr;
    for secret in [PASSWORD, "a secret", "battery staple", &alice.token, "mallory"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    log.lines().filter(|line| line.contains("chaap::security")).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_security_log_has_one_line_per_event() {
    let lines = security_log("text").await;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.split_once(" INFO chaap::security: ").map_or(line.as_str(), |(_, l)| l))
        .collect();
    let failed = "sign_in_failed address=198.51.100.7 user=\"alice\" user_id=1";
    assert_eq!(lines[0], "registered address=203.0.113.5 user=\"alice\" user_id=1");
    assert_eq!(lines[1], "signed_in address=203.0.113.5 user=\"alice\" user_id=1");
    assert_eq!(lines[2], "sign_in_failed address=2001:db8::7");
    assert_eq!(lines[3..13], [failed; 10]);
    let hit = "limit_hit address=198.51.100.7 limit=\"sign_in_name\" user=\"alice\" user_id=1";
    let hits = lines.iter().filter(|line| **line == hit).count();
    assert_eq!((lines[13], hits), (hit, 1), "a flood is logged once: {lines:?}");
    let end = [
        "password_change_failed address=unknown user=\"alice\" user_id=1",
        "password_changed address=unknown user=\"alice\" user_id=1",
        "signed_out address=unknown user=\"alice\" user_id=1",
    ];
    assert_eq!(lines[lines.len() - 3..], end);
}

#[tokio::test]
async fn the_security_log_is_json_for_collectors() {
    let lines = security_log("json").await;
    let first: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(first["level"], "INFO");
    let fields = json!({
        "message": "registered", "address": "203.0.113.5", "user": "alice", "user_id": 1,
    });
    assert_eq!(first["fields"], fields);
    for line in &lines {
        assert_eq!(serde_json::from_str::<Value>(line).unwrap()["target"], "chaap::security");
    }
}
