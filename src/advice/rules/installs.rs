//! How packages are installed, as far as the history alone tells: nothing here is counted in bytes.

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::knowledge::languages::INSTALLERS;
use crate::analysis::Manager;
use crate::dockerfile::shell;

const ID: &str = "unpinned";

/// What was asked for without a version; at least one.
#[derive(Debug)]
pub(in crate::advice) struct Unpinned(pub(in crate::advice) Vec<String>);

/// The packages of an install that have no version, options and files left out.
pub(in crate::advice) fn loose(words: &[String], manager: Manager) -> Vec<String> {
    shell::operands(words)
        .skip(1)
        .filter(|word| {
            let path = word.starts_with(['.', '/', '$']) || word.contains("://") || word.contains(".txt");
            let pinned = match manager {
                Manager::Node => word.rfind('@').is_some_and(|at| at > 0) && !word.ends_with("@latest"),
                _ => word.contains(['=', '@', '<', '>', '~']),
            };
            !path && !pinned
        })
        .map(str::to_owned)
        .collect()
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let (mut layers, mut names) = (Vec::new(), Vec::new());
    for layer in ledger.own_layers().filter(|&layer| ledger.shell_run(layer).is_some()) {
        let command = ledger.image.command_of(layer);
        let before = names.len();
        for (kind, (manager, _)) in INSTALLERS.iter().filter_map(|kind| Some((kind, kind.pins?))) {
            let Some((_, words)) = kind.find(command) else { continue };
            let is_listed = |word: &String| word == "-r" || word.starts_with("--requirement");
            if words.iter().any(|word| word == "install" || word == "i") && !words.iter().any(is_listed) {
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
    if !names.is_empty() {
        ledger.file(ID, Draft::about(layers, Severity::Info), Unpinned(names));
    }
}
