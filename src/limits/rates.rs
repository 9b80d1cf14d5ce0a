//! The table of limits. README ("Limits") and `/docs` show it, and tests below compare them.
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
    /// A request of the class `Group`.
    Group,
    /// A person who is added to a group, or is in it from the beginning.
    Newcomer,
    /// A request of the class `Upload`.
    Upload,
    /// A request of the class `Wait`.
    Wait,
    /// A request of the class `Page`.
    Page,
    /// A request of the class `SignIn`. How often a password may be wrong has limits of its own.
    SignIn,
    /// A new account. It is published to all users and stays in the database.
    Register,
    /// A message, by socket or by HTTP.
    Message,
    /// One byte of the text of a message, by socket or by HTTP.
    MessageByte,
    /// A WebSocket handshake.
    Connect,
    /// A `hello` frame.
    Hello,
    /// A `subscribe` frame.
    Subscribe,
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

impl Act {
    /// Its name in the security log.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::Picture => "pictures",
            Self::Write => "writes",
            Self::Profile => "profile_changes",
            Self::Group => "group_changes",
            Self::Newcomer => "added_members",
            Self::Upload => "uploads",
            Self::Wait => "polls",
            Self::Page => "page_files",
            Self::SignIn => "sign_ins",
            Self::Register => "registrations",
            Self::Message => "messages",
            Self::MessageByte => "message_bytes",
            Self::Connect => "handshakes",
            Self::Hello => "hello_frames",
            Self::Subscribe => "subscriptions",
            Self::Receipt => "receipts",
            Self::Typing => "typing_notices",
            Self::Ping => "pings",
            Self::Refused => "refusals",
        }
    }
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

impl Place {
    /// Its name in the security log.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Request => "running_requests",
            Self::Poll => "running_polls",
            Self::Socket => "open_sockets",
            Self::Connection => "open_connections",
        }
    }
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
    const fn per_second(often: u32, burst: u32) -> Self {
        Self { burst, period: Duration::from_nanos(1_000_000_000 / often as u64) }
    }

    const fn per_hour(often: u32, burst: u32) -> Self {
        Self { burst, period: Duration::from_secs(3_600 / often as u64) }
    }

    const fn per_minute(often: u32, burst: u32) -> Self {
        Self { burst, period: Duration::from_nanos(60_000_000_000 / often as u64) }
    }

    pub(super) fn quota(self) -> Quota {
        let burst = NonZeroU32::new(self.burst).expect("no burst in the table is zero");
        let quota = Quota::with_period(self.period).expect("no period in the table is zero");
        quota.allow_burst(burst)
    }
}

/// The rates of a user: of all their devices together. `None` for no limit.
pub(crate) const fn of_user(act: Act) -> Option<Rate> {
    Some(match act {
        // Opening the page takes a few dozen; a bot may ask for page after page of history.
        Act::Read => Rate::per_second(40, 400),
        // A list of people shows a picture of each. They are small, and browsers keep them.
        Act::Picture => Rate::per_second(200, 2_000),
        // Drafts are saved while someone types, a whole day of them after an outage.
        Act::Write => Rate::per_second(10, 300),
        // Every device of everybody is told.
        Act::Profile => Rate::per_minute(30, 30),
        // Every device of all members is told, and there may be 5,000 members.
        Act::Group => Rate::per_minute(30, 60),
        // A group of the most members, and two retries. A member costs about 0.1 ms of the writer.
        Act::Newcomer => Rate::per_second(5, 15_000),
        // Decoding a large photo takes most of a second of a core.
        Act::Upload => Rate::per_minute(6, 5),
        // A bot that polls asks again after each change; many devices ask whether a connection lives.
        Act::Wait | Act::Ping => Rate::per_second(20, 200),
        // A thief of one session must not keep the others from changing the password.
        Act::Page | Act::SignIn | Act::Register => return None,
        // More than the page keeps while it has no network.
        Act::Message => Rate::per_second(50, 600),
        Act::MessageByte => Rate::per_second(256 * 1024, 4 * 1024 * 1024),
        // Every device connects again after a restart.
        Act::Connect => Rate::per_second(1, 120),
        Act::Hello => Rate::per_second(2, 120),
        // Several pages that scroll through long lists of people.
        Act::Subscribe => Rate::per_second(10, 200),
        Act::Receipt => Rate::per_second(100, 1_000),
        Act::Typing => Rate::per_second(5, 30),
        Act::Refused => Rate::per_second(50, 1_200),
    })
}

/// The rates of an address, for requests without a valid token. `None` for no limit.
pub(crate) const fn of_address(act: Act) -> Option<Rate> {
    Some(match act {
        Act::Read
        | Act::Picture
        | Act::Write
        | Act::Profile
        | Act::Group
        | Act::Wait
        | Act::Message => Rate::per_second(10, 200),
        // A school joins in one morning.
        Act::Register => Rate::per_minute(10, 200),
        Act::Upload => Rate::per_second(1, 20),
        // An office of a hundred people loads the page at nine.
        Act::Page => Rate::per_second(500, 20_000),
        // A company signs in at nine. Everybody behind the address connects again after a restart,
        // which counts with a valid token too.
        Act::SignIn | Act::Connect => Rate::per_second(20, 1_000),
        Act::Refused => Rate::per_second(50, 1_200),
        Act::MessageByte
        | Act::Newcomer
        | Act::Hello
        | Act::Subscribe
        | Act::Receipt
        | Act::Typing
        | Act::Ping => {
            return None;
        }
    })
}

