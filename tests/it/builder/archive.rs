//! Writes images in the forms that tools save them in.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::packing::Packing;
use super::tarball::{Entry, Names, Type, tar_of};
use super::{BuiltLayer, ImageBuilder, digest};

/// On-disk forms of one or more images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Docker before 25: `<id>/layer.tar`, `<config>.json`, `manifest.json`.
    DockerV1,
    /// Docker since 25: an OCI layout with a `manifest.json` beside `index.json`.
    Docker,
    /// An OCI layout in a tar.
    Oci,
    /// An OCI layout as a directory.
    OciDir,
    /// No image: the first layer's tar, as `docker export` writes it.
    Rootfs,
}

impl Form {
    /// The forms that hold whole images.
    pub(crate) const IMAGES: [Self; 4] = [Self::DockerV1, Self::Docker, Self::Oci, Self::OciDir];
}

/// One or more images in one archive.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    form: Form,
    images: Vec<ImageBuilder>,
    nested: bool,
    attestation: Option<Attest>,
    outer: Packing,
}

impl Archive {
    /// An empty archive.
    pub(crate) fn new(form: Form) -> Self {
        Self { form, images: Vec::new(), nested: false, attestation: None, outer: Packing::Plain }
    }

    /// Adds an image.
    pub(crate) fn image(mut self, image: ImageBuilder) -> Self {
        self.images.push(image);
        self
    }

    /// The images are platforms of one name: they are in an index of their own, which `index.json` names.
    pub(crate) fn platforms(mut self) -> Self {
        self.nested = true;
        self
    }

    /// Every image has an attestation manifest beside it, as current Docker builds them.
    pub(crate) fn attestations(self) -> Self {
        self.attested(|_| json!({ "_type": "statement" }))
    }

    /// The same with a statement made of the descriptors of the image's layers.
    pub(crate) fn attested(mut self, attest: Attest) -> Self {
        self.nested = true;
        self.attestation = Some(attest);
        self
    }

    /// Compresses the whole archive.
    pub(crate) fn outer(mut self, packing: Packing) -> Self {
        self.outer = packing;
        self
    }

    /// The members of the archive; tests take them, spoil them and pack them themselves.
    pub(crate) fn members(&self) -> Members {
        let mut members = Members::default();
        match self.form {
            Form::DockerV1 => self.docker_v1(&mut members),
            Form::Docker | Form::Oci | Form::OciDir => self.layout(&mut members),
            Form::Rootfs => panic!("a root filesystem has no members of its own"),
        }
        members
    }

    /// The whole archive as bytes; not for [`Form::OciDir`].
    pub(crate) fn bytes(&self) -> Vec<u8> {
        assert_ne!(self.form, Form::OciDir, "a directory has no bytes of its own");
        match self.form {
            Form::Rootfs => self.outer.pack(&self.images[0].build_layers().next().expect("a layer").tar),
            _ => self.outer.pack(&self.members().tar()),
        }
    }

    /// Writes the archive, or the directory, at `path`.
    pub(crate) fn write(&self, path: &Path) {
        match (self.form, self.outer) {
            (Form::OciDir, _) => self.members().write_directory(path),
            (Form::Rootfs, _) => fs::write(path, self.bytes()).expect("a writable file"),
            (_, Packing::Plain) => self.members().write_tar(path),
            _ => fs::write(path, self.bytes()).expect("a writable file"),
        }
    }

    fn docker_v1(&self, members: &mut Members) {
        let mut manifest = Vec::new();
        for image in &self.images {
            let (mut diff_ids, mut names) = (Vec::new(), Vec::new());
            for BuiltLayer { tar, blob, .. } in image.build_layers() {
                let id = hex(&digest(&[&b"v1 id of "[..], digest(&tar).as_bytes()].concat())).to_owned();
                diff_ids.push(digest(&tar));
                members.file(&format!("{id}/VERSION"), b"1.0");
                members.file(&format!("{id}/json"), json!({ "id": id }).to_string());
                members.file(&format!("{id}/layer.tar"), blob);
                names.push(format!("{id}/layer.tar"));
            }
            let config = image.config_json(&diff_ids).to_string();
            let config_name = format!("{}.json", hex(&digest(config.as_bytes())));
            members.file(&config_name, config);
            manifest.push(json!({ "Config": config_name, "RepoTags": image.tags(), "Layers": names }));
        }
        members.file("manifest.json", Value::from(manifest).to_string());
    }

    fn layout(&self, members: &mut Members) {
        let (mut manifest_json, mut descriptors) = (Vec::new(), Vec::new());
        for image in &self.images {
            let (mut diff_ids, mut layers) = (Vec::new(), Vec::new());
            for BuiltLayer { tar, blob, packing } in image.build_layers() {
                diff_ids.push(digest(&tar));
                let media_type = format!("application/vnd.oci.image.layer.v1.tar{}", packing.media_suffix());
                layers.push(members.blob(&media_type, blob));
            }
            let config = image.config_json(&diff_ids).to_string();
            let config = members.blob("application/vnd.oci.image.config.v1+json", config.into_bytes());
            let names: Vec<_> = layers.iter().map(blob_name).collect();
            manifest_json.push(json!({
                "Config": blob_name(&config),
                "RepoTags": image.tags(),
                "Layers": names,
            }));
            let mut descriptor = members.manifest(&config, &layers);
            descriptor["platform"] = image.platform_json();
            if !self.nested
                && let Some(tag) = image.tags().first()
            {
                descriptor["annotations"] = name_annotations(tag);
            }
            let subject = descriptor["digest"].clone();
            descriptors.push(descriptor);
            if let Some(attest) = self.attestation {
                descriptors.push(attestation(members, &subject, &attest(&layers)));
            }
        }
        if self.nested {
            let media_type = "application/vnd.oci.image.index.v1+json";
            let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": descriptors });
            let mut descriptor = members.blob(media_type, index.to_string().into_bytes());
            if let Some(tag) = self.images.first().and_then(|image| image.tags().first()) {
                descriptor["annotations"] = name_annotations(tag);
            }
            descriptors = vec![descriptor];
            manifest_json.truncate(1);
        }
        members.file("index.json", json!({ "schemaVersion": 2, "manifests": descriptors }).to_string());
        members.file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
        if self.form == Form::Docker {
            members.file("manifest.json", Value::from(manifest_json).to_string());
        }
    }
}

