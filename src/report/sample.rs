//! Small images for the tests of both formats.

use crate::advice::{Advice, Confidence, Evidence, Finding, Savings, Severity};
use crate::analysis::analyse;
use crate::digest::Digest;
use crate::image::sample::{Builder, Files};
use crate::image::{About, Diagnostic, EntryId, PathId};
use crate::load::Examination;
use crate::oci::Platform;
use crate::overlay::Union;
use crate::policy::{GateResult, Value, Verdict};
use crate::source::Compression;

/// Paths of a layer, each with its bytes and a number that stands for its content.
type Paths<'a> = [(&'a [u8], u64, u64)];

/// The image of a builder, with so many base layers.
fn sample(builder: Builder, base_layers: usize, diagnostics: Vec<Diagnostic>) -> Examination {
    let about = About {
        reference: "app:latest".into(),
        source: "docker-archive app.tar".into(),
        tags: vec!["app:latest".into(), "app:1.4".into()],
        config_digest: Digest::parse(&format!("sha256:{:064x}", 0xc0f)),
        manifest_digest: None,
        platform: Platform { os: "linux".into(), architecture: "amd64".into(), variant: None },
        created: Some("2026-11-23T17:02:11Z".into()),
        is_container: false,
    };
    let image = builder.about(about).build(diagnostics);
    let union = Union::of(&image);
    let analysis = analyse(&image, &union, base_layers);
    Examination { image, union, analysis, advice: Advice::default() }
}

/// An image of so many layers with a file each; layers of two images with the same number are the same.
pub(super) fn layered(layers: usize) -> Examination {
    let add = |builder: Builder, number: usize| {
        let path = format!("layer/{number}");
        builder.layer(&format!("RUN make {number}"), |layer| layer.file(&path, 1_000_000, number as u64 + 1))
    };
    let mut sample = sample((0..layers).fold(Builder::default(), add), 0, Vec::new());
    sample.image.about.config_digest = Digest::parse(&format!("sha256:{layers:064x}"));
    sample
}

/// What a layer stores and removes.
fn files(stored: &Paths<'_>, removed: &[&str]) -> impl FnOnce(Files) -> Files {
    let stored: Vec<_> =
        stored.iter().map(|(path, size, content)| (path.to_vec(), *size, *content)).collect();
    let removed: Vec<_> = removed.iter().map(ToString::to_string).collect();
    move |files| {
        let files =
            stored.iter().fold(files, |files, (path, size, content)| files.file(path, *size, *content));
        removed.iter().fold(files, |files, path| files.whiteout(path))
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
    let builder = Builder::compressed(Compression::Gzip)
        .layer("debian:bookworm", files(&[(b"usr/bin/bash", 164_000_000, 1), (b"etc/motd", 286, 2)], &[]))
        .step("ENV", "ENV PATH=/usr/local/bin:/usr/bin")
        .layer(
            "RUN apt-get update && apt-get install -y --no-install-recommends \\\n\tca-certificates",
            files(&[(lists, 48_123_456, 3), (b"etc/motd", 300, 4), (b"usr/lib/big.so", 1_234_567, 9)], &[]),
        )
        .layer(
            "RUN npm install",
            files(
                &[
                    (TSC, 5_912_345, 5),
                    (WEBPACK, 1_300_000, 6),
                    (b"srv/app/big.so", 1_234_567, 9),
                    (b"srv/run", 3, 7),
                ],
                &[],
            ),
        )
        .layer(
            "RUN chmod -R g+w /srv/app",
            files(&[(TSC, 5_912_345, 5), (WEBPACK, 1_300_000, 6)], &["etc/motd"]),
        )
        .layer(
            "RUN rm -rf /var/lib/apt/lists && chown -R nobody /srv/app",
            files(
                &[
                    (TSC, 5_912_345, 5),
                    (WEBPACK, 1_400_000, 8),
                    (b"srv/bad-\xff\xfe", 700, 10),
                    (b"srv/bad-\xff\xfe", 900, 11),
                ],
                &["var/lib/apt/lists"],
            ),
        )
        .layer(
            "COPY --from=build / /",
            files(
                &["srv/日本語/メモ.txt".as_bytes(), b"srv/esc\x1b[31m"].map(|path| (path, 10_000, 12)),
                &["srv/run", "srv/bad-�"],
            ),
        )
        .layer(
            "RUN true",
            files(&[("srv/日本語/メモ.txt".as_bytes(), 10_001, 13), (b"srv/esc\x1b[31m", 5, 14)], &[]),
        );
    sample(builder, 1, vec![note])
}

/// An image without any waste.
pub(super) fn lean() -> Examination {
    let builder = Builder::default()
        .layer("COPY server /", files(&[(b"server", 12_345_678, 1)], &[]))
        .step("ENTRYPOINT", "ENTRYPOINT [\"/server\"]");
    sample(builder, 0, Vec::new())
}

/// An image whose only layer holds no bytes, and that does not tell its history.
pub(super) fn empty() -> Examination {
    sample(Builder::default().layer("", |files| files), 0, Vec::new())
}

/// An image whose base has many layers, with directories and paths in the way of each other.
pub(super) fn stacked() -> Examination {
    let builder = Builder::default()
        .layer(
            "ADD rootfs.tar /",
            files(&[(b"bin/sh", 5_000_000, 1), (b"opt/tool", 9000, 2), (b"bin/ash", 5_000_000, 1)], &[]),
        )
        .layer("RUN one", files(&[(b"usr/a", 1, 3)], &[]))
        .layer("RUN two", files(&[], &[]))
        .layer("RUN three", files(&[(b"opt/tool/bin/run", 8000, 4)], &[]))
        .layer(
            "COPY . /srv",
            files(&[(b"srv/a", 20_000, 5), (b"srv/b", 20_000, 5), (b"srv/c", 20_000, 5)], &[]),
        )
        .layer(
            "RUN cp -r /srv /old",
            files(&[(b"old/a", 20_000, 5), (b"old/b", 20_000, 5), (b"usr/a", 2, 6)], &["opt"]),
        );
    sample(builder, 4, Vec::new())
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
        names_layers: false,
        why: "A layer cannot change a file's mode in place: it stores the whole file again.".into(),
        fix: crate::dockerfile::Fix::default(),
        snippet: "COPY --chown=nobody --chmod=g+w . .\nUSER nobody".into(),
        evidence: vec![Evidence { path, entry, layer: 3, bytes: 5_912_345 }],
        evidence_total: 2,
        staged: None,
    };
    let hint = Finding {
        severity: Severity::Info,
        layers: vec![],
        names_layers: false,
        title: "the base is old".into(),
        bytes: 0,
        ..finding.clone()
    };
    let savings = Savings { exact: 13_124_690, possible: 20_000_000 };
    Examination { advice: Advice { findings: vec![finding, hint], savings }, ..sample }
}
