use crate::analysis::{Analysis, Base, analyse};
use crate::dockerfile::Keyword;
use crate::image::sample::{image, image_with};
use crate::image::{Image, Step};
use crate::overlay::Union;

fn analysed(image: &Image) -> Analysis {
    analyse(image, &Union::of(image), 1)
}

#[test]
fn the_sums_are_one_identity() {
    let image = image(&[
        &["file a 1", "file b 22", "file c 333", "file c 4444", "file d/x 55555"],
        &["owned b 22 7", "whiteout d", "file own 666666"],
        &["whiteout own", "file a 1234567"],
    ]);
    let Analysis { totals, layers, .. } = analysed(&image);
    assert_eq!((totals.overwritten, totals.removed, totals.repeated), (1 + 2, 5 + 6, 3));
    assert_eq!(totals.wasted, totals.overwritten + totals.removed + totals.repeated);
    assert_eq!(totals.content, totals.live + totals.wasted);
    assert_eq!(totals.metadata_only, 2);
    assert_eq!(layers.iter().map(|layer| layer.wasted).sum::<u64>(), totals.wasted);
    assert_eq!((totals.own_content, totals.own_wasted, totals.base_hidden), (8 + 7, 6, 1 + 2 + 5));
    assert!((totals.own_wasted_ratio - 6.0 / 15.0).abs() < 1e-12);
    assert_eq!((totals.tree.files, totals.tree.directories), (3, 0));
}

#[test]
fn nothing_at_all_is_fully_efficient() {
    let totals = analysed(&image(&[&["dir d"], &["whiteout d"]])).totals;
    assert!((totals.efficiency - 1.0).abs() < f64::EPSILON && totals.own_wasted_ratio.abs() < f64::EPSILON);
}

#[test]
fn metadata_only_needs_the_same_content() {
    let image =
        image(&[&["file a same", "file b diff", "file c x"], &["owned a same 5", "file b DIFF", "dir c"]]);
    let analysis = analysed(&image);
    assert_eq!(analysis.totals.metadata_only, 4);
    let flags: Vec<_> = analysis.wasted.iter().map(|wasted| wasted.metadata_only).collect();
    assert_eq!(flags, [true, false, false]);
}

#[test]
fn wasted_paths_come_by_bytes_then_by_path() {
    let image = image(&[&["file z 1", "file a 1", "file m 22"], &["whiteout z", "whiteout a", "whiteout m"]]);
    let analysis = analysed(&image);
    let names: Vec<_> = analysis.wasted.iter().map(|wasted| image.paths.full(wasted.path)).collect();
    assert_eq!(names, [b"m", b"a", b"z"]);
    assert_eq!(analysis.copies_of(&analysis.wasted[0])[0].by_layer, 1);
}

#[test]
fn duplicates_are_live_large_and_no_links() {
    let body = "x".repeat(5000);
    let small = "s".repeat(4000);
    let first = [
        format!("file a {body}"),
        format!("file b {body}"),
        "hardlink c b".into(),
        format!("file s1 {small}"),
        format!("file s2 {small}"),
        format!("file gone {body}"),
    ];
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    let image = image(&[&first, &["whiteout gone"]]);
    let analysis = analysed(&image);
    assert_eq!(analysis.duplicates.len(), 1);
    assert_eq!((analysis.duplicates[0].bytes, analysis.duplicates[0].saved), (5000, 5000));
    assert_eq!(analysis.totals.duplicates, 5000);
}

fn step(instruction: &str, layer: Option<usize>) -> Step {
    Step { instruction: Keyword::parse(instruction), command: String::new(), created: None, layer }
}

#[test]
fn the_base_ends_at_the_last_cmd_that_is_built_upon() {
    let layers: &[&[&str]] = &[&["dir a"], &["dir b"], &["dir c"]];
    let auto = |history: Vec<Step>| Base::Auto.layers(&image_with(layers, history));
    let run = |layer| step("RUN", Some(layer));
    let cmd = || step("CMD", None);
    assert_eq!(auto(vec![run(0), run(1), cmd(), run(2), cmd()]), Some(2));
    assert_eq!(auto(vec![run(0), cmd(), run(1), cmd(), run(2)]), Some(2));
    assert_eq!(auto(vec![run(0), run(1), run(2), cmd()]), Some(1));
    assert_eq!(auto(vec![cmd(), run(0), run(1), run(2)]), Some(1));
    assert_eq!(auto(Vec::new()), Some(1));
    assert_eq!(Base::Layers(4).layers(&image(layers)), None);
    assert_eq!(Base::Layers(0).layers(&image(layers)), Some(0));
}
