//! Images with what real ones have and other tools lose.

use std::path::Path;

use serde_json::{Value, json};

use super::read::{Archive, operations};
use crate::builder::{Archive as Images, Form, ImageBuilder, LayerBuilder, Names, Packing};
use crate::model::Op;
use crate::program::{Run, command, finish, report, temp};

fn slim(input: &Path, output: &str, options: &[&str]) -> Run {
    let folder = input.parent().unwrap();
    finish(command().current_dir(folder).arg("slim").arg(input).args(["-o", output]).args(options))
}

/// Slims the image with these layers after a base of one; the new layers, the configuration and the report.
fn slimmed(image: &ImageBuilder, options: &[&str]) -> (Vec<Vec<Op>>, Value, Value) {
    let folder = temp();
    let input = folder.path().join("in.tar");
    image.archive(Form::Docker).write(&input);
    let run = slim(&input, "out.tar", &[&["--json", "--base", "1"], options].concat());
    assert_eq!(run.code, Some(0), "{}{}", run.stderr, run.stdout);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../../assets/slim.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let complaints: Vec<String> = validator.iter_errors(&told).map(|error| error.to_string()).collect();
    assert_eq!(complaints, [""; 0]);
    let (config, tars) = Archive::open(&folder.path().join("out.tar")).image();
    let report = report(&folder.path().join("out.tar"), &["--base", "1"]);
    assert_eq!(report["totals"]["own_wasted"], 0);
    (tars.iter().map(|tar| operations(tar)).collect(), config, told)
}

fn base() -> ImageBuilder {
    ImageBuilder::new()
        .layer(|layer| layer.dir("etc").file("etc/conf", "base").dir("etc/d").file("etc/d/x", "x"))
}

fn text(ops: &[Op]) -> Vec<String> {
    ops.iter().map(|op| format!("{op:?}")).collect()
}

