//! Keys on layers and their files: where things lead, what is shown of them, what is written.

use super::journeys::{has, has_not};
use super::{Options, sample, ui};
use crate::ui::Headless;

#[test]
fn the_history_of_a_path_is_read_from_anywhere() {
    for keys in ["1jl/tsc<enter>nnnnni", "2/tsc<enter>i", "3j<tab>i"] {
        let mut ui = ui(120, 40);
        ui.keys(keys);
        has(&ui, "/srv/app/node_modules/typescript/lib/tsc.js");
        has(&ui, "layer 2: written in 2");
        has(&ui, "make step 2");
        has(&ui, "layer 3: again in 3, new content");
        has(&ui, "make step 3");
        ui.keys("<esc>");
        has_not(&ui, "layer 3: again in 3");
    }
}

#[test]
fn layers_lead_to_their_waste_and_findings_and_back() {
    let mut ui = ui(120, 40);
    ui.keys("w");
    has(&ui, "Wasted bytes of layer 1");
    has(&ui, "1 path ── 40.0 MB");
    ui.keys("<esc>");
    has(&ui, "Layer 1: what it changed");
    ui.keys("jf");
    has(&ui, "Layer 2: what it changed");
    has(&ui, "no finding names it");
    ui.keys("jf");
    has(&ui, "Advice on layer 3");
    has(&ui, "2 findings");
    ui.keys("L");
    has(&ui, "Layer 1: what it changed");
    ui.keys("<esc>");
    has(&ui, "Advice on layer 3");
    ui.keys("<esc>");
    has(&ui, "Layer 1: what it changed");
}

#[test]
fn a_layer_is_read_in_full() {
    let mut ui = ui(120, 40);
    ui.keys("v");
    has(&ui, "make step 1");
    has(&ui, "40.0 MB wasted: 40.0 MB removed by layer 3");
    has(&ui, "apt's package lists are removed one layer too late");
}

#[test]
fn only_what_is_wasted() {
    let mut ui = ui(120, 40);
    ui.keys("W");
    has(&ui, "with waste only");
    has(&ui, "only what is wasted ── 1 file ──");
    has_not(&ui, "make step 0");
    has_not(&ui, "▸ usr/");
    ui.keys("W");
    has(&ui, "make step 0");
    has(&ui, "▸ usr/");
}

#[test]
fn rows_are_sorted_marked_and_shown_to_the_byte() {
    let mut ui = ui(120, 40);
    ui.keys("lssss");
    has(&ui, "sorted by time");
    ui.keys("g<space><space>");
    has(&ui, "2 marked, 70.0 MB");
    ui.keys("y");
    assert_eq!(ui.clipboard(), Some("/usr\n/var"));
    ui.keys("B");
    has(&ui, "70 016 207");
    ui.keys("<esc>");
    has_not(&ui, "marked");
}

#[test]
fn the_line_between_two_panes_moves() {
    let mut ui = ui(120, 40);
    let column = |ui: &Headless| ui.text().lines().nth(2).and_then(|line| line.find(" Layer 1:")).unwrap();
    let before = column(&ui);
    ui.keys("}}");
    assert!(column(&ui) > before);
    ui.keys("{{{{");
    assert!(column(&ui) < before);
}

#[test]
fn a_long_name_loses_its_middle() {
    let long =
        "usr/lib/libsomething-with-a-very-long-name-that-goes-on-and-on-and-on-for-ever-and-a-day.so.1.2.3";
    let mut ui = Headless::new(sample::shown(&[&[(long, 7)]], 1), (80, 24), Options::default());
    ui.keys("lE");
    has(&ui, "libsome");
    has(&ui, ".so.1.2.3");
}

#[test]
fn what_is_extracted_is_what_is_shown() {
    let mut ui = ui(120, 40);
    // layer 3 stores two files again
    ui.keys("Gl<down>x");
    has(&ui, "/srv and 7 paths below it, 9.0 MB");
    has(&ui, "only what layer 3 wrote");
    ui.keys("<esc>agx");
    has(&ui, "/usr and");
    has(&ui, "as merged up to layer 3");
    ui.keys("<esc>a<tab>x");
    has(&ui, "8 paths, 9.0 MB");
}

#[test]
fn a_million_rows_are_no_limit() {
    let names: Vec<String> = (0..60_000).map(|n| format!("d/{n:05}")).collect();
    let files: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let mut ui = Headless::new(sample::shown(&[&files], 1), (80, 24), Options::default());
    ui.keys("lE");
    ui.keys("G");
    has(&ui, "59999");
    ui.keys("<up>");
    has(&ui, "/d/59998");
    has_not(&ui, "and more");
}
