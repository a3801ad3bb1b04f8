//! The few colours of the text report. Every one of them only repeats what a word already says.

use anstyle::{AnsiColor, Style};

/// Ordinary text.
pub(super) const PLAIN: Style = Style::new();
/// The headline and the titles of sections.
pub(super) const BOLD: Style = Style::new().bold();
/// Hints, base layers and whatever else may stand back.
pub(super) const DIM: Style = Style::new().dimmed();
/// Wasted bytes.
pub(super) const WASTE: Style = AnsiColor::Red.on_default();
/// Gates that passed.
pub(super) const PASS: Style = AnsiColor::Green.on_default();
/// Gates that failed.
pub(super) const FAIL: Style = AnsiColor::Red.on_default().bold();
/// Diagnostics.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
