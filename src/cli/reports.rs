//! Writes the reports that the arguments ask for, each to its place.

use std::io::{IsTerminal, Write};
use std::path::Path;

use super::args::{Colour, ReportArgs};
use super::exit::Exit;
use super::output;
use crate::error::{Error, Result};
use crate::policy::Verdict;
use crate::report::{Format, Input, Options, format_named, write_verdict};

/// Widest text report: longer lines are hard to follow.
const WIDEST: usize = 160;
/// Columns where there is no terminal.
const NARROW: usize = 80;

/// What is written, and where; no file stands for standard output.
pub(super) struct Reports<'a> {
    list: Vec<(&'static Format, Option<&'a Path>)>,
    top: Option<usize>,
    colour: Colour,
}

impl<'a> Reports<'a> {
    /// Reads what the arguments ask for: the text report on standard output where they ask for none.
    ///
    /// # Errors
    /// When two reports would go to one place.
    pub(super) fn new(arguments: &'a ReportArgs) -> Result<Self> {
        let file = |path: &'a Path| Some(path).filter(|path| path.as_os_str() != "-");
        let named =
            |name| format_named(name).ok_or_else(|| Error::because(format!("there is no format `{name}`")));
        let ReportArgs { format, json, output, more, top, color } = arguments;
        let mut list: Vec<_> = more.iter().map(|(format, path)| (*format, file(path))).collect();
        if let Some(path) = json {
            list.push((named("json")?, file(path)));
        } else if format.is_some() || output.is_some() || more.is_empty() {
            let format = format.map_or_else(|| named("text"), Ok)?;
            list.push((format, output.as_deref().and_then(file)));
        }
        for (at, (_, place)) in list.iter().enumerate() {
            if list[..at].iter().any(|(_, other)| other == place) {
                let place = place.map_or_else(|| "standard output".into(), |path| path.display().to_string());
                return Err(Error::because(format!("two reports would be written to {place}"))
                    .hint("give each its own file: --report FORMAT=FILE"));
            }
        }
        Ok(Self { list, top: *top, colour: *color })
    }

    /// Refuses to write over the image itself, or into a directory that is the image.
    ///
    /// # Errors
    /// When a report would go there.
    pub(super) fn spare(&self, image: &Path) -> Result<()> {
        let Ok(image) = image.canonicalize() else { return Ok(()) };
        for path in self.list.iter().filter_map(|(_, path)| *path) {
            let target = output::target(path);
            let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new(".")).canonicalize().unwrap_or_default();
            let full = target.file_name().map_or_else(|| folder.clone(), |name| folder.join(name));
            if full.starts_with(&image) {
                let why = format!("the report would be written over the image, {}", path.display());
                return Err(Error::because(why).hint("name another file"));
            }
        }
        Ok(())
    }

    /// Writes them, and says how the program ends.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(super) fn write(&self, input: &Input<'_>) -> Result<Exit> {
        for (format, place) in &self.list {
            let to_terminal = place.is_none() && std::io::stdout().is_terminal();
            let options = options(self.colour, to_terminal, self.top);
            let write = |out: &mut dyn Write| format.write(out, input, &options);
            match place {
                None => output::to_stdout(write)?,
                Some(path) => output::to_file(path, write)?,
            }
        }
        let Some(verdict) = input.verdict else { return Ok(Exit::Done) };
        if !self.list.iter().any(|(format, place)| place.is_none() && format.shows_verdict) {
            tell(verdict);
        }
        Ok(if verdict.passed { Exit::Done } else { Exit::GateFailed })
    }
}

/// Says on standard error how the gates ended, where no report on standard output shows it: a log should tell why
/// a build failed.
pub(super) fn tell(verdict: &Verdict) {
    let mut text = Vec::new();
    if write_verdict(&mut text, verdict, NARROW).is_ok() {
        // when standard error is closed, nobody can be told
        _ = std::io::stderr().write_all(&text);
    }
}

/// How a report is laid out, on a terminal or elsewhere.
pub(super) fn options(colour: Colour, to_terminal: bool, top: Option<usize>) -> Options {
    Options {
        width: if to_terminal { width() } else { NARROW },
        colour: is_coloured(colour, to_terminal),
        top,
    }
}

fn width() -> usize {
    terminal_size::terminal_size().map_or(NARROW, |(width, _)| usize::from(width.0).min(WIDEST))
}

/// Whether to use colours, on a terminal or elsewhere.
pub(super) fn is_coloured(colour: Colour, to_terminal: bool) -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => to_terminal && !unwanted,
    }
}
