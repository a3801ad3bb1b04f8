//! Layers whose few bytes stand for many: names, links, attributes, records, sizes, depth.

use super::{Answer, Cases};
use crate::builder::{ImageBuilder, LayerBuilder, Names, Packing, header, pad, seal};

fn tar(describe: impl FnOnce(LayerBuilder) -> LayerBuilder) -> Vec<u8> {
    describe(LayerBuilder::default()).tar(Names::Gnu)
}

/// A member that tells something of the next, or of all that follow.
pub(super) fn extension(flag: u8, body: &[u8]) -> Vec<u8> {
    let mut tar = [&header(b"extension", flag, body.len() as u64)[..], body].concat();
    pad(&mut tar);
    tar
}

pub(super) fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let digits = (1..9).find(|digits| (rest + digits).to_string().len() == *digits).expect("a short record");
    [format!("{} {key}=", rest + digits).as_bytes(), value, b"\n"].concat()
}

fn file(name: &str) -> Vec<u8> {
    header(name.as_bytes(), b'0', 0).to_vec()
}

#[test]
fn long_names_and_targets() {
    let mut cases = Cases::default();
    let deep = |n: usize| format!("{n}/{}x", "d/".repeat(2000));
    let many: Vec<u8> =
        (0..600).flat_map(|n| [extension(b'L', deep(n).as_bytes()), file("x")].concat()).collect();
    cases.layer("600 names, each of 2,000 directories", many, &Answer::Refused(&["directories", "limit"]));
    let long = |length: usize| [extension(b'L', "n".repeat(length).as_bytes()), file("x")].concat();
    cases.layer("a name of 64 KiB", long(64 << 10), &Answer::Refused(&["the path", "4096"]));
    cases.layer(
        "a path 100,000 deep",
        tar(|l| l.file(&"d/".repeat(100_000), b"")),
        &Answer::Refused(&["4096"]),
    );
    let link = |length: usize| tar(|l| l.symlink("link", &"t".repeat(length)));
    cases.layer("a target of 1 MB", link(1_000_000), &Answer::Refused(&["the link's target", "4096"]));
    let targets: Vec<u8> = (0..6000)
        .flat_map(|n| {
            [
                extension(b'K', format!("{n}{}", "t".repeat(4000)).as_bytes()),
                header(format!("l{n}").as_bytes(), b'2', 0).to_vec(),
            ]
            .concat()
        })
        .collect();
    cases.layer("6,000 targets of 4 kB", targets, &Answer::Opens);
    let remarks: Vec<u8> = (0..20)
        .flat_map(|_| {
            [extension(b'L', format!("{}a/.wh.", "./".repeat(500_000)).as_bytes()), file("x")].concat()
        })
        .collect();
    cases.layer("20 names of 1 MB that make a diagnostic", remarks, &Answer::Remarked("invalid-whiteout"));
    cases.done();
}

#[test]
fn extended_attributes() {
    let mut cases = Cases::default();
    let mut image = ImageBuilder::new();
    for layer in 0..10 {
        let tar: Vec<u8> = (0..6)
            .flat_map(|n| {
                let value = [format!("{layer} {n}").as_bytes(), &vec![b'v'; 1_000_000]].concat();
                [extension(b'x', &record("SCHILY.xattr.user.a", &value)), file("a")].concat()
            })
            .collect();
        image = image.layer(|l| l.raw_tar(tar).packing(Packing::Zstd));
    }
    cases.image(
        "1 MB on 6 entries of 10 layers",
        &image,
        &Answer::Refused(&["extended attributes", "limit"]),
    );
    let records: Vec<u8> = (0..40_000).flat_map(|n| record(&format!("SCHILY.xattr.{n}"), b"v")).collect();
    let tar = [extension(b'x', &records), file("a")].concat();
    cases.layer("40,000 on one entry", tar, &Answer::Opens);
    cases.done();
}

