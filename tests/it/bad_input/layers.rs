//! Layers that are no sound tar, in a sound archive: the sentence names the layer's blob.

use std::fs;
use std::path::Path;

use super::Complaints;
use crate::builder::{Entry, Form, ImageBuilder, Names, Packing, digest, header, pad, seal, tar_of};
use crate::program::temp;

/// An image whose second layer is `tar`; with the blob's short digest.
fn write(path: &Path, tar: Vec<u8>, packing: Packing) -> String {
    let blob = digest(&packing.pack(&tar));
    ImageBuilder::new()
        .layer(|l| l.file("fine", b"fine"))
        .layer(|l| l.raw_tar(tar).packing(packing))
        .archive(Form::Docker)
        .write(path);
    blob["sha256:".len()..][..12].to_owned()
}

/// One member whose header `change` spoilt, with `body`, and then the end of the tar.
fn member(flag: u8, size: u64, body: &[u8], change: impl FnOnce(&mut [u8; 512])) -> Vec<u8> {
    let mut head = header(b"some/member", flag, size);
    change(&mut head);
    seal(&mut head);
    let mut tar = [&head[..], body].concat();
    pad(&mut tar);
    tar
}

/// `front`, and then a tar of one file.
fn then_a_file(mut front: Vec<u8>) -> Vec<u8> {
    front
        .extend(tar_of(&[Entry { path: b"f".into(), body: b"body".into(), ..Entry::default() }], Names::Gnu));
    front
}

#[test]
fn layers_with_impossible_headers() {
    let folder = temp();
    let path = folder.path().join("image.tar");
    let mut bad = Complaints::default();
    let fine = |_: &mut [u8; 512]| {};
    let size = |field: &'static [u8; 12]| move |head: &mut [u8; 512]| head[124..136].copy_from_slice(field);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a pax header of 8 GB", then_a_file(member(b'x', 0o77_777_777_777, b"", fine))),
        ("a GNU long name of 8 GB", then_a_file(member(b'L', 0o77_777_777_777, b"", fine))),
        ("a GNU long link of 8 GB", then_a_file(member(b'K', 0o77_777_777_777, b"", fine))),
        ("a global pax header of 8 GB", then_a_file(member(b'g', 0o77_777_777_777, b"", fine))),
        ("a size of letters", then_a_file(member(b'0', 0, b"", size(b"zzzzzzzzzzz\0")))),
        ("a negative size", then_a_file(member(b'0', 0, b"", size(&[0xff; 12])))),
        (
            "a size beyond 64 bits",
            then_a_file(member(b'0', 0, b"", size(b"\x80\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f"))),
        ),
        ("a member longer than the layer", member(b'0', 1_000_000, b"short", fine)),
        ("a layer cut in a header", then_a_file(Vec::new())[..300].to_vec()),
        (
            "no tar at all",
            b"just some text that is long enough to be read as one header of a tar, but is none. ".repeat(20),
        ),
    ];
    for (case, tar) in cases {
        for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
            let blob = write(&path, tar.clone(), packing);
            bad.refused(&format!("{case} ({packing:?})"), &path, &[], &[&blob]);
        }
    }
    bad.none_or_panic();
}

#[test]
fn pax_records_that_lie_are_refused_or_told() {
    let folder = temp();
    let path = folder.path().join("image.tar");
    let mut bad = Complaints::default();
    let records: [&[u8]; 6] = [
        b"99999999999999999999 path=a\n",
        b"-5 path=a\n",
        b"x path=a\n",
        b"12 no-equals",
        b"9 size=z\n",
        b"0 path=a\n",
    ];
    for record in records {
        write(&path, then_a_file(member(b'x', record.len() as u64, record, |_| {})), Packing::Plain);
        bad.refused_or_remarked(&String::from_utf8_lossy(record), &path, &[]);
    }
    bad.none_or_panic();
}

#[test]
fn streams_that_stop_early() {
    let folder = temp();
    let mut bad = Complaints::default();
    let image = |packing| ImageBuilder::new().layer(|l| l.noise("data", 20_000, 7)).packing(packing);
    for packing in [Packing::Gzip, Packing::GzipMembers, Packing::Zstd, Packing::ZstdFrames] {
        let mut members = image(packing).archive(Form::DockerV1).members();
        let manifest: serde_json::Value = serde_json::from_slice(members.body("manifest.json")).unwrap();
        let name = manifest[0]["Layers"][0].as_str().unwrap();
        let half = members.body(name).len() / 2;
        members.body(name).truncate(half);
        let path = folder.path().join("short.tar");
        fs::write(&path, members.tar()).unwrap();
        bad.refused(&format!("{packing:?}"), &path, &[], &[&name[..12]]);
    }
    bad.none_or_panic();
}

/// One gigabyte of zeros, one megabyte packed: the same member again and again.
#[cfg(target_os = "linux")]
fn bomb(front: &[u8]) -> Vec<u8> {
    let megabytes = Packing::Gzip.pack(&vec![0; 16 << 20]);
    let mut bomb = Packing::Gzip.pack(front);
    bomb.extend(megabytes.repeat(64));
    bomb.extend(Packing::Gzip.pack(&[0; 1024]));
    bomb
}

/// Runs with 400 MB of address space, far less than the bombs unpack to.
#[cfg(target_os = "linux")]
fn open_in_little_memory(image: &Path) -> crate::program::Run {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", r#"ulimit -v 400000; exec "$@""#, "sh"]).arg(env!("CARGO_BIN_EXE_layercake"));
    shell.arg(image).arg("--json").env_remove("CI").env("RAYON_NUM_THREADS", "2");
    crate::program::finish(&mut shell)
}

#[cfg(target_os = "linux")]
#[test]
fn bombs_cost_time_but_no_memory() {
    let folder = temp();
    let gigabyte = 1 << 30;
    let cases = [
        ("a file of a gigabyte", header(b"zeros", b'0', gigabyte), true),
        ("a pax header of a gigabyte", header(b"pax", b'x', gigabyte), false),
        ("a long name of a gigabyte", header(b"long", b'L', gigabyte), false),
    ];
    let mut bad = Complaints::default();
    for (case, front, opens) in cases {
        let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::DockerV1).members();
        members.file("bomb/layer.tar", bomb(&front));
        members.edit_json("manifest.json", |json| json[0]["Layers"][0] = "bomb/layer.tar".into());
        let path = folder.path().join("bomb.tar");
        fs::write(&path, members.tar()).unwrap();
        let run = open_in_little_memory(&path);
        if opens {
            let json = serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap_or_default();
            if run.code != Some(0) || json["totals"]["content"] != gigabyte {
                bad.add(case, format!("exit code {:?}, stderr: {}", run.code, run.stderr.trim()));
            }
        } else {
            bad.judge_refusal(case, &run);
        }
    }
    bad.none_or_panic();
}
