//! Names of messages from which one can read which message it is: a `UUIDv7` as every client
//! makes it, its last six bytes replaced by the lane and the message's place in it. So no
//! table is needed to recognise an answer.

use uuid::Uuid;

/// Characters of a cid as text.
pub(super) const CID_CHARS: usize = 36;

/// The name of message `index` of `lane`, as text. Unique because every run has new senders.
pub(super) fn encode(lane: u16, index: u32) -> [u8; CID_CHARS] {
    let mut bytes = Uuid::now_v7().into_bytes();
    bytes[10..12].copy_from_slice(&lane.to_be_bytes());
    bytes[12..].copy_from_slice(&index.to_be_bytes());
    let mut text = [0; CID_CHARS];
    Uuid::from_bytes(bytes).hyphenated().encode_lower(&mut text);
    text
}

/// The lane and the index in a name.
pub(super) fn decode(cid: &str) -> Option<(u16, u32)> {
    let (lane, index) = cid.get(CID_CHARS - 12..CID_CHARS)?.split_at_checked(4)?;
    Some((u16::from_str_radix(lane, 16).ok()?, u32::from_str_radix(index, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_message() {
        for (lane, index) in [(0, 0), (1, 2), (u16::MAX, u32::MAX), (300, 70_000)] {
            let text = encode(lane, index);
            let text = std::str::from_utf8(&text).unwrap();
            assert_eq!(Uuid::parse_str(text).unwrap().get_version_num(), 7);
            assert_eq!(decode(text), Some((lane, index)));
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
