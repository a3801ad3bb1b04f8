//! The one table of keys. It drives the dispatch, the footer, the help overlay, the manual page and the
//! README, so none of them can tell a key that does something else.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key makes the UI do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    Top,
    Bottom,
    Open,
    Close,
    Tab(u8),
    NextTab,
    PreviousTab,
    NextPane,
    PreviousLayer,
    NextLayer,
    Filter,
    Sort,
    Merged,
    Added,
    Modified,
    Removed,
    ExpandAll,
    CollapseAll,
    NextMatch,
    PreviousMatch,
    Parent,
    Compare,
    Fold,
    Style,
    View,
    Hex,
    Wrap,
    Extract,
    Copy,
    Mouse,
    Theme,
    Help,
    Suspend,
    Quit,
}

/// Where a key means something. A pane names the scopes it is in, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// Everywhere.
    Global,
    /// Every list.
    List,
    /// A tree of files.
    Tree,
    /// The layers tab.
    Layers,
    /// The list of layers.
    LayerList,
    /// The wasted and the largest tab: a list or a tree, bars or a map.
    Styled,
    /// The advice tab.
    Advice,
    /// The file viewer.
    Viewer,
}

impl Scope {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Global, "Everywhere"),
        (Self::List, "Lists"),
        (Self::Tree, "File trees"),
        (Self::Layers, "Layers tab"),
        (Self::LayerList, "Layer list"),
        (Self::Styled, "Wasted and Largest tabs"),
        (Self::Advice, "Advice tab"),
        (Self::Viewer, "File viewer"),
    ];
}

/// A key: what the terminal sends for it.
type Key = (KeyModifiers, KeyCode);

/// One row of the table.
pub(super) struct Binding {
    keys: &'static [Key],
    /// The keys as they are shown.
    pub(super) shown: &'static str,
    pub(super) action: Action,
    pub(super) scope: Scope,
    /// One or two words for the footer; empty keeps it out of there.
    pub(super) label: &'static str,
    /// A sentence for the help.
    pub(super) help: &'static str,
}

const fn key(code: KeyCode) -> Key {
    (KeyModifiers::NONE, code)
}

const fn letter(c: char) -> Key {
    key(KeyCode::Char(c))
}

const fn ctrl(c: char) -> Key {
    (KeyModifiers::CONTROL, KeyCode::Char(c))
}

const fn row(
    keys: &'static [Key],
    shown: &'static str,
    action: Action,
    scope: Scope,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding { keys, shown, action, scope, label, help }
}

use Action as A;
use KeyCode as K;
use Scope as S;

