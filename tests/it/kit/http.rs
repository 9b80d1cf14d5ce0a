//! Plain HTTP with one connection per request, and raw bytes that a proper client would not send.

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{HOST, HeaderName},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use super::within;

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// The body, which must be JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{}: not JSON ({e}): {:?}", self.status, self.text()))
    }

    /// The body as text, for messages.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that this is an error with this status, this code and a sentence.
    pub(crate) fn assert_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        let body = self.json();
        assert_eq!(body["code"], code, "{body}");
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
    }
}

/// Sends a request and reads the whole reply.
pub(super) async fn request(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Reply {
    try_request(address, method, path, headers, body).await.unwrap()
}

/// The same, of a server that may be killed meanwhile. The error says what was not possible.
pub(super) async fn try_request(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<Reply, String> {
    let mut request = Request::builder().method(method).uri(path).header(HOST, address);
    for (name, value) in headers {
        request = request.header(HeaderName::from_bytes(name.as_bytes()).unwrap(), *value);
    }
    let request = request.body(Full::new(body.into())).unwrap();
    within(&format!("{method} {path}"), async {
        let failed = |e: &dyn std::error::Error| e.to_string();
        let stream = TcpStream::connect(address).await.map_err(|e| failed(&e))?;
        let connected = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = connected.map_err(|e| failed(&e))?;
        let connection = tokio::spawn(connection);
        let reply = sender.send_request(request).await.map_err(|e| failed(&e))?;
        let (head, body) = reply.into_parts();
        let body = body.collect().await.map_err(|e| failed(&e))?.to_bytes();
        drop(sender);
        drop(connection.await);
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body })
    })
    .await
}

/// Requests something large on a connection with a tiny receive window, so that little is
/// transferred unless the body is read. Returns the head of the answer.
pub(crate) async fn begin(address: &str, path: &str, token: &str) -> Response<Incoming> {
    let request = Request::get(path).header(HOST, address);
    let request = request.header("authorization", format!("Bearer {token}"));
    let request = request.body(Full::<Bytes>::default()).unwrap();
    within(&format!("the head of {path}"), async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(address.parse().unwrap()).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    })
    .await
}

/// Sends bytes as they are and reads until the server closes; the request should ask for that.
pub(crate) async fn raw(address: &str, bytes: &[u8]) -> String {
    within("an answer to raw bytes", async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
}
