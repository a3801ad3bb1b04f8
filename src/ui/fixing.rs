//! The Dockerfile with fixes made: what `layercake fix` would do, as a change that is shown before it is written.

use std::path::Path;

use super::data::Data;
use super::request::Change;
use super::text::safe;
use crate::fix::{self, Choice, Plan};
use crate::units;

/// The fixes of these rules, or all that are certain or likely where none is named.
///
/// # Errors
/// When nothing changes, or the Dockerfile cannot be read: a sentence for the user.
pub(super) fn change(data: &Data, rules: Vec<String>) -> Result<Change, String> {
    let choice = Choice { only: rules, ..Choice::likely(&data.image) };
    let dockerfile = data.image.origin.as_ref().map(|origin| Path::new(&origin.name));
    let proposal =
        fix::propose(data, &choice, dockerfile, None).map_err(|error| safe(error.to_string().as_bytes()))?;
    let skipped = skipped(data, &proposal.plan, &choice);
    if proposal.files.is_empty() {
        let why = skipped.first().map_or_else(String::new, |why| format!(": {why}"));
        return Err(format!("no fix changes the Dockerfile{why}"));
    }
    let is_new = proposal.plan.rebuilt;
    let title = if is_new { "A Dockerfile rebuilt from the history, with its fixes" } else { "The fixes" };
    let mut about = done(data, &proposal.plan);
    about.extend(skipped.into_iter().map(|why| format!("not {why}")));
    if is_new {
        about.push("no Dockerfile is known: start with --dockerfile FILE to change your own".into());
    }
    if is_new && proposal.files.len() > 1 {
        about.push("only the Dockerfile can be saved here; .dockerignore is yours to change".into());
    }
    let next = "build the image again, then r reads it";
    Ok(Change { title: title.into(), about, diff: proposal.patch(), files: proposal.files, next, is_new })
}

/// What is fixed and what that saves.
fn done(data: &Data, plan: &Plan) -> Vec<String> {
    let finding = |done: &fix::Done| &data.advice.findings[done.finding];
    let rules: Vec<&str> = plan.done.iter().map(|done| finding(done).rule.as_str()).collect();
    let mut about = vec![format!("fixes {}", rules.join(", "))];
    // the sum is the true one only where all evidence is at hand
    let is_whole = |done: &fix::Done| finding(done).evidence.len() as u64 >= finding(done).evidence_total;
    if let Some(predicted) = plan.predicted.as_ref().filter(|_| plan.done.iter().all(is_whole)) {
        about.push(format!(
            "saves {} of {}",
            units::size(predicted.saved),
            units::size(data.image.content())
        ));
    }
    about
}

/// What is not fixed, and why: `multi-stage: …`.
fn skipped(data: &Data, plan: &Plan, choice: &Choice) -> Vec<String> {
    let why = |left: &fix::Left| {
        let finding = &data.advice.findings[left.finding];
        let reason = match (choice.takes(finding), choice.only.is_empty()) {
            (true, _) => safe(left.reason.as_bytes()),
            (false, true) => "a matter of judgement; mark it with Space to include it".into(),
            // the user chose others
            (false, false) => return None,
        };
        Some(format!("{}: {reason}", finding.rule))
    };
    plan.left.iter().filter_map(why).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::shown;

    #[test]
    fn the_fixes_are_those_of_layercake_fix() {
        let data = Data::new(shown());
        let change = change(&data, Vec::new()).unwrap();
        assert!(change.is_new, "no Dockerfile is known");
        assert!(change.diff.contains("+    rm -rf /var/lib/apt/lists/*"), "{}", change.diff);
        let choice = Choice::likely(&data.image);
        assert_eq!(change.diff, fix::propose(&data, &choice, None, None).unwrap().patch());
        let one = super::change(&data, vec!["package-lists".into()]).unwrap();
        assert_eq!(one.about[0], "fixes package-lists");
        assert!(super::change(&data, vec!["no-such-rule".into()]).unwrap_err().starts_with("no fix changes"));
    }
}
