//! The data folder: who may read it, and what others may have planted in it.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use crate::{
    kit::{Program, Snapshot},
    process::{run_refused, used_folder},
};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn files_that_others_can_read_become_private_and_the_log_says_so() {
    let (server, [alice, _]) = used_folder().await;
    let data = server.data();
    // The state after a crash has all files.
    let program = Program::serve(data).await;
    program.kill().await;
    let names = Snapshot::of(data).names();
    assert!(names.len() >= 5, "{names:?}");
    for (folder_mode, file_mode) in [(0o755, 0o644), (0o750, 0o640), (0o777, 0o666)] {
        set_mode(data, folder_mode);
        for name in &names {
            set_mode(&data.join(name), file_mode);
        }
        // SQLite makes an empty log anew; others can have read nothing in it.
        let is_empty = |name: &String| fs::metadata(data.join(name)).unwrap().len() == 0;
        let is_made_anew = |name: &String| name.ends_with("-wal") && is_empty(name);
        let kept: Vec<_> = names.iter().filter(|name| !is_made_anew(name)).cloned().collect();
        let program = Program::serve(data).await;
        assert_eq!(alice.at(&program.address).get("/user").await.status, 200);
        assert_eq!(mode(data), 0o700);
        for name in Snapshot::of(data).names() {
            assert_eq!(mode(&data.join(&name)), 0o600, "{name}");
        }
        program.signal("KILL").await;
        let said = program.finish().await.stderr;
        for name in kept.iter().map(String::as_str).chain([&*data.to_string_lossy()]) {
            let line = said.lines().find(|line| line.contains(name) && line.contains("WARN"));
            assert!(line.is_some(), "nothing about {name}: {said}");
        }
    }
}

#[tokio::test]
async fn a_folder_with_other_files_is_refused_when_others_can_write_there() {
    let (server, _) = used_folder().await;
    fs::write(server.data().join("notes.txt"), "mine").unwrap();
    for folder_mode in [0o777, 0o1777, 0o770] {
        set_mode(server.data(), folder_mode);
        let line = run_refused(server.data()).await;
        assert!(line.contains("--data") && line.contains("others"), "{line}");
        assert_eq!(mode(server.data()), folder_mode, "a shared folder stays as it is");
    }
}

#[tokio::test]
async fn links_and_other_things_in_place_of_a_file_are_refused() {
    for name in ["chaap.key", "chaap.db", "chaap.db-wal", "chaap.db-shm", "chaap.db-ended"] {
        let (server, _) = used_folder().await;
        let path = server.data().join(name);
        let elsewhere = server.scratch().join("elsewhere");
        if path.exists() {
            fs::rename(&path, &elsewhere).unwrap();
        }
        symlink(&elsewhere, &path).unwrap();
        let line = run_refused(server.data()).await;
        assert!(line.contains(name) && line.contains("link"), "{name}: {line}");
        fs::remove_file(&path).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        let finished =
            Program::run(["--listen", "127.0.0.1:0", "--data", server.data().to_str().unwrap()]);
        let finished = finished.await;
        assert_eq!(finished.code, Some(1), "{name}: {finished:?}");
        assert!(finished.stderr.contains(name), "{finished:?}");
    }
}

#[tokio::test]
async fn a_planted_link_beside_a_new_key_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (data, victim) = (folder.path().join("data"), folder.path().join("victim"));
    fs::create_dir(&data).unwrap();
    set_mode(&data, 0o700);
    fs::write(&victim, "mine").unwrap();
    symlink(&victim, data.join("chaap.key.new")).unwrap();
    let program = Program::serve(&data).await;
    assert_eq!(program.get("/healthz").await.status, 200);
    assert_eq!(fs::read(&victim).unwrap(), b"mine");
    assert_eq!(mode(&data.join("chaap.key")), 0o600);
    assert!(!data.join("chaap.key.new").exists());
    program.kill().await;
}

#[tokio::test]
async fn the_record_of_commands_is_private_and_no_link() {
    let folder = tempfile::tempdir().unwrap();
    let (data, record) = (folder.path().join("data"), folder.path().join("record"));
    let victim = folder.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    symlink(&victim, &record).unwrap();
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.to_str().unwrap(),
        "--record-commands",
        record.to_str().unwrap(),
    ];
    let finished = Program::run(arguments).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("--record-commands"), "{finished:?}");
    assert_eq!(fs::read(&victim).unwrap(), b"mine");
    fs::remove_file(&record).unwrap();
    fs::write(&record, "").unwrap();
    set_mode(&record, 0o644);
    let program = Program::serve_with(arguments, []).await;
    assert_eq!(mode(&record), 0o600);
    program.kill().await;
}

#[tokio::test]
async fn the_record_of_commands_is_none_of_the_own_files() {
    let (server, _) = used_folder().await;
    let data = server.data();
    let detour = format!("../{}/chaap.db", data.file_name().unwrap().to_str().unwrap());
    let database = fs::read(data.join("chaap.db")).unwrap();
    for name in ["chaap.db", "chaap.key", "chaap.db-wal", &detour] {
        let record = data.join(name);
        let [data, record] = [data, &record].map(|path| path.to_str().unwrap());
        let arguments = ["--listen", "127.0.0.1:0", "--data", data, "--record-commands", record];
        let finished = Program::run(arguments).await;
        assert_eq!(finished.code, Some(1), "{name}: {finished:?}");
        assert!(finished.stderr.contains("--record-commands"), "{name}: {finished:?}");
    }
    assert_eq!(fs::read(data.join("chaap.db")).unwrap(), database);
}

#[tokio::test]
async fn plain_http_on_the_network_and_a_start_as_root_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (listen, is_open) in [("0.0.0.0:0", true), ("127.0.0.1:0", false), ("[::1]:0", false)] {
        let arguments = ["--listen", listen, "--data", data.to_str().unwrap()];
        let program = Program::serve_with(arguments, []).await;
        program.signal("TERM").await;
        let said = program.finish().await.stderr;
        assert_eq!(said.contains("without encryption"), is_open, "{listen}: {said}");
        let is_root = rustix::process::geteuid().is_root();
        assert_eq!(said.contains("root"), is_root, "{said}");
    }
}
