//! The UI at run time: threads send events, a loop takes them and draws, effects are performed.
//!
//! The loop sleeps until an event arrives; only while an image loads it also wakes by itself. Queued
//! events are handled together before a frame is drawn.

use std::io::{self, Write as _};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::data::{Data, Shown};
use super::event::{Effect, Event, Outcome};
use super::finder::Finder;
use super::model::{Exit, Model, Stage};
use super::progress::Progress;
use super::request::{Offered, Request, Wanted};
use super::screen::Screen;
use super::slimming::Slimming;
use super::spawn::{NO_THREAD, spawn};
use super::terminal::{self, Guard};
use super::tree::Pattern;
use super::update::update;
use super::{
    Options, background, clipboard, extract, files, fixing, input, layout, remembered, slimming, view,
};
use crate::error::{Error, Result};
use crate::image::EntryId;

/// How often the loading screen is drawn.
const TICK: Duration = Duration::from_millis(80);
/// Images of up to this many paths are searched immediately, before the next frame.
const FEW_PATHS: u32 = 40_000;

/// Opens the UI on a request and runs it to its end. The terminal is as before when this returns, and when it panics.
///
/// # Errors
/// When there is no terminal, or the image cannot be loaded: the error of the loader.
pub fn run(request: Request, options: Options) -> Result<Outcome> {
    terminal::hook_panics();
    let (width, height) = crossterm::terminal::size().map_err(|error| no_terminal(&error))?;
    let guard = Guard::take(!options.no_mouse).map_err(|error| no_terminal(&error))?;
    let (theme, look) = remembered::read();
    // the only query to the terminal, before anything else reads its input
    let shown = options.theme.or(theme).unwrap_or_default().on(background::is_light);
    let options = Options { theme: Some(shown), ..options };
    let mut model = Model::new(request.name.clone(), layout::drawn(width, height), options);
    model.look = look;
    let exit = Runtime::new(model, request).map(|runtime| {
        let (exit, model) = runtime.run();
        let theme = if model.theme_is_chosen { Some(model.theme) } else { theme };
        if model.theme_is_chosen || model.look() != look {
            remembered::write(theme, &model.look());
        }
        exit
    });
    drop(guard);
    match exit? {
        Exit::Ended(outcome) => Ok(outcome),
        Exit::Failed(error) => Err(error),
    }
}

fn no_terminal(error: &io::Error) -> Error {
    Error::io(error).at("the terminal").hint("--format text writes a report instead")
}

/// Everything that runs.
struct Runtime {
    model: Model,
    screen: Screen<io::Stdout>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    progress: Arc<Progress>,
    finder: Option<Finder>,
    request: Arc<Request>,
    /// What the user may open, from the last time that it was asked for.
    offered: Arc<Mutex<Vec<Offered>>>,
    slimming: Option<Slimming>,
    /// What is open.
    open: Wanted,
}

impl Runtime {
    fn new(model: Model, request: Request) -> Result<Self> {
        let (sender, events) = mpsc::channel();
        let progress = Arc::new(Progress::new(sender.clone()));
        let screen = Screen::new(io::stdout());
        let mut runtime = Self {
            model,
            screen,
            events,
            sender,
            progress,
            finder: None,
            request: Arc::new(request),
            offered: Arc::default(),
            slimming: None,
            open: Wanted::default(),
        };
        runtime.draw();
        input::read_signals(runtime.sender.clone())?;
        input::read_keys(runtime.sender.clone())?;
        if runtime.request.chooses {
            runtime.ask_choices();
        } else {
            runtime.load(None);
        }
        Ok(runtime)
    }

    fn run(mut self) -> (Exit, Model) {
        loop {
            let is_loading = matches!(self.model.stage, Stage::Loading(_));
            let first = if is_loading {
                let tick = || Event::Tick(self.progress.done());
                self.events.recv_timeout(TICK).unwrap_or_else(|_| tick())
            } else {
                // the runtime holds a sender, so this end cannot close
                self.events.recv().unwrap_or(Event::Stop(0))
            };
            self.take(first);
            while let Ok(event) = self.events.try_recv() {
                self.take(event);
            }
            if let Some(exit) = self.model.exit.take() {
                self.progress.stop();
                return (exit, self.model);
            }
            self.draw();
        }
    }

