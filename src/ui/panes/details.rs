//! The details below the first tab: of a path, or of layers.

use std::ops::RangeInclusive;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::files::Files;
use super::{file_rows, layer_rows};
use crate::analysis::FileCount;
use crate::digest::Digest;
use crate::image::PathId;
use crate::overlay::Fate;
use crate::source::Compression;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::layout;
use crate::ui::text::{Painter, counted, files, fit_path, safe, wrap};
use crate::ui::tree::Mark;
use crate::units;

/// A path: its attributes and what every layer did to it.
pub(super) fn path(data: &Data, pane: Rect, shown: &Files, path: PathId, painter: &mut Painter<'_>) {
    let (span, sums) = (&shown.span, &shown.sums);
    let slot = span.slot(path);
    let is_directory = describe::is_directory(&data.image, slot);
    let title = fit_path(&data.path_text(path, is_directory), usize::from(pane.width.saturating_sub(8)));
    painter.title(pane, &title, "", false);
    let area = layout::inside(pane);
    let mark = span.mark(&data.image, path).unwrap_or(Mark::Unchanged);
    let style = file_rows::mark_style(painter.theme, mark);
    let below = sums.shown(&data.image, path) - u32::from(sums.is_own(path));
    // a directory may be listed only because of what is in it
    let word = match mark {
        Mark::Unchanged if !shown.is_merged() && below > 0 => "itself unchanged",
        mark => mark.name(),
    };
    let x = painter.put(area, 2, 0, 20, word, style) + 2;
    let x = painter.put(area, x, 0, area.width, &describe::attributes(&data.image, slot), painter.theme.text);
    if is_directory {
        let bytes = units::size(sums.bytes(&data.image, path));
        let said = format!("  {bytes} in {} below it", files(sums.files(&data.image, path)));
        painter.put(area, x, 0, area.width, &said, painter.theme.dim);
    }
    let lines = wrap(&describe::timeline(data, path), usize::from(area.width.saturating_sub(4)));
    let wasted: u64 = wasted_at(data, path);
    let room = usize::from(area.height).saturating_sub(1 + usize::from(wasted > 0));
    put_lines(area, 1, &lines, room, painter.theme.text, "i shows it whole", painter);
    if wasted > 0 {
        let said = format!("{} in copies of it that nobody can see", units::size(wasted));
        painter.put(area, 2, area.height.saturating_sub(1), area.width, &said, painter.theme.waste);
    }
}

/// Writes lines into at most `room` rows from `y` on. Where some do not fit, the last row says how to see them.
fn put_lines(
    area: Rect,
    y: u16,
    lines: &[String],
    room: usize,
    style: Style,
    hint: &str,
    painter: &mut Painter<'_>,
) {
    let width = area.width.saturating_sub(4);
    let is_cut = lines.len() > room;
    for (at, line) in lines.iter().take(room).enumerate() {
        let y = y + u16::try_from(at).unwrap_or(u16::MAX);
        if is_cut && at + 1 == room {
            let hint = format!(" … {hint}");
            let end = width.saturating_sub(crate::ui::text::width(&hint));
            let text = format!("{line} ");
            let x = painter.put(area, 2, y, end, &text, style);
            painter.put(area, x, y, area.width, &hint, painter.theme.dim);
        } else {
            painter.put(area, 2, y, width, line, style);
        }
    }
}

