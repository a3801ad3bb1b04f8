//! Drawing the wasted paths.

use std::fmt::Write as _;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::columns::{Bytes, Columns};
use super::file_rows::indent;
use super::wasted::WastedTab;
use crate::image::PathId;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::layout;
use crate::ui::look::Look;
use crate::ui::text::{Painter, columns, counted, fit_path, safe, wrap};
use crate::units;

/// Rows of a pane, with its columns.
struct Rows<'a> {
    data: &'a Data,
    area: Rect,
    columns: Columns,
    /// A full bar.
    whole: u64,
}

impl WastedTab {
    pub(super) fn draw_all(
        &self,
        data: &Data,
        look: Look,
        body: Rect,
        path: Option<PathId>,
        painter: &mut Painter<'_>,
    ) {
        let (pane, below) = Self::panes(body);
        self.draw_title(data, look, pane, painter);
        let list = if self.is_tree { &self.tree.list } else { &self.list };
        let area = painter.scrolled(layout::rows(pane), list.top, self.length());
        if data.analysis.wasted.is_empty() {
            let said = "Nothing: every byte of every layer can be seen in the final file system.";
            painter.put(area, 2, 0, area.width, said, painter.theme.added);
            return;
        }
        let columns = Columns::short(look, area.width, data.analysis.totals.content);
        columns.heading(layout::inside(pane), "WASTED", "", painter);
        if self.length() == 0 {
            painter.put(area, 2, 0, area.width, "no wasted path matches the filter", painter.theme.dim);
        }
        let whole = if self.is_tree {
            self.sums.bytes(&data.image, PathId::ROOT)
        } else {
            data.analysis.wasted.first().map_or(0, |wasted| wasted.bytes)
        };
        let rows = Rows { data, area, columns, whole };
        if self.is_tree {
            self.draw_tree(&rows, painter);
        } else {
            self.draw_list(&rows, painter);
        }
        if let (true, Some(path)) = (below.height > 0, path) {
            self.draw_details(data, below, path, painter);
        }
    }

    fn draw_title(&self, data: &Data, look: Look, pane: Rect, painter: &mut Painter<'_>) {
        let totals = &data.analysis.totals;
        let title = match &self.layers {
            None => "Wasted bytes".to_owned(),
            Some(layers) => {
                format!("Wasted bytes of {}", crate::text::layers(&layers.clone().collect::<Vec<_>>()))
            }
        };
        let bytes = look.size(self.sums.bytes(&data.image, PathId::ROOT));
        let paths = counted(self.sums.files(&data.image, PathId::ROOT).into(), "path", "paths");
        let mut note = format!("{paths} ── {bytes}");
        if self.layers.is_none() {
            _ = write!(
                note,
                " ── {} overwritten ({} of it with the same content), {} removed, {} repeated",
                look.size(totals.overwritten),
                look.size(totals.metadata_only),
                look.size(totals.removed),
                look.size(totals.repeated)
            );
        }
        painter.title(pane, &title, &note, true);
    }

    fn draw_list(&self, rows: &Rows<'_>, painter: &mut Painter<'_>) {
        let Rows { data, area, columns, whole } = rows;
        let window = self.list.window(self.length(), usize::from(area.height));
        // names first: the history gets what the longest path on screen leaves
        let paths: Vec<_> = window.clone().filter_map(|row| self.at(data, row)).collect();
        let texts: Vec<String> = paths.iter().map(|wasted| data.path_text(wasted.path, false)).collect();
        let room = area.width.saturating_sub(columns.name + 2);
        let longest = texts.iter().map(|text| crate::ui::text::width(text)).max().unwrap_or(0);
        let path_room = if room < 60 { room } else { longest.clamp(28, room - 30) };
        for (y, ((row, wasted), text)) in (0_u16..).zip(window.zip(paths).zip(&texts)) {
            self.numbers(rows, y, wasted.path, self.bytes(data, wasted), *whole, painter);
            let path = fit_path(text, usize::from(path_room));
            painter.put(*area, columns.name + 2, y, path_room, &path, painter.theme.text);
            let x = columns.name + 2 + path_room + 2;
            painter.put(*area, x, y, area.width, &describe::timeline(data, wasted.path), painter.theme.dim);
            if row == self.list.cursor {
                painter.select(*area, y, true);
            }
        }
    }

