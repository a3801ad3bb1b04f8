//! Two programs for the same job, both brought by own layers.

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::image::PathId;

const ID: &str = "redundant-tools";

/// The programs, at least two, and the job.
#[derive(Debug)]
pub(in crate::advice) struct Redundant {
    pub(in crate::advice) job: &'static str,
    pub(in crate::advice) programs: Vec<PathId>,
}

/// Each job with programs of different packages that do it.
const JOBS: [(&str, &[&str]); 4] = [
    ("downloads", &["usr/bin/curl", "usr/bin/wget"]),
    ("editing", &["usr/bin/vim.basic", "usr/bin/vim.tiny", "usr/bin/vim", "usr/bin/nano", "usr/bin/emacs"]),
    ("packages of Node.js", &["usr/local/bin/yarn", "usr/local/bin/pnpm", "usr/bin/yarn"]),
    ("shells", &["usr/bin/zsh", "usr/bin/fish", "bin/zsh", "bin/fish"]),
];

pub(super) fn find(ledger: &mut Ledger<'_>) {
    for (job, programs) in JOBS {
        let mut found: Vec<(PathId, usize)> = programs
            .iter()
            .filter_map(|program| {
                let path = ledger.image.paths.find(program.as_bytes())?;
                let entry = ledger.union.rootfs.entry(path)?;
                // links are other names of what is found elsewhere
                let content = ledger.union.content_of(entry)?;
                let layer = ledger.image.layer_of(content);
                ledger.is_own(layer).then_some((path, layer))
            })
            .collect();
        // several programs of one package came together, and go together
        let owner = |path| ledger.analysis.packages.owner(path).map(|package| package.name.as_str());
        let mut owners: Vec<&str> = Vec::new();
        found.retain(|(path, _)| {
            let is_new = owner(*path).is_none_or(|owner| !owners.contains(&owner));
            owners.extend(owner(*path));
            is_new
        });
        if found.len() < 2 {
            continue;
        }
        let mut layers: Vec<usize> = found.iter().map(|(_, layer)| *layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let programs = found.into_iter().map(|(path, _)| path).collect();
        ledger.file(ID, Draft::about(layers, Severity::Info), Redundant { job, programs });
    }
}
