//! A WebSocket client that enforces no rules: tests build and read frames byte by byte.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{User, within};

/// Opcodes of RFC 6455, section 5.2.
pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// The bit that marks the last frame of a message.
pub(crate) const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
/// Not zeros: they would hide a server that forgets to unmask.
const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

/// A frame from a client; `first` is its first byte.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = head(first, payload.len() as u64, payload.len());
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// The head of a frame that declares `length`, in the encoding for a payload of `form` bytes.
pub(crate) fn head(first: u8, length: u64, form: usize) -> Vec<u8> {
    let mut bytes = vec![first];
    match form {
        0..=125 => bytes.push(MASKED | u8::try_from(length).unwrap()),
        126..=65_535 => {
            bytes.push(MASKED + 126);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        _ => {
            bytes.push(MASKED + 127);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes
}

/// A connection that the test upgraded by hand.
pub(crate) struct RawSocket(TcpStream);

impl RawSocket {
    /// Opens a v2 socket and reads `welcome`.
    pub(crate) async fn open(address: &str, user: &User) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /ws HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: chaap.v2, bearer.{}\r\n\r\n",
            user.token
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        within("the upgrade", async {
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
        })
        .await;
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
        let mut socket = Self(stream);
        let (opcode, welcome) = socket.next().await.unwrap();
        assert_eq!(opcode, TEXT);
        assert!(welcome.starts_with(br#"{"type":"welcome""#));
        socket
    }

    /// Sends bytes as they are. It is no failure if the server has already hung up.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        drop(within("bytes going out", self.0.write_all(bytes)).await);
    }

    /// The same connection twice: to read frames and to write bytes at the same time.
    pub(crate) fn split(self) -> (Self, TcpStream) {
        let reader = self.0.into_std().unwrap();
        let writer = reader.try_clone().unwrap();
        (Self(TcpStream::from_std(reader).unwrap()), TcpStream::from_std(writer).unwrap())
    }

    /// The TCP connection.
    pub(crate) fn into_inner(self) -> TcpStream {
        self.0
    }

    /// The opcode and payload of the next frame; `None` at the end of the connection. Frames from
    /// the server must be unfragmented and unmasked.
    pub(crate) async fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        within("a frame", async {
            let first = self.0.read_u8().await.ok()?;
            assert_eq!(first & 0xF0, FIN, "no fragments and no reserved bits from the server");
            let length = match self.0.read_u8().await.ok()? {
                126 => u64::from(self.0.read_u16().await.ok()?),
                127 => self.0.read_u64().await.ok()?,
                length => u64::from(length),
            };
            assert!(length < 1 << 24, "masked or far too long: {length}");
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.0.read_exact(&mut payload).await.ok()?;
            Some((first & 0x0F, payload))
        })
        .await
    }

    /// The code of the close frame, which must be the next frame, followed by the end of the
    /// connection. `None` for a close frame without a code, or an end without a close frame.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        let (opcode, payload) = self.next().await?;
        assert_eq!(opcode, CLOSE, "{:?}", String::from_utf8_lossy(&payload));
        assert_eq!(self.next().await, None, "nothing follows a close frame");
        Some(u16::from_be_bytes([*payload.first()?, *payload.get(1)?]))
    }
}
