//! A whole root file system copied from another stage.

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::dockerfile::Keyword;

const ID: &str = "copy-root";

/// The layer.
#[derive(Debug)]
pub(in crate::advice) struct CopiedRoot(pub(in crate::advice) usize);

pub(super) fn find(ledger: &mut Ledger<'_>) {
    // `FROM scratch` and one such COPY squashes an image on purpose: then it is the first layer
    for layer in ledger.analysis.base_layers.max(1)..ledger.image.layers.len() {
        let command = ledger.image.command_of(layer);
        let paths: Vec<&str> =
            command.split_whitespace().skip(1).filter(|word| !word.starts_with("--")).collect();
        if ledger.is_made_by(layer, Keyword::Copy) && command.contains("--from=") && paths == ["/", "/"] {
            ledger.file(ID, Draft::about(vec![layer], Severity::Low), CopiedRoot(layer));
        }
    }
}
