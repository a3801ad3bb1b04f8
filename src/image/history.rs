//! The history of the configuration, paired with the layers.
//!
//! A step that is not marked as `empty_layer` made a layer (image-spec, config.md, "history"), so the
//! first such step made the first layer and so on. That holds only if both numbers agree. Builders that squash or
//! append layers leave other histories; a wrong pairing would blame the wrong instruction, so then the steps are shown
//! and no layer is paired.

use super::{Diagnostic, Step};
use crate::dockerfile::{StepId, parse_created_by};
use crate::error::{Error, Result};
use crate::oci::{Config, History};
use crate::secrets::redact;

/// The steps, the step of each layer (lowest first), and what was odd.
type Paired = (Vec<Step>, Vec<Option<StepId>>, Vec<Diagnostic>);

/// The steps of `config`, the step of each of `layers` layers (lowest first), and what was odd.
///
/// # Errors
/// When more steps claim to have made a layer than there are layers: then the manifest or the
/// configuration belongs to another image.
pub fn pair(config: &Config, layers: usize) -> Result<Paired> {
    let mut steps: Vec<Step> = config.history.iter().map(step).collect();
    let making: Vec<usize> = (0..steps.len()).filter(|&at| !config.history[at].empty_layer).collect();
    let unpaired = vec![None; layers];
    if steps.is_empty() {
        let message = "the image has no history, so no layer can be traced to its instruction";
        return Ok((steps, unpaired, vec![odd("no-history", message.into())]));
    }
    if making.len() > layers {
        let why = format!("the history has {}, but the image has {}", made(making.len()), layers_of(layers));
        return Err(Error::because(why).at("configuration"));
    }
    if making.len() < layers {
        let (made, has) = (made(making.len()), layers_of(layers));
        let message = format!(
            "the history has {made}, but the image has {has}: no layer can be traced to its instruction"
        );
        return Ok((steps, unpaired, vec![odd("history-mismatch", message)]));
    }
    for (layer, &at) in making.iter().enumerate() {
        steps[at].layer = Some(layer);
    }
    Ok((steps, making.into_iter().map(|at| Some(StepId::at(at))).collect(), Vec::new()))
}

/// One step, not yet paired. The values of secrets are taken out here, because everything that is shown of a step comes
/// from here. Steps without `created_by` (`docker import`, nix) have their text in the comment.
fn step(history: &History) -> Step {
    let created_by = history.created_by.as_deref().unwrap_or_default();
    let (instruction, command) = if created_by.trim().is_empty() {
        (None, history.comment.as_deref().unwrap_or_default().trim().to_owned())
    } else {
        let parsed = parse_created_by(created_by);
        (parsed.keyword, parsed.command)
    };
    Step { instruction, command: redact(&command), created: history.created.clone(), layer: None }
}

fn odd(code: &'static str, message: String) -> Diagnostic {
    Diagnostic { code, message, layer: None, path: None }
}

fn made(steps: usize) -> String {
    if steps == 1 { "1 step that makes a layer".into() } else { format!("{steps} steps that make a layer") }
}

fn layers_of(layers: usize) -> String {
    if layers == 1 { "1 layer".into() } else { format!("{layers} layers") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::Keyword;

    /// A configuration with one step for each (`created_by`, `empty_layer`).
    fn config(steps: &[(&str, bool)]) -> Config {
        let history = steps
            .iter()
            .map(|(text, empty)| History {
                created_by: Some((*text).to_owned()),
                empty_layer: *empty,
                ..History::default()
            })
            .collect();
        Config { history, ..Config::default() }
    }

    #[test]
    fn layer_making_steps_are_paired_in_order() {
        let config = config(&[("ADD a /", false), ("ENV A=b", true), ("RUN /bin/sh -c x # buildkit", false)]);
        let (steps, layers, diagnostics) = pair(&config, 2).unwrap();
        assert_eq!(layers, [Some(StepId(0)), Some(StepId(2))]);
        assert_eq!(steps.iter().map(|step| step.layer).collect::<Vec<_>>(), [Some(0), None, Some(1)]);
        assert_eq!((steps[2].instruction, steps[2].command.as_str()), (Some(Keyword::Run), "x"));
        assert_eq!(diagnostics, []);
    }

    #[test]
    fn no_history_is_said_and_no_error() {
        let (steps, layers, diagnostics) = pair(&Config::default(), 2).unwrap();
        assert_eq!((steps.len(), layers), (0, vec![None, None]));
        assert_eq!(diagnostics[0].code, "no-history");
    }

    #[test]
    fn too_few_steps_are_shown_but_not_paired() {
        let (steps, layers, diagnostics) = pair(&config(&[("x", false), ("y", true)]), 3).unwrap();
        assert_eq!((steps.len(), layers), (2, vec![None; 3]));
        assert!(steps.iter().all(|step| step.layer.is_none()));
        assert_eq!(diagnostics[0].code, "history-mismatch");
        let want = "the history has 1 step that makes a layer, but the image has 3 layers";
        assert!(diagnostics[0].message.starts_with(want), "{}", diagnostics[0].message);
    }

    #[test]
    fn too_many_steps_are_an_error() {
        let error = pair(&config(&[("x", false); 5]), 3).unwrap_err().to_string();
        assert_eq!(
            error,
            "configuration: the history has 5 steps that make a layer, but the image has 3 layers"
        );
    }

    #[test]
    fn values_of_secrets_are_left_out_and_others_stay() {
        let config =
            config(&[("ENV API_KEY=hunter2 PORT=80", true), ("RUN /bin/sh -c x --password hunter2", true)]);
        let (steps, _, _) = pair(&config, 0).unwrap();
        assert_eq!(steps[0].command, "ENV API_KEY=… PORT=80");
        assert_eq!(steps[1].command, "x --password …");
    }

    #[test]
    fn a_step_without_a_text_shows_its_comment() {
        let history = History { comment: Some("Imported from -".into()), ..History::default() };
        let config = Config { history: vec![history, History::default()], ..Config::default() };
        let (steps, _, _) = pair(&config, 2).unwrap();
        assert_eq!((steps[0].instruction, steps[0].command.as_str()), (None, "Imported from -"));
        assert_eq!(steps[1].command, "");
    }
}
