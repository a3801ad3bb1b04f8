//! Draws the tab of several images.

use ratatui::layout::Rect;

use super::shared::{Below, Shared, owner};
use crate::text::{counted, digits, list, marks};
use crate::ui::data::{Among, command_line};
use crate::ui::layout;
use crate::ui::pane::Context;
use crate::ui::text::{Painter, columns, fit_path, safe};
use crate::units;

/// Columns of a size.
const SIZE: u16 = 8;
/// Where the second column of sizes starts, and so on.
const STEP: u16 = SIZE + 2;

impl Shared {
    /// Draws both halves.
    pub(super) fn draw_all(&self, context: Context<'_>, among: &Among, painter: &mut Painter<'_>) {
        let [above, below] = Self::panes(context.body, among);
        self.draw_images(among, above, painter);
        match self.below {
            Below::Layers => self.draw_layers(among, below, painter),
            Below::Files => self.draw_files(among, below, painter),
        }
    }

    fn draw_images(&self, among: &Among, pane: Rect, painter: &mut Painter<'_>) {
        let (names, sharing) = (&among.together.names, &among.together.sharing);
        let summary = format!(
            "{} of {} take {} together",
            counted(names.len() as u64, "image", "images"),
            units::size(sharing.content),
            units::size(sharing.once)
        );
        painter.title(pane, "Shared", &summary, !self.in_below);
        let portions = &sharing.images;
        let has_disk =
            pane.width >= 80 && portions.iter().any(|portion| portion.unique != portion.disk_unique);
        let mut headings = vec!["CONTENT", "UNIQUE", "SHARED"];
        headings.extend(has_disk.then_some("ON DISK"));
        let number = columns(names.len()).max(1);
        let first = 1 + number + 2;
        let heading = layout::inside(pane);
        let dim = painter.theme.dim;
        painter.right(heading, 1, 0, number, "#", dim);
        let mut x = first;
        for text in headings {
            painter.right(heading, x, 0, SIZE, text, dim);
            x += STEP;
        }
        painter.put(heading, x, 0, pane.width, "IMAGE", dim);
        let area = painter.scrolled(layout::rows(pane), self.list.top, names.len());
        for (y, row) in (0_u16..).zip(self.list.window(names.len(), usize::from(area.height))) {
            let portion = &portions[row];
            let theme = painter.theme;
            painter.right(area, 1, y, number, &row.to_string(), dim);
            let mut cells = vec![
                (portion.content, theme.text),
                (portion.unique, theme.waste),
                (portion.shared, theme.added),
            ];
            cells.extend(has_disk.then_some((portion.disk_unique, dim)));
            for (at, (bytes, style)) in (0_u16..).zip(cells) {
                painter.right(area, first + at * STEP, y, SIZE, &units::size(bytes), style);
            }
            let mark = if row == among.at { "  ← shown" } else { "" };
            let room = usize::from(area.width.saturating_sub(x)).saturating_sub(mark.len());
            let name = fit_path(&safe(names[row].as_bytes()), room);
            let end = painter.put(area, x, y, area.width, &name, theme.text);
            painter.put(area, end, y, area.width, mark, dim);
            if row == self.list.cursor {
                painter.select(area, y, !self.in_below);
            }
        }
    }

    fn draw_layers(&self, among: &Among, pane: Rect, painter: &mut Painter<'_>) {
        let (layers, count) = (&among.together.sharing.layers, among.together.names.len());
        // a column for each image, where they leave room for the commands
        let has_columns = count * 2 + usize::from(SIZE) + 24 <= usize::from(pane.width);
        let about = if has_columns { "● the image has it" } else { "numbers are images" };
        let summary = format!("{} ── {about}", counted(layers.len() as u64, "layer", "layers"));
        painter.title(pane, "Layers", &summary, self.in_below);
        let (heading, dim) = (layout::inside(pane), painter.theme.dim);
        let title = if has_columns { digits(count) } else { "IMAGES".to_owned() };
        let marks_width = if has_columns { columns(title.len()) } else { 12 };
        painter.right(heading, 1, 0, SIZE, "SIZE", dim);
        painter.put(heading, 1 + STEP, 0, pane.width, &title, dim);
        let command_at = 1 + STEP + marks_width + 2;
        painter.put(heading, command_at, 0, pane.width, "COMMAND", dim);
        let area = painter.scrolled(layout::rows(pane), self.inner.top, layers.len());
        for (y, row) in (0_u16..).zip(self.inner.window(layers.len(), usize::from(area.height))) {
            let layer = &layers[row];
            let style = if layer.images.len() > 1 { painter.theme.text } else { dim };
            painter.right(area, 1, y, SIZE, &units::size(layer.content), style);
            let marks = if has_columns { marks(&layer.images, count) } else { list(&layer.images) };
            painter.put(area, 1 + STEP, y, marks_width, &marks, style);
            let command = command_line(&among.together.commands[row]);
            painter.put(area, command_at, y, area.width, &command, style);
            if row == self.inner.cursor {
                painter.select(area, y, self.in_below);
            }
        }
    }

    fn draw_files(&self, among: &Among, pane: Rect, painter: &mut Painter<'_>) {
        let repeated = &among.together.sharing.repeated;
        let groups = &repeated.groups;
        let summary = format!("a common base could save {}", units::size(repeated.bytes));
        painter.title(pane, "The same files in different layers", &summary, self.in_below);
        let (heading, dim) = (layout::inside(pane), painter.theme.dim);
        painter.right(heading, 1, 0, SIZE, "SAVES", dim);
        painter.right(heading, 1 + STEP, 0, SIZE, "FILES", dim);
        painter.put(heading, 1 + 2 * STEP, 0, pane.width, "IMAGES", dim);
        let name_at = 1 + 2 * STEP + 12;
        painter.put(heading, name_at, 0, pane.width, "PACKAGE OR DIRECTORY", dim);
        let area = painter.scrolled(layout::rows(pane), self.inner.top, groups.len());
        if groups.is_empty() {
            painter.put(area, 2, 0, area.width, "no file of 4 KB or more is in several of them", dim);
        }
        for (y, row) in (0_u16..).zip(self.inner.window(groups.len(), usize::from(area.height))) {
            let group = &groups[row];
            let theme = painter.theme;
            painter.right(area, 1, y, SIZE, &units::size(group.bytes), theme.waste);
            painter.right(area, 1 + STEP, y, SIZE, &units::count(group.files), dim);
            painter.put(area, 1 + 2 * STEP, y, 10, &list(&group.images), dim);
            let room = usize::from(area.width.saturating_sub(name_at));
            painter.put(area, name_at, y, area.width, &fit_path(&owner(&group.owner), room), theme.text);
            if row == self.inner.cursor {
                painter.select(area, y, self.in_below);
            }
        }
    }
}
