//! A smaller base image.

use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::rules::slim_base::{Smaller, SmallerBase};
use crate::dockerfile::{Edit, Fix};
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
            Smaller::Variant(from) => {
                (from.clone(), "It is the same distribution without documentation.".to_owned(), None)
            }
        };
        let name = text::line(self.name.as_bytes(), 60);
        Words {
            title: format!(
                "The base, {name}, is {} of {}: a smaller one would do",
                units::size(self.bytes),
                units::size(ledger.image.content().max(1))
            ),
            why: format!("{needs} {}", found.rule.why),
            fix: Fix { edits: vec![Edit::ReplaceFrom { with: from }], notes: note.into_iter().collect() },
        }
    }
}
