//! The whole URL map on one page, and what every reply gets on its way out.

use std::{sync::Arc, time::Instant};

use hyper::{
    Method, StatusCode,
    header::{self, HeaderMap, HeaderValue},
};

use crate::{
    api::{
        accounts, chats, health, messages, pictures, preferences, privacy, profiles, receipts,
        sessions, sync, users,
    },
    app::App,
    assets, chat,
    error::{Error, Result},
    http::{self, Query, Reply, Request},
    model::Caller,
    socket,
    words::{ChatId, MessageId, UserId},
};

/// Answers any request; errors become replies here.
pub(crate) async fn handle(app: Arc<App>, mut request: Request) -> Reply {
    let began = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let origin = request.headers().get(header::ORIGIN).cloned();
    let routed = match preflight(&app, &request) {
        Some(reply) => Ok(reply),
        None => route(&app, &mut request).await,
    };
    let mut reply = routed.unwrap_or_else(|error| http::error(error.logged()));
    http::discard_body(&mut request, began.elapsed()).await;
    tracing::debug!(%method, path, status = reply.status().as_u16(), took = ?began.elapsed(), "request");
    secure(reply.headers_mut());
    if let Some(origin) = origin {
        share(&app, reply.headers_mut(), origin);
    }
    reply
}

async fn route(app: &Arc<App>, request: &mut Request) -> Result<Reply> {
    http::check_host(request)?;
    let uri = request.uri().clone();
    let (query, headers) = (Query::of(&uri), request.headers());
    let segments: Vec<&str> = uri.path().split('/').skip(1).collect();
    // A HEAD is a GET whose body hyper leaves out.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    match (method, segments.as_slice()) {
        // The first Chaap's contract.
        (&Method::POST, ["register"]) => accounts::register(app, request).await,
        (&Method::POST, ["login"]) => accounts::sign_in(app, request).await,
        (&Method::GET, ["user"]) => Ok(users::show_self(caller(app, headers).await?)),
        (&Method::GET, ["users"]) => users::list_others(app, caller(app, headers).await?).await,
        (&Method::GET, ["online-users"]) => {
            users::list_online(app, caller(app, headers).await?).await
        }
        (&Method::GET, ["messages", user]) => {
            messages::list_with(app, caller(app, headers).await?, UserId(id(user)?), query).await
        }
        (&Method::GET, ["ws"]) => socket::upgrade(app, request).await,

        // v2, for those who are signed in.
        (method, ["api", ..]) if is_allowed(&segments, method) => {
            let (method, caller) = (method.clone(), caller(app, headers).await?);
            route_api(app, caller, (&method, &segments), query, request).await
        }

        // Who looks after the server.
        (&Method::GET, ["healthz"]) => Ok(health::show_alive()),
        (&Method::GET, ["readyz"]) => health::show_ready(app).await,
        (method, segments) => route_page(app, (method, segments), headers),
    }
}

async fn route_api(
    app: &App,
    caller: Caller,
    target: (&Method, &[&str]),
    query: Query<'_>,
    request: &mut Request,
) -> Result<Reply> {
    match target {
        (_, ["api", "users", "me", ..]) => route_account(app, caller, target, request).await,
        (&Method::GET, ["api", "users"]) => users::list(app, caller).await,
        (&Method::GET, ["api", "pictures", picture]) => {
            pictures::show(app, picture, query, request.headers()).await
        }
        (&Method::GET, ["api", "chats"]) => chats::list(app, caller).await,
        (&Method::GET, ["api", "chats", chat, "messages"]) => {
            messages::list(app, caller, ChatId(id(chat)?), query).await
        }
        (&Method::DELETE, ["api", "chats", chat, "messages"]) => {
            preferences::clear(app, caller, ChatId(id(chat)?)).await
        }
        (&Method::GET, ["api", "chats", chat, "messages", message, "receipts"]) => {
            receipts::list(app, caller, ChatId(id(chat)?), MessageId(id(message)?)).await
        }
        (&Method::PATCH, ["api", "chats", chat, "preferences"]) => {
            preferences::update(app, caller, ChatId(id(chat)?), request).await
        }
        (&Method::GET, ["api", "sync"]) => sync::show(app, caller, query).await,
        (&Method::DELETE, ["api", "sessions", "current"]) => {
            sessions::remove_current(app, caller).await
        }
        (_, segments) => Err(no_such(segments)),
    }
}

