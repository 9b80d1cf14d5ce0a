//! Open sockets: [`Socket`] is common to both contracts, [`Device`] speaks v2, [`V1Socket`] the
//! first contract.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        handshake::client::{Request, Response},
    },
};

use super::{User, new_cid, within};

/// An open WebSocket of a client.
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// The server's answer to the upgrade.
    pub(crate) response: Response,
}

impl Socket {
    /// Upgrades `path`, which must succeed; `headers` are added to the handshake.
    pub(crate) async fn open(address: &str, path: &str, headers: &[(&'static str, &str)]) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self::upgrade(stream, address, path, headers).await
    }

    /// Like [`Socket::open`], where the server may be gone at any moment.
    pub(crate) async fn try_open(
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        Self::try_upgrade(stream, address, path, headers).await
    }

    /// Like [`Socket::open`] with a tiny receive window, for a client that does not read.
    pub(crate) async fn open_narrow(
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(address.parse().unwrap()).await.unwrap();
        Self::upgrade(stream, address, path, headers).await
    }

    async fn upgrade(
        stream: TcpStream,
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Self {
        Self::try_upgrade(stream, address, path, headers).await.unwrap()
    }

    async fn try_upgrade(
        stream: TcpStream,
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Option<Self> {
        let mut request: Request = format!("ws://{address}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, response) = within("the upgrade", client_async(request, stream)).await.ok()?;
        Some(Self { stream, response })
    }

    /// Sends a text frame of JSON.
    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends a text frame of JSON. Returns whether the connection accepted it.
    pub(crate) async fn try_send(&mut self, frame: &Value) -> bool {
        within("sending a frame", self.stream.send(Message::text(frame.to_string()))).await.is_ok()
    }

    /// Sends a text frame with any text.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send_message(Message::text(text)).await;
    }

    /// Sends a frame of any kind.
    pub(crate) async fn send_message(&mut self, message: Message) {
        within("sending a frame", self.stream.send(message)).await.unwrap();
    }

    /// Sends bytes that a proper client would not send. They are a whole frame, including the mask.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.unwrap();
    }

    /// Sends the same text until the peer accepts no more or closes the connection. Returns the
    /// accepted bytes; `None` if the peer accepted `bytes_max` and would accept more.
    pub(crate) async fn send_until_stuck(&mut self, text: &str, bytes_max: usize) -> Option<usize> {
        for count in 0..bytes_max / text.len() {
            let sending = self.stream.send(Message::text(text));
            match tokio::time::timeout(Duration::from_secs(1), sending).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Some(count * text.len()),
            }
        }
        None
    }

    /// The next text frame.
    pub(crate) async fn next(&mut self) -> Value {
        match self.next_or_close().await {
            Ok(frame) => frame,
            Err(code) => panic!("closed ({code:?}) instead of a frame"),
        }
    }

    /// The next text frame, or the close code (`None` if the connection was lost).
    pub(crate) async fn next_or_close(&mut self) -> Result<Value, Option<u16>> {
        // One time limit for all frames, because pings would extend a limit per frame again and again.
        let reading = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return Ok(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Close(why))) => return Err(why.map(|why| why.code.into())),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Err(None),
                }
            }
        };
        within("a frame", reading).await
    }

    /// The next frame of this type. Frames before it are dropped.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        let reading = async {
            loop {
                let frame = self.next().await;
                if frame["type"] == kind {
                    return frame;
                }
            }
        };
        within(kind, reading).await
    }

    /// The code the server closes with. Frames before it are dropped.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        let reading = async {
            loop {
                if let Err(code) = self.next_or_close().await {
                    return code;
                }
            }
        };
        within("the close", reading).await
    }

    /// Closes and waits for the server's close frame.
    pub(crate) async fn close(mut self) {
        // The server may have closed first.
        drop(self.stream.close(None).await);
        let end = async { while let Some(Ok(_)) = self.stream.next().await {} };
        within("the close handshake", end).await;
    }
}

/// Helpers for lists of frames.
pub(crate) trait Frames {
    /// The frames of a type.
    fn of(&self, kind: &str) -> Vec<Value>;
    /// The values of one field, where present.
    fn field(&self, name: &str) -> Vec<Value>;
    /// The contents of the messages.
    fn contents(&self) -> Vec<String> {
        self.field("content").iter().map(|content| content.as_str().unwrap().to_owned()).collect()
    }
}

impl Frames for [Value] {
    fn of(&self, kind: &str) -> Vec<Value> {
        self.iter().filter(|frame| frame["type"] == kind).cloned().collect()
    }

    fn field(&self, name: &str) -> Vec<Value> {
        self.iter().filter_map(|frame| frame.get(name)).cloned().collect()
    }
}

/// A v2 socket.
pub(crate) struct Device {
    socket: Socket,
    pub(crate) welcome: Value,
}

impl Device {
    /// Opens the socket and reads `welcome`.
    pub(super) async fn open(address: &str, user: &User) -> Self {
        Self::try_open(address, user).await.unwrap()
    }

    /// Like [`Device::open`], where the server may refuse.
    pub(super) async fn try_open(address: &str, user: &User) -> Option<Self> {
        let protocols = format!("chaap.v2, bearer.{}", user.token);
        let protocols = [("sec-websocket-protocol", protocols.as_str())];
        let mut socket = Socket::try_open(address, "/ws", &protocols).await?;
        let welcome = socket.next_or_close().await.ok()?;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        Some(Self { socket, welcome })
    }

