//! The UI without a terminal: keys in, a buffer out. For tests, benchmarks and the screenshots of the README.

use std::fmt::Write as _;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::data::{Data, Shown};
use super::event::{Effect, Event};
use super::model::{Model, Stage};
use super::runtime::{body, copied};
use super::update::update;
use super::{Options, fixing, layout, view};

/// A UI that draws into a buffer and performs effects immediately. It writes no files.
pub struct Headless {
    model: Model,
    /// The text copied last.
    copied: Option<String>,
    /// Searches wait until [`Headless::search`].
    waits: bool,
    searches: Vec<Effect>,
    answers: Vec<Event>,
}

impl Headless {
    /// Shows an image on a screen of this size.
    pub fn new(shown: Shown, size: (u16, u16), options: Options) -> Self {
        Self::several(vec![shown], size, options)
    }

    /// Shows the first of several images that were loaded together.
    pub fn several(shown: Vec<Shown>, (width, height): (u16, u16), options: Options) -> Self {
        let mut ui = Self {
            model: Model::new(String::new(), layout::drawn(width, height), options),
            copied: None,
            waits: false,
            searches: Vec::new(),
            answers: Vec::new(),
        };
        ui.take(Event::Loaded(Ok(shown.into_iter().map(|shown| Arc::new(Data::new(shown))).collect())));
        ui
    }

    /// Types keys: characters as they are, others in angle brackets, as `<enter>`, `<esc>`, `<tab>`, `<space>`, `<up>`,
    /// `<down>`, `<left>`, `<right>`, `<pgup>`, `<pgdn>`, `<home>`, `<end>`, `<backspace>`, `<c-d>`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in split_keys(keys) {
            let inner = key.strip_prefix('<').and_then(|key| key.strip_suffix('>'));
            let plain = key.chars().next().map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
            if let Some(key) = inner.and_then(named).or(plain) {
                self.take(Event::Key(key));
            }
        }
        self
    }

    /// Types keys without the searches that they start: on a terminal those run on a thread of their own, and frames
    /// are drawn meanwhile. [`Headless::search`] and [`Headless::answer`] do the rest.
    pub fn keys_alone(&mut self, keys: &str) -> &mut Self {
        self.waits = true;
        self.keys(keys);
        self.waits = false;
        self
    }

    /// True when a search waits.
    pub fn is_searching(&self) -> bool {
        !self.searches.is_empty()
    }

    /// Runs the searches that wait, and keeps their answers.
    pub fn search(&mut self) -> &mut Self {
        for effect in std::mem::take(&mut self.searches) {
            let answer = self.perform(effect);
            self.answers.extend(answer);
        }
        self
    }

    /// Takes the answers of the searches in.
    pub fn answer(&mut self) -> &mut Self {
        for event in std::mem::take(&mut self.answers) {
            self.take(event);
        }
        self
    }

    /// Shows another image, as after reading it again.
    pub fn load(&mut self, shown: Shown) -> &mut Self {
        self.take(Event::Loaded(Ok(vec![Arc::new(Data::new(shown))])));
        self
    }

    /// Clicks.
    pub fn click(&mut self, column: u16, row: u16) -> &mut Self {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
    }

    /// Turns the wheel.
    pub fn wheel(&mut self, down: bool, column: u16, row: u16) -> &mut Self {
        self.mouse(if down { MouseEventKind::ScrollDown } else { MouseEventKind::ScrollUp }, column, row)
    }

    fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> &mut Self {
        self.take(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
        self
    }

    /// Changes the size of the screen.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.take(Event::Resize(width, height));
        self
    }

    /// True when the UI has ended.
    pub fn is_over(&self) -> bool {
        self.model.exit.is_some()
    }

    /// The text copied last.
    pub fn clipboard(&self) -> Option<&str> {
        self.copied.as_deref()
    }

    /// The frame as text, one line for each row, without blanks at the ends.
    pub fn text(&self) -> String {
        let buffer = self.frame();
        let rows = buffer.area.height;
        (0..rows).map(|y| row(&buffer, y)).collect::<Vec<_>>().join("\n")
    }

    /// The frame as text, and below it every run of cells that is not plain: `row:from-to style`.
    pub fn styled_text(&self) -> String {
        let buffer = self.frame();
        let mut out = self.text();
        out.push('\n');
        for y in 0..buffer.area.height {
            let mut x = 0;
            while x < buffer.area.width {
                let style = buffer[(x, y)].style();
                let start = x;
                while x < buffer.area.width && buffer[(x, y)].style() == style {
                    x += 1;
                }
                let said = told(style);
                if !said.is_empty() {
                    _ = write!(out, "\n{y}:{start}-{} {said}", x - 1);
                }
            }
        }
        out
    }

    /// The frame.
    pub fn frame(&self) -> Buffer {
        let size = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        view::draw(&self.model, &mut buffer);
        buffer
    }

    fn take(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in update(&mut self.model, event) {
                events.extend(self.perform(effect));
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        if self.waits && matches!(effect, Effect::Find { .. }) {
            self.searches.push(effect);
            return None;
        }
        let Stage::Browser(main) = &self.model.stage else { return None };
        let data = &main.data;
        match effect {
            Effect::Find { tab, turn, pattern } => {
                data.find(&pattern, &|| false).map(|found| Event::Matches { tab, turn, found })
            }
            Effect::Body { entry, limit } => Some(body(data, entry, limit)),
            // pressing random keys must not leave files behind
            Effect::Extract { .. }
            | Effect::Export { .. }
            | Effect::Save { .. }
            | Effect::Make(_)
            | Effect::Slim(_) => Some(Event::Done("nothing is written without a terminal".into())),
            Effect::PlanSlim => Some(Event::Slim(Err("this image cannot be written again".into()))),
            Effect::Plan(_) => Some(Event::Change(Err("there is no configuration to write here".into()))),
            Effect::Fix(rules) => Some(Event::Change(fixing::change(data, rules))),
            Effect::Choices | Effect::Load(_) | Effect::Compare(_) => {
                Some(Event::Done("there is nothing else to open".into()))
            }
            Effect::Copy(text) => {
                let said = copied(&text);
                self.copied = Some(text);
                Some(Event::Done(said))
            }
            Effect::Mouse(_) | Effect::Suspend => None,
        }
    }
}

