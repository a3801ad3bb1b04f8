//! What every rule works at: the image and its analysis, the account of who claimed which entry, and the findings.

use std::cell::Cell;

use super::claims::{Claims, Scale};
use super::fixes;
use super::path_matches::PathMatches;
use super::rule::RuleInfo;
use super::settings::Settings;
use super::{Advice, Confidence, Evidence, Finding, Savings, Severity};
use crate::analysis::Analysis;
use crate::dockerfile::Keyword;
use crate::image::{EntryId, Image, PathId, Step};
use crate::overlay::{Fate, Union};
use crate::secrets::redact;
use crate::text;

/// The ledger. Rules come one after the other in the order of billing: an entry belongs to the first that claims it.
pub(super) struct Ledger<'a> {
    pub(super) image: &'a Image,
    pub(super) union: &'a Union,
    pub(super) analysis: &'a Analysis,
    pub(super) settings: &'a Settings,
    pub(super) path_matches: PathMatches<'a>,
    pub(super) scale: Scale,
    claimed: Vec<u64>,
    findings: Vec<(u64, Finding)>,
    savings: Savings,
    /// The rule whose finding shows the two stages.
    sketched: Cell<Option<&'static str>>,
    /// There will be a finding about building in a stage of its own.
    will_stage: Cell<bool>,
}

/// A finding in the making.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) why: String,
    pub(super) fix: String,
    pub(super) claims: Claims,
    /// The layers that cause it; those that store the entries when empty.
    pub(super) layers: Vec<usize>,
    /// The severity, when it does not follow from the bytes.
    pub(super) severity: Option<Severity>,
}

/// Findings above info before the small ones are lowered.
const LOUD: usize = 12;

impl<'a> Ledger<'a> {
    pub(super) fn new(
        image: &'a Image,
        union: &'a Union,
        analysis: &'a Analysis,
        settings: &'a Settings,
    ) -> Self {
        Self {
            image,
            union,
            analysis,
            settings,
            path_matches: PathMatches::of(image, settings),
            scale: Scale::of(image),
            claimed: vec![0; image.entries.len().div_ceil(64)],
            findings: Vec::new(),
            savings: Savings::default(),
            sketched: Cell::new(None),
            will_stage: Cell::new(false),
        }
    }

    /// Claims an entry; false when it is claimed already.
    pub(super) fn claim(&mut self, claims: &mut Claims, path: PathId, entry: EntryId) -> bool {
        self.claim_part(claims, path, entry, self.image.entry(entry).size)
    }

    /// The same where only so many bytes of the entry are billed; it is claimed all the same.
    pub(super) fn claim_part(
        &mut self,
        claims: &mut Claims,
        path: PathId,
        entry: EntryId,
        bytes: u64,
    ) -> bool {
        let (word, bit) = (&mut self.claimed[entry.index() / 64], 1_u64 << (entry.index() % 64));
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        let layer = self.image.layer_of(entry);
        claims.add(Evidence { bytes, path, entry, layer }, self.settings.evidence);
        if self.is_own(layer) {
            match self.union.fate(entry) {
                Fate::Live => claims.own_live += bytes,
                Fate::Lost(..) => claims.own_dead += bytes,
            }
        }
        true
    }

    pub(super) fn is_claimed(&self, entry: EntryId) -> bool {
        self.claimed[entry.index() / 64] >> (entry.index() % 64) & 1 == 1
    }

    /// What findings of these rules have billed so far, and their layers.
    pub(super) fn billed(&self, rules: &[&str]) -> (u64, Vec<usize>) {
        let found = self.findings.iter().map(|(_, finding)| finding);
        let found: Vec<&Finding> = found.filter(|finding| rules.contains(&finding.rule.as_str())).collect();
        let mut layers: Vec<usize> =
            found.iter().flat_map(|finding| finding.layers.iter().copied()).collect();
        layers.sort_unstable();
        layers.dedup();
        (found.iter().map(|finding| finding.bytes).sum(), layers)
    }

