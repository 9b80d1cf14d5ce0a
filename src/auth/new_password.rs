//! Which passwords people may choose. Passwords that they already have go on working.

use std::{collections::HashSet, sync::LazyLock};

use super::passwords::normal_form;
use crate::{
    error::{Error, Result},
    types::Username,
};

/// The shortest password, in Unicode scalar values: NIST SP 800-63B's floor, counted as it says.
const CHARS_MIN: usize = 8;
/// The longest password, in bytes as typed: long enough for any passphrase. Bounds the work of
/// normalising and hashing.
pub(crate) const BYTES_MAX: usize = 1024;

/// The 1,500 most common passwords of at least eight characters, in lower case: the head of the
/// list that Django ships, which comes from public breaches.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common-passwords.txt").lines().collect());

/// Checks a password that the user `username` wants to have from now on, and returns it in normal
/// form. `field` is what the request calls it.
///
/// # Errors
/// [`Error::Invalid`] with `invalid_password` for its length, with `common_password` if attackers
/// would try it first.
pub(crate) fn check_new(typed: &str, username: &str, field: &'static str) -> Result<String> {
    let refuse = |code, reason| Err(Error::invalid(code, field, reason));
    if typed.len() > BYTES_MAX {
        return refuse("invalid_password", "a password can have at most 1,024 bytes");
    }
    let password = normal_form(typed);
    if password.chars().count() < CHARS_MIN {
        return refuse("invalid_password", "a password needs at least 8 characters");
    }
    // Without marks of case and width, in which guesses are easily varied.
    let folded = Username::key(&password);
    if is_one_character(&folded) || COMMON.contains(folded.as_str()) {
        return refuse("common_password", "many people use this password; choose another one");
    }
    if is_like(&folded, &Username::key(username)) {
        return refuse("common_password", "this is your username; choose another password");
    }
    Ok(password)
}

/// Whether a password is a name, forwards or backwards, once or repeated, and nothing else but
/// digits and punctuation around it.
fn is_like(password: &str, name: &str) -> bool {
    let core = |text: &str| {
        let core = text.trim_matches(|c: char| !c.is_alphabetic());
        // A name of digits has no letters.
        if core.is_empty() { text.to_owned() } else { core.to_owned() }
    };
    let (password, name) = (core(password), core(name));
    let reversed: String = name.chars().rev().collect();
    [name, reversed].iter().any(|name| !name.is_empty() && password.replace(name, "").is_empty())
}

fn is_one_character(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    chars.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(typed: &str, username: &str) -> &'static str {
        check_new(typed, username, "password").map_or_else(|error| error.code(), |_| "")
    }

    #[test]
    fn the_list_is_folded_and_has_no_password_that_is_too_short() {
        assert_eq!(COMMON.len(), 1_500);
        for password in COMMON.iter() {
            assert_eq!(&Username::key(password), password);
            assert!(password.chars().count() >= CHARS_MIN, "{password}");
        }
    }

    #[test]
    fn passwords_that_attackers_try_first_are_refused() {
        for common in [
            "password",
            "Password1",
            "QWERTYUIOP",
            "12345678",
            "iloveyou",
            "ｐａｓｓｗｏｒｄ",
            "aaaaaaaa",
            "ZZZZzzzzzz",
            "........",
            "ßßßßßßßß",
        ] {
            assert_eq!(code(common, "alice"), "common_password", "{common}");
        }
        for fine in [
            "correct horse",
            "battery staple",
            "passwort-für-hier",
            "abababab-7",
            "東京特許許可局局長",
        ] {
            assert_eq!(code(fine, "alice"), "", "{fine}");
        }
    }

    #[test]
    fn the_username_is_no_password() {
        for (username, like) in [
            ("margarethe", "margarethe"),
            ("margarethe", "Margarethe"),
            ("margarethe", "ehteragram"),
            ("margarethe", "margarethe2026"),
            ("margarethe", "1margarethe!"),
            ("Margarethe.", "margarethe"),
            ("alice", "alice123"),
            ("alice", "ecila1234"),
            ("alice", "alicealice"),
            ("alice", "ALICE___"),
            ("jürgen", "ju\u{308}rgen99"),
            ("19840229", "19840229"),
            ("19840229", "92204891"),
            ("अनुष्का", "अनुष्का१२३"),
        ] {
            assert_eq!(code(like, username), "common_password", "{like} of {username}");
        }
        for (username, fine) in [
            ("alice", "alice in wonderland"),
            ("al", "al-pacino-1"),
            ("a", "abracadabra"),
            ("19840229", "correct 19840229"),
            ("..1", "correct horse"),
        ] {
            assert_eq!(code(fine, username), "", "{fine} of {username}");
        }
    }

    #[test]
    fn lengths_count_in_normal_form_and_before_any_work() {
        assert_eq!(code("seven77", "alice"), "invalid_password");
        assert_eq!(code("a\u{308}o\u{308}u\u{308}e\u{301}", "alice"), "invalid_password");
        assert_eq!(code(&"\u{fdfa}".repeat(20_000), "alice"), "invalid_password");
        assert_eq!(code(&"xy".repeat(513), "alice"), "invalid_password");
        assert_eq!(code(&"xy".repeat(512), "alice"), "");
    }

    proptest! {
        #[test]
        fn any_password_is_judged_without_panic(typed in ".{0,40}", username in ".{0,32}") {
            if let Ok(password) = check_new(&typed, &username, "password") {
                prop_assert_eq!(&normal_form(&password), &password);
                prop_assert!(password.chars().count() >= CHARS_MIN);
            }
        }
    }
}
