//! Secrets in ENV, ARG, LABEL and commands. Their names are shown, never their values.

use std::collections::HashSet;

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::secrets;

const ID: &str = "secret-env";

/// The names of the secrets, and where each was found first; at least one.
#[derive(Debug)]
pub(in crate::advice) struct SecretNames(pub(in crate::advice) Vec<(String, String)>);

/// Longer texts are cut, in bytes.
const LONGEST: usize = 1 << 20;

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let config = &ledger.image.config;
    let mut places: Vec<(String, String)> = Vec::new();
    let mut layers = Vec::new();
    let mut known = HashSet::new();
    let mut note = |text: &str, place: &str| {
        let text = text.get(..text.len().min(LONGEST)).unwrap_or_default();
        let mut is_new = false;
        for name in secrets::names(text) {
            if known.insert(name.to_owned()) {
                places.push((name.to_owned(), place.to_owned()));
                is_new = true;
            }
        }
        is_new
    };
    for pair in &config.config.env {
        note(pair, "ENV");
    }
    for (name, value) in &config.config.labels {
        note(&format!("{name}={value}"), "LABEL");
    }
    for (number, step) in config.history.iter().enumerate() {
        let place = format!("step {} of the history", number + 1);
        if note(step.created_by.as_deref().unwrap_or_default(), &place) {
            layers.extend(ledger.image.history.get(number).and_then(|step| step.layer));
        }
    }
    if places.is_empty() {
        return;
    }
    layers.sort_unstable();
    layers.dedup();
    ledger.file(ID, Draft::about(layers, Severity::High), SecretNames(places));
}
