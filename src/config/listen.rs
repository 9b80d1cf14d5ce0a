//! The address to listen on, in the forms that people write.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

/// The port where none is given.
const PORT: u16 = 8000;

/// Where to listen: an address or a name, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    /// Resolved when the server starts.
    Name(String),
}

/// The text is none of the forms that [`Listen`] knows.
#[derive(Clone, Debug)]
pub struct ParseListenError;

impl Listen {
    /// All addresses that this stands for. Names are resolved.
    ///
    /// # Errors
    /// The resolver's, if the name is unknown.
    pub(crate) async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let with_port = |ip| SocketAddr::new(ip, self.port);
        match &self.host {
            Host::Address(ip) => Ok(vec![with_port(*ip)]),
            // Browsers try both, whatever the system's list of hosts says.
            Host::Name(name) if name.eq_ignore_ascii_case("localhost") => Ok(vec![
                with_port(Ipv4Addr::LOCALHOST.into()),
                with_port(Ipv6Addr::LOCALHOST.into()),
            ]),
            Host::Name(name) => {
                let mut found = Vec::new();
                for address in tokio::net::lookup_host((name.as_str(), self.port)).await? {
                    if !found.contains(&address) {
                        found.push(address);
                    }
                }
                Ok(found)
            }
        }
    }
}

impl From<SocketAddr> for Listen {
    fn from(address: SocketAddr) -> Self {
        Self { host: Host::Address(address.ip()), port: address.port() }
    }
}

impl FromStr for Listen {
    type Err = ParseListenError;

    /// `8000` is a port on 127.0.0.1, `0.0.0.0` an address with port 8000, `localhost:8000` a name.
    fn from_str(text: &str) -> Result<Self, ParseListenError> {
        let text = text.trim();
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(address.into());
        }
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(ip) = bare.parse() {
            return Ok(Self { host: Host::Address(ip), port: PORT });
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let port = text.parse().map_err(|_| ParseListenError)?;
            return Ok(Self { host: Host::Address(Ipv4Addr::LOCALHOST.into()), port });
        }
        let (name, port) = match text.split_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (name, port.parse().map_err(|_| ParseListenError)?)
            }
            Some(_) => return Err(ParseListenError),
            None => (text, PORT),
        };
        let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let has_letter = name.bytes().any(|byte| byte.is_ascii_alphabetic());
        if !has_letter || !name.bytes().all(is_name_byte) {
            return Err(ParseListenError);
        }
        Ok(Self { host: Host::Name(name.to_owned()), port })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Address(ip) => SocketAddr::new(*ip, self.port).fmt(f),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

impl fmt::Display for ParseListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "write a port (8000), an address (0.0.0.0), a name (localhost), or one of these with a \
             port (127.0.0.1:8000, [::1]:8000, localhost:8000)",
        )
    }
}

impl std::error::Error for ParseListenError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_the_forms_that_people_write() {
        for (text, shown) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("8080", "127.0.0.1:8080"),
            ("0.0.0.0", "0.0.0.0:8000"),
            ("[::]:9", "[::]:9"),
            ("[::]", "[::]:8000"),
            ("::1", "[::1]:8000"),
            ("localhost", "localhost:8000"),
            (" localhost:80 ", "localhost:80"),
            ("my-host.example.:1", "my-host.example.:1"),
        ] {
            assert_eq!(text.parse::<Listen>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_address() {
        for text in [
            "",
            ":8000",
            "localhost:",
            "localhost:x",
            "localhost:70000",
            "70000",
            "-1",
            "1.2.3",
            "1.2.3.4.5",
            "http://localhost:8000",
            "a b",
            "[::1",
            "::1]:80",
            "localhost:1:2",
            "256.0.0.1:80",
            "/tmp/socket",
        ] {
            assert!(text.parse::<Listen>().is_err(), "{text}");
        }
    }
}
