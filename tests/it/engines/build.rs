//! `layercake build`, with clients that are scripts and an engine that is a thread.

use std::fs;
use std::path::Path;

use super::fake::{FakeEngine, Manner};
use super::{archive, script};
use crate::program::{Run, command, finish, temp};

/// A `docker` that notes its arguments, leaves an id as it is asked to, and ends so.
fn client(folder: &Path, id: &str, code: u8) {
    let text = format!(
        "printf '%s\\n' \"$@\" > {0}/arguments\necho building\nif [ \"$2\" = --iidfile ]; then printf '{id}' > \"$3\"; fi\nexit {code}",
        folder.display()
    );
    script(folder, "docker", &text);
}

fn build(folder: &Path, engine: &FakeEngine, arguments: &[&str]) -> Run {
    let path = format!("{}:/usr/bin:/bin", folder.display());
    finish(command().env("PATH", path).env("DOCKER_HOST", engine.host()).arg("build").args(arguments))
}

fn arguments(folder: &Path) -> Vec<String> {
    fs::read_to_string(folder.join("arguments")).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn what_was_built_is_judged() {
    let (folder, engine) = (temp(), FakeEngine::start(Manner::Good, &archive()));
    client(folder.path(), "sha256:00ff", 0);
    let run = build(
        folder.path(),
        &engine,
        &["--min-efficiency", "90%", "-t", "app:1", "--build-arg", "A=1 2", "."],
    );
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("VERDICT  FAIL") && !run.stdout.contains("building"), "{}", run.stdout);
    assert!(run.stderr.contains("building"), "{}", run.stderr);
    assert_eq!(arguments(folder.path())[3..], ["-t", "app:1", "--build-arg", "A=1 2", "."]);
    assert!(engine.requests().contains(&"/v1.41/images/app:1/get".to_owned()), "{:?}", engine.requests());

    let run = build(folder.path(), &engine, &["--json", "-", "--", "--ci", "--output", "x"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.starts_with('{'), "{}", run.stdout);
    assert_eq!(arguments(folder.path())[3..], ["--ci", "--output", "x"]);
    assert!(engine.requests().contains(&"/v1.41/images/sha256:00ff/get".to_owned()));
}

#[test]
fn an_older_image_of_the_same_name_is_not_taken_for_the_new_one() {
    let (folder, engine) = (temp(), FakeEngine::start(Manner::Good, &archive()));
    client(folder.path(), "sha256:0ddd", 0);
    let run = build(folder.path(), &engine, &["--json", "-", "-t", "app:1", "."]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        engine.requests().contains(&"/v1.41/images/sha256:0ddd/get".to_owned()),
        "{:?}",
        engine.requests()
    );
}

#[test]
fn a_failed_build_keeps_the_engine_s_exit_code() {
    let (folder, engine) = (temp(), FakeEngine::start(Manner::Good, &archive()));
    client(folder.path(), "", 17);
    let run = build(folder.path(), &engine, &["--ci", "."]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(17), ""));
    assert!(engine.requests().is_empty());
}

#[test]
fn a_build_without_an_image_is_told() {
    let (folder, engine) = (temp(), FakeEngine::start(Manner::NoImage, &[]));
    client(folder.path(), "sha256:00ff", 0);
    let run = build(folder.path(), &engine, &["--ci", "."]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("the build succeeded, but docker does not have its image; "),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--load"), "{}", run.stderr);

    let run = build(folder.path(), &engine, &["--engine", "nerdctl", "."]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("no engine can build here: nerdctl is not installed here"), "{}", run.stderr);
}
