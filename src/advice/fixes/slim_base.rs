//! A smaller base image.

use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::name_list;
use crate::advice::rules::slim_base::{Smaller, SmallerBase};
use crate::dockerfile::{Edit, Fix, Keyword};
use crate::text;
use crate::units;

impl Facts for SmallerBase {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let (from, needs, note) = match &self.from {
            Smaller::Nothing => (
                "scratch".to_owned(),
                "The program is static: it needs no shared libraries. Copy certificates and time zones if it uses them."
                    .to_owned(),
                Some(
                    "with certificates: COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/"
                        .to_owned(),
                ),
            ),
            Smaller::Language { from, language, installed } => {
                let note = format!("it has {language}: leave out of apt-get install: {}", installed.join(" "));
                (from.clone(), format!("The image runs {language}."), (!installed.is_empty()).then_some(note))
            }
            Smaller::Libraries { from, libraries } => {
                let names: Vec<&str> = libraries.iter().map(String::as_str).collect();
                (
                    from.clone(),
                    format!(
                        "All that own steps brought needs {} of it. This one has them, certificates and time zones, and no shell.",
                        name_list(&names, 6)
                    ),
                    None,
                )
            }
            Smaller::Variant(from) => {
                (from.clone(), "It is the same distribution without documentation.".to_owned(), None)
            }
        };
        let name = text::line(self.name.as_bytes(), 60);
        let has_no_shell = matches!(self.from, Smaller::Nothing | Smaller::Libraries { .. });
        let runs = |layer: usize| ledger.is_made_by(layer, Keyword::Run);
        let mut notes: Vec<String> = note.into_iter().collect();
        let edits = if has_no_shell && ledger.own_layers().any(runs) {
            // without a shell nothing can run: the steps stay in a stage of their own
            notes.insert(0, format!("in a last stage, with COPY --from=build of what runs: FROM {from}"));
            Vec::new()
        } else {
            vec![Edit::ReplaceFrom { with: from }]
        };
        Words {
            title: format!(
                "The base, {name}, is {} of {}: a smaller one would do",
                units::size(self.bytes),
                units::size(ledger.image.content().max(1))
            ),
            why: format!("{needs} {}", found.rule.why),
            fix: Fix { edits, notes },
        }
    }
}
