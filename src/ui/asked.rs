//! What the tabs ask of the shell around them.

use super::chooser::Chooser;
use super::event::Effect;
use super::prompt::Prompt;
use super::viewer::Viewer;

/// What the tabs asked of the shell around them.
pub(super) enum Asked {
    Nothing,
    Say(String),
    Effects(Vec<Effect>),
    View(Box<Viewer>, Vec<Effect>),
    Prompt(Prompt),
    Choose(Chooser),
}
