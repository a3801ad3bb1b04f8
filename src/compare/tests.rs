use super::*;
use crate::analysis::{Analysis, analyse};
use crate::digest::Digest;
use crate::image::{EntryId, Image, sample};
use crate::overlay::Union;

/// An image with its analysis.
pub(super) struct Whole {
    pub(super) image: Image,
    union: Union,
    analysis: Analysis,
}

impl Whole {
    pub(super) fn side(&self) -> Side<'_> {
        Side { image: &self.image, union: &self.union, analysis: &self.analysis }
    }
}

/// An image of layers; each begins with its diff ID, `-` for none.
pub(super) fn whole(layers: &[(&str, &[&str])]) -> Whole {
    let lines: Vec<&[&str]> = layers.iter().map(|layer| layer.1).collect();
    let mut image = sample::image(&lines);
    for (layer, (name, _)) in image.layers.iter_mut().zip(layers) {
        layer.diff_id = Digest::parse(&format!("sha256:{name:0>64}"));
        layer.blob = layer.content;
    }
    let union = Union::of(&image);
    let analysis = analyse(&image, &union, 0);
    Whole { image, union, analysis }
}

/// `kind path bytes>bytes`, moved files with where they come from.
fn shown(old: &Whole, new: &Whole, hashes: &Hashes) -> Vec<String> {
    let (old, new) = (old.side(), new.side());
    let comparison = compare(&old, &new, hashes);
    let text = |side: &Side<'_>, path| String::from_utf8(side.image.paths.full(path)).unwrap();
    let lines = comparison.changes.iter().map(|change| {
        let (before, after) = change.bytes(&old, &new);
        let path = match (change.old, change.new) {
            (Some(a), Some(b)) if change.kind == ChangeKind::Moved => {
                format!("{} to {}", text(&old, a), text(&new, b))
            }
            (_, Some(b)) => text(&new, b),
            (Some(a), None) => text(&old, a),
            (None, None) => unreachable!(),
        };
        format!("{} {path} {before}>{after}", change.kind.name())
    });
    lines.collect()
}

fn check(old: &[&str], new: &[&str], expected: &[&str]) {
    let (old, new) = (whole(&[("-", old)]), whole(&[("-", new)]));
    assert_eq!(shown(&old, &new, &Hashes::default()), expected);
}

#[test]
fn paths_are_told_apart_by_content_and_kind() {
    check(
        &["file keep 1", "file same 22", "file other ab", "file gone 333", "dir d", "symlink l a"],
        &["file keep 1", "file same 33", "file other abc", "file new 4444", "dir d", "symlink l b"],
        &["removed gone 3>0", "metadata l 0>0", "added new 0>4", "changed other 2>3", "changed same 2>2"],
    );
    check(&["owned a x 1"], &["owned a x 2"], &["metadata a 1>1"]);
    check(&["file d/a 1"], &["file d 22"], &["changed d 0>2", "removed d/a 1>0"]);
    check(&["file d/a 1"], &["dir d", "file d/a 1"], &[]);
    check(&["fifo p"], &["symlink p x"], &["changed p 0>0"]);
    check(&[], &[], &[]);
}

#[test]
fn hard_links_have_the_bytes_of_their_file() {
    check(&["file a 22"], &["file a 22", "hardlink b a"], &["added b 0>2"]);
    check(&["file a 22", "hardlink b a"], &["file a 22", "file b 22"], &[]);
    check(
        &["file a 22", "hardlink b a"],
        &["file a 333", "hardlink b a"],
        &["changed a 2>3", "changed b 2>3"],
    );
    check(&["hardlink b nothing"], &["hardlink b nothing"], &[]);
}

#[test]
fn only_what_a_container_sees_is_compared() {
    let old = whole(&[("1", &["file a 1", "file b 2"])]);
    let new = whole(&[("1", &["file a 1", "file b 2"]), ("2", &["whiteout a", "file b 3"])]);
    assert_eq!(shown(&old, &new, &Hashes::default()), ["removed a 1>0", "changed b 1>1"]);
    assert_eq!(shown(&new, &old, &Hashes::default()), ["added a 0>1", "changed b 1>1"]);
}

/// A body of so many bytes.
pub(super) fn long(letter: char, length: usize) -> String {
    letter.to_string().repeat(length)
}

#[test]
fn a_moved_file_is_one_change() {
    let (a, b, small) = (long('a', 5000), long('b', 5000), long('s', 4095));
    let line = |path: &str, body: &str| format!("file {path} {body}");
    let old = [line("x/one", &a), line("x/two", &a), line("y", &b), line("z", &small)];
    let new = [line("n/two", &a), line("m", &a), line("q", &a), line("w", &small), line("v", &b)];
    let [old, new] = [old.to_vec(), new.to_vec()]
        .map(|lines| whole(&[("-", &lines.iter().map(String::as_str).collect::<Vec<_>>())]));
    assert_eq!(
        shown(&old, &new, &Hashes::default()),
        [
            "moved x/one to m 5000>5000",
            "added n 0>0",
            "moved x/two to n/two 5000>5000",
            "added q 0>5000",
            "moved y to v 5000>5000",
            "added w 0>4095",
            "removed x 0>0",
            "removed z 4095>0",
        ]
    );
    let comparison = compare(&old.side(), &new.side(), &Hashes::default());
    let moved = comparison.sums_of(ChangeKind::Moved);
    assert_eq!(*moved, Sums { files: 3, paths: 3, bytes_old: 15_000, bytes_new: 15_000 });
    assert_eq!(
        *comparison.sums_of(ChangeKind::Removed),
        Sums { files: 1, paths: 2, bytes_old: 4095, bytes_new: 0 }
    );
}

