//! The table of limits. README ("Limits") and `/docs` show it; `tests/it/rates.rs` compares them.
//!
//! A person, a busy bot, and a page that comes back after a day without a network and sends 500
//! messages stay below these limits. A program that uses all of them on 50 sockets takes a small
//! part of two cores.

use std::{num::NonZeroU32, time::Duration};

use governor::Quota;

/// What a user or an address does that is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// A request of the class `Read`.
    Read,
    /// A request of the class `Picture`.
    Picture,
    /// A request of the class `Write`.
    Write,
    /// A request of the class `Profile`.
    Profile,
    /// A request of the class `Upload`.
    Upload,
    /// A request of the class `Wait`.
    Wait,
    /// A request of the class `Page`.
    Page,
    /// A message, by socket or by HTTP.
    Message,
    /// One byte of the text of a message, by socket or by HTTP.
    MessageByte,
    /// A WebSocket handshake.
    Connect,
    /// A `hello` frame.
    Hello,
    /// A `receipt` frame.
    Receipt,
    /// A `typing` frame.
    Typing,
    /// A `ping` frame of either kind.
    Ping,
    /// A frame or request that is refused or not understood. Beyond this rate the server answers
    /// late and reads late.
    Refused,
}

/// How many [`Act`]s there are.
pub(super) const ACTS: usize = Act::Refused as usize + 1;

/// What is limited by its number at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Requests that have begun and are not answered.
    Request,
    /// The same for `GET /api/sync`, which may wait.
    Poll,
    /// Open sockets.
    Socket,
    /// Connections of any kind, idle ones too. Of addresses only.
    Connection,
}

/// How many [`Place`]s there are.
pub(super) const PLACES: usize = Place::Connection as usize + 1;

/// How often something may be done: `burst` times at once, and then once every `period`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) burst: u32,
    pub(crate) period: Duration,
}

impl Rate {
    const fn per_second(often: u32, burst: u32) -> Option<Self> {
        Some(Self { burst, period: Duration::from_nanos(1_000_000_000 / often as u64) })
    }

    const fn per_minute(often: u32, burst: u32) -> Option<Self> {
        Some(Self { burst, period: Duration::from_nanos(60_000_000_000 / often as u64) })
    }

    pub(super) fn quota(self) -> Quota {
        let burst = NonZeroU32::new(self.burst).expect("no burst in the table is zero");
        let quota = Quota::with_period(self.period).expect("no period in the table is zero");
        quota.allow_burst(burst)
    }
}

/// The rates of a user: of all their devices together. `None` for no limit.
pub(crate) const fn of_user(act: Act) -> Option<Rate> {
    match act {
        // Opening the page takes a few dozen; a bot may ask for page after page of history.
        Act::Read => Rate::per_second(40, 400),
        // A list of people shows a picture of each. They are small, and browsers keep them.
        Act::Picture => Rate::per_second(200, 2_000),
        // Drafts are saved while someone types, a whole day of them after an outage.
        Act::Write => Rate::per_second(10, 300),
        // Every device of everybody is told.
        Act::Profile => Rate::per_minute(30, 30),
        // Decoding a large photo takes most of a second of a core.
        Act::Upload => Rate::per_minute(6, 5),
        // A bot that polls asks again after each change.
        Act::Wait => Rate::per_second(20, 200),
        Act::Page => None,
        // More than the page keeps while it has no network.
        Act::Message => Rate::per_second(50, 600),
        Act::MessageByte => Rate::per_second(256 * 1024, 4 * 1024 * 1024),
        // Every device connects again after a restart.
        Act::Connect => Rate::per_second(1, 120),
        Act::Hello => Rate::per_second(2, 120),
        Act::Receipt => Rate::per_second(100, 1_000),
        Act::Typing => Rate::per_second(5, 30),
        Act::Ping => Rate::per_second(20, 200),
        Act::Refused => Rate::per_second(20, 600),
    }
}

/// The rates of an address, for requests without a valid token. `None` for no limit.
pub(crate) const fn of_address(act: Act) -> Option<Rate> {
    match act {
        Act::Read | Act::Picture | Act::Write | Act::Profile | Act::Wait | Act::Message => {
            Rate::per_second(10, 200)
        }
        Act::Upload => Rate::per_second(1, 20),
        // An office of a hundred people loads the page at nine.
        Act::Page => Rate::per_second(500, 20_000),
        // With a valid token too: everybody behind the address comes back after a restart.
        Act::Connect => Rate::per_second(20, 1_000),
        Act::Refused => Rate::per_second(20, 600),
        Act::MessageByte | Act::Hello | Act::Receipt | Act::Typing | Act::Ping => None,
    }
}

/// How many of these a user may have at one time.
pub(crate) const fn places_of_user(place: Place) -> u32 {
    match place {
        Place::Request => 100,
        Place::Poll => 20,
        Place::Socket => 50,
        Place::Connection => u32::MAX,
    }
}

/// How many of these an address may have at one time.
pub(crate) const fn places_of_address(place: Place) -> u32 {
    match place {
        Place::Request | Place::Socket => 500,
        Place::Poll => 200,
        // The two above together.
        Place::Connection => 1_000,
    }
}
