//! Owner and mode set where files are written, in place of a chown or chmod after it.

use std::collections::BTreeSet;

use super::copies::Copies;
use super::{edits, owners};
use crate::advice::engine::ledger::Ledger;
use crate::advice::rules::waste::Differs;
use crate::dockerfile::{Edit, Fix, shell};
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
use crate::overlay::Fate;
use crate::text;

/// Most directories that are named one by one.
const DIRECTORIES: usize = 6;

/// The steps that write the files, with the attributes; and the step that changed them, without.
pub(super) fn fix(copies: &Copies<'_>, changer: &str) -> Fix {
    let mut fix = edits(copies, changer);
    let ledger = copies.ledger;
    if let (true, [hider]) = (!fix.edits.is_empty(), copies.waste.by.as_slice()) {
        let writers = copies.writers();
        fix.notes.extend(owners::as_owner(ledger, *hider, &writers));
        let evidence = copies.found.claims.evidence();
        let now = evidence.iter().find_map(|evidence| ledger.image.entry_in_layer(evidence.path, *hider));
        if let Some(now) = now.filter(|_| changer == "chown") {
            let attributes = ledger.image.attrs_of(now);
            let owner = (attributes.uid, attributes.gid);
            fix.notes.extend(writers.iter().find_map(|&writer| owners::linked(ledger, writer, owner)));
        }
    }
    fix
}

fn edits(copies: &Copies<'_>, changer: &str) -> Fix {
    let ledger = copies.ledger;
    let [hider] = *copies.waste.by.as_slice() else {
        return Fix::note(format!(
            "set them in the steps that write these files ({})",
            text::layers(&copies.guilty())
        ));
    };
    let command = ledger.image.command_of(hider);
    let Some(words) = shell::find(command, changer) else {
        return Fix::note("set them in the step that writes these files: COPY has --chown and --chmod");
    };
    let is_change = |part: &str| {
        let commands = shell::commands(part);
        matches!(commands.as_slice(), [only] if only[0] == changer)
    };
    let Some(value) = shell::operands(&words).next().map(str::to_owned) else { return Fix::default() };
    let rest = Rest::of(copies, hider);
    let mut fix = Fix::default();
    if !rest.files.is_empty() {
        let layers: Vec<usize> = rest.files.iter().copied().collect();
        fix.notes.push(format!(
            "{changer} also changes files of {}, which no step of this Dockerfile writes: narrow it to those that need it",
            text::layers(&layers)
        ));
        return fix;
    }
    let Some(flag) = flag(copies, changer, &value) else {
        fix.notes.push(format!("set them where the files are written, in place of: {}", words.join(" ")));
        return fix;
    };
    if changes_more(command, changer, &value) {
        fix.notes.push(format!(
            "{} changes these files in other ways too, which stores them again whatever their copy says",
            ledger.layer(hider)
        ));
        return fix;
    }
    for &writer in &rest.writers {
        if ledger.is_copied(writer) {
            if !is_whole(copies, writer, hider) {
                fix.notes.push(format!(
                    "{changer} changes some of the files of {}: copy those in a step of their own, with {flag}",
                    ledger.layer(writer)
                ));
                return fix;
            }
            if is_unpacked(copies, writer) {
                fix.notes.push(
                    "an unpacked archive keeps the modes and owners that it holds: set them before it is packed".into(),
                );
                return fix;
            }
            fix.edits.extend(ledger.step_id(writer).map(|step| Edit::AddFlag { step, flag: flag.clone() }));
        } else {
            let parts = shell::part_texts(command);
            let commands: Vec<&str> = parts.into_iter().filter(|part| is_change(part)).collect();
            fix.edits.extend(edits::append(ledger, writer, commands.join(" && ")));
        }
    }
    // a user must be there before a COPY can name it
    let first = rest.writers.iter().find(|&&writer| ledger.is_copied(writer));
    if let Some((&first, user)) = first.zip(user_of(changer, &value)) {
        match owners::maker(ledger, user) {
            Some(maker) if maker == hider => {
                let parts = shell::part_texts(command);
                let make: Vec<&str> = parts.into_iter().filter(|part| !is_change(part)).collect();
                let before = ledger.step_id(first);
                fix.edits
                    .push(Edit::InsertStep { before, lines: vec![format!("RUN {}", make.join(" && "))] });
                fix.edits.extend(ledger.step_id(hider).map(|step| Edit::RemoveStep { step }));
                fix.edits.extend(rest.keep(copies, changer, &value).map(|keep| Edit::InsertStep {
                    before: ledger.step_id(hider),
                    lines: vec![format!("RUN {keep}")],
                }));
                return fix;
            }
            Some(maker) if maker > first => {
                fix.edits.extend(
                    ledger
                        .step_id(maker)
                        .zip(ledger.step_id(first))
                        .map(|(step, before)| Edit::MoveStep { step, before }),
                );
            }
            _ => {}
        }
    }
    let keep = rest.keep(copies, changer, &value);
    fix.edits.extend(edits::replace(ledger, hider, |part| {
        is_change(part).then(|| keep.clone().into_iter().collect())
    }));
    fix
}

