//! Images that are there for their tools: compilers in them are no left-overs.

use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::started::Started;
use crate::advice::knowledge::package_managers;

/// Shells: an image that starts one is there for its tools.
const SHELLS: [&str; 6] = ["sh", "bash", "zsh", "ash", "dash", "fish"];

/// True for an image that starts a shell or a build tool, and in which nothing was built.
pub(super) fn is_toolbox(ledger: &Ledger<'_>, started: &Started) -> bool {
    let config = &ledger.image.config.config;
    let words: Vec<&str> = config.entrypoint.iter().chain(&config.cmd).map(String::as_str).collect();
    let is_shell = |word: &str| SHELLS.contains(&word.rsplit('/').next().unwrap_or(word));
    let starts_shell = match words.as_slice() {
        [only] => is_shell(only),
        [shell, option] => is_shell(shell) && option.starts_with('-'),
        _ => false,
    };
    let builds = |layer: usize| package_managers::builds(ledger.image.command_of(layer));
    let starts_tool = || started.commands.iter().any(|words| package_managers::builds(&words.join(" ")));
    !ledger.own_layers().any(builds) && (starts_shell || starts_tool())
}
