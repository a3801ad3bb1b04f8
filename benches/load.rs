//! Loading beside the physical limit: how much slower than the least work that must be done?
//!
//! Every case measures two things in one run: loading and analysing an image, and the least that any program
//! would have to do for it: hopping over all headers (plain layers), unpacking all blobs (packed ones), or
//! reading the file once. At the end it prints the ratios. They are for people to read, and assert nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a bench, not a library"
)]

mod support;

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::Criterion;
use layercake::load::NoProgress;
use layercake::source::{ImageSelector, Location};
use rayon::prelude::*;
use support::{ImageBuilder, Packing};

type Case = (&'static str, PathBuf, &'static str, fn(&Path) -> u64);

fn cases() -> Vec<Case> {
    let body = |packing| move || bodies(10, 100, 100_000, packing);
    vec![
        ("plain layers, 100 MB", support::image("plain", body(Packing::Plain)), "all headers", hop),
        (
            "plain layers, 100 MB, whole",
            support::image("plain", body(Packing::Plain)),
            "reading the file",
            cat,
        ),
        ("gzip layers, 100 MB", support::image("gzip", body(Packing::Gzip)), "inflating", unpack),
        ("zstd layers, 100 MB", support::image("zstd", body(Packing::Zstd)), "inflating", unpack),
        (
            "200 k entries, 4 layers",
            support::image("files", || support::entries(4, 200_000)),
            "all headers",
            hop,
        ),
        (
            "200 k entries, 120 layers",
            support::image("layers", || support::entries(120, 200_000)),
            "all headers",
            hop,
        ),
        (
            "1 M entries, 20 layers",
            support::image("million", || support::entries(20, 1_000_000)),
            "all headers",
            hop,
        ),
    ]
}

/// `layers` layers of `files` files of `size` bytes that hardly compress; every tenth path is stored again by
/// the next layer.
fn bodies(layers: u64, files: u64, size: usize, packing: Packing) -> ImageBuilder {
    (0..layers).fold(ImageBuilder::new().packing(packing), |image, layer| {
        image.layer(|mut l| {
            for file in 0..files {
                let owner = if file % 10 == 0 { 0 } else { layer };
                l = l.noise(&format!("usr/lib/part-{owner}/file-{file}"), size, layer * files + file);
            }
            l
        })
    })
}

fn load(path: &Path) -> u64 {
    let loaded =
        layercake::load::image(&Location::path(path), &ImageSelector::default(), &NoProgress).unwrap();
    layercake::analysis::analyse(&loaded.image, &loaded.union, 0).totals.live
}

/// Reads the file once.
fn cat(path: &Path) -> u64 {
    io::copy(&mut File::open(path).unwrap(), &mut io::sink()).unwrap()
}

/// Reads the headers of the archive and of the layers in it, each with one read at its offset.
fn hop(path: &Path) -> u64 {
    let file = File::open(path).unwrap();
    let members = headers(&file, 0, file.metadata().unwrap().len());
    let layers = members.into_par_iter().filter(|&(start, length)| is_tar(&file, start, length));
    layers.map(|(start, length)| headers(&file, start, start + length).len() as u64).sum()
}

/// Where the bodies of a tar's members start, and how long they are.
fn headers(file: &File, mut at: u64, end: u64) -> Vec<(u64, u64)> {
    let (mut found, mut header) = (Vec::new(), [0; 512]);
    while at + 512 <= end {
        read_at(file, &mut header, at);
        if header[0] == 0 {
            break;
        }
        let size = header[124..135].iter().fold(0, |size, &digit| size * 8 + u64::from(digit - b'0'));
        found.push((at + 512, size));
        at += 512 + size.next_multiple_of(512);
    }
    found
}

fn is_tar(file: &File, start: u64, length: u64) -> bool {
    let mut header = [0; 512];
    if length >= 512 {
        read_at(file, &mut header, start);
    }
    &header[257..262] == b"ustar"
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at).unwrap();
}

#[cfg(not(unix))]
fn read_at(mut file: &File, buffer: &mut [u8], at: u64) {
    io::Seek::seek(&mut file, io::SeekFrom::Start(at)).unwrap();
    file.read_exact(buffer).unwrap();
}

/// Unpacks every packed member, as many at once as loading does.
fn unpack(path: &Path) -> u64 {
    let file = File::open(path).unwrap();
    let members = headers(&file, 0, file.metadata().unwrap().len());
    members
        .into_par_iter()
        .map(|(start, length)| {
            let mut blob = vec![0; usize::try_from(length).unwrap()];
            read_at(&file, &mut blob, start);
            let sink = |mut reader: Box<dyn Read + '_>| io::copy(&mut reader, &mut io::sink()).unwrap();
            match blob.get(..4) {
                Some([0x1f, 0x8b, ..]) => sink(Box::new(flate2::read::MultiGzDecoder::new(&*blob))),
                Some([0x28, 0xb5, 0x2f, 0xfd]) => sink(Box::new(zstd::Decoder::new(&*blob).unwrap())),
                _ => 0,
            }
        })
        .sum()
}

/// The median of a benchmark in seconds, as criterion wrote it down.
fn median(results: &Path, group: &str, function: &str) -> Option<f64> {
    let folder = |name: &str| name.replace([' ', ','], "_");
    let candidates = [results.join(group).join(function), results.join(folder(group)).join(folder(function))];
    let file =
        candidates.iter().map(|folder| folder.join("new/estimates.json")).find(|file| file.exists())?;
    let estimates: serde_json::Value = serde_json::from_reader(File::open(file).ok()?).ok()?;
    Some(estimates["median"]["point_estimate"].as_f64()? / 1e9)
}

fn main() {
    let results = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .output_directory(&results)
        .configure_from_args();
    let mut table = String::new();
    let measured = std::env::args().any(|argument| argument == "--bench");
    for (name, path, what, limit) in if measured { cases() } else { Vec::new() } {
        let mut group = criterion.benchmark_group(name);
        group.bench_function("layercake", |b| b.iter(|| black_box(load(&path))));
        group.bench_function(what, |b| b.iter(|| black_box(limit(&path))));
        group.finish();
        if let (Some(own), Some(least)) = (median(&results, name, "layercake"), median(&results, name, what))
        {
            let (own_ms, least_ms) = (own * 1e3, least * 1e3);
            let row = format!(
                "{name:<28} {own_ms:>9.1} ms   {what:<17} {least_ms:>9.1} ms   × {:.2}\n",
                own / least
            );
            table.push_str(&row);
        }
    }
    criterion.final_summary();
    println!("\nloading                       layercake   the least work         limit     ratio\n{table}");
}