/// What is the caller's own.
async fn route_account(
    app: &App,
    caller: Caller,
    target: (&Method, &[&str]),
    request: &mut Request,
) -> Result<Reply> {
    match target {
        (&Method::PATCH, ["api", "users", "me"]) => profiles::update(app, caller, request).await,
        (&Method::PUT, ["api", "users", "me", "picture"]) => {
            profiles::set_picture(app, caller, request).await
        }
        (&Method::DELETE, ["api", "users", "me", "picture"]) => {
            profiles::remove_picture(app, caller).await
        }
        (&Method::PUT, ["api", "users", "me", "password"]) => {
            profiles::set_password(app, caller, request).await
        }
        (&Method::GET, ["api", "users", "me", "privacy"]) => privacy::show(app, caller).await,
        (&Method::PATCH, ["api", "users", "me", "privacy"]) => {
            privacy::update(app, caller, request).await
        }
        (_, segments) => Err(no_such(segments)),
    }
}

/// The page and its papers.
fn route_page(app: &App, target: (&Method, &[&str]), headers: &HeaderMap) -> Result<Reply> {
    match target {
        (&Method::GET, [""]) => assets::show(&app.config, headers, "index.html"),
        (&Method::GET, ["sw.js"]) => assets::show(&app.config, headers, "sw.js"),
        (&Method::GET, ["docs"]) => assets::show(&app.config, headers, "docs.html"),
        (&Method::GET, ["openapi.json"]) => assets::show(&app.config, headers, "openapi.json"),
        (&Method::GET, ["a", version, file @ ..]) => {
            assets::show_versioned(&app.config, headers, version, &file.join("/"))
        }
        (_, segments) => Err(no_such(segments)),
    }
}

/// Whether an address exists and knows this method.
fn is_allowed(segments: &[&str], method: &Method) -> bool {
    allowed(segments).is_some_and(|methods| methods.split(", ").any(|name| name == method.as_str()))
}

/// The error for an address that does not exist, or not for this method.
fn no_such(segments: &[&str]) -> Error {
    allowed(segments).map_or(Error::NotFound("address"), Error::MethodNotAllowed)
}

/// The methods of an address that exists, for those who used another.
fn allowed(segments: &[&str]) -> Option<&'static str> {
    match segments {
        ["register" | "login"] => Some("POST"),
        ["api", "sessions", "current"] => Some("DELETE"),
        [
            "" | "user" | "users" | "online-users" | "ws" | "docs" | "openapi.json" | "sw.js"
            | "healthz" | "readyz",
        ]
        | ["messages", _]
        | ["a", _, ..]
        | ["api", "users" | "chats" | "sync"]
        | ["api", "pictures", _]
        | ["api", "chats", _, "messages", _, "receipts"] => Some("GET, HEAD"),
        ["api", "users", "me", "privacy"] => Some("GET, HEAD, PATCH"),
        ["api", "users", "me", "picture"] => Some("PUT, DELETE"),
        ["api", "users", "me", "password"] => Some("PUT"),
        ["api", "chats", _, "messages"] => Some("GET, HEAD, DELETE"),
        ["api", "users", "me"] | ["api", "chats", _, "preferences"] => Some("PATCH"),
        _ => None,
    }
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Caller> {
    chat::accounts::find_caller(app, http::bearer(headers)).await
}

/// An id in a path.
fn id(segment: &str) -> Result<i64> {
    segment.parse().map_err(|_| Error::invalid("invalid_id", "id", "the id must be a whole number"))
}

/// Answers the question a browser asks before a page of another origin may use the API.
fn preflight(app: &App, request: &Request) -> Option<Reply> {
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let asks = request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || !http::is_allowed_origin(origin, &app.config.allow_origin) {
        return None;
    }
    let mut reply = http::empty(StatusCode::NO_CONTENT);
    let headers = reply.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(reply)
}

/// Lets a page of an allowed origin read the reply.
fn share(app: &App, headers: &mut HeaderMap, origin: HeaderValue) {
    if app.config.allow_origin.is_empty() {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let allowed =
        origin.to_str().is_ok_and(|o| http::is_allowed_origin(o, &app.config.allow_origin));
    if allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        // Without a word, browsers keep even this one from the page.
        let exposed = HeaderValue::from_static("retry-after");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// What browsers must not guess or tell.
fn secure(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
