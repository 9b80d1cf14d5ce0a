//! A `cid` that contains the number of its message: a `UUIDv7` whose last six bytes are replaced by
//! the pair and the message's index in it. So no table is needed to recognise an answer.

use uuid::Uuid;

/// Characters of a cid as text.
pub(super) const CID_CHARS: usize = 36;

/// The `cid` of message `index` of `pair`, as text. It is unique because every run has new senders.
pub(super) fn encode(pair: u16, index: u32) -> [u8; CID_CHARS] {
    let mut bytes = Uuid::now_v7().into_bytes();
    bytes[10..12].copy_from_slice(&pair.to_be_bytes());
    bytes[12..].copy_from_slice(&index.to_be_bytes());
    let mut text = [0; CID_CHARS];
    Uuid::from_bytes(bytes).hyphenated().encode_lower(&mut text);
    text
}

/// The pair and the index in a `cid`.
pub(super) fn decode(cid: &str) -> Option<(u16, u32)> {
    let (pair, index) = cid.get(CID_CHARS - 12..CID_CHARS)?.split_at_checked(4)?;
    Some((u16::from_str_radix(pair, 16).ok()?, u32::from_str_radix(index, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_message() {
        for (pair, index) in [(0, 0), (1, 2), (u16::MAX, u32::MAX), (300, 70_000)] {
            let text = encode(pair, index);
            let text = std::str::from_utf8(&text).unwrap();
            assert_eq!(Uuid::parse_str(text).unwrap().get_version_num(), 7);
            assert_eq!(decode(text), Some((pair, index)));
        }
        for bad in [
            "",
            "x",
            "0192f0c1-2345-7abc-8def-0123456789",
            "0192f0c1-2345-7abc-8def-é12345678ab",
            "0192f0c1-2345-7abc-8def-123é5678901",
        ] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