#[test]
fn pax_records() {
    let mut cases = Cases::default();
    let globals: Vec<u8> =
        (0..100).flat_map(|n| extension(b'g', &record(&format!("key{n}"), &vec![b'v'; 1_000_000]))).collect();
    cases.layer("100 global headers of 1 MB", globals, &Answer::Refused(&["global", "4096"]));
    let records: Vec<u8> = (0..100_000).flat_map(|_| record("path", b"x")).collect();
    let same = [extension(b'x', &records), file("a")].concat();
    cases.layer("100,000 records of one key", same, &Answer::Opens);
    let records: Vec<u8> = (0..80_000).flat_map(|n| record(&format!("{n}"), b"x")).collect();
    let both = [extension(b'g', &record("uid", b"7")), extension(b'x', &records), file("a")].concat();
    cases.layer("80,000 records of different keys", both, &Answer::Opens);
    let again: Vec<u8> =
        (0..10_000).flat_map(|_| extension(b'g', &record("comment", &[b'c'; 3000]))).collect();
    cases.layer("10,000 global headers that replace each other", again, &Answer::Opens);
    cases.done();
}

#[test]
fn links_and_zeros() {
    let mut cases = Cases::default();
    let lone = [file("seen"), vec![0; 512], file("hidden"), vec![0; 1024]].concat();
    for packing in [Packing::Plain, Packing::Gzip] {
        let image = ImageBuilder::new().layer(|l| l.raw_tar(lone.clone()).packing(packing));
        cases.image(
            &format!("a lone block of zeros ({packing:?})"),
            &image,
            &Answer::Remarked("lone-zero-block"),
        );
    }
    for (case, target) in
        [("nothing", "none"), ("a directory", "dir"), ("itself", "link"), ("a later file", "later")]
    {
        let tar = tar(|l| l.dir("dir").hardlink("link", target).file("later", b"body"));
        cases.layer(&format!("a hard link to {case}"), tar, &Answer::Remarked("dangling-hard-link"));
    }
    let ring = tar(|l| l.hardlink("a", "b").hardlink("b", "c").hardlink("c", "a"));
    cases.layer("hard links in a ring", ring, &Answer::Remarked("dangling-hard-link"));
    let many: Vec<u8> = (0..50_000)
        .flat_map(|n| {
            let mut head = header(format!("l{n}").as_bytes(), b'1', 0);
            head[157..161].copy_from_slice(b"none");
            seal(&mut head);
            head
        })
        .collect();
    cases.layer("50,000 dangling hard links", many, &Answer::Remarked("dangling-hard-link"));
    cases.done();
}

#[test]
fn names_that_are_no_text() {
    let mut cases = Cases::default();
    let odd: [&[u8]; 6] = [
        b"new\nline",
        b"escape\x1b[2J\x1b]0;title\x07",
        b"c1\xc2\x9b31m",
        "bidi\u{202e}gnp.exe\u{200b}".as_bytes(),
        b"\xff\xfe not utf-8",
        b"carriage\rreturn\ttab\x7f",
    ];
    let wasted = |l: LayerBuilder| odd.iter().fold(l, |l, name| l.raw_name(name, b"body"));
    let image = ImageBuilder::new().layer(wasted).layer(wasted).layer(|l| l.file(".wh.\u{1b}[31m", b""));
    cases.image("control, bidi and other bytes", &image, &Answer::Opens);
    cases.done();
}

#[test]
fn whiteouts_of_everything() {
    let mut cases = Cases::default();
    let files = |l: LayerBuilder| (0..500).fold(l.dir("d"), |l, n| l.file(&format!("d/{n}"), b"x"));
    let mut image = ImageBuilder::new();
    for _ in 0..40 {
        image = image
            .layer(|l| files(l).packing(Packing::Zstd))
            .layer(|l| l.whiteout("d").opaque("").packing(Packing::Zstd));
    }
    cases.image("40 times all away", &image, &Answer::Opens);
    // a file in place of a deep directory, and the directory again, over and over
    let deep = format!("a/{}x", "d/".repeat(2000));
    let turn = [file("a"), extension(b'L', deep.as_bytes()), file("x")].concat();
    cases.layer("500 times a deep path and a file in its way", turn.repeat(500), &Answer::Opens);
    cases.done();
}
