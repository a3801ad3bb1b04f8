//! An earlier state of an image, that its growth is measured against: read from a JSON report, or taken of an image.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use serde::Deserialize;

use super::measurements::Measurements;
use crate::error::{Error, Result};
use crate::image::Image;
use crate::units;

/// Most bytes of a report that are read. One that lists every wasted path of a large image has tens of millions.
const MOST_BYTES: u64 = 1 << 30;

/// The schema of reports that can be read.
const SCHEMA: u64 = 1;

/// What an image was.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Report")]
pub struct Baseline {
    /// What it was called.
    pub reference: String,
    /// The bytes of the files of all its layers.
    pub content: u64,
    layers: Vec<OldLayer>,
    /// What grew most, from someone who knows more of both images than their layers.
    most_grown: Option<String>,
}

/// A layer of the earlier image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct OldLayer {
    diff_id: Option<String>,
    #[serde(default)]
    command: String,
    content: u64,
}

/// The parts of a JSON report that are needed.
#[derive(Deserialize)]
struct Report {
    schema: u64,
    kind: Option<String>,
    image: Option<About>,
    totals: Option<Totals>,
    #[serde(default)]
    layers: Vec<OldLayer>,
}

#[derive(Deserialize)]
struct About {
    reference: String,
}

#[derive(Deserialize)]
struct Totals {
    content: u64,
}

impl From<Report> for Baseline {
    fn from(report: Report) -> Self {
        Self {
            reference: report.image.map(|image| image.reference).unwrap_or_default(),
            content: report.totals.map_or(0, |totals| totals.content),
            layers: report.layers,
            most_grown: None,
        }
    }
}

impl Baseline {
    /// What an image is now.
    pub fn of(image: &Image) -> Self {
        let layers = image.layers.iter().enumerate().map(|(number, layer)| OldLayer {
            diff_id: layer.diff_id.as_ref().map(|id| id.as_str().to_owned()),
            command: image.command_of(number).to_owned(),
            content: layer.content,
        });
        Self {
            reference: image.about.reference.clone(),
            content: image.content(),
            layers: layers.collect(),
            most_grown: None,
        }
    }

    /// The same, with a sentence on what grew most, safe to show, from a comparison of the two images.
    #[must_use]
    pub fn naming(self, most_grown: Option<String>) -> Self {
        Self { most_grown, ..self }
    }

    /// True for a file that may be a JSON report, by its first bytes: an image never starts with a brace.
    pub fn is_report(path: &Path) -> bool {
        let mut start = [0; 64];
        let read = File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
        start[..read].trim_ascii_start().starts_with(b"{")
    }

