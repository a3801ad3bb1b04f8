//! The tabs and what they share: switching, the filter's keys, copying, viewing, going back.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Position, Rect, Size};

use super::asked::Asked;
use super::chooser::{Choice, Chooser, Item};
use super::data::Data;
use super::event::Effect;
use super::keymap::{Action, Scope};
use super::look::Look;
use super::pane::{Context, Pane, Reply};
use super::request::Allow;
use super::text::safe;
use super::tree::{Filter, Matches};
use super::viewer::Viewer;
use super::{extract, history, labels, layout, panes, prompt};

/// The tab of layers and their files, where causes are shown.
pub(super) const LAYERS: usize = 0;
const WASTED: usize = 1;
const ADVICE: usize = 2;
/// The tab of what changed since an older image, where there is one.
const BESIDE: usize = 7;

/// Where the user is, by names.
pub(super) struct Here {
    tab: usize,
    layer: Option<usize>,
    path: Option<Vec<u8>>,
}

/// Browsing an image.
pub(super) struct Browser {
    pub(super) data: Arc<Data>,
    pub(super) panes: Vec<Box<dyn Pane>>,
    pub(super) tab: usize,
    pub(super) look: Look,
    /// Tabs to return to.
    back: Vec<usize>,
}

impl Browser {
    /// The tabs of an image; open is what changed, where it is compared with an older one, else the first.
    pub(super) fn new(data: Arc<Data>, look: Look) -> Self {
        let panes = panes::all(&data);
        let tab = if data.older.is_some() || data.among.is_some() { BESIDE } else { LAYERS };
        Self { data, panes, tab, look, back: Vec::new() }
    }

    /// The open tab.
    pub(super) fn pane(&self) -> &dyn Pane {
        self.panes[self.tab].as_ref()
    }

    /// Runs something on the open tab.
    fn on<T>(&mut self, size: Size, run: impl FnOnce(&mut dyn Pane, Context<'_>) -> T) -> T {
        let data = Arc::clone(&self.data);
        let (look, sort) = (self.look, self.look.sort(self.tab));
        run(self.panes[self.tab].as_mut(), Context { data: &data, body: body(size), look, sort })
    }

    /// What the open tab is drawn with.
    pub(super) fn context(&self, size: Size) -> Context<'_> {
        Context { data: &self.data, body: body(size), look: self.look, sort: self.look.sort(self.tab) }
    }

    /// Fits the open tab to the screen.
    pub(super) fn settle(&mut self, size: Size) {
        self.on(size, |pane, context| pane.settle(context));
    }

    /// The label of each tab and where it starts, fitted to `room` columns.
    pub(super) fn labels(&self, room: u16) -> Vec<(u16, String)> {
        labels::labels(&self.data, &self.panes, self.tab, room)
    }

