//! The third tab: what to change in the Dockerfile, most bytes first, with the reason and the proof.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::advice::{Confidence, Finding, Severity};
use crate::image::PathId;
use crate::overlay::Slot;
use crate::text::layers;
use crate::ui::data::Data;
use crate::ui::describe;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::pane::{Context, Pane, Reply};
use crate::ui::text::{Painter, code, counted, fit_path, safe, wrap};
use crate::ui::theme::Theme;
use crate::ui::viewer::Page;
use crate::units;

/// The state of the tab.
#[derive(Default)]
pub(super) struct Advice {
    list: List,
    evidence: List,
    in_evidence: bool,
}

/// Where the parts are.
struct Parts {
    list: Rect,
    why: Rect,
    fix: Rect,
    evidence: Rect,
}

impl Advice {
    fn parts(body: Rect, findings: usize) -> Parts {
        let third = body.height / 3;
        let list = (u16::try_from(findings).unwrap_or(u16::MAX).saturating_add(2))
            .min(third.max(4))
            .min(body.height);
        let left = body.height - list;
        let text = if left >= 6 { left * 6 / 10 } else { 0 };
        let at = |y: u16, height: u16| Rect { y: body.y + y, height, ..body };
        let middle = at(list, text);
        let half = if body.width >= 72 { body.width / 2 } else { body.width };
        let (why, fix) = if body.width >= 72 {
            (
                Rect { width: half, ..middle },
                Rect { x: middle.x + half + 1, width: body.width - half - 1, ..middle },
            )
        } else {
            let top = text / 2;
            (Rect { height: top, ..middle }, Rect { y: middle.y + top, height: text - top, ..middle })
        };
        Parts { list: at(0, list), why, fix, evidence: at(list + text, left - text) }
    }

