//! Counts the fragments that a peer sends. tungstenite puts messages together and says nothing of their
//! parts, so this reads the heads of the frames as well (RFC 6455, section 5.2).

/// The bytes of a mask. Every frame of a client has one; without it, tungstenite ends the connection.
const MASK_BYTES: u8 = 4;
/// The opcode of all parts of a message but the first.
const CONTINUATION: u8 = 0;

/// The position of the stream within a frame.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    /// Bytes of the payload that are still to come, as far as the head has told.
    payload: u32,
    head: Head,
}

#[derive(Clone, Copy, Debug, Default)]
enum Head {
    #[default]
    First,
    Second,
    /// So many bytes of the length and the mask are still to come.
    Rest(u8),
    Complete,
}

impl Fragments {
    /// Reads the next bytes. Returns how many frames begin here that are only a part of a message.
    pub(super) fn count(&mut self, mut bytes: &[u8]) -> usize {
        let mut count = 0;
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.head {
                Head::First => {
                    let (is_final, opcode) = (byte & 0x80 != 0, byte & 0x0F);
                    count += usize::from(!is_final || opcode == CONTINUATION);
                    self.head = Head::Second;
                }
                Head::Second => {
                    let length = byte & 0x7F;
                    let (payload, more) = match length {
                        126 => (0, 2),
                        127 => (0, 8),
                        length => (u32::from(length), 0),
                    };
                    (self.payload, self.head) = (payload, Head::Rest(more + MASK_BYTES));
                }
                Head::Rest(left) => {
                    if left > MASK_BYTES {
                        // Far longer than a frame may be, so the end of it will never be read.
                        let longer = self.payload.checked_mul(256);
                        self.payload = longer.map_or(u32::MAX, |more| more | u32::from(byte));
                    }
                    self.head = if left == 1 { Head::Complete } else { Head::Rest(left - 1) };
                }
                Head::Complete => {
                    let skipped = bytes.len().min(self.payload as usize);
                    self.payload -= u32::try_from(skipped).unwrap_or(u32::MAX);
                    bytes = &bytes[skipped..];
                    if self.payload == 0 {
                        self.head = Head::First;
                    }
                    continue;
                }
            }
            bytes = rest;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a masked frame, and its payload of zeros.
    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![first];
        match length {
            0..126 => bytes.push(0x80 | u8::try_from(length).unwrap()),
            126..65_536 => {
                bytes.push(0x80 + 126);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                bytes.push(0x80 + 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        // A payload that looks like the head of a fragment.
        bytes.extend(vec![0; usize::from(MASK_BYTES) + length]);
        bytes
    }

    #[test]
    fn only_parts_of_messages_count_however_the_bytes_arrive() {
        let mut stream = Vec::new();
        for length in [0, 1, 125, 126, 65_535, 65_536, 100_000] {
            // A whole text, a ping, the first part, a part, a pong in between, the last part.
            for first in [0x81, 0x89, 0x01, 0x00, 0x8A, 0x80] {
                stream.extend(frame(first, if first & 8 == 0 { length } else { length % 126 }));
            }
        }
        for step in [1, 2, 7, 100, 2_048, stream.len()] {
            let mut fragments = Fragments::default();
            let count: usize = stream.chunks(step).map(|bytes| fragments.count(bytes)).sum();
            assert_eq!(count, 3 * 7, "{step} bytes at a time");
        }
    }

    #[test]
    fn a_length_beyond_all_limits_is_skipped_for_ever() {
        let mut fragments = Fragments::default();
        let mut bytes = vec![0x01, 0xFF];
        bytes.extend(u64::MAX.to_be_bytes());
        assert_eq!(fragments.count(&bytes), 1);
        assert_eq!(fragments.count(&vec![0; 1024 * 1024]), 0);
    }
}
