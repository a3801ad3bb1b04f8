//! Whether the image that was built from the new Dockerfile is what was promised.

use std::collections::BTreeSet;

use super::predict::Prediction;
use super::volatile::is_volatile;
use crate::compare::{ChangeKind, Comparison, Side};
use crate::image::PathId;
use crate::layer::Kind;
use crate::overlay::Slot;

/// What a rebuild showed.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Whether everything is as promised.
    pub passed: bool,
    /// Bytes of content that should have gone; none when the image did not tell.
    pub predicted: Option<u64>,
    /// Bytes of content that have gone; negative when the image grew.
    pub measured: i64,
    /// Paths that are gone, though no finding claimed them: most bytes first.
    pub lost: Vec<Lost>,
    /// Paths that are new, and not of the kind that every build writes: most bytes first.
    pub gained: Vec<Lost>,
    /// Whether the command succeeded in a container of the new image; none when there was none.
    pub smoke: Option<bool>,
    /// How long the builds took.
    pub seconds: Seconds,
}

/// A path that should be there, or should not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The path.
    pub path: Vec<u8>,
    /// Bytes of the file.
    pub bytes: u64,
    /// The package that owns it.
    pub package: Option<String>,
}

/// How long the builds took, without a cache.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Seconds {
    /// Of the Dockerfile as it was.
    pub before: f64,
    /// Of the new one.
    pub after: f64,
}

/// Bytes that a measurement may differ from a prediction: no build writes exactly the same logs and records.
const NOISE: u64 = 1_000_000;

/// Holds a rebuilt image against the one before. `drift`: the paths that only one of the image and a rebuild of the
/// Dockerfile as it was has; those are not the fixes' doing.
pub fn verify(
    old: &Side<'_>,
    new: &Side<'_>,
    comparison: &Comparison,
    prediction: Option<&Prediction>,
    drift: &BTreeSet<Vec<u8>>,
) -> Proof {
    let removed = comparison.changes.iter().filter(|change| change.kind == ChangeKind::Removed);
    let gone: BTreeSet<PathId> = removed.filter_map(|change| change.old).collect();
    let expectation = prediction.map(|prediction| Expectation { old, prediction, gone: &gone });
    let mut lost = Vec::new();
    let mut gained = Vec::new();
    for change in &comparison.changes {
        let (side, place, found) = match (change.kind, change.old, change.new) {
            (ChangeKind::Removed, Some(path), _) => (old, path, &mut lost),
            (ChangeKind::Added, _, Some(path)) => (new, path, &mut gained),
            _ => continue,
        };
        let name = side.image.paths.full(place);
        let is_removed = change.kind == ChangeKind::Removed;
        let expected = is_volatile(&name)
            || drift.contains(&name)
            || is_removed && expectation.as_ref().is_some_and(|expectation| expectation.holds(place));
        if !expected {
            found.push(Lost { bytes: side.bytes(place), package: package(side, place), path: name });
        }
    }
    for list in [&mut lost, &mut gained] {
        list.sort_by(|a, b| (b.bytes, &a.path).cmp(&(a.bytes, &b.path)));
    }
    let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let measured = signed(old.image.content()) - signed(new.image.content());
    let predicted = prediction.map(|prediction| prediction.saved);
    let kept = predicted.map_or(measured > 0, |predicted| {
        measured >= signed(predicted.saturating_sub((predicted / 100 * 3).max(NOISE)))
    });
    Proof {
        passed: kept && lost.is_empty() && gained.is_empty(),
        predicted,
        measured,
        lost,
        gained,
        smoke: None,
        seconds: Seconds::default(),
    }
}

/// What may go.
struct Expectation<'a> {
    old: &'a Side<'a>,
    prediction: &'a Prediction,
    /// All paths that are gone.
    gone: &'a BTreeSet<PathId>,
}

