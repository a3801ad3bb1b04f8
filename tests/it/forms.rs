//! One image in every form and packing: the report must not depend on how it was saved.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::builder::{Archive, Form, ImageBuilder, LayerBuilder, Names, Packing};
use crate::program::{number, report, temp, try_report};

const LONG: &str = "a-directory-of-forty-characters-just-so-a/a-directory-of-forty-characters-just-so-b/leaf-of-a-long-path-behind";

/// An image with something of everything.
pub(crate) fn zoo() -> ImageBuilder {
    let first = |l: LayerBuilder| {
        l.dir("etc")
            .file("etc/passwd", b"root:x:0:0")
            .mode(0o600)
            .owner(1, 2)
            .mtime(1_700_000_000)
            .noise("bin/tool", 30_000, 1)
            .mode(0o4755)
            .hardlink("bin/other-name", "bin/tool")
            .symlink("bin/link", "../etc/passwd")
            .fifo("run/pipe")
            .char_device("dev/null")
            .file(LONG, b"long")
            .noise("data/big", 9000, 2)
            .noise("data/twice", 5000, 3)
            .noise("data/twice", 6000, 4)
    };
    let second = |l: LayerBuilder| {
        l.file("etc/passwd", b"root:x:0:0")
            .xattr("user.note", b"changed")
            .whiteout("bin/tool")
            .opaque("data")
            .file("data/new", b"new")
            .file("late/deep/file", b"implied parents")
    };
    ImageBuilder::new()
        .tag("zoo:1")
        .config("Env", json!(["PATH=/bin"]))
        .layer(first)
        .history("COPY . / # buildkit")
        .empty_step("ENV A=1")
        .layer(second)
        .history("RUN /bin/sh -c change things # buildkit")
        .layer(|l| l)
        .history("RUN /bin/sh -c true # buildkit")
        .empty_step("CMD [\"tool\"]")
}

/// Sums of the zoo, worked out by hand.
fn check_zoo(report: &Value, case: &str) {
    let big = 30_000 + 9000 + 5000 + 6000;
    let expected = [
        ("content", big + 10 + 4 + 10 + 3 + 15),
        ("live", 30_000 + 4 + 10 + 3 + 15),
        ("wasted", 9000 + 5000 + 6000 + 10),
        ("overwritten", 10),
        ("removed", 15_000),
        ("repeated", 5000),
        ("metadata_only", 10),
        ("layers", 3),
        ("files", 5),
        ("symlinks", 1),
        ("others", 2),
        // etc bin run dev data late late/deep, and the two of the long path
        ("directories", 9),
    ];
    for (field, value) in expected {
        assert_eq!(number(report, &format!("/totals/{field}")), value, "{case}: {field}");
    }
    assert_eq!(report["history"].as_array().map(Vec::len), Some(5), "{case}: history");
}

/// The report without what a form or a packing may change: where it came from, blobs, manifests.
fn essence(mut report: Value) -> Value {
    for field in ["source", "reference", "manifest_digest", "config_digest", "tags"] {
        report["image"][field] = Value::Null;
    }
    report["totals"]["blob"] = Value::Null;
    for layer in report["layers"].as_array_mut().expect("layers") {
        for field in ["digest", "media_type", "compression", "blob"] {
            layer[field] = Value::Null;
        }
    }
    report
}

fn open(folder: &Path, archive: &Archive) -> Value {
    let path = folder.join("image");
    _ = fs::remove_file(&path);
    _ = fs::remove_dir_all(&path);
    archive.write(&path);
    report(&path, &[])
}

#[test]
fn every_form_and_packing_tells_the_same() {
    let folder = temp();
    let mut first = None;
    for form in Form::IMAGES {
        for packing in Packing::ALL {
            let case = format!("{form:?} {packing:?}");
            let report = open(folder.path(), &zoo().packing(packing).archive(form));
            check_zoo(&report, &case);
            assert_eq!(report["image"]["tags"], json!(["zoo:1"]), "{case}: the tags, as people write them");
            let compression = match packing {
                Packing::Plain => "none",
                Packing::Gzip | Packing::GzipMembers => "gzip",
                Packing::Zstd | Packing::ZstdFrames => "zstd",
            };
            assert_eq!(report["layers"][0]["compression"], compression, "{case}");
            let essence = essence(report);
            assert_eq!(first.get_or_insert_with(|| essence.clone()), &essence, "{case}");
        }
    }
}

