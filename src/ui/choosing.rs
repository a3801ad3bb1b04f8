//! The lists to choose from, and what each choice does.

use std::sync::Arc;

use super::chooser::{Answer, Choice, Chooser, Item};
use super::data::Data;
use super::event::Effect;
use super::keymap::{self, Action, Scope};
use super::look::Column;
use super::model::{Exit, Model, Overlay, Stage};
use super::prompt::{Prompt, Purpose};
use super::request::Offered;
use super::text::safe;
use crate::error::Result;
use crate::units;

/// What follows a choice.
pub(super) enum Next {
    Done(Vec<Effect>),
    /// As if its key had been pressed.
    Act(Action),
    /// Nothing is open and nothing was chosen.
    Quit,
}

/// Handles a choice from a list.
pub(super) fn on_answer(model: &mut Model, answer: Answer) -> Next {
    let choice = match answer {
        Answer::Open => return Next::Done(Vec::new()),
        Answer::Closed => {
            model.overlay = None;
            // closed at the start, before anything is open
            return if matches!(model.stage, Stage::Loading(_)) {
                Next::Quit
            } else {
                Next::Done(Vec::new())
            };
        }
        Answer::Chosen(choice) => choice,
    };
    if let Choice::Column(column) = choice {
        if let Stage::Browser(main) = &mut model.stage {
            main.look.toggle(column);
        }
        show_columns(model);
        return Next::Done(Vec::new());
    }
    model.overlay = None;
    match choice {
        Choice::Act(action) => return Next::Act(action),
        Choice::Sort(sort) => {
            if let Stage::Browser(main) = &mut model.stage {
                main.look.set_sort(main.tab, sort);
            }
        }
        Choice::Open(place) => {
            model.message = Some("reading …".into());
            return Next::Done(vec![Effect::Load(Some(place))]);
        }
        Choice::Show(number) => model.browse(number),
        Choice::Export(format) => {
            let name = crate::report::FORMATS.get(format).map_or("text", |format| format.name);
            let ending = if name == "text" {
                "txt"
            } else if name == "markdown" {
                "md"
            } else {
                name
            };
            model.overlay = Some(Overlay::Prompt(Prompt {
                title: "Export the report",
                what: format!("the whole report as {name}"),
                about: String::new(),
                label: "to the file",
                text: format!("./layercake-report.{ending}"),
                purpose: Purpose::Export(format),
            }));
        }
        Choice::Allow(allow) => return Next::Done(vec![Effect::Plan(allow)]),
        Choice::Column(_) => {}
    }
    Next::Done(Vec::new())
}

/// Shows what can be opened.
pub(super) fn on_choices(model: &mut Model, offered: Result<Vec<Offered>>) -> Vec<Effect> {
    let offered = match offered {
        Ok(offered) => offered,
        Err(error) => {
            if matches!(model.stage, Stage::Loading(_)) {
                model.exit.get_or_insert(Exit::Failed(error));
            } else {
                model.message = Some(safe(error.to_string().as_bytes()));
            }
            return Vec::new();
        }
    };
    let row = |(at, offered): (usize, &Offered)| {
        Item::new(safe(offered.label.as_bytes()), safe(offered.note.as_bytes()), Choice::Open(at))
    };
    let loaded = if model.images.len() > 1 { images(model) } else { Vec::new() };
    let items = loaded.into_iter().chain(offered.iter().enumerate().map(row)).collect();
    model.message = None;
    model.overlay = Some(Overlay::Chooser(Chooser::new("Open an image", items)));
    Vec::new()
}

/// The images that were loaded together, the open one marked.
fn images(model: &Model) -> Vec<Item> {
    let open = match &model.stage {
        Stage::Browser(main) => Some(&main.data),
        Stage::Loading(_) => None,
    };
    let item = |(number, data): (usize, &Arc<Data>)| {
        let about = &data.image.about;
        let note = format!("{}  {}", about.platform, units::size(data.analysis.totals.content));
        let item = Item::new(safe(about.reference.as_bytes()), note, Choice::Show(number));
        Item { is_on: Some(open.is_some_and(|open| Arc::ptr_eq(open, data))), ..item }
    };
    model.images.iter().enumerate().map(item).collect()
}

/// Lets the user choose among the images that were loaded together.
pub(super) fn show_images(model: &mut Model) {
    let items = images(model);
    model.overlay = Some(Overlay::Chooser(Chooser::new("Which image?", items)));
}

/// Shows the palette: all actions of the current scopes, by name.
pub(super) fn show_palette(model: &mut Model) {
    let scopes: &[Scope] = match &model.stage {
        Stage::Browser(main) => main.scopes(),
        Stage::Loading(_) => &[Scope::Global],
    };
    let items =
        keymap::actions(scopes).map(|(action, help, shown)| Item::new(help, shown, Choice::Act(action)));
    model.overlay = Some(Overlay::Chooser(Chooser::new("Do what?", items.collect())));
}

/// Shows the orders of the open tab and the columns of trees.
pub(super) fn show_columns(model: &mut Model) {
    let Stage::Browser(main) = &model.stage else { return };
    let (look, now) = (main.look, main.context(model.size).sort);
    let sorts = main.pane().sorts().iter();
    let sorts = sorts.map(|sort| Item::new(format!("sort by {}", sort.name()), "", Choice::Sort(*sort)));
    let columns = Column::ALL.into_iter().map(|(column, name, ..)| {
        Item::new(format!("column: {name}"), "in file trees", Choice::Column(column))
    });
    let items = sorts.chain(columns).collect();
    if !matches!(model.overlay, Some(Overlay::Chooser(_))) {
        model.overlay = Some(Overlay::Chooser(Chooser::new("Order and columns", items)));
    }
    if let Some(Overlay::Chooser(chooser)) = &mut model.overlay {
        chooser.set_on(|choice| match choice {
            Choice::Sort(sort) => Some(*sort == now),
            Choice::Column(column) => Some(look.has(*column)),
            _ => None,
        });
    }
}

/// Shows the formats of the report.
pub(super) fn show_formats(model: &mut Model) {
    let formats = crate::report::FORMATS.iter().enumerate();
    let items = formats.map(|(at, format)| Item::new(format.name, format.help, Choice::Export(at)));
    model.overlay = Some(Overlay::Chooser(Chooser::new("Export the report", items.collect())));
}

/// Asks for the older image to compare with.
pub(super) fn older_image() -> Prompt {
    Prompt {
        title: "Compare with an older image",
        what: "what changed since then is shown in a tab of its own".into(),
        about: String::new(),
        label: "a file, or the name of an image",
        text: String::new(),
        purpose: Purpose::Compare,
    }
}
