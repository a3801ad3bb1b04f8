//! Asks the engines for an image; if none has it, says what was tried.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

use super::reference::ALL_IMAGES;
use super::{Engine, EngineError, EngineErrorKind, Saving, actions};
use crate::error::{Error, Result};
use crate::source::blobs::Blobs;
use crate::source::passing::Passing;
use crate::source::place::Place;
use crate::source::progress::Progress;

/// How often to check whether the user wants to stop.
const LOOK: Duration = Duration::from_millis(50);

/// How engines are asked for images.
#[derive(Debug, Clone, Copy)]
pub struct EngineQuery {
    /// How long an engine may be silent while it sends an image.
    pub silence: Duration,
    /// Whether to fetch a missing image from its registry.
    pub pull: bool,
}

impl Default for EngineQuery {
    /// Two minutes, and nothing is fetched.
    fn default() -> Self {
        Self { silence: Duration::from_secs(120), pull: false }
    }
}

impl EngineQuery {
    /// Images of the first of these engines that has them.
    pub(in crate::source) fn images(self, engines: Vec<Engine>, references: Vec<String>) -> EnginePlace {
        EnginePlace { query: self, engines, references }
    }
}

/// Images that one of several engines should have.
#[derive(Debug, Clone)]
pub(in crate::source) struct EnginePlace {
    query: EngineQuery,
    engines: Vec<Engine>,
    /// Names of images; `*` alone stands for all that the engine has.
    references: Vec<String>,
}

impl Place for EnginePlace {
    fn name(&self) -> String {
        self.references.join(" ")
    }

    fn open<'p>(&self, progress: &'p dyn Progress) -> Result<Box<dyn Blobs + 'p>> {
        let (engine, saving) = self.save_unless(progress)?;
        let shown = format!("{}:{}", engine.name(), self.name());
        let opened = Passing::open(saving, shown.clone(), 0, progress);
        Ok(Box::new(opened.map_err(|error| error.reading(shown))?))
    }

    fn prepare(&self, progress: &dyn Progress) -> Result<()> {
        if !self.query.pull {
            return Ok(());
        }
        let named = self.references.iter().filter(|reference| *reference != ALL_IMAGES);
        named.map(String::as_str).try_for_each(|reference| self.fetch(reference, progress))
    }

    fn lasts(&self) -> bool {
        false
    }

    fn reopens(&self) -> bool {
        true
    }
}

impl EnginePlace {
    /// Asks on a separate thread: an engine that does not answer must not keep the user from stopping.
    fn save_unless(&self, progress: &dyn Progress) -> Result<(Engine, Saving)> {
        let asking = self.clone();
        aside(progress, move || asking.save())?
    }

    /// The image from the first engine that has it.
    ///
    /// # Errors
    /// When none has it; the sentence lists what each said.
    fn save(&self) -> Result<(Engine, Saving)> {
        let mut refusals = Vec::new();
        for &engine in &self.engines {
            match engine.find_all(&self.references).and_then(|found| found.save(self.query.silence)) {
                Ok(saving) => return Ok((engine, saving)),
                Err(refusal) => {
                    let goes_on = refusal.kind != EngineErrorKind::Answer;
                    refusals.push((engine, refusal));
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        Err(refused(refusals, &self.engines, &self.name()))
    }

    /// Lets the first engine that answers fetch the image, unless an engine has it.
    ///
    /// # Errors
    /// When no engine answers, or the one that does cannot fetch it.
    fn fetch(&self, reference: &str, progress: &dyn Progress) -> Result<()> {
        let mut refusals = Vec::new();
        for &engine in &self.engines {
            match engine.find(reference) {
                Ok(_) => return Ok(()),
                Err(refusal) => refusals.push((engine, refusal)),
            }
        }
        let lacking = refusals.iter().find(|(_, refusal)| refusal.kind == EngineErrorKind::Image);
        let Some(&(engine, _)) = lacking else {
            return Err(refused(refusals, &self.engines, reference));
        };
        actions::pull(engine, reference, &|| progress.stopped()).map_err(|refusal| {
            if progress.stopped() {
                Error::Interrupted
            } else {
                refused(vec![(engine, refusal)], &[engine], reference)
            }
        })
    }
}

/// Does something that may not end on a separate thread, so that the user can stop.
pub(super) fn aside<T: Send + 'static>(
    progress: &dyn Progress,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let failed = || Error::because("the engine could not be asked");
    let (sender, receiver) = channel();
    // once the user has stopped, nothing is left to answer
    Builder::new().spawn(move || drop(sender.send(work()))).map_err(|_| failed())?;
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Timeout) if progress.stopped() => return Err(Error::Interrupted),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(failed()),
        }
    }
}

/// One sentence out of what each engine said.
fn refused(refusals: Vec<(Engine, EngineError)>, asked: &[Engine], reference: &str) -> Error {
    let lacks_image = refusals
        .iter()
        .find(|(_, refusal)| refusal.kind == EngineErrorKind::Image)
        .map(|(engine, _)| *engine);
    let is_final = refusals.iter().any(|(_, refusal)| refusal.kind == EngineErrorKind::Answer);
    let own_hint = refusals.iter().find_map(|(_, refusal)| refusal.hint.clone());
    let whys: Vec<_> = refusals.into_iter().map(|(_, refusal)| refusal.why).collect();
    let one = || whys.join("; ");
    let (why, hint, details) = match (asked, lacks_image) {
        (_, _) if is_final => (one(), own_hint, Vec::new()),
        ([_], Some(engine)) => (one(), Some(pull_hint(engine, reference)), Vec::new()),
        ([_], None) => (one(), own_hint, Vec::new()),
        (_, Some(engine)) => (
            "there is no such file, and no engine has it".to_owned(),
            Some(pull_hint(engine, reference)),
            whys,
        ),
        (_, None) => (
            "there is no such file, and no engine answers".to_owned(),
            Some("start Docker or Podman, or name a file made with docker save".to_owned()),
            whys,
        ),
    };
    let error = Error::because(why).reading(reference).details(details);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn pull_hint(engine: Engine, reference: &str) -> String {
    format!("check the name, or fetch the image: layercake --pull {}:{reference}", engine.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(kind: EngineErrorKind, why: &str, hint: Option<&str>) -> EngineError {
        EngineError { kind, why: why.to_owned(), hint: hint.map(str::to_owned) }
    }

    #[test]
    fn every_engine_is_heard_and_the_best_remedy_offered() {
        let docker =
            (Engine::Docker, refusal(EngineErrorKind::Engine, "docker is not running", Some("start it")));
        let podman = (Engine::Podman, refusal(EngineErrorKind::Image, "podman has no image `app`", None));
        let both = refused(vec![docker.clone(), podman], &[Engine::Docker, Engine::Podman], "app");
        assert_eq!(
            both.to_string(),
            "cannot read app: there is no such file, and no engine has it; check the name, or fetch the image: \
             layercake --pull podman:app\n  docker is not running\n  podman has no image `app`"
        );
        let one = refused(vec![docker], &[Engine::Docker], "app");
        assert_eq!(one.to_string(), "cannot read app: docker is not running; start it");
    }
}
