//! WebSocket frames as a client sees them (RFC 6455, section 5). The load test takes hundreds of
//! thousands of them a second, so they are read where they arrived, without a copy of each.

/// The largest frame that is read. A server sends a page of rows in one frame.
const FRAME_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The longest payload whose length is in the second byte.
const SHORT_MAX: usize = 125;
/// In the second byte: the length follows in two or in eight bytes.
const LENGTH_IN_2: u8 = 126;
const LENGTH_IN_8: u8 = 127;
/// The bit that marks the last frame of a message.
const FIN: u8 = 0x80;
/// The bit that marks a masked payload. Clients mask theirs, servers must not.
const MASKED: u8 = 0x80;
/// One key for all frames: masks protect proxies from scripts in a browser, and there are none
/// here. It is not zero, which would hide a server that forgets to unmask.
const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

const TEXT: u8 = FIN | 0x1;
const BINARY: u8 = FIN | 0x2;
const CLOSE: u8 = FIN | 0x8;
const PING: u8 = FIN | 0x9;
const PONG: u8 = FIN | 0xA;

/// A frame of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    Text(&'a str),
    Ping(&'a [u8]),
    /// Why the server closes the connection, as code and reason, if it says so.
    Close(Option<(u16, &'a str)>),
    /// A pong or a binary frame. Neither is expected, and neither does harm.
    Other,
}

impl<'a> Frame<'a> {
    /// The frame at the beginning of `bytes`, and what comes after it. `None` when it is not
    /// complete.
    ///
    /// # Errors
    /// A sentence when the server breaks the protocol. A part of a message counts as that: Chaap
    /// sends whole messages.
    fn first(bytes: &'a [u8]) -> Result<Option<(Self, &'a [u8])>, String> {
        let [kind, length, rest @ ..] = bytes else { return Ok(None) };
        let payload = match *length {
            LENGTH_IN_2 => rest
                .split_first_chunk()
                .map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest)),
            LENGTH_IN_8 => rest.split_first_chunk().map(|(length, rest)| {
                (usize::try_from(u64::from_be_bytes(*length)).unwrap_or(usize::MAX), rest)
            }),
            short if short & MASKED == 0 => Some((usize::from(short), rest)),
            _ => return Err(String::from("the server masks its frames")),
        };
        let Some((length, rest)) = payload else { return Ok(None) };
        if length > FRAME_BYTES_MAX {
            return Err(format!("the server sends a frame of {length} bytes"));
        }
        let Some((payload, rest)) = rest.split_at_checked(length) else { return Ok(None) };
        let frame = match *kind {
            TEXT => Self::Text(utf8(payload)?),
            PING => Self::Ping(payload),
            CLOSE => Self::Close(match payload.split_first_chunk() {
                Some((code, reason)) => Some((u16::from_be_bytes(*code), utf8(reason)?)),
                None => None,
            }),
            PONG | BINARY => Self::Other,
            other => return Err(format!("the server sends a frame that begins with {other:#04x}")),
        };
        Ok(Some((frame, rest)))
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|e| format!("the server sends a text that is none: {e}"))
}

/// Divides what arrives on a connection into frames, and keeps the beginning of the next one.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    incomplete: Vec<u8>,
}

impl Incoming {
    /// Takes bytes in the order in which they arrived, and gives each frame that is complete now to
    /// `take`.
    ///
    /// # Errors
    /// What `take` returns, or a sentence when the server breaks the protocol.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        take: impl FnMut(Frame<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        if self.incomplete.is_empty() {
            let taken = take_all(bytes, take)?;
            self.incomplete.extend_from_slice(&bytes[taken..]);
        } else {
            self.incomplete.extend_from_slice(bytes);
            let taken = take_all(&self.incomplete, take)?;
            self.incomplete.drain(..taken);
        }
        Ok(())
    }
}

/// Gives each complete frame to `take`. Returns how many bytes they have.
fn take_all(
    bytes: &[u8],
    mut take: impl FnMut(Frame<'_>) -> Result<(), String>,
) -> Result<usize, String> {
    let mut left = bytes;
    while let Some((frame, rest)) = Frame::first(left)? {
        take(frame)?;
        left = rest;
    }
    Ok(bytes.len() - left.len())
}

/// Appends a text frame of a client.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, TEXT, text.as_bytes());
}

