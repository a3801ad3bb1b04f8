//! What the document says of images whose differences are known by heart, and what is refused.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{changes, compared};
use crate::builder::{Archive, Form, ImageBuilder, LayerBuilder, Packing};
use crate::program::{Run, command, finish, shared, temp};

fn base(layer: LayerBuilder) -> LayerBuilder {
    layer.dir("etc").file("etc/conf", b"one").noise("lib/big", 50_000, 1).noise("lib/moves", 8000, 2)
}

fn old() -> ImageBuilder {
    ImageBuilder::new()
        .tag("app:1")
        .config("Env", json!(["PATH=/bin", "API_TOKEN=abcdef"]))
        .layer(base)
        .history("ADD rootfs.tar /")
        .layer(|layer| {
            layer.noise("opt/same-size", 6000, 3).file("opt/owned", b"x").file("opt/gone", b"12345")
        })
        .history("COPY app /opt")
}

fn new() -> ImageBuilder {
    ImageBuilder::new()
        .tag("app:2")
        .config("Env", json!(["PATH=/usr/bin", "API_TOKEN=ghijkl"]))
        .layer(base)
        .history("ADD rootfs.tar /")
        .layer(|layer| layer.noise("opt/same-size", 6000, 4).file("opt/owned", b"x").owner(7, 7))
        .history("COPY app /opt")
        .layer(|layer| {
            layer.whiteout("lib/moves").noise("srv/moved", 8000, 2).hardlink("srv/link", "lib/big")
        })
        .history("RUN mv")
}

/// Every road by which bodies are read again, or were hashed while they passed.
fn forms(image: &ImageBuilder, folder: &Path, name: &str) -> Vec<PathBuf> {
    let archives = [
        ("docker.tar", Archive::new(Form::Docker).image(image.clone())),
        ("old.tar", Archive::new(Form::DockerV1).image(image.clone())),
        ("oci.tar", Archive::new(Form::Oci).image(image.clone().packing(Packing::Gzip))),
        ("zstd.tar", Archive::new(Form::Oci).image(image.clone().packing(Packing::Zstd))),
        ("packed.tar.gz", Archive::new(Form::Docker).image(image.clone()).outer(Packing::Gzip)),
    ];
    archives
        .into_iter()
        .map(|(end, archive)| {
            let path = folder.join(format!("{name}-{end}"));
            archive.write(&path);
            path
        })
        .collect()
}

#[test]
fn the_same_changes_by_every_road() {
    let folder = temp();
    let (olds, news) = (forms(&old(), folder.path(), "old"), forms(&new(), folder.path(), "new"));
    let expected = json!({
        "added": {"files": 1, "bytes_old": 0, "bytes_new": 50_000, "paths": 2},
        "removed": {"files": 1, "bytes_old": 5, "bytes_new": 0, "paths": 1},
        "changed": {"files": 1, "bytes_old": 6000, "bytes_new": 6000, "paths": 1},
        "metadata": {"files": 1, "bytes_old": 1, "bytes_new": 1, "paths": 1},
        "moved": {"files": 1, "bytes_old": 8000, "bytes_new": 8000, "paths": 1},
    });
    for old in &olds {
        for new in &news {
            let document = compared(old, new);
            assert_eq!(document["paths"], expected, "{} {}", old.display(), new.display());
            assert_eq!(document["layers"]["shared"].as_array().map(Vec::len), Some(1));
            assert_eq!(document["layers"]["only_new"].as_array().map(Vec::len), Some(2));
            assert_eq!(document["delta"]["content"], json!(7995));
            let moved = &changes(&document)[&b"srv/moved"[..]];
            assert_eq!(moved, &("moved", 8000, 8000, Some(b"lib/moves".to_vec())));
        }
    }
    // a plain layer is its own blob, so a host needs the two that are new
    let document = compared(&olds[0], &news[0]);
    let only_new = document["layers"]["only_new"].as_array().unwrap();
    let blobs: u64 = only_new.iter().map(|layer| layer["blob"].as_u64().unwrap()).sum();
    assert_eq!(document["transfer"].as_u64(), Some(blobs));
    assert_eq!(
        document["config"],
        json!([
            {"field": "env", "name": "API_TOKEN", "old": "…", "new": "…"},
            {"field": "env", "name": "PATH", "old": "/bin", "new": "/usr/bin"},
        ])
    );
}

fn run(arguments: &[&str]) -> Run {
    finish(command().arg("compare").args(arguments))
}

