//! Packages of Python that are compiled in one stage and installed in another.

use crate::advice::engine::ledger::Ledger;
use crate::advice::engine::owners::{is_of_python, is_of_the_system};
use crate::dockerfile::shell;
use crate::text;

/// Options that are about the place of an installation, or that a wheel does not need.
const OF_PLACES: [&str; 5] =
    ["--break-system-packages", "--ignore-installed", "--no-cache-dir", "--upgrade", "--user"];

/// How the packages of the first `pip install` that brought modules in machine code are built in a stage of their own;
/// none where no step did.
pub(super) fn notes(ledger: &Ledger<'_>) -> Vec<String> {
    let installs = |layer: usize| {
        let command = ledger.image.command_of(layer);
        ["pip install", "pip3 install"].iter().find_map(|install| shell::find(command, install))
    };
    let mut layers = ledger.own_layers().filter(|&layer| ledger.shell_run(layer).is_some());
    let found = layers.find_map(|layer| installs(layer).filter(|_| has_modules(ledger, layer)));
    let Some(words) = found else { return Vec::new() };
    let after = words.iter().skip_while(|word| *word != "install").skip(1);
    let kept: Vec<&str> = after.map(String::as_str).filter(|word| !OF_PLACES.contains(word)).collect();
    // a place that follows its option, or what the shell makes of a word
    let is_plain = |word: &&str| {
        !word.starts_with("--target")
            && !word.starts_with("--prefix")
            && !word.starts_with("--root")
            && *word != "-t"
            && !word.chars().any(|c| text::is_unsafe(c) || "$`'\"*<>;&|\\".contains(c))
    };
    let what = if kept.iter().all(is_plain) && !kept.is_empty() {
        kept.join(" ")
    } else {
        "-r requirements.txt".to_owned()
    };
    vec![
        format!("or compile Python's packages in the first stage: RUN pip wheel --wheel-dir /wheels {what}"),
        format!(
            "and install them in the second: RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
             pip install --no-index --find-links /wheels {what}"
        ),
    ]
}

/// True for a layer that stores modules of Python in machine code which no package of the system brought.
fn has_modules(ledger: &Ledger<'_>, layer: usize) -> bool {
    ledger.image.layer_entries(layer).any(|entry| {
        let path = ledger.image.path_of(entry);
        let owner = || ledger.analysis.packages.owner_index(path);
        ledger.image.paths.name(path).ends_with(b".so")
            && is_of_python(ledger, path)
            && owner().is_none_or(|owner| !is_of_the_system(ledger, owner))
    })
}
