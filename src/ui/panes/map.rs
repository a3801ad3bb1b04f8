//! The map of a directory: what all layers store below it, as nested areas, computed when
//! something changes.

use std::cmp::Reverse;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::treemap;
use crate::image::PathId;
use crate::ui::data::Data;
use crate::ui::keymap::Action;
use crate::ui::look::Look;
use crate::ui::text::{Painter, fit_path, safe, width};
use crate::ui::theme::Theme;
use crate::ui::tree::{Sums, first_of};

/// How deep areas nest.
const LEVELS: u16 = 3;
/// Most areas of one directory; smaller ones share one area.
const MOST: usize = 120;

/// Where most bytes of an area come from, and whether anybody can see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Base,
    Own,
    Wasted,
}

impl Origin {
    /// Every origin: its name, and what fills its areas, so that none needs its colour.
    const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Base, "base", "░"), (Self::Own, "own", "▒"), (Self::Wasted, "wasted", "╳")];

    fn fill(self) -> &'static str {
        Self::ALL.into_iter().find(|(origin, ..)| *origin == self).map_or(" ", |(.., fill)| fill)
    }

    fn style(self, theme: &Theme) -> Style {
        match self {
            Self::Base => theme.dim,
            Self::Own => theme.bar,
            Self::Wasted => theme.waste,
        }
    }
}

/// One area.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    /// The path; none for the area that smaller paths share.
    pub(super) path: Option<PathId>,
    pub(super) rect: Rect,
    bytes: u64,
    origin: Origin,
    /// It is drawn with areas in it.
    has_inner: bool,
}

/// The areas of a directory, outer ones first.
#[derive(Debug, Default)]
pub(super) struct Map {
    pub(super) areas: Vec<Area>,
    /// What it was made for.
    made_for: Option<(PathId, Rect, u64)>,
}

/// Bytes of a path and all below it, of all layers. The sums hold own live bytes, base live bytes, and wasted ones.
pub(super) fn bytes(data: &Data, sums: &Sums, path: PathId) -> u64 {
    let image = &data.image;
    sums.bytes(image, path) + sums.gone(image, path) + sums.wasted(image, path)
}

fn origin(data: &Data, sums: &Sums, path: PathId) -> Origin {
    let image = &data.image;
    let (own, base, wasted) = (sums.bytes(image, path), sums.gone(image, path), sums.wasted(image, path));
    if wasted >= own.max(base) {
        Origin::Wasted
    } else if own >= base {
        Origin::Own
    } else {
        Origin::Base
    }
}

impl Map {
    /// Makes the areas of a directory, unless they are there. `turn` is another number when the sums are others.
    pub(super) fn make(&mut self, data: &Data, sums: &Sums, here: PathId, rect: Rect, turn: u64) {
        if self.made_for != Some((here, rect, turn)) {
            self.made_for = Some((here, rect, turn));
            self.areas.clear();
            self.lay_out(data, sums, here, rect, 1);
        }
    }

    fn lay_out(&mut self, data: &Data, sums: &Sums, directory: PathId, rect: Rect, level: u16) {
        let image = &data.image;
        let mut whole = 0;
        let inside = image.paths.children(directory).map(|path| (Reverse(bytes(data, sums, path)), path));
        let all = first_of(inside.filter(|item| item.0.0 > 0).inspect(|item| whole += item.0.0), MOST);
        let smaller = whole - all.iter().map(|item| item.0.0).sum::<u64>();
        let sizes: Vec<u64> =
            all.iter().map(|item| item.0.0).chain((smaller > 0).then_some(smaller)).collect();
        let rects = treemap::layout(&sizes, rect);
        let paths = all.iter().map(|(_, path)| Some(*path)).chain([None]);
        for ((path, bytes), rect) in paths.zip(sizes).zip(rects) {
            if rect.area() == 0 {
                continue;
            }
            let has_children = path.is_some_and(|path| image.paths.end(path).0 > path.0 + 1);
            let has_inner = has_children && level < LEVELS && rect.width >= 12 && rect.height >= 4;
            let origin = path.map_or(Origin::Own, |path| origin(data, sums, path));
            self.areas.push(Area { path, rect, bytes, origin, has_inner });
            if let (true, Some(path)) = (has_inner, path) {
                let inner =
                    Rect { x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 2 };
                self.lay_out(data, sums, path, inner, level + 1);
            }
        }
    }

