//! Questions that cannot be answered: options with impossible values, images that are not there,
//! configuration with misspelt keys, reports that have nowhere to go.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Complaints, open};
use crate::builder::{Archive, Form, ImageBuilder};
use crate::program::{command, finish, temp};

fn small(tag: &str, platform: &str) -> ImageBuilder {
    ImageBuilder::new().tag(tag).platform(platform).layer(|l| l.file("a", tag))
}

fn write(folder: &Path, archive: &Archive) -> PathBuf {
    let path = folder.join("image.tar");
    archive.write(&path);
    path
}

#[test]
fn images_and_platforms_that_are_not_there() {
    let folder = temp();
    let mut bad = Complaints::default();
    for form in [Form::DockerV1, Form::Docker, Form::Oci] {
        let two =
            Archive::new(form).image(small("app:1", "linux/amd64")).image(small("tool:2", "linux/amd64"));
        let path = write(folder.path(), &two);
        // the sentence says what there is instead
        bad.refused(&format!("{form:?} --image"), &path, &["--image", "nope"], &["nope", "app:1", "tool:2"]);
    }
    for form in [Form::Docker, Form::Oci] {
        let two =
            Archive::new(form).image(small("app:1", "linux/amd64")).image(small("app:1", "linux/arm64"));
        let path = write(folder.path(), &two.platforms());
        let options = ["--platform", "windows/riscv"];
        bad.refused(
            &format!("{form:?} --platform"),
            &path,
            &options,
            &["windows/riscv", "linux/amd64", "linux/arm64"],
        );
    }
    bad.none_or_panic();
}

#[test]
fn options_with_impossible_values() {
    let folder = temp();
    let path = write(folder.path(), &small("app:1", "linux/amd64").archive(Form::Docker));
    let wrong = [
        ("--min-efficiency", "NaN"),
        ("--min-efficiency", "-1"),
        ("--min-efficiency", "101%"),
        ("--min-efficiency", "abc"),
        ("--min-efficiency", ""),
        ("--max-own-wasted", "inf"),
        ("--max-own-wasted", "1.5"),
        ("--max-wasted", "-3"),
        ("--max-wasted", "20XB"),
        ("--max-size", "lots"),
        ("--max-layer-size", "99999999999TB"),
        ("--max-layers", "-1"),
        ("--max-layers", "1.5"),
        ("--top", "some"),
        ("--format", "yaml"),
        ("--base", "99"),
        ("--base", "no-such-base.tar"),
        ("--platform", "linux"),
        ("--no-such-option", ""),
    ];
    let mut bad = Complaints::default();
    for (option, value) in wrong {
        let case = format!("{option} {value:?}");
        let run = open(&path, &[&format!("{option}={value}")]);
        if run.code != Some(2) {
            bad.add(&case, format!("exit code {:?} instead of 2", run.code));
        }
        if !run.stdout.is_empty() {
            bad.add(&case, "something stands on stdout");
        }
        if run.stderr.contains("panicked") || !(run.stderr.contains(option) || run.stderr.contains(value)) {
            bad.add(&case, format!("stderr names neither the option nor the value: {:?}", run.stderr));
        }
    }
    bad.none_or_panic();
}

#[test]
fn configuration_with_mistakes() {
    let folder = temp();
    let path = write(folder.path(), &small("app:1", "linux/amd64").archive(Form::Docker));
    let wrong = [
        ("[gates]\nmin-eficiency = 0.9\n", "min-efficiency"),
        ("[gate]\nmin-efficiency = 0.9\n", "gates"),
        ("[gates]\nmin-efficiency = \"lots\"\n", "lots"),
        ("[gates]\nmin-efficiency = nan\n", "min-efficiency"),
        ("[ignore]\npath = [\"a\"]\n", "paths"),
        ("[ignore]\npaths = [\"a[\"]\n", "a["),
        ("[rules]\ndeny = [\"no-such-rule\"]\n", "no-such-rule"),
        ("[gates\n", ".layercake.toml"),
    ];
    let mut bad = Complaints::default();
    for (text, clue) in wrong {
        fs::write(folder.path().join(".layercake.toml"), text).unwrap();
        let run = finish(command().current_dir(folder.path()).arg(&path).arg("--ci"));
        let case = format!("{text:?}");
        bad.judge_refusal(&case, &run);
        for clue in [clue, ".layercake.toml"] {
            if !run.stderr.contains(clue) {
                bad.add(&case, format!("{clue:?} is missing in: {}", run.stderr.trim()));
            }
        }
    }
    let run = finish(command().arg(&path).args(["--ci", "--config", "no-such.toml"]));
    bad.judge_refusal("--config no-such.toml", &run);
    bad.none_or_panic();
}

#[test]
fn a_report_that_has_nowhere_to_go_leaves_nothing() {
    let folder = temp();
    let path = write(folder.path(), &small("app:1", "linux/amd64").archive(Form::Docker));
    let missing = folder.path().join("no/such/directory/report.json");
    let run = finish(command().arg(&path).args(["--format", "json", "--output"]).arg(&missing));
    let mut bad = Complaints::default();
    bad.judge_refusal("--output into a missing directory", &run);
    bad.none_or_panic();
    assert!(!missing.exists() && !folder.path().join("no").exists());
    // an image that cannot be read leaves an old report as it was
    let old = folder.path().join("old.json");
    fs::write(&old, "old").unwrap();
    let run = finish(command().arg("no-such.tar").args(["--format", "json", "--output"]).arg(&old));
    assert_eq!(run.code, Some(2));
    assert_eq!(fs::read_to_string(&old).unwrap(), "old");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "only the image and the old report are there: {left:?}");
}
