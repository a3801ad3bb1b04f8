//! The vocabulary of the key table: actions, and the scopes in which keys work.

use crossterm::event::{KeyCode, KeyModifiers};

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
    OnlyWasted,
    Mark,
    NextMatch,
    PreviousMatch,
    Parent,
    Findings,
    WastedHere,
    ToLayer,
    History,
    Palette,
    Columns,
    Reload,
    OpenOther,
    CompareWith,
    Export,
    AllowFinding,
    SaveFix,
    Slim,
    Fix,
    Search,
    Related,
    Exact,
    Wider,
    Narrower,
    Compare,
    Fold,
    Style,
    ZoomIn,
    ZoomOut,
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
    /// Lists whose rows can be marked.
    Marks,
    /// Lists whose rows belong to a layer.
    Caused,
    /// The wasted and the largest tab: a list or a tree, bars or a map.
    Styled,
    /// The map of the largest tab.
    Map,
    /// The advice tab.
    Advice,
    /// The image tab.
    Image,
    /// The file viewer.
    Viewer,
}

impl Scope {
    /// Every scope with its heading.
    pub(super) const ALL: [(Self, &'static str); 12] = [
        (Self::Global, "Everywhere"),
        (Self::List, "Lists"),
        (Self::Tree, "File trees"),
        (Self::Layers, "Layers tab"),
        (Self::LayerList, "Layer list"),
        (Self::Marks, "Lists with marks"),
        (Self::Caused, "Rows that a layer caused"),
        (Self::Styled, "Wasted, Largest and Shared tabs"),
        (Self::Map, "Map of the Largest tab"),
        (Self::Advice, "Advice tab"),
        (Self::Image, "Image tab"),
        (Self::Viewer, "File viewer"),
    ];
}

/// A key: what the terminal sends for it.
pub(super) type Key = (KeyModifiers, KeyCode);

/// One row of the table.
pub(super) struct Binding {
    pub(super) keys: &'static [Key],
    /// The keys as they are shown.
    pub(super) shown: &'static str,
    pub(super) action: Action,
    pub(super) scope: Scope,
    /// One or two words for the footer; empty leaves it out.
    pub(super) label: &'static str,
    /// A sentence for the help.
    pub(super) help: &'static str,
}

/// A key alone.
pub(super) const fn key(code: KeyCode) -> Key {
    (KeyModifiers::NONE, code)
}

/// A letter; a capital implies Shift.
pub(super) const fn letter(c: char) -> Key {
    key(KeyCode::Char(c))
}

/// A letter with Ctrl.
pub(super) const fn ctrl(c: char) -> Key {
    (KeyModifiers::CONTROL, KeyCode::Char(c))
}

/// A row of the table.
pub(super) const fn row(
    keys: &'static [Key],
    shown: &'static str,
    action: Action,
    scope: Scope,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding { keys, shown, action, scope, label, help }
}
