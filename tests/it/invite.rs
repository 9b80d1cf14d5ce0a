//! The first steps: whether the server is empty, its addresses, the QR code of one, the name that a
//! new user can give at once, and why a device is signed out.

use serde_json::json;

use crate::kit::{PASSWORD, TestServer};

/// The modules of a code as `invite.svg` draws them, read back by a QR reader.
pub(crate) fn read_code(svg: &str) -> String {
    let side: usize =
        svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let path = svg.rsplit("<path d=\"").next().unwrap().split('"').next().unwrap();
    let mut dark = vec![false; side * side];
    for run in path.split('M').skip(1) {
        let (at, rest) = run.split_once('h').unwrap();
        let (x, y) = at.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let width: usize = rest.split('v').next().unwrap().parse().unwrap();
        dark[y * side + x..][..width].fill(true);
    }
    // A reader expects a picture, in which a module has several pixels.
    let scale = 4;
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(side * scale, side * scale, |x, y| {
            if dark[y / scale * side + x / scale] { 0 } else { 255 }
        });
    picture.detect_grids()[0].decode().unwrap().1
}

#[tokio::test]
async fn strangers_learn_only_whether_there_is_an_account() {
    let server = TestServer::start().await;
    assert_eq!(server.get("/api/server").await.json(), json!({ "empty": true }));
    server.get("/api/invite").await.assert_error(401, "unauthorized");
    server.get("/api/invite.svg?address=http://a").await.assert_error(401, "unauthorized");
    server.user("alice").await;
    assert_eq!(server.get("/api/server").await.json(), json!({ "empty": false }));
}

#[tokio::test]
async fn a_code_holds_an_address_of_this_server_and_no_other() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    assert_eq!(alice.get("/api/invite").await.json(), json!({ "addresses": [] }), "on loopback");
    let own = format!("http://{}", server.home.get());
    for spelled in [own.clone(), own.replace(':', "%3A").replace('/', "%2F")] {
        let reply = alice.get(&format!("/api/invite.svg?address={spelled}")).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "image/svg+xml"));
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(read_code(&reply.text()), own);
    }
    let long = format!("http://{}.example", "x".repeat(300));
    for other in ["", "http://evil.example", "javascript:alert(1)", "%ff", "tel:1", &long] {
        let reply = alice.get(&format!("/api/invite.svg?address={other}")).await;
        reply.assert_error(422, "invalid_query");
    }
}

#[tokio::test]
async fn a_new_user_can_give_a_display_name_at_once() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let register = async |name: &str, shown: serde_json::Value| {
        let body = json!({ "username": name, "password": PASSWORD, "display_name": shown });
        server.post("/register", &body).await
    };
    let made = register("maya", json!("  Maya Rao ")).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json().as_object().unwrap().len(), 2, "the answer stays as it was");
    assert_eq!(register("noor", json!("")).await.status, 201);
    assert_eq!(register("omar", json!(null)).await.status, 201);
    register("pia", json!("x".repeat(65))).await.assert_error(422, "invalid_display_name");
    let users = alice.get("/api/users").await.json();
    let names: Vec<_> =
        users["users"].as_array().unwrap().iter().map(|it| it["display_name"].clone()).collect();
    assert_eq!(names, [json!(null), json!("Maya Rao"), json!(null), json!(null)]);
}

#[tokio::test]
async fn a_device_is_told_why_it_is_signed_out() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (laptop, phone) = (alice.sign_in_again(&server).await, alice.sign_in_again(&server).await);
    let mut socket = laptop.connect().await;
    assert_eq!(phone.request("DELETE", "/api/sessions/current").await.status, 204);
    assert_eq!(phone.get("/user").await.json()["reason"], "session_ended");
    let body = json!({ "current_password": PASSWORD, "new_password": "battery staple" });
    assert_eq!(alice.put("/api/users/me/password", body.to_string()).await.status, 204);
    assert_eq!(socket.close_code().await, Some(4401));
    assert_eq!(laptop.get("/user").await.json()["reason"], "password_changed");
    assert_eq!(server.get("/user").await.json()["reason"], "not_signed_in");
    assert_eq!(alice.get("/user").await.status, 200);
}
