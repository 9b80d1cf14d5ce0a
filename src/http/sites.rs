//! Which web pages may use the server, and by which names it may be called.
//!
//! Browsers say of which origin a page is (`Origin`), and pages cannot forge it. Programs say
//! nothing and are not restricted.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use hyper::header::{self, HeaderMap, HeaderValue};
use url::{Host, Url};

use crate::{
    config::Config,
    error::{Error, Result},
    http::Request,
};

/// How often a refusal of the same origin or host is logged.
const TELL_EVERY: Duration = Duration::from_mins(1);
/// Refusals that are remembered for this. Further ones are not logged until one is forgotten, so
/// that made-up origins fill neither memory nor disk.
const TOLD_MAX: usize = 32;
/// The characters of a refused value that are logged.
const LOGGED_CHARS_MAX: usize = 200;
/// Health checks ask by whatever address they know.
const HEALTH_PATHS: [&str; 2] = ["/healthz", "/readyz"];

/// The origins and hosts that the operator allows.
#[derive(Debug)]
pub(crate) struct Sites {
    origins: Vec<Origin>,
    /// Empty: any name is fine. A name without a port stands for all of its ports.
    hosts: Vec<(Host, Option<u16>)>,
    told: Mutex<HashMap<String, Instant>>,
}

/// Where a page comes from. Equal if browsers take them for equal; a dot after the name is dropped.
#[derive(Debug, PartialEq, Eq)]
struct Origin {
    is_https: bool,
    host: Host,
    port: u16,
}

/// Whose page makes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// Not a page, or a browser that says nothing.
    Unknown,
    /// A page of this server.
    Own,
    /// A page of an origin that the operator allowed.
    Allowed,
    Foreign,
}

impl Sites {
    /// Reads the lists of the configuration.
    ///
    /// # Errors
    /// [`Error::Startup`] for an entry that no request could ever match.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let origin = |text: &String| {
            Origin::parse(text.trim()).ok_or_else(|| {
                Error::Startup(format!(
                    "--allow-origin {text:?} is not an origin; \
                     write it like https://chat.example.org"
                ))
            })
        };
        let host = |text: &String| {
            parse_host(text.trim()).ok_or_else(|| {
                Error::Startup(format!(
                    "--allow-host {text:?} is not a host; write it like chat.example.org"
                ))
            })
        };
        let named = |text: &&String| !text.trim().is_empty();
        Ok(Self {
            origins: config.allow_origin.iter().filter(named).map(origin).collect::<Result<_>>()?,
            hosts: config.allow_host.iter().filter(named).map(host).collect::<Result<_>>()?,
            told: Mutex::default(),
        })
    }

    /// Whether the operator lets pages of this origin use the server.
    pub(crate) fn is_allowed(&self, origin: &str) -> bool {
        Origin::parse(origin).is_some_and(|origin| self.origins.contains(&origin))
    }

    /// Whether any origin is allowed, so that replies depend on it.
    pub(crate) fn allows_others(&self) -> bool {
        !self.origins.is_empty()
    }

    /// Refuses a request by a name that is not in the list, if there is one. Loopback names are
    /// fine: a foreign name that was made to point here ("DNS rebinding") is none of them.
    pub(crate) fn check_host(&self, request: &Request) -> Result<()> {
        if self.hosts.is_empty() || HEALTH_PATHS.contains(&request.uri().path()) {
            return Ok(());
        }
        let host = text(request.headers(), header::HOST).unwrap_or_default();
        // `GET http://host/` names a host too.
        let target = request.uri().authority().map(hyper::http::uri::Authority::as_str);
        if self.is_known_host(host) && target.is_none_or(|target| self.is_known_host(target)) {
            return Ok(());
        }
        if self.is_news(host) {
            let host = shortened(host);
            tracing::warn!(
                host,
                "a request by a host name that is not allowed was refused; --allow-host {host} \
                 allows it"
            );
        }
        Err(Error::ForeignHost)
    }

    fn is_known_host(&self, text: &str) -> bool {
        parse_host(text).is_some_and(|(host, port)| {
            let matches = |(known, at): &(Host, Option<u16>)| {
                *known == host && at.is_none_or(|at| at == port.unwrap_or(at))
            };
            is_loopback(&host) || self.hosts.iter().any(matches)
        })
    }

    /// Refuses a page of a foreign origin, and logs it.
    pub(crate) fn check_origin(&self, headers: &HeaderMap) -> Result<()> {
        if self.page(headers) != Page::Foreign {
            return Ok(());
        }
        let origin = text(headers, header::ORIGIN).unwrap_or("(unreadable)");
        if self.is_news(origin) {
            let host = shortened(text(headers, header::HOST).unwrap_or_default());
            let scheme = forwarded_scheme(headers).unwrap_or("unknown");
            let origin = shortened(origin);
            tracing::warn!(
                origin,
                host,
                scheme,
                "a page of another origin was refused: its origin is not the host that the request \
                 names; --allow-origin {origin} allows it, or let the proxy forward Host unchanged"
            );
        }
        Err(Error::Forbidden {
            code: "foreign_origin",
            reason: "pages of this origin may not connect; \
                     the operator can allow it with --allow-origin",
        })
    }

    /// Whether a browser that makes this request is on a page of the server at this address.
    pub(crate) fn is_address_of(address: &str, headers: &HeaderMap) -> bool {
        Origin::parse(address).is_some_and(|origin| origin.is_of(headers))
    }

    /// Whether a page of another site makes this request. Pages cannot forge `Sec-Fetch-Site`.
    /// Browsers send it to secure addresses only; without it the origin decides.
    pub(crate) fn is_cross_site(&self, headers: &HeaderMap) -> bool {
        match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
            Some(b"same-origin" | b"none") => false,
            Some(_) => true,
            None => matches!(self.page(headers), Page::Foreign | Page::Allowed),
        }
    }

    fn page(&self, headers: &HeaderMap) -> Page {
        if !headers.contains_key(header::ORIGIN) {
            return Page::Unknown;
        }
        let Some(origin) = text(headers, header::ORIGIN).and_then(Origin::parse) else {
            return Page::Foreign;
        };
        if origin.is_of(headers) {
            Page::Own
        } else if self.origins.contains(&origin) {
            Page::Allowed
        } else {
            Page::Foreign
        }
    }

    /// Whether a refusal of this value should be logged now.
    fn is_news(&self, value: &str) -> bool {
        let mut told = self.told.lock().expect("no panic while holding this lock");
        told.retain(|_, at| at.elapsed() < TELL_EVERY);
        let value = shortened(value);
        if told.len() >= TOLD_MAX || told.contains_key(&value) {
            return false;
        }
        told.insert(value, Instant::now());
        true
    }
}

