//! The one error type of the library: what was being read, where in it, why it failed, what to try.
//!
//! Errors are shown to people as one sentence, so every part has to be worded to fit the sentence of [`Problem`].
//! Nothing from the image reaches the terminal raw: the sentence is escaped when it is formatted.

use std::fmt;
use std::io;

use crate::text;

/// The result of anything that reads an image.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an image could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something is wrong with the input or with the request.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// The user stopped the program.
    #[error("interrupted")]
    Interrupted,
}

/// One failure, in the four parts that its sentence is made of.
#[derive(Default, Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What was being read: a file, a directory, standard input.
    pub what: String,
    /// The member, blob or field in it, if that is known.
    pub place: Option<String>,
    /// Why it failed.
    pub why: String,
    /// What the user can do next.
    pub hint: Option<String>,
    /// What each of several that were tried said, one line each.
    pub details: Vec<String>,
}

impl Error {
    /// A failure of which only the reason is known yet.
    pub fn because(why: impl Into<String>) -> Self {
        Self::Problem(Box::new(Problem { why: why.into(), ..Problem::default() }))
    }

    /// An I/O failure, in the words of the operating system.
    pub fn io(error: &io::Error) -> Self {
        Self::because(describe_io(error))
    }

    /// Names what was being read, unless an inner caller already did.
    #[must_use]
    pub fn reading(mut self, what: impl Into<String>) -> Self {
        if let Self::Problem(problem) = &mut self
            && problem.what.is_empty()
        {
            problem.what = what.into();
        }
        self
    }

    /// Names the place inside it, unless an inner caller already did.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        if let Self::Problem(problem) = &mut self {
            problem.place.get_or_insert_with(|| place.into());
        }
        self
    }

    /// Puts the name of what encloses the place in front of it.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        if let Self::Problem(problem) = &mut self {
            problem.place = Some(match problem.place.take() {
                Some(place) => format!("{outer}: {place}"),
                None => outer.to_owned(),
            });
        }
        self
    }

    /// Adds what each of several that were tried said: one line each, after the sentence.
    #[must_use]
    pub fn details(mut self, lines: Vec<String>) -> Self {
        if let Self::Problem(problem) = &mut self {
            problem.details = lines;
        }
        self
    }

    /// Says what to try, unless an inner caller already did.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Problem(problem) = &mut self {
            problem.hint.get_or_insert_with(|| hint.into());
        }
        self
    }
}

/// Longest part that is shown, in characters; the rest is cut.
const LONGEST_PART: usize = 400;

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |text: &str| text::line(text.as_bytes(), LONGEST_PART);
        if !self.what.is_empty() {
            write!(f, "cannot read {}: ", part(&self.what))?;
        }
        if let Some(place) = &self.place {
            write!(f, "{}: ", part(place))?;
        }
        write!(f, "{}", part(&self.why))?;
        if let Some(hint) = &self.hint {
            write!(f, "; {}", part(hint))?;
        }
        for detail in &self.details {
            write!(f, "\n  {}", part(detail))?;
        }
        Ok(())
    }
}

/// The operating system's reason in plain words, without its error number.
pub fn describe_io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::UnexpectedEof => "it ends too early".into(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_has_all_four_parts_in_order() {
        let error = Error::because("the gzip stream ends too early")
            .at("blobs/sha256/ab")
            .reading("app.tar")
            .hint("save the image again");
        assert_eq!(
            error.to_string(),
            "cannot read app.tar: blobs/sha256/ab: the gzip stream ends too early; save the image again"
        );
    }

    #[test]
    fn the_innermost_caller_names_the_place() {
        let error = Error::because("x").at("inner").at("outer").reading("a").reading("b");
        assert_eq!(error.to_string(), "cannot read a: inner: x");
    }

    #[test]
    fn names_from_the_input_cannot_steer_the_terminal() {
        let error = Error::because("no blob").at("evil\u{1b}[2Jname");
        assert_eq!(error.to_string(), "evil\\x1b[2Jname: no blob");
    }
}
