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
        ("no/such/out.tar", "cannot write no/such/out.tar: its folder does not exist"),
        ("full", "cannot write full: it is a directory"),
        ("oci:full", "cannot write full: there is something in it"),
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
