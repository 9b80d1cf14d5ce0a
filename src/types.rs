//! Validated value types: ids, counters, times, names and texts.
//!
//! A value is checked once, when it is parsed; its type says that it was. The serde forms exist for
//! the log of commands, which Chaap wrote itself: they do not check again. Nothing in this file
//! knows how values are stored or sent.

mod characters;
mod emoji;
mod invite_token;
mod username;

use std::{borrow::Cow, fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use uuid::Uuid;

use self::characters::{breaks_or_turns, has_tower, is_blank, is_filler};
pub(crate) use self::{
    emoji::Emoji,
    invite_token::InviteToken,
    username::{Skeleton, Username},
};
use crate::error::{Error, Result};

/// The longest display name, in Unicode scalar values after NFC normalisation.
pub(crate) const DISPLAY_NAME_CHARS_MAX: usize = 64;
/// The longest "about" text, counted in the same way.
pub(crate) const ABOUT_CHARS_MAX: usize = 140;
/// The longest title of a group, counted in the same way.
pub(crate) const TITLE_CHARS_MAX: usize = 100;
/// The longest description of a group, in bytes of UTF-8.
pub(crate) const DESCRIPTION_BYTES_MAX: usize = 2_048;
macro_rules! integers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
    )+};
}

integers! {
    /// A person with an account.
    UserId,
    /// A direct chat or a group.
    ChatId,
    /// A message. Equal to the [`Revision`] of its creation, so ids rise over all chats.
    MessageId,
    /// A message to be sent later. Equal to the [`Revision`] when it was scheduled.
    ScheduledId,
    /// A sign-in on a device. Random, so that after a restore an old token never opens a new
    /// session.
    SessionId,
    /// The place of a message in its chat: 1, 2, 3 … without holes.
    Seq,
    /// The counter of durable changes on the server. Each row carries the revision of its last
    /// change, and a device keeps the highest one that it was sent.
    Revision,
    /// One run of the server, named by a random number below 2^53. With it a device notices that
    /// a revision comes from a database that was replaced by a backup.
    Epoch,
}

impl UserId {
    /// The actor of commands that no signed-in user asked for.
    pub(crate) const SERVER: Self = Self(0);
}

impl Revision {
    /// The revision of the next change.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Seq {
    /// The place of the next message.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A point in time: milliseconds since the Unix epoch, UTC.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub(crate) struct Millis(pub(crate) i64);

impl Millis {
    /// The wall clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub(crate) fn now() -> Self {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    /// The beginning of the second this is in.
    pub(crate) fn second(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1_000))
    }

    /// This time moved later by `span`; saturates.
    pub(crate) fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This time moved earlier by `span`; saturates.
    pub(crate) fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// ISO 8601 with milliseconds and a numeric UTC offset, which Python's `fromisoformat`
    /// and JavaScript's `Date` both read: `2026-11-23T10:00:00.123+00:00`.
    pub(crate) fn iso(self) -> String {
        let nanos = i128::from(self.0) * 1_000_000;
        let Ok(t) = time::OffsetDateTime::from_unix_timestamp_nanos(nanos) else {
            return String::from("1970-01-01T00:00:00.000+00:00");
        };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+00:00",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.millisecond()
        )
    }
}

/// The timer of a chat: how long after they were sent its messages expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Timer(pub(crate) i64);

impl Timer {
    const MS_MIN: i64 = 1_000;
    /// A year.
    const MS_MAX: i64 = 365 * 24 * 60 * 60 * 1_000;

    /// Checks a number of milliseconds.
    pub(crate) fn parse(ms: i64) -> Result<Self> {
        if (Self::MS_MIN..=Self::MS_MAX).contains(&ms) {
            return Ok(Self(ms));
        }
        let reason = "messages can expire after 1 second to 365 days, given in milliseconds";
        Err(Error::invalid("invalid", "expire_after", reason))
    }

    pub(crate) fn duration(self) -> Duration {
        Duration::from_millis(self.0.unsigned_abs())
    }
}

/// A message's name given by the client that wrote it: a UUID, version 7 by custom (RFC 9562).
/// The same `cid` from the same sender is the same message, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cid(pub(crate) Uuid);

impl Cid {
    /// Reads the usual hyphenated form, in either case.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Uuid::try_parse(text).map(Self).map_err(|_| {
            Error::invalid("invalid", "cid", "cid must be a UUID, preferably of version 7")
        })
    }
}

impl Serialize for Cid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Cid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// A checked line of text that people show of themselves, trimmed; empty for none.
///
/// Any script and emoji, but nothing that breaks the line or turns the text around it, no fillers
/// that make two names look the same, and not only characters that cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Line(String);

impl Line {
    /// Checks and normalises (NFC) a display name.
    pub(crate) fn display_name(text: &str) -> Result<Self> {
        Self::parse(text, DISPLAY_NAME_CHARS_MAX).map_err(|why| {
            Error::invalid("invalid_display_name", "display_name", why.of("a display name"))
        })
    }

    /// Checks and normalises (NFC) the title of a group, which is never empty.
    pub(crate) fn title(text: &str) -> Result<Self> {
        let invalid = |reason: String| Error::invalid("invalid_title", "title", reason);
        let line = Self::parse(text, TITLE_CHARS_MAX).map_err(|why| invalid(why.of("a title")))?;
        if line.0.is_empty() {
            return Err(invalid(String::from("a group needs a title")));
        }
        Ok(line)
    }

    /// Checks and normalises (NFC) what somebody says about themselves.
    pub(crate) fn about(text: &str) -> Result<Self> {
        Self::parse(text, ABOUT_CHARS_MAX)
            .map_err(|why| Error::invalid("invalid_about", "about", why.of("an about text")))
    }