#[test]
fn every_way_to_write_names_tells_the_same() {
    let folder = temp();
    let mut first = None;
    for names in [Names::Gnu, Names::Pax, Names::PaxAlways, Names::Ustar] {
        let mut report = open(folder.path(), &zoo().names(names).archive(Form::Docker));
        check_zoo(&report, &format!("{names:?}"));
        report["totals"]["tar"] = Value::Null;
        for layer in report["layers"].as_array_mut().expect("layers") {
            for field in ["tar", "diff_id"] {
                layer[field] = Value::Null;
            }
        }
        let essence = essence(report);
        assert_eq!(first.get_or_insert_with(|| essence.clone()), &essence, "{names:?}");
    }
}

#[test]
fn names_that_are_not_utf8_come_escaped_with_their_bytes() {
    let folder = temp();
    for names in [Names::Gnu, Names::Pax] {
        let image = ImageBuilder::new()
            .names(names)
            .layer(|l| l.raw_name(b"bad-\xff\xfe", b"12345").raw_name(b"good-\xc3\xa9\n", b"123"))
            .layer(|l| l.raw_name(b".wh.bad-\xff\xfe", b"").raw_name(b".wh.good-\xc3\xa9\n", b""));
        let report = open(folder.path(), &image.archive(Form::Docker));
        let wasted = &report["wasted"];
        assert_eq!(wasted[0]["path"], "bad-\\xff\\xfe", "{names:?}");
        assert_eq!(wasted[0]["path_bytes"], "YmFkLf/+", "{names:?}: base64 of the name");
        assert_eq!(wasted[1]["path"], "good-é\n", "{names:?}");
        assert!(wasted[1].get("path_bytes").is_none(), "{names:?}: a good name needs no bytes");
    }
}

#[test]
fn whole_archives_may_be_compressed() {
    let folder = temp();
    let plain = essence(open(folder.path(), &zoo().archive(Form::Docker)));
    for form in [Form::DockerV1, Form::Docker, Form::Oci] {
        for packing in Packing::ALL {
            let report = open(folder.path(), &zoo().archive(form).outer(packing));
            assert_eq!(essence(report), plain, "{form:?} in {packing:?}");
        }
    }
}

#[test]
fn a_root_filesystem_is_one_layer() {
    let folder = temp();
    let image = ImageBuilder::new().layer(|l| l.dir("etc").file("etc/a", b"12345").file("b", b"1"));
    for packing in Packing::ALL {
        let report = open(folder.path(), &image.archive(Form::Rootfs).outer(packing));
        assert_eq!(number(&report, "/totals/layers"), 1, "{packing:?}");
        assert_eq!(number(&report, "/totals/live"), 6, "{packing:?}");
        assert_ne!(report["diagnostics"], json!([]), "{packing:?}: that it is no image is told");
    }
}

#[test]
fn several_images_are_chosen_by_name() {
    let folder = temp();
    let named =
        |tag: &str, size: u8| ImageBuilder::new().tag(tag).layer(move |l| l.noise("f", size.into(), 1));
    for form in Form::IMAGES {
        let archive = Archive::new(form).image(named("app:1", 10)).image(named("tool:2", 20));
        let path = folder.path().join(format!("{form:?}"));
        archive.write(&path);
        for (tag, size) in [("app:1", 10_u8), ("tool:2", 20)] {
            let report = report(&path, &["--image", tag]);
            assert_eq!(number(&report, "/totals/content"), u64::from(size), "{form:?} {tag}");
            assert_eq!(report["image"]["tags"], json!([tag]), "{form:?}");
        }
    }
}

#[test]
fn several_platforms_are_chosen_and_attestations_are_no_images() {
    let folder = temp();
    let on = |platform: &str, size: u8| {
        ImageBuilder::new().tag("m:1").platform(platform).layer(move |l| l.noise("f", size.into(), 1))
    };
    let platforms = [("linux/amd64", 10_u8), ("linux/arm64", 20), ("linux/arm/v7", 30)];
    for form in [Form::Docker, Form::Oci, Form::OciDir] {
        for attestations in [false, true] {
            let mut archive = Archive::new(form).platforms();
            for (platform, size) in platforms {
                archive = archive.image(on(platform, size));
            }
            let path = folder.path().join(format!("{form:?}-{attestations}"));
            if attestations { archive.attestations() } else { archive }.write(&path);
            for (platform, size) in platforms {
                let report = report(&path, &["--platform", platform]);
                assert_eq!(number(&report, "/totals/content"), u64::from(size), "{form:?} {platform}");
                assert_eq!(number(&report, "/totals/layers"), 1, "{form:?} {platform}");
            }
        }
    }
}

