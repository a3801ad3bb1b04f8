//! Another base image.

use crate::advice::engine::base_images;
use crate::advice::engine::ledger::Ledger;
use crate::dockerfile::{Edit, Fix};

/// A smaller variant of the same base, or why there is none.
pub(super) fn smaller(ledger: &Ledger<'_>) -> Fix {
    match base_images::smaller(ledger) {
        Ok(with) => Fix {
            edits: vec![Edit::ReplaceFrom { with }],
            notes: vec!["a smaller variant of the same base".into()],
        },
        Err(why) => Fix::note(why),
    }
}
