//! Drawing the list of layers and the files beside it.

use std::ops::RangeInclusive;

use ratatui::layout::Rect;

use super::layer_page::title_of;
use super::layer_rows::{self, RowSum};
use super::layers::Layers;
use crate::ui::data::Data;
use crate::ui::layout;
use crate::ui::look::Look;
use crate::ui::text::{Painter, counted, width};
use crate::units;

impl Layers {
    pub(super) fn draw_layers(&self, data: &Data, look: Look, pane: Rect, painter: &mut Painter<'_>) {
        let count = data.image.layers.len();
        let found = self.files.filter.found.as_ref();
        let note = match found {
            Some(found) => {
                let layers = found.layers.iter().filter(|count| **count > 0).count();
                format!("found in {}", counted(layers as u64, "layer", "layers"))
            }
            None if self.files.only_wasted => "with waste only".into(),
            None => format!("{} own, {} base", count - data.analysis.base_layers, data.analysis.base_layers),
        };
        painter.title(pane, "Layers", &note, !self.in_files);
        let length = self.rows.len();
        let area = painter.scrolled(layout::rows(pane), self.list.top, length);
        let size = look.size_width(data.analysis.totals.content).max(8) + 1;
        let wide = pane.width >= 44;
        let labels: Vec<String> = (0..length).map(|row| self.rows.label(row)).collect();
        let number = labels.iter().map(|label| width(label)).max().unwrap_or(1);
        let at = 1 + number;
        let bar = at + size + 1;
        let wasted = if wide { bar + 9 } else { bar };
        let command = wasted + size + 1;
        let dim = painter.theme.dim;
        let heading = layout::inside(pane);
        painter.right(heading, 1, 0, number, "#", dim);
        painter.right(heading, at, 0, size, "SIZE", dim);
        if wide && found.is_some() {
            painter.right(heading, bar, 0, 8, "FOUND", dim);
        }
        painter.right(heading, wasted, 0, size, "WASTED", dim);
        painter.put(heading, command, 0, pane.width, "COMMAND", dim);
        let sums: Vec<(RangeInclusive<usize>, RowSum)> = (0..length)
            .filter_map(|row| self.rows.layers(row))
            .map(|layers| (layers.clone(), layer_rows::sum(data, &layers)))
            .collect();
        let most = sums.iter().map(|(_, sum)| sum.content).max().unwrap_or(0);
        for (y, row) in (0_u16..).zip(self.list.window(length, usize::from(area.height))) {
            let (layers, sum) = &sums[row];
            let is_base = data.is_base(*layers.start());
            let style = if is_base { dim } else { painter.theme.text };
            if self.is_compared(row) {
                painter.put(area, 0, y, 1, "┃", painter.theme.accent);
            }
            painter.right(area, 1, y, number, &labels[row], style);
            painter.right(area, at, y, size, &look.size(sum.content), style);
            match found {
                Some(found) if wide => {
                    let hits: u32 = layers.clone().filter_map(|layer| found.layers.get(layer)).sum();
                    if hits > 0 {
                        painter.right(area, bar, y, 8, &units::count(hits.into()), painter.theme.accent);
                    }
                }
                None if wide => {
                    let style = if is_base { dim } else { painter.theme.bar };
                    painter.bar(area, bar, y, 8, (sum.content, most), style);
                }
                _ => {}
            }
            if sum.wasted > 0 {
                painter.right(area, wasted, y, size, &look.size(sum.wasted), painter.theme.waste);
            } else {
                painter.right(area, wasted, y, size, "·", dim);
            }
            painter.put(area, command, y, area.width, &title_of(data, layers), style);
            if row == self.list.cursor {
                painter.select(area, y, !self.in_files);
            }
        }
    }

    pub(super) fn draw_files(&self, data: &Data, look: Look, pane: Rect, painter: &mut Painter<'_>) {
        let (from, to) = self.files.span.layers();
        let which = if from == to { format!("Layer {to}") } else { format!("Layers {from}–{to}") };
        let title = match (self.files.is_merged(), from == to) {
            (true, _) => format!("All files up to layer {to}"),
            (false, true) => format!("{which}: what it changed"),
            (false, false) => format!("{which}: what they changed"),
        };
        let count = self.files.count(data);
        // what does not fit is left out from the end
        let mut parts: Vec<String> = self.files.hidden_kinds().collect();
        if self.files.only_wasted {
            parts.push("only what is wasted".into());
        }
        parts.extend([counted(count.files, "file", "files"), look.size(count.bytes)]);
        let removed = self.files.removed;
        if removed.files > 0 && !self.files.is_merged() {
            parts.push(format!("{} removed, {}", units::count(removed.files), look.size(removed.bytes)));
        }
        painter.title(pane, &title, &parts.join(" ── "), self.in_files);
        super::file_rows::draw(&self.files, data, look, pane, self.in_files, painter);
    }
}
