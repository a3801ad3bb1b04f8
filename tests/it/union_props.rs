//! Random images: the program's stacking against the naive [`crate::model`].
//!
//! Layers hold files, directories, links and markers at few paths, so that they collide in every way:
//! types change, parents are implied, paths repeat, hard links outlive what they named.

use std::path::Path;

use layercake::analysis::{Analysis, analyse};
use layercake::image::Image;
use layercake::layer::Kind;
use layercake::load::{Loaded, NoProgress};
use layercake::overlay::{Cause, Slot};
use layercake::source::{ImageSelector, Location};
use proptest::prelude::*;

use crate::builder::{Form, ImageBuilder, LayerBuilder, Names, Packing};
use crate::model::{self, Model, Node, Op};
use crate::program::{shared, temp};

/// A path of one to three parts, sometimes spelt in an odd way that means the same.
fn path() -> impl Strategy<Value = String> {
    let part = || prop::sample::select(vec!["a", "b", "c", "d-e"]);
    let spelling = prop::sample::select(vec!["", "", "", "", "./", "/", ".//", "../", "b/../"]);
    (spelling, prop::collection::vec(part(), 1..4))
        .prop_map(|(front, parts)| format!("{front}{}", parts.join("/")))
}

fn op() -> impl Strategy<Value = Op> {
    let size = prop_oneof![4 => 0..20_u64, 1 => 4000..6000_u64];
    prop_oneof![
        6 => (path(), size).prop_map(|(path, size)| Op::File(path, size)),
        3 => path().prop_map(Op::Dir),
        1 => path().prop_map(Op::Symlink),
        1 => path().prop_map(Op::Fifo),
        3 => (path(), path()).prop_map(|(path, target)| Op::HardLink(path, target)),
        3 => path().prop_map(Op::Whiteout),
        1 => path().prop_map(Op::Opaque),
        1 => Just(Op::Opaque(String::new())),
        1 => Just(Op::Dir(".".into())),
    ]
}

pub(crate) fn layers() -> impl Strategy<Value = Vec<Vec<Op>>> {
    prop::collection::vec(prop::collection::vec(op(), 0..14), 1..6)
}

fn describe(mut layer: LayerBuilder, ops: &[Op]) -> LayerBuilder {
    for op in ops {
        layer = match op {
            Op::Dir(path) => layer.dir(path),
            Op::File(path, size) => layer.file(path, vec![b'x'; usize::try_from(*size).unwrap()]),
            Op::Symlink(path) => layer.symlink(path, "some/where"),
            Op::Fifo(path) => layer.fifo(path),
            Op::HardLink(path, target) => layer.hardlink(path, target),
            Op::Whiteout(path) => layer.whiteout(path),
            Op::Opaque(path) => layer.opaque(path),
        };
    }
    layer
}

pub(crate) fn image(layers: &[Vec<Op>]) -> ImageBuilder {
    layers.iter().fold(ImageBuilder::new(), |image, ops| image.layer(|layer| describe(layer, ops)))
}

