//! What the chosen fixes save together, worked out from the image.
//!
//! A sum over findings would be wrong: a file that goes for good goes from every layer that stores it, whichever
//! finding its other copies belong to, and an edit reaches only the steps that it changes. So entries are counted:
//! those that an edit reaches, and all copies below of paths that vanish.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::Done;
use crate::advice::{Advice, Finding, Staged};
use crate::analysis::{Analysis, Manager, Package};
use crate::dockerfile::{Edit, StepId};
use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::overlay::{Fate, Union};

/// What goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prediction {
    /// Bytes of content that go.
    pub saved: u64,
    /// Bytes of content that stay.
    pub content: u64,
    /// Paths that a container will not see any more.
    pub paths: BTreeSet<PathId>,
    /// Entries that no layer will store any more.
    pub entries: BTreeSet<EntryId>,
    /// Packages that go as a whole: indexes into the list of packages.
    pub packages: BTreeSet<usize>,
    /// Entries that stay and get smaller, with the bytes that they lose.
    pub shrunk: BTreeMap<EntryId, u64>,
}

/// What the fixes save; none when they build on something else than the image's own layers.
pub(super) fn predict(
    image: &Image,
    union: &Union,
    analysis: &Analysis,
    advice: &Advice,
    done: &[Done],
) -> Option<Prediction> {
    let base_layers = analysis.base_layers;
    let mut prediction = Prediction::default();
    for done in done {
        let finding = &advice.findings[done.finding];
        let is_large = |edit: &Edit| matches!(edit, Edit::ReplaceFrom { .. } | Edit::SplitStages { .. });
        if let Some(staged) = finding.staged.as_deref().filter(|staged| staged.gaps.is_empty()) {
            // a second stage is accounted for as a whole, and nothing else changes it
            return Some(of_stages(image, base_layers, staged));
        }
        if finding.fix.edits.iter().any(is_large) {
            return None;
        }
        let reach = Reach::of(finding);
        for evidence in &finding.evidence {
            if evidence.layer < base_layers
                || !reach.holds(image, union, (evidence.entry, evidence.layer), |layer| layer < base_layers)
            {
                continue;
            }
            // a program without its symbols is still there
            if (1..image.entry(evidence.entry).size).contains(&evidence.bytes) {
                prediction.shrunk.insert(evidence.entry, evidence.bytes);
                continue;
            }
            prediction.entries.insert(evidence.entry);
            if union.fate(evidence.entry) == Fate::Live {
                prediction.paths.insert(evidence.path);
            }
        }
    }
    prediction.packages = packages(image, analysis, &prediction.paths);
    if !prediction.packages.is_empty() {
        for (path, _) in union.rootfs.live() {
            if records_of(image, analysis, path).is_some_and(|package| prediction.packages.contains(&package))
            {
                prediction.paths.insert(path);
            }
        }
    }
    for &path in &prediction.paths {
        let own = image.timeline.of(path).iter().filter(|&&id| image.layer_of(id) >= base_layers);
        prediction.entries.extend(own);
    }
    let files = prediction.entries.iter().map(|&id| image.entry(id)).filter(|entry| entry.kind == Kind::File);
    prediction.saved = files.map(|entry| entry.size).sum();
    let shrunk = prediction.shrunk.iter().filter(|(id, _)| !prediction.entries.contains(id));
    prediction.saved += shrunk.map(|(_, bytes)| bytes).sum::<u64>();
    prediction.content = image.content().saturating_sub(prediction.saved);
    Some(prediction)
}

/// What a second stage leaves behind.
fn of_stages(image: &Image, base_layers: usize, staged: &Staged) -> Prediction {
    let is_own = |&id: &EntryId| image.layer_of(id) >= base_layers;
    let gone = staged.left.iter().flat_map(|&path| image.timeline.of(path).iter().copied().filter(is_own));
    Prediction {
        saved: image.content().saturating_sub(staged.bytes),
        content: staged.bytes,
        paths: staged.left.iter().copied().collect(),
        entries: gone.collect(),
        packages: staged.packages.iter().copied().collect(),
        shrunk: BTreeMap::new(),
    }
}

/// The packages of which nearly all bytes go.
fn packages(image: &Image, analysis: &Analysis, paths: &BTreeSet<PathId>) -> BTreeSet<usize> {
    let mut bytes: BTreeMap<usize, u64> = BTreeMap::new();
    for &path in paths {
        if let Some(package) = analysis.packages.owner_index(path) {
            let last = image.timeline.of(path).last();
            *bytes.entry(package).or_default() += last.map_or(0, |&id| image.entry(id).size);
        }
    }
    let goes = |&(package, claimed): &(usize, u64)| claimed * 10 >= analysis.packages.list[package].bytes * 9;
    bytes.into_iter().filter(goes).map(|(package, _)| package).collect()
}

