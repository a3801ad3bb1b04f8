//! What every format says of two images: sentences, totals, and the rows of its lists.

use super::input::Compared;
use super::tables::Cell;
use crate::compare::{Change, ChangeKind, ConfigChange, PackageChange, VersionChange};
use crate::image::PathId;
use crate::report::text::page::path_text;
use crate::text::{counted, line};
use crate::units;

/// By how much the image grew, and in how many files.
pub(super) fn headline(input: &Compared<'_>) -> String {
    let (old, new) = (input.old.analysis.totals.content, input.new.analysis.totals.content);
    if input.is_same_image() {
        return "OLD and NEW are the same image: nothing differs".into();
    }
    let grown = match old.cmp(&new) {
        std::cmp::Ordering::Less => format!("NEW is {} larger", units::size(new - old)),
        std::cmp::Ordering::Equal => "Both have the same size".into(),
        std::cmp::Ordering::Greater => format!("NEW is {} smaller", units::size(old - new)),
    };
    let files: u64 = input.comparison.sums.iter().map(|sums| sums.files).sum();
    match files {
        0 => format!("{grown}, no file differs"),
        1 => format!("{grown}, 1 file differs"),
        some => format!("{grown}, {} files differ", units::count(some)),
    }
}

/// What a host that has the old image must fetch.
pub(super) fn transfer(input: &Compared<'_>) -> String {
    let layers = &input.comparison.layers;
    match layers.transfer_blobs {
        0 => "A host that has OLD fetches no layer of NEW.".into(),
        blobs => format!(
            "A host that has OLD fetches {} in {} of {}.",
            units::size(layers.transfer),
            units::count(blobs),
            counted(input.new.image.layers.len() as u64, "layer", "layers")
        ),
    }
}

/// Both sentences in one line; `bold` marks the first.
pub(super) fn summary(input: &Compared<'_>, bold: &str) -> String {
    let headline = headline(input);
    if input.is_same_image() {
        return format!("{bold}{headline}.{bold}");
    }
    format!("{bold}{headline}.{bold} {}", transfer(input))
}

/// The totals of both.
pub(super) fn totals(input: &Compared<'_>) -> Vec<(&'static str, Cell)> {
    let (old, new) = (&input.old.analysis.totals, &input.new.analysis.totals);
    let (old_layers, new_layers) = (input.old.image.layers.len(), input.new.image.layers.len());
    let mut rows = vec![
        ("content", Cell::Size(old.content, new.content)),
        ("live", Cell::Size(old.live, new.live)),
        ("wasted", Cell::Size(old.wasted, new.wasted)),
        ("efficiency", Cell::Share(old.efficiency, new.efficiency)),
        ("stored", Cell::Size(old.blob, new.blob)),
    ];
    // stored as plain tars, both are one number
    if (old.tar, new.tar) != (old.blob, new.blob) {
        rows.push(("as tars", Cell::Size(old.tar, new.tar)));
    }
    rows.push(("layers", Cell::Count(old_layers as u64, new_layers as u64)));
    rows.push(("files", Cell::Count(old.tree.files, new.tree.files)));
    rows
}

/// The files that gained or lost most, most first; moved ones are not among them.
pub(super) fn files<'a>(input: &Compared<'a>) -> Vec<&'a Change> {
    let Compared { old, new, comparison, .. } = *input;
    let is_file = |change: &&Change| {
        change.kind != ChangeKind::Moved
            && (change.old.is_some_and(|path| old.is_file(path))
                || change.new.is_some_and(|path| new.is_file(path)))
    };
    comparison.ranked(&old, &new).into_iter().map(|at| &comparison.changes[at]).filter(is_file).collect()
}

/// How a path differs, and in which layers: `changed in 5, was 4`.
pub(super) fn place(input: &Compared<'_>, change: &Change) -> String {
    let before = change.old.and_then(|path| input.old.layer(path));
    let after = change.new.and_then(|path| input.new.layer(path));
    let word = match change.kind {
        ChangeKind::Metadata => "mode or owner",
        kind => kind.name(),
    };
    match (before, after) {
        (None, None) => word.to_owned(),
        (None, Some(layer)) => format!("{word} in {layer}"),
        (Some(layer), None) => format!("{word}, was in {layer}"),
        (Some(before), Some(after)) if before == after => format!("{word} in {after}"),
        (Some(before), Some(after)) => format!("{word} in {after}, was {before}"),
    }
}

/// The bytes of a package in both images, where they have it.
pub(super) fn package_bytes(package: &PackageChange) -> [Option<u64>; 2] {
    let was = package.change != VersionChange::Added;
    let is = package.change != VersionChange::Removed;
    [was.then_some(package.bytes_old), is.then_some(package.bytes_new)]
}

/// The version of a package, or both.
pub(super) fn versions(package: &PackageChange) -> String {
    let version = |text: &Option<String>| text.as_deref().map_or_else(|| "?".into(), shown);
    match package.change {
        VersionChange::Added | VersionChange::Resized => version(&package.new),
        VersionChange::Removed => version(&package.old),
        _ => format!("{} → {}", version(&package.old), version(&package.new)),
    }
}

/// A setting that differs: `+ PORT=80`, `- PORT=80` or `~ PORT=80 → 81`.
pub(super) fn setting(change: &ConfigChange) -> String {
    let name = change.name.as_deref().map(shown).unwrap_or_default();
    let value = |text: &Option<String>| text.as_deref().map(shown);
    match (value(&change.old), value(&change.new)) {
        (None, Some(new)) => format!("+ {}", joined(&name, &new)),
        (Some(old), None) => format!("- {}", joined(&name, &old)),
        (old, new) => {
            let values = format!("{} → {}", old.unwrap_or_default(), new.unwrap_or_default());
            format!("~ {}", joined(&name, &values))
        }
    }
}

fn joined(name: &str, value: &str) -> String {
    match (name, value) {
        ("", value) => value.to_owned(),
        (name, "") => name.to_owned(),
        (name, value) => format!("{name}={value}"),
    }
}

/// Text of an image, on one line and not too long.
pub(super) fn shown(text: &str) -> String {
    line(text.as_bytes(), 200)
}

/// The path in the new image, else in the old one, for people.
pub(super) fn path(input: &Compared<'_>, before: Option<PathId>, after: Option<PathId>) -> String {
    let path = match (before, after) {
        (_, Some(path)) => input.new.image.paths.full(path),
        (Some(path), None) => input.old.image.paths.full(path),
        (None, None) => Vec::new(),
    };
    path_text(&path)
}