    /// Reads a JSON report of an earlier build.
    ///
    /// # Errors
    /// When the file cannot be read, or is no JSON report that this version understands.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::io(&error));
        let report = file.and_then(|file| Self::parse(BufReader::new(file.take(MOST_BYTES))));
        report.map_err(|error| error.reading(path.display().to_string()))
    }

    fn parse(text: impl std::io::Read) -> Result<Self> {
        let advice = "create one with layercake IMAGE --json FILE";
        let no_report = |why: String| Error::because(why).hint(advice);
        let report: Report = serde_json::from_reader(text).map_err(|error| {
            if error.is_io() {
                return Error::because(format!("it cannot be read: {error}"));
            }
            no_report(format!("it is not a JSON report of layercake: {error}"))
        })?;
        match report {
            Report { kind: Some(kind), .. } => {
                Err(no_report(format!("it is a `{kind}` document, not the report of an image")))
            }
            Report { schema, .. } if schema != SCHEMA => {
                let why = format!("it has schema {schema}, but this version reads schema {SCHEMA}");
                Err(Error::because(why).hint("create it again with this version"))
            }
            Report { totals: None, .. } => {
                Err(no_report("it has no totals, so it is not the report of an image".into()))
            }
            report => Ok(report.into()),
        }
    }

    /// Which layer grew most since then. A layer is compared with the one with the same diff ID, else the same command.
    pub(super) fn most_grown(&self, now: &Measurements) -> Option<String> {
        if let Some(sentence) = &self.most_grown {
            return Some(sentence.clone());
        }
        let known: Vec<_> = self.layers.iter().filter_map(|layer| layer.diff_id.as_deref()).collect();
        let mut before: HashMap<&str, Vec<u64>> = HashMap::new();
        for layer in self.layers.iter().rev() {
            before.entry(&layer.command).or_default().push(layer.content);
        }
        let mut grown = Vec::new();
        for (number, layer) in now.layers.iter().enumerate() {
            let old = before.get_mut(layer.command.as_str()).and_then(Vec::pop);
            if !layer.diff_id.as_ref().is_some_and(|id| known.contains(&id.as_str())) {
                let bytes = layer.content.saturating_sub(old.unwrap_or(0));
                grown.push((bytes, number, old.is_some()));
            }
        }
        let (bytes, number, is_old) = grown.into_iter().filter(|row| row.0 > 0).max_by_key(|row| row.0)?;
        let (name, size) = (now.name(number), units::size(now.layers[number].content));
        Some(if is_old {
            format!("{name} grew by {} to {size}", units::size(bytes))
        } else {
            format!("{name} is new and holds {size}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::policy::measurements::LayerFact;

    fn parse(text: &str) -> Result<Baseline> {
        Baseline::parse(text.as_bytes())
    }

    #[test]
    fn a_report_is_read_and_nothing_else() {
        let text = r#"{"schema": 1, "image": {"reference": "a:1"}, "totals": {"content": 7, "live": 1},
            "layers": [{"diff_id": null, "command": "x", "content": 7, "wasted": 0}], "wasted": [[{}]]}"#;
        let read = parse(text).unwrap();
        assert_eq!((read.reference.as_str(), read.content, read.layers.len()), ("a:1", 7, 1));
        for (text, why) in [
            (
                "{\"schema\": 2, \"totals\": {\"content\": 1}}",
                "it has schema 2, but this version reads schema 1",
            ),
            ("{\"schema\": 1, \"kind\": \"compare\"}", "it is a `compare` document"),
            ("{\"schema\": 1}", "it has no totals"),
            ("{\"a\": 1}", "it is not a JSON report of layercake: missing field `schema`"),
            ("{\"schema\": 1, \"tot", "it is not a JSON report of layercake: EOF"),
            ("PK", "it is not a JSON report of layercake"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(parse(&"[".repeat(1 << 20)).is_err(), "deep JSON is no crash");
        let missing = Baseline::read(Path::new("/nowhere/report.json")).unwrap_err().to_string();
        assert!(missing.ends_with("report.json: no such file or directory"), "{missing}");
    }

    #[test]
    fn the_layer_that_grew_most_is_named() {
        let digest = |n: u8| format!("sha256:{n:064x}");
        let old = |n: u8, command: &str, content| OldLayer {
            diff_id: Some(digest(n)),
            command: command.into(),
            content,
        };
        let layers = vec![old(1, "ADD rootfs /", 100), old(2, "npm ci", 1000), old(3, "COPY . .", 50)];
        let baseline = Baseline { reference: String::new(), content: 1150, layers, most_grown: None };
        let now = |layers: &[(u8, &str, u64)]| Measurements {
            layers: layers
                .iter()
                .map(|(n, command, content)| LayerFact {
                    content: *content,
                    command: (*command).into(),
                    diff_id: Digest::parse(&digest(*n)),
                })
                .collect(),
            ..Measurements::default()
        };
        let told = |layers: &[(u8, &str, u64)]| baseline.most_grown(&now(layers));
        let base = (1, "ADD rootfs /", 100);
        assert_eq!(
            told(&[base, (4, "npm ci", 3000), (5, "COPY . .", 60)]).unwrap(),
            "layer 1 `npm ci` grew by 2.0 kB to 3.0 kB"
        );
        assert_eq!(
            told(&[base, (2, "npm ci", 1000), (6, "RUN make", 70), (5, "COPY . .", 60)]).unwrap(),
            "layer 2 `RUN make` is new and holds 70 B"
        );
        assert_eq!(told(&[base]), None);
        let told = baseline.clone().naming(Some("usr/lib/x grew".into())).most_grown(&now(&[]));
        assert_eq!(told.as_deref(), Some("usr/lib/x grew"));
    }
}
