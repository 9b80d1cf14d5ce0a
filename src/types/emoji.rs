//! The emoji that people react with.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// One emoji, fully qualified (UTS #51), so that an emoji has one spelling: `❤` becomes `❤️`.
///
/// The table behind it grows with Unicode. A stored emoji stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Emoji(Box<str>);

impl Emoji {
    /// Checks that a text is one emoji that is recommended for general interchange (RGI).
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let found = emojis::get(text).ok_or_else(|| {
            Error::invalid("not_an_emoji", "emoji", "a reaction is one emoji, for example 👍")
        })?;
        Ok(Self(found.as_str().into()))
    }

    /// An emoji as it was stored.
    pub(crate) fn from_stored(text: &str) -> Self {
        Self(text.into())
    }

    /// The emoji as it is stored and sent.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_has_one_spelling() {
        for (typed, stored) in [
            ("👍", "👍"),
            ("👍🏽", "👍🏽"),
            ("❤", "❤️"),
            ("❤️", "❤️"),
            ("☹", "☹️"),
            ("🇩🇪", "🇩🇪"),
            ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
            ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
            ("🏳‍🌈", "🏳️‍🌈"),
            ("1️⃣", "1️⃣"),
        ] {
            assert_eq!(Emoji::parse(typed).unwrap().as_str(), stored, "{typed}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            " ",
            "a",
            "1",
            "👍 ",
            " 👍",
            "👍👍",
            "👍a",
            "\u{200d}",
            "\u{fe0f}",
            "🇩",
            "🇩🇩",
            "🏽\u{200d}",
            "ok",
            "<b>",
            "👍\u{202e}",
            "👨\u{200d}👨\u{200d}👨\u{200d}👨\u{200d}👨",
        ] {
            assert_eq!(Emoji::parse(text).unwrap_err().code(), "not_an_emoji", "{text:?}");
        }
        assert!(Emoji::parse(&"👍".repeat(10_000)).is_err());
    }
}
