//! A v2 socket of the load test: its buffers are small, and it reads only the fields of a frame
//! that say which message it is about.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, Utf8Bytes, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::error::{Error, Result};

/// tungstenite fills this buffer with zeros at every read, and each of ten thousand idle sockets
/// has one.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// The fields of a server frame that the load test reads.
#[derive(Debug, Deserialize)]
pub(super) struct Frame<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    #[serde(default)]
    pub(super) cid: Option<&'a str>,
    #[serde(default)]
    pub(super) chat_id: Option<i64>,
    #[serde(default)]
    pub(super) seq: Option<u32>,
    #[serde(default)]
    pub(super) code: Option<&'a str>,
    #[serde(default)]
    pub(super) revision: Option<i64>,
    #[serde(default)]
    pub(super) changed: Option<i64>,
}

impl<'a> Frame<'a> {
    /// Reads a text frame.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|e| format!("a frame could not be read ({e}): {text}"))
    }
}

/// What a device received while it caught up.
#[derive(Clone, Copy, Debug)]
pub struct CaughtUp {
    /// The number of rows that it had missed.
    pub rows: u64,
    /// The server's revision afterwards.
    pub revision: i64,
}

#[derive(Deserialize)]
struct Rows {
    rows: Vec<serde::de::IgnoredAny>,
}

/// An open socket of a user.
#[derive(Debug)]
pub(super) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects and catches up from the revision `since`. Without one it is a new device. Like a
    /// page that shows only a group, it subscribes to the presence of no user.
    pub(super) async fn open(
        address: &str,
        token: &str,
        since: Option<i64>,
    ) -> Result<(Self, CaughtUp)> {
        let failed = |why: String| Error::Startup(format!("a socket could not be opened: {why}"));
        let stream = connect(address, token).await.map_err(|e| failed(e.to_string()))?;
        let mut socket = Self(stream);
        let hello = match since {
            Some(revision) => {
                format!(r#"{{"type":"hello","since":{revision},"subscribe":[]}}"#)
            }
            None => String::from(r#"{"type":"hello","subscribe":[]}"#),
        };
        socket.feed(hello).await.map_err(failed)?;
        socket.flush().await.map_err(failed)?;
        let mut rows = 0;
        loop {
            let text = socket.next_text().await.map_err(failed)?;
            let frame = Frame::parse(&text).map_err(failed)?;
            match (frame.kind, frame.revision) {
                ("sync", _) => {
                    let sync: Rows =
                        serde_json::from_str(&text).map_err(|e| failed(e.to_string()))?;
                    rows += sync.rows.len() as u64;
                }
                ("synced" | "reset", Some(revision)) => {
                    return Ok((socket, CaughtUp { rows, revision }));
                }
                _ => {}
            }
        }
    }

    /// Puts a frame into the send buffer.
    pub(super) async fn feed(&mut self, text: String) -> Result<(), String> {
        self.0.feed(Message::text(text)).await.map_err(|e| e.to_string())
    }

    /// Sends the frames in the buffer.
    pub(super) async fn flush(&mut self) -> Result<(), String> {
        self.0.flush().await.map_err(|e| e.to_string())
    }

    /// Waits for the next text frame.
    pub(super) async fn next_text(&mut self) -> Result<Utf8Bytes, String> {
        self.next().await.unwrap_or_else(|| Err(String::from("the connection is closed")))
    }
}

/// The stream of its text frames. tungstenite answers pings.
impl Stream for Socket {
    type Item = Result<Utf8Bytes, String>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let frame = std::task::ready!(self.0.poll_next_unpin(context));
            return Poll::Ready(match frame {
                Some(Ok(Message::Text(text))) => Some(Ok(text)),
                Some(Ok(Message::Close(frame))) => {
                    let why = frame.map(|frame| format!(" ({} {})", frame.code, frame.reason));
                    let why = why.unwrap_or_default();
                    Some(Err(format!("the server closed the connection{why}")))
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => Some(Err(error.to_string())),
                None => None,
            });
        }
    }
}

/// So that it can be split in two, for many sockets in one task.
impl Sink<Message> for Socket {
    type Error = String;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), String>> {
        self.0.poll_ready_unpin(context).map_err(|e| e.to_string())
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), String> {
        self.0.start_send_unpin(message).map_err(|e| e.to_string())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), String>> {
        self.0.poll_flush_unpin(context).map_err(|e| e.to_string())
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), String>> {
        self.0.poll_close_unpin(context).map_err(|e| e.to_string())
    }
}

async fn connect(
    address: &str,
    token: &str,
) -> Result<WebSocketStream<TcpStream>, tungstenite::Error> {
    let mut request = format!("ws://{address}/ws").into_client_request()?;
    let protocols = format!("chaap.v2, bearer.{token}");
    let protocols = protocols.parse().map_err(tungstenite::http::Error::from)?;
    request.headers_mut().insert("sec-websocket-protocol", protocols);
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
    let (stream, _) = client_async_with_config(request, tcp, Some(config)).await?;
    Ok(stream)
}
