//! Which images a place holds.
//!
//! `index.json` and `manifest.json` may both be there and describe the same images; they are brought together
//! by the digest of the configuration, so that none is listed twice. Blobs of platforms that were not
//! pulled are missing by design: a manifest that is not there is noted, not an error.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::blobs::{Blobs, blob_name, document};
use super::{limits, normal_text};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::oci::{Config, Descriptor, DockerImage, DockerManifest, Document, Platform};
use crate::text;

/// A blob that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The name in the place, links followed; none when it is not there.
    pub name: Option<Vec<u8>>,
    /// What to call it in an error: the member's name as the manifest has it, or the digest.
    pub shown: String,
    /// Its digest, when the manifest states one.
    pub digest: Option<Digest>,
    /// Its media type, when the manifest states one.
    pub media_type: Option<String>,
}

/// An image that the place names; its blobs may be missing.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The names given to it, as people write them: without the default registry and its `library/`.
    pub tags: Vec<String>,
    /// What it runs on, if the index or the configuration says.
    pub platform: Platform,
    /// The digest of its manifest.
    pub manifest_digest: Option<Digest>,
    /// Its configuration.
    pub config: Blob,
    /// Its layers, lowest first.
    pub layers: Arc<[Blob]>,
    /// Where the place keeps what was attested of it: the name of a manifest's blob.
    pub attestations: Option<Vec<u8>>,
}

impl Candidate {
    /// True when every blob is there.
    pub fn is_complete(&self) -> bool {
        self.config.name.is_some() && self.layers.iter().all(|layer| layer.name.is_some())
    }
}

/// All images of a place.
#[derive(Debug, Default)]
pub struct Catalog {
    /// The document that lists the images.
    pub listed_in: &'static str,
    /// The images, in the order of `manifest.json` where there is one, else of `index.json`.
    pub candidates: Vec<Candidate>,
    /// Manifests that an index names but that are not there: their digests and platforms.
    pub absent: Vec<(String, Platform)>,
}

impl Catalog {
    /// Reads the manifests. None when the place has neither `manifest.json` nor `index.json`: no image.
    ///
    /// # Errors
    /// When a document is not what it should be; the error names it.
    pub fn read(blobs: &dyn Blobs) -> Result<Option<Self>> {
        let index: Option<Document> = document(blobs, b"index.json")?;
        let is_layout = index.is_some();
        let listed_in = if is_layout { "index.json" } else { "manifest.json" };
        let mut reader = Reader::new(blobs, listed_in);
        if let Some(index) = index {
            let manifests = index.manifests.ok_or_else(|| {
                Error::because("it lists no manifests, so it is no image index").at("index.json")
            })?;
            reader.walk(&manifests, &Origin::default(), 0)?;
        }
        let docker = match document::<DockerManifest>(blobs, b"manifest.json")? {
            None if is_layout => None,
            None => return Ok(None),
            Some(DockerManifest::Images(images)) => Some(images),
            // skopeo's dir: layout keeps one manifest under this name
            Some(DockerManifest::One(manifest)) if !is_layout => {
                let parts = reader.parts(&manifest, "manifest.json")?;
                let candidate = parts.candidate(None, &Origin::default());
                reader.catalog.candidates.push(candidate);
                None
            }
            Some(DockerManifest::One(_)) => {
                let why = "it is not the JSON of an image: it is no list of images";
                return Err(Error::because(why).at("manifest.json"));
            }
        };
        if let Some(images) = docker {
            reader.merge_docker(images)?;
        }
        let Reader { mut catalog, attestations, .. } = reader;
        for candidate in &mut catalog.candidates {
            let digest = candidate.manifest_digest.as_ref();
            candidate.attestations = digest.and_then(|digest| attestations.get(digest.as_str()).cloned());
        }
        Ok(Some(catalog))
    }

    /// The same manifest may be listed once for each of its names.
    fn add(&mut self, candidate: Candidate) -> Result<()> {
        let count = self.candidates.len();
        let same = self.candidates.iter_mut().find(|other| {
            other.manifest_digest == candidate.manifest_digest && other.platform == candidate.platform
        });
        match same {
            Some(other) => {
                for tag in candidate.tags {
                    if !other.tags.contains(&tag) {
                        other.tags.push(tag);
                    }
                }
            }
            None if count >= limits::MANIFESTS => {
                return Err(Error::because(format!("it names more than {} images", limits::MANIFESTS)));
            }
            None => self.candidates.push(candidate),
        }
        Ok(())
    }
}

