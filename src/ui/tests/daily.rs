//! Keys of daily use: lists of their own, the map, the palette, working with the advice.

use super::journeys::{has, has_not};
use super::{Options, sample, shown, ui};
use crate::ui::Headless;
use crate::ui::chooser::{Choice, Item};
use crate::ui::event::{Effect, Event};
use crate::ui::model::{Model, Overlay};
use crate::ui::request::Offered;
use crate::ui::update::update;

#[test]
fn packages_and_duplicates_say_when_there_are_none() {
    let mut ui = ui(120, 40);
    ui.keys("6");
    has(&ui, "No two files of 4 kB or more are equal.");
    ui.keys("7");
    has(&ui, "No package manager left records");
}

#[test]
fn rows_of_the_image_are_selected_found_and_copied() {
    let mut ui = ui(120, 40);
    ui.keys("5");
    has(&ui, "row 1 of");
    ui.keys("/make step 2<enter>");
    has(&ui, "1 of ");
    ui.keys("y");
    assert_eq!(ui.clipboard(), Some("RUN make step 2"));
    ui.keys("v");
    has(&ui, "RUN make step 2");
    ui.keys("<esc><enter>");
    has(&ui, "Layer 2: what it changed");
    ui.keys("<esc>");
    has(&ui, "── Image ──");
}

#[test]
fn a_page_of_long_labels_costs_no_more_than_its_screen() {
    let mut shown = shown();
    let runtime = &mut shown.examination.image.config.config;
    for n in 0..400 {
        runtime.labels.insert(format!("label-{n:03}"), "x ".repeat(3000));
    }
    let mut ui = Headless::new(shown, (120, 40), Options::default());
    ui.keys("5");
    for _ in 0..30 {
        ui.keys("<down>");
        ui.frame();
    }
    has(&ui, "v shows it whole");
}

#[test]
fn the_map_is_walked_by_position_and_zoomed() {
    let mut ui = ui(120, 40);
    ui.keys("4t");
    has(&ui, "Map of / ");
    has(&ui, "base");
    has(&ui, "wasted");
    has(&ui, "libc.so");
    has(&ui, "node_modules");
    ui.keys("<right><right><right><left>");
    ui.keys("g<enter>");
    has(&ui, "Map of /usr/");
    ui.keys("-");
    has(&ui, "Map of / ");
    ui.keys("+<esc>");
    has(&ui, "Map of / ");
}

#[test]
fn nothing_of_the_map_is_left_blank() {
    for (width, height) in [(80, 24), (120, 40), (160, 45)] {
        let mut ui = ui(width, height);
        ui.keys("4t");
        let text = ui.text();
        let rows: Vec<&str> = text.lines().collect();
        for row in &rows[3..usize::from(height) - 2] {
            assert!(row.chars().count() >= usize::from(width) - 1, "a gap at the end of {row:?}");
            assert!(!row.contains("     "), "a gap in {row:?}");
        }
    }
}

#[test]
fn the_palette_does_what_its_rows_say() {
    let mut ui = ui(120, 40);
    ui.keys(":merged");
    has(&ui, "changes only, or the merged file system");
    ui.keys("<enter>");
    has(&ui, "All files up to layer 1");
    ui.keys(":<esc>");
    has_not(&ui, "Do what?");
}

#[test]
fn columns_and_orders_are_chosen_from_a_list() {
    let mut ui = ui(160, 40);
    ui.keys("lo");
    has(&ui, "● sort by size");
    ui.keys("time<down>");
    has(&ui, "○ column: time");
    ui.keys("<enter>");
    has(&ui, "● column: time");
    ui.keys("<esc>");
    has(&ui, "TIME");
    ui.keys("owasted<enter><esc>");
    ui.keys("oshare<enter><esc>");
    has(&ui, "SHARE");
    has(&ui, "57.1 %");
}

