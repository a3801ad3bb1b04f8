//! The same bytes give the same report and exit code, whether they are a file, a packed file, a directory or standard
//! input.

use std::fs;

use serde_json::Value;

use crate::builder::{Form, ImageBuilder, Packing};
use crate::forms::zoo;
use crate::program::{Run, command, finish, temp};

/// What the program says of an image, wherever it is read from: exit code and report, or the last clause of the error.
fn said(run: &Run) -> (Option<i32>, String) {
    let Ok(mut report) = serde_json::from_str::<Value>(&run.stdout) else {
        let error = run.stderr.trim().split(": ").skip(2).collect::<Vec<_>>().join(": ");
        return (run.code, error);
    };
    for field in ["source", "reference"] {
        report["image"][field] = Value::Null;
    }
    // of a root file system the stored bytes are the file's
    report["totals"]["blob"] = Value::Null;
    for layer in report["layers"].as_array_mut().into_iter().flatten() {
        layer["blob"] = Value::Null;
        layer["compression"] = Value::Null;
    }
    (run.code, report.to_string())
}

#[test]
fn the_same_bytes_tell_the_same_on_every_road() {
    let folder = temp();
    let with_config = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut members = zoo().archive(Form::DockerV1).members();
        let mut name = String::new();
        members.edit_json("manifest.json", |json| {
            json[0]["Config"].as_str().unwrap_or_default().clone_into(&mut name);
        });
        change(members.body(&name));
        members.tar()
    };
    let blanks = |count: usize| with_config(&|text: &mut Vec<u8>| _ = text.splice(0..0, vec![b' '; count]));
    let rootfs = ImageBuilder::new().layer(|l| l.file("manifest.txt", b"{}").file("etc/a", b"12345"));
    // the same with a single block of zeros in the middle
    let whole = rootfs.archive(Form::Rootfs).bytes();
    let members = whole.chunks(512).rposition(|block| block != [0; 512]).map_or(0, |last| (last + 1) * 512);
    let interrupted = [&whole[..members], &[0; 512], &whole].concat();
    let called_as_parts = ImageBuilder::new().layer(|l| {
        l.dir("blobs").dir("index.json").dir(&"a".repeat(64)).file("etc/a", b"12345").file("blobs/b", b"b")
    });
    let called_as_parts = called_as_parts.archive(Form::Rootfs).bytes();
    let mut odd = zoo().archive(Form::Oci).members();
    odd.0.reverse();
    let images = [
        ("an archive", zoo().archive(Form::Docker).bytes()),
        ("packed layers", zoo().packing(Packing::Gzip).archive(Form::Oci).bytes()),
        ("documents first", odd.tar()),
        ("a root file system", whole),
        ("a lone block of zeros", interrupted),
        ("directories that are called as parts of an image", called_as_parts),
        ("a configuration after blanks", blanks(600)),
        ("a configuration that is too long", blanks(17 << 20)),
        ("a configuration that ends early", with_config(&|text| text.truncate(20))),
    ];
    for (case, bytes) in images {
        let (plain, packed) = (folder.path().join("image.tar"), folder.path().join("image.tar.gz"));
        fs::write(&plain, &bytes).expect("a writable folder");
        fs::write(&packed, Packing::Gzip.pack(&bytes)).expect("a writable folder");
        let options = ["--json", "--ci", "--min-efficiency", "99%"];
        let by_file = said(&finish(command().arg(&plain).args(options)));
        for road in [&plain, &packed] {
            let stdin = fs::File::open(road).expect("the image");
            let by_stdin = said(&finish(command().arg("-").args(options).stdin(stdin)));
            assert_eq!(by_stdin, by_file, "{case}: standard input, {}", road.display());
        }
        assert_eq!(said(&finish(command().arg(&packed).args(options))), by_file, "{case}: packed");
    }
    let (archive, directory) = (folder.path().join("oci.tar"), folder.path().join("oci"));
    zoo().archive(Form::Oci).write(&archive);
    zoo().archive(Form::OciDir).write(&directory);
    let options = ["--json", "--ci"];
    let by_file = said(&finish(command().arg(&archive).args(options)));
    assert_eq!(said(&finish(command().arg(&directory).args(options))), by_file, "a directory");
}
