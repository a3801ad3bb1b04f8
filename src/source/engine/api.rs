//! Docker's API: is an image there, and its archive as a stream. Podman's service speaks it too.
//!
//! Three requests: `/_ping` tells the version of the API, the image's `json` whether there is such an image, and
//! `get` sends what `docker save` would write. They use the version of the API that the engine itself names, since
//! no engine refuses that, and these three have been the same in all of them.

use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use ureq::config::Config;
use ureq::http::Response;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, BodyReader};

use super::engine_error::{EngineError, EngineErrorKind};
use super::host::{Address, Host, Tls};
use super::settings;
use crate::error::describe_io;
use crate::units;

/// How long an engine may take to accept a connection and to answer a request. (Sending an image may take longer.)
const ANSWER: Duration = Duration::from_secs(10);
/// Longest answer that is no archive, in bytes.
const LONGEST_ANSWER: u64 = 1 << 20;
/// Longest list of images, in bytes.
const LONGEST_LIST: u64 = 64 << 20;
/// Bytes of the archive that are read at a time.
const BUFFER: usize = 256 << 10;

/// An engine that answered.
pub(super) struct Api {
    agent: Agent,
    /// Scheme, host and version: what every path is appended to.
    root: String,
    host: Host,
    /// The engine and its address, as messages name them.
    shown: String,
}

impl Api {
    /// Asks whether an engine listens at `host`, and which version of the API it speaks. None if only the
    /// engine's own client can reach it.
    pub(super) fn connect(engine: &str, host: &Host) -> Result<Option<Self>, EngineError> {
        let shown = format!("{engine} at {}", host.shown());
        let Some((agent, origin)) = agent(host).map_err(|why| {
            EngineError::new(EngineErrorKind::Engine, format!("{shown}: {why}"))
                .hint("check the certificates")
        })?
        else {
            return Ok(None);
        };
        let mut api = Self { agent, root: origin, host: host.clone(), shown };
        let answer = api.ask("/_ping", Some(ANSWER))?;
        let version = answer.headers().get("Api-Version").and_then(|value| value.to_str().ok());
        let Some(version) = version.filter(|version| is_version(version)).map(str::to_owned) else {
            let said = said(answer);
            let why = match said.as_str() {
                "" | "OK" => format!("what listens as {} is no container engine", api.shown),
                said => format!("what listens as {} is no container engine: it says `{said}`", api.shown),
            };
            return Err(EngineError::new(EngineErrorKind::Engine, why)
                .hint("check DOCKER_HOST and docker context ls"));
        };
        api.root = format!("{}/v{version}", api.root);
        Ok(Some(api))
    }

