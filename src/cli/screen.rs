//! Opens the UI and provides what it needs from outside: loading, other images to choose from, changes to the
//! configuration.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::against::against;
use super::args::{Colour, OpenArgs, UiArgs, theme};
use super::exit::Exit;
use super::interrupt::Stop;
use super::offers;
use super::reports::is_coloured;
use super::request::{Request, query, selector};
use super::slim;
use crate::error::{Error, Result};
use crate::fix::NewFile;
use crate::load::Examination;
use crate::policy::{self, Config};
use crate::source::{ImageSelector, Progress};
use crate::ui::{self, Allow, Change, Offered, Outcome, Wanted};

/// Opens the UI. The image loads while its first frame is shown.
pub(super) fn show(open: OpenArgs, config: &Config) -> Result<Exit> {
    let options = options(&open.ui, open.report.color, config)?;
    let open = Arc::new(open);
    let is_named = open.image.image.is_some() || open.image.demo;
    let request = if is_named { named(&open, config)? } else { unnamed(&open, config)? };
    let place = config.path.clone();
    let request =
        ui::Request { allow: Some(Box::new(move |allow| plan(place.as_deref(), allow))), ..request };
    self::open(request, options)
}

/// Opens the UI, and says how the program ends.
pub(super) fn open(request: ui::Request, options: ui::Options) -> Result<Exit> {
    Ok(match ui::run(request, options)? {
        Outcome::Quit => Exit::Done,
        Outcome::Cancelled | Outcome::Signal(_) => Exit::Interrupted,
    })
}

/// How the UI looks, by the arguments and the configuration.
pub(super) fn options(arguments: &UiArgs, colour: Colour, config: &Config) -> Result<ui::Options> {
    Ok(ui::Options {
        theme: chosen_theme(arguments.theme, config)?,
        no_color: !is_coloured(colour, true),
        no_mouse: arguments.no_mouse,
    })
}

/// The theme that the user asks for here, in words that are known.
fn chosen_theme(asked: Option<ui::ThemeName>, config: &Config) -> Result<Option<ui::ThemeName>> {
    match (asked, &config.theme) {
        (Some(theme), _) => Ok(Some(theme)),
        (None, Some(name)) => theme(name).map(Some).map_err(|why| {
            let place = config.path.as_ref().map_or_else(String::new, |path| path.display().to_string());
            Error::because(format!("`{name}` is not a theme: {why}")).at(place)
        }),
        (None, None) => Ok(None),
    }
}

/// The image that the arguments name. Where its place holds several and none is chosen, the user is asked.
fn named(open: &Arc<OpenArgs>, config: &Config) -> Result<ui::Request> {
    let request = Request::new(&open.image, open.gates.denied(), config)?;
    request.prepare(&Stop)?;
    let (name, location) = (request.name(), request.location().clone());
    let is_chosen = request.selector().image.is_some()
        || request.selector().platform.is_some()
        || location.image.is_some();
    let chooses = !is_chosen && offers::images(&location).is_ok_and(|images| images.len() > 1);
    let again = Arc::clone(open);
    let request = move |offered: Option<&Offered>| {
        // read anew each time: the user may have changed it meanwhile
        let config = Config::find(Path::new("."), again.policy.config.as_deref())?;
        let request = Request::new(&again.image, again.gates.denied(), &config)?;
        let Some(offered) = offered else { return Ok(request) };
        if !offers::is_image(offered) {
            let location = offers::location(offered, &query(&again.image.engine));
            let selector = ImageSelector { image: None, platform: request.selector().platform.clone() };
            return Request::at(&again.image, again.gates.denied(), &config, location, selector);
        }
        let selector = offers::selector(offered, request.selector());
        Request::at(&again.image, again.gates.denied(), &config, request.location().clone(), selector)
    };
    let choices = move || {
        let images = offers::images(&location)?;
        Ok(if images.len() > 1 { images } else { offers::places() })
    };
    Ok(ui::Request { choices: Some(Box::new(choices)), chooses, ..opening(open, name, request) })
}

/// What loads an image, compares it with an older one, and slims it, wherever it is.
fn opening(
    open: &Arc<OpenArgs>,
    name: impl Into<String>,
    request: impl Fn(Option<&Offered>) -> Result<Request> + Send + Sync + 'static,
) -> ui::Request {
    let request = Arc::new(request);
    let same = Arc::clone(&request);
    let again = Arc::clone(open);
    let load = move |wanted: &Wanted, progress: &dyn Progress| {
        let older = older(wanted, &again)?;
        shown(&request(wanted.offered.as_ref())?, older.as_ref(), progress)
    };
    let write =
        move |offered: Option<&Offered>, examination: &Examination, into: &Path, stop: &dyn Progress| {
            slim::write(&same(offered)?, examination, into, stop)
        };
    let slimmer = ui::Slimmer { plan: Box::new(slim::dry_run), write: Box::new(write) };
    ui::Request { slim: Some(slimmer), ..ui::Request::new(name, load) }
}

