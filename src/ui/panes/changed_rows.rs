//! Drawing what changed since an older image.

use std::cmp::Ordering;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::changed::Changed;
use crate::compare::{ChangeKind, Side};
use crate::image::PathId;
use crate::ui::data::{Data, Older, command};
use crate::ui::layout;
use crate::ui::look::Look;
use crate::ui::pane::Context;
use crate::ui::text::{Painter, counted, fit_path, safe};
use crate::ui::theme::Theme;

/// How a kind of change is marked, and the word for a number of them.
fn mark(kind: ChangeKind, theme: &Theme) -> (&'static str, Style) {
    match kind {
        ChangeKind::Added => ("+", theme.added),
        ChangeKind::Removed => ("-", theme.removed),
        ChangeKind::Changed => ("~", theme.modified),
        ChangeKind::Metadata => ("m", theme.modified),
        ChangeKind::Moved => (">", theme.accent),
    }
}

/// A difference of bytes with its sign; `=` for none.
fn signed(look: Look, before: u64, after: u64) -> String {
    crate::text::signed(before, after, &look.size(before.abs_diff(after)))
}

/// More bytes are the colour of waste, fewer that of what was gained.
fn colour(theme: &Theme, before: u64, after: u64) -> Style {
    match after.cmp(&before) {
        Ordering::Greater => theme.waste,
        Ordering::Equal => theme.dim,
        Ordering::Less => theme.added,
    }
}

impl Changed {
    pub(super) fn draw_all(&self, context: Context<'_>, older: &Older, painter: &mut Painter<'_>) {
        let (above, below) = Self::panes(context.body);
        self.draw_rows(context, older, above, painter);
        if below.height > 0 {
            self.draw_details(context.data, context.look, older, below, painter);
        }
    }

    fn draw_rows(&self, context: Context<'_>, older: &Older, pane: Rect, painter: &mut Painter<'_>) {
        let (look, tree) = (context.look, &older.tree);
        let name = safe(older.examination.image.about.reference.as_bytes());
        let sums = ChangeKind::ALL.iter().filter_map(|kind| {
            let paths = older.comparison.sums_of(*kind).paths;
            (paths > 0).then(|| format!("{} {}", crate::units::count(paths), kind.name()))
        });
        let (before, after) = (older.examination.analysis.totals.live, context.data.analysis.totals.live);
        let summary = format!(
            "{} in a container ── {}",
            signed(look, before, after),
            sums.collect::<Vec<_>>().join(", ")
        );
        painter.title(pane, &format!("Changes since {}", fit_path(&name, 40)), &summary, true);
        let (heading, dim) = (layout::inside(pane), painter.theme.dim);
        let size = look.size_width(before.max(after));
        let wide = pane.width >= 3 * (size + 2) + 30;
        let gained = size + 1;
        let name_at = if wide { 1 + gained + 2 * (size + 2) + 2 } else { 1 + gained + 2 };
        painter.right(heading, 1, 0, gained, "GAINED", dim);
        if wide {
            painter.right(heading, 3 + gained, 0, size, "BEFORE", dim);
            painter.right(heading, 5 + gained + size, 0, size, "AFTER", dim);
        }
        painter.put(heading, name_at, 0, pane.width, "NAME", dim);
        let length = self.rows.rows.len();
        let area = painter.scrolled(layout::rows(pane), self.list.top, length);
        if length == 0 {
            let said = if tree.len() > 1 {
                "nothing here: the filter or A, M, R hide it"
            } else {
                "no path differs"
            };
            painter.put(area, 2, 0, area.width, said, dim);
        }
        for (y, row) in (0_u16..).zip(self.list.window(length, usize::from(area.height))) {
            let number = self.rows.rows[row];
            let node = tree.node(number);
            let style = colour(painter.theme, node.before, node.after);
            painter.right(area, 1, y, gained, &signed(look, node.before, node.after), style);
            if wide {
                let bytes = |bytes: u64| if bytes == 0 { "-".to_owned() } else { look.size(bytes) };
                painter.right(area, 3 + gained, y, size, &bytes(node.before), dim);
                painter.right(area, 5 + gained + size, y, size, &bytes(node.after), painter.theme.text);
            }
            self.draw_name(older, number, area, (name_at, y), painter);
            if row == self.list.cursor {
                painter.select(area, y, true);
            }
        }
    }

