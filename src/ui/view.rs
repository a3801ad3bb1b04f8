//! A frame: drawn from the model, which it cannot change.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::browser::Browser;
use super::keymap::footer;
use super::model::{Model, Overlay, Stage};
use super::pane::{Context, Pane};
use super::text::{Painter, counted, safe, width};
use super::theme::strip_colours;
use super::tree::Filter;
use super::{help, layout};
use crate::units;

/// Draws the whole screen.
pub(super) fn draw(model: &Model, buffer: &mut Buffer) {
    let mut painter = Painter { buffer, theme: model.theme.theme() };
    let whole = Rect::new(0, 0, model.size.width, model.size.height);
    painter.buffer.set_style(whole, painter.theme.text);
    match layout::screen(model.size) {
        None => too_small(whole, &mut painter),
        Some(screen) => {
            match &model.stage {
                Stage::Loading(loading) => loading.draw(whole, &mut painter),
                Stage::Browser(main) => browsing(model, main, screen, &mut painter),
            }
            match &model.overlay {
                Some(Overlay::Help(list)) => help::draw(list, model.size, &mut painter),
                Some(Overlay::Viewer(viewer)) => viewer.draw(model.size, &mut painter),
                Some(Overlay::Extract(prompt)) => prompt.draw(model.size, &mut painter),
                None => {}
            }
        }
    }
    if model.no_color {
        strip_colours(buffer);
    }
}

fn too_small(area: Rect, painter: &mut Painter<'_>) {
    let text = painter.theme.text;
    painter.put(area, 0, 0, area.width, "layercake needs", text);
    let said = format!("{}×{} characters", layout::LEAST.width, layout::LEAST.height);
    painter.put(area, 0, 1, area.width, &said, text);
    painter.put(area, 0, 2, area.width, &format!("(here: {}×{})", area.width, area.height), text);
    painter.put(area, 0, 3, area.width, "q quits", painter.theme.dim);
}

fn browsing(model: &Model, main: &Browser, screen: layout::Screen, painter: &mut Painter<'_>) {
    header(main, screen.header, painter);
    tabs(main, screen.tabs, painter);
    main.pane().draw(Context { data: &main.data, body: screen.body }, painter);
    bottom(model, main, screen, painter);
}

/// The image and its sums; what does not fit is left out, the name last.
fn header(main: &Browser, area: Rect, painter: &mut Painter<'_>) {
    let about = &main.data.image.about;
    let totals = &main.data.analysis.totals;
    let (text, dim) = (painter.theme.text, painter.theme.dim);
    let layers = main.data.image.layers.len();
    let plural = if layers == 1 { "layer" } else { "layers" };
    let size = format!("{} in {layers} {plural}", units::size(totals.content));
    let efficient = format!("{} efficient", units::share(totals.efficiency));
    let wasted = format!("{} wasted", units::size(totals.wasted));
    let x = painter.put(area, 1, 0, 9, "layercake", painter.theme.title_focused) + 2;
    let red = if totals.wasted > 0 { painter.theme.waste } else { dim };
    let sums = [(size.as_str(), text), (efficient.as_str(), text), (wasted.as_str(), red)];
    // on a narrow screen the last of them stay
    let name = safe(about.reference.as_bytes());
    let wide = |sums: &[(&str, Style)]| sums.iter().map(|(text, _)| width(text) + 3).sum::<u16>();
    let least = width(&name).min(14);
    let fitting = [&sums[..], &[sums[0], sums[2]], &sums[2..]];
    let shown = fitting.into_iter().find(|sums| x + least + wide(sums) < area.width).unwrap_or(&sums[2..]);
    let start = area.width.saturating_sub(wide(shown));
    let x = painter.put(area, x, 0, start.saturating_sub(x + 2), &name, text) + 2;
    let platform = about.platform.to_string();
    let left = start.saturating_sub(x);
    if left > width(&platform) + 2 && !about.platform.is_unknown() {
        painter.put(area, x, 0, area.width, &platform, dim);
    }
    if left > width(&platform) + 20 {
        // a bar where there is room for one
        let bar = start - 17;
        painter.put(area, bar, 0, 1, "▕", dim);
        painter.bar(area, bar + 1, 0, 14, (totals.live, totals.content.max(1)), painter.theme.added);
        painter.put(area, bar + 15, 0, 1, "▏", dim);
    }
    shown.iter().fold(start, |x, (text, style)| painter.put(area, x, 0, area.width, text, *style) + 3);
}

