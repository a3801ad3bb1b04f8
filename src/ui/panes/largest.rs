//! The fourth tab: where the bytes of the final file system are. Directories to step into, as bars and as a
//! map beside them, or the largest files as a list.

use fixedbitset::FixedBitSet;
use ratatui::layout::{Position, Rect};

use super::treemap;
use crate::image::{EntryId, Image, PathId};
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout::{self, Split};
use crate::ui::list::List;
use crate::ui::pane::{Context, Pane, Reply};
use crate::ui::text::{self, Painter, fit_path, safe};
use crate::ui::tree::{Filter, Sort, Sums, Weight};
use crate::units;

/// Most files in the list.
const MOST_FILES: usize = 1000;
/// Most rectangles in the map; the rest is too small to see.
const MOST_RECTANGLES: usize = 60;

/// The state of the tab.
pub(super) struct Largest {
    as_files: bool,
    list: List,
    sort: Sort,
    sums: Sums,
    filter: Filter,
    /// The directory that is shown.
    here: PathId,
    /// What is in it, or the largest files: bytes and path.
    rows: Vec<(u64, PathId)>,
}

impl Largest {
    /// The root directory.
    pub(super) fn new(data: &Data) -> Self {
        let mut tab = Self {
            as_files: false,
            list: List::default(),
            sort: Sort::Size,
            sums: Sums::default(),
            filter: Filter::default(),
            here: PathId::ROOT,
            rows: Vec::new(),
        };
        tab.fill(data);
        tab
    }

    /// Counts every content of the final file system once, at the first path that names it.
    fn fill(&mut self, data: &Data) {
        let mut seen = FixedBitSet::with_capacity(data.image.entries.len());
        let filter = &self.filter;
        self.sums.fill(data.image.paths.len(), |path| {
            let slot = data.final_slot(path)?;
            if !filter.shows(path) {
                return None;
            }
            let Slot::Entry(id) = slot else { return Some(Weight::default()) };
            let is_file = !data.image.entry(id).kind.is_directory();
            Some(Weight { bytes: content(data, id, &mut seen), is_file })
        });
        self.list_rows(&data.image);
    }

    fn list_rows(&mut self, image: &Image) {
        self.rows.clear();
        if self.as_files {
            let sums = &self.sums;
            let all = (self.here.0 + 1..image.paths.end(self.here).0).map(PathId);
            // only what has bytes itself: a directory's are those of what is in it
            let leaf = |path: &PathId| image.paths.end(*path).0 == path.0 + 1;
            self.rows
                .extend(all.filter(leaf).map(|path| (sums.bytes(image, path), path)).filter(|row| row.0 > 0));
            let order = |row: &(u64, PathId)| (std::cmp::Reverse(row.0), row.1);
            if self.rows.len() > MOST_FILES {
                self.rows.select_nth_unstable_by_key(MOST_FILES, order);
                self.rows.truncate(MOST_FILES);
            }
            self.rows.sort_unstable_by_key(order);
        } else {
            let inside = image.paths.children(self.here).filter(|&path| self.sums.shown(image, path) > 0);
            self.rows.extend(inside.map(|path| (self.sums.bytes(image, path), path)));
            self.rows.sort_unstable_by_key(|row| (std::cmp::Reverse(row.0), row.1));
        }
        if self.sort == Sort::Name {
            self.rows.sort_unstable_by_key(|row| row.1);
        }
    }

    fn enter(&mut self, image: &Image, path: PathId, selected: Option<PathId>) {
        self.here = path;
        self.list_rows(image);
        self.list = List::default();
        if let Some(at) = self.rows.iter().position(|row| Some(row.1) == selected) {
            self.list.cursor = at;
        }
    }

    fn out(&mut self, image: &Image) -> bool {
        if self.here == PathId::ROOT {
            return false;
        }
        let from = self.here;
        self.enter(image, image.paths.parent(from), Some(from));
        true
    }

    fn path(&self) -> Option<PathId> {
        self.rows.get(self.list.cursor).map(|row| row.1)
    }