    fn draw_name(
        &self,
        older: &Older,
        number: usize,
        area: Rect,
        (x, y): (u16, u16),
        painter: &mut Painter<'_>,
    ) {
        let (tree, node) = (&older.tree, older.tree.node(number));
        let (sign, style) = node.change.map_or(("", painter.theme.dim), |change| {
            mark(older.comparison.changes[change].kind, painter.theme)
        });
        painter.put(area, x, y, 1, sign, style);
        let indent = x + 2 + 2 * node.depth.saturating_sub(1).min(20);
        let name = safe(tree.name(number));
        if tree.has_children(number) {
            let arrow = if self.rows.is_open(number) { "▾ " } else { "▸ " };
            let at = painter.put(area, indent, y, 2, arrow, painter.theme.dim);
            let paths = counted(node.paths as u64, "path", "paths");
            let room = usize::from(area.width.saturating_sub(at + 3 + crate::ui::text::width(&paths)));
            let at = painter.put(
                area,
                at,
                y,
                area.width,
                &fit_path(&format!("{name}/"), room),
                painter.theme.text,
            );
            painter.put(area, at + 2, y, area.width, &paths, painter.theme.dim);
        } else {
            let room = usize::from(area.width.saturating_sub(indent + 2));
            painter.put(area, indent + 2, y, area.width, &fit_path(&name, room), painter.theme.text);
        }
    }

    /// The selected path in both images, with the layer and the command behind each.
    fn draw_details(&self, data: &Data, look: Look, older: &Older, pane: Rect, painter: &mut Painter<'_>) {
        let Some(number) = self.node() else {
            painter.title(pane, "", "", false);
            return;
        };
        let node = older.tree.node(number);
        let path = format!("/{}", safe(&older.tree.path(number)));
        painter.title(pane, &fit_path(&path, usize::from(pane.width.saturating_sub(8))), "", false);
        let area = layout::inside(pane);
        let (text, dim) = (painter.theme.text, painter.theme.dim);
        let difference = signed(look, node.before, node.after);
        let Some(change) = self.change(older) else {
            let said = format!("{} below it differ", counted(node.paths as u64, "path", "paths"));
            painter.put(area, 2, 0, area.width, &said, text);
            let said =
                format!("{} before, {} after: {difference}", look.size(node.before), look.size(node.after));
            painter.put(area, 2, 1, area.width, &said, dim);
            return;
        };
        let (old, new) = (older.examination.side(), data.side());
        let from = change.old.filter(|_| change.kind == ChangeKind::Moved);
        let from =
            from.map(|from| format!(" from /{}", safe(&old.image.paths.full(from)))).unwrap_or_default();
        let said = format!("{}{from}, {difference}", change.kind.name());
        painter.put(area, 2, 0, area.width, &said, mark(change.kind, painter.theme).1);
        let sides = [("before", &old, change.old), ("after", &new, change.new)];
        for (y, (label, side, path)) in (1..).zip(sides) {
            let x = painter.put(area, 2, y, 8, label, dim).max(9);
            painter.put(area, x + 1, y, area.width, &cause(side, path), text);
        }
    }
}

/// Which layer stores a path, and the command that made it.
fn cause(side: &Side<'_>, path: Option<PathId>) -> String {
    let Some(path) = path else { return "not there".into() };
    match side.layer(path) {
        Some(layer) => format!("layer {layer}  {}", command(side.image, layer)),
        None => "a directory that no layer names".into(),
    }
}
