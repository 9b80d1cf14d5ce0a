//! Open sockets: [`Socket`] is what both dialects share, [`Device`] speaks v2, [`V1Socket`] is
//! a client of the first Chaap.

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

/// An open WebSocket, seen from the client.
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// What the server said to the upgrade.
    pub(crate) response: Response,
}

impl Socket {
    /// Upgrades `path`, which must work; `headers` are added to the handshake.
    pub(crate) async fn open(address: &str, path: &str, headers: &[(&'static str, &str)]) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self::upgrade(stream, address, path, headers).await
    }

    /// The same where the server may be gone at any moment.
    pub(crate) async fn try_open(
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        Self::try_upgrade(stream, address, path, headers).await
    }

    /// The same on a connection with a tiny receive window, for a peer that does not read.
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

    /// Sends a text frame of JSON; answers whether the connection took it.
    pub(crate) async fn try_send(&mut self, frame: &Value) -> bool {
        within("a frame going out", self.stream.send(Message::text(frame.to_string())))
            .await
            .is_ok()
    }

    /// Sends a text frame of anything.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send_message(Message::text(text)).await;
    }

    /// Sends a frame of any kind.
    pub(crate) async fn send_message(&mut self, message: Message) {
        within("a frame going out", self.stream.send(message)).await.unwrap();
    }

    /// Sends what a proper client would refuse to. The bytes are a whole frame, mask included.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.unwrap();
    }

    /// Sends the same text until the peer takes no more or cuts the connection: the bytes it
    /// took. `None` if it took `bytes_max` and would take more.
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

    /// The next text frame, or the close code (none if the connection just broke).
    pub(crate) async fn next_or_close(&mut self) -> Result<Value, Option<u16>> {
        // The wait is for all of it: pings alone would keep a wait for each going for ever.
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

    /// The next frame of this type; others before it are dropped.
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

    /// The code the server closes with; frames before it are dropped.
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

    /// Closes and waits until the server has agreed.
    pub(crate) async fn close(mut self) {
        // The server may have closed first.
        drop(self.stream.close(None).await);
        let end = async { while let Some(Ok(_)) = self.stream.next().await {} };
        within("the end of the close handshake", end).await;
    }
}

/// Reading a list of frames.
pub(crate) trait Frames {
    /// Those of a type.
    fn of(&self, kind: &str) -> Vec<Value>;
    /// One field of those that have it.
    fn field(&self, name: &str) -> Vec<Value>;
    /// What they say.
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
    /// Opens, and reads the welcome.
    pub(super) async fn open(address: &str, user: &User) -> Self {
        Self::try_open(address, user).await.unwrap()
    }

    /// The same where the server may refuse.
    pub(super) async fn try_open(address: &str, user: &User) -> Option<Self> {
        let protocols = format!("chaap.v2, bearer.{}", user.token);
        let protocols = [("sec-websocket-protocol", protocols.as_str())];
        let mut socket = Socket::try_open(address, "/ws", &protocols).await?;
        let welcome = socket.next_or_close().await.ok()?;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        Some(Self { socket, welcome })
    }

    /// Says hello and waits until caught up: the frames in between, `synced` or `reset` last.
    pub(crate) async fn hello(&mut self, since: Option<i64>) -> Vec<Value> {
        let mut hello = json!({ "type": "hello" });
        if let Some(since) = since {
            hello["since"] = since.into();
        }
        self.send(&hello).await;
        self.caught_up().await
    }

    /// The same with the frame that ended an earlier catching up: its number and epoch.
    pub(crate) async fn hello_after(&mut self, synced: &Value) -> Vec<Value> {
        let (since, epoch) = (&synced["revision"], &synced["epoch"]);
        self.send(&json!({ "type": "hello", "since": since, "epoch": epoch })).await;
        self.caught_up().await
    }

    /// The frames up to `synced` or `reset`, that one last.
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

    /// Sends a text to a person under a new `cid`, which is returned; does not wait.
    pub(crate) async fn send_to(&mut self, other: &User, content: &str) -> String {
        let cid = new_cid();
        self.send_as(&cid, other, content).await;
        cid
    }

    /// Sends a text to a person under this `cid`; does not wait.
    pub(crate) async fn send_as(&mut self, cid: &str, other: &User, content: &str) {
        let frame =
            json!({ "type": "send", "recipient_id": other.id, "content": content, "cid": cid });
        self.send(&frame).await;
    }

    /// Sends a text to a person and waits for the ack.
    pub(crate) async fn post_to(&mut self, other: &User, content: &str) -> Value {
        let cid = self.send_to(other, content).await;
        let ack = self.next_of("ack").await;
        assert_eq!(ack["cid"], cid, "{ack}");
        ack
    }

    /// Confirms up to these numbers; does not wait.
    pub(crate) async fn confirm(&mut self, chat: i64, delivered: i64, read: i64) {
        let frame =
            json!({ "type": "receipt", "chat_id": chat, "delivered": delivered, "read": read });
        self.send(&frame).await;
    }

    /// Everything that was on its way to this device when it asked.
    ///
    /// A pong may overtake what waits in the mailbox, but the server empties the mailbox before
    /// it reads the next frame: the second pong comes behind all of it.
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

    /// The same; how many frames it was, each pong among them checked against the frames that
    /// had come `before` and since.
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

/// A socket of the first Chaap.
pub(crate) struct V1Socket {
    socket: Socket,
}

impl V1Socket {
    /// Opens with the token in the query, as the first Chaap's page did.
    pub(super) async fn open(address: &str, token: &str) -> Self {
        Self { socket: Socket::open(address, &format!("/ws?token={token}"), &[]).await }
    }

    /// Sends a text to a person; does not wait.
    pub(crate) async fn send_to(&mut self, other: &User, content: &str) {
        self.send(&json!({ "recipient_id": other.id, "content": content })).await;
    }

    /// Sends a text to a person and waits for the ack.
    pub(crate) async fn post_to(&mut self, other: &User, content: &str) -> Value {
        self.send_to(other, content).await;
        self.next_of("ack").await
    }

    /// Everything that was on its way to this socket when it asked. The refusal of a nonsense
    /// frame goes through the mailbox like all else, so it comes behind.
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
