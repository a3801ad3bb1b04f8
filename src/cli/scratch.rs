//! Images and containers that exist only for a proof: they are removed when it ends, however it ends.

use std::ffi::OsStr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::interrupt;
use crate::error::{Error, Result};
use crate::source::engine::actions;
use crate::source::{Engine, Progress as _};

/// What of an engine is removed when it is dropped.
pub(super) struct Scratch {
    engine: Engine,
    /// The client's arguments that remove it.
    remove: &'static [&'static str],
    /// The client's arguments that fail when it is not there.
    find: &'static [&'static str],
    pub(super) name: String,
    /// The client was stopped before it said that the engine was done: it may appear yet.
    may_appear: bool,
}

/// How long an engine may take to finish what its client no longer waits for.
const LINGERS: Duration = Duration::from_secs(15);
/// How often to look for it.
const LOOK: Duration = Duration::from_millis(300);

impl Scratch {
    /// An image that is to get a name of this process.
    pub(super) fn image(engine: Engine, name: &str) -> Self {
        let name = format!("layercake-proof:{}-{name}", std::process::id());
        Self {
            engine,
            remove: &["image", "rm", "--force"],
            find: &["image", "inspect"],
            name,
            may_appear: false,
        }
    }

    /// A container that is to get a name of this process.
    pub(super) fn container(engine: Engine, name: &str) -> Self {
        let name = format!("layercake-proof-{}-{name}", std::process::id());
        let remove = &["rm", "--force", "--volumes"];
        Self { engine, remove, find: &["container", "inspect"], name, may_appear: false }
    }

    /// Turns the failure of what makes it into an interruption, when the user has stopped the program: whoever presses
    /// Ctrl-C stops the client too, which then fails. The engine may finish all the same.
    pub(super) fn made<T>(&mut self, made: Result<Option<T>>) -> Result<T> {
        match made {
            Ok(Some(made)) => Ok(made),
            Err(error) if !interrupt::Stop.stopped() => Err(error),
            Ok(None) | Err(_) => {
                self.may_appear = true;
                Err(Error::Interrupted)
            }
        }
    }

    fn call(&self, verb: &[&'static str]) -> bool {
        let arguments: Vec<&OsStr> =
            verb.iter().copied().chain([self.name.as_str()]).map(OsStr::new).collect();
        actions::answer(self.engine, &arguments, &|| false).is_ok()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _cleaning = interrupt::Cleaning::begin();
        let until = Instant::now() + LINGERS;
        while self.may_appear && !self.call(self.find) && Instant::now() < until {
            std::thread::sleep(LOOK);
        }
        // what is not there, or cannot be removed, is no reason to fail
        self.call(self.remove);
    }
}

/// Whether a command succeeds in a container of an image, without a network.
pub(super) fn succeeds(engine: Engine, image: &str, command: &str) -> Result<bool> {
    // the client may be gone before its container
    let mut container = Scratch::container(engine, "smoke");
    let run = ["run", "--network", "none", "--name", &container.name, "--entrypoint", "/bin/sh", image, "-c"];
    let succeeded = client(engine, &run.into_iter().chain([command]).map(OsStr::new).collect::<Vec<_>>());
    container.made(succeeded.map(Some))
}

/// Whether the engine's client succeeds; what it prints goes to standard error.
pub(super) fn client(engine: Engine, arguments: &[&OsStr]) -> Result<bool> {
    let flag = interrupt::flag();
    let status = actions::client(engine, arguments, &|| flag.load(Ordering::Relaxed))
        .map_err(|error| Error::because(error.why).hint("--prove needs a container engine"))?;
    status.map(|status| status.success()).ok_or(Error::Interrupted)
}
