//! Archives that real tools left behind half-written, and sound ones that were damaged by hand.

use std::collections::BTreeSet;
use std::fs;

use super::Complaints;
use crate::program::shared;

/// File, and what the sentence must name (the start of the guilty blob's digest, or a member).
const REFUSED: [(&str, &[&str]); 17] = [
    ("zero-bytes.tar", &["empty"]),
    ("no-members.tar", &[]),
    ("plain-text.txt", &[]),
    ("truncated-docker-20.tar", &["226a66ed2dd9"]),
    ("truncated-docker-28-containerd.tar", &["99d758a35316"]),
    ("truncated-manifest-first.tar", &["e5676fcea942"]),
    ("truncated-outer-gzip.tar.gz", &["gzip|ends"]),
    ("layer-missing-docker.tar", &["3c566d10d6d9"]),
    ("layer-missing-oci.tar", &["3c566d10d6d9"]),
    ("config-missing.tar", &["eb6e76d4a19e"]),
    ("layer-corrupt-gzip.tar", &["99d758a35316"]),
    ("layer-corrupt-zstd.tar", &["d9562e6793e4"]),
    ("layer-gzip-cut-short.tar", &["e5676fcea942"]),
    ("layer-inner-tar-cut-short.tar", &["e5676fcea942"]),
    ("broken-manifest-json.tar", &["manifest.json"]),
    ("broken-index-json.tar", &["index.json"]),
    ("oci-index-without-any-manifest.tar", &[]),
];

/// File systems instead of images: they open as one layer, and the report says so.
const REMARKED: [&str; 2] = ["rootfs-docker-export.tar", "rootfs-buildx.tar"];

#[test]
fn what_is_no_image_is_refused_with_the_guilty_member() {
    let Some(folder) = shared("fixtures/formats/not-images") else { return };
    let mut bad = Complaints::default();
    for (file, clues) in REFUSED {
        // the guilty blobs of the archives of several platforms are those of amd64
        let several =
            file.starts_with("config") || file.ends_with("cut-short.tar") || file.contains("manifest-first");
        let options: &[&str] = if several { &["--platform", "linux/amd64"] } else { &[] };
        bad.refused(file, &folder.join(file), options, clues);
    }
    bad.none_or_panic();
}

#[test]
fn file_systems_open_as_one_layer_with_a_diagnostic() {
    let Some(folder) = shared("fixtures/formats/not-images") else { return };
    let mut bad = Complaints::default();
    for file in REMARKED {
        bad.remarked(file, &folder.join(file), &[]);
    }
    bad.none_or_panic();
}

#[test]
fn every_file_of_the_folder_is_tested() {
    let Some(folder) = shared("fixtures/formats/not-images") else { return };
    let known: BTreeSet<&str> = REFUSED.iter().map(|(file, _)| *file).chain(REMARKED).collect();
    let there = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let there: BTreeSet<String> = there.map(|name| name.into_string().expect("a plain name")).collect();
    assert_eq!(there.iter().map(String::as_str).collect::<BTreeSet<_>>(), known);
}
