//! Two programs for the same job, both brought by own layers.

use super::Structural;
use crate::advice::ledger::{Draft, Ledger};
use crate::advice::rule::{Group, RuleInfo};
use crate::advice::{Confidence, Severity};
use crate::image::PathId;

static INFO: RuleInfo = RuleInfo::new(
    "redundant-tools",
    Group::Structure,
    "Several programs for the same job were installed",
    "Each of them has to be pulled, and kept free of known holes. One will do.",
    "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*",
)
.with(Confidence::Judgement, Some(Severity::Info));

pub(super) const RULE: Structural = Structural { infos: &[&INFO], find };

const JOBS: [(&str, &[&str]); 4] = [
    ("downloads", &["usr/bin/curl", "usr/bin/wget"]),
    ("editing", &["usr/bin/vim.basic", "usr/bin/vim.tiny", "usr/bin/vim", "usr/bin/nano", "usr/bin/emacs"]),
    ("packages of Node.js", &["usr/local/bin/yarn", "usr/local/bin/pnpm", "usr/bin/yarn"]),
    ("shells", &["usr/bin/zsh", "usr/bin/fish", "bin/zsh", "bin/fish"]),
];

fn find(ledger: &mut Ledger<'_>) {
    for (job, programs) in JOBS {
        let found: Vec<(PathId, usize)> = programs
            .iter()
            .filter_map(|program| {
                let path = ledger.image.paths.find(program.as_bytes())?;
                let layer = ledger.image.layer_of(ledger.union.rootfs.entry(path)?);
                ledger.is_own(layer).then_some((path, layer))
            })
            .collect();
        if found.len() < 2 {
            continue;
        }
        let names: Vec<String> = found.iter().map(|(path, _)| ledger.path(*path)).collect();
        let mut layers: Vec<usize> = found.iter().map(|(_, layer)| *layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let title = format!("{} do the same job: {job}", names.join(" and "));
        ledger.file(
            &INFO,
            Draft {
                title,
                why: INFO.why.to_string(),
                fix: format!("# install one of: {}", names.join(", ")),
                layers,
                severity: Some(Severity::Info),
                ..Draft::default()
            },
        );
    }
}