/// No image is named: offers whatever there is to open.
fn unnamed(open: &Arc<OpenArgs>, config: &Config) -> Result<ui::Request> {
    // errors in the configuration are reported before anything is chosen
    Request::at(
        &open.image,
        open.gates.denied(),
        config,
        crate::source::Location::demo(),
        ImageSelector::default(),
    )?;
    let again = Arc::clone(open);
    let request = move |offered: Option<&Offered>| {
        let Some(offered) = offered else { return Err(offers::nothing_named()) };
        let config = Config::find(Path::new("."), again.policy.config.as_deref())?;
        let location = offers::location(offered, &query(&again.image.engine));
        let selector = selector(&again.image);
        Request::at(&again.image, again.gates.denied(), &config, location, selector)
    };
    let choices = || Ok(offers::places());
    Ok(ui::Request { choices: Some(Box::new(choices)), chooses: true, ..opening(open, "an image", request) })
}

/// The older image that the user wants to compare with.
fn older(wanted: &Wanted, open: &OpenArgs) -> Result<Option<Request>> {
    let Some(name) = &wanted.older else { return Ok(None) };
    let config = Config::find(Path::new("."), open.policy.config.as_deref())?;
    Request::of(OsStr::new(name), open.image.platform.clone(), &open.image.engine, &config).map(Some)
}

fn shown(request: &Request, older: Option<&Request>, progress: &dyn Progress) -> Result<Vec<ui::Shown>> {
    let (examination, bodies) = request.run(progress)?;
    let compared = match older {
        Some(older) => {
            let (old, comparison) = against(older, &examination, bodies.as_deref(), progress)?;
            Some(ui::Against { examination: old, comparison })
        }
        None => None,
    };
    Ok(vec![ui::Shown { examination, bodies, against: compared, among: None }])
}

/// The configuration, changed to allow a finding. The error is a sentence for the user.
fn plan(place: Option<&Path>, allow: &Allow) -> std::result::Result<Change, String> {
    let path = place.map_or_else(|| PathBuf::from(".layercake.toml"), Path::to_owned);
    if path.extension().is_none_or(|end| end != "toml") {
        return Err(format!(
            "the gates come from {}, which has no place for this; write a .layercake.toml",
            path.display()
        ));
    }
    let old = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(format!("{}: {}", path.display(), crate::error::describe_io(&error))),
    };
    let (table, key, values) = match allow {
        Allow::Rule(rule) => ("rules", "allow", std::slice::from_ref(rule)),
        Allow::Paths(globs) => ("ignore", "paths", globs.as_slice()),
    };
    let before = old.as_deref().unwrap_or_default();
    let text = policy::add_to_list(before, table, key, values)
        .map_err(|why| format!("{}: {why}", path.display()))?;
    if text == before {
        return Err(format!("{} allows it already; r reads the image again", path.display()));
    }
    let file = NewFile { path, old, new: text };
    Ok(Change {
        title: format!("Add to [{table}] {key}"),
        about: Vec::new(),
        diff: file.patch(),
        files: vec![file],
        next: "r reads the image with it",
        is_new: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowing_is_a_change_that_can_be_seen() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(".layercake.toml");
        std::fs::write(&path, "# ours\n[rules]\nallow = [\"docs\"]\n").unwrap();
        let change = plan(Some(&path), &Allow::Rule("manpages".into())).unwrap();
        assert_eq!(change.files[0].new, "# ours\n[rules]\nallow = [\"docs\", \"manpages\"]\n");
        assert!(
            change.diff.contains("-allow = [\"docs\"]\n+allow = [\"docs\", \"manpages\"]"),
            "{}",
            change.diff
        );
        let change = plan(Some(&path), &Allow::Paths(vec!["var/lib/**".into()])).unwrap();
        assert!(change.files[0].new.contains("[ignore]\npaths = [\"var/lib/**\"]"), "{:?}", change.files);
        assert!(plan(Some(&path), &Allow::Rule("docs".into())).unwrap_err().contains("already"));
        assert!(plan(Some(Path::new(".dive-ci")), &Allow::Rule("docs".into())).is_err());
    }
}
