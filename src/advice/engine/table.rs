//! The one table of all rules: `assets/rules.toml`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Deserialize;

use super::rule::{PathRule, RuleInfo};
use crate::advice::knowledge::archives;
use crate::analysis::package_managers::{PACKAGE_MANAGERS, PackageManager};
use crate::layer::secret_files;
use crate::text::wrap;

#[derive(Deserialize)]
struct File {
    rule: Vec<PathRule>,
}

/// All archives, in a glob of the table.
const ARCHIVES: &str = "@archive";
/// All installations of package managers, in a list of commands of the table. `@NAME` is every command by which
/// the package manager of that name fills its caches.
const INSTALLS: &str = "@install";
/// The names of all files that may hold secrets, in a list of globs of the table.
const SECRETS: &str = "@secret";

/// The rows of `assets/rules.toml`, in the order of billing. A test holds that they can be read.
static ROWS: LazyLock<Vec<PathRule>> = LazyLock::new(|| {
    let read = toml::from_str(include_str!("../../../assets/rules.toml"));
    let mut rows = read.map(|file: File| file.rule).unwrap_or_default();
    for row in &mut rows {
        for glob in &mut row.globs {
            *glob = glob.replace(ARCHIVES, &archives::alternatives());
        }
        if let Some(at) = row.globs.iter().position(|glob| glob == SECRETS) {
            row.globs.splice(at..=at, secret_files::globs());
        }
        row.hist = row.hist.iter().flat_map(|command| commands(command)).collect();
    }
    rows
});

/// What a word in a list of commands stands for: itself, or commands of package managers.
fn commands(word: &str) -> Vec<String> {
    let Some(name) = word.strip_prefix('@') else { return vec![word.to_owned()] };
    let all = || PACKAGE_MANAGERS.iter();
    if word == INSTALLS {
        all().flat_map(|manager| manager.installs).map(ToString::to_string).collect()
    } else {
        all()
            .filter(|manager| manager.name == name)
            .flat_map(PackageManager::filling)
            .map(ToString::to_string)
            .collect()
    }
}

static ALL: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
    let mut all: Vec<RuleInfo> = ROWS.iter().map(PathRule::info).collect();
    all.sort_by(|a, b| a.group.cmp(&b.group).then_with(|| a.id.cmp(&b.id)));
    all
});

/// The row of a built-in rule.
pub(in crate::advice) fn row(id: &str) -> Option<&'static PathRule> {
    ROWS.iter().find(|row| row.id == id)
}

/// The built-in path rules, in the order of billing.
pub(in crate::advice) fn path_rules() -> impl Iterator<Item = &'static PathRule> {
    ROWS.iter().filter(|row| !row.globs.is_empty())
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
    let row = own.iter().chain(&*ROWS).find(|row| row.id == id)?;
    let info = row.info();
    let mut out = format!("{}: {}\n", info.id, info.title);
    _ = write!(out, "group {}, confidence {}", info.group.name(), info.confidence.name());
    if let Some(cap) = info.cap {
        _ = write!(out, ", severity {} at most", cap.name());
    }
    out.push('\n');
    if !info.why.is_empty() {
        _ = writeln!(out, "\n{}", wrap(&info.why, 80).join("\n"));
    }
    if !info.fix.is_empty() {
        _ = writeln!(out, "\nInstead:\n{}", indent(&info.fix));
    }
    if !row.globs.is_empty() {
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
