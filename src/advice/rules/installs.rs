//! How packages are installed, as far as the history alone tells: nothing here is counted in bytes.

use super::Structural;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity, base_images, dockerfile, shell};
use crate::analysis::Manager;

static UNPINNED: RuleInfo = RuleInfo::new(
    "unpinned",
    Group::Structure,
    "What is installed depends on the day of the build",
    "Packages without a version, and downloads called `latest`, are whatever they are on the day of the build. The next build may get others, and nobody can tell which are in this image.",
    "RUN pip install --no-cache-dir flask==3.0.3",
)
.with(Confidence::Judgement, Some(Severity::Info));

pub(super) const RULE: Structural = Structural { infos: &[&UNPINNED], find };

/// The `RUN` steps of this Dockerfile that made layers, with their commands.
pub(super) fn own_runs(ledger: &Ledger<'_>) -> Vec<(usize, String)> {
    (ledger.analysis.base_layers..ledger.image.layers.len())
        .filter(|&layer| ledger.is_made_by(layer, "RUN"))
        .map(|layer| (layer, ledger.command(layer)))
        .collect()
}

/// True for a step that installs what packages recommend.
pub(super) fn takes_recommends(command: &str) -> bool {
    (shell::runs(command, "apt-get install") || shell::runs(command, "apt install"))
        && !command.contains("no-install-recommends")
        && !command.contains("Install-Recommends")
}

/// The packages of an install that have no version, options and files left out.
fn loose(words: &[String], manager: &str) -> Vec<String> {
    shell::operands(words)
        .skip(1)
        .filter(|word| {
            let path = word.starts_with(['.', '/', '$']) || word.contains("://") || word.contains(".txt");
            let pinned = match manager {
                "npm" | "node" => word.rfind('@').is_some_and(|at| at > 0) && !word.ends_with("@latest"),
                _ => word.contains(['=', '@', '<', '>', '~']),
            };
            !path && !pinned
        })
        .map(str::to_owned)
        .collect()
}

/// The command with the versions that this image has.
fn pinned(ledger: &Ledger<'_>, command: &str) -> Option<String> {
    let mut fixed = command.to_owned();
    for (wanted, manager, sign) in [
        ("pip install", Manager::Python, "=="),
        ("pip3 install", Manager::Python, "=="),
        ("npm install", Manager::Node, "@"),
        ("npm i", Manager::Node, "@"),
    ] {
        let Some(words) = shell::find(command, wanted) else { continue };
        for name in loose(&words, manager.name()) {
            let plain = name.trim_end_matches("@latest").split('[').next().unwrap_or_default();
            let alike = |text: &str| {
                text.to_ascii_lowercase().replace(['_', '.'], "-")
                    == plain.to_ascii_lowercase().replace(['_', '.'], "-")
            };
            let mut packages =
                ledger.analysis.packages.list.iter().filter(|package| package.manager == manager);
            let version =
                packages.find(|package| alike(&package.name))?.version.as_deref().map(base_images::word)?;
            let pin = format!("{}{sign}{version}", name.trim_end_matches("@latest"));
            fixed = fixed
                .split(' ')
                .map(|word| if word == name { pin.as_str() } else { word })
                .collect::<Vec<_>>()
                .join(" ");
        }
    }
    (fixed != command).then(|| format!("# the versions that this image has\n{}", dockerfile::run(&[fixed])))
}

fn find(ledger: &mut Ledger<'_>) {
    let (mut layers, mut names) = (Vec::new(), Vec::new());
    for (layer, command) in own_runs(ledger) {
        let before = names.len();
        for (wanted, manager) in
            [("pip install", "pip"), ("pip3 install", "pip"), ("npm install", "npm"), ("npm i", "npm")]
        {
            let Some(words) = shell::find(&command, wanted) else { continue };
            if !words.iter().any(|word| word == "-r" || word.starts_with("--requirement")) {
                names.extend(loose(&words, manager));
            }
        }
        names.extend(
            command
                .split_whitespace()
                .filter(|word| word.contains("://") && (word.contains("/latest") || word.contains("latest.")))
                .map(str::to_owned),
        );
        if names.len() > before {
            layers.push(layer);
        }
    }
    if names.is_empty() {
        return;
    }
    let more = names.len().saturating_sub(4);
    names.truncate(4);
    let list = names.join(", ");
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let title = format!("No version is asked for: {list}{rest}");
    let first = layers.first().map_or_else(String::new, |&layer| ledger.command(layer));
    let fix = pinned(ledger, &first).unwrap_or_else(|| {
        if first.contains("://") {
            "# name the version in the URL, and check what came: echo 'SUM  FILE' | sha256sum -c".into()
        } else {
            "# name the versions: a requirements.txt with ==, or a lock file beside package.json".into()
        }
    });
    ledger.file(
        &UNPINNED,
        Draft {
            title,
            why: UNPINNED.why.to_string(),
            fix,
            layers,
            severity: Some(Severity::Info),
            ..Draft::default()
        },
    );
}
