//! The proof of a plan: both Dockerfiles are built, and what the new one makes is held against the image.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::arguments::FixArgs;
use super::stage;
use crate::cli::interrupt::Cleaning;
use crate::cli::progress::Progress;
use crate::cli::request::Request;
use crate::cli::scratch::{self, Scratch};
use crate::compare::{Comparison, Side};
use crate::error::{Error, Result};
use crate::fix::{self, Choice, Proof, Proposal, Seconds};
use crate::load::{self, Examination, ReadBodies};
use crate::source::Engine;
use crate::source::engine::{Steps, actions};

/// Builds, compares, and runs the command.
pub(super) fn run(
    arguments: &FixArgs,
    request: &Request,
    given: (&Examination, Option<&dyn ReadBodies>),
    choice: &Choice,
    proposal: &Proposal,
) -> Result<Proof> {
    let plan = &proposal.plan;
    if plan.rebuilt && (plan.text.contains(crate::dockerfile::write::SOURCE) || plan.text.contains('…')) {
        return Err(Error::because(
            "a Dockerfile that is rebuilt from the history lacks the names of its sources",
        )
        .hint("name your Dockerfile with --dockerfile, and its context with --context"));
    }
    if proposal.files.is_empty() {
        return Err(Error::because("there is nothing to prove: no fix can be made"));
    }
    let folder = tempfile::tempdir().map_err(|error| temporary(&error))?;
    let dockerfile = arguments.image.dockerfile.as_deref();
    let context = fix::context(dockerfile, arguments.context.as_deref());
    let workshop = Workshop {
        engine: actions::installed(arguments.engine),
        folder: folder.path(),
        arguments: &arguments.arguments,
        target: arguments.image.target.as_deref(),
    };
    let ignore = fix::ignore_file(dockerfile, arguments.context.as_deref());
    // the patterns of one Dockerfile alone stand beside it, those of the context in it
    let own =
        if ignore == context.join(".dockerignore") { None } else { std::fs::read_to_string(&ignore).ok() };
    let before = workshop.build("before", &plan.old, own.as_deref(), &context)?;
    let after = match (proposal.files.iter().find(|file| file.path == ignore), &own) {
        (None, own) => workshop.build("after", &plan.text, own.as_deref(), &context)?,
        (Some(file), Some(_)) => workshop.build("after", &plan.text, Some(&file.new), &context)?,
        (Some(file), None) => {
            let copy = folder.path().join("context");
            let staged = std::fs::create_dir(&copy).and_then(|()| stage::copy(&context, &copy, &ignore));
            staged.map_err(|error| Error::io(&error).at(context.display().to_string()))?;
            std::fs::write(copy.join(".dockerignore"), &file.new).map_err(|error| temporary(&error))?;
            workshop.build("after", &plan.text, None, &copy)?
        }
    };
    let progress = Progress::new();
    let drift = {
        let (again, bodies) = before.request(request, workshop.engine).run(&progress)?;
        let comparison = load::compared(given, (&again, bodies.as_deref()), &progress)?;
        differing(&given.0.side(), &again.side(), &comparison)
    };
    let (new, bodies) = after.request(request, workshop.engine).run(&progress)?;
    let comparison = load::compared(given, (&new, bodies.as_deref()), &progress)?;
    drop(progress);
    let prediction = plan.predicted.as_ref();
    let mut proof = fix::verify(&given.0.side(), &new.side(), &comparison, prediction, &drift);
    proof.again = fix::again(&new, given.0, plan, choice);
    proof.seconds = Seconds { before: before.seconds, after: after.seconds };
    if let Some(command) = &arguments.smoke {
        let succeeded = scratch::succeeds(workshop.engine, &after.image.name, command)?;
        proof.smoke = Some(succeeded);
        proof.passed &= succeeded;
    }
    // nothing else holds a change of this size to a promise
    proof.passed &= prediction.is_some() || proof.smoke.is_some();
    Ok(proof)
}

/// The paths in which two images differ.
fn differing(old: &Side<'_>, new: &Side<'_>, comparison: &Comparison) -> BTreeSet<Vec<u8>> {
    let changes = comparison.changes.iter();
    let names = changes.flat_map(|change| {
        let (before, after) = (change.old.map(|path| old.image.paths.full(path)), change.new);
        [before, after.map(|path| new.image.paths.full(path))]
    });
    names.flatten().collect()
}

fn temporary(error: &std::io::Error) -> Error {
    Error::io(error).at("a temporary folder")
}

/// Where images are built.
struct Workshop<'a> {
    engine: Engine,
    folder: &'a Path,
    /// What the user adds to the build.
    arguments: &'a [OsString],
    target: Option<&'a str>,
}

/// An image that was built.
struct Built {
    image: Scratch,
    /// Dropped after the image: an engine removes with it what it stands on.
    _steps: Remains,
    file: PathBuf,
    seconds: f64,
}

/// What a build leaves without a name; removed when dropped.
struct Remains(Steps);

impl Drop for Remains {
    fn drop(&mut self) {
        let _cleaning = Cleaning::begin();
        self.0.remove();
    }
}

impl Built {
    fn request(&self, request: &Request, engine: Engine) -> Request {
        request.of_engine(engine, &self.image.name, &self.file)
    }
}

impl Workshop<'_> {
    /// Builds a Dockerfile without a cache. `ignore` is what its own `.dockerignore` holds.
    fn build(&self, name: &str, text: &str, ignore: Option<&str>, context: &Path) -> Result<Built> {
        let file: PathBuf = self.folder.join(format!("Dockerfile.{name}"));
        std::fs::write(&file, text).map_err(|error| temporary(&error))?;
        if let Some(ignore) = ignore {
            let path = self.folder.join(format!("Dockerfile.{name}.dockerignore"));
            std::fs::write(path, ignore).map_err(|error| temporary(&error))?;
        }
        // made first, so that they are removed whatever happens: the image, then what its build left
        let mut steps = Remains(Steps::new(self.engine));
        let image = Scratch::image(self.engine, name);
        let mut all: Vec<&OsStr> =
            ["--no-cache", "--force-rm", "-t", &image.name, "-f"].map(OsStr::new).to_vec();
        all.push(file.as_os_str());
        if let Some(target) = self.target {
            all.extend(["--target", target].map(OsStr::new));
        }
        all.extend(self.arguments.iter().map(OsString::as_os_str));
        all.push(context.as_os_str());
        let start = Instant::now();
        if !scratch::succeeded(|stop| steps.0.build(&all, stop))? {
            let which = if name == "before" { "the Dockerfile as it is" } else { "the changed Dockerfile" };
            return Err(Error::because(format!("{which} does not build"))
                .hint("what the build needs besides, such as --build-arg, goes after --"));
        }
        let seconds = start.elapsed().as_secs_f64();
        Ok(Built { image, _steps: steps, file, seconds })
    }
}
