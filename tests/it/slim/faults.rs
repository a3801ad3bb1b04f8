//! What goes wrong: nothing is left behind, and one sentence says what happened.

use std::fs;
use std::path::Path;

use crate::builder::{Form, ImageBuilder};
use crate::program::{Run, command, finish, temp};

fn wasteful() -> ImageBuilder {
    ImageBuilder::new()
        .layer(|layer| layer.noise("base", 300_000, 1))
        .layer(|layer| layer.noise("keep", 300_000, 2).noise("gone", 300_000, 3))
        .layer(|layer| layer.whiteout("gone"))
}

fn slim(folder: &Path, arguments: &[&str]) -> Run {
    finish(command().current_dir(folder).arg("slim").args(arguments))
}

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_target_that_cannot_be_written_is_told_before_anything_is_read() {
    let folder = temp();
    wasteful().archive(Form::Docker).write(&folder.path().join("in.tar"));
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/file"), b"x").unwrap();
    for (output, why) in [
        ("in.tar", "cannot write in.tar: it is the image that is read"),
        ("./in.tar", "it is the image that is read"),
        ("no/such/out.tar", "cannot write no/such/out.tar: its directory does not exist"),
        ("full", "cannot write full: it is a directory"),
        ("oci:full", "cannot write full: it is not empty"),
        ("docker:Not A Name", "write it as name:tag"),
    ] {
        let run = slim(folder.path(), &["in.tar", "-o", output]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{output}");
        assert!(run.stderr.contains(why), "{output}: {}", run.stderr);
        assert_eq!(names(folder.path()), ["full", "in.tar"], "{output}");
    }
}

#[test]
fn an_existing_file_is_replaced_when_the_new_image_is_whole() {
    let folder = temp();
    wasteful().archive(Form::Docker).write(&folder.path().join("in.tar"));
    fs::write(folder.path().join("out.tar"), b"old").unwrap();
    let run = slim(folder.path(), &["in.tar", "-o", "out.tar"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(fs::metadata(folder.path().join("out.tar")).unwrap().len() > 600_000);
    assert_eq!(names(folder.path()), ["in.tar", "out.tar"]);
}

#[test]
fn an_image_that_is_cut_short_leaves_nothing() {
    let folder = temp();
    let whole = wasteful().archive(Form::Docker).bytes();
    for length in [600, 310_000, whole.len() - 5000] {
        fs::write(folder.path().join("in.tar"), &whole[..length]).unwrap();
        let run = slim(folder.path(), &["in.tar", "-o", "out.tar"]);
        assert_eq!(run.code, Some(2), "{length}");
        assert!(run.stderr.contains("in.tar"), "{}", run.stderr);
        assert_eq!(names(folder.path()), ["in.tar"]);
    }
}

#[test]
fn a_root_file_system_has_no_layers_to_slim() {
    let folder = temp();
    wasteful().archive(Form::Rootfs).write(&folder.path().join("in.tar"));
    let run = slim(folder.path(), &["in.tar", "-o", "out.tar"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("this is a root file system, not a saved image"), "{}", run.stderr);
    assert_eq!(names(folder.path()), ["in.tar"]);
}

/// A limit on the length of files stands for a full disk: writing fails in the middle.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_nothing() {
    let folder = temp();
    wasteful().archive(Form::Docker).write(&folder.path().join("in.tar"));
    for output in ["out.tar", "oci:out"] {
        let script = format!("trap '' XFSZ; ulimit -f 400; exec \"$0\" slim in.tar -o {output}");
        let program = env!("CARGO_BIN_EXE_layercake");
        let run = finish(
            std::process::Command::new("sh").args(["-c", &script, program]).current_dir(folder.path()),
        );
        assert_eq!(run.code, Some(2), "{output}: {}", run.stderr);
        let target = output.trim_start_matches("oci:");
        assert!(run.stderr.contains(&format!("cannot write {target}: ")), "{}", run.stderr);
        assert_eq!(names(folder.path()), ["in.tar"], "{output}");
    }
}

/// A full file system, where one can be mounted.
#[cfg(target_os = "linux")]
#[test]
fn a_full_file_system_is_told_and_left_as_it_was() {
    let folder = temp();
    wasteful().archive(Form::Docker).write(&folder.path().join("in.tar"));
    let small = folder.path().join("small");
    fs::create_dir(&small).unwrap();
    let program = env!("CARGO_BIN_EXE_layercake");
    for output in ["small/out.tar", "oci:small/out", "oci-archive:small/out.tar"] {
        // the mount is in a namespace of its own, and ends with it
        let script = format!(
            "mount -t tmpfs -o size=400k none small || exit 77; \"$0\" slim in.tar -o {output}; code=$?; ls -A small; exit $code"
        );
        let mut unshare = std::process::Command::new("unshare");
        let run = finish(unshare.args(["--mount", "sh", "-c", &script, program]).current_dir(folder.path()));
        if run.code == Some(77) || run.stderr.contains("unshare") {
            eprintln!("SKIPPED: nothing can be mounted here");
            return;
        }
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{output}: {}", run.stderr);
        let told = format!("cannot write {}: no space left", output.split(':').next_back().unwrap());
        assert!(run.stderr.to_lowercase().contains(&told), "{}", run.stderr);
    }
}

/// Ctrl-C, wherever it comes: while the image is read, written, or read again.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing() {
    let folder = temp();
    let image = (0..6).fold(wasteful(), |image, n| {
        image.layer(|layer| layer.noise(&format!("large-{n}"), 3_000_000, 10 + n))
    });
    image.archive(Form::Docker).write(&folder.path().join("in.tar"));
    let (mut interrupted, mut done) = (0, 0);
    for output in ["out.tar", "oci:out"] {
        let target = folder.path().join(output.split(':').next_back().unwrap());
        for step in 0..12 {
            let mut slim = command();
            slim.current_dir(folder.path()).args(["slim", "in.tar", "-o", output, "--compress", "gzip"]);
            slim.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            let mut child = slim.spawn().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(150 + 150 * step));
            _ = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            let code = child.wait().unwrap().code();
            let left = names(folder.path());
            match code {
                Some(0) => {
                    done += 1;
                    assert_eq!(left.len(), 2, "{left:?}");
                    if target.is_dir() {
                        fs::remove_dir_all(&target).unwrap();
                    } else {
                        fs::remove_file(&target).unwrap();
                    }
                }
                // before the handler is there the signal itself ends it
                Some(130) | None => {
                    interrupted += 1;
                    assert_eq!(left, ["in.tar"], "{output} after {step}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(interrupted > 0, "{done} were done before the signal");
}