#[test]
fn bodies_are_read_only_where_nothing_else_tells() {
    let big = long('a', 5000);
    let base = [format!("file base {big}"), "file known 22".to_owned()];
    let base: Vec<&str> = base.iter().map(String::as_str).collect();
    let own_old = [format!("file moved {big}"), "file open 1".into(), "file size 22".into()];
    let own_new = [format!("file away {big}"), "file open 2".into(), "file size 333".into()];
    let [own_old, own_new] =
        [&own_old, &own_new].map(|own| own.iter().map(String::as_str).collect::<Vec<_>>());
    let mut old = whole(&[("1", &base), ("2", &own_old)]);
    let mut new = whole(&[("1", &base), ("3", &own_new)]);
    for side in [&mut old, &mut new] {
        for entry in &mut side.image.entries {
            entry.hash = 0;
        }
    }
    let wanted = candidates(&old.side(), &new.side());
    let ids = [EntryId(2), EntryId(3)];
    assert_eq!((wanted.old.as_slice(), wanted.new.as_slice()), (&ids[..], &ids[..]));
    let known = Hashes::new(vec![(ids[1], 7), (ids[0], 9)], vec![(ids[1], 7), (ids[0], 9)]);
    assert_eq!(shown(&old, &new, &known), ["moved moved to away 5000>5000", "changed size 2>3"]);
    // what could not be read is no equal
    assert_eq!(
        shown(&old, &new, &Hashes::default()),
        ["added away 0>5000", "removed moved 5000>0", "changed open 1>1", "changed size 2>3"]
    );
}

#[test]
fn layers_are_the_same_by_diff_id() {
    let old = whole(&[("1", &["file a 1"]), ("2", &["file b 22"]), ("3", &["file c 333"])]);
    let new = whole(&[
        ("1", &["file a 1"]),
        ("4", &["file b 4444"]),
        ("3", &["file c 333"]),
        ("4", &["file b 4444"]),
    ]);
    let layers = layers::layers(&old.image, &new.image);
    assert_eq!(layers.shared().collect::<Vec<_>>(), [(0, 0), (2, 2)]);
    assert_eq!(layers.only_old().collect::<Vec<_>>(), [1]);
    assert_eq!(layers.only_new().collect::<Vec<_>>(), [1, 3]);
    assert_eq!((layers.transfer, layers.transfer_blobs), (4, 1));
    let pairs: Vec<_> = layers.pairs.iter().map(|pair| (pair.old, pair.new, pair.shared)).collect();
    let some = |old: usize, new: usize| (Some(old), Some(new), true);
    assert_eq!(
        pairs,
        [some(0, 0), (Some(1), None, false), (None, Some(1), false), some(2, 2), (None, Some(3), false)]
    );
}

#[test]
fn blobs_of_one_tar_may_differ() {
    let old = whole(&[("1", &["file a 1"]), ("2", &["file b 22"])]);
    let mut new = whole(&[("1", &["file a 1"]), ("2", &["file b 22"])]);
    new.image.layers[1].digest = Digest::parse(&format!("sha256:{:0>64}", 9));
    // one side names no blobs: the tar decides
    assert_eq!(layers::layers(&old.image, &new.image).transfer, 0);
    let mut named = whole(&[("1", &["file a 1"]), ("2", &["file b 22"])]);
    named.image.layers[1].digest = Digest::parse(&format!("sha256:{:0>64}", 8));
    let layers = layers::layers(&named.image, &new.image);
    assert_eq!((layers.transfer, layers.shared().count()), (2, 2));
}

#[test]
fn directories_say_where_the_bytes_came_from() {
    let body = long('a', 100);
    let files = ["usr/lib/x/a", "usr/lib/x/b", "usr/lib/y", "usr/share/doc/z"];
    let new: Vec<String> = files.iter().map(|path| format!("file {path} {body}")).collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let (old, new) = (whole(&[("-", &["file var/log/old 12345"])]), whole(&[("-", &new)]));
    let shown: Vec<_> = growth::directories(&old.side(), &new.side())
        .into_iter()
        .map(|growth| {
            let path = growth.new.map(|path| new.image.paths.full(path));
            let path = path.or_else(|| growth.old.map(|path| old.image.paths.full(path))).unwrap();
            (String::from_utf8(path).unwrap(), growth.bytes_old, growth.bytes_new)
        })
        .collect();
    let row = |path: &str, old, new| (path.to_owned(), old, new);
    assert_eq!(
        shown,
        [
            row("usr", 0, 400),
            row("usr/lib", 0, 300),
            row("usr/lib/x", 0, 200),
            row("usr/share/doc", 0, 100),
            row("var/log", 5, 0),
        ]
    );
}
