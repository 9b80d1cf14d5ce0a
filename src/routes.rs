//! The table of routes: method, path, access, limit class, body limit and handler, each once.
//!
//! Dispatch, `405` with `Allow`, body limits and the test against `/openapi.json` read this table.
//! A new route needs a row here, a handler, and a description in `assets/openapi.json`.

use std::{pin::Pin, sync::Arc, time::Duration};

use hyper::{Method, Uri};

use crate::{
    api::{
        accounts, chats, flags, group_invites, groups, health, invite, messages, origins, pictures,
        pins, preferences, privacy, profiles, reactions, receipts, scheduled, sessions, sync,
        users,
    },
    app::App,
    assets,
    config::{
        Config, JSON_BYTES_MAX, PICTURE_BYTES_MAX, PICTURE_READ_TIMEOUT, TEXT_JSON_BYTES_MAX,
    },
    error::{Error, Result},
    http::{self, Body, ClientAddress, Holder, Query, Reply, Request},
    limits::{Act, Place},
    model::Caller,
    socket,
    types::{ChatId, InviteToken, MessageId, ScheduledId, UserId},
};

/// The number of segments of the longest path in the table.
const SEGMENTS_MAX: usize = 6;

/// What the paths with the token of an invite link begin with.
const INVITES: &str = "/api/invites/";
/// What the paths of pictures begin with.
const PICTURES: &str = "/api/pictures/";

/// One row of the table.
#[derive(Debug)]
pub struct Route {
    /// A route for GET also answers HEAD: hyper leaves the body out.
    pub method: Method,
    /// The path as `openapi.json` writes it. `{name}` stands for one segment, `{*name}` at the
    /// end for one or more.
    pub path: &'static str,
    pub class: Class,
    pub body: BodyLimit,
    pub(crate) handler: Handler,
    segments: Segments<'static>,
}

impl Route {
    /// Whether the router answers requests without a valid token with 401.
    pub fn needs_token(&self) -> bool {
        matches!(self.handler, Handler::SignedIn(_))
    }
}

/// What a request costs the server. Requests of one class share a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Reads the database.
    Read,
    /// Reads one picture.
    Picture,
    /// Writes to the database.
    Write,
    /// Writes what every device of everybody is told.
    Profile,
    /// Writes what every device of the members of a chat is told.
    Group,
    /// Sends, schedules, edits, deletes or pins a message, reacts to one, or sets a flag on one.
    Send,
    /// Hashes a password.
    SignIn,
    /// Takes and decodes a picture.
    Upload,
    /// Stays open until something happens.
    Wait,
    /// Serves a file of the page or a health check.
    Page,
}

impl Class {
    /// What a request of this class takes from the budget of its user or address.
    pub(crate) fn act(self) -> Act {
        match self {
            Self::Read => Act::Read,
            Self::Picture => Act::Picture,
            Self::Write => Act::Write,
            Self::Profile => Act::Profile,
            Self::Group => Act::Group,
            Self::Send => Act::Message,
            Self::SignIn => Act::SignIn,
            Self::Upload => Act::Upload,
            Self::Wait => Act::Wait,
            Self::Page => Act::Page,
        }
    }

    /// What a request of this class takes while it runs.
    pub(crate) fn place(self) -> Place {
        if self == Self::Wait { Place::Poll } else { Place::Request }
    }
}

/// How much body a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLimit {
    /// The handler reads no body.
    Empty,
    /// JSON of names and switches.
    Json,
    /// JSON that holds a text as long as a message.
    TextJson,
    /// The file of a picture.
    Picture,
}

impl BodyLimit {
    /// The largest body that is read; a larger one is answered with 413.
    pub fn bytes_max(self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Json => JSON_BYTES_MAX,
            Self::TextJson => TEXT_JSON_BYTES_MAX,
            Self::Picture => PICTURE_BYTES_MAX,
        }
    }

    fn timeout(self, config: &Config) -> Duration {
        if self == Self::Picture { PICTURE_READ_TIMEOUT } else { config.read_max() }
    }
}

/// Who may call a route, and the function that answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler {
    Anyone(for<'a> fn(Call<'a>) -> Answer<'a>),
    SignedIn(for<'a> fn(Call<'a>, Caller) -> Answer<'a>),
}

/// A running handler. Boxed, because each connection would otherwise have room for the largest.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Reply>> + Send + 'a>>;

