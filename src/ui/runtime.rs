//! The UI in the world: threads that send events, a loop that takes them in and draws, effects that are done.
//!
//! The loop sleeps until something happens; only while an image loads it wakes by itself. Events that piled
//! up are taken in together before a frame is drawn.

use std::io::{self, Write as _};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use crossterm::event::Event as Input;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;

use super::data::Data;
use super::event::{Effect, Event, Outcome};
use super::model::{Exit, Model, Stage};
use super::terminal::{self, Guard};
use super::tree::Pattern;
use super::update::update;
use super::{Options, Request, clipboard, extract, view};
use crate::error::{Error, Result};
use crate::image::{EntryId, PathId};
use crate::load::Watch;

/// How often the loading screen is drawn.
const TICK: Duration = Duration::from_millis(80);
/// Up to so many paths a filter is answered at once, before the next frame.
const FEW_PATHS: u32 = 40_000;

/// Opens the UI on a request and runs it to its end. The terminal is as before when this returns, and when it panics.
///
/// # Errors
/// When there is no terminal, or the image cannot be loaded: the error of the loader.
pub fn run(request: Request, options: Options) -> Result<Outcome> {
    terminal::hook_panics();
    let (width, height) = crossterm::terminal::size().map_err(|error| no_terminal(&error))?;
    let guard = Guard::take(!options.no_mouse).map_err(|error| no_terminal(&error))?;
    let model = Model::new(request.name.clone(), Size::new(width, height), options);
    let exit = Runtime::new(model, request).and_then(Runtime::run);
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
    terminal: Terminal<CrosstermBackend<io::Stdout>>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    progress: Arc<Progress>,
    finder: Option<Finder>,
}

impl Runtime {
    fn new(model: Model, request: Request) -> Result<Self> {
        let terminal =
            Terminal::new(CrosstermBackend::new(io::stdout())).map_err(|error| no_terminal(&error))?;
        let (sender, events) = mpsc::channel();
        let progress = Arc::new(Progress {
            sender: sender.clone(),
            done: OnceLock::new(),
            stop: AtomicBool::new(false),
        });
        let mut runtime = Self { model, terminal, events, sender, progress, finder: None };
        runtime.draw()?;
        runtime.read_input();
        runtime.read_signals()?;
        runtime.load(request);
        Ok(runtime)
    }

    fn run(mut self) -> Result<Exit> {
        loop {
            let is_loading = matches!(self.model.stage, Stage::Loading(_));
            let first = if is_loading {
                let tick = || Event::Tick(self.progress.done());
                self.events.recv_timeout(TICK).unwrap_or_else(|_| tick())
            } else {
                // this end is never dropped before the runtime is
                self.events.recv().unwrap_or(Event::Stop(0))
            };
            self.take(first)?;
            while let Ok(event) = self.events.try_recv() {
                self.take(event)?;
            }
            if let Some(exit) = self.model.exit.take() {
                self.progress.stop.store(true, Ordering::Relaxed);
                return Ok(exit);
            }
            self.draw()?;
        }
    }

    fn take(&mut self, event: Event) -> Result<()> {
        for effect in update(&mut self.model, event) {
            self.perform(effect)?;
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<()> {
        let model = &self.model;
        let drawn = self.terminal.draw(|frame| view::draw(model, frame.buffer_mut()));
        drawn.map(|_| ()).map_err(|error| no_terminal(&error))
    }

    fn data(&self) -> Option<Arc<Data>> {
        match &self.model.stage {
            Stage::Browser(main) => Some(Arc::clone(&main.data)),
            Stage::Loading(_) => None,
        }
    }

    fn perform(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::Suspend => return self.suspend(),
            Effect::Mouse(on) => terminal::capture_mouse(on).map_err(|error| no_terminal(&error))?,
            Effect::Copy(text) => {
                let mut out = io::stdout();
                let sent = out.write_all(clipboard::sequence(&text).as_bytes()).and_then(|()| out.flush());
                sent.map_err(|error| no_terminal(&error))?;
                self.model.message = Some(copied(&text));
            }
            Effect::Find { tab, turn, pattern } => self.find(tab, turn, pattern)?,
            Effect::Body { entry, limit } => self.later(move |data| body(data, entry, limit)),
            Effect::Extract { paths, into } => self.later(move |data| written(data, &paths, &into)),
        }
        Ok(())
    }

    fn find(&mut self, tab: usize, turn: u64, pattern: Pattern) -> Result<()> {
        let Some(data) = self.data() else { return Ok(()) };
        if data.image.paths.len() <= FEW_PATHS {
            if let Some(found) = pattern.find(&data.image, &|| false) {
                return self.take(Event::Matches { tab, turn, found });
            }
            return Ok(());
        }
        let sender = &self.sender;
        self.finder.get_or_insert_with(|| Finder::new(data, sender.clone())).ask(tab, turn, pattern);
        Ok(())
    }

    /// Does something that takes time on a thread of its own.
    fn later(&self, work: impl FnOnce(&Data) -> Event + Send + 'static) {
        let (Some(data), sender) = (self.data(), self.sender.clone()) else { return };
        thread::spawn(move || {
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| work(&data)));
            // the UI may have ended meanwhile
            _ = sender.send(
                done.unwrap_or_else(|_| Event::Done("that failed: an error in layercake itself".into())),
            );
        });
    }

    fn suspend(&mut self) -> Result<()> {
        terminal::leave();
        #[cfg(unix)]
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)
            .map_err(|error| Error::io(&error))?;
        terminal::enter(self.model.mouse).map_err(|error| no_terminal(&error))?;
        // the size may have changed meanwhile
        if let Ok((width, height)) = crossterm::terminal::size() {
            self.model.size = Size::new(width, height);
        }
        self.terminal.clear().map_err(|error| no_terminal(&error))
    }

    fn read_input(&self) {
        let sender = self.sender.clone();
        thread::spawn(move || {
            loop {
                let event = match crossterm::event::read() {
                    Ok(Input::Key(key)) => Event::Key(key),
                    Ok(Input::Mouse(mouse)) => Event::Mouse(mouse),
                    Ok(Input::Paste(text)) => Event::Paste(text),
                    Ok(Input::Resize(width, height)) => Event::Resize(width, height),
                    Ok(_) => continue,
                    // the terminal is gone
                    Err(_) => Event::Stop(0),
                };
                let is_over = matches!(event, Event::Stop(_));
                if sender.send(event).is_err() || is_over {
                    break;
                }
            }
        });
    }

    #[cfg(unix)]
    fn read_signals(&self) -> Result<()> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
        let sender = self.sender.clone();
        let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP])
            .map_err(|error| Error::io(&error))?;
        thread::spawn(move || {
            for signal in signals.forever() {
                let event = if signal == SIGTSTP { Event::Suspend } else { Event::Stop(signal) };
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "as on Unix")]
    fn read_signals(&self) -> Result<()> {
        Ok(())
    }

    fn load(&self, request: Request) {
        let (sender, progress) = (self.sender.clone(), Arc::clone(&self.progress));
        thread::spawn(move || {
            let load = request.load;
            let loaded = std::panic::catch_unwind(AssertUnwindSafe(|| load(&*progress).map(Data::new)));
            let loaded = loaded.unwrap_or_else(|panic| Err(broken(panic.as_ref())));
            // the user may have quit meanwhile
            _ = sender.send(Event::Loaded(loaded.map(Arc::new)));
        });
    }
}

