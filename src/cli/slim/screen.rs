//! Slimming for the UI: a text that says what would go, and the new image where the user wants it.

use std::collections::HashSet;
use std::path::Path;

use super::target::{Place, Target};
use crate::cli::request::Request;
use crate::error::{Error, Result};
use crate::load::Examination;
use crate::report::{self, Slimmed};
use crate::slim::{self, Job, Opened, Plan, Summary};
use crate::source::Progress;
use crate::text::counted;
use crate::units;

fn plan(examination: &Examination) -> Plan {
    let Examination { image, union, analysis, .. } = examination;
    let options = slim::Options { base_layers: analysis.base_layers, ..slim::Options::default() };
    slim::plan(image, union, &options)
}

/// What slimming would do, as `slim --dry-run` prints it.
pub(in crate::cli) fn dry_run(examination: &Examination) -> String {
    let Examination { image, union, .. } = examination;
    let summary = Summary::of(image, union, &plan(examination), None);
    let slimmed = Slimmed {
        image,
        summary: &summary,
        output: None,
        proof: None,
        trial: None,
        dropped: &[],
        remarks: &[],
    };
    let mut text = Vec::new();
    // writing to memory does not fail
    _ = slimmed.write_text(&mut text, &report::Options::default());
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes the image that `request` names, as `slim -o` does. An existing file stays.
pub(in crate::cli) fn write(
    request: &Request,
    examination: &Examination,
    into: &Path,
    progress: &dyn Progress,
) -> Result<String> {
    let target = Target::parse(into.as_os_str())?;
    target.check(request.location())?;
    target.check_new()?;
    let Examination { image, union, .. } = examination;
    let (location, _) = slim::hold(request.location(), progress)?;
    let opened = Opened::open(&location, request.selector(), progress)?;
    let plan = plan(examination);
    let nothing = HashSet::new();
    let job = Job {
        image,
        union,
        opened: &opened,
        plan: &plan,
        dropped: &nothing,
        tag: target.name(),
        packing: None,
        form: target.form(),
    };
    let place = Place::beside(&target)?;
    let written = job.run(place.path(), progress).map_err(|error| target.told(error))?;
    if let Some(difference) = written.proof.first.first() {
        return Err(Error::because(format!("not written: the new image differs: {difference}")));
    }
    place.keep(&target)?;
    let summary = Summary::of(image, union, &plan, Some(&written.loaded.image));
    Ok(format!(
        "wrote {target}: {} of files instead of {}; {} proved the same",
        units::size(summary.content.after),
        units::size(summary.content.before),
        counted(written.proof.paths, "path is", "paths are"),
    ))
}
