//! The address that a request comes from: the peer's, or what a trusted proxy says about it.
//!
//! A proxy adds the address of its own peer at the right of `X-Forwarded-For` or `Forwarded`
//! (RFC 7239). What stands left of it was sent by that peer, which may have made it up. So the
//! headers are read from the right, and only as far as each address is a trusted proxy.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use hyper::header::{self, HeaderMap, HeaderName};

use super::Request;
use crate::{config::TrustedProxy, types::UserId};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// No real chain of proxies is longer. Bounds the work on a hostile header.
const HOPS_MAX: usize = 16;

/// The other end of a connection. The accept loop puts it into the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Where a request comes from, proxies taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress(IpAddr);

/// What limits count an address by. An IPv6 network of 64 bits counts as one address, because a
/// single subscriber gets at least that much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AddressKey(IpAddr);

/// Whom a share of memory or a turn counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// All clients at this [site](ClientAddress::site).
    Site(AddressKey),
    User(UserId),
    /// All clients whose address is not known, where they do not count by user.
    Unknown,
}

impl Holder {
    /// The clients at the site of this address.
    pub(crate) fn of(address: Option<ClientAddress>) -> Self {
        address.map_or(Self::Unknown, |address| Self::Site(address.site()))
    }
}

impl ClientAddress {
    /// The address of a request. `None` if a trusted proxy does not say: limits of addresses do
    /// not apply then, because everyone behind such a proxy would share one.
    ///
    /// Without proxies in `trusted` it is always the peer's address.
    pub(crate) fn of(request: &Request, trusted: &[TrustedProxy]) -> Option<Self> {
        let Peer(peer) = request.extensions().get()?;
        Self::behind(peer.ip(), request.headers(), trusted)
    }

    /// The address of a connection, before it has sent a request. `None` for a trusted proxy.
    pub(crate) fn of_peer(Peer(peer): Peer, trusted: &[TrustedProxy]) -> Option<Self> {
        Self::behind(peer.ip(), &HeaderMap::new(), trusted)
    }

    /// This address.
    #[cfg(test)]
    pub(crate) fn from_ip(address: IpAddr) -> Self {
        Self(address)
    }

    fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[TrustedProxy]) -> Option<Self> {
        let is_trusted = |address| trusted.iter().any(|proxy| proxy.contains(address));
        let peer = peer.to_canonical();
        if !is_trusted(peer) {
            return Some(Self(peer));
        }
        let mut last = None;
        for hop in hops(headers).take(HOPS_MAX) {
            let Some(hop) = hop else { break };
            last = Some(Self(hop));
            if !is_trusted(hop) {
                break;
            }
        }
        last
    }

    #[cfg(test)]
    pub(crate) fn of_v4(address: [u8; 4]) -> Self {
        Self(address.into())
    }

    /// What limits count it by.
    pub(crate) fn key(self) -> AddressKey {
        self.network_of(64)
    }

    /// What one customer of a provider may hold: an IPv6 network of 48 bits, with 65,536 of those
    /// that count as one address, or an IPv4 address.
    pub(crate) fn site(self) -> AddressKey {
        self.network_of(48)
    }

    fn network_of(self, ipv6_bits: u32) -> AddressKey {
        AddressKey(match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let rest = 128 - ipv6_bits;
                IpAddr::V6(Ipv6Addr::from(u128::from(address) >> rest << rest))
            }
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The addresses in the headers, the nearest first; `None` for one that cannot be read.
///
/// `X-Forwarded-For` wins where both headers are present: nearly every proxy sets it, and many let
/// a client's `Forwarded` through.
fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let is_common = headers.contains_key(X_FORWARDED_FOR);
    let name = if is_common { X_FORWARDED_FOR } else { header::FORWARDED };
    let read = if is_common { node } else { forwarded_for };
    let lines: Vec<_> = headers.get_all(name).into_iter().collect();
    lines.into_iter().rev().flat_map(move |line| {
        // Not as one text: a client may send bytes that are none, and the proxy adds to its line.
        let elements = parts(line.as_bytes(), b',', !is_common);
        elements.map(move |element| read(String::from_utf8_lossy(element).trim()))
    })
}

/// The parts of a line, the last first. With `has_quotes`, a separator in quotes does not count.
///
/// Quotes are paired from the end too, because a client may have sent only one of a pair.
fn parts(line: &[u8], separator: u8, has_quotes: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest.take()?;
        let mut is_quoted = false;
        for (at, byte) in line.iter().enumerate().rev() {
            if *byte == b'"' && has_quotes && !ends_in_escape(&line[..at]) {
                is_quoted = !is_quoted;
            } else if *byte == separator && !is_quoted {
                rest = Some(&line[..at]);
                return Some(&line[at + 1..]);
            }
        }
        Some(line)
    })
}

