//! The verdict: every gate that is on, what it asked for and what the image has.

use super::gate::Gate;
use super::gates::{Gates, Origin};
use super::limit::{Bound, Value};
use super::subject::Subject;
use crate::units;

/// Below so many bytes a share is noise: the default limit then passes.
const NOISE: u64 = 1_000_000;

/// What the gates say about an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every gate passed.
    pub passed: bool,
    /// The gates that are on, in the order of [`super::GATES`].
    pub gates: Vec<GateResult>,
    /// Wasted bytes that were taken out because of the configuration.
    pub ignored_bytes: u64,
    /// Paths with wasted bytes that were taken out.
    pub ignored_paths: u64,
}

/// What one gate says.
#[derive(Debug, Clone, PartialEq)]
pub struct GateResult {
    /// The gate's name.
    pub gate: &'static str,
    /// What it asked for.
    pub limit: Value,
    /// What the image has; of the same kind.
    pub actual: Value,
    /// The image is on the right side of the limit, or so little of it is on the other that it is noise.
    pub passed: bool,
    /// It passed only because its few bytes are noise.
    pub is_noise: bool,
    /// What to look at first, as one short sentence safe to show; only when the gate failed.
    pub look_at: Option<String>,
}

/// Judges an image by the gates that are on. Gates that are not set do not count, not even with their
/// default: see [`Gates::over`].
pub fn judge(subject: &Subject<'_>, gates: &Gates) -> Verdict {
    let results = gates.limits().map(|(gate, limit, origin)| {
        let actual = (gate.actual)(subject, limit);
        let is_right = gate.passes(actual, limit.value());
        let is_noise =
            !is_right && origin == Origin::Default && gate.about.is_some_and(|about| about(subject) < NOISE);
        let passed = is_right || is_noise;
        let look_at = if passed { None } else { (gate.look_at)(subject, limit) };
        GateResult { gate: gate.name, limit: limit.value(), actual, passed, is_noise, look_at }
    });
    let gates: Vec<_> = results.collect();
    Verdict {
        passed: gates.iter().all(|gate| gate.passed),
        gates,
        ignored_bytes: subject.measured.ignored_bytes,
        ignored_paths: subject.measured.ignored_paths,
    }
}

impl GateResult {
    /// The side of the limit on which an image passes.
    fn bound(&self) -> Bound {
        Gate::named(self.gate).map_or(Bound::AtMost, |gate| gate.bound)
    }

    /// The limit and the actual value as texts; the limit says on which side of it an image passes. A share that was
    /// measured is rounded towards failing, and different values look different: with `10.0 %` against `10.0 %` people would
    /// wonder why the gate failed.
    pub fn texts(&self) -> (String, String) {
        let (limit, actual) = self.values();
        (format!("{} {limit}", self.bound().words()), actual)
    }

    fn values(&self) -> (String, String) {
        let short = (short(self.limit), short(self.actual));
        match (self.limit, self.actual) {
            _ if self.limit == self.actual => short,
            (Value::Share(limit), Value::Share(actual)) => {
                let exact = (1..=6).find(|&digits| is_whole(limit, digits)).unwrap_or(6);
                (exact..=15)
                    .map(|digits| {
                        (percent(limit, digits), percent(towards(actual, digits, self.bound()), digits))
                    })
                    .find(|(limit, actual)| limit != actual)
                    .unwrap_or(short)
            }
            (Value::Size(limit), Value::Size(actual)) if short.0 == short.1 => {
                (format!("{} B", units::count(limit)), format!("{} B", units::count(actual)))
            }
            _ => short,
        }
    }
}

fn short(value: Value) -> String {
    match value {
        Value::Share(ratio) => percent(ratio, 1),
        Value::Size(bytes) => units::size(bytes),
        Value::Count(number) => units::count(number),
    }
}

/// `ratio` in percent. A whole has no digits after the point.
fn percent(ratio: f64, digits: usize) -> String {
    let digits = if ratio.fract() == 0.0 && ratio > 0.0 { 0 } else { digits };
    format!("{:.digits$} %", ratio * 100.0)
}

/// What `digits` after the point of the percent can hold of a share.
fn scale(digits: usize) -> f64 {
    10_f64.powi(i32::try_from(digits + 2).unwrap_or(17))
}

/// True when `digits` after the point show all of a share in percent.
fn is_whole(ratio: f64, digits: usize) -> bool {
    let scaled = ratio * scale(digits);
    (scaled - scaled.round()).abs() < 1e-6
}

/// A measured share, rounded towards the side on which it fails.
fn towards(ratio: f64, digits: usize, bound: Bound) -> f64 {
    let scaled = ratio * scale(digits);
    // what only the floating point adds is not rounded
    let rounded = match bound {
        _ if is_whole(ratio, digits) => scaled.round(),
        Bound::AtLeast => scaled.floor(),
        Bound::AtMost => scaled.ceil(),
    };
    rounded / scale(digits)
}

#[cfg(test)]
mod tests;
