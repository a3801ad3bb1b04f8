//! Holds the rooms (the modules under `src/`) to their order: a room imports only rooms above it.
//!
//! The source is cut into tokens, so that comments, strings and line breaks cannot hide or fake an
//! import. Found are `crate::room`, `crate::{room, …}`, `super::…` that climbs to the root of the crate,
//! `layercake::room` in the program, and paths that begin with the name of a guarded crate. Inside the rooms,
//! [`circles`] holds the files to an order of their own.

mod circles;

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The rooms, upper ones first. Rooms of one row may import each other.
const ORDER: [&[&str]; 18] = [
    &["units", "digest", "text", "secrets", "limits", "error"],
    &["oci"],
    &["dockerfile"],
    &["source"],
    &["layer"],
    &["image"],
    &["overlay"],
    &["analysis"],
    &["compare"],
    &["advice"],
    &["policy"],
    &["load"],
    &["fix"],
    &["slim"],
    &["report"],
    &["ui"],
    &["cli"],
    &["main"],
];

/// Crates that only these rooms may name.
const GUARDED: [(&str, &[&str]); 8] = [
    ("tar", &["source", "layer", "slim"]),
    ("flate2", &["source", "layer", "slim"]),
    ("zstd", &["source", "layer", "slim"]),
    ("ratatui", &["ui"]),
    ("crossterm", &["ui"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
];

/// Longest file that is still one thought.
const LINES: usize = 400;

fn row(room: &str) -> Option<usize> {
    ORDER.iter().position(|rooms| rooms.contains(&room))
}

/// What is wrong in a file of `room`. `depth` counts the modules around its items: 1 in `src/room.rs`
/// and `src/room/mod.rs`, 2 in `src/room/part.rs`, 0 in `src/main.rs`.
fn violations(room: &str, depth: usize, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > LINES {
        found.push(format!("it has {lines} lines, more than {LINES}"));
    }
    let tokens: TokenStream = match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => {
            found.push(format!("it cannot be read: {error}"));
            return found;
        }
    };
    let mut imports = Vec::new();
    walk(tokens, depth, &mut imports);
    imports.sort();
    imports.dedup();
    let Some(own) = row(room) else {
        found.push(format!("the room {room} is not in the order of tests/it/rooms.rs"));
        return found;
    };
    for import in imports {
        match import {
            Import::Room(name) => match row(&name) {
                Some(other) if other > own => {
                    found.push(format!("{room} imports {name}, which stands below it"));
                }
                Some(other) if other == own && name != room && own != 0 => {
                    found.push(format!("{room} imports {name} of its own row"));
                }
                Some(_) => {}
                None => found.push(format!("{room} imports {name} of the crate's root, which is no room")),
            },
            Import::Path(name) => {
                let guard = GUARDED.iter().find(|(guarded, _)| *guarded == name);
                if let Some((_, rooms)) = guard
                    && !rooms.contains(&room)
                {
                    found.push(format!("{room} names the crate {name}; only {} may", rooms.join(", ")));
                }
            }
        }
    }
    found
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Import {
    /// A name in the root of our crate.
    Room(String),
    /// The first name of a path.
    Path(String),
}

fn walk(tokens: TokenStream, depth: usize, found: &mut Vec<Import>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let colons = |at: usize| punct(&tokens, at, ':') && punct(&tokens, at + 1, ':');
    let word = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    };
    let mut at = 0;
    while at < tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            let named =
                at >= 2 && word(at - 2).as_deref() == Some("mod") && group.delimiter() == Delimiter::Brace;
            walk(group.stream(), depth + usize::from(named), found);
        }
        let inside = at >= 2 && colons(at - 2);
        let Some(name) = word(at).filter(|_| !inside) else {
            at += 1;
            continue;
        };
        let begins = colons(at + 1) || (at > 0 && word(at - 1).as_deref() == Some("use"));
        let mut end = at;
        let at_root = match name.as_str() {
            "crate" | "layercake" => colons(at + 1),
            "super" | "self" => {
                let mut ups = usize::from(name == "super");
                while colons(end + 1) && word(end + 3).as_deref() == Some("super") {
                    ups += 1;
                    end += 3;
                }
                ups > 0 && ups >= depth && colons(end + 1)
            }
            _ => false,
        };
        if at_root {
            match tokens.get(end + 3) {
                Some(TokenTree::Ident(room)) => found.push(Import::Room(room.to_string())),
                Some(TokenTree::Group(group)) => first_words(group.stream(), found),
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => found.push(Import::Room("*".into())),
                _ => {}
            }
        } else if begins {
            found.push(Import::Path(name));
        }
        at = end + 1;
    }
}

