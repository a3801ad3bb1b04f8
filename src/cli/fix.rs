//! `layercake fix`: the improved Dockerfile as a patch, a file or a document, and the proof by a rebuild.

mod arguments;
mod output;
mod prove;
mod stage;

use std::io::Write;
use std::path::Path;

pub(super) use arguments::FixArgs;

use super::exit::Exit;
use super::interrupt::Stop;
use super::progress::Progress;
use super::request::Request;
use crate::advice;
use crate::error::{Error, Result};
use crate::fix::{self, Choice, Source};
use crate::image::DIFFERS;
use crate::load::Examination;
use crate::policy::Config;
use crate::text;

/// Plans, proves, and writes.
pub(super) fn run(arguments: &FixArgs) -> Result<Exit> {
    let config = Config::find(Path::new("."), arguments.config.as_deref())?;
    let mut request = Request::new(&arguments.image, &[], &config)?;
    for rule in arguments.only.iter().chain(&arguments.except) {
        request.rules.know(rule).map_err(|why| Error::because(why).at("--only and --except"))?;
    }
    request.rules.evidence = usize::MAX;
    request.prepare(&Stop)?;
    let (examination, _) = request.run(&Progress::new())?;
    let source = source(&examination)?;
    let image = &examination.image;
    let choice = Choice {
        only: arguments.only.clone(),
        except: arguments.except.clone(),
        confidence: arguments.confidence,
        buildkit: arguments.buildkit || image.is_of_buildkit(),
    };
    let plan =
        fix::plan(image, &examination.union, &examination.analysis, &examination.advice, &source, &choice);
    let proof =
        if arguments.prove { Some(prove::run(arguments, &request, &examination, &plan)?) } else { None };
    let passed = proof.as_ref().is_none_or(|proof| proof.passed);
    output::write(arguments, &examination, &plan, proof.as_ref())?;
    if let Some(proof) = &proof {
        output::table(proof);
    }
    std::mem::forget(examination);
    Ok(if passed { Exit::Done } else { Exit::GateFailed })
}

/// The Dockerfile that is changed.
fn source(examination: &Examination) -> Result<Source<'_>> {
    let Some(origin) = &examination.image.origin else {
        let (first, base) = advice::base(&examination.image, &examination.union, &examination.analysis);
        return Ok(Source::History { first, base: base.unwrap_or_default() });
    };
    if let Some(diagnostic) = examination.image.diagnostics.iter().find(|found| found.code == DIFFERS) {
        if origin.alignment.nodes.iter().all(Option::is_none) {
            return Err(Error::because(diagnostic.message.clone())
                .hint("name the Dockerfile that the image was built from, and its stage with --target"));
        }
        let _ =
            writeln!(std::io::stderr(), "warning: {}", text::line(diagnostic.message.as_bytes(), usize::MAX));
    }
    Ok(Source::File { file: &origin.file, alignment: &origin.alignment })
}
