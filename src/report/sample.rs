//! Small images for the tests of both formats.

use crate::advice::{Advice, Confidence, Evidence, Finding, Savings, Severity};
use crate::analysis::analyse;
use crate::digest::Digest;
use crate::dockerfile::{Keyword, StepId};
use crate::image::{About, Assembly, Diagnostic, EntryId, Parts, PathId, Step};
use crate::layer::{Attrs, Entry, Kind, LayerIndex, NO_LINK};
use crate::load::Examination;
use crate::oci::{Config, Platform};
use crate::overlay::Union;
use crate::policy::{GateResult, Value, Verdict};
use crate::source::Compression;

/// A file of a layer: its path, bytes and a number that stands for its content.
pub(super) type File<'a> = (&'a [u8], u64, u64);

#[derive(Default)]
pub(super) struct Builder {
    assembly: Assembly,
    history: Vec<Step>,
    layers: usize,
    compression: Compression,
}

impl Builder {
    pub(super) fn compressed(compression: Compression) -> Self {
        Self { compression, ..Self::default() }
    }

    /// A step that makes no layer.
    pub(super) fn step(mut self, instruction: &str, command: &str) -> Self {
        self.history.push(Step {
            instruction: Keyword::parse(instruction),
            command: command.into(),
            created: None,
            layer: None,
        });
        self
    }

