//! Files of settings that come with a repository, and that a stranger may have written.

use super::{Answer, Cases};
use crate::builder::{ImageBuilder, LayerBuilder, Packing};
use crate::program::temp;

#[test]
fn many_globs_over_many_paths() {
    let mut cases = Cases::default();
    let files = |l: LayerBuilder| {
        (0..20_000).fold(l, |l, n| l.file(&format!("usr/d{}/f{n}", n % 100), b"body")).packing(Packing::Zstd)
    };
    let image = ImageBuilder::new().layer(files).layer(files);
    let folder = temp();
    let path = folder.path().join("settings.toml");
    for (case, glob) in [
        ("with stars", "**/x{n}*y*z"),
        ("of directories", "**/d1/**/b{n}/**/c*"),
        ("that differ at the end", "usr/d?/f*{n}q"),
    ] {
        let list: Vec<String> = (0..20_000).map(|n| glob.replace("{n}", &format!("{n}"))).collect();
        std::fs::write(&path, format!("[ignore]\npaths = {list:?}\n")).unwrap();
        cases.with(&["--config", path.to_str().unwrap()]);
        cases.image(&format!("20,000 globs {case}"), &image, &Answer::Opens);
    }
    cases.done();
}

#[test]
fn settings_that_are_bombs() {
    let mut cases = Cases::default();
    let image = ImageBuilder::new().layer(|l| l.file("a", b"a"));
    let folder = temp();
    let anchors: Vec<String> =
        (1..40).map(|n| format!("  b{n}: &b{n} [*b{m}, *b{m}, *b{m}]\n", m = n - 1)).collect();
    let aliases = format!("rules:\n  b0: &b0 [x]\n{}", anchors.concat());
    for (case, name, text, clue) in [
        ("of 30 MB", "a.toml", "# \n".repeat(10_000_000), "longer than 1 MiB"),
        ("in a hundred thousand tables", "b.toml", "[a.b.c]\n".repeat(100_000), "b.toml"),
        ("a hundred thousand deep", "c.toml", format!("x = {}", "[".repeat(100_000)), "c.toml"),
        (
            "of braces",
            "d.toml",
            format!("[ignore]\npaths = [\"{}\"]\n", "{a,b}".repeat(12)),
            "more than 1000 globs",
        ),
        ("of aliases", ".dive-ci", aliases, "must be one value"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        cases.with(&["--ci", "--config", path.to_str().unwrap()]);
        cases.image(&format!("settings {case}"), &image, &Answer::Refused(&[clue]));
    }
    cases.done();
}
