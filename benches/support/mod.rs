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

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// Wall time.
    pub(crate) time: Duration,
    /// Time of the processor, in all threads and in the kernel.
    pub(crate) processor: Duration,
    /// Peak resident memory in bytes.
    pub(crate) peak: u64,
}

/// The least time of a few runs of the program with these arguments, and the most memory.
#[allow(dead_code, reason = "not every bench runs the program")]
pub(crate) fn runs(arguments: &[&OsStr]) -> Run {
    runs_of(OsStr::new(env!("CARGO_BIN_EXE_layercake")), arguments).expect("the program succeeds")
}

/// The same of any program; none when it cannot be started.
///
/// A process between measures each run alone, since the system keeps only the maximum over all children;
/// [`is_asked_for`] must be asked first in `main`.
#[allow(dead_code, reason = "not every bench runs a program")]
pub(crate) fn runs_of(program: &OsStr, arguments: &[&OsStr]) -> Option<Run> {
    let own = std::env::current_exe().expect("the bench itself");
    let run = || {
        let mut measured = Command::new(&own);
        let output = measured.args([OsStr::new(MEASURE), program]).args(arguments).output().expect("a run");
        let text = String::from_utf8(output.stdout).expect("three numbers");
        let numbers: Vec<u64> =
            text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let &[time, processor, peak] = &numbers[..] else { return None };
        Some(Run { time: Duration::from_micros(time), processor: Duration::from_micros(processor), peak })
    };
    let runs = (0..RUNS).map(|_| run()).collect::<Option<Vec<Run>>>()?;
    runs.into_iter().reduce(|a, b| Run {
        time: a.time.min(b.time),
        processor: a.processor.min(b.processor),
        peak: a.peak.max(b.peak),
    })
}

/// Runs of which the best counts.
const RUNS: usize = 3;

/// True when a person asked for the bench: not when `cargo test` starts it, nor when this process only measures a run.
#[allow(dead_code, reason = "the bench of loading is criterion's")]
pub(crate) fn is_asked_for() -> bool {
    if measuring() {
        return false;
    }
    let is_asked_for = std::env::args().any(|argument| argument == "--bench");
    if !is_asked_for {
        println!("run this with cargo bench");
    }
    is_asked_for
}

/// True when this process was started by [`runs_of`]: then it has run the program and printed the figures.
fn measuring() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != MEASURE) {
        return false;
    }
    let program = arguments.next().expect("a program");
    let start = Instant::now();
    let status = Command::new(program).args(arguments).env_remove("CI").stdout(Stdio::null()).status();
    let time = start.elapsed().as_micros();
    // a gate that failed is a run, too
    if status.is_ok_and(|status| matches!(status.code(), Some(0 | 1))) {
        let (processor, peak) = used();
        println!("{time} {} {peak}", processor.as_micros());
    }
    true
}

/// The time of the processor that children took, and their largest resident memory in bytes; 0 where the system does
/// not tell.
#[cfg(unix)]
fn used() -> (Duration, u64) {
    use nix::sys::resource::{UsageWho, getrusage};
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what was used");
    let seconds = [used.user_time(), used.system_time()].map(|time| {
        let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
        Duration::from_micros(micros.try_into().unwrap_or(0))
    });
    // kilobytes, but bytes on Apple's systems
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    (seconds.iter().sum(), u64::try_from(used.max_rss()).unwrap_or(0) * unit)
}

#[cfg(not(unix))]
fn used() -> (Duration, u64) {
    (Duration::ZERO, 0)
}
