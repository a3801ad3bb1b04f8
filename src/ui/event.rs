//! What happens to the UI, and what it wants done. `update` turns one into the other and does nothing else.

use std::path::PathBuf;
use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseEvent};

use super::data::Data;
use super::request::{Allow, Change, Offered};
use super::tree::{Matches, Pattern};
use crate::error::Result;
use crate::image::{EntryId, PathId};

/// Something happened.
pub(super) enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    Resize(u16, u16),
    /// Parts and their bytes are known: the names and lengths of what is read.
    Begun(Vec<(String, u64)>),
    /// Time passed while an image loads: the bytes read of each part.
    Tick(Vec<u64>),
    /// The image is there, or could not be read.
    Loaded(Result<Vec<Arc<Data>>>),
    /// A filter's answer.
    Matches {
        tab: usize,
        turn: u64,
        found: Matches,
    },
    /// A file's body, and whether it is longer than what was read.
    Body {
        entry: EntryId,
        body: std::result::Result<Vec<u8>, String>,
        is_cut: bool,
    },
    /// Background work has ended; this is what to say.
    Done(String),
    /// What could be opened.
    Choices(Result<Vec<Offered>>),
    /// A change that is to be shown before it is made.
    Change(std::result::Result<Change, String>),
    /// What slimming would do.
    Slim(std::result::Result<String, String>),
    /// A signal asks the program to end.
    Stop(i32),
    /// The terminal's stop signal.
    Suspend,
}

/// Work for the world outside.
#[derive(Debug, Clone)]
pub(super) enum Effect {
    /// Find the paths of a pattern.
    Find { tab: usize, turn: u64, pattern: Pattern },
    /// Read a file's body.
    Body { entry: EntryId, limit: u64 },
    /// Write these entries below a directory.
    Extract { paths: Vec<(PathId, Option<EntryId>)>, into: PathBuf },
    /// Write a report of the format with this number.
    Export { format: usize, into: PathBuf },
    /// Write a text to a file that is not there yet.
    Save { text: String, into: PathBuf },
    /// Find out what could be opened.
    Choices,
    /// Open one of these, by its number; none: read the open image again.
    Load(Option<usize>),
    /// Compare what is open with an older image, which a person names like this.
    Compare(String),
    /// Find out what a change to the configuration would be.
    Plan(Allow),
    /// Find out how the fixes of these rules change the Dockerfile; of no rule: those of all likely findings.
    Fix(Vec<String>),
    /// Make the change.
    Make(Change),
    /// Find out what slimming would do.
    PlanSlim,
    /// Write the slimmer image.
    Slim(PathBuf),
    /// Give a text to the clipboard.
    Copy(String),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Back to the shell.
    Suspend,
}

/// How the UI ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The user quit.
    Quit,
    /// The user quit while the image was still loading.
    Cancelled,
    /// A signal asked for the end: its number.
    Signal(i32),
}
