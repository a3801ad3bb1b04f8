//! The comparison as workflow commands of GitHub Actions: gates that fail, findings that are new, and one line of totals.

use std::io::{self, Write};

use super::input::Compared;
use super::words;
use crate::report::format::Layout;
use crate::report::github::{annotate, command, gates};

pub(super) fn write(out: &mut dyn Write, input: &Compared<'_>, layout: &Layout) -> io::Result<()> {
    let [old, new] = [&input.old, &input.new].map(|side| side.image.about.reference.as_str());
    gates(out, new, input.verdict)?;
    for &at in input.findings.new.iter().take(layout.rows) {
        annotate(out, input.new.image, &input.new_advice.findings[at])?;
    }
    let message = format!("{old} → {new}: {}", words::summary(input, ""));
    command(out, "notice", "layercake compare", &message)
}
