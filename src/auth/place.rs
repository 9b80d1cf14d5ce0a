//! What tries of passwords are counted by, and where their hashing waits.

#[cfg(test)]
use crate::http::ClientAddress;
use crate::{http::AddressKey, types::SessionId};

/// Tries of one name, or from one known place, before the first wait. People who are unsure which
/// of their passwords it was need a few.
const FREE_TRIES: u32 = 10;
/// The same for one address, behind which there may be an office.
const FREE_TRIES_OF_ADDRESS: u32 = 20;
/// What is counted, and what shares of the queue belong to. Names are hashed with a secret of this
/// process: typed names may be long, or a password in the wrong field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A username, whether or not somebody has it.
    Name(u64),
    /// An address.
    Address(AddressKey),
    /// A name at an address where it has signed in; `None` is the unknown address.
    Place(u64, Option<AddressKey>),
    /// A session, which may have ended: who knows its token has signed in.
    Session(SessionId),
    /// A name, as its owner uses it.
    Owner(u64),
}

impl Key {
    /// The name of its limit, for the log.
    pub(super) fn limit(self) -> &'static str {
        match self {
            Self::Name(_) | Self::Owner(_) => "sign_in_name",
            Self::Address(_) => "sign_in_address",
            Self::Place(..) => "sign_in_known_place",
            Self::Session(_) => "sign_in_session",
        }
    }

    /// How many tries it may make before the first wait.
    pub(super) fn free_tries(self) -> u32 {
        if matches!(self, Self::Address(_)) { FREE_TRIES_OF_ADDRESS } else { FREE_TRIES }
    }

    /// The key of an address in text form.
    #[cfg(test)]
    pub(super) fn of_address(text: &str) -> Self {
        Self::Address(ClientAddress::from_ip(text.parse().unwrap()).key())
    }
}

/// The kinds of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// From where the same name has signed in before.
    Known,
    /// From another address that is known.
    Address,
    /// From an unknown address. Apart from [`Lane::Address`], so that a flood behind a proxy that
    /// reports no addresses fills a lane of its own.
    Unknown,
    /// Registrations.
    Registration,
}

/// Where a job waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) lane: Lane,
    pub(crate) key: Key,
    /// The site that the request comes from, if its address is known.
    pub(crate) site: Option<AddressKey>,
}
