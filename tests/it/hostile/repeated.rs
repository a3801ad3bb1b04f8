//! One blob that is named often: as many layers, as many images, under many names.

use serde_json::{Value, json};

use super::{Answer, Cases};
use crate::builder::{Entry, Form, ImageBuilder, LayerBuilder, Members, Packing};
use crate::program::{command, finish_watched, temp};

/// An archive in the old form whose first layer is named `times`.
fn named_often(describe: impl FnOnce(LayerBuilder) -> LayerBuilder, times: usize) -> Vec<u8> {
    let image = ImageBuilder::new().no_history().layer(|l| describe(l).packing(Packing::Zstd));
    let mut members = image.archive(Form::DockerV1).members();
    let mut config = String::new();
    members.edit_json("manifest.json", |manifest| {
        let name = manifest[0]["Layers"][0].clone();
        manifest[0]["Layers"] = vec![name; times].into();
        manifest[0]["Config"].as_str().unwrap().clone_into(&mut config);
    });
    members.edit_json(&config, |config| {
        let id = config["rootfs"]["diff_ids"][0].clone();
        config["rootfs"]["diff_ids"] = vec![id; times].into();
    });
    members.tar()
}

fn files(count: usize) -> impl Fn(LayerBuilder) -> LayerBuilder {
    move |layer| (0..count).fold(layer, |layer, n| layer.file(&format!("d{}/{n}", n % 50), b""))
}

#[test]
fn one_blob_as_many_layers() {
    let mut cases = Cases::default();
    let refused = Answer::Refused(&["named again", "limit"]);
    cases.bytes("4,000 files 4,096 times", &named_often(files(4000), 4096), &refused);
    cases.bytes("30,000 files 200 times", &named_often(files(30_000), 200), &refused);
    cases.bytes("100 files 4,096 times", &named_often(files(100), 4096), &Answer::Opens);
    cases.bytes("5,000 layers", &named_often(files(1), 5000), &Answer::Refused(&["5000 layers", "4096"]));
    let status = "Package: a\nStatus: install ok installed\nVersion: 1\n\n".repeat(80_000);
    let database = |layer: LayerBuilder| layer.file("var/lib/dpkg/status", &status);
    cases.bytes("a database 4,096 times", &named_often(database, 4096), &Answer::Opens);
    let links = |layer: LayerBuilder| {
        (0..200).fold(layer, |layer, n| layer.symlink(&format!("l{n}"), &"t".repeat(4000)))
    };
    let refused = Answer::Refused(&["link targets", "limit"]);
    cases.bytes("200 long targets 4,096 times", &named_often(links, 4096), &refused);
    let gone = |layer: LayerBuilder| (0..2000).fold(layer, |layer, n| layer.whiteout(&format!("d/{n}")));
    let refused = Answer::Refused(&["named again", "limit"]);
    cases.bytes("2,000 whiteouts 4,096 times", &named_often(gone, 4096), &refused);
    cases.done();
}

/// Sixty plain layers with one large file each, under the same path, named a thousand times: each body is read
/// once, and not once per layer.
#[cfg(target_os = "linux")]
#[test]
fn bodies_of_one_blob_are_read_once() {
    let mut image = ImageBuilder::new().no_history();
    for n in 0..60_u8 {
        image = image.layer(|l| l.file("same", [&vec![0; 300_000][..], &[n]].concat()));
    }
    let mut members = image.archive(Form::DockerV1).members();
    let mut config = String::new();
    members.edit_json("manifest.json", |manifest| {
        let names = manifest[0]["Layers"].as_array().unwrap().clone();
        manifest[0]["Layers"] = names.iter().cycle().take(1000).cloned().collect();
        manifest[0]["Config"].as_str().unwrap().clone_into(&mut config);
    });
    members.edit_json(&config, |config| config["rootfs"]["diff_ids"] = Value::Null);
    let folder = temp();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, members.tar()).unwrap();
    let mut read = 0;
    let run = finish_watched(command().arg(&path).arg("--json"), |child| {
        let status = std::fs::read_to_string(format!("/proc/{}/io", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("rchar: "));
        read = read.max(line.and_then(|line| line.parse().ok()).unwrap_or(0));
    });
    assert_eq!(run.code, Some(0), "{run:?}");
    // a thousand times 300 kB would be 300 MB
    assert!((10_000_000..60_000_000).contains(&read), "{read} bytes were read");
}

