//! The file tree of a range of layers: what it changed, or the merged file system up to it.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::image::{Image, PathId};
use crate::layer::Kind;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::keymap::Action;
use crate::ui::layout;
use crate::ui::pane::Reply;
use crate::ui::text::{Painter, safe};
use crate::ui::theme::Theme;
use crate::ui::tree::{Acted, Bits, Filter, Mark, Marks, Row, Span, Sums, Tree, Weight};
use crate::units;

/// With a filter, directories open by themselves while no more paths than this are found.
const MOST_REVEALED: u32 = 2000;

/// The state of the tree.
pub(super) struct Files {
    pub(super) span: Span,
    pub(super) marks: Marks,
    pub(super) filter: Filter,
    pub(super) tree: Tree,
    /// What was open before the filter opened more.
    opened: Option<Bits>,
    sums: Sums,
}

impl Files {
    /// The changes of the first layer.
    pub(super) fn new(data: &Data) -> Self {
        let mut files = Self {
            span: Span::new(&data.image, &data.log),
            marks: Marks::default(),
            filter: Filter::default(),
            tree: Tree::new(&data.image),
            opened: None,
            sums: Sums::default(),
        };
        files.refresh(data);
        files
    }

    /// Counts what is shown, and flattens it.
    pub(super) fn refresh(&mut self, data: &Data) {
        let (span, marks, filter) = (&self.span, self.marks, &self.filter);
        let image = &data.image;
        self.sums.fill(image.paths.len(), |path| {
            let mark = span.mark(image, path)?;
            (marks.has(mark) && filter.shows(path)).then(|| weight(image, span, path, mark, marks))
        });
        self.tree.flatten(image, &self.sums);
    }

    /// Shows other layers.
    pub(super) fn go(&mut self, data: &Data, from: usize, to: usize) {
        if self.span.layers() != (from, to) {
            self.span.go(&data.log, from, to);
            self.refresh(data);
        }
    }

    /// The filter finds something else.
    pub(super) fn refilter(&mut self, data: &Data) {
        match (&self.filter.found, self.opened.take()) {
            (None, Some(opened)) => self.tree.reopen(&data.image, opened),
            (None, None) => {}
            (Some(_), opened) => self.opened = opened.or_else(|| Some(self.tree.opened())),
        }
        self.refresh(data);
        if let Some(found) = &self.filter.found
            && self.sums.shown(&data.image, PathId::ROOT) <= MOST_REVEALED
            && found.hits.count() <= MOST_REVEALED
        {
            for path in (0..data.image.paths.len()).map(PathId) {
                if found.hits.has(path) && self.sums.shown(&data.image, path) > 0 {
                    let mut at = data.image.paths.parent(path);
                    while at != PathId::ROOT && !self.tree.is_open(at) {
                        self.tree.set_open(at, true);
                        at = data.image.paths.parent(at);
                    }
                }
            }
            self.tree.flatten(&data.image, &self.sums);
        }
    }

    /// Files that are shown, and their bytes.
    pub(super) fn totals(&self, data: &Data) -> (u32, u64) {
        (self.sums.files(&data.image, PathId::ROOT), self.sums.bytes(&data.image, PathId::ROOT))
    }

    /// The selected path.
    pub(super) fn selected(&self) -> Option<PathId> {
        self.tree.selected()
    }

    /// Does what an action says.
    pub(super) fn act(&mut self, data: &Data, action: Action, height: usize) -> Option<Reply> {
        match action {
            Action::Merged => self.toggle(data, Mark::Unchanged),
            Action::Added => self.toggle(data, Mark::Added),
            Action::Modified => self.toggle(data, Mark::Modified),
            Action::Removed => self.toggle(data, Mark::Removed),
            Action::NextMatch | Action::PreviousMatch => {
                let filter = &self.filter;
                let on = filter.found.is_some();
                let (span, marks, image) = (&self.span, self.marks, &data.image);
                let is_match = |path: PathId| {
                    if on {
                        return filter.hits(path);
                    }
                    // without a filter: the next changed file
                    let mark = span.mark(image, path);
                    mark.is_some_and(|mark| mark != Mark::Unchanged && marks.has(mark))
                };
                if !self.tree.jump(action == Action::NextMatch, is_match) {
                    return Some(Reply::Say("no match in what is open; E opens all directories".into()));
                }
            }
            _ => {
                let acted = self.tree.act(&data.image, &self.sums, action, height);
                return matches!(acted, Acted::File(_)).then_some(Reply::View);
            }
        }
        None
    }

