//! Ten Dockerfiles, the histories that real builders made of them, and the lines of each step, found by hand.
//!
//! Each folder has a `Dockerfile` and a file for each builder that builds it: a line for each step with its lines in
//! the Dockerfile, a tab, and the step as `docker history` shows it, as a JSON string. The old builder is that of
//! Docker 20.10, `BuildKit` is that of 20.10, and of 26.1 for heredocs.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::builder::{Form, ImageBuilder};
use crate::program::{command, finish, temp};

/// The steps of a builder, and the lines that were found by hand.
pub(crate) fn rows(name: &str, builder: &str) -> Option<(Vec<String>, Vec<String>)> {
    let text = fs::read_to_string(folder(name).join(builder)).ok()?;
    let rows = text.lines().map(|line| line.split_once('\t').expect("lines and a step"));
    Some(
        rows.map(|(lines, step)| (lines.to_owned(), serde_json::from_str::<String>(step).expect("a string")))
            .unzip(),
    )
}

/// Where the files of a Dockerfile are.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lines").join(name)
}

/// The lines of each step of a history, as the report has them.
pub(crate) fn lines(dockerfile: &Path, history: &[String]) -> (Vec<String>, Value) {
    let folder = temp();
    let mut image = ImageBuilder::new().layer(|l| l.noise("bin/sh", 1000, 1)).history("base");
    for step in history {
        image = image.empty_step(step);
    }
    image.archive(Form::Docker).write(&folder.path().join("image.tar"));
    let run = finish(
        command().current_dir(folder.path()).args(["image.tar", "--json", "--dockerfile"]).arg(dockerfile),
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let steps = report["history"].as_array().expect("a history").iter().skip(1);
    let found = steps.map(|step| format!("{}-{}", step["lines"]["from"], step["lines"]["to"])).collect();
    (found, report["diagnostics"].clone())
}

#[test]
fn steps_have_the_lines_of_their_instructions() {
    let mut seen = 0;
    for entry in fs::read_dir(folder("")).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        for builder in ["classic", "buildkit"] {
            let Some((want, history)) = rows(&name, builder) else { continue };
            let (found, diagnostics) = lines(&folder(&name).join("Dockerfile"), &history);
            assert_eq!(found, want, "{name} with {builder}: {diagnostics}");
            seen += 1;
        }
    }
    assert_eq!(seen, 19, "ten Dockerfiles, one of which only BuildKit builds");
}