impl Expectation<'_> {
    /// True for a path that a finding claimed, and for what goes with one: what lies below it, further names of its
    /// content, the rest of its package, links that lead nowhere now, and directories that would be empty.
    fn holds(&self, path: PathId) -> bool {
        let (paths, prediction) = (&self.old.image.paths, self.prediction);
        let mut at = path;
        while !prediction.paths.contains(&at) {
            let parent = paths.parent(at);
            if parent == at {
                return self.goes_along(path);
            }
            at = parent;
        }
        true
    }

    fn goes_along(&self, path: PathId) -> bool {
        let (image, prediction) = (self.old.image, self.prediction);
        let of_package = self
            .old
            .analysis
            .packages
            .owner_index(path)
            .is_some_and(|package| prediction.packages.contains(&package));
        let of_content = self.old.content(path).is_some_and(|content| prediction.entries.contains(&content));
        if of_package || of_content || self.is_swept(path) {
            return true;
        }
        let target = match self.old.slot(path) {
            Some(Slot::Entry(id)) if image.entry(id).kind == Kind::Symlink => Some(image.link_text(id)),
            Some(Slot::Entry(id)) if !image.entry(id).kind.is_directory() => {
                return self.is_alternative(path);
            }
            _ => None,
        };
        if let Some(target) = target {
            let target = resolved(&image.paths.full(image.paths.parent(path)), target);
            // `/lib` and `/bin` are links to `/usr/lib` and `/usr/bin` on most systems
            return self.is_gone(&target) || self.is_gone(&[b"usr/", target.as_slice()].concat());
        }
        let below = (path.0 + 1..image.paths.end(path).0).map(PathId);
        let mut below = below.filter(|&path| self.old.slot(path).is_some()).peekable();
        if below.peek().is_none() {
            return self.is_of_scripts(path);
        }
        below.all(|path| self.gone.contains(&path))
    }

    /// Something without bytes in a directory that is emptied, of which files were claimed.
    fn is_swept(&self, path: PathId) -> bool {
        let paths = &self.old.image.paths;
        let mut all = paths.children(paths.parent(path)).filter(|&path| self.old.slot(path).is_some());
        let mut beside = paths.children(paths.parent(path));
        self.old.bytes(path) == 0
            && beside.any(|path| self.prediction.paths.contains(&path))
            && all.all(|path| self.gone.contains(&path))
    }

    /// An empty directory of a layer that packages went from: their scripts make such.
    fn is_of_scripts(&self, path: PathId) -> bool {
        let layer = self.old.layer(path);
        let layers = |&package: &usize| self.old.analysis.packages.list[package].layers.iter();
        let mut layers = self.prediction.packages.iter().flat_map(layers);
        layers.any(|&(of_package, _)| Some(of_package) == layer)
    }

    fn is_gone(&self, path: &[u8]) -> bool {
        self.old.image.paths.find(path).is_some_and(|path| self.gone.contains(&path))
    }

    /// dpkg's note of an alternative whose link is gone.
    fn is_alternative(&self, path: PathId) -> bool {
        let full = self.old.image.paths.full(path);
        full.strip_prefix(b"var/lib/dpkg/alternatives/")
            .is_some_and(|name| self.is_gone(&[b"etc/alternatives/", name].concat()))
    }
}

/// Where a symbolic link in `folder` leads, by its text alone.
fn resolved(folder: &[u8], target: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let start: &[u8] = if target.starts_with(b"/") { b"" } else { folder };
    for part in start.split(|&byte| byte == b'/').chain(target.split(|&byte| byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join(&b'/')
}

fn package(side: &Side<'_>, path: PathId) -> Option<String> {
    side.analysis.packages.owner(path).map(|package| package.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyse;
    use crate::compare::{Hashes, compare};
    use crate::image::Image;
    use crate::image::sample::image;
    use crate::overlay::Union;

    /// The proof of a change from one list of files to another.
    fn proof(old: &[&str], new: &[&str], claimed: &[&str], saved: u64) -> Proof {
        let images: Vec<Image> = [old, new].map(|files| image(&[files])).into();
        let unions: Vec<Union> = images.iter().map(Union::of).collect();
        let analyses: Vec<_> =
            images.iter().zip(&unions).map(|(image, union)| analyse(image, union, 0)).collect();
        let side = |at: usize| Side { image: &images[at], union: &unions[at], analysis: &analyses[at] };
        let comparison = compare(&side(0), &side(1), &Hashes::default());
        let find = |path: &&str| images[0].paths.find(path.as_bytes()).unwrap();
        let prediction =
            Prediction { saved, paths: claimed.iter().map(find).collect(), ..Prediction::default() };
        verify(&side(0), &side(1), &comparison, Some(&prediction), &BTreeSet::new())
    }

    #[test]
    fn only_what_was_claimed_may_go_and_only_the_volatile_may_come() {
        let old = ["file a 5000000", "file c/d/x 10", "file var/log/old 1"];
        let passed = proof(&old, &["file c/d/x 10", "file var/log/new 1"], &["a"], 7);
        assert!(passed.passed, "{passed:?}");
        let swept = proof(&["file l/a 5000000", "file l/lock ", "file k 1"], &["file k 1"], &["l/a"], 7);
        assert!(swept.passed, "{swept:?}");
        let linked = ["file usr/lib/a 5000000", "symlink b /lib/a", "file k 1"];
        let linked = proof(&linked, &["file k 1"], &["usr/lib/a"], 7);
        assert!(linked.passed, "{linked:?}");
        let whole = proof(&old, &["file a 5000000"], &["c/d/x"], 10);
        assert!(whole.passed && whole.lost.is_empty(), "{whole:?}");
        let lost = proof(&old, &["file var/log/old 1"], &["a"], 7);
        assert!(!lost.passed && lost.lost.iter().any(|lost| lost.path == b"c/d/x"), "{lost:?}");
        let gained = proof(&old, &["file c/d/x 10", "file b 1"], &["a"], 7);
        assert_eq!(gained.gained.len(), 1);
        let less = proof(&old, &old, &["a"], 5_000_000);
        assert!(!less.passed && less.measured == 0, "{less:?}");
    }
}
