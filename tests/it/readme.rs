//! The README shows what the program shows: its report, its screens and its keys are written by this test, and
//! held to it. `UPDATE_README=1 cargo test readme` writes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use layercake::analysis::Base;
use layercake::source::{ImageSelector, Location};
use layercake::ui::{Headless, Options, Shown, key_table};
use layercake::{advice, load};

use crate::program::{command, finish};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The UI on the built-in image, after some keys.
fn screen(keys: &str) -> String {
    let (selector, rules) = (ImageSelector::default(), advice::Settings::default());
    let (examination, bodies) =
        load::examine(&Location::demo(), &selector, &Base::Auto, &rules, &load::NoProgress)
            .expect("the demo loads");
    let shown = Shown { examination, bodies };
    Headless::new(shown, (110, 24), Options::default()).keys(keys).text()
}

fn keys() -> String {
    let mut out = String::new();
    for (heading, rows) in key_table() {
        _ = writeln!(out, "| {heading} | |\n|---|---|");
        for (key, does) in rows {
            _ = writeln!(out, "| `{}` | {does} |", key.replace('|', "\\|"));
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}

fn fenced(text: &str) -> String {
    format!("```text\n{}\n```", text.trim_end())
}

/// Every generated part by its name.
fn parts() -> Vec<(&'static str, String)> {
    let report = finish(command().args(["--demo", "--format", "text", "--top", "3"])).stdout;
    vec![
        ("report", fenced(&report)),
        ("layers", fenced(&screen("<down><down><down><down><tab>"))),
        ("wasted", fenced(&screen("2"))),
        ("advice", fenced(&screen("3"))),
        ("largest", fenced(&screen("4"))),
        ("image", fenced(&screen("5"))),
        ("keys", keys()),
    ]
}

#[test]
fn the_readme_shows_what_the_program_shows() {
    let path = root().join("README.md");
    let before = fs::read_to_string(&path).expect("the README");
    let mut text = before.clone();
    for (name, part) in parts() {
        let (start, end) = (format!("<!-- {name} -->\n"), format!("\n<!-- /{name} -->"));
        let from = text.find(&start).unwrap_or_else(|| panic!("the README has no {start}")) + start.len();
        let to = from + text[from..].find(&end).unwrap_or_else(|| panic!("the README has no {end}"));
        text.replace_range(from..to, &part);
    }
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, &text).expect("the README is written");
    } else {
        assert!(text == before, "the README is out of date: UPDATE_README=1 cargo test readme");
    }
}