    fn finding<'a>(&self, data: &'a Data) -> Option<&'a Finding> {
        data.advice.findings.get(self.list.cursor)
    }

    fn path(&self, data: &Data) -> Option<(PathId, usize)> {
        let evidence = self.finding(data)?.evidence.get(self.evidence.cursor)?;
        Some((evidence.path, evidence.layer))
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
            lines.push(format!(
                "Most wasted: {}  {}",
                units::size(most.bytes),
                data.path_text(most.path, false)
            ));
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

    fn draw_list(&self, data: &Data, pane: Rect, painter: &mut Painter<'_>) {
        let savings = data.advice.savings;
        let findings = counted(data.advice.findings.len() as u64, "finding", "findings");
        let note = [findings, crate::text::savings(savings.exact, savings.possible)];
        let note =
            note.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ── ");
        painter.title(pane, "Advice", &note, !self.in_evidence);
        let area = layout::inside(pane);
        let where_ = if area.width >= 90 { 26 } else { 0 };
        for (y, at) in (0_u16..).zip(self.list.window(data.advice.findings.len(), usize::from(area.height))) {
            let finding = &data.advice.findings[at];
            painter.right(area, 1, y, 3, &(at + 1).to_string(), painter.theme.dim);
            painter.put(area, 6, y, 7, finding.severity.name(), severity(painter.theme, finding.severity));
            painter.right(area, 13, y, 8, &units::size(finding.bytes), painter.theme.text);
            let room = area.width.saturating_sub(24 + where_);
            painter.put(area, 23, y, room, &safe(finding.title.as_bytes()), painter.theme.text);
            if where_ > 0 {
                painter.put(
                    area,
                    area.width - where_,
                    y,
                    where_,
                    &layers(&finding.layers),
                    painter.theme.dim,
                );
            }
            if at == self.list.cursor {
                painter.select(area, y, !self.in_evidence);
            }
        }
    }

    fn draw_evidence(&self, data: &Data, pane: Rect, finding: &Finding, painter: &mut Painter<'_>) {
        let note =
            format!("{} ── Enter shows it in its layer", counted(finding.evidence_total, "entry", "entries"));
        painter.title(pane, "Evidence", &note, self.in_evidence);
        let area = layout::inside(pane);
        let wide = area.width >= 90;
        for (y, at) in (0_u16..).zip(self.evidence.window(finding.evidence.len(), usize::from(area.height))) {
            let evidence = &finding.evidence[at];
            painter.right(area, 0, y, 9, &units::size(evidence.bytes), painter.theme.text);
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

fn severity(theme: &Theme, severity: Severity) -> Style {
    match severity {
        Severity::High => theme.waste,
        Severity::Medium => theme.modified,
        Severity::Low => theme.text,
        Severity::Info => theme.dim,
    }
}

/// How a text is broken into lines of a width.
type Wrap = fn(&str, usize) -> Vec<String>;

fn paragraph(pane: Rect, text: &str, wrap: Wrap, style: Style, painter: &mut Painter<'_>) {
    let area = layout::inside(pane);
    let safe: Vec<String> = text.lines().map(|line| safe(line.as_bytes())).collect();
    let lines = wrap(&safe.join("\n"), usize::from(area.width.saturating_sub(4)));
    let fits = usize::from(area.height);
    let shown = if lines.len() > fits { fits.saturating_sub(1) } else { lines.len() };
    for (y, line) in (0..area.height).zip(&lines[..shown]) {
        painter.put(area, 2, y, area.width.saturating_sub(2), line, style);
    }
    if let Some(y) = area.height.checked_sub(1).filter(|_| shown < lines.len()) {
        let more = format!("… and {} more lines: v", lines.len() - shown);
        painter.put(area, 2, y, area.width.saturating_sub(2), &more, painter.theme.dim);
    }
}

impl Pane for Advice {
    fn name(&self) -> &'static str {
        "Advice"
    }

    fn badge(&self, data: &Data) -> String {
        data.advice.findings.len().to_string()
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Advice, Scope::List, Scope::Global]
    }

    fn offers(&self, action: Action) -> bool {
        action != Action::Filter
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let data = context.data;
        let parts = Self::parts(context.body, data.advice.findings.len());
        let evidence = self.finding(data).map_or(0, |finding| finding.evidence.len());
        match action {
            Action::NextPane => self.in_evidence = !self.in_evidence && evidence > 0,
            Action::Right if !self.in_evidence => self.in_evidence = evidence > 0,
            Action::Left if self.in_evidence => self.in_evidence = false,
            Action::Open => {
                let (path, layer) = self.path(data)?;
                return Some(Reply::Goto { layer, path });
            }
            _ if self.in_evidence => {
                _ = self.evidence.act(action, evidence, usize::from(layout::inside(parts.evidence).height));
            }
            _ => {
                if self.list.act(
                    action,
                    data.advice.findings.len(),
                    usize::from(layout::inside(parts.list).height),
                ) {
                    self.evidence = List::default();
                }
            }
        }
        None
    }

    fn close(&mut self, _cx: Context<'_>) -> bool {
        std::mem::take(&mut self.in_evidence)
    }

    fn settle(&mut self, context: Context<'_>) {
        let parts = Self::parts(context.body, context.data.advice.findings.len());
        self.list.settle(context.data.advice.findings.len(), usize::from(layout::inside(parts.list).height));
        let evidence = self.finding(context.data).map_or(0, |finding| finding.evidence.len());
        self.evidence.settle(evidence, usize::from(layout::inside(parts.evidence).height));
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let data = context.data;
        let Some(finding) = self.finding(data) else {
            Self::draw_nothing(data, context.body, painter);
            return;
        };
        let parts = Self::parts(context.body, data.advice.findings.len());
        self.draw_list(data, parts.list, painter);
        let sure = match finding.confidence {
            Confidence::Exact => "certain",
            Confidence::Likely => "likely",
            Confidence::Judgement => "a matter of judgement",
        };
        if parts.why.height > 0 {
            painter.title(parts.why, "Why", &format!("{} ── {sure}", finding.rule), false);
            paragraph(parts.why, &finding.why, wrap, painter.theme.text, painter);
        }
        if parts.fix.height > 0 {
            let title = if finding.fix.edits.is_empty() { "What to do" } else { "Paste this" };
            painter.title(parts.fix, title, "y copies it", false);
            paragraph(parts.fix, &finding.snippet, code, painter.theme.added, painter);
        }
        if parts.evidence.height > 0 {
            self.draw_evidence(data, parts.evidence, finding, painter);
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let data = context.data;
        let parts = Self::parts(context.body, data.advice.findings.len());
        if let Some(y) = layout::row_at(layout::inside(parts.list), at) {
            self.in_evidence = false;
            if self.list.top + y < data.advice.findings.len() {
                self.list.cursor = self.list.top + y;
                self.evidence = List::default();
            }
        } else if let Some(y) = layout::row_at(layout::inside(parts.evidence), at) {
            let row = self.evidence.top + y;
            if row < self.finding(data)?.evidence.len() {
                if self.in_evidence && self.evidence.cursor == row {
                    return self.act(context, Action::Open);
                }
                self.in_evidence = true;
                self.evidence.cursor = row;
            }
        }
        None
    }

    fn wheel(&mut self, context: Context<'_>, at: Position, rows: isize) {
        let parts = Self::parts(context.body, context.data.advice.findings.len());
        if parts.evidence.contains(at) {
            let length = self.finding(context.data).map_or(0, |finding| finding.evidence.len());
            self.evidence.wheel(rows, length, usize::from(layout::inside(parts.evidence).height));
        } else {
            self.list.wheel(
                rows,
                context.data.advice.findings.len(),
                usize::from(layout::inside(parts.list).height),
            );
        }
    }

    fn selected(&self, context: Context<'_>) -> Option<PathId> {
        self.path(context.data).map(|(path, _)| path)
    }

    fn slot(&self, context: Context<'_>, path: PathId) -> Option<Slot> {
        let layer = self.path(context.data).map(|(_, layer)| layer)?;
        let entry = context.data.image.entry_in_layer(path, layer).map(Slot::Entry);
        entry.or_else(|| context.data.final_slot(path))
    }

    fn page(&self, context: Context<'_>) -> Option<Page> {
        let finding = self.finding(context.data).filter(|_| !self.in_evidence)?;
        let (bytes, severity) = (units::size(finding.bytes), finding.severity.name());
        let width = usize::from(context.body.width.saturating_sub(10)).min(100);
        let prose = wrap(&format!("{}\n\n{}", finding.title, finding.why), width).join("\n");
        Some(Page {
            title: finding.rule.clone(),
            about: format!("{bytes}  {severity}  {}", layers(&finding.layers)),
            body: format!("{prose}\n\n{}\n", finding.snippet),
            copied: finding.snippet.clone(),
        })
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        if self.in_evidence {
            return Some(context.data.path_text(self.selected(context)?, false));
        }
        self.finding(context.data).map(|finding| finding.snippet.clone())
    }
}
