//! Compares the table of routes in `src/routes.rs` with `assets/openapi.json`, and both with the
//! answers of the server.

use std::collections::{BTreeMap, BTreeSet};

use chaap::internals::{BodyLimit, Class, ROUTES, Route as Row};
use serde_json::Value;

use crate::kit::TestServer;

const OPENAPI: &str = include_str!("../../assets/openapi.json");
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"];

/// A route: its method, and its path with `{}` for the parameters.
type Route = (String, String);

/// A path with `{}` for the parameters.
fn form(path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    segments.collect::<Vec<_>>().join("/")
}

/// The description of each route in `openapi.json`.
fn descriptions() -> BTreeMap<Route, Value> {
    let description: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut routes = BTreeMap::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        let operations = operations.as_object().unwrap().iter();
        for (method, operation) in operations.filter(|(key, _)| *key != "parameters") {
            routes.insert((method.to_uppercase(), form(path)), operation.clone());
        }
    }
    routes
}

/// The routes that `openapi.json` describes.
fn documented() -> BTreeSet<Route> {
    descriptions().into_keys().collect()
}

/// The route of a row of the table.
fn route(row: &Row) -> Route {
    (row.method.to_string(), form(row.path))
}

/// A valid path of this form, as far as that is possible without a chat.
fn example(path: &str) -> String {
    match path {
        "/a/{}/{}" => String::from("/a/any/favicon.svg"),
        _ => path.replace("{}", "1"),
    }
}

#[test]
fn every_route_is_documented_and_every_documented_route_exists() {
    let (routed, documented) = (ROUTES.iter().map(route).collect::<BTreeSet<_>>(), documented());
    assert_eq!(routed.len(), ROUTES.len(), "a route is listed twice");
    let missing: Vec<_> = routed.difference(&documented).collect();
    assert!(missing.is_empty(), "not in openapi.json: {missing:?}");
    let invented: Vec<_> = documented.difference(&routed).collect();
    assert!(invented.is_empty(), "not in routes.rs: {invented:?}");
}

#[test]
fn the_description_names_the_access_and_the_body_of_every_route() {
    let descriptions = descriptions();
    for row in ROUTES {
        let route = route(row);
        let operation = &descriptions[&route];
        let responses = &operation["responses"];
        assert_eq!(responses.get("401").is_some(), tells_who(row), "{route:?}");
        let has_limit = responses.get("413").is_some();
        assert_eq!(operation.get("requestBody").is_some(), has_limit, "{route:?}");
        assert_eq!(row.body != BodyLimit::Empty, has_limit, "{route:?}");
        // The document requires a token unless a route says otherwise.
        let security = operation.get("security").and_then(Value::as_array);
        let is_open = security.is_some_and(Vec::is_empty);
        assert_eq!(is_open, !row.needs_token() && row.path != "/ws", "{route:?}");
    }
}

/// Whether a route answers 401: to a missing token or to a wrong password.
fn tells_who(row: &Row) -> bool {
    row.needs_token() || row.path == "/login"
}

#[test]
fn the_class_of_a_route_fits_its_method_and_body() {
    for row in ROUTES {
        let expected: &[Class] = match (row.method.as_str(), row.body) {
            ("GET", BodyLimit::Empty) if row.needs_token() => {
                &[Class::Read, Class::Picture, Class::Wait]
            }
            ("GET", BodyLimit::Empty) if row.path == "/ws" => &[Class::Wait],
            // Asks the database.
            ("GET", BodyLimit::Empty) if row.path == "/api/server" => &[Class::Read],
            ("GET", BodyLimit::Empty) if row.path.starts_with("/api/invites/") => {
                &[Class::Read, Class::Picture]
            }
            ("GET", BodyLimit::Empty) => &[Class::Page],
            (_, BodyLimit::Picture) => &[Class::Upload],
            ("POST", BodyLimit::Empty) if !row.needs_token() => &[Class::Page],
            ("POST", _) if !row.needs_token() => &[Class::SignIn],
            ("PUT", _) if row.path.ends_with("/password") => &[Class::SignIn],
            ("POST", _) if row.path.ends_with("/messages") => &[Class::Send],
            ("PATCH" | "PUT" | "DELETE", _) if row.path.contains("/messages/{message_id}") => {
                &[Class::Send]
            }
            _ if row.path.contains("/scheduled") => &[Class::Send],
            // All members are told.
            _ if row.path == "/api/groups" => &[Class::Group],
            _ if row.path.contains("/members") || row.path.ends_with("/invite") => &[Class::Group],
            _ if row.path.ends_with("/timer") => &[Class::Group],
            _ if row.path.ends_with("{chat_id}") || row.path.ends_with("{chat_id}/picture") => {
                &[Class::Group]
            }
            // Everybody is told of a user's row.
            _ if row.path.starts_with("/api/users/me") => &[Class::Profile],
            _ => &[Class::Write],
        };
        assert!(expected.contains(&row.class), "{} {}: {:?}", row.method, row.path, row.class);
    }
}

