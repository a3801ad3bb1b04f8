//! Words about who writes files, where an owner is changed afterwards.

use crate::advice::engine::ledger::Ledger;
use crate::dockerfile::{Keyword, shell};
use crate::image::{EntryId, PathId};
use crate::text;

/// Running what writes the files as their owner, where the container runs as that one and the steps write nowhere else.
/// Whether a command works as another user cannot be told from an image, so these are words and no edit.
pub(super) fn as_owner(ledger: &Ledger<'_>, changer: usize, writers: &[usize]) -> Option<String> {
    let user = ledger.image.config.config.user.split(':').next().unwrap_or_default();
    let words = shell::find(ledger.image.command_of(changer), "chown")?;
    let owner = shell::operands(&words).next()?.split([':', '.']).next()?;
    if user != owner || matches!(user, "" | "root" | "0") || user.chars().any(text::is_unsafe) {
        return None;
    }
    let image = ledger.image;
    let is_scratch = |path: PathId| {
        let full = image.paths.full(path);
        full.starts_with(b"tmp/") || full.starts_with(b"root/")
    };
    let writes_only_there = |&writer: &usize| {
        image.layer_entries(writer).all(|entry| {
            let path = image.path_of(entry);
            image.entry(entry).kind.is_directory()
                || image.entry_in_layer(path, changer).is_some()
                || is_scratch(path)
        })
    };
    let mut runs: Vec<usize> =
        writers.iter().copied().filter(|&writer| ledger.shell_run(writer).is_some()).collect();
    runs.sort_unstable();
    if runs.is_empty() || !runs.iter().all(writes_only_there) {
        return None;
    }
    let made = maker(ledger, user).filter(|&maker| maker >= runs[0]);
    let first = if made.is_some() { format!("make {user} earlier, and ") } else { String::new() };
    Some(format!(
        "or {first}run {} as {user}: USER {user} before it, in a directory that {user} owns; then there is nothing to change",
        text::layers(&runs)
    ))
}

/// `COPY --link` with the owner in numbers, for a copy into a directory of its own right below the root: such a layer
/// is kept when those below it change. Anywhere else the directories above would get another owner.
pub(super) fn linked(ledger: &Ledger<'_>, copier: usize, (uid, gid): (u64, u64)) -> Option<String> {
    let image = ledger.image;
    if !ledger.is_buildkit() || !ledger.is_made_by(copier, Keyword::Copy) {
        return None;
    }
    let top_of = |entry: EntryId| {
        let mut at = image.path_of(entry);
        while at != PathId::ROOT && image.paths.parent(at) != PathId::ROOT {
            at = image.paths.parent(at);
        }
        at
    };
    let mut tops = image.layer_entries(copier).map(top_of).filter(|&top| top != PathId::ROOT);
    let top = tops.next()?;
    if tops.any(|other| other != top) {
        return None;
    }
    let is_own = |&entry: &EntryId| ledger.is_own(image.layer_of(entry));
    let mut below = (top.0..image.paths.end(top).0).map(PathId);
    let is_made_here = below.all(|path| image.timeline.of(path).iter().all(is_own));
    is_made_here.then(|| {
        format!(
            "COPY --link --chown={uid}:{gid} does the same, and keeps its layer when a step before it changes"
        )
    })
}

/// The own step that makes a user or a group of this name.
pub(super) fn maker(ledger: &Ledger<'_>, user: &str) -> Option<usize> {
    const MAKE: [&str; 4] = ["useradd", "adduser", "groupadd", "addgroup"];
    ledger.own_layers().find(|&layer| {
        let commands = shell::commands(ledger.image.command_of(layer));
        commands
            .iter()
            .any(|words| MAKE.contains(&words[0].as_str()) && words.iter().any(|word| word == user))
    })
}
