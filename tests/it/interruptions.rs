//! The first Ctrl-C works in every phase, and leaves nothing behind; odd surroundings do not stop a report.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::builder::{Form, ImageBuilder};
use crate::program::{command, finish, temp, with_signals};

/// After this long a stop counts as ignored.
const SOON: Duration = Duration::from_secs(10);

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(status.unwrap().success());
}

/// Sends one signal after a while, and gives the exit code.
fn stopped(mut child: Child, name: &str) -> Option<i32> {
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
    signal(&child, name);
    let start = Instant::now();
    while start.elapsed() < SOON {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("{name} was ignored");
}

/// An image with a report that no pipe holds.
fn large() -> ImageBuilder {
    let layer = |l: crate::builder::LayerBuilder| {
        (0..20_000).fold(l, |l, n| l.file(&format!("a-directory/with-file-{n}"), b"some bytes"))
    };
    ImageBuilder::new().layer(layer).layer(layer)
}

#[test]
fn silent_input_is_given_up() {
    for name in ["INT", "TERM", "HUP"] {
        let mut command = command();
        command.args(["-", "--json"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        assert_eq!(stopped(command.spawn().unwrap(), name), Some(130), "{name}");
    }
}

#[test]
fn a_report_that_nobody_reads_is_given_up() {
    let folder = temp();
    let saved = folder.path().join("image.tar");
    large().archive(Form::Docker).write(&saved);
    let mut command = command();
    command.arg(&saved).args(["--json", "--top", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // it has begun to write
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 100]).unwrap();
    assert_eq!(stopped(child, "INT"), Some(130));
    drop(stdout);
}

#[test]
fn no_unfinished_file_stays() {
    let folder = temp();
    let (saved, out) = (folder.path().join("image.tar"), folder.path().join("out"));
    large().archive(Form::Docker).write(&saved);
    fs::create_dir(&out).unwrap();
    // stopped wherever it happens to be, or done
    for wait in (0..40).step_by(4) {
        let mut command = command();
        command.arg(&saved).arg("--json").arg(out.join("report.json"));
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(100 + 10 * wait));
        if child.try_wait().unwrap().is_none() {
            signal(&child, "HUP");
        }
        let code = child.wait().unwrap().code();
        let left: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        match code {
            Some(0) => assert_eq!(left, ["report.json"]),
            // before the handlers are there the signal itself ends it
            Some(130) | None => assert!(left.is_empty(), "{left:?}"),
            other => panic!("{other:?}"),
        }
        _ = fs::remove_file(out.join("report.json"));
    }
}

#[test]
fn a_program_that_shall_ignore_hang_ups_does() {
    let mut nohup = with_signals("nohup");
    nohup.arg(env!("CARGO_BIN_EXE_layercake")).args(["-", "--json"]);
    let mut child = nohup.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "HUP");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(child.try_wait().unwrap(), None);
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn the_image_is_not_overwritten_by_its_report() {
    let folder = temp();
    let saved = folder.path().join("image.tar");
    let image = ImageBuilder::new().layer(|l| l.file("a", b"a"));
    image.archive(Form::Docker).write(&saved);
    let before = fs::read(&saved).unwrap();
    symlink("image.tar", folder.path().join("link")).unwrap();
    let layout = folder.path().join("layout");
    image.archive(Form::OciDir).write(&layout);
    let cases = [
        (saved.clone(), saved.clone()),
        (saved.clone(), folder.path().join("link")),
        (folder.path().join("link"), saved.clone()),
        (layout.clone(), layout.join("index.json")),
        (layout.clone(), layout.join("new.json")),
    ];
    for (image, out) in cases {
        for option in ["--json", "--output"] {
            let run = finish(command().arg(&image).arg(option).arg(&out));
            assert_eq!(run.code, Some(2), "{run:?}");
            assert!(run.stderr.contains("written over the image"), "{}", run.stderr);
        }
    }
    assert_eq!(fs::read(&saved).unwrap(), before);
    let beside = finish(command().arg(&saved).arg("--json").arg(folder.path().join("report.json")));
    assert_eq!(beside.code, Some(0), "{beside:?}");
}

#[test]
fn one_thread_is_enough() {
    let folder = temp();
    let saved = folder.path().join("image.tar");
    let noise =
        |seed| move |l: crate::builder::LayerBuilder| l.noise("a/b", 20_000, seed).noise("c", 9_000, 7);
    ImageBuilder::new().layer(noise(1)).layer(noise(2)).archive(Form::Docker).write(&saved);
    let usual = finish(command().arg(&saved).arg("--json"));
    // no thread gets a stack of 64 TiB
    let alone = finish(command().arg(&saved).arg("--json").env("RUST_MIN_STACK", (1_u64 << 46).to_string()));
    assert_eq!((alone.code, alone.stderr.as_str()), (Some(0), ""), "{alone:?}");
    assert_eq!(alone.stdout, usual.stdout);
    let piped = fs::File::open(&saved).unwrap();
    let mut by_stdin = command();
    by_stdin.args(["-", "--json"]).stdin(Stdio::from(piped)).env("RUST_MIN_STACK", (1_u64 << 46).to_string());
    assert_eq!(finish(&mut by_stdin).code, Some(0));
    for packing in ["none", "gzip", "zstd"] {
        let slim = |name: &str| {
            let mut slim = command();
            slim.arg("slim").arg(&saved).args(["--compress", packing, "--include-base", "-o"]);
            slim.arg(folder.path().join(name));
            slim
        };
        assert_eq!(finish(&mut slim("usual.tar")).code, Some(0));
        let alone = finish(slim("alone.tar").env("RUST_MIN_STACK", (1_u64 << 46).to_string()));
        assert_eq!((alone.code, alone.stderr.as_str()), (Some(0), ""), "{packing}: {alone:?}");
        let [usual, alone] =
            ["usual.tar", "alone.tar"].map(|name| fs::read(folder.path().join(name)).unwrap());
        assert!(usual == alone, "{packing}: the same bytes");
    }
}

#[test]
fn settings_of_engines_are_read_with_bounds_and_without_passwords() {
    let folder = temp();
    let config = folder.path().join("config.json");
    assert!(Command::new("mkfifo").arg(&config).status().unwrap().success());
    let run = finish(command().env("DOCKER_CONFIG", folder.path()).args(["docker:app", "--json"]));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("config.json cannot be read: it is no regular file"), "{}", run.stderr);
    for host in ["tcp://me:geheim@127.0.0.1:1", "gopher://me:geheim@host"] {
        let run = finish(command().env("DOCKER_HOST", host).args(["docker:app", "--json"]));
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("127.0.0.1:1") || run.stderr.contains("host"), "{}", run.stderr);
        assert!(!run.stderr.contains("geheim"), "{}", run.stderr);
    }
}

#[test]
fn a_directory_without_permission_is_not_said_to_be_empty() {
    let folder = temp();
    let layout = folder.path().join("layout");
    ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::OciDir).write(&layout);
    fs::set_permissions(&layout, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // the superuser may read everything, so somebody else asks
    let mut asked = command();
    asked.arg(&layout).arg("--json").uid(65_534).gid(65_534).current_dir("/");
    asked.stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(child) = asked.spawn() else {
        eprintln!("SKIPPED: this needs root and a program that everyone may run");
        return;
    };
    let output = child.wait_with_output().unwrap();
    fs::set_permissions(&layout, fs::Permissions::from_mode(0o755)).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("permission denied"), "{stderr}");
}
