//! Lines of a Dockerfile that would not have wasted the bytes, written out of the steps of the image.

use super::waste_texts::Story;
use crate::advice::{apt, archives, dockerfile, package_managers, shell};

impl Story<'_> {
    pub(super) fn metadata_fix(&self, changer: &str) -> String {
        let command = self.command_of_hider();
        let words = shell::find(&command, changer).unwrap_or_default();
        let value = shell::operands(&words).next().unwrap_or("app:app").to_owned();
        let flag = match changer {
            "chown" => format!("--chown={value}"),
            "chgrp" => format!("--chown=:{value}"),
            "chmod" => format!("--chmod={value}"),
            _ => String::new(),
        };
        let (change, rest): (Vec<&str>, Vec<&str>) =
            shell::chain(&command).into_iter().partition(|part| part.starts_with(changer));
        let mut out = Vec::new();
        // the user must be there before a COPY can name it
        if !rest.is_empty() && !change.is_empty() && rest.iter().any(|part| part.contains("add")) {
            out.push(format!("RUN {}", rest.join(" && ")));
        }
        for layer in self.sorted_writers() {
            let written = self.ledger.command(layer);
            if self.ledger.is_made_by(layer, "COPY") || self.ledger.is_made_by(layer, "ADD") {
                if self.ledger.is_made_by(layer, "ADD") && self.is_unpacked(layer, &written) {
                    out.push("# an unpacked archive keeps the modes and owners that it holds: set them before it is packed".into());
                } else {
                    out.push(dockerfile::copy(&written, &flag));
                }
            } else if self.ledger.is_made_by(layer, "RUN") {
                let change = if change.is_empty() { format!("{changer} …") } else { change.join(" && ") };
                out.push(dockerfile::run(&[written, change]));
            }
        }
        if out.is_empty() {
            out.push("# set them in the step that writes these files: COPY has --chown and --chmod".into());
        }
        if !change.is_empty() {
            out.push(format!("# and without: {}", change.join(" && ")));
        }
        out.join("\n")
    }

    /// True for an `ADD` of one file that stored several: it was an archive.
    fn is_unpacked(&self, layer: usize, command: &str) -> bool {
        let files = self
            .ledger
            .image
            .layer_entries(layer)
            .filter(|&entry| self.ledger.image.entry(entry).kind.is_file());
        command.split_whitespace().any(|word| word.starts_with("file:")) && files.take(2).count() > 1
    }

    /// The installations that wrote the records one after the other, as one.
    pub(super) fn package_fix(&self) -> String {
        let mut layers: Vec<usize> = self.writers();
        layers.extend(&self.group.by);
        layers.sort_unstable();
        layers.dedup();
        layers.retain(|&layer| self.ledger.is_own(layer) && self.ledger.is_made_by(layer, "RUN"));
        let mut commands: Vec<String> = layers.iter().map(|&layer| self.ledger.command(layer)).collect();
        commands.retain(|command| package_managers::installed(command).is_some());
        commands.truncate(6);
        if commands.len() < 2 {
            return "# one RUN that installs all packages, in place of several".into();
        }
        format!("# all packages in one RUN\n{}", dockerfile::run(&commands))
    }

    /// The first writers, lowest layer first; those of next to nothing are not worth a line.
    pub(super) fn sorted_writers(&self) -> Vec<usize> {
        let claims = &self.group.claims;
        let matters =
            |layer: &usize| claims.layers.get(layer).is_some_and(|part| part.bytes * 1000 >= claims.bytes);
        let mut layers: Vec<usize> = self.writers().into_iter().filter(matters).collect();
        layers.truncate(4);
        layers.sort_unstable();
        layers
    }

    /// A step as a line of a Dockerfile.
    pub(super) fn line(&self, layer: usize) -> String {
        let command = self.ledger.command(layer);
        if self.ledger.is_made_by(layer, "RUN") {
            dockerfile::run(&[command])
        } else if self.ledger.is_made_by(layer, "COPY") || self.ledger.is_made_by(layer, "ADD") {
            dockerfile::copy(&command, "")
        } else if command.is_empty() {
            format!("# layer {layer}")
        } else {
            format!("# {command}")
        }
    }

    pub(super) fn deleted_fix(&self, writer: usize) -> String {
        let written = self.ledger.command(writer);
        let paths: Vec<String> = self
            .group
            .claims
            .evidence()
            .iter()
            .filter(|evidence| evidence.layer == writer)
            .map(|evidence| self.ledger.path(evidence.path))
            .collect();
        let url = || written.split_whitespace().find(|word| word.contains("://")).map(str::to_owned);
        let is_add = self.ledger.is_made_by(writer, "ADD");
        if let Some(url) = url().filter(|_| is_add) {
            return format!("RUN curl -fsSL {url} | tar -xz -C /opt");
        }
        let evidence = self.group.claims.evidence();
        let largest = evidence.iter().find(|evidence| evidence.layer == writer);
        let unpacked = largest.and_then(|evidence| {
            let name = String::from_utf8_lossy(self.ledger.image.paths.name(evidence.path)).into_owned();
            let step = archives::unpacking(self.ledger, &name)?;
            archives::fix(self.ledger, evidence.path, writer, Some(&step), None)
        });
        if let Some(fix) = unpacked {
            return fix;
        }
        if is_add || self.ledger.is_made_by(writer, "COPY") {
            let lines: Vec<String> = paths.iter().take(5).map(|path| format!("#   {path}")).collect();
            return format!(
                "# .dockerignore: what this need not copy, since it is deleted again\n{}\n{}",
                lines.join("\n"),
                dockerfile::copy(&written, "")
            );
        }
        let clean = self.removal(&paths);
        let is_lists = clean.split(' ').any(|word| word.starts_with("/var/lib/apt/lists"));
        if is_lists && shell::runs(&written, "apt-get update") {
            // the same lines as the findings about what else apt leaves
            let mut commands = apt::steps(self.ledger, writer);
            commands.push(apt::clean(self.ledger));
            return dockerfile::run(&commands);
        }
        if written.is_empty() {
            format!("RUN COMMAND && {clean}")
        } else {
            dockerfile::run(&[written, clean])
        }
    }

    /// The `rm` of the step that deletes, with those operands that match what this writer wrote.
    pub(super) fn removal(&self, paths: &[String]) -> String {
        let hits = |operand: &str| {
            let stem = operand.split(['*', '$', '?']).next().unwrap_or(operand).trim_end_matches('/');
            stem.len() > 1
                && paths
                    .iter()
                    .any(|path| path.starts_with(stem) || !stem.starts_with('/') && path.contains(stem))
        };
        for &layer in &self.group.by {
            for words in shell::commands(&self.ledger.command(layer)) {
                if words[0] != "rm" {
                    continue;
                }
                let operands: Vec<&str> = shell::operands(&words).filter(|operand| hits(operand)).collect();
                if !operands.is_empty() {
                    return format!("rm -rf {}", operands.join(" "));
                }
            }
        }
        let class = self.group.path_matches.iter().max_by_key(|(_, bytes)| **bytes).map(|(class, _)| *class);
        match class.map(|class| self.ledger.path_matches.rules()[class].clean.as_str()) {
            Some(clean) if !clean.is_empty() => clean.to_owned(),
            _ => {
                let hider = self.command_of_hider();
                let short = hider.chars().count() < 200 && !hider.is_empty() && !hider.contains('\n');
                if short && self.group.by.iter().all(|&by| self.ledger.is_made_by(by, "RUN")) {
                    return hider;
                }
                let shown: Vec<&str> = paths.iter().take(3).map(String::as_str).collect();
                format!("rm -rf {}", shown.join(" "))
            }
        }
    }
}
