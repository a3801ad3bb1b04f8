//! Columns of figures before, after, and their difference.

use std::io;

use anstyle::Style;

use crate::report::text::page::{Line, Page};
use crate::report::text::style::{BOLD, DIM, PASS, PLAIN, WASTE};
use crate::text::{self, columns};
use crate::units;

/// Columns of a label.
const LABEL: usize = 10;
/// Fewest columns of a figure: what a size takes.
const FIGURE: usize = 8;

/// One figure of both images.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell {
    /// Bytes.
    Size(u64, u64),
    /// A number of things.
    Count(u64, u64),
    /// A share, of which more is better.
    Share(f64, f64),
}

impl Cell {
    /// The figure before and after.
    pub(super) fn sides(self) -> [String; 2] {
        match self {
            Self::Size(old, new) => [old, new].map(units::size),
            Self::Count(old, new) => [old, new].map(units::count),
            Self::Share(old, new) => [old, new].map(units::share),
        }
    }

    /// The difference with its sign, and how it is coloured; `=` for none.
    pub(super) fn difference(self) -> (String, Style) {
        match self {
            Self::Size(old, new) => signed(old, new, &units::size(old.abs_diff(new))),
            Self::Count(old, new) => signed(old, new, &units::count(old.abs_diff(new))),
            Self::Share(old, new) => {
                let points = ((new - old) * 1000.0).round() / 10.0;
                if points == 0.0 {
                    return ("=".into(), DIM);
                }
                (format!("{points:+.1} %"), if points > 0.0 { PASS } else { WASTE })
            }
        }
    }

    /// By how much bytes grew, in percent of what they were; nothing where one side has none.
    fn percent(self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a percentage is shown with one digit")]
        let percent = |old: u64, new: u64| (new as f64 - old as f64) * 100.0 / old as f64;
        match self {
            Self::Size(old, new) if old > 0 && new > 0 && old != new => {
                format!("{:+.1} %", percent(old, new))
            }
            _ => String::new(),
        }
    }
}

/// A difference that is already in words, with its sign.
fn signed(old: u64, new: u64, difference: &str) -> (String, Style) {
    let style = match old.cmp(&new) {
        std::cmp::Ordering::Less => WASTE,
        std::cmp::Ordering::Equal => DIM,
        std::cmp::Ordering::Greater => PASS,
    };
    (text::signed(old, new, difference), style)
}

/// The widths of the columns.
pub(super) struct Sides {
    figure: usize,
    difference: usize,
}

impl Sides {
    /// Wide enough for all these.
    pub(super) fn of(cells: impl Iterator<Item = Cell>) -> Self {
        let mut sides = Self { figure: FIGURE, difference: "DIFFERENCE".len() };
        for cell in cells {
            let widest = cell.sides().iter().map(|text| columns(text)).max().unwrap_or(0);
            sides.figure = sides.figure.max(widest);
            sides.difference = sides.difference.max(columns(&cell.difference().0));
        }
        sides
    }

    /// Writes the heads of the columns; `count` is that of a number before the figures.
    pub(super) fn head(&self, page: &mut Page<'_>, label: &str, count: Option<&str>) -> io::Result<()> {
        let mut line = page.line();
        line.left(LABEL, BOLD, label).gap(2);
        if let Some(count) = count {
            line.right(FIGURE, BOLD, count).gap(2);
        }
        line.right(self.figure, BOLD, "OLD").gap(2).right(self.figure, BOLD, "NEW").gap(2);
        line.right(self.difference, BOLD, "DIFFERENCE");
        page.put(&line)
    }

    /// Writes one row.
    pub(super) fn row(
        &self,
        page: &mut Page<'_>,
        label: &str,
        count: Option<u64>,
        cell: Cell,
    ) -> io::Result<()> {
        let mut line = page.line();
        line.left(LABEL, PLAIN, label).gap(2);
        if let Some(count) = count {
            line.right(FIGURE, PLAIN, units::count(count)).gap(2);
        }
        let ([old, new], (difference, style)) = (cell.sides(), cell.difference());
        line.right(self.figure, PLAIN, old).gap(2).right(self.figure, PLAIN, new).gap(2);
        line.right(self.difference, style, difference).gap(2).right(FIGURE, DIM, cell.percent());
        page.put(&line)
    }
}

/// Writes the heads of a list that begins with bytes gained or lost.
pub(super) fn list_head(page: &mut Page<'_>, what: &str) -> io::Result<()> {
    let mut line = page.line();
    line.right(FIGURE + 1, BOLD, "CHANGE").gap(2).right(FIGURE, BOLD, "OLD").gap(2);
    line.right(FIGURE, BOLD, "NEW").gap(2).text(BOLD, what);
    page.put(&line)
}

/// A row of such a list as far as the bytes: `-` where there was nothing.
pub(super) fn list_row(page: &Page<'_>, old: Option<u64>, new: Option<u64>) -> Line {
    let (difference, style) = Cell::Size(old.unwrap_or(0), new.unwrap_or(0)).difference();
    let mut line = page.line();
    line.right(FIGURE + 1, style, difference).gap(2);
    for side in [old, new] {
        match side {
            Some(bytes) => line.right(FIGURE, PLAIN, units::size(bytes)),
            None => line.right(FIGURE, DIM, "-"),
        };
        line.gap(2);
    }
    line
}
