//! A few packed bytes that unpack to very many.

use std::io::{self, Read as _, Write as _};

use super::{Answer, Cases};
use crate::builder::{Form, ImageBuilder, Packing, header};

const MEGABYTE: u64 = 1 << 20;
const GIGABYTE: u64 = 1 << 30;

fn zstd_of(mut reader: impl io::Read, window: u32) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.long_distance_matching(true).unwrap();
    encoder.window_log(window).unwrap();
    io::copy(&mut reader, &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// A layer of one file of so many gigabytes of zeros, in frames of 64 MB.
fn zstd_bomb(gigabytes: u64) -> Vec<u8> {
    let frame = zstd_of(io::repeat(0).take(64 * MEGABYTE), 20);
    let times = usize::try_from(gigabytes * 16).unwrap();
    [Packing::Zstd.pack(&header(b"zeros", b'0', gigabytes * GIGABYTE)), frame.repeat(times)].concat()
}

fn gzip_bomb(gigabytes: u64) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; usize::try_from(16 * MEGABYTE).unwrap()]).unwrap();
    let member = encoder.finish().unwrap();
    let times = usize::try_from(gigabytes * 64).unwrap();
    [Packing::Gzip.pack(&header(b"zeros", b'0', gigabytes * GIGABYTE)), member.repeat(times)].concat()
}

/// An archive whose layers are these blobs.
fn archive(blobs: Vec<Vec<u8>>) -> Vec<u8> {
    let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::DockerV1).members();
    let names: Vec<_> = (0..blobs.len()).map(|n| format!("{n}/layer.tar")).collect();
    for (name, blob) in names.iter().zip(blobs) {
        members.file(name, blob);
    }
    members.file("bare.json", r#"{"os":"linux","architecture":"amd64"}"#);
    members.edit_json("manifest.json", |json| {
        json[0]["Layers"] = names.into();
        json[0]["Config"] = "bare.json".into();
    });
    members.tar()
}

#[test]
fn bombs_stop_at_the_limit() {
    let mut cases = Cases::default();
    let refused = Answer::Refused(&["unpack to more than", "200 times their size", "--max-unpacked"]);
    cases.bytes("10 layers of 10 GB, zstd", &archive(vec![zstd_bomb(10); 10]), &refused);
    // each layer alone is within the limit
    cases.bytes("10 layers of 1 GB, zstd", &archive(vec![zstd_bomb(1); 10]), &refused);
    cases.bytes("10 layers of 1 GB, gzip", &archive(vec![gzip_bomb(1); 10]), &refused);
    // a gigabyte of zeros is a sparse file as real images have it
    cases.bytes("a layer of 1 GB", &archive(vec![zstd_bomb(1)]), &Answer::Opens);
    cases.done();
}

#[test]
fn the_limit_is_raised_by_a_flag() {
    let mut cases = Cases::default();
    let image = archive(vec![zstd_bomb(1)]);
    let mut whole = zstd_bomb(1);
    whole.extend(Packing::Zstd.pack(&[0; 1024]));
    cases.with(&["--max-unpacked", "100MB"]);
    cases.bytes("1 GB within 100 MB", &image, &Answer::Refused(&["100000000 bytes beyond"]));
    cases.bytes(
        "a whole GB within 100 MB",
        &whole,
        &Answer::Refused(&["100000000 bytes beyond", "200 times its size", "--max-unpacked"]),
    );
    cases.with(&["--max-unpacked", "1TiB"]);
    cases.bytes("1 GB within 1 TiB", &image, &Answer::Opens);
    cases.bytes("a whole GB within 1 TiB", &whole, &Answer::Opens);
    cases.done();
}

#[test]
fn large_windows() {
    let mut cases = Cases::default();
    let tar =
        || io::Cursor::new(header(b"zeros", b'0', 160 * MEGABYTE)).chain(io::repeat(0).take(161 * MEGABYTE));
    let blob = zstd_of(tar(), 27);
    cases.bytes("10 windows of 128 MB", &archive(vec![blob; 10]), &Answer::Opens);
    let blob = zstd_of(tar(), 28);
    cases.bytes("a window of 256 MB", &archive(vec![blob]), &Answer::Refused(&["128 MiB", "the limit"]));
    cases.done();
}

#[test]
fn packed_in_packed() {
    let mut cases = Cases::default();
    let tar = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::Rootfs).bytes();
    let mut nested = tar;
    for _ in 0..50 {
        nested = Packing::Gzip.pack(&nested);
    }
    cases.bytes("a layer packed 50 times", &archive(vec![nested]), &Answer::Refused(&["0/layer.tar"]));
    cases.done();
}
