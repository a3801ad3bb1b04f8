//! What the UI needs from outside: images to load, and changes to files of the project, all as
//! closures, so that the UI knows no engines, archives or configuration files.

use std::path::Path;

use super::data::Shown;
use crate::error::Result;
use crate::fix::NewFile;
use crate::load::Examination;
use crate::source::Progress;

/// What to load and show.
pub struct Request {
    /// What the image is called while it loads.
    pub name: String,
    /// Loads and examines an image: one that was offered, or what the request is about. Runs on a thread of its
    /// own, and again when the user wants to read the image again.
    pub load: Load,
    /// What else could be opened. Asked first where `chooses` says so; when it then gives fewer than two, nothing
    /// is asked of the user.
    pub choices: Option<Choices>,
    /// Let the user choose before anything is loaded.
    pub chooses: bool,
    /// Finds out how the configuration would have to change to allow a finding.
    pub allow: Option<Planner>,
    /// Writes the image again without its dead bytes.
    pub slim: Option<Slimmer>,
}

impl Request {
    /// A request that only loads.
    pub fn new(
        name: impl Into<String>,
        load: impl Fn(&Wanted, &dyn Progress) -> Result<Vec<Shown>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            load: Box::new(load),
            choices: None,
            chooses: false,
            allow: None,
            slim: None,
        }
    }
}

/// Loads and examines images, one so far; reports how far it is, and stops when it is told to.
pub type Load = Box<dyn Fn(&Wanted, &dyn Progress) -> Result<Vec<Shown>> + Send + Sync>;

/// What the user wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What was chosen of what was offered; none: what the request is about.
    pub offered: Option<Offered>,
    /// The older image to compare it with, as a person names it.
    pub older: Option<String>,
}

/// Lists what could be opened.
pub type Choices = Box<dyn Fn() -> Result<Vec<Offered>> + Send + Sync>;

/// Finds out what a change would be. The error is a sentence for the user.
pub type Planner = Box<dyn Fn(&Allow) -> std::result::Result<Change, String> + Send + Sync>;

/// Writes the image that is open once more, without its dead bytes.
pub struct Slimmer {
    /// What would go and what would stay, as text.
    pub plan: DryRun,
    /// Writes it to where the user says, and gives a sentence for the user.
    pub write: WriteSlim,
}

/// Says what slimming would do.
pub type DryRun = Box<dyn Fn(&Examination) -> String + Send + Sync>;

/// Writes a slimmer image; stops when it is told to.
pub type WriteSlim =
    Box<dyn Fn(Option<&Offered>, &Examination, &Path, &dyn Progress) -> Result<String> + Send + Sync>;

/// Something that could be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// What it is called.
    pub label: String,
    /// Where it is, or what platform it is for.
    pub note: String,
    /// What the loader needs to find it, if it is not the label.
    pub key: String,
}

/// A finding that is to be allowed: shown and counted no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allow {
    /// All findings of a rule.
    Rule(String),
    /// The bytes of these paths.
    Paths(Vec<String>),
}

/// A change to files of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is, in a few words.
    pub title: String,
    /// More about it, a line each.
    pub about: Vec<String>,
    /// The change as a unified diff.
    pub diff: String,
    /// The files with their new texts.
    pub files: Vec<NewFile>,
    /// What to do after it was made, a clause for the user.
    pub next: &'static str,
    /// The first file is not on the disk: the user is asked where to write it, and no other is written.
    pub is_new: bool,
}
