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

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
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

fn run(arguments: &[&str], paths: [&Path; 2]) {
    let program = Command::new(env!("CARGO_BIN_EXE_layercake"))
        .args(arguments)
        .arg(paths[0])
        .arg("-o")
        .arg(paths[1])
        .stdout(Stdio::null())
        .status();
    assert!(program.expect("the program").success());
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

/// The most memory that a run of the program has taken so far, in bytes.
fn memory() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what was used").max_rss();
    u64::try_from(used).unwrap_or(0) * if cfg!(target_os = "macos") { 1 } else { 1024 }
}

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let [out, other] = ["out.tar", "other"].map(|name| folder.path().join(name));
    let plain = support::image("slim-plain", || image(Packing::Plain));
    run(&["--format", "json"], [&plain, &folder.path().join("report.json")]);
    println!("memory of reading:  {:>4} MB", memory() / 1_000_000);
    let slim = ["slim", "--base", "1"];
    let time = best(|| run(&slim, [&plain, &out]));
    let least = best(|| copy(&out, &other));
    println!("plain: {time:>9.1?}, copying what stays:     {least:>9.1?}, ratio {:.2}", ratio(time, least));
    println!("memory of slimming: {:>4} MB", memory() / 1_000_000);
    let tar = fs::read(&out)?;
    for (name, packing) in [("gzip", Packing::Gzip), ("zstd", Packing::Zstd)] {
        let input = support::image(&format!("slim-{name}"), || image(packing));
        let time = best(|| run(&["slim", "--include-base"], [&input, &out]));
        let least = best(|| compress(&tar, packing, &other));
        println!(
            "{name}:  {time:>9.1?}, compressing what stays: {least:>9.1?}, ratio {:.2}",
            ratio(time, least)
        );
        println!("memory of slimming: {:>4} MB", memory() / 1_000_000);
    }
    Ok(())
}

fn ratio(time: Duration, least: Duration) -> f64 {
    time.as_secs_f64() / least.as_secs_f64()
}
