//! What was unpacked from archives: which step did it, and where to.

use super::ledger::Ledger;
use crate::advice::knowledge::archives::ending;
use crate::dockerfile::{Keyword, shell};
use crate::image::PathId;

/// A step that unpacks an archive.
#[derive(Debug)]
pub(in crate::advice) struct Unpacking {
    pub(in crate::advice) layer: usize,
    /// Where to, when the command names it.
    pub(in crate::advice) to: Option<String>,
    /// It is `tar` without options that change what is stored where.
    pub(in crate::advice) is_plain: bool,
}

/// Programs that take files out of archives.
const PROGRAMS: [&str; 9] = ["tar", "bsdtar", "unzip", "7z", "7za", "dpkg", "dpkg-deb", "rpm", "rpm2cpio"];

/// The first own step that unpacks a file of this name.
pub(in crate::advice) fn unpacking(ledger: &Ledger<'_>, name: &str) -> Option<Unpacking> {
    ledger.own_layers().filter(|&layer| ledger.is_made_by(layer, Keyword::Run)).find_map(|layer| {
        let command = ledger.image.command_of(layer);
        let mut directory = Some(ledger.directory_of(layer));
        for words in shell::commands(command) {
            if words[0] == "cd" {
                directory = words.get(1).cloned();
            } else if takes_out(&words, name) {
                let named = words
                    .windows(2)
                    .find(|pair| matches!(pair[0].as_str(), "-C" | "-d" | "--directory"))
                    .map(|pair| pair[1].clone());
                let to = named.or(directory).filter(|to| to.starts_with('/') && !to.contains('$'));
                return Some(Unpacking { layer, to, is_plain: is_plain(&words) });
            }
        }
        None
    })
}

/// True for the words of a command that takes files out of an archive of this name.
fn takes_out(words: &[String], name: &str) -> bool {
    let flags = words.get(1).map(|word| word.trim_start_matches('-')).unwrap_or_default();
    let extracts = flags.contains('x') || words.iter().any(|word| word == "--extract");
    PROGRAMS.contains(&words[0].as_str())
        && (!words[0].ends_with("tar") || extracts)
        && words.iter().any(|word| word.rsplit('/').next() == Some(name) || is_glob_of(word, name))
}

/// True for a part of a command that takes files out of an archive of this name.
pub(in crate::advice) fn is_same_archive(part: &str, name: &str) -> bool {
    shell::commands(part).iter().any(|words| takes_out(words, name))
}

/// `tar xzf a.tgz -C /opt`: nothing is renamed, left out, or given to somebody else.
fn is_plain(words: &[String]) -> bool {
    let mut options = words.iter().skip(1).enumerate().filter(|(at, word)| *at == 0 || word.starts_with('-'));
    words[0] == "tar"
        && options.all(|(_, word)| {
            let letters = word.trim_start_matches('-');
            word == "--directory"
                || word == "--extract"
                || !word.starts_with("--") && letters.chars().all(|c| "xzjJfvC".contains(c))
        })
}

/// `*.tgz` for `a.tgz`.
fn is_glob_of(word: &str, name: &str) -> bool {
    let word = word.rsplit('/').next().unwrap_or(word);
    word.split_once('*')
        .is_some_and(|(start, end)| name.starts_with(start) && name.ends_with(end) && !end.is_empty())
}

/// The directory that an archive was unpacked to, told by its name: beside it, and not smaller than half of it.
pub(in crate::advice) fn tree(ledger: &Ledger<'_>, path: PathId, size: u64) -> Option<PathId> {
    let paths = &ledger.image.paths;
    let name = String::from_utf8_lossy(paths.name(path)).to_ascii_lowercase();
    let stem = name.strip_suffix(ending(&name)?.0)?.to_owned();
    let alike = |other: &[u8]| {
        let other = String::from_utf8_lossy(other).to_ascii_lowercase();
        other.len() >= 3 && (other.starts_with(&stem) || stem.starts_with(&other)) && stem.len() >= 3
    };
    paths.children(paths.parent(path)).find(|&place| {
        alike(paths.name(place)) && ledger.union.rootfs.is_directory(ledger.image, place) && {
            let below = (place.0 + 1..paths.end(place).0).map(PathId);
            let stored = below.filter_map(|path| ledger.union.content_of(ledger.union.rootfs.entry(path)?));
            let own = stored.filter(|&entry| ledger.is_own(ledger.image.layer_of(entry)));
            own.map(|entry| ledger.image.entry(entry).size).sum::<u64>() >= size / 2
        }
    })
}
