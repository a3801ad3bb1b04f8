//! The words of path rules.

use super::{base, path_rules};
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::rule::Group;
use crate::advice::rules::files::{BaseContent, PathFacts, SmallLeftovers};
use crate::dockerfile::Fix;
use crate::units;

impl Facts for PathFacts {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let (rule, claims) = (found.rule, &found.claims);
        let shares: Vec<String> = claims
            .by_bytes()
            .into_iter()
            .take(3)
            .map(|(layer, part)| format!("{} in {}", units::size(part.bytes), ledger.layer(layer)))
            .collect();
        let mut why = format!("{}. {}", shares.join(", "), rule.why);
        if let Some(layer) = self.guilty.filter(|layer| !claims.layers.contains_key(layer)) {
            why = format!("{why} First written by {}.", ledger.layer(layer));
        }
        let fix = if self.by_recommendation {
            why = format!("{why} Nobody asked for them: they came with what the packages recommend.");
            let mut edits = super::apt::lean(ledger, &self.origins, &[]);
            edits.retain(|edit| !edit.steps().is_empty());
            Fix { edits, notes: Vec::new() }
        } else {
            path_rules::fix(ledger, found, self)
        };
        let names = self.owners.names(ledger, claims.bytes);
        let names = names.filter(|_| matches!(rule.group, Group::Toolchain | Group::Runtime));
        let title =
            names.map_or_else(|| rule.title().to_owned(), |names| format!("{}: {names}", rule.title()));
        Words { title, why, fix }
    }
}

impl Facts for SmallLeftovers {
    fn tell(&self, ledger: &Ledger<'_>, _: &Found<'_>) -> Words {
        let examples = self.examples.iter().take(8);
        let notes = examples
            .map(|evidence| format!("layer {}: {}", evidence.layer, ledger.path(evidence.path)))
            .collect();
        Words {
            title: format!("Small left-overs: {}", self.names.join(", ")),
            why:
                "None of them matters by its size; they are listed because they tell how the image was built."
                    .into(),
            fix: Fix { edits: Vec::new(), notes },
        }
    }
}

impl Facts for BaseContent {
    fn tell(&self, ledger: &Ledger<'_>, _: &Found<'_>) -> Words {
        let list: Vec<String> = self
            .parts
            .iter()
            .take(5)
            .map(|(bytes, what)| format!("{} of {what}", units::size(*bytes)))
            .collect();
        Words {
            title: "The base image carries files that a smaller one would not".into(),
            why: format!(
                "{}. They came with FROM, and no step of this Dockerfile can take them away.",
                list.join(", ")
            ),
            fix: base::smaller(ledger),
        }
    }
}