/// Appends the answer to a ping.
pub(super) fn put_pong(out: &mut Vec<u8>, payload: &[u8]) {
    put(out, PONG, payload);
}

fn put(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    out.push(kind);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if payload.len() <= SHORT_MAX => out.push(MASKED | short),
        (_, Ok(length)) => {
            out.push(MASKED | LENGTH_IN_2);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(MASKED | LENGTH_IN_8);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of a server.
    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = payload.len();
        let mut bytes = match length {
            0..=SHORT_MAX => vec![kind, u8::try_from(length).unwrap()],
            126..=0xFFFF => {
                [&[kind, 126][..], &u16::try_from(length).unwrap().to_be_bytes()].concat()
            }
            _ => [&[kind, 127][..], &(length as u64).to_be_bytes()].concat(),
        };
        bytes.extend(payload);
        bytes
    }

    /// What comes out of pieces that arrive one after the other.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, String> {
        let (mut incoming, mut found) = (Incoming::default(), Vec::new());
        for piece in pieces {
            incoming.push(piece, |frame| {
                found.push(match frame {
                    Frame::Text(text) => text.to_owned(),
                    other => format!("{other:?}"),
                });
                Ok(())
            })?;
        }
        assert!(incoming.incomplete.is_empty(), "{incoming:?}");
        Ok(found)
    }

    #[test]
    fn frames_are_found_however_the_bytes_arrive() {
        let texts = [0, 1, 125, 126, 127, 65_535, 65_536].map(|length| "x".repeat(length));
        let texts = [&texts[..], &[String::from("é")]].concat();
        let mut bytes = frame(PING, b"?");
        for text in &texts {
            bytes.extend(frame(TEXT, text.as_bytes()));
            bytes.extend(frame(PONG, b""));
        }
        bytes.extend(frame(CLOSE, b"\x03\xE9bye"));
        let other = String::from("Other");
        let mut expected = vec![String::from("Ping([63])")];
        expected.extend(texts.into_iter().flat_map(|text| [text, other.clone()]));
        expected.push(String::from("Close(Some((1001, \"bye\")))"));
        for size in [1, 2, 3, 7, 100, 1_000, 4_096, 65_537, bytes.len()] {
            assert_eq!(read(bytes.chunks(size)).unwrap(), expected, "{size} bytes at a time");
        }
        for cut in 0..bytes.len().min(600) {
            let (head, tail) = bytes.split_at(cut);
            assert_eq!(read([head, tail]).unwrap(), expected, "cut at {cut}");
        }
    }

    #[test]
    fn a_close_frame_need_not_say_why() {
        assert_eq!(read([&frame(CLOSE, b"")[..]]).unwrap(), ["Close(None)"]);
    }

    #[test]
    fn what_breaks_the_protocol_is_an_error() {
        let masked = [TEXT, MASKED | 1, 1, 2, 3, 4, 5];
        let huge = [&[TEXT, 127][..], &u64::MAX.to_be_bytes()].concat();
        let bad = [
            frame(1, b"the beginning of a message"),
            frame(FIN, b"the end of a message"),
            frame(TEXT | 0x40, b"compressed"),
            frame(FIN | 0x3, b"unknown"),
            frame(TEXT, b"\xFF"),
            masked.to_vec(),
            huge,
        ];
        for bytes in bad {
            assert!(read([&bytes[..]]).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn nothing_is_taken_after_an_error() {
        let bytes = [frame(TEXT, b"one"), frame(TEXT, b"two")].concat();
        let mut taken = 0;
        let outcome = Incoming::default().push(&bytes, |_| {
            taken += 1;
            Err(String::from("enough"))
        });
        assert_eq!((outcome, taken), (Err(String::from("enough")), 1));
    }

    #[test]
    fn tungstenite_reads_what_is_written() {
        use tokio_tungstenite::tungstenite::{Message, WebSocket, protocol::Role};
        let texts = [0, 1, 125, 126, 65_535, 65_536].map(|length| "x".repeat(length));
        let mut out = Vec::new();
        put_pong(&mut out, b"!");
        for text in &texts {
            put_text(&mut out, text);
        }
        let stream = std::io::Cursor::new(out);
        let mut server = WebSocket::from_raw_socket(stream, Role::Server, None);
        assert_eq!(server.read().unwrap(), Message::Pong("!".into()));
        for text in texts {
            assert_eq!(server.read().unwrap(), Message::text(text));
        }
    }
}
