//! What the chosen fixes save together, worked out from the image.
//!
//! A sum over findings would be wrong: a file that goes for good goes from every layer that stores it, whichever
//! finding its other copies belong to, and an edit reaches only the steps that it changes. So entries are counted:
//! those that an edit reaches, and all copies below of paths that vanish.

use std::collections::BTreeSet;

use super::plan::Done;
use crate::advice::{Advice, Finding};
use crate::dockerfile::{Edit, StepId};
use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::overlay::{Fate, Union};

/// What goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// Bytes of content that go.
    pub saved: u64,
    /// Bytes of content that stay.
    pub content: u64,
    /// Paths that a container will not see any more.
    pub paths: BTreeSet<PathId>,
}

/// What the fixes save; none when they build on something else than the image's own layers.
pub fn predict(
    image: &Image,
    union: &Union,
    base_layers: usize,
    advice: &Advice,
    done: &[Done],
) -> Option<Prediction> {
    let mut gone: BTreeSet<EntryId> = BTreeSet::new();
    let mut paths: BTreeSet<PathId> = BTreeSet::new();
    for done in done {
        let finding = &advice.findings[done.finding];
        if finding
            .fix
            .edits
            .iter()
            .any(|edit| matches!(edit, Edit::ReplaceFrom { .. } | Edit::SplitStages { .. }))
        {
            return None;
        }
        let reach = Reach::of(finding);
        for evidence in &finding.evidence {
            if evidence.layer < base_layers || !reach.holds(image, union, evidence.entry, evidence.layer) {
                continue;
            }
            gone.insert(evidence.entry);
            if union.fate(evidence.entry) == Fate::Live {
                paths.insert(evidence.path);
            }
        }
    }
    for &path in &paths {
        let own = image.timeline.of(path).iter().filter(|&&id| image.layer_of(id) >= base_layers);
        gone.extend(own);
    }
    let files = gone.iter().map(|&id| image.entry(id)).filter(|entry| entry.kind == Kind::File);
    let saved = files.map(|entry| entry.size).sum();
    let content = image.content();
    Some(Prediction { saved, content: content.saturating_sub(saved), paths })
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
    fn holds(&self, image: &Image, union: &Union, entry: EntryId, layer: usize) -> bool {
        let reached = |layer: usize| {
            let step = image.layers[layer].step;
            step.is_some_and(|step| self.steps.contains(&step))
        };
        let copies = || {
            let step = image.step_of(layer);
            step.is_some_and(|step| {
                step.instruction.is_some_and(crate::dockerfile::Keyword::copies)
                    && !step.command.contains("--from=")
            })
        };
        let hider = match union.fate(entry) {
            Fate::Lost(_, by) => Some(usize::from(by)),
            Fate::Live => None,
        };
        self.all || reached(layer) || hider.is_some_and(reached) || self.context && copies()
    }
}
