//! What the arguments and the configuration ask of an image: the same whether it ends in a report or on the screen.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::{BaseArgs, EngineArgs, ImageArgs};
use super::{offers, threads};
use crate::advice;
use crate::analysis::Base;
use crate::error::{Error, Result};
use crate::load::{self, Examination, NamedDockerfile, Progress, ReadBodies};
use crate::oci::Platform;
use crate::policy::{BaseSetting, Config};
use crate::source::{Engine, EngineQuery, ImageSelector, Location};

/// An image, and what is to be found out about it.
pub(super) struct Request {
    location: Location,
    selector: ImageSelector,
    base: Base,
    dockerfile: Option<NamedDockerfile>,
    query: EngineQuery,
    pub rules: advice::Settings,
}

impl Request {
    /// Reads what the arguments and the configuration say.
    pub(super) fn new(image: &ImageArgs, denied: &[String], config: &Config) -> Result<Self> {
        let query = query(&image.engine);
        let location = match (&image.image, image.demo) {
            (_, true) => Location::demo(),
            (Some(named), false) => Location::parse(named, &query).trusted(image.engine.trust()),
            (None, false) => return Err(offers::nothing_named()),
        };
        Self::at(image, denied, config, location, selector(image))
    }

    /// The same of another place.
    pub(super) fn at(
        image: &ImageArgs,
        denied: &[String],
        config: &Config,
        location: Location,
        selector: ImageSelector,
    ) -> Result<Self> {
        let request = Self {
            location,
            selector,
            base: base(&image.base, config)?,
            dockerfile: None,
            query: query(&image.engine),
            rules: rules(denied, config)?,
        };
        Ok(request.built_from(image.dockerfile.clone(), image.target.clone()))
    }

    /// An image among several, of which no flag says anything but the platform.
    pub(super) fn of(
        image: &OsStr,
        platform: Option<Platform>,
        engine: &EngineArgs,
        config: &Config,
    ) -> Result<Self> {
        Ok(Self {
            location: Location::parse(image, &query(engine)).trusted(engine.trust()),
            selector: ImageSelector { image: None, platform },
            base: own_base(config),
            dockerfile: None,
            query: query(engine),
            rules: rules(&[], config)?,
        })
    }

    /// The same, with the Dockerfile that the image was built from.
    pub(super) fn built_from(self, dockerfile: Option<PathBuf>, target: Option<String>) -> Self {
        Self { dockerfile: NamedDockerfile::of(dockerfile, target), ..self }
    }

    /// Refuses unknown rules among those that shall fail the build.
    ///
    /// # Errors
    /// When there is no rule of such a name.
    pub(super) fn check_denied(&self, denied: &[String]) -> Result<()> {
        check_denied(&self.rules, denied)
    }

    /// Where the image is.
    pub(super) fn location(&self) -> &Location {
        &self.location
    }

    /// Which image of the place is meant.
    pub(super) fn selector(&self) -> &ImageSelector {
        &self.selector
    }

    /// Fetches the image where that is asked for, while standard error is still the user's.
    ///
    /// # Errors
    /// When it can neither be found nor fetched.
    pub(super) fn prepare(&self, progress: &dyn Progress) -> Result<()> {
        threads::start();
        self.location.prepare(progress)
    }

    /// Reads the same image from elsewhere.
    pub(super) fn read_from(&mut self, location: Location) {
        self.location = location;
    }

    /// Makes the rules report everything they find, even what is too small for a finding.
    pub(super) fn ask_all(&mut self) {
        self.rules.evidence = usize::MAX;
        self.rules.floors = false;
    }

    /// What the image is called until it is loaded.
    pub(super) fn name(&self) -> String {
        self.location.name()
    }

    /// Loads the image and examines it; also gives what reads its files again, unless it passed by only once.
    pub(super) fn run(&self, progress: &dyn Progress) -> Result<(Examination, Option<Box<dyn ReadBodies>>)> {
        let dockerfile = self.dockerfile.as_ref();
        load::examine(&self.location, &self.selector, &self.base, dockerfile, &self.rules, progress)
    }

    /// The same of an image that an engine has, and that was built from `dockerfile`.
    pub(super) fn of_engine(&self, engine: Engine, tag: &str, dockerfile: &Path) -> Self {
        let target = self.dockerfile.as_ref().and_then(|named| named.target.clone());
        Self {
            location: Location::engine(engine, tag, self.query),
            selector: ImageSelector::default(),
            base: self.base.clone(),
            dockerfile: Some(NamedDockerfile { path: dockerfile.to_owned(), target }),
            query: self.query,
            rules: self.rules.clone(),
        }
    }
}

/// What is said about rules of advice; an id that names none is an error.
pub(super) fn rules(denied: &[String], config: &Config) -> Result<advice::Settings> {
    let settings = advice::Settings {
        off: config.allow.iter().cloned().collect(),
        own: config.rules.clone(),
        ..Default::default()
    };
    let place = config.path.as_ref().map_or_else(String::new, |path| path.display().to_string());
    let known =
        settings.check().and_then(|()| config.gates.denied().iter().try_for_each(|id| settings.know(id)));
    known.map_err(|why| Error::because(why).at(place))?;
    check_denied(&settings, denied)?;
    Ok(settings)
}

/// Refuses a rule of `--deny` that is unknown.
fn check_denied(settings: &advice::Settings, denied: &[String]) -> Result<()> {
    let known = denied.iter().try_for_each(|id| settings.know(id));
    known.map_err(|why| Error::because(why).at("--deny"))
}

/// The base boundary of the configuration, else found.
fn own_base(config: &Config) -> Base {
    match config.base {
        Some(BaseSetting::Layers(count)) => Base::Layers(count),
        Some(BaseSetting::Auto) | None => Base::Auto,
    }
}

/// Which image of its place the arguments choose.
pub(super) fn selector(image: &ImageArgs) -> ImageSelector {
    ImageSelector { image: image.name.clone(), platform: image.platform.clone() }
}

/// How engines are asked.
pub(super) fn query(engine: &EngineArgs) -> EngineQuery {
    EngineQuery { silence: Duration::from_secs(engine.engine_timeout), pull: engine.pull }
}

/// The base boundary that was asked for: the flag's, else the configuration's, else found.
fn base(arguments: &BaseArgs, config: &Config) -> Result<Base> {
    let Some(text) = &arguments.base else {
        return Ok(own_base(config));
    };
    let shown = text.to_string_lossy();
    if shown == "auto" {
        return Ok(Base::Auto);
    }
    if let Ok(count) = shown.parse() {
        return Ok(Base::Layers(count));
    }
    Ok(Base::Image(load::diff_ids(&Location::path(text), &ImageSelector::default())?))
}
