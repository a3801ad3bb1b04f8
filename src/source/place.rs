//! What every kind of place can do before it is opened.

use std::fmt::Debug;
use std::path::Path;

use super::{Blobs, Progress};
use crate::error::Result;

/// A place that an image can be read from. A new kind of place is one type that implements this trait, and one
/// row in the table of schemes in `location.rs`.
pub trait Place: Debug + Send + Sync {
    /// What to call it before it is opened.
    fn name(&self) -> String;

    /// Opens it.
    ///
    /// # Errors
    /// When it is not there, or holds nothing that can be read.
    fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>>;

    /// Fetches what is needed before [`open`](Self::open), while the terminal can still show messages.
    ///
    /// # Errors
    /// When it can neither be found nor fetched.
    fn prepare(&self, _progress: &dyn Progress) -> Result<()> {
        Ok(())
    }

    /// True when it can be opened again and holds the same image then.
    fn lasts(&self) -> bool {
        true
    }

    /// True when it can be opened again. It may hold another image by then: whoever opens it again makes sure.
    fn reopens(&self) -> bool {
        self.lasts()
    }

    /// The file or directory that it is, if it is one.
    fn path(&self) -> Option<&Path> {
        None
    }
}
