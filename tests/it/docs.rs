//! The README and docs/ show what the program shows: its report, its screens, its keys, gates, rules and options, and
//! the fields of its documents stand between `<!-- name -->` and `<!-- /name -->`. These tests hold them to the
//! program; `UPDATE_DOCS=1 cargo test --test it docs` writes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use layercake::analysis::Base;
use layercake::policy::GATES;
use layercake::report::FORMATS;
use layercake::source::{ImageSelector, Location};
use layercake::ui::{Headless, Options, Shown, key_table};
use layercake::{advice, load};
use serde_json::Value;

use crate::program::{command, finish, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The UI on the built-in image, after some keys.
fn screen(keys: &str) -> String {
    let (selector, rules) = (ImageSelector::default(), advice::Settings::default());
    let (examination, bodies) =
        load::examine(&Location::demo(), &selector, &Base::Auto, None, &rules, &load::NoProgress)
            .expect("the demo loads");
    let shown = Shown { examination, bodies, against: None, among: None };
    fenced(&Headless::new(shown, (110, 24), Options::default()).keys(keys).text())
}

fn keys() -> String {
    let mut out = String::new();
    for (heading, rows) in key_table() {
        _ = writeln!(out, "| {heading} | |\n|---|---|");
        for (key, does) in rows {
            _ = writeln!(out, "| `{}` | {} |", cell(key), cell(does));
        }
        out.push('\n');
    }
    out
}

/// Every gate, with the limit that `--ci` alone sets.
fn gates() -> String {
    let report = run(&["--demo", "--ci", "--json"]).stdout;
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let judged = report["verdict"]["gates"].as_array().expect("a list");
    let mut out = "| gate | what it does | default |\n|---|---|---|\n".to_owned();
    for gate in &GATES {
        let limit = judged.iter().find(|judged| judged["gate"] == gate.name).map(|judged| &judged["limit"]);
        let limit = limit.and_then(Value::as_f64).map_or("off".to_owned(), |limit| format!("`{limit}`"));
        _ = writeln!(out, "| `{}` | {} | {limit} |", gate.name, cell(gate.help));
    }
    out
}

fn formats() -> String {
    let mut out = "| format | what it is for |\n|---|---|\n".to_owned();
    for format in &FORMATS {
        _ = writeln!(out, "| `{}` | {} |", format.name, cell(format.help));
    }
    out
}

/// The list of rules by group, and then all that `explain` tells of each.
fn rules() -> String {
    let (mut list, mut all) = (String::new(), String::new());
    for line in run(&["rules"]).stdout.lines() {
        let Some(row) = line.strip_prefix("  ") else {
            if !line.is_empty() {
                _ = writeln!(list, "\n### {line}\n\n| rule | confidence | what it finds |\n|---|---|---|");
            }
            continue;
        };
        let mut words = row.splitn(2, ' ');
        let rule = words.next().expect("a name");
        let (confidence, title) = words.next().expect("a rest").trim().split_once(' ').expect("two columns");
        _ = writeln!(list, "| [`{rule}`](#{rule}) | {confidence} | {} |", cell(title.trim()));
        _ = writeln!(all, "### {rule}\n\n{}\n", fenced(&run(&["explain", rule]).stdout));
    }
    format!("{list}\n## Each rule\n\n{all}")
}

/// The help of the program and of each verb, as it names them itself.
fn options() -> String {
    let help =
        |arguments: &[&str]| finish(command().args(arguments).arg("--help").env("COLUMNS", "100")).stdout;
    let whole = help(&[]);
    let verbs =
        whole.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let mut out = format!("## layercake\n\n{}\n", fenced(&whole));
    for verb in
        verbs.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|verb| !verb.is_empty())
    {
        _ = writeln!(out, "\n## layercake {verb}\n\n{}", fenced(&help(&[verb])));
    }
    out
}

/// The fields of every JSON document, from the schemas in assets.
fn fields() -> String {
    let mut schemas: Vec<PathBuf> = fs::read_dir(root().join("assets"))
        .expect("assets")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".schema.json"))
        .collect();
    schemas.sort();
    let mut out = String::new();
    for path in schemas {
        let schema: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        let text = |key: &str| schema[key].as_str().unwrap_or_default();
        let name = path.file_name().expect("a name").to_string_lossy();
        _ = writeln!(
            out,
            "## {}\n\n{} [assets/{name}](../assets/{name})\n",
            text("title"),
            text("description")
        );
        out.push_str("| field | type | meaning |\n|---|---|---|\n");
        describe(&mut out, &schema, &schema, "", 0);
        out.push('\n');
    }
    out
}