    /// A layer, and the step that made it unless `command` is empty.
    pub(super) fn layer(mut self, command: &str, files: &[File<'_>], removed: &[&str]) -> Self {
        let mut index = LayerIndex { compression: self.compression, ..LayerIndex::default() };
        let attrs = index.attrs.intern(&Attrs::default());
        let mut offset = 512;
        for &(path, size, hash) in files {
            let path = index.names.path(path).0;
            index.entries.push(Entry {
                size,
                offset,
                mtime: 0,
                hash,
                path,
                attrs,
                link: NO_LINK,
                kind: Kind::File,
            });
            offset += size.next_multiple_of(512) + 512;
        }
        index.whiteouts = removed.iter().map(|path| index.names.path(path.as_bytes())).collect();
        index.tar = offset + 512;
        let compressed = self.compression != Compression::None;
        let number = self.layers as u64;
        let parts = Parts {
            diff_id: Digest::parse(&format!("sha256:{number:064x}")),
            digest: compressed.then(|| Digest::parse(&format!("sha256:{:064x}", number + 0xb10b))).flatten(),
            media_type: compressed.then(|| "application/vnd.oci.image.layer.v1.tar+gzip".into()),
            blob: if compressed { index.tar / 3 } else { index.tar },
            step: (!command.is_empty()).then_some(StepId::at(self.history.len())),
        };
        self.assembly.add(&index, parts).unwrap();
        if !command.is_empty() {
            // as the parser of instructions has it: a RUN's command is without the word
            let (instruction, rest) = command.split_once(' ').unwrap_or(("", command));
            self = self.step(instruction, if instruction == "RUN" { rest } else { command });
            self.history.last_mut().unwrap().layer = Some(self.layers);
        }
        self.layers += 1;
        self
    }

    pub(super) fn build(self, base_layers: usize, diagnostics: Vec<Diagnostic>) -> Examination {
        let about = About {
            reference: "app:latest".into(),
            source: "docker-archive app.tar".into(),
            tags: vec!["app:latest".into(), "app:1.4".into()],
            config_digest: Digest::parse(&format!("sha256:{:064x}", 0xc0f)),
            manifest_digest: None,
            platform: Platform { os: "linux".into(), architecture: "amd64".into(), variant: None },
            created: Some("2026-11-23T17:02:11Z".into()),
        };
        let image = self.assembly.finish(about, Config::default(), self.history, diagnostics);
        let union = Union::of(&image);
        let analysis = analyse(&image, &union, base_layers);
        Examination { image, union, analysis, advice: Advice::default() }
    }
}

/// An image with every kind of waste, and with names that are hard to show.
pub(super) fn wasteful() -> Examination {
    const TSC: &[u8] = b"srv/app/node_modules/typescript/lib/tsc.js";
    const WEBPACK: &[u8] =
        b"srv/app/node_modules/webpack/a-very-long-directory-name/another-one/and-one-more/index.js";
    let lists: &[u8] = b"var/lib/apt/lists/deb.example.org_main_Packages";
    let note = Diagnostic {
        code: "whiteout-invalid",
        message: "a whiteout without a name was ignored".into(),
        layer: Some(3),
        path: Some(b"srv/.wh.".to_vec()),
    };
    Builder::compressed(Compression::Gzip)
        .layer("debian:bookworm", &[(b"usr/bin/bash", 164_000_000, 1), (b"etc/motd", 286, 2)], &[])
        .step("ENV", "ENV PATH=/usr/local/bin:/usr/bin")
        .layer(
            "RUN apt-get update && apt-get install -y --no-install-recommends \\\n\tca-certificates",
            &[(lists, 48_123_456, 3), (b"etc/motd", 300, 4), (b"usr/lib/big.so", 1_234_567, 9)],
            &[],
        )
        .layer(
            "RUN npm install",
            &[
                (TSC, 5_912_345, 5),
                (WEBPACK, 1_300_000, 6),
                (b"srv/app/big.so", 1_234_567, 9),
                (b"srv/run", 3, 7),
            ],
            &[],
        )
        .layer("RUN chmod -R g+w /srv/app", &[(TSC, 5_912_345, 5), (WEBPACK, 1_300_000, 6)], &["etc/motd"])
        .layer(
            "RUN rm -rf /var/lib/apt/lists && chown -R nobody /srv/app",
            &[
                (TSC, 5_912_345, 5),
                (WEBPACK, 1_400_000, 8),
                (b"srv/bad-\xff\xfe", 700, 10),
                (b"srv/bad-\xff\xfe", 900, 11),
            ],
            &["var/lib/apt/lists"],
        )
        .layer(
            "COPY --from=build / /",
            &["srv/日本語/メモ.txt".as_bytes(), b"srv/esc\x1b[31m"].map(|path| (path, 10_000, 12)),
            &["srv/run", "srv/bad-�"],
        )
        .layer(
            "RUN true",
            &[("srv/日本語/メモ.txt".as_bytes(), 10_001, 13), (b"srv/esc\x1b[31m", 5, 14)],
            &[],
        )
        .build(1, vec![note])
}

/// An image without any waste.
pub(super) fn lean() -> Examination {
    Builder::default()
        .layer("COPY server /", &[(b"server", 12_345_678, 1)], &[])
        .step("ENTRYPOINT", "ENTRYPOINT [\"/server\"]")
        .build(0, Vec::new())
}

/// An image whose only layer holds no bytes, and that does not tell its history.
pub(super) fn empty() -> Examination {
    Builder::default().layer("", &[], &[]).build(0, Vec::new())
}

/// An image whose base has many layers, with directories and paths in the way of each other.
pub(super) fn stacked() -> Examination {
    Builder::default()
        .layer(
            "ADD rootfs.tar /",
            &[(b"bin/sh", 5_000_000, 1), (b"opt/tool", 9000, 2), (b"bin/ash", 5_000_000, 1)],
            &[],
        )
        .layer("RUN one", &[(b"usr/a", 1, 3)], &[])
        .layer("RUN two", &[], &[])
        .layer("RUN three", &[(b"opt/tool/bin/run", 8000, 4)], &[])
        .layer("COPY . /srv", &[(b"srv/a", 20_000, 5), (b"srv/b", 20_000, 5), (b"srv/c", 20_000, 5)], &[])
        .layer(
            "RUN cp -r /srv /old",
            &[(b"old/a", 20_000, 5), (b"old/b", 20_000, 5), (b"usr/a", 2, 6)],
            &["opt"],
        )
        .build(4, Vec::new())
}

/// A verdict with a gate that failed.
pub(super) fn failed() -> Verdict {
    let look_at =
        "layer 4 `rm -rf /var/lib/apt/lists && chown -R nobody /srv/app` hides 48.1 MB of layer 1".to_owned();
    let gate = |gate, limit, actual, look_at: Option<String>| GateResult {
        gate,
        limit,
        actual,
        passed: look_at.is_none(),
        is_noise: false,
        look_at,
    };
    Verdict {
        passed: false,
        gates: vec![
            gate("min-efficiency", Value::Share(0.7), Value::Share(0.735), None),
            gate("max-own-wasted", Value::Share(0.1), Value::Share(0.8647), Some(look_at)),
            gate("max-size", Value::Size(300_000_000), Value::Size(236_361_820), None),
            gate("max-layers", Value::Count(30), Value::Count(7), None),
        ],
        ignored_bytes: 1_500_000,
        ignored_paths: 1,
    }
}

/// The same with what rules may find in [`wasteful`].
pub(super) fn advised(sample: Examination) -> Examination {
    let path = sample.image.paths.find(b"srv/bad-\xff\xfe").unwrap_or(PathId::ROOT);
    let entry = sample.image.timeline.of(path).first().copied().unwrap_or(EntryId(0));
    let finding = Finding {
        rule: "copied-by-chmod".into(),
        severity: Severity::Medium,
        confidence: Confidence::Exact,
        title: "chmod and chown store 2 files again".into(),
        bytes: 13_124_690,
        layers: vec![3, 4],
        why: "A layer cannot change a file's mode in place: it stores the whole file again.".into(),
        fix: crate::dockerfile::Fix::default(),
        snippet: "COPY --chown=nobody --chmod=g+w . .\nUSER nobody".into(),
        evidence: vec![Evidence { path, entry, layer: 3, bytes: 5_912_345 }],
        evidence_total: 2,
    };
    let hint = Finding {
        severity: Severity::Info,
        layers: vec![],
        title: "the base is old".into(),
        bytes: 0,
        ..finding.clone()
    };
    let savings = Savings { exact: 13_124_690, possible: 20_000_000 };
    Examination { advice: Advice { findings: vec![finding, hint], savings }, ..sample }
}