/// An OCI archive of one small image, whose index lists `descriptors` of its manifest.
fn listed(descriptors: impl Fn(&Value) -> Vec<Value>, change: impl FnOnce(&mut Members, &str)) -> Vec<u8> {
    let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::Oci).members();
    let mut own = Value::Null;
    members.edit_json("index.json", |index| own = index["manifests"][0].take());
    let digest = own["digest"].as_str().unwrap();
    change(&mut members, &format!("blobs/sha256/{}", digest.trim_start_matches("sha256:")));
    members.edit_json("index.json", |index| index["manifests"] = descriptors(&own).into());
    members.tar()
}

#[test]
fn one_manifest_under_many_names() {
    let mut cases = Cases::default();
    let tags = |own: &Value| {
        let tag = |n: usize| json!({ "org.opencontainers.image.ref.name": format!("t{n}") });
        let named = |n| json!({ "digest": own["digest"], "annotations": tag(n) });
        (0..10_000).map(named).collect()
    };
    let long = |members: &mut Members, name: &str| {
        members.edit_json(name, |manifest| manifest["unknown"] = "x".repeat(10_000_000).into());
    };
    cases.bytes("10,000 names of a manifest of 10 MB", &listed(tags, long), &Answer::Opens);

    let platforms = |own: &Value| {
        let platform = |n: usize| json!({ "os": "linux", "architecture": format!("cpu{n}") });
        (0..1000).map(|n| json!({ "digest": own["digest"], "platform": platform(n) })).collect()
    };
    let many_layers = |members: &mut Members, name: &str| {
        let mut config = String::new();
        members.edit_json(name, |manifest| {
            let layer = manifest["layers"][0].clone();
            manifest["layers"] = vec![layer; 4000].into();
            manifest["config"]["digest"].as_str().unwrap().clone_into(&mut config);
        });
        let config = format!("blobs/sha256/{}", config.trim_start_matches("sha256:"));
        members.edit_json(&config, |config| {
            config["rootfs"] = Value::Null;
            config["history"] = Value::Null;
        });
    };
    cases.bytes("1,000 platforms of 4,000 layers", &listed(platforms, many_layers), &Answer::Opens);

    let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::DockerV1).members();
    let mut config = String::new();
    members.edit_json("manifest.json", |manifest| {
        let image = manifest[0].clone();
        image["Config"].as_str().unwrap().clone_into(&mut config);
        *manifest = vec![image; 1000].into();
    });
    members.edit_json(&config, |config| config["unknown"] = "y".repeat(10_000_000).into());
    cases.bytes("1,000 images of one configuration of 10 MB", &members.tar(), &Answer::Opens);
    cases.done();
}

#[test]
fn a_layer_in_the_place_of_another() {
    let mut cases = Cases::default();
    let own = |content: &'static str| ImageBuilder::new().layer(move |l| l.file("a", content));
    for (form, packing) in
        [(Form::DockerV1, Packing::Plain), (Form::Docker, Packing::Gzip), (Form::Oci, Packing::ZstdFrames)]
    {
        let mut images = ["good", "evil"].map(|text| own(text).packing(packing).archive(form).members().0);
        let is_layer = |body: &[u8]| !body.starts_with(b"{") && !body.starts_with(b"[") && body.len() > 50;
        let layer = |members: &[Entry]| members.iter().position(|member| is_layer(&member.body)).unwrap();
        let place = layer(&images[0]);
        images[0][place].body = images[1][layer(&images[1])].body.clone();
        let archive = Members(images[0].clone()).tar();
        cases.with(&[]);
        cases.bytes(&format!("another layer ({packing:?})"), &archive, &Answer::Opens);
        cases.with(&["--verify"]);
        let refused = Answer::Refused(&["its contents have the digest sha256:", "the configuration says"]);
        cases.bytes(&format!("another layer, verified ({packing:?})"), &archive, &refused);
        let packed = Packing::Gzip.pack(&archive);
        cases.bytes(&format!("another layer, in a packed archive ({packing:?})"), &packed, &refused);
        let image = own("good").packing(packing).archive(form).bytes();
        cases.bytes(&format!("the right layer, verified ({packing:?})"), &image, &Answer::Opens);
    }
    cases.done();
}

#[test]
fn one_blob_in_two_roles() {
    let mut cases = Cases::default();
    let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::DockerV1).members();
    members.edit_json("manifest.json", |manifest| manifest[0]["Layers"][0] = "manifest.json".into());
    cases.bytes("the manifest as a layer", &members.tar(), &Answer::Refused(&["manifest.json"]));
    let mut members = ImageBuilder::new().layer(|l| l.file("a", b"a")).archive(Form::DockerV1).members();
    members.edit_json("manifest.json", |manifest| {
        let layer = manifest[0]["Layers"][0].clone();
        manifest[0]["Config"] = layer;
    });
    cases.bytes("a layer as the configuration", &members.tar(), &Answer::Refused(&["JSON"]));
    cases.done();
}
