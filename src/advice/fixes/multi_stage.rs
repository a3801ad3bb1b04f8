//! Building in a stage of its own.

use super::{stages, wheels};
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::name_list;
use crate::advice::rules::multi_stage::Stages;
use crate::units;

impl Facts for Stages {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let staged = &self.plan.staged;
        let (all, rest) = (units::size(ledger.image.content()), units::size(staged.bytes));
        let names: Vec<String> = staged.carried.iter().map(|&path| ledger.path(path)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let is_sketch = !staged.gaps.is_empty();
        let what = if is_sketch { "A sketch of two stages" } else { "Build in one stage and run in another" };
        let also = if is_sketch {
            " It is a sketch: what it could not account for stands in it as comments."
        } else {
            " Everything that lives in the image is accounted for: copied, installed again, or for building only."
        };
        let mut fix = stages::fix(ledger, &self.plan);
        if is_sketch {
            fix.notes.extend(wheels::notes(ledger));
        }
        Words {
            title: format!("{what}: {rest} of {all}"),
            why: format!(
                "{} of compilers, headers, caches and the like stand beside what runs ({}). {}{also}",
                units::size(self.saved),
                name_list(&names, 4),
                found.rule.why
            ),
            fix,
        }
    }
}