/// A pulled image has the index of all platforms, but the blobs of one.
#[test]
fn blobs_of_other_platforms_may_be_missing() {
    let folder = temp();
    let on = |platform: &str| ImageBuilder::new().platform(platform).layer(|l| l.file("f", platform));
    let whole = Archive::new(Form::Oci).platforms().image(on("linux/amd64")).image(on("linux/riscv64"));
    let alone = on("linux/riscv64").archive(Form::Oci).members();
    let mut members = whole.members();
    // whatever the archive of riscv64 alone does not hold goes, but for the entry files and the index
    let kept = |name: &[u8]| alone.0.iter().any(|entry| entry.path == name);
    let json = |body: &[u8]| String::from_utf8_lossy(body).contains("image.index.v1");
    members.0.retain(|entry| kept(&entry.path) || json(&entry.body) || !entry.path.starts_with(b"blobs"));
    let path = folder.path().join("pulled.tar");
    fs::write(&path, members.tar()).unwrap();
    let report = report(&path, &[]);
    assert_eq!(report["image"]["platform"]["architecture"], "riscv64", "the only complete one");
    assert!(try_report(&path, &["--platform", "linux/amd64"]).is_err(), "what is missing cannot be opened");
}

#[test]
fn images_without_history_or_tags_open() {
    let folder = temp();
    let image = ImageBuilder::new().no_history().layer(|l| l.file("a", b"1")).layer(|l| l.file("a", b"22"));
    for form in Form::IMAGES {
        let report = open(folder.path(), &image.archive(form));
        assert_eq!(report["history"], json!([]), "{form:?}");
        assert_eq!(report["image"]["tags"], json!([]), "{form:?}");
        assert_eq!(number(&report, "/totals/wasted"), 1, "{form:?}");
    }
}

#[test]
fn secrets_are_found_by_what_files_hold_however_they_are_packed() {
    let token = b"//host/:_authToken=npm_hunter2hunter2\n";
    let image = || {
        ImageBuilder::new()
            .layer(|l| l.file("bin/sh", b"base"))
            .history("ADD x / # buildkit")
            .empty_step("CMD [\"sh\"]")
            .layer(|l| {
                l.file("root/.npmrc", token)
                    .file("home/a/.npmrc", b"cafile=/etc/ssl/build.crt\n")
                    .file("etc/app.pem", b"-----BEGIN CERTIFICATE-----\nMIIE\n")
                    .file("etc/app.key", b"-----BEGIN PRIVATE KEY-----\nMIIE\n")
                    .file("app/.env", b"PORT=1\nSECRET_KEY=changeme\n")
                    .noise("app/large.key", 100_000, 1)
            })
            .history("COPY . / # buildkit")
            .layer(|l| l.whiteout("root/.npmrc"))
            .history("RUN /bin/sh -c rm /root/.npmrc # buildkit")
    };
    let folder = temp();
    let mut first = None;
    for packing in Packing::ALL {
        let report = open(folder.path(), &image().packing(packing).archive(Form::IMAGES[0]));
        assert!(!report.to_string().contains("hunter2"), "{packing:?}");
        let findings = report["findings"].as_array().expect("findings").iter();
        let secrets: Vec<Value> = findings
            .filter(|finding| finding["rule"] == "secret-file")
            .map(|finding| json!([finding["title"], finding["severity"], finding["confidence"]]))
            .collect();
        let expected = [
            json!([
                "/etc/app.key and 1 file more hold secrets: layer 1, 1 of them removed later but still there",
                "high",
                "likely"
            ]),
            json!(["/app/large.key may hold a secret: layer 1", "high", "likely"]),
        ];
        assert_eq!(first.get_or_insert_with(|| secrets.clone()), &secrets, "{packing:?}");
        assert_eq!(secrets, expected, "{packing:?}");
    }
}
