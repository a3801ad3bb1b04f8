//! Gates that an image must pass, where their limits come from, and the verdict.
//!
//! A gate is one row of [`GATES`]: its name is the flag on the command line, the key in
//! `.layercake.toml` and the word in the report, and the row knows how to read a limit, how to measure
//! the image and what to look at first when it fails. Nothing about a gate is written down elsewhere.
//!
//! Limits come in layers: flags win over the configuration file, and that over the defaults. A gate that
//! nobody sets keeps its default, as in dive: who raises one limit does not switch the others off without
//! noticing. `off` switches a gate off.
//!
//! [`Config::find`] reads `.layercake.toml`, and only where there is none `.dive-ci`, so that people can
//! come from dive without work. A key that nobody knows is an error: a gate that a typing mistake turned
//! off would pass everything in silence.

mod config;
mod dive_ci;
mod facts;
mod gates;
mod ignore;
mod verdict;

pub use config::{BaseSetting, Config};
pub use gates::{Bound, GATES, Gate, Gates, Kind, Setting, Value};
pub use ignore::Ignore;
pub use verdict::{GateResult, Verdict, judge};

/// The candidate that `word` most likely was meant to be, if one is near enough.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase().replace('_', "-");
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What to try instead of the unknown `word`.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        let known = ["min-efficiency", "max-size", "max-layers"];
        assert_eq!(nearest("min_eficiency", known), Some("min-efficiency"));
        assert_eq!(nearest("MAX-SIZE", known), Some("max-size"));
        assert_eq!(nearest("max-layer", known), Some("max-layers"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(suggestion("colour", &known), "known here: min-efficiency, max-size, max-layers");
    }
}
