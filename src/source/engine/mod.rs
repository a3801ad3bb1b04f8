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
//! What reads images is here; what changes something (building, pulling) is in [`actions`].
//!
//! HTTP is [ureq](https://docs.rs/ureq)'s: blocking, as everything here is, with rustls for `tcp://` engines, and
//! with room for a transport other than TCP. It brings some fifteen small crates; hyper and
//! bollard would bring an async runtime for three requests, and our own HTTP would have to get chunks, TLS
//! and timeouts right again.

pub mod actions;
mod api;
mod client;
mod container;
mod container_place;
mod engine_error;
mod host;
mod list;
mod process;
mod query;
mod reference;
mod settings;
mod steps;
#[cfg(unix)]
mod unix;
mod written;

pub use container_place::CONTAINER;
pub(super) use container_place::ContainerPlace;
pub use engine_error::{EngineError, EngineErrorKind};
pub use list::{Listed, list as list_images};
pub use query::EngineQuery;
pub use steps::Steps;

use std::io::{self, Read};
use std::time::Duration;

use super::read_ahead::ReadAhead;
use api::Api;
use client::{CTR, Client, DOCKER, NERDCTL, PODMAN};
use host::Host;
use process::KillOnDrop;
use reference::ALL_IMAGES;

/// The schemes that name an engine: `docker:REF`.
pub(super) const SCHEMES: &[&str] = &["docker", "podman", "containerd", "nerdctl", "ctr"];

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
    /// All, in the order in which they are asked for a bare name.
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

    /// Asks the engine for images, to be sent as one archive that stores a shared layer once.
    /// [`ALL_IMAGES`] means all of its images.
    ///
    /// # Errors
    /// When there is no such engine, or it does not have one of them.
    pub fn find_all(self, references: &[String]) -> Result<EngineImage, EngineError> {
        let listed;
        let references = match references {
            [all] if all == ALL_IMAGES => {
                listed = self.list()?;
                &listed
            }
            named => named,
        };
        let mut found: Option<EngineImage> = None;
        for reference in references {
            let one = self.find(reference)?;
            match &mut found {
                Some(all) => all.references.extend(one.references),
                None => found = Some(one),
            }
        }
        found
            .ok_or_else(|| EngineError::new(EngineErrorKind::Image, format!("{} has no images", self.name())))
    }

    /// The images that the engine has: names or ids.
    fn list(self) -> Result<Vec<String>, EngineError> {
        let hosts = match self {
            Self::Docker => host::docker(&host::environment).map(|host| vec![host]),
            Self::Podman => host::podman(&host::environment),
            Self::Containerd => Ok(Vec::new()),
        };
        let clients: &[Client] = match self {
            Self::Docker => &[DOCKER],
            Self::Podman => &[PODMAN],
            Self::Containerd => &[NERDCTL, CTR],
        };
        let mut refusal = None;
        for host in hosts.map_err(|why| EngineError::new(EngineErrorKind::Engine, why))? {
            match Api::connect(self.name(), &host) {
                Ok(Some(api)) => return api.list(),
                Ok(None) => {}
                Err(error) => refusal = Some(error),
            }
        }
        for client in clients {
            if let Some(list) = client.list()? {
                return Ok(list);
            }
        }
        Err(refusal.unwrap_or_else(|| clients[0].not_installed()))
    }

    /// Asks the engine for an image.
    ///
    /// # Errors
    /// When there is no such engine, or it has no such image.
    pub fn find(self, reference: &str) -> Result<EngineImage, EngineError> {
        check(reference)?;
        match self {
            Self::Docker => docker(reference),
            Self::Podman => podman(reference),
            Self::Containerd => by_client(self, &[NERDCTL, CTR], reference),
        }
    }
}

/// Refuses what cannot be the name of an image, before it becomes an option or a part of a path.
fn check(reference: &str) -> Result<(), EngineError> {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || "._-/:@+".contains(c);
    if reference.starts_with(|c: char| c.is_ascii_alphanumeric()) && reference.chars().all(is_usual) {
        return Ok(());
    }
    let engine_error =
        EngineError::new(EngineErrorKind::Answer, format!("`{reference}` is no name of an image"));
    Err(engine_error.hint("write it as NAME, NAME:TAG, NAME@DIGEST or the image's id"))
}

