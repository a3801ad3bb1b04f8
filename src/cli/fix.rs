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
use crate::error::{Error, Result};
use crate::fix::{self, Choice};
use crate::image::DIFFERS;
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
    let (examination, bodies) = request.run(&Progress::new())?;
    let image = &examination.image;
    let choice = Choice {
        only: arguments.only.clone(),
        except: arguments.except.clone(),
        confidence: arguments.confidence,
        buildkit: arguments.buildkit || image.is_of_buildkit(),
    };
    let dockerfile = arguments.image.dockerfile.as_deref();
    let proposal = fix::propose(&examination, &choice, dockerfile, arguments.context.as_deref())?;
    if let Some(differs) = image.diagnostics.iter().find(|found| found.code == DIFFERS) {
        let _ =
            writeln!(std::io::stderr(), "warning: {}", text::line(differs.message.as_bytes(), usize::MAX));
    }
    let proof = if arguments.prove {
        {
            let given = (&examination, bodies.as_deref());
            Some(prove::run(arguments, &request, given, &choice, &proposal)?)
        }
    } else {
        None
    };
    let passed = proof.as_ref().is_none_or(|proof| proof.passed);
    output::write(arguments, &examination, &proposal, proof.as_ref())?;
    if let Some(proof) = &proof {
        output::table(proof);
    }
    std::mem::forget(examination);
    Ok(if passed { Exit::Done } else { Exit::GateFailed })
}
