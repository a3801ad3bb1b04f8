//! Holds real output against `assets/report.schema.json`, which is published for other programs.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::builder::{Form, ImageBuilder};
use crate::program::{command, finish, report, shared, temp};

fn validator() -> jsonschema::Validator {
    let text = include_str!("../../assets/report.schema.json");
    let schema: Value = serde_json::from_str(text).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

/// Everything that is wrong with `report`.
fn complaints(validator: &jsonschema::Validator, report: &Value) -> Vec<String> {
    validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn reports_of_built_images_are_valid() {
    let folder = temp();
    let path = folder.path().join("image.tar");
    let validator = validator();
    ImageBuilder::new()
        .layer(|l| l.noise("keep", 300, 1).noise("a", 9000, 2).noise("b", 9000, 2).file("bad-\u{fffd}", b"x"))
        .history("COPY . /")
        .layer(|l| l.whiteout("keep").noise("a", 9000, 3))
        .history("RUN rm keep")
        .archive(Form::Docker)
        .write(&path);
    for options in
        [&[][..], &["--ci"], &["--ci", "--max-size", "1", "--min-efficiency", "off"], &["--top", "1"]]
    {
        let run = finish(command().arg(&path).arg("--json").args(options));
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(complaints(&validator, &report), [""; 0], "{options:?}");
    }
    let run = finish(command().args(["--demo", "--json"]));
    assert_eq!(complaints(&validator, &serde_json::from_str(&run.stdout).expect("JSON")), [""; 0], "--demo");
}

#[test]
fn reports_of_real_images_are_valid() {
    let Some(folder) = shared("fixtures/formats") else { return };
    let validator = validator();
    let images = fs::read_dir(folder).expect("a directory").map(|entry| entry.expect("an entry").path());
    let is_image = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        path.extension().is_some_and(|end| end != "json" && end != "txt" && end != "md")
            || (path.is_dir() && !["not-images", "source"].contains(&name))
    };
    let mut seen = 0;
    for path in images.filter(|path| is_image(path)) {
        assert_eq!(complaints(&validator, &report(&path, &[])), [""; 0], "{}", path.display());
        seen += 1;
    }
    assert!(seen > 40, "only {seen} images");
}

#[test]
fn the_schema_refuses_what_it_should() {
    let validator = validator();
    let mut report: Value =
        serde_json::from_str(&finish(command().args(["--demo", "--json"])).stdout).expect("JSON");
    assert!(validator.is_valid(&report));
    report["totals"]["live"] = "many".into();
    assert!(!validator.is_valid(&report));
    report["totals"]["live"] = 1.into();
    report["surplus"] = 1.into();
    assert!(!validator.is_valid(&report));
}
