//! Archives that are broken outside their layers: files, members, JSON, names that lead nowhere.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::{Complaints, open};
use crate::builder::{Archive, Form, ImageBuilder, Members, Packing, header, seal};
use crate::program::temp;

fn small() -> ImageBuilder {
    ImageBuilder::new()
        .tag("app:1")
        .layer(|l| l.dir("etc").file("etc/passwd", b"root"))
        .history("RUN one")
        .layer(|l| l.noise("data", 3000, 1).whiteout("etc/passwd"))
        .history("RUN two")
}

/// The blob of layer `n` of the only image in an archive with a `manifest.json`.
fn layer_name(members: &mut Members, n: usize) -> String {
    let manifest: serde_json::Value = serde_json::from_slice(members.body("manifest.json")).expect("JSON");
    manifest[0]["Layers"][n].as_str().expect("a name").to_owned()
}

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a writable file");
    path
}

#[test]
fn files_and_directories_that_are_no_images() {
    let folder = temp();
    let at = |name: &str| folder.path().join(name);
    let mut bad = Complaints::default();
    bad.refused("an empty file", &put(folder.path(), "empty.tar", b""), &[], &["empty"]);
    bad.refused("a missing file", &at("there-is-no-such.tar"), &[], &["no such file"]);
    fs::create_dir(at("nothing-in-it")).unwrap();
    bad.refused("an empty directory", &at("nothing-in-it"), &[], &[]);
    fs::create_dir(at("no-image")).unwrap();
    fs::write(at("no-image/README"), b"hello").unwrap();
    bad.refused("a directory of other things", &at("no-image"), &[], &[]);
    bad.refused("a gzip stream of nothing", &put(folder.path(), "n.gz", Packing::Gzip.pack(b"")), &[], &[]);
    bad.refused(
        "a zstd stream of text",
        &put(folder.path(), "t.zst", Packing::Zstd.pack(b"hello")),
        &[],
        &[],
    );
    bad.none_or_panic();
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = temp();
    let path = put(folder.path(), "secret.tar", small().archive(Form::Docker).bytes());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&path).is_ok() {
        eprintln!("SKIPPED: this user (root?) may read every file");
        return;
    }
    let mut bad = Complaints::default();
    bad.refused("no permission", &path, &[], &["permission denied"]);
    bad.none_or_panic();
}

#[test]
fn json_of_another_shape() {
    let folder = temp();
    let mut bad = Complaints::default();
    let deep = "[".repeat(200_000);
    let shapes = [
        "",
        "{",
        "[",
        "null",
        "3",
        r#""x""#,
        "{}",
        "[]",
        "[{}]",
        "[3]",
        r#"[{"Config":3,"Layers":{}}]"#,
        &deep,
    ];
    for shape in shapes {
        let case = format!("manifest.json = {shape:.20}");
        let mut members = small().archive(Form::DockerV1).members();
        *members.body("manifest.json") = shape.into();
        bad.refused(&case, &put(folder.path(), "m.tar", members.tar()), &[], &["manifest.json"]);
    }
    let shapes = [
        "",
        "{",
        "null",
        "3",
        "{}",
        "[]",
        r#"{"manifests":3}"#,
        r#"{"manifests":[]}"#,
        r#"{"manifests":[{}]}"#,
        &deep,
    ];
    for shape in shapes {
        let case = format!("index.json = {shape:.20}");
        let mut members = small().archive(Form::Oci).members();
        *members.body("index.json") = shape.into();
        bad.refused(&case, &put(folder.path(), "i.tar", members.tar()), &[], &["index.json"]);
    }
    for shape in [
        "",
        "null",
        "3",
        "[]",
        r#"{"rootfs":3}"#,
        r#"{"rootfs":{"diff_ids":"x"}}"#,
        r#"{"history":7}"#,
        &deep,
    ] {
        let case = format!("the configuration = {shape:.20}");
        let mut members = small().archive(Form::DockerV1).members();
        members.file("config.json", shape.as_bytes());
        members.edit_json("manifest.json", |json| json[0]["Config"] = "config.json".into());
        bad.refused(&case, &put(folder.path(), "c.tar", members.tar()), &[], &["config.json"]);
    }
    bad.none_or_panic();
}

#[test]
fn a_manifest_too_big_to_be_one() {
    let folder = temp();
    let path = folder.path().join("huge.tar");
    let size = 100 << 20;
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&header(b"manifest.json", b'0', size)).unwrap();
    file.set_len(512 + size + 1024).unwrap();
    drop(file);
    let mut bad = Complaints::default();
    bad.refused("100 MB of zeros", &path, &[], &["manifest.json"]);
    bad.none_or_panic();
}

#[test]
fn members_with_impossible_headers() {
    let folder = temp();
    let mut bad = Complaints::default();
    let spoilt = |size: &[u8; 12]| {
        let mut head = header(b"manifest.json", b'0', 5);
        head[124..136].copy_from_slice(size);
        seal(&mut head);
        let mut tar = head.to_vec();
        tar.resize(3 * 512, b' ');
        tar.resize(5 * 512, 0);
        tar
    };
    let cases: [(&str, &[u8; 12]); 4] = [
        ("longer than the file", b"00010000000\0"),
        ("a size of letters", b"zzzzzzzzzzz\0"),
        ("a negative size", &[0xff; 12]),
        ("a size beyond 64 bits", b"\x80\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f"),
    ];
    for (case, size) in cases {
        bad.refused(case, &put(folder.path(), "h.tar", spoilt(size)), &[], &["manifest.json|at offset 0"]);
    }
    let mut checksum = spoilt(b"00000000005\0");
    checksum[0] = b'N';
    bad.refused("a wrong check sum", &put(folder.path(), "sum.tar", checksum), &[], &[]);
    bad.none_or_panic();
}

