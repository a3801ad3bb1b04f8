use super::*;
use crate::image::sample::image;

/// Every live path and what is there: `/` a directory, `(…)` an implied one, else the body's size.
fn tree(image: &Image, union: &Union) -> String {
    let shown = union.rootfs.live().map(|(path, slot)| {
        let name = String::from_utf8(image.paths.full(path)).unwrap();
        match slot {
            Slot::Implied => format!("({name})"),
            Slot::Entry(id) if image.entry(id).kind.is_directory() => format!("{name}/"),
            Slot::Entry(id) => format!("{name}:{}", union.content_of(id).map_or(0, |c| image.entry(c).size)),
        }
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// The fates of all regular files: `path=live` or `path=cause by layer`.
fn fates(image: &Image, union: &Union) -> String {
    let files = (0..u32::try_from(image.entries.len()).unwrap())
        .map(EntryId)
        .filter(|&id| image.entry(id).kind == Kind::File);
    let shown = files.map(|id| {
        let name = String::from_utf8(image.paths.full(image.path_of(id))).unwrap();
        match union.fate(id) {
            Fate::Live => format!("{name}=live"),
            Fate::Lost(cause, by) => format!("{name}={} by {by}", cause.name()),
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn check(layers: &[&[&str]], expected_tree: &str, expected_fates: &str) {
    let image = image(layers);
    let union = Union::of(&image);
    assert_eq!(
        (tree(&image, &union).as_str(), fates(&image, &union).as_str()),
        (expected_tree, expected_fates)
    );
}

#[test]
fn a_later_copy_overwrites() {
    check(&[&["file a 1"], &["file a 22"]], "a:2", "a=overwritten by 1, a=live");
}

#[test]
fn a_whiteout_removes_a_subtree_and_never_its_own_layers_entries() {
    check(
        &[&["file d/a 1", "file d/b 2"], &["file d/c 333", "whiteout d"]],
        "(d) d/c:3",
        "d/a=removed by 1, d/b=removed by 1, d/c=live",
    );
    check(&[&["file a 1"], &["whiteout nope", "whiteout a/b"]], "a:1", "a=live");
}

#[test]
fn an_opaque_marker_hides_what_is_below_whatever_its_place() {
    check(
        &[&["dir d", "file d/a 1"], &["file d/new 22", "opaque d", "dir d"]],
        "d/ d/new:2",
        "d/a=removed by 1, d/new=live",
    );
    check(&[&["dir d", "opaque d", "file d/a 1"]], "d/ d/a:1", "d/a=live");
}

#[test]
fn directories_merge_and_other_types_replace() {
    check(&[&["dir d", "file d/a 1"], &["dir d"]], "d/ d/a:1", "d/a=live");
    check(&[&["dir d", "file d/a 1"], &["file d 22"]], "d:2", "d/a=removed by 1, d=live");
    check(&[&["file d 22"], &["dir d", "file d/a 1"]], "d/ d/a:1", "d=overwritten by 1, d/a=live");
    check(&[&["file d 22"], &["file d/a 1"]], "(d) d/a:1", "d=overwritten by 1, d/a=live");
    check(&[&["dir d", "file d/a 1"], &["symlink d x"]], "d:0", "d/a=removed by 1");
}

#[test]
fn the_same_path_twice_in_one_tar_is_repeated() {
    check(&[&["file a 1", "file a 22"]], "a:2", "a=repeated by 0, a=live");
    check(
        &[&["file a 1"], &["file a 22", "file a 333"]],
        "a:3",
        "a=overwritten by 1, a=repeated by 1, a=live",
    );
}

#[test]
fn hard_links_keep_bytes_alive_and_the_last_name_decides() {
    check(&[&["file a 1", "hardlink b a"], &["whiteout a"]], "b:1", "a=live");
    check(
        &[&["file a 1", "hardlink b a"], &["whiteout a"], &["file b 22"]],
        "b:2",
        "a=overwritten by 2, b=live",
    );
    // overlay2 copies a file up when it gets a second name: the layer holds it in full, and the old name as a link to it
    check(&[&["file a 22"], &["file b 22", "hardlink a b"]], "a:2 b:2", "a=overwritten by 1, b=live");
    // a link to what stands at its own path keeps it
    check(&[&["file a 1"], &["hardlink a a"]], "a:1", "a=live");
    check(&[&["hardlink b nothing", "hardlink c ."]], "b:0 c:0", "");
}

#[test]
fn changes_are_net_and_count_files() {
    let image = image(&[
        &["file keep 1", "file mod 22", "file gone 333", "dir d", "file d/x 4444"],
        &[
            "file mod 55555",
            "whiteout gone",
            "file new 6",
            "hardlink again new",
            "opaque d",
            "file d/x 7777777",
        ],
    ]);
    let changes = Union::of(&image).changes[1];
    assert_eq!(changes.added, FileCount { files: 2, bytes: 1 });
    assert_eq!(changes.modified, FileCount { files: 2, bytes: 12 });
    assert_eq!(changes.removed, FileCount { files: 1, bytes: 3 });
}
