//! `layercake compare`, held against a slow comparison of whole file systems.

mod naive;
#[cfg(unix)]
mod real;
mod usage;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::program::{command, finish};

/// The document of two images that must open.
pub(crate) fn compared(old: &Path, new: &Path) -> Value {
    let run = finish(command().arg("compare").args([old, new]).arg("--json"));
    assert_eq!(run.code, Some(0), "{} {}: {}", old.display(), new.display(), run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let complaints: Vec<String> = validator()
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(complaints, [""; 0], "{} {}", old.display(), new.display());
    document
}

fn validator() -> jsonschema::Validator {
    let text = include_str!("../../../assets/compare.schema.json");
    jsonschema::validator_for(&serde_json::from_str(text).expect("the schema is JSON")).expect("it is one")
}

/// The changes of a document, as the slow comparison has them.
pub(crate) fn changes(document: &Value) -> BTreeMap<Vec<u8>, naive::Change> {
    let kinds = ["added", "removed", "changed", "metadata", "moved"];
    let rows = document["changes"].as_array().expect("a list");
    rows.iter()
        .map(|row| {
            let kind = kinds.into_iter().find(|kind| row["change"] == *kind).expect("a known kind");
            let bytes = |side: &str| row[side]["bytes"].as_u64().unwrap_or(0);
            let from = row["from"].as_str().map(|path| path.as_bytes().to_vec());
            let path = row["path"].as_str().expect("a path").as_bytes().to_vec();
            (path, (kind, bytes("old"), bytes("new"), from))
        })
        .collect()
}

/// Everything in which two comparisons differ.
pub(crate) fn differences(
    ours: &BTreeMap<Vec<u8>, naive::Change>,
    theirs: &BTreeMap<Vec<u8>, naive::Change>,
) -> Vec<String> {
    let paths: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    paths
        .into_iter()
        .filter(|path| ours.get(*path) != theirs.get(*path))
        .map(|path| {
            let shown = String::from_utf8_lossy(path);
            format!("{shown}: {:?}, but {:?}", ours.get(path), theirs.get(path))
        })
        .collect()
}