/// Where dpkg keeps what it knows of each package.
const RECORDS: &[u8] = b"var/lib/dpkg/info";

/// The package that a file of dpkg's records is about: `NAME.list`, `NAME:ARCHITECTURE.md5sums`.
fn records_of(image: &Image, analysis: &Analysis, path: PathId) -> Option<usize> {
    let parent = image.paths.parent(path);
    if image.paths.name(parent) != b"info" || image.paths.full(parent) != RECORDS {
        return None;
    }
    let name = String::from_utf8_lossy(image.paths.name(path)).into_owned();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let stem = stem.split(':').next().unwrap_or(stem);
    let is_it = |package: &Package| package.manager == Manager::Dpkg && package.name == stem;
    analysis.packages.list.iter().position(is_it)
}

/// The steps that the edits of a finding reach.
struct Reach {
    steps: BTreeSet<StepId>,
    /// `.dockerignore` reaches every step that copies from the context.
    context: bool,
    /// An instruction of its own may reach anything.
    all: bool,
}

impl Reach {
    fn of(finding: &Finding) -> Self {
        let edits = &finding.fix.edits;
        let all = !edits.is_empty() && edits.iter().all(|edit| matches!(edit, Edit::InsertStep { .. }));
        Self {
            steps: edits.iter().flat_map(|edit| edit.steps().iter().copied()).collect(),
            context: edits.iter().any(|edit| matches!(edit, Edit::Ignore { .. })),
            all,
        }
    }

    /// True when the entry's step is reached, or the one that hides it.
    fn holds(
        &self,
        image: &Image,
        union: &Union,
        (entry, layer): (EntryId, usize),
        is_base: impl Fn(usize) -> bool,
    ) -> bool {
        let reached = |layer: usize| {
            let step = image.layers[layer].step;
            step.is_some_and(|step| self.steps.contains(&step))
        };
        // whatever stored it again since, the file came with the context
        let copies = || {
            let mut entries = image.timeline.of(image.path_of(entry)).iter();
            entries.any(|&id| image.layer_of(id) <= layer && image.copies_context(image.layer_of(id)))
        };
        let hider = match union.fate(entry) {
            Fate::Lost(_, by) => Some(usize::from(by)),
            Fate::Live => None,
        };
        // where the file first was, if a later step stored the same content again: one that changes the owner or the
        // mode has nothing to store then
        let stored_before = || {
            let mut all = image.timeline.of(image.path_of(entry)).iter().copied();
            all.find(|&id| !is_base(image.layer_of(id))).is_some_and(|first| {
                let (before, now) = (image.entry(first), image.entry(entry));
                let is_same = now.hash != 0 && (before.hash, before.size) == (now.hash, now.size);
                is_same && reached(image.layer_of(first))
            })
        };
        self.all
            || reached(layer)
            || hider.is_some_and(reached)
            || stored_before()
            || self.context && copies()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::{Confidence, Evidence, Severity};
    use crate::dockerfile::{Fix, Keyword};
    use crate::image::Step;
    use crate::image::sample::image_with;

    #[test]
    fn a_program_that_gets_smaller_stays() {
        let step = |command: &str, layer| Step {
            instruction: Some(Keyword::Run),
            command: command.into(),
            layer: Some(layer),
            created: None,
        };
        let image = image_with(&[&["file base 10"], &["file app 100"]], vec![step("a", 0), step("make", 1)]);
        let union = Union::of(&image);
        let analysis = crate::analysis::analyse(&image, &union, 1);
        let path = image.paths.find(b"app").unwrap();
        let entry = image.timeline.of(path)[0];
        let size = image.entry(entry).size;
        let finding = |bytes| Finding {
            rule: "unstripped".into(),
            severity: Severity::Low,
            confidence: Confidence::Likely,
            title: String::new(),
            bytes,
            layers: vec![1],
            names_layers: false,
            why: String::new(),
            fix: Fix::one(Edit::AppendCommand { step: StepId(1), command: "strip /app".into() }),
            snippet: String::new(),
            evidence: vec![Evidence { bytes, path, entry, layer: 1 }],
            evidence_total: 1,
            staged: None,
        };
        let predicted = |findings: Vec<Finding>| {
            let done: Vec<Done> =
                (0..findings.len()).map(|finding| Done { finding, edits: Vec::new() }).collect();
            let advice = Advice { findings, ..Advice::default() };
            predict(&image, &union, &analysis, &advice, &done).unwrap()
        };
        let part = predicted(vec![finding(size - 1)]);
        assert_eq!((part.saved, part.paths.is_empty()), (size - 1, true));
        // what another finding takes away is gone as a whole
        let both = predicted(vec![finding(size - 1), finding(size)]);
        assert_eq!((both.saved, both.paths.len()), (size, 1));
    }
}
