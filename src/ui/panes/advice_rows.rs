//! Drawing the advice: the list, the reason, the fix, the evidence.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::advice::{Advice, bytes};
use super::advice_links::related;
use crate::advice::{Confidence, Evidence, Finding, Severity};
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::layout;
use crate::ui::text::{Painter, code, columns, counted, fit_path, safe, width, wrap};
use crate::ui::theme::Theme;
use crate::units;

/// The column of the titles in the list.
const TITLE: usize = 23;

impl Advice {
    pub(super) fn draw_all(&self, data: &Data, body: Rect, painter: &mut Painter<'_>) {
        if data.advice.findings.is_empty() {
            draw_nothing(data, body, painter);
            return;
        }
        let parts = self.parts(body);
        self.draw_list(data, parts.list, painter);
        let Some(finding) = self.finding(data) else {
            let area = layout::inside(parts.list);
            painter.put(area, 2, 0, area.width, "no finding matches", painter.theme.dim);
            return;
        };
        let sure = match finding.confidence {
            Confidence::Exact => "certain",
            Confidence::Likely => "likely",
            Confidence::Judgement => "a matter of judgement",
        };
        if parts.why.height > 0 {
            let at = self.shown.get(self.list.cursor).copied().unwrap_or(0);
            let related: Vec<usize> = related(data, at).into_iter().map(|other| other + 1).collect();
            let see = match related.len() {
                0 => String::new(),
                _ => format!(" ── see {} (R)", crate::text::list(&related)),
            };
            painter.title(parts.why, "Why", &format!("{} ── {sure}{see}", finding.rule), false);
            let area = layout::inside(parts.why);
            let room = usize::from(area.width.saturating_sub(4));
            let title = safe(finding.title.as_bytes());
            // a title that the list cuts is read here
            let cut = columns(TITLE).saturating_add(width(&title)) > parts.list.width;
            let title = if cut { wrap(&title, room) } else { Vec::new() };
            for (y, line) in (0..area.height).zip(&title) {
                painter.put(area, 2, y, area.width.saturating_sub(2), line, painter.theme.title_focused);
            }
            let above = columns(title.len()).min(area.height);
            let rest = Rect { y: area.y + above, height: area.height - above, ..area };
            let text: Vec<String> = finding.why.lines().map(|line| safe(line.as_bytes())).collect();
            paragraph(rest, &wrap(&text.join("\n"), room), painter.theme.text, painter);
        }
        if parts.fix.height > 0 {
            let title = if finding.fix.edits.is_empty() { "What to do" } else { "Paste this" };
            painter.title(parts.fix, title, "y copies it", false);
            let area = layout::inside(parts.fix);
            let text: Vec<String> = finding.snippet.lines().map(|line| safe(line.as_bytes())).collect();
            let lines = code(&text.join("\n"), usize::from(area.width.saturating_sub(4)));
            paragraph(area, &lines, painter.theme.added, painter);
        }
        if parts.evidence.height > 0 {
            self.draw_evidence(data, parts.evidence, finding, painter);
        }
    }

    fn draw_list(&self, data: &Data, pane: Rect, painter: &mut Painter<'_>) {
        let savings = data.advice.savings;
        let title = match &self.layers {
            None => "Advice".to_owned(),
            Some(layers) => {
                format!("Advice on {}", crate::text::layers(&layers.clone().collect::<Vec<_>>()))
            }
        };
        let mut note = counted(self.shown.len() as u64, "finding", "findings");
        let saves = crate::text::savings(savings.exact, savings.possible);
        if self.layers.is_none() && !saves.is_empty() {
            note = format!("{note} ── {saves}");
        }
        painter.title(pane, &title, &note, !self.in_evidence);
        let area = painter.scrolled(layout::inside(pane), self.list.top, self.shown.len());
        // titles come first: the layers are shown where the title leaves room
        let window = self.list.window(self.shown.len(), usize::from(area.height));
        for (y, row) in (0_u16..).zip(window) {
            let at = self.shown[row];
            let finding = &data.advice.findings[at];
            painter.right(area, 1, y, 3, &(at + 1).to_string(), painter.theme.dim);
            if self.marked.contains(&at) {
                painter.put(area, 5, y, 1, "●", painter.theme.accent);
            }
            painter.put(area, 6, y, 7, finding.severity.name(), severity(painter.theme, finding.severity));
            painter.right(area, 13, y, 8, &bytes(finding), painter.theme.text);
            let title = safe(finding.title.as_bytes());
            let x = painter.put(area, columns(TITLE), y, area.width, &title, painter.theme.text);
            let layers = crate::text::layers(&finding.layers);
            let start = area.width.saturating_sub(26).max(x + 2);
            if start + width(&layers) < area.width {
                painter.put(area, start, y, area.width, &layers, painter.theme.dim);
            }
            if row == self.list.cursor {
                painter.select(area, y, !self.in_evidence);
            }
        }
    }

