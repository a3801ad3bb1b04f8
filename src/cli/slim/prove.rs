//! `--prove`: an engine loads both images, and what its containers see is compared.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::time::SystemTime;

use crate::cli::interrupt;
use crate::cli::progress::Progress;
use crate::cli::scratch::{self, Scratch};
use crate::error::{Error, Result, describe_io};
use crate::image::PathId;
use crate::slim::{self, Exported, Form, Job, Trial};
use crate::source::engine::actions;
use crate::source::{Engine, Progress as _};

/// Has the engine load both images under names of their own, compares what it exports, and runs the command.
///
/// # Errors
/// When there is no engine, or it takes one of the images not.
pub(super) fn run(job: &Job<'_>, engine: Engine, smoke: Option<&str>) -> Result<Trial> {
    let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let all = slim::Options { base_layers: job.image.layers.len(), ..slim::Options::default() };
    let unchanged = slim::plan(job.image, job.union, &all);
    let nothing = HashSet::new();
    let old = Job { plan: &unchanged, dropped: &nothing, packing: None, ..*job };
    // one at a time: two archives would take twice the room
    let (before, _image) = exported(&old, engine, "before", "the old image")?;
    let (after, image) = exported(job, engine, "after", "the new image")?;
    let since = i64::try_from(started.as_secs()).unwrap_or(i64::MAX);
    let is_dropped = |path: &[u8]| {
        let found: Option<PathId> = job.image.paths.find(path);
        found.is_some_and(|path| job.dropped.contains(&path))
    };
    let proof = before.compare(&after, is_dropped, since);
    let smoke = smoke.map(|command| scratch::succeeds(engine, &image.name, command)).transpose()?;
    Ok(Trial { engine: engine.name(), proof, smoke })
}

/// Loads an image, and exports a container of it. The image stays until the second value is dropped.
fn exported(job: &Job<'_>, engine: Engine, name: &str, what: &str) -> Result<(Exported, Scratch)> {
    let full = |error: std::io::Error| {
        Error::because(format!("cannot write {what} to a temporary file: {}", describe_io(&error)))
            .hint("make room, or let TMPDIR name a directory that has it")
    };
    let file = tempfile::Builder::new().prefix(".layercake-").suffix(".tar").tempfile().map_err(full)?;
    let image = Scratch::image(engine, name);
    let loaded = Job { tag: Some(&image.name), form: Form::DockerArchive, ..*job };
    let progress = Progress::new();
    loaded.copy(file.path(), &progress)?;
    let refused = |error: crate::source::EngineError| {
        Error::because(error.why)
            .at(format!("--prove: {what}"))
            .hint("an engine may not know how layers are compressed (--compress gzip), or not be running")
    };
    let stop = || interrupt::Stop.stopped();
    if !actions::load(engine, file.path(), &stop).map_err(refused)? {
        return Err(Error::Interrupted);
    }
    drop(file);
    let container = Scratch::container(engine, name);
    // an image without a command wants one; it never runs
    let create = ["create", "--network", "none", "--name", &container.name, &image.name, "none"];
    if actions::answer(engine, &create.map(OsStr::new), &stop).map_err(refused)?.is_none() {
        return Err(Error::Interrupted);
    }
    let export = actions::export(engine, &container.name).map_err(refused)?;
    let exported = Exported::read(export, &progress).map_err(|error| error.at(format!("--prove: {what}")))?;
    Ok((exported, image))
}
