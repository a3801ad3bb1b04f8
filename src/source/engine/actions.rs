//! What engines are made to do: fetch an image from its registry, build one. Their clients do both: they have the
//! user's credentials and settings. What a client prints goes to standard error.

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitStatus;

use super::client::{CTR, DOCKER, NERDCTL, PODMAN};
use super::{Engine, EngineError, EngineErrorKind, check};

/// Fetches an image. Ends soon after `stop` says so.
///
/// # Errors
/// When there is no client, or it fails.
pub fn pull(engine: Engine, reference: &str, stop: &dyn Fn() -> bool) -> Result<(), EngineError> {
    check(reference)?;
    match engine {
        Engine::Docker => DOCKER.pull(reference, stop),
        Engine::Podman => PODMAN.pull(reference, stop),
        Engine::Containerd => match NERDCTL.pull(reference, stop) {
            Err(engine_error) if engine_error == NERDCTL.not_installed() => CTR.pull(reference, stop),
            other => other,
        },
    }
}

/// Has the engine load an archive. What the client prints is no proof that it did.
///
/// # Errors
/// When there is no client, or it fails.
pub fn load(engine: Engine, archive: &Path, stop: &dyn Fn() -> bool) -> Result<(), EngineError> {
    let arguments = [OsStr::new("load"), OsStr::new("--input"), archive.as_os_str()];
    match client(engine, &arguments, stop)? {
        Some(status) if status.success() => Ok(()),
        _ => Err(EngineError::new(
            EngineErrorKind::Answer,
            format!("{} could not load the image", engine.name()),
        )),
    }
}

/// Runs `build` of the engine's client with these arguments.
///
/// # Errors
/// When there is no client. A build that fails is no error: its status says so. There is none when the build
/// ended because `stop` said so.
pub fn build(
    engine: Engine,
    arguments: &[&OsStr],
    stop: &dyn Fn() -> bool,
) -> Result<Option<ExitStatus>, EngineError> {
    client(engine, &[&[OsStr::new("build")], arguments].concat(), stop)
}

/// Runs the engine's client with these arguments, the verb first.
///
/// # Errors
/// When there is no client. There is no status when it ended because `stop` said so.
pub fn client(
    engine: Engine,
    arguments: &[&OsStr],
    stop: &dyn Fn() -> bool,
) -> Result<Option<ExitStatus>, EngineError> {
    let client = match engine {
        Engine::Docker => DOCKER,
        Engine::Podman => PODMAN,
        Engine::Containerd => NERDCTL,
    };
    client.run(arguments, stop)
}