    fn draw_evidence(&self, data: &Data, pane: Rect, finding: &Finding, painter: &mut Painter<'_>) {
        let note = match finding.evidence_total {
            0 => "no file: it is about the steps themselves".to_owned(),
            all => format!("{} ── Enter shows it in its layer", counted(all, "entry", "entries")),
        };
        painter.title(pane, "Evidence", &note, self.in_evidence);
        let area = painter.scrolled(layout::inside(pane), self.evidence.top, finding.evidence.len());
        let wide = area.width >= 90;
        for (y, at) in (0_u16..).zip(self.evidence.window(finding.evidence.len(), usize::from(area.height))) {
            let evidence = &finding.evidence[at];
            painter.right(area, 0, y, 9, &units::size(size(data, evidence)), painter.theme.text);
            let room = if wide { area.width * 55 / 100 } else { area.width.saturating_sub(22) };
            let path =
                fit_path(&format!("/{}", safe(&data.image.paths.full(evidence.path))), usize::from(room));
            painter.put(area, 11, y, room, &path, painter.theme.text);
            let timeline = if wide {
                describe::timeline(data, evidence.path)
            } else {
                format!("layer {}", evidence.layer)
            };
            painter.put(area, 13 + room, y, area.width, &timeline, painter.theme.dim);
            if at == self.evidence.cursor {
                painter.select(area, y, self.in_evidence);
            }
        }
    }
}

/// The bytes of the evidence, or the size of the file when none are billed: a secret has a size too.
fn size(data: &Data, evidence: &Evidence) -> u64 {
    if evidence.bytes > 0 { evidence.bytes } else { data.image.entry(evidence.entry).size }
}

fn draw_nothing(data: &Data, pane: Rect, painter: &mut Painter<'_>) {
    painter.title(pane, "Advice", "nothing to change", true);
    let area = layout::inside(pane);
    let totals = &data.analysis.totals;
    let said = format!(
        "No rule found anything worth changing: {} of {} in the layers can be seen by a container ({}).",
        units::size(totals.live),
        units::size(totals.content),
        units::share(totals.efficiency)
    );
    let mut lines = wrap(&said, usize::from(area.width.saturating_sub(4)));
    lines.push(String::new());
    if let Some(most) = data.analysis.wasted.first() {
        lines.push(format!("Most wasted: {}  {}", units::size(most.bytes), data.path_text(most.path, false)));
        lines.push("2 shows every wasted path and the layers that hid it.".into());
    }
    let layers = &data.analysis.layers;
    if let Some((layer, totals)) = layers.iter().enumerate().max_by_key(|(_, layer)| layer.content) {
        let size = units::size(totals.content);
        lines.push(format!("Largest layer: {layer}, {size}  {}", data.command(layer)));
        lines.push("4 shows the largest directories and files of the final file system.".into());
    }
    for (y, line) in (1..area.height).zip(&lines) {
        painter.put(area, 2, y, area.width.saturating_sub(4), line, painter.theme.text);
    }
}

fn severity(theme: &Theme, severity: Severity) -> Style {
    match severity {
        Severity::High => theme.waste,
        Severity::Medium => theme.modified,
        Severity::Low => theme.text,
        Severity::Info => theme.dim,
    }
}

/// Lines as far as they fit; the last row says how many more there are.
fn paragraph(area: Rect, lines: &[String], style: Style, painter: &mut Painter<'_>) {
    let fits = usize::from(area.height);
    let shown = if lines.len() > fits { fits.saturating_sub(1) } else { lines.len() };
    for (y, line) in (0..area.height).zip(&lines[..shown]) {
        painter.put(area, 2, y, area.width.saturating_sub(2), line, style);
    }
    if let Some(y) = area.height.checked_sub(1).filter(|_| shown < lines.len()) {
        let more = format!("… and {}: v", counted((lines.len() - shown) as u64, "more line", "more lines"));
        painter.put(area, 2, y, area.width.saturating_sub(2), &more, painter.theme.dim);
    }
}
