//! An event changes the model, and names what is to be done outside. Nothing here touches the world.

use crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::{Position, Size};

use super::asked::Asked;
use super::browser::{Browser, LAYERS};
use super::chooser;
use super::choosing::{self, Next};
use super::confirm::{self, Confirm, Then};
use super::event::{Effect, Event, Outcome};
use super::keymap::{Action, Scope, lookup};
use super::list::List;
use super::model::{Exit, Model, Overlay, Stage};
use super::prompt;
use super::text::safe;
use super::{help, layout, slimming};

/// Rows that one notch of the wheel moves.
const NOTCH: isize = 3;

/// Takes an event in.
pub(super) fn update(model: &mut Model, event: Event) -> Vec<Effect> {
    let mut effects = match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => return Vec::new(),
        Event::Key(key) => on_key(model, key),
        Event::Mouse(mouse) => on_mouse(model, mouse),
        Event::Paste(text) => on_text(model, &text),
        Event::Resize(width, height) => {
            model.size = layout::drawn(width, height);
            Vec::new()
        }
        Event::Begun(parts) => {
            if let Stage::Loading(loading) = &mut model.stage {
                loading.begin(parts);
            }
            Vec::new()
        }
        Event::Tick(done) => {
            if let Stage::Loading(loading) = &mut model.stage {
                loading.tick(done);
            }
            Vec::new()
        }
        Event::Loaded(Ok(images)) => {
            let before = reference(model);
            model.show(images);
            // what several images share is a tab, which leads to each of them
            let is_listed = model.images.first().is_some_and(|data| data.among.is_some());
            if before.is_none() && model.images.len() > 1 && !is_listed {
                choosing::show_images(model);
            }
            model.message = before.map(|before| {
                let now = reference(model).unwrap_or_default();
                if before == now { "read again".into() } else { format!("opened {}", safe(now.as_bytes())) }
            });
            Vec::new()
        }
        Event::Loaded(Err(error)) if matches!(model.stage, Stage::Browser(_)) => {
            model.message = Some(safe(error.to_string().as_bytes()));
            Vec::new()
        }
        Event::Loaded(Err(error)) => {
            model.exit.get_or_insert(Exit::Failed(error));
            Vec::new()
        }
        Event::Matches { tab, turn, found } => {
            if let Some((main, size)) = browsing(model) {
                main.found(size, tab, turn, found);
            }
            Vec::new()
        }
        Event::Body { entry, body, is_cut } => {
            if let Some(Overlay::Viewer(viewer)) = &mut model.overlay {
                viewer.filled(entry, body, is_cut);
            }
            Vec::new()
        }
        Event::Done(said) => {
            model.message = Some(said);
            Vec::new()
        }
        Event::Choices(offered) => choosing::on_choices(model, offered),
        Event::Change(Ok(change)) => {
            model.message = None;
            model.overlay = Some(Overlay::Confirm(Confirm::new(change)));
            Vec::new()
        }
        Event::Slim(Ok(dry_run)) => {
            model.message = None;
            model.overlay = Some(Overlay::Confirm(slimming::confirm(&dry_run)));
            Vec::new()
        }
        Event::Change(Err(why)) | Event::Slim(Err(why)) => {
            model.message = Some(safe(why.as_bytes()));
            Vec::new()
        }
        Event::Stop(signal) => {
            model.exit = Some(Exit::Ended(Outcome::Signal(signal)));
            Vec::new()
        }
        Event::Suspend => vec![Effect::Suspend],
    };
    settle(model);
    if model.exit.is_some() {
        effects.clear();
    }
    effects
}

/// The name of the open image.
fn reference(model: &Model) -> Option<String> {
    match &model.stage {
        Stage::Browser(main) => Some(main.data.image.about.reference.clone()),
        Stage::Loading(_) => None,
    }
}

fn browsing(model: &mut Model) -> Option<(&mut Browser, Size)> {
    match &mut model.stage {
        Stage::Browser(main) => Some((main, model.size)),
        Stage::Loading(_) => None,
    }
}

/// Fits everything to the size of the screen.
fn settle(model: &mut Model) {
    let size = model.size;
    if let Some((main, size)) = browsing(model) {
        main.settle(size);
    }
    match &mut model.overlay {
        Some(Overlay::Help(list)) => {
            list.top = list.top.min(help::length(size).saturating_sub(help::height(size)));
            list.cursor = list.top;
        }
        Some(Overlay::Viewer(viewer)) => viewer.settle(size),
        Some(Overlay::Chooser(chooser)) => chooser.settle(size),
        Some(Overlay::Prompt(_) | Overlay::Confirm(_)) | None => {}
    }
}

