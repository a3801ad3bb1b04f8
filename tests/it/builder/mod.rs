//! Builds container images in memory: the fixtures of the tests and the benches.
//!
//! One description of an image can be written in every form that a reader must know (Docker's old and
//! new archives, OCI archives and directories, a bare root filesystem), with every packing of a layer.
//! The tar writer is our own: tests need headers that no well-behaved library would write. All digests
//! are real, so that a form that checks them passes as well.

mod archive;
mod layer;
mod packing;
pub(crate) mod tarball;

pub(crate) use archive::{Archive, Form, Members};
pub(crate) use layer::LayerBuilder;
pub(crate) use packing::Packing;
pub(crate) use tarball::{Entry, Names, header, pad, seal, tar_of};

use sha2::{Digest as _, Sha256};

/// `sha256:…` of `bytes`.
pub(crate) fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        _ = write!(text, "{byte:02x}");
    }
    text
}

/// One layer: its blob as stored and the tar inside it.
#[derive(Debug, Clone)]
pub(crate) struct BuiltLayer {
    /// The unpacked tar.
    pub(crate) tar: Vec<u8>,
    /// The blob as stored; the same bytes when it is not compressed.
    pub(crate) blob: Vec<u8>,
    /// How it is compressed.
    pub(crate) packing: Packing,
}

/// One history step, as the configuration of an image holds it.
#[derive(Debug, Clone)]
struct Step {
    text: String,
    makes_layer: bool,
}

/// Describes one image. Every method returns the builder, so that an image is one expression.
#[derive(Debug, Clone)]
pub(crate) struct ImageBuilder {
    layers: Vec<LayerBuilder>,
    history: Option<Vec<Step>>,
    tags: Vec<String>,
    os: String,
    architecture: String,
    variant: Option<String>,
    config: serde_json::Map<String, serde_json::Value>,
    packing: Packing,
    names: Names,
}

impl Default for ImageBuilder {
    fn default() -> Self {
        Self {
            layers: Vec::new(),
            history: Some(Vec::new()),
            tags: Vec::new(),
            os: "linux".into(),
            architecture: "amd64".into(),
            variant: None,
            config: serde_json::Map::new(),
            packing: Packing::Plain,
            names: Names::Gnu,
        }
    }
}

impl ImageBuilder {
    /// An image of no layers, for linux/amd64, without a tag.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a layer; its history step is the one that [`Self::history`] adds next, or a made-up one.
    pub(crate) fn layer(mut self, describe: impl FnOnce(LayerBuilder) -> LayerBuilder) -> Self {
        self.layers.push(describe(LayerBuilder::default()));
        self
    }

    /// Names the step that made the layer added last (`created_by` of the configuration).
    pub(crate) fn history(mut self, text: &str) -> Self {
        let made = self.layers.len();
        if let Some(history) = &mut self.history {
            let told = history.iter().filter(|step| step.makes_layer).count();
            for n in told..made.saturating_sub(1) {
                history.push(Step { text: format!("COPY layer-{n} /"), makes_layer: true });
            }
            history.push(Step { text: text.into(), makes_layer: told < made });
        }
        self
    }

    /// Adds a step that makes no layer (`ENV`, `CMD`, …).
    pub(crate) fn empty_step(mut self, text: &str) -> Self {
        if let Some(history) = &mut self.history {
            history.push(Step { text: text.into(), makes_layer: false });
        }
        self
    }

    /// Leaves the history out altogether.
    pub(crate) fn no_history(mut self) -> Self {
        self.history = None;
        self
    }

    /// A further name of the image: `app:1`.
    pub(crate) fn tag(mut self, name: &str) -> Self {
        self.tags.push(name.into());
        self
    }

    /// What the image runs on: `linux/arm64` or `linux/arm/v7`.
    pub(crate) fn platform(mut self, platform: &str) -> Self {
        let mut parts = platform.split('/').map(str::to_owned);
        self.os = parts.next().unwrap_or_default();
        self.architecture = parts.next().unwrap_or_default();
        self.variant = parts.next();
        self
    }

    /// Sets a field of the configuration's `config` object (`Env`, `Labels`, …).
    pub(crate) fn config(mut self, key: &str, value: serde_json::Value) -> Self {
        self.config.insert(key.into(), value);
        self
    }

    /// How the layers are compressed that do not say it themselves.
    pub(crate) fn packing(mut self, packing: Packing) -> Self {
        self.packing = packing;
        self
    }

    /// How long and odd names are written in the layers' tars.
    pub(crate) fn names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// The layers' tars and blobs, built one at a time.
    pub(crate) fn build_layers(&self) -> impl Iterator<Item = BuiltLayer> {
        self.layers.iter().map(|layer| {
            let tar = layer.tar(self.names);
            let packing = layer.own_packing().unwrap_or(self.packing);
            BuiltLayer { blob: packing.pack(&tar), tar, packing }
        })
    }

    /// The configuration, as JSON, for layers with these diff IDs.
    pub(crate) fn config_json(&self, diff_ids: &[String]) -> serde_json::Value {
        let mut json = serde_json::json!({
            "created": "2024-05-01T10:00:00Z",
            "architecture": self.architecture,
            "os": self.os,
            "config": self.config,
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
        });
        if let Some(variant) = &self.variant {
            json["variant"] = variant.as_str().into();
        }
        if let Some(history) = &self.history {
            let mut steps: Vec<_> = history.iter().map(Step::json).collect();
            for n in history.iter().filter(|step| step.makes_layer).count()..diff_ids.len() {
                steps.push(Step { text: format!("COPY layer-{n} /"), makes_layer: true }.json());
            }
            json["history"] = steps.into();
        }
        json
    }

    /// The platform as a descriptor of an index holds it.
    pub(crate) fn platform_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({ "architecture": self.architecture, "os": self.os });
        if let Some(variant) = &self.variant {
            json["variant"] = variant.as_str().into();
        }
        json
    }

    /// The names given so far.
    pub(crate) fn tags(&self) -> &[String] {
        &self.tags
    }

    /// The image alone in an archive of this form.
    pub(crate) fn archive(&self, form: Form) -> Archive {
        Archive::new(form).image(self.clone())
    }
}

impl Step {
    fn json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({ "created": "2024-05-01T10:00:00Z", "created_by": self.text });
        if !self.makes_layer {
            json["empty_layer"] = true.into();
        }
        json
    }
}
