//! The terminal UI, in the style of Elm: an event comes in, `update` changes the model and names effects,
//! the frame is drawn from the model, which drawing cannot change.
//!
//! Only [`terminal`] and [`runtime`] touch the terminal and threads. Everything else runs without them:
//! [`Headless`] is the UI on a buffer, for tests, benchmarks and the screenshots of the README.
//! Keys stand in one table ([`keymap`]), colours in another ([`theme`]); each tab is a [`pane::Pane`] in a
//! file of its own, and the tree of files ([`tree`]) knows no terminal. The UI never sees tars, files or
//! sockets: an image comes from a [`Request`], and bodies of files from the reader in [`Shown`].

mod action;
mod asked;
mod background;
mod bindings;
mod browser;
mod chooser;
mod choosing;
mod clipboard;
mod confirm;
mod data;
mod describe;
mod event;
mod extract;
mod files;
mod finder;
mod fixing;
mod footer;
mod hangup;
mod headless;
mod help;
mod history;
mod hub;
mod input;
mod keymap;
mod labels;
mod layout;
mod list;
mod loading;
mod look;
mod model;
mod pane;
mod panes;
mod progress;
mod prompt;
mod remembered;
mod request;
mod runtime;
#[cfg(test)]
mod sample;
mod screen;
mod slimming;
mod spawn;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod tree;
mod update;
mod view;
mod viewer;

pub use data::{Against, Among, Shown, Together};
pub use event::Outcome;
pub use headless::{Headless, split_keys};
pub use keymap::key_table;
pub use request::{
    Allow, Change, Choices, DryRun, Load, Offered, Planner, Request, Slimmer, Wanted, WriteSlim,
};
pub use runtime::run;
pub use theme::ThemeName;

/// How to show it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The colours; none: those used last.
    pub theme: Option<ThemeName>,
    /// No colours at all, only bold, dim and reverse (`NO_COLOR`).
    pub no_color: bool,
    /// Leave the mouse to the terminal from the start.
    pub no_mouse: bool,
}
