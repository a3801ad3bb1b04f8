//! What users read when an engine is not there or goes wrong. Nothing hangs, and nothing half-written stays.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::fake::{FakeEngine, Manner};
use super::{archive, script};
use crate::program::{Run, command, finish, temp};

fn asked(engine: &FakeEngine, image: &str) -> Command {
    let mut command = command();
    command.env("DOCKER_HOST", engine.host()).args([image, "--engine-timeout", "1"]);
    command
}

fn failed(run: &Run, expected: &str) {
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains(expected), "not `{expected}`: {}", run.stderr);
    assert_eq!(run.stderr.trim().lines().count(), 1, "{}", run.stderr);
}

#[test]
fn an_engine_gives_what_a_file_gives() {
    let folder = temp();
    let saved = folder.path().join("app.tar");
    fs::write(&saved, archive()).unwrap();
    let engine = FakeEngine::start(Manner::Good, &archive());
    let report = |command: &mut Command| {
        let run = finish(command.arg("--json"));
        assert_eq!(run.code, Some(0), "{run:?}");
        let mut report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        report["image"].as_object_mut().unwrap().remove("source");
        report
    };
    let by_file = report(command().arg(&saved));
    assert_eq!(by_file["totals"]["wasted"], 300_000);
    assert_eq!(report(&mut asked(&engine, "docker:app:1")), by_file);
    assert_eq!(engine.requests(), ["/_ping", "/v1.41/images/app:1/json", "/v1.41/images/app:1/get"]);
    // a bare name, and the same engine behind a context
    assert_eq!(report(&mut asked(&engine, "app:1")), by_file);
    let meta = folder.path().join("contexts/meta/ab");
    fs::create_dir_all(&meta).unwrap();
    let context = serde_json::json!({ "Name": "mine", "Endpoints": { "docker": { "Host": engine.host() } } });
    fs::write(meta.join("meta.json"), context.to_string()).unwrap();
    let mut by_context = command();
    by_context.env("DOCKER_CONFIG", folder.path()).env("DOCKER_CONTEXT", "mine").arg("docker:app:1");
    assert_eq!(report(&mut by_context), by_file);
    let gone =
        serde_json::json!({ "Name": "mine", "Endpoints": { "docker": { "Host": "unix:///gone.sock" } } });
    fs::write(meta.join("meta.json"), gone.to_string()).unwrap();
    failed(
        &finish(&mut by_context),
        "docker at unix:///gone.sock (the context `mine`) is not running: there is no such socket; start it, or choose",
    );
}

#[test]
fn faults_of_an_engine_are_told() {
    let folder = temp();
    let out = folder.path().join("out.json");
    for (manner, expected) in [
        (Manner::NotHttp, "is no container engine"),
        (Manner::Web, "is no container engine: it says `welcome`; check DOCKER_HOST"),
        (
            Manner::NoImage,
            "has no image `app`; check the name, or fetch the image: layercake --pull docker:app",
        ),
        (Manner::Failing, "answers 500: layer does not exist"),
        (Manner::NoTar, "cannot read docker:app: it is no image archive"),
        (Manner::Half, "broke off after 256 kB, before it was whole"),
        (Manner::Stalling, "docker does not go on: nothing came for 1 s (--engine-timeout waits longer)"),
        (Manner::Redirecting, "answers 302 Found"),
        (Manner::EndlessHead, "is no container engine (protocol: http parse resulted in too many headers)"),
        (Manner::EndlessAnswer, "docker does not go on: nothing came for 1 s"),
        (Manner::Silent, "docker does not go on: nothing came for 1 s (--engine-timeout waits longer)"),
    ] {
        let engine = FakeEngine::start(manner, &archive());
        let run = finish(asked(&engine, "docker:app").arg("--json").arg(&out));
        failed(&run, expected);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{manner:?} left something");
    }
}

