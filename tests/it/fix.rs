//! `layercake fix` as a user's script runs it: the patch, files, the document, and what is refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::builder::{Form, ImageBuilder, LayerBuilder};
use crate::program::{Run, command, finish, temp};

const DOCKERFILE: &str = "# the base
FROM debian:12

# what is installed
RUN apt-get update && \\
    # tools
    apt-get install -y \\
      gcc
COPY . /app
RUN rm -rf /var/lib/apt/lists/*
CMD [\"/app/run\"]
";

/// A folder with an image, the Dockerfile that it was built from, and its context.
fn workplace(dockerfile: &str) -> TempDir {
    let folder = temp();
    ImageBuilder::new()
        .tag("app:1")
        .layer(|l| l.noise("bin/sh", 9_000_000, 1))
        .history("/bin/sh -c #(nop) ADD file:x in / ")
        .empty_step("CMD [\"bash\"]")
        .layer(|l| {
            l.noise("usr/bin/gcc", 3_000_000, 2).noise(
                "var/lib/apt/lists/deb.example_Packages",
                20_000_000,
                3,
            )
        })
        .history("RUN /bin/sh -c apt-get update &&     apt-get install -y       gcc # buildkit")
        .layer(|l| l.noise("app/run", 2_000_000, 4).noise("app/.git/objects/pack/p.pack", 30_000_000, 5))
        .history("COPY . /app # buildkit")
        .layer(|l| l.whiteout("var/lib/apt/lists/deb.example_Packages"))
        .history("RUN /bin/sh -c rm -rf /var/lib/apt/lists/* # buildkit")
        .empty_step("CMD [\"/app/run\"]")
        .archive(Form::Docker)
        .write(&folder.path().join("app.tar"));
    fs::write(folder.path().join("Dockerfile"), dockerfile).expect("a Dockerfile");
    folder
}

fn fix(folder: &Path, arguments: &[&str]) -> Run {
    finish(command().current_dir(folder).args(["fix", "app.tar"]).args(arguments))
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_default()
}

#[test]
fn git_takes_the_patch_and_it_is_what_is_written() {
    let folder = workplace(DOCKERFILE);
    let run = fix(folder.path(), &["--dockerfile", "Dockerfile"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let copy = workplace(DOCKERFILE);
    fs::write(copy.path().join("p"), &run.stdout).expect("a patch");
    let git = Command::new("git").current_dir(copy.path()).args(["apply", "p"]).output();
    let written = fix(folder.path(), &["--dockerfile", "Dockerfile", "--write"]);
    assert_eq!((written.code, written.stdout.as_str()), (Some(0), ""), "{written:?}");
    let new = text(folder.path(), "Dockerfile");
    assert!(
        new.starts_with(
            "# the base\nFROM debian:12\n\n# what is installed\nRUN apt-get update && \\\n    # tools\n"
        ),
        "{new}"
    );
    assert!(new.contains("rm -rf /var/lib/apt/lists/*") && new.ends_with("CMD [\"/app/run\"]\n"), "{new}");
    assert_eq!(text(folder.path(), ".dockerignore"), ".git\n");
    match git {
        Ok(git) => {
            assert!(git.status.success(), "{git:?}\n{}", run.stdout);
            assert_eq!(
                (text(copy.path(), "Dockerfile"), text(copy.path(), ".dockerignore")),
                (new, ".git\n".into())
            );
        }
        Err(_) => eprintln!("git apply: skipped, there is no git"),
    }
}

#[test]
fn the_document_tells_edits_lines_and_the_prediction() {
    let folder = workplace(DOCKERFILE);
    let run = fix(folder.path(), &["--dockerfile", "Dockerfile", "--json"]);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let schema: Value = serde_json::from_str(include_str!("../../assets/fix.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let complaints: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(complaints, [""; 0], "{document:#}");
    assert_eq!(document["predicted"], 50_000_000);
    let edits = document["edits"].as_array().expect("edits");
    let lines: Vec<&Value> =
        edits.iter().filter(|edit| edit["action"] == "append_command").map(|edit| &edit["lines"]).collect();
    assert_eq!(lines, [&serde_json::json!({"from": 5, "to": 8})]);
    let bytes: u64 = edits.iter().filter_map(|edit| edit["bytes"].as_u64()).sum();
    assert_eq!(bytes, 50_000_000);
    let only = fix(folder.path(), &["--dockerfile", "Dockerfile", "--json", "-", "--only", "vcs"]);
    let document: Value = serde_json::from_str(&only.stdout).expect("JSON");
    assert_eq!((&document["predicted"], &document["dockerfile"]), (&30_000_000.into(), &DOCKERFILE.into()));
    let unknown = fix(folder.path(), &["--only", "vsc"]);
    assert!(unknown.code == Some(2) && unknown.stderr.contains("no rule called `vsc`"), "{unknown:?}");
}

#[test]
fn without_a_dockerfile_one_is_rebuilt_and_says_so() {
    let folder = workplace(DOCKERFILE);
    let run = fix(folder.path(), &["--output", "new"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let new = text(folder.path(), "new");
    assert!(new.starts_with("# Rebuilt by layercake from the history of app:1"), "{new}");
    assert!(new.contains("\nCOPY . /app\n") && new.contains("rm -rf /var/lib/apt/lists/*"), "{new}");
    assert!(run.stderr.contains("rebuilt from the image's history"), "{}", run.stderr);
    assert_eq!(fix(folder.path(), &["--write"]).code, Some(2));
}

#[test]
fn a_dockerfile_of_another_image_is_said_to_be_one() {
    let folder = workplace("FROM debian\nRUN something else\nUSER x\n");
    let run = fix(folder.path(), &["--dockerfile", "Dockerfile", "--write"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("Dockerfile:3 is not what made step 5 of the image"), "{}", run.stderr);
    let other = DOCKERFILE.replace("COPY . /app", "COPY src /app");
    fs::write(folder.path().join("Dockerfile"), other).expect("a Dockerfile");
    let run = fix(folder.path(), &["--dockerfile", "Dockerfile"]);
    assert!(run.code == Some(0) && run.stderr.contains("Dockerfile:9 is not what made step 3"), "{run:?}");
    let missing = fix(folder.path(), &["--dockerfile", "no/such"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("no/such"), "{missing:?}");
}

#[test]
fn reports_have_the_lines_of_a_dockerfile() {
    let folder = workplace(DOCKERFILE);
    let report = |arguments: &[&str]| {
        finish(
            command()
                .current_dir(folder.path())
                .args(["app.tar", "--dockerfile", "Dockerfile"])
                .args(arguments),
        )
        .stdout
    };
    let json: Value = serde_json::from_str(&report(&["--json"])).expect("JSON");
    let lines = |from: u32, to: u32| serde_json::json!({"file": "Dockerfile", "from": from, "to": to});
    assert_eq!(json["layers"][1]["lines"], lines(5, 8));
    assert_eq!((&json["layers"][0]["lines"], &json["history"][5]["lines"]), (&Value::Null, &lines(11, 11)));
    assert!(json["findings"][0]["lines"]["from"].is_u64(), "{:#}", json["findings"]);
    let text = report(&["--format", "text"]);
    assert!(text.contains("Dockerfile:5  apt-get update") && text.contains("[Dockerfile:5]"), "{text}");
    assert!(report(&["--format", "github"]).contains(" file=Dockerfile,line=5,endLine=8,title="));
}

#[test]
fn applying_again_changes_nothing_more() {
    let folder = workplace(DOCKERFILE);
    fix(folder.path(), &["--dockerfile", "Dockerfile", "--write"]);
    let once = text(folder.path(), "Dockerfile");
    // the image is still the old one, so the steps that changed no longer fit; nothing of them is touched
    let run = fix(folder.path(), &["--dockerfile", "Dockerfile", "--write"]);
    assert!(matches!(run.code, Some(0 | 2)), "{run:?}");
    assert_eq!(
        (text(folder.path(), "Dockerfile"), text(folder.path(), ".dockerignore")),
        (once, ".git\n".into())
    );
}

#[test]
fn what_a_chown_stored_again_goes_with_the_step_that_stored_it_first() {
    let folder = temp();
    let modules = |l: LayerBuilder| {
        l.noise("srv/node_modules/webpack/a.js", 30_000_000, 7).noise(
            "srv/node_modules/express/b.js",
            4_000_000,
            8,
        )
    };
    ImageBuilder::new()
        .tag("app:1")
        .layer(|l| l.noise("bin/sh", 9_000_000, 1))
        .history("/bin/sh -c #(nop) ADD file:x in / ")
        .empty_step("CMD [\"bash\"]")
        .layer(modules)
        .history("RUN /bin/sh -c npm install express webpack # buildkit")
        .layer(modules)
        .history("RUN /bin/sh -c chown -R www-data /srv # buildkit")
        .empty_step("CMD [\"/app/run\"]")
        .archive(Form::Docker)
        .write(&folder.path().join("app.tar"));
    let dockerfile =
        "FROM debian:12\nRUN npm install express webpack\nRUN chown -R www-data /srv\nCMD [\"/app/run\"]\n";
    fs::write(folder.path().join("Dockerfile"), dockerfile).expect("a Dockerfile");
    let run = fix(folder.path(), &["--dockerfile", "Dockerfile", "--json", "-", "--only", "node-dev-deps"]);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(document["predicted"], 60_000_000, "{document:#}");
}

const TWO_STAGES: &str = "FROM debian:12 AS build
RUN make thing
FROM debian:12
# told by nothing in the history
RUN make thing
ENV A=1
";

/// What `BuildKit` attests of [`TWO_STAGES`] with the mode `max`.
fn attested(layers: &[Value]) -> Value {
    let line = |number: u32| serde_json::json!({"locations": [{"ranges": [{"start": {"line": number}, "end": {"line": number}}]}]});
    let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, TWO_STAGES);
    serde_json::json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {"externalParameters": {"request": {"args": {"build-arg:PASSWORD": "hunter2"}}}},
            "runDetails": {"metadata": {"buildkit_metadata": {
                "source": {
                    "infos": [{"filename": "app/Dockerfile", "language": "Dockerfile", "data": data}],
                    "locations": {"step1": line(2), "step2": line(5)},
                },
                "layers": {
                    "step1:0": [[layers[0], {"digest": "sha256:00"}]],
                    "step2:0": [[layers[0], layers[1]]],
                },
            }}},
        },
    })
}

#[test]
fn what_the_builder_attested_gives_lines_without_a_dockerfile() {
    let folder = temp();
    let image = ImageBuilder::new()
        .tag("app:1")
        .layer(|l| l.noise("bin/sh", 9_000_000, 1))
        .history("/bin/sh -c #(nop) ADD file:x in / ")
        .empty_step("CMD [\"bash\"]")
        .layer(|l| l.noise("root/.cache/pip/http/a", 20_000_000, 2).noise("usr/bin/thing", 1_000_000, 3))
        .history("RUN /bin/sh -c make thing # buildkit")
        .empty_step("ENV A=1");
    for (form, name) in [(Form::Docker, "app.tar"), (Form::Oci, "oci.tar")] {
        image.archive(form).attested(attested).write(&folder.path().join(name));
        let report = finish(command().current_dir(folder.path()).args([name, "--json"]));
        let json: Value = serde_json::from_str(&report.stdout).expect("JSON");
        let lines = serde_json::json!({"file": "app/Dockerfile", "from": 5, "to": 5});
        assert_eq!((&json["layers"][1]["lines"], &json["layers"][0]["lines"]), (&lines, &Value::Null));
        assert_eq!(json["history"][3]["lines"]["from"], 6);
        assert!(!report.stdout.contains("hunter2"));
    }
    // the patch is of the Dockerfile that was built, not of one that is rebuilt from the history
    let patch = fix(folder.path(), &[]);
    assert!(
        patch.stdout.contains("+RUN make thing && \\") && patch.stdout.contains(" # told by nothing"),
        "{patch:?}"
    );
    assert!(!patch.stderr.contains("rebuilt"), "{}", patch.stderr);
    // a Dockerfile that is named wins
    fs::write(folder.path().join("Dockerfile"), "FROM x\nRUN make thing\nENV A=1\n").expect("a Dockerfile");
    let report = finish(command().current_dir(folder.path()).args([
        "app.tar",
        "--json",
        "--dockerfile",
        "Dockerfile",
    ]));
    let json: Value = serde_json::from_str(&report.stdout).expect("JSON");
    assert_eq!(json["layers"][1]["lines"]["from"], 2);
}

#[test]
fn a_real_attestation_gives_every_layer_its_line() {
    let Some(folder) = crate::program::shared("fixtures/formats") else { return };
    let report = finish(command().current_dir(&folder).args(["buildx-oci-attest.tar", "--json"]));
    let json: Value = serde_json::from_str(&report.stdout).expect("JSON");
    let lines: Vec<&Value> =
        json["layers"].as_array().expect("layers").iter().map(|layer| &layer["lines"]["from"]).collect();
    let want: Vec<Value> = (4..=20).map(Value::from).collect();
    assert_eq!(lines, want.iter().collect::<Vec<_>>());
    // FROM scratch: nothing came with a base
    assert_eq!(json["totals"]["base_layers"], 0);
}
