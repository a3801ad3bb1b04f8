//! Every tab as it looks: in three sizes as text, in one with its styles, and without colours.

use super::{Options, shown, ui};
use crate::ui::{Headless, ThemeName};

const TABS: [(&str, &str); 8] = [
    ("layers", "1jl<enter>"),
    ("wasted", "2"),
    ("advice", "3"),
    ("largest", "4"),
    ("map", "4t"),
    ("image", "5"),
    ("duplicates", "6"),
    ("packages", "7"),
];

#[test]
fn every_tab_in_three_sizes() {
    for (name, keys) in TABS {
        for (width, height) in [(80, 24), (120, 40), (40, 12)] {
            let mut ui = ui(width, height);
            ui.keys(keys);
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), ui.text());
        }
    }
}

#[test]
fn every_tab_with_its_styles() {
    for (name, keys) in TABS {
        let mut ui = ui(80, 24);
        ui.keys(keys);
        insta::assert_snapshot!(format!("{name}_styled"), ui.styled_text());
    }
}

#[test]
fn no_theme_needs_its_colours() {
    for (word, theme) in ThemeName::ALL {
        let mut ui =
            Headless::new(shown(), (80, 24), Options { theme: Some(theme), no_color: true, no_mouse: false });
        ui.keys("1jl<enter>");
        let styled = ui.styled_text();
        for cell in ui.frame().content {
            assert_eq!((cell.fg, cell.bg), Default::default());
        }
        if theme == ThemeName::Default {
            insta::assert_snapshot!("layers_without_colours", styled);
        }
        assert!(
            word.starts_with("truecolor") || styled.contains("reversed"),
            "{word}: the selection is not seen"
        );
    }
}

#[test]
fn help_viewer_and_extract() {
    let mut ui = ui(80, 24);
    insta::assert_snapshot!("help", ui.keys("?").text());
    insta::assert_snapshot!("extract", ui.keys("<esc>jl<enter>x").text());
}