impl Origin {
    /// Reads `scheme://host[:port]`, with or without a slash at the end.
    fn parse(text: &str) -> Option<Self> {
        text.split_once("://")?;
        let url = Url::parse(text).ok()?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        let is_web = ["http", "https"].contains(&url.scheme());
        // A browser never sends a name with an asterisk: who writes one expects a pattern.
        if !is_web || !is_bare || !is_anonymous || text.contains(['@', '*']) {
            return None;
        }
        Some(Self {
            is_https: url.scheme() == "https",
            host: without_dot(url.host()?.to_owned()),
            port: url.port_or_known_default()?,
        })
    }

    /// Whether a request with these headers was sent to this origin.
    ///
    /// The scheme counts if a proxy says which one the browser used; otherwise both are possible,
    /// because a proxy in front may or may not speak TLS. Anybody may send such a header, except
    /// pages, which are the ones to be told apart here.
    fn is_of(&self, headers: &HeaderMap) -> bool {
        let scheme = if self.is_https { "https" } else { "http" };
        if forwarded_scheme(headers).is_some_and(|other| other != scheme) {
            return false;
        }
        let host = text(headers, header::HOST).filter(|host| !host.is_empty());
        let asked = host.and_then(|host| Self::parse(&format!("{scheme}://{host}")));
        asked.as_ref() == Some(self)
    }
}

/// The scheme that the browser used, if the proxy nearest to it says so.
pub(super) fn forwarded_scheme(headers: &HeaderMap) -> Option<&'static str> {
    let given = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let standard = headers.get(header::FORWARDED).and_then(|value| value.to_str().ok());
    let standard = standard.and_then(|list| {
        let mut pairs = list.split(',').next()?.split(';').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("proto")).map(|(_, value)| value)
    });
    let scheme = given.and_then(|list| list.split(',').next()).or(standard)?;
    match scheme.trim().trim_matches('"').to_ascii_lowercase().as_str() {
        // Traefik names the scheme of the socket.
        "https" | "wss" => Some("https"),
        "http" | "ws" => Some("http"),
        _ => None,
    }
}

