//! The words for exact waste: which step, and what it did.

use super::{base, deleted, metadata, package_records};
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::{capital, files};
use crate::advice::rules::waste::{Kind, Waste};
use crate::dockerfile::{Edit, Fix, shell};
use crate::text;
use crate::units;

impl Facts for Waste {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let story = Story { ledger, waste: self, found };
        let (title, why, fix) = match self.kind {
            Kind::Repeated => story.repeated(),
            Kind::Package => story.package(),
            Kind::Metadata => story.metadata(),
            Kind::Identical => story.identical(),
            Kind::Deleted => story.deleted(),
            Kind::Overwritten => story.overwritten(),
            Kind::BaseHidden => story.base_hidden(),
            Kind::BaseWaste => story.base_waste(),
        };
        Words { title, why, fix }
    }
}

type Texts = (String, String, Fix);

/// One group of copies, to be told.
pub(super) struct Story<'a> {
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) waste: &'a Waste,
    pub(super) found: &'a Found<'a>,
}

impl Story<'_> {
    fn count(&self) -> String {
        files(self.found.claims.entries)
    }

    /// The layers that wrote the bytes: most bytes first.
    pub(super) fn writers(&self) -> Vec<usize> {
        self.found.claims.by_bytes().into_iter().map(|(layer, _)| layer).collect()
    }

    fn written_by(&self) -> String {
        let mut layers = self.writers();
        layers.sort_unstable();
        text::layers(&layers)
    }

    fn hidden_by(&self) -> String {
        text::layers(&self.waste.by)
    }

    /// `3.2 MB of layer 5 (COPY . /app) and 1 kB of layer 6 (…)`.
    fn shares(&self) -> String {
        let parts: Vec<String> = self
            .found
            .claims
            .by_bytes()
            .into_iter()
            .enumerate()
            .filter(|(at, (_, part))| *at == 0 || part.bytes > 0)
            .map(|(_, share)| share)
            .take(3)
            .map(|(layer, part)| format!("{} of {}", units::size(part.bytes), self.ledger.layer(layer)))
            .collect();
        parts.join(" and ")
    }

    /// A verb for them: `hides` of one layer, `hide` of several.
    fn verb(&self, verb: &str) -> String {
        if self.waste.by.len() == 1 { format!("{verb}s") } else { verb.to_owned() }
    }

    fn hiders(&self) -> String {
        let parts: Vec<String> =
            self.waste.by.iter().take(2).map(|&layer| self.ledger.layer(layer)).collect();
        let more = self.waste.by.len().saturating_sub(2);
        let rest = if more == 0 { String::new() } else { format!(" and {}", layers_more(more)) };
        format!("{}{rest}", parts.join(" and "))
    }

    /// The writers that matter, lowest layer first; those of next to nothing are not worth a change.
    pub(super) fn guilty(&self) -> Vec<usize> {
        let claims = &self.found.claims;
        let matters = |part: &crate::advice::engine::claims::Part| part.bytes * 1000 >= claims.bytes;
        claims.layers.iter().filter(|(_, part)| matters(part)).map(|(layer, _)| *layer).collect()
    }

    /// The noun for the files, when most bytes are of one kind.
    fn what(&self) -> Option<&str> {
        let (class, bytes) = self.waste.path_matches.iter().max_by_key(|(_, bytes)| **bytes)?;
        (bytes * 2 > self.found.claims.bytes).then(|| self.ledger.path_matches.rules()[*class].what())
    }

    pub(super) fn command_of_hider(&self) -> String {
        self.waste.by.first().map_or_else(String::new, |&layer| self.ledger.command(layer))
    }

    fn repeated(&self) -> Texts {
        (
            format!("{} stores {} twice within its own tar", capital(&self.written_by()), self.count()),
            "Only the last entry of a path counts. A Dockerfile cannot cause this: the builder wrote the layer that way.".into(),
            Fix::note("build the image again with a current builder: docker buildx build ."),
        )
    }

    fn package(&self) -> Texts {
        let steps: Vec<usize> = self.writers();
        (
            format!("The package manager's records are stored again by {}", self.hidden_by()),
            format!(
                "Each step that installs packages writes its records again as a whole: {}. Once per image that cannot be avoided; {} steps that install could be one.",
                self.shares(),
                steps.len() + 1
            ),
            package_records::fix(self),
        )
    }

    /// The program that changed attributes, as its step tells it or as the attributes do.
    fn changer(&self) -> &'static str {
        let command = self.command_of_hider();
        let differs = self.waste.differs;
        let candidates = [
            ("chown", differs.owner),
            ("chgrp", differs.owner),
            ("chmod", differs.mode),
            ("setcap", differs.xattrs),
            ("setfacl", differs.xattrs),
            ("touch", differs.time),
        ];
        let ran = |program: &str| shell::commands(&command).iter().any(|words| words[0] == program);
        candidates
            .into_iter()
            .find(|(program, differs)| *differs && ran(program))
            .or_else(|| candidates.into_iter().find(|(_, differs)| *differs))
            .map_or("a change of attributes", |(program, _)| program)
    }

    fn metadata(&self) -> Texts {
        let (changer, differs) = (self.changer(), self.waste.differs);
        let weight = self.found.claims.weight;
        let headers = if weight > self.found.claims.bytes * 2 + 1_000_000 {
            format!(" ({} of tar headers and padding)", units::size(weight - self.found.claims.bytes))
        } else {
            String::new()
        };
        let what: Vec<&str> =
            [("owner", differs.owner), ("mode", differs.mode), ("extended attributes", differs.xattrs)]
                .into_iter()
                .filter_map(|(name, differs)| differs.then_some(name))
                .collect();
        let what = if what.is_empty() { "time".into() } else { what.join(" and ") };
        let why = format!(
            "A layer cannot change a file's {what} in place: it stores the whole file again. {} {} that to {}; \
             the first copies stay in the image, unseen. Set the {what} when the files are written.",
            capital(&self.hiders()),
            if self.waste.by.len() == 1 { "does" } else { "do" },
            self.shares()
        );
        (
            format!(
                "{changer} stores {} again{headers}: layer {} over {}",
                self.count(),
                list(&self.waste.by),
                list(&self.writers())
            ),
            why,
            metadata::fix(self, changer),
        )
    }

    fn identical(&self) -> Texts {
        let by = self.waste.by.first().copied().unwrap_or_default();
        (
            format!(
                "{} {} {} of {} again, unchanged",
                capital(&self.hidden_by()),
                self.verb("store"),
                self.count(),
                self.written_by()
            ),
            format!(
                "{} {} {} once more with the same content; the first copies stay in the image, unseen.",
                capital(&self.hiders()),
                self.verb("store"),
                self.shares()
            ),
            Fix::note(format!(
                "write these files once: leave them out of {} or of {}",
                self.ledger.layer(self.writers().first().copied().unwrap_or_default()),
                self.ledger.layer(by)
            )),
        )
    }

    fn deleted(&self) -> Texts {
        let what = self.what().map_or_else(|| self.count(), str::to_owned);
        let why = format!(
            "{} {} {}, but a layer can only hide what is stored below it: everybody who pulls the image still \
             pulls these bytes. Delete in the step that writes.",
            capital(&self.hiders()),
            self.verb("remove"),
            self.shares()
        );
        (
            format!(
                "{} {} {what} of {} too late",
                capital(&self.hidden_by()),
                self.verb("remove"),
                self.written_by()
            ),
            why,
            deleted::fix(self),
        )
    }

    fn overwritten(&self) -> Texts {
        let what = self.what().map_or_else(|| self.count(), str::to_owned);
        let by = self.waste.by.first().copied().unwrap_or_default();
        let writer = self.writers().first().copied().unwrap_or_default();
        let why = format!(
            "{} {} again what was stored before: {}. Both versions are in the image, and only the last can be \
             seen. Make the final version in the step that writes first, or leave the first one out.",
            capital(&self.hiders()),
            self.verb("write"),
            self.shares()
        );
        let evidence = self.found.claims.evidence();
        let examples: Vec<String> =
            evidence.iter().take(3).map(|evidence| self.ledger.path(evidence.path)).collect();
        let both_run = self.ledger.shell_run(by).zip(self.ledger.shell_run(writer));
        let is_next = self.ledger.is_next(writer, by);
        let fix = match both_run.filter(|_| is_next) {
            Some((by, writer)) => Fix::one(Edit::MergeRuns { steps: vec![writer, by] }),
            None => Fix::note(format!(
                "leave out of {} what {} writes: {}",
                self.ledger.layer(writer),
                self.ledger.layer(by),
                examples.join(", ")
            )),
        };
        (
            format!(
                "{} {} {what} of {} again",
                capital(&self.hidden_by()),
                self.verb("write"),
                self.written_by()
            ),
            why,
            fix,
        )
    }

    fn base_hidden(&self) -> Texts {
        (
            format!(
                "{} {} {} of the base image, which frees nothing",
                capital(&self.hidden_by()),
                self.verb("hide"),
                self.count()
            ),
            format!(
                "Removed or replaced by {}: {}. The base image stays below, and everybody pulls it as it is; only a smaller base would be smaller.",
                self.hiders(),
                self.shares()
            ),
            base::smaller(self.ledger),
        )
    }

    fn base_waste(&self) -> Texts {
        (
            format!("The base image itself wastes bytes in {}", self.count()),
            "Its own layers hide each other's files. This Dockerfile cannot change that; a newer or smaller base might.".into(),
            Fix::note("take the newest base: docker build --pull ."),
        )
    }
}

fn layers_more(count: usize) -> String {
    if count == 1 { "one more layer".into() } else { format!("{count} more layers") }
}

/// `5`, `4 and 5`.
fn list(layers: &[usize]) -> String {
    let mut layers = layers.to_vec();
    layers.sort_unstable();
    let text = text::layers(&layers);
    text::line(text.trim_start_matches("layers ").trim_start_matches("layer ").as_bytes(), 100)
}
