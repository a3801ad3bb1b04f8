//! The few colours of the text report. Every one of them only repeats what a word already says.

use anstyle::{AnsiColor, Style};

/// Ordinary text.
pub(in crate::report) const PLAIN: Style = Style::new();
/// The headline and the titles of sections.
pub(in crate::report) const BOLD: Style = Style::new().bold();
/// Hints, base layers and other secondary text.
pub(in crate::report) const DIM: Style = Style::new().dimmed();
/// Wasted bytes.
pub(in crate::report) const WASTE: Style = AnsiColor::Red.on_default();
/// Gates that passed.
pub(in crate::report) const PASS: Style = AnsiColor::Green.on_default();
/// Gates that failed.
pub(in crate::report) const FAIL: Style = AnsiColor::Red.on_default().bold();
/// Diagnostics.
pub(in crate::report) const WARNING: Style = AnsiColor::Yellow.on_default();
