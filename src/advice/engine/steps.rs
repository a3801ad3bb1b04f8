//! Questions about the steps that made the layers, and how layers and paths are written.

use super::ledger::Ledger;
use super::phrases::{has_sum, safe};
use crate::dockerfile::{Keyword, StepId};
use crate::image::{EntryId, PathId, Step};
use crate::layer::Kind;
use crate::text;

impl<'a> Ledger<'a> {
    /// The step that made a layer.
    pub(in crate::advice) fn step(&self, layer: usize) -> Option<&'a Step> {
        self.image.step_of(layer)
    }

    /// The number of the step that made a layer.
    pub(in crate::advice) fn step_id(&self, layer: usize) -> Option<StepId> {
        self.image.layers[layer].step
    }

    /// True when a layer was made by this instruction.
    pub(in crate::advice) fn is_made_by(&self, layer: usize, keyword: Keyword) -> bool {
        self.step(layer).is_some_and(|step| step.instruction == Some(keyword))
    }

    /// True for a layer that a `COPY` or `ADD` made.
    pub(in crate::advice) fn is_copied(&self, layer: usize) -> bool {
        self.step(layer).is_some_and(|step| step.instruction.is_some_and(Keyword::copies))
    }

    /// True for a layer that was copied out of the build context.
    pub(in crate::advice) fn is_from_context(&self, layer: usize) -> bool {
        self.image.copies_context(layer)
    }

    /// The step of a layer that a `RUN` in the shell form made.
    pub(in crate::advice) fn shell_run(&self, layer: usize) -> Option<StepId> {
        let command = self.image.command_of(layer);
        let is_shell = !command.is_empty() && !command.starts_with('[');
        self.step_id(layer).filter(|_| is_shell && self.is_made_by(layer, Keyword::Run))
    }

    /// True when the steps of two layers stand one after the other, with nothing between them that changes what the
    /// second does.
    pub(in crate::advice) fn is_next(&self, first: usize, second: usize) -> bool {
        use Keyword::{Cmd, Entrypoint, Expose, Healthcheck, Label, Maintainer, Stopsignal};
        let Some((from, to)) = self.step_id(first).zip(self.step_id(second)) else { return false };
        let between = self.image.history.get(from.index() + 1..to.index());
        between.is_some_and(|steps| {
            let is_idle = |step: &Step| {
                matches!(
                    step.instruction,
                    Some(Cmd | Entrypoint | Expose | Healthcheck | Label | Maintainer | Stopsignal)
                )
            };
            steps.iter().all(is_idle)
        })
    }

    /// True when `BuildKit` built the image: then its mounts and options may be used.
    pub(in crate::advice) fn is_buildkit(&self) -> bool {
        let own =
            self.image.config.history.iter().rev().take(self.image.layers.len() - self.analysis.base_layers);
        own.filter_map(|step| step.created_by.as_deref()).any(|text| text.ends_with("# buildkit"))
    }

    /// The directory in which the step of a layer runs, as the `WORKDIR`s before it tell.
    pub(in crate::advice) fn directory_of(&self, layer: usize) -> String {
        let end = self.step_id(layer).map_or(0, StepId::index);
        let before = self.image.history.get(..end).unwrap_or_default();
        let mut directory = String::new();
        for step in before.iter().filter(|step| step.instruction == Some(Keyword::Workdir)) {
            let to = step.command.split_once(' ').map_or("", |(_, to)| to.trim());
            if to.starts_with('/') {
                to.clone_into(&mut directory);
            } else {
                directory = format!("{}/{to}", directory.trim_end_matches('/'));
            }
        }
        if directory.is_empty() {
            directory.clone_from(&self.image.config.config.working_dir);
        }
        if directory.is_empty() { "/".into() } else { directory }
    }

    /// The layers of this Dockerfile.
    pub(in crate::advice) fn own_layers(&self) -> std::ops::Range<usize> {
        self.analysis.base_layers..self.image.layers.len()
    }

    /// The command that made a layer, safe to show; empty when the image does not tell.
    pub(in crate::advice) fn command(&self, layer: usize) -> String {
        safe(self.image.command_of(layer))
    }

    /// `layer 6 (chown -R app /srv)`.
    pub(in crate::advice) fn layer(&self, layer: usize) -> String {
        let command = self.command(layer);
        if command.is_empty() {
            return format!("layer {layer}");
        }
        format!("layer {layer} ({})", text::line(command.as_bytes(), 60))
    }

    /// True where something of one of these names lives, wherever it lies.
    pub(in crate::advice) fn lives_named(&self, names: &[&[u8]]) -> bool {
        self.union.rootfs.live().any(|(path, _)| names.contains(&self.image.paths.name(path)))
    }

    /// The name of a file that another build gives it again: a hard link to it in the same layer where its own holds a
    /// sum. None where all of them do.
    pub(in crate::advice) fn lasting_name(&self, path: PathId, entry: EntryId) -> Option<PathId> {
        let lasts = |path: &PathId| !has_sum(&String::from_utf8_lossy(&self.image.paths.full(*path)));
        let links = || {
            let layer = self.image.layer_entries(self.image.layer_of(entry));
            let links = layer.filter(|&id| self.image.entry(id).kind == Kind::HardLink);
            links.filter(|&id| self.union.content_of(id) == Some(entry)).map(|id| self.image.path_of(id))
        };
        Some(path).filter(lasts).or_else(|| links().find(lasts))
    }

    /// A path as people write it.
    pub(in crate::advice) fn path(&self, path: PathId) -> String {
        format!("/{}", text::line(&self.image.paths.full(path), 200))
    }

    /// A path as a word of a shell command; none for names that cannot be written down safely.
    pub(in crate::advice) fn word(&self, path: PathId) -> Option<String> {
        let full = self.image.paths.full(path);
        let text = std::str::from_utf8(&full).ok()?;
        quoted(&format!("/{text}"))
    }
}

/// A text as one word of a shell command, in quotes where it needs them; none when it holds what would act on a
/// terminal or end the line.
fn quoted(text: &str) -> Option<String> {
    if text.chars().any(text::is_unsafe) {
        return None;
    }
    let is_plain = |c: char| c.is_alphanumeric() || "/._+-@%:,=".contains(c);
    if text.chars().all(is_plain) && !text.is_empty() {
        return Some(text.to_owned());
    }
    Some(format!("'{}'", text.replace('\'', "'\\''")))
}