macro_rules! routes {
    ($($method:ident $path:literal $access:ident $class:ident $body:ident
       |$($argument:ident),+| $answer:expr;)+) => {
        &[$(Route {
            method: Method::$method,
            path: $path,
            class: Class::$class,
            body: BodyLimit::$body,
            handler: Handler::$access(|$($argument),+| Box::pin(async move { $answer })),
            segments: Segments::of($path),
        }),+]
    };
}

/// All routes. Where two paths match, the first row wins.
pub static ROUTES: &[Route] = routes! {
    // The first contract. The upgrade of a socket checks the token itself, because it
    // may be a subprotocol, and a close code tells the client that it is invalid.
    POST "/register" Anyone SignIn Json
        |call| accounts::register(call.app, call.address(), call.body()).await;
    POST "/login" Anyone SignIn Json
        |call| accounts::sign_in(call.app, call.address(), call.body()).await;
    GET "/user" SignedIn Read Empty
        |_call, caller| Ok(users::show_self(caller));
    GET "/users" SignedIn Read Empty
        |call, caller| users::list_others(call.app, call.address(), caller).await;
    GET "/online-users" SignedIn Read Empty
        |call, caller| users::list_online(call.app, call.address(), caller).await;
    GET "/messages/{user_id}" SignedIn Read Empty
        |call, caller| {
            let (address, other) = (call.address(), UserId(call.id("user_id")?));
            messages::list_with(call.app, address, caller, other, call.query()).await
        };
    GET "/ws" Anyone Wait Empty
        |call| socket::upgrade(call.app, call.request).await;

    // People.
    GET "/api/users" SignedIn Read Empty
        |call, caller| users::list(call.app, call.address(), caller, call.query()).await;
    GET "/api/pictures/{picture}" SignedIn Picture Empty
        |call, caller| {
            let share = call.app.reply_share(call.address(), caller.user_id).await?;
            let (picture, headers) = (call.segment("picture"), call.request.headers());
            let reply = pictures::show(call.app, &caller, picture, call.query(), headers).await?;
            Ok(http::within(share, reply))
        };

    // The caller's own account.
    PATCH "/api/users/me" SignedIn Profile Json
        |call, caller| profiles::update(call.app, caller, call.body()).await;
    PUT "/api/users/me/picture" SignedIn Upload Picture
        |call, caller| profiles::set_picture(call.app, call.address(), caller, call.body()).await;
    DELETE "/api/users/me/picture" SignedIn Profile Empty
        |call, caller| profiles::remove_picture(call.app, caller).await;
    PUT "/api/users/me/password" SignedIn SignIn Json
        |call, caller| profiles::set_password(call.app, call.address(), caller, call.body()).await;
    GET "/api/users/me/privacy" SignedIn Read Empty
        |call, caller| privacy::show(call.app, caller).await;
    PATCH "/api/users/me/privacy" SignedIn Profile Json
        |call, caller| privacy::update(call.app, caller, call.body()).await;
    DELETE "/api/sessions/current" SignedIn Write Empty
        |call, caller| sessions::remove_current(call.app, call.address(), caller).await;

    // Chats.
    GET "/api/chats" SignedIn Read Empty
        |call, caller| chats::list(call.app, call.address(), caller, call.query()).await;
    GET "/api/chats/{chat_id}/messages" SignedIn Read Empty
        |call, caller| {
            let (address, chat) = (call.address(), ChatId(call.id("chat_id")?));
            messages::list(call.app, address, caller, chat, call.query()).await
        };
    POST "/api/chats/{chat_id}/messages" SignedIn Send TextJson
        |call, caller| {
            let (chat, address) = (ChatId(call.id("chat_id")?), call.address());
            messages::create(call.app, address, caller, chat, call.body()).await
        };
    GET "/api/chats/{chat_id}/members" SignedIn Read Empty
        |call, caller| {
            let chat = ChatId(call.id("chat_id")?);
            chats::list_members(call.app, call.address(), caller, chat, call.query()).await
        };
    POST "/api/groups" SignedIn Group TextJson
        |call, caller| groups::create(call.app, call.address(), caller, call.body()).await;
    PATCH "/api/chats/{chat_id}" SignedIn Group Json
        |call, caller| {
            groups::update(call.app, caller, ChatId(call.id("chat_id")?), call.body()).await
        };
    PUT "/api/chats/{chat_id}/timer" SignedIn Group Json
        |call, caller| {
            chats::set_timer(call.app, caller, ChatId(call.id("chat_id")?), call.body()).await
        };
    PUT "/api/chats/{chat_id}/picture" SignedIn Upload Picture
        |call, caller| {
            let (chat, address) = (ChatId(call.id("chat_id")?), call.address());
            groups::set_picture(call.app, address, caller, chat, call.body()).await
        };
    DELETE "/api/chats/{chat_id}/picture" SignedIn Group Empty
        |call, caller| {
            groups::remove_picture(call.app, caller, ChatId(call.id("chat_id")?)).await
        };
    POST "/api/chats/{chat_id}/members" SignedIn Group TextJson
        |call, caller| {
            let (chat, address) = (ChatId(call.id("chat_id")?), call.address());
            groups::add_members(call.app, address, caller, chat, call.body()).await
        };
    DELETE "/api/chats/{chat_id}/members/{user_id}" SignedIn Group Empty
        |call, caller| {
            let member = (ChatId(call.id("chat_id")?), UserId(call.id("user_id")?));
            groups::remove_member(call.app, caller, member).await
        };
    PATCH "/api/chats/{chat_id}/members/{user_id}" SignedIn Group Json
        |call, caller| {
            let member = (ChatId(call.id("chat_id")?), UserId(call.id("user_id")?));
            groups::update_member(call.app, caller, member, call.body()).await
        };
    GET "/api/chats/{chat_id}/invite" SignedIn Read Empty
        |call, caller| {
            group_invites::show(call.app, caller, ChatId(call.id("chat_id")?)).await
        };
    POST "/api/chats/{chat_id}/invite" SignedIn Group Empty
        |call, caller| {
            group_invites::renew(call.app, caller, ChatId(call.id("chat_id")?)).await
        };
    DELETE "/api/chats/{chat_id}/invite" SignedIn Group Empty
        |call, caller| {
            group_invites::remove(call.app, caller, ChatId(call.id("chat_id")?)).await
        };
    GET "/api/chats/{chat_id}/invite.svg" SignedIn Read Empty
        |call, caller| {
            let (chat, headers) = (ChatId(call.id("chat_id")?), call.request.headers());
            group_invites::show_code(call.app, caller, chat, call.query(), headers).await
        };
    DELETE "/api/chats/{chat_id}/messages" SignedIn Write Empty
        |call, caller| {
            let chat = ChatId(call.id("chat_id")?);
            preferences::clear(call.app, caller, chat, call.query()).await
        };
    PATCH "/api/chats/{chat_id}/messages/{message_id}" SignedIn Send TextJson
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            let address = call.address();
            messages::update(call.app, address, caller, message, call.body()).await
        };
    DELETE "/api/chats/{chat_id}/messages/{message_id}" SignedIn Send Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            messages::remove(call.app, caller, message).await
        };
    GET "/api/chats/{chat_id}/messages/{message_id}/receipts" SignedIn Read Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            receipts::list(call.app, call.address(), caller, message, call.query()).await
        };
    PUT "/api/chats/{chat_id}/messages/{message_id}/reaction" SignedIn Send Json
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            reactions::set(call.app, caller, message, call.body()).await
        };
    DELETE "/api/chats/{chat_id}/messages/{message_id}/reaction" SignedIn Send Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            reactions::remove(call.app, caller, message).await
        };
    GET "/api/chats/{chat_id}/messages/{message_id}/reactions" SignedIn Read Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            reactions::list(call.app, call.address(), caller, message, call.query()).await
        };
    PUT "/api/chats/{chat_id}/messages/{message_id}/star" SignedIn Send Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            flags::star(call.app, caller, message).await
        };
    DELETE "/api/chats/{chat_id}/messages/{message_id}/star" SignedIn Send Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            flags::unstar(call.app, caller, message).await
        };
    PUT "/api/chats/{chat_id}/messages/{message_id}/hidden" SignedIn Send Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            flags::hide(call.app, caller, message).await
        };
    PUT "/api/chats/{chat_id}/messages/{message_id}/pin" SignedIn Send Json
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            pins::set(call.app, caller, message, call.body()).await
        };
    DELETE "/api/chats/{chat_id}/messages/{message_id}/pin" SignedIn Send Empty
        |call, caller| {
            let message = (ChatId(call.id("chat_id")?), MessageId(call.id("message_id")?));
            pins::remove(call.app, caller, message).await
        };
    GET "/api/starred" SignedIn Read Empty
        |call, caller| flags::list_starred(call.app, call.address(), caller, call.query()).await;
    POST "/api/chats/{chat_id}/scheduled" SignedIn Send TextJson
        |call, caller| {
            let (chat, address) = (ChatId(call.id("chat_id")?), call.address());
            scheduled::create(call.app, address, caller, chat, call.body()).await
        };
    GET "/api/scheduled" SignedIn Read Empty
        |call, caller| scheduled::list(call.app, call.address(), caller, call.query()).await;
    PATCH "/api/scheduled/{scheduled_id}" SignedIn Send TextJson
        |call, caller| {
            let (id, address) = (ScheduledId(call.id("scheduled_id")?), call.address());
            scheduled::update(call.app, address, caller, id, call.body()).await
        };
    DELETE "/api/scheduled/{scheduled_id}" SignedIn Send Empty
        |call, caller| {
            scheduled::remove(call.app, caller, ScheduledId(call.id("scheduled_id")?)).await
        };
    POST "/api/scheduled/{scheduled_id}/send" SignedIn Send Empty
        |call, caller| {
            scheduled::send(call.app, caller, ScheduledId(call.id("scheduled_id")?)).await
        };
    PATCH "/api/chats/{chat_id}/preferences" SignedIn Write TextJson
        |call, caller| {
            preferences::update(call.app, caller, ChatId(call.id("chat_id")?), call.body()).await
        };
    GET "/api/sync" SignedIn Wait Empty
        |call, caller| sync::show(call.app, call.address(), caller, call.query()).await;

    // Inviting others. Strangers learn one bit, by which an empty server greets its first user.
    GET "/api/server" Anyone Read Empty
        |call| invite::show_server(call.app).await;
    GET "/api/invite" SignedIn Read Empty
        |call, _caller| Ok(invite::show(call.app));
    GET "/api/invite.svg" SignedIn Read Empty
        |call, _caller| invite::show_code(call.app, call.query(), call.request.headers());

    // Invite links of groups, for anybody who has one. The log does not show the tokens: `loggable`.
    GET "/api/invites/{token}" Anyone Read Empty
        |call| group_invites::show_group(call.app, call.segment("token")).await;
    GET "/api/invites/{token}/picture" Anyone Picture Empty
        |call| {
            let (address, token) = (call.address(), call.segment("token"));
            group_invites::show_picture(call.app, address, token, call.query()).await
        };
    POST "/api/invites/{token}/members" SignedIn Group Empty
        |call, caller| {
            let (address, token) = (call.address(), call.segment("token"));
            group_invites::join(call.app, address, caller, token).await
        };

    // Asked by the page when its socket is refused, because browsers do not tell it why.
    POST "/api/origin" Anyone Page Empty
        |call| origins::check(call.app, call.request.headers());

    // The page and the documentation.
    GET "/" Anyone Page Empty
        |call| assets::show(&call.app.config, call.request.headers(), "index.html");
    GET "/sw.js" Anyone Page Empty
        |call| assets::show(&call.app.config, call.request.headers(), "sw.js");
    GET "/docs" Anyone Page Empty
        |call| assets::show(&call.app.config, call.request.headers(), "docs.html");
    GET "/openapi.json" Anyone Page Empty
        |call| assets::show(&call.app.config, call.request.headers(), "openapi.json");
    GET "/a/{version}/{*file}" Anyone Page Empty
        |call| {
            let (version, file) = (call.segment("version"), call.rest());
            assets::show_versioned(&call.app.config, call.request.headers(), version, file)
        };

    // Health checks.
    GET "/healthz" Anyone Page Empty
        |_call| Ok(health::show_alive());
    GET "/readyz" Anyone Page Empty
        |call| health::show_ready(call.app).await;
};