    /// The area of a path, or else the innermost one that it is in.
    pub(super) fn area_of(&self, data: &Data, path: PathId) -> Option<&Area> {
        let holds = |area: &&Area| {
            area.path.is_some_and(|outer| (outer.0..data.image.paths.end(outer).0).contains(&path.0))
        };
        self.areas.iter().rev().find(holds)
    }

    /// The innermost area at a position.
    pub(super) fn at(&self, position: ratatui::layout::Position) -> Option<&Area> {
        self.areas.iter().rev().find(|area| area.rect.contains(position))
    }

    /// The next area in a direction from the selected one: the one whose middle is closest, straight ahead first.
    pub(super) fn towards(&self, from: &Area, action: Action) -> Option<PathId> {
        // twice the middle, in columns: a character is about twice as high as wide
        let middle = |rect: Rect| {
            let x = i32::from(rect.x) * 2 + i32::from(rect.width);
            let y = (i32::from(rect.y) * 2 + i32::from(rect.height)) * 2;
            (x, y)
        };
        let (x, y) = middle(from.rect);
        let candidates = self.areas.iter().filter(|area| !area.has_inner && area.path.is_some());
        let ahead = candidates.filter_map(|area| {
            let (to_x, to_y) = middle(area.rect);
            let (along, across) = match action {
                Action::Left => (x - to_x, (y - to_y).abs()),
                Action::Right => (to_x - x, (y - to_y).abs()),
                Action::Up => (y - to_y, (x - to_x).abs()),
                _ => (to_y - y, (x - to_x).abs()),
            };
            (along > 0).then_some((along + across * 2, area.path?))
        });
        ahead.min().map(|(_, path)| path)
    }

    /// Draws it. `selected` stands out.
    pub(super) fn draw(
        &self,
        data: &Data,
        look: Look,
        selected: Option<PathId>,
        focused: bool,
        painter: &mut Painter<'_>,
    ) {
        let selected = selected.and_then(|path| self.area_of(data, path)).map(|area| area.rect);
        for area in &self.areas {
            let is_here = selected == Some(area.rect);
            let style = area.origin.style(painter.theme);
            let name = match area.path {
                Some(path) => {
                    let slash = if data.image.paths.end(path).0 > path.0 + 1 { "/" } else { "" };
                    format!("{}{slash}", safe(data.image.paths.name(path)))
                }
                None => "smaller ones".into(),
            };
            let size = look.size(area.bytes);
            let Rect { width: columns, height, .. } = area.rect;
            if area.has_inner {
                frame(area.rect, is_here, if is_here { painter.theme.accent } else { style }, painter);
                let label = format!(" {} ", label(&name, &size, columns - 4));
                painter.put(area.rect, 1, 0, columns - 2, &label, painter.theme.text);
                continue;
            }
            let fill = area.origin.fill().repeat(usize::from(columns));
            for y in 0..height {
                painter.put(area.rect, 0, y, columns, &fill, style);
            }
            // a margin of one column keeps neighbours apart
            let room = columns.saturating_sub(1);
            if room >= 3 {
                let text = if is_here { painter.theme.title_focused } else { painter.theme.text };
                painter.put(area.rect, 0, 0, room, &label(&name, &size, room), text);
                if height > 1 && width(&name) + 1 + width(&size) > room && width(&size) <= room {
                    painter.put(area.rect, 0, 1, room, &size, text);
                }
            }
            if is_here {
                for y in 0..height {
                    let row = Rect { y: area.rect.y + y, height: 1, ..area.rect };
                    painter.select(row, 0, focused);
                }
            }
        }
    }
}

/// A name and its size as far as they fit: no half of a size is shown, which would be another number.
fn label(name: &str, size: &str, room: u16) -> String {
    if width(name) + 1 + width(size) <= room {
        format!("{name} {size}")
    } else {
        fit_path(name, usize::from(room))
    }
}

/// What the fillings mean.
pub(super) fn legend(area: Rect, y: u16, painter: &mut Painter<'_>) {
    let mut x = 1;
    for (origin, name, fill) in Origin::ALL {
        let style = origin.style(painter.theme);
        x = painter.parts(
            area,
            x,
            y,
            &[(fill, style), (fill, style), (" ", style), (name, painter.theme.dim)],
        ) + 3;
    }
}

fn frame(rect: Rect, heavy: bool, style: Style, painter: &mut Painter<'_>) {
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
