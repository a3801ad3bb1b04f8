//! What an attestation of provenance tells about the Dockerfile of an image.
//!
//! `BuildKit` writes one with the mode `max`: the Dockerfile itself, and for each step its lines and its layer. Sources:
//! `BuildKit`, "SLSA definitions" and `solver/llbsolver/provenance/types`; in-toto's statement. Values of build
//! arguments, which are in it too, are not read.

use std::collections::BTreeMap;

use base64::Engine;
use serde::Deserialize;

use super::bounded::{list, map};
use super::nullable;

/// Beginning of the predicate types that are about provenance.
const PREDICATE: &str = "https://slsa.dev/provenance/";

/// The Dockerfile that an image was built from, and the lines of its layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The name of the Dockerfile.
    pub name: String,
    /// What is in it.
    pub text: String,
    /// The layers that its instructions made, of all stages.
    pub layers: Vec<BuiltLayer>,
}

/// A layer that an instruction made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltLayer {
    /// The digest of the blob; not yet checked.
    pub digest: String,
    /// How many layers are below it.
    pub below: usize,
    /// A line of the instruction, counted from 1.
    pub line: u32,
}

/// True for the annotation of a blob that holds provenance.
pub fn is_provenance(predicate_type: &str) -> bool {
    predicate_type.starts_with(PREDICATE)
}

impl Provenance {
    /// Reads an in-toto statement. None when it does not hold the Dockerfile.
    pub fn read(statement: &[u8]) -> Option<Self> {
        let statement: Statement = serde_json::from_slice(statement).ok()?;
        let Predicate { run_details, metadata } = statement.predicate;
        let BuildKit { source, layers } = run_details.metadata.buildkit.or(metadata.buildkit)?;
        let is_dockerfile = |info: &Info| info.language.is_empty() || info.language == "Dockerfile";
        let number = source.infos.iter().position(is_dockerfile)?;
        let info = &source.infos[number];
        let text = base64::engine::general_purpose::STANDARD.decode(&info.data).ok()?;
        let text = String::from_utf8(text).ok().filter(|text| !text.is_empty())?;
        let line_of = |step: &str| {
            let locations = &source.locations.get(step)?.locations;
            let here = locations.iter().filter(|location| location.source_index == number);
            here.flat_map(|location| &location.ranges).map(|range| range.start.line).min()
        };
        let mut built = Vec::new();
        for (output, chains) in &layers {
            let step = output.split(':').next().unwrap_or(output);
            let Some(line) = line_of(step) else { continue };
            // each chain is the same layers, compressed in another way
            for chain in chains {
                if let Some((last, below)) = chain.0.split_last() {
                    built.push(BuiltLayer { digest: last.digest.clone(), below: below.len(), line });
                }
            }
        }
        Some(Self { name: info.filename.clone(), text, layers: built })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Statement {
    predicate: Predicate,
}

/// SLSA's version 1 has `BuildKit`'s data in `runDetails`, version 0.2 in `metadata`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Predicate {
    #[serde(rename = "runDetails", deserialize_with = "nullable")]
    run_details: RunDetails,
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RunDetails {
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(rename = "buildkit_metadata", alias = "https://mobyproject.org/buildkit@v1#metadata")]
    buildkit: Option<BuildKit>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BuildKit {
    #[serde(deserialize_with = "nullable")]
    source: Source,
    #[serde(deserialize_with = "map")]
    layers: BTreeMap<String, Vec<Chain>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    #[serde(deserialize_with = "list")]
    infos: Vec<Info>,
    #[serde(deserialize_with = "map")]
    locations: BTreeMap<String, Locations>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Info {
    #[serde(deserialize_with = "nullable")]
    filename: String,
    #[serde(deserialize_with = "nullable")]
    language: String,
    #[serde(deserialize_with = "nullable")]
    data: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Locations {
    #[serde(deserialize_with = "list")]
    locations: Vec<Location>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Location {
    source_index: usize,
    #[serde(deserialize_with = "list")]
    ranges: Vec<Range>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Range {
    start: Position,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Position {
    line: u32,
}

/// Layers from the base up.
#[derive(Deserialize)]
struct Chain(#[serde(deserialize_with = "list")] Vec<Stored>);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    #[serde(deserialize_with = "nullable")]
    digest: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// What `BuildKit` writes for a Dockerfile with a `RUN` in line 2.
    fn metadata() -> Value {
        json!({
            "source": {
                "infos": [{"filename": "Dockerfile", "language": "Dockerfile", "data": "RlJPTSB4ClJVTiBhCg==",
                           "llbDefinition": [{"id": "step0"}], "digestMapping": {"sha256:0": "step0"}}],
                "locations": {
                    "step0": {"locations": [{"ranges": [{"start": {"line": 1}, "end": {"line": 1}}]}]},
                    "step1": {"locations": [{"ranges": [{"start": {"line": 3}}, {"start": {"line": 2}}]}]},
                    "step2": {},
                },
            },
            "layers": {
                "step0:0": [[{"mediaType": "x", "digest": "sha256:aa", "size": 1}]],
                "step1:0": [[{"digest": "sha256:aa"}, {"digest": "sha256:bb"}], [{"digest": "sha256:aa"}, {"digest": "sha256:cc"}]],
                "step2:0": [[]],
            },
        })
    }

    #[test]
    fn both_versions_tell_the_dockerfile_and_its_layers() {
        let layer = |digest: &str, below, line| BuiltLayer { digest: digest.into(), below, line };
        for predicate in [
            json!({"runDetails": {"metadata": {"buildkit_metadata": metadata()}}, "buildDefinition": {}}),
            json!({"metadata": {"https://mobyproject.org/buildkit@v1#metadata": metadata(), "reproducible": false}}),
        ] {
            let statement = json!({"_type": "https://in-toto.io/Statement/v0.1", "predicate": predicate});
            let provenance = Provenance::read(statement.to_string().as_bytes()).unwrap();
            assert_eq!(
                (provenance.name.as_str(), provenance.text.as_str()),
                ("Dockerfile", "FROM x\nRUN a\n")
            );
            assert_eq!(
                provenance.layers,
                [layer("sha256:aa", 0, 1), layer("sha256:bb", 1, 2), layer("sha256:cc", 1, 2)]
            );
        }
    }

    #[test]
    fn what_holds_no_dockerfile_tells_nothing() {
        for statement in [
            json!({}),
            json!({"predicate": {"metadata": null, "runDetails": null}}),
            json!({"predicate": {"runDetails": {"metadata": {"buildkit_metadata": {"source": null, "layers": null}}}}}),
            json!({"predicate": {"metadata": {"buildkit_metadata": {"source": {"infos": [{"data": "%"}]}}}}}),
        ] {
            assert_eq!(Provenance::read(statement.to_string().as_bytes()), None, "{statement}");
        }
        assert_eq!(Provenance::read(b"\xff"), None);
    }
}