/// A request on its way to a handler.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a Arc<App>,
    pub(crate) request: &'a mut Request,
    uri: &'a Uri,
    route: &'static Route,
    segments: Segments<'a>,
}

impl<'a> Call<'a> {
    /// Finds the route of a request. `uri` is the request's own, cloned because handlers borrow
    /// from it while they read the body.
    pub(crate) fn new(app: &'a Arc<App>, request: &'a mut Request, uri: &'a Uri) -> Result<Self> {
        let segments = Segments::of(uri.path());
        let route = find(request.method(), &segments)?;
        Ok(Self { app, request, uri, route, segments })
    }

    pub(crate) fn handler(&self) -> Handler {
        self.route.handler
    }

    pub(crate) fn class(&self) -> Class {
        self.route.class
    }

    /// Whether the route takes a JSON body.
    pub(crate) fn takes_json(&self) -> bool {
        matches!(self.route.body, BodyLimit::Json | BodyLimit::TextJson)
    }

    /// Where the request comes from, if that is known.
    pub(crate) fn address(&self) -> Option<ClientAddress> {
        ClientAddress::of(self.request, &self.app.config.trusted_proxy)
    }

    fn query(&self) -> Query<'a> {
        Query::of(self.uri)
    }

    /// The body, limited as the route says.
    fn body(self) -> Body<'a> {
        let (limit, holder) = (self.route.body, Holder::of(self.address()));
        let (app, timeout) = (self.app, limit.timeout(&self.app.config));
        Body::new(self.request, limit.bytes_max(), timeout, (&app.bodies, holder))
    }

    /// The segment that the route's path calls `{name}`.
    fn segment(&self, name: &str) -> &'a str {
        let is_it = |pattern: &&str| {
            pattern.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(name)
        };
        let position = self.route.segments.items.iter().position(is_it);
        self.segments.items[position.expect("the path in the same row has this name")]
    }

    /// The id that the route's path calls `{name}`.
    fn id(&self, name: &str) -> Result<i64> {
        let parsed = self.segment(name).parse();
        parsed.map_err(|_| Error::invalid("invalid_id", "id", "the id must be a whole number"))
    }

    /// The segments that the route's path calls `{*name}`.
    fn rest(&self) -> &'a str {
        let pieces = self.uri.path().splitn(self.route.segments.count + 1, '/');
        pieces.last().unwrap_or_default()
    }
}

