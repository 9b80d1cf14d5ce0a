//! The HTTP client of the load test: one connection, JSON in and out. It asks again when the server
//! answers that it is busy.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1::{self, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use crate::error::{Error, Result};

/// How long a server may answer that it is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to the server.
#[derive(Debug)]
pub(super) struct Http {
    address: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Http {
    /// Connects to `host:port`.
    pub(super) async fn connect(address: &str) -> Result<Self> {
        let unreachable = |e: &dyn std::error::Error| {
            Error::Startup(format!("nothing answers at http://{address}: {e}; is it running?"))
        };
        let tcp = TcpStream::connect(address).await.map_err(|e| unreachable(&e))?;
        drop(tcp.set_nodelay(true));
        let (sender, connection) =
            http1::handshake(TokioIo::new(tcp)).await.map_err(|e| unreachable(&e))?;
        // The task ends when the last sender is dropped.
        tokio::spawn(connection);
        Ok(Self { address: address.to_owned(), sender })
    }

    /// Sends a `GET`, whose answer must be 200 with JSON of the form `T`.
    pub(super) async fn get<T: DeserializeOwned>(&mut self, path: &str, token: &str) -> Result<T> {
        let bytes = self.ask(&Method::GET, path, Some(token), "", StatusCode::OK).await?;
        parse(path, &bytes)
    }

    /// Sends a `GET` without a token.
    pub(super) async fn get_open<T: DeserializeOwned>(&mut self, path: &str) -> Result<T> {
        let bytes = self.ask(&Method::GET, path, None, "", StatusCode::OK).await?;
        parse(path, &bytes)
    }

    /// Sends a `POST` without a token, whose answer must be `wanted` with JSON of the form `T`.
    pub(super) async fn post<T: DeserializeOwned>(
        &mut self,
        path: &str,
        body: &str,
        wanted: StatusCode,
    ) -> Result<T> {
        let bytes = self.ask(&Method::POST, path, None, body, wanted).await?;
        parse(path, &bytes)
    }

    /// Sends a `POST` with a token, whose answer must be `wanted` with JSON of the form `T`.
    pub(super) async fn post_as<T: DeserializeOwned>(
        &mut self,
        path: &str,
        token: &str,
        body: &str,
        wanted: StatusCode,
    ) -> Result<T> {
        let bytes = self.ask(&Method::POST, path, Some(token), body, wanted).await?;
        parse(path, &bytes)
    }

    /// Sends a request until the server no longer answers that it is busy.
    async fn ask(
        &mut self,
        method: &Method,
        path: &str,
        token: Option<&str>,
        body: &str,
        wanted: StatusCode,
    ) -> Result<Bytes> {
        let began = Instant::now();
        loop {
            let failed =
                |e: hyper::Error| Error::Startup(format!("{method} {path} got no answer: {e}"));
            self.sender.ready().await.map_err(failed)?;
            let request = self.request(method, path, token, body)?;
            let reply = self.sender.send_request(request).await.map_err(failed)?;
            let (status, later) = (reply.status(), retry_after(&reply));
            let bytes = reply.into_body().collect().await.map_err(failed)?.to_bytes();
            match later {
                _ if status == wanted => return Ok(bytes),
                Some(wait) if began.elapsed() + wait < PATIENCE => tokio::time::sleep(wait).await,
                _ => return Err(unexpected(method, path, status, &bytes)),
            }
        }
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.address)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request
            .body(Full::from(Bytes::copy_from_slice(body.as_bytes())))
            .map_err(|e| Error::Startup(format!("cannot request {path}: {e}")))
    }
}

/// How long to wait, if the answer is 503.
fn retry_after(reply: &Response<Incoming>) -> Option<Duration> {
    let asked = reply.status() == StatusCode::SERVICE_UNAVAILABLE;
    let seconds = reply.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    asked.then_some(Duration::from_secs(seconds))
}

fn unexpected(method: &Method, path: &str, status: StatusCode, body: &[u8]) -> Error {
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Error::Startup(format!(
            "{method} {path} was refused, because the server limits how often one user and one \
             address may ask; start it with --rate-limits off"
        ));
    }
    let body = String::from_utf8_lossy(body);
    let short: String = body.chars().take(200).collect();
    Error::Startup(format!("{method} {path} was answered by {status}: {short}; is it a Chaap?"))
}

fn parse<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|e| Error::Startup(format!("the answer to {path} is not in Chaap's format: {e}")))
}