/// What is said about a text that was copied.
pub(super) fn copied(text: &str) -> String {
    let lines = text.lines().count();
    let first = crate::text::line(text.lines().next().unwrap_or_default().as_bytes(), 120);
    if lines > 1 { format!("copied {lines} lines: {first} …") } else { format!("copied {first}") }
}

/// The beginning of a file, as an event.
pub(super) fn body(data: &Data, entry: EntryId, limit: u64) -> Event {
    let read = match &data.bodies {
        Some(read) => read(&data.image, entry, limit).map_err(|error| error.to_string()),
        None => Err("its files cannot be read again".into()),
    };
    Event::Body { entry, body: read, is_cut: data.image.entry(entry).size > limit }
}

/// What was extracted, as an event.
fn written(data: &Data, paths: &[(PathId, Option<EntryId>)], into: &Path) -> Event {
    Event::Done(extract::extract(data, paths, into))
}

/// The error for a panic of the loader.
fn broken(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text =
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".into());
    Error::because(format!("an error in layercake itself: {text}"))
        .hint("please report it, with the image if you can")
}

/// How far the loader is, and whether it should go on.
struct Progress {
    sender: Sender<Event>,
    done: OnceLock<Vec<AtomicU64>>,
    stop: AtomicBool,
}

impl Progress {
    fn done(&self) -> Vec<u64> {
        self.done
            .get()
            .map(|all| all.iter().map(|part| part.load(Ordering::Relaxed)).collect())
            .unwrap_or_default()
    }
}

impl Watch for Progress {
    fn begin(&self, parts: &[(String, u64)]) {
        // a second beginning is that of the same parts
        if self.done.set(parts.iter().map(|_| AtomicU64::new(0)).collect()).is_ok() {
            _ = self.sender.send(Event::Begun(parts.to_vec()));
        }
    }

    fn advance(&self, part: usize, bytes: u64) {
        if let Some(done) = self.done.get().and_then(|all| all.get(part)) {
            done.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Answers filters on a thread: one is looked for, and the newest one waits.
struct Finder {
    questions: Sender<(usize, u64, u64, Pattern)>,
    /// The number of the newest question; an older one that is being looked for is given up.
    newest: Arc<AtomicU64>,
}

impl Finder {
    fn new(data: Arc<Data>, events: Sender<Event>) -> Self {
        let (questions, asked) = mpsc::channel::<(usize, u64, u64, Pattern)>();
        let newest = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&newest);
        thread::spawn(move || {
            while let Ok(mut question) = asked.recv() {
                while let Ok(newer) = asked.try_recv() {
                    question = newer;
                }
                let (tab, turn, number, pattern) = question;
                let is_old = || current.load(Ordering::Relaxed) != number;
                if let Some(found) = pattern.find(&data.image, &is_old)
                    && events.send(Event::Matches { tab, turn, found }).is_err()
                {
                    break;
                }
            }
        });
        Self { questions, newest }
    }

    fn ask(&self, tab: usize, turn: u64, pattern: Pattern) {
        let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        // the thread ends only with the UI
        _ = self.questions.send((tab, turn, number, pattern));
    }
}
