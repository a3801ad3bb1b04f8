//! What `--baseline` names: the JSON report of an earlier build, or an earlier image.

use std::path::Path;

use super::args::EngineArgs;
use super::request::Request;
use crate::compare::Comparison;
use crate::error::Result;
use crate::load::{self, Examination, Progress, ReadBodies};
use crate::policy::{Baseline, Config};
use crate::report::grown;

/// A baseline before an image is compared with it.
pub(super) enum Named {
    /// A report that was read.
    Report(Baseline),
    /// An image that is not loaded yet.
    Image(Box<Request>),
}

impl Named {
    /// Reads a report at once, so that a wrong one is refused before the image is loaded.
    ///
    /// # Errors
    /// When it is a report, but not one of this version.
    pub(super) fn read(path: &Path, engine: &EngineArgs, config: &Config) -> Result<Self> {
        let is_missing_report = path.extension().is_some_and(|end| end == "json") && !path.exists();
        if is_missing_report || Baseline::is_report(path) {
            return Baseline::read(path).map(Self::Report);
        }
        Request::of(path.as_os_str(), None, engine, config).map(|request| Self::Image(Box::new(request)))
    }

    /// The baseline of an image. An earlier image also tells which files and packages grew.
    ///
    /// # Errors
    /// When the earlier image cannot be read.
    pub(super) fn of(
        self,
        now: &Examination,
        bodies: Option<&dyn ReadBodies>,
        progress: &dyn Progress,
    ) -> Result<Baseline> {
        let request = match self {
            Self::Report(baseline) => return Ok(baseline),
            Self::Image(request) => request,
        };
        request.prepare(progress)?;
        let (before, old_bodies) = request.run(progress)?;
        let comparison = load::compared((&before, old_bodies.as_deref()), (now, bodies), progress)?;
        Ok(of(&before, now, &comparison))
    }
}

/// The baseline that an earlier image is, which also knows what grew most since.
pub(super) fn of(before: &Examination, now: &Examination, comparison: &Comparison) -> Baseline {
    Baseline::of(&before.image).naming(grown(comparison, &before.side(), &now.side()))
}