#[test]
fn findings_are_sorted_filtered_marked_and_copied_together() {
    let mut ui = ui(120, 40);
    ui.keys("3/metadata<enter>");
    has(&ui, "1 of 2 rows, 9.0 MB");
    has_not(&ui, "apt's package lists are removed");
    ui.keys("<esc>g<space><space>");
    has(&ui, "2 marked, 49.0 MB; y copies their fixes");
    ui.keys("y");
    let copied = ui.clipboard().unwrap();
    assert!(copied.contains("# package-lists: apt's package lists"), "{copied}");
    assert!(copied.contains("RUN make step 1 && \\\n    rm -rf /var/lib/apt/lists/*"), "{copied}");
    assert!(copied.contains("COPY --chown=nobody . ."), "{copied}");
    ui.keys("S");
    has(&ui, "Save the fix");
    has(&ui, "./Dockerfile.fix");
    ui.keys("<esc><esc>ss");
    has(&ui, "sorted by layer");
}

#[test]
fn the_fixed_dockerfile_is_shown_before_it_is_written() {
    let mut ui = ui(120, 40);
    ui.keys("3F");
    has(&ui, "A Dockerfile rebuilt from the history, with its fixes");
    has(&ui, "fixes package-lists, metadata-copy");
    has(&ui, "+    rm -rf /var/lib/apt/lists/*");
    has(&ui, "no Dockerfile is known: start with --dockerfile FILE");
    ui.keys("<enter>");
    has(&ui, "Save the Dockerfile");
    has(&ui, "./Dockerfile.fixed");
    ui.keys("<enter>");
    has(&ui, "nothing is written without a terminal");
    // only the marked one
    ui.keys("<space>F");
    has(&ui, "fixes package-lists");
    has_not(&ui, "fixes package-lists, metadata-copy");
    ui.keys("<esc>");
    has(&ui, "1 marked");
}

#[test]
fn a_finding_is_allowed_after_a_choice() {
    let mut ui = ui(120, 40);
    ui.keys("3I");
    has(&ui, "the rule package-lists");
    has(&ui, "the paths var/lib/apt/lists/index");
    ui.keys("<enter>");
    has(&ui, "there is no configuration to write here");
}

#[test]
fn a_secret_has_its_size_and_its_finding_none() {
    let mut shown = shown();
    let finding = &mut shown.examination.advice.findings[0];
    finding.bytes = 0;
    finding.evidence[0].bytes = 0;
    let mut ui = Headless::new(shown, (120, 40), Options::default());
    ui.keys("3");
    has(&ui, "high          -  apt's package lists");
    has(&ui, "40.0 MB  /var/lib/apt/lists/index");
}

#[test]
fn a_fix_that_is_only_remarks_is_not_offered_for_pasting() {
    let mut shown = shown();
    shown.examination.advice.findings[0].fix = crate::dockerfile::Fix::note("Think about it.");
    let mut ui = Headless::new(shown, (120, 40), Options::default());
    ui.keys("3");
    has(&ui, "What to do");
    has_not(&ui, "Paste this");
    ui.keys("j");
    has(&ui, "Paste this");
}

#[test]
fn a_file_is_searched() {
    let mut ui = ui(80, 24);
    ui.keys("jl/index.js<enter>").keys("GGG").keys("v/XX");
    has(&ui, "not in what was read");
    ui.keys("<c-u>xx<enter>");
    has(&ui, "n N next");
    ui.keys("y");
    has(&ui, "copied /srv/app/index.js");
    ui.keys("nN<esc>");
    has(&ui, "index.js");
}

#[test]
fn the_help_shows_that_it_scrolls() {
    let mut ui = ui(80, 24);
    ui.keys("?");
    has(&ui, "↑↓ PgUp PgDn scroll");
    has(&ui, " 1–");
    has(&ui, "█");
    ui.keys("G");
    has(&ui, "hexadecimal");
}

#[test]
fn a_report_is_exported_in_any_format() {
    let mut ui = ui(120, 40);
    ui.keys("e");
    for format in &crate::report::FORMATS {
        has(&ui, format.name);
    }
    ui.keys("json<enter>");
    has(&ui, "./layercake-report.json");
    ui.keys("<enter>");
    has(&ui, "nothing is written without a terminal");
}