fn load(path: &Path) -> Loaded {
    layercake::load::image(&Location::path(path), &ImageSelector::default(), &NoProgress)
        .unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn load_as(image: &ImageBuilder, form: Form) -> Loaded {
    let folder = temp();
    let path = folder.path().join("image");
    image.archive(form).write(&path);
    load(&path)
}

fn letter(kind: Kind) -> char {
    match kind {
        Kind::File | Kind::HardLink => 'f',
        Kind::Directory => 'd',
        Kind::Symlink => 'l',
        _ => 'o',
    }
}

/// Every path of the final root filesystem: kind, bytes, path.
fn tree(loaded: &Loaded) -> Vec<(char, u64, Vec<u8>)> {
    let row = |(path, slot)| {
        let path = loaded.image.paths.full(path);
        match slot {
            Slot::Implied => ('d', 0, path),
            Slot::Entry(id) => {
                let content = loaded.union.content_of(id);
                let bytes = content.map_or(0, |content| loaded.image.entry(content).size);
                (letter(loaded.image.entry(id).kind), bytes, path)
            }
        }
    };
    let mut rows: Vec<_> = loaded.union.rootfs.live().map(row).collect();
    rows.sort_by(|a, b| a.2.cmp(&b.2));
    rows
}

fn model_tree(model: &Model) -> Vec<(char, u64, Vec<u8>)> {
    let bytes = |node| match node {
        Node::File(Some(content)) => model.contents[content].bytes,
        _ => 0,
    };
    model
        .tree
        .iter()
        .map(|(path, (node, _))| (node.letter(), bytes(*node), path.clone().into_bytes()))
        .collect()
}

/// A wasted copy: path, layer, bytes, cause, by layer.
type Row = (String, usize, u64, &'static str, usize);

fn wasted(image: &Image, analysis: &Analysis) -> Vec<Row> {
    let path = |path| String::from_utf8(image.paths.full(path)).unwrap();
    let mut rows = Vec::new();
    for wasted in &analysis.wasted {
        let copies = analysis.copies_of(wasted);
        assert_eq!(wasted.bytes, copies.iter().map(|copy| copy.bytes).sum::<u64>());
        rows.extend(
            copies
                .iter()
                .map(|copy| (path(wasted.path), copy.layer, copy.bytes, copy.cause.name(), copy.by_layer)),
        );
    }
    rows.sort();
    rows
}

fn model_wasted(model: &Model) -> Vec<Row> {
    let name = |cause| match cause {
        model::Cause::Overwritten => Cause::Overwritten.name(),
        model::Cause::Removed => Cause::Removed.name(),
        model::Cause::Repeated => Cause::Repeated.name(),
    };
    let row = |content: &model::Content| {
        let (cause, by_layer) = content.lost.expect("a cause");
        (content.path.clone(), content.layer, content.bytes, name(cause), by_layer)
    };
    let mut rows: Vec<Row> = model.wasted().map(row).collect();
    rows.sort();
    rows
}

fn compare(layers: &[Vec<Op>], loaded: &Loaded) {
    let model = Model::of(layers);
    let analysis = analyse(&loaded.image, &loaded.union, 0);
    let totals = &analysis.totals;
    assert_eq!(tree(loaded), model_tree(&model), "the final root filesystem");
    assert_eq!(wasted(&loaded.image, &analysis), model_wasted(&model), "the wasted copies");
    assert_eq!(totals.live, model.live(), "live");
    assert_eq!(totals.overwritten, model.wasted_for(model::Cause::Overwritten), "overwritten");
    assert_eq!(totals.removed, model.wasted_for(model::Cause::Removed), "removed");
    assert_eq!(totals.repeated, model.wasted_for(model::Cause::Repeated), "repeated");
    let content: u64 = model.contents.iter().map(|content| content.bytes).sum();
    assert_eq!(totals.content, content, "content");
    assert_eq!(content, totals.live + totals.overwritten + totals.removed + totals.repeated, "the identity");
    for (number, layer) in analysis.layers.iter().enumerate() {
        let own = |content: &&model::Content| content.layer == number;
        let content: u64 = model.contents.iter().filter(own).map(|content| content.bytes).sum();
        let wasted: u64 = model.wasted().filter(own).map(|content| content.bytes).sum();
        assert_eq!(
            (layer.content, layer.wasted, layer.live),
            (content, wasted, content - wasted),
            "layer {number}"
        );
    }
}

/// All figures of an image, but for what its form and packing decide.
fn figures(loaded: &Loaded) -> String {
    let mut analysis = analyse(&loaded.image, &loaded.union, 0);
    analysis.totals.blob = 0;
    let layers: Vec<_> =
        loaded.image.layers.iter().map(|l| (&l.diff_id, l.tar, l.content, &l.entries)).collect();
    format!("{analysis:?} {layers:?} {:?} {:?}", tree(loaded), loaded.image.history)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_images_stack_as_the_model_says(layers in layers()) {
        compare(&layers, &load_as(&image(&layers), Form::DockerV1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn form_and_packing_change_no_figure(layers in layers()) {
        let image = image(&layers);
        let first = figures(&load_as(&image, Form::DockerV1));
        for form in Form::IMAGES {
            for packing in Packing::ALL {
                let other = figures(&load_as(&image.clone().packing(packing), form));
                prop_assert_eq!(&other, &first, "{:?} {:?}", form, packing);
            }
        }
    }

    #[test]
    fn the_way_names_are_written_changes_no_tree(layers in layers()) {
        for names in [Names::Gnu, Names::Pax, Names::PaxAlways, Names::Ustar] {
            compare(&layers, &load_as(&image(&layers).names(names), Form::Oci));
        }
    }
}

/// The merged tree of a real image, path by path, as the real program merged it.
#[test]
fn the_tree_of_a_real_image() {
    let Some(folder) = shared("fixtures/formats") else { return };
    let text = std::fs::read_to_string(folder.join("final-tree.txt")).unwrap();
    let expected: Vec<&str> = text.lines().collect();
    let shown = |path: &[u8]| {
        let byte = |&byte: &u8| match byte {
            b' '..=b'~' if byte != b'\\' => char::from(byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        path.iter().map(byte).collect::<String>()
    };
    let rows = tree(&load(&folder.join("docker-28-classic-save.tar")));
    let rows: Vec<String> =
        rows.iter().map(|(kind, bytes, path)| format!("{kind} {bytes} {}", shown(path))).collect();
    let missing: Vec<_> = expected.iter().filter(|row| !rows.iter().any(|own| own == *row)).collect();
    let surplus: Vec<_> = rows.iter().filter(|row| !expected.contains(&row.as_str())).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:#?}\nsurplus: {surplus:#?}");
    assert_eq!(rows.len(), expected.len());
}
