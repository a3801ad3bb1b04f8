//! The integration tests: one binary, so that the program is linked once.
//!
//! Most of them run the program itself and read its JSON report and exit code, as a user's script
//! would; what needs the inside (the union rules) asks the library. Archives are built in code by
//! [`builder`]; real ones come from `../shared/fixtures`, when that folder is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test reports by panicking")]

mod bad_input;
mod builder;
mod cli;
mod compare;
mod dependencies;
mod docs;
#[cfg(unix)]
mod engines;
mod fix;
mod fixtures;
mod forms;
#[cfg(target_os = "linux")]
mod hostile;
#[cfg(unix)]
mod interruptions;
mod lines;
mod model;
mod places;
mod program;
#[cfg(unix)]
mod pty;
mod roads;
mod rooms;
mod schema;
mod share;
mod slim;
#[cfg(target_os = "linux")]
mod surroundings;
mod union_props;
