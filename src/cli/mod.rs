//! The command line: arguments, configuration, wiring, exit codes.
//!
//! This room reads what the user wants, calls the other rooms in the order in which data flows, and writes the
//! result to the right place. It decides nothing that another room could decide.

mod against;
mod args;
mod baseline;
mod build;
mod commands;
mod compare;
mod document;
mod exit;
mod fix;
mod interrupt;
mod manual;
mod offers;
mod output;
mod progress;
mod reports;
mod request;
mod run;
mod scratch;
mod screen;
mod share;
mod slim;
mod threads;

pub use commands::command;

use std::ffi::OsString;
use std::process::ExitCode;

use commands::{Cli, Verb};
use exit::Exit;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    start(std::env::args_os()).into()
}

/// Runs the program with these arguments, the program's own name first.
fn start(arguments: impl Iterator<Item = OsString>) -> Exit {
    let mut cli = match Cli::read(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // help and version come this way too, and go to standard output
            let printed = error.print();
            return if error.use_stderr() || printed.is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe)
            {
                Exit::Unreadable
            } else {
                Exit::Done
            };
        }
    };
    let result = match cli.verb.take() {
        Some(Verb::Completions { shell }) => manual::completions(shell),
        Some(Verb::Man) => manual::man(),
        Some(Verb::Rules) => manual::rules(),
        Some(Verb::Explain { rule }) => manual::explain(&rule),
        Some(Verb::Build(arguments)) => build::run(arguments, cli.open.gates, cli.open.image),
        Some(Verb::Fix(arguments)) => fix::run(&arguments),
        Some(Verb::Compare(arguments)) => compare::run(*arguments),
        Some(Verb::Share(arguments)) => share::run(&arguments),
        Some(Verb::Slim(arguments)) => slim::run(arguments),
        None => run::run(cli.open),
    };
    result.unwrap_or_else(|error| exit::tell(&error))
}
