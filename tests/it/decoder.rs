//! The process that decodes pictures: how it is started, how it is limited, and what the server makes
//! of its answers.

use std::{
    fs,
    io::{Cursor, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use image::{DynamicImage, ImageFormat};
use tokio::task::JoinHandle;

use crate::kit::{Program, Reply, TestServer, User, eventually, join};

const PICTURE: &str = "/api/users/me/picture";
const CHAAP: &str = env!("CARGO_BIN_EXE_chaap");

fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = DynamicImage::new_rgb8(300, 300);
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// A shell script in place of the decoder.
fn script(folder: &Path, name: &str, body: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();
    path
}

async fn server_with(decoder: PathBuf) -> TestServer {
    TestServer::start_with(|config| config.picture_decoder = Some(decoder)).await
}

#[test]
fn it_limits_itself_before_it_reads() {
    let mut decoder = Command::new(CHAAP)
        .arg("decode-picture")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = decoder.stdout.take().unwrap();
    let mut ready = [0];
    output.read_exact(&mut ready).unwrap();
    let proc = |file| fs::read_to_string(format!("/proc/{}/{file}", decoder.id())).unwrap();
    let (limits, status) = (proc("limits"), proc("status"));
    for (name, most) in [
        ("Max address space", "1073741824"),
        ("Max cpu time", "15"),
        ("Max open files", "0"),
        ("Max file size", "0"),
        ("Max processes", "0"),
        ("Max core file size", "0"),
    ] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        let values: Vec<&str> = line[name.len()..].split_whitespace().take(2).collect();
        assert_eq!(values, [most, most], "{line}");
    }
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    decoder.stdin.take().unwrap().write_all(&picture()).unwrap();
    let mut answer = Vec::new();
    output.read_to_end(&mut answer).unwrap();
    assert!(answer.len() > 500 && decoder.wait().unwrap().success(), "{answer:?}");
}

#[tokio::test]
async fn it_inherits_no_environment_and_no_descriptors() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let body = format!(
        "{{ /usr/bin/readlink /proc/$$/fd/*; echo; /usr/bin/tr '\\0' '\\n' < /proc/$$/environ; }} > {}\n\
         exec {CHAAP} \"$@\"",
        seen.display()
    );
    let decoder = script(folder.path(), "decoder", &body);
    let server = server_with(decoder).await;
    let [alice] = server.users(["alice"]).await;
    // Descriptors that a careless start would hand on.
    let open = (tempfile::NamedTempFile::new().unwrap(), alice.connect().await);
    assert_eq!(alice.put(PICTURE, picture()).await.status, 200);
    let seen = fs::read_to_string(seen).unwrap();
    let (descriptors, environment) = seen.split_once("\n\n").unwrap();
    // Two pipes, standard error, and what the shell itself has opened.
    for target in descriptors.lines() {
        let is_ours = target.starts_with("socket:")
            || target.starts_with("anon_inode:")
            || target.contains("chaap.db")
            || Path::new(target) == server.data()
            || target == open.0.path().to_str().unwrap();
        assert!(!is_ours, "{seen}");
    }
    assert_eq!(environment.trim(), "", "the environment");
}

#[tokio::test]
async fn one_that_cannot_start_makes_the_server_busy_and_a_wrong_answer_is_the_uploads_fault() {
    let folder = tempfile::tempdir().unwrap();
    let long = "i=0; while [ $i -lt 400 ]; do printf '%01000000d' 0 || exit; i=$((i+1)); done";
    for (name, body, status, code) in [
        ("missing", None, 503, "busy"),
        ("silent", Some("exit 1"), 503, "busy"),
        ("another program", Some("echo hello"), 503, "busy"),
        ("told to stop", Some("printf R; kill -TERM $$"), 503, "busy"),
        ("dead", Some("printf R; kill -9 $$"), 422, "invalid_picture"),
        ("short", Some("printf R; cat > /dev/null"), 422, "invalid_picture"),
        ("failing", Some("printf 'R\\002'; cat > /dev/null; exit 1"), 422, "invalid_picture"),
        ("deaf", Some("printf 'R\\002'; exec 0<&-; exit 0"), 422, "invalid_picture"),
        ("html", Some("printf 'R\\000<script>'; cat > /dev/null"), 422, "invalid_picture"),
        ("endless", Some(&*format!("printf R; {long}")), 422, "invalid_picture"),
    ] {
        let path = match body {
            Some(body) => script(folder.path(), name, &format!("PATH=/usr/bin:/bin\n{body}")),
            None => folder.path().join("nowhere"),
        };
        let server = server_with(path).await;
        let [alice] = server.users(["alice"]).await;
        // More than a pipe holds.
        for bytes in [picture(), vec![7; 4 * 1024 * 1024]] {
            let reply = alice.put(PICTURE, bytes).await;
            assert_eq!((name, reply.status), (name, status), "{}", reply.text());
            reply.assert_error(status, code);
        }
        assert_eq!(alice.get("/user").await.status, 200);
    }
}

