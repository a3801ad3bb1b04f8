//! How time and memory grow with entries and with layers: the program itself, as a child, on built images.
//!
//! Prints one row per image: wall time of the quickest of three runs and the peak resident memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a bench, not a library"
)]

mod support;

use std::ffi::OsStr;

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
    if support::measuring() {
        return;
    }
    if std::env::args().any(|argument| argument == "--bench") {
        table();
    } else {
        println!("run this with cargo bench");
    }
}

fn table() {
    println!("{:<28} {:>10} {:>10} {:>12} {:>12}", "image", "file", "time", "peak memory", "per entry");
    for (label, layers, entries) in CASES {
        let path = support::image(&format!("scale-{layers}-{entries}"), || support::entries(layers, entries));
        let file = std::fs::metadata(&path).unwrap().len() >> 20;
        let arguments = [path.as_os_str(), OsStr::new("--format"), OsStr::new("json")];
        let runs: Vec<_> = (0..RUNS).map(|_| support::run(&arguments)).collect();
        let time = runs.iter().map(|run| run.0).min().unwrap();
        let peak = runs.iter().map(|run| run.1).max().unwrap();
        println!(
            "{label:<28} {file:>7} MiB {:>7} ms {:>8} MiB {:>10} B",
            time.as_millis(),
            peak >> 20,
            peak / entries
        );
    }
}
