//! A container: its image, with one more layer on top, which is what the container wrote.
//!
//! No engine hands that layer out. It says which paths changed (without sizes), and exports the whole merged tree
//! (without volumes). So the layer is made of both: members of the export at changed paths, and markers for removed
//! ones. It is kept in a temporary file, because the manifest that has to name it comes before anyone asks for it.

use std::io::{self, Read};
use std::time::Duration;

use serde::Deserialize;

use super::api::Api;
use super::client::{Client, DOCKER, PODMAN};
use super::process::KillOnDrop;
use super::written::Changes;
use super::{Engine, EngineError, EngineErrorKind, EngineQuery, Saving, host};
use crate::source::read_ahead::ReadAhead;

/// Most that is read of what an engine says about a container, in bytes.
const LONGEST: u64 = 256 << 20;

/// A container that an engine has.
pub(super) struct Found {
    pub(super) engine: Engine,
    way: Way,
    name: String,
    inspected: Inspected,
}

enum Way {
    Api(Box<Api>),
    Client(Client),
}

/// What engines say of a container: Docker's API, and the clients of Docker and Podman.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    /// The id of its image.
    image: String,
    #[serde(default)]
    created: String,
    #[serde(default)]
    mounts: Vec<Mount>,
}

/// What is mounted into a container.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mount {
    #[serde(default)]
    destination: String,
}

/// Refuses what cannot be a container's name, before it becomes an option or a part of a path.
pub(super) fn check(name: &str) -> Result<(), EngineError> {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(is_usual) {
        return Ok(());
    }
    let why = format!("`{name}` is no name of a container");
    Err(EngineError::new(EngineErrorKind::Answer, why).hint("docker ps -a lists them"))
}

impl Found {
    /// Asks an engine for a container.
    ///
    /// # Errors
    /// When there is no such engine, or it has no such container.
    pub(super) fn of(engine: Engine, name: &str) -> Result<Self, EngineError> {
        let client = match engine {
            Engine::Docker => {
                let told = |why| EngineError::new(EngineErrorKind::Engine, why);
                let host = host::docker(&host::environment).map_err(told)?;
                if let Some(api) = Api::connect(engine.name(), &host)? {
                    let text =
                        api.ask_of(&format!("/containers/{name}/json"), &missing(engine, name), LONGEST)?;
                    let inspected = understood(engine, serde_json::from_slice(&text))?;
                    return Ok(Self {
                        engine,
                        way: Way::Api(Box::new(api)),
                        name: name.to_owned(),
                        inspected,
                    });
                }
                DOCKER
            }
            _ => PODMAN,
        };
        let text = output(client, "find the container", &["container", "inspect", name])?;
        let all: Vec<Inspected> = understood(engine, serde_json::from_slice(&text))?;
        let inspected = all.into_iter().next();
        let inspected =
            inspected.ok_or_else(|| EngineError::new(EngineErrorKind::Image, missing(engine, name)))?;
        Ok(Self { engine, way: Way::Client(client), name: name.to_owned(), inspected })
    }

    /// When it was created, as the engine says it.
    pub(super) fn created(&self) -> &str {
        &self.inspected.created
    }

    /// Where something is mounted that is not in the container's own file system.
    pub(super) fn mounts(&self) -> Vec<String> {
        let mut mounts: Vec<_> =
            self.inspected.mounts.iter().map(|mount| mount.destination.clone()).collect();
        mounts.sort_unstable();
        mounts
    }

    /// Starts saving its image.
    ///
    /// # Errors
    /// When the engine no longer has it.
    pub(super) fn image(&self, query: EngineQuery) -> Result<Saving, EngineError> {
        self.engine.find(&self.inspected.image)?.save(query.silence)
    }

    /// The paths that it changed.
    ///
    /// # Errors
    /// When the engine does not say.
    pub(super) fn changes(&self) -> Result<Changes, EngineError> {
        let what = "list what the container changed";
        match &self.way {
            Way::Api(api) => {
                let path = format!("/containers/{}/changes", self.name);
                let text = api.ask_of(&path, &missing(self.engine, &self.name), LONGEST)?;
                understood(self.engine, Changes::of_api(&text))
            }
            Way::Client(client) if self.engine == Engine::Podman => {
                let text = output(*client, what, &["diff", "--format", "json", &self.name])?;
                understood(self.engine, Changes::of_podman(&text))
            }
            Way::Client(client) => Ok(Changes::of_lines(&output(*client, what, &["diff", &self.name])?)),
        }
    }

    /// Its file system, as a tar.
    ///
    /// # Errors
    /// When its client cannot be started.
    pub(super) fn export(self, silence: Duration) -> Result<Exporting, EngineError> {
        let (reader, leash) = match self.way {
            Way::Api(api) => {
                let what = missing(self.engine, &self.name);
                let export = api.send(format!("/containers/{}/export", self.name), what);
                (ReadAhead::start(export, silence), None)
            }
            Way::Client(client) => {
                let (archive, leash) = client
                    .stream("export the container", &["export", &self.name].map(std::ffi::OsStr::new))?;
                (ReadAhead::start(archive, silence), Some(leash))
            }
        };
        Ok(Exporting { reader, _leash: leash })
    }
}

/// A container's file system while its engine sends it. A client that writes it is ended when this is dropped.
pub(super) struct Exporting {
    reader: ReadAhead,
    _leash: Option<KillOnDrop>,
}

impl Read for Exporting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

fn missing(engine: Engine, name: &str) -> String {
    format!("{} has no container `{name}`", engine.name())
}

fn understood<T>(engine: Engine, read: serde_json::Result<T>) -> Result<T, EngineError> {
    read.map_err(|error| {
        let why =
            format!("{} describes the container in a way that is not understood: {error}", engine.name());
        EngineError::new(EngineErrorKind::Answer, why)
    })
}

/// All that a client prints.
fn output(client: Client, task: &'static str, arguments: &[&str]) -> Result<Vec<u8>, EngineError> {
    let arguments: Vec<_> = arguments.iter().map(std::ffi::OsStr::new).collect();
    let (archive, _leash) = client.stream(task, &arguments)?;
    let mut text = Vec::new();
    let read = archive.take(LONGEST).read_to_end(&mut text);
    read.map_err(|error| EngineError::new(EngineErrorKind::Image, error.to_string()))?;
    Ok(text)
}
