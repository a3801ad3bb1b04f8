//! What the arguments and the configuration ask of an image: the same whether it ends in a report or on the screen.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use super::args::Cli;
use super::ask::EngineQuery;
use super::input::{self, DEMO, Input};
use crate::advice::{self, Advice};
use crate::analysis::{self, Analysis, Base};
use crate::error::{Error, Result};
use crate::load::{self, Bodies, Loaded, Watch};
use crate::policy::{BaseSetting, Config};
use crate::source::ImageSelector;

/// An image, and what is to be found out about it.
pub(super) struct Request {
    input: Input,
    ask: EngineQuery,
    selector: ImageSelector,
    base: Base,
    rules: advice::Settings,
}

/// What was found out.
pub(super) struct Answer {
    pub loaded: Loaded,
    pub analysis: Analysis,
    pub advice: Advice,
}

impl Request {
    /// Reads what the arguments and the configuration say.
    pub(super) fn new(cli: &Cli, config: &Config) -> Result<Self> {
        let (input, tag) = match (&cli.image.image, cli.image.demo) {
            (_, true) => (Input::Demo, None),
            (Some(image), false) => input::find(image),
            (None, false) => {
                let hint = "try `layercake --demo`, or `layercake --help`";
                return Err(Error::because("no image is named").hint(hint));
            }
        };
        let selector =
            ImageSelector { image: cli.image.name.clone().or(tag), platform: cli.image.platform.clone() };
        let ask = EngineQuery {
            silence: Duration::from_secs(cli.image.engine.engine_timeout),
            pull: cli.image.engine.pull,
        };
        Ok(Self { input, ask, selector, base: base(cli, config)?, rules: rules(cli, config)? })
    }

    /// Fetches the image where that is asked for, while standard error is still the user's.
    ///
    /// # Errors
    /// When it can be neither found nor fetched.
    pub(super) fn prepare(&self) -> Result<()> {
        match &self.input {
            Input::Engine(engines, reference) if self.ask.pull => EngineQuery::fetch(engines, reference),
            _ => Ok(()),
        }
    }

    /// What the image is called until it is loaded.
    pub(super) fn name(&self) -> String {
        match &self.input {
            Input::Path(path) => path.display().to_string(),
            Input::Engine(_, reference) => reference.clone(),
            Input::Stdin => "standard input".into(),
            Input::Demo => "the built-in image".into(),
        }
    }

    /// Loads the image, analyses it and asks the rules.
    pub(super) fn run(&self, watch: &dyn Watch) -> Result<Answer> {
        let loaded = self.load(watch)?;
        let Some(base_layers) = self.base.layers(&loaded.image) else {
            return Err(wrong_base(&self.base, &loaded));
        };
        let analysis = analysis::analyse(&loaded.image, &loaded.union, base_layers);
        let advice = advice::advise(&loaded.image, &loaded.union, &analysis, &self.rules);
        Ok(Answer { loaded, analysis, advice })
    }

    fn load(&self, watch: &dyn Watch) -> Result<Loaded> {
        match &self.input {
            Input::Path(path) => load::path(path, &self.selector, watch),
            Input::Engine(engines, reference) => {
                let (engine, saving) = self.ask.save(engines, reference)?;
                let shown = format!("{}:{reference}", engine.name());
                load::stream(saving, &shown, &self.selector, watch)
            }
            Input::Stdin => {
                let stdin = std::io::stdin();
                if stdin.is_terminal() {
                    return Err(Error::because("standard input is a terminal, not an image")
                        .hint("pipe an image into it: docker save IMAGE | layercake -"));
                }
                load::stream(stdin.lock(), "standard input", &self.selector, watch)
            }
            Input::Demo => load::stream(DEMO, "(built in)", &self.selector, watch),
        }
    }

    /// Where files of the image can be read again; nowhere when it passed by.
    pub(super) fn bodies(&self, loaded: &Loaded) -> Option<Bodies> {
        match &self.input {
            Input::Path(path) => Some(Bodies::of_path(path.clone(), loaded.blobs.clone())),
            Input::Demo => Some(Bodies::of_bytes(DEMO, loaded.blobs.clone())),
            Input::Stdin | Input::Engine(..) => None,
        }
    }
}

/// What is said about rules of advice; an id that names none is an error.
fn rules(cli: &Cli, config: &Config) -> Result<advice::Settings> {
    let settings = advice::Settings {
        off: config.allow.iter().cloned().collect(),
        own: config.rules.clone(),
        ..Default::default()
    };
    let place = config.path.as_ref().map_or_else(String::new, |path| path.display().to_string());
    let known = settings.check().and_then(|()| config.deny.iter().try_for_each(|id| settings.know(id)));
    known.map_err(|why| Error::because(why).at(place))?;
    let denied = cli.policy.deny.iter().try_for_each(|id| settings.know(id));
    denied.map_err(|why| Error::because(why).at("--deny"))?;
    Ok(settings)
}

/// The base boundary that was asked for: the flag's, else the configuration's, else found.
fn base(cli: &Cli, config: &Config) -> Result<Base> {
    let Some(text) = &cli.image.base.base else {
        return Ok(match config.base {
            Some(BaseSetting::Layers(count)) => Base::Layers(count),
            Some(BaseSetting::Auto) | None => Base::Auto,
        });
    };
    let shown = text.to_string_lossy();
    if shown == "auto" {
        return Ok(Base::Auto);
    }
    if let Ok(count) = shown.parse() {
        return Ok(Base::Layers(count));
    }
    Ok(Base::Image(load::diff_ids(Path::new(text), &ImageSelector::default())?))
}

fn wrong_base(base: &Base, loaded: &Loaded) -> Error {
    let layers = loaded.image.layers.len();
    match base {
        Base::Layers(count) => {
            Error::because(format!("--base says {count} layers, but the image has only {layers}"))
        }
        _ => Error::because("--base names an image whose layers are not the first layers of this one"),
    }
    .hint("write the number of base layers, or auto")
}
