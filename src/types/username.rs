//! Usernames: what they may contain, and what makes two of them the same to the eye (UTS #39).
//!
//! The rules apply to new accounts. An account that is older than a rule keeps its name.

use std::{collections::HashSet, sync::LazyLock};

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_script::Script;
use unicode_security::mixed_script::AugmentedScriptSet;

use super::characters::{has_tower, is_ignorable};
use crate::error::{Error, Result};

/// The longest username, in Unicode scalar values after NFC normalisation.
const CHARS_MAX: usize = 32;
/// The longest username as typed, in bytes. Bounds the work on hostile input: no 32 characters need
/// more.
const BYTES_MAX: usize = CHARS_MAX * 16;
/// Names that people would take for the operator or for the server itself.
const RESERVED: [&str; 28] = [
    "admin",
    "administrator",
    "admins",
    "chaap",
    "everyone",
    "help",
    "helpdesk",
    "host",
    "hostmaster",
    "mod",
    "moderator",
    "moderators",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "server",
    "service",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "sysop",
    "system",
    "team",
    "webmaster",
];

/// A checked username: 1–32 letters, digits, `.`, `_`, `-`, with at least one letter or digit, of
/// one script, or of Latin with Chinese, Japanese or Korean.
///
/// Combining marks are allowed after another character, because many scripts need them
/// (the virama in अनुष्का is neither letter nor digit). No spaces, controls or invisible characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Username(String);

impl Username {
    /// Checks and normalises (NFC) what a person typed.
    ///
    /// # Errors
    /// `invalid_username` and `reserved_username`, with the reason.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let refuse = |reason| Err(Error::invalid("invalid_username", "username", reason));
        if text.len() > BYTES_MAX {
            return refuse("a username can have at most 32 characters");
        }
        let name: String = text.nfc().collect();
        match name.chars().count() {
            0 => return refuse("choose a username"),
            1..=CHARS_MAX => {}
            _ => return refuse("a username can have at most 32 characters"),
        }
        if name.chars().any(is_ignorable) {
            return refuse("a username cannot contain invisible characters");
        }
        let allowed = |c: char| c.is_alphanumeric() || is_combining_mark(c) || "._-".contains(c);
        if !name.chars().all(allowed) || name.chars().next().is_some_and(is_combining_mark) {
            return refuse(
                "a username can contain only letters, digits, dots, dashes and underscores",
            );
        }
        if !name.chars().any(char::is_alphanumeric) {
            return refuse("a username needs at least one letter or digit");
        }
        if has_tower(&name) {
            return refuse("a username can have at most 4 marks on one letter");
        }
        if mixes_scripts(&name) {
            return refuse(
                "a username must be in one alphabet, \
                 because letters of different alphabets look alike",
            );
        }
        if is_reserved(&name) {
            let reason = "this username is reserved, because people could take it for the operator";
            return Err(Error::invalid("reserved_username", "username", reason));
        }
        Ok(Self(name))
    }

    /// The [`key`](Self::key) of what somebody typed; `None` if no username is that long. Check this
    /// first: normalising makes a character up to 18 times as long.
    pub(crate) fn typed_key(text: &str) -> Option<String> {
        (text.len() <= BYTES_MAX).then(|| Self::key(text))
    }

    /// What two usernames are compared by: compatibility-normalised and without case.
    pub(crate) fn key(text: &str) -> String {
        text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
    }

    /// As it was typed, in normal form.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a username looks like (UTS #39, section 4), without case: names with the same skeleton can
/// be taken for each other.
///
/// The tables behind it change with Unicode. A stored skeleton stays as it was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Skeleton(String);

impl Skeleton {
    /// The skeleton of any name, also of one that is refused today.
    pub(crate) fn of(name: &str) -> Self {
        // First in the case that was typed: a capital I looks like a small l, a small i does not.
        let seen: String = unicode_security::skeleton(name).flat_map(char::to_lowercase).collect();
        Self(unicode_security::skeleton(&seen).collect())
    }

