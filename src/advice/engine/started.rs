//! What a container runs: its entrypoint, command and health check, followed through shells, scripts and npm.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::ledger::Ledger;
use crate::analysis::Places;
use crate::dockerfile::{Keyword, shell};
use crate::image::PathId;

/// Most texts that are followed.
const MOST: usize = 64;
/// Where programs are looked for when the image sets no `PATH`.
const USUAL: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a container runs.
#[derive(Debug, Default)]
pub(in crate::advice) struct Started {
    /// The words of every command.
    pub(in crate::advice) commands: Vec<Vec<String>>,
    /// The files that words of them lead to: links, and where they lead.
    pub(in crate::advice) programs: BTreeSet<PathId>,
}

#[derive(Deserialize)]
struct Project {
    #[serde(default)]
    scripts: HashMap<String, String>,
}

impl Started {
    /// Reads the configuration and follows it.
    pub(in crate::advice) fn of(ledger: &Ledger<'_>) -> Self {
        let config = &ledger.image.config.config;
        let words: Vec<&str> = config.entrypoint.iter().chain(&config.cmd).map(String::as_str).collect();
        let mut open = vec![match words.as_slice() {
            [shell, flag, text, ..] if *flag == "-c" && shell.ends_with("sh") => (*text).to_owned(),
            words => words.join(" "),
        }];
        open.extend(health(ledger));
        let scripts = scripts(ledger);
        let mut search = Search::of(ledger);
        let mut started = Self::default();
        let mut seen = BTreeSet::new();
        // commands are told by their names alone, and a program may lie where no search finds it
        for word in &words {
            for path in search.find(word) {
                started.programs.insert(path);
                open.extend(search.script(path));
            }
        }
        while let Some(text) = open.pop() {
            if seen.len() >= MOST || !seen.insert(text.clone()) {
                continue;
            }
            for words in shell::commands(&text) {
                if matches!(words[0].as_str(), "npm" | "yarn" | "pnpm") {
                    let script = shell::operands(&words).find(|word| !matches!(*word, "run" | "run-script"));
                    let script = script.unwrap_or_default();
                    let names = [format!("pre{script}"), script.to_owned(), format!("post{script}")];
                    open.extend(names.iter().filter_map(|name| scripts.get(name).cloned()));
                }
                for word in &words {
                    for path in search.find(word) {
                        started.programs.insert(path);
                        open.extend(search.script(path));
                    }
                }
                started.commands.push(words);
            }
        }
        started
    }
}

/// The command of the last health check.
fn health(ledger: &Ledger<'_>) -> Option<String> {
    let is_check = |step: &&crate::image::Step| step.instruction == Some(Keyword::Healthcheck);
    let text = &ledger.image.history.iter().rev().find(is_check)?.command;
    let plain = |c: char| if matches!(c, '[' | ']' | '"' | ',' | '{' | '}' | '&') { ' ' } else { c };
    Some(text.split_once("CMD").map(|(_, command)| command.chars().map(plain).collect()).unwrap_or_default())
}

/// The scripts of the project in the working directory.
fn scripts(ledger: &Ledger<'_>) -> HashMap<String, String> {
    let image = ledger.image;
    let place = format!("{}/package.json", image.config.config.working_dir);
    let read = || {
        let path = image.paths.find(place.trim_matches('/').as_bytes())?;
        let body = ledger.stack().body(path)?;
        serde_json::from_slice::<Project>(body).ok()
    };
    read().map(|project| project.scripts).unwrap_or_default()
}

/// Finds programs as a shell does.
pub(in crate::advice) struct Search<'a> {
    ledger: &'a Ledger<'a>,
    places: Places<'a>,
    directories: Vec<String>,
}

impl<'a> Search<'a> {
    pub(in crate::advice) fn of(ledger: &'a Ledger<'_>) -> Self {
        let config = &ledger.image.config.config;
        let path = config.env.iter().find_map(|line| line.strip_prefix("PATH=")).unwrap_or(USUAL);
        let stack = ledger.stack();
        let directories = path.split(':').take(64).map(str::to_owned).collect();
        Self { ledger, places: Places::new(stack), directories }
    }

    /// The file that a word leads to, and the link that it is found by.
    pub(in crate::advice) fn find(&mut self, word: &str) -> Vec<PathId> {
        let working = &self.ledger.image.config.config.working_dir;
        let names: Vec<String> = if word.starts_with('/') {
            vec![word.to_owned()]
        } else if word.contains('/') || word.contains('.') {
            vec![format!("{working}/{word}")]
        } else {
            self.directories.iter().map(|directory| format!("{directory}/{word}")).collect()
        };
        for name in names {
            let Some(path) = self.places.resolve(name.as_bytes()) else { continue };
            if self.ledger.union.rootfs.is_directory(self.ledger.image, path) {
                continue;
            }
            let link = self.places.file(PathId::ROOT, name.as_bytes());
            return link.into_iter().chain([path]).collect();
        }
        Vec::new()
    }

    /// The text of a script of a shell, and the words of any script's first line.
    pub(in crate::advice) fn script(&self, path: PathId) -> Option<String> {
        let content = self.ledger.union.content_of(self.ledger.union.rootfs.entry(path)?)?;
        let text = String::from_utf8_lossy(self.ledger.image.excerpts.script(content)?).into_owned();
        let (first, rest) = text.strip_prefix("#!")?.split_once('\n').unwrap_or((&text, ""));
        let is_shell = first.split([' ', '/']).any(|word| matches!(word, "sh" | "bash" | "dash" | "ash"));
        Some(if is_shell { format!("{first}\n{rest}") } else { first.to_owned() })
    }
}
