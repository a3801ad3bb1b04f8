//! Key and credential files, in any layer: one that a later layer deletes can still be read.

use crate::advice::engine::claims::Claims;
use crate::advice::engine::finding::{Evidence, Severity};
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::engine::rule::PathRule;
use crate::layer::{Kind, SecretCheck, secret_files};
use crate::overlay::Fate;

/// Larger files are no keys, in bytes.
const LARGEST: u64 = 1_000_000;

/// What is told of the same kind: where it is, and how sure that is.
#[derive(Default)]
struct Group {
    claims: Claims,
    /// Entries that no path of the final root filesystem shows any more.
    deleted: u64,
    worst: Option<Severity>,
}

/// What is known of files of one kind.
#[derive(Debug)]
pub(in crate::advice) struct SecretFiles {
    /// They were looked at, and hold a secret.
    pub(in crate::advice) is_sure: bool,
    /// They came with the base.
    pub(in crate::advice) is_base: bool,
    /// So many of them are hidden by a later layer.
    pub(in crate::advice) removed: u64,
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let mut rules = Vec::new();
    for &(_, rule) in &ledger.path_matches.secrets {
        if !rules.iter().any(|known: &&PathRule| known.id == rule.id) {
            rules.push(rule);
        }
    }
    for rule in rules {
        let [mut sure, mut unsure, mut base] = [Group::default(), Group::default(), Group::default()];
        for &(path, _) in ledger.path_matches.secrets.iter().filter(|(_, other)| other.id == rule.id) {
            for &entry in ledger.image.timeline.of(path) {
                let (layer, of) = (ledger.image.layer_of(entry), ledger.image.entry(entry));
                let holds = ledger.image.excerpts.credentials(entry);
                if of.kind != Kind::File
                    || of.size == 0
                    || of.size > LARGEST
                    || holds == Some(SecretCheck::Nothing)
                {
                    continue;
                }
                let name = ledger.image.paths.name(path);
                let is_sure = holds == Some(SecretCheck::Secret);
                let is_mild = !is_sure && secret_files::is_mild(name);
                let (group, severity) = match (ledger.is_own(layer), is_sure) {
                    (false, _) => (&mut base, Severity::Info),
                    (true, true) => (&mut sure, Severity::High),
                    (true, false) => (&mut unsure, if is_mild { Severity::Medium } else { Severity::High }),
                };
                // a secret is no matter of bytes, so its evidence is billed none
                group.claims.add(Evidence { bytes: 0, path, entry, layer }, ledger.settings.evidence);
                group.worst = Some(group.worst.map_or(severity, |worst| worst.min(severity)));
                let is_gone =
                    ledger.union.fate(entry) != Fate::Live && ledger.union.rootfs.entry(path).is_none();
                group.deleted += u64::from(is_gone);
            }
        }
        for (group, is_sure, is_base) in [(sure, true, false), (unsure, false, false), (base, false, true)] {
            let Group { claims, deleted: removed, worst } = group;
            if claims.entries > 0 {
                let draft = Draft { severity: worst, ..Draft::of(claims) };
                ledger.file_rule(rule, draft, SecretFiles { is_sure, is_base, removed });
            }
        }
    }
}