    fn take(&mut self, event: Event) {
        if matches!(event, Event::Loaded(Err(_))) {
            // what cannot be read is not asked for again
            self.open.older = None;
        }
        for effect in update(&mut self.model, event) {
            self.perform(effect);
        }
    }

    fn draw(&mut self) {
        let model = &self.model;
        let drawn = self.screen.draw(model.size, |buffer| view::draw(model, buffer));
        self.written(&drawn);
    }

    /// A terminal that cannot be written to is gone, which ends the UI like a hang-up.
    fn written(&mut self, written: &io::Result<()>) {
        if written.is_err() {
            self.model.exit.get_or_insert(Exit::Ended(Outcome::Signal(input::HANG_UP)));
        }
    }

    fn data(&self) -> Option<Arc<Data>> {
        match &self.model.stage {
            Stage::Browser(main) => Some(Arc::clone(&main.data)),
            Stage::Loading(_) => None,
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Suspend => self.suspend(),
            Effect::Mouse(on) => {
                let switched = terminal::capture_mouse(on);
                self.written(&switched);
            }
            Effect::Copy(text) => {
                let mut out = io::stdout();
                let sent = out.write_all(clipboard::sequence(&text).as_bytes()).and_then(|()| out.flush());
                self.written(&sent);
                self.model.message = Some(copied(&text));
            }
            Effect::Find { tab, turn, pattern } => self.find(tab, turn, pattern),
            Effect::Body { entry, limit } => self.later(move |data| body(data, entry, limit)),
            Effect::Extract { paths, into } => {
                let into = files::expand(&into, std::env::home_dir().as_deref());
                self.later(move |data| Event::Done(extract::extract(data, &paths, &into)));
            }
            Effect::Export { format, into } => {
                self.later(move |data| Event::Done(files::export(data, format, &into)));
            }
            Effect::Save { text, into } => {
                let into = files::expand(&into, std::env::home_dir().as_deref());
                self.later(move |_| Event::Done(files::save(text.as_bytes(), &into)));
            }
            Effect::Fix(rules) => self.later(move |data| Event::Change(fixing::change(data, rules))),
            Effect::Make(change) => self.later(move |_| Event::Done(files::replace(&change))),
            Effect::PlanSlim => {
                let request = Arc::clone(&self.request);
                self.later(move |data| slimming::plan(&request, data));
            }
            Effect::Slim(into) => self.slim(&into),
            Effect::Load(place) => self.load(place),
            Effect::Compare(older) => {
                self.open.older = Some(older);
                self.load(None);
            }
            Effect::Choices => self.ask_choices(),
            Effect::Plan(allow) => {
                let request = Arc::clone(&self.request);
                self.later(move |_| {
                    Event::Change(match &request.allow {
                        Some(plan) => plan(&allow),
                        None => Err("there is no configuration to write here".into()),
                    })
                });
            }
        }
    }

    fn slim(&mut self, into: &Path) {
        let Some(data) = self.data() else { return };
        if self.slimming.as_ref().is_some_and(Slimming::is_running) {
            self.model.message = Some("another slimmer image is being written".into());
            return;
        }
        let into = files::expand(into, std::env::home_dir().as_deref());
        let (request, sender) = (Arc::clone(&self.request), self.sender.clone());
        self.slimming = Some(Slimming::start(request, self.open.offered.clone(), data, into, sender));
    }

    fn find(&mut self, tab: usize, turn: u64, pattern: Pattern) {
        let Some(data) = self.data() else { return };
        if data.image.paths.len() <= FEW_PATHS {
            if let Some(found) = data.find(&pattern, &|| false) {
                self.take(Event::Matches { tab, turn, found });
            }
            return;
        }
        let sender = &self.sender;
        self.finder.get_or_insert_with(|| Finder::new(data, sender.clone())).ask(tab, turn, pattern);
    }

    /// Does `work` on a thread of its own; where none can be started, `instead` is what comes of it.
    fn spawn(&self, instead: impl FnOnce() -> Event, work: impl FnOnce() + Send + 'static) {
        if !spawn(work) {
            // the receiver is in the same struct
            _ = self.sender.send(instead());
        }
    }

