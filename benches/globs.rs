//! What the matcher of paths gains over globset: all globs of the rules against paths as package managers leave them.
//!
//! Both say the same of every path (a property test holds them to it). The matcher walks the paths as a tree, so a
//! directory's state is worked out once for all that is in it; globset is asked of each path as a whole.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a bench, not a library"
)]

#[path = "../src/advice/engine/affixes.rs"]
#[allow(dead_code, unused_imports, reason = "the program and its tests use the rest")]
mod affixes;
#[path = "../src/advice/engine/globs.rs"]
#[allow(dead_code, unused_imports, reason = "the program and its tests use the rest")]
mod globs;
#[path = "../src/advice/engine/wildcard.rs"]
#[allow(dead_code, unused_imports, reason = "the program and its tests use the rest")]
mod wildcard;

use std::hint::black_box;
use std::time::{Duration, Instant};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Paths that are matched.
const PATHS: usize = 1_000_000;
const RUNS: usize = 3;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return println!("run this with cargo bench");
    }
    let list = all_globs();
    let paths = paths();
    let own = quickest(|| walk(&list, &paths));
    let set = set(&list);
    let other = quickest(|| paths.iter().filter(|path| set.is_match(path.as_str())).count());
    let mut found = Vec::new();
    let rules = quickest(|| {
        paths
            .iter()
            .filter(|path| {
                set.matches_into(path.as_str(), &mut found);
                !found.is_empty()
            })
            .count()
    });
    println!("{} globs, {} paths", list.len(), paths.len());
    println!("the matcher, which rules:  {:>6} ms, {} matched", own.0.as_millis(), own.1);
    println!("globset, whether any does: {:>6} ms, {} matched", other.0.as_millis(), other.1);
    println!("globset, which rules:      {:>6} ms, {} matched", rules.0.as_millis(), rules.1);
}

fn quickest(mut work: impl FnMut() -> usize) -> (Duration, usize) {
    let mut best = (Duration::MAX, 0);
    for _ in 0..RUNS {
        let begun = Instant::now();
        let count = black_box(work());
        best = best.min((begun.elapsed(), count));
    }
    best
}

/// The globs of all rules, with the number of the rule. Exceptions are left out.
fn all_globs() -> Vec<(usize, String)> {
    let table: toml::Table = toml::from_str(include_str!("../assets/rules.toml")).unwrap();
    let rules = table["rule"].as_array().unwrap().iter().enumerate();
    let globs = rules.flat_map(|(number, rule)| {
        let list = rule.get("globs").and_then(|globs| globs.as_array()).cloned().unwrap_or_default();
        list.into_iter()
            .map(move |glob| (number, glob.as_str().unwrap().replace("@archive", "tar.gz,tgz,zip")))
    });
    globs.collect()
}

fn set(list: &[(usize, String)]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for (_, glob) in list {
        set.add(GlobBuilder::new(glob).literal_separator(true).empty_alternates(true).build().unwrap());
    }
    set.build().unwrap()
}

/// Paths in the order of a tree, forty files to a directory; every twentieth directory is of a kind that rules know.
fn paths() -> Vec<String> {
    let known = [
        "app/node_modules/x/docs",
        "usr/share/doc/x",
        "root/.cache/pip/http",
        "usr/include/x",
        "var/lib/apt/lists",
    ];
    (0..PATHS)
        .map(|number| {
            let directory = number / 40;
            match directory % 20 {
                0 => format!("{}/{directory:06}/file-{number}.js", known[directory / 20 % known.len()]),
                _ => format!("srv/package-{:03}/lib/part-{directory:06}/file-{number}.txt", directory % 997),
            }
        })
        .collect()
}

/// Matches the paths as the rules do: the state of a directory is worked out once.
fn walk(list: &[(usize, String)], paths: &[String]) -> usize {
    let mut globs = globs::Globs::default();
    for (rule, glob) in list {
        globs.add(glob, *rule, false).unwrap();
    }
    let mut places = Vec::new();
    let root = globs.start(&mut places);
    let mut above: Vec<(&str, std::ops::Range<usize>, globs::Marks)> = vec![("", 0..places.len(), root)];
    let mut matched = 0;
    for path in paths {
        let parts: Vec<&str> = path.split('/').collect();
        let (name, directories) = parts.split_last().unwrap();
        let same = directories
            .iter()
            .zip(above.iter().skip(1))
            .take_while(|(part, known)| **part == known.0)
            .count();
        above.truncate(same + 1);
        for part in &directories[same..] {
            let (_, range, below) = above.last().cloned().unwrap();
            places.truncate(range.end);
            let (_, inside) = globs.child(part.as_bytes(), &mut places, range.clone(), below);
            above.push((part, range.end..places.len(), inside));
        }
        let (_, range, below) = above.last().cloned().unwrap();
        places.truncate(range.end);
        let (here, _) = globs.child(name.as_bytes(), &mut places, range, below);
        matched += usize::from(here.rules() != 0);
    }
    matched
}
