//! Dependencies: their licences, their sources, and the crates that must not come in, as `deny.toml` has them.
//!
//! `cargo deny` checks the same and more, but compiles for minutes; this takes a second. What it knows of a licence
//! expression is enough for those that crates write: AND, OR (also as `/`) and parentheses.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

fn strings<'v>(table: &'v Table, section: &str, key: &str) -> Vec<&'v str> {
    let list = table[section][key].as_array().expect("a list");
    list.iter().map(|item| item.get("crate").unwrap_or(item).as_str().expect("a text")).collect()
}

/// True when what is allowed satisfies a licence expression.
fn is_allowed(expression: &str, allow: &[&str]) -> bool {
    let expression = expression.trim();
    if allow.contains(&expression) {
        return true;
    }
    let any = split(&expression.replace('/', " OR "), " OR ");
    if any.len() > 1 {
        return any.iter().any(|part| is_allowed(part, allow));
    }
    let all = split(expression, " AND ");
    if all.len() > 1 {
        return all.iter().all(|part| is_allowed(part, allow));
    }
    let inner = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|inner| is_allowed(inner, allow))
}

/// Cuts at a word, outside of parentheses.
fn split(text: &str, word: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        parts.last_mut().expect("one").push(c);
        if depth == 0 && text[..at + c.len_utf8()].ends_with(word) {
            let part = parts.last_mut().expect("one");
            part.truncate(part.len() - word.len());
            parts.push(String::new());
        }
    }
    parts
}

#[test]
fn dependencies_are_as_deny_toml_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc").stdout;
    let rustc = String::from_utf8_lossy(&rustc);
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host]);
    let output = cargo.current_dir(root).output().expect("cargo");
    if !output.status.success() {
        eprintln!("SKIPPED: cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
        return;
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rules: Table =
        std::fs::read_to_string(root.join("deny.toml")).expect("a file").parse().expect("TOML");
    let (allow, banned) = (strings(&rules, "licenses", "allow"), strings(&rules, "bans", "deny"));
    let registries = strings(&rules, "sources", "allow-registry");
    let packages = metadata["packages"].as_array().expect("a list");
    assert!(packages.len() > 50, "only {} packages", packages.len());
    let mut wrong = Vec::new();
    for package in packages {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let name = text("name");
        if !is_allowed(text("license"), &allow) {
            wrong.push(format!("{name}: the licence {:?}", text("license")));
        }
        if banned.contains(&name) {
            wrong.push(format!("{name} is banned"));
        }
        let source = text("source").trim_start_matches("registry+");
        if !source.is_empty() && !registries.contains(&source) {
            wrong.push(format!("{name} comes from {source}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn licence_expressions_are_understood() {
    let allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"];
    for good in [
        "MIT",
        "GPL-3.0 OR MIT",
        "GPL-2.0/MIT",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR X",
        "(MIT AND (X OR Apache-2.0))",
    ] {
        assert!(is_allowed(good, &allow), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR X) AND Y", "X OR (MIT AND Y)", "MITX"] {
        assert!(!is_allowed(bad, &allow), "{bad}");
    }
}
