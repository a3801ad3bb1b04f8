//! The one table of all rules: the structural ones, which are code, and the path rules, which are data.

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Deserialize;

use super::rule::{PathRule, RuleInfo};
use super::rules::STRUCTURAL;

#[derive(Deserialize)]
struct File {
    rule: Vec<PathRule>,
}

/// The rows of `assets/rules.toml`, in the order of billing. A test holds that they can be read.
static ROWS: LazyLock<Vec<PathRule>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../assets/rules.toml")).map(|file: File| file.rule).unwrap_or_default()
});

static ALL: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
    let mut all: Vec<RuleInfo> =
        STRUCTURAL.iter().flat_map(|rule| rule.infos).map(|info| (*info).clone()).collect();
    all.extend(ROWS.iter().map(PathRule::info));
    all.sort_by(|a, b| a.group.cmp(&b.group).then_with(|| a.id.cmp(&b.id)));
    all
});

/// The built-in path rules, in the order of billing.
pub(super) fn path_rules() -> &'static [PathRule] {
    &ROWS
}

/// All built-in rules, by group and id.
pub fn rules() -> impl Iterator<Item = &'static RuleInfo> {
    ALL.iter()
}

/// The list of the rules as text: one line each, by group. `own` are the user's.
pub fn list(own: &[PathRule]) -> String {
    let mut all: Vec<RuleInfo> = rules().cloned().collect();
    all.extend(own.iter().map(PathRule::info));
    let width = all.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    let mut group = None;
    for rule in &all {
        if group.replace(rule.group) != Some(rule.group) {
            let gap = if out.is_empty() { "" } else { "\n" };
            _ = writeln!(out, "{gap}{}", rule.group.name());
        }
        _ = writeln!(out, "  {:width$}  {:9}  {}", rule.id, rule.confidence.name(), rule.title);
    }
    out
}

/// One rule in full as text; none when there is no rule of that id.
pub fn explain(id: &str, own: &[PathRule]) -> Option<String> {
    let row = own.iter().chain(path_rules()).find(|row| row.id == id);
    let info = match row {
        Some(row) => row.info(),
        None => rules().find(|rule| rule.id == id)?.clone(),
    };
    let mut out = format!("{}: {}\n", info.id, info.title);
    _ = write!(out, "group {}, confidence {}", info.group.name(), info.confidence.name());
    if let Some(cap) = info.cap {
        _ = write!(out, ", severity {} at most", cap.name());
    }
    out.push('\n');
    if !info.why.is_empty() {
        _ = writeln!(out, "\n{}", wrap(&info.why, 80));
    }
    if !info.fix.is_empty() {
        _ = writeln!(out, "\nInstead:\n{}", indent(&info.fix));
    }
    if let Some(row) = row {
        _ = writeln!(out, "\nPaths:\n{}", indent(&row.globs.join("\n")));
        if !row.not.is_empty() {
            _ = writeln!(out, "\nBut not:\n{}", indent(&row.not.join("\n")));
        }
    }
    Some(out)
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// Text in lines of at most `width` characters where words allow it.
fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let more = word.chars().count();
        if length > 0 && length + 1 + more > width {
            out.push('\n');
            length = 0;
        } else if length > 0 {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += more;
    }
    out
}
