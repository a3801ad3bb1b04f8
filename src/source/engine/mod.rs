//! Images that a container engine has, read while the engine sends them: no image is ever whole in memory or
//! on disk.
//!
//! | engine | how | why so |
//! |---|---|---|
//! | Docker | its API on the socket | works where only the socket is (CI jobs, containers), tells a missing image from a missing engine, and starts at once |
//! | Docker over `ssh://` | the `docker` client | it knows the user's keys and hosts |
//! | Podman | the `podman` client, else the API on its socket | it has no service by default |
//! | containerd | `nerdctl`, else `ctr` | its own API is gRPC, and large |
//!
//! HTTP is [ureq](https://docs.rs/ureq)'s: blocking, as everything here is, with rustls for `tcp://` engines, and
//! with a place to put another transport than TCP. It brings some fifteen small crates; hyper and
//! bollard would bring an async runtime for three requests, and a hand-kept HTTP would have to get chunks, TLS
//! and time limits right once more.

mod api;
mod client;
mod host;
mod process;
mod pump;
mod refusal;
#[cfg(unix)]
mod unix;

pub use refusal::{Lack, Refusal};

use std::ffi::OsStr;
use std::io::{self, Read};
use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use api::Api;
use client::{CTR, Client, DOCKER, NERDCTL, PODMAN};
use host::Host;
use process::Leash;
use pump::Pump;

/// A container engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Docker, whichever context is chosen.
    Docker,
    /// Podman.
    Podman,
    /// containerd.
    Containerd,
}

impl Engine {
    /// All, in the order in which a bare name is looked for.
    pub const ALL: [Self; 3] = [Self::Docker, Self::Podman, Self::Containerd];

    /// The engine's name, which is also the scheme of `docker:REF`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Containerd => "containerd",
        }
    }

    /// The engine of this name or client.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "nerdctl" | "ctr" => Some(Self::Containerd),
            _ => Self::ALL.into_iter().find(|engine| engine.name() == name),
        }
    }

    /// Asks the engine for an image.
    ///
    /// # Errors
    /// When there is no such engine, or it has no such image.
    pub fn find(self, reference: &str) -> Result<Found, Refusal> {
        check(reference)?;
        match self {
            Self::Docker => docker(reference),
            Self::Podman => podman(reference),
            Self::Containerd => by_client(self, &[NERDCTL, CTR], reference),
        }
    }

    /// Lets the engine's client fetch an image from its registry: it has the user's credentials. What it prints
    /// goes to standard error, and it ends soon after `stop` is set.
    ///
    /// # Errors
    /// When there is no client or it fails.
    pub fn pull(self, reference: &str, stop: &AtomicBool) -> Result<(), Refusal> {
        check(reference)?;
        match self {
            Self::Docker => DOCKER.pull(reference, stop),
            Self::Podman => PODMAN.pull(reference, stop),
            Self::Containerd => match NERDCTL.pull(reference, stop) {
                Err(refusal) if refusal == NERDCTL.not_installed() => CTR.pull(reference, stop),
                other => other,
            },
        }
    }

    /// Runs `build` of the engine's client with these arguments. What it prints goes to standard error.
    ///
    /// # Errors
    /// When there is no client. A build that fails is no error: its status says so. There is none when the build
    /// ended because `stop` was set.
    pub fn build(self, arguments: &[&OsStr], stop: &AtomicBool) -> Result<Option<ExitStatus>, Refusal> {
        let client = match self {
            Self::Docker => DOCKER,
            Self::Podman => PODMAN,
            Self::Containerd => NERDCTL,
        };
        client.run(&[&[OsStr::new("build")], arguments].concat(), stop)
    }
}

/// Refuses what cannot be an image's name, before it becomes an option or a part of a path.
fn check(reference: &str) -> Result<(), Refusal> {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || "._-/:@+".contains(c);
    if reference.starts_with(|c: char| c.is_ascii_alphanumeric()) && reference.chars().all(is_usual) {
        return Ok(());
    }
    let refusal = Refusal::new(Lack::Answer, format!("`{reference}` is no name of an image"));
    Err(refusal.hint("write it as NAME, NAME:TAG, NAME@DIGEST or the image's id"))
}

