//! How long the rules take, beside what the other numbers of the same image take: on a built image of a million
//! entries, on one where a second stage has to account for all of them, and on the image that `LAYERCAKE_BENCH_IMAGE`
//! names.
//!
//! Prints one row per image: the quickest of five runs. The goal is 0.3 s for a million entries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a bench, not a library"
)]

mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use layercake::advice::{Settings, advise};
use layercake::analysis;
use layercake::load::{self, NoProgress};
use layercake::source::{ImageSelector, Location};

const RUNS: usize = 5;

fn main() {
    if !support::is_asked_for() {
        return;
    }
    println!("{:<40} {:>10} {:>10} {:>10}", "image", "findings", "numbers", "advice");
    let plain = support::image("entries-1m-20", || support::entries(20, 1_000_000));
    measure("1 M entries, 20 layers", &plain);
    let built = support::image("built-1m", || {
        let image = support::ImageBuilder::new()
            .layer(|l| l.noise("bin/sh", 9_000_000, 1))
            .history("/bin/sh -c #(nop) ADD file:x in / ")
            .empty_step("CMD [\"bash\"]")
            .layer(|l| l.noise("usr/bin/gcc", 40_000_000, 2))
            .history("RUN /bin/sh -c apt-get install -y gcc # buildkit");
        let tree = |l: support::LayerBuilder| {
            (0..1_000_000).fold(l, |l, n| l.file(&format!("srv/{}/{n}.html", n / 40), &b"xxxxxxxxx"[..n % 9]))
        };
        let run = serde_json::json!(["/srv/app"]);
        image.layer(tree).history("RUN /bin/sh -c make site # buildkit").config("Cmd", run)
    });
    measure("1 M entries that a build made", &built);
    if let Some(path) = std::env::var_os("LAYERCAKE_BENCH_IMAGE") {
        let path = PathBuf::from(path);
        measure(&path.display().to_string(), &path);
    }
}

fn measure(name: &str, path: &Path) {
    let loaded =
        load::image(&Location::path(path), &ImageSelector::default(), &NoProgress).expect("a readable image");
    let (image, union) = (loaded.image, loaded.union);
    let base = analysis::auto_base(&image);
    let numbers = quickest(|| analysis::analyse(&image, &union, base).base_layers);
    let analysis = analysis::analyse(&image, &union, base);
    let settings = Settings::default();
    let findings = advise(&image, &union, &analysis, &settings).findings.len();
    let advice = quickest(|| advise(&image, &union, &analysis, &settings).findings.len());
    let ms = |time: Duration| format!("{} ms", time.as_millis());
    println!("{name:<40} {findings:>10} {:>10} {:>10}", ms(numbers), ms(advice));
}

fn quickest(mut run: impl FnMut() -> usize) -> Duration {
    let times = (0..RUNS).map(|_| {
        let begun = Instant::now();
        std::hint::black_box(run());
        begun.elapsed()
    });
    times.min().unwrap_or_default()
}