    /// Where keys are looked up.
    pub(super) fn scopes(&self) -> &'static [Scope] {
        self.pane().scopes()
    }

    /// True when the keyboard belongs to the filter.
    pub(super) fn is_editing(&self) -> bool {
        self.pane().filter_shown().is_some_and(|filter| filter.is_editing)
    }

    /// Performs an action.
    pub(super) fn act(&mut self, size: Size, action: Action) -> Asked {
        match action {
            Action::Tab(tab) => self.open(size, usize::from(tab)),
            Action::NextTab => self.open(size, (self.tab + 1) % self.panes.len()),
            Action::PreviousTab => self.open(size, (self.tab + self.panes.len() - 1) % self.panes.len()),
            Action::Close => return self.close(size),
            Action::Filter => match self.panes[self.tab].filter() {
                Some(filter) => filter.is_editing = true,
                None => return Asked::Say("nothing to filter here".into()),
            },
            Action::Copy => {
                return match self.on(size, |pane, context| pane.copied(context)) {
                    Some(text) => Asked::Effects(vec![Effect::Copy(text)]),
                    None => Asked::Say("nothing to copy here".into()),
                };
            }
            Action::Sort => return self.sort(),
            Action::Exact => self.look.exact = !self.look.exact,
            Action::Wider | Action::Narrower => self.look.widen(action == Action::Wider),
            Action::History => return self.history(size),
            Action::AllowFinding => return self.allow(size),
            Action::SaveFix => return self.save(size),
            Action::Slim => return Asked::Effects(vec![Effect::PlanSlim]),
            Action::Fix => {
                let rules = self.on(size, |pane, context| pane.marked_rules(context));
                return Asked::Effects(vec![Effect::Fix(rules)]);
            }
            Action::View => return self.view(size),
            Action::Extract => return self.extract(size),
            _ => {
                let reply = self.on(size, |pane, context| pane.act(context, action));
                return self.follow(size, reply);
            }
        }
        Asked::Nothing
    }

    fn open(&mut self, size: Size, tab: usize) {
        if tab < self.panes.len() {
            self.tab = tab;
            self.back.clear();
            self.on(size, |pane, context| pane.narrow(context, None));
        }
    }

    /// Sorts the open tab by its next order.
    fn sort(&mut self) -> Asked {
        let sorts = self.pane().sorts();
        let Some(first) = sorts.first() else { return Asked::Say("there is one order only here".into()) };
        let now = sorts.iter().position(|sort| *sort == self.look.sort(self.tab));
        let next = now.and_then(|at| sorts.get(at + 1)).unwrap_or(first);
        self.look.set_sort(self.tab, *next);
        Asked::Say(format!("sorted by {}", next.name()))
    }

    /// What every layer did to the selected path.
    fn history(&mut self, size: Size) -> Asked {
        match self.on(size, |pane, context| pane.selected(context)) {
            Some(path) => Asked::View(Box::new(Viewer::of(history::page(&self.data, path))), Vec::new()),
            None => Asked::Say("no path is selected".into()),
        }
    }

    /// Goes to another tab and remembers the way back.
    pub(super) fn visit(&mut self, tab: usize) {
        if self.tab != tab {
            self.back.push(self.tab);
            self.tab = tab;
        }
    }

    /// Esc clears the filter first, then closes what the tab has open, then returns to the tab before.
    fn close(&mut self, size: Size) -> Asked {
        if self.panes[self.tab].filter().is_some_and(|filter| filter.is_on()) {
            if let Some(filter) = self.panes[self.tab].filter() {
                filter.clear();
            }
            self.on(size, |pane, context| pane.refilter(context));
        } else if !self.on(size, |pane, context| pane.close(context))
            && let Some(tab) = self.back.pop()
        {
            self.on(size, |pane, context| pane.narrow(context, None));
            self.tab = tab;
        }
        Asked::Nothing
    }

    fn follow(&mut self, size: Size, reply: Option<Reply>) -> Asked {
        match reply {
            None => Asked::Nothing,
            Some(Reply::Say(text)) => Asked::Say(text),
            Some(Reply::Show(image)) => Asked::Show(image),
            Some(Reply::View) => self.view(size),
            Some(Reply::Goto { layer, path }) => {
                self.visit(LAYERS);
                self.on(size, |pane, context| pane.goto(context, layer, path));
                Asked::Nothing
            }
            Some(Reply::Layer(layer)) => {
                self.visit(LAYERS);
                self.on(size, |pane, context| pane.goto_layer(context, layer));
                Asked::Nothing
            }
            Some(Reply::Findings(layers)) if self.data.findings_of(&layers).is_empty() => {
                Asked::Say("no finding names it".into())
            }
            Some(Reply::WastedOf(layers)) if self.data.wasted_by(&layers).is_empty() => {
                Asked::Say("nothing of it is wasted".into())
            }
            Some(Reply::Findings(layers)) => {
                self.visit(ADVICE);
                self.on(size, |pane, context| pane.narrow(context, Some(layers)));
                Asked::Nothing
            }
            Some(Reply::WastedOf(layers)) => {
                self.visit(WASTED);
                self.on(size, |pane, context| pane.narrow(context, Some(layers)));
                Asked::Nothing
            }
        }
    }

    fn view(&mut self, size: Size) -> Asked {
        if let Some(page) = self.on(size, |pane, context| pane.page(context)) {
            return Asked::View(Box::new(Viewer::of(page)), Vec::new());
        }
        let opened = self.on(size, |pane, context| {
            let path = pane.selected(context).ok_or("no file is selected")?;
            Viewer::open(context.data, path, pane.slot(context, path))
        });
        match opened {
            Ok((viewer, effect)) => Asked::View(Box::new(viewer), vec![effect]),
            Err(why) => Asked::Say(why.into()),
        }
    }

    fn extract(&mut self, size: Size) -> Asked {
        self.on(size, |pane, context| {
            let Some(what) = pane.extracted(context) else { return Asked::Say("nothing is selected".into()) };
            match extract::question(context.data, what) {
                Ok(prompt) => Asked::Prompt(prompt),
                Err(why) => Asked::Say(why),
            }
        })
    }

    /// Asks where to save the fixes.
    fn save(&mut self, size: Size) -> Asked {
        match self.on(size, |pane, context| pane.copied(context)) {
            Some(text) => {
                let text = format!("{}\n", text.trim_end());
                Asked::Prompt(prompt::save("Save the fix", "", text, "./Dockerfile.fix"))
            }
            None => Asked::Say("nothing to save here".into()),
        }
    }

    /// Asks how to allow a finding.
    fn allow(&mut self, size: Size) -> Asked {
        let ways = self.on(size, |pane, context| pane.allowed(context));
        if ways.is_empty() {
            return Asked::Say("no finding is selected".into());
        }
        let items = ways.into_iter().map(|allow| {
            let (label, note) = match &allow {
                Allow::Rule(rule) => (format!("the rule {rule}"), "[rules] allow".to_owned()),
                Allow::Paths(globs) => {
                    (format!("the paths {}", globs.join(", ")), "[ignore] paths".to_owned())
                }
            };
            Item::new(safe(label.as_bytes()), note, Choice::Allow(allow))
        });
        Asked::Choose(Chooser::new("Allow in .layercake.toml", items.collect()))
    }

    /// Where the user is, by names: the numbers may differ when the image is read again.
    pub(super) fn here(&mut self, size: Size) -> Here {
        let path = self.on(size, |pane, context| pane.selected(context));
        Here {
            tab: self.tab,
            layer: self.on(size, |pane, context| pane.layer(context)),
            path: path.map(|path| self.data.image.paths.full(path)),
        }
    }

    /// Goes back to a place, as far as it still exists.
    pub(super) fn back_to(&mut self, size: Size, here: &Here) {
        self.tab = LAYERS;
        let layer = here.layer.filter(|layer| *layer < self.data.image.layers.len());
        let path = here.path.as_ref().and_then(|path| self.data.image.paths.find(path));
        if let Some(layer) = layer {
            let path = path.filter(|path| self.data.log.change(layer, *path).is_some());
            self.on(size, |pane, context| match path {
                Some(path) => pane.goto(context, layer, path),
                None => pane.goto_layer(context, layer),
            });
        }
        self.tab = here.tab.min(self.panes.len() - 1);
    }

    /// Handles a key while the filter is edited; none when the filter does not take it.
    pub(super) fn edit(&mut self, size: Size, key: KeyEvent) -> Option<Vec<Effect>> {
        let filter = self.panes[self.tab].filter()?;
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => {
                filter.is_editing = false;
                if !filter.text.is_empty() {
                    self.panes[self.tab].filter_kept();
                }
                return Some(Vec::new());
            }
            KeyCode::Backspace if filter.text.is_empty() => {
                filter.is_editing = false;
                return Some(Vec::new());
            }
            KeyCode::Backspace => _ = filter.text.pop(),
            KeyCode::Char('u') if ctrl => filter.text.clear(),
            KeyCode::Char('w') if ctrl => {
                let end = filter.text.trim_end().rfind([' ', '/']).unwrap_or(0);
                filter.text.truncate(end);
            }
            KeyCode::Char(c) if !ctrl && !key.modifiers.contains(KeyModifiers::ALT) => filter.text.push(c),
            _ => return None,
        }
        Some(self.changed(size))
    }

    /// Text that was pasted into the filter.
    pub(super) fn insert(&mut self, size: Size, text: &str) -> Vec<Effect> {
        if let Some(filter) = self.panes[self.tab].filter() {
            filter.text.push_str(text);
        }
        self.changed(size)
    }

    fn changed(&mut self, size: Size) -> Vec<Effect> {
        let tab = self.tab;
        let Some(filter) = self.panes[tab].filter() else { return Vec::new() };
        match filter.changed() {
            Some(pattern) => vec![Effect::Find { tab, turn: filter.turn, pattern }],
            None if filter.error.is_some() => Vec::new(),
            None => {
                self.on(size, |pane, context| pane.refilter(context));
                Vec::new()
            }
        }
    }

    /// Takes the result of a search; one for an earlier text is dropped.
    pub(super) fn found(&mut self, size: Size, tab: usize, turn: u64, found: Matches) {
        let data = Arc::clone(&self.data);
        let Some(pane) = self.panes.get_mut(tab) else { return };
        let Some(filter) = pane.filter().filter(|filter: &&mut Filter| filter.turn == turn) else { return };
        filter.is_waiting = false;
        filter.found = Some(found);
        let (look, sort) = (self.look, self.look.sort(tab));
        pane.refilter(Context { data: &data, body: body(size), look, sort });
    }

    /// A click.
    pub(super) fn click(&mut self, size: Size, at: Position) -> Asked {
        let Some(screen) = layout::screen(size) else { return Asked::Nothing };
        if screen.tabs.contains(at) {
            if let Some(tab) = labels::tab_at(&self.labels(screen.tabs.width), at.x - screen.tabs.x) {
                self.open(size, tab);
            }
            return Asked::Nothing;
        }
        let reply = self.on(size, |pane, context| pane.click(context, at));
        self.follow(size, reply)
    }

    /// The wheel.
    pub(super) fn wheel(&mut self, size: Size, at: Position, rows: isize) {
        self.on(size, |pane, context| pane.wheel(context, at, rows));
    }
}

/// The area of the tabs; empty on a screen that is too small.
fn body(size: Size) -> Rect {
    layout::screen(size).map_or(Rect::ZERO, |screen| screen.body)
}
