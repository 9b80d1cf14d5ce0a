//! The addresses by which the server can be reached, on this machine and in its network.
//!
//! It lists what the system knows: it cannot tell which of them a firewall closes, nor the name that
//! a reverse proxy answers to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use if_addrs::get_if_addrs;

/// Prefixes of the names of interfaces for containers and virtual machines on this machine. Other
/// machines in the network cannot reach their addresses.
const INNER: [&str; 11] = [
    "br-", "cali", "cni", "docker", "flannel", "lxcbr", "lxdbr", "podman", "veth", "virbr", "vmnet",
];

/// Where the server listens.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// At least one.
    bound: Vec<SocketAddr>,
    /// Whether a socket bound to `::` also takes IPv4.
    takes_both: bool,
}

/// An address of an interface of this machine.
#[derive(Clone, Debug)]
struct Interface {
    name: String,
    ip: IpAddr,
}

impl Reach {
    /// For a server that is bound to these addresses, at least one.
    pub(crate) fn new(bound: Vec<SocketAddr>, takes_both: bool) -> Self {
        Self { bound, takes_both }
    }

    /// The address to open on this machine.
    pub(crate) fn local(&self) -> String {
        let first = self.bound[0];
        match first.ip() {
            ip if ip.is_unspecified() => address_of("localhost", first.port()),
            _ => address(first),
        }
    }

    /// The addresses that others can open, the likeliest first. Asks the system each time, because a
    /// laptop changes networks. Empty if the server listens on this machine only.
    pub(crate) fn network(&self) -> Vec<String> {
        // Without the list, an address that was named is still known.
        let interfaces = get_if_addrs().unwrap_or_default();
        let interfaces = interfaces.into_iter().filter(if_addrs::Interface::is_oper_up);
        let interfaces = interfaces.map(|it| Interface { ip: it.ip(), name: it.name });
        self.among(&interfaces.collect::<Vec<_>>()).into_iter().map(address).collect()
    }

    fn among(&self, interfaces: &[Interface]) -> Vec<SocketAddr> {
        let mut found = Vec::new();
        for bound in &self.bound {
            let ip = bound.ip();
            if !ip.is_unspecified() {
                found.extend(reachable(ip).then_some(*bound));
                continue;
            }
            let is_served = |other: IpAddr| other.is_ipv4() == ip.is_ipv4() || self.is_both(ip);
            let mut seen_v6: Vec<&str> = Vec::new();
            for Interface { name, ip: own } in interfaces {
                let is_inner = INNER.iter().any(|inner| name.starts_with(inner));
                // An interface has a lasting IPv6 address and several passing ones: one is enough.
                let is_more = own.is_ipv6() && seen_v6.contains(&name.as_str());
                if is_inner || is_more || !reachable(*own) || !is_served(*own) {
                    continue;
                }
                if own.is_ipv6() {
                    seen_v6.push(name);
                }
                found.push(SocketAddr::new(*own, bound.port()));
            }
        }
        // People can type an IPv4 address.
        found.sort_by_key(|address| (address.is_ipv6(), !is_home(address.ip())));
        found.dedup();
        found
    }

    fn is_both(&self, ip: IpAddr) -> bool {
        ip.is_ipv6() && self.takes_both
    }
}

/// Whether other machines may reach an address: not loopback, and not valid on one link only. The
/// latter need the name of an interface in IPv6, and stand for a failed DHCP in IPv4.
fn reachable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local(),
    }
}

/// Whether it is an address of a home or office network.
fn is_home(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

fn address(at: SocketAddr) -> String {
    let host = match at.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => ip
            .to_ipv4_mapped()
            .map_or_else(|| format!("[{ip}]"), |mapped: Ipv4Addr| mapped.to_string()),
    };
    address_of(&host, at.port())
}

fn address_of(host: &str, port: u16) -> String {
    if port == 80 { format!("http://{host}") } else { format!("http://{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interfaces() -> Vec<Interface> {
        let pairs = [
            ("lo", "127.0.0.1"),
            ("lo", "::1"),
            ("docker0", "172.17.0.1"),
            ("br-0a1b2c3d4e5f", "172.18.0.1"),
            ("vethab12", "169.254.3.4"),
            ("wan0", "203.0.113.9"),
            ("wlan0", "192.168.1.5"),
            ("wlan0", "2001:db8::5"),
            ("wlan0", "2001:db8::aaaa:5"),
            ("wlan0", "fe80::5"),
            ("eth1", "169.254.9.9"),
            ("wg0", "10.8.0.2"),
            ("wg0", "fd00::2"),
        ];
        let interface = |(name, ip): (&str, &str)| Interface {
            name: String::from(name),
            ip: ip.parse().unwrap(),
        };
        pairs.into_iter().map(interface).collect()
    }

    fn network(bound: &[&str], takes_both: bool) -> Vec<String> {
        let bound = bound.iter().map(|it| it.parse().unwrap()).collect();
        let reach = Reach::new(bound, takes_both);
        reach.among(&interfaces()).into_iter().map(address).collect()
    }

    const V4: [&str; 3] =
        ["http://192.168.1.5:8000", "http://10.8.0.2:8000", "http://203.0.113.9:8000"];
    const V6: [&str; 2] = ["http://[fd00::2]:8000", "http://[2001:db8::5]:8000"];

    #[test]
    fn every_address_is_listed_that_other_machines_can_reach() {
        assert_eq!(network(&["0.0.0.0:8000"], false), V4);
        assert_eq!(network(&["[::]:8000"], false), V6);
        assert_eq!(network(&["[::]:8000"], true), [&V4[..], &V6[..]].concat());
        assert_eq!(network(&["0.0.0.0:8000", "[::]:8000"], false), [&V4[..], &V6[..]].concat());
    }

    #[test]
    fn a_server_that_is_bound_to_one_address_is_reached_there_only() {
        assert_eq!(network(&["192.168.1.5:80"], false), ["http://192.168.1.5"]);
        assert_eq!(network(&["172.17.0.1:8000"], false), ["http://172.17.0.1:8000"], "as told");
        assert_eq!(network(&["127.0.0.1:8000", "[::1]:8000"], true), [""; 0]);
        assert_eq!(network(&["[fe80::5]:8000"], true), [""; 0]);
        assert_eq!(network(&["[::ffff:192.168.1.5]:8000"], true), ["http://192.168.1.5:8000"]);
    }

    #[test]
    fn the_address_for_this_machine() {
        let local = |bound: &str| Reach::new(vec![bound.parse().unwrap()], true).local();
        assert_eq!(local("127.0.0.1:8000"), "http://127.0.0.1:8000");
        assert_eq!(local("0.0.0.0:8000"), "http://localhost:8000");
        assert_eq!(local("[::]:80"), "http://localhost");
        assert_eq!(local("[::1]:8000"), "http://[::1]:8000");
        assert_eq!(local("192.168.1.5:8000"), "http://192.168.1.5:8000");
    }
}
