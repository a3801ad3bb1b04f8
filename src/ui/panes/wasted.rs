//! The second tab: every path with wasted bytes, as a list or as a tree, and why they are wasted.

use ratatui::layout::{Position, Rect};

use super::files::{Columns, indent};
use crate::analysis::Wasted;
use crate::image::PathId;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::pane::{Context, Pane, Reply};
use crate::ui::text::{self, Painter, fit_path, safe, wrap};
use crate::ui::tree::{Acted, Filter, Sums, Tree, Weight};
use crate::units;

const DETAILS: u16 = 6;

/// The state of the tab.
pub(super) struct WastedTab {
    is_tree: bool,
    list: List,
    /// Indexes of the wasted paths that pass the filter; none: all of them.
    shown: Option<Vec<u32>>,
    filter: Filter,
    tree: Tree,
    sums: Sums,
    /// For each path its place in the analysis' list, by path.
    by_path: Vec<(PathId, u32)>,
}

impl WastedTab {
    /// A list, most bytes first.
    pub(super) fn new(data: &Data) -> Self {
        let mut by_path: Vec<_> =
            (0..).zip(&data.analysis.wasted).map(|(at, wasted)| (wasted.path, at)).collect();
        by_path.sort_unstable();
        let mut tab = Self {
            is_tree: false,
            list: List::default(),
            shown: None,
            filter: Filter::default(),
            tree: Tree::new(&data.image),
            sums: Sums::default(),
            by_path,
        };
        tab.fill(data);
        tab
    }

    fn fill(&mut self, data: &Data) {
        let mut next = self.by_path.iter().peekable();
        let filter = &self.filter;
        self.sums.fill(data.image.paths.len(), |path| {
            let (_, at) = next.next_if(|(wasted, _)| *wasted == path)?;
            filter
                .shows(path)
                .then(|| Weight { bytes: data.analysis.wasted[*at as usize].bytes, is_file: true })
        });
        self.tree.flatten(&data.image, &self.sums);
    }

    fn length(&self, data: &Data) -> usize {
        if self.is_tree {
            return self.tree.rows().len();
        }
        self.shown.as_ref().map_or(data.analysis.wasted.len(), Vec::len)
    }

