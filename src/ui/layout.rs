//! Where everything is, as pure functions of the size.

use ratatui::layout::{Position, Rect, Size};

use super::text::columns;

/// The smallest terminal on which the UI is useful.
pub(super) const LEAST: Size = Size::new(30, 8);

/// Largest screen that is drawn: terminals may claim any size, and a frame takes memory for every cell.
const MOST: Size = Size::new(1000, 500);

/// What is drawn of a terminal of this size.
pub(super) fn drawn(width: u16, height: u16) -> Size {
    Size::new(width.min(MOST.width), height.min(MOST.height))
}

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Screen {
    /// The image and its sums: one line.
    pub(super) header: Rect,
    /// The tabs: one line.
    pub(super) tabs: Rect,
    /// The tab's panes.
    pub(super) body: Rect,
    /// Keys, or what was said: one line.
    pub(super) footer: Rect,
}

/// The parts of a screen of this size; none when it is too small.
pub(super) fn screen(size: Size) -> Option<Screen> {
    if size.width < LEAST.width || size.height < LEAST.height {
        return None;
    }
    let line = |y| Rect::new(0, y, size.width, 1);
    Some(Screen {
        header: line(0),
        tabs: line(1),
        body: Rect::new(0, 2, size.width, size.height - 3),
        footer: line(size.height - 1),
    })
}

/// Two panes side by side with a column between them, and details below where there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) left: Rect,
    pub(super) right: Rect,
    pub(super) below: Rect,
}

/// Splits a body; the left pane gets `percent` of the width. A narrow body shows only the focused pane.
pub(super) fn split(body: Rect, percent: u16, right_has_focus: bool, details: u16) -> Split {
    let below = if body.height >= details * 3 { details } else { 0 };
    let height = body.height - below;
    let above = Rect { height, ..body };
    let below = Rect { y: body.y + height, height: below, ..body };
    let none = Rect { width: 0, ..above };
    if body.width < 72 {
        return if right_has_focus {
            Split { left: none, right: above, below }
        } else {
            Split { left: above, right: none, below }
        };
    }
    let left = columns(usize::from(body.width) * usize::from(percent) / 100);
    Split {
        left: Rect { width: left, ..above },
        right: Rect { x: above.x + left + 1, width: body.width - left - 1, ..above },
        below,
    }
}

/// The area below a pane's title.
pub(super) fn inside(pane: Rect) -> Rect {
    let title = pane.height.min(1);
    Rect { y: pane.y + title, height: pane.height - title, ..pane }
}

/// The rows of a list in a pane with a title and a heading.
pub(super) fn rows(pane: Rect) -> Rect {
    inside(inside(pane))
}

/// The row of an area that a position is in.
pub(super) fn row_at(area: Rect, at: Position) -> Option<usize> {
    area.contains(at).then(|| usize::from(at.y - area.y))
}

/// An area in the middle of a screen, leaving a margin.
pub(super) fn middle(screen: Size, width: u16, height: u16) -> Rect {
    let width = width.min(screen.width);
    let height = height.min(screen.height);
    Rect::new((screen.width - width) / 2, (screen.height - height) / 2, width, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_cover_the_screen() {
        assert_eq!(screen(Size::new(29, 50)), None);
        assert_eq!((drawn(80, 24), drawn(u16::MAX, u16::MAX)), (Size::new(80, 24), MOST));
        let parts = screen(Size::new(80, 24)).unwrap();
        assert_eq!((parts.body.y, parts.body.height, parts.footer.y), (2, 21, 23));
        let two = split(parts.body, 44, false, 5);
        assert_eq!(two.left.width + 1 + two.right.width, 80);
        assert_eq!(two.left.height + two.below.height, 21);
        let one = split(Rect::new(0, 2, 40, 9), 44, true, 5);
        assert_eq!((one.left.width, one.right.width, one.below.height), (0, 40, 0));
    }
}
