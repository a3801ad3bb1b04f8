//! Slimming beside the least that it can take: copying the bytes that stay, or compressing them on all cores.
//!
//! The program itself is run, so that the figures are those of a user, and so that its memory can be told. Each
//! figure is the best of a few runs: what else the machine does only ever adds. Nothing is asserted.
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
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use support::{ImageBuilder, Packing};

/// Runs of each.
const RUNS: usize = 5;

/// Layers of files that compress to about a half; every fourth file is removed by the last layer.
fn image(packing: Packing) -> ImageBuilder {
    let text = |seed: u64| -> Vec<u8> {
        let mut state = seed | 1;
        let mut bytes = Vec::with_capacity(200_000);
        while bytes.len() < 200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(&state.to_le_bytes()[3..]);
            bytes.extend_from_slice(b" words ");
        }
        bytes
    };
    let name = |layer: u64, file: u64| format!("usr/lib/part-{layer}/file-{file}");
    let filled = (0..4_u64).fold(ImageBuilder::new().packing(packing), |image, layer| {
        image.layer(|l| (0..250).fold(l, |l, file| l.file(&name(layer, file), text(layer * 1000 + file))))
    });
    filled.layer(|l| {
        let gone = (0..4).flat_map(|layer| (0..250).step_by(4).map(move |file| (layer, file)));
        gone.fold(l, |l, (layer, file)| l.whiteout(&name(layer, file)))
    })
}

fn best(mut work: impl FnMut()) -> Duration {
    let once = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..RUNS).map(|_| once(&mut work)).min().unwrap_or_default()
}

/// The quickest of a few runs of the program, and the most memory that one took, in bytes.
fn runs(arguments: &[&str], paths: [&Path; 2]) -> (Duration, u64) {
    let mut all: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    all.extend([paths[0].as_os_str(), OsStr::new("-o"), paths[1].as_os_str()]);
    let run = support::runs(&all);
    (run.time, run.peak)
}

/// Reads a file in pieces and writes them to another, as a portable `cp` does.
fn copy(from: &Path, to: &Path) {
    let (mut from, mut to) = (File::open(from).unwrap(), File::create(to).unwrap());
    let mut piece = vec![0; 1 << 20];
    loop {
        let got = from.read(&mut piece).unwrap();
        if got == 0 {
            return;
        }
        to.write_all(&piece[..got]).unwrap();
    }
}

/// Compresses what stays in pieces, on all cores, and writes it.
fn compress(tar: &[u8], packing: Packing, to: &Path) {
    let packed: Vec<Vec<u8>> = tar
        .par_chunks(1 << 20)
        .map(|piece| {
            if packing == Packing::Zstd {
                return zstd::bulk::compress(piece, 3).unwrap();
            }
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            out.write_all(piece).unwrap();
            out.finish().unwrap()
        })
        .collect();
    fs::write(to, packed.concat()).unwrap();
}

fn main() -> io::Result<()> {
    if !support::is_asked_for() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let [out, other, report] = ["out.tar", "other", "report.json"].map(|name| folder.path().join(name));
    println!("{:<6} {:>9} {:>9} {:>7} {:>9} {:>9}", "layers", "slim", "least", "ratio", "memory", "reading");
    let mut kept = Vec::new();
    for (name, packing) in [("plain", Packing::Plain), ("gzip", Packing::Gzip), ("zstd", Packing::Zstd)] {
        let input = support::image(&format!("slim-{name}"), || image(packing));
        let (_, reading) = runs(&["--format", "json"], [&input, &report]);
        let (time, memory) = runs(&["slim", "--include-base"], [&input, &out]);
        if packing == Packing::Plain {
            kept = fs::read(&out)?;
        }
        let least = best(|| {
            if packing == Packing::Plain { copy(&out, &other) } else { compress(&kept, packing, &other) }
        });
        println!(
            "{name:<6} {time:>9.1?} {least:>9.1?} {:>7.2} {:>6} MB {:>6} MB",
            time.as_secs_f64() / least.as_secs_f64(),
            memory / 1_000_000,
            reading / 1_000_000
        );
    }
    Ok(())
}
