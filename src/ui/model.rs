//! The state of the UI: loading or browsing, and what lies on top.

use std::sync::Arc;

use ratatui::layout::Size;

use super::Options;
use super::browser::Browser;
use super::data::Data;
use super::event::Outcome;
use super::extract::Prompt;
use super::list::List;
use super::loading::Loading;
use super::theme::ThemeName;
use super::viewer::Viewer;
use crate::error::Error;

/// Everything that a frame is drawn from.
pub(super) struct Model {
    pub(super) size: Size,
    pub(super) theme: ThemeName,
    pub(super) no_color: bool,
    pub(super) mouse: bool,
    /// What is said in the footer until the next key.
    pub(super) message: Option<String>,
    pub(super) stage: Stage,
    pub(super) overlay: Option<Overlay>,
    /// Set when the UI is to end.
    pub(super) exit: Option<Exit>,
}

/// How far the UI is.
pub(super) enum Stage {
    Loading(Loading),
    Browser(Box<Browser>),
}

/// What lies on top of the tabs.
pub(super) enum Overlay {
    Help(List),
    Viewer(Box<Viewer>),
    Extract(Prompt),
}

/// Why the UI ends.
#[derive(Debug)]
pub(super) enum Exit {
    Ended(Outcome),
    Failed(Error),
}

impl Model {
    /// Loading, on a screen of this size.
    pub(super) fn new(name: String, size: Size, options: Options) -> Self {
        Self {
            size,
            theme: options.theme,
            no_color: options.no_color,
            mouse: !options.no_mouse,
            message: None,
            stage: Stage::Loading(Loading::new(name)),
            overlay: None,
            exit: None,
        }
    }

    /// Browsing images: the first of them so far.
    pub(super) fn show(&mut self, images: Vec<Arc<Data>>) {
        match images.into_iter().next() {
            Some(data) => self.stage = Stage::Browser(Box::new(Browser::new(data))),
            None => self.exit = Some(Exit::Failed(Error::because("there is no image to show"))),
        }
    }
}
