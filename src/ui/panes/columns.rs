//! The columns of file trees. Names come first: other columns give way, the last ones first, before a name that
//! is on screen is cut.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::image::{Image, PathId};
use crate::overlay::Slot;
use crate::ui::describe;
use crate::ui::look::{Column, Look};
use crate::ui::text::Painter;
use crate::ui::tree::Sums;
use crate::units;

/// The least width of names before any column but the size is shown.
const LEAST_NAME: u16 = 22;

/// Where each column is.
pub(super) struct Columns {
    look: Look,
    size: u16,
    at: Vec<(Column, u16, u16, &'static str)>,
    /// Where names start.
    pub(super) name: u16,
}

/// The bytes of a row, and what they are compared with.
#[derive(Clone, Copy)]
pub(super) struct Bytes {
    /// Of the path and all below it.
    pub(super) own: u64,
    /// Of the directory that it is in.
    pub(super) parent: u64,
    /// Of everything that is shown: a full bar.
    pub(super) whole: u64,
}

impl Columns {
    /// The columns for a pane of this width; `longest` is the widest name on screen, and `content` the most that any
    /// size can be.
    pub(super) fn new(look: Look, width: u16, longest: u16, content: u64) -> Self {
        Self::of(look, width, longest, content, &|column| look.has(column))
    }

    /// The same, without columns that need a file's entry.
    pub(super) fn short(look: Look, width: u16, content: u64) -> Self {
        Self::of(look, width, 0, content, &|column| column == Column::Bar)
    }

    fn of(look: Look, width: u16, longest: u16, content: u64, wanted: &dyn Fn(Column) -> bool) -> Self {
        let size = look.size_width(content);
        let mut x = size + 1;
        let room = width.saturating_sub(longest.max(LEAST_NAME) + 2);
        let mut at = Vec::new();
        for (column, _, heading, columns) in Column::ALL {
            if wanted(column) && x + columns < room {
                at.push((column, x, columns, heading));
                x += columns + 1;
            }
        }
        Self { look, size, at, name: x }
    }

    /// Draws the headings; `note` follows that of the names.
    pub(super) fn heading(&self, area: Rect, size: &str, note: &str, painter: &mut Painter<'_>) {
        let style = painter.theme.dim;
        painter.right(area, 0, 0, self.size, size, style);
        for (_, x, columns, heading) in &self.at {
            painter.right(area, *x, 0, *columns, heading, style);
        }
        let x = painter.put(area, self.name + 2, 0, area.width, "NAME", style);
        let room = usize::from(area.width.saturating_sub(x + 2));
        painter.put(area, x + 2, 0, area.width, &crate::ui::text::fit_path(note, room), style);
    }

    /// Draws the size and the bar. Where no bytes stand, `gone` bytes are shown with a minus.
    pub(super) fn size(
        &self,
        area: Rect,
        y: u16,
        bytes: Bytes,
        gone: u64,
        bar: Style,
        painter: &mut Painter<'_>,
    ) {
        let is_gone = bytes.own == 0 && gone > 0;
        let (shown, style) = if is_gone {
            (format!("-{}", self.look.size(gone)), painter.theme.removed)
        } else {
            (self.look.size(bytes.own), painter.theme.text)
        };
        painter.right(area, 0, y, self.size, &shown, style);
        for &(column, x, columns, _) in &self.at {
            match column {
                Column::Bar => {
                    let part = if is_gone { gone } else { bytes.own };
                    painter.bar(area, x, y, columns, (part, bytes.whole), bar);
                }
                Column::Share if bytes.parent > 0 && !is_gone => {
                    let share = describe::share(bytes.own, bytes.parent);
                    painter.right(area, x, y, columns, &share, painter.theme.dim);
                }
                _ => {}
            }
        }
    }

    /// Draws what is known of a path besides its size.
    pub(super) fn attributes(
        &self,
        area: Rect,
        y: u16,
        (image, sums): (&Image, &Sums),
        (path, slot): (PathId, Option<Slot>),
        painter: &mut Painter<'_>,
    ) {
        let dim = painter.theme.dim;
        let id = match slot {
            Some(Slot::Entry(id)) => Some(id),
            _ => None,
        };
        for &(column, x, columns, _) in &self.at {
            let text = match (column, id) {
                (Column::Files, _) if describe::is_directory(image, slot) => {
                    units::count(sums.files(image, path).into())
                }
                (Column::Wasted, _) => {
                    let wasted = sums.wasted(image, path);
                    if wasted > 0 {
                        painter.right(area, x, y, columns, &units::size(wasted), painter.theme.waste);
                    }
                    continue;
                }
                (Column::Time, Some(id)) => describe::time(image.entry(id).mtime),
                (Column::Mode, Some(id)) => describe::mode(image, id),
                (Column::Owner, Some(id)) => {
                    let attrs = image.attrs_of(id);
                    format!("{}:{}", attrs.uid, attrs.gid)
                }
                _ => continue,
            };
            painter.right(area, x, y, columns, &text, dim);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(columns: &Columns) -> Vec<Column> {
        columns.at.iter().map(|column| column.0).collect()
    }

    #[test]
    fn columns_give_way_before_a_name_does() {
        let look = Look::default();
        assert_eq!(shown(&Columns::new(look, 66, 10, 0)), [Column::Bar, Column::Mode, Column::Owner]);
        assert_eq!(shown(&Columns::new(look, 66, 30, 0)), [Column::Bar, Column::Mode]);
        assert_eq!(shown(&Columns::new(look, 66, 44, 0)), [Column::Bar]);
        assert_eq!(shown(&Columns::new(look, 66, 60, 0)), []);
        assert_eq!(shown(&Columns::new(look, 30, 5, 0)), []);
    }

    #[test]
    fn exact_sizes_have_room() {
        let mut look = Look::default();
        look.exact = true;
        let columns = Columns::short(look, 80, 12_345_678_901);
        assert_eq!(columns.size, 14);
    }
}
