//! Archives and what was unpacked from them: which step did it, where to, and how it is done without keeping the archive.

use super::ledger::Ledger;
use super::{dockerfile, shell};
use crate::image::PathId;

/// Endings of archives, with what `tar` needs to read them from a pipe; none where a pipe will not do.
const ENDINGS: [(&str, Option<&str>); 11] = [
    (".tar.gz", Some("-xz")),
    (".tgz", Some("-xz")),
    (".tar.xz", Some("-xJ")),
    (".txz", Some("-xJ")),
    (".tar.bz2", Some("-xj")),
    (".tar.zst", Some("--zstd -x")),
    (".tar", Some("-x")),
    (".zip", None),
    (".7z", None),
    (".deb", None),
    (".rpm", None),
];

/// The ending of an archive's name, and how `tar` reads it.
pub(super) fn ending(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    ENDINGS.into_iter().find(|(end, _)| name.len() > end.len() && name.ends_with(end))
}

/// A step that unpacks an archive.
pub(super) struct Unpacking {
    pub(super) layer: usize,
    /// Where to, when the command names it.
    pub(super) to: Option<String>,
}

/// The first own step that unpacks a file of this name.
pub(super) fn unpacking(ledger: &Ledger<'_>, name: &str) -> Option<Unpacking> {
    (ledger.analysis.base_layers..ledger.image.layers.len()).find_map(|layer| {
        if !ledger.is_made_by(layer, "RUN") {
            return None;
        }
        let command = ledger.command(layer);
        let mut directory = None;
        for words in shell::commands(&command) {
            let operand = words.get(1).cloned();
            match words[0].as_str() {
                "cd" => directory = operand,
                "tar" | "bsdtar" | "unzip" | "7z" | "7za" | "dpkg" | "dpkg-deb" | "rpm" | "rpm2cpio" => {
                    let flags = words.get(1).map(|word| word.trim_start_matches('-')).unwrap_or_default();
                    let is_tar = words[0].ends_with("tar");
                    let takes_out =
                        !is_tar || flags.contains('x') || words.iter().any(|word| word == "--extract");
                    let same = words
                        .iter()
                        .any(|word| word.rsplit('/').next() == Some(name) || is_glob_of(word, name));
                    if takes_out && same {
                        let to = words
                            .windows(2)
                            .find(|pair| matches!(pair[0].as_str(), "-C" | "-d" | "--directory"));
                        let to =
                            to.map(|pair| pair[1].clone()).or(directory).filter(|to| to.starts_with('/'));
                        return Some(Unpacking { layer, to });
                    }
                }
                _ => {}
            }
        }
        None
    })
}

/// `*.tgz` for `a.tgz`.
fn is_glob_of(word: &str, name: &str) -> bool {
    let word = word.rsplit('/').next().unwrap_or(word);
    word.split_once('*')
        .is_some_and(|(start, end)| name.starts_with(start) && name.ends_with(end) && !end.is_empty())
}

/// The directory that an archive was unpacked to, told by its name: beside it, and not smaller than half of it.
pub(super) fn tree(ledger: &Ledger<'_>, path: PathId, size: u64) -> Option<PathId> {
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

/// True for a `COPY` of this file and nothing else.
fn is_alone(command: &str, name: &str) -> bool {
    command.contains(" file:") || command.split_whitespace().any(|word| word.ends_with(name))
}

/// The `COPY` that brought an archive along, without it: none when another kind of step did.
pub(super) fn without(ledger: &Ledger<'_>, name: &str, layer: usize) -> Option<String> {
    let command = ledger.command(layer);
    if !ledger.is_made_by(layer, "COPY") || command.contains("--from=") {
        return None;
    }
    if is_alone(&command, name) {
        return Some(format!("# and without: {}", dockerfile::copy(&command, "")));
    }
    Some(format!(
        "# --exclude needs a current BuildKit; else keep the archive in a directory of its own\n{}",
        dockerfile::copy(&command, &format!("--exclude={name}"))
    ))
}

/// Lines that unpack an archive and keep no copy of it. `layer` stored it; `to` is where it was unpacked to.
pub(super) fn fix(
    ledger: &Ledger<'_>,
    path: PathId,
    layer: usize,
    unpacking: Option<&Unpacking>,
    to: Option<&str>,
) -> Option<String> {
    let full = ledger.path(path);
    let name = full.rsplit('/').next().unwrap_or(&full);
    let (_, tar) = ending(name)?;
    let to = unpacking.and_then(|step| step.to.as_deref()).or(to);
    let command = ledger.command(layer);
    let url = command
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']))
        .find(|word| word.contains("://") && !word.contains('…'));
    let (is_run, is_add) = (ledger.is_made_by(layer, "RUN"), ledger.is_made_by(layer, "ADD"));
    if let (Some(url), Some(tar), Some(to)) = (url, tar, to)
        && (is_run || is_add)
    {
        return Some(format!("RUN curl -fsSL {url} | tar {tar} -C {to}"));
    }
    if is_run {
        let mut commands = vec![command];
        commands.extend(unpacking.filter(|step| step.layer != layer).map(|step| ledger.command(step.layer)));
        commands.push(format!("rm {full}"));
        return Some(dockerfile::run(&commands));
    }
    if !is_add && !ledger.is_made_by(layer, "COPY") || command.contains("--from=") || url.is_some() {
        return None;
    }
    if let (Some(_), Some(to)) = (tar, to) {
        let rest = without(ledger, name, layer).filter(|_| !is_alone(&command, name));
        let rest = rest.map_or_else(String::new, |rest| format!("\n{rest}"));
        return Some(format!(
            "# ADD unpacks an archive of the build context and keeps no copy\nADD {name} {}/{rest}",
            to.trim_end_matches('/')
        ));
    }
    // it is there while the step runs, and no layer stores it
    let step = unpacking?;
    let run = dockerfile::run(&[ledger.command(step.layer)]);
    Some(format!(
        "RUN --mount=type=bind,source={name},target={full} \\\n    {}",
        run.trim_start_matches("RUN ")
    ))
}
