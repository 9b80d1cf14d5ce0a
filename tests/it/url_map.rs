//! The URL map of `src/router.rs` against its description in `assets/openapi.json`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kit::TestServer;

const ROUTER: &str = include_str!("../../src/router.rs");
const OPENAPI: &str = include_str!("../../assets/openapi.json");
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"];

/// A route: its method, and its path with `{}` for what varies.
type Route = (String, String);

/// What `openapi.json` describes.
fn documented() -> BTreeSet<Route> {
    let description: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut routes = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        let segments = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        let path = segments.collect::<Vec<_>>().join("/");
        let methods = operations.as_object().unwrap().keys().filter(|key| *key != "parameters");
        routes.extend(methods.map(|method| (method.to_uppercase(), path.clone())));
    }
    routes
}

/// What the match in `router.rs` says, read from its text.
fn routed() -> BTreeSet<Route> {
    let arms = ROUTER.split("(&Method::").skip(1);
    let arms = arms.filter_map(|arm| arm.split_once("])").map(|(pattern, _)| pattern));
    arms.filter_map(|pattern| {
        let (method, segments) = pattern.split_once(", [")?;
        let segments = segments.split(',').map(|segment| {
            let segment = segment.trim();
            segment.strip_prefix('"').map_or("{}", |literal| literal.trim_end_matches('"'))
        });
        let path = segments.collect::<Vec<_>>().join("/");
        Some((method.to_owned(), format!("/{path}")))
    })
    .collect()
}

/// A path of this form that leads somewhere, as far as that is possible without a chat.
fn example(path: &str) -> String {
    match path {
        "/a/{}/{}" => String::from("/a/any/favicon.svg"),
        _ => path.replace("{}", "1"),
    }
}

#[test]
fn every_route_is_documented_and_every_documented_route_exists() {
    let (routed, documented) = (routed(), documented());
    assert!(routed.len() >= 15, "the router was read: {routed:?}");
    let missing: Vec<_> = routed.difference(&documented).collect();
    assert!(missing.is_empty(), "not in openapi.json: {missing:?}");
    let invented: Vec<_> = documented.difference(&routed).collect();
    assert!(invented.is_empty(), "not in router.rs: {invented:?}");
}

#[tokio::test]
async fn every_documented_method_is_answered() {
    let server = TestServer::start().await;
    for (method, path) in documented() {
        let reply = server.request(&method, &example(&path), &[], "").await;
        assert!(![404, 405].contains(&reply.status), "{method} {path}: {}", reply.text());
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
            // Signing out comes last, or nothing else would work.
            if method == "parameters" || path == "/api/sessions/current" {
                continue;
            }
            let segments =
                path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
            let path = example(&segments.collect::<Vec<_>>().join("/"));
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
async fn the_description_is_served_as_it_is_written() {
    let server = TestServer::start().await;
    let reply = server.get("/openapi.json").await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.text(), OPENAPI);
    let version = &reply.json()["info"]["version"];
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
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