    fn numbers(
        &self,
        rows: &Rows<'_>,
        y: u16,
        path: PathId,
        own: u64,
        whole: u64,
        painter: &mut Painter<'_>,
    ) {
        let bar = painter.theme.waste;
        rows.columns.size(rows.area, y, Bytes { own, parent: 0, whole }, 0, bar, painter);
        if self.marked.has(path) {
            painter.put(rows.area, rows.columns.name, y, 1, "●", painter.theme.accent);
        }
    }

    fn draw_tree(&self, rows: &Rows<'_>, painter: &mut Painter<'_>) {
        let Rows { data, area, columns: place, whole } = rows;
        let (image, area) = (&data.image, *area);
        for (y, row) in (0_u16..).zip(self.tree.window()) {
            self.numbers(rows, y, row.path, self.sums.bytes(image, row.path), *whole, painter);
            let x = place.name + 2 + indent(row.depth, area.width.saturating_sub(place.name));
            let below = self.sums.shown(image, row.path) - u32::from(self.sums.is_own(row.path));
            let arrow = match (below > 0, self.tree.is_open(row.path)) {
                (false, _) => "  ",
                (true, true) => "▾ ",
                (true, false) => "▸ ",
            };
            let name = safe(image.paths.name(row.path));
            let name = fit_path(&name, usize::from(area.width.saturating_sub(x + 2)));
            let x = painter.parts(area, x, y, &[(arrow, painter.theme.dim), (&name, painter.theme.text)]);
            let said = if self.sums.is_own(row.path) {
                format!("  {}", describe::timeline(data, row.path))
            } else {
                format!("/  {}", counted(self.sums.files(image, row.path).into(), "path", "paths"))
            };
            painter.put(area, x, y, area.width, &said, painter.theme.dim);
            if self.tree.list.top + usize::from(y) == self.tree.list.cursor {
                painter.select(area, y, true);
            }
        }
    }

    fn draw_details(&self, data: &Data, pane: Rect, path: PathId, painter: &mut Painter<'_>) {
        let title = fit_path(&data.path_text(path, false), usize::from(pane.width.saturating_sub(8)));
        painter.title(pane, &title, "", false);
        let area = layout::inside(pane);
        let width = usize::from(area.width.saturating_sub(4));
        let mut lines: Vec<(String, Style)> = Vec::new();
        match self.of_path(data, path) {
            Some(wasted) => {
                let story = wrap(&describe::timeline(data, path), width).into_iter();
                lines.extend(story.map(|line| (line, painter.theme.text)));
                for copy in data.analysis.copies_of(wasted) {
                    let said = format!(
                        "{} of layer {}: {} by layer {}, {}",
                        units::size(copy.bytes),
                        copy.layer,
                        if copy.metadata_only { "stored again, same content," } else { copy.cause.name() },
                        copy.by_layer,
                        data.command(copy.by_layer)
                    );
                    lines.push((said, painter.theme.waste));
                }
            }
            None => lines.push((
                format!(
                    "{} wasted in {} below it",
                    units::size(self.sums.bytes(&data.image, path)),
                    counted(self.sums.files(&data.image, path).into(), "path", "paths")
                ),
                painter.theme.text,
            )),
        }
        let room = usize::from(area.height);
        let more = lines.len() > room;
        for (y, (line, style)) in (0..area.height).zip(&lines) {
            let is_last = more && usize::from(y) + 1 == room;
            let text = if is_last { "… i shows all of its history" } else { line };
            let style = if is_last { painter.theme.dim } else { *style };
            painter.put(area, 2, y, columns(width), text, style);
        }
    }
}
