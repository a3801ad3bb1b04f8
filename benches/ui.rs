//! From a key to its frame: the UI without a terminal, on a built image of a million entries and on the image
//! that `LAYERCAKE_BENCH_IMAGE` names.
//!
//! Prints one row per journey: the median and the worst of its presses, from the key to the frame. The goal is 16 ms.
//! A search runs on a thread of its own while frames are drawn: its time stands apart, and the frame that shows its
//! answer counts as a frame.
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

use layercake::advice::Advice;
use layercake::load::{self, NoProgress};
use layercake::source::{ImageSelector, Location};
use layercake::ui::{Headless, Options, Shown};
use layercake::{analysis, ui};

/// (what is done, keys to get there, keys that are timed one by one, keys back)
const JOURNEYS: [(&str, &str, &str, &str); 22] = [
    ("next and previous layer, changes", "1", "]]]][[[[]]]][[[[", ""),
    ("next and previous layer, merged", "1a", "]]]][[[[]]]][[[[", "a"),
    ("changes or merged", "1", "aaaaaaaa", ""),
    ("sort, the root's directories open", "1al<enter>", "ssssssssssss", "a"),
    ("open and close a directory", "1alg", "<enter><enter><enter><enter>", "a"),
    ("open and close all directories", "1alg", "ECECEC", "a"),
    ("move in a million open rows", "1algE", "GgG<up><up><pgup><c-u>g<down><pgdn>", "Ca"),
    ("only what is wasted", "1", "WWWW", ""),
    ("filter, letter by letter", "1a/", "file-12", "<esc>a"),
    ("filter taken back", "1a/file-12", "<backspace><backspace><backspace>", "<esc>a"),
    ("next and previous match, all layers", "1/file-77<enter>", "nnnnNNNN]]nn", "<esc>"),
    ("mark and exact bytes", "1al", "<space><space>BB", "<esc>a"),
    ("history of a path", "1algEG", "i<esc>i<esc>", "Ca"),
    ("wasted, list and tree", "2", "tttt", ""),
    ("wasted, sorted", "2", "ssssssss", ""),
    ("what a layer wasted, and back", "1", "w<esc>]w<esc>", ""),
    ("largest, into and out of directories", "4", "<enter><enter><esc><esc>ss", "s"),
    ("map, moves and zoom", "4t", "<right><down><left><enter>--", "tt"),
    ("largest files", "4tt", "sssst", "s"),
    ("image", "5", "<down><pgdn>G<enter><esc>", "<esc>"),
    ("duplicates and packages", "6", "7676", ""),
    ("palette, columns, help", "1", ":<esc>o<esc>?<esc>", ""),
];

fn main() {
    if !support::is_asked_for() {
        return;
    }
    let built = support::image("entries-1m-20", || support::entries(20, 1_000_000));
    measure("1 M entries, 20 layers", &built);
    let wide = support::image("names-1m", || {
        support::ImageBuilder::new().layer(|layer| {
            (0..1_000_000).fold(layer, |layer, n| layer.file(&format!("d/name-{n}"), &b"xxxxxxxxx"[..n % 9]))
        })
    });
    measure("1 M names in one directory", &wide);
    if let Some(path) = std::env::var_os("LAYERCAKE_BENCH_IMAGE") {
        let path = PathBuf::from(path);
        measure(&path.display().to_string(), &path);
    }
}

fn shown(path: &Path) -> Shown {
    let loaded =
        load::image(&Location::path(path), &ImageSelector::default(), &NoProgress).expect("a readable image");
    let base = analysis::auto_base(&loaded.image);
    let (image, union) = (loaded.image, loaded.union);
    let analysis = analysis::analyse(&image, &union, base);
    let examination = load::Examination { image, union, analysis, advice: Advice::default() };
    Shown { examination, bodies: None, against: None, among: None }
}

fn measure(name: &str, path: &Path) {
    let begun = Instant::now();
    let mut ui = Headless::new(shown(path), (160, 45), Options::default());
    println!("{name}: loaded in {:.2} s", begun.elapsed().as_secs_f64());
    for (what, before, keys, back) in JOURNEYS {
        ui.keys("<esc><esc><esc>").keys(before);
        let mut searched = Duration::ZERO;
        let mut times: Vec<Duration> = Vec::new();
        for key in ui::split_keys(keys) {
            let [pressed, search, answered] = press(&mut ui, key);
            times.push(pressed.max(answered));
            searched = searched.max(search);
        }
        times.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let (median, worst) = (ms(times[times.len() / 2]), ms(times[times.len() - 1]));
        let search = match searched {
            Duration::ZERO => String::new(),
            search => format!("   search {:>8.2} ms", ms(search)),
        };
        println!("  {what:<36} {median:>8.2} ms   worst {worst:>8.2} ms{search}");
        // back to where it was
        ui.keys("<esc><esc>").keys(back);
    }
}

/// The times of a key to its frame, of the search that it starts, and of the answer to its frame.
fn press(ui: &mut Headless, key: &str) -> [Duration; 3] {
    let timed = |ui: &mut Headless, run: &dyn Fn(&mut Headless), draws: bool| {
        let begun = Instant::now();
        run(ui);
        if draws {
            std::hint::black_box(ui.frame());
        }
        begun.elapsed()
    };
    let pressed = timed(ui, &|ui| _ = ui.keys_alone(key), true);
    if !ui.is_searching() {
        return [pressed, Duration::ZERO, Duration::ZERO];
    }
    let search = timed(ui, &|ui| _ = ui.search(), false);
    [pressed, search, timed(ui, &|ui| _ = ui.answer(), true)]
}