fn on_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    model.message = None;
    // before everything else, so that nothing that takes text can take it away
    if key.modifiers == KeyModifiers::CONTROL && key.code == KeyCode::Char('c') {
        return quit(model);
    }
    if layout::screen(model.size).is_none() {
        return match lookup(key, &[Scope::Global]) {
            Some(Action::Quit) => quit(model),
            _ => Vec::new(),
        };
    }
    if let Some(effects) = on_overlay_key(model, key) {
        return effects;
    }
    if model.overlay.is_none()
        && let Some((main, size)) = browsing(model)
        && main.is_editing()
        && let Some(effects) = main.edit(size, key)
    {
        return effects;
    }
    let scopes: &[Scope] = match (&model.overlay, &model.stage) {
        (Some(Overlay::Viewer(_)), _) => &[Scope::Viewer, Scope::List, Scope::Global],
        (Some(_), _) | (None, Stage::Loading(_)) => &[Scope::List, Scope::Global],
        (None, Stage::Browser(main)) => main.scopes(),
    };
    match lookup(key, scopes) {
        Some(action) => on_action(model, action),
        None => Vec::new(),
    }
}

/// A key that belongs to what takes text on top of the tabs.
fn on_overlay_key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    let size = model.size;
    let effect = match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) => match prompt.key(key) {
            prompt::Answer::Open => return Some(Vec::new()),
            prompt::Answer::Cancelled => None,
            prompt::Answer::Confirmed(effect) => Some(effect),
        },
        Some(Overlay::Confirm(confirm)) => match confirm.key(key, size) {
            confirm::Answer::Open => return Some(Vec::new()),
            confirm::Answer::Cancelled => None,
            confirm::Answer::Confirmed(Then::Make(change)) => Some(Effect::Make(change)),
            confirm::Answer::Confirmed(Then::Ask(prompt)) => {
                model.overlay = Some(Overlay::Prompt(prompt));
                return Some(Vec::new());
            }
        },
        Some(Overlay::Chooser(chooser)) => {
            let answer = chooser.key(key, size);
            return Some(chosen(model, answer));
        }
        Some(Overlay::Viewer(viewer)) => return viewer.edit(key, size).then(Vec::new),
        Some(Overlay::Help(_)) | None => return None,
    };
    model.overlay = None;
    if let Some(effect) = &effect {
        let said = if matches!(effect, Effect::Compare(_)) { "reading …" } else { "writing …" };
        model.message = Some(said.into());
    }
    Some(effect.into_iter().collect())
}

/// Handles a choice from a list.
fn chosen(model: &mut Model, answer: chooser::Answer) -> Vec<Effect> {
    match choosing::on_answer(model, answer) {
        Next::Done(effects) => effects,
        Next::Act(action) => on_action(model, action),
        Next::Quit => quit(model),
    }
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let outcome = if matches!(model.stage, Stage::Loading(_)) { Outcome::Cancelled } else { Outcome::Quit };
    model.exit = Some(Exit::Ended(outcome));
    Vec::new()
}

