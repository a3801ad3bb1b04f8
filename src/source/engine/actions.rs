//! What layercake asks engines to do: fetch an image from its registry, build one. Their clients do both: they have the
//! user's credentials and settings. What a client prints goes to standard error.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitStatus;

use super::client::{CTR, Client, DOCKER, NERDCTL, PODMAN};
use super::process::{Archive, KillOnDrop};
use super::{Engine, EngineError, check};

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

/// Has the engine load an archive. What the client prints is no proof that it did. False when it ended because
/// `stop` said so.
///
/// # Errors
/// When there is no client, or it fails.
pub fn load(engine: Engine, archive: &Path, stop: &dyn Fn() -> bool) -> Result<bool, EngineError> {
    let arguments = [OsStr::new("load"), OsStr::new("--input"), archive.as_os_str()];
    client_of(engine).answer(&arguments, stop).map(|answer| answer.is_some())
}

/// Runs the engine's client with these arguments, the verb first, and gives what it prints, which nobody sees.
///
/// # Errors
/// When there is no client, or it fails. There is no answer when it ended because `stop` said so.
pub fn answer(
    engine: Engine,
    arguments: &[&OsStr],
    stop: &dyn Fn() -> bool,
) -> Result<Option<String>, EngineError> {
    client_of(engine).answer(arguments, stop)
}

/// The file system of a container, as a tar. The client is ended when the reader is dropped.
///
/// # Errors
/// When there is no client.
pub fn export(engine: Engine, container: &str) -> Result<impl Read + Send + use<>, EngineError> {
    let (archive, leash) =
        client_of(engine).stream("export the container", &[OsStr::new("export"), OsStr::new(container)])?;
    Ok(Exporting { archive, _leash: leash })
}

struct Exporting {
    archive: Archive,
    _leash: KillOnDrop,
}

impl Read for Exporting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.archive.read(buffer)
    }
}

/// The engine that is asked for, else the first whose client is installed; Docker when none is.
pub fn installed(wanted: Option<Engine>) -> Engine {
    let is_installed = |engine: &Engine| answer(*engine, &[OsStr::new("--version")], &|| false).is_ok();
    wanted.or_else(|| Engine::ALL.into_iter().find(is_installed)).unwrap_or(Engine::Docker)
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
    client_of(engine).run(arguments, stop)
}

pub(super) fn client_of(engine: Engine) -> Client {
    match engine {
        Engine::Docker => DOCKER,
        Engine::Podman => PODMAN,
        Engine::Containerd => NERDCTL,
    }
}
