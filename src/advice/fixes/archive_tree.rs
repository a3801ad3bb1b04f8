//! An archive that is unpacked without being stored.

use super::archives;
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::capital;
use crate::advice::rules::archive_tree::{ArchiveTree, ArchiveTrees};
use crate::dockerfile::Fix;
use crate::text;
use crate::units;

impl Facts for ArchiveTrees {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let Some(first) = self.0.first() else { return Words::default() };
        let claims = &found.claims;
        let layer = ledger.origin(first.path, first.entry);
        let name = ledger.path(first.path);
        let title = match (first.tree.map(|tree| ledger.path(tree)), self.0.len() - 1) {
            (Some(place), 0) => format!("{name} stays beside {place}, which was unpacked from it"),
            (None, 0) => format!("{name} stays in the image after it was unpacked"),
            (_, more) => {
                format!("{name} and {more} more archives stay in the image after they were unpacked")
            }
        };
        let by = first.unpacking.as_ref().map(|step| step.layer).filter(|&by| by != layer);
        let by = by.map_or_else(String::new, |by| format!("{} unpacks it. ", capital(&ledger.layer(by))));
        let stored = if claims.layers.len() == 1 {
            ledger.layer(layer)
        } else {
            text::layers(&claims.layers.keys().copied().collect::<Vec<_>>())
        };
        let mut fix = Fix::default();
        for archive in &self.0 {
            let one = one(ledger, archive);
            for edit in one.edits {
                if !fix.edits.contains(&edit) {
                    fix.edits.push(edit);
                }
            }
            fix.notes.extend(one.notes);
        }
        fix.notes.sort();
        fix.notes.dedup();
        fix.notes.truncate(6);
        Words {
            title,
            why: format!("{} in {stored}. {by}{}", units::size(claims.bytes), found.rule.why),
            fix,
        }
    }
}

fn one(ledger: &Ledger<'_>, archive: &ArchiveTree) -> Fix {
    let layer = ledger.origin(archive.path, archive.entry);
    let parent = archive.tree.map(|tree| ledger.path(ledger.image.paths.parent(tree)));
    let fix = archives::fix(ledger, archive.path, layer, archive.unpacking.as_ref(), parent.as_deref());
    fix.unwrap_or_else(|| {
        Fix::note(format!("remove {} in the step that unpacks it", ledger.path(archive.path)))
    })
}
