//! Requests from the tabs to the shell around them.

use super::chooser::Chooser;
use super::event::Effect;
use super::prompt::Prompt;
use super::viewer::Viewer;

/// A request from a tab to the shell.
pub(super) enum Asked {
    Nothing,
    Say(String),
    /// Show another of the images that were opened together, at its layers.
    Show(usize),
    Effects(Vec<Effect>),
    View(Box<Viewer>, Vec<Effect>),
    Prompt(Prompt),
    Choose(Chooser),
}
