//! The fifth tab: the image itself. Names, totals, configuration, history, diagnostics, as one long page.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::dockerfile::Keyword;
use crate::secrets::redact;
use crate::ui::data::Data;
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::pane::{Context, Pane, Reply};
use crate::ui::text::{Painter, safe, wrap};
use crate::ui::theme::Theme;
use crate::units;

/// The state of the tab: which line is on top.
#[derive(Default)]
pub(super) struct ImageTab {
    list: List,
}

/// One line: a heading, or a name and a value.
struct Line {
    name: String,
    value: String,
    style: Style,
}

/// Columns of the names.
const NAMES: u16 = 18;
/// Longest value, in characters.
const LONGEST: usize = 600;

/// Makes the page.
struct Page<'a> {
    lines: Vec<Line>,
    theme: &'a Theme,
    width: usize,
}

impl Page<'_> {
    fn heading(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Line { name: String::new(), value: String::new(), style: self.theme.text });
        }
        self.lines.push(Line { name: text.into(), value: String::new(), style: self.theme.title_focused });
    }

    fn row(&mut self, name: &str, value: &str) {
        self.styled(name, value, self.theme.text);
    }

    fn styled(&mut self, name: &str, value: &str, style: Style) {
        let safe: String = crate::text::line(value.as_bytes(), LONGEST);
        let mut name = name.to_owned();
        for line in wrap(&safe, self.width) {
            self.lines.push(Line { name: std::mem::take(&mut name), value: line, style });
        }
    }

    fn some(&mut self, name: &str, values: impl Iterator<Item = String>) {
        for (at, value) in values.enumerate() {
            self.row(if at == 0 { name } else { "" }, &value);
        }
    }
}

fn page(data: &Data, width: u16, theme: &Theme) -> Vec<Line> {
    let mut page = Page { lines: Vec::new(), theme, width: usize::from(width.saturating_sub(NAMES + 4)) };
    names(data, &mut page);
    totals(data, &mut page);
    configuration(data, &mut page);
    history(data, &mut page);
    packages(data, &mut page);
    if !data.image.diagnostics.is_empty() {
        page.heading("Remarks");
        for remark in &data.image.diagnostics {
            let place = remark.layer.map_or(String::new(), |layer| format!(" (layer {layer})"));
            page.styled(remark.code, &format!("{}{place}", remark.message), theme.modified);
        }
    }
    page.lines
}

fn names(data: &Data, page: &mut Page<'_>) {
    let about = &data.image.about;
    page.heading("Image");
    page.row("name", &about.reference);
    page.some("tags", about.tags.iter().cloned());
    page.row("read from", &about.source);
    page.row("platform", &about.platform.to_string());
    if let Some(release) = &data.analysis.system.release {
        page.row("distribution", release.pretty_name.as_deref().unwrap_or(&release.id));
    }
    page.row("created", about.created.as_deref().unwrap_or("unknown"));
    let digest = |digest: &Option<crate::digest::Digest>| {
        digest.as_ref().map_or("unknown".to_owned(), |digest| digest.as_str().to_owned())
    };
    page.row("config digest", &digest(&about.config_digest));
    page.row("manifest digest", &digest(&about.manifest_digest));
}

fn totals(data: &Data, page: &mut Page<'_>) {
    let totals = &data.analysis.totals;
    let layers = data.image.layers.len();
    page.heading("Totals");
    let base = data.analysis.base_layers;
    page.row("layers", &format!("{layers}: {base} from the base image, {} own", layers - base));
    page.row("content", &format!("{} in regular files of all layers", units::size(totals.content)));
    page.row("live", &format!("{} that a container can see", units::size(totals.live)));
    let wasted = format!(
        "{}: {} overwritten ({} with the same content), {} removed, {} repeated",
        units::size(totals.wasted),
        units::size(totals.overwritten),
        units::size(totals.metadata_only),
        units::size(totals.removed),
        units::size(totals.repeated)
    );
    let style = if totals.wasted > 0 { page.theme.waste } else { page.theme.text };
    page.styled("wasted", &wasted, style);
    page.row("efficiency", &units::share(totals.efficiency));
    let own = units::share(totals.own_wasted_ratio);
    page.row(
        "own layers",
        &format!(
            "{}, {} of it wasted ({own})",
            units::size(totals.own_content),
            units::size(totals.own_wasted)
        ),
    );
    page.row("hidden base", &format!("{} of the base that own layers hide", units::size(totals.base_hidden)));
    page.row("duplicates", &format!("{} in equal files at several paths", units::size(totals.duplicates)));
    page.row(
        "stored",
        &format!("{} as blobs, {} as tars", units::size(totals.blob), units::size(totals.tar)),
    );
    let tree = &totals.tree;
    let counts = [
        (tree.files, "files"),
        (tree.directories, "directories"),
        (tree.symlinks, "symbolic links"),
        (tree.others, "others"),
    ];
    let counts: Vec<String> =
        counts.iter().map(|(count, name)| format!("{} {name}", units::count(*count))).collect();
    page.row("file system", &counts.join(", "));
}

