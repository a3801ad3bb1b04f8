//! The documents of the new image: the old ones as raw JSON, changed only where layers changed, so that every
//! field that this program does not know stays as it is.

use serde_json::{Map, Value, json};

use super::plan::{Outcome, Plan};
use super::store::name;
use crate::digest::Digest;
use crate::dockerfile::StepId;
use crate::error::{Error, Result};
use crate::image::Image;
use crate::source::Compression;

/// The documents of the old image.
#[derive(Debug, Clone, Default)]
pub(super) struct Documents {
    /// The configuration, as it is stored.
    pub(super) config: Vec<u8>,
    /// The manifest, as it is stored; Docker's old archives have none.
    pub(super) manifest: Option<Vec<u8>>,
    /// What the index says of the manifest.
    pub(super) descriptor: Option<Value>,
    /// The index around it.
    pub(super) index: Option<Value>,
    /// What Docker's `manifest.json` says of the image.
    pub(super) docker: Option<Value>,
}

/// A layer of the new image.
#[derive(Debug, Clone)]
pub(super) struct NewLayer {
    pub(super) diff_id: Digest,
    pub(super) digest: Digest,
    pub(super) size: u64,
    pub(super) compression: Compression,
    /// The old layer that it is, byte for byte.
    pub(super) same_as: Option<usize>,
}

/// Annotations of a layer that describe the inside of its blob.
const TABLES_OF_CONTENTS: [&str; 3] =
    ["containerd.io/snapshot/stargz/", "io.containers.zstd-chunked.", "io.containers.estargz."];

/// Fields of a configuration that name blobs which the new image does not have: `BuildKit`'s inline cache.
const STALE: [&str; 1] = ["moby.buildkit.cache.v0"];

fn parse(bytes: &[u8], what: &str) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|error| Error::because(format!("it is no JSON: {error}")).at(what))
}

fn object<'a>(value: &'a mut Value, what: &str) -> Result<&'a mut Map<String, Value>> {
    value.as_object_mut().ok_or_else(|| Error::because("it is no JSON object").at(what))
}

/// The new configuration, and what was left out of it.
pub(super) fn config(
    old: &[u8],
    image: &Image,
    plan: &Plan,
    layers: &[NewLayer],
) -> Result<(Vec<u8>, Vec<String>)> {
    if plan.changes_nothing() {
        return Ok((old.to_vec(), Vec::new()));
    }
    let what = "the configuration";
    let mut config = parse(old, what)?;
    let root = object(&mut config, what)?;
    let rootfs = root.entry("rootfs").or_insert_with(|| json!({ "type": "layers" }));
    let diff_ids: Vec<&str> = layers.iter().map(|layer| layer.diff_id.as_str()).collect();
    object(rootfs, what)?.insert("diff_ids".into(), json!(diff_ids));
    if let Some(Value::Array(history)) = root.get_mut("history") {
        for step in emptied(image, plan) {
            if let Some(Value::Object(step)) = history.get_mut(step) {
                step.insert("empty_layer".into(), Value::Bool(true));
            }
        }
        fit(history, layers.len());
    }
    let mut remarks = Vec::new();
    for field in STALE {
        if root.shift_remove(field).is_some() {
            remarks
                .push(format!("{field} is left out of the configuration: it names layers of the old image"));
        }
    }
    Ok((config.to_string().into_bytes(), remarks))
}

/// The history steps whose layers are gone, or part of a later one.
fn emptied(image: &Image, plan: &Plan) -> Vec<usize> {
    let mut steps = Vec::new();
    for layer in &plan.layers {
        let own = image.layers[layer.sources.clone()].iter().filter_map(|layer| layer.step);
        let mut own: Vec<usize> = own.map(StepId::index).collect();
        if layer.outcome != Outcome::Vanished {
            own.pop();
        }
        steps.append(&mut own);
    }
    steps
}

/// Where no step is paired with a layer: no more steps may claim to have made one than there are layers.
fn fit(history: &mut [Value], layers: usize) {
    let makes = |step: &Value| step.get("empty_layer").and_then(Value::as_bool) != Some(true);
    let surplus = history.iter().filter(|step| makes(step)).count().saturating_sub(layers);
    for step in history.iter_mut().rev().filter(|step| makes(step)).take(surplus) {
        step["empty_layer"] = Value::Bool(true);
    }
}