/// Programs that store a file again when they change its attributes.
const CHANGERS: [&str; 7] = ["chown", "chgrp", "chmod", "touch", "setfacl", "setcap", "setfattr"];

/// A step without which nothing is different: all that it does is to set owners and modes that everything has already.
pub(super) fn idle(ledger: &Ledger<'_>, layer: usize) -> Option<Fix> {
    let image = ledger.image;
    let is_setting = |words: &Vec<String>| matches!(words[0].as_str(), "chown" | "chgrp" | "chmod");
    let is_same = |entry: EntryId| {
        let Some(before) = image.entry_below(image.path_of(entry), layer) else { return false };
        let (new, old) = (image.entry(entry), image.entry(before));
        !Differs::between(image, before, entry).is_set()
            && (new.kind, new.hash, new.size) == (old.kind, old.hash, old.size)
    };
    let step = ledger.shell_run(layer)?;
    let commands = shell::commands(image.command_of(layer));
    if !commands.iter().all(is_setting) || !image.layer_entries(layer).all(is_same) {
        return None;
    }
    let note = format!("{} changes nothing: the files have that owner and mode already", ledger.layer(layer));
    Some(Fix { edits: vec![Edit::RemoveStep { step }], notes: vec![note] })
}

/// True when a step changes attributes with another program or to another value, or through `find` or `xargs`.
fn changes_more(command: &str, changer: &str, value: &str) -> bool {
    shell::commands(command).iter().any(|words| match words.first() {
        Some(first) if first == changer => shell::operands(words).next() != Some(value),
        _ => words.iter().any(|word| CHANGERS.contains(&word.as_str())),
    })
}

/// True when the changing step changes every file of a writer that is there by then, and every directory that the
/// writer made: the option gives its owner to these too.
fn is_whole(copies: &Copies<'_>, writer: usize, hider: usize) -> bool {
    let (image, union) = (copies.ledger.image, copies.ledger.union);
    image.layer_entries(writer).all(|entry| {
        let kind = image.entry(entry).kind;
        let path = image.path_of(entry);
        if kind.is_directory() {
            image.timeline.of(path).first() != Some(&entry) || image.entry_in_layer(path, hider).is_some()
        } else {
            !kind.is_file() || matches!(union.fate(entry), Fate::Lost(_, by) if usize::from(by) <= hider)
        }
    })
}

/// What the changing step stores, by who wrote it.
#[derive(Default)]
struct Rest {
    /// Own steps that wrote files which it changed.
    writers: BTreeSet<usize>,
    /// Layers of the base with files that it changed: nothing but the change itself can do that.
    files: BTreeSet<usize>,
    /// Directories that were there before the writers: a `COPY` does not change these.
    directories: Vec<PathId>,
}

