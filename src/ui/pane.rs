//! A tab takes actions, keeps its own state, and can be drawn.
//!
//! The shell knows tabs only through this trait; what a tab wants from another tab or from outside
//! it returns as a [`Reply`].

use std::ops::RangeInclusive;

use ratatui::layout::{Position, Rect};

use super::data::Data;
use super::keymap::{Action, Scope};
use super::look::{Look, Sort};
use super::request::Allow;
use super::text::Painter;
use super::tree::Filter;
use super::viewer::Page;
use crate::image::PathId;
use crate::overlay::Slot;

/// What a tab may look at: the data, how things are to be shown, and the area that it is drawn in.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) data: &'a Data,
    pub(super) body: Rect,
    pub(super) look: Look,
    /// The tab's own order.
    pub(super) sort: Sort,
}

/// What a tab wants done.
#[derive(Debug)]
pub(super) enum Reply {
    /// Go to a path in the layers tab: in this layer, as its changes.
    Goto { layer: usize, path: PathId },
    /// Go to a layer.
    Layer(usize),
    /// Show the findings that name one of these layers.
    Findings(RangeInclusive<usize>),
    /// Show what of these layers is wasted.
    WastedOf(RangeInclusive<usize>),
    /// Show another of the images that were opened together.
    Show(usize),
    /// Look into the selected file.
    View,
    /// Say something in the footer.
    Say(String),
}

/// How much a tab shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Rows, or paths of a tree, that are shown.
    pub(super) shown: u64,
    /// Those that would be shown without the filter.
    pub(super) all: u64,
    /// Bytes of those that are shown.
    pub(super) bytes: u64,
    /// Files among them.
    pub(super) files: u64,
}

/// What would be written to the disk.
pub(super) struct Extracted {
    /// The selected path, or the root for all of it.
    pub(super) path: PathId,
    /// Which state of it, in words.
    pub(super) what: String,
    /// The paths, in order, with what stands there.
    pub(super) slots: Vec<(PathId, Slot)>,
}

/// One tab.
pub(super) trait Pane {
    /// Its name.
    fn name(&self) -> &'static str;
    /// A number to show beside the name.
    fn badge(&self, _data: &Data) -> String {
        String::new()
    }
    /// Where its keys are found, the closest scope first.
    fn scopes(&self) -> &'static [Scope];
    /// The orders it offers now, the default first. Empty: it cannot be sorted.
    fn sorts(&self) -> &'static [Sort] {
        &[]
    }
    /// False for an action of its scopes that does nothing here, so the footer omits it.
    fn offers(&self, _action: Action) -> bool {
        true
    }
    /// Performs an action.
    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply>;
    /// Closes its topmost thing; false when nothing is open.
    fn close(&mut self, _cx: Context<'_>) -> bool {
        false
    }
    /// Adopts the order of the context and fits cursors and windows to the area. Called after every
    /// event.
    fn settle(&mut self, context: Context<'_>);
    /// Draws it.
    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>);
    /// A click; the second one on the selected row opens it.
    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply>;
    /// Scrolls by `rows`.
    fn wheel(&mut self, context: Context<'_>, at: Position, rows: isize);
    /// Its filter, if it has one.
    fn filter(&mut self) -> Option<&mut Filter> {
        None
    }
    /// The filter again, for drawing.
    fn filter_shown(&self) -> Option<&Filter> {
        None
    }
    /// The filter shows other paths now.
    fn refilter(&mut self, _cx: Context<'_>) {}
    /// The filter was confirmed with Enter: the list takes the focus.
    fn filter_kept(&mut self) {}
    /// How much it shows.
    fn count(&self, _cx: Context<'_>) -> Option<Count> {
        None
    }
    /// Where else the filter matches, when it matches nothing here.
    fn elsewhere(&self) -> Option<String> {
        None
    }
    /// The selected path.
    fn selected(&self, _cx: Context<'_>) -> Option<PathId> {
        None
    }
    /// What `v` shows instead of the selected file.
    fn page(&self, _cx: Context<'_>) -> Option<Page> {
        None
    }
    /// What stands at a path in the file system that it shows.
    fn slot(&self, _cx: Context<'_>, _path: PathId) -> Option<Slot> {
        None
    }
    /// What `x` writes: the selected path with all below it, as it is shown.
    fn extracted(&self, context: Context<'_>) -> Option<Extracted> {
        let path = self.selected(context)?;
        let range = (path.0..context.data.image.paths.end(path).0).map(PathId);
        let slots = range.filter_map(|path| Some((path, self.slot(context, path)?))).collect();
        Some(Extracted { path, what: "as in the final file system".into(), slots })
    }
    /// What `y` copies.
    fn copied(&self, context: Context<'_>) -> Option<String> {
        Some(context.data.path_text(self.selected(context)?, false))
    }
    /// The ways in which the selected finding can be allowed.
    fn allowed(&self, _cx: Context<'_>) -> Vec<Allow> {
        Vec::new()
    }
    /// The rules of the marked findings.
    fn marked_rules(&self, _cx: Context<'_>) -> Vec<String> {
        Vec::new()
    }
    /// The layer that it shows.
    fn layer(&self, _cx: Context<'_>) -> Option<usize> {
        None
    }
    /// Shows a path as a layer left it.
    fn goto(&mut self, _cx: Context<'_>, _layer: usize, _path: PathId) {}
    /// Shows a layer.
    fn goto_layer(&mut self, _cx: Context<'_>, _layer: usize) {}
    /// Shows only what is about these layers, or everything again.
    fn narrow(&mut self, _cx: Context<'_>, _layers: Option<RangeInclusive<usize>>) {}
    /// A few words for the right end of the footer.
    fn note(&self, _cx: Context<'_>) -> String {
        String::new()
    }
}
