//! The one table of keys. It drives the dispatch, the footer, the help overlay, the manual page and the
//! README, so none of them can disagree with what a key does.

use crossterm::event::{KeyEvent, KeyModifiers};

use super::action::Binding;
pub(super) use super::action::{Action, Scope};
use super::bindings::BINDINGS;

/// What a key means in the first of these scopes that binds it.
pub(super) fn lookup(event: KeyEvent, scopes: &[Scope]) -> Option<Action> {
    let code = event.code;
    // a capital letter implies Shift
    let modifiers = event.modifiers - KeyModifiers::SHIFT;
    scopes.iter().find_map(|scope| {
        BINDINGS
            .iter()
            .find(|binding| binding.scope == *scope && binding.keys.contains(&(modifiers, code)))
            .map(|binding| binding.action)
    })
}

/// What the footer names first when there is no room for everything.
const FIRST: [Action; 12] = [
    Action::Open,
    Action::Fix,
    Action::Filter,
    Action::Merged,
    Action::Style,
    Action::Findings,
    Action::WastedHere,
    Action::ToLayer,
    Action::Sort,
    Action::View,
    Action::Extract,
    Action::Copy,
];

/// The rows for the footer of these scopes: (key, label).
pub(super) fn footer(
    scopes: &[Scope],
    offers: impl Fn(Action) -> bool,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let in_scope = |scope: &Scope| {
        let scope = *scope;
        BINDINGS.iter().filter(move |binding| binding.scope == scope && !binding.label.is_empty())
    };
    let bindings: Vec<&Binding> = scopes.iter().flat_map(in_scope).collect();
    // a key of a closer scope hides the same key of a wider one
    let is_hidden = |at: usize| {
        bindings[..at].iter().any(|closer| closer.keys.iter().any(|key| bindings[at].keys.contains(key)))
    };
    let mut seen: Vec<&Binding> =
        (0..bindings.len()).filter(|at| !is_hidden(*at)).map(|at| bindings[at]).collect();
    let rank = |action: Action| FIRST.iter().position(|first| *first == action).unwrap_or(FIRST.len());
    seen.sort_by_key(|binding| rank(binding.action));
    seen.into_iter()
        .filter(move |binding| offers(binding.action))
        .map(|binding| (binding.shown, binding.label))
}

/// What can be done in these scopes: the action, what it does, its key. Moving the cursor is left out.
pub(super) fn actions(scopes: &[Scope]) -> impl Iterator<Item = (Action, &'static str, &'static str)> {
    let in_scope = |scope: &Scope| {
        let scope = *scope;
        BINDINGS.iter().filter(move |binding| binding.scope == scope && scope != Scope::List)
    };
    let bindings = scopes.iter().flat_map(in_scope).filter(|binding| binding.action != Action::Palette);
    bindings.map(|binding| (binding.action, binding.help, binding.shown))
}

/// All keys by where they work: (heading, rows of key and sentence). The help overlay, the manual page and
/// the README are generated from this.
pub fn key_table() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let rows = |scope: Scope| {
        BINDINGS.iter().filter(|row| row.scope == scope).map(|row| (row.shown, row.help)).collect()
    };
    Scope::ALL.into_iter().map(|(scope, heading)| (heading, rows(scope))).filter(has_rows).collect()
}

fn has_rows((_, rows): &(&str, Vec<(&str, &str)>)) -> bool {
    !rows.is_empty()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crossterm::event::KeyCode;

    use super::*;
    use crate::ui::action::ctrl;

    #[test]
    fn no_key_stands_twice_in_a_scope() {
        let mut seen = HashSet::new();
        for binding in BINDINGS {
            for key in binding.keys {
                assert!(seen.insert((binding.scope, *key)), "{} twice", binding.shown);
            }
        }
    }

    #[test]
    fn keys_that_terminals_confuse_are_not_bound() {
        for binding in BINDINGS {
            for c in ['m', 'i', 'h', 'j'] {
                assert!(!binding.keys.contains(&ctrl(c)), "{}", binding.help);
            }
        }
    }

    #[test]
    fn every_scope_has_its_heading() {
        let rows: usize = key_table().iter().map(|(_, rows)| rows.len()).sum();
        assert_eq!(rows, BINDINGS.len());
    }

    #[test]
    fn the_closest_scope_wins_and_shift_is_part_of_the_letter() {
        let t = KeyEvent::new(KeyCode::Char('t'), KeyModifiers::NONE);
        assert_eq!(lookup(t, &[Scope::Viewer, Scope::Styled]), Some(Action::Hex));
        assert_eq!(lookup(t, &[Scope::Styled, Scope::Viewer]), Some(Action::Style));
        let capital = KeyEvent::new(KeyCode::Char('E'), KeyModifiers::SHIFT);
        assert_eq!(lookup(capital, &[Scope::Global, Scope::Tree]), Some(Action::ExpandAll));
    }
}