/// The table. Rows of one scope stay together, in the order in which the help shows them.
pub(super) static BINDINGS: &[Binding] = &[
    row(&[letter('1')], "1", A::Tab(0), S::Global, "", "Layers: what each layer changed"),
    row(&[letter('2')], "2", A::Tab(1), S::Global, "", "Wasted: bytes that nobody can see"),
    row(&[letter('3')], "3", A::Tab(2), S::Global, "", "Advice: what to change in the Dockerfile"),
    row(
        &[letter('4')],
        "4",
        A::Tab(3),
        S::Global,
        "",
        "Largest: where the bytes of the final file system are",
    ),
    row(&[letter('5')], "5", A::Tab(4), S::Global, "", "Image: configuration, history, digests, totals"),
    row(&[letter('>'), letter('.')], ">", A::NextTab, S::Global, "", "next tab"),
    row(&[letter('<'), letter(',')], "<", A::PreviousTab, S::Global, "", "previous tab"),
    row(&[key(K::Tab), key(K::BackTab)], "Tab", A::NextPane, S::Global, "pane", "the other pane of the tab"),
    row(
        &[letter('/')],
        "/",
        A::Filter,
        S::Global,
        "filter",
        "filter as you type: text, a glob (*?[), or re: and a regular expression",
    ),
    row(&[letter('n')], "n", A::NextMatch, S::Global, "", "next match of the filter"),
    row(&[letter('N')], "N", A::PreviousMatch, S::Global, "", "previous match of the filter"),
    row(
        &[letter('v'), key(K::F(3))],
        "v",
        A::View,
        S::Global,
        "view",
        "look into the selected file, or read a finding in full",
    ),
    row(&[letter('x')], "x", A::Extract, S::Global, "", "write the selected file or directory to the disk"),
    row(
        &[letter('y')],
        "y",
        A::Copy,
        S::Global,
        "copy",
        "copy the path, the command or the fix to the clipboard",
    ),
    row(&[letter('m')], "m", A::Mouse, S::Global, "", "mouse on or off (off: the terminal selects text)"),
    row(&[letter('T')], "T", A::Theme, S::Global, "", "next theme"),
    row(&[letter('?'), key(K::F(1))], "?", A::Help, S::Global, "", "this help"),
    row(&[key(K::Esc)], "Esc", A::Close, S::Global, "", "close what is on top, or go back to where one was"),
    row(&[ctrl('z')], "Ctrl-Z", A::Suspend, S::Global, "", "back to the shell; fg returns"),
    row(&[letter('q'), ctrl('c')], "q", A::Quit, S::Global, "", "quit (Ctrl-C too)"),
    row(&[key(K::Up), letter('k')], "↑ k", A::Up, S::List, "", "up"),
    row(&[key(K::Down), letter('j')], "↓ j", A::Down, S::List, "", "down"),
    row(&[key(K::PageUp), ctrl('b')], "PgUp", A::PageUp, S::List, "", "a page up"),
    row(&[key(K::PageDown), ctrl('f'), letter(' ')], "PgDn", A::PageDown, S::List, "", "a page down"),
    row(&[ctrl('u')], "Ctrl-U", A::HalfUp, S::List, "", "half a page up"),
    row(&[ctrl('d')], "Ctrl-D", A::HalfDown, S::List, "", "half a page down"),
    row(&[key(K::Home), letter('g')], "g", A::Top, S::List, "", "first row"),
    row(&[key(K::End), letter('G')], "G", A::Bottom, S::List, "", "last row"),
    row(&[key(K::Enter)], "⏎", A::Open, S::List, "open", "open it, or go to its cause"),
    row(&[key(K::Right), letter('l')], "→ l", A::Right, S::List, "", "open, or go into"),
    row(&[key(K::Left), letter('h')], "← h", A::Left, S::List, "", "close, or go out"),
    row(&[letter('s')], "s", A::Sort, S::Tree, "sort", "sort by size or by name"),
    row(
        &[letter('a'), letter('U')],
        "a",
        A::Merged,
        S::Tree,
        "all files",
        "changes only, or the merged file system",
    ),
    row(&[letter('A')], "A", A::Added, S::Tree, "", "added paths on or off"),
    row(&[letter('M')], "M", A::Modified, S::Tree, "", "modified paths on or off"),
    row(&[letter('R')], "R", A::Removed, S::Tree, "", "removed paths on or off"),
    row(&[letter('E')], "E", A::ExpandAll, S::Tree, "", "open all directories below the selected one"),
    row(&[letter('C')], "C", A::CollapseAll, S::Tree, "", "close all directories"),
    row(&[letter('p'), key(K::Backspace)], "p", A::Parent, S::Tree, "", "to the directory that it is in"),
    row(&[letter('[')], "[", A::PreviousLayer, S::Layers, "", "the layer below, from any pane"),
    row(&[letter(']')], "]", A::NextLayer, S::Layers, "layer", "the layer above, from any pane"),
    row(
        &[letter('c')],
        "c",
        A::Compare,
        S::Layers,
        "compare",
        "mark this layer, then move to compare a range of layers",
    ),
    row(&[letter('b')], "b", A::Fold, S::LayerList, "fold base", "base layers as one row or each"),
    row(&[letter('t')], "t", A::Style, S::Styled, "view as", "list or tree; bars or map"),
    row(&[letter('s')], "s", A::Sort, S::Styled, "sort", "sort by size or by name"),
    row(&[letter('w')], "w", A::Wrap, S::Viewer, "wrap", "wrap long lines or cut them"),
    row(&[letter('t')], "t", A::Hex, S::Viewer, "hex", "text or hexadecimal"),
];

/// What a key means in these scopes, the first that knows it.
pub(super) fn lookup(event: KeyEvent, scopes: &[Scope]) -> Option<Action> {
    let code = event.code;
    // a capital letter says its shift itself
    let modifiers = event.modifiers - KeyModifiers::SHIFT;
    scopes.iter().find_map(|scope| {
        BINDINGS
            .iter()
            .find(|binding| binding.scope == *scope && binding.keys.contains(&(modifiers, code)))
            .map(|binding| binding.action)
    })
}

/// The rows for the footer of these scopes: (key, label).
pub(super) fn footer(
    scopes: &[Scope],
    offers: impl Fn(Action) -> bool,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let in_scope = |scope: &Scope| {
        let scope = *scope;
        BINDINGS.iter().filter(move |binding| binding.scope == scope && !binding.label.is_empty())
    };
    let bindings = scopes.iter().flat_map(in_scope);
    bindings.filter(move |binding| offers(binding.action)).map(|binding| (binding.shown, binding.label))
}

/// All keys by where they work: (heading, rows of key and sentence). The help overlay, the manual page and
/// the README are made of this.
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

    use super::*;

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
        let t = KeyEvent::new(K::Char('t'), KeyModifiers::NONE);
        assert_eq!(lookup(t, &[S::Viewer, S::Styled]), Some(A::Hex));
        assert_eq!(lookup(t, &[S::Styled, S::Viewer]), Some(A::Style));
        let capital = KeyEvent::new(K::Char('E'), KeyModifiers::SHIFT);
        assert_eq!(lookup(capital, &[S::Global, S::Tree]), Some(A::ExpandAll));
    }
}
