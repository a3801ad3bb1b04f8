//! A plan as the files that it changes: what a front end shows, and writes when it is told to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::diff::unified;
use super::ignore::extended;
use super::plan::{Choice, Plan, Source, plan};
use crate::advice;
use crate::error::{Error, Result};
use crate::image::DIFFERS;
use crate::load::Examination;

/// What to do with an image's Dockerfile, and the files that change.
#[derive(Debug)]
pub struct Proposal {
    /// What is done, what is skipped, and what it saves.
    pub plan: Plan,
    /// The files that change: the Dockerfile first, then the `.dockerignore`. Empty when nothing does.
    pub files: Vec<NewFile>,
}

/// A file with its new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// The file.
    pub path: PathBuf,
    /// Its text when it was read; none when there was no such file.
    pub old: Option<String>,
    /// Its text afterwards.
    pub new: String,
}

/// Plans the fixes that `choice` takes. `dockerfile` is the file that the examination was made with; without one, a
/// Dockerfile is rebuilt from the history. `context` is the build context (by default the Dockerfile's folder).
///
/// # Errors
/// When the Dockerfile is of another image, or a file cannot be read.
pub fn propose(
    examination: &Examination,
    choice: &Choice,
    dockerfile: Option<&Path>,
    context: Option<&Path>,
) -> Result<Proposal> {
    let Examination { image, union, analysis, advice } = examination;
    let plan = plan(image, union, analysis, advice, &source(examination)?, choice);
    let mut files = Vec::new();
    if plan.text != plan.old {
        let path = dockerfile.map_or_else(|| "Dockerfile".into(), Path::to_owned);
        files.push(NewFile { path, old: Some(plan.old.clone()), new: plan.text.clone() });
    }
    if !plan.ignore.is_empty() {
        let path = ignore_file(dockerfile, context);
        let old = if plan.rebuilt { None } else { read(&path)? };
        let new = extended(old.as_deref().unwrap_or_default(), &plan.ignore);
        if old.as_ref() != Some(&new) {
            files.push(NewFile { path, old, new });
        }
    }
    Ok(Proposal { plan, files })
}

/// The rules whose fixes are in `plan` and would change the Dockerfile of the rebuilt image again. Both images were
/// examined with their Dockerfiles.
pub fn again(rebuilt: &Examination, old: &Examination, plan: &Plan, choice: &Choice) -> Vec<String> {
    let Ok(more) = propose(rebuilt, choice, None, None) else { return Vec::new() };
    if more.plan.text == more.plan.old {
        return Vec::new();
    }
    let rule = |examination: &Examination, finding: usize| examination.advice.findings[finding].rule.clone();
    let fixed: BTreeSet<String> = plan.done.iter().map(|done| rule(old, done.finding)).collect();
    let mut again: Vec<String> = more.plan.done.iter().map(|done| rule(rebuilt, done.finding)).collect();
    again.retain(|rule| fixed.contains(rule));
    again
}

/// The Dockerfile that is changed.
fn source(examination: &Examination) -> Result<Source<'_>> {
    let Some(origin) = &examination.image.origin else {
        let (first, base) = advice::base(&examination.image, &examination.union, &examination.analysis);
        return Ok(Source::History { first, base: base.unwrap_or_default() });
    };
    let differs = examination.image.diagnostics.iter().find(|found| found.code == DIFFERS);
    if let Some(differs) = differs.filter(|_| origin.alignment.nodes.iter().all(Option::is_none)) {
        return Err(Error::because(differs.message.clone())
            .hint("name the Dockerfile that the image was built from, and its stage with --target"));
    }
    Ok(Source::File { file: &origin.file, alignment: &origin.alignment })
}

impl Proposal {
    /// All changes as one patch that `git apply` takes; empty when nothing changes.
    pub fn patch(&self) -> String {
        self.files.iter().map(NewFile::patch).collect()
    }

    /// Writes the files with `replace`, unless one of them is not what it was when it was read: then none is written.
    ///
    /// # Errors
    /// When a file changed meanwhile or cannot be read, and those of `replace`.
    pub fn write(&self, mut replace: impl FnMut(&Path, &str) -> Result<()>) -> Result<()> {
        NewFile::write_all(&self.files, &mut replace)
    }
}