/// The catalog while it is read, with what keeps a small archive from becoming much work: each manifest is
/// parsed once, however often it is listed, and each index is visited once under each name.
struct Reader<'a> {
    blobs: &'a dyn Blobs,
    catalog: Catalog,
    /// The parts of manifests, by the resolved names of their blobs; none of those that are no images.
    manifests: HashMap<Vec<u8>, Option<ManifestParts>>,
    /// Indexes that were visited: their blobs, and what enclosed them.
    indexes: HashSet<(Vec<u8>, Origin)>,
    /// What configurations say that they run on, by the resolved names of their blobs.
    platforms: HashMap<Vec<u8>, Platform>,
    /// Blobs of manifests of attestations, by the digest of the image's manifest.
    attestations: HashMap<String, Vec<u8>>,
    /// References that were followed.
    references: usize,
    /// Layers that were named.
    layers: usize,
}

impl<'a> Reader<'a> {
    fn new(blobs: &'a dyn Blobs, listed_in: &'static str) -> Self {
        Self {
            blobs,
            catalog: Catalog { listed_in, ..Catalog::default() },
            manifests: HashMap::new(),
            indexes: HashSet::new(),
            platforms: HashMap::new(),
            attestations: HashMap::new(),
            references: 0,
            layers: 0,
        }
    }

    /// Visits an index's manifests. `origin` is what the enclosing index said of them.
    fn walk(&mut self, manifests: &[Descriptor], origin: &Origin, depth: usize) -> Result<()> {
        if depth > limits::INDEX_DEPTH {
            return Err(Error::because(format!("indexes are nested more than {} deep", limits::INDEX_DEPTH))
                .at("index.json"));
        }
        for descriptor in manifests {
            self.references += 1;
            if self.references > limits::REFERENCES {
                let why = format!("its indexes list more than {} manifests together", limits::REFERENCES);
                return Err(Error::because(why).at("index.json"));
            }
            if descriptor.is_attestation() {
                self.attestation(descriptor)?;
                continue;
            }
            let digest = checked_digest(&descriptor.digest, "index.json")?;
            let here = Origin {
                name: descriptor.name().map(str::to_owned).or_else(|| origin.name.clone()),
                platform: descriptor.platform.clone().or_else(|| origin.platform.clone()),
            };
            let Some(name) = blob_name(self.blobs, &digest)? else {
                self.catalog.absent.push((digest.to_string(), here.platform.unwrap_or_default()));
                continue;
            };
            let is_attestation = here.platform.as_ref().is_some_and(is_no_platform);
            if !self.manifests.contains_key(&name) {
                let Some(manifest) = document::<Document>(self.blobs, &name)? else { continue };
                if let Some(nested) = &manifest.manifests {
                    if self.indexes.insert((name, here.clone())) {
                        self.walk(nested, &here, depth + 1)?;
                    }
                    continue;
                }
                if is_attestation {
                    continue;
                }
                let parts = is_image(&manifest)
                    .then(|| self.parts(&manifest, &text::line(&name, 200)))
                    .transpose()?;
                self.manifests.insert(name.clone(), parts);
            }
            let Some(Some(parts)) = self.manifests.get(&name) else { continue };
            if is_attestation {
                continue;
            }
            let candidate = parts.candidate(Some(digest), &here);
            self.catalog.add(candidate)?;
        }
        Ok(())
    }

    /// Notes where the attestations of an image are.
    fn attestation(&mut self, descriptor: &Descriptor) -> Result<()> {
        if let (Some(of), Some(digest)) = (descriptor.attested(), Digest::parse(&descriptor.digest))
            && let Some(name) = blob_name(self.blobs, &digest)?
        {
            self.attestations.insert(of.to_owned(), name);
        }
        Ok(())
    }

    /// What a manifest names; `shown` is the document that it stands in.
    fn parts(&mut self, manifest: &Document, shown: &str) -> Result<ManifestParts> {
        let blobs = self.blobs;
        let descriptor = manifest
            .config
            .as_ref()
            .ok_or_else(|| Error::because("it names neither a configuration nor manifests").at(shown))?;
        let config = blob(blobs, descriptor, shown)?;
        self.count_layers(manifest.layers.len()).map_err(|error| error.at(shown))?;
        let layers = manifest.layers.iter().map(|layer| blob(blobs, layer, shown)).collect::<Result<_>>()?;
        let platform = self.platform_of(&config);
        Ok(ManifestParts { config, layers, platform })
    }

