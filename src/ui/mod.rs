//! The terminal UI, in the style of Elm: an event comes in, `update` changes the model and names effects,
//! the frame is drawn from the model, which drawing cannot change.
//!
//! Only [`terminal`] and [`runtime`] touch the terminal and threads. Everything else runs without them:
//! [`Headless`] is the UI on a buffer, for tests, benchmarks and the screenshots of the README.
//! Keys stand in one table ([`keymap`]), colours in another ([`theme`]); each tab is a [`pane::Pane`] in a
//! file of its own, and the tree of files ([`tree`]) knows no terminal. The UI never sees tars, files or
//! sockets: an image comes from a [`Request`], and bodies of files from the reader in [`Shown`].

mod browser;
mod clipboard;
mod data;
mod describe;
mod event;
mod extract;
mod finder;
mod hangup;
mod headless;
mod help;
mod input;
mod keymap;
mod layout;
mod list;
mod loading;
mod model;
mod pane;
mod panes;
mod progress;
mod runtime;
#[cfg(test)]
mod sample;
mod screen;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod tree;
mod update;
mod view;
mod viewer;

pub use data::Shown;
pub use event::Outcome;
pub use headless::{Headless, split_keys};
pub use keymap::key_table;
pub use runtime::run;
pub use theme::ThemeName;

use crate::error::Result;
use crate::load::Progress;

/// What to load and show.
pub struct Request {
    /// What the image is called while it loads.
    pub name: String,
    /// Loads and analyses it; runs on a thread of its own.
    pub load: Load,
}

/// Loads and examines images, one so far; reports how far it is, and stops when it is told to.
pub type Load = Box<dyn FnOnce(&dyn Progress) -> Result<Vec<Shown>> + Send>;

/// How to show it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The colours.
    pub theme: ThemeName,
    /// No colours at all, only bold, dim and reverse (`NO_COLOR`).
    pub no_color: bool,
    /// Leave the mouse to the terminal from the start.
    pub no_mouse: bool,
}
