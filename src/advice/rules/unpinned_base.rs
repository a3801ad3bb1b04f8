//! A base that its tag names, as far as the Dockerfile is known.

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};

const ID: &str = "unpinned-base";

/// The base, as it stands after `FROM`.
#[derive(Debug)]
pub(in crate::advice) struct UnpinnedBase(pub(in crate::advice) String);

pub(super) fn find(ledger: &mut Ledger<'_>) {
    let Some(origin) = &ledger.image.origin else { return };
    if origin.alignment.nodes.iter().all(Option::is_none) {
        return;
    }
    let Some(node) = origin.file.nodes.get(origin.alignment.from) else { return };
    let Some(name) = node.body.text.split_ascii_whitespace().next() else { return };
    // what a variable stands for may be pinned
    if name == "scratch" || name.contains(['@', '$']) {
        return;
    }
    let layers = (0..ledger.analysis.base_layers).collect();
    let facts = UnpinnedBase(name.to_owned());
    ledger.file(ID, Draft::about(layers, Severity::Info), facts);
}
