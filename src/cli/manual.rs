//! Completions and the manual page, made from the arguments.

use std::io;

use clap_complete::Shell;

use super::exit::Exit;
use super::{command, output};
use crate::error::{Error, Result};

/// Prints completions for `shell`.
pub(super) fn completions(shell: Shell) -> Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command(), "layercake", &mut text);
    print(&text)
}

/// Prints the manual page.
pub(super) fn man() -> Result<Exit> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command()).render(&mut text).map_err(|error: io::Error| Error::io(&error))?;
    print(&text)
}

fn print(text: &[u8]) -> Result<Exit> {
    output::to_stdout(|out| out.write_all(text))?;
    Ok(Exit::Done)
}