fn on_action(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => return quit(model),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Palette => {
            choosing::show_palette(model);
            return Vec::new();
        }
        Action::Columns => {
            choosing::show_columns(model);
            return Vec::new();
        }
        Action::Export if matches!(model.stage, Stage::Browser(_)) => {
            choosing::show_formats(model);
            return Vec::new();
        }
        Action::Reload if matches!(model.stage, Stage::Browser(_)) => {
            model.message = Some("reading it again …".into());
            return vec![Effect::Load(None)];
        }
        Action::CompareWith if matches!(model.stage, Stage::Browser(_)) => {
            model.overlay = Some(Overlay::Prompt(choosing::older_image()));
            return Vec::new();
        }
        Action::OpenOther if matches!(model.stage, Stage::Browser(_)) => {
            model.message = Some("looking for images …".into());
            return vec![Effect::Choices];
        }
        Action::Theme => {
            model.theme = model.theme.next();
            model.theme_is_chosen = true;
            model.message = Some(format!("theme: {}", model.theme.name()));
            return Vec::new();
        }
        Action::Mouse => {
            model.mouse = !model.mouse;
            let said = if model.mouse { "mouse on" } else { "mouse off: the terminal selects text" };
            model.message = Some(said.into());
            return vec![Effect::Mouse(model.mouse)];
        }
        _ => {}
    }
    let size = model.size;
    match &mut model.overlay {
        Some(Overlay::Help(list)) => {
            if matches!(action, Action::Close | Action::Help) {
                model.overlay = None;
            } else {
                // no row is selected: it scrolls
                let furthest = help::length(size).saturating_sub(help::height(size));
                list.cursor = list.top;
                list.act(action, furthest + 1, help::height(size));
                list.top = list.cursor;
            }
            return Vec::new();
        }
        Some(Overlay::Viewer(viewer)) => {
            if matches!(action, Action::Close | Action::View) {
                model.overlay = None;
            } else if action == Action::Copy {
                return vec![Effect::Copy(viewer.copied().to_owned())];
            } else if action != Action::Help {
                viewer.act(action, size);
                return Vec::new();
            } else {
                model.overlay = Some(Overlay::Help(List::default()));
            }
            return Vec::new();
        }
        Some(Overlay::Prompt(_) | Overlay::Chooser(_) | Overlay::Confirm(_)) | None => {}
    }
    if action == Action::Help {
        model.overlay = Some(Overlay::Help(List::default()));
        return Vec::new();
    }
    let Some((main, size)) = browsing(model) else { return Vec::new() };
    let asked = main.act(size, action);
    follow(model, asked)
}

fn follow(model: &mut Model, asked: Asked) -> Vec<Effect> {
    match asked {
        Asked::Nothing => Vec::new(),
        Asked::Say(text) => {
            model.message = Some(text);
            Vec::new()
        }
        Asked::Show(number) => {
            model.browse(number);
            if let Stage::Browser(main) = &mut model.stage {
                main.visit(LAYERS);
            }
            Vec::new()
        }
        Asked::Effects(effects) => effects,
        Asked::View(viewer, effects) => {
            model.overlay = Some(Overlay::Viewer(viewer));
            effects
        }
        Asked::Prompt(prompt) => {
            model.overlay = Some(Overlay::Prompt(prompt));
            Vec::new()
        }
        Asked::Choose(chooser) => {
            model.overlay = Some(Overlay::Chooser(chooser));
            Vec::new()
        }
    }
}

fn on_text(model: &mut Model, text: &str) -> Vec<Effect> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(1000).collect();
    match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) => prompt.insert(&text),
        Some(Overlay::Chooser(chooser)) => chooser.insert(&text),
        Some(Overlay::Help(_) | Overlay::Viewer(_) | Overlay::Confirm(_)) => {}
        None => {
            return match browsing(model) {
                Some((main, size)) if main.is_editing() => main.insert(size, &text),
                _ => Vec::new(),
            };
        }
    }
    Vec::new()
}

fn on_mouse(model: &mut Model, mouse: MouseEvent) -> Vec<Effect> {
    let at = Position::new(mouse.column, mouse.row);
    let rows = match mouse.kind {
        MouseEventKind::ScrollUp => -NOTCH,
        MouseEventKind::ScrollDown => NOTCH,
        MouseEventKind::Down(MouseButton::Left) => 0,
        _ => return Vec::new(),
    };
    let size = model.size;
    match &mut model.overlay {
        Some(Overlay::Help(list)) => {
            if rows == 0 {
                model.overlay = None;
            } else {
                list.wheel(rows, help::length(size), help::height(size));
            }
            return Vec::new();
        }
        Some(Overlay::Viewer(viewer)) => {
            viewer.wheel(rows, size);
            return Vec::new();
        }
        Some(Overlay::Chooser(chooser)) if rows == 0 => {
            let answer = chooser.click(size, at);
            return chosen(model, answer);
        }
        Some(Overlay::Chooser(chooser)) => {
            chooser.wheel(rows, size);
            return Vec::new();
        }
        Some(Overlay::Prompt(_) | Overlay::Confirm(_)) => return Vec::new(),
        None => {}
    }
    model.message = None;
    let Some((main, size)) = browsing(model) else { return Vec::new() };
    if rows != 0 {
        main.wheel(size, at, rows);
        return Vec::new();
    }
    let asked = main.click(size, at);
    follow(model, asked)
}
