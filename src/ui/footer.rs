//! The last line of the screen: the filter, a message, or the keys of the pane; and the keys of help and quit,
//! unless they stand beside the tabs.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::browser::Browser;
use super::keymap;
use super::model::Model;
use super::pane::Count;
use super::text::{Painter, counted, fit_path, safe, width};
use super::tree::Filter;
use crate::units;

/// Columns of the hints for help and quit.
pub(super) const HINTS: u16 = 14;

/// Draws the hints for help and quit at the right end of a line.
pub(super) fn draw_hints(area: Rect, painter: &mut Painter<'_>) {
    let (key, dim) = (painter.theme.key, painter.theme.dim);
    let x = area.width.saturating_sub(HINTS + 1);
    painter.parts(area, x, 0, &[("?", key), (" help  ", dim), ("q", key), (" quit", dim)]);
}

/// Draws the line.
pub(super) fn draw(model: &Model, main: &Browser, line: Rect, hints: bool, painter: &mut Painter<'_>) {
    let mut area = line;
    if hints {
        draw_hints(line, painter);
        area.width = area.width.saturating_sub(HINTS + 3);
    }
    if let Some(message) = &model.message {
        painter.put(area, 1, 0, area.width.saturating_sub(2), message, painter.theme.accent);
        return;
    }
    if model.overlay.is_some() {
        // a popup names its own keys
        return;
    }
    let pane = main.pane();
    let context = main.context(model.size);
    let filter = pane.filter_shown().filter(|filter| filter.is_on());
    let (key, dim) = (painter.theme.key, painter.theme.dim);
    let mut x = if let Some(filter) = filter {
        draw_filter(filter, pane.count(context), pane.elsewhere(), area, painter)
    } else {
        painter.parts(area, 1, 0, &[("↑↓", key), (" move", dim)])
    };
    if filter.is_some_and(|filter| filter.is_editing || filter.error.is_some()) {
        return;
    }
    let note = if filter.is_some() { String::new() } else { pane.note(context) };
    let end = area.width.saturating_sub(width(&note) + 2);
    let offers = |action| pane.offers(action) && (action != keymap::Action::Sort || !pane.sorts().is_empty());
    for (shown, label) in keymap::footer(pane.scopes(), offers) {
        if x + width(shown) + width(label) + 4 >= end {
            break;
        }
        x = painter.parts(area, x + 3, 0, &[(shown, key), (" ", dim), (label, dim)]);
    }
    if end > x {
        painter.put(area, end, 0, area.width, &note, dim);
    }
}

/// Draws the filter and what it finds; returns the column after it.
fn draw_filter(
    filter: &Filter,
    count: Option<Count>,
    elsewhere: Option<String>,
    area: Rect,
    painter: &mut Painter<'_>,
) -> u16 {
    let (key, dim) = (painter.theme.key, painter.theme.dim);
    let text = fit_path(&safe(filter.text.as_bytes()), usize::from(area.width / 2));
    let mut x = painter.parts(area, 1, 0, &[("/ ", key), (&text, painter.theme.accent)]);
    if filter.is_editing {
        x = painter.put(area, x, 0, 1, "▏", painter.theme.accent);
    }
    let x = x + 2;
    if let Some(error) = &filter.error {
        let said = format!("no pattern: {}", safe(error.as_bytes()));
        return painter.put(area, x, 0, area.width, &said, painter.theme.waste);
    }
    let said = match count {
        _ if filter.text.is_empty() && filter.is_plain => "text in any column".to_owned(),
        _ if filter.text.is_empty() => "text, a glob (*?[), or re:…".to_owned(),
        _ if filter.is_waiting => "looking …".to_owned(),
        Some(Count { shown: 0, .. }) => elsewhere.unwrap_or_else(|| "nothing found".into()),
        Some(Count { shown, all, bytes, .. }) => {
            let noun = if filter.is_plain { ("row", "rows") } else { ("path", "paths") };
            let all = counted(all, noun.0, noun.1);
            format!("{} of {all}, {}", units::count(shown), units::size(bytes))
        }
        None => String::new(),
    };
    let x = painter.put(area, x, 0, area.width, &said, dim);
    let keys: &[(&str, Style)] = if filter.is_editing {
        &[("⏎", key), (" keep   ", dim), ("Esc", key), (" clear", dim)]
    } else if filter.is_plain {
        &[("Esc", key), (" clear", dim)]
    } else {
        &[("n N", key), (" next   ", dim), ("Esc", key), (" clear", dim)]
    };
    let room = keys.iter().map(|(text, _)| width(text)).sum::<u16>();
    if x + 3 + room <= area.width { painter.parts(area, x + 3, 0, keys) } else { x }
}
