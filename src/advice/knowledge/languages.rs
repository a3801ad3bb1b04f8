//! Package managers of programming languages, one row each.

use crate::analysis::Manager;
use crate::dockerfile::shell;

/// One that installs what a file of the project names.
pub(in crate::advice) struct Installer {
    /// How it is called, options left out.
    pub(in crate::advice) commands: &'static [&'static str],
    /// The files that name the dependencies; the last of them is the lock file.
    pub(in crate::advice) files: &'static [&'static str],
    /// What fetches the dependencies and no more, for commands that need the sources as well.
    pub(in crate::advice) fetch: Option<&'static str>,
    /// The option that leaves out what only development needs.
    pub(in crate::advice) production: Option<&'static str>,
    /// The command that takes it away afterwards.
    pub(in crate::advice) prune: Option<&'static str>,
    /// Whose packages it installs, and the sign between a name and a version.
    pub(in crate::advice) pins: Option<(Manager, &'static str)>,
}

const NONE: Installer =
    Installer { commands: &[], files: &[], fetch: None, production: None, prune: None, pins: None };

pub(in crate::advice) static INSTALLERS: [Installer; 10] = [
    Installer {
        commands: &["npm ci", "npm install", "npm i"],
        files: &["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
        production: Some("--omit=dev"),
        prune: Some("npm prune --omit=dev"),
        pins: Some((Manager::Node, "@")),
        ..NONE
    },
    Installer {
        commands: &["yarn install", "yarn"],
        files: &["package.json", "yarn.lock", ".yarnrc.yml"],
        production: Some("--production"),
        prune: Some("yarn install --production --ignore-scripts --prefer-offline"),
        ..NONE
    },
    Installer {
        commands: &["pnpm install", "pnpm i"],
        files: &["package.json", "pnpm-lock.yaml"],
        production: Some("--prod"),
        prune: Some("pnpm prune --prod"),
        ..NONE
    },
    Installer {
        commands: &[
            "pip install",
            "pip3 install",
            "uv sync",
            "poetry install",
            "pipenv install",
            "pdm install",
        ],
        files: &[
            "requirements.txt",
            "pyproject.toml",
            "uv.lock",
            "poetry.lock",
            "Pipfile",
            "Pipfile.lock",
            "pdm.lock",
        ],
        pins: Some((Manager::Python, "==")),
        ..NONE
    },
    Installer { commands: &["bundle install"], files: &["Gemfile", "Gemfile.lock"], ..NONE },
    Installer { commands: &["composer install"], files: &["composer.json", "composer.lock"], ..NONE },
    Installer { commands: &["go mod download"], files: &["go.mod", "go.sum"], ..NONE },
    Installer {
        commands: &["go build", "go install"],
        files: &["go.mod", "go.sum"],
        fetch: Some("go mod download"),
        ..NONE
    },
    Installer {
        commands: &["mvn", "mvnw"],
        files: &["pom.xml"],
        fetch: Some("mvn -B dependency:go-offline"),
        ..NONE
    },
    // cargo fetches for a crate that has at least one source
    Installer {
        commands: &["cargo build", "cargo install"],
        files: &["Cargo.toml", "Cargo.lock"],
        fetch: Some("mkdir -p src && echo 'fn main() {}' > src/main.rs && cargo fetch"),
        ..NONE
    },
];

impl Installer {
    /// How this installs in `command`: the name of the command, and its words.
    pub(in crate::advice) fn find(&self, command: &str) -> Option<(&'static str, Vec<String>)> {
        self.commands.iter().find_map(|wanted| {
            // `yarn` alone installs; `yarn build` does not
            let is_bare = !wanted.contains(' ') && self.fetch.is_none();
            let words = shell::find(command, wanted)?;
            (!is_bare || shell::operands(&words).next().is_none()).then_some((*wanted, words))
        })
    }
}
