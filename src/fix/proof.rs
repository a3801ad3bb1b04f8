//! Whether the image that was built from the new Dockerfile is what was promised.

use std::collections::{BTreeSet, HashSet};

use super::expectation::{Excuse, Expectation};
use super::predict::Prediction;
use crate::compare::{ChangeKind, Comparison, Side};
use crate::image::{EntryId, PathId};

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
    /// Paths with another content, mode or owner, though no finding claimed them: most bytes first.
    pub changed: Vec<Changed>,
    /// What differs for a reason that has nothing to do with the fixes.
    pub excused: Excused,
    /// Rules that were fixed, and that would change the new Dockerfile again.
    pub again: Vec<String>,
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

/// A path that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The path as it was.
    pub was: Lost,
    /// Bytes of the file now.
    pub now: u64,
    /// [`ChangeKind::Changed`] or [`ChangeKind::Metadata`].
    pub kind: ChangeKind,
}

/// How many paths differ for a reason that has nothing to do with the fixes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Excused {
    /// A rebuild of the Dockerfile as it was differs there as well: files with times in them, newer packages.
    pub each_build: usize,
    /// Logs, caches of programs, records with times.
    pub volatile: usize,
    /// What the scripts of packages that went keep.
    pub packages: usize,
}

impl Excused {
    fn count(&mut self, excuse: Excuse) {
        *match excuse {
            Excuse::EachBuild => &mut self.each_build,
            Excuse::Volatile => &mut self.volatile,
            Excuse::Packages => &mut self.packages,
        } += 1;
    }
}

impl Lost {
    fn of(side: &Side<'_>, path: PathId) -> Self {
        let package = side.analysis.packages.owner(path).map(|package| package.name.clone());
        Self { path: side.image.paths.full(path), bytes: side.bytes(path), package }
    }
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

/// Holds a rebuilt image against the one before. `drift`: the paths in which the image and a rebuild of the Dockerfile
/// as it was differ; those are not the fixes' doing.
///
/// Without a prediction (another base, another stage) the file system is another one, so the lists only tell: it has
/// to be smaller, and the command has to succeed.
pub fn verify(
    old: &Side<'_>,
    new: &Side<'_>,
    comparison: &Comparison,
    prediction: Option<&Prediction>,
    drift: &BTreeSet<Vec<u8>>,
) -> Proof {
    let all = &comparison.changes;
    let gone: BTreeSet<PathId> = all
        .iter()
        .filter(|change| matches!(change.kind, ChangeKind::Removed | ChangeKind::Moved))
        .filter_map(|change| change.old)
        .collect();
    let kept = old.union.rootfs.live().filter(|(path, _)| !gone.contains(path));
    let kept: HashSet<EntryId> = kept.filter_map(|(path, _)| old.content(path)).collect();
    let expectation = Expectation { old, prediction, gone: &gone, kept: &kept, drift };
    let (mut lost, mut gained, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    let mut excused = Excused::default();
    for change in all {
        if let (ChangeKind::Changed | ChangeKind::Metadata, Some(path), Some(now)) =
            (change.kind, change.old, change.new)
        {
            let found = Lost::of(old, path);
            if let Some(excuse) = expectation.excuse_of_change(path, &found.path) {
                excused.count(excuse);
            } else if !expectation.is_claimed(path) {
                changed.push(Changed { kind: change.kind, now: new.bytes(now), was: found });
            }
            continue;
        }
        // a file that moved is gone from where it was
        if let Some(path) = change.old {
            let found = Lost::of(old, path);
            match expectation.excuse(&found.path) {
                Some(excuse) => excused.count(excuse),
                None if expectation.may_go(path) => {}
                None => lost.push(found),
            }
        }
        if let Some(path) = change.new {
            let found = Lost::of(new, path);
            match expectation.excuse(&found.path) {
                Some(excuse) => excused.count(excuse),
                None => gained.push(found),
            }
        }
    }
    changed.sort_by(|a, b| (b.was.bytes, &a.was.path).cmp(&(a.was.bytes, &b.was.path)));
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
        passed: kept && (prediction.is_none() || lost.is_empty() && gained.is_empty() && changed.is_empty()),
        predicted,
        measured,
        lost,
        gained,
        changed,
        excused,
        again: Vec::new(),
        smoke: None,
        seconds: Seconds::default(),
    }
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
        // a directory goes with the names in it whose contents stay elsewhere
        let store =
            ["file bin/t 10", "file pkgs/a.conda 5000000", "hardlink pkgs/a/bin/t bin/t", "file pkgs/a/x 1"];
        let linked = proof(&store[..3], &["file bin/t 10"], &["pkgs/a.conda"], 7);
        assert!(linked.passed, "{linked:?}");
        let more = proof(&store, &["file bin/t 10"], &["pkgs/a.conda"], 7);
        assert!(!more.passed && more.lost.len() == 1, "{more:?}");
        let lost = proof(&old, &["file var/log/old 1"], &["a"], 7);
        assert!(!lost.passed && lost.lost.iter().any(|lost| lost.path == b"c/d/x"), "{lost:?}");
        let gained = proof(&old, &["file c/d/x 10", "file b 1"], &["a"], 7);
        assert_eq!(gained.gained.len(), 1);
        let claimed = proof(&old, &["file a 4", "file c/d/x 10", "file var/log/old 1"], &["a"], 7);
        assert!(claimed.passed, "{claimed:?}");
        let changed = proof(&old, &["file c/d/x 11", "file var/log/old 1"], &["a"], 7);
        assert_eq!((changed.passed, changed.changed[0].was.path.as_slice()), (false, &b"c/d/x"[..]));
        let logged = proof(&old, &["file c/d/x 10", "file var/log/old 2"], &["a"], 7);
        assert_eq!((logged.passed, logged.excused.volatile), (true, 1), "{logged:?}");
        let listed = ["file m/node_modules/x/a 5000000", "file m/node_modules/.yarn-integrity 10"];
        let integrity = ["file m/node_modules/.yarn-integrity 9"];
        let listed = proof(&listed, &integrity, &["m/node_modules/x/a"], 7);
        assert_eq!((listed.passed, listed.excused.packages), (true, 1), "{listed:?}");
        let less = proof(&old, &old, &["a"], 5_000_000);
        assert!(!less.passed && less.measured == 0, "{less:?}");
    }
}