    fn at<'a>(&self, data: &'a Data, row: usize) -> Option<&'a Wasted> {
        let at = match &self.shown {
            Some(shown) => *shown.get(row)? as usize,
            None => row,
        };
        data.analysis.wasted.get(at)
    }

    fn of_path<'a>(&self, data: &'a Data, path: PathId) -> Option<&'a Wasted> {
        let at = self.by_path.binary_search_by_key(&path, |(path, _)| *path).ok()?;
        data.analysis.wasted.get(self.by_path[at].1 as usize)
    }

    fn path(&self, data: &Data) -> Option<PathId> {
        if self.is_tree {
            self.tree.selected()
        } else {
            self.at(data, self.list.cursor).map(|wasted| wasted.path)
        }
    }

    /// To the layer that wrote the first of the copies.
    fn cause(&self, data: &Data, path: PathId) -> Option<Reply> {
        let wasted = self.of_path(data, path)?;
        let layer = data.analysis.copies_of(wasted).first()?.layer;
        Some(Reply::Goto { layer, path })
    }

    fn panes(body: Rect) -> (Rect, Rect) {
        let below = if body.height >= DETAILS * 2 { DETAILS } else { 0 };
        (
            Rect { height: body.height - below, ..body },
            Rect { y: body.y + body.height - below, height: below, ..body },
        )
    }

    fn draw_list(&self, data: &Data, area: Rect, painter: &mut Painter<'_>) {
        let whole = data.analysis.wasted.first().map_or(0, |wasted| wasted.bytes);
        let length = self.length(data);
        let wide = area.width >= 70;
        let timeline = if wide { (area.width * 38 / 100).max(28) } else { 0 };
        let short = Columns::short(area.width);
        for (y, row) in (0_u16..).zip(self.list.window(length, usize::from(area.height))) {
            let Some(wasted) = self.at(data, row) else { continue };
            short.numbers(area, y, wasted.bytes, whole, painter.theme.waste, painter);
            let room = area.width.saturating_sub(short.name + 2 + timeline);
            let path = fit_path(&data.path_text(wasted.path, false), usize::from(room.saturating_sub(1)));
            painter.put(area, short.name + 2, y, room, &path, painter.theme.text);
            if wide {
                painter.put(
                    area,
                    area.width - timeline,
                    y,
                    timeline,
                    &describe::timeline(data, wasted.path),
                    painter.theme.dim,
                );
            }
            if row == self.list.cursor {
                painter.select(area, y, true);
            }
        }
    }

    fn draw_tree(&self, data: &Data, area: Rect, painter: &mut Painter<'_>) {
        let image = &data.image;
        let rows = self.tree.rows();
        let short = Columns::short(area.width);
        let whole = self.sums.bytes(image, PathId::ROOT);
        for (y, at) in (0_u16..).zip(self.tree.list.window(rows.len(), usize::from(area.height))) {
            let row = rows[at];
            short.numbers(area, y, self.sums.bytes(image, row.path), whole, painter.theme.waste, painter);
            let x = short.name + 2 + indent(row.depth, area.width.saturating_sub(short.name));
            let below = self.sums.shown(image, row.path) - u32::from(self.of_path(data, row.path).is_some());
            let arrow = match (below > 0, self.tree.is_open(row.path)) {
                (false, _) => "  ",
                (true, true) => "▾ ",
                (true, false) => "▸ ",
            };
            let name = safe(image.paths.name(row.path));
            let x = painter.parts(area, x, y, &[(arrow, painter.theme.dim), (&name, painter.theme.text)]);
            let said = match self.of_path(data, row.path) {
                Some(wasted) => format!("  {}", describe::timeline(data, wasted.path)),
                None => format!("/  {}", text::files(self.sums.files(image, row.path))),
            };
            painter.put(area, x, y, area.width, &said, painter.theme.dim);
            if at == self.tree.list.cursor {
                painter.select(area, y, true);
            }
        }
    }

    fn draw_details(&self, data: &Data, pane: Rect, path: PathId, painter: &mut Painter<'_>) {
        let title = fit_path(&data.path_text(path, false), usize::from(pane.width.saturating_sub(8)));
        painter.title(pane, &title, "", false);
        let area = layout::inside(pane);
        let width = usize::from(area.width.saturating_sub(4));
        let mut lines = Vec::new();
        match self.of_path(data, path) {
            Some(wasted) => {
                lines.extend(
                    wrap(&describe::timeline(data, path), width)
                        .into_iter()
                        .map(|line| (line, painter.theme.text)),
                );
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
                    text::files(self.sums.files(&data.image, path))
                ),
                painter.theme.text,
            )),
        }
        for (y, (line, style)) in (0..area.height).zip(&lines) {
            painter.put(area, 2, y, area.width.saturating_sub(3), line, *style);
        }
    }
}