#[test]
fn names_that_lead_nowhere() {
    let folder = temp();
    let mut bad = Complaints::default();
    let mut members = small().archive(Form::DockerV1).members();
    members.symlink("a/layer.tar", "../b/layer.tar");
    members.symlink("b/layer.tar", "../a/layer.tar");
    members.edit_json("manifest.json", |json| json[0]["Layers"][0] = "a/layer.tar".into());
    bad.refused(
        "a loop of links",
        &put(folder.path(), "loop.tar", members.tar()),
        &[],
        &["a/layer.tar|b/layer.tar"],
    );

    for (case, name) in [("a parent", "../../etc/passwd"), ("the root", "/etc/passwd"), ("nothing", "")] {
        let mut members = small().archive(Form::DockerV1).members();
        members.edit_json("manifest.json", |json| json[0]["Layers"][0] = name.into());
        bad.refused(case, &put(folder.path(), "up.tar", members.tar()), &[], &[name]);
    }
    for name in ["sha256:../../../../../etc/passwd", "sha256:", "x", "sha256:XYZ", "../x:aaaa"] {
        let mut members = small().archive(Form::OciDir).members();
        members.edit_json("index.json", |json| json["manifests"][0]["digest"] = name.into());
        let path = folder.path().join("layout");
        members.write_directory(&path);
        bad.refused(&format!("the digest {name}"), &path, &[], &[]);
        fs::remove_dir_all(&path).unwrap();
    }
    bad.none_or_panic();
}

#[test]
fn parts_that_do_not_fit_together() {
    let folder = temp();
    let mut bad = Complaints::default();
    let mut members = small().archive(Form::Docker).members();
    let first = layer_name(&mut members, 0);
    members.remove(&first);
    bad.refused("a missing layer", &put(folder.path(), "gone.tar", members.tar()), &[], &[&first[13..25]]);

    let mut members = small().archive(Form::DockerV1).members();
    members.edit_json("manifest.json", |json| json[0]["Layers"].as_array_mut().unwrap().truncate(1));
    bad.refused_or_remarked("fewer layers than diff IDs", &put(folder.path(), "few.tar", members.tar()), &[]);
    let mut members = small().archive(Form::DockerV1).members();
    let first = layer_name(&mut members, 0);
    members.edit_json("manifest.json", |json| json[0]["Layers"].as_array_mut().unwrap().push(json!(first)));
    bad.refused_or_remarked("more layers than diff IDs", &put(folder.path(), "more.tar", members.tar()), &[]);

    let talkative = small().history("RUN three").history("RUN four");
    let config = talkative.config_json(&[]);
    let mut members = small().archive(Form::DockerV1).members();
    members.edit_json("manifest.json", |json| json[0]["Config"] = "config.json".into());
    let diff_ids: Vec<_> = small().build_layers().map(|layer| crate::builder::digest(&layer.tar)).collect();
    let mut changed = small().config_json(&diff_ids);
    changed["history"] = config["history"].clone();
    for step in changed["history"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("empty_layer");
    }
    members.file("config.json", changed.to_string());
    bad.refused_or_remarked("more history than layers", &put(folder.path(), "talk.tar", members.tar()), &[]);
    bad.none_or_panic();
}

#[test]
fn an_image_without_layers_has_nothing_to_show() {
    let folder = temp();
    let mut bad = Complaints::default();
    for form in Form::IMAGES {
        let path = folder.path().join(format!("{form:?}"));
        ImageBuilder::new().empty_step("ENV A=1").archive(form).write(&path);
        bad.refused(&format!("{form:?}"), &path, &[], &["no layers"]);
    }
    bad.none_or_panic();
}

/// However an archive is cut, it is refused; only where nothing is gone that matters it may open.
#[test]
fn an_archive_cut_anywhere() {
    let folder = temp();
    let mut bad = Complaints::default();
    for form in [Form::DockerV1, Form::Docker, Form::Oci] {
        let whole = Archive::new(form).image(small()).bytes();
        for cut in (1..whole.len()).step_by(whole.len() / 40) {
            let path = put(folder.path(), "cut.tar", &whole[..cut]);
            let case = format!("{form:?} cut at {cut} of {}", whole.len());
            let run = open(&path, &[]);
            if run.code != Some(0) {
                bad.refused(&case, &path, &[], &[]);
            } else if !run.stdout.contains("3004") {
                bad.add(&case, "it opens as if it were whole");
            }
        }
    }
    bad.none_or_panic();
}

/// A byte changed anywhere gives a report or a refusal, never a panic.
#[test]
fn an_archive_with_one_byte_changed() {
    let folder = temp();
    let mut bad = Complaints::default();
    for (form, packing) in
        [(Form::DockerV1, Packing::Plain), (Form::Oci, Packing::Gzip), (Form::Docker, Packing::Zstd)]
    {
        let whole = Archive::new(form).image(small().packing(packing)).bytes();
        for at in (0..whole.len()).step_by(whole.len() / 60) {
            let mut spoilt = whole.clone();
            spoilt[at] ^= 0x41;
            let path = put(folder.path(), "spoilt.tar", &spoilt);
            let run = open(&path, &[]);
            if run.code != Some(0) {
                bad.judge_refusal(&format!("{form:?} changed at {at}"), &run);
            }
        }
    }
    bad.none_or_panic();
}