/// How to ask an engine for its image.
enum Way {
    Api(Api),
    Client(Client),
}

fn docker(reference: &str) -> Result<EngineImage, EngineError> {
    let host = host::docker(&host::environment)
        .map_err(|why| EngineError::new(EngineErrorKind::Engine, why).hint("check docker context ls"))?;
    match by_api(Engine::Docker, &host, reference)? {
        Some(found) => Ok(found),
        None => by_client(Engine::Docker, &[DOCKER], reference),
    }
}

fn podman(reference: &str) -> Result<EngineImage, EngineError> {
    let hosts =
        host::podman(&host::environment).map_err(|why| EngineError::new(EngineErrorKind::Engine, why))?;
    let mut engine_error = match by_client(Engine::Podman, &[PODMAN], reference) {
        Err(engine_error) if engine_error == PODMAN.not_installed() => engine_error,
        other => return other,
    };
    // without a client there may still be a socket
    for host in &hosts {
        match by_api(Engine::Podman, host, reference) {
            Ok(Some(found)) => return Ok(found),
            Err(engine_error) if engine_error.kind != EngineErrorKind::Engine => return Err(engine_error),
            _ => {}
        }
    }
    let tried: Vec<_> = hosts.iter().map(Host::shown).collect();
    engine_error.why = format!("{}, nor does it listen at {}", engine_error.why, tried.join(" or "));
    Err(engine_error)
}

fn by_api(engine: Engine, host: &Host, reference: &str) -> Result<Option<EngineImage>, EngineError> {
    let Some(api) = Api::connect(engine.name(), host)? else { return Ok(None) };
    let id = api.find(reference)?;
    Ok(Some(EngineImage { engine, way: Way::Api(api), references: vec![reference.to_owned()], id }))
}

/// The first of these clients that is installed.
fn by_client(engine: Engine, clients: &[Client], reference: &str) -> Result<EngineImage, EngineError> {
    for client in clients {
        let reference = client.known_as(reference);
        if client.has(&reference)? {
            return Ok(EngineImage {
                engine,
                way: Way::Client(*client),
                references: vec![reference],
                id: None,
            });
        }
    }
    let names: Vec<_> = clients.iter().map(|client| client.program).collect();
    match clients {
        [client] => Err(client.not_installed()),
        _ => Err(EngineError::new(
            EngineErrorKind::Engine,
            format!("neither {} is installed here", names.join(" nor ")),
        )),
    }
}

/// An image that an engine has.
pub struct EngineImage {
    engine: Engine,
    way: Way,
    references: Vec<String>,
    id: Option<String>,
}

impl EngineImage {
    /// The image's id, where the engine tells it: the digest of the config, or of the manifest in a
    /// containerd store.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Starts saving it. The engine may be silent for at most `silence`.
    ///
    /// # Errors
    /// When its client cannot be started.
    pub fn save(self, silence: Duration) -> Result<Saving, EngineError> {
        let (read_ahead, kill_on_drop) = match self.way {
            Way::Api(api) => (ReadAhead::start(api.get(&self.references), silence), None),
            Way::Client(client) => {
                let (archive, kill_on_drop) = client.save(&self.references)?;
                (ReadAhead::start(archive, silence), Some(kill_on_drop))
            }
        };
        Ok(Saving { engine: self.engine, read_ahead, _leash: kill_on_drop })
    }
}

/// An image while its engine sends it. Dropping this kills the client that writes it.
pub struct Saving {
    engine: Engine,
    read_ahead: ReadAhead,
    _leash: Option<KillOnDrop>,
}

impl Read for Saving {
    /// Fails with [`Interrupted`](io::ErrorKind::Interrupted) a few times a second while nothing comes, so that
    /// the reader can give up.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_ahead.read(buffer).map_err(|error| match error.kind() {
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
            let engine_error = check(name).unwrap_err();
            assert!(engine_error.why.ends_with("is no name of an image"), "{}", engine_error.why);
        }
        for name in ["app", "registry.example:5000/team/app:1.2-rc", "app@sha256:00ff", "sha256:00ff"] {
            check(name).unwrap();
        }
    }
}
