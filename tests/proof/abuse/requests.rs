//! An HTTP client that keeps its connection, survives a server that hangs up, and never fails.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode, body::Bytes, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

/// Long enough for a server in trouble.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    address: String,
    /// The address that a proxy would report. None for a client that no proxy names.
    from: Option<&'static str>,
    connection: Option<http1::SendRequest<Full<Bytes>>>,
}

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), from: None, connection: None }
    }

    /// A client that comes through a proxy from another machine.
    pub(crate) fn from(address: &str, from: &'static str) -> Self {
        Self { from: Some(from), ..Self::new(address) }
    }

    pub(crate) async fn get(&mut self, path: &str, token: &str) -> Option<StatusCode> {
        self.send("GET", path, token, "").await
    }

    pub(crate) async fn post(&mut self, path: &str, token: &str, body: &str) -> Option<StatusCode> {
        self.send("POST", path, token, body).await
    }

    /// Sends a request and reads the whole reply. `None` if the server hangs up.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        body: &str,
    ) -> Option<StatusCode> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.address);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(from) = self.from {
            request = request.header("x-forwarded-for", from);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let status = timeout(PATIENCE, self.exchange(request)).await.ok().flatten();
        if status.is_none() {
            self.connection = None;
        }
        status
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Option<StatusCode> {
        if self.connection.as_ref().is_none_or(http1::SendRequest::is_closed) {
            let stream = TcpStream::connect(&self.address).await.ok()?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
            tokio::spawn(connection);
            self.connection = Some(sender);
        }
        let sender = self.connection.as_mut()?;
        sender.ready().await.ok()?;
        let reply = sender.send_request(request).await.ok()?;
        let status = reply.status();
        reply.into_body().collect().await.ok()?;
        Some(status)
    }
}
