//! Whatever is pressed on whatever screen: no panic, and nothing drawn outside.

use crossterm::event::{KeyCode, KeyModifiers};
use proptest::prelude::*;

use super::ui;
use crate::ui::action::{Action, Key};
use crate::ui::bindings::BINDINGS;

/// Every key of the table but those that end the program, as the headless UI takes them.
fn table() -> Vec<String> {
    let rows = BINDINGS.iter().filter(|row| !matches!(row.action, Action::Quit | Action::Suspend));
    rows.flat_map(|row| row.keys).filter_map(named).collect()
}

fn named(&(modifiers, code): &Key) -> Option<String> {
    let name = match code {
        KeyCode::Char(' ') => "space".into(),
        KeyCode::Char(c) if modifiers == KeyModifiers::CONTROL => format!("c-{c}"),
        KeyCode::Char(c) => return Some(c.to_string()),
        KeyCode::PageUp => "pgup".into(),
        KeyCode::PageDown => "pgdn".into(),
        KeyCode::F(_) | KeyCode::BackTab => return None,
        code => format!("{code:?}").to_lowercase(),
    };
    Some(format!("<{name}>"))
}

#[test]
fn every_key_of_the_table_can_be_pressed_here() {
    for key in table() {
        assert_eq!(crate::ui::split_keys(&key), [key.as_str()]);
    }
}

fn keys() -> impl Strategy<Value = Vec<String>> {
    let one = prop_oneof![
        6 => proptest::sample::select(table()),
        1 => "[a-z*?/:(]".prop_map(String::from),
    ];
    proptest::collection::vec(one, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        keys in keys(),
        first in (1_u16..=200, 1_u16..=60),
        second in (1_u16..=200, 1_u16..=60),
        clicks in proptest::collection::vec((0_u16..200, 0_u16..60, any::<bool>()), 0..6),
    ) {
        let mut ui = ui(first.0, first.1);
        let half = keys.len() / 2;
        for key in &keys[..half] {
            ui.keys(key);
        }
        ui.frame();
        ui.resize(second.0, second.1);
        ui.frame();
        for (x, y, wheels) in clicks {
            if wheels {
                ui.wheel(x % 2 == 0, x, y);
            } else {
                ui.click(x, y);
            }
            ui.frame();
        }
        for key in &keys[half..] {
            ui.keys(key);
            ui.frame();
        }
    }
}
