//! A v2 socket of the load test. Reading is most of what the load test does, so it avoids what a
//! general client has to do: a buffer for each socket, and a copy of each frame.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::Stream;
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncWriteExt, ReadBuf},
    net::TcpStream,
};

use super::{
    fields::Fields,
    frames::{self, Frame, Incoming},
    upgrade,
};
use crate::error::{Error, Result};

/// The bytes that a socket that is read alone takes at once.
const READ_BYTES: usize = 4 * 1024;

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

/// An open socket of a user. It answers pings while it is read.
#[derive(Debug)]
pub(super) struct Socket {
    tcp: TcpStream,
    incoming: Incoming,
    /// Texts that have arrived before [`Socket::next_text`] was asked for them.
    texts: VecDeque<String>,
    /// Frames that are not sent yet.
    unsent: Vec<u8>,
}

impl Socket {
    /// Connects and catches up from the revision `since`. Without one it is a new device. Like a
    /// page that shows only a group, it subscribes to the presence of no user.
    pub(super) async fn open(
        address: &str,
        token: &str,
        since: Option<i64>,
    ) -> Result<(Self, CaughtUp)> {
        let failed = |why: String| Error::Startup(format!("a socket could not be opened: {why}"));
        let (tcp, early) = upgrade::connect(address, token).await.map_err(failed)?;
        let (incoming, texts, unsent) = Default::default();
        let mut socket = Self { tcp, incoming, texts, unsent };
        socket.keep_texts(&early).map_err(failed)?;
        socket.feed(&match since {
            Some(revision) => {
                format!(r#"{{"type":"hello","since":{revision},"subscribe":[]}}"#)
            }
            None => String::from(r#"{"type":"hello","subscribe":[]}"#),
        });
        socket.flush().await.map_err(failed)?;
        let mut rows = 0;
        loop {
            let text = socket.next_text().await.map_err(failed)?;
            let fields = Fields::parse(&text).map_err(failed)?;
            match (fields.kind, fields.revision) {
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
    pub(super) fn feed(&mut self, text: &str) {
        frames::put_text(&mut self.unsent, text);
    }

    /// Sends the frames in the buffer.
    pub(super) async fn flush(&mut self) -> Result<(), String> {
        let sent = self.tcp.write_all(&self.unsent).await;
        self.unsent.clear();
        sent.map_err(|e| e.to_string())
    }

    /// Waits for the next text frame.
    pub(super) async fn next_text(&mut self) -> Result<String, String> {
        std::future::poll_fn(|context| self.poll_next_text(context)).await
    }

    fn poll_next_text(&mut self, context: &mut Context<'_>) -> Poll<Result<String, String>> {
        loop {
            if let Some(text) = self.texts.pop_front() {
                return Poll::Ready(Ok(text));
            }
            let mut buffer = [0; READ_BYTES];
            let arrived = ready!(self.poll_read(context, &mut buffer))?;
            self.keep_texts(&buffer[..arrived])?;
        }
    }

    /// Reads once, and gives each text frame that is complete now to `take`. All sockets of a task
    /// may share one buffer; what it holds does not matter.
    pub(super) fn poll_texts(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        take: impl FnMut(&str) -> Result<(), String>,
    ) -> Poll<Result<(), String>> {
        let arrived = ready!(self.poll_read(context, buffer))?;
        Poll::Ready(self.take_texts(&buffer[..arrived], take))
    }

    /// Reads once. Returns how many bytes of `buffer` are filled.
    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, String>> {
        let mut buffer = ReadBuf::new(buffer);
        let read = ready!(Pin::new(&mut self.tcp).poll_read(context, &mut buffer));
        Poll::Ready(match (read, buffer.filled().len()) {
            (Ok(()), 0) => Err(String::from("the connection is closed")),
            (Ok(()), arrived) => Ok(arrived),
            (Err(error), _) => Err(error.to_string()),
        })
    }

    fn keep_texts(&mut self, arrived: &[u8]) -> Result<(), String> {
        let mut texts = std::mem::take(&mut self.texts);
        let taken = self.take_texts(arrived, |text| {
            texts.push_back(text.to_owned());
            Ok(())
        });
        self.texts = texts;
        taken
    }

    fn take_texts(
        &mut self,
        arrived: &[u8],
        mut take: impl FnMut(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        let (tcp, unsent) = (&self.tcp, &mut self.unsent);
        self.incoming.push(arrived, |frame| match frame {
            Frame::Text(text) => take(text),
            Frame::Ping(payload) => {
                frames::put_pong(unsent, payload);
                send_now(tcp, unsent).map_err(|e| e.to_string())
            }
            Frame::Close(why) => {
                let why = why.map(|(code, reason)| format!(" ({code} {reason})"));
                let why = why.unwrap_or_default();
                Err(format!("the server closed the connection{why}"))
            }
            Frame::Other => Ok(()),
        })
    }
}

/// Sends as much as the connection takes without waiting. The rest is sent with the next frame.
fn send_now(tcp: &TcpStream, unsent: &mut Vec<u8>) -> io::Result<()> {
    while !unsent.is_empty() {
        match tcp.try_write(unsent) {
            Ok(sent) => drop(unsent.drain(..sent)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The stream of its text frames.
impl Stream for Socket {
    type Item = Result<String, String>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_next_text(context).map(Some)
    }
}