/// Rows for the fields of an object, a list of objects, or a reference to one.
fn describe(out: &mut String, schema: &Value, object: &Value, place: &str, depth: usize) {
    let Some(properties) = object["properties"].as_object().filter(|_| depth < 6) else { return };
    for (name, field) in properties {
        let (field, list) = plain(schema, field);
        let mark = if list { "[]" } else { "" };
        let place = format!("{place}{name}{mark}");
        _ = writeln!(
            out,
            "| `{place}` | {} | {} |",
            kind(schema, &field),
            cell(field["description"].as_str().unwrap_or_default())
        );
        let inner = if list { plain(schema, &field["items"]).0 } else { field };
        describe(out, schema, &inner, &format!("{place}."), depth + 1);
    }
}

/// A field without references and alternatives to null, and whether it is a list.
fn plain(schema: &Value, field: &Value) -> (Value, bool) {
    let mut field = field.clone();
    loop {
        let either = field["anyOf"].as_array().or(field["oneOf"].as_array());
        let inner = if let Some(reference) = field["$ref"].as_str() {
            schema.pointer(reference.trim_start_matches('#')).cloned()
        } else {
            either.and_then(|all| all.iter().find(|one| one["type"] != "null").cloned())
        };
        let Some(mut inner) = inner else { break };
        if let (Some(inner), Some(text)) = (inner.as_object_mut(), field.get("description")) {
            inner.insert("description".into(), text.clone());
        }
        field = inner;
    }
    let list = field["type"] == "array";
    (field, list)
}

fn kind(schema: &Value, field: &Value) -> String {
    if let Some(words) = field["enum"].as_array() {
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    match &field["type"] {
        Value::String(name) if name == "array" => {
            let (item, _) = plain(schema, &field["items"]);
            format!("list of {}", item["type"].as_str().unwrap_or("values"))
        }
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => field.get("const").map_or_else(String::new, |value| format!("`{value}`").replace('"', "")),
    }
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn fenced(text: &str) -> String {
    format!("```text\n{}\n```", text.trim_end())
}

/// Every generated part: its file, its name, its text.
fn parts() -> Vec<(&'static str, &'static str, String)> {
    let report = finish(command().args(["--demo", "--format", "text", "--top", "3"])).stdout;
    vec![
        ("docs/report.md", "report", fenced(&report)),
        ("README.md", "screen", screen("<down><down><down><down><tab>")),
        ("docs/ui.md", "layers", screen("<down><down><down><down><tab>")),
        ("docs/ui.md", "wasted", screen("2")),
        ("docs/ui.md", "advice", screen("3")),
        ("docs/ui.md", "largest", screen("4")),
        ("docs/ui.md", "image", screen("5")),
        ("docs/ui.md", "keys", keys()),
        ("docs/ci.md", "gates", gates()),
        ("docs/ci.md", "formats", formats()),
        ("docs/rules.md", "rules", rules()),
        ("docs/options.md", "options", options()),
        ("docs/json.md", "fields", fields()),
    ]
}

#[test]
fn the_docs_show_what_the_program_shows() {
    let mut stale = Vec::new();
    for (file, name, part) in parts() {
        let path = root().join(file);
        let before = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let (start, end) = (format!("<!-- {name} -->\n"), format!("\n<!-- /{name} -->"));
        let from = before.find(&start).unwrap_or_else(|| panic!("{file} has no {start}")) + start.len();
        let to = from + before[from..].find(&end).unwrap_or_else(|| panic!("{file} has no {end}"));
        let mut text = before.clone();
        text.replace_range(from..to, part.trim_end());
        if text != before && std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, &text).expect("a file to write");
        } else if text != before {
            stale.push(format!("{file}: {name}"));
        }
    }
    assert!(stale.is_empty(), "out of date: {}; UPDATE_DOCS=1 cargo test --test it docs", stale.join(", "));
}

/// All files of prose, with their texts.
fn pages() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("docs")).expect("docs").map(|e| e.expect("one").path()).collect();
    files.extend(
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)),
    );
    let name = |path: &Path| path.strip_prefix(root()).expect("inside").to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), fs::read_to_string(path).expect("a text"))).collect()
}

#[test]
fn links_lead_to_files_and_names_to_what_is_there() {
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        let folder = root().join(&page).parent().expect("a folder").to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let is_outside = target.contains("://") || file.is_empty();
            if !is_outside && !folder.join(file).exists() {
                wrong.push(format!("{page}: {target} is not there"));
            }
        }
        // `src/…` and the like in backticks are files, or beginnings of their names
        for path in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "assets/", "benches/", "docs/", "fuzz/", ".ci/"]
                .iter()
                .any(|start| path.starts_with(start));
            if is_path && !path.contains(['*', '…', ' ', '\n']) && !root().join(path).exists() {
                wrong.push(format!("{page}: `{path}` is not there"));
            }
        }
        for word in ["DESIGN.md", "../shared"] {
            if text.contains(word) {
                wrong.push(format!("{page} names {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_is_short() {
    let lines = fs::read_to_string(root().join("README.md")).expect("the README").lines().count();
    assert!(lines <= 250, "the README has {lines} lines: move what is long to docs/");
}
