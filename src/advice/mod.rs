//! Advice: what to change, how many bytes it saves, and the proof.
//!
//! Rules look at a loaded image, claim entries and record facts. Dead bytes are exact: they follow from the layers,
//! and a finding about them names the step that wrote them and the step that hid them. Live bytes are told by their
//! paths, and the finding says how sure it is. Every byte is billed to one finding only: the rules work one after
//! the other in a fixed order, each entry belongs to the first that claims it, and so sums of findings are true.
//!
//! When everything is claimed, the words and the changes are made: findings first, words second.
//!
//! - `engine`: who claimed what, which paths a rule matches, and what can be asked of an image;
//! - `knowledge`: what is known of the world, as tables;
//! - `rules`: what is found. A rule is a row of `assets/rules.toml`; path rules are nothing more, the others have
//!   a file here;
//! - `stages`: what a second stage needs, and what it leaves behind;
//! - `fixes`: from what was found to words and edits.
//!
//! What is shown of commands had the values of secrets taken out first.

mod difference;
mod engine;
mod fixes;
mod knowledge;
mod rules;
mod stages;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use difference::{Difference, difference};
pub use engine::finding::{Advice, Confidence, Evidence, Finding, Savings, Severity, Staged};
pub(crate) use engine::globs::Globs;
pub use engine::rule::{Confirm, Group, PathRule, Remedy, RuleInfo, Stage};
pub use engine::settings::Settings;
pub use engine::table::{explain, list, rules};

use crate::analysis::Analysis;
use crate::dockerfile::Rebuilt;
use crate::image::Image;
use crate::overlay::Union;

/// Asks all rules. `settings` should have passed [`Settings::check`]; rules in it that cannot be read find nothing.
pub fn advise(image: &Image, union: &Union, analysis: &Analysis, settings: &Settings) -> Advice {
    let mut ledger = engine::ledger::Ledger::new(image, union, analysis, settings);
    for find in rules::CLAIMING.iter().chain(rules::STRUCTURAL) {
        find(&mut ledger);
    }
    let mut advice = ledger.finish();
    // secrets were left out where steps were read; what a terminal would act on is escaped where it is shown
    let texts = image.step_texts();
    let rebuilt = Rebuilt::fragment(&texts);
    for finding in &mut advice.findings {
        finding.snippet = image.snippet(&finding.fix, &rebuilt);
    }
    advice
}

/// The first step that is not the base's, and what the base is called, as it would stand after `FROM`.
pub fn base(image: &Image, union: &Union, analysis: &Analysis) -> (usize, Option<String>) {
    let settings = Settings::default();
    let ledger = engine::ledger::Ledger::new(image, union, analysis, &settings);
    (engine::base_images::first_own_step(&ledger), engine::base_images::name(&ledger))
}
