//! Which paths of a range of layers the file tree shows, and what each adds to the directories above it.

use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::overlay::{Fate, FileCount};
use crate::ui::data::Data;
use crate::ui::look::Sort;
use crate::ui::tree::{Bits, Filter, Mark, Marks, Span, Sums, Weight};

/// Everything that decides whether a path is shown, and its weight.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) data: &'a Data,
    pub(super) span: &'a Span,
    pub(super) marks: Marks,
    /// Only paths whose bytes here are wasted.
    pub(super) only_wasted: bool,
    pub(super) filter: &'a Filter,
}

impl View<'_> {
    /// The weight of a path; none when it is not shown.
    pub(super) fn weigh(&self, path: PathId) -> Option<Weight> {
        if self.filter.shows(path) { self.unfiltered(path) } else { None }
    }

    /// The same without the filter.
    fn unfiltered(&self, path: PathId) -> Option<Weight> {
        let mark = self.span.mark(&self.data.image, path).filter(|mark| self.marks.has(*mark))?;
        let weight = weight(self.data, self.span, path, mark);
        (!self.only_wasted || weight.wasted > 0).then_some(weight)
    }

    fn is_merged(&self) -> bool {
        self.marks.has(Mark::Unchanged)
    }

    /// The paths among which all shown ones are; none where those may be most paths of the image. `changed` are those
    /// that the range changed.
    fn candidates<'b>(&'b self, changed: &'b Bits) -> Option<&'b Bits> {
        if self.only_wasted {
            Some(&self.data.wasted)
        } else if !self.is_merged() {
            (changed.count() <= self.data.image.paths.len() / 2).then_some(changed)
        } else {
            self.filter.found.as_ref().map(|found| &found.shown)
        }
    }

    /// Sums up what is shown.
    pub(super) fn fill(&self, changed: &Bits, sums: &mut Sums) {
        let paths = self.data.image.paths.len();
        match self.candidates(changed) {
            Some(some) => {
                sums.fill(paths, some.paths().filter_map(|path| Some((path, self.weigh(path)?))));
            }
            None => sums.fill_all(paths, |path| self.weigh(path)),
        }
    }

    /// Number of paths that would be shown without the filter.
    pub(super) fn all(&self, changed: &Bits, sums: &Sums) -> u32 {
        if self.filter.found.is_none() {
            return sums.shown(&self.data.image, PathId::ROOT);
        }
        if self.only_wasted || !self.is_merged() {
            let some = if self.only_wasted { &self.data.wasted } else { changed };
            let shown = some.paths().filter(|path| self.unfiltered(*path).is_some());
            return u32::try_from(shown.count()).unwrap_or(u32::MAX);
        }
        // all that stands there, but for the changes that are hidden, and what was removed
        let marks = changed.paths().filter_map(|path| self.span.mark(&self.data.image, path));
        marks.fold(self.span.standing(), |all, mark| match (mark, self.marks.has(mark)) {
            (Mark::Removed, true) => all + 1,
            (Mark::Added | Mark::Modified, false) => all - 1,
            _ => all,
        })
    }

    /// Files that the range removed, among those shown.
    pub(super) fn removed(&self, changed: &Bits) -> FileCount {
        let mut count = FileCount::default();
        if !self.marks.has(Mark::Removed) || self.only_wasted {
            return count;
        }
        let image = &self.data.image;
        for path in changed.paths().filter(|path| self.span.is_gone(*path)) {
            if self.filter.shows(path)
                && let Some(id) = self.span.entry(path).filter(|id| is_file(image.entry(*id).kind))
            {
                count.files += 1;
                count.bytes += image.entry(id).size;
            }
        }
        count
    }
}