/// Whether a backslash before the next byte escapes it: one that is not itself escaped.
fn ends_in_escape(bytes: &[u8]) -> bool {
    bytes.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The `for` parameter of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in parts(element.as_bytes(), b';', true) {
        let pair = str::from_utf8(pair).expect("parts of a text between ASCII bytes are texts");
        let Some((name, value)) = pair.split_once('=') else { continue };
        if !name.trim().eq_ignore_ascii_case("for") {
            continue;
        }
        if found.replace(node(unquoted(value.trim())?)?).is_some() {
            return None;
        }
    }
    found
}

/// A value without its quotes. `None` if one of them is missing.
fn unquoted(value: &str) -> Option<&str> {
    match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"'),
        None => Some(value),
    }
}

/// An address, with or without a port and the zone of a link-local address. The port may be a
/// made-up name; an address that is one, or `unknown`, is none (RFC 7239, section 6).
fn node(text: &str) -> Option<IpAddr> {
    let is_bracketed = text.starts_with('[');
    let (address, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None if text.matches(':').count() == 1 => text.split_at(text.find(':')?),
        None => (text, ""),
    };
    let is_of_port = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(is_of_port);
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_port) {
        return None;
    }
    let address = match address.split_once('%') {
        Some((address, _zone)) => address.parse().map(IpAddr::V6).ok()?,
        None => address.parse().ok()?,
    };
    (address.is_ipv6() || !is_bracketed).then(|| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    /// The client's address for a peer that is the trusted proxy 127.0.0.1 or a stranger.
    fn find(peer: &str, lines: &[(&'static str, &str)]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(*name, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let trusted = ["127.0.0.0/8", "::1", "10.1.0.0/16", "2001:db8:ff::/48"];
        let trusted = trusted.map(|text| text.parse().unwrap());
        let found = ClientAddress::behind(peer.parse().unwrap(), &headers, &trusted);
        found.map(|found| found.to_string())
    }

    #[test]
    fn a_stranger_cannot_name_an_address() {
        let header = [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
        for peer in ["198.51.100.7", "2001:db8::7", "::ffff:198.51.100.7"] {
            let expected = peer.trim_start_matches("::ffff:");
            assert_eq!(find(peer, &header).as_deref(), Some(expected));
            assert_eq!(find(peer, &[]).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        let table: [(&str, &str, Option<&str>); 45] = [
            // Plain forms, with and without ports.
            ("x-forwarded-for", "203.0.113.9", Some("203.0.113.9")),
            ("x-forwarded-for", "203.0.113.9:4711", Some("203.0.113.9")),
            ("x-forwarded-for", "2001:db8::9", Some("2001:db8::9")),
            ("x-forwarded-for", "[2001:db8::9]", Some("2001:db8::9")),
            ("x-forwarded-for", "[2001:db8::9]:4711", Some("2001:db8::9")),
            ("x-forwarded-for", "::ffff:203.0.113.9", Some("203.0.113.9")),
            ("forwarded", "for=203.0.113.9", Some("203.0.113.9")),
            ("forwarded", "For=\"203.0.113.9:47\";proto=https", Some("203.0.113.9")),
            ("forwarded", "proto=http; for=\"[2001:db8::9]:47\"", Some("2001:db8::9")),
            // Ports that are made-up names, and zones of link-local addresses.
            ("forwarded", "for=\"203.0.113.9:_port\"", Some("203.0.113.9")),
            ("forwarded", "for=\"[2001:db8::9]:_a.b-c\"", Some("2001:db8::9")),
            ("forwarded", "for=\"[fe80::9%eth0]:4711\"", Some("fe80::9")),
            ("x-forwarded-for", "fe80::9%eth0", Some("fe80::9")),
            ("x-forwarded-for", "[fe80::9%eth0]:4711", Some("fe80::9")),
            // Other parameters, whatever is in their quotes.
            ("forwarded", "for=203.0.113.9;host=\"x,for=198.51.100.1;a=\"", Some("203.0.113.9")),
            ("forwarded", "for=203.0.113.9;a=\"b;c\\\\\";host=\"\"", Some("203.0.113.9")),
            (
                "forwarded",
                "for=203.0.113.9;host=\"x\\\",for=198.51.100.1;a=\\\"\"",
                Some("203.0.113.9"),
            ),
            ("forwarded", "FOR = 203.0.113.9 ; secret", Some("203.0.113.9")),
            // What the client sent stands left of what the proxy added.
            ("forwarded", "for=\"open, for=203.0.113.9;host=\"x,y\"", Some("203.0.113.9")),
            ("x-forwarded-for", "198.51.100.1, 203.0.113.9", Some("203.0.113.9")),
            ("x-forwarded-for", "127.0.0.1,203.0.113.9", Some("203.0.113.9")),
            ("x-forwarded-for", "garbage, 203.0.113.9", Some("203.0.113.9")),
            ("x-forwarded-for", "é, 203.0.113.9", Some("203.0.113.9")),
            ("forwarded", "for=é, for=203.0.113.9", Some("203.0.113.9")),
            ("forwarded", "for=203.0.113.9;host=é", Some("203.0.113.9")),
            ("forwarded", "for=198.51.100.1, for=203.0.113.9", Some("203.0.113.9")),
            ("forwarded", "for=\"open, for=203.0.113.9", Some("203.0.113.9")),
            // A chain of trusted proxies.
            ("x-forwarded-for", "203.0.113.9, 10.1.2.3, 10.1.0.4", Some("203.0.113.9")),
            ("x-forwarded-for", "198.51.100.1, 203.0.113.9, 2001:db8:ff::1", Some("203.0.113.9")),
            ("x-forwarded-for", "10.2.0.1, 10.1.2.3", Some("10.2.0.1")),
            ("x-forwarded-for", "10.1.9.9, 10.1.2.3", Some("10.1.9.9")),
            // Malformed: the last good one.
            ("x-forwarded-for", "203.0.113.9, garbage, 10.1.2.3", Some("10.1.2.3")),
            ("x-forwarded-for", "203.0.113.9, , 10.1.2.3", Some("10.1.2.3")),
            ("forwarded", "for=203.0.113.9, for=unknown, for=10.1.2.3", Some("10.1.2.3")),
            // The proxy itself says nothing useful.
            ("x-forwarded-for", "203.0.113.9, unknown", None),
            ("x-forwarded-for", "", None),
            ("x-forwarded-for", "203.0.113.9.", None),
            ("x-forwarded-for", "0203.0.113.9", None),
            ("forwarded", "by=203.0.113.9", None),
            ("forwarded", "for=_hidden", None),
            ("forwarded", "for=1.1.1.1;for=2.2.2.2", None),
            ("forwarded", "for=\"203.0.113.9", None),
            ("forwarded", "for=203.0.113.9;host=\"x", None),
            ("x-forwarded-for", "203.0.113.9:", None),
            ("x-forwarded-for", "203.0.113.9%eth0", None),
        ];
        for (name, line, expected) in table {
            for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.255.255"] {
                assert_eq!(find(peer, &[(name, line)]).as_deref(), expected, "{peer} {line}");
            }
        }
    }

    #[test]
    fn several_lines_are_one_list_and_the_common_header_wins() {
        let lines = |values: [&'static str; 2]| values.map(|value| ("x-forwarded-for", value));
        let found = find("127.0.0.1", &lines(["198.51.100.1", "203.0.113.9"]));
        assert_eq!(found.as_deref(), Some("203.0.113.9"));
        let found = find("127.0.0.1", &lines(["203.0.113.9", "10.1.2.3"]));
        assert_eq!(found.as_deref(), Some("203.0.113.9"));
        let both = [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(find("127.0.0.1", &both).as_deref(), Some("203.0.113.9"));
    }

    #[test]
    fn a_proxy_that_names_nobody_leaves_the_address_unknown() {
        assert_eq!(find("127.0.0.1", &[]), None);
        assert_eq!(find("::1", &[("x-real-ip", "203.0.113.9")]), None);
    }

    #[test]
    fn a_long_header_is_read_from_its_end_only() {
        let long = format!("203.0.113.9{}", ", 10.1.2.3".repeat(1_000));
        let found = find("127.0.0.1", &[("x-forwarded-for", &long)]);
        assert_eq!(found.as_deref(), Some("10.1.2.3"));
    }

    #[test]
    fn limits_count_networks_of_ipv6_and_single_addresses_of_ipv4() {
        let key = |text: &str| ClientAddress(text.parse().unwrap()).key();
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("203.0.113.9"), key("203.0.113.8"));
        let site = |text: &str| ClientAddress(text.parse().unwrap()).site();
        assert_eq!(site("2001:db8:1:2::1"), site("2001:db8:1:3::1"));
        assert_ne!(site("2001:db8:1:2::1"), site("2001:db8:2:2::1"));
        assert_ne!(site("203.0.113.9"), site("203.0.113.8"));
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_panic(line in "[ -~\\x{80}-\\x{10FFFF}]{0,80}") {
            find("127.0.0.1", &[("x-forwarded-for", &line)]);
            find("127.0.0.1", &[("forwarded", &line)]);
        }

        /// However a client fills the header, the address that the proxy adds counts.
        #[test]
        fn what_a_client_sends_never_counts(line in "[ -~\\x{80}-\\x{10FFFF}]{0,80}") {
            let common = format!("{line}, 203.0.113.9");
            let found = find("127.0.0.1", &[("x-forwarded-for", &common)]);
            prop_assert_eq!(found.as_deref(), Some("203.0.113.9"));
            let standard = format!("{line}, for=203.0.113.9");
            let found = find("127.0.0.1", &[("forwarded", &standard)]);
            prop_assert_eq!(found.as_deref(), Some("203.0.113.9"));
        }
    }
}
