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

/// A blob of an archive as an index lists it.
fn listed(members: &mut Members, json: &serde_json::Value) -> serde_json::Value {
    members.blob("application/vnd.oci.image.index.v1+json", json.to_string().into_bytes())
}

#[test]
fn indexes_that_list_each_other() {
    let mut cases = Cases::default();
    let image = || ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::Oci).members();
    // eight indexes on each of eight floors, each of which lists the whole floor below
    let mut members = image();
    let mut floor: Vec<serde_json::Value> = Vec::new();
    members.edit_json("index.json", |index| floor = index["manifests"].as_array().unwrap().clone());
    for height in 0..7 {
        floor = (0..8)
            .map(|n| {
                let index = serde_json::json!({ "manifests": floor, "n": format!("{height}-{n}") });
                listed(&mut members, &index)
            })
            .collect();
    }
    members.edit_json("index.json", |index| index["manifests"] = floor.into());
    cases.bytes("a tower of indexes", &members.tar(), &Answer::Opens);
    // an index that lists itself, under a name that is a link to it
    let mut members = image();
    let name = format!("blobs/sha256/{}", "a".repeat(64));
    members.symlink(&name, "../../index.json");
    members.edit_json("index.json", |index| {
        let own = serde_json::json!({ "digest": format!("sha256:{}", "a".repeat(64)) });
        let list = index["manifests"].as_array_mut().unwrap();
        list.splice(0..0, vec![own; 8]);
    });
    cases.bytes("an index that lists itself", &members.tar(), &Answer::Opens);
    cases.done();
}

#[test]
fn platforms_times_layers() {
    let mut cases = Cases::default();
    let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::Oci).members();
    let mut listed = serde_json::Value::Null;
    members.edit_json("index.json", |index| listed = index["manifests"][0].take());
    let digest = listed["digest"].as_str().unwrap().to_owned();
    let name = format!("blobs/sha256/{}", digest.trim_start_matches("sha256:"));
    members.edit_json(&name, |manifest| {
        let layer = manifest["layers"][0].clone();
        manifest["layers"] = vec![layer; 4000].into();
    });
    let platforms: Vec<_> = (0..1000)
        .map(|n| {
            let platform = serde_json::json!({ "os": "linux", "architecture": format!("cpu{n}") });
            serde_json::json!({ "digest": digest, "platform": platform })
        })
        .collect();
    members.edit_json("index.json", |index| index["manifests"] = platforms.into());
    // the configuration has one layer, so none of them opens
    cases.bytes("1,000 platforms of 4,000 layers", &members.tar(), &Answer::Refused(&["4000 layers"]));
    cases.done();
}
