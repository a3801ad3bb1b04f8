//! How time and memory grow with what an image has much of: the program itself, as a child, on built images that double
//! from row to row; and dive beside it, where it is installed, on what it finds hard.
//!
//! Prints one row per image: the processor's time of the quickest of three runs (it does not depend on what else the
//! machine does), how much longer that is than in the row above, and the peak resident memory. Twice as much of
//! anything should take little more than twice as long.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a bench, not a library"
)]

mod support;

use std::ffi::OsStr;

use support::{ImageBuilder, LayerBuilder, Packing};

/// What there is more and more of, how to build an image with so much of it, and how much.
type Series = (&'static str, fn(u64) -> ImageBuilder, &'static [u64]);

const SERIES: [Series; 6] = [
    ("entries", |n| packed(support::entries(20, n)), &[625_000, 1_250_000, 2_500_000, 5_000_000]),
    ("layers of 500 entries", |n| packed(support::entries(n, n * 500)), &[250, 500, 1000, 2000]),
    ("whiteouts", whiteouts, &[25_000, 50_000, 100_000, 200_000]),
    ("directories in each other, 500 times", depth, &[250, 500, 1000, 2000]),
    ("names in one directory", one_directory, &[125_000, 250_000, 500_000, 1_000_000]),
    ("wasted paths", wasted, &[25_000, 50_000, 100_000, 200_000]),
];

/// What an image is, and how to build it.
type Image = (&'static str, fn() -> ImageBuilder);

/// What dive takes long for.
const HARD: [Image; 2] = [
    ("400 whiteouts over 20,000 files", || {
        let files =
            |l| (0..20_000).fold(l, |l: LayerBuilder, n| l.file(&format!("d{}/{n}", n % 200), b"body"));
        let gone = |l| (0..400).fold(l, |l: LayerBuilder, n| l.whiteout(&format!("d{}/{n}", n % 200)));
        ImageBuilder::new().layer(files).layer(gone)
    }),
    ("60 layers of 5,000 files", || support::entries(60, 300_000)),
];

fn main() {
    if !support::is_asked_for() {
        return;
    }
    println!("| image | processor | times the row above | peak memory |\n|---|---|---|---|");
    for (what, build, sizes) in SERIES {
        let mut before = None;
        for &size in sizes {
            let path = support::image(&format!("growth-{}-{size}", what.replace(' ', "-")), || build(size));
            let run = support::runs(&[path.as_os_str(), OsStr::new("--json")]);
            let seconds = run.processor.as_secs_f64();
            let growth = before.map_or_else(String::new, |before| format!("{:.2}", seconds / before));
            println!("| {size} {what} | {seconds:.2} s | {growth} | {} MB |", run.peak / 1_000_000);
            before = Some(seconds);
        }
    }
    println!("\n| image | layercake | dive | |\n|---|---|---|---|");
    for (what, build) in HARD {
        let path = support::image(&format!("growth-{}", what.replace([' ', ','], "-")), build);
        let own = support::runs(&[path.as_os_str(), OsStr::new("--json")]).processor.as_secs_f64();
        let arguments = ["--source", "docker-archive", "--ci"].map(OsStr::new);
        let arguments = [&arguments[..], &[path.as_os_str()]].concat();
        let dive = support::runs_of(OsStr::new("dive"), &arguments).map(|run| run.processor.as_secs_f64());
        match dive {
            Some(dive) => println!("| {what} | {own:.2} s | {dive:.2} s | {:.0} times |", dive / own),
            None => println!("| {what} | {own:.2} s | not installed | |"),
        }
    }
}

/// The same with packed layers: millions of small files are mostly headers.
fn packed(image: ImageBuilder) -> ImageBuilder {
    image.packing(Packing::Zstd)
}

fn files(layer: LayerBuilder, count: u64, in_each: u64, body: &[u8]) -> LayerBuilder {
    (0..count).fold(layer, |layer, n| layer.file(&format!("srv/d{}/file-{n}", n / in_each), body))
}

fn whiteouts(count: u64) -> ImageBuilder {
    let gone = |l| (0..count).fold(l, |l: LayerBuilder, n| l.whiteout(&format!("srv/d{}/file-{n}", n / 100)));
    packed(ImageBuilder::new().layer(|l| files(l, count, 100, b"body")).layer(gone))
}

fn depth(levels: u64) -> ImageBuilder {
    let deep = "d/".repeat(usize::try_from(levels).unwrap());
    let layer = |l| (0..500).fold(l, |l: LayerBuilder, n| l.file(&format!("{deep}{n}"), b"body"));
    packed(ImageBuilder::new().layer(layer).layer(layer))
}

fn one_directory(count: u64) -> ImageBuilder {
    packed(ImageBuilder::new().layer(|l| files(l, count, u64::MAX, b"body")))
}

fn wasted(count: u64) -> ImageBuilder {
    let old = |l| files(l, count, 100, b"old body");
    packed(ImageBuilder::new().layer(old).layer(|l| files(l, count, 100, b"new body")))
}