/// The new manifest.
pub(super) fn manifest(
    old: Option<&[u8]>,
    config: (&Digest, u64),
    layers: &[NewLayer],
) -> Result<(Vec<u8>, Vec<String>)> {
    let what = "the manifest";
    let mut manifest = match old {
        Some(old) => parse(old, what)?,
        None => json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": { "mediaType": "application/vnd.oci.image.config.v1+json" },
        }),
    };
    let root = object(&mut manifest, what)?;
    let is_docker = root
        .get("mediaType")
        .and_then(Value::as_str)
        .is_some_and(|media_type| media_type.starts_with("application/vnd.docker."));
    let descriptor = object(root.entry("config").or_insert_with(|| json!({})), what)?;
    point(descriptor, config.0, config.1);
    let old_layers = match root.get("layers") {
        Some(Value::Array(layers)) => layers.clone(),
        _ => Vec::new(),
    };
    let mut remarks = Vec::new();
    let mut new_layers = Vec::new();
    for layer in layers {
        if let Some(old) = layer.same_as.and_then(|same| old_layers.get(same)) {
            new_layers.push(old.clone());
            continue;
        }
        new_layers.push(json!({
            "mediaType": media_type(layer.compression, is_docker),
            "digest": layer.digest.as_str(),
            "size": layer.size,
        }));
    }
    let has_table = |layer: &Value| {
        layer.get("annotations").and_then(Value::as_object).is_some_and(|annotations| {
            annotations.keys().any(|key| TABLES_OF_CONTENTS.iter().any(|prefix| key.starts_with(prefix)))
        })
    };
    let tables = |layers: &[Value]| layers.iter().filter(|layer| has_table(layer)).count();
    let lost = tables(&old_layers) - tables(&new_layers).min(tables(&old_layers));
    if lost > 0 {
        remarks.push(format!(
            "tables of contents of {lost} changed layers (eStargz, zstd:chunked) are left out"
        ));
    }
    root.insert("layers".into(), Value::Array(new_layers));
    Ok((manifest.to_string().into_bytes(), remarks))
}

/// Lets a descriptor point at another blob. What it says of the old one's bytes goes.
fn point(descriptor: &mut Map<String, Value>, digest: &Digest, size: u64) {
    descriptor.insert("digest".into(), digest.as_str().into());
    descriptor.insert("size".into(), size.into());
    for inline in ["data", "urls"] {
        descriptor.shift_remove(inline);
    }
}

fn media_type(compression: Compression, is_docker: bool) -> &'static str {
    match (compression, is_docker) {
        (Compression::None, false) => "application/vnd.oci.image.layer.v1.tar",
        (Compression::Gzip, false) => "application/vnd.oci.image.layer.v1.tar+gzip",
        (Compression::Zstd, false) => "application/vnd.oci.image.layer.v1.tar+zstd",
        (Compression::None, true) => "application/vnd.docker.image.rootfs.diff.tar",
        (Compression::Gzip, true) => "application/vnd.docker.image.rootfs.diff.tar.gzip",
        (Compression::Zstd, true) => "application/vnd.docker.image.rootfs.diff.tar.zstd",
    }
}

/// The annotations that name an image.
const NAMES: [&str; 2] = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

/// What the new image is called.
pub(super) struct Names {
    /// As Docker's `manifest.json` lists them.
    docker: Vec<String>,
    /// The name that takes the place of those in the index.
    new: Option<String>,
}

