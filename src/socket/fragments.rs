//! Counts the fragments that a peer sends, and how long the message is that is arriving. tungstenite
//! puts messages together and says nothing of their parts, so this reads the heads of the frames as
//! well (RFC 6455, section 5.2).

/// The bytes of a mask. Every frame of a client has one; without it, tungstenite ends the connection.
const MASK_BYTES: u8 = 4;
/// The opcode of all parts of a message but the first.
const CONTINUATION: u8 = 0;
/// The bit of the opcode that control frames have. They may come between the parts of a message.
const CONTROL: u8 = 8;

/// The position of the stream within a frame.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    /// Bytes of the payload that are still to come, as far as the head has told.
    payload: u32,
    head: Head,
    frame: Frame,
    /// Bytes of the message that is arriving, those included that the last head has announced.
    message: u32,
    /// Whether a message is arriving.
    is_open: bool,
}

/// What the frame is that is being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Frame {
    Part,
    /// The last part, or a whole message.
    #[default]
    Last,
    Control,
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
    /// Bytes that the message that is arriving has, or will have when the last frame that has begun
    /// is complete.
    pub(super) fn message_bytes(&self) -> usize {
        self.message as usize
    }

    /// Whether a message is arriving.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Reads the next bytes. Returns how many frames begin here that are only a part of a message.
    pub(super) fn count(&mut self, mut bytes: &[u8]) -> usize {
        let mut count = 0;
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.head {
                Head::First => {
                    let (is_final, opcode) = (byte & 0x80 != 0, byte & 0x0F);
                    count += usize::from(!is_final || opcode == CONTINUATION);
                    self.frame = match (opcode & CONTROL != 0, is_final) {
                        (true, _) => Frame::Control,
                        (false, true) => Frame::Last,
                        (false, false) => Frame::Part,
                    };
                    self.is_open |= self.frame != Frame::Control;
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
                    if left == 1 {
                        self.begin_payload();
                    } else {
                        self.head = Head::Rest(left - 1);
                    }
                }
                Head::Complete => {
                    let skipped = bytes.len().min(self.payload as usize);
                    self.payload -= u32::try_from(skipped).unwrap_or(u32::MAX);
                    bytes = &bytes[skipped..];
                    self.end_payload();
                    continue;
                }
            }
            bytes = rest;
        }
        count
    }

    fn begin_payload(&mut self) {
        self.head = Head::Complete;
        if self.frame != Frame::Control {
            self.message = self.message.saturating_add(self.payload);
        }
        self.end_payload();
    }

    /// Ends the frame, if all of it has come.
    fn end_payload(&mut self) {
        if self.payload > 0 {
            return;
        }
        self.head = Head::First;
        if self.frame == Frame::Last {
            (self.message, self.is_open) = (0, false);
        }
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
    fn a_message_is_as_long_as_its_parts_and_what_is_announced() {
        let mut fragments = Fragments::default();
        let mut after = |bytes: &[u8]| {
            fragments.count(bytes);
            (fragments.message_bytes(), fragments.is_open())
        };
        assert_eq!(after(&frame(0x01, 0)), (0, true), "an empty part");
        assert_eq!(after(&frame(0x00, 10_000)), (10_000, true));
        assert_eq!(after(&frame(0x89, 100)), (10_000, true), "a ping between the parts");
        let last = frame(0x80, 70_000);
        assert_eq!(after(&last[..20]), (80_000, true), "its head has come");
        assert_eq!(after(&last[20..70_000]), (80_000, true));
        assert_eq!(after(&last[70_000..]), (0, false));
        assert_eq!(after(&frame(0x81, 0)), (0, false), "an empty message");
        assert_eq!(after(&frame(0x81, 200)[..3]), (0, true));
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
