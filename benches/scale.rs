//! How time and memory grow with entries and with layers: the program itself, as a child, on built images.
//!
//! Prints one row per image: wall time of the quickest of three runs and the peak resident memory. A small
//! process between measures each child alone, since the system keeps only the maximum over all children.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a bench, not a library"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// (label, layers, entries)
const CASES: [(&str, u64, u64); 6] = [
    ("250 k entries, 20 layers", 20, 250_000),
    ("500 k entries, 20 layers", 20, 500_000),
    ("1 M entries, 20 layers", 20, 1_000_000),
    ("480 k entries, 10 layers", 10, 480_000),
    ("480 k entries, 40 layers", 40, 480_000),
    ("480 k entries, 120 layers", 120, 480_000),
];

const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--measure") {
        Some(at) => measure(Path::new(&arguments[at + 1])),
        None if arguments.iter().any(|argument| argument == "--bench") => table(),
        None => println!("run this with cargo bench"),
    }
}

fn table() {
    println!("{:<28} {:>10} {:>10} {:>12} {:>12}", "image", "file", "time", "peak memory", "per entry");
    for (label, layers, entries) in CASES {
        let path = support::image(&format!("scale-{layers}-{entries}"), || support::entries(layers, entries));
        let file = std::fs::metadata(&path).unwrap().len() >> 20;
        let runs: Vec<(u64, u64)> = (0..RUNS).map(|_| run(&path)).collect();
        let micros = runs.iter().map(|run| run.0).min().unwrap();
        let peak = runs.iter().map(|run| run.1).max().unwrap();
        println!(
            "{label:<28} {file:>7} MiB {:>7} ms {:>8} MiB {:>10} B",
            micros / 1000,
            peak >> 20,
            peak / entries
        );
    }
}

/// Wall time in microseconds and peak memory in bytes of one run, by way of a process of its own.
fn run(path: &PathBuf) -> (u64, u64) {
    let own = std::env::current_exe().unwrap();
    let output = Command::new(own).arg("--measure").arg(path).stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (micros, peak) = text.trim().split_once(' ').expect("two numbers");
    (micros.parse().unwrap(), peak.parse().unwrap())
}

fn measure(path: &Path) {
    let start = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_layercake"))
        .arg(path)
        .args(["--format", "json"])
        .env_remove("CI")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    let micros = start.elapsed().as_micros();
    assert!(status.success());
    println!("{micros} {}", peak());
}

/// The largest resident memory of the child, in bytes; 0 where the system does not tell.
#[cfg(unix)]
fn peak() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    let peak = u64::try_from(getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss()).unwrap_or(0);
    // kilobytes, but bytes on Apple's systems
    if cfg!(target_vendor = "apple") { peak } else { peak * 1024 }
}

#[cfg(not(unix))]
fn peak() -> u64 {
    0
}