impl Pane for WastedTab {
    fn name(&self) -> &'static str {
        "Wasted"
    }

    fn badge(&self, data: &Data) -> String {
        units::size(data.analysis.totals.wasted)
    }

    fn scopes(&self) -> &'static [Scope] {
        if self.is_tree {
            &[Scope::Styled, Scope::Tree, Scope::List, Scope::Global]
        } else {
            &[Scope::Styled, Scope::List, Scope::Global]
        }
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        match action {
            Action::Style => {
                let path = self.path(data);
                self.is_tree = !self.is_tree;
                if let (true, Some(path)) = (self.is_tree, path) {
                    self.tree.reveal(&data.image, path);
                    self.tree.flatten(&data.image, &self.sums);
                }
            }
            Action::NextMatch | Action::PreviousMatch if self.is_tree => {
                let filter = &self.filter;
                let wasted = |path| self.by_path.binary_search_by_key(&path, |(path, _)| *path).is_ok();
                let on = filter.found.is_some();
                self.tree.jump(action == Action::NextMatch, |path| {
                    if on { filter.hits(path) } else { wasted(path) }
                });
            }
            Action::NextMatch => _ = self.list.act(Action::Down, self.length(data), height),
            Action::PreviousMatch => _ = self.list.act(Action::Up, self.length(data), height),
            _ if self.is_tree => {
                if let Acted::File(path) = self.tree.act(&data.image, &self.sums, action, height) {
                    return self.cause(data, path);
                }
            }
            Action::Open | Action::Right => return self.path(data).and_then(|path| self.cause(data, path)),
            Action::Sort => {
                return Some(Reply::Say("the list is by size; t shows a tree, which can be sorted".into()));
            }
            _ => _ = self.list.act(action, self.length(data), height),
        }
        None
    }

    fn settle(&mut self, context: Context<'_>) {
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        let length = self.length(context.data);
        if self.is_tree {
            self.tree.list.settle(length, height);
        } else {
            self.list.settle(length, height);
        }
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let data = context.data;
        let (pane, below) = Self::panes(context.body);
        let totals = &data.analysis.totals;
        let note = format!(
            "{} ── {} overwritten ({} of it with the same content), {} removed, {} repeated",
            text::counted(data.analysis.wasted.len() as u64, "path", "paths"),
            units::size(totals.overwritten),
            units::size(totals.metadata_only),
            units::size(totals.removed),
            units::size(totals.repeated)
        );
        painter.title(pane, "Wasted bytes", &note, true);
        let heading = layout::inside(pane);
        painter.right(heading, 0, 0, 8, "WASTED", painter.theme.dim);
        painter.put(heading, Columns::short(pane.width).name + 2, 0, pane.width, "PATH", painter.theme.dim);
        let area = layout::rows(pane);
        if data.analysis.wasted.is_empty() {
            painter.put(
                area,
                2,
                0,
                area.width,
                "Nothing: every byte of every layer can be seen in the final file system.",
                painter.theme.added,
            );
            return;
        }
        if self.length(data) == 0 {
            painter.put(area, 2, 0, area.width, "no wasted path matches the filter", painter.theme.dim);
        }
        if self.is_tree {
            self.draw_tree(data, area, painter);
        } else {
            self.draw_list(data, area, painter);
        }
        if let (true, Some(path)) = (below.height > 0, self.path(data)) {
            self.draw_details(data, below, path, painter);
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let y = layout::row_at(layout::rows(Self::panes(context.body).0), at)?;
        let length = self.length(context.data);
        let list = if self.is_tree { &mut self.tree.list } else { &mut self.list };
        let row = list.top + y;
        if row < length {
            if list.cursor == row {
                return self.act(context, Action::Open);
            }
            list.cursor = row;
            self.tree.note();
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, _at: Position, rows: isize) {
        let height = usize::from(layout::rows(Self::panes(context.body).0).height);
        let length = self.length(context.data);
        let list = if self.is_tree { &mut self.tree.list } else { &mut self.list };
        list.wheel(rows, length, height);
        self.tree.note();
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        let filter = &self.filter;
        self.shown = filter.found.is_some().then(|| {
            let all = (0..).zip(&context.data.analysis.wasted);
            all.filter(|(_, wasted)| filter.shows(wasted.path)).map(|(at, _)| at).collect()
        });
        self.list = List::default();
        self.fill(context.data);
    }

    fn selected(&self, context: Context<'_>) -> Option<PathId> {
        self.path(context.data)
    }

    /// The last copy that is wasted: what can still be looked at.
    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        let copies = self.of_path(context.data, path).map(|wasted| context.data.analysis.copies_of(wasted));
        match copies.and_then(<[_]>::last) {
            Some(copy) => Some(Slot::Entry(copy.entry)),
            None => context.data.final_slot(path),
        }
    }
}
