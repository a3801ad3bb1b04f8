//! The images of the benches, and the least work that reading them can take.

#[path = "../../tests/it/builder/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest of the builder")]
mod builder;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use builder::Form;

#[allow(unused_imports, reason = "not every bench packs its layers or describes them one by one")]
pub(crate) use builder::{LayerBuilder, Packing};

pub(crate) use builder::ImageBuilder;

/// Where built images are kept from one run to the next.
pub(crate) fn image(name: &str, build: impl FnOnce() -> ImageBuilder) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.tar"));
    if !path.exists() {
        let part = path.with_extension("part");
        build().archive(Form::Docker).write(&part);
        std::fs::rename(&part, &path).expect("a writable directory");
    }
    path
}

/// `entries` small entries over `layers` layers, as package managers leave them: directories of forty files,
/// some links, some files that later layers store again or delete.
pub(crate) fn entries(layers: u64, entries: u64) -> ImageBuilder {
    let each = entries / layers;
    (0..layers).fold(ImageBuilder::new(), |image, layer| image.layer(|l| small_files(l, layer, each)))
}

fn small_files(mut l: LayerBuilder, layer: u64, count: u64) -> LayerBuilder {
    for n in 0..count {
        // every eighth directory is one that the layer below has too
        let (directory, owner) = (n / 40, if (n / 40) % 8 == 7 { layer.saturating_sub(1) } else { layer });
        let path = format!("usr/share/package-{owner}/{}/{directory}/file-{n}.txt", directory % 64);
        l = match n % 40 {
            0 => l.dir(&format!("usr/share/package-{owner}/{}/{directory}", directory % 64)),
            1 => l.symlink(&path, "../somewhere/else"),
            2 if owner != layer => l.whiteout(&path),
            _ => l.file(
                &path,
                &b"a few bytes of text in each, as small files have"[..usize::try_from(n % 48).unwrap_or(0)],
            ),
        };
    }
    l
}

/// The argument by which a bench runs itself to measure one run of the program.
const MEASURE: &str = "--measure";

/// Wall time and peak memory in bytes of one run of the program with these arguments. A process between measures each
/// run alone, since the system keeps only the maximum over all children; [`measuring`] must be asked first in `main`.
#[allow(dead_code, reason = "not every bench runs the program")]
pub(crate) fn run(arguments: &[&OsStr]) -> (Duration, u64) {
    let own = std::env::current_exe().expect("the bench itself");
    let output = Command::new(own).arg(MEASURE).args(arguments).stderr(Stdio::inherit()).output();
    let text = String::from_utf8(output.expect("a run").stdout).expect("two numbers");
    let (micros, peak) = text.trim().split_once(' ').expect("two numbers");
    (Duration::from_micros(micros.parse().expect("a number")), peak.parse().expect("a number"))
}

/// True when this process was started by [`run`]: then it has run the program and printed the figures.
#[allow(dead_code, reason = "not every bench runs the program")]
pub(crate) fn measuring() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != MEASURE) {
        return false;
    }
    let start = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_layercake"))
        .args(arguments)
        .env_remove("CI")
        .stdout(Stdio::null())
        .status()
        .expect("the program");
    let micros = start.elapsed().as_micros();
    assert!(status.success(), "the program failed");
    println!("{micros} {}", peak());
    true
}

/// The largest resident memory of the child, in bytes; 0 where the system does not tell.
#[cfg(unix)]
fn peak() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what was used").max_rss();
    // kilobytes, but bytes on Apple's systems
    u64::try_from(used).unwrap_or(0) * if cfg!(target_vendor = "apple") { 1 } else { 1024 }
}

#[cfg(not(unix))]
fn peak() -> u64 {
    0
}