#[test]
fn what_comes_after_the_archive_is_not_waited_for() {
    let engine = FakeEngine::start(Manner::EndlessArchive, &archive());
    let run = finish(asked(&engine, "docker:app").arg("--json"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn a_mute_engine_does_not_keep_the_user() {
    let engine = FakeEngine::start(Manner::Mute, &[]);
    let mut command = asked(&engine, "docker:app");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    let pid = child.id().to_string();
    let start = std::time::Instant::now();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < std::time::Duration::from_secs(4));
}

#[test]
fn a_mute_engine_is_given_up() {
    let engine = FakeEngine::start(Manner::Mute, &[]);
    failed(&finish(&mut asked(&engine, "docker:app")), "does not answer (waited 10 s); restart it");
}

#[test]
fn an_engine_that_is_not_there_is_told_with_its_socket() {
    let empty = temp();
    let at = |host: &str, image: &str| {
        finish(command().env("PATH", empty.path()).env("DOCKER_HOST", host).arg(image))
    };
    let run = at("unix:///no/such.sock", "docker:app");
    failed(
        &run,
        "docker at unix:///no/such.sock (DOCKER_HOST) is not running: there is no such socket; start it",
    );
    failed(&at("ftp://x", "docker:app"), "DOCKER_HOST says `ftp://x`, which is no address of an engine");
    failed(&at("ssh://me@there", "docker:app"), "docker is not installed here");
    failed(
        &at("unix:///no/such.sock", "podman:app"),
        "podman is not installed here, nor does it listen at unix://",
    );
    let run = at("unix:///no/such.sock", "app");
    assert_eq!(run.code, Some(2), "{run:?}");
    let mut lines = run.stderr.lines();
    // one sentence, then what each engine said, a line each
    for start in [
        "layercake: cannot read app: there is no such file, and no engine answers; start Docker or Podman, or name a file",
        "  docker at unix:///no/such.sock (DOCKER_HOST) is not running: there is no such socket",
        "  podman is not installed here, nor does it listen at unix://",
        "  neither nerdctl nor ctr is installed here",
    ] {
        let line = lines.next().unwrap_or_default();
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(lines.next(), None);
    failed(&at("unix:///no/such.sock", "docker:-v"), "`-v` is no name of an image");
}

#[test]
fn a_socket_without_permission_is_told_with_the_remedy() {
    let engine = FakeEngine::start(Manner::Good, &archive());
    fs::set_permissions(engine.socket(), fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(engine.socket().parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut asked = asked(&engine, "docker:app");
    // the superuser may open anything, so somebody else is asked
    asked.uid(65_534).gid(65_534).current_dir("/");
    if asked.stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        eprintln!("SKIPPED: this needs root and a program that everyone may run");
        return;
    }
    failed(&finish(&mut asked), "(DOCKER_HOST): permission denied; use sudo, or join the group");
}

#[test]
fn a_pipe_that_ends_early_is_no_image() {
    let mut child = command()
        .args(["-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let archive = archive();
    child.stdin.take().unwrap().write_all(&archive[..archive.len() / 2]).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(stderr.contains("cannot read standard input: the tar is cut short at offset"), "{stderr}");
}

#[test]
fn clients_are_read_along_and_quoted() {
    let folder = temp();
    let saved = folder.path().join("app.tar");
    fs::write(&saved, archive()).unwrap();
    let podman = |save: &str, image: &str| {
        let text = format!("case $1 in image) test $3 = app;; save) {save};; esac");
        script(folder.path(), "podman", &text);
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        finish(command().env("PATH", path).args([image, "--engine-timeout", "1", "--format", "text"]))
    };
    let cat = format!("cat {}", saved.display());
    let run = podman(&cat, "podman:app");
    assert!(run.code == Some(0) && run.stdout.contains("300 kB wasted"), "{run:?}");
    failed(&podman(&cat, "podman:other"), "podman has no image `other`");
    let half = format!("head -c 200000 {}; echo 'disk is full' >&2; exit 3", saved.display());
    failed(&podman(&half, "podman:app"), "podman could not save the image: disk is full");
    failed(&podman("exec sleep 60", "podman:app"), "podman does not go on: nothing came for 1 s");
}