#[test]
fn a_body_whose_name_is_gone_moves_to_the_first_link() {
    for (step, shown) in [("removed", "w"), ("overwritten", "f")] {
        let image = base()
            .layer(|layer| layer.file("a", "body").hardlink("b", "a").hardlink("c", "a"))
            .layer(|layer| if shown == "w" { layer.whiteout("a") } else { layer.file("a", "another") });
        let (layers, _, _) = slimmed(&image, &[]);
        assert_eq!(text(&layers[1]), [r#"File("b", 4)"#, r#"HardLink("c", "b")"#], "{step}");
        assert_eq!(layers.len(), if shown == "w" { 2 } else { 3 }, "{step}");
    }
}

#[test]
fn whiteouts_stay_only_where_they_hide_something_of_the_base() {
    let image = base()
        .layer(|layer| layer.file("tmp", "gone").file("kept", "x"))
        .layer(|layer| layer.dir("etc").whiteout("etc/conf").whiteout("tmp"))
        .layer(|layer| layer.whiteout("nothing").file("last", "y"));
    let (layers, config, told) = slimmed(&image, &[]);
    assert_eq!(text(&layers[1]), [r#"File("kept", 1)"#]);
    assert_eq!(text(&layers[2]), [r#"Dir("etc")"#, r#"Whiteout("etc/conf")"#]);
    // a marker that never hid anything is no reason to change a digest
    assert_eq!(text(&layers[3]), [r#"Whiteout("nothing")"#, r#"File("last", 1)"#]);
    assert_eq!(told["layers"][3]["outcome"], "unchanged");
    assert_eq!(config["history"].as_array().unwrap().len(), 4);
    assert_eq!(told["content"], json!({ "before": 11, "after": 7 }));
}

#[test]
fn a_file_that_took_a_directory_s_place_for_a_while_leaves_a_whiteout() {
    let image = base()
        .layer(|layer| layer.dir("etc").file("etc/d", "file"))
        .layer(|layer| layer.dir("etc").dir("etc/d").file("etc/d/y", "y"));
    let (layers, _, _) = slimmed(&image, &[]);
    assert_eq!(text(&layers[1])[0], r#"Whiteout("etc/d")"#);
    assert_eq!(layers.len(), 3);
    // in one layer both would clash
    let (layers, _, _) = slimmed(&image, &["--squash"]);
    assert_eq!(layers.len(), 2);
    assert_eq!(text(&layers[1])[0], r#"Opaque("etc/d")"#);
}

#[test]
fn layers_left_empty_vanish_and_their_steps_stay() {
    let image = base()
        .history("FROM")
        .layer(|layer| layer.file("a", "1"))
        .history("RUN one")
        .empty_step("ENV X=1")
        .layer(|layer| layer.whiteout("a"))
        .history("RUN two");
    let (layers, config, told) = slimmed(&image, &[]);
    assert_eq!(layers.len(), 1);
    let steps: Vec<_> = config["history"].as_array().unwrap().iter().collect();
    assert_eq!(steps.len(), 4);
    assert_eq!(steps.iter().filter(|step| step["empty_layer"] == true).count(), 3);
    assert_eq!(told["layers"][2]["layer"], Value::Null);
}

#[test]
fn headers_stay_as_they_are() {
    let long = format!("{}/{}", "d".repeat(200), "f".repeat(120));
    let describe = |layer: LayerBuilder| {
        layer
            .file("ping", "elf")
            .mode(0o755)
            .xattr("security.capability", b"\x01\0\0\x02\0 \0\0")
            .file("acl", "x")
            .xattr("system.posix_acl_access", b"\x02\0\0\0")
            .file("su", "elf")
            .mode(0o4755)
            .owner(70_000, 2_000_000)
            .file("gone", "x")
            .file(&long, "long")
            .mtime(1_700_000_000)
            .raw_name(b"caf\xe9", "latin")
            .symlink("link", &long)
            .fifo("pipe")
            .char_device("dev")
            .mode(0o640)
    };
    for names in [Names::Gnu, Names::PaxAlways] {
        let layer = describe(LayerBuilder::default());
        let expected = describe(LayerBuilder::default());
        let folder = temp();
        let input = folder.path().join("in.tar");
        let image = base().names(names).layer(|_| layer).layer(|layer| layer.whiteout("gone"));
        image.archive(Form::Docker).write(&input);
        let run = slim(&input, "out.tar", &["--base", "1"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let (_, tars) = Archive::open(&folder.path().join("out.tar")).image();
        // cut the one member out of the old tar: its headers and its one block
        let old = expected.tar(names);
        let start = position(&old, b"gone\0");
        let start = if names == Names::PaxAlways { start - 2 * 512 } else { start };
        let end = start + if names == Names::PaxAlways { 4 * 512 } else { 2 * 512 };
        assert!(tars[1] == [&old[..start], &old[end..]].concat(), "{names:?}");
    }
}

fn position(haystack: &[u8], needle: &[u8]) -> usize {
    haystack.windows(needle.len()).position(|window| window == needle).unwrap() / 512 * 512
}

#[test]
fn a_renamed_body_keeps_its_capability_and_its_long_new_name() {
    let long = "n".repeat(300);
    for names in [Names::Gnu, Names::Pax, Names::PaxAlways] {
        let folder = temp();
        let input = folder.path().join("in.tar");
        let image = base()
            .names(names)
            .layer(|l| {
                l.file("a", "elf")
                    .mode(0o755)
                    .xattr("security.capability", b"caps")
                    .xattr("user.note", b"of the body")
                    .hardlink(&long, "a")
                    .mode(0o755)
                    .xattr("security.capability", b"caps")
                    .hardlink("plain", "a")
                    .mode(0o755)
            })
            .layer(|l| l.whiteout("a"));
        image.archive(Form::Docker).write(&input);
        let run = slim(&input, "out.tar", &["--base", "1"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let (_, tars) = Archive::open(&folder.path().join("out.tar")).image();
        let mut archive = tar::Archive::new(&tars[1][..]);
        let mut entry = archive.entries().unwrap().next().unwrap().unwrap();
        assert_eq!(entry.path_bytes(), long.as_bytes());
        assert_eq!(entry.header().mode().unwrap(), 0o755);
        let records: Vec<_> =
            entry.pax_extensions().unwrap().unwrap().map(|r| r.unwrap().key().unwrap().to_owned()).collect();
        for name in ["security.capability", "user.note"] {
            assert!(records.contains(&format!("SCHILY.xattr.{name}")), "{records:?}");
        }
    }
}

#[test]
fn unknown_fields_of_all_documents_stay() {
    let folder = temp();
    let input = folder.path().join("in.tar");
    let image = base()
        .config("Healthcheck", json!({ "Test": ["CMD", "true"], "Interval": 30_000_000_000_u64 }))
        .config("OnBuild", json!(["RUN x"]))
        .config("Shell", json!(["/bin/bash", "-c"]))
        .config("Zz", json!({ "b": 1, "a": [1.5, null, "é\u{1}"] }))
        .tag("app:1")
        .layer(|layer| layer.file("a", "1").file("b", "2"))
        .layer(|layer| layer.whiteout("a"));
    let mut members = image.archive(Form::Docker).members();
    members.edit_json("index.json", |index| {
        index["annotations"] = json!({ "org.example.index": "1" });
        index["manifests"][0]["annotations"]["org.example.descriptor"] = json!("2");
    });
    std::fs::write(&input, members.tar()).unwrap();
    let run = slim(&input, "out.tar", &["--base", "1"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let new = Archive::open(&folder.path().join("out.tar"));
    let (config, _) = new.image();
    let index = new.json("index.json");
    assert_eq!(index["annotations"]["org.example.index"], "1");
    assert_eq!(index["manifests"][0]["annotations"]["org.example.descriptor"], "2");
    assert_eq!(new.json("manifest.json")[0]["RepoTags"], json!(["app:1"]));
    let (old, _) = Archive::open(&input).image();
    assert_eq!(config["config"].to_string(), old["config"].to_string(), "in the same order");
    assert_eq!(config["config"]["Healthcheck"]["Interval"], 30_000_000_000_u64);
}

#[test]
fn every_form_can_be_read_and_written() {
    let folder = temp();
    let image = base()
        .tag("app:1")
        .layer(|layer| layer.noise("keep", 5000, 1).noise("gone", 5000, 2))
        .layer(|layer| layer.whiteout("gone"));
    for (number, form) in Form::IMAGES.into_iter().enumerate() {
        for packing in [Packing::Plain, Packing::GzipMembers, Packing::ZstdFrames] {
            let input = folder.path().join(format!("in-{number}-{packing:?}"));
            image.clone().packing(packing).archive(form).write(&input);
            for output in ["out.tar", "oci-archive:out-oci.tar", "oci:out"] {
                let run = slim(&input, output, &["--base", "1", "--json"]);
                assert_eq!(run.code, Some(0), "{form:?} {packing:?} {output}: {}", run.stderr);
                let path = folder.path().join(output.rsplit(':').next().unwrap());
                let report = report(&path, &["--base", "1"]);
                assert_eq!(
                    (&report["totals"]["wasted"], &report["totals"]["layers"]),
                    (&json!(0), &json!(2))
                );
                assert_eq!(report["totals"]["content"], 5005);
                let compression = match packing {
                    Packing::Plain => "none",
                    Packing::GzipMembers => "gzip",
                    _ => "zstd",
                };
                assert_eq!(report["layers"][1]["compression"], compression);
                if path.is_dir() {
                    std::fs::remove_dir_all(path).unwrap();
                }
            }
        }
    }
}

#[test]
fn packed_archives_and_standard_input_are_kept_meanwhile() {
    let folder = temp();
    let image = base()
        .tag("app:1")
        .layer(|layer| layer.file("gone", "x").file("keep", "y"))
        .layer(|l| l.whiteout("gone"));
    let path = folder.path().join("in.tar.gz");
    Images::new(Form::Docker).image(image).outer(Packing::Gzip).write(&path);
    let run = slim(&path, "out.tar", &["--base", "1"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("kept in a temporary file"), "{}", run.stdout);
    let stdin = std::fs::File::open(&path).unwrap();
    let run = finish(
        command()
            .current_dir(folder.path())
            .args(["slim", "-", "-o", "other.tar", "--base", "1"])
            .stdin(stdin),
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let [one, other] = ["out.tar", "other.tar"].map(|name| std::fs::read(folder.path().join(name)).unwrap());
    assert!(one == other, "the same bytes, whatever way the image came");
}

#[test]
fn one_of_several_images_is_taken_and_named() {
    let folder = temp();
    let input = folder.path().join("in.tar");
    let other = ImageBuilder::new().tag("other:1").layer(|layer| layer.file("o", "o"));
    let app = base().tag("app:1").layer(|layer| layer.file("gone", "x")).layer(|l| l.whiteout("gone"));
    Images::new(Form::Docker).image(other).image(app).write(&input);
    let run = slim(&input, "out.tar", &["--image", "app:1", "--tag", "team/app:slim"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let new = Archive::open(&folder.path().join("out.tar"));
    assert_eq!(new.json("manifest.json")[0]["RepoTags"], json!(["team/app:slim"]));
    let annotations = &new.json("index.json")["manifests"][0]["annotations"];
    assert_eq!(annotations["io.containerd.image.name"], "docker.io/team/app:slim");
    assert_eq!(annotations["org.opencontainers.image.ref.name"], "slim");
}

#[test]
fn attestations_go_and_many_layers_stay() {
    let folder = temp();
    let input = folder.path().join("in.tar");
    let image = (0..126).fold(base().tag("app:1"), |image, n| {
        image.layer(|layer| layer.file(&format!("f{n}"), n.to_string()).file("again", n.to_string()))
    });
    Images::new(Form::Docker).image(image).attestations().write(&input);
    let run = slim(&input, "out.tar", &["--base", "1", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (config, tars) = Archive::open(&folder.path().join("out.tar")).image();
    assert_eq!((tars.len(), config["history"].as_array().unwrap().len()), (127, 127));
}

#[test]
fn rules_take_living_files_only_when_asked() {
    let lists = "var/lib/apt/lists/deb.example.org_Packages";
    let image = base().layer(|layer| layer.noise(lists, 2_000, 1).noise("keep", 2_000, 2).file("root/.aws/credentials", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLQ\naws_secret_access_key = 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\n"));
    let (layers, _, told) = slimmed(&image, &["--drop", "caches"]);
    assert_eq!(told["content"]["after"], told["content"]["before"].as_u64().unwrap() - 2_000);
    let dropped = told["dropped"].as_array().unwrap();
    let row = dropped.iter().find(|row| row["rule"] == "apt-lists").unwrap();
    assert_eq!((&row["paths"], &row["bytes"]), (&json!(1), &json!(2_000)));
    assert!(!text(&layers[1]).iter().any(|op| op.contains("lists/deb")), "{layers:?}");
    let (layers, _, _) = slimmed(&image, &["--drop", "secret-file"]);
    assert!(!text(&layers[1]).iter().any(|op| op.contains("credentials")), "{layers:?}");
    let (_, _, told) = slimmed(&image, &[]);
    assert_eq!(told["content"]["after"], told["content"]["before"]);
    let folder = temp();
    let input = folder.path().join("in.tar");
    image.archive(Form::Docker).write(&input);
    let run = slim(&input, "out.tar", &["--drop", "no-such-rule"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("there is no rule or group called `no-such-rule`"), "{}", run.stderr);
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = temp();
    let input = folder.path().join("in.tar");
    let image =
        base().layer(|layer| layer.noise("gone", 9_000, 1)).layer(|l| l.whiteout("gone").whiteout("etc/d"));
    image.archive(Form::Docker).write(&input);
    let run = finish(command().args(["slim", "--base", "1", "--dry-run"]).arg(&input));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r"
    LAYER     SIZE    AFTER  WHAT HAPPENS
        0      5 B      5 B  base layer, stays byte for byte
        1   9.0 kB        -  vanishes
        2      0 B      0 B  1 entry goes

    content   9.0 kB →     5 B  9.0 kB saved
    1 B in base layers (1 B of them hidden by later layers) cannot be seen and stay:
    base layers are kept byte for byte, so that they stay shared; --include-base
    rewrites them too
    a dry run: nothing was written
    ");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn layers_that_become_equal_are_stored_once() {
    let folder = temp();
    let (old, new) = (folder.path().join("old.tar"), folder.path().join("new.tar"));
    // nothing is left of four layers, but the history does not say which step made which, so all of them stay
    let image = ImageBuilder::new()
        .layer(|l| l.file("base", b"base"))
        .layer(|l| l.noise("a", 70_000, 1))
        .layer(|l| l.noise("b", 80_000, 2))
        .layer(|l| l.noise("c", 3_000_000, 3))
        .layer(|l| l.whiteout("a").whiteout("b"))
        .layer(|l| l.noise("d", 1000, 4));
    let mut members = image.archive(Form::DockerV1).members();
    let is_config = |body: &[u8]| String::from_utf8_lossy(body).contains("rootfs");
    let config = members.0.iter().find(|member| is_config(&member.body)).unwrap();
    let config = String::from_utf8(config.path.clone()).unwrap();
    members.edit_json(&config, |config| _ = config["history"].as_array_mut().unwrap().pop());
    std::fs::write(&old, members.tar()).unwrap();
    let run = slim(&old, "new.tar", &["--include-base"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(report(&new, &[])["totals"]["layers"], 6);
    let mut names: Vec<String> = tar::Archive::new(std::fs::File::open(&new).unwrap())
        .entries()
        .unwrap()
        .map(|member| member.unwrap().path().unwrap().display().to_string())
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "no member is there twice");
    // two directories, three different layers of the old image that stay, one empty one, and the documents
    assert_eq!(names.iter().filter(|name| name.starts_with("blobs/sha256/")).count(), 1 + 4 + 2, "{names:?}");
}