/// The rates of all signed-in users of an address together, so that somebody with many accounts
/// cannot keep the writer busy, fill the disk or fill the lists of others. `None` for no limit.
///
/// Two hundred people behind one address, as in a school or an office, stay below them: they write
/// a message every other second each, or come back together after an outage with thirty messages
/// each. Reads have no rate here, because lists are made two at a time for an address, and `typing`
/// and `receipt` frames cost little beside the messages that cause them.
pub(crate) const fn of_together(act: Act) -> Option<Rate> {
    Some(match act {
        Act::Message => Rate::per_second(500, 6_000),
        // Filling a disk of 1 TB takes days.
        Act::MessageByte => Rate::per_second(2 * 1024 * 1024, 40 * 1024 * 1024),
        // A third of two hundred people type at the same time, and the page saves each draft.
        Act::Write => Rate::per_second(100, 3_000),
        Act::Profile => Rate::per_second(5, 300),
        // Thirty teachers make the groups of a new school year.
        Act::Group => Rate::per_second(5, 600),
        // Three seconds of the writer.
        Act::Newcomer => Rate::per_second(10, 30_000),
        _ => return None,
    })
}

/// How often one person is put into groups by all strangers together, and by each person to whom
/// they have written. On the first day in a school or a company it may be dozens.
pub(crate) const ADDED: Rate = Rate::per_hour(10, 200);

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

/// Every rate of an act.
#[cfg(test)]
pub(super) fn all_of(act: Act) -> impl Iterator<Item = Rate> {
    [of_user(act), of_address(act), of_together(act)].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");
    const DOCS: &str = include_str!("../../assets/docs.html");

    /// The burst as the tables write it.
    fn at_once(count: u32) -> String {
        let (mebibytes, rest) = (count / (1024 * 1024), count % (1024 * 1024));
        if mebibytes > 0 && rest == 0 { format!("{mebibytes} MiB") } else { thousands(count) }
    }

    fn thousands(count: u32) -> String {
        let (high, low) = (count / 1_000, count % 1_000);
        if high == 0 { low.to_string() } else { format!("{high},{low:03}") }
    }

    fn then(rate: Rate) -> String {
        let per_second = 1_000_000_000 / rate.period.as_nanos();
        match per_second {
            0 if rate.period > Duration::from_mins(1) => {
                format!("{} per hour", 3_600 / rate.period.as_secs())
            }
            0 => format!("{} per minute", 60_000_000_000 / rate.period.as_nanos()),
            1_048_576.. => format!("{} MiB per second", per_second / 1_048_576),
            1_024.. => format!("{} KiB per second", per_second / 1_024),
            _ => format!("{per_second} per second"),
        }
    }

    #[test]
    fn readme_and_docs_show_the_rates() {
        let user = |act, what| (of_user(act).unwrap(), what);
        let address = |act, what| (of_address(act).unwrap(), what);
        let together = |act, what| (of_together(act).unwrap(), what);
        for (rate, what) in [
            user(Act::Message, "Messages, by socket"),
            user(Act::MessageByte, "Bytes of their texts"),
            user(Act::Read, "Requests that read"),
            user(Act::Picture, "Requests for pictures"),
            user(Act::Write, "Requests that write"),
            user(Act::Profile, "Changes of the profile"),
            user(Act::Group, "Changes of groups"),
            user(Act::Newcomer, "People added to groups"),
            user(Act::Upload, "Uploads of pictures"),
            user(Act::Connect, "WebSocket handshakes"),
            user(Act::Wait, "GET /api/sync"),
            user(Act::Hello, "hello"),
            user(Act::Subscribe, "subscribe"),
            user(Act::Receipt, "receipt"),
            user(Act::Typing, "typing"),
            user(Act::Ping, "ping"),
            address(Act::Read, "Requests of each kind"),
            address(Act::SignIn, "Sign-ins"),
            address(Act::Register, "New accounts"),
            address(Act::Upload, "Uploads"),
            address(Act::Page, "Files of the page"),
            address(Act::Connect, "WebSocket handshakes, with"),
            together(Act::Message, "All messages"),
            together(Act::MessageByte, "All bytes of their texts"),
            together(Act::Write, "All requests that write"),
            together(Act::Profile, "All changes of profiles"),
            together(Act::Group, "All changes of groups"),
            together(Act::Newcomer, "All people added"),
            (ADDED, "Groups a person is added to"),
        ] {
            let (at_once, then) = (at_once(rate.burst), then(rate));
            let in_readme = format!("| {at_once} | {then} |");
            let in_docs = format!("<td>{at_once}</td><td>{then}</td>");
            let row = |text: &str, begins: &[String], rest: &str| {
                text.lines().any(|line| {
                    let line = line.trim();
                    begins.iter().any(|begin| line.starts_with(begin)) && line.contains(rest)
                })
            };
            let begins = [format!("| {what}"), format!("| `{what}`")];
            assert!(row(README, &begins, &in_readme), "{what}: {in_readme}");
            let begins = [format!("<tr><td>{what}"), format!("<tr><td><code>{what}</code>")];
            assert!(row(DOCS, &begins, &in_docs), "{what}: {in_docs}");
        }
    }

    #[test]
    fn readme_and_docs_show_the_caps() {
        for (place, what) in [
            (Place::Request, "Requests running, without"),
            (Place::Poll, "GET /api/sync"),
            (Place::Socket, "Open sockets"),
        ] {
            let (user, address) = (places_of_user(place), places_of_address(place));
            let (in_readme, in_docs) =
                (format!(" | {user} | {address} |"), format!("<td>{user}</td><td>{address}</td>"));
            assert!(README.lines().any(|line| line.contains(what) && line.ends_with(&in_readme)));
            assert!(DOCS.lines().any(|line| line.contains(what) && line.contains(&in_docs)));
        }
    }
}