    fn open(&mut self, data: &Data) -> Option<Reply> {
        let path = self.path()?;
        if !self.as_files && describe::is_directory(&data.image, data.final_slot(path)) {
            self.enter(&data.image, path, None);
            return None;
        }
        // to the layer that wrote it
        let Some(Slot::Entry(id)) = data.final_slot(path) else { return None };
        let id = data.union.content_of(id).unwrap_or(id);
        Some(Reply::Goto { layer: data.image.layer_of(id), path })
    }

    fn split(&self, body: Rect) -> Split {
        let split = layout::split(body, false, 0);
        if self.as_files {
            Split { left: body, right: Rect { width: 0, ..split.right }, ..split }
        } else {
            split
        }
    }

    fn draw_bars(&self, data: &Data, pane: Rect, painter: &mut Painter<'_>) {
        let image = &data.image;
        let heading = layout::inside(pane);
        let dim = painter.theme.dim;
        painter.right(heading, 0, 0, 9, "SIZE", dim);
        painter.right(heading, 10, 0, 7, "SHARE", dim);
        let wide = pane.width >= 48;
        let name_at = if wide { 29 } else { 18 };
        painter.put(heading, name_at, 0, pane.width, if self.as_files { "PATH" } else { "NAME" }, dim);
        let area = layout::rows(pane);
        if self.rows.is_empty() {
            painter.put(area, 2, 0, area.width, "nothing here", dim);
        }
        let whole = self.sums.bytes(image, self.here);
        let most = self.rows.iter().map(|row| row.0).max().unwrap_or(0);
        for (y, at) in (0_u16..).zip(self.list.window(self.rows.len(), usize::from(area.height))) {
            let (bytes, path) = self.rows[at];
            let slot = data.final_slot(path);
            let is_directory = describe::is_directory(image, slot);
            painter.right(area, 0, y, 9, &units::size(bytes), painter.theme.text);
            painter.right(area, 10, y, 7, &share(bytes, whole), dim);
            if wide {
                painter.bar(area, 18, y, 10, (bytes, most), painter.theme.bar);
            }
            let name = if self.as_files {
                let text = data.path_text(path, false);
                fit_path(&text, usize::from(area.width.saturating_sub(40)))
            } else {
                let slash = if is_directory { "/" } else { "" };
                format!("{}{slash}", safe(image.paths.name(path)))
            };
            let style = if is_directory { painter.theme.accent } else { painter.theme.text };
            let x = painter.put(area, name_at, y, area.width, &name, style);
            let said = match slot {
                _ if is_directory => format!("  {}", text::files(self.sums.files(image, path))),
                Some(Slot::Entry(id)) => {
                    let target = describe::target(image, slot).unwrap_or_default();
                    format!("{target}  layer {}", image.layer_of(id))
                }
                _ => String::new(),
            };
            painter.put(area, x, y, area.width, &said, dim);
            if at == self.list.cursor {
                painter.select(area, y, true);
            }
        }
    }

    /// The rectangles of the map: the row of each, and where it is.
    fn rectangles(&self, pane: Rect) -> Vec<(usize, Rect)> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        if self.sort == Sort::Name {
            order.sort_by_key(|&at| std::cmp::Reverse(self.rows[at].0));
        }
        order.truncate(MOST_RECTANGLES);
        let sizes: Vec<u64> = order.iter().map(|&at| self.rows[at].0).collect();
        order.into_iter().zip(treemap::layout(&sizes, layout::inside(pane))).collect()
    }

    fn draw_map(&self, data: &Data, pane: Rect, painter: &mut Painter<'_>) {
        painter.title(pane, "Map", "areas are bytes", false);
        for (at, rect) in self.rectangles(pane) {
            let (bytes, path) = self.rows[at];
            let is_here = at == self.list.cursor;
            let line = if is_here { painter.theme.accent } else { painter.theme.rule };
            if rect.width < 2 || rect.height < 2 {
                for y in 0..rect.height {
                    painter.put(rect, 0, y, rect.width, &"▒".repeat(rect.width.into()), line);
                }
                continue;
            }
            frame(rect, is_here, line, painter);
            let inner = Rect { x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 2 };
            if inner.width < 3 {
                continue;
            }
            let slash = if describe::is_directory(&data.image, data.final_slot(path)) { "/" } else { "" };
            let name = format!("{}{slash}", safe(data.image.paths.name(path)));
            let style = if is_here { painter.theme.accent } else { painter.theme.text };
            painter.put(inner, 0, 0, inner.width, &name, style);
            painter.put(inner, 0, 1, inner.width, &units::size(bytes), painter.theme.dim);
        }
    }
}

