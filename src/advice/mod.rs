//! Advice: what to change, how many bytes it saves, and the proof.
//!
//! Rules look at a loaded image and file findings. Dead bytes are exact: they follow from the layers, and a finding
//! about them names the step that wrote them and the step that hid them. Live bytes are told by their paths, and
//! the finding says how sure it is. Every byte is billed to one finding only: the rules work one after the other in
//! a fixed order, each entry belongs to the first that claims it, and so sums of findings are true.
//!
//! Path rules are rows of `assets/rules.toml`, matched all together in one walk over the path table; structural
//! rules are one small file each in `rules/`. One table lists both.
//!
//! What is shown of commands had the values of secrets taken out first.

mod apt;
mod archives;
mod base_images;
mod build_outputs;
mod claims;
mod finding;
mod fixes;
mod globs;
mod ledger;
mod package_managers;
mod packages;
mod path_matches;
mod places;
mod rule;
mod rules;
mod settings;
mod stages;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wildcard;

pub use finding::{Advice, Confidence, Evidence, Finding, Savings, Severity};
pub use rule::{Group, PathRule, RuleInfo};
pub use settings::Settings;
pub use table::{explain, list, rules};

use crate::analysis::Analysis;
use crate::dockerfile::{shell, write as dockerfile};
use crate::image::Image;
use crate::overlay::Union;

/// Asks all rules. `settings` should have passed [`Settings::check`]; rules in it that cannot be read find nothing.
pub fn advise(image: &Image, union: &Union, analysis: &Analysis, settings: &Settings) -> Advice {
    let mut ledger = ledger::Ledger::new(image, union, analysis, settings);
    for rule in rules::STRUCTURAL {
        (rule.find)(&mut ledger);
    }
    ledger.finish()
}
