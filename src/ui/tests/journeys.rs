//! Keys through the whole UI, as a user would press them.

use super::{Options, sample, shown, ui};
use crate::ui::Headless;

#[track_caller]
pub(super) fn has(ui: &Headless, text: &str) {
    assert!(ui.text().contains(text), "no `{text}` in\n{}", ui.text());
}

#[track_caller]
pub(super) fn has_not(ui: &Headless, text: &str) {
    assert!(!ui.text().contains(text), "`{text}` in\n{}", ui.text());
}

#[test]
fn it_opens_on_the_first_layer_that_the_user_can_change() {
    let ui = ui(120, 40);
    has(&ui, "Layer 1: what it changed");
    has(&ui, "5 files ── 70.0 MB");
    has(&ui, "make step 1");
}

#[test]
fn moving_through_layers_keeps_open_directories_and_the_selected_path() {
    let mut ui = ui(120, 40);
    ui.keys("jl").keys("<enter><down><enter><down><enter>");
    has(&ui, "Layer 2: what it changed");
    has(&ui, "▾ node_modules/");
    has(&ui, "/srv/app/node_modules/");
    ui.keys("]");
    has(&ui, "Layer 3: what it changed");
    has(&ui, "▾ node_modules/");
    has(&ui, "/srv/app/node_modules/");
    ui.keys("[");
    has(&ui, "Layer 2: what it changed");
    has(&ui, "▾ node_modules/");
}

#[test]
fn kinds_and_the_merged_view() {
    let mut ui = ui(120, 40);
    ui.keys("G");
    has(&ui, "Layer 3: what it changed");
    has(&ui, "var/");
    ui.keys("R");
    has_not(&ui, "▸ var/");
    has(&ui, "without removed");
    ui.keys("a");
    has(&ui, "All files up to layer 3");
    has(&ui, "▸ usr/");
}

#[test]
fn a_range_of_layers_is_compared() {
    let mut ui = ui(120, 40);
    ui.keys("c");
    has(&ui, "comparing");
    ui.keys("jj");
    has(&ui, "Layers 1–3: what they changed");
    // written and removed within the range: no change
    has(&ui, "8 files ── 39.0 MB");
    ui.keys("<esc>");
    has(&ui, "Layer 3: what it changed");
}

#[test]
fn a_filter_shows_while_it_is_typed_and_a_bad_one_keeps_the_view() {
    let mut ui = ui(120, 40);
    ui.keys("j/tsc");
    has(&ui, "1 of 10 paths, 5.9 MB");
    has(&ui, "tsc.js");
    has_not(&ui, "index.js");
    ui.keys("<c-u>re:tsc(");
    has(&ui, "no pattern");
    ui.keys("<enter>");
    ui.keys("<esc>");
    has(&ui, "▸ srv/");
    has(&ui, "move");
}

#[test]
fn enter_on_waste_goes_to_its_cause_and_esc_comes_back() {
    let mut ui = ui(120, 40);
    ui.keys("2");
    has(&ui, "/var/lib/apt/lists/index");
    has(&ui, "removed in 3");
    ui.keys("<enter>");
    has(&ui, "Layer 1: what it changed");
    has(&ui, "written in 1 · removed in 3");
    ui.keys("<esc>");
    has(&ui, "Wasted bytes");
    ui.keys("t");
    has(&ui, "▾ lists/");
}

#[test]
fn a_finding_is_read_in_full() {
    let mut ui = ui(80, 24);
    ui.keys("3jv");
    has(&ui, "Esc close");
    has(&ui, "COPY --chown=nobody . .");
    ui.keys("y");
    assert_eq!(ui.clipboard(), Some("COPY --chown=nobody . ."));
    ui.keys("<esc>");
    has(&ui, "Paste this");
}

#[test]
fn advice_leads_to_its_evidence_and_its_fix_is_copied() {
    let mut ui = ui(120, 40);
    ui.keys("3j");
    has(&ui, "COPY --chown=nobody . .");
    ui.keys("y");
    assert_eq!(ui.clipboard(), Some("COPY --chown=nobody . ."));
    ui.keys("<tab><down><enter>");
    has(&ui, "Layer 2: what it changed");
    has(&ui, "bundle.js");
    ui.keys("<esc>");
    has(&ui, "Evidence");
}

#[test]
fn no_findings_say_something_useful() {
    let empty = sample::shown(&[&[("a", 10)]], 1);
    let mut ui = Headless::new(empty, (100, 30), Options::default());
    ui.keys("3");
    has(&ui, "10 B of 10 B in the layers can be seen");
    ui.keys("2");
    has(&ui, "every byte of every layer can be seen");
}

#[test]
fn the_largest_are_stepped_into_and_out_of() {
    let mut ui = ui(120, 40);
    ui.keys("4");
    has(&ui, "Largest in /");
    has(&ui, "Map of /");
    ui.keys("<enter>");
    has(&ui, "Largest in /usr/");
    ui.keys("<esc>");
    has(&ui, "Largest in / ");
    ui.keys("tt");
    has(&ui, "/usr/lib/libc.so");
}

#[test]
fn a_file_is_viewed_and_the_viewer_closed() {
    let mut ui = ui(80, 24);
    ui.keys("jl/index.js<enter>");
    ui.keys("GGG").keys("v");
    has(&ui, "xxxxxxxx");
    ui.keys("t");
    has(&ui, "78 78 78");
    ui.keys("<esc>");
    has(&ui, "index.js");
}

#[test]
fn help_lists_the_keys_and_esc_closes_it() {
    let mut ui = ui(80, 24);
    ui.keys("?");
    has(&ui, "Everywhere");
    ui.keys("<esc>");
    has_not(&ui, "Everywhere");
    ui.keys("q");
    assert!(ui.is_over());
}

#[test]
fn the_mouse_chooses_tabs_layers_and_files() {
    let mut ui = ui(120, 40);
    ui.click(12, 1);
    has(&ui, "Wasted bytes");
    ui.click(2, 1).click(20, 6);
    has(&ui, "Layer 2: what it changed");
    ui.click(90, 4);
    ui.click(90, 4);
    has(&ui, "▾ srv/");
    ui.wheel(true, 90, 6);
    has(&ui, "▾ srv/");
}

#[test]
fn names_reach_the_screen_escaped() {
    let mut ui = Headless::new(shown(), (120, 40), Options::default());
    for keys in ["lEj", "GGG", "]a", "2t", "4t", "5"] {
        ui.keys(keys);
        for cell in ui.frame().content {
            assert!(!cell.symbol().chars().any(crate::text::is_unsafe), "{:?} after {keys}", cell.symbol());
        }
    }
    let mut ui = Headless::new(shown(), (120, 40), Options::default());
    ui.keys("lGE");
    ui.keys("/red<enter>");
    has(&ui, "\\x1b[31mred\\nline");
}

#[test]
fn a_small_screen_says_so() {
    let mut ui = ui(80, 24);
    ui.resize(20, 5);
    has(&ui, "layercake needs");
    ui.resize(30, 8);
    has(&ui, "layercake");
    has_not(&ui, "needs");
}