    /// The rule whose finding shows the two stages already.
    pub(super) fn sketched(&self) -> Option<&'static str> {
        self.sketched.get()
    }

    /// True when a finding about building in a stage of its own will come.
    pub(super) fn will_stage(&self) -> bool {
        self.will_stage.get()
    }

    pub(super) fn note_stage(&self) {
        self.will_stage.set(true);
    }

    pub(super) fn note_sketch(&self, id: &str) {
        self.sketched.set(fixes::STAGED.into_iter().find(|known| *known == id));
    }

    /// The layer that stored this content at this path first, when later ones stored it again unchanged.
    pub(super) fn origin(&self, path: PathId, entry: EntryId) -> usize {
        let of = self.image.entry(entry);
        let same = |other: &EntryId| {
            let other = self.image.entry(*other);
            other.kind == of.kind && other.size == of.size && other.hash == of.hash && of.hash != 0
        };
        let timeline = self.image.timeline.of(path);
        let before = timeline.iter().rev().skip_while(|id| **id != entry).take_while(|id| same(id));
        self.image.layer_of(before.last().copied().unwrap_or(entry))
    }

    /// True for layers behind the base.
    pub(super) fn is_own(&self, layer: usize) -> bool {
        layer >= self.analysis.base_layers
    }

    /// Files a finding, unless its rule is switched off.
    pub(super) fn file(&mut self, info: &RuleInfo, draft: Draft) {
        let claims = draft.claims;
        if !self.settings.is_on(&info.id) {
            return;
        }
        self.savings.exact += claims.own_dead;
        self.savings.possible += claims.own_dead + claims.own_live;
        let severity = draft.severity.unwrap_or_else(|| self.scale.severity(&claims));
        let layers =
            if draft.layers.is_empty() { claims.layers.keys().copied().collect() } else { draft.layers };
        let finding = Finding {
            rule: info.id.to_string(),
            severity: info.cap.map_or(severity, |cap| severity.max(cap)),
            confidence: info.confidence,
            title: draft.title,
            bytes: claims.bytes,
            layers,
            why: draft.why,
            fix: draft.fix.trim().to_owned(),
            evidence: claims.evidence(),
            evidence_total: claims.entries,
        };
        self.findings.push((claims.weight, finding));
    }

    /// The findings: the most severe first, then by weight.
    pub(super) fn finish(mut self) -> Advice {
        self.findings.sort_by(|(a_weight, a), (b_weight, b)| {
            a.severity
                .cmp(&b.severity)
                .then_with(|| b_weight.cmp(a_weight))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.layers.cmp(&b.layers))
        });
        // a long list is not read: what is small and not certain steps back
        for (_, finding) in self.findings.iter_mut().skip(LOUD) {
            if finding.severity == Severity::Low && finding.confidence != Confidence::Exact {
                finding.severity = Severity::Info;
            }
        }
        self.findings.sort_by_key(|(_, finding)| finding.severity);
        Advice {
            findings: self.findings.into_iter().map(|(_, finding)| finding).collect(),
            savings: self.savings,
        }
    }

    /// The step that made a layer.
    pub(super) fn step(&self, layer: usize) -> Option<&'a Step> {
        self.image.step_of(layer)
    }

    /// True when a layer was made by this instruction.
    pub(super) fn is_made_by(&self, layer: usize, instruction: &str) -> bool {
        self.step(layer).is_some_and(|step| step.instruction.map(Keyword::as_str) == Some(instruction))
    }

    /// The command that made a layer, safe to show; empty when the image does not tell.
    pub(super) fn command(&self, layer: usize) -> String {
        safe(self.image.command_of(layer))
    }

    /// `layer 6 (chown -R app /srv)`.
    pub(super) fn layer(&self, layer: usize) -> String {
        let command = self.command(layer);
        if command.is_empty() {
            return format!("layer {layer}");
        }
        format!("layer {layer} ({})", text::line(command.as_bytes(), 60))
    }

    /// A path as people write it.
    pub(super) fn path(&self, path: PathId) -> String {
        format!("/{}", text::line(&self.image.paths.full(path), 200))
    }
}

/// The most that is shown of one command, in characters.
const LONGEST: usize = 4000;

/// A command without the values of secrets and without what a terminal would act on; lines stay lines.
pub(super) fn safe(command: &str) -> String {
    let cut: String = command.chars().take(LONGEST).collect();
    let text = redact(&cut);
    text.lines().map(|line| text::line(line.trim_end().as_bytes(), LONGEST)).collect::<Vec<_>>().join("\n")
}

/// With a capital letter in front, as a sentence begins.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `layer 3`, `layers 3 and 4`, `layers 3, 4 and 7`, `layers 3 to 9`.
pub(super) fn layer_list(layers: &[usize]) -> String {
    if let [first, .., last] = layers
        && layers.len() > 2
        && layers.windows(2).all(|pair| pair[1] == pair[0] + 1)
    {
        return format!("layers {first} to {last}");
    }
    let (many, first) = match layers {
        [one] => return format!("layer {one}"),
        [first @ .., last] => (last, first),
        [] => return "no layer".into(),
    };
    let mut first: Vec<String> = first.iter().map(ToString::to_string).collect();
    if first.len() > 6 {
        first.truncate(5);
        first.push("…".into());
    }
    format!("layers {} and {many}", first.join(", "))
}

/// `1 file`, `12 files`.
pub(super) fn files(count: u64) -> String {
    if count == 1 { "1 file".into() } else { format!("{} files", crate::units::count(count)) }
}