impl NewFile {
    /// Writes files with `replace`, unless one of them is not what it was when it was read: then none is written.
    ///
    /// # Errors
    /// When a file changed meanwhile or cannot be read, and those of `replace`.
    pub fn write_all(files: &[Self], replace: &mut dyn FnMut(&Path, &str) -> Result<()>) -> Result<()> {
        for file in files {
            if read(&file.path)? != file.old {
                return Err(Error::because("it changed meanwhile, so nothing was written")
                    .at(file.path.display().to_string())
                    .hint("ask for the fixes again"));
            }
        }
        files.iter().try_for_each(|file| replace(&file.path, &file.new))
    }

    /// The change as a patch.
    pub fn patch(&self) -> String {
        unified(&patch_name(&self.path), self.old.as_deref(), &self.new)
    }
}

/// The name of a file in a patch: relative to the working directory where it is below it.
fn patch_name(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let below =
        std::env::current_dir().ok().and_then(|here| absolute.strip_prefix(here).ok().map(Path::to_owned));
    let name = below.or_else(|| path.file_name().map(PathBuf::from)).unwrap_or_else(|| "Dockerfile".into());
    name.to_string_lossy().replace('\\', "/")
}

/// Where the patterns go: beside the Dockerfile if that has its own, else in the context.
pub fn ignore_file(dockerfile: Option<&Path>, context: Option<&Path>) -> PathBuf {
    if let Some(dockerfile) = dockerfile {
        let mut own = dockerfile.to_owned().into_os_string();
        own.push(".dockerignore");
        if Path::new(&own).exists() {
            return own.into();
        }
    }
    self::context(dockerfile, context).join(".dockerignore")
}

/// The directory that is sent to the build: the one that is named, else the Dockerfile's.
pub fn context(dockerfile: Option<&Path>, named: Option<&Path>) -> PathBuf {
    let context = named.or_else(|| dockerfile.and_then(Path::parent)).unwrap_or(Path::new(""));
    if context.as_os_str().is_empty() { ".".into() } else { context.to_owned() }
}

/// What a file holds; none when there is none.
fn read(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(&error).at(path.display().to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::Settings;
    use crate::image::sample::image;
    use crate::overlay::Union;

    #[test]
    fn nothing_is_written_when_one_file_changed_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let image = image(&[&["file a 1"]]);
        let union = Union::of(&image);
        let examination = Examination::of(image, union, 0, &Settings::default());
        let choice = Choice::likely(&examination.image);
        let mut proposal = propose(&examination, &choice, None, None).unwrap();
        assert!(proposal.files.is_empty() && proposal.patch().is_empty());
        let file = |name: &str, old: Option<&str>| NewFile {
            path: at(name),
            old: old.map(Into::into),
            new: "new\n".into(),
        };
        proposal.files = vec![file("Dockerfile", Some("old\n")), file(".dockerignore", None)];
        std::fs::write(at("Dockerfile"), "old\n").unwrap();
        std::fs::write(at(".dockerignore"), "x\n").unwrap();
        let mut written = Vec::new();
        let error = proposal.write(|path, _| {
            written.push(path.to_owned());
            Ok(())
        });
        assert!(error.unwrap_err().to_string().contains("changed meanwhile") && written.is_empty());
        std::fs::remove_file(at(".dockerignore")).unwrap();
        let replaced = proposal.write(|path, _| {
            written.push(path.to_owned());
            Ok(())
        });
        assert!(replaced.is_ok());
        assert_eq!(written, [at("Dockerfile"), at(".dockerignore")]);
    }

    #[test]
    fn the_context_is_where_the_dockerfile_stands() {
        for (dockerfile, named, want) in [
            (Some("a/Dockerfile"), None, "a"),
            (Some("Dockerfile"), None, "."),
            (None, None, "."),
            (Some("a/Dockerfile"), Some("b"), "b"),
        ] {
            assert_eq!(context(dockerfile.map(Path::new), named.map(Path::new)), Path::new(want));
        }
    }
}
