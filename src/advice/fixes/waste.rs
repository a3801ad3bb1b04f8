//! The words for exact waste: which step, and what it did.

use super::copies::Copies;
use super::{base, deleted, metadata, package_records};
use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::capital;
use crate::advice::rules::waste::{Kind, Waste};
use crate::dockerfile::{Edit, Fix, shell};
use crate::text;
use crate::units;

impl Facts for Waste {
    fn tell(&self, ledger: &Ledger<'_>, found: &Found<'_>) -> Words {
        let copies = Copies { ledger, waste: self, found };
        let (title, why, fix) = match self.kind {
            Kind::Repeated => copies.repeated(),
            Kind::Package => copies.package(),
            Kind::Metadata => copies.metadata(),
            Kind::Identical => copies.identical(),
            Kind::Deleted => copies.deleted(),
            Kind::Overwritten => copies.overwritten(),
            Kind::BaseHidden => copies.base_hidden(),
            Kind::BaseWaste => copies.base_waste(),
        };
        Words { title, why, fix }
    }
}

type Texts = (String, String, Fix);

impl Copies<'_> {
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
        let headers = self.found.claims.headers().map_or_else(String::new, |headers| {
            format!(" ({} of tar headers and padding)", units::size(headers))
        });
        let what: Vec<&str> =
            [("owner", differs.owner), ("mode", differs.mode), ("extended attributes", differs.xattrs)]
                .into_iter()
                .filter_map(|(name, differs)| differs.then_some(name))
                .collect();
        let what = if what.is_empty() { "time".into() } else { what.join(" and ") };
        let first = match self.found.claims.own_live {
            0 => "stay in the image, unseen",
            _ => "stay in the image, where hard links still name them",
        };
        let why = format!(
            "A layer cannot change a file's {what} in place: it stores the whole file again. {} {} that to {}; \
             the first copies {first}. Set the {what} when the files are written.",
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
            metadata::idle(self.ledger, by).filter(|_| self.waste.by.len() == 1).unwrap_or_else(|| {
                Fix::note(format!(
                    "write these files once: leave them out of {} or of {}",
                    self.ledger.layer(self.writers().first().copied().unwrap_or_default()),
                    self.ledger.layer(by)
                ))
            }),
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

/// `5`, `4 and 5`.
fn list(layers: &[usize]) -> String {
    let mut layers = layers.to_vec();
    layers.sort_unstable();
    let text = text::layers(&layers);
    text::line(text.trim_start_matches("layers ").trim_start_matches("layer ").as_bytes(), 100)
}