    fn toggle(&mut self, data: &Data, mark: Mark) {
        self.marks.toggle(mark);
        self.refresh(data);
    }

    /// Shows a path of the range, whatever is hidden now.
    pub(super) fn reveal(&mut self, data: &Data, path: PathId) {
        if let Some(mark) = self.span.mark(&data.image, path) {
            self.marks.show(mark);
        }
        if !self.filter.shows(path) {
            self.filter.text.clear();
            self.filter.changed();
        }
        self.tree.reveal(&data.image, path);
        self.refresh(data);
    }

    /// Draws the heading and the rows.
    pub(super) fn draw(&self, data: &Data, pane: Rect, focused: bool, painter: &mut Painter<'_>) {
        let columns = Columns::new(pane.width);
        columns.heading(layout::inside(pane), painter);
        let area = layout::rows(pane);
        let rows = self.tree.rows();
        let whole = self.sums.bytes(&data.image, PathId::ROOT);
        if rows.is_empty() {
            painter.put(area, 2, 0, area.width, self.nothing(), painter.theme.dim);
        }
        let window = self.tree.list.window(rows.len(), usize::from(area.height));
        for (y, at) in (0_u16..).zip(window) {
            let row = rows[at];
            let selected = at == self.tree.list.cursor;
            self.row(data, area, y, row, (whole, &columns), painter);
            if selected {
                painter.select(area, y, focused);
            }
        }
        if self.tree.is_cut() {
            let y = area.height.saturating_sub(1);
            painter.put(
                area,
                0,
                y,
                area.width,
                " … and more: filter with / or close directories",
                painter.theme.dim,
            );
        }
    }

    fn nothing(&self) -> &'static str {
        if self.filter.found.is_some() {
            "no path here matches the filter"
        } else if self.marks == Marks::default() {
            "this layer changes no file; a shows the merged file system"
        } else {
            "nothing of the chosen kinds; A M R and a choose"
        }
    }

    fn row(
        &self,
        data: &Data,
        area: Rect,
        y: u16,
        row: Row,
        (whole, columns): (u64, &Columns),
        painter: &mut Painter<'_>,
    ) {
        let image = &data.image;
        let slot = self.span.slot(row.path);
        let is_directory = describe::is_directory(image, slot);
        let own = self.span.mark(image, row.path).unwrap_or(Mark::Unchanged);
        // a directory whose files changed is marked as modified, though the layer may only mention it
        let changes = is_directory && own == Mark::Unchanged && !self.marks.has(Mark::Unchanged);
        let mark = if changes { Mark::Modified } else { own };
        let style = mark_style(painter.theme, mark);
        let bytes = match self.sums.bytes(image, row.path) {
            // removed files count nothing in the merged view, but their rows tell what they had
            0 if own == Mark::Removed => describe::size(image, slot),
            bytes => bytes,
        };
        let bar = if own == Mark::Removed { painter.theme.waste } else { painter.theme.bar };
        columns.numbers(area, y, bytes, whole, bar, painter);
        columns.attributes(area, y, image, slot, painter);
        let x = painter.put(area, columns.name, y, 2, mark.symbol(), style) + 1;
        let x = x + indent(row.depth, area.width.saturating_sub(columns.name));
        let arrow = match (is_directory, self.tree.is_open(row.path)) {
            (false, _) => "  ",
            (true, true) => "▾ ",
            (true, false) => "▸ ",
        };
        let name = safe(image.paths.name(row.path));
        let name_style = if is_directory && mark == Mark::Unchanged { painter.theme.text } else { style };
        let x = painter.parts(area, x, y, &[(arrow, painter.theme.dim), (&name, name_style)]);
        let x = if is_directory { painter.put(area, x, y, 1, "/", name_style) } else { x };
        if let Some(target) = describe::target(image, slot) {
            painter.put(area, x, y, area.width, &target, painter.theme.dim);
        } else if is_directory && !self.tree.is_open(row.path) {
            let files = self.sums.files(image, row.path);
            if files > 0 {
                let said = format!("  {}", crate::ui::text::files(files));
                painter.put(area, x, y, area.width, &said, painter.theme.dim);
            }
        }
    }
}

