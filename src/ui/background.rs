//! Whether the terminal's background is light. The terminal is asked once, before the UI reads keys.

use std::time::Duration;

use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

/// How long a terminal may take to answer: the first frame waits for it.
const PATIENCE: Duration = Duration::from_millis(100);

/// True on a light background, false on a dark one; none when the terminal does not answer.
pub(super) fn is_light() -> Option<bool> {
    let mut options = QueryOptions::default();
    options.timeout = PATIENCE;
    theme_mode(options).ok().map(|mode| mode == ThemeMode::Light)
}
