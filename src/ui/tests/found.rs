//! Keys that find something: filters, matches, and counts that must agree.

use super::journeys::{has, has_not};
use super::{Options, sample, ui};
use crate::ui::Headless;

#[test]
fn it_opens_on_the_own_layer_with_most_waste() {
    let shown =
        sample::shown(&[&[("a", 9), ("b", 90)], &[("c", 70)], &[("d", 50)], &[("-d", 0)], &[("-a", 0)]], 1);
    let ui = Headless::new(shown, (120, 40), Options::default());
    has(&ui, "Layer 2: what it changed");
}

#[test]
fn a_filter_tells_what_other_layers_have_and_n_goes_there() {
    let mut ui = ui(120, 40);
    ui.keys("/tsc.js");
    has(&ui, "Layer 1: what it changed");
    has(&ui, "none in layer 1; 2 in layers 2 and 3");
    has(&ui, "found in 2 layers");
    ui.keys("<enter>n");
    has(&ui, "Layer 2: what it changed");
    has(&ui, "now in layer 2");
    has(&ui, "/srv/app/node_modules/typescript/lib/tsc.js");
    ui.keys("n");
    has(&ui, "Layer 3: what it changed");
    ui.keys("N");
    has(&ui, "Layer 2: what it changed");
}

#[test]
fn a_kept_filter_opens_its_matches_in_every_layer() {
    let mut ui = ui(120, 40);
    ui.keys("/tsc<enter>]");
    has(&ui, "Layer 2: what it changed");
    has(&ui, "tsc.js");
    ui.keys("]");
    has(&ui, "tsc.js");
    ui.keys("a");
    has(&ui, "tsc.js");
    // the hints stay beside it
    has(&ui, "a all files");
    has(&ui, "Esc clear");
}

#[test]
fn enter_in_the_filter_moves_to_the_tree() {
    let mut ui = ui(120, 40);
    ui.keys("j/tsc<enter>");
    ui.keys("<down>");
    has(&ui, "Layer 2: what it changed");
    has(&ui, "── /srv/app");
}

#[test]
fn paths_are_typed_as_they_are_shown() {
    for typed in ["/srv/*/index.js", "re:^/srv/app/i", "re:^srv/app/i", "app/*.js", "/srv/app/ind"] {
        let mut ui = ui(120, 40);
        ui.keys("j/").keys(typed);
        has(&ui, "1 of 10 paths, 5.0 kB");
    }
    let mut ui = ui(120, 40);
    ui.keys("j/").keys("/app/*.js");
    has(&ui, "nothing found");
}

#[test]
fn n_opens_closed_directories_in_the_order_of_the_rows() {
    let mut ui = ui(120, 40);
    ui.keys("jl").keys("n");
    for path in ["/app/ ──", "/node_modules/ ──", "/typescript/ ──", "/lib/ ──", "/lib/tsc.js ──"]
    {
        has(&ui, path);
        ui.keys("n");
    }
}

#[test]
fn help_and_quit_are_on_every_screen() {
    for (width, height) in [(30, 8), (46, 12), (60, 20), (72, 24), (80, 24), (100, 30), (160, 45)] {
        for keys in ["1", "2", "3", "4", "5", "1/x<enter>", "1l", "c"] {
            let mut ui = ui(width, height);
            ui.keys(keys);
            has(&ui, "? help");
            has(&ui, "q quit");
        }
    }
}

#[test]
fn no_footer_names_a_key_twice() {
    for keys in ["1", "1l", "2", "2t", "3", "4", "5"] {
        let mut ui = ui(250, 40);
        ui.keys(keys);
        let text = ui.text();
        let footer = text.lines().last().unwrap_or_default();
        let mut hints: Vec<&str> =
            footer.split("   ").map(str::trim).filter(|hint| !hint.is_empty()).collect();
        let all = hints.len();
        hints.sort_unstable();
        hints.dedup_by_key(|hint| hint.split(' ').next());
        assert_eq!(hints.len(), all, "{footer}");
    }
}

#[test]
fn a_directory_that_only_holds_changes_is_not_marked_itself() {
    let mut ui = ui(120, 40);
    ui.keys("1Gl");
    has(&ui, "  ▸ srv/");
    has_not(&ui, "~ ▸ srv/");
    has(&ui, "itself unchanged");
}

#[test]
fn removed_files_are_told_apart_and_never_counted_as_there() {
    let mut ui = ui(140, 40);
    ui.keys("G");
    has(&ui, "2 files ── 9.0 MB ── 1 removed, 40.0 MB");
    has(&ui, "-40.0 MB");
    ui.keys("a");
    // three of the base, five of layer 1 less the list, four of layer 2
    has(&ui, "11 files ── ");
}
