//! The HTTP request that turns a connection into a WebSocket.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{
    client::IntoClientRequest,
    handshake::{
        client::{Response, generate_request},
        derive_accept_key,
        machine::TryParse,
    },
    http::{StatusCode, header},
};

/// The longest head of a reply.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Connects to `host:port` as a v2 client. Returns the connection and what the server has sent
/// after the reply.
///
/// # Errors
/// A sentence when the server does not answer or refuses.
pub(super) async fn connect(address: &str, token: &str) -> Result<(TcpStream, Vec<u8>), String> {
    let (request, key) = request(address, token)?;
    let mut tcp = TcpStream::connect(address).await.map_err(|e| e.to_string())?;
    tcp.set_nodelay(true).map_err(|e| e.to_string())?;
    tcp.write_all(&request).await.map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    loop {
        let read = tcp.read_buf(&mut bytes).await.map_err(|e| e.to_string())?;
        if let Some((head, reply)) = Response::try_parse(&bytes).map_err(|e| e.to_string())? {
            check(&reply, &key)?;
            return Ok((tcp, bytes.split_off(head)));
        }
        if read == 0 || bytes.len() > HEAD_BYTES_MAX {
            return Err(String::from("the server does not answer with HTTP"));
        }
    }
}

/// The bytes of the request, and its key.
fn request(address: &str, token: &str) -> Result<(Vec<u8>, String), String> {
    let mut request =
        format!("ws://{address}/ws").into_client_request().map_err(|e| e.to_string())?;
    let protocols = format!("chaap.v2, bearer.{token}").parse();
    let protocols = protocols.map_err(|_| String::from("the token is no text for a header"))?;
    request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocols);
    generate_request(request).map_err(|e| e.to_string())
}

fn check(reply: &Response, key: &str) -> Result<(), String> {
    let status = reply.status();
    if status != StatusCode::SWITCHING_PROTOCOLS {
        return Err(format!("the server answers with {status}"));
    }
    let accepted = reply.headers().get(header::SEC_WEBSOCKET_ACCEPT);
    if accepted.is_none_or(|accepted| *accepted != derive_accept_key(key.as_bytes())) {
        return Err(String::from("the server answers the request of another"));
    }
    Ok(())
}