/// A path as the log may show it: without the token of an invite link, by which anybody may join.
/// People mistype links, so a token may stand anywhere.
pub(crate) fn loggable(path: &str) -> &str {
    if path.starts_with(INVITES) {
        return INVITES;
    }
    // The ids of pictures have the form of tokens, and are no secrets.
    if path.starts_with(PICTURES) {
        return path;
    }
    let token = path.split('/').find(|segment| InviteToken::parse(segment).is_some());
    token.and_then(|token| path.split_once(token)).map_or(path, |(before, _)| before)
}

/// The route for a method and a path, or the error: the address is unknown, or has other methods.
fn find(method: &Method, segments: &Segments<'_>) -> Result<&'static Route> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let routes = || ROUTES.iter().filter(|route| route.segments.matches(segments));
    if let Some(route) = routes().find(|route| route.method == *method) {
        return Ok(route);
    }
    let mut allow = Vec::new();
    for route in routes() {
        allow.push(route.method.as_str());
        if route.method == Method::GET {
            allow.push("HEAD");
        }
    }
    if allow.is_empty() {
        return Err(Error::NotFound("address"));
    }
    Err(Error::MethodNotAllowed(allow.join(", ")))
}

/// A path split at its slashes, without an allocation, because every request needs it.
#[derive(Clone, Copy, Debug)]
struct Segments<'a> {
    /// The first [`SEGMENTS_MAX`]; empty where there are fewer.
    items: [&'a str; SEGMENTS_MAX],
    count: usize,
}

impl<'a> Segments<'a> {
    /// A path without a leading slash (`OPTIONS *`, `CONNECT host`) has no segments.
    const fn of(path: &'a str) -> Self {
        let (mut items, mut count) = ([""; SEGMENTS_MAX], 0);
        let bytes = path.as_bytes();
        let (mut start, mut at) = (1, 1);
        while !bytes.is_empty() && bytes[0] == b'/' && at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b'/' {
                if count < SEGMENTS_MAX {
                    items[count] = path.split_at(at).0.split_at(start).1;
                }
                count += 1;
                start = at + 1;
            }
            at += 1;
        }
        Self { items, count }
    }

    /// Whether a path has the form of this pattern.
    fn matches(&self, path: &Segments<'_>) -> bool {
        let items = &self.items[..self.count];
        let takes_rest = items.last().is_some_and(|last| last.starts_with("{*"));
        let counts = self.count == path.count || takes_rest && self.count < path.count;
        let mut pairs = items.iter().zip(&path.items);
        counts && pairs.all(|(pattern, segment)| pattern.starts_with('{') || pattern == segment)
    }
}
