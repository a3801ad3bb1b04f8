//! Completions and the manual page, made from the arguments, and the rules of advice in words.

use std::io::{self, Write as _};
use std::path::Path;

use clap_complete::Shell;

use super::exit::Exit;
use super::{command, output};
use crate::advice;
use crate::error::{Error, Result};
use crate::policy::Config;
use crate::ui::key_table;

/// Prints completions for `shell`.
pub(super) fn completions(shell: Shell) -> Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command(), "layercake", &mut text);
    print(&text)
}

/// Prints the manual page.
pub(super) fn man() -> Result<Exit> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command())
        .render(&mut text)
        .and_then(|()| keys(&mut text))
        .map_err(|error: io::Error| Error::io(&error))?;
    print(&text)
}

/// The keys of the UI, as a section of the manual page.
fn keys(out: &mut Vec<u8>) -> io::Result<()> {
    let plain = |text: &str| text.replace('\\', "\\e").replace('-', "\\-");
    writeln!(out, ".SH \"KEYS OF THE TERMINAL UI\"")?;
    for (heading, rows) in key_table() {
        writeln!(out, ".SS \"{}\"", plain(heading))?;
        for (key, does) in rows {
            writeln!(out, ".TP\n\\fB\\&{}\\fR\n\\&{}", plain(key), plain(does))?;
        }
    }
    Ok(())
}

/// Prints the list of rules.
pub(super) fn rules() -> Result<Exit> {
    print(advice::list(&own_rules()?).as_bytes())
}

/// Prints the explanation of one rule.
pub(super) fn explain(rule: &str) -> Result<Exit> {
    let own = own_rules()?;
    if let Some(text) = advice::explain(rule, &own) {
        return print(text.as_bytes());
    }
    let known = advice::rules().map(|info| &*info.id).chain(own.iter().map(|row| row.id.as_str()));
    let near = crate::text::nearest(rule, known);
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Err(Error::because(format!("there is no rule called `{rule}`"))
        .hint(format!("{near}`layercake rules` lists them all")))
}

/// The user's own rules, from the configuration file of the working directory.
fn own_rules() -> Result<Vec<advice::PathRule>> {
    Ok(Config::find(Path::new("."), None)?.rules)
}

fn print(text: &[u8]) -> Result<Exit> {
    output::to_stdout(|out| out.write_all(text))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_rule_is_told_what_is_near() {
        let said = explain("apt-list").unwrap_err().to_string();
        assert!(said.contains("did you mean `apt-lists`?"), "{said}");
        let said = explain("zzzzzz").unwrap_err().to_string();
        assert!(!said.contains("did you mean"), "{said}");
    }
}