    fn parse(text: &str, chars_max: usize) -> Result<Self, Misfit> {
        let text = text.trim();
        // Bounds the work on hostile input: normalising shortens nothing to a sixteenth.
        if text.len() > chars_max * 16 {
            return Err(Misfit::TooLong(chars_max));
        }
        let line: String = text.nfc().collect();
        if line.chars().count() > chars_max {
            return Err(Misfit::TooLong(chars_max));
        }
        if line.chars().any(breaks_or_turns) {
            return Err(Misfit::NotOneLine);
        }
        let is_unseen = |c| is_blank(c) || is_combining_mark(c);
        if !line.is_empty() && line.chars().all(is_unseen) {
            return Err(Misfit::Invisible);
        }
        if line.chars().any(is_filler) {
            return Err(Misfit::Filler);
        }
        if has_tower(&line) {
            return Err(Misfit::Tower);
        }
        Ok(Self(line))
    }

    /// The line, trimmed and in normal form.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the description of a group, which may have several lines.
///
/// # Errors
/// [`Error::Invalid`] with the code `invalid_description`.
pub(crate) fn check_description(text: &str) -> Result<()> {
    let invalid = |reason: String| Error::invalid("invalid_description", "description", reason);
    if text.len() > DESCRIPTION_BYTES_MAX {
        let reason = format!("a description can have at most {DESCRIPTION_BYTES_MAX} bytes");
        return Err(invalid(reason));
    }
    if text.chars().any(|c| !matches!(c, '\n' | '\t') && breaks_or_turns(c)) {
        let reason = "a description cannot have control characters or marks that turn the text";
        return Err(invalid(reason.to_owned()));
    }
    Ok(())
}

/// Why a text is no [`Line`].
enum Misfit {
    TooLong(usize),
    NotOneLine,
    Invisible,
    Filler,
    Tower,
}

impl Misfit {
    fn of(&self, what: &str) -> String {
        match self {
            Self::TooLong(chars_max) => format!("{what} can have at most {chars_max} characters"),
            Self::NotOneLine => format!("{what} must be one line of plain text"),
            Self::Invisible => format!("{what} needs at least one visible character"),
            Self::Filler => format!("{what} cannot contain invisible characters"),
            Self::Tower => format!("{what} can have at most 4 marks on one letter"),
        }
    }
}

/// The name of a picture: random, so that it cannot be guessed, and new with every picture, so
/// that it can be cached for ever. 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PictureId(pub(crate) [u8; 16]);

impl PictureId {
    /// Reads the digits as they were given out: lower case, all 32.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let well_formed = text.len() == 32 && text.bytes().all(is_digit);
        let number = well_formed.then(|| u128::from_str_radix(text, 16).ok())??;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for PictureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl Serialize for PictureId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PictureId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a picture id has 32 hex digits"))
    }
}

/// The checked text of a message: at least one visible character, at most `bytes_max` bytes of
/// UTF-8. `isBlank` in `assets/js/lib/text.js` has the same rule for what is visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Content(String);

impl Content {
    /// Checks what a person wrote; kept as it is, white space included.
    pub(crate) fn parse(text: String, bytes_max: usize) -> Result<Self> {
        if text.chars().all(is_blank) {
            let reason = "a message needs at least one visible character";
            return Err(Error::invalid("empty_content", "content", reason));
        }
        if text.len() > bytes_max {
            let reason = format!("a message can have at most {bytes_max} bytes; send it in parts");
            return Err(Error::invalid("content_too_long", "content", reason));
        }
        Ok(Self(text))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_iso() {
        assert_eq!(Millis(0).iso(), "1970-01-01T00:00:00.000+00:00");
        assert_eq!(Millis(1_795_516_200_123).iso(), "2026-11-24T10:30:00.123+00:00");
        assert_eq!(Millis(i64::MAX).iso(), "1970-01-01T00:00:00.000+00:00", "out of range");
    }

    #[test]
    fn lines_that_hide_something_are_refused() {
        let refused = [
            "\u{3164}",
            "Alice\u{3164}",
            "Al\u{34f}ice",
            "Alice\u{2800}",
            "\u{ad}Alice",
            "A\u{2060}lice",
            "\u{115f}\u{1160}",
            "\u{fe0f}\u{200d}",
            "Alice\u{e0001}",
            "Z\u{301}\u{302}\u{303}\u{304}\u{305}",
        ];
        for name in refused {
            assert!(Line::display_name(name).is_err(), "{name:?}");
        }
        let family = "Anna 👩\u{200d}👩\u{200d}👧 ❤\u{fe0f}";
        let persian = "می\u{200c}خواهم";
        let scotland = "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
        for name in [family, persian, scotland, "葛\u{e0100}飾", "Nguyễn Thị Hồng", "བསྒྲུབས", ""]
        {
            assert_eq!(Line::display_name(name).unwrap().as_str(), name, "{name:?}");
        }
    }

    #[test]
    fn messages_need_something_to_see() {
        for text in
            ["", " \n\t", "\u{3164}", "\u{2800} \u{115f}", "\u{feff}\u{e0041}", "\u{fe0f}\u{0}"]
        {
            assert!(Content::parse(text.into(), 100).is_err(), "{text:?}");
        }
        for text in ["❤\u{fe0f}", "👩\u{200d}👧", "\u{301}", ".", "\u{3164}x", "\u{fffd}"] {
            assert!(Content::parse(text.into(), 100).is_ok(), "{text:?}");
        }
    }
}
