//! The tabs, and what is common to all: choosing one, the filter's keys, copying, viewing, going back.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Position, Rect, Size};

use super::data::Data;
use super::event::Effect;
use super::extract::Prompt;
use super::keymap::{Action, Scope};
use super::layout;
use super::pane::{Context, Pane, Reply};
use super::panes;
use super::tree::{Filter, Matches};
use super::update::Asked;
use super::view;
use super::viewer::Viewer;

/// The tab that shows layers and their files: where causes are.
const LAYERS: usize = 0;

/// Browsing an image.
pub(super) struct Browser {
    pub(super) data: Arc<Data>,
    pub(super) panes: Vec<Box<dyn Pane>>,
    pub(super) tab: usize,
    /// Tabs to come back to.
    back: Vec<usize>,
}

impl Browser {
    /// The tabs of an image, the first one open.
    pub(super) fn new(data: Arc<Data>) -> Self {
        let panes = panes::all(&data);
        Self { data, panes, tab: LAYERS, back: Vec::new() }
    }

    /// The open tab.
    pub(super) fn pane(&self) -> &dyn Pane {
        self.panes[self.tab].as_ref()
    }

    /// Runs something on the open tab.
    fn on<T>(&mut self, size: Size, run: impl FnOnce(&mut dyn Pane, Context<'_>) -> T) -> T {
        let data = Arc::clone(&self.data);
        run(self.panes[self.tab].as_mut(), Context { data: &data, body: body(size) })
    }

    /// Fits the open tab to the screen.
    pub(super) fn settle(&mut self, size: Size) {
        self.on(size, |pane, context| pane.settle(context));
    }

    /// Where keys are looked up.
    pub(super) fn scopes(&self) -> &'static [Scope] {
        self.pane().scopes()
    }

    /// True when the keyboard belongs to the filter.
    pub(super) fn is_editing(&self) -> bool {
        self.pane().filter_shown().is_some_and(|filter| filter.is_editing)
    }

    /// Does what an action says.
    pub(super) fn act(&mut self, size: Size, action: Action) -> Asked {
        match action {
            Action::Tab(tab) => self.open(usize::from(tab)),
            Action::NextTab => self.open((self.tab + 1) % self.panes.len()),
            Action::PreviousTab => self.open((self.tab + self.panes.len() - 1) % self.panes.len()),
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
            Action::View => return self.view(size),
            Action::Extract => return self.extract(size),
            _ => {
                let reply = self.on(size, |pane, context| pane.act(context, action));
                return self.follow(size, reply);
            }
        }
        Asked::Nothing
    }

    fn open(&mut self, tab: usize) {
        if tab < self.panes.len() {
            self.tab = tab;
            self.back.clear();
        }
    }

    /// Esc: the filter first, then what the tab has open, then back to the tab that one came from.
    fn close(&mut self, size: Size) -> Asked {
        if self.panes[self.tab].filter().is_some_and(|filter| filter.is_on()) {
            if let Some(filter) = self.panes[self.tab].filter() {
                filter.text.clear();
                filter.is_editing = false;
                filter.changed();
            }
            self.on(size, |pane, context| pane.refilter(context));
        } else if !self.on(size, |pane, context| pane.close(context))
            && let Some(tab) = self.back.pop()
        {
            self.tab = tab;
        }
        Asked::Nothing
    }

    fn follow(&mut self, size: Size, reply: Option<Reply>) -> Asked {
        match reply {
            None => Asked::Nothing,
            Some(Reply::Say(text)) => Asked::Say(text),
            Some(Reply::View) => self.view(size),
            Some(Reply::Goto { layer, path }) => {
                if self.tab != LAYERS {
                    self.back.push(self.tab);
                    self.tab = LAYERS;
                }
                self.on(size, |pane, context| pane.goto(context, layer, path));
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
            let Some(path) = pane.selected(context) else { return Asked::Say("nothing is selected".into()) };
            match Prompt::new(context.data, path, &|path| pane.slot(context, path)) {
                Ok(prompt) => Asked::Extract(prompt),
                Err(why) => Asked::Say(why),
            }
        })
    }

    /// A key while the filter is edited; none when it is not the filter's.
    pub(super) fn edit(&mut self, size: Size, key: KeyEvent) -> Option<Vec<Effect>> {
        let filter = self.panes[self.tab].filter()?;
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => {
                filter.is_editing = false;
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

    /// A filter's answer; a late one to an earlier text is dropped.
    pub(super) fn found(&mut self, size: Size, tab: usize, turn: u64, found: Matches) {
        let data = Arc::clone(&self.data);
        let Some(pane) = self.panes.get_mut(tab) else { return };
        let Some(filter) = pane.filter().filter(|filter: &&mut Filter| filter.turn == turn) else { return };
        filter.is_waiting = false;
        filter.found = Some(found);
        pane.refilter(Context { data: &data, body: body(size) });
    }

    /// A click.
    pub(super) fn click(&mut self, size: Size, at: Position) -> Asked {
        let Some(screen) = layout::screen(size) else { return Asked::Nothing };
        if screen.tabs.contains(at) {
            if let Some(tab) = view::tab_at(self, screen.tabs, at) {
                self.open(tab);
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
