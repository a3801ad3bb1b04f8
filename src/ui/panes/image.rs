//! The tab of the image itself: names, totals, configuration, history, remarks, one row each. A value too long for
//! its row is wrapped below, and can be viewed and copied in full.

use ratatui::layout::{Position, Rect};

use super::image_rows::{self, Item, Row};
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::pane::{Context, Count, Pane, Reply};
use crate::ui::text::{Painter, safe, width, wrap};
use crate::ui::tree::Filter;
use crate::ui::viewer::Page;

/// The state of the tab.
pub(super) struct ImageTab {
    items: Vec<Item>,
    /// The items that are shown.
    shown: Vec<usize>,
    filter: Filter,
    list: List,
}

/// Columns of the names.
const NAMES: u16 = 18;
/// Bytes of a value that its row, the details, and the filter look at.
const SHOWN: usize = 1000;
const DETAILED: usize = 10_000;
const SEARCHED: usize = 100_000;
/// Rows of the details, their title included.
const DETAILS: u16 = 5;

impl ImageTab {
    /// All rows, the first one selected.
    pub(super) fn new(data: &Data) -> Self {
        let items = image_rows::items(data);
        let shown = (0..items.len()).collect();
        let mut tab = Self { items, shown, filter: Filter::plain(), list: List::default() };
        tab.leave_heading(true);
        tab
    }

    /// Skips rows without a value, in the direction of the move.
    fn leave_heading(&mut self, down: bool) {
        let has_value = |row: &usize| !self.items[self.shown[*row]].is_heading();
        let here = self.list.cursor;
        let (below, above) = (here..self.shown.len(), 0..here.min(self.shown.len()));
        let next = if down {
            below.clone().find(has_value).or_else(|| above.rev().find(has_value))
        } else {
            let at_or_above = 0..(here + 1).min(self.shown.len());
            at_or_above.rev().find(has_value).or_else(|| below.clone().find(has_value))
        };
        self.list.cursor = next.unwrap_or(here);
    }

    fn panes(body: Rect) -> (Rect, Rect) {
        let below = if body.height >= DETAILS * 3 { DETAILS } else { 0 };
        (
            Rect { height: body.height - below, ..body },
            Rect { y: body.y + body.height - below, height: below, ..body },
        )
    }

    fn item(&self) -> Option<&Item> {
        self.items.get(*self.shown.get(self.list.cursor)?)
    }

    fn row(&self, data: &Data, most: usize) -> Option<Row> {
        self.item().map(|item| item.row(data, most))
    }
}

impl Pane for ImageTab {
    fn name(&self) -> &'static str {
        "Image"
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Image, Scope::List, Scope::Global]
    }

    fn offers(&self, action: Action) -> bool {
        !matches!(action, Action::NextPane | Action::Extract | Action::History)
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let height = usize::from(layout::inside(Self::panes(context.body).0).height);
        match action {
            Action::Open => {
                return Some(self.item()?.layer(context.data).map_or(Reply::View, Reply::Layer));
            }
            Action::NextMatch => return self.act(context, Action::Down),
            Action::PreviousMatch => return self.act(context, Action::Up),
            _ => {
                let before = self.list.cursor;
                self.list.act(action, self.shown.len(), height);
                self.leave_heading(self.list.cursor >= before);
            }
        }
        None
    }

    fn settle(&mut self, context: Context<'_>) {
        let height = usize::from(layout::inside(Self::panes(context.body).0).height);
        self.list.settle(self.shown.len(), height);
        if self.list.cursor == 1 {
            // the heading above the first row is seen with it
            self.list.top = 0;
        }
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let data = context.data;
        let (pane, below) = Self::panes(context.body);
        painter.title(pane, "Image", &safe(data.image.about.reference.as_bytes()), true);
        let area = painter.scrolled(layout::inside(pane), self.list.top, self.shown.len());
        if self.shown.is_empty() {
            painter.put(area, 2, 0, area.width, "nothing contains that", painter.theme.dim);
        }
        for (y, row) in (0_u16..).zip(self.list.window(self.shown.len(), usize::from(area.height))) {
            let item = &self.items[self.shown[row]];
            let Row { name, value } = item.row(data, SHOWN);
            let style = item.style(data, painter.theme);
            if item.is_heading() {
                painter.put(area, 1, y, area.width, &name, style);
            } else {
                painter.right(area, 1, y, NAMES, &safe(name.as_bytes()), painter.theme.dim);
                painter.put(area, NAMES + 3, y, area.width, &safe(value.as_bytes()), style);
            }
            if row == self.list.cursor {
                painter.select(area, y, true);
            }
        }
        if let (true, Some(Row { name, value })) = (below.height > 0, self.row(data, DETAILED)) {
            let title = if name.trim().is_empty() { "the same" } else { name.trim() };
            painter.title(below, title, "", false);
            let area = layout::inside(below);
            let columns = area.width.saturating_sub(4);
            // what fits, and a little more to notice a cut
            let most = usize::from(columns) * (usize::from(area.height) + 1);
            let lines = wrap(&crate::text::line(value.as_bytes(), most), usize::from(columns));
            for (y, line) in (0..area.height).zip(&lines) {
                painter.put(area, 2, y, columns, line, painter.theme.text);
            }
            if lines.len() > usize::from(area.height) {
                let said = " … v shows it whole";
                let x = area.width.saturating_sub(width(said) + 1);
                painter.put(area, x, area.height.saturating_sub(1), area.width, said, painter.theme.dim);
            }
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let y = layout::row_at(layout::inside(Self::panes(context.body).0), at)?;
        let row = self.list.top + y;
        if row < self.shown.len() {
            if self.list.cursor == row {
                return self.act(context, Action::Open);
            }
            self.list.cursor = row;
            self.leave_heading(true);
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, _at: Position, rows: isize) {
        let height = usize::from(layout::inside(Self::panes(context.body).0).height);
        self.list.wheel(rows, self.shown.len(), height);
        self.leave_heading(rows >= 0);
    }

    fn filter(&mut self) -> Option<&mut Filter> {
        Some(&mut self.filter)
    }

    fn filter_shown(&self) -> Option<&Filter> {
        Some(&self.filter)
    }

    fn refilter(&mut self, context: Context<'_>) {
        let accepts = |at: &usize| {
            let item = &self.items[*at];
            self.filter.text.is_empty() || {
                let Row { name, value } = item.row(context.data, SEARCHED);
                !item.is_heading() && self.filter.accepts(&[&name, &value])
            }
        };
        self.shown = (0..self.items.len()).filter(accepts).collect();
        self.list = List::default();
    }

    fn count(&self, _cx: Context<'_>) -> Option<Count> {
        let all = self.items.iter().filter(|item| !item.is_heading()).count() as u64;
        Some(Count { shown: self.shown.len() as u64, all, ..Count::default() })
    }

    fn page(&self, context: Context<'_>) -> Option<Page> {
        let Row { name, value } = self.row(context.data, usize::MAX)?;
        Some(Page {
            title: safe(name.trim().as_bytes()),
            about: String::new(),
            body: value.clone(),
            copied: value,
        })
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        self.row(context.data, usize::MAX).map(|row| row.value).filter(|value| !value.is_empty())
    }

    fn note(&self, _cx: Context<'_>) -> String {
        let has_value = |at: &&usize| !self.items[**at].is_heading();
        let before = self.shown[..(self.list.cursor + 1).min(self.shown.len())].iter();
        format!("row {} of {}", before.filter(has_value).count(), self.shown.iter().filter(has_value).count())
    }
}