fn frame(rect: Rect, heavy: bool, style: ratatui::style::Style, painter: &mut Painter<'_>) {
    let [top_left, top_right, bottom_left, bottom_right, across, down] = if heavy {
        ["┏", "┓", "┗", "┛", "━", "┃"]
    } else {
        ["┌", "┐", "└", "┘", "─", "│"]
    };
    let across = across.repeat(usize::from(rect.width) - 2);
    painter.put(rect, 0, 0, rect.width, &format!("{top_left}{across}{top_right}"), style);
    for y in 1..rect.height - 1 {
        painter.put(rect, 0, y, 1, down, style);
        painter.put(rect, rect.width - 1, y, 1, down, style);
    }
    painter.put(rect, 0, rect.height - 1, rect.width, &format!("{bottom_left}{across}{bottom_right}"), style);
}

/// The bytes behind an entry, the first time that they are asked for.
fn content(data: &Data, id: EntryId, seen: &mut FixedBitSet) -> u64 {
    let first = data.union.content_of(id).filter(|content| !seen.put(content.index()));
    first.map_or(0, |content| data.image.entry(content).size)
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let tenths = u128::from(part) * 1000 / u128::from(whole);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

impl Pane for Largest {
    fn name(&self) -> &'static str {
        "Largest"
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Styled, Scope::List, Scope::Global]
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let image = &context.data.image;
        match action {
            Action::Style => {
                self.as_files = !self.as_files;
                self.enter(image, self.here, None);
            }
            Action::Sort => {
                let path = self.path();
                self.sort = self.sort.other();
                self.enter(image, self.here, path);
            }
            Action::Open => return self.open(context.data),
            Action::Right => {
                let path = self.path()?;
                if !self.as_files && describe::is_directory(image, context.data.final_slot(path)) {
                    self.enter(image, path, None);
                }
            }
            Action::Left | Action::Parent => _ = self.out(image),
            _ => {
                let height = usize::from(layout::rows(self.split(context.body).left).height);
                self.list.act(action, self.rows.len(), height);
            }
        }
        None
    }

    fn close(&mut self, context: Context<'_>) -> bool {
        self.out(&context.data.image)
    }

    fn settle(&mut self, context: Context<'_>) {
        let height = usize::from(layout::rows(self.split(context.body).left).height);
        self.list.settle(self.rows.len(), height);
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let data = context.data;
        let split = self.split(context.body);
        let bytes = units::size(self.sums.bytes(&data.image, self.here));
        let here = fit_path(&data.path_text(self.here, true), 40);
        let (title, note) = if self.as_files {
            let count = self.rows.len();
            (
                format!("Largest files below {here}"),
                format!("{count} shown ── {bytes} in the final file system"),
            )
        } else {
            let files = text::files(self.sums.files(&data.image, self.here));
            (format!("Largest in {here}"), format!("{bytes} ── {files}"))
        };
        painter.title(split.left, &title, &note, true);
        self.draw_bars(data, split.left, painter);
        if split.right.width > 0 {
            self.draw_map(data, split.right, painter);
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let split = self.split(context.body);
        let hit = match layout::row_at(layout::rows(split.left), at) {
            Some(y) => Some(self.list.top + y),
            None => self
                .rectangles(split.right)
                .into_iter()
                .find(|(_, rect)| rect.contains(at))
                .map(|(row, _)| row),
        };
        let row = hit.filter(|&row| row < self.rows.len())?;
        if row == self.list.cursor {
            return self.open(context.data);
        }
        self.list.cursor = row;
        None
    }

    fn wheel(&mut self, context: Context<'_>, _at: Position, rows: isize) {
        let height = usize::from(layout::rows(self.split(context.body).left).height);
        self.list.wheel(rows, self.rows.len(), height);
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        self.fill(context.data);
        self.list = List::default();
    }

    fn selected(&self, _cx: Context<'_>) -> Option<PathId> {
        self.path()
    }

    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        context.data.final_slot(path)
    }
}
