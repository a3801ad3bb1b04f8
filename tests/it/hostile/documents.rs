//! Manifests, indexes and configurations whose few bytes become many.

use super::{Answer, Cases};
use crate::builder::{Form, ImageBuilder, Members};

fn members() -> Members {
    ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::DockerV1).members()
}

fn list(item: &str, count: usize) -> String {
    format!("[{}]", vec![item; count].join(","))
}

/// The archive with another configuration.
fn with_config(config: String) -> Vec<u8> {
    let mut members = members();
    members.file("config.json", config);
    members.edit_json("manifest.json", |json| json[0]["Config"] = "config.json".into());
    members.tar()
}

fn with_manifest(manifest: String) -> Vec<u8> {
    let mut members = members();
    *members.body("manifest.json") = manifest.into_bytes();
    members.tar()
}

#[test]
fn lists_of_millions() {
    let mut cases = Cases::default();
    let refused = Answer::Refused(&["items", "limit"]);
    let many = 400_000;
    cases.bytes(
        "a history of 400,000 empty steps",
        &with_config(format!("{{\"history\":{}}}", list("{}", many))),
        &refused,
    );
    let diff_ids = format!("{{\"rootfs\":{{\"diff_ids\":{}}}}}", list("\"\"", many));
    cases.bytes("400,000 empty diff IDs", &with_config(diff_ids), &refused);
    let env = format!("{{\"config\":{{\"Env\":{}}}}}", list("\"\"", many));
    cases.bytes("400,000 empty variables", &with_config(env), &refused);
    let volumes: Vec<String> = (0..200_000).map(|n| format!("\"{n}\":{{}}")).collect();
    cases.bytes(
        "200,000 volumes",
        &with_config(format!("{{\"config\":{{\"Volumes\":{{{}}}}}}}", volumes.join(","))),
        &refused,
    );
    cases.bytes("300,000 images", &with_manifest(list("{\"Config\":\"a\"}", 300_000)), &refused);
    let layers = format!("[{{\"Config\":\"a\",\"Layers\":{}}}]", list("\"\"", many));
    cases.bytes("an image of 400,000 layers", &with_manifest(layers), &refused);
    let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::Oci).members();
    *members.body("index.json") = format!("{{\"manifests\":{}}}", list("{}", many)).into_bytes();
    cases.bytes("an index of 400,000 manifests", &members.tar(), &refused);
    cases.done();
}

#[test]
fn json_of_odd_shapes() {
    let mut cases = Cases::default();
    let deep = format!("{{\"x\":{}", "[".repeat(1_000_000));
    cases.bytes("JSON a million deep", &with_config(deep), &Answer::Refused(&["config.json"]));
    let same: Vec<&str> = vec!["\"os\":\"linux\""; 50_000];
    cases.bytes(
        "one key 50,000 times",
        &with_config(format!("{{{}}}", same.join(","))),
        &Answer::Refused(&["duplicate"]),
    );
    let unknown = format!("{{\"unknown\":{},\"history\":null}}", list("{}", 1_000_000));
    cases.bytes("a million items that nobody reads", &with_config(unknown), &Answer::Opens);
    let long = with_config(format!("{{\"x\":\"{}\"}}", " ".repeat(30 << 20)));
    cases.bytes("a configuration of 30 MB", &long, &Answer::Refused(&["config.json"]));
    cases.done();
}
