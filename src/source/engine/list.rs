//! The images that an engine has, by name. Only engines that answer at their socket are asked: starting a client
//! takes too long for a list that may never be looked at.

use super::api::Api;
use super::{Engine, host};

/// An image of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The engine.
    pub engine: Engine,
    /// Its name and tag.
    pub name: String,
}

/// The named images of those of Docker and Podman that answer.
pub fn list() -> Vec<Listed> {
    let docker = host::docker(&host::environment).into_iter().map(|host| (Engine::Docker, host));
    let podman = host::podman(&host::environment).into_iter().flatten().map(|host| (Engine::Podman, host));
    let mut found = Vec::new();
    for (engine, host) in docker.chain(podman) {
        let Ok(Some(api)) = Api::connect(engine.name(), &host) else { continue };
        let Ok(images) = api.list() else { continue };
        // an image without a name is listed by its id
        let named = images.into_iter().filter(|name| !name.starts_with("sha256:"));
        found.extend(named.map(|name| Listed { engine, name }));
    }
    found
}