/// Reads `host` or `host:port`.
fn parse_host(text: &str) -> Option<(Host, Option<u16>)> {
    let url = Url::parse(&format!("http://{text}")).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || text.contains(['@', '/', '\\', '*']) {
        return None;
    }
    // Url drops the default port of its scheme.
    let port = url.port().or_else(|| text.ends_with(":80").then_some(80));
    Some((without_dot(url.host()?.to_owned()), port))
}

/// `name.` is `name`: the dot says only that the name is complete.
fn without_dot(host: Host) -> Host {
    match host {
        Host::Domain(name) => Host::Domain(name.strip_suffix('.').unwrap_or(&name).to_owned()),
        other => other,
    }
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn shortened(text: &str) -> String {
    text.chars().take(LOGGED_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    fn is_own(
        origin: &'static str,
        host: &'static str,
        more: &[(&'static str, &'static str)],
    ) -> bool {
        let sites = Sites { origins: vec![], hosts: vec![], told: Mutex::default() };
        let pairs = [&[("origin", origin), ("host", host)], more].concat();
        sites.page(&headers(&pairs)) == Page::Own
    }

    #[test]
    fn one_origin_in_several_spellings() {
        for (origin, host) in [
            ("https://name", "name"),
            ("https://name", "name:443"),
            ("https://name:443", "name"),
            ("http://name", "name:80"),
            ("http://name", "NAME."),
            ("http://name.", "name"),
            ("HTTP://Name", "name"),
            ("http://name:8000", "name:8000"),
            ("http://[::1]:8000", "[0:0:0:0:0:0:0:1]:8000"),
            ("https://[::ffff:7f00:1]", "[::ffff:127.0.0.1]:443"),
            ("http://127.0.0.1", "127.0.0.1:80"),
            ("https://xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ] {
            assert!(is_own(origin, host, &[]), "{origin} {host}");
        }
    }

    #[test]
    fn other_origins() {
        for (origin, host) in [
            ("http://name", "name:443"),
            ("https://name", "name:80"),
            ("https://name:8443", "name"),
            ("http://name", "name:8000"),
            ("http://name", "other"),
            ("http://name", "sub.name"),
            ("http://name..", "name"),
            ("http://name/path", "name"),
            ("http://name?x", "name"),
            ("http://name#x", "name"),
            ("http://user@name", "name"),
            ("http://@name", "name"),
            ("http:name", "name"),
            ("ftp://name", "name"),
            ("chrome-extension://name", "name"),
            ("null", "null"),
            ("", ""),
            ("http://", ""),
            ("https://name", ""),
        ] {
            assert!(!is_own(origin, host, &[]), "{origin} {host}");
        }
    }

    #[test]
    fn the_scheme_counts_where_a_proxy_tells_it() {
        for (name, value, https) in [
            ("x-forwarded-proto", "https", true),
            ("x-forwarded-proto", "HTTPS, http", true),
            ("x-forwarded-proto", "wss", true),
            ("x-forwarded-proto", "http", false),
            ("x-forwarded-proto", "ws", false),
            ("forwarded", "for=1.2.3.4;Proto=https;by=x, proto=http", true),
            ("forwarded", "proto=\"http\"", false),
        ] {
            assert_eq!(is_own("https://name", "name", &[(name, value)]), https, "{name}: {value}");
            assert_eq!(is_own("http://name", "name", &[(name, value)]), !https, "{name}: {value}");
        }
        assert!(is_own("https://name", "name", &[("x-forwarded-proto", "spdy")]));
    }

    #[test]
    fn refusals_are_logged_once_and_remembered_within_bounds() {
        let sites = Sites { origins: vec![], hosts: vec![], told: Mutex::default() };
        assert!(sites.is_news("http://a.example"));
        assert!(!sites.is_news("http://a.example"));
        let news = (0..1_000).filter(|n| sites.is_news(&format!("http://{n}.example"))).count();
        assert_eq!(news, TOLD_MAX - 1);
    }
}
