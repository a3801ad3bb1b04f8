//! What every rule works at: the image and its analysis, the account of who claimed which entry, and what was found.
//!
//! Rules come first: they claim entries and record [`Facts`]. When all of them are done, [`Ledger::finish`] asks the
//! facts for their words and their fix, so that every text can know of every finding.

use std::fmt::Debug;
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::claims::{Claims, Scale};
use super::finding::{Advice, Confidence, Evidence, Finding, Savings, Severity, Staged};
use super::path_matches::PathMatches;
use super::rule::{Group, PathRule, Stage};
use super::settings::Settings;
use super::table;
use crate::analysis::Analysis;
use crate::dockerfile::Fix;
use crate::image::{EntryId, Image, PathId};
use crate::overlay::{Fate, Stack, Union};

/// The ledger. Rules come one after the other in the order of billing: an entry belongs to the first that claims it.
pub(in crate::advice) struct Ledger<'a> {
    pub(in crate::advice) image: &'a Image,
    pub(in crate::advice) union: &'a Union,
    pub(in crate::advice) analysis: &'a Analysis,
    pub(in crate::advice) settings: &'a Settings,
    pub(in crate::advice) path_matches: PathMatches<'a>,
    pub(in crate::advice) scale: Scale,
    claimed: FixedBitSet,
    found: Vec<Found<'a>>,
}

/// What a rule knows of what it found. It is asked for words when all findings are known.
pub(in crate::advice) trait Facts: Debug {
    /// The words, and the change that mends it.
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words;
}

/// What a finding says.
#[derive(Debug, Default)]
pub(in crate::advice) struct Words {
    pub(in crate::advice) title: String,
    pub(in crate::advice) why: String,
    pub(in crate::advice) fix: Fix,
}

/// What a rule found, without words.
#[derive(Debug)]
pub(in crate::advice) struct Found<'a> {
    pub(in crate::advice) rule: &'a PathRule,
    pub(in crate::advice) claims: Claims,
    /// The layers that cause it, lowest first.
    pub(in crate::advice) layers: Vec<usize>,
    pub(in crate::advice) severity: Severity,
    /// What it is worth, in bytes of tars: its own, or those of the findings that its fix makes moot.
    pub(in crate::advice) worth: u64,
    /// The account of the stages, where they are its fix.
    pub(in crate::advice) staged: Option<Arc<Staged>>,
    facts: Box<dyn Facts>,
}

/// What a rule records.
#[derive(Debug, Default)]
pub(in crate::advice) struct Draft {
    pub(in crate::advice) claims: Claims,
    /// The layers that cause it; those that store the entries when empty.
    pub(in crate::advice) layers: Vec<usize>,
    /// The severity, when it does not follow from the bytes.
    pub(in crate::advice) severity: Option<Severity>,
    /// Bytes of the findings that its fix makes moot.
    pub(in crate::advice) moot: u64,
    /// The account of the stages, where they are its fix.
    pub(in crate::advice) staged: Option<Arc<Staged>>,
}

impl Draft {
    pub(in crate::advice) fn of(claims: Claims) -> Self {
        Self { claims, ..Self::default() }
    }

    /// A finding without bytes of its own.
    pub(in crate::advice) fn about(layers: Vec<usize>, severity: Severity) -> Self {
        Self { layers, severity: Some(severity), ..Self::default() }
    }
}

/// Findings above info before the small ones are lowered.
const LOUD: usize = 12;