impl Names {
    /// `tag`, or the names of the old image.
    pub(super) fn new(old: &Documents, tag: Option<&str>) -> Self {
        if let Some(tag) = tag {
            return Self { docker: vec![tagged(tag)], new: Some(tag.to_owned()) };
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(docker) = &old.docker {
            let names = docker.get("RepoTags").and_then(Value::as_array);
            let docker: Vec<String> = names.into_iter().flatten().filter_map(text).collect();
            let new = docker.first().cloned();
            return Self { docker, new };
        }
        let annotation = |key: &str| old.descriptor.as_ref()?.get("annotations")?.get(key).and_then(text);
        // the second may be a bare tag, which names no image
        let full =
            annotation(NAMES[0]).or_else(|| annotation(NAMES[1]).filter(|name| name.contains([':', '/'])));
        Self { docker: full.iter().map(|name| familiar(name)).collect(), new: None }
    }
}

/// The new `index.json`: one manifest, under the image's first name.
pub(super) fn index(
    old: &Documents,
    manifest: (&[u8], &Digest),
    image: &Image,
    names: &Names,
) -> Result<Vec<u8>> {
    let what = "index.json";
    let platform = &image.about.platform;
    let mut descriptor = old.descriptor.clone().unwrap_or_else(|| {
        let mut described = json!({ "architecture": platform.architecture, "os": platform.os });
        if let Some(variant) = &platform.variant {
            described["variant"] = variant.as_str().into();
        }
        json!({ "mediaType": "", "digest": "", "size": 0, "platform": described })
    });
    let fields = object(&mut descriptor, what)?;
    let media_type = parse(manifest.0, "the manifest")?.get("mediaType").cloned();
    let media_type = media_type.unwrap_or_else(|| "application/vnd.oci.image.manifest.v1+json".into());
    fields.insert("mediaType".into(), media_type);
    point(fields, manifest.1, manifest.0.len() as u64);
    let annotations = object(fields.entry("annotations").or_insert_with(|| json!({})), what)?;
    if let Some(name) = &names.new {
        annotations.insert(NAMES[0].into(), full_name(name).into());
        annotations.insert(NAMES[1].into(), version(name).into());
    }
    if annotations.is_empty() {
        fields.shift_remove("annotations");
    }
    let mut index = old.index.clone().unwrap_or_else(
        || json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json" }),
    );
    object(&mut index, what)?.insert("manifests".into(), json!([descriptor]));
    Ok(index.to_string().into_bytes())
}

/// Docker's new `manifest.json`.
pub(super) fn docker(
    old: Option<&Value>,
    config: &Digest,
    layers: &[NewLayer],
    names: &Names,
) -> Result<Vec<u8>> {
    let what = "manifest.json";
    let mut image = old.cloned().unwrap_or_else(|| json!({}));
    let fields = object(&mut image, what)?;
    let tags = &names.docker;
    let layers: Vec<String> = layers.iter().map(|layer| name(&layer.digest)).collect();
    fields.insert("Config".into(), name(config).into());
    fields.insert("RepoTags".into(), if tags.is_empty() { Value::Null } else { json!(tags) });
    fields.insert("Layers".into(), json!(layers));
    // it describes the old layers, and readers do without it
    fields.shift_remove("LayerSources");
    Ok(json!([image]).to_string().into_bytes())
}

/// True when two configurations are the same but for what [`config`] changes.
pub(super) fn is_same_config(old: &[u8], new: &[u8]) -> bool {
    let bare = |bytes: &[u8]| {
        let mut config: Value = serde_json::from_slice(bytes).ok()?;
        if let Some(Value::Object(rootfs)) = config.get_mut("rootfs") {
            rootfs.shift_remove("diff_ids");
        }
        if let Some(Value::Array(history)) = config.get_mut("history") {
            for step in history.iter_mut().filter_map(Value::as_object_mut) {
                step.shift_remove("empty_layer");
            }
        }
        let root = config.as_object_mut()?;
        for field in STALE {
            root.shift_remove(field);
        }
        Some(config)
    };
    bare(old).is_some_and(|old| Some(old) == bare(new))
}

/// A full name as people write it.
fn familiar(name: &str) -> String {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    tagged(name.strip_prefix("library/").unwrap_or(name))
}

/// The part of a name that is its tag.
fn tag_of(name: &str) -> Option<&str> {
    name.rsplit_once(':').map(|(_, tag)| tag).filter(|tag| !tag.contains('/'))
}

fn version(name: &str) -> String {
    tag_of(name).unwrap_or("latest").to_owned()
}

/// `app` as Docker lists it, `app:latest`.
fn tagged(name: &str) -> String {
    if tag_of(name).is_some() { name.to_owned() } else { format!("{name}:latest") }
}

/// `app:1` in full: `docker.io/library/app:1`.
fn full_name(name: &str) -> String {
    let name = tagged(name);
    match name.split_once('/') {
        Some((registry, _)) if registry.contains(['.', ':']) || registry == "localhost" => name,
        Some(_) => format!("docker.io/{name}"),
        None => format!("docker.io/library/{name}"),
    }
}
