//! What the gates decided. All are shown, so that the log of a build that passes says what was checked.

use std::io;

use super::page::Page;
use super::style::{BOLD, DIM, FAIL, PASS, PLAIN};
use crate::policy::Verdict;
use crate::text::{columns, counted};
use crate::units;

/// Columns of `PASS` with the gaps around it.
const WORD: usize = 8;

pub(in crate::report) fn write(page: &mut Page<'_>, verdict: &Verdict) -> io::Result<()> {
    let (word, style) = word(verdict.passed);
    let mut line = page.line();
    line.text(BOLD, "VERDICT").gap(2).text(style, word).gap(2);
    page.wrapped(line, PLAIN, &summary(verdict))?;

    let texts: Vec<_> = verdict.gates.iter().map(|gate| (gate, gate.texts())).collect();
    let widest = |text: &dyn Fn(usize) -> usize| (0..texts.len()).map(text).max().unwrap_or(0);
    let name = widest(&|i| columns(texts[i].0.gate));
    let actual = widest(&|i| columns(&texts[i].1.1));
    for (gate, (limit, value)) in &texts {
        let (word, style) = self::word(gate.passed);
        let mut line = page.line();
        line.gap(2).left(WORD - 2, style, word).left(name, PLAIN, gate.gate).gap(2);
        line.right(actual, BOLD, value).gap(2);
        let noise = if gate.is_noise { "; passes by default while less than 1 MB is wasted" } else { "" };
        page.wrapped(line, DIM, &format!("{limit}{noise}"))?;
        if let Some(look_at) = &gate.look_at {
            let mut line = page.line();
            line.gap(WORD);
            page.wrapped(line, PLAIN, &format!("look first at {look_at}"))?;
        }
    }
    if verdict.ignored_paths > 0 {
        let paths = counted(verdict.ignored_paths, "path", "paths");
        let text = format!(
            "not counted: {} wasted in {paths} that the configuration ignores",
            units::size(verdict.ignored_bytes)
        );
        page.hint(&text)?;
    }
    Ok(())
}

fn word(passed: bool) -> (&'static str, anstyle::Style) {
    if passed { ("PASS", PASS) } else { ("FAIL", FAIL) }
}

fn summary(verdict: &Verdict) -> String {
    let gates = counted(verdict.gates.len() as u64, "gate", "gates");
    match verdict.gates.iter().filter(|gate| !gate.passed).count() {
        0 if verdict.gates.is_empty() => "no gate is on".into(),
        0 if verdict.gates.len() == 1 => "the only gate passed".into(),
        0 => format!("all {gates} passed"),
        failed => format!("{failed} of {gates} failed"),
    }
}