/// Layers: the command, sums, what became of their bytes, findings.
pub(super) fn layers(data: &Data, pane: Rect, layers: &RangeInclusive<usize>, painter: &mut Painter<'_>) {
    let (from, to) = (*layers.start(), *layers.end());
    let is_one = from == to;
    let origin = match (data.is_base(from), data.is_base(to)) {
        (true, true) => "from the base image",
        (false, false) => "made by this Dockerfile",
        _ => "partly from the base image",
    };
    let title = if is_one { format!("Layer {to}") } else { format!("Layers {from}–{to}") };
    painter.title(pane, &title, origin, false);
    let area = layout::inside(pane);
    let mut lines: Vec<(String, Style)> = Vec::new();
    if is_one {
        let text = format!("{}{}", place(data, to), data.command(to));
        let rows: Vec<String> = wrap(&text, usize::from(area.width.saturating_sub(4)));
        put_lines(area, 0, &rows, 1, painter.theme.accent, "v shows it whole", painter);
    } else {
        let sum = layer_rows::sum(data, layers);
        let said = format!(
            "{}: {} in them, {} of it wasted",
            counted((to - from + 1) as u64, "layer", "layers"),
            units::size(sum.content),
            units::size(sum.wasted)
        );
        painter.put(area, 2, 0, area.width, &said, painter.theme.accent);
    }
    lines.extend(data.wasted_by(layers).into_iter().take(1).map(|line| (line, painter.theme.waste)));
    let findings = data.findings_of(layers);
    if let Some(&first) = findings.first() {
        let more =
            if findings.len() > 1 { format!(" (and {} more)", findings.len() - 1) } else { String::new() };
        let title = safe(data.advice.findings[first].title.as_bytes());
        lines.push((format!("advice (f): {title}{more}"), painter.theme.modified));
    }
    if is_one {
        lines.extend(facts(data, to).into_iter().map(|line| (line, painter.theme.text)));
    }
    for (y, (line, style)) in (1..area.height).zip(&lines) {
        painter.put(area, 2, y, area.width.saturating_sub(3), line, *style);
    }
}

/// Where a layer's step stands in the Dockerfile, with two blanks after it; empty if unknown.
fn place(data: &Data, layer: usize) -> String {
    let lines = data.image.lines_of_layer(layer);
    lines.map_or_else(String::new, |(origin, lines)| format!("{}  ", safe(origin.place(lines).as_bytes())))
}

/// The facts about a layer, as lines.
pub(super) fn facts(data: &Data, layer: usize) -> Vec<String> {
    let (about, totals) = (&data.image.layers[layer], &data.analysis.layers[layer]);
    let changes = |name: &str, tally: FileCount| {
        let said = format!("{name} {}, {}", counted(tally.files, "file", "files"), units::size(tally.bytes));
        (tally.files > 0).then_some(said)
    };
    let mut contents = vec![format!("content {}", units::size(totals.content))];
    contents.extend(changes("added", totals.added));
    contents.extend(changes("modified", totals.modified));
    contents.extend(changes("removed", totals.removed));
    let created = data.image.step_of(layer).and_then(|step| step.created.as_deref()).unwrap_or("unknown");
    let created = safe(created.get(..16).unwrap_or(created).replace('T', " ").as_bytes());
    let digest = |digest: &Option<Digest>| {
        digest.as_ref().map_or_else(|| "unknown".to_owned(), |digest| safe(digest.as_str().as_bytes()))
    };
    let mut stored = vec![match about.compression {
        Compression::None => format!("stored as {}, not compressed", units::size(about.blob)),
        packed => format!(
            "stored as {}, {}, of {} unpacked",
            units::size(about.blob),
            packed.name(),
            units::size(about.tar)
        ),
    }];
    stored.push(format!("created {created}"));
    stored.extend(about.media_type.as_deref().map(|media| safe(media.as_bytes())));
    vec![
        contents.join(" · "),
        stored.join(" · "),
        format!("diff ID {}", digest(&about.diff_id)),
        format!("digest  {}", digest(&about.digest)),
    ]
}

/// Wasted bytes of a path, over all layers.
fn wasted_at(data: &Data, path: PathId) -> u64 {
    let copies = data.image.timeline.of(path).iter();
    copies
        .filter(|&&id| matches!(data.union.fate(id), Fate::Lost(..)))
        .map(|&id| data.image.entry(id).size)
        .sum()
}
