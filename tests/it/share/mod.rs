//! `layercake share`: what several images have in common.

#[cfg(unix)]
mod real;

use std::path::Path;

use serde_json::{Value, json};

use crate::builder::{Archive, Form, ImageBuilder, LayerBuilder, Packing};
use crate::program::{Run, command, finish, shared, temp};

/// The document of images that must open.
fn sharing(images: &[String], environment: &[(&str, &str)]) -> Value {
    let run = finish(command().envs(environment.iter().copied()).arg("share").args(images).arg("--json"));
    assert_eq!(run.code, Some(0), "{images:?}: {}", run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let schema = include_str!("../../../assets/share.schema.json");
    let validator =
        jsonschema::validator_for(&serde_json::from_str(schema).expect("JSON")).expect("a schema");
    let complaints: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(complaints, [""; 0], "{images:?}");
    document
}

/// Two bases and five images on them, one of which has a layer of another base's image.
pub(crate) fn five() -> Vec<ImageBuilder> {
    let base = |seed: u64| {
        move |layer: LayerBuilder| layer.noise("base/lib", 100_000, seed).noise("base/bin", 9000, seed + 50)
    };
    let own = |seed: u64, size: usize| move |layer: LayerBuilder| layer.noise("app/own", size, seed);
    let tools = |layer: LayerBuilder| layer.noise("tools/big", 40_000, 7);
    // the content of the first base's library in a layer of its own
    let again = |layer: LayerBuilder| layer.noise("vendor/lib", 100_000, 1);
    let image = |name: &str| ImageBuilder::new().tag(&format!("layercake-share-{name}:1"));
    vec![
        image("a").layer(base(1)).layer(own(11, 1000)),
        image("b").layer(base(1)).layer(tools).layer(own(12, 2000)),
        image("c").layer(base(1)).layer(tools),
        image("d").layer(base(2)).layer(tools).layer(own(14, 4000)),
        image("e").layer(base(2)).layer(again),
    ]
}

const CONTENT: [u64; 5] = [110_000, 151_000, 149_000, 153_000, 209_000];

fn check(document: &Value, what: &str) {
    let numbers = |pointer: &str| -> Vec<u64> {
        let images = document["images"].as_array().unwrap();
        images.iter().map(|image| image.pointer(pointer).and_then(Value::as_u64).unwrap()).collect()
    };
    assert_eq!(numbers("/content"), CONTENT, "{what}");
    assert_eq!(numbers("/unique"), [1000, 2000, 0, 4000, 100_000], "{what}");
    // tools stands on two bases: a registry has it once, a disk twice
    assert_eq!(numbers("/disk/unique"), [1000, 2000, 0, 44_000, 100_000], "{what}");
    let once = 2 * 109_000 + 40_000 + 1000 + 2000 + 4000 + 100_000;
    let content: u64 = CONTENT.iter().sum();
    assert_eq!(
        document["stored"],
        json!({"content": content, "once": once, "disk": once + 40_000}),
        "{what}"
    );
    assert_eq!(document["repeated"]["bytes"], json!(100_000), "{what}");
    assert_eq!(document["repeated"]["groups"][0]["images"], json!([0, 1, 2, 4]), "{what}");
    assert_eq!(document["layers"][0]["images"].as_array().map(Vec::len), Some(3), "{what}");
}

#[test]
fn the_same_figures_by_every_road() {
    let folder = temp();
    let write = |name: &str, archive: Archive| {
        let path = folder.path().join(name);
        archive.write(&path);
        path.to_str().unwrap().to_owned()
    };
    let forms: [(&str, &dyn Fn(ImageBuilder) -> Archive); 4] = [
        ("plain", &|image| image.archive(Form::Docker)),
        ("v1", &|image| image.archive(Form::DockerV1)),
        ("gzip", &|image| image.packing(Packing::Gzip).archive(Form::Oci)),
        ("packed", &|image| image.archive(Form::Docker).outer(Packing::Gzip)),
    ];
    let mut all: Vec<Vec<String>> = Vec::new();
    for (name, form) in forms {
        let files = five().into_iter().enumerate();
        all.push(files.map(|(at, image)| write(&format!("{name}-{at}.tar"), form(image))).collect());
    }
    // one archive with all, by each of its forms
    for (name, form, outer) in [
        ("all", Form::Docker, Packing::Plain),
        ("all-v1", Form::DockerV1, Packing::Plain),
        ("all-gz", Form::Docker, Packing::Gzip),
    ] {
        let archive = five().into_iter().fold(Archive::new(form), Archive::image).outer(outer);
        all.push(vec![write(&format!("{name}.tar"), archive)]);
    }
    // each image in another form
    all.push((0..5).map(|at| all[at % 4][at].clone()).collect());
    for images in &all {
        check(&sharing(images, &[]), &format!("{images:?}"));
    }
}

#[test]
fn two_image_archives_of_real_engines_share_what_they_should() {
    let Some(folder) = shared("fixtures/formats") else { return };
    for name in [
        "docker-20-save-two-images.tar",
        "docker-28-classic-save-two-images.tar",
        "docker-28-containerd-save-two-images.tar",
        "podman-docker-archive-two-images.tar",
    ] {
        let document = sharing(&[folder.join(name).to_str().unwrap().to_owned()], &[]);
        let images = document["images"].as_array().unwrap();
        assert_eq!(images.len(), 2, "{name}");
        // the second is the first and one layer more
        let unique: Vec<_> = images.iter().map(|image| image["unique"].as_u64().unwrap()).collect();
        assert!(unique.contains(&0) && unique.iter().any(|&bytes| bytes > 0), "{name}: {unique:?}");
        let sum = |field: &str| document["stored"][field].as_u64().unwrap();
        assert!(sum("once") < sum("content") && sum("once") == sum("disk"), "{name}");
    }
}

fn run(arguments: &[&str]) -> Run {
    finish(command().arg("share").args(arguments))
}

#[test]
fn bad_input_has_its_sentence() {
    let folder = temp();
    let path = folder.path().join("one.tar");
    five()[0].archive(Form::Docker).write(&path);
    let copy = folder.path().join("copy.tar");
    std::fs::copy(&path, &copy).unwrap();
    let (one, copy) = (path.to_str().unwrap(), copy.to_str().unwrap());
    let bad = folder.path().join("bad.tar");
    std::fs::write(&bad, "no archive").unwrap();
    for (arguments, said) in [
        (vec![], "<IMAGE>"),
        (vec![one], "only one image is there"),
        (vec![one, one], "is named twice"),
        (vec![one, copy], "only one image is there"),
        (vec![one, bad.to_str().unwrap()], "bad.tar: it is no image archive"),
        (vec![one, "missing.tar"], "missing.tar: no such file or directory"),
    ] {
        let run = run(&arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn the_text_says_what_is_shared() {
    let folder = temp();
    let path = folder.path().join("all.tar");
    five().into_iter().fold(Archive::new(Form::Docker), Archive::image).write(Path::new(&path));
    let text = run(&[path.to_str().unwrap()]).stdout;
    for said in
        ["5 images of 772 kB take 365 kB together", "LAYERS BY IMAGES", "● ● ● · ·", "base", "ON DISK"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn layers_of_the_images_that_a_dockerfile_built_have_its_lines() {
    let base = |layer: LayerBuilder| layer.noise("base/lib", 9000, 1);
    let own = |layer: LayerBuilder| layer.noise("app/own", 5000, 2);
    let image = |name: &str| {
        let image = ImageBuilder::new().tag(&format!("layercake-share-{name}:1")).layer(base);
        image.history(&format!("/bin/sh -c #(nop) ADD file:{} in / ", "0123abcd".repeat(8)))
    };
    let built = image("built").layer(own).history("/bin/sh -c make  app");
    let folder = temp();
    let (archive, dockerfile) = (folder.path().join("both.tar"), folder.path().join("Dockerfile"));
    Archive::new(Form::Docker).image(image("other")).image(built).write(&archive);
    let run = |text: &str| {
        std::fs::write(&dockerfile, text).unwrap();
        finish(command().arg("share").arg(&archive).arg("--dockerfile").arg(&dockerfile).arg("--json"))
    };
    let fits = run("FROM scratch\nADD base /\n# the program\nRUN make  app\n");
    assert_eq!(fits.code, Some(0), "{}", fits.stderr);
    let document: Value = serde_json::from_str(&fits.stdout).unwrap();
    let lines = |command: &str| {
        let layers = document["layers"].as_array().unwrap();
        layers.iter().find(|layer| layer["command"].as_str().unwrap().contains(command)).unwrap()["lines"]
            .clone()
    };
    assert_eq!(lines("make")["from"], 4);
    assert_eq!(lines("ADD")["from"], 2, "a layer of both images has the lines of the one that is known");
    let differs = run("FROM scratch\nADD base /\nRUN other\n");
    assert_eq!(differs.code, Some(2));
    assert!(differs.stderr.contains("the Dockerfile is another"), "{}", differs.stderr);
}

#[test]
fn a_configuration_that_states_the_diff_id_of_another_layer() {
    let folder = temp();
    let image = |content: u64, size: usize| {
        let base = move |layer: LayerBuilder| layer.noise("base/lib", size, content);
        ImageBuilder::new().layer(base).layer(move |layer| layer.noise("own", 10_000, content + 10))
    };
    // longer than what it claims to be, and of the same length
    for (form, packing, size) in [
        (Form::DockerV1, Packing::Plain, 200_000),
        (Form::Docker, Packing::Plain, 100_000),
        (Form::Oci, Packing::Gzip, 200_000),
    ] {
        let honest = image(1, 100_000).packing(packing);
        // the base of the honest image, for which a body of the other's is put
        let lying = ImageBuilder::new()
            .packing(packing)
            .layer(|layer| layer.noise("base/lib", 100_000, 1))
            .layer(|layer| layer.noise("own", 10_000, 20));
        let base = lying.build_layers().next().unwrap().blob;
        let mut members = lying.archive(form).members();
        let other = image(2, size).packing(packing).build_layers().next().unwrap().blob;
        let place = members.0.iter().position(|member| member.body == base).unwrap();
        members.0[place].body = other;
        let paths = ["honest.tar", "lying.tar"].map(|name| folder.path().join(name));
        honest.archive(form).write(&paths[0]);
        std::fs::write(&paths[1], members.tar()).unwrap();
        let [honest, lying] = paths.each_ref().map(|path| path.to_str().unwrap());

        let document = sharing(&[honest.to_owned(), lying.to_owned()], &[]);
        // the length of a plain layer gives it away, and it is read; of others the statement is believed
        let content = if packing == Packing::Plain { size + 10_000 } else { 110_000 };
        assert_eq!(document["images"][1]["content"], json!(content), "{form:?}");
        for images in [[honest, lying], [lying, honest]] {
            let run = run(&[images[0], images[1], "--verify"]);
            assert_eq!(run.code, Some(2), "{form:?}: {}", run.stderr);
            assert!(run.stderr.contains("its contents have the digest sha256:"), "{}", run.stderr);
        }
    }
}