/// What an order sorts a path by.
pub(super) fn key<'a>(
    sort: Sort,
    image: &'a Image,
    sums: &'a Sums,
    span: &'a Span,
) -> impl Fn(PathId) -> u64 + 'a {
    move |path| match sort {
        Sort::Size => sums.bytes(image, path) + sums.gone(image, path),
        Sort::Files => sums.files(image, path).into(),
        Sort::Wasted => sums.wasted(image, path),
        Sort::Time => span.entry(path).map_or(0, |id| image.entry(id).mtime.unsigned_abs()),
        Sort::Owner => span.entry(path).map_or(0, |id| {
            let attrs = image.attrs_of(id);
            let id = |id: u64| id.min(u64::from(u32::MAX));
            id(attrs.uid) << 32 | id(attrs.gid)
        }),
        _ => 0,
    }
}

fn is_file(kind: Kind) -> bool {
    matches!(kind, Kind::File | Kind::HardLink)
}

fn weight(data: &Data, span: &Span, path: PathId, mark: Mark) -> Weight {
    let Some(id) = span.entry(path) else { return Weight::default() };
    let entry = data.image.entry(id);
    if mark == Mark::Removed {
        return Weight { gone: entry.size, ..Weight::default() };
    }
    Weight {
        bytes: entry.size,
        gone: 0,
        wasted: if is_lost(data, path, id) { entry.size } else { 0 },
        is_file: is_file(entry.kind),
    }
}

fn is_lost(data: &Data, path: PathId, id: EntryId) -> bool {
    data.wasted.has(path) && matches!(data.union.fate(id), Fate::Lost(..))
}

#[cfg(test)]
mod tests {
    use super::super::files::Files;
    use super::*;
    use crate::ui::keymap::Action;
    use crate::ui::sample;
    use crate::ui::tree::Pattern;

    /// Every number again, path by path.
    #[track_caller]
    fn check(files: &Files, data: &Data, when: &str) {
        let image = &data.image;
        let view = files.view(data);
        let all: Vec<PathId> = (0..image.paths.len()).map(PathId).collect();
        let shown: Vec<Weight> = all.iter().filter_map(|path| view.weigh(*path)).collect();
        let count = files.count(data);
        assert_eq!(count.shown, shown.len() as u64, "shown {when}");
        assert_eq!(count.bytes, shown.iter().map(|weight| weight.bytes).sum::<u64>(), "bytes {when}");
        assert_eq!(count.files, shown.iter().filter(|weight| weight.is_file).count() as u64, "files {when}");
        let gone = shown.iter().map(|weight| weight.gone).sum::<u64>();
        assert_eq!(files.removed.bytes, gone, "removed {when}");
        let unfiltered = all.iter().filter(|path| view.unfiltered(**path).is_some());
        assert_eq!(count.all, unfiltered.count() as u64, "all {when}");
        assert!(all.iter().all(|path| files.sums.is_own(*path) == view.weigh(*path).is_some()), "{when}");
    }

    #[test]
    fn steps_filters_and_kinds_come_to_the_same_as_counting_path_by_path() {
        let names: Vec<String> = (0..300).map(|n| format!("usr/{}/file-{n}", n % 7)).collect();
        let base: Vec<(&str, u64)> =
            names.iter().zip(1..).map(|(name, size)| (name.as_str(), size)).collect();
        let data = sample::data(&[
            &base,
            &[("usr/1/file-1", 77), ("etc/new", 5), ("-usr/2/file-2", 0)],
            &[("-etc/new", 0), ("usr/1/file-1", 78), ("-usr/3/file-3", 0)],
            &[("etc/new", 6), ("var/x", 1)],
        ]);
        let mut files = Files::new(&data, 0);
        for text in ["", "file-1", "none of them"] {
            files.filter.found =
                Pattern::parse(text).unwrap().map(|pattern| data.find(&pattern, &|| false).unwrap());
            files.refilter(&data);
            for action in [Action::Merged, Action::Added, Action::Removed, Action::OnlyWasted, Action::Merged]
            {
                files.act(&data, action, 10);
                for (from, to) in [(0, 0), (1, 1), (2, 2), (3, 3), (1, 1), (0, 2), (1, 3), (0, 0)] {
                    files.go(&data, from, to);
                    check(&files, &data, &format!("of {from}–{to} with {text:?} after {action:?}"));
                }
            }
            files.act(&data, Action::OnlyWasted, 10);
        }
    }
}
