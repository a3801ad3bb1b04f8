//! The state of the UI: loading or browsing, and any popup.

use std::sync::Arc;

use ratatui::layout::Size;

use super::Options;
use super::browser::Browser;
use super::chooser::Chooser;
use super::confirm::Confirm;
use super::data::Data;
use super::event::Outcome;
use super::list::List;
use super::loading::Loading;
use super::look::Look;
use super::prompt::Prompt;
use super::theme::ThemeName;
use super::viewer::Viewer;
use crate::error::Error;

/// Everything that a frame is drawn from.
pub(super) struct Model {
    pub(super) size: Size,
    pub(super) theme: ThemeName,
    /// The user changed the theme, so it is saved.
    pub(super) theme_is_chosen: bool,
    pub(super) no_color: bool,
    pub(super) mouse: bool,
    /// How the first image is shown.
    pub(super) look: Look,
    /// The message in the footer until the next key.
    pub(super) message: Option<String>,
    pub(super) stage: Stage,
    /// All images that were loaded together.
    pub(super) images: Vec<Arc<Data>>,
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
    /// A list to choose from.
    Chooser(Chooser),
    /// A line of text is asked for.
    Prompt(Prompt),
    /// A change is shown before it is made.
    Confirm(Confirm),
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
            theme: options.theme.unwrap_or_default(),
            theme_is_chosen: false,
            no_color: options.no_color,
            mouse: !options.no_mouse,
            look: Look::default(),
            message: None,
            stage: Stage::Loading(Loading::new(name)),
            images: Vec::new(),
            overlay: None,
            exit: None,
        }
    }

    /// How things are shown now.
    pub(super) fn look(&self) -> Look {
        match &self.stage {
            Stage::Browser(main) => main.look,
            Stage::Loading(_) => self.look,
        }
    }

    /// Browses the images that were loaded: the one that is open already, else the first.
    pub(super) fn show(&mut self, images: Vec<Arc<Data>>) {
        if images.is_empty() {
            self.exit = Some(Exit::Failed(Error::because("there is no image to show")));
            return;
        }
        self.images = images;
        // the same image as before
        let shown = match &self.stage {
            Stage::Browser(main) => {
                let name = &main.data.image.about.reference;
                self.images.iter().position(|data| data.image.about.reference == *name)
            }
            Stage::Loading(_) => None,
        };
        self.browse(shown.unwrap_or(0));
    }

    /// Browses one of the loaded images, at the same place if it has it.
    pub(super) fn browse(&mut self, number: usize) {
        let Some(data) = self.images.get(number).cloned() else { return };
        let size = self.size;
        match &mut self.stage {
            Stage::Browser(main) => {
                let (here, look) = (main.here(size), main.look);
                let is_first_comparison = data.older.is_some() && main.data.older.is_none();
                **main = Browser::new(data, look);
                if !is_first_comparison {
                    main.back_to(size, &here);
                }
            }
            Stage::Loading(_) => self.stage = Stage::Browser(Box::new(Browser::new(data, self.look))),
        }
    }
}