/// Keys as [`Headless::keys`] takes them, one by one.
pub fn split_keys(keys: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        let special = rest
            .strip_prefix('<')
            .and_then(|inner| inner.find('>').filter(|&end| named(&inner[..end]).is_some()));
        let length = special.map_or(c.len_utf8(), |end| end + 2);
        out.push(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

fn named(name: &str) -> Option<KeyEvent> {
    let plain = |code| Some(KeyEvent::new(code, KeyModifiers::NONE));
    match name {
        "enter" => plain(KeyCode::Enter),
        "esc" => plain(KeyCode::Esc),
        "space" => plain(KeyCode::Char(' ')),
        "tab" => plain(KeyCode::Tab),
        "up" => plain(KeyCode::Up),
        "down" => plain(KeyCode::Down),
        "left" => plain(KeyCode::Left),
        "right" => plain(KeyCode::Right),
        "pgup" => plain(KeyCode::PageUp),
        "pgdn" => plain(KeyCode::PageDown),
        "home" => plain(KeyCode::Home),
        "end" => plain(KeyCode::End),
        "backspace" => plain(KeyCode::Backspace),
        _ => {
            let c = name.strip_prefix("c-")?.chars().next()?;
            Some(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL))
        }
    }
}

fn row(buffer: &Buffer, y: u16) -> String {
    let mut out = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let symbol = buffer[(x, y)].symbol();
        out.push_str(symbol);
        x += super::text::width(symbol).max(1);
    }
    out.trim_end().to_owned()
}

/// A style in words; empty for a plain one.
fn told(style: ratatui::style::Style) -> String {
    let mut words = Vec::new();
    let colour = |name: &str, colour: Option<ratatui::style::Color>| match colour {
        None | Some(ratatui::style::Color::Reset) => None,
        Some(colour) => Some(format!("{name}{colour}")),
    };
    words.extend(colour("", style.fg));
    words.extend(colour("on ", style.bg));
    if !style.add_modifier.is_empty() {
        words.push(format!("{:?}", style.add_modifier).to_lowercase());
    }
    words.join(" ")
}