#[test]
fn one_archive_may_hold_both() {
    let folder = temp();
    let path = folder.path().join("both.tar");
    Archive::new(Form::Docker).image(old()).image(new()).write(&path);
    let path = path.to_str().unwrap();
    let run = run(&[&format!("{path}:app:1"), &format!("docker-archive:{path}:app:2"), "--json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    assert_eq!((document["delta"]["content"].as_i64(), run.code), (Some(7995), Some(0)));
    let Some(fixtures) = shared("fixtures/formats") else { return };
    for (name, [old, new]) in [
        ("docker-20-save-two-images.tar", ["zoo:v1", "zoo.b:v1"]),
        ("docker-28-classic-save-two-images.tar", ["zoo:v1", "zoo.b:v1"]),
        ("docker-28-containerd-save-two-images.tar", ["zoo:v1", "zoo.b:v1"]),
        ("podman-docker-archive-two-images.tar", ["localhost/zoo:v1", "localhost/zoo.b:v1"]),
    ] {
        let path = fixtures.join(name);
        let side = |image: &str| PathBuf::from(format!("{}:{image}", path.display()));
        let document = compared(&side(old), &side(new));
        let shared = document["layers"]["shared"].as_array().unwrap().len();
        assert!(shared > 10, "{name}: {shared} layers in both");
        assert_eq!(document["layers"]["only_old"], json!([]), "{name}");
    }
}

#[test]
fn bad_input_has_its_sentence() {
    let folder = temp();
    let write = |name: &str, image: ImageBuilder| {
        let path = folder.path().join(name);
        image.archive(Form::Docker).write(&path);
        path.to_str().unwrap().to_owned()
    };
    let (good, arm) = (write("good.tar", old()), write("arm.tar", new().platform("linux/arm64")));
    let bad = folder.path().join("bad.tar");
    std::fs::write(&bad, "no archive").unwrap();
    let bad = bad.to_str().unwrap();
    for (arguments, said) in [
        (vec![good.as_str(), good.as_str()], "OLD and NEW are both"),
        (vec![&good, bad], "bad.tar: it is no image archive"),
        (vec![bad, &good], "bad.tar: it is no image archive"),
        (vec![&good, "missing.tar"], "missing.tar: no such file or directory"),
        (vec![&good, &arm], "OLD is for linux/amd64 and NEW for linux/arm64"),
        (vec![&good], "NEW"),
        (vec![&format!("{good}:other"), &good], "there is no image `other` in it"),
    ] {
        let run = run(&arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn the_same_image_under_two_names_differs_in_nothing() {
    let folder = temp();
    let (one, two) = (folder.path().join("one.tar"), folder.path().join("two.tar"));
    old().archive(Form::Docker).write(&one);
    old().archive(Form::Docker).write(&two);
    let document = compared(&one, &two);
    assert_eq!((&document["changes"], &document["transfer"]), (&json!([]), &json!(0)));
    let text = run(&[one.to_str().unwrap(), two.to_str().unwrap()]).stdout;
    assert!(text.contains("OLD and NEW are the same image: nothing differs"), "{text}");
}

#[test]
fn layers_of_the_new_image_have_the_lines_of_its_dockerfile() {
    let folder = temp();
    let (before, after) = (folder.path().join("a.tar"), folder.path().join("b.tar"));
    old().archive(Form::Docker).write(&before);
    new().archive(Form::Docker).write(&after);
    std::fs::write(folder.path().join("Dockerfile"), "FROM x\n# the program\nCOPY app /opt\nRUN mv\n")
        .expect("a Dockerfile");
    let compare = |last: &[&str]| {
        let mut all = command();
        all.current_dir(folder.path()).arg("compare").args([&before, &after]);
        all.args(["--dockerfile", "Dockerfile"]).args(last);
        finish(&mut all)
    };
    let json = compare(&["--json"]);
    let document: Value = serde_json::from_str(&json.stdout).unwrap_or_else(|_| panic!("{json:?}"));
    let only_new = document["layers"]["only_new"].as_array().expect("layers");
    let lines: Vec<(&Value, &Value)> =
        only_new.iter().map(|layer| (&layer["lines"]["from"], &layer["lines"]["to"])).collect();
    assert_eq!(lines, [(&3.into(), &3.into()), (&4.into(), &4.into())], "{document:#}");
    let text = compare(&["--format", "text"]);
    assert!(text.stdout.contains("Dockerfile:4  mv"), "{text:?}");
}

#[test]
fn gates_judge_the_new_image_and_its_growth() {
    let folder = temp();
    let (before, after) = (folder.path().join("a.tar"), folder.path().join("b.tar"));
    old().archive(Form::Docker).write(&before);
    new().archive(Form::Docker).write(&after);
    let judged = |more: &[&str]| finish(command().arg("compare").args([&before, &after]).args(more));
    let run = judged(&["--json", "--max-growth", "5kB", "--max-layers", "9"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("max-growth"), "a log tells it: {}", run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let complaints: Vec<String> =
        super::validator().iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(complaints, [""; 0]);
    let gates = document["verdict"]["gates"].as_array().expect("gates");
    let gate = |name: &str| gates.iter().find(|gate| gate["gate"] == name).expect("the gate");
    assert_eq!((&gate("max-growth")["actual"], &gate("max-growth")["passed"]), (&json!(7995), &json!(false)));
    assert!(gate("max-growth")["look_at"].as_str().unwrap().contains("srv/link"), "{gates:?}");
    assert_eq!(gate("max-layers")["passed"], true);
    assert_eq!(judged(&["--json", "--max-growth", "8kB"]).code, Some(0));
    assert_eq!(compared(&before, &after)["verdict"], Value::Null);
    for (format, said) in [
        ("text", "max-growth"),
        ("markdown", "### ❌ `app:1` → `app:2`: 1 of"),
        ("github", "::error title=max-growth::app:2: max-growth is"),
        ("junit", "<testcase classname=\"layercake.app:2\" name=\"max-growth\">"),
    ] {
        let run = judged(&["--format", format, "--max-growth", "5kB"]);
        assert_eq!(run.code, Some(1), "{format}");
        assert!(run.stdout.contains(said), "{format}: {}", run.stdout);
        assert_eq!(run.stderr.contains("max-growth"), format == "junit", "{format}: {}", run.stderr);
    }
    let run = judged(&["--deny", "no-such-rule"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("no-such-rule"), "{}", run.stderr);
}