    /// Asks for an image; gives its id.
    pub(super) fn find(&self, reference: &str) -> Result<Option<String>, EngineError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Inspected {
            id: String,
        }
        let answer = self.ask(&format!("/images/{reference}/json"), Some(ANSWER))?;
        let text = body(self.good(answer, reference)?);
        Ok(serde_json::from_slice::<Inspected>(&text).ok().map(|inspected| inspected.id))
    }

    /// The images that are there, each by a name, else by its id.
    pub(super) fn list(&self) -> Result<Vec<String>, EngineError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Listed {
            id: String,
            repo_tags: Option<Vec<String>>,
        }
        let missing = format!("{} has no images", self.shown);
        let text = self.ask_of("/images/json", &missing, LONGEST_LIST)?;
        let listed: Vec<Listed> = serde_json::from_slice(&text).map_err(|error| {
            let why = format!("{} lists its images in a way that is not understood: {error}", self.shown);
            EngineError::new(EngineErrorKind::Answer, why)
        })?;
        let name = |Listed { id, repo_tags }: Listed| {
            let tags = repo_tags.unwrap_or_default();
            tags.into_iter().find(|tag| !tag.contains("<none>")).unwrap_or(id)
        };
        Ok(listed.into_iter().map(name).collect())
    }

    /// The archive of one image or several. The engine is asked for it by the first read.
    pub(super) fn get(self, references: &[String]) -> impl Read + Send + use<> {
        let path = match references {
            [one] => format!("/images/{one}/get"),
            several => format!("/images/get?names={}", several.join("&names=")),
        };
        let missing = format!("{} has no image `{}`", self.shown, references.join(" "));
        self.send(path, missing)
    }

    /// What the engine sends at a path; `missing` is what is said when there is no such thing. The engine is asked for it
    /// by the first read.
    pub(super) fn send(self, path: String, missing: String) -> impl Read + Send + use<> {
        Archive { api: self, path, missing, body: None, read: 0 }
    }

    /// The whole answer at a path, of at most so many bytes.
    pub(super) fn ask_of(&self, path: &str, missing: &str, most: u64) -> Result<Vec<u8>, EngineError> {
        let answer = self.there(self.ask(path, Some(ANSWER))?, missing)?;
        let mut text = Vec::new();
        _ = answer.into_body().into_reader().take(most).read_to_end(&mut text);
        Ok(text)
    }

    /// Sends a request; `limit` is for the whole of the answer.
    fn ask(&self, path: &str, limit: Option<Duration>) -> Result<Response<Body>, EngineError> {
        let request = self.agent.get(format!("{}{path}", self.root));
        let answer = request.config().timeout_global(limit).build().call();
        answer.map_err(|error| self.unreached(&error))
    }

    /// Tells a good answer from an error message of the engine.
    fn good(&self, answer: Response<Body>, reference: &str) -> Result<Response<Body>, EngineError> {
        self.there(answer, &format!("{} has no image `{reference}`", self.shown))
    }

    /// Tells a good answer from the engine's complaint; `missing` is what is said when there is no such thing.
    fn there(&self, answer: Response<Body>, missing: &str) -> Result<Response<Body>, EngineError> {
        let status = answer.status();
        match status.as_u16() {
            200 => Ok(answer),
            404 => Err(EngineError::new(EngineErrorKind::Image, missing)),
            number => {
                let said = said(answer);
                let why = if said.is_empty() {
                    format!("{} answers {status}", self.shown)
                } else {
                    format!("{} answers {number}: {said}", self.shown)
                };
                Err(EngineError::new(EngineErrorKind::Answer, why))
            }
        }
    }

    /// What to try when the operating system or TLS refuses.
    fn remedy(&self) -> &'static str {
        match self.host.address {
            Address::Tcp(_, Some(_)) => {
                "check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH, or the context's"
            }
            Address::Tcp(_, None) => "check the address, and whether it wants TLS (DOCKER_TLS_VERIFY)",
            _ => "look at the engine's log",
        }
    }

    /// What to try when nothing listens.
    fn start(&self) -> &'static str {
        if self.host.is_context { "start it, or choose another one: docker context ls" } else { "start it" }
    }

    fn unreached(&self, error: &ureq::Error) -> EngineError {
        let shown = &self.shown;
        let (why, hint) = match error {
            ureq::Error::Io(error) => match error.kind() {
                io::ErrorKind::NotFound => {
                    (format!("{shown} is not running: there is no such socket"), self.start())
                }
                io::ErrorKind::PermissionDenied => (
                    format!("{shown}: permission denied"),
                    "use sudo, or join the group that owns the socket: sudo usermod -aG docker $USER",
                ),
                io::ErrorKind::ConnectionRefused => {
                    (format!("{shown} is not running: nothing listens there"), self.start())
                }
                _ => (format!("{shown}: {}", describe_io(error)), self.remedy()),
            },
            ureq::Error::Timeout(_) => {
                let why = format!("{shown} does not answer (waited {} s)", ANSWER.as_secs());
                (why, "restart it, or name a file made with docker save")
            }
            ureq::Error::HostNotFound => (format!("{shown}: there is no such host"), "check the address"),
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => {
                (format!("{shown}: {error}"), self.remedy())
            }
            other => (
                format!("what listens as {shown} is no container engine ({other})"),
                "check DOCKER_HOST and docker context ls",
            ),
        };
        EngineError::new(EngineErrorKind::Engine, why).hint(hint)
    }
}

/// What came instead of an archive: the engine's message, or the first line of anything else.
fn said(answer: Response<Body>) -> String {
    #[derive(Deserialize)]
    struct Complaint {
        message: String,
    }
    let text = body(answer);
    match serde_json::from_slice::<Complaint>(&text) {
        Ok(complaint) => complaint.message,
        Err(_) => String::from_utf8_lossy(&text).lines().next().unwrap_or_default().trim().to_owned(),
    }
}

