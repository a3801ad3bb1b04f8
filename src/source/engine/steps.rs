//! The images without a name that a build makes on its way: one of each step where the builder is the classic one or
//! buildah. An engine removes those below a named image with it, but keeps those of other stages, and of a build that
//! did not come to its end.

use std::ffi::OsStr;
use std::process::ExitStatus;
use std::time::Duration;

use super::actions::{answer, client_of};
use super::{Engine, EngineError};

/// How long an engine may go on with a step after its client was ended.
const AFTERMATH: Duration = Duration::from_millis(500);
/// Arguments that list all images, those of steps too.
const ALL: &[&str] = &["images", "--quiet", "--no-trunc", "--all"];
/// Arguments that list the images without a name that no other stands on.
const UNNAMED: &[&str] = &["images", "--quiet", "--no-trunc", "--filter", "dangling=true"];

/// What a build that may use no cache made on its way.
#[derive(Debug)]
pub struct Steps {
    engine: Engine,
    /// The images that were there before.
    before: Vec<String>,
    /// The beginnings of the digests of what it made.
    made: Vec<String>,
    is_stopped: bool,
}

impl Steps {
    /// Before a build.
    pub fn new(engine: Engine) -> Self {
        Self { engine, before: listed(engine, ALL), made: Vec::new(), is_stopped: false }
    }

    /// Runs `build` of the engine's client with these arguments, as [`build`](super::actions::build) does.
    ///
    /// # Errors
    /// When there is no client.
    pub fn build(
        &mut self,
        arguments: &[&OsStr],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<ExitStatus>, EngineError> {
        let all = [&[OsStr::new("build")], arguments].concat();
        let (status, lines) =
            client_of(self.engine).run_heard(&all, |line| image_of(line).is_some(), stop)?;
        let images = lines.iter().filter_map(|line| image_of(line));
        let is_new = |image: &&str| !self.before.iter().any(|old| digits(old).starts_with(image));
        self.made.extend(images.filter(is_new).map(str::to_owned));
        self.is_stopped = status.is_none();
        Ok(status)
    }

    /// Removes what of it is still there and has no name. What cannot be removed stays.
    pub fn remove(&self) {
        if self.made.is_empty() {
            return;
        }
        if self.is_stopped {
            std::thread::sleep(AFTERMATH);
        }
        for image in listed(self.engine, UNNAMED) {
            if self.before.contains(&image) {
                continue;
            }
            let inspect = ["image", "inspect", "--format", "{{.Id}} {{.Parent}}", &image].map(OsStr::new);
            let Ok(Some(ids)) = answer(self.engine, &inspect, &|| false) else { continue };
            // a step that ended after its client stands on one that was told of
            if ids.split_whitespace().any(|id| self.made.iter().any(|made| digits(id).starts_with(made))) {
                _ = answer(self.engine, &["image", "rm", &image].map(OsStr::new), &|| false);
            }
        }
    }
}

/// The digests of the images that an engine lists.
fn listed(engine: Engine, arguments: &[&str]) -> Vec<String> {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let listed = answer(engine, &arguments, &|| false).ok().flatten().unwrap_or_default();
    listed.split_whitespace().map(str::to_owned).collect()
}

/// A digest without its algorithm.
fn digits(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}

/// The image of a step: ` ---> 6495d13efcf2` of the classic builder, `--> 6495d13efcf2` of buildah.
fn image_of(line: &str) -> Option<&str> {
    let id = line.trim().trim_start_matches('-').strip_prefix("> ")?;
    (id.len() >= 11 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && line.trim().starts_with("--"))
        .then_some(id)
}

#[cfg(test)]
mod tests {
    use super::image_of;

    #[test]
    fn steps_tell_their_images() {
        for (line, image) in [
            (" ---> 6495d13efcf2", Some("6495d13efcf2")),
            ("--> 6495d13efcf", Some("6495d13efcf")),
            (" ---> Running in 6495d13efcf2", None),
            ("--> Using cache 6495d13efcf2", None),
            ("> 6495d13efcf2", None),
            ("Step 3/7 : RUN --> 6495d13efcf2", None),
            (" ---> ", None),
        ] {
            assert_eq!(image_of(line), image, "{line}");
        }
    }
}
