//! Input that must be refused, and how: exit code 2, one sentence on standard error that names the file
//! and what is wrong in it, nothing on standard output, no panic, no hang, bounded memory.
//!
//! Each test is a table of cases; all that fail are shown together.

mod layers;
mod outer;
mod real;
mod usage;

use std::path::Path;

use crate::program::{Run, command, finish};

/// What failed, case by case.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Complaints {
    /// Complains unless the program refuses `image` as it should. Of each clue (`a|b`: either) the
    /// sentence must contain one.
    fn refused(&mut self, case: &str, image: &Path, options: &[&str], clues: &[&str]) {
        let run = open(image, options);
        self.judge_refusal(case, &run);
        let name = image.file_name().expect("a name").to_string_lossy().into_owned();
        for clue in clues.iter().copied().chain([name.as_str()]) {
            if !clue.split('|').any(|clue| run.stderr.contains(clue)) {
                self.add(case, format!("{clue:?} is missing in: {}", run.stderr.trim()));
            }
        }
    }

    fn judge_refusal(&mut self, case: &str, run: &Run) {
        if run.code != Some(2) {
            self.add(case, format!("exit code {:?} instead of 2; stderr: {}", run.code, run.stderr.trim()));
        }
        if !run.stdout.is_empty() {
            self.add(case, format!("something stands on stdout: {:.80}", run.stdout));
        }
        let sentence = run.stderr.trim_end_matches('\n');
        if sentence.is_empty() || sentence.lines().count() != 1 {
            self.add(case, format!("stderr is not one line: {:?}", run.stderr));
        }
        if sentence.chars().any(char::is_control) || sentence.contains("panicked") {
            self.add(case, format!("stderr is no plain sentence: {:?}", run.stderr));
        }
    }

    /// Complains unless the program opens `image` and says in a diagnostic that something is odd.
    fn remarked(&mut self, case: &str, image: &Path, options: &[&str]) {
        let run = open(image, options);
        if run.code != Some(0) {
            return self
                .add(case, format!("exit code {:?} instead of 0; stderr: {}", run.code, run.stderr.trim()));
        }
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        if report["diagnostics"].as_array().is_none_or(Vec::is_empty) {
            self.add(case, "it opens without a diagnostic");
        }
    }

    /// Complains unless the image is either refused as it should, or opened with a diagnostic.
    fn refused_or_remarked(&mut self, case: &str, image: &Path, options: &[&str]) {
        if open(image, options).code == Some(0) {
            self.remarked(case, image, options);
        } else {
            self.refused(case, image, options, &[]);
        }
    }

    fn add(&mut self, case: &str, text: impl std::fmt::Display) {
        self.0.push(format!("{case}: {text}"));
    }

    fn none_or_panic(self) {
        assert!(self.0.is_empty(), "{} complaints:\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn open(image: &Path, options: &[&str]) -> Run {
    finish(command().arg(image).args(options).arg("--json"))
}
