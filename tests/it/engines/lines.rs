//! Lines of a Dockerfile, with the histories that the engines within reach make of it today.

use std::process::{Command, Stdio};

use crate::lines::{folder, lines, rows};
use crate::program::temp;

/// Those of `tests/it/lines` that are built in a moment, on the image that an engine of these tests has.
const QUICK: [&str; 4] = ["arguments", "cases", "continuations", "escape"];

fn docker(host: &str, arguments: &[&str]) -> Option<String> {
    let mut docker = Command::new("docker");
    docker.env("DOCKER_HOST", host).env("DOCKER_BUILDKIT", "0").args(arguments);
    let output = docker.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_old_builder_reads_the_lines_that_we_read() {
    let own = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    if docker(&own, &["image", "inspect", "debian:bookworm"]).is_none() {
        eprintln!("lines of a real builder: skipped, no engine has debian:bookworm");
        return;
    }
    let context = temp();
    std::fs::write(context.path().join("data.txt"), "data").expect("a file");
    let context = context.path().display().to_string();
    for name in QUICK {
        let (want, _) = rows(name, "classic").expect("lines");
        let dockerfile = folder(name).join("Dockerfile");
        let tag = format!("layercake-test-lines:{name}");
        let file = dockerfile.display().to_string();
        docker(&own, &["build", "--network", "none", "-t", &tag, "-f", &file, &context]).expect(name);
        let shown = docker(&own, &["history", "--no-trunc", "--format", "{{json .CreatedBy}}", &tag]);
        docker(&own, &["image", "rm", "--force", &tag]);
        let mut history: Vec<String> = shown
            .expect("a history")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a string"))
            .collect();
        history.reverse();
        // the base is one step
        let (found, diagnostics) = lines(&dockerfile, &history[history.len() - want.len()..]);
        assert_eq!(found, want, "{name}: {diagnostics}");
    }
}