/// Where each tab's label starts, and the label.
fn labels(main: &Browser, room: u16) -> Vec<(u16, String)> {
    let badges = room >= 72;
    let gap = if room >= 60 { 3 } else { 1 };
    let mut x = 1;
    let label = |(at, pane): (usize, &dyn Pane)| {
        let badge = pane.badge(&main.data);
        let name = match (room < 46, badge.is_empty() || !badges) {
            (true, _) if at == main.tab => format!("{} {}", at + 1, pane.name()),
            (true, _) => (at + 1).to_string(),
            (false, true) => format!("{} {}", at + 1, pane.name()),
            (false, false) => format!("{} {} {badge}", at + 1, pane.name()),
        };
        let start = x;
        x += width(&name) + gap;
        (start, name)
    };
    main.panes.iter().map(AsRef::as_ref).enumerate().map(label).collect()
}

fn tabs(main: &Browser, area: Rect, painter: &mut Painter<'_>) {
    let mut end = 0;
    for (at, (x, label)) in labels(main, area.width).iter().enumerate() {
        let style = if at == main.tab { painter.theme.title_focused } else { painter.theme.title };
        end = painter.put(area, *x, 0, area.width, label, style);
    }
    let (key, dim) = (painter.theme.key, painter.theme.dim);
    if end + 18 < area.width {
        painter.parts(area, area.width - 16, 0, &[("?", key), (" help   ", dim), ("q", key), (" quit", dim)]);
    }
}

/// The tab whose label is at a position.
pub(super) fn tab_at(main: &Browser, area: Rect, at: Position) -> Option<usize> {
    let x = at.x - area.x;
    labels(main, area.width).iter().position(|(start, label)| (*start..*start + width(label)).contains(&x))
}

/// The last line: what was said, the filter, or the keys of the pane.
fn bottom(model: &Model, main: &Browser, screen: layout::Screen, painter: &mut Painter<'_>) {
    let area = screen.footer;
    if let Some(message) = &model.message {
        painter.put(area, 1, 0, area.width.saturating_sub(2), message, painter.theme.accent);
        return;
    }
    if let Some(filter) = main.pane().filter_shown().filter(|filter| filter.is_on()) {
        filter_line(filter, area, painter);
        return;
    }
    let note = main.pane().note(Context { data: &main.data, body: screen.body });
    let end = area.width.saturating_sub(width(&note) + 2);
    let (key, dim) = (painter.theme.key, painter.theme.dim);
    let mut x = painter.parts(area, 1, 0, &[("↑↓", key), (" move", dim)]);
    for (shown, label) in footer(main.scopes(), |action| main.pane().offers(action)) {
        let wide = width(shown) + width(label) + 4;
        if x + wide > end {
            break;
        }
        x = painter.parts(area, x + 3, 0, &[(shown, key), (" ", dim), (label, dim)]);
    }
    if end > x {
        painter.put(area, end, 0, area.width, &note, dim);
    }
}

fn filter_line(filter: &Filter, area: Rect, painter: &mut Painter<'_>) {
    let (key, dim) = (painter.theme.key, painter.theme.dim);
    let text = safe(filter.text.as_bytes());
    let room = usize::from(area.width / 2);
    let mut x = painter.parts(
        area,
        1,
        0,
        &[("/ ", key), (&super::text::fit_path(&text, room), painter.theme.accent)],
    );
    if filter.is_editing {
        x = painter.put(area, x, 0, 1, "▏", painter.theme.accent);
    }
    let x = x + 2;
    if let Some(error) = &filter.error {
        painter.put(
            area,
            x,
            0,
            area.width,
            &format!("no pattern: {}", safe(error.as_bytes())),
            painter.theme.waste,
        );
        return;
    }
    let found = match (&filter.found, filter.is_waiting) {
        (_, true) => "looking …".to_owned(),
        (Some(found), false) => format!("{} found", counted(found.hits.count().into(), "path", "paths")),
        (None, false) => "text, a glob (*?[), or re:…".to_owned(),
    };
    let x = painter.put(area, x, 0, area.width, &found, dim) + 3;
    let keys = if filter.is_editing {
        [("⏎", key), (" keep   ", dim), ("Esc", key), (" clear", dim)]
    } else {
        [("n N", key), (" next   ", dim), ("Esc", key), (" clear", dim)]
    };
    painter.parts(area, x, 0, &keys);
}