impl<'a> Ledger<'a> {
    pub(in crate::advice) fn new(
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
            scale: Scale::of(image, settings.floors),
            claimed: FixedBitSet::with_capacity(image.entries.len()),
            found: Vec::new(),
        }
    }

    /// The image with its layers stacked.
    pub(in crate::advice) fn stack(&self) -> Stack<'a> {
        Stack { image: self.image, union: self.union }
    }

    /// Claims an entry; false when it is claimed already.
    pub(in crate::advice) fn claim(&mut self, claims: &mut Claims, path: PathId, entry: EntryId) -> bool {
        self.claim_part(claims, path, entry, self.image.entry(entry).size)
    }

    /// The same where only so many bytes of the entry are billed; it is claimed all the same.
    pub(in crate::advice) fn claim_part(
        &mut self,
        claims: &mut Claims,
        path: PathId,
        entry: EntryId,
        bytes: u64,
    ) -> bool {
        if self.claimed.put(entry.index()) {
            return false;
        }
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

    pub(in crate::advice) fn is_claimed(&self, entry: EntryId) -> bool {
        self.claimed.contains(entry.index())
    }

    /// What was found so far; all of it when words are asked for.
    pub(in crate::advice) fn found(&self) -> &[Found<'a>] {
        &self.found
    }

    /// The finding that shows two stages.
    pub(in crate::advice) fn staged(&self) -> Option<&Found<'a>> {
        self.found.iter().find(|found| found.rule.stage == Some(Stage::Shows))
    }

    /// The layer that stored this content at this path first, when later ones stored it again unchanged.
    pub(in crate::advice) fn origin(&self, path: PathId, entry: EntryId) -> usize {
        let of = self.image.entry(entry);
        let same = |other: &EntryId| {
            let other = self.image.entry(*other);
            other.kind == of.kind && other.size == of.size && other.hash == of.hash && of.hash != 0
        };
        let timeline = self.image.timeline.of(path);
        let before = timeline.iter().rev().skip_while(|id| **id != entry).take_while(|id| same(id));
        self.image.layer_of(before.last().copied().unwrap_or(entry))
    }

    /// True for layers after the base.
    pub(in crate::advice) fn is_own(&self, layer: usize) -> bool {
        layer >= self.analysis.base_layers
    }

    /// Records what the rule of this id found, unless it is switched off.
    pub(in crate::advice) fn file(&mut self, id: &str, draft: Draft, facts: impl Facts + 'static) {
        if let Some(rule) = table::row(id) {
            self.file_rule(rule, draft, facts);
        }
    }

    /// The same of a rule that may be the user's own.
    pub(in crate::advice) fn file_rule(
        &mut self,
        rule: &'a PathRule,
        draft: Draft,
        facts: impl Facts + 'static,
    ) {
        if !self.settings.is_on(&rule.id) {
            return;
        }
        let Draft { claims, layers, severity, moot, staged } = draft;
        // the same bytes that the title shows
        let worth = (claims.bytes + claims.headers().unwrap_or_default()).max(moot);
        let severity = severity.unwrap_or_else(|| self.scale.severity(&claims));
        let severity = rule.cap.map_or(severity, |cap| severity.max(cap));
        let layers = if layers.is_empty() { claims.layers.keys().copied().collect() } else { layers };
        self.found.push(Found { rule, claims, layers, severity, worth, staged, facts: Box::new(facts) });
    }

    /// The findings with their words: the most severe first, secrets before others, then what is worth most. What two
    /// stages make moot comes after them. What one rule filed stays in its order.
    pub(in crate::advice) fn finish(mut self) -> Advice {
        let mut savings = Savings::default();
        for found in &self.found {
            savings.exact += found.claims.own_dead;
            savings.possible += found.claims.own_dead + found.claims.own_live;
        }
        self.found.sort_by(|a, b| {
            a.severity
                .cmp(&b.severity)
                .then_with(|| (b.rule.group == Group::Secret).cmp(&(a.rule.group == Group::Secret)))
                .then_with(|| b.worth.cmp(&a.worth))
                .then_with(|| a.rule.id.cmp(&b.rule.id))
        });
        // a long list is not read: what is small and not certain steps back
        for found in self.found.iter_mut().skip(LOUD) {
            if found.severity == Severity::Low && found.rule.confidence != Confidence::Exact {
                found.severity = Severity::Info;
            }
        }
        self.found.sort_by_key(|found| found.severity);
        self.group_moot();
        self.keep_one_base();
        let findings = self.found.iter().map(|found| self.finding(found)).collect();
        Advice { findings, savings }
    }

    /// What the stages make moot after the finding about the stages, within one severity.
    fn group_moot(&mut self) {
        let Some(at) = self.found.iter().position(|found| found.rule.stage == Some(Stage::Shows)) else {
            return;
        };
        let severity = self.found[at].severity;
        let is_moot = |found: &Found<'_>| {
            found.severity == severity && matches!(found.rule.stage, Some(Stage::Needs | Stage::Beside))
        };
        let (moot, mut rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.found).into_iter().partition(is_moot);
        let at = rest.iter().position(|found| found.rule.stage == Some(Stage::Shows)).unwrap_or(at);
        let after = rest.split_off(at + 1);
        self.found = rest.into_iter().chain(moot).chain(after).collect();
    }

    /// One word about a smaller base is enough: the one that says most.
    fn keep_one_base(&mut self) {
        let mut seen = false;
        self.found.retain(|found| !found.rule.about_base || !std::mem::replace(&mut seen, true));
    }

    fn finding(&self, found: &Found<'_>) -> Finding {
        let Words { title, why, fix } = found.facts.tell(self, found);
        Finding {
            rule: found.rule.id.clone(),
            severity: found.severity,
            confidence: found.rule.confidence,
            title,
            bytes: found.claims.bytes,
            layers: found.layers.clone(),
            names_layers: found.rule.names_layers,
            why,
            snippet: String::new(),
            fix,
            evidence: found.claims.evidence(),
            evidence_total: found.claims.entries,
            staged: found.staged.clone(),
        }
    }
}