    /// Brings the images of `manifest.json` together with those of `index.json`, and puts them first.
    fn merge_docker(&mut self, images: Vec<DockerImage>) -> Result<()> {
        let (blobs, place) = (self.blobs, "manifest.json");
        if images.len() > limits::MANIFESTS {
            return Err(Error::because(format!("it names more than {} images", limits::MANIFESTS)).at(place));
        }
        let mut merged = Vec::with_capacity(images.len());
        for image in images {
            self.count_layers(image.layers.len()).map_err(|error| error.at(place))?;
            let config = member(blobs, &image.config)?;
            let candidates = &mut self.catalog.candidates;
            let listed = candidates
                .iter()
                .position(|other| config.digest.is_some() && other.config.digest == config.digest)
                .map(|found| candidates.remove(found));
            let mut tags: Vec<String> = image.repo_tags.iter().map(|name| familiar(name)).collect();
            let candidate = if let Some(mut listed) = listed {
                listed.tags.retain(|tag| !is_named_by(tag, &tags));
                tags.append(&mut listed.tags);
                listed.tags = tags;
                listed
            } else {
                let layers = image.layers.iter().map(|name| member(blobs, name)).collect::<Result<_>>()?;
                let platform = self.platform_of(&config);
                Candidate { tags, platform, manifest_digest: None, config, layers, attestations: None }
            };
            merged.push(candidate);
        }
        merged.append(&mut self.catalog.candidates);
        self.catalog.candidates = merged;
        Ok(())
    }

    /// What a configuration says that the image runs on. Whether it can be read at all is found out when
    /// the image is chosen.
    fn platform_of(&mut self, config: &Blob) -> Platform {
        let Some(name) = &config.name else { return Platform::default() };
        if let Some(platform) = self.platforms.get(name) {
            return platform.clone();
        }
        let read = document::<Config>(self.blobs, name).ok().flatten().unwrap_or_default();
        let Config { os, architecture, variant, .. } = read;
        let platform = Platform { os, architecture, variant };
        self.platforms.insert(name.clone(), platform.clone());
        platform
    }

    fn count_layers(&mut self, count: usize) -> Result<()> {
        if count > limits::LAYERS {
            return Err(Error::because(format!(
                "it names {count} layers, over the limit of {}",
                limits::LAYERS
            )));
        }
        self.layers += count;
        if self.layers > limits::NAMED_LAYERS {
            let why = format!("the images name more than {} layers together", limits::NAMED_LAYERS);
            return Err(Error::because(why));
        }
        Ok(())
    }
}

/// What one manifest names.
struct ManifestParts {
    config: Blob,
    layers: Arc<[Blob]>,
    /// What the configuration says that it runs on.
    platform: Platform,
}

impl ManifestParts {
    fn candidate(&self, digest: Option<Digest>, origin: &Origin) -> Candidate {
        let platform = match &origin.platform {
            Some(platform) if !platform.is_unknown() => platform.clone(),
            _ => self.platform.clone(),
        };
        Candidate {
            tags: origin.name.iter().map(|name| familiar(name)).collect(),
            platform,
            manifest_digest: digest,
            config: self.config.clone(),
            layers: Arc::clone(&self.layers),
            attestations: None,
        }
    }
}

/// What an index says of the manifests in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Origin {
    name: Option<String>,
    platform: Option<Platform>,
}

/// A full name as people write it: `docker.io/library/app:1` is `app:1`.
pub(super) fn familiar(name: &str) -> String {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name).to_owned()
}

/// True when a name of `index.json` says no more than one of the names in `manifest.json`.
fn is_named_by(name: &str, tags: &[String]) -> bool {
    tags.iter().any(|tag| name == tag || tag.rsplit_once(':').is_some_and(|(_, bare)| bare == name))
}

/// Image manifests have layers that are tars; attestations and other artefacts do not.
fn is_image(manifest: &Document) -> bool {
    !manifest.layers.iter().any(|layer| layer.media_type.contains("in-toto"))
}

/// The platform of what is no image: `unknown/unknown`.
fn is_no_platform(platform: &Platform) -> bool {
    platform.os == "unknown" && platform.architecture == "unknown"
}

fn checked_digest(text: &str, place: &str) -> Result<Digest> {
    Digest::parse(text).ok_or_else(|| Error::because(format!("`{text}` is no digest")).at(place))
}

/// The blob that a descriptor points to.
fn blob(blobs: &dyn Blobs, descriptor: &Descriptor, place: &str) -> Result<Blob> {
    let digest = checked_digest(&descriptor.digest, place)?;
    let name = blob_name(blobs, &digest).map_err(|error| error.at(digest.as_str()))?;
    let media_type = Some(descriptor.media_type.clone()).filter(|text| !text.is_empty());
    Ok(Blob { name, shown: digest.to_string(), digest: Some(digest), media_type })
}

/// The blob that `manifest.json` names by its member. The name often tells the digest.
fn member(blobs: &dyn Blobs, name: &str) -> Result<Blob> {
    let found = blobs.resolve(&normal_text(name)).map_err(|error| error.at(name))?;
    let stem = name.rsplit('/').next().unwrap_or(name);
    let stem = stem.strip_prefix("sha256:").unwrap_or(stem.strip_suffix(".json").unwrap_or(stem));
    Ok(Blob {
        name: found,
        shown: name.to_owned(),
        digest: Digest::parse(&format!("sha256:{stem}")),
        media_type: None,
    })
}
