//! The secret in the invite link of a group.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Base64 for addresses (RFC 4648, section 5).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BYTES: usize = NAME_BYTES + SECRET_BYTES;
const NAME_BYTES: usize = 8;
const SECRET_BYTES: usize = 16;
/// Three bytes are four characters, so there is no padding.
const CHARACTERS: usize = BYTES / 3 * 4;

/// A user who has it may join the group. The store finds a link by `name`, which takes longer or
/// shorter depending on the names it has; `secret` has 128 bits and is only ever compared whole.
#[derive(Clone, Copy)]
pub(crate) struct InviteToken {
    pub(crate) name: [u8; NAME_BYTES],
    secret: [u8; SECRET_BYTES],
}

impl InviteToken {
    /// A token from random bytes, or from the columns that hold one.
    pub(crate) fn new(name: [u8; NAME_BYTES], secret: [u8; SECRET_BYTES]) -> Self {
        Self { name, secret }
    }

    /// Reads the characters as they were given out.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != CHARACTERS {
            return None;
        }
        let mut bytes = [0; BYTES];
        for (three, four) in bytes.chunks_exact_mut(3).zip(text.as_bytes().chunks_exact(4)) {
            let mut bits = 0;
            for character in four {
                let digit = ALPHABET.iter().position(|it| it == character)?;
                bits = bits << 6 | u32::try_from(digit).ok()?;
            }
            three.copy_from_slice(&bits.to_be_bytes()[1..]);
        }
        let (name, secret) = bytes.split_at(NAME_BYTES);
        Some(Self { name: name.try_into().ok()?, secret: secret.try_into().ok()? })
    }

    /// Whether the secrets are the same. It takes the same time for all others.
    pub(crate) fn matches(&self, secret: [u8; SECRET_BYTES]) -> bool {
        let pairs = self.secret.iter().zip(secret);
        std::hint::black_box(pairs.fold(0, |differences, (a, b)| differences | (a ^ b))) == 0
    }

    pub(crate) fn secret(&self) -> [u8; SECRET_BYTES] {
        self.secret
    }
}

/// The characters that stand in the link.
impl fmt::Display for InviteToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; BYTES];
        let (name, secret) = bytes.split_at_mut(NAME_BYTES);
        name.copy_from_slice(&self.name);
        secret.copy_from_slice(&self.secret);
        for three in bytes.chunks_exact(3) {
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            for shift in [18, 12, 6, 0] {
                let digit = (bits >> shift & 63) as usize;
                write!(f, "{}", char::from(ALPHABET[digit]))?;
            }
        }
        Ok(())
    }
}

/// Without the secret: what is printed for debugging may end in a log.
impl fmt::Debug for InviteToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteToken(…)")
    }
}

impl Serialize for InviteToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InviteToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("an invite token has 32 characters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_as_it_was_written_and_nothing_else_does() {
        for fill in [0, 0b1010_0101, 255] {
            let token = InviteToken::new([fill; 8], [!fill; 16]);
            let text = token.to_string();
            let read = InviteToken::parse(&text).unwrap();
            assert_eq!((text.len(), read.name), (32, token.name));
            assert!(read.matches(token.secret()));
            assert_eq!(read.to_string(), text);
            for at in 0..16 {
                let mut other = token.secret();
                other[at] ^= 1;
                assert!(!read.matches(other), "byte {at}");
            }
            assert!(InviteToken::parse(&text[1..]).is_none());
            assert!(InviteToken::parse(&format!("{text}A")).is_none());
            assert!(InviteToken::parse(&text.replacen(&text[3..4], "+", 1)).is_none());
            assert!(!format!("{token:?}").contains(&text[12..]));
        }
    }
}