#[tokio::test]
async fn every_body_is_limited_as_its_route_says() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let bearer = format!("Bearer {}", alice.token);
    let rows: Vec<_> = ROUTES.iter().filter(|row| row.body != BodyLimit::Empty).collect();
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        let (path, limit) = (example(&form(row.path)), row.body.bytes_max());
        for (bytes, is_taken) in [(limit, true), (limit + 1, false)] {
            let headers = [("authorization", bearer.as_str())];
            let reply =
                server.request(row.method.as_str(), &path, &headers, vec![b' '; bytes]).await;
            if is_taken {
                assert_eq!(reply.status, 422, "{path} with {bytes} bytes: {}", reply.text());
            } else {
                reply.assert_error(413, "too_large");
                assert!(reply.text().contains(&limit.to_string()), "{}", reply.text());
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_address_or_method_is_answered_before_the_token_is_checked() {
    let server = TestServer::start().await;
    for path in ["/api/nothing", "/api/chats/1/messages/1/", "/api/users/me/picture/", "/api", "//"]
    {
        server.get(path).await.assert_error(404, "not_found");
    }
    server.post("/api/users", &Value::Null).await.assert_error(405, "method_not_allowed");
    server.get("/api/users").await.assert_error(401, "unauthorized");
}

#[tokio::test]
async fn every_documented_method_is_answered() {
    let server = TestServer::start().await;
    for (method, path) in documented() {
        let reply = server.request(&method, &example(&path), &[], "").await;
        let is_unknown = reply.status == 404 && reply.json()["code"] == "not_found";
        assert!(!is_unknown && reply.status != 405, "{method} {path}: {}", reply.text());
    }
}

#[tokio::test]
async fn every_status_is_a_documented_one() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let bearer = format!("Bearer {}", alice.token);
    let description: Value = serde_json::from_str(OPENAPI).unwrap();
    let paths = description["paths"].as_object().unwrap().iter();
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            // Signing out comes last, because nothing else would work after it.
            if method == "parameters" || path == "/api/sessions/current" {
                continue;
            }
            let path = example(&form(path));
            for headers in [&[][..], &[("authorization", bearer.as_str())]] {
                let reply = server.request(&method.to_uppercase(), &path, headers, "{}").await;
                let status = reply.status.to_string();
                let known = operation["responses"].get(&status).is_some();
                assert!(known, "{method} {path} answered {status}: {}", reply.text());
            }
        }
    }
    let reply = alice.request("DELETE", "/api/sessions/current").await;
    assert_eq!(reply.status, 204);
}

#[tokio::test]
async fn any_other_method_answers_405_and_allow_names_the_documented_ones() {
    let server = TestServer::start().await;
    let documented = documented();
    let paths: BTreeSet<&String> = documented.iter().map(|(_, path)| path).collect();
    for path in paths {
        let mut allowed: BTreeSet<&str> = documented
            .iter()
            .filter(|(_, known)| known == path)
            .map(|(method, _)| method.as_str())
            .collect();
        if allowed.contains("GET") {
            allowed.insert("HEAD");
        }
        for method in METHODS.iter().filter(|method| !allowed.contains(**method)) {
            let reply = server.request(method, &example(path), &[], "").await;
            assert_eq!(reply.status, 405, "{method} {path}");
            if !reply.body.is_empty() {
                reply.assert_error(405, "method_not_allowed");
            }
            let told: BTreeSet<&str> = reply.header("allow").split(", ").collect();
            assert_eq!(told, allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_description_is_served_unchanged() {
    let server = TestServer::start().await;
    let reply = server.get("/openapi.json").await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.text(), OPENAPI);
    let version = &reply.json()["info"]["version"];
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_reference_in_the_description_exists() {
    let description: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut references = Vec::new();
    collect_references(&description, &mut references);
    assert!(references.len() > 10, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|inner| collect_references(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect_references(inner, found)),
        _ => {}
    }
}
