//! A group of wasted copies, and what is said of every kind of them: which steps, how many bytes, what they are.

use crate::advice::engine::ledger::{Found, Ledger};
use crate::advice::engine::phrases::files;
use crate::advice::rules::waste::{Kind, Waste};
use crate::text;
use crate::units;

/// One group of copies, to be told.
pub(super) struct Copies<'a> {
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) waste: &'a Waste,
    pub(super) found: &'a Found<'a>,
}

impl Copies<'_> {
    pub(super) fn count(&self) -> String {
        files(self.found.claims.entries)
    }

    /// The layers that wrote the bytes: most bytes first.
    pub(super) fn writers(&self) -> Vec<usize> {
        let layers = self.found.claims.by_bytes().into_iter().map(|(layer, _)| layer);
        // a step that parts hard links stores copies of its own, of which one is enough
        let is_parting = self.waste.kind == Kind::Metadata && self.waste.by.len() == 1;
        layers.filter(|layer| !is_parting || !self.waste.by.contains(layer)).collect()
    }

    pub(super) fn written_by(&self) -> String {
        let mut layers = self.writers();
        layers.sort_unstable();
        text::layers(&layers)
    }

    pub(super) fn hidden_by(&self) -> String {
        text::layers(&self.waste.by)
    }

    /// `3.2 MB of layer 5 (COPY . /app) and 1 kB of layer 6 (…)`.
    pub(super) fn shares(&self) -> String {
        let parts: Vec<String> = self
            .found
            .claims
            .by_bytes()
            .into_iter()
            .enumerate()
            .filter(|(at, (_, part))| *at == 0 || part.bytes > 0)
            .map(|(_, share)| share)
            .take(3)
            .map(|(layer, part)| format!("{} of {}", units::size(part.bytes), self.ledger.layer(layer)))
            .collect();
        parts.join(" and ")
    }

    /// A verb for them: `hides` of one layer, `hide` of several.
    pub(super) fn verb(&self, verb: &str) -> String {
        if self.waste.by.len() == 1 { format!("{verb}s") } else { verb.to_owned() }
    }

    pub(super) fn hiders(&self) -> String {
        let parts: Vec<String> =
            self.waste.by.iter().take(2).map(|&layer| self.ledger.layer(layer)).collect();
        let more = self.waste.by.len().saturating_sub(2);
        let rest = if more == 0 { String::new() } else { format!(" and {}", layers_more(more)) };
        format!("{}{rest}", parts.join(" and "))
    }

    /// The writers that matter, lowest layer first; those of next to nothing are not worth a change.
    pub(super) fn guilty(&self) -> Vec<usize> {
        let claims = &self.found.claims;
        let matters = |part: &crate::advice::engine::claims::Part| part.bytes * 1000 >= claims.bytes;
        claims.layers.iter().filter(|(_, part)| matters(part)).map(|(layer, _)| *layer).collect()
    }

    /// The noun for the files, when most bytes are of one kind.
    pub(super) fn what(&self) -> Option<&str> {
        let (class, bytes) = self.waste.path_matches.iter().max_by_key(|(_, bytes)| **bytes)?;
        (bytes * 2 > self.found.claims.bytes).then(|| self.ledger.path_matches.rules()[*class].what())
    }

    pub(super) fn command_of_hider(&self) -> String {
        self.waste.by.first().map_or_else(String::new, |&layer| self.ledger.command(layer))
    }
}

fn layers_more(count: usize) -> String {
    if count == 1 { "one more layer".into() } else { format!("{count} more layers") }
}