/// How an engine is to be asked for its image.
enum Way {
    Api(Api),
    Client(Client),
}

fn docker(reference: &str) -> Result<Found, Refusal> {
    let host = host::docker(&host::environment)
        .map_err(|why| Refusal::new(Lack::Engine, why).hint("check docker context ls"))?;
    match by_api(Engine::Docker, &host, reference)? {
        Some(found) => Ok(found),
        None => by_client(Engine::Docker, &[DOCKER], reference),
    }
}

fn podman(reference: &str) -> Result<Found, Refusal> {
    let hosts = host::podman(&host::environment).map_err(|why| Refusal::new(Lack::Engine, why))?;
    let mut refusal = match by_client(Engine::Podman, &[PODMAN], reference) {
        Err(refusal) if refusal == PODMAN.not_installed() => refusal,
        other => return other,
    };
    // where there is no client there may be a socket
    for host in &hosts {
        match by_api(Engine::Podman, host, reference) {
            Ok(Some(found)) => return Ok(found),
            Err(refusal) if refusal.lack != Lack::Engine => return Err(refusal),
            _ => {}
        }
    }
    let tried: Vec<_> = hosts.iter().map(Host::shown).collect();
    refusal.why = format!("{}, nor does it listen at {}", refusal.why, tried.join(" or "));
    Err(refusal)
}

fn by_api(engine: Engine, host: &Host, reference: &str) -> Result<Option<Found>, Refusal> {
    let Some(api) = Api::connect(engine.name(), host)? else { return Ok(None) };
    let id = api.find(reference)?;
    Ok(Some(Found { engine, way: Way::Api(api), reference: reference.to_owned(), id }))
}

/// The first of these clients that is installed.
fn by_client(engine: Engine, clients: &[Client], reference: &str) -> Result<Found, Refusal> {
    for client in clients {
        let reference = client.known_as(reference);
        if client.has(&reference)? {
            return Ok(Found { engine, way: Way::Client(*client), reference, id: None });
        }
    }
    let names: Vec<_> = clients.iter().map(|client| client.program).collect();
    match clients {
        [client] => Err(client.not_installed()),
        _ => Err(Refusal::new(Lack::Engine, format!("neither {} is installed here", names.join(" nor ")))),
    }
}

/// An image that an engine has.
pub struct Found {
    engine: Engine,
    way: Way,
    reference: String,
    id: Option<String>,
}

impl Found {
    /// The image's id, where the engine tells it: the digest of the config, or of the manifest in a
    /// containerd store.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Starts saving it. The engine may be silent for as long as `silence` while it does.
    ///
    /// # Errors
    /// When its client cannot be started.
    pub fn save(self, silence: Duration) -> Result<Saving, Refusal> {
        let (pump, leash) = match self.way {
            Way::Api(api) => (Pump::start(api.get(&self.reference), silence), None),
            Way::Client(client) => {
                let (archive, leash) = client.save(&self.reference)?;
                (Pump::start(archive, silence), Some(leash))
            }
        };
        Ok(Saving { engine: self.engine, pump, _leash: leash })
    }
}

/// An image while its engine sends it. A client that writes it is ended when this is dropped.
pub struct Saving {
    engine: Engine,
    pump: Pump,
    _leash: Option<Leash>,
}

impl Read for Saving {
    /// Fails with [`Interrupted`](io::ErrorKind::Interrupted) a few times a second while nothing comes, so that
    /// the reader can give up.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pump.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => {
                let name = self.engine.name();
                io::Error::other(format!("{name} does not go on: {error} (--engine-timeout waits longer)"))
            }
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_paths_are_no_names() {
        for name in ["", "-o", "--help", "a b", "../x", "a?b", "a\nb"] {
            let refusal = check(name).unwrap_err();
            assert!(refusal.why.ends_with("is no name of an image"), "{}", refusal.why);
        }
        for name in ["app", "registry.example:5000/team/app:1.2-rc", "app@sha256:00ff", "sha256:00ff"] {
            check(name).unwrap();
        }
    }
}