fn offered(labels: &[&str]) -> Vec<Offered> {
    let offered =
        |label: &&str| Offered { label: (*label).into(), note: "note".into(), key: (*label).into() };
    labels.iter().map(offered).collect()
}

#[test]
fn what_is_chosen_at_the_start_is_loaded() {
    let size = crate::ui::layout::drawn(80, 24);
    let mut model = Model::new("x".into(), size, Options::default());
    assert!(update(&mut model, Event::Choices(Ok(offered(&["app:1", "app:2"])))).is_empty());
    assert!(matches!(model.overlay, Some(Overlay::Chooser(_))));
    let press = |model: &mut Model, code| {
        let key = crossterm::event::KeyEvent::new(code, crossterm::event::KeyModifiers::NONE);
        update(model, Event::Key(key))
    };
    press(&mut model, crossterm::event::KeyCode::Down);
    let effects = press(&mut model, crossterm::event::KeyCode::Enter);
    assert!(matches!(effects[..], [Effect::Load(Some(1))]), "{effects:?}");
    assert!(model.overlay.is_none());
    // closing the list with nothing open ends the program
    update(&mut model, Event::Choices(Ok(offered(&["app:1", "app:2"]))));
    press(&mut model, crossterm::event::KeyCode::Esc);
    assert!(model.exit.is_some());
    assert_eq!(Item::new("a", "b", Choice::Open(1)).choice, Choice::Open(1));
}

#[test]
fn reading_again_stays_where_one_was() {
    let mut ui = ui(120, 40);
    ui.keys("jl/tsc.js<enter>nnnnns");
    has(&ui, "tsc.js ──");
    ui.load(sample::shown(
        &[
            &[("usr/lib/libc.so", 90_000_000)],
            &[("x", 1)],
            &[("srv/app/node_modules/typescript/lib/tsc.js", 6_000_000), ("srv/more", 5)],
        ],
        1,
    ));
    has(&ui, "Layer 2: what it changed");
    has(&ui, "/srv/app/node_modules/typescript/lib/tsc.js ──");
    has(&ui, "read again");
}

#[test]
fn one_of_several_images_is_chosen() {
    let named = |name: &str, size: u64| {
        let mut shown = sample::shown(&[&[("file", size)]], 1);
        shown.examination.image.about.reference = name.into();
        std::sync::Arc::new(crate::ui::data::Data::new(shown))
    };
    let size = crate::ui::layout::drawn(80, 24);
    let mut model = Model::new("x".into(), size, Options::default());
    let images = || vec![named("app:1", 1000), named("app:2", 2000)];
    update(&mut model, Event::Loaded(Ok(images())));
    let open = |model: &Model| match &model.stage {
        crate::ui::model::Stage::Browser(main) => main.data.image.about.reference.clone(),
        crate::ui::model::Stage::Loading(_) => String::new(),
    };
    let press = |model: &mut Model, code| {
        let key = crossterm::event::KeyEvent::new(code, crossterm::event::KeyModifiers::NONE);
        update(model, Event::Key(key))
    };
    assert!(matches!(model.overlay, Some(Overlay::Chooser(_))));
    press(&mut model, crossterm::event::KeyCode::Down);
    press(&mut model, crossterm::event::KeyCode::Enter);
    assert_eq!(open(&model), "app:2");
    // read again: the same one, and nothing is asked
    update(&mut model, Event::Loaded(Ok(images())));
    assert!(model.overlay.is_none());
    assert_eq!(open(&model), "app:2");
    // the others stay within reach
    press(&mut model, crossterm::event::KeyCode::Char('O'));
    update(&mut model, Event::Choices(Ok(Vec::new())));
    press(&mut model, crossterm::event::KeyCode::Enter);
    assert_eq!(open(&model), "app:1");
}
