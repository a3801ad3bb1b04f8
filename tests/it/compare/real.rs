//! Against a real engine: the changes between two images are those between the exports of their containers.
//!
//! Runs where the `docker` command reaches an engine. Further pairs of that engine's images may stand in
//! `LAYERCAKE_COMPARE_IMAGES` as `OLD=NEW`, separated by blanks.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::naive::{self, Change, Tree};
use super::{changes, compared, differences};
use crate::builder::{Form, ImageBuilder};
use crate::engines::{docker, is_of_the_runtime};
use crate::program::temp;

/// What a container of an image sees.
fn exported(name: &str, folder: &Path) -> Tree {
    let container = docker(&["create", name, "none"]).expect("a container");
    let export = folder.join("export.tar");
    let done = docker(&["export", "-o", export.to_str().expect("a plain path"), &container]);
    docker(&["rm", &container]);
    done.expect("an export");
    let mut tree = naive::tree(std::io::BufReader::new(File::open(&export).expect("the export")));
    tree.retain(|path, _| !is_of_the_runtime(path));
    tree
}

fn saved(name: &str, folder: &Path) -> PathBuf {
    let path = folder.join(format!("{}.tar", name.replace(['/', ':'], "-")));
    docker(&["save", "-o", path.to_str().expect("a plain path"), name]).expect("the engine saves it");
    path
}

fn check(old: &str, new: &str, folder: &Path) -> BTreeMap<Vec<u8>, Change> {
    let theirs = naive::changes(&exported(old, folder), &exported(new, folder));
    let mut ours = changes(&compared(&saved(old, folder), &saved(new, folder)));
    ours.retain(|path, _| !is_of_the_runtime(path));
    let differences = differences(&ours, &theirs);
    assert!(
        differences.is_empty(),
        "{old} {new}: {} differences, among them:\n{}",
        differences.len(),
        differences[..differences.len().min(10)].join("\n")
    );
    let count = |kind: &str| theirs.values().filter(|change| change.0 == kind).count();
    let counts =
        ["added", "removed", "changed", "metadata", "moved"].map(|kind| format!("{} {kind}", count(kind)));
    println!("{old} {new}: the same {}", counts.join(", "));
    theirs
}

fn old() -> ImageBuilder {
    ImageBuilder::new()
        .tag("layercake-compare:old")
        .layer(|layer| {
            layer
                .dir("d")
                .noise("d/same", 9000, 1)
                .noise("d/other", 9000, 2)
                .file("d/short", b"abc")
                .dir("turns")
                .file("turns/inside", b"1")
                .symlink("link", "d/same")
                .fifo("pipe")
                .file("mode", b"m")
                .noise("a/move", 7000, 3)
                .noise("a/rename", 7000, 4)
                .noise("a/twice", 7000, 5)
                .noise("a/hard", 5000, 6)
                .hardlink("a/hard2", "a/hard")
                .file("retyped", b"file")
                .dir("dmode")
                .file("bad name\n", b"x")
                .char_device("device")
                .file("only-old", b"bytes")
                .file("owner", b"o")
                .file("touched", b"t")
        })
        .history("ADD rootfs /")
}

fn new() -> ImageBuilder {
    ImageBuilder::new()
        .tag("layercake-compare:new")
        .layer(|layer| {
            layer
                .dir("d")
                .noise("d/same", 9000, 1)
                .noise("d/other", 9000, 20)
                .file("d/short", b"abd")
                .file("turns", b"a file")
                .symlink("link", "d/other")
                .fifo("pipe")
                .file("mode", b"m")
                .mode(0o600)
                .noise("b/move", 7000, 3)
                .noise("b/new-name", 7000, 4)
                .noise("b/twice", 7000, 5)
                .noise("b/twice-again", 7000, 5)
                .noise("a/hard", 5000, 6)
                .noise("a/hard2", 5000, 6)
                .dir("retyped")
                .dir("dmode")
                .mode(0o700)
                .file("bad name\n", b"x")
                .char_device("device")
                .file("owner", b"o")
                .owner(1000, 1000)
                .file("touched", b"t")
                .mtime(5)
        })
        .history("ADD rootfs /")
        .layer(|layer| layer.whiteout("bad name\n").file("late", b"later").hardlink("late2", "late"))
        .history("RUN late")
}

#[test]
fn changes_are_those_between_two_exports() {
    if docker(&["version", "--format", "{{.Server.Version}}"]).is_none() {
        eprintln!("SKIPPED: no docker engine answers here");
        return;
    }
    let folder = temp();
    for image in [old(), new()] {
        let path = folder.path().join("load.tar");
        image.archive(Form::DockerV1).write(&path);
        docker(&["load", "-i", path.to_str().expect("a plain path")]).expect("the engine loads it");
    }
    let names = ["layercake-compare:old", "layercake-compare:new"];
    let found = check(names[0], names[1], folder.path());
    for (path, kind) in [
        ("d/other", "changed"),
        ("d/short", "changed"),
        ("link", "metadata"),
        ("mode", "metadata"),
        ("owner", "metadata"),
        ("dmode", "metadata"),
        ("turns", "changed"),
        ("turns/inside", "removed"),
        ("retyped", "changed"),
        ("b/move", "moved"),
        ("b/new-name", "moved"),
        ("b/twice", "moved"),
        ("b/twice-again", "added"),
        ("late2", "added"),
        ("only-old", "removed"),
        ("bad name\n", "removed"),
    ] {
        assert_eq!(found.get(path.as_bytes()).map(|change| change.0), Some(kind), "{path}");
    }
    assert!(!found.contains_key(&b"touched"[..]) && !found.contains_key(&b"a/hard2"[..]));
    check(names[1], names[0], folder.path());
    for name in names {
        docker(&["rmi", name]);
    }
    for pair in std::env::var("LAYERCAKE_COMPARE_IMAGES").unwrap_or_default().split_whitespace() {
        let (old, new) = pair.split_once('=').expect("OLD=NEW");
        check(old, new, folder.path());
    }
}
