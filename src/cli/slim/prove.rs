//! `--prove`: an engine loads both images, and what its containers see is compared.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::time::SystemTime;

use crate::cli::progress::Progress;
use crate::cli::scratch::{self, Scratch};
use crate::error::{Error, Result, describe_io};
use crate::image::PathId;
use crate::slim::{self, Exported, Form, Job, Trial};
use crate::source::engine::actions;
use crate::source::{Engine, EngineError, Progress as _};

/// Has the engine load both images under temporary names, compares what it exports, and runs the command.
///
/// # Errors
/// When there is no engine, or it does not accept one of the images.
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
    let refused = |error: EngineError| {
        Error::because(error.why)
            .at(format!("--prove: {what}"))
            .hint("the engine may not be running, or may not know this compression; try --compress gzip")
    };
    scratch::made(engine, |stop| actions::load(engine, file.path(), stop), refused)?;
    drop(file);
    let container = Scratch::container(engine, name);
    // an image without a command needs one here; it never runs
    let create =
        ["create", "--network", "none", "--name", &container.name, &image.name, "none"].map(OsStr::new);
    let create = |stop: &dyn Fn() -> bool| Ok(actions::answer(engine, &create, stop)?.is_some());
    scratch::made(engine, create, refused)?;
    let export = actions::export(engine, &container.name).map_err(refused)?;
    let exported = Exported::read(export, &progress).map_err(|error| error.at(format!("--prove: {what}")));
    // Ctrl-C at a terminal ends the client too, which then fails
    if progress.stopped() { Err(Error::Interrupted) } else { Ok((exported?, image)) }
}
