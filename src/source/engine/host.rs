//! Where the Docker engine listens: the environment, the contexts of the docker configuration, the default.
//!
//! In the order of Docker's own client (`cli/command/cli.go`, `resolveContextName`): `DOCKER_HOST`, then
//! `DOCKER_CONTEXT`, then the current context of `config.json`, then the socket of a local engine.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::settings::{self, without_password};
use crate::error::describe_io;

/// The socket of a local Docker engine.
const DOCKER_SOCKET: &str = "/var/run/docker.sock";

/// Where an engine listens, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) address: Address,
    /// Where that comes from: a variable, a context, or the default.
    pub(super) from: String,
    /// Whether a context said so; then there may be other contexts.
    pub(super) is_context: bool,
}

/// How an engine is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A socket of this machine.
    Unix(PathBuf),
    /// A host and port, with or without TLS.
    Tcp(String, Option<Tls>),
    /// An address that only the engine's own client can reach (`ssh://`, `npipe://`).
    Client(String),
}

/// What a TLS connection needs. Missing files are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    /// The directory of ca.pem, cert.pem and key.pem.
    pub(super) directory: PathBuf,
    /// Whether the engine's certificate is checked.
    pub(super) verify: bool,
}

impl Host {
    /// Both, as a message names them.
    pub(super) fn shown(&self) -> String {
        let address = match &self.address {
            Address::Unix(path) => format!("unix://{}", path.display()),
            Address::Tcp(authority, _) => without_password(&format!("tcp://{authority}")),
            Address::Client(address) => without_password(address),
        };
        format!("{address} ({})", self.from)
    }
}

/// The variables of the environment; a function, so that a test can provide its own.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Those of the process; empty ones count as unset.
pub(super) fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Where the Docker engine is.
///
/// # Errors
/// When a named context does not exist, or an address cannot be understood.
pub(super) fn docker(environment: Environment<'_>) -> Result<Host, String> {
    let folder = match environment("DOCKER_CONFIG") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(environment("HOME").or_else(|| environment("USERPROFILE")).unwrap_or_default())
            .join(".docker"),
    };
    if let Some(address) = environment("DOCKER_HOST") {
        let verify = environment("DOCKER_TLS_VERIFY").is_some();
        let tls = (verify || environment("DOCKER_TLS").is_some()).then(|| Tls {
            directory: environment("DOCKER_CERT_PATH").map_or(folder, PathBuf::from),
            verify,
        });
        return parse(&address.to_string_lossy(), tls, "DOCKER_HOST");
    }
    let context = match environment("DOCKER_CONTEXT") {
        Some(name) => Some((name.to_string_lossy().into_owned(), "DOCKER_CONTEXT".to_owned())),
        None => current_context(&folder.join("config.json"))?,
    };
    match context {
        Some((name, from)) if name != "default" => of_context(&folder, &name, &from),
        _ => Ok(Host {
            address: Address::Unix(DOCKER_SOCKET.into()),
            from: "Docker's default".into(),
            is_context: false,
        }),
    }
}

/// Where Podman may listen, in the order in which to ask. Its sockets speak Docker's API, but are there only
/// when its service is switched on.
///
/// # Errors
/// When an address cannot be understood.
pub(super) fn podman(environment: Environment<'_>) -> Result<Vec<Host>, String> {
    if let Some(address) = environment("CONTAINER_HOST") {
        return Ok(vec![parse(&address.to_string_lossy(), None, "CONTAINER_HOST")?]);
    }
    let own = environment("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("podman/podman.sock"));
    let sockets = own.into_iter().chain([PathBuf::from("/run/podman/podman.sock")]);
    Ok(sockets
        .map(|path| Host { address: Address::Unix(path), from: "Podman's default".into(), is_context: false })
        .collect())
}

/// Reads an address as `DOCKER_HOST` has it.
fn parse(text: &str, tls: Option<Tls>, from: &str) -> Result<Host, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("tcp", text));
    let address = match scheme {
        "unix" if !rest.is_empty() => Address::Unix(rest.into()),
        "tcp" | "http" | "https" if !rest.is_empty() => {
            let rest = rest.trim_end_matches('/');
            let plain_wish = || Tls { directory: PathBuf::new(), verify: true };
            let tls = tls.or_else(|| (scheme == "https").then(plain_wish));
            let port = if tls.is_some() { 2376 } else { 2375 };
            let has_port = rest.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            let authority = if has_port { rest.to_owned() } else { format!("{rest}:{port}") };
            Address::Tcp(authority, tls)
        }
        "ssh" | "npipe" | "fd" => Address::Client(text.to_owned()),
        _ => {
            let text = without_password(text);
            return Err(format!("{from} says `{text}`, which is no address of an engine"));
        }
    };
    Ok(Host { address, from: from.to_owned(), is_context: false })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    current_context: Option<String>,
}