impl Rest {
    fn of(copies: &Copies<'_>, hider: usize) -> Self {
        let (ledger, mut rest) = (copies.ledger, Self::default());
        let image = ledger.image;
        for entry in image.layer_entries(hider) {
            let path = image.path_of(entry);
            let Some(previous) = image.entry_below(path, hider) else { continue };
            let layer = image.layer_of(previous);
            let (new, old) = (image.attrs_of(entry), image.attrs_of(previous));
            let differs = (new.uid, new.gid, new.mode) != (old.uid, old.gid, old.mode);
            match image.entry(previous).kind {
                Kind::Directory if differs => rest.directories.push(path),
                Kind::Directory => {}
                _ if ledger.is_own(layer) => _ = rest.writers.insert(layer),
                // a package manager's records and the like are written by their own step
                _ if differs && image.entry(entry).hash == image.entry(previous).hash => {
                    rest.files.insert(layer);
                }
                _ => {}
            }
        }
        // directories that a flagged step makes itself get the owner there
        let is_made = |path: &PathId| {
            let first = image.timeline.of(*path).first().map(|&id| image.layer_of(id));
            first.is_some_and(|layer| rest.writers.contains(&layer))
        };
        rest.directories.retain(|path| !is_made(path));
        // and a RUN that changes its own files in the same way finds all that were there before it
        let last = rest.writers.iter().copied().filter(|&writer| !ledger.is_copied(writer)).max();
        rest.directories.retain(|path| {
            let first = image.timeline.of(*path).first().map(|&id| image.layer_of(id));
            first.zip(last).is_none_or(|(first, last)| first > last)
        });
        rest
    }

    /// The change that stays: of directories only.
    fn keep(&self, copies: &Copies<'_>, changer: &str, value: &str) -> Option<String> {
        if self.directories.is_empty() {
            return None;
        }
        if self.directories.len() <= DIRECTORIES {
            let words: Option<Vec<String>> =
                self.directories.iter().map(|&path| copies.ledger.word(path)).collect();
            return Some(format!("{changer} {value} {}", words?.join(" ")));
        }
        let top = copies.ledger.word(self.directories[0])?;
        Some(format!("find {top} -type d -exec {changer} {value} {{}} +"))
    }
}

/// The option of `COPY` that does the same: with the group that the files have in the image, since builders do not
/// agree on what a user without a group means.
fn flag(copies: &Copies<'_>, changer: &str, value: &str) -> Option<String> {
    if value.contains(['$', '`', '*']) || value.starts_with("--") {
        return None;
    }
    match changer {
        "chown" | "chgrp" => {
            let evidence = copies.found.claims.evidence();
            let image = copies.ledger.image;
            let hider = *copies.waste.by.first()?;
            let now = evidence.iter().find_map(|evidence| image.entry_in_layer(evidence.path, hider));
            // what hard links name elsewhere has another name here
            let any = || image.layer_entries(hider).find(|&entry| image.entry(entry).kind.is_file());
            let now = now.or_else(any)?;
            let attrs = image.attrs_of(now);
            let (user, group) = match (changer, value.split_once([':', '.'])) {
                ("chgrp", _) => ("", value),
                (_, Some((user, group))) => (user, group),
                (_, None) => (value, ""),
            };
            let user = if user.is_empty() { attrs.uid.to_string() } else { user.to_owned() };
            let group = if group.is_empty() { attrs.gid.to_string() } else { group.to_owned() };
            Some(format!("--chown={user}:{group}"))
        }
        // the old builder does not know the option; directories get the same bits, as by chmod -R
        "chmod" if copies.ledger.is_buildkit() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(format!("--chmod={value}"))
        }
        _ => None,
    }
}

/// The name of a user or group that has to exist; numbers need not.
fn user_of<'a>(changer: &str, value: &'a str) -> Option<&'a str> {
    let name = value.split([':', '.']).find(|part| !part.is_empty())?;
    let is_name = !name.bytes().all(|byte| byte.is_ascii_digit());
    (matches!(changer, "chown" | "chgrp") && is_name).then_some(name)
}

/// True for an `ADD` of one file that stored several: it was an archive.
fn is_unpacked(copies: &Copies<'_>, layer: usize) -> bool {
    let ledger = copies.ledger;
    let files = ledger.image.layer_entries(layer).filter(|&entry| ledger.image.entry(entry).kind.is_file());
    let is_add = ledger.is_made_by(layer, crate::dockerfile::Keyword::Add);
    let command = ledger.image.command_of(layer);
    is_add && !command.contains("dir:") && !command.contains(" . ") && files.take(2).count() > 1
}
