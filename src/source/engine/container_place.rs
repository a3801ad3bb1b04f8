//! `container:NAME` as a place: the archive of the image passes by, then the manifest and the configuration name one more
//! layer.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::container::Found;
use super::written::Written;
use super::{Engine, EngineQuery, Saving};
use crate::error::{Error, Result};
use crate::source::blobs::{Blobs, Contents, Length, Visit};
use crate::source::passing::Passing;
use crate::source::place::Place;
use crate::source::progress::Progress;

/// A container that one of the engines should have.
#[derive(Debug, Clone)]
pub(in crate::source) struct ContainerPlace {
    query: EngineQuery,
    name: String,
}

/// The kind of place that a container is.
pub const CONTAINER: &str = "container";

/// The engines that know containers by name.
const ENGINES: [Engine; 2] = [Engine::Docker, Engine::Podman];

impl Place for ContainerPlace {
    fn name(&self) -> String {
        format!("container:{}", self.name)
    }

    fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        let shown = self.name();
        let asking = self.clone();
        let (found, saving) = super::query::aside(progress, move || asking.ask())??;
        let inner = Passing::open(saving, format!("{}:{shown}", found.engine.name()), 0, progress);
        let inner = inner.map_err(|error| error.reading(&shown))?;
        let query = self.query;
        Ok(Box::new(Container { inner, found: Some(found), query, shown, progress, made: None }))
    }

    fn lasts(&self) -> bool {
        false
    }

    fn reopens(&self) -> bool {
        true
    }
}

impl ContainerPlace {
    /// A container of the first engine that has it.
    pub(in crate::source) fn new(query: EngineQuery, name: String) -> Self {
        Self { query, name }
    }

    /// The container from the first engine that has it.
    fn ask(&self) -> Result<(Found, Saving)> {
        super::container::check(&self.name).map_err(|refusal| {
            let error = Error::because(refusal.why).reading(self.name());
            error.hint(refusal.hint.unwrap_or_default())
        })?;
        let mut whys = Vec::new();
        for engine in ENGINES {
            match Found::of(engine, &self.name).and_then(|found| {
                let saving = found.image(self.query)?;
                Ok((found, saving))
            }) {
                Ok(found) => return Ok(found),
                Err(refusal) => whys.push(refusal.why),
            }
        }
        Err(Error::because("no engine has it")
            .reading(self.name())
            .details(whys)
            .hint("docker ps -a lists containers"))
    }
}

/// An opened container.
struct Container<'p> {
    inner: Passing<'p>,
    /// The container, until its layer is made.
    found: Option<Found>,
    query: EngineQuery,
    shown: String,
    progress: &'p dyn Progress,
    made: Option<Made>,
}

/// The layer, and the documents that name it.
struct Made {
    layer: Written,
    documents: HashMap<&'static [u8], Vec<u8>>,
    mounts: Vec<String>,
}

/// The names that the new parts have in the archive.
const LAYER: &[u8] = b"container/layer.tar";
const CONFIG: &[u8] = b"container.json";
const MANIFEST: &[u8] = b"manifest.json";
/// What describes the image alone: an archive of newer engines has it beside the manifest.
const HIDDEN: [&[u8]; 2] = [b"index.json", b"oci-layout"];

impl Container<'_> {
    fn make(&self, found: Found) -> Result<Made> {
        let told = |error: super::EngineError| Error::because(error.why).reading(&self.shown);
        let changes = found.changes().map_err(told)?;
        let (mounts, created) = (found.mounts(), found.created().to_owned());
        let export = found.export(self.query.silence).map_err(told)?;
        let layer = changes.layer(export, self.progress).map_err(|error| error.reading(&self.shown))?;
        let odd = || {
            Error::because("its engine's archive has no manifest of the kind that is known")
                .reading(&self.shown)
        };
        let parsed = |name: &[u8]| -> Result<Value> {
            let name = self.inner.resolve(name)?.ok_or_else(odd)?;
            serde_json::from_slice(&self.inner.document(&name)?).map_err(|_| odd())
        };
        let mut manifest = parsed(MANIFEST)?;
        let image = manifest.get_mut(0).and_then(Value::as_object_mut).ok_or_else(odd)?;
        let config_name = image.get("Config").and_then(Value::as_str).ok_or_else(odd)?;
        let mut config = parsed(&crate::source::normal_text(config_name))?;
        image.insert("Config".into(), json!(String::from_utf8_lossy(CONFIG)));
        image.insert("RepoTags".into(), json!([self.shown]));
        let layers = image.get_mut("Layers").and_then(Value::as_array_mut).ok_or_else(odd)?;
        layers.push(json!(String::from_utf8_lossy(LAYER)));
        image.shift_remove("LayerSources");
        if let Some(Value::Array(diff_ids)) = config.pointer_mut("/rootfs/diff_ids") {
            diff_ids.push(json!(layer.diff_id.as_str()));
        }
        if let Some(Value::Array(history)) = config.get_mut("history") {
            history.push(json!({ "created": created, "created_by": self.shown, "comment": "what the container wrote" }));
        }
        let documents = [(MANIFEST, manifest), (CONFIG, config)];
        let documents =
            documents.into_iter().map(|(name, value)| (name, value.to_string().into_bytes())).collect();
        Ok(Made { layer, documents, mounts })
    }
}

impl Blobs for Container<'_> {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn kind(&self) -> &'static str {
        CONTAINER
    }

    fn names(&self) -> Result<Vec<Vec<u8>>> {
        let mut names = self.inner.names()?;
        names.retain(|name| !HIDDEN.contains(&name.as_slice()));
        names.extend([LAYER.to_vec(), CONFIG.to_vec()]);
        Ok(names)
    }

    fn resolve(&self, name: &[u8]) -> Result<Option<Vec<u8>>> {
        match name {
            LAYER | CONFIG => Ok(self.made.is_some().then(|| name.to_vec())),
            hidden if HIDDEN.contains(&hidden) => Ok(None),
            other => self.inner.resolve(other),
        }
    }

    fn document(&self, name: &[u8]) -> Result<Vec<u8>> {
        let own = self.made.as_ref().and_then(|made| made.documents.get(name));
        own.map_or_else(|| self.inner.document(name), |own| Ok(own.clone()))
    }

    fn open(&self, name: &[u8]) -> Result<Contents> {
        match &self.made {
            Some(made) if name == LAYER => Ok(Contents::At(made.layer.tar.clone())),
            _ => self.inner.open(name),
        }
    }

    fn pass(&mut self, visit: &mut Visit<'_>) -> Result<Length> {
        let length = self.inner.pass(visit)?;
        if let Some(found) = self.found.take() {
            self.made = Some(self.make(found)?);
        }
        Ok(length)
    }

    fn absent(&self) -> Vec<String> {
        self.made.as_ref().map_or_else(Vec::new, |made| made.mounts.clone())
    }
}
