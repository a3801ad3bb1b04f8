//! Sizes, maps and records that lie.

use super::layers::{extension, record};
use super::{Answer, Cases};
use crate::builder::{ImageBuilder, Packing, header, pad, seal};

/// A sparse file as GNU tar 1.0 writes it: its true size, and a body of a map and data.
fn sparse(size: u64, map: &[(u64, u64)]) -> Vec<u8> {
    let mut text = format!("{}\n", map.len());
    for (offset, length) in map {
        text.extend([offset, length].map(|number| format!("{number}\n")));
    }
    let mut body = text.into_bytes();
    pad(&mut body);
    let records = [
        record("GNU.sparse.major", b"1"),
        record("GNU.sparse.minor", b"0"),
        record("GNU.sparse.name", b"var/log/lastlog"),
        record("GNU.sparse.realsize", size.to_string().as_bytes()),
    ];
    let mut tar = extension(b'x', &records.concat());
    tar.extend(header(b"GNUSparseFile.0/lastlog", b'0', body.len() as u64));
    tar.extend(body);
    tar
}

/// One in the old form: the map is in the header.
fn old_sparse(name: &[u8], size: u64) -> Vec<u8> {
    let mut head = header(name, b'S', 0);
    head[257..265].copy_from_slice(b"ustar  \0");
    head[386..398].copy_from_slice(b"00000000000\0");
    head[398..410].copy_from_slice(b"00000000000\0");
    head[483] = 0x80;
    head[487..495].copy_from_slice(&size.to_be_bytes());
    seal(&mut head);
    head.to_vec()
}

#[test]
fn sparse_files_have_what_they_store() {
    let mut cases = Cases::default();
    let half = 1_u64 << 62;
    let both =
        [old_sparse(b"a", half), old_sparse(b"b", half), old_sparse(b"c", half), old_sparse(b"d", half)];
    cases.layer("four sparse files of 2^62", both.concat(), &Answer::Opens);
    cases.layer("a sparse file of 2^63 - 1", old_sparse(b"a", i64::MAX.unsigned_abs()), &Answer::Opens);
    let layer = || old_sparse(b"a", 1 << 51);
    let image = (0..8)
        .fold(ImageBuilder::new(), |image, _| image.layer(|l| l.raw_tar(layer()).packing(Packing::Zstd)));
    cases.image("8 layers of 2^51", &image, &Answer::Opens);
    cases.done();
}

#[test]
fn sparse_maps_that_lie() {
    let mut cases = Cases::default();
    let far = u64::MAX;
    for (case, size, map) in [
        ("beyond the file", 100, vec![(1 << 40, 10)]),
        ("that overflows", 100, vec![(far, far), (far, far)]),
        ("that goes back", 100, vec![(50, 10), (0, 10)]),
        ("of 20,000 pieces", 1 << 30, vec![(7, 0); 20_000]),
    ] {
        cases.layer(&format!("a map {case}"), sparse(size, &map), &Answer::Either);
    }
    let records = [record("GNU.sparse.major", b"1"), record("GNU.sparse.realsize", b"-1")].concat();
    let tar = [extension(b'x', &records), header(b"a", b'0', 0).to_vec()].concat();
    cases.layer("a negative size", tar, &Answer::Either);
    let number = format!("{}1", "0".repeat(500_000));
    let records = [record("GNU.sparse.realsize", number.as_bytes()), record("size", b"9")].concat();
    let tar = [extension(b'x', &records), header(b"a", b'0', 0).to_vec()].concat();
    cases.layer("a size of 500,000 digits", tar, &Answer::Either);
    cases.done();
}

#[test]
fn records_of_odd_shapes() {
    let mut cases = Cases::default();
    for (case, key, value) in [
        ("a path with a NUL", "path", &b"a\0b"[..]),
        ("a path of a newline", "path", b"\n"),
        ("an empty path", "path", b""),
        ("a path of dots", "path", b"../../../../etc/passwd"),
        ("a target with a NUL", "linkpath", b"a\0b"),
        ("a time of a thousand digits", "mtime", &[b'9'; 1000]),
        ("a time that is no number", "mtime", b"NaN"),
        ("an endless fraction", "mtime", b"1.99999999999999999999999999999999999999"),
        ("a user beyond 64 bits", "uid", b"99999999999999999999999999"),
        ("a negative user", "uid", b"-1"),
        ("an attribute without a name", "SCHILY.xattr.", b"v"),
        ("a key without a name", "", b"v"),
        ("an unknown character set", "hdrcharset", b"KLINGON"),
    ] {
        let tar = [extension(b'x', &record(key, value)), header(b"a", b'0', 0).to_vec()].concat();
        cases.layer(case, tar, &Answer::Either);
    }
    cases.layer("an extension of nothing", extension(b'x', &record("path", b"a")), &Answer::Either);
    let stacked: Vec<u8> = (0..2000).flat_map(|n| extension(b'L', format!("n{n}").as_bytes())).collect();
    let tar = [stacked, header(b"a", b'0', 0).to_vec()].concat();
    cases.layer("2,000 long names of one member", tar, &Answer::Either);
    cases.done();
}
