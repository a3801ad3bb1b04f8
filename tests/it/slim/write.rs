//! Random images, slimmed by the program and read again by other code.

use std::collections::HashSet;
use std::path::Path;

use layercake::load::NoProgress;
use layercake::slim::{Form as Stored, Job, Opened, Options, Packing as Level, plan};
use layercake::source::{ImageSelector, Location};
use proptest::prelude::*;

use super::plan::{told_apart, tree, vague};
use super::read::{Archive, operations};
use crate::builder::{Form, ImageBuilder, Names, Packing};
use crate::model::{Model, Op};
use crate::program::temp;
use crate::union_props::{image, layers};

/// Slims an archive; false when the proof fails.
pub(super) fn slim(input: &Path, output: &Path, options: &Options, level: Option<Level>) -> bool {
    let (location, selector) = (Location::path(input), ImageSelector::default());
    let loaded = layercake::load::image(&location, &selector, &NoProgress).expect("the old image");
    let opened = Opened::open(&location, &selector, &NoProgress).expect("the old image, once more");
    let plan = plan(&loaded.image, &loaded.union, options);
    std::fs::write(output, b"").expect("a new file");
    let job = Job {
        image: &loaded.image,
        union: &loaded.union,
        opened: &opened,
        plan: &plan,
        dropped: &HashSet::new(),
        tag: None,
        packing: level,
        form: Stored::DockerArchive,
    };
    job.run(output, &NoProgress).expect("a new image").proof.holds()
}

fn check(layers: &[Vec<Op>], image: &ImageBuilder, form: Form, options: &Options, level: Option<Level>) {
    let folder = temp();
    let [input, output, again] = ["in.tar", "out.tar", "again.tar"].map(|name| folder.path().join(name));
    image.archive(form).write(&input);
    let before = Model::of(layers);
    let vague = vague(&before);
    assert!(slim(&input, &output, options, level), "the proof fails for {layers:?}");
    let (_, tars) = Archive::open(&output).image();
    let new_layers: Vec<Vec<Op>> = tars.iter().map(|tar| operations(tar)).collect();
    let after = Model::of(&new_layers);
    assert_eq!(tree(&after, &vague), tree(&before, &vague), "{layers:?} became {new_layers:?}");
    let base = options.base_layers.min(layers.len());
    assert!(after.wasted().all(|content| content.layer < base), "{new_layers:?}");
    if base > 0 {
        let (_, old_tars) = old(&input, form);
        assert!(old_tars[..base] == tars[..base], "a base layer changed");
    }
    slim(&input, &again, options, level);
    assert!(std::fs::read(&output).unwrap() == std::fs::read(&again).unwrap(), "not the same bytes again");
}

/// The old image's own layers, where its form can be read like a new one.
fn old(path: &Path, form: Form) -> (serde_json::Value, Vec<Vec<u8>>) {
    assert_eq!(form, Form::Docker);
    Archive::open(path).image()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn other_code_reads_the_same_image(
        layers in layers(),
        base_layers in 0..4_usize,
        squash: bool,
        packing in prop::sample::select(Packing::ALL.to_vec()),
        names in prop::sample::select(vec![Names::Gnu, Names::Pax, Names::PaxAlways, Names::Ustar]),
        level in prop::sample::select(vec![None, None, Some(Level::None), Some(Level::GZIP), Some(Level::ZSTD)]),
    ) {
        let layers = told_apart(layers);
        let image = image(&layers).packing(packing).names(names).tag("app:1");
        let options = Options { base_layers, squash, ..Options::default() };
        check(&layers, &image, Form::Docker, &options, level);
    }
}
