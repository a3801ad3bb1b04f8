//! Keys on the tab of changes: what differs from an older image.

use super::journeys::{has, has_not};
use super::{Options, sample};
use crate::compare::{Hashes, compare};
use crate::ui::{Against, Headless, Shown};

/// A new image beside an older one.
fn ui(width: u16, height: u16) -> Headless {
    let old =
        sample::shown(&[&[("app/server.js", 9_000_000), ("app/notes", 5), ("etc/old.conf", 40_000)]], 0);
    let new = sample::shown(&[&[("app/server.js", 12_000_000)], &[("app/cache/blob", 70_000_000)]], 0);
    let comparison = compare(&old.examination.side(), &new.examination.side(), &Hashes::default());
    let against = Some(Against { examination: old.examination, comparison });
    Headless::new(Shown { against, ..new }, (width, height), Options::default())
}

#[test]
fn what_changed_is_a_tree_by_bytes_gained() {
    let mut ui = ui(120, 40);
    has(&ui, "8 Changes 6");
    has(&ui, "Changes since sample:latest");
    has(&ui, "+73.0 MB in a container");
    has(&ui, "2 added, 3 removed, 1 changed");
    has_not(&ui, "server.js");
    ui.keys("<enter>");
    has(&ui, "▸ cache/");
    has(&ui, "server.js");
    has(&ui, "+3.0 MB");
    ui.keys("jj");
    has(&ui, "before  layer 0  make step 0");
    has(&ui, "changed, +3.0 MB");
    insta::assert_snapshot!(ui.text());
}

#[test]
fn a_change_leads_to_its_layer_and_back() {
    let mut ui = ui(120, 40);
    ui.keys("Ejj<enter>");
    has(&ui, "Layer 1: what it changed");
    ui.keys("<esc>");
    has(&ui, "Changes since sample:latest");
    // what only the older image has is in no layer here
    ui.keys("/old<enter>jj<enter>");
    has(&ui, "only the older image has it, in its layer 0");
}

#[test]
fn kinds_are_hidden_and_paths_are_filtered() {
    let mut ui = ui(100, 30);
    ui.keys("E");
    ui.keys("R");
    has(&ui, "removed paths hidden");
    has_not(&ui, "notes");
    ui.keys("R/cache/b");
    has(&ui, "1 of 6 rows, 70.0 MB");
    has_not(&ui, "server.js");
    ui.keys("<esc>");
    has(&ui, "server.js");
}

#[test]
fn an_image_alone_has_no_such_tab() {
    let mut ui = Headless::new(sample::shown(&[&[("a", 1)]], 0), (100, 30), Options::default());
    ui.keys("8");
    has_not(&ui, "Changes");
}

#[test]
fn a_second_image_is_asked_for() {
    let mut ui = Headless::new(sample::shown(&[&[("a", 1)]], 0), (100, 30), Options::default());
    ui.keys("D");
    has(&ui, "Compare with an older image");
    has(&ui, "a file, or the name of an image");
    ui.keys("old.tar");
    has(&ui, "› old.tar");
    ui.keys("<esc>");
    has_not(&ui, "old.tar");
    // what it brings is shown first
    let old = sample::shown(&[&[("a", 1), ("b", 2)]], 0);
    let new = sample::shown(&[&[("a", 1)]], 0);
    let comparison = compare(&old.examination.side(), &new.examination.side(), &Hashes::default());
    let against = Some(Against { examination: old.examination, comparison });
    ui.load(Shown { against, ..new });
    has(&ui, "Changes since sample:latest");
    has(&ui, "1 removed");
}
