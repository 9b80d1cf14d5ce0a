//! kill -9 under load, many times. Messages that were acknowledged or received are in the file,
//! once and in order. Messages that were not are resent and exist exactly once. Edits, deletions,
//! reactions, stars and pins that were answered are in the file. Nothing is left of messages that have
//! expired. Scheduled texts are sent once. In the end all devices agree.

mod client;
mod file;

use std::{path::Path, time::Duration};

use rusqlite::Connection;
use tempfile::TempDir;

use self::{
    client::{Client, Mode},
    file::Kept,
};
use crate::{
    bench::{Dice, alone, count, register, say},
    kit::Program,
};

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dave"];
/// Kills per data folder: enough for the log to be copied into the file, few enough for quick
/// checks.
const KILLS_OF_A_FOLDER: usize = 10;

#[test]
fn killed_at_any_moment_it_keeps_acked_messages_once_and_in_order() {
    let rounds = count("CHAAP_ROUNDS", 50);
    let (mut dice, seed) = Dice::from_environment();
    // The harness shows this only if the test fails; the seed repeats the failure.
    println!("CHAAP_SEED={seed} CHAAP_ROUNDS={rounds}");
    alone(async {
        let began = std::time::Instant::now();
        let (mut left, mut acked, mut changed, mut expired, mut due) = (rounds, 0, 0, 0, 0);
        while left > 0 {
            let kills = left.min(KILLS_OF_A_FOLDER);
            let of_folder = live(&mut dice, kills).await;
            acked += of_folder.0;
            changed += of_folder.1;
            expired += of_folder.2;
            due += of_folder.3;
            left -= kills;
        }
        // A server without load would prove nothing.
        assert!(acked > rounds, "only {acked} messages were acked in {rounds} rounds");
        assert!(changed > rounds, "only {changed} messages were changed in {rounds} rounds");
        assert!(expired > 0, "no message has expired in {rounds} rounds");
        assert!(due > 0, "no scheduled text was due in {rounds} rounds");
        let took = began.elapsed();
        say(&format!(
            "{rounds} kills, {acked} messages acked, {changed} changed, {expired} expired, {due} due, \
             {took:.0?}"
        ));
    });
}

#[test]
fn killed_during_a_start_it_starts_the_next_time() {
    let (mut dice, seed) = Dice::from_environment();
    println!("CHAAP_SEED={seed}");
    alone(async {
        let mut killed = 0;
        for _ in 0..10 {
            let folder = TempDir::new().unwrap();
            let data = folder.path().join("data");
            // The first kills interrupt the creation of the database, later ones a normal start.
            for _ in 0..3 {
                let moment = format!("0.{:03}", 1 + dice.throw(60));
                let mut command = tokio::process::Command::new("timeout");
                command.args(["-s", "KILL", &moment, env!("CARGO_BIN_EXE_chaap")]);
                command.args(["--listen", "127.0.0.1:0", "--data"]).arg(&data);
                let output = command.output().await.unwrap();
                killed += usize::from(output.stdout.is_empty());
                let stderr = String::from_utf8_lossy(&output.stderr);
                // Its reason to give up is a line that begins with its name; the log has a time first.
                assert!(!stderr.lines().any(|line| line.starts_with("chaap: ")), "{output:?}");
            }
            let program = Program::serve(&data).await;
            register(&program, ["alice"]).await;
            program.kill().await;
        }
        assert!(killed > 0, "it was always ready before the kill");
    });
}

/// The life of one data folder: this many kills under load, then all clients settle. Returns the
/// numbers of messages that were acknowledged, that were edited, deleted, reacted to, starred or pinned,
/// that have expired, and that were sent because their time came.
async fn live(dice: &mut Dice, kills: usize) -> (usize, usize, usize, usize) {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut program = Program::serve(&data).await;
    let mut due = 0;
    let people = register(&program, PEOPLE).await;
    let mut clients: Vec<Client> = (0..2 * PEOPLE.len())
        .map(|place| Client::new(place % PEOPLE.len(), place < PEOPLE.len(), &people, dice.split()))
        .collect();
    for kill in 1..=kills {
        clients = load_and_kill(program, clients, dice).await;
        // A copy, because opening the file itself would already repair it.
        let kept = Kept::read(&data, &folder.path().join("copy"));
        for client in &clients {
            kept.check(client);
        }
        // Not each time: opening the file repairs it, which is the server's task.
        if kill % 3 == 0 {
            due += let_be_due(&data);
        }
        program = Program::serve(&data).await;
    }
    until_none_is_due(&data).await;
    // Senders first: then the others can see everything there will be.
    for senders in [true, false] {
        clients = together(clients, &program.address, |client| {
            if client.sends == senders { Mode::Settle } else { Mode::Rest }
        })
        .await;
    }
    clients = together(clients, &program.address, |_| Mode::Settle).await;
    program.kill().await;
    let kept = Kept::read(&data, &folder.path().join("copy"));
    for client in &clients {
        kept.check(client);
        kept.check_settled(client);
    }
    let acked = clients.iter().map(|client| client.acked.len()).sum();
    let changed = |client: &Client| {
        let Client { contents, reactions, stars, pins, .. } = client;
        contents.len() + reactions.len() + stars.len() + pins.len()
    };
    (acked, clients.iter().map(changed).sum(), kept.expired.len(), due)
}

/// Lets the time of all scheduled texts come. Returns how many there are.
fn let_be_due(data: &Path) -> usize {
    let database = Connection::open(data.join("chaap.db")).unwrap();
    database.execute("UPDATE scheduled SET due_at = 1 WHERE state = 'waiting'", ()).unwrap()
}

/// Waits until the server has sent all scheduled texts whose time has come.
async fn until_none_is_due(data: &Path) {
    let database = Connection::open(data.join("chaap.db")).unwrap();
    let mut query = database
        .prepare("SELECT count(*) FROM scheduled WHERE state = 'waiting' AND due_at = 1")
        .unwrap();
    while query.query_row((), |row| row.get::<_, i64>(0)).unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// All clients at once; the kill comes at any moment after the first connect.
async fn load_and_kill(program: Program, clients: Vec<Client>, dice: &mut Dice) -> Vec<Client> {
    let moment = Duration::from_micros(1_000 * dice.throw(150) as u64 + dice.throw(1_000) as u64);
    let address = program.address.clone();
    let load = tokio::spawn(async move { together(clients, &address, |_| Mode::Load).await });
    tokio::time::sleep(moment).await;
    program.kill().await;
    crate::kit::within("all connections to end", load).await.unwrap()
}

/// Runs every client for one connection.
async fn together(
    clients: Vec<Client>,
    address: &str,
    mode: impl Fn(&Client) -> Mode,
) -> Vec<Client> {
    let lives: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let (mode, address) = (mode(&client), address.to_owned());
            tokio::spawn(async move {
                client.live(&address, mode).await;
                client
            })
        })
        .collect();
    let mut clients = Vec::with_capacity(lives.len());
    for life in lives {
        clients.push(life.await.unwrap());
    }
    clients
}

/// A copy of a folder's database and log, as the kill left them.
fn copy(data: &Path, to: &Path) {
    drop(std::fs::remove_dir_all(to));
    std::fs::create_dir(to).unwrap();
    for name in ["chaap.db", "chaap.db-wal"] {
        std::fs::copy(data.join(name), to.join(name)).unwrap();
    }
}