/// The whole of a short answer. One that breaks off is what came so far.
fn body(answer: Response<Body>) -> Vec<u8> {
    let mut text = Vec::new();
    _ = answer.into_body().into_reader().take(LONGEST_ANSWER).read_to_end(&mut text);
    text
}

/// True for `1.41`: it becomes a part of a path.
fn is_version(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(major, minor)| major.parse::<u16>().is_ok() && minor.parse::<u16>().is_ok())
}

/// An agent that reaches this host, and the origin of its addresses.
fn agent(host: &Host) -> Result<Option<(Agent, String)>, String> {
    let config = Config::builder()
        .http_status_as_error(false)
        // a proxy for the web does not apply to the engine
        .proxy(None)
        .max_redirects(0)
        .input_buffer_size(BUFFER)
        .timeout_connect(Some(ANSWER));
    match &host.address {
        #[cfg(unix)]
        Address::Unix(path) => {
            let connector = super::unix::UnixConnector(path.clone());
            let resolver = ureq::unversioned::resolver::DefaultResolver::default();
            let agent = Agent::with_parts(config.build(), connector, resolver);
            // the host is ignored, but every request needs one
            Ok(Some((agent, "http://127.0.0.1".to_owned())))
        }
        Address::Tcp(authority, None) => {
            Ok(Some((config.build().new_agent(), format!("http://{authority}"))))
        }
        Address::Tcp(authority, Some(tls)) => {
            let config = config.tls_config(tls_config(tls)?).build();
            Ok(Some((config.new_agent(), format!("https://{authority}"))))
        }
        _ => Ok(None),
    }
}

/// The keys in a directory, under the names that Docker's client uses.
fn tls_config(tls: &Tls) -> Result<TlsConfig, String> {
    let roots = certificates(&tls.directory.join("ca.pem"))?;
    let chain = certificates(&tls.directory.join("cert.pem"))?;
    let key = private_key(&tls.directory.join("key.pem"))?;
    let mut config = TlsConfig::builder().disable_verification(!tls.verify);
    if !roots.is_empty() {
        config = config.root_certs(RootCerts::new_with_certs(&roots));
    }
    if let Some(key) = key
        && !chain.is_empty()
    {
        config = config.client_cert(Some(ClientCert::new_with_certs(&chain, key)));
    }
    Ok(config.build())
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let items = pem(path)?;
    Ok(items
        .into_iter()
        .filter_map(|item| if let PemItem::Certificate(it) = item { Some(it) } else { None })
        .collect())
}

fn private_key(path: &Path) -> Result<Option<PrivateKey<'static>>, String> {
    let items = pem(path)?;
    Ok(items.into_iter().find_map(|item| if let PemItem::PrivateKey(key) = item { Some(key) } else { None }))
}

/// The contents of a PEM file; empty if it does not exist.
fn pem(path: &Path) -> Result<Vec<PemItem<'static>>, String> {
    match settings::read(path) {
        Ok(text) => parse_pem(&text)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{} is no PEM file: {error}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(format!("{}: {}", path.display(), describe_io(&error))),
    }
}

/// An archive while the engine sends it.
struct Archive {
    api: Api,
    path: String,
    missing: String,
    body: Option<BodyReader<'static>>,
    read: u64,
}

impl Archive {
    fn open(&self) -> io::Result<BodyReader<'static>> {
        // no limit: before its first byte an engine may write the whole image to its own disk
        let answer = self.api.ask(&self.path, None);
        let answer = answer.and_then(|answer| self.api.there(answer, &self.missing));
        Ok(answer.map_err(|engine_error| io::Error::other(engine_error.why))?.into_body().into_reader())
    }
}

impl Read for Archive {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.body.is_none() {
            self.body = Some(self.open()?);
        }
        let Some(body) = &mut self.body else { return Ok(0) };
        let got = body.read(buffer).map_err(|_| {
            let read = units::size(self.read);
            io::Error::other(format!("{} broke off after {read}, before it was whole", self.api.shown))
        })?;
        self.read += got as u64;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_two_numbers() {
        assert!(is_version("1.41"));
        for bad in ["", "1", "1.x", "1.41/../..", "a.b"] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
