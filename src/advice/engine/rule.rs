//! What a rule is: what the list of rules and `explain` tell of it, and the rows of the path rules.

use std::borrow::Cow;

use serde::Deserialize;

use super::finding::{Confidence, Severity};

/// What can be said of a rule without an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// The short name, as findings, `--deny` and the configuration use it.
    pub id: Cow<'static, str>,
    /// What it finds, in one line.
    pub title: Cow<'static, str>,
    /// What it is about.
    pub group: Group,
    /// How sure its findings are.
    pub confidence: Confidence,
    /// The highest severity of its findings, when it has one.
    pub cap: Option<Severity>,
    /// Why it matters.
    pub why: Cow<'static, str>,
    /// What to do, as lines of a Dockerfile.
    pub fix: Cow<'static, str>,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Bytes that the layers prove dead.
    Waste,
    /// Secrets; they own no bytes.
    Secret,
    /// Caches of package managers and tools.
    Cache,
    /// What is needed to build only.
    Toolchain,
    /// What no run needs.
    Runtime,
    /// What came with the build context.
    Context,
    /// Archives.
    Archive,
    /// Temporary files, logs, backups.
    Leftover,
    /// How the Dockerfile is laid out.
    Structure,
    /// A rule of the user's own.
    #[default]
    Own,
}

impl Group {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waste => "waste",
            Self::Secret => "secret",
            Self::Cache => "cache",
            Self::Toolchain => "toolchain",
            Self::Runtime => "runtime",
            Self::Context => "context",
            Self::Archive => "archive",
            Self::Leftover => "leftover",
            Self::Structure => "structure",
            Self::Own => "own",
        }
    }
}

/// What a second stage has to do with the files of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It is the rule about the stages themselves.
    Shows,
    /// A second stage is the remedy.
    Needs,
    /// The same stage leaves these files behind as well.
    Beside,
    /// They have a remedy of their own; their bytes count when a stage is weighed.
    Counts,
}

/// What must hold of a file besides its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// Its headers call it a core dump, where they were read. Such a file is found under any name.
    CoreDump,
    /// A step copied it out of the build context.
    Copied,
    /// No step copied it out of the build context.
    NotCopied,
    /// No package of the system owns it, or what it was made from.
    NotFromAPackage,
    /// No program finds its packages in yarn's cache: yarn since its version 2 need not write `node_modules`.
    NotPlugged,
    /// It is a map of sources, or not in the directory in which a container starts: that is the project.
    NotTheProject,
    /// A container wrote it.
    Written,
}

/// The kind of fix that a path rule takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// A change of the step that wrote the files.
    #[default]
    Step,
    /// A pattern of `.dockerignore`, for what came with the build context.
    Context,
    /// An installation without what only development needs.
    Dependencies,
    /// A setting of the package manager that leaves out manual pages.
    Documents,
    /// A setting of the package manager that leaves out languages.
    Languages,
    /// A layer of its own, early in the Dockerfile.
    EarlyLayer,
    /// A volume for the directory, in the container.
    Volume,
    /// A file system in memory for the directory, in the container.
    Tmpfs,
}

/// A rule: a row of `assets/rules.toml`, or a `[[rule]]` of the user's configuration. One with globs is told by paths;
/// the others are code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// The short name.
    pub id: String,
    /// Paths that it finds, without a leading slash: `*` stays within a directory, `**` does not.
    #[serde(default)]
    pub globs: Vec<String>,
    /// Paths that it leaves alone.
    #[serde(default)]
    pub not: Vec<String>,
    /// What it finds, in one line; `FILES were found` when left out.
    #[serde(default)]
    pub title: String,
    /// A noun for the files.
    #[serde(default)]
    pub what: String,
    /// What it is about.
    #[serde(default)]
    pub group: Group,
    /// How sure it is.
    #[serde(default = "likely")]
    pub confidence: Confidence,
    /// The highest severity.
    #[serde(default)]
    pub cap: Option<Severity>,
    /// Commands by which the guilty step is known, options left out.
    #[serde(default)]
    pub hist: Vec<String>,
    /// A command for the end of the same `RUN`.
    #[serde(default)]
    pub clean: String,
    /// Directories for a cache mount.
    #[serde(default)]
    pub mounts: Vec<String>,
    /// A command, and the one that leaves nothing behind.
    #[serde(default)]
    pub swap: Option<(String, String)>,
    /// The package manager whose traces these are.
    #[serde(default)]
    pub manager: String,
    /// The kind of fix that it takes.
    #[serde(default)]
    pub remedy: Remedy,
    /// What a second stage has to do with it.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// Its titles name the layers.
    #[serde(default)]
    pub names_layers: bool,
    /// It is about the base image, of which one word is enough.
    #[serde(default)]
    pub about_base: bool,
    /// What else must hold of a file.
    #[serde(default)]
    pub confirm: Option<Confirm>,
    /// Smaller files do not count, in bytes.
    #[serde(default)]
    pub least: u64,
    /// Base layers are not asked.
    #[serde(default)]
    pub own: bool,
    /// Why it matters.
    #[serde(default)]
    pub why: String,
    /// What to do, when no step of the image can be rewritten.
    #[serde(default)]
    pub fix: String,
}

fn likely() -> Confidence {
    Confidence::Likely
}

impl PathRule {
    /// What the list of rules tells of it.
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone().into(),
            title: self.title().to_owned().into(),
            group: self.group,
            confidence: self.confidence,
            cap: self.cap,
            why: self.why.clone().into(),
            fix: self.fix.trim().to_owned().into(),
        }
    }

    /// The title, or one made of the id.
    pub(in crate::advice) fn title(&self) -> &str {
        if self.title.is_empty() { &self.id } else { &self.title }
    }

    /// The noun for its files.
    pub(in crate::advice) fn what(&self) -> &str {
        if self.what.is_empty() { &self.id } else { &self.what }
    }
}
