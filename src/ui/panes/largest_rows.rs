//! Drawing the largest directories and files as bars.

use ratatui::layout::Rect;

use super::largest::{Largest, Style};
use super::map;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::layout;
use crate::ui::look::Look;
use crate::ui::pane::Context;
use crate::ui::text::{self, Painter, fit_path, safe, width};

impl Largest {
    pub(super) fn draw_all(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let (data, look) = (context.data, context.look);
        let split = self.split(context);
        let here = fit_path(&data.path_text(self.here, true), 40);
        if split.left.width > 0 {
            let bytes = look.size(self.live(&data.image, self.here));
            let (title, note) = if self.style == Style::Files {
                (
                    format!("Largest files below {here}"),
                    format!("{} shown ── {bytes} in the final file system", self.length),
                )
            } else {
                let files = text::files(self.sums.files(&data.image, self.here));
                (format!("Largest in {here}"), format!("{bytes} ── {files}"))
            };
            painter.title(split.left, &title, &note, !self.is_map());
            self.draw_bars(data, look, split.left, painter);
        }
        if split.right.width > 0 {
            let stored = look.size(map::bytes(data, &self.sums, self.here));
            let note = format!("{stored} in all layers");
            painter.title(split.right, &format!("Map of {here}"), &note, self.is_map());
            self.map.draw(data, look, self.path(), self.is_map(), painter);
            let inside = layout::inside(split.right);
            map::legend(inside, inside.height.saturating_sub(1), painter);
        }
    }

    pub(super) fn draw_bars(&self, data: &Data, look: Look, pane: Rect, painter: &mut Painter<'_>) {
        let image = &data.image;
        let (heading, dim) = (layout::inside(pane), painter.theme.dim);
        let size = look.size_width(data.analysis.totals.content) + 1;
        let share = size + 1;
        let wide = pane.width >= size + 40;
        let bar = share + 8;
        let name_at = if wide { bar + 11 } else { bar };
        painter.right(heading, 0, 0, size, "SIZE", dim);
        painter.right(heading, share, 0, 7, "SHARE", dim);
        let is_files = self.style == Style::Files;
        painter.put(heading, name_at, 0, pane.width, if is_files { "PATH" } else { "NAME" }, dim);
        let area = painter.scrolled(layout::rows(pane), self.list.top, self.length);
        if self.length == 0 {
            painter.put(area, 2, 0, area.width, "nothing here", dim);
        }
        let whole = self.live(image, self.here);
        for (y, path) in (0_u16..area.height).zip(self.window.iter().copied()) {
            let bytes = self.live(image, path);
            let slot = data.final_slot(path);
            let is_directory = describe::is_directory(image, slot);
            painter.right(area, 0, y, size, &look.size(bytes), painter.theme.text);
            painter.right(area, share, y, 7, &describe::share(bytes, whole), dim);
            if wide {
                painter.bar(area, bar, y, 10, (bytes, self.most), painter.theme.bar);
            }
            let slash = if is_directory { "/" } else { "" };
            let name = if is_files { data.path_text(path, false) } else { safe(image.paths.name(path)) };
            let room = usize::from(area.width.saturating_sub(name_at)).saturating_sub(slash.len());
            let style = if is_directory { painter.theme.accent } else { painter.theme.text };
            let x = painter.parts(area, name_at, y, &[(&fit_path(&name, room), style), (slash, style)]);
            let x = match describe::target(image, slot) {
                Some(target) => painter.put(area, x, y, area.width, &target, dim),
                None => x,
            };
            let said = match slot {
                _ if is_directory => format!("  {}", text::files(self.sums.files(image, path))),
                Some(Slot::Entry(id)) => format!("  layer {}", image.layer_of(id)),
                _ => String::new(),
            };
            // a note is shown whole or not at all
            if x + width(&said) <= area.width {
                painter.put(area, x, y, area.width, &said, dim);
            }
            if self.path() == Some(path) {
                painter.select(area, y, !self.is_map());
            }
        }
    }
}