    /// Sends `hello` and waits until caught up. Returns the frames, `synced` or `reset` last.
    pub(crate) async fn hello(&mut self, since: Option<i64>) -> Vec<Value> {
        let mut hello = json!({ "type": "hello" });
        if let Some(since) = since {
            hello["since"] = since.into();
        }
        self.send(&hello).await;
        self.caught_up().await
    }

    /// Sends `hello` with the number and epoch of an earlier `synced` or `reset`.
    pub(crate) async fn hello_after(&mut self, synced: &Value) -> Vec<Value> {
        let (since, epoch) = (&synced["revision"], &synced["epoch"]);
        self.send(&json!({ "type": "hello", "since": since, "epoch": epoch })).await;
        self.caught_up().await
    }

    /// The frames up to and including `synced` or `reset`.
    pub(crate) async fn caught_up(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await;
            let done = frame["type"] == "synced" || frame["type"] == "reset";
            frames.push(frame);
            if done {
                return frames;
            }
        }
    }

    /// Sends a text to a user with a new `cid`, which it returns. Does not wait.
    pub(crate) async fn send_to(&mut self, other: &User, content: &str) -> String {
        let cid = new_cid();
        self.send_as(&cid, other, content).await;
        cid
    }

    /// Sends a text to a user with this `cid`. Does not wait.
    pub(crate) async fn send_as(&mut self, cid: &str, other: &User, content: &str) {
        let frame =
            json!({ "type": "send", "recipient_id": other.id, "content": content, "cid": cid });
        self.send(&frame).await;
    }

    /// Sends a text to a user and waits for the ack.
    pub(crate) async fn post_to(&mut self, other: &User, content: &str) -> Value {
        let cid = self.send_to(other, content).await;
        let ack = self.next_of("ack").await;
        assert_eq!(ack["cid"], cid, "{ack}");
        ack
    }

    /// Confirms up to these `seq`s. Does not wait.
    pub(crate) async fn confirm(&mut self, chat: i64, delivered: i64, read: i64) {
        let frame =
            json!({ "type": "receipt", "chat_id": chat, "delivered": delivered, "read": read });
        self.send(&frame).await;
    }

    /// Everything that was under way to this device when it asked.
    ///
    /// A pong may overtake frames in the mailbox, but the server empties the mailbox before it
    /// reads the next frame. So the second pong comes after all of them.
    pub(crate) async fn pending(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        for _ in 0..2 {
            self.send(&json!({ "type": "ping" })).await;
            loop {
                let frame = self.next().await;
                if frame["type"] == "pong" {
                    break;
                }
                frames.push(frame);
            }
        }
        frames
    }

    /// Like [`Device::pending`], but returns the number of frames. Checks the count in each pong
    /// against the frames that came `before` and since.
    pub(crate) async fn pending_and_count(&mut self, before: u64) -> u64 {
        let mut count = 0;
        for _ in 0..2 {
            self.send(&json!({ "type": "ping" })).await;
            loop {
                let frame = self.next().await;
                count += 1;
                if frame["type"] == "pong" {
                    assert_eq!(frame["frames"], before + count - 1, "{frame}");
                    break;
                }
            }
        }
        count
    }

    /// Closes in order.
    pub(crate) async fn close(self) {
        self.socket.close().await;
    }
}

impl Deref for Device {
    type Target = Socket;
    fn deref(&self) -> &Socket {
        &self.socket
    }
}

impl DerefMut for Device {
    fn deref_mut(&mut self) -> &mut Socket {
        &mut self.socket
    }
}

/// A socket of the first contract.
pub(crate) struct V1Socket {
    socket: Socket,
}

impl V1Socket {
    /// Opens with the token in the query, as pages of the first contract do.
    pub(super) async fn open(address: &str, token: &str) -> Self {
        Self { socket: Socket::open(address, &format!("/ws?token={token}"), &[]).await }
    }

    /// Sends a text to a user. Does not wait.
    pub(crate) async fn send_to(&mut self, other: &User, content: &str) {
        self.send(&json!({ "recipient_id": other.id, "content": content })).await;
    }

    /// Sends a text to a user and waits for the ack.
    pub(crate) async fn post_to(&mut self, other: &User, content: &str) -> Value {
        self.send_to(other, content).await;
        self.next_of("ack").await
    }

    /// Everything that was under way to this socket when it asked. The refusal of an invalid frame
    /// goes through the mailbox like every frame, so it comes last.
    pub(crate) async fn pending(&mut self) -> Vec<Value> {
        self.send_text("are you there?").await;
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["type"] == "error" && frame["code"] == "invalid" {
                return frames;
            }
            frames.push(frame);
        }
    }

    /// Closes in order.
    pub(crate) async fn close(self) {
        self.socket.close().await;
    }
}

impl Deref for V1Socket {
    type Target = Socket;
    fn deref(&self) -> &Socket {
        &self.socket
    }
}

impl DerefMut for V1Socket {
    fn deref_mut(&mut self) -> &mut Socket {
        &mut self.socket
    }
}
