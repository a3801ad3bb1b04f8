//! Reads a new image with code that is not the program's: the `tar` crate and plain JSON.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::builder::digest;
use crate::model::Op;

/// An archive's members by name.
pub(crate) struct Archive(BTreeMap<String, Vec<u8>>);

impl Archive {
    pub(crate) fn open(path: &Path) -> Self {
        let mut members = BTreeMap::new();
        let mut archive = tar::Archive::new(std::fs::File::open(path).expect("the new image"));
        for entry in archive.entries().expect("a tar") {
            let mut entry = entry.expect("a member");
            let name = String::from_utf8(entry.path_bytes().into_owned()).expect("a plain name");
            let mut body = Vec::new();
            entry.read_to_end(&mut body).expect("a body");
            assert!(members.insert(name.clone(), body).is_none(), "{name} stands twice");
        }
        Self(members)
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.0[name]).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The blob of a descriptor, whose digest and size must be right.
    fn blob(&self, descriptor: &Value) -> &[u8] {
        let stated = descriptor["digest"].as_str().expect("a digest");
        let body = &self.0[&format!("blobs/{}", stated.replacen(':', "/", 1))];
        assert_eq!(digest(body), stated);
        assert_eq!(descriptor["size"].as_u64(), Some(body.len() as u64));
        body
    }

    /// The configuration and the unpacked layers. All digests and both lists of layers are checked.
    pub(crate) fn image(&self) -> (Value, Vec<Vec<u8>>) {
        let index = self.json("index.json");
        let manifests = index["manifests"].as_array().expect("manifests");
        assert_eq!(manifests.len(), 1);
        let manifest: Value = serde_json::from_slice(self.blob(&manifests[0])).expect("a manifest");
        let config: Value = serde_json::from_slice(self.blob(&manifest["config"])).expect("a configuration");
        let mut tars = Vec::new();
        let mut names = Vec::new();
        for layer in manifest["layers"].as_array().expect("layers") {
            let blob = self.blob(layer);
            let mut tar = Vec::new();
            let media_type = layer["mediaType"].as_str().expect("a media type");
            match media_type.rsplit(['+', '.']).next() {
                Some("gzip") => _ = flate2::read::MultiGzDecoder::new(blob).read_to_end(&mut tar).unwrap(),
                Some("zstd") => tar = zstd::decode_all(blob).unwrap(),
                _ => tar = blob.to_vec(),
            }
            tars.push(tar);
            names.push(format!("blobs/{}", layer["digest"].as_str().unwrap().replacen(':', "/", 1)));
        }
        let diff_ids: Vec<String> = tars.iter().map(|tar| digest(tar)).collect();
        assert_eq!(config["rootfs"]["diff_ids"], serde_json::json!(diff_ids));
        if self.0.contains_key("manifest.json") {
            let docker = self.json("manifest.json");
            assert_eq!(docker[0]["Layers"], serde_json::json!(names));
            let config_name = manifest["config"]["digest"].as_str().unwrap().replacen(':', "/", 1);
            assert_eq!(docker[0]["Config"], format!("blobs/{config_name}"));
        }
        let steps = config["history"].as_array().map_or(0, |history| {
            history.iter().filter(|step| step["empty_layer"].as_bool() != Some(true)).count()
        });
        assert!(
            config["history"].is_null() || steps == tars.len(),
            "{steps} steps make {} layers",
            tars.len()
        );
        (config, tars)
    }
}

/// The operations of a layer's tar.
pub(crate) fn operations(tar: &[u8]) -> Vec<Op> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut ops = Vec::new();
    for entry in tar::Archive::new(tar).entries().expect("a layer's tar") {
        let entry = entry.expect("a member");
        let path = text(&entry.path_bytes());
        let trimmed = path.trim_end_matches('/').to_owned();
        let (directory, name) = trimmed.rsplit_once('/').unwrap_or(("", &trimmed));
        let join =
            |name: &str| if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
        let link = || text(&entry.link_name_bytes().expect("a target"));
        ops.push(match (name.strip_prefix(".wh."), entry.header().entry_type()) {
            (Some(".wh..opq"), _) => Op::Opaque(directory.to_owned()),
            (Some(hidden), _) => Op::Whiteout(join(hidden)),
            (None, tar::EntryType::Directory) => Op::Dir(trimmed),
            (None, tar::EntryType::Regular) => Op::File(trimmed.clone(), entry.size()),
            (None, tar::EntryType::Symlink) => Op::Symlink(trimmed.clone()),
            (None, tar::EntryType::Link) => Op::HardLink(trimmed.clone(), link()),
            (None, _) => Op::Fifo(trimmed.clone()),
        });
    }
    ops
}