    /// Runs slow work on a thread of its own.
    fn later(&self, work: impl FnOnce(&Data) -> Event + Send + 'static) {
        let (Some(data), sender) = (self.data(), self.sender.clone()) else { return };
        self.spawn(
            || Event::Done(NO_THREAD.into()),
            move || {
                let done = std::panic::catch_unwind(AssertUnwindSafe(|| work(&data)));
                // the UI may have ended meanwhile
                _ = sender.send(
                    done.unwrap_or_else(|_| Event::Done("that failed: an error in layercake itself".into())),
                );
            },
        );
    }

    /// Stops the program and returns when the shell resumes it. What is on the terminal
    /// then is unknown, so everything is redrawn. The terminal is not queried: the thread that reads
    /// the keys would get the answer.
    fn suspend(&mut self) {
        if !terminal::can_stop() {
            self.model.message = Some("no shell is there to go back to".into());
            return;
        }
        terminal::leave();
        let back = terminal::stop().and_then(|()| terminal::enter(self.model.mouse));
        self.written(&back);
        // the size may have changed meanwhile
        if let Ok((width, height)) = crossterm::terminal::size() {
            self.take(Event::Resize(width, height));
        }
        self.screen.forget();
    }

    /// Loads one of the offered places, or the open image again.
    fn load(&mut self, place: Option<usize>) {
        if let Some(place) = place {
            let offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
            let chosen = offered.get(place).cloned().or_else(|| self.open.offered.take());
            self.open = Wanted { offered: chosen, older: None };
        }
        // the search thread holds the previous image
        self.finder = None;
        self.progress = Arc::new(Progress::new(self.sender.clone()));
        let (request, open) = (Arc::clone(&self.request), self.open.clone());
        let (sender, progress) = (self.sender.clone(), Arc::clone(&self.progress));
        self.spawn(
            || Event::Loaded(Err(Error::because(NO_THREAD))),
            move || {
                let load = || (request.load)(&open, &*progress).map(all_of);
                let loaded = std::panic::catch_unwind(AssertUnwindSafe(load));
                let loaded = loaded.unwrap_or_else(|panic| Err(broken(panic.as_ref())));
                // the user may have quit meanwhile
                _ = sender.send(Event::Loaded(loaded));
            },
        );
    }

    /// Lists what can be opened, on a thread.
    fn ask_choices(&self) {
        let (request, sender) = (Arc::clone(&self.request), self.sender.clone());
        let offered = Arc::clone(&self.offered);
        self.spawn(
            || Event::Done(NO_THREAD.into()),
            move || {
                let asked = request.choices.as_ref().map_or_else(|| Ok(Vec::new()), |choices| choices());
                if let Ok(places) = &asked {
                    offered.lock().unwrap_or_else(PoisonError::into_inner).clone_from(places);
                }
                // the user may have quit meanwhile
                _ = sender.send(Event::Choices(asked));
            },
        );
    }
}

fn all_of(shown: Vec<Shown>) -> Vec<Arc<Data>> {
    shown.into_iter().map(|shown| Arc::new(Data::new(shown))).collect()
}

/// The message after copying a text.
pub(super) fn copied(text: &str) -> String {
    let lines = text.lines().count();
    let first = crate::text::line(text.lines().next().unwrap_or_default().as_bytes(), 120);
    if lines > 1 { format!("copied {lines} lines: {first} …") } else { format!("copied {first}") }
}

/// The beginning of a file, as an event.
pub(super) fn body(data: &Data, entry: EntryId, limit: u64) -> Event {
    let read = match &data.bodies {
        Some(bodies) => bodies.read(&data.image, entry, limit).map_err(|error| error.to_string()),
        None => Err("its files cannot be read again".into()),
    };
    Event::Body { entry, body: read, is_cut: data.image.entry(entry).size > limit }
}

/// The error for a panic of the loader.
fn broken(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text =
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".into());
    Error::because(format!("an error in layercake itself: {text}"))
        .hint("please report it, with the image if you can")
}
