//! Which of several images is meant.

use super::catalog::familiar;
use super::{Candidate, Catalog};
use crate::error::{Error, Result};
use crate::oci::Platform;
use crate::text;

/// What the user asked for.
#[derive(Debug, Clone, Default)]
pub struct ImageSelector {
    /// A name, a tag, or the beginning of a digest.
    pub image: Option<String>,
    /// A platform.
    pub platform: Option<Platform>,
}

/// The image that was chosen, and what to tell about the others.
#[derive(Debug)]
pub struct Choice {
    /// The image.
    pub candidate: Candidate,
    /// A remark when the user might have meant another one.
    pub remark: Option<String>,
}

impl ImageSelector {
    /// The same, with `image` as the name where none was asked for.
    #[must_use]
    pub fn or(&self, image: Option<&str>) -> Self {
        let image = self.image.clone().or_else(|| image.map(str::to_owned));
        Self { image, platform: self.platform.clone() }
    }

    /// Chooses from `catalog`: by name, then by platform (the requested one, else this machine's, else the
    /// only complete one), then the first.
    ///
    /// # Errors
    /// When nothing matches; the error lists what is there.
    pub fn choose(&self, catalog: Catalog) -> Result<Choice> {
        let Catalog { listed_in, candidates, absent } = catalog;
        if candidates.is_empty() {
            return Err(match absent.first() {
                Some((digest, _)) => {
                    Error::because("the manifest is not in the archive, so no image can be read")
                        .at(digest)
                        .hint("save the image with all its blobs")
                }
                None => Error::because("it holds no image: no manifest is listed").at(listed_in),
            });
        }
        let all = candidates.len();
        let named = match &self.image {
            None => candidates,
            Some(name) => {
                let list = candidates.iter().map(describe).collect::<Vec<_>>().join(", ");
                let called: Vec<String> = candidates.iter().flat_map(names).collect();
                let named: Vec<_> =
                    candidates.into_iter().filter(|candidate| is_called(candidate, name)).collect();
                if named.is_empty() {
                    let near = text::nearest(name, called.iter().map(String::as_str));
                    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                    return Err(Error::because(format!("there is no image `{name}` in it"))
                        .hint(format!("{near}it holds {list}; choose one with --image")));
                }
                named
            }
        };
        let fitting = self.by_platform(named, &absent)?;
        let others = all - 1;
        let mut fitting = fitting.into_iter();
        let Some(candidate) = fitting.next() else { return Err(Error::because("it holds no image")) };
        let rivals: Vec<_> = fitting.map(|other| describe(&other)).collect();
        let remark = (self.image.is_none() && !rivals.is_empty()).then(|| {
            format!(
                "this archive holds {} images; this is the first, {}; --image NAME chooses another: {}",
                others + 1,
                describe(&candidate),
                rivals.join(", ")
            )
        });
        Ok(Choice { candidate, remark })
    }

    /// All images of the platform that is asked for, else of this machine's; if there are none, all that are
    /// complete.
    ///
    /// # Errors
    /// When there is no image, or none of the platform that is asked for.
    pub fn all(&self, catalog: Catalog) -> Result<Vec<Candidate>> {
        if catalog.candidates.is_empty() {
            return self.choose(catalog).map(|choice| vec![choice.candidate]);
        }
        self.by_platform(catalog.candidates, &catalog.absent)
    }

    fn by_platform(
        &self,
        candidates: Vec<Candidate>,
        absent: &[(String, Platform)],
    ) -> Result<Vec<Candidate>> {
        let (fitting, rest): (Vec<_>, Vec<_>) = {
            let wanted = self.platform.clone().unwrap_or_else(Platform::host);
            candidates.into_iter().partition(|candidate| candidate.platform.answers(&wanted))
        };
        if !fitting.is_empty() {
            return Ok(fitting);
        }
        let Some(wanted) = &self.platform else {
            // not this machine's: whatever is complete, else whatever is first, so that the error names its blob
            let (complete, broken): (Vec<_>, Vec<_>) = rest.into_iter().partition(Candidate::is_complete);
            return Ok(if complete.is_empty() { broken } else { complete });
        };
        let there =
            rest.iter().map(|candidate| candidate.platform.to_string()).collect::<Vec<_>>().join(", ");
        if let Some((digest, _)) = absent.iter().find(|(_, platform)| platform.answers(wanted)) {
            return Err(Error::because(format!("the image for {wanted} is named, but not in it"))
                .at(digest)
                .hint(format!("it holds {there}")));
        }
        Err(Error::because(format!("there is no image for {wanted} in it"))
            .hint(format!("it holds {there}; choose one with --platform")))
    }
}

/// What an image may be called: its names, whole and without their tags, and the bare tags.
fn names(candidate: &Candidate) -> Vec<String> {
    let parts = |tag: &String| {
        let bare = tag.rsplit_once(':').into_iter().flat_map(|(name, tag)| [name.to_owned(), tag.to_owned()]);
        std::iter::once(tag.clone()).chain(bare).collect::<Vec<_>>()
    };
    candidate.tags.iter().flat_map(parts).collect()
}

fn describe(candidate: &Candidate) -> String {
    let name = candidate.tags.first().cloned().or_else(|| {
        let digest = candidate.manifest_digest.as_ref().or(candidate.config.digest.as_ref())?;
        Some(digest.as_str().chars().take("sha256:".len() + 12).collect())
    });
    match name {
        Some(name) if candidate.platform.is_unknown() => name,
        Some(name) => format!("{name} ({})", candidate.platform),
        None => format!("an image for {}", candidate.platform),
    }
}

/// True when `name` is one of the image's names, with or without registry, `library/` and `:latest`, a
/// bare tag, or the beginning of one of its digests.
fn is_called(candidate: &Candidate, name: &str) -> bool {
    let short = |text: &str| {
        let text = familiar(text);
        text.strip_suffix(":latest").unwrap_or(&text).to_owned()
    };
    let by_name = candidate.tags.iter().any(|tag| {
        let repository_or_tag =
            tag.rsplit_once(':').is_some_and(|(repository, bare)| bare == name || repository == short(name));
        let local = tag.strip_prefix("localhost/").is_some_and(|local| short(local) == short(name));
        short(tag) == short(name) || local || repository_or_tag
    });
    let hex = name.strip_prefix("sha256:").unwrap_or(name);
    let by_digest = hex.len() >= 6
        && [&candidate.manifest_digest, &candidate.config.digest]
            .into_iter()
            .flatten()
            .any(|digest| digest.encoded().starts_with(hex));
    by_name || by_digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_image_is_told_what_is_near() {
        let candidate = Candidate {
            tags: vec!["shop/zoo:1.4".into()],
            platform: Platform::default(),
            manifest_digest: None,
            config: super::super::Blob { name: None, shown: String::new(), digest: None, media_type: None },
            layers: Vec::new().into(),
            attestations: None,
        };
        let catalog = Catalog { listed_in: "manifest.json", candidates: vec![candidate], absent: Vec::new() };
        let selector = ImageSelector { image: Some("shop/zo".into()), platform: None };
        let said = selector.choose(catalog).unwrap_err().to_string();
        assert!(said.contains("did you mean `shop/zoo`? it holds shop/zoo:1.4"), "{said}");
    }
}
