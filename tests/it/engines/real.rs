//! The same figures by `docker:NAME`, by standard input and by file, from every real engine within reach.
//!
//! Engines are those of `DOCKER_HOST` and of `LAYERCAKE_ENGINES` (addresses separated by blanks), which
//! `.ci/run` fills with an old engine and one with the containerd store.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{command, finish, temp};

fn docker(host: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new("docker")
        .env("DOCKER_HOST", host)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The report without the words on where the image came from.
fn report(command: &mut Command) -> Value {
    let run = finish(command.arg("--json"));
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut report: Value = serde_json::from_str(&run.stdout).expect("a report");
    report["image"].as_object_mut().expect("an image").remove("source");
    report
}

fn compare(host: &str, demo: &Path, folder: &Path) {
    docker(host, &["load", "-i", demo.to_str().expect("a plain path")]).expect("the engine loads the demo");
    let saved = folder.join("saved.tar");
    docker(host, &["save", "-o", saved.to_str().expect("a plain path"), "shop-api:1.4"])
        .expect("it saves it");
    let by_file = report(command().arg(&saved));
    let by_engine = report(command().env("DOCKER_HOST", host).arg("docker:shop-api:1.4"));
    let by_name = report(command().env("DOCKER_HOST", host).arg("shop-api:1.4"));
    let by_pipe = report(command().arg("-").stdin(File::open(&saved).expect("the saved file")));
    assert!(by_file["totals"]["wasted"].as_u64().is_some_and(|wasted| wasted > 0));
    assert!(by_engine == by_file && by_name == by_file && by_pipe == by_file, "{host}: the figures differ");
    // what the engine makes of the archive may be packed anew, but holds the same files
    let original = report(command().arg(demo));
    for figure in ["content", "live", "wasted", "overwritten", "removed", "repeated", "files"] {
        assert_eq!(by_file["totals"][figure], original["totals"][figure], "{host}: {figure}");
    }
}

/// Builds an image in which a file is stored twice, and one whose Dockerfile is wrong.
fn build(host: &str, folder: &Path) {
    let context = folder.join("context");
    std::fs::create_dir_all(&context).expect("a folder");
    std::fs::write(context.join("a"), [1; 5000]).expect("a file");
    std::fs::write(context.join("b"), [2; 7000]).expect("a file");
    std::fs::write(context.join("Dockerfile"), "FROM scratch\nCOPY a /f\nCOPY b /f\n").expect("a Dockerfile");
    let with = |arguments: &[&str]| {
        let mut command = command();
        command.env("DOCKER_HOST", host).arg("build").args(arguments).arg(&context);
        command
    };
    for arguments in [&["--json", "-", "-t", "layercake-test:1"][..], &["--json", "-", "--", "--no-cache"]] {
        let run = finish(&mut with(arguments));
        assert_eq!(run.code, Some(0), "{run:?}");
        let report: Value = serde_json::from_str(&run.stdout).expect("a report");
        assert_eq!(
            (&report["totals"]["content"], &report["totals"]["wasted"]),
            (&12_000.into(), &5000.into())
        );
    }
    let judged = finish(&mut with(&["--ci", "--min-efficiency", "90%", "-t", "layercake-test:1"]));
    assert!(judged.code == Some(1) && judged.stdout.contains("VERDICT  FAIL"), "{judged:?}");
    std::fs::write(context.join("Dockerfile"), "FROM scratch\nCOPY missing /\n").expect("a Dockerfile");
    let failed = finish(&mut with(&["--ci"]));
    assert!(failed.code.is_some_and(|code| code != 0) && failed.stdout.is_empty(), "{failed:?}");
}

#[test]
fn real_engines_agree_with_files_and_build() {
    let own = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let more = std::env::var("LAYERCAKE_ENGINES").unwrap_or_default();
    let folder = temp();
    let demo = folder.path().join("demo.tar");
    let packed =
        File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo.tar.zst")).expect("the demo");
    zstd::stream::copy_decode(packed, File::create(&demo).expect("a file")).expect("the demo unpacks");
    let mut hosts: Vec<_> = std::iter::once(own.as_str()).chain(more.split_whitespace()).collect();
    hosts.dedup();
    for host in hosts {
        match docker(host, &["version", "--format", "{{.Server.Version}}"]) {
            None => eprintln!("SKIPPED: no docker engine answers at {host}"),
            Some(version) => {
                compare(host, &demo, folder.path());
                build(host, folder.path());
                println!("engine {version}: the same by name, pipe and file; builds are opened and judged");
            }
        }
    }
}