/// A client that gives up ends its decoder, which would otherwise keep others waiting.
#[tokio::test]
async fn it_is_killed_when_the_client_gives_up() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let body = format!("echo $$ > {}; printf R; exec /bin/sleep 600", pid.display());
    let server = server_with(script(folder.path(), "decoder", &body)).await;
    let [alice] = server.users(["alice"]).await;
    let upload = {
        let alice = alice.clone();
        tokio::spawn(async move { alice.put(PICTURE, picture()).await })
    };
    let started = || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'));
    eventually("the decoder to start", async || started()).await;
    let process = format!("/proc/{}/cmdline", fs::read_to_string(&pid).unwrap().trim());
    upload.abort();
    // A process that has been killed has no command line, until it is gone.
    eventually("the decoder to end", async || fs::read(&process).unwrap_or_default().is_empty())
        .await;
}

/// Uploads a picture at the same time as others.
fn upload(user: &User) -> JoinHandle<Reply> {
    let user = user.clone();
    tokio::spawn(async move { user.put(PICTURE, picture()).await })
}

/// Lets the uploads of this user reach the decoder. No event says so, so other requests of theirs go
/// through the server meanwhile.
async fn settle(user: &User) {
    for _ in 0..20 {
        assert_eq!(user.get("/user").await.status, 200);
    }
}

#[tokio::test]
async fn a_second_picture_of_one_user_is_decoded_after_the_first_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let place = |number: usize| folder.path().join(number.to_string());
    // Each decoder takes the next number, and waits for its permission.
    let body = format!(
        "PATH=/usr/bin:/bin\ncd {}\n\
         n=1; until mkdir $n 2>/dev/null; do n=$((n+1)); done\n\
         until [ -e $n/go ]; do sleep 0.02; done\nexec {CHAAP} \"$@\"",
        folder.path().display()
    );
    let server = server_with(script(folder.path(), "decoder", &body)).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    // So many run at one time.
    let running = std::thread::available_parallelism().unwrap().get().div_ceil(4);
    for number in 1..running {
        upload(&server.user(&format!("user{number}")).await);
    }
    upload(&alice);
    eventually("all places to be taken", async || place(running).exists()).await;
    let mut second = upload(&alice);
    settle(&alice).await;
    let mut bobs = upload(&bob);
    settle(&bob).await;
    fs::write(place(1).join("go"), "").unwrap();
    eventually("the next to begin", async || place(running + 1).exists()).await;
    fs::write(place(running + 1).join("go"), "").unwrap();
    let first = tokio::select! {
        reply = &mut bobs => reply.unwrap(),
        _ = &mut second => panic!("Bob waited for the second picture of Alice"),
    };
    assert_eq!(first.status, 200, "{}", first.text());
}

#[tokio::test]
async fn an_upgrade_that_replaces_the_program_does_not_stop_uploads() {
    let folder = tempfile::tempdir().unwrap();
    let (copy, data) = (folder.path().join("chaap"), folder.path().join("data"));
    fs::copy(CHAAP, &copy).unwrap();
    let run = format!("shift; exec {} \"$@\"", copy.display());
    let program = Program::serve_under("sh", ["-c", &run, "-"], &data, &[]).await;
    let alice = join(&program, "alice").await;
    fs::remove_file(&copy).unwrap();
    assert_eq!(alice.put(PICTURE, picture()).await.status, 200);
    fs::write(&copy, "the next version, half copied").unwrap();
    assert_eq!(alice.put(PICTURE, picture()).await.status, 200);
    program.kill().await;
}