/// The first word of each part of `{a::b, c::{d, e}}`.
fn first_words(tokens: TokenStream, found: &mut Vec<Import>) {
    let mut first = true;
    for token in tokens {
        match token {
            TokenTree::Ident(name) if first => {
                found.push(Import::Room(name.to_string()));
                first = false;
            }
            TokenTree::Punct(comma) if comma.as_char() == ',' => first = true,
            _ => {}
        }
    }
}

fn punct(tokens: &[TokenTree], at: usize, wanted: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_room_imports_only_rooms_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&source, &mut paths);
    paths.sort();
    assert!(paths.len() > 10, "the source is not where it was");
    let mut wrong = Vec::new();
    for path in paths {
        let inner = path.strip_prefix(&source).unwrap();
        let parts: Vec<&str> = inner.iter().map(|part| part.to_str().unwrap()).collect();
        let room = parts[0].trim_end_matches(".rs");
        if room == "lib" {
            continue; // it only lists the rooms
        }
        let is_mod = parts.last() == Some(&"mod.rs");
        let depth = if room == "main" { 0 } else { parts.len() - usize::from(is_mod) };
        let text = fs::read_to_string(&path).unwrap();
        wrong.extend(
            violations(room, depth, &text).iter().map(|text| format!("src/{}: {text}", inner.display())),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_checker_finds_made_up_violations() {
    let cases = [
        ("image", 2, "use crate::ui::App;", "image imports ui"),
        ("image", 2, "use crate::{units, report::Report as R};", "image imports report"),
        ("image", 2, "fn f() { let a = crate :: cli :: run(); }", "image imports cli"),
        ("image", 2, "use super::super::load;", "image imports load"),
        ("image", 1, "use super::load;", "image imports load"),
        ("image", 1, "mod a { mod b { use super::super::super::load::x; } }", "image imports load"),
        ("oci", 1, "use crate::source::Limits;", "oci imports source"),
        ("policy", 1, "pub(crate) use crate::*;", "is no room"),
        ("cellar", 1, "", "not in the order"),
        ("overlay", 1, "use tar::Archive;", "names the crate tar"),
        ("report", 1, "fn f(x: &zstd::Decoder) {}", "names the crate zstd"),
        ("cli", 1, "use {ratatui::Frame, std::fs};", "names the crate ratatui"),
        ("ui", 1, "#[derive(clap::Parser)] struct A;", "names the crate clap"),
        ("load", 1, "use flate2 as f;", "names the crate flate2"),
    ];
    for (room, depth, text, complaint) in cases {
        let found = violations(room, depth, text);
        assert!(found.iter().any(|found| found.contains(complaint)), "{room}: {text}: {found:?}");
    }
    assert_eq!(violations("ui", 1, &"\n".repeat(LINES + 1)).len(), 1);
}

#[test]
fn the_checker_lets_sound_files_pass() {
    let cases = [
        ("image", 2, "use crate::{units::size, layer::{Kind, index}}; use super::paths;"),
        ("image", 2, "// use crate::ui;\n/// See [`crate::ui`].\nfn f() { g(\"crate::ui\") }"),
        ("image", 2, "mod tests { use super::*; use super::super::load; }"),
        ("digest", 1, "use crate::error::Error; use crate::units;"),
        ("source", 3, "use tar::Header; use flate2::read::MultiGzDecoder;"),
        ("overlay", 1, "struct Tar { tar: u64 } fn f(t: Tar) -> u64 { t.tar } use self::tar_like::tar;"),
        ("main", 0, "fn main() { layercake::cli::run() }"),
    ];
    for (room, depth, text) in cases {
        assert_eq!(violations(room, depth, text), Vec::<String>::new(), "{text}");
    }
}
