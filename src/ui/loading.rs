//! The screen while an image loads: one line of progress for each part.

use ratatui::layout::Rect;

use super::text::{Painter, safe};
use crate::units;

/// How far the loading is.
#[derive(Debug, Default)]
pub(super) struct Loading {
    name: String,
    parts: Vec<(String, u64)>,
    done: Vec<u64>,
}

impl Loading {
    /// Nothing is known yet but the name.
    pub(super) fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// The parts and their lengths are known.
    pub(super) fn begin(&mut self, parts: Vec<(String, u64)>) {
        self.done = vec![0; parts.len()];
        self.parts = parts;
    }

    /// Takes the bytes read of each part.
    pub(super) fn tick(&mut self, done: Vec<u64>) {
        if done.len() == self.parts.len() {
            self.done = done;
        }
    }

    /// Draws it.
    pub(super) fn draw(&self, area: Rect, painter: &mut Painter<'_>) {
        let (text, dim, key) = (painter.theme.text, painter.theme.dim, painter.theme.key);
        painter.put(
            area,
            2,
            1,
            area.width.saturating_sub(4),
            &format!("Reading {}", safe(self.name.as_bytes())),
            painter.theme.title_focused,
        );
        let sum = |bytes: &mut dyn Iterator<Item = u64>| bytes.sum::<u64>();
        let whole = sum(&mut self.parts.iter().map(|part| part.1));
        let done = sum(&mut self.done.iter().copied());
        if whole == 0 && done > 0 {
            // the length of a stream is unknown
            painter.put(area, 2, 2, area.width, &format!("{} read", units::size(done)), dim);
        } else if whole == 0 {
            painter.put(area, 2, 2, area.width, "waiting for its first bytes …", dim);
        } else {
            let said = format!(
                "{} of {} read, {} parts",
                units::size(done.min(whole)),
                units::size(whole),
                self.parts.len()
            );
            painter.put(area, 2, 2, area.width, &said, dim);
        }
        // where there are more parts than rows, those that are not done yet come first
        let room = usize::from(area.height.saturating_sub(6));
        let is_done = |at: &usize| self.done[*at] >= self.parts[*at].1;
        let mut shown: Vec<usize> = (0..self.parts.len()).collect();
        if shown.len() > room {
            shown.sort_by_key(is_done);
            shown.truncate(room);
            shown.sort_unstable();
        }
        let bar = area.width.saturating_sub(48).clamp(8, 40);
        for (y, at) in (4..).zip(shown) {
            let (name, length) = &self.parts[at];
            let is_known = *length > 0;
            let bytes = if is_known { *length } else { self.done[at] };
            painter.right(area, 2, y, 8, &units::size(bytes), text);
            painter.put(area, 11, y, bar, &"░".repeat(usize::from(bar)), dim);
            if is_known {
                painter.bar(area, 11, y, bar, (self.done[at], *length), painter.theme.bar);
            }
            painter.put(area, 12 + bar, y, area.width.saturating_sub(13 + bar), &safe(name.as_bytes()), dim);
        }
        let y = area.height.saturating_sub(1);
        painter.parts(area, 2, y, &[("q", key), (" cancel", dim)]);
    }
}
