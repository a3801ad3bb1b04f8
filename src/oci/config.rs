//! The configuration of an image (image-spec `config.md`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::bounded::{keys, list, map};
use super::nullable;

/// An image's configuration.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Config {
    /// When the image was made (RFC 3339).
    pub created: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// The processor architecture, in Go's words: `amd64`, `arm64`.
    #[serde(default, deserialize_with = "nullable")]
    pub architecture: String,
    /// The operating system, in Go's words: `linux`.
    #[serde(default, deserialize_with = "nullable")]
    pub os: String,
    /// The variant of the architecture: `v7`.
    pub variant: Option<String>,
    /// How a container of it is started.
    #[serde(default, deserialize_with = "nullable")]
    pub config: Runtime,
    /// The layers, by the digests of their unpacked tars.
    #[serde(default, deserialize_with = "nullable")]
    pub rootfs: RootFs,
    /// The instructions that made the image, first to last.
    #[serde(default, deserialize_with = "list")]
    pub history: Vec<History>,
}

/// The layers of an image, lowest first.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct RootFs {
    /// Digests of the unpacked tars.
    #[serde(default, deserialize_with = "list")]
    pub diff_ids: Vec<String>,
}

/// One instruction of the history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct History {
    /// When it ran (RFC 3339).
    pub created: Option<String>,
    /// The instruction as its builder recorded it; see [`crate::dockerfile::parse_created_by`].
    pub created_by: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// A comment of the builder.
    pub comment: Option<String>,
    /// It changed the configuration only and made no layer.
    #[serde(default, deserialize_with = "nullable")]
    pub empty_layer: bool,
}

/// What `docker run` takes from the image.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Runtime {
    /// The user that the process runs as.
    #[serde(default, deserialize_with = "nullable")]
    pub user: String,
    /// Ports that it listens on, as `8080/tcp`.
    #[serde(default, deserialize_with = "keys")]
    pub exposed_ports: BTreeSet<String>,
    /// The environment, as `NAME=value`.
    #[serde(default, deserialize_with = "list")]
    pub env: Vec<String>,
    /// The command's fixed part.
    #[serde(default, deserialize_with = "list")]
    pub entrypoint: Vec<String>,
    /// The command's default arguments.
    #[serde(default, deserialize_with = "list")]
    pub cmd: Vec<String>,
    /// Directories that are volumes.
    #[serde(default, deserialize_with = "keys")]
    pub volumes: BTreeSet<String>,
    /// The directory that the process starts in.
    #[serde(default, deserialize_with = "nullable")]
    pub working_dir: String,
    /// Free-form annotations.
    #[serde(default, deserialize_with = "map")]
    pub labels: BTreeMap<String, String>,
    /// The signal that stops the process.
    #[serde(default, deserialize_with = "nullable")]
    pub stop_signal: String,
    /// How engines find out whether it is well, as it is stored; null where it is not set.
    #[serde(default)]
    pub healthcheck: serde_json::Value,
    /// Instructions for images that are built on this one.
    #[serde(default, deserialize_with = "list")]
    pub on_build: Vec<String>,
    /// The shell of commands that name none.
    #[serde(default, deserialize_with = "list")]
    pub shell: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_missing_fields_are_empty() {
        let config: Config = serde_json::from_str(
            r#"{"os":"linux","config":{"Env":null,"Cmd":null,"Labels":null,"ExposedPorts":{"80/tcp":{}}},
                "rootfs":{"type":"layers","diff_ids":null},"history":null,"unknown":[1,{}]}"#,
        )
        .unwrap();
        assert_eq!(config.os, "linux");
        assert!(
            config.rootfs.diff_ids.is_empty() && config.history.is_empty() && config.config.env.is_empty()
        );
        assert!(config.config.exposed_ports.contains("80/tcp"));
        assert!(serde_json::from_str::<Config>("{}").is_ok());
    }
}
