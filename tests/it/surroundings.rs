//! Where reports go and images come from, when that is odd: links, full disks, slow and endless senders, files that
//! shrink while they are read, terminals.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::builder::{Form, ImageBuilder, header, seal};
use crate::program::{command, finish, temp};

fn saved(folder: &Path) -> PathBuf {
    let path = folder.join("image.tar");
    ImageBuilder::new().layer(|l| l.noise("a", 9000, 1).file("b", b"b")).archive(Form::Docker).write(&path);
    path
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The header of a file of any size: eleven octal digits end at 8 GB.
fn long(name: &str, size: u64) -> [u8; 512] {
    let mut head = header(name.as_bytes(), b'0', 0);
    head[124..128].copy_from_slice(&[0x80, 0, 0, 0]);
    head[128..136].copy_from_slice(&size.to_be_bytes());
    seal(&mut head);
    head
}

/// Two layers that have one file of so many bytes at the same path, all of it a hole on the disk: its bodies must be
/// compared, which takes long.
fn endless(folder: &Path, size: u64) -> PathBuf {
    let path = folder.join("endless.tar");
    let mut file = File::create(&path).unwrap();
    let mut member = |name: &str, body: &[u8], hole: u64| {
        file.write_all(&long(name, body.len() as u64 + hole)).unwrap();
        file.write_all(body).unwrap();
        let end = file.stream_position().unwrap() + hole;
        file.seek(SeekFrom::Start(end.next_multiple_of(512))).unwrap();
    };
    for layer in ["1/layer.tar", "2/layer.tar"] {
        member(layer, &long("large", size), size + 1024);
    }
    member("config.json", br#"{"os":"linux","architecture":"amd64"}"#, 0);
    member("manifest.json", br#"[{"Config":"config.json","Layers":["1/layer.tar","2/layer.tar"]}]"#, 0);
    file.write_all(&[0; 1024]).unwrap();
    path
}

#[test]
fn a_dash_is_standard_output() {
    let folder = temp();
    let image = saved(folder.path());
    let run = finish(command().arg(&image).args(["--format", "json", "-o", "-"]).current_dir(folder.path()));
    assert!(run.stdout.starts_with('{'), "{run:?}");
    assert_eq!(names(folder.path()), ["image.tar"]);
}

#[test]
fn a_full_disk_leaves_the_old_report() {
    let folder = temp();
    let image = saved(folder.path());
    fs::write(folder.path().join("report.json"), "old").unwrap();
    for format in ["json", "text", "markdown", "junit"] {
        // a limit on the length of files stands for a full disk
        let script =
            format!("trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$1\" --format {format} -o report.json");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_layercake")]).arg(&image).current_dir(folder.path());
        let run = finish(shell.env_remove("CI"));
        if run.code != Some(0) {
            assert_eq!(run.code, Some(2), "{run:?}");
            assert!(run.stderr.contains("cannot write report.json: "), "{}", run.stderr);
            assert_eq!(fs::read_to_string(folder.path().join("report.json")).unwrap(), "old", "{format}");
        }
        assert_eq!(names(folder.path()), ["image.tar", "report.json"], "{format}");
        fs::write(folder.path().join("report.json"), "old").unwrap();
    }
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut to_stdout = command();
    to_stdout.arg(&image).arg("--json").stdout(full).stderr(Stdio::piped());
    let output = to_stdout.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.to_lowercase().contains("cannot write standard output: no space left"), "{stderr}");
}

#[test]
fn a_long_comparison_is_interrupted() {
    let folder = temp();
    let mut command = command();
    command.arg(endless(folder.path(), 200 << 30)).arg("--json").stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let start = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_file_that_shrinks_is_told() {
    let folder = temp();
    let image = endless(folder.path(), 200 << 30);
    let mut command = command();
    command.arg(&image).arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    File::options().write(true).open(&image).unwrap().set_len(1 << 20).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{stderr}");
    assert!(stderr.contains("large") && stderr.trim_end().lines().count() == 1, "{stderr}");
}

#[test]
fn a_slow_sender_gets_the_same_report() {
    let folder = temp();
    let image = saved(folder.path());
    let by_file = finish(command().arg("-").arg("--json").stdin(File::open(&image).unwrap()));
    let mut slow = command();
    let mut child = slow.args(["-", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    for piece in fs::read(&image).unwrap().chunks(777) {
        pipe.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(3));
    }
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout), by_file.stdout);
}

#[test]
fn zeros_without_end_are_not_waited_for() {
    let folder = temp();
    let image = saved(folder.path());
    let script = "cat \"$1\" /dev/zero | \"$0\" - --json";
    let run = finish(Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_layercake")]).arg(&image));
    assert_eq!(run.code, Some(0), "{run:?}");
}
