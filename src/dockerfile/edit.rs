//! What to change in a Dockerfile, as data.
//!
//! An [`Edit`] addresses a step of the history, not a line, so that it can be made without a Dockerfile. The text
//! on a screen, the patch, the whole new Dockerfile and the JSON are renderings of the same edits.
//! Every text in an edit is part of a Dockerfile, not of the shell's output: it is not escaped for a terminal.

use super::StepId;

/// The change that a finding asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fix {
    /// The changes, which belong together: a finding is fixed when all are made.
    pub edits: Vec<Edit>,
    /// What a person should know or do besides: plain sentences without a comment sign.
    pub notes: Vec<String>,
}

impl Fix {
    /// A fix that is one edit.
    pub fn one(edit: Edit) -> Self {
        Self { edits: vec![edit], notes: Vec::new() }
    }

    /// A fix that only tells what to do.
    pub fn note(note: impl Into<String>) -> Self {
        Self { edits: Vec::new(), notes: vec![note.into()] }
    }

    /// True when there is nothing to do or to say.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.notes.is_empty()
    }
}

/// One change.
///
/// Commands are shell text of a `RUN`; lines are whole instructions of a Dockerfile, where one text may go on over
/// several lines with `\`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Edit {
    /// Runs `command` after what the `RUN` does, in the same layer.
    AppendCommand {
        /// A `RUN`.
        step: StepId,
        /// What to run.
        command: String,
    },
    /// Replaces one command of a `RUN`.
    ReplaceCommand {
        /// A `RUN`.
        step: StepId,
        /// Which part: an index into [`super::shell::parts`] of the step's command.
        part: usize,
        /// What stands there instead; empty: the command goes.
        with: Vec<String>,
    },
    /// Mounts a cache, a secret or a bind for the time of a `RUN`.
    AddMount {
        /// A `RUN`.
        step: StepId,
        /// What follows `--mount=`: `type=cache,target=/root/.npm`.
        mount: String,
    },
    /// Adds an option to a `COPY` or `ADD`; replaces one of the same name.
    AddFlag {
        /// A `COPY` or `ADD`.
        step: StepId,
        /// The option: `--chown=app:app`.
        flag: String,
    },
    /// Joins several `RUN`s into one, where the first of them stands.
    MergeRuns {
        /// The `RUN`s, first to last.
        steps: Vec<StepId>,
    },
    /// Moves a step in front of another.
    MoveStep {
        /// What moves.
        step: StepId,
        /// In front of what.
        before: StepId,
    },
    /// Removes a step.
    RemoveStep {
        /// What goes.
        step: StepId,
    },
    /// Adds instructions.
    InsertStep {
        /// In front of what; none: at the end of the last stage.
        before: Option<StepId>,
        /// The instructions.
        lines: Vec<String>,
    },
    /// Writes other instructions where a step stands.
    ReplaceStep {
        /// What is replaced.
        step: StepId,
        /// The instructions.
        lines: Vec<String>,
    },
    /// Builds on another image.
    ReplaceFrom {
        /// Its name, as it stands after `FROM`.
        with: String,
    },
    /// Adds patterns to the `.dockerignore` of the context.
    Ignore {
        /// The patterns, one a line.
        patterns: Vec<String>,
    },
    /// Builds in one stage and runs in another.
    SplitStages {
        /// The instructions of the first stage, with its `FROM … AS build`, as the image's history tells them. A
        /// Dockerfile keeps its own.
        build: Vec<String>,
        /// What the first stage does at its end besides.
        finish: Vec<String>,
        /// The instructions of the second one, with its `FROM`.
        run: Vec<String>,
        /// The image of the second stage; none: that of the first, as the Dockerfile names it.
        base: Option<String>,
    },
}

impl Edit {
    /// What it is called, in text and JSON.
    pub fn action(&self) -> &'static str {
        match self {
            Self::AppendCommand { .. } => "append_command",
            Self::ReplaceCommand { .. } => "replace_command",
            Self::AddMount { .. } => "add_mount",
            Self::AddFlag { .. } => "add_flag",
            Self::MergeRuns { .. } => "merge_runs",
            Self::MoveStep { .. } => "move_step",
            Self::RemoveStep { .. } => "remove_step",
            Self::InsertStep { .. } => "insert_step",
            Self::ReplaceStep { .. } => "replace_step",
            Self::ReplaceFrom { .. } => "replace_from",
            Self::Ignore { .. } => "ignore",
            Self::SplitStages { .. } => "split_stages",
        }
    }

    /// What to do, in a few words, for a person who must do it.
    pub fn describe(&self) -> String {
        match self {
            Self::AppendCommand { step, command } => format!("at the end of step {} run {command}", step.0),
            Self::ReplaceCommand { step, with, .. } if with.is_empty() => {
                format!("remove a command from step {}", step.0)
            }
            Self::ReplaceCommand { step, with, .. } => {
                format!("in step {} run {}", step.0, with.join(" && "))
            }
            Self::AddMount { step, mount } => format!("add --mount={mount} to step {}", step.0),
            Self::AddFlag { step, flag } => format!("add {flag} to step {}", step.0),
            Self::MergeRuns { steps } => {
                let steps: Vec<String> = steps.iter().map(|step| step.0.to_string()).collect();
                format!("join steps {} into one RUN", steps.join(", "))
            }
            Self::MoveStep { step, before } => format!("move step {} in front of step {}", step.0, before.0),
            Self::RemoveStep { step } => format!("remove step {}", step.0),
            Self::InsertStep { lines, .. } => format!("add {}", lines.join("; ")),
            Self::ReplaceStep { step, lines } => format!("replace step {} by {}", step.0, lines.join("; ")),
            Self::ReplaceFrom { with } => format!("build on {with}"),
            Self::Ignore { patterns } => format!("add {} to .dockerignore", patterns.join(", ")),
            Self::SplitStages { .. } => "build in one stage and run in another".into(),
        }
    }

    /// The steps that it changes, takes away or moves.
    pub fn steps(&self) -> &[StepId] {
        match self {
            Self::AppendCommand { step, .. }
            | Self::ReplaceCommand { step, .. }
            | Self::AddMount { step, .. }
            | Self::AddFlag { step, .. }
            | Self::MoveStep { step, .. }
            | Self::RemoveStep { step }
            | Self::ReplaceStep { step, .. } => std::slice::from_ref(step),
            Self::MergeRuns { steps } => steps,
            Self::InsertStep { .. }
            | Self::ReplaceFrom { .. }
            | Self::Ignore { .. }
            | Self::SplitStages { .. } => &[],
        }
    }
}
