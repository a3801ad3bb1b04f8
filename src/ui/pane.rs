//! What every tab is: something that takes actions, keeps its own state and can be drawn.
//!
//! The shell around the tabs knows them by this trait only; what a tab wants of another one or of the
//! world it says in a [`Reply`].

use ratatui::layout::{Position, Rect};

use super::data::Data;
use super::keymap::{Action, Scope};
use super::text::Painter;
use super::tree::Filter;
use super::viewer::Page;
use crate::image::PathId;
use crate::overlay::Slot;

/// What a tab may look at: the data, and the area that it is drawn in.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) data: &'a Data,
    pub(super) body: Rect,
}

/// What a tab wants done.
#[derive(Debug)]
pub(super) enum Reply {
    /// Go to a path in the layers tab: in this layer, as its changes.
    Goto { layer: usize, path: PathId },
    /// Look into the selected file.
    View,
    /// Say something in the footer.
    Say(String),
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
    /// False for an action that its scopes have but that does nothing here: the footer leaves it out.
    fn offers(&self, _action: Action) -> bool {
        true
    }
    /// Does what an action says.
    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply>;
    /// Closes what is on top in it; false when there is nothing.
    fn close(&mut self, _cx: Context<'_>) -> bool {
        false
    }
    /// Fits the cursors and windows to the area. Called after everything that happens.
    fn settle(&mut self, context: Context<'_>);
    /// Draws it.
    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>);
    /// A click; the second one on the selected row opens it.
    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply>;
    /// The wheel was turned by so many rows.
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
    /// The selected path.
    fn selected(&self, _cx: Context<'_>) -> Option<PathId> {
        None
    }
    /// What `v` shows in the place of the selected file.
    fn page(&self, _cx: Context<'_>) -> Option<Page> {
        None
    }
    /// What stands at a path in the file system that it shows.
    fn slot(&self, _cx: Context<'_>, _path: PathId) -> Option<Slot> {
        None
    }
    /// What `y` copies.
    fn copied(&self, context: Context<'_>) -> Option<String> {
        Some(context.data.path_text(self.selected(context)?, false))
    }
    /// Shows a path as a layer left it.
    fn goto(&mut self, _cx: Context<'_>, _layer: usize, _path: PathId) {}
    /// A few words for the right end of the footer.
    fn note(&self, _cx: Context<'_>) -> String {
        String::new()
    }
}