    /// The skeleton as it is stored.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a name is neither of one script nor of Latin with Chinese, Japanese or Korean: UTS #39,
/// "highly restrictive", but for all scripts that people use and not only for recommended ones.
fn mixes_scripts(name: &str) -> bool {
    let mut all = AugmentedScriptSet::default();
    let mut others = AugmentedScriptSet::default();
    for c in name.chars() {
        let scripts = AugmentedScriptSet::from(c);
        all.intersect_with(scripts);
        if !scripts.base.contains_script(Script::Latin) {
            others.intersect_with(scripts);
        }
    }
    all.is_empty() && !(others.hanb || others.jpan || others.kore)
}

/// Whether a name looks like a reserved one, with or without separators and digits around it.
fn is_reserved(name: &str) -> bool {
    static SKELETONS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let cases = RESERVED.iter().flat_map(|name| [(*name).to_owned(), name.to_uppercase()]);
        cases.map(|name| Skeleton::of(&name).0).collect()
    });
    let core: String = name.nfkc().filter(|c| !"._-".contains(*c)).collect();
    let core = core.trim_matches(char::is_numeric);
    let lower: String = core.chars().flat_map(char::to_lowercase).collect();
    [core, &lower].iter().any(|core| SKELETONS.contains(Skeleton::of(core).as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code_of(name: &str) -> Option<&'static str> {
        Username::parse(name).err().map(|error| error.code())
    }

    #[test]
    fn usernames_that_people_have() {
        let one_script = [
            "a",
            "alice",
            "Ünal",
            "山田花子",
            "अनुष्का",
            "ليلى",
            "j.r-r_t",
            "0xcafe",
            "иван.2",
            "Ελένη",
            "ᏣᎳᎩ",
            "ⴰⵎⴰⵣⵉⵖ",
            "Nguyễn",
            "สมชาย",
            "김민수",
            "ひらがなカタカナ漢字",
            "יעל",
            "ลิ้ม",
            "Ⅻ",
            "𐍈𐍈",
        ];
        let with_latin = ["Ken山田", "tanakaさん", "kim김민수", "王Wang", "bopoㄅㄆ"];
        for name in one_script.into_iter().chain(with_latin) {
            assert_eq!(Username::parse(name).map(|it| it.0).ok().as_deref(), Some(name), "{name}");
        }
        assert!(Username::parse(&"x".repeat(32)).is_ok());
    }

    #[test]
    fn usernames_that_mislead_or_break_layout() {
        let long = "x".repeat(33);
        let refused =
            ["", " ", "a b", "a\u{202e}b", "a\u{200b}b", "a\nb", "<b>", "a/b", "._-", &long];
        for name in refused {
            assert_eq!(code_of(name), Some("invalid_username"), "{name:?}");
        }
        assert!(Username::parse("\u{301}a").is_err(), "starts with a mark");
    }

    #[test]
    fn usernames_with_characters_that_cannot_be_seen() {
        let mut unseen: Vec<char> = ('\u{fe00}'..='\u{fe0f}').collect();
        unseen.extend("\u{34f}\u{3164}\u{115f}\u{1160}\u{ffa0}\u{17b4}\u{180b}\u{ad}".chars());
        unseen.extend("\u{e0100}\u{e01ef}\u{200d}\u{2060}\u{2800}\u{180e}\u{e0041}".chars());
        for c in unseen {
            for name in [format!("alice{c}"), format!("al{c}ice"), format!("{c}alice"), c.into()] {
                assert_eq!(code_of(&name), Some("invalid_username"), "{name:?}");
            }
        }
    }

    #[test]
    fn usernames_of_several_scripts() {
        for name in
            ["аlice", "alicе", "Αlice", "pаypal", "ivan.иван", "aא", "かα", "김さ", "aアа", "zoѐ"]
        {
            assert_eq!(code_of(name), Some("invalid_username"), "{name}");
        }
    }

    #[test]
    fn usernames_with_towers_of_marks() {
        for mark in ['\u{301}', '\u{489}', '\u{20dd}', '\u{35c}'] {
            let tower = format!("x{}", String::from(mark).repeat(6));
            assert_eq!(code_of(&tower), Some("invalid_username"), "{tower:?}");
        }
    }

    #[test]
    fn usernames_of_the_operator() {
        let reserved = [
            "admin",
            "ADMIN",
            "Admin",
            "a.d.m.i.n",
            "_admin_",
            "admin1",
            "2admin",
            "ADMlN",
            "ａdmin",
            "chaap",
            "Chaap",
            "support",
            "SUPP0RT",
            "supp0rt",
            "r00t",
            "rnoderator",
            "𝐚𝐝𝐦𝐢𝐧",
            "help-desk",
        ];
        for name in reserved {
            assert_eq!(code_of(name), Some("reserved_username"), "{name}");
        }
        for name in ["admiral", "chaapman", "rooty", "modesty", "steam", "helper", "7", "adm"] {
            assert_eq!(code_of(name), None, "{name}");
        }
    }

    #[test]
    fn usernames_compare_without_case_and_form() {
        assert_eq!(Username::key("ALICE"), Username::key("alice"));
        assert_eq!(Username::key("Ａlice"), Username::key("alice"), "full-width letter");
        assert_eq!(Username::key("e\u{301}"), Username::key("É"));
    }

    #[test]
    fn long_input_is_refused_before_it_is_normalised() {
        for long in ["\u{fdfa}".repeat(20_000), "x".repeat(513)] {
            assert_eq!(Username::typed_key(&long), None);
            assert!(Username::parse(&long).is_err());
        }
        assert_eq!(Username::typed_key("ALICE").as_deref(), Some("alice"));
        assert!(Username::typed_key(&"x".repeat(512)).is_some());
    }

    #[test]
    fn usernames_that_look_alike_have_one_skeleton() {
        for (one, other) in [
            ("alice", "aIice"),
            ("alice", "a1ice"),
            ("mark", "rnark"),
            ("bob", "b0b"),
            ("scope", "ѕсоре"),
            ("ACE", "АСЕ"),
            ("alice", "𝓪𝓵𝓲𝓬𝓮"),
            ("Ono", "Оno"),
        ] {
            assert_eq!(Skeleton::of(one), Skeleton::of(other), "{one} {other}");
        }
        for (one, other) in [("alice", "alicia"), ("jose", "josé"), ("anna", "hanna"), ("ы", "bl")]
        {
            assert_ne!(Skeleton::of(one), Skeleton::of(other), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic(text in ".*") {
            let skeleton = Skeleton::of(&text);
            if let Ok(name) = Username::parse(&text) {
                prop_assert!(name.as_str().chars().count() <= CHARS_MAX);
                prop_assert_eq!(Username::parse(name.as_str()).unwrap(), name.clone());
                let key = Username::key(name.as_str());
                prop_assert_eq!(&Username::key(&key), &key, "the key is its own key");
                prop_assert_eq!(&Skeleton::of(name.as_str()), &skeleton, "NFC looks the same");
            }
        }
    }
}
