//! Installing packages in one step.

use super::copies::Copies;
use crate::advice::knowledge::package_managers;
use crate::dockerfile::{Edit, Fix};
use crate::text;

/// The installations that wrote the records one after the other, as one where nothing stands between them.
pub(super) fn fix(copies: &Copies<'_>) -> Fix {
    let ledger = copies.ledger;
    let mut layers: Vec<usize> = copies.writers();
    layers.extend(&copies.waste.by);
    layers.sort_unstable();
    layers.dedup();
    layers.retain(|&layer| {
        let installs = || package_managers::installed(ledger.image.command_of(layer)).is_some();
        ledger.is_own(layer) && ledger.shell_run(layer).is_some() && installs()
    });
    let steps: Vec<_> = layers.iter().filter_map(|&layer| ledger.step_id(layer)).collect();
    if steps.len() > 1 && layers.windows(2).all(|pair| ledger.is_next(pair[0], pair[1])) {
        return Fix::one(Edit::MergeRuns { steps });
    }
    if layers.len() > 1 {
        return Fix::note(format!(
            "one RUN that installs all packages, in place of {}",
            text::layers(&layers)
        ));
    }
    Fix::note("one RUN that installs all packages, in place of several")
}
