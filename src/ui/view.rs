//! A frame: drawn from the model, which it cannot change.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::browser::Browser;
use super::model::{Model, Overlay, Stage};
use super::text::{Painter, safe, width};
use super::theme::strip_colours;
use super::{footer, help, layout};
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
                Some(Overlay::Viewer(viewer)) => {
                    viewer.draw(model.size, model.message.as_deref(), &mut painter);
                }
                Some(Overlay::Chooser(chooser)) => chooser.draw(model.size, &mut painter),
                Some(Overlay::Prompt(prompt)) => prompt.draw(model.size, &mut painter),
                Some(Overlay::Confirm(confirm)) => confirm.draw(model.size, &mut painter),
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
    main.pane().draw(main.context(model.size), painter);
    footer::draw(model, main, screen.footer, !hints_fit(main, screen.tabs), painter);
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

fn tabs(main: &Browser, area: Rect, painter: &mut Painter<'_>) {
    for (at, (x, label)) in main.labels(area.width).iter().enumerate() {
        let style = if at == main.tab { painter.theme.title_focused } else { painter.theme.title };
        painter.put(area, *x, 0, area.width, label, style);
    }
    if hints_fit(main, area) {
        footer::draw_hints(area, painter);
    }
}

/// True when the way to the help and out has room beside the tabs; else it is in the footer.
fn hints_fit(main: &Browser, area: Rect) -> bool {
    let end = main.labels(area.width).last().map_or(0, |(x, label)| x + width(label));
    end + 2 + footer::HINTS < area.width
}
