//! Whatever is pressed on whatever screen: no panic, and nothing drawn outside.

use proptest::prelude::*;

use super::ui;

fn keys() -> impl Strategy<Value = Vec<String>> {
    let one = prop_oneof![
        6 => proptest::sample::select(vec![
            "1", "2", "3", "4", "5", "<", ">", "<tab>", "/", "n", "N", "v", "y", "m", "T", "?", "<esc>", "<up>", "<down>",
            "<pgup>", "<pgdn>", "<c-u>", "<c-d>", "g", "G", "<enter>", "<right>", "<left>", "s", "a", "A", "M", "R", "E", "C",
            "p", "[", "]", "c", "b", "t", "w", "<backspace>", "6", "7", "<space>", "W", "f", "L", "i", "o", ":", "r", "O", "e", "B", "{", "}",
            "S", "I", "+", "-", "x",
        ]).prop_map(str::to_owned),
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
