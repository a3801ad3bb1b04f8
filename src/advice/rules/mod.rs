//! The structural rules: one small file each. Their order is the order of billing.

mod add_remote;
mod archive_tree;
mod copy_before_install;
mod copy_root;
mod duplicate_content;
mod files;
mod grouping;
mod installs;
mod layers;
mod merge_runs;
mod multi_stage;
mod recommends;
mod redundant_tools;
mod secret_env;
mod secret_file;
mod slim_base;
mod unstripped;
mod upgrade;
mod waste;
mod waste_fixes;
mod waste_texts;

use super::ledger::Ledger;
use super::rule::RuleInfo;

/// Rules that are code.
pub(super) struct Structural {
    /// What it finds; most find one thing.
    pub(super) infos: &'static [&'static RuleInfo],
    /// Looks at the image, claims entries, files findings.
    pub(super) find: fn(&mut Ledger<'_>),
}

/// All of them, in the order of billing: dead bytes before live ones.
pub(super) static STRUCTURAL: &[Structural] = &[
    merge_runs::RULE,
    upgrade::RULE,
    waste::RULE,
    recommends::RULE,
    archive_tree::RULE,
    files::RULE,
    duplicate_content::RULE,
    unstripped::RULE,
    multi_stage::RULE,
    secret_file::RULE,
    secret_env::RULE,
    copy_before_install::RULE,
    copy_root::RULE,
    add_remote::RULE,
    installs::RULE,
    layers::RULE,
    redundant_tools::RULE,
    slim_base::RULE,
];
