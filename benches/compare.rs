//! Comparing two images beside reading both: the program itself, as a child, on built images.
//!
//! The first pair has a million paths on each side and no layer in common. The second has 950 MB on each side, a base in
//! common, and own layers of which most files are equal, some have the same size, and some are new. Prints the
//! quickest of a few runs and the peak resident memory; nothing is asserted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a bench, not a library"
)]

#[allow(dead_code, reason = "the other benches use the rest")]
mod support;

use std::ffi::OsStr;
use std::path::Path;

use support::ImageBuilder;

/// 800 MB of base, and 150 MB of own files; a tenth of those is of this build alone.
fn large(build: u64) -> ImageBuilder {
    let base = (0..4_u64).fold(ImageBuilder::new(), |image, layer| {
        image.layer(|l| {
            (0..200_u64).fold(l, |l, n| l.noise(&format!("usr/lib/{layer}/{n}"), 1_000_000, layer * 1000 + n))
        })
    });
    base.layer(|l| {
        (0..1500_u64).fold(l, |l, n| {
            let seed = if n % 10 == 0 { 10_000 * build + n } else { 1_000_000 + n };
            l.noise(&format!("opt/app/{n}"), 100_000, seed)
        })
    })
}

fn row(label: &str, old: &Path, new: &Path) {
    let [format, json] = ["--format", "json"].map(OsStr::new);
    let (old, new) = (old.as_os_str(), new.as_os_str());
    let compared = support::runs(&[OsStr::new("compare"), old, new, format, json]);
    let reading = [old, new].map(|image| support::runs(&[image, format, json]));
    println!(
        "{label:<24} {:>9.1?} {:>6} MB {:>9.1?} {:>6} MB",
        compared.time,
        compared.peak / 1_000_000,
        reading[0].time + reading[1].time,
        (reading[0].peak + reading[1].peak) / 1_000_000
    );
}

fn main() {
    if !support::is_asked_for() {
        return;
    }
    println!("{:<24} {:>9} {:>9} {:>9} {:>9}", "pair", "compare", "memory", "read both", "memory");
    let many = support::image("scale-20-1000000", || support::entries(20, 1_000_000));
    let other = support::image("compare-25-1000000", || support::entries(25, 1_000_000));
    row("a million paths each", &many, &other);
    let [old, new] = [1, 2].map(|build| support::image(&format!("compare-large-{build}"), || large(build)));
    row("950 MB, a common base", &old, &new);
}
