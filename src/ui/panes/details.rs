//! The details below the first tab: of a path, or of a layer.

use ratatui::layout::Rect;

use super::files;
use crate::analysis::FileCount;
use crate::digest::Digest;
use crate::image::PathId;
use crate::overlay::Fate;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::layout;
use crate::ui::text::{Painter, fit_path, safe, wrap};
use crate::ui::tree::{Mark, Span};
use crate::units;

/// A path: its attributes and what every layer did to it.
pub(super) fn path(data: &Data, pane: Rect, span: &Span, path: PathId, painter: &mut Painter<'_>) {
    let slot = span.slot(path);
    let is_directory = describe::is_directory(&data.image, slot);
    let title = fit_path(&data.path_text(path, is_directory), usize::from(pane.width.saturating_sub(8)));
    painter.title(pane, &title, "", false);
    let area = layout::inside(pane);
    let mark = span.mark(&data.image, path).unwrap_or(Mark::Unchanged);
    let style = files::mark_style(painter.theme, mark);
    let x = painter.put(area, 2, 0, 12, mark.name(), style) + 2;
    painter.put(area, x, 0, area.width, &describe::attributes(&data.image, slot), painter.theme.text);
    let lines = wrap(&describe::timeline(data, path), usize::from(area.width.saturating_sub(4)));
    for (y, line) in (1..area.height).zip(&lines) {
        painter.put(area, 2, y, area.width, line, painter.theme.text);
    }
    let last = area.height.saturating_sub(1);
    let wasted: u64 = wasted_at(data, path);
    if wasted > 0 && lines.len() < usize::from(area.height) - 1 {
        let said = format!("{} in copies of it that nobody can see", units::size(wasted));
        painter.put(area, 2, last, area.width, &said, painter.theme.waste);
    }
}

/// A layer: its command, sums and digests.
pub(super) fn layer(data: &Data, pane: Rect, layer: usize, painter: &mut Painter<'_>) {
    let (about, totals) = (&data.image.layers[layer], &data.analysis.layers[layer]);
    let origin = if data.is_base(layer) { "from the base image" } else { "made by this Dockerfile" };
    let title = format!("Layer {layer} of {}", data.image.layers.len());
    painter.title(pane, &title, origin, false);
    let area = layout::inside(pane);
    let changes = |name: &str, tally: FileCount| {
        format!("{name} {} ({})", units::count(tally.files), units::size(tally.bytes))
    };
    let created = data.image.step_of(layer).and_then(|step| step.created.as_deref()).unwrap_or("unknown");
    let created = safe(created.get(..16).unwrap_or(created).replace('T', " ").as_bytes());
    let digest = |digest: &Option<Digest>| {
        digest.as_ref().map_or_else(|| "unknown".to_owned(), |digest| safe(digest.as_str().as_bytes()))
    };
    let media =
        about.media_type.as_deref().map_or("no media type".to_owned(), |media| safe(media.as_bytes()));
    let lines = [
        format!(
            "{}, {}, {} · files: {}",
            changes("added", totals.added),
            changes("modified", totals.modified),
            changes("removed", totals.removed),
            units::size(totals.content),
        ),
        format!(
            "blob {} · tar {} · compression {} · {media} · created {created}",
            units::size(about.blob),
            units::size(about.tar),
            about.compression.name()
        ),
        format!("diff ID {}", digest(&about.diff_id)),
        format!("digest  {}", digest(&about.digest)),
    ];
    let lines_of = data.image.lines_of_layer(layer);
    let place = lines_of
        .map_or_else(String::new, |(origin, lines)| format!("{}  ", safe(origin.place(lines).as_bytes())));
    let command = wrap(&format!("{place}{}", data.command(layer)), usize::from(area.width.saturating_sub(4)));
    let room = usize::from(area.height);
    let first = command.iter().take(room.saturating_sub(2).max(1)).map(|line| (line, painter.theme.accent));
    let rest = lines.iter().map(|line| (line, painter.theme.text));
    let all: Vec<_> = first.chain(rest).take(room).map(|(line, style)| (line.clone(), style)).collect();
    for (y, (line, style)) in (0..).zip(&all) {
        painter.put(area, 2, y, area.width.saturating_sub(3), line, *style);
    }
}

/// Wasted bytes of a path, over all layers.
fn wasted_at(data: &Data, path: PathId) -> u64 {
    let copies = data.image.timeline.of(path).iter();
    copies
        .filter(|&&id| matches!(data.union.fate(id), Fate::Lost(..)))
        .map(|&id| data.image.entry(id).size)
        .sum()
}