fn configuration(data: &Data, page: &mut Page<'_>) {
    let runtime = &data.image.config.config;
    page.heading("Configuration");
    let list = |words: &[String]| words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
    page.row(
        "entrypoint",
        &if runtime.entrypoint.is_empty() {
            "none".into()
        } else {
            format!("[{}]", list(&runtime.entrypoint))
        },
    );
    page.row(
        "cmd",
        &if runtime.cmd.is_empty() { "none".into() } else { format!("[{}]", list(&runtime.cmd)) },
    );
    page.row("user", if runtime.user.is_empty() { "root (none is set)" } else { &runtime.user });
    page.row("directory", if runtime.working_dir.is_empty() { "/" } else { &runtime.working_dir });
    page.some("ports", runtime.exposed_ports.iter().cloned());
    page.some("volumes", runtime.volumes.iter().cloned());
    page.some("environment", runtime.env.iter().map(|pair| redact(pair)));
    page.some("labels", runtime.labels.iter().map(|(name, value)| redact(&format!("{name}={value}"))));
    if !runtime.stop_signal.is_empty() {
        page.row("stop signal", &runtime.stop_signal);
    }
}

fn history(data: &Data, page: &mut Page<'_>) {
    page.heading("History");
    if data.image.history.is_empty() {
        page.row("", "the image tells none");
    }
    for step in &data.image.history {
        let words: Vec<&str> = step.command.split_whitespace().take(200).collect();
        let command = words.join(" ");
        let shown = match step.instruction {
            Some(Keyword::Run) => format!("RUN {command}"),
            _ => command,
        };
        match step.layer {
            Some(layer) => {
                let size = units::size(data.analysis.layers[layer].content);
                page.row(&format!("layer {layer:>3} {size:>8}"), &shown);
            }
            None => page.styled("        no layer", &shown, page.theme.dim),
        }
    }
}

/// Most packages that are listed.
const PACKAGES: usize = 20;

fn packages(data: &Data, page: &mut Page<'_>) {
    let packages = &data.analysis.packages.list;
    if packages.is_empty() {
        return;
    }
    page.heading(&format!("Largest of {} packages", units::count(packages.len() as u64)));
    for package in packages.iter().take(PACKAGES) {
        let version = package.version.as_deref().unwrap_or("");
        let name = format!("{} {version}  {}", package.name, package.manager.name());
        let layer = package.layer().map_or(String::new(), |layer| format!("layer {layer:>3}"));
        page.row(&format!("{layer:9} {:>8}", units::size(package.bytes)), &name);
    }
}

impl ImageTab {
    fn area(body: Rect) -> Rect {
        layout::inside(body)
    }

    fn length(context: Context<'_>) -> usize {
        page(context.data, context.body.width, crate::ui::theme::ThemeName::Default.theme()).len()
    }
}

impl Pane for ImageTab {
    fn name(&self) -> &'static str {
        "Image"
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::List, Scope::Global]
    }

    fn offers(&self, action: Action) -> bool {
        // a page to read: nothing on it is selected
        !matches!(action, Action::Open | Action::NextPane | Action::Filter | Action::View | Action::Copy)
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let (length, height) = (Self::length(context), usize::from(Self::area(context.body).height));
        // a page has no cursor: it scrolls
        let furthest = length.saturating_sub(height);
        self.list.cursor = self.list.top;
        self.list.act(action, furthest + 1, height);
        self.list.top = self.list.cursor;
        None
    }

    fn settle(&mut self, context: Context<'_>) {
        let height = usize::from(Self::area(context.body).height);
        self.list.top = self.list.top.min(Self::length(context).saturating_sub(height));
        self.list.cursor = self.list.top;
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        let lines = page(context.data, context.body.width, painter.theme);
        let area = Self::area(context.body);
        let shown = self.list.window(lines.len(), usize::from(area.height));
        let note = format!("lines {}–{} of {}", shown.start + 1, shown.end, lines.len());
        painter.title(context.body, "Image", &note, true);
        for (y, line) in (0_u16..).zip(&lines[shown]) {
            if line.value.is_empty() {
                painter.put(area, 1, y, area.width, &line.name, line.style);
                continue;
            }
            painter.right(area, 1, y, NAMES, &safe(line.name.as_bytes()), painter.theme.dim);
            painter.put(area, NAMES + 3, y, area.width, &line.value, line.style);
        }
    }

    fn click(&mut self, _cx: Context<'_>, _at: Position) -> Option<Reply> {
        None
    }

    fn wheel(&mut self, context: Context<'_>, _at: Position, rows: isize) {
        let height = usize::from(Self::area(context.body).height);
        self.list.wheel(rows, Self::length(context), height);
        self.list.cursor = self.list.top;
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        let about = &context.data.image.about;
        Some(safe(about.reference.as_bytes()))
    }
}
