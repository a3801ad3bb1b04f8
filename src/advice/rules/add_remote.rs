//! `ADD` of a URL: the archive becomes a layer of its own.

use crate::advice::engine::finding::Severity;
use crate::advice::engine::ledger::{Draft, Ledger};
use crate::advice::engine::unpacking::{self, Unpacking};
use crate::advice::knowledge::archives;
use crate::dockerfile::Keyword;
use crate::image::PathId;

const ID: &str = "add-remote";

/// The layer, the archive in it, and what became of it.
#[derive(Debug)]
pub(in crate::advice) struct Remote {
    pub(in crate::advice) layer: usize,
    pub(in crate::advice) url: String,
    pub(in crate::advice) archive: Option<PathId>,
    pub(in crate::advice) unpacking: Option<Unpacking>,
}

pub(super) fn find(ledger: &mut Ledger<'_>) {
    for layer in ledger.own_layers() {
        let command = ledger.image.command_of(layer);
        let mut words = command.split_whitespace();
        let url = words.find(|word| word.starts_with("http://") || word.starts_with("https://"));
        let Some(url) = url.filter(|_| ledger.is_made_by(layer, Keyword::Add)) else { continue };
        let name = url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        if archives::ending(name).is_none() {
            continue;
        }
        let archive = ledger
            .image
            .layer_entries(layer)
            .map(|entry| ledger.image.path_of(entry))
            .find(|&path| ledger.image.paths.name(path) == name.as_bytes());
        let facts =
            Remote { layer, url: url.to_owned(), archive, unpacking: unpacking::unpacking(ledger, name) };
        ledger.file(ID, Draft::about(vec![layer], Severity::Low), facts);
    }
}
