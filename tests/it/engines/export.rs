//! Holds the merged view against a real engine: `docker export` of a container made from the image.
//!
//! Runs where the `docker` command reaches an engine, on the image behind `--demo`; `LAYERCAKE_EXPORT_IMAGES`
//! may name more images of that engine, separated by blanks.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use layercake::image::Image;
use layercake::layer::Kind;
use layercake::load;
use layercake::overlay::{Slot, Union};
use layercake::source::{ImageSelector, Location};

use super::{docker, is_of_the_runtime};
use crate::program::temp;

/// Each path with its kind (`d`, `f`, `l` or `o`) and, for files, its size.
pub(super) type Tree = BTreeMap<Vec<u8>, (char, u64)>;

pub(super) fn merged(path: &Path) -> Tree {
    let load::Loaded { image, union, .. } =
        load::image(&Location::path(path), &ImageSelector::default(), &load::NoProgress)
            .expect("the image loads");
    union
        .rootfs
        .live()
        .map(|(path, slot)| (image.paths.full(path), described(&image, &union, slot)))
        .collect()
}

fn described(image: &Image, union: &Union, slot: Slot) -> (char, u64) {
    let Slot::Entry(id) = slot else { return ('d', 0) };
    match image.entry(id).kind {
        Kind::Directory => ('d', 0),
        Kind::File | Kind::HardLink => {
            ('f', union.content_of(id).map_or(0, |content| image.entry(content).size))
        }
        Kind::Symlink => ('l', 0),
        _ => ('o', 0),
    }
}

/// The members of an exported container's tar. A hard link has the size of what it names.
pub(super) fn exported(path: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut archive = tar::Archive::new(File::open(path).expect("the export"));
    for entry in archive.entries().expect("a tar") {
        let entry = entry.expect("a member");
        let trim = |bytes: &[u8]| {
            let text = bytes.strip_prefix(b"./").unwrap_or(bytes);
            text.strip_suffix(b"/").unwrap_or(text).to_vec()
        };
        let name = trim(&entry.path_bytes());
        let node = match entry.header().entry_type() {
            tar::EntryType::Directory => ('d', 0),
            tar::EntryType::Regular => ('f', entry.size()),
            tar::EntryType::Link => tree[&trim(&entry.link_name_bytes().expect("a target"))],
            tar::EntryType::Symlink => ('l', 0),
            _ => ('o', 0),
        };
        tree.insert(name, node);
    }
    tree
}

fn compare(name: &str, saved: &Path, folder: &Path) {
    let container = docker(&["create", name, "none"]).expect("a container");
    let export = folder.join("export.tar");
    let done = docker(&["export", "-o", export.to_str().expect("a plain path"), &container]);
    docker(&["rm", &container]);
    done.expect("an export");
    let keep =
        |tree: Tree| -> Tree { tree.into_iter().filter(|(path, _)| !is_of_the_runtime(path)).collect() };
    let (ours, theirs) = (keep(merged(saved)), keep(exported(&export)));
    fs::remove_file(&export).expect("the export is gone");
    let differing: Vec<_> = ours
        .iter()
        .filter(|(path, node)| theirs.get(*path) != Some(node))
        .chain(theirs.iter().filter(|(path, _)| !ours.contains_key(*path)))
        .map(|(path, node)| format!("{} {node:?}", String::from_utf8_lossy(path)))
        .collect();
    assert!(
        differing.is_empty(),
        "{name}: {} differences, among them {:?}",
        differing.len(),
        &differing[..differing.len().min(10)]
    );
    println!("{name}: {} paths, each with the same type and size", ours.len());
    assert!(ours.len() > 20, "{name}: hardly anything was compared");
}

#[test]
fn the_merged_view_is_what_a_container_sees() {
    if docker(&["version", "--format", "{{.Server.Version}}"]).is_none() {
        eprintln!("SKIPPED: no docker engine answers here");
        return;
    }
    let folder = temp();
    let packed =
        File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo.tar.zst")).expect("the demo");
    let demo = folder.path().join("demo.tar");
    zstd::stream::copy_decode(packed, File::create(&demo).expect("a file")).expect("the demo unpacks");
    docker(&["load", "-i", demo.to_str().expect("a plain path")]).expect("the engine loads the demo");
    compare("shop-api:1.4", &demo, folder.path());
    for name in std::env::var("LAYERCAKE_EXPORT_IMAGES").unwrap_or_default().split_whitespace() {
        let saved = folder.path().join("saved.tar");
        docker(&["save", "-o", saved.to_str().expect("a plain path"), name]).expect("the engine saves it");
        compare(name, &saved, folder.path());
    }
}
