//! Images and containers that exist only for a proof: they are removed in the end, however that comes.

use std::ffi::OsStr;
use std::sync::atomic::Ordering;

use super::interrupt;
use crate::error::{Error, Result};
use crate::source::Engine;
use crate::source::engine::actions;

/// What of an engine is removed when it is dropped.
pub(super) struct Scratch {
    engine: Engine,
    /// The client's arguments that remove it.
    remove: &'static [&'static str],
    pub(super) name: String,
}

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
        let arguments: Vec<&OsStr> =
            self.remove.iter().copied().chain([self.name.as_str()]).map(OsStr::new).collect();
        // what is not there, or cannot be removed, is no reason to fail
        let _ = actions::answer(self.engine, &arguments, &|| false);
    }
}

/// Whether a command succeeds in a container of an image, without a network.
pub(super) fn succeeds(engine: Engine, image: &str, command: &str) -> Result<bool> {
    // the client may be gone before its container
    let container = Scratch::container(engine, "smoke");
    let run = ["run", "--network", "none", "--name", &container.name, "--entrypoint", "/bin/sh", image, "-c"];
    client(engine, &run.into_iter().chain([command]).map(OsStr::new).collect::<Vec<_>>())
}

/// Whether the engine's client succeeds; what it prints goes to standard error.
pub(super) fn client(engine: Engine, arguments: &[&OsStr]) -> Result<bool> {
    let flag = interrupt::flag();
    let status = actions::client(engine, arguments, &|| flag.load(Ordering::Relaxed))
        .map_err(|error| Error::because(error.why).hint("--prove needs a container engine"))?;
    status.map(|status| status.success()).ok_or(Error::Interrupted)
}
