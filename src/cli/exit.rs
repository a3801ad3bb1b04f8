//! What the program tells its caller when it ends.

use std::io::Write;
use std::process::ExitCode;

use crate::error::Error;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, and all gates passed.
    Done,
    /// A gate failed.
    GateFailed,
    /// Wrong usage, or the image could not be read.
    Unreadable,
    /// Stopped by the user.
    Interrupted,
    /// The engine's build failed with this code.
    Engine(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::GateFailed => 1,
            Exit::Unreadable => 2,
            Exit::Interrupted => 130,
            Exit::Engine(code) => code,
        })
    }
}

/// Says on standard error why the program ends.
pub(super) fn tell(error: &Error) -> Exit {
    // nobody is left to tell when standard error is closed
    _ = writeln!(std::io::stderr(), "layercake: {error}");
    match error {
        Error::Interrupted => Exit::Interrupted,
        Error::Problem(_) => Exit::Unreadable,
    }
}
