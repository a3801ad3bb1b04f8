//! Real archives, written by the real tools, against the figures of an independent reader.
//!
//! `expected.json` beside the archives holds what a slow reader of another language computed; every
//! figure in it is compared with the JSON report. All mismatches of all files are shown at once, each
//! with its file and field, since one cause often shows in many files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{shared, try_report};

/// Collects mismatches, so that one run shows them all.
#[derive(Default)]
struct Mismatches(Vec<String>);

impl Mismatches {
    fn equal(&mut self, file: &str, field: &str, expected: &Value, actual: &Value) {
        let same = match (expected.as_f64(), actual.as_f64()) {
            (Some(expected), Some(actual)) => (expected - actual).abs() < 1e-9,
            _ => expected == actual,
        };
        if !same {
            self.0.push(format!("{file}: {field}: expected {expected}, the report says {actual}"));
        }
    }

    fn add(&mut self, file: &str, text: impl std::fmt::Display) {
        self.0.push(format!("{file}: {text}"));
    }

    fn none_or_panic(self) {
        assert!(self.0.is_empty(), "{} mismatches:\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn json_file(path: &Path) -> Value {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// (field of expected.json, JSON pointer into the report)
const FIGURES: [(&str, &str); 9] = [
    ("layers", "/totals/layers"),
    ("bytes", "/totals/content"),
    ("live", "/totals/live"),
    ("wasted", "/totals/wasted"),
    ("efficiency", "/totals/efficiency"),
    ("final_files", "/totals/files"),
    ("final_dirs", "/totals/directories"),
    ("final_links", "/totals/symlinks"),
    ("final_other", "/totals/others"),
];

/// The same for each layer.
const LAYER_FIGURES: [(&str, &str); 3] = [("bytes", "content"), ("wasted", "wasted"), ("tar", "tar")];

fn count(value: &Value) -> u64 {
    value.as_array().map_or(0, |list| list.len() as u64)
}

fn compare(bad: &mut Mismatches, file: &str, expected: &Value, report: &Value) {
    let missing = Value::Null;
    for (field, pointer) in FIGURES {
        bad.equal(file, field, &expected[field], report.pointer(pointer).unwrap_or(&missing));
    }
    bad.equal(file, "history", &expected["history"], &count(&report["history"]).into());
    bad.equal(file, "layers[]", &expected["layers"], &count(&report["layers"]).into());
    let layers = expected["per_layer"].as_array().expect("per_layer");
    for (n, layer) in layers.iter().enumerate() {
        for (field, ours) in LAYER_FIGURES {
            // a layer without bytes has no `wasted` in the file
            let figure = layer.get(field).cloned().unwrap_or_else(|| 0.into());
            bad.equal(file, &format!("layers[{n}].{ours}"), &figure, &report["layers"][n][ours]);
        }
    }
    wasted(bad, file, expected, report);
    identity(bad, file, report);
    let platform = &report["image"]["platform"];
    let platform = format!("{}/{}", text(&platform["os"]), text(&platform["architecture"]));
    bad.equal(file, "platform", &expected["platform"], &platform.into());
    names(bad, file, expected, report);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// The wasted paths: how many, and the bytes of the top ones.
fn wasted(bad: &mut Mismatches, file: &str, expected: &Value, report: &Value) {
    bad.equal(file, "wasted_paths", &expected["wasted_paths"], &count(&report["wasted"]).into());
    let list = report["wasted"].as_array().cloned().unwrap_or_default();
    let ours: BTreeMap<&str, &Value> = list.iter().map(|row| (text(&row["path"]), &row["bytes"])).collect();
    for row in expected["top_wasted"].as_array().expect("top_wasted") {
        let path = text(&row[1]);
        bad.equal(
            file,
            &format!("wasted bytes of {path:?}"),
            &row[0],
            ours.get(path).unwrap_or(&&Value::Null),
        );
    }
    // paths are compared part by part, as a tree is listed
    let parts = |row: &Value| text(&row["path"]).split('/').map(str::to_owned).collect::<Vec<_>>();
    let sorted = list.is_sorted_by_key(|row| (u64::MAX - row["bytes"].as_u64().unwrap_or(0), parts(row)));
    if !sorted {
        bad.add(file, "wasted is not sorted by bytes, then path");
    }
}

/// What must hold between the numbers of any report.
fn identity(bad: &mut Mismatches, file: &str, report: &Value) {
    let total = |field: &str| report["totals"][field].as_u64().unwrap_or(u64::MAX / 8);
    let causes = total("overwritten") + total("removed") + total("repeated");
    if total("content") != total("live") + causes {
        bad.add(file, "content is not live + overwritten + removed + repeated");
    }
    let empty = Vec::new();
    let layers = report["layers"].as_array().unwrap_or(&empty);
    let sum = |field: &str| layers.iter().filter_map(|layer| layer[field].as_u64()).sum::<u64>();
    for field in ["content", "live", "wasted", "tar", "blob"] {
        if sum(field) != total(field) {
            bad.add(file, format!("the layers' {field} add up to {}, not to {}", sum(field), total(field)));
        }
    }
    let copies =
        report["wasted"].as_array().unwrap_or(&empty).iter().filter_map(|row| row["copies"].as_array());
    let copies: u64 = copies.flatten().filter_map(|copy| copy["bytes"].as_u64()).sum();
    if copies != total("wasted") {
        bad.add(file, format!("the wasted copies add up to {copies}, not to {}", total("wasted")));
    }
}

/// Every tag that the archive gives, and its full name, must be found in the report's `tags`.
fn names(bad: &mut Mismatches, file: &str, expected: &Value, report: &Value) {
    let tags: Vec<&str> = report["image"]["tags"].as_array().into_iter().flatten().map(text).collect();
    let given = expected["repo_tags"].as_array().into_iter().flatten().map(text);
    let given: Vec<&str> = given.chain(expected["index_name"].as_str()).collect();
    for name in &given {
        // `docker.io/library/zoo:v1` and `zoo:v1` are one name
        let short = |name: &str| name.trim_start_matches("docker.io/library/").to_owned();
        if !tags.iter().any(|tag| short(tag) == short(name)) {
            bad.add(file, format!("the name {name} is not among the tags {tags:?}"));
        }
    }
    if given.is_empty() && !tags.is_empty() {
        bad.add(file, format!("the image has no name, but the report says {tags:?}"));
    }
}

/// The options that choose this image of the file, when there are others.
fn choice(image: &Value, others: &[&Value]) -> Vec<String> {
    if others.is_empty() {
        return Vec::new();
    }
    let platform = text(&image["platform"]);
    if others.iter().any(|other| text(&other["platform"]) != platform) {
        return vec!["--platform".into(), platform.into()];
    }
    let name = image["repo_tags"][0].as_str().or(image["index_name"].as_str());
    vec!["--image".into(), name.expect("a name").into()]
}

#[test]
fn every_format_gives_the_figures_of_the_reference_reader() {
    let Some(folder) = shared("fixtures/formats") else { return };
    let expected = json_file(&folder.join("expected.json"));
    let mut bad = Mismatches::default();
    for (file, first) in expected.as_object().expect("an object") {
        let images: Vec<&Value> =
            std::iter::once(first).chain(first["other_images"].as_array().into_iter().flatten()).collect();
        for image in &images {
            let others: Vec<&Value> =
                images.iter().filter(|other| !std::ptr::eq(**other, *image)).copied().collect();
            let options = choice(image, &others);
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let label = format!("{file} {}", options.join(" "));
            match try_report(&folder.join(file), &options) {
                Ok(report) => compare(&mut bad, label.trim_end(), image, &report),
                Err(error) => bad.add(&label, error),
            }
        }
    }
    bad.none_or_panic();
}

#[test]
fn every_archive_in_the_folder_has_figures() {
    let Some(folder) = shared("fixtures/formats") else { return };
    let expected = json_file(&folder.join("expected.json"));
    for entry in fs::read_dir(&folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
        let other =
            ["README.md", "expected.json", "final-tree.txt", "not-images", "source"].contains(&&*name);
        assert!(other || expected.get(&name).is_some(), "{name} is not in expected.json");
    }
}

#[test]
fn dives_own_test_images_give_true_union_figures() {
    let Some(folder) = shared("fixtures/dive") else { return };
    let expected = json_file(&folder.join("expected.json"));
    let mut bad = Mismatches::default();
    for (file, known) in expected.as_object().expect("an object") {
        let report = match try_report(&folder.join(file), &[]) {
            Ok(report) => report,
            Err(error) => {
                bad.add(file, error);
                continue;
            }
        };
        identity(&mut bad, file, &report);
        let figures = match known.get("true_oci_semantics") {
            Some(figures) => figures.clone(),
            // all the others hold one README.md of this size and nothing else
            None => serde_json::json!({ "shipped": 11189, "live": 11189, "wasted": 0, "efficiency": 1 }),
        };
        for (field, ours) in
            [("shipped", "content"), ("live", "live"), ("wasted", "wasted"), ("efficiency", "efficiency")]
        {
            bad.equal(file, ours, &figures[field], &report["totals"][ours]);
        }
        if let Some(diff_id) = known.pointer("/measured_dive_0_13_1/diffId") {
            bad.equal(file, "layers[0].diff_id", diff_id, &report["layers"][0]["diff_id"]);
            bad.equal(file, "layers", &1.into(), &report["totals"]["layers"]);
        }
        if text(&known["note"]).starts_with("NOT an image") {
            bad.equal(file, "layers", &1.into(), &report["totals"]["layers"]);
            bad.equal(file, "files", &1.into(), &report["totals"]["files"]);
            if count(&report["diagnostics"]) == 0 {
                bad.add(file, "a root filesystem opens without a diagnostic");
            }
        }
    }
    bad.none_or_panic();
}
