//! The labels of the tabs and their positions, shared by drawing and clicks.

use super::data::Data;
use super::pane::Pane;
use super::text::width;

/// Where each tab's label starts, and the label.
pub(super) fn labels(data: &Data, panes: &[Box<dyn Pane>], open: usize, room: u16) -> Vec<(u16, String)> {
    let labels = |names: bool, badges: bool, gap: u16| {
        let mut x = 1;
        let label = |(at, pane): (usize, &dyn Pane)| {
            let badge = pane.badge(data);
            let name = match (names || at == open, badge.is_empty() || !badges) {
                (false, _) => (at + 1).to_string(),
                (true, true) => format!("{} {}", at + 1, pane.name()),
                (true, false) => format!("{} {} {badge}", at + 1, pane.name()),
            };
            let start = x;
            x += width(&name) + gap;
            (start, name)
        };
        let all: Vec<(u16, String)> = panes.iter().map(AsRef::as_ref).enumerate().map(label).collect();
        (x.saturating_sub(gap), all)
    };
    // the widest form that fits; the last one always does
    let forms = [(true, true, 3), (true, true, 2), (true, false, 2), (true, false, 1), (false, false, 2)];
    let fitting = forms.into_iter().map(|(names, badges, gap)| labels(names, badges, gap));
    let all: Vec<_> = fitting.collect();
    let fits = all.iter().position(|(end, _)| *end < room).unwrap_or(all.len() - 1);
    all.into_iter().nth(fits).map(|(_, labels)| labels).unwrap_or_default()
}

/// The tab whose label is at a column.
pub(super) fn tab_at(labels: &[(u16, String)], x: u16) -> Option<usize> {
    labels.iter().position(|(start, label)| (*start..*start + width(label)).contains(&x))
}
