//! The words for exact waste: which step, what it did, and the lines that would not have done it.

use super::waste::{Group, Kind};
use crate::advice::ledger::{Draft, Ledger, capital, files, layer_list};
use crate::advice::{base_images, dockerfile, fixes, shell};
use crate::text;
use crate::units;

/// Title, why and fix for copies of one kind.
pub(super) fn draft(ledger: &Ledger<'_>, kind: Kind, group: &Group) -> Draft {
    let timeline = Story { ledger, group };
    let (title, why, fix) = match kind {
        Kind::Repeated => timeline.repeated(),
        Kind::Package => timeline.package(),
        Kind::Metadata => timeline.metadata(),
        Kind::Identical => timeline.identical(),
        Kind::Deleted => timeline.deleted(),
        Kind::Overwritten => timeline.overwritten(),
        Kind::BaseHidden => timeline.base_hidden(),
        Kind::BaseWaste => timeline.base_waste(),
    };
    let mut layers: Vec<usize> =
        group.claims.layers.keys().copied().chain(group.by.iter().copied()).collect();
    layers.sort_unstable();
    layers.dedup();
    Draft { title, why, fix, layers, ..Draft::default() }
}

type Texts = (String, String, String);

/// One group of copies, to be told.
pub(super) struct Story<'a> {
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) group: &'a Group,
}

impl Story<'_> {
    fn count(&self) -> String {
        files(self.group.claims.entries)
    }

    /// The layers that wrote the bytes: most bytes first.
    pub(super) fn writers(&self) -> Vec<usize> {
        self.group.claims.by_bytes().into_iter().map(|(layer, _)| layer).collect()
    }

    fn written_by(&self) -> String {
        let mut layers = self.writers();
        layers.sort_unstable();
        layer_list(&layers)
    }

    fn hidden_by(&self) -> String {
        layer_list(&self.group.by)
    }

    /// `3.2 MB of layer 5 (COPY . /app) and 1 kB of layer 6 (…)`.
    fn shares(&self) -> String {
        let parts: Vec<String> = self
            .group
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
        if self.group.by.len() == 1 { format!("{verb}s") } else { verb.to_owned() }
    }

    fn hiders(&self) -> String {
        let parts: Vec<String> =
            self.group.by.iter().take(2).map(|&layer| self.ledger.layer(layer)).collect();
        let more = self.group.by.len().saturating_sub(2);
        let rest = if more == 0 { String::new() } else { format!(" and {}", layers_more(more)) };
        format!("{}{rest}", parts.join(" and "))
    }

    /// The noun for the files, when most bytes are of one kind.
    fn what(&self) -> Option<&str> {
        let (class, bytes) = self.group.path_matches.iter().max_by_key(|(_, bytes)| **bytes)?;
        (bytes * 2 > self.group.claims.bytes).then(|| self.ledger.path_matches.rules()[*class].what())
    }

    pub(super) fn command_of_hider(&self) -> String {
        self.group.by.first().map_or_else(String::new, |&layer| self.ledger.command(layer))
    }

    fn repeated(&self) -> Texts {
        (
            format!("{} stores {} twice within its own tar", capital(&self.written_by()), self.count()),
            "Only the last entry of a path counts. A Dockerfile cannot cause this: the builder wrote the layer that way.".into(),
            "# build the image again with a current builder\ndocker buildx build .".into(),
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
            self.package_fix(),
        )
    }

    /// The program that changed attributes, as its step tells it or as the attributes do.
    fn changer(&self) -> &'static str {
        let command = self.command_of_hider();
        let differs = self.group.differs;
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
        let (changer, differs) = (self.changer(), self.group.differs);
        let weight = self.group.claims.weight;
        let headers = if weight > self.group.claims.bytes * 2 + 1_000_000 {
            format!(" ({} of tar headers and padding)", units::size(weight - self.group.claims.bytes))
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
            if self.group.by.len() == 1 { "does" } else { "do" },
            self.shares()
        );
        (
            format!(
                "{changer} stores {} again{headers}: layer {} over {}",
                self.count(),
                list(&self.group.by),
                list(&self.writers())
            ),
            why,
            self.metadata_fix(changer),
        )
    }

    fn identical(&self) -> Texts {
        let by = self.group.by.first().copied().unwrap_or_default();
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
            format!(
                "# write these files once: leave them out of\n{}\n# or of\n{}",
                self.line(self.writers().first().copied().unwrap_or_default()),
                self.line(by)
            ),
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
        let fix: Vec<String> =
            self.sorted_writers().into_iter().map(|layer| self.deleted_fix(layer)).collect();
        (
            format!(
                "{} {} {what} of {} too late",
                capital(&self.hidden_by()),
                self.verb("delete"),
                self.written_by()
            ),
            why,
            fix.join("\n"),
        )
    }

    fn overwritten(&self) -> Texts {
        let what = self.what().map_or_else(|| self.count(), str::to_owned);
        let by = self.group.by.first().copied().unwrap_or_default();
        let writer = self.writers().first().copied().unwrap_or_default();
        let why = format!(
            "{} {} again what was stored before: {}. Both versions are in the image, and only the last can be \
             seen. Make the final version in the step that writes first, or leave the first one out.",
            capital(&self.hiders()),
            self.verb("write"),
            self.shares()
        );
        let examples: Vec<String> = self
            .group
            .claims
            .evidence()
            .iter()
            .take(3)
            .map(|evidence| format!("#   {}", self.ledger.path(evidence.path)))
            .collect();
        let both_run = self.ledger.is_made_by(by, "RUN") && self.ledger.is_made_by(writer, "RUN");
        let fix = if both_run {
            format!(
                "# both in one step, so that only the last version is stored:\n{}\n{}",
                examples.join("\n"),
                dockerfile::run(&[self.ledger.command(writer), self.ledger.command(by)])
            )
        } else {
            format!(
                "# leave out of the first step what the second writes:\n{}\n{}\n{}",
                examples.join("\n"),
                self.line(writer),
                self.line(by)
            )
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
            fixes::smaller_base(self.ledger),
        )
    }

    fn base_waste(&self) -> Texts {
        (
            format!("The base image itself wastes bytes in {}", self.count()),
            "Its own layers hide each other's files. This Dockerfile cannot change that; a newer or smaller base might.".into(),
            match base_images::name(self.ledger) {
                Some(name) => format!("# with the newest base: docker build --pull\nFROM {name}"),
                None => "# with the newest base: docker build --pull .".into(),
            },
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
    let text = layer_list(&layers);
    text::line(text.trim_start_matches("layers ").trim_start_matches("layer ").as_bytes(), 100)
}