/// The context that `docker context use` chose, and where that stands.
fn current_context(path: &Path) -> Result<Option<(String, String)>, String> {
    let shown = path.display();
    let text = match settings::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{shown} cannot be read: {}", describe_io(&error))),
    };
    let configuration: Configuration =
        serde_json::from_slice(&text).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    Ok(configuration.current_context.filter(|name| !name.is_empty()).map(|name| (name, shown.to_string())))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Context {
    name: String,
    #[serde(default)]
    endpoints: Endpoints,
}

#[derive(Deserialize, Default)]
struct Endpoints {
    docker: Option<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    host: String,
    #[serde(default, rename = "SkipTLSVerify")]
    skip_tls_verify: bool,
}

/// The engine of a context. Each has a folder under contexts/meta, named after the hash of its name; its keys
/// are in the folder of the same name under contexts/tls.
fn of_context(folder: &Path, name: &str, from: &str) -> Result<Host, String> {
    let metas = std::fs::read_dir(folder.join("contexts/meta")).into_iter().flatten().flatten();
    let found = metas.filter_map(|meta| {
        let context: Context =
            serde_json::from_slice(&settings::read(&meta.path().join("meta.json")).ok()?).ok()?;
        Some((context, meta.file_name()))
    });
    let (context, hash) = found.into_iter().find(|(context, _)| context.name == name).ok_or_else(|| {
        format!("{from} names the context `{name}`, which is not there (docker context ls)")
    })?;
    let endpoint =
        context.endpoints.docker.ok_or_else(|| format!("the context `{name}` has no Docker engine"))?;
    let directory = folder.join("contexts/tls").join(hash).join("docker");
    let tls = directory.is_dir().then_some(Tls { directory, verify: !endpoint.skip_tls_verify });
    let host = parse(&endpoint.host, tls, &format!("the context `{name}`"))?;
    Ok(Host { is_context: true, ..host })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Host, String> {
        docker(&|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn variables_win() {
        assert_eq!(with(&[]).unwrap().shown(), "unix:///var/run/docker.sock (Docker's default)");
        let host = with(&[("DOCKER_HOST", "unix:///run/x.sock")]).unwrap();
        assert_eq!(host.shown(), "unix:///run/x.sock (DOCKER_HOST)");
        let host = with(&[("DOCKER_HOST", "tcp://build.example")]).unwrap();
        assert_eq!(host.address, Address::Tcp("build.example:2375".into(), None));
        let host = with(&[
            ("DOCKER_HOST", "tcp://[::1]:99"),
            ("DOCKER_TLS_VERIFY", "1"),
            ("DOCKER_CERT_PATH", "/certs"),
        ]);
        let tls = Tls { directory: "/certs".into(), verify: true };
        assert_eq!(host.unwrap().address, Address::Tcp("[::1]:99".into(), Some(tls)));
        assert!(matches!(with(&[("DOCKER_HOST", "ssh://me@there")]).unwrap().address, Address::Client(_)));
        for bad in ["ftp://x", "unix://", "tcp://"] {
            assert!(with(&[("DOCKER_HOST", bad)]).unwrap_err().contains("no address"), "{bad}");
        }
    }

    #[test]
    fn contexts_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_str().unwrap();
        let meta = folder.path().join("contexts/meta/1a2b");
        std::fs::create_dir_all(&meta).unwrap();
        std::fs::write(folder.path().join("config.json"), r#"{"currentContext":"colima","auths":{}}"#)
            .unwrap();
        std::fs::write(
            meta.join("meta.json"),
            r#"{"Name":"colima","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///c.sock","SkipTLSVerify":false}}}"#,
        )
        .unwrap();
        let config = ("DOCKER_CONFIG", at);
        assert_eq!(with(&[config]).unwrap().shown(), "unix:///c.sock (the context `colima`)");
        let default = with(&[config, ("DOCKER_CONTEXT", "default")]).unwrap();
        assert_eq!(default.from, "Docker's default");
        let error = with(&[config, ("DOCKER_CONTEXT", "gone")]).unwrap_err();
        assert_eq!(error, "DOCKER_CONTEXT names the context `gone`, which is not there (docker context ls)");
        std::fs::write(folder.path().join("config.json"), "{").unwrap();
        assert!(with(&[config]).unwrap_err().contains("config.json cannot be read"));
    }
}
