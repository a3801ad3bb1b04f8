//! Images for tests, written down as steps and files; nothing is packed or read.

use super::{Advice, Settings, advise};
use crate::analysis::{analyse, auto_base};
use crate::image::Image;
use crate::image::sample::{Files, configured};
use crate::layer::{Elf, ElfKind, Excerpt, SecretCheck};
use crate::oci::{Config, History};
use crate::overlay::Union;

/// A file, a hard link or a whiteout of a layer.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) size: u64,
    /// What stands for its content; files of equal size and content are equal.
    pub(super) content: u64,
    pub(super) uid: u64,
    pub(super) mode: u32,
    pub(super) link: Option<String>,
    /// What was kept of its body.
    pub(super) excerpt: Option<Excerpt>,
}

impl File {
    fn store(&self, layer: Files) -> Files {
        if let Some(path) = self.path.strip_prefix('!') {
            return layer.whiteout(path);
        }
        let stored = match &self.link {
            Some(target) => layer.hardlink(&self.path, target),
            None => layer.file(&self.path, self.size, self.content),
        };
        let stored = stored.owner(self.uid).mode(self.mode);
        match &self.excerpt {
            Some(excerpt) => stored.excerpt(excerpt.clone()),
            None => stored,
        }
    }
}

/// A file of this size; its content is its own.
pub(super) fn file(path: &str, size: u64) -> File {
    let content = path.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte)) | 1;
    File { path: path.into(), size, content, uid: 0, mode: 0o644, link: None, excerpt: None }
}

/// A file of which this text was kept.
pub(super) fn text(path: &str, body: &str) -> File {
    let excerpt = Some(Excerpt::Database(body.as_bytes().into()));
    File { excerpt, ..file(path, body.len() as u64) }
}

/// A program of which `strip` would take so many bytes.
pub(super) fn program(path: &str, size: u64, kind: ElfKind, strippable: u64) -> File {
    let elf = Elf { kind, machine: 62, is_64_bit: true, needs_loader: true, strippable };
    File { excerpt: Some(Excerpt::Elf(elf, None)), ..file(path, size) }
}

/// A file that was looked at for credentials.
pub(super) fn credentials(path: &str, holds: SecretCheck) -> File {
    File { excerpt: Some(Excerpt::Credentials(holds)), ..file(path, 100) }
}

/// A whiteout.
pub(super) fn gone(path: &str) -> File {
    file(&format!("!{path}"), 0)
}

#[derive(Debug, Default)]
pub(super) struct Fixture {
    pub(super) config: Config,
    layers: Vec<Files>,
    is_container: bool,
    dockerfile: Option<String>,
}

impl Fixture {
    /// A base of 100 MB that ends with a `CMD`.
    pub(super) fn new() -> Self {
        Self::default()
            .step("/bin/sh -c #(nop) ADD file:x in / ", &[file("lib/libc.so", 100_000_000)])
            .empty("CMD [\"sh\"]")
    }

    /// A step that makes a layer.
    pub(super) fn step(mut self, created_by: &str, files: &[File]) -> Self {
        self.layers.push(files.iter().fold(Files::default(), |layer, file| file.store(layer)));
        self.history(created_by, false)
    }

    /// A step that makes none.
    pub(super) fn empty(self, created_by: &str) -> Self {
        self.history(created_by, true)
    }

    pub(super) fn run(self, command: &str, files: &[File]) -> Self {
        self.step(&format!("RUN /bin/sh -c {command} # buildkit"), files)
    }

    fn history(mut self, created_by: &str, empty_layer: bool) -> Self {
        let created_by = Some(created_by.to_owned());
        self.config.history.push(History { created_by, empty_layer, ..History::default() });
        self
    }

    /// What a container wrote, on top of its image.
    pub(super) fn written(self, files: &[File]) -> Self {
        Self { is_container: true, ..self.step("container:web", files) }
    }

    /// The Dockerfile that it was built from.
    pub(super) fn dockerfile(self, text: &str) -> Self {
        Self { dockerfile: Some(text.to_owned()), ..self }
    }

    pub(super) fn image(self) -> Image {
        let mut image = configured(self.layers, self.config);
        image.about.is_container = self.is_container;
        if let Some(text) = self.dockerfile {
            image.locate("Dockerfile", &text, None).unwrap();
        }
        image
    }

    pub(super) fn advice(self) -> Advice {
        self.advice_with(&Settings { evidence: usize::MAX, ..Settings::default() })
    }

    pub(super) fn advice_with(self, settings: &Settings) -> Advice {
        let image = self.image();
        let union = Union::of(&image);
        let analysis = analyse(&image, &union, auto_base(&image));
        let advice = advise(&image, &union, &analysis, settings);
        check(&image, &union, &advice, analysis.totals.wasted);
        advice
    }
}

/// What must hold of any advice: bytes are billed once, and sums are true.
pub(super) fn check(image: &Image, union: &Union, advice: &Advice, wasted: u64) {
    let mut seen = std::collections::HashSet::new();
    for finding in &advice.findings {
        assert!(
            !finding.title.is_empty() && !finding.why.is_empty() && !finding.snippet.is_empty(),
            "{}",
            finding.rule
        );
        assert!(finding.layers.is_sorted(), "{}", finding.rule);
        if finding.evidence.len() as u64 == finding.evidence_total {
            let sum: u64 = finding.evidence.iter().map(|evidence| evidence.bytes).sum();
            assert_eq!(sum, finding.bytes, "{}", finding.rule);
        }
        for evidence in finding.evidence.iter().filter(|evidence| evidence.bytes > 0) {
            assert!(seen.insert(evidence.entry), "billed twice: {}", finding.rule);
            let size = image.entry(evidence.entry).size;
            // strip leaves a part of the file
            assert!(
                evidence.bytes == size || finding.rule == "unstripped" && evidence.bytes < size,
                "{}: {} of {size} bytes",
                finding.rule,
                evidence.bytes
            );
            let dead = union.fate(evidence.entry) != crate::overlay::Fate::Live;
            assert!(!dead || finding.confidence == super::Confidence::Exact || finding.rule == "upgrade");
        }
    }
    assert!(advice.savings.exact <= wasted && advice.savings.exact <= advice.savings.possible);
    assert!(advice.savings.possible <= image.content());
    assert!(advice.findings.is_sorted_by_key(|finding| finding.severity));
}
