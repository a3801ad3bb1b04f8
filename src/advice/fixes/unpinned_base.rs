//! The digest of a base beside its tag.

use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::rules::unpinned_base::UnpinnedBase;
use crate::digest::Digest;
use crate::dockerfile::Fix;
use crate::text;

/// Where builders note what the base was.
const NAME: &str = "org.opencontainers.image.base.name";
const DIGEST: &str = "org.opencontainers.image.base.digest";

impl Facts for UnpinnedBase {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let name = text::line(self.0.as_bytes(), 200);
        let labels = &ledger.image.config.config.labels;
        let is_of_base = labels.get(NAME).is_none_or(|base| base.ends_with(&self.0));
        let digest = labels.get(DIGEST).filter(|_| is_of_base).and_then(|text| Digest::parse(text));
        let known = digest.as_ref().map_or("sha256:DIGEST", |digest| digest.as_str());
        let mut notes = vec![format!("FROM {name}@{known}")];
        if digest.is_none() {
            notes.push(format!(
                "the digest stands in the first lines of: docker buildx imagetools inspect {name}"
            ));
        }
        Words {
            title: format!("FROM {name} is another image whenever its tag moves"),
            why: found.rule.why.clone(),
            fix: Fix { edits: Vec::new(), notes },
        }
    }
}
