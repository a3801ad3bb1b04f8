//! The rules that are code: one small file each. They claim entries and record facts; the words are in `fixes`.

pub(super) mod add_remote;
pub(super) mod archive_tree;
pub(super) mod copy_before_install;
pub(super) mod copy_root;
pub(super) mod duplicate_content;
pub(super) mod files;
pub(super) mod installs;
pub(super) mod layers;
pub(super) mod merge_runs;
pub(super) mod multi_stage;
pub(super) mod recommends;
pub(super) mod redundant_tools;
pub(super) mod secret_env;
pub(super) mod secret_file;
pub(super) mod slim_base;
mod toolbox;
pub(super) mod unpinned_base;
pub(super) mod unstripped;
pub(super) mod upgrade;
pub(super) mod waste;

use super::engine::ledger::Ledger;

/// Looks at the image, claims entries, records what it found.
type Rule = fn(&mut Ledger<'_>);

/// Rules that claim entries, in the order of billing: dead bytes before live ones.
pub(super) static CLAIMING: &[Rule] = &[
    merge_runs::find,
    upgrade::find,
    waste::find,
    recommends::find,
    archive_tree::find,
    files::find,
    duplicate_content::find,
    unstripped::find,
];

/// Rules without bytes of their own. They may look at what was claimed, so they come when all of it is.
pub(super) static STRUCTURAL: &[Rule] = &[
    multi_stage::find,
    secret_file::find,
    secret_env::find,
    copy_before_install::find,
    copy_root::find,
    add_remote::find,
    installs::find,
    layers::find,
    redundant_tools::find,
    slim_base::find,
    unpinned_base::find,
];
