//! The words of findings and the changes that mend them: one file for each rule that is code, one for all path rules.
//! Texts are written when everything is known, so any may refer to another finding.

mod add_remote;
mod apt;
mod archive_tree;
mod archives;
mod base;
mod copies;
mod copy_before_install;
mod copy_root;
mod deleted;
mod dependencies;
mod duplicate_content;
mod edits;
mod files;
mod ignore;
mod installs;
mod layers;
mod merge_runs;
mod metadata;
mod multi_stage;
mod package_records;
mod path_rules;
mod recommends;
mod redundant_tools;
mod secret_env;
mod secret_file;
mod slim_base;
mod spent;
mod stages;
mod unstripped;
mod upgrade;
mod volumes;
mod waste;