/// The indent of a depth; very deep rows are not pushed out of the pane.
pub(super) fn indent(depth: u16, room: u16) -> u16 {
    depth.saturating_mul(2).min(room / 2)
}

fn weight(image: &Image, span: &Span, path: PathId, mark: Mark, marks: Marks) -> Weight {
    let Some(id) = span.entry(path) else { return Weight::default() };
    let entry = image.entry(id);
    let is_gone = mark == Mark::Removed && marks.has(Mark::Unchanged);
    Weight { bytes: if is_gone { 0 } else { entry.size }, is_file: entry.kind != Kind::Directory }
}

/// The style of a mark.
pub(super) fn mark_style(theme: &Theme, mark: Mark) -> Style {
    match mark {
        Mark::Unchanged => theme.dim,
        Mark::Added => theme.added,
        Mark::Modified => theme.modified,
        Mark::Removed => theme.removed,
    }
}

/// The columns of a tree, as far as they fit.
pub(super) struct Columns {
    bar: Option<(u16, u16)>,
    mode: Option<u16>,
    owner: Option<u16>,
    pub(super) name: u16,
}

/// Columns of a size: `96.4 MB`.
const SIZE: u16 = 8;
const OWNER: u16 = 11;

impl Columns {
    /// The columns of a pane of this width.
    pub(super) fn new(width: u16) -> Self {
        let mut x = SIZE + 1;
        let mut take = |is_there: bool, columns: u16| {
            is_there.then(|| {
                let at = x;
                x += columns + 1;
                at
            })
        };
        let bar = take(width >= 44, 8).map(|at| (at, 8));
        let mode = take(width >= 58, 10);
        let owner = take(width >= 66, OWNER);
        Self { bar, mode, owner, name: x }
    }

    /// Without mode and owner.
    pub(super) fn short(width: u16) -> Self {
        let Self { bar, .. } = Self::new(width);
        Self { bar, mode: None, owner: None, name: bar.map_or(SIZE + 1, |(at, long)| at + long + 1) }
    }

    /// The names of the columns.
    pub(super) fn heading(&self, area: Rect, painter: &mut Painter<'_>) {
        let style = painter.theme.dim;
        painter.right(area, 0, 0, SIZE, "SIZE", style);
        if let Some(x) = self.mode {
            painter.put(area, x, 0, 10, "MODE", style);
        }
        if let Some(x) = self.owner {
            painter.put(area, x, 0, OWNER, "OWNER", style);
        }
        painter.put(area, self.name + 2, 0, area.width, "NAME", style);
    }

    /// The size, with its bar.
    pub(super) fn numbers(
        &self,
        area: Rect,
        y: u16,
        bytes: u64,
        whole: u64,
        style: Style,
        painter: &mut Painter<'_>,
    ) {
        let text = if bytes == 0 { painter.theme.dim } else { painter.theme.text };
        painter.right(area, 0, y, SIZE, &units::size(bytes), text);
        if let Some((x, width)) = self.bar {
            painter.bar(area, x, y, width, (bytes, whole), style);
        }
    }

    fn attributes(&self, area: Rect, y: u16, image: &Image, slot: Option<Slot>, painter: &mut Painter<'_>) {
        let Some(Slot::Entry(id)) = slot else { return };
        let dim = painter.theme.dim;
        if let Some(x) = self.mode {
            painter.put(area, x, y, 10, &describe::mode(image, id), dim);
        }
        if let Some(x) = self.owner {
            let attrs = image.attrs_of(id);
            painter.put(area, x, y, OWNER, &format!("{}:{}", attrs.uid, attrs.gid), dim);
        }
    }
}