/// A statement about an image with these layers.
type Attest = fn(&[Value]) -> Value;

/// A manifest that is no image: its one "layer" is JSON.
fn attestation(members: &mut Members, subject: &Value, statement: &Value) -> Value {
    let config =
        members.blob("application/vnd.oci.image.config.v1+json", br#"{"architecture":"unknown"}"#.to_vec());
    let mut layer = members.blob("application/vnd.in-toto+json", statement.to_string().into_bytes());
    layer["annotations"] = json!({ "in-toto.io/predicate-type": statement["predicateType"] });
    let mut descriptor = members.manifest(&config, &[layer]);
    descriptor["platform"] = json!({ "architecture": "unknown", "os": "unknown" });
    descriptor["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": subject,
    });
    descriptor
}

fn name_annotations(tag: &str) -> Value {
    let version = tag.rsplit_once(':').map_or("latest", |(_, version)| version);
    json!({
        "io.containerd.image.name": format!("docker.io/library/{tag}"),
        "org.opencontainers.image.ref.name": version,
    })
}

fn hex(digest: &str) -> &str {
    digest.trim_start_matches("sha256:")
}

fn blob_name(descriptor: &Value) -> String {
    format!("blobs/sha256/{}", hex(descriptor["digest"].as_str().expect("a descriptor")))
}

/// The members of an outer archive, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members(pub(crate) Vec<Entry>);

impl Members {
    /// Adds a regular file, unless one of that name is there already.
    pub(crate) fn file(&mut self, name: &str, body: impl AsRef<[u8]> + Into<Vec<u8>>) {
        if self.find(name).is_none() {
            let entry = Entry { path: name.into(), body: body.into(), mode: 0o644, ..Entry::default() };
            self.0.push(entry);
        }
    }

    /// Adds a symbolic link.
    pub(crate) fn symlink(&mut self, name: &str, target: &str) {
        let kind = Type::Symlink;
        self.0.push(Entry { path: name.into(), kind, link: target.into(), mode: 0o777, ..Entry::default() });
    }

    /// Adds a blob under its digest; gives its descriptor.
    pub(crate) fn blob(&mut self, media_type: &str, body: Vec<u8>) -> Value {
        let descriptor = json!({ "mediaType": media_type, "digest": digest(&body), "size": body.len() });
        self.file(&blob_name(&descriptor), body);
        descriptor
    }

    /// Adds an image manifest; gives its descriptor.
    fn manifest(&mut self, config: &Value, layers: &[Value]) -> Value {
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        let json = json!({ "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers });
        self.blob(media_type, json.to_string().into_bytes())
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|entry| entry.path == name.as_bytes())
    }

    /// The body of the member called `name`.
    pub(crate) fn body(&mut self, name: &str) -> &mut Vec<u8> {
        let at = self.find(name).unwrap_or_else(|| panic!("no member {name}"));
        &mut self.0[at].body
    }

    /// The member called `name` as JSON, changed by `change` and written back.
    pub(crate) fn edit_json(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let body = self.body(name);
        let mut json = serde_json::from_slice(body).expect("JSON");
        change(&mut json);
        *body = json.to_string().into_bytes();
    }

    /// Takes the member called `name` out.
    pub(crate) fn remove(&mut self, name: &str) {
        let at = self.find(name).unwrap_or_else(|| panic!("no member {name}"));
        self.0.remove(at);
    }

    /// The members as a tar.
    pub(crate) fn tar(&self) -> Vec<u8> {
        tar_of(&self.0, Names::Gnu)
    }

    /// Writes the members as a tar, one at a time, so that a big archive is not in memory twice.
    fn write_tar(&self, path: &Path) {
        let mut file = BufWriter::new(fs::File::create(path).expect("a writable file"));
        for entry in &self.0 {
            let mut tar = tar_of(std::slice::from_ref(entry), Names::Gnu);
            tar.truncate(tar.len() - 1024);
            file.write_all(&tar).expect("a writable file");
        }
        file.write_all(&[0; 1024]).and_then(|()| file.flush()).expect("a writable file");
    }

    /// Writes the members as files into the directory `path`.
    pub(crate) fn write_directory(&self, path: &Path) {
        for entry in &self.0 {
            let file = path.join(str::from_utf8(&entry.path).expect("a plain name"));
            fs::create_dir_all(file.parent().expect("a parent")).expect("a writable directory");
            fs::write(file, &entry.body).expect("a writable file");
        }
    }
}
