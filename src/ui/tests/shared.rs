//! Keys on the tab of several images: what they share.

use std::sync::Arc;

use super::journeys::{has, has_not};
use super::{Options, sample};
use crate::compare::{ReadHashes, share};
use crate::ui::{Among, Headless, Shown, Together};

/// Two images on one base, of which the second has a layer more; a file of it is in a layer of the first, too.
fn ui(width: u16, height: u16) -> Headless {
    let base: &sample::Files<'_> = &[("usr/lib/base.so", 40_000_000)];
    let images = [
        sample::shown(&[base, &[("app/a", 5_000_000)]], 1),
        sample::shown(&[base, &[("app/a", 5_000_000)], &[("app/more", 7_000_000)]], 1),
    ];
    let sides: Vec<_> = images.iter().map(|shown| shown.examination.side()).collect();
    let sharing = share(&sides, &ReadHashes::new());
    let commands = (0..sharing.layers.len()).map(|layer| sharing.command(layer, &sides).to_owned()).collect();
    let together = Arc::new(Together { names: vec!["one:1".into(), "two:2".into()], commands, sharing });
    let among = |at| Some(Among { at, together: Arc::clone(&together) });
    let shown = images.into_iter().enumerate().map(|(at, shown)| Shown { among: among(at), ..shown });
    Headless::several(shown.collect(), (width, height), Options::default())
}

#[test]
fn what_several_images_share_is_listed() {
    let mut ui = ui(100, 30);
    has(&ui, "8 Shared");
    has(&ui, "2 images of 97.0 MB take 52.0 MB together");
    has(&ui, "one:1  ← shown");
    insta::assert_snapshot!(ui.text());
    ui.keys("t");
    has(&ui, "The same files in different layers");
    has(&ui, "no file of 4 KB or more is in several of them");
}

#[test]
fn an_image_and_a_layer_are_gone_to_and_come_back_from() {
    let mut ui = ui(80, 24);
    ui.keys("<down><enter>");
    has(&ui, "make step 2");
    has(&ui, "52.0 MB in 3 layers");
    ui.keys("<esc>");
    has(&ui, "two:2  ← shown");
    // the layer that only the second image has, seen from the first
    ui.keys("<up><enter><esc><tab><down><enter>");
    has(&ui, "not in this image: it is layer 2 of image 1");
    ui.keys("<down><enter>");
    has(&ui, "Layer 1: what it changed");
    ui.keys("<esc>y");
    has_not(&ui, "Layer 1: what it changed");
    assert_eq!(ui.clipboard(), Some("make step 1"));
}
