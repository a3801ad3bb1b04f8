//! Images and containers that exist only for a proof: they are removed when it ends, however it ends.

use std::cell::Cell;
use std::ffi::OsStr;
use std::io::Write as _;
use std::process::ExitStatus;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::interrupt;
use crate::error::{Error, Result};
use crate::source::engine::actions;
use crate::source::{Engine, EngineError, Progress as _};

/// What of an engine is removed when it is dropped.
pub(super) struct Scratch {
    engine: Engine,
    /// The client's arguments that remove it.
    remove: &'static [&'static str],
    pub(super) name: String,
}

/// How long an engine may take to finish what it is at when the user stops the program.
const LINGERS: Duration = Duration::from_secs(40);
/// After this long the user is told what is waited for.
const TELL: Duration = Duration::from_secs(2);

impl Scratch {
    /// An image that is to get a name of this process.
    pub(super) fn image(engine: Engine, name: &str) -> Self {
        let name = format!("layercake-proof:{}-{name}", std::process::id());
        Self { engine, remove: &["image", "rm", "--force"], name }
    }

    /// A container that is to get a name of this process.
    pub(super) fn container(engine: Engine, name: &str) -> Self {
        let name = format!("layercake-proof-{}-{name}", std::process::id());
        Self { engine, remove: &["rm", "--force", "--volumes"], name }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _cleaning = interrupt::Cleaning::begin();
        let arguments: Vec<&OsStr> =
            self.remove.iter().copied().chain([self.name.as_str()]).map(OsStr::new).collect();
        // what is not there, or cannot be removed, is no reason to fail
        let _ = actions::answer(self.engine, &arguments, &|| false);
    }
}

/// Has the engine make something. When the user stops the program meanwhile, the engine may finish first: it goes on
/// without its client anyway, and what it makes could not be removed before it is there.
///
/// # Errors
/// [`Error::Interrupted`] when the user stopped the program.
pub(super) fn made(
    engine: Engine,
    make: impl FnOnce(&dyn Fn() -> bool) -> std::result::Result<bool, EngineError>,
    refused: impl FnOnce(EngineError) -> Error,
) -> Result<()> {
    let (since, is_told) = (Cell::new(None), Cell::new(false));
    let enough = || {
        if !interrupt::Stop.stopped() {
            return false;
        }
        let waited = since.get().unwrap_or_else(Instant::now);
        since.set(Some(waited));
        if waited.elapsed() > TELL && !is_told.replace(true) {
            let engine = engine.name();
            // there is no one left to tell when standard error is closed
            _ = writeln!(
                std::io::stderr(),
                "waiting for {engine}, to remove what it makes; Ctrl-C again does not wait"
            );
        }
        waited.elapsed() > LINGERS
    };
    let cleaning = interrupt::Cleaning::begin();
    let done = make(&enough);
    drop(cleaning);
    if interrupt::Stop.stopped() { Err(Error::Interrupted) } else { done.map(drop).map_err(refused) }
}

/// Whether a command succeeds in a container of an image, without a network.
pub(super) fn succeeds(engine: Engine, image: &str, command: &str) -> Result<bool> {
    // the client may be gone before its container
    let container = Scratch::container(engine, "smoke");
    let run = ["run", "--network", "none", "--name", &container.name, "--entrypoint", "/bin/sh", image, "-c"];
    let run: Vec<&OsStr> = run.into_iter().chain([command]).map(OsStr::new).collect();
    succeeded(|stop| actions::client(engine, &run, stop))
}

/// Whether the engine's client succeeds.
pub(super) fn succeeded(
    run: impl FnOnce(&dyn Fn() -> bool) -> std::result::Result<Option<ExitStatus>, EngineError>,
) -> Result<bool> {
    let flag = interrupt::flag();
    let status = run(&|| flag.load(Ordering::Relaxed))
        .map_err(|error| Error::because(error.why).hint("--prove needs a container engine"))?;
    status.map(|status| status.success()).ok_or(Error::Interrupted)
}
