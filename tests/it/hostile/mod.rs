//! Images made to hurt: small files that would take all memory, never end, or be told as something they are not.
//!
//! Each case is built in code and has less than a hundred kilobytes. The answer it must get is an exit code and a
//! sentence, within limits of memory and time. What is merely damaged is in `bad_input`.
//!
//! `HOSTILE=one-thread cargo test --test it hostile::` gives the program no second thread, and `HOSTILE=little-memory`
//! an address space of 600 MB; the answers are the same.

mod bombs;
mod documents;
mod history;
mod layers;
mod packages;
mod repeated;
mod rpm;
mod settings;
mod sizes;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::builder::{Form, ImageBuilder, Packing};
use crate::program::{Run, finish_watched, temp};

/// Longest image of a case, in bytes.
const SMALL: usize = 100_000;
/// Most memory that one may take, in kB.
const MEMORY: u64 = 300_000;
/// Longest time that one may take; a program that is not optimised is some ten times as slow.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 5 });

/// The answer that an image must get.
enum Answer<'a> {
    /// Exit code 2, and one sentence with these words.
    Refused(&'a [&'a str]),
    /// Exit code 0.
    Opens,
    /// Exit code 0, and a diagnostic with this code.
    Remarked(&'a str),
    /// Exit code 0 or 2: how bad it is, is for the reader of tars to say.
    Either,
}

/// What was wrong, case by case.
#[derive(Default)]
struct Cases {
    complaints: Vec<String>,
    /// Further arguments.
    options: Vec<String>,
}

impl Cases {
    /// An image of one layer, whose tar is packed.
    fn layer(&mut self, case: &str, tar: Vec<u8>, answer: &Answer<'_>) {
        self.image(case, &ImageBuilder::new().layer(|l| l.raw_tar(tar).packing(Packing::Zstd)), answer);
    }

    fn image(&mut self, case: &str, image: &ImageBuilder, answer: &Answer<'_>) {
        self.bytes(case, &image.archive(Form::Docker).bytes(), answer);
    }

    /// Sets further arguments for the cases that follow.
    fn with(&mut self, options: &[&str]) {
        self.options = options.iter().map(|&option| option.to_owned()).collect();
    }

    /// An archive, packed as a whole when it is long.
    fn bytes(&mut self, case: &str, archive: &[u8], answer: &Answer<'_>) {
        let packed = if archive.len() > SMALL { Packing::Zstd.pack(archive) } else { archive.to_vec() };
        assert!(packed.len() <= SMALL, "{case} has {} bytes", packed.len());
        let folder = temp();
        let path = folder.path().join("image.tar");
        fs::write(&path, packed).unwrap();
        let start = Instant::now();
        let (run, peak) = watched(&path, &self.options);
        let time = start.elapsed();
        eprintln!("{case}: exit {:?}, {} MB, {:.1} s", run.code, peak / 1000, time.as_secs_f64());
        if peak > MEMORY {
            self.add(case, &format!("it took {peak} kB"));
        }
        if time > TIME {
            self.add(case, &format!("it took {} s", time.as_secs()));
        }
        self.judge(case, &run, answer);
    }

    fn judge(&mut self, case: &str, run: &Run, answer: &Answer<'_>) {
        let want = match answer {
            Answer::Refused(_) => 2,
            Answer::Either if run.code == Some(2) => 2,
            _ => 0,
        };
        if run.code != Some(want) {
            let told = format!("exit code {:?}, not {want}; stderr: {:.300}", run.code, run.stderr.trim());
            return self.add(case, &told);
        }
        let sentence = run.stderr.trim_end_matches('\n');
        if sentence.lines().count() > 1 || sentence.chars().any(char::is_control) {
            self.add(case, &format!("stderr is no plain sentence: {:.300?}", run.stderr));
        }
        match answer {
            Answer::Refused(clues) => {
                for clue in clues.iter().filter(|clue| !sentence.contains(**clue)) {
                    self.add(case, &format!("{clue:?} is missing in: {sentence}"));
                }
            }
            Answer::Opens | Answer::Either => {}
            Answer::Remarked(code) => {
                let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
                let diagnostics = report["diagnostics"].as_array().expect("a list");
                if !diagnostics.iter().any(|diagnostic| diagnostic["code"] == **code) {
                    self.add(case, &format!("there is no {code}: {:.300}", report["diagnostics"]));
                }
            }
        }
    }

    fn add(&mut self, case: &str, text: &str) {
        self.complaints.push(format!("{case}: {text}"));
    }

    fn done(self) {
        let complaints = &self.complaints;
        assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
    }
}

/// Runs the program on an image; also its peak of memory in kB. An address space of two gigabytes keeps a case that
/// fails from taking the machine with it.
fn watched(image: &Path, options: &[String]) -> (Run, u64) {
    let poor = std::env::var("HOSTILE").unwrap_or_default();
    let room = if poor == "little-memory" { 600_000 } else { 2_000_000 };
    let mut shell = Command::new("sh");
    let limited = format!(r#"ulimit -v {room}; exec "$@""#);
    shell.args(["-c", &limited, "sh"]).arg(env!("CARGO_BIN_EXE_layercake"));
    if poor == "one-thread" {
        // no thread gets a stack of 64 TiB
        shell.env("RUST_MIN_STACK", (1_u64 << 46).to_string());
    }
    shell.arg(image).arg("--json").args(options).env_remove("CI").env("RAYON_NUM_THREADS", "2");
    shell.current_dir(image.parent().expect("a folder"));
    let mut peak = 0;
    let run = finish_watched(&mut shell, |child| {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(now.unwrap_or(0));
    });
    (run, peak)
}
