//! Thousands of clients that connect in the same moment, as after a restart.

use std::fs;

use futures_util::future::join_all;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::kit::{Program, join, within};

/// More than the queue of a reader holds.
const CLIENTS: usize = 3_000;

/// How many connections the system lets wait until a program accepts them.
fn waiting_max() -> usize {
    let most = fs::read_to_string("/proc/sys/net/core/somaxconn");
    most.map_or(128, |most| most.trim().parse().unwrap())
}

/// Allows this process, and so the program that it starts, as many open files as it may have.
/// Returns how many connections that makes.
fn connections_max() -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
    let open_files = maximum.map_or(usize::MAX, |most| most.try_into().unwrap());
    // The server keeps a few hundred in reserve.
    open_files.saturating_sub(600)
}

/// The program is stopped while they connect and ask, so that it finds all of them at once.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_connects_in_the_same_moment_is_answered() {
    let count = CLIENTS.min(waiting_max()).min(connections_max());
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--rate-limits=off", "--listen=127.0.0.1:0", "--data", data.to_str().unwrap()];
    let program = Program::serve_with(arguments, []).await;
    let alice = join(&program, "alice").await;
    program.signal("STOP").await;
    let address = program.address.as_str();
    let connecting = join_all((0..count).map(|_| TcpStream::connect(address)));
    let mut clients: Vec<_> = within("a place in the queue", connecting).await;
    let request = format!(
        "GET /user HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         connection: close\r\n\r\n",
        alice.token
    );
    for client in &mut clients {
        client.as_mut().unwrap().write_all(request.as_bytes()).await.unwrap();
    }
    program.signal("CONT").await;
    let answers = join_all(clients.into_iter().map(async |client| {
        let mut answer = String::new();
        client.unwrap().read_to_string(&mut answer).await.map(|_| answer)
    }));
    let mut refused: Vec<_> = within("the answers", answers).await;
    refused.retain(|answer| !answer.as_ref().is_ok_and(|text| text.starts_with("HTTP/1.1 200")));
    assert_eq!(refused.len(), 0, "of {count}, for example {:?}", refused.first());
}
