//! What the user set about the rules.

use std::collections::BTreeSet;

use super::globs::{Globs, MOST_RULES};
use super::rule::PathRule;
use super::table;

/// What the user set about the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Rules that are switched off, by their ids.
    pub off: BTreeSet<String>,
    /// Rules of the user's own; they are asked before the built-in ones.
    pub own: Vec<PathRule>,
    /// Pieces of evidence that a finding keeps.
    pub evidence: usize,
    /// Findings of few bytes stay silent.
    pub floors: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { off: BTreeSet::new(), own: Vec::new(), evidence: 100, floors: true }
    }
}

impl Settings {
    /// Checks that rules of the user's own can be used, and that the ids name rules.
    ///
    /// # Errors
    /// A sentence that says what is wrong with which rule.
    pub fn check(&self) -> Result<(), String> {
        let mut ids: BTreeSet<&str> = table::rules().map(|rule| rule.id.as_ref()).collect();
        let room = MOST_RULES.saturating_sub(table::path_rules().count());
        if self.own.len() > room {
            return Err(format!("there are more than {room} own rules"));
        }
        for rule in &self.own {
            if !ids.insert(&rule.id) {
                return Err(format!("there is a rule called `{}` already", rule.id));
            }
            if rule.globs.is_empty() {
                return Err(format!("rule `{}` has no globs", rule.id));
            }
            let mut globs = Globs::default();
            for glob in rule.globs.iter().chain(&rule.not) {
                globs.add(glob, 0, false).map_err(|why| format!("rule `{}`: {why}", rule.id))?;
            }
        }
        self.off.iter().try_for_each(|id| self.know(id))
    }

    /// Checks that an id names a rule, built in or the user's own.
    ///
    /// # Errors
    /// A sentence that names the id.
    pub fn know(&self, id: &str) -> Result<(), String> {
        if table::rules().any(|rule| rule.id == id) || self.own.iter().any(|rule| rule.id == id) {
            return Ok(());
        }
        Err(format!("there is no rule called `{id}`; `layercake rules` lists them"))
    }

    /// True unless the rule is switched off.
    pub(in crate::advice) fn is_on(&self, id: &str) -> bool {
        !self.off.contains(id)
    }
}
