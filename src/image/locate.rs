//! Finds the lines of an image's steps in its Dockerfile.

use super::{DIFFERS, Diagnostic, Image, Origin};
use crate::dockerfile::{Dockerfile, Keyword, LineRange, StepId};
use crate::secrets::redact;

impl Image {
    /// Finds the lines of the steps in the Dockerfile `text`, in the stage `target` or the last one. What does not
    /// match becomes a diagnostic.
    ///
    /// # Errors
    /// A clause that says why the text cannot be the image's Dockerfile.
    pub fn locate(&mut self, name: &str, text: &str, target: Option<&str>) -> Result<(), String> {
        let file = Dockerfile::parse(text);
        let alignment = file.align(&self.step_texts(), target, &redact);
        let alignment = alignment.ok_or_else(|| match target {
            Some(target) => format!("it has no stage {target}"),
            None => "it has no FROM, so it is no Dockerfile".to_owned(),
        })?;
        let origin = Origin { name: name.to_owned(), file, alignment };
        self.diagnostics.extend(self.difference(&origin));
        self.origin = Some(origin);
        Ok(())
    }

    /// The first step that does not fit the Dockerfile, as a sentence.
    fn difference(&self, origin: &Origin) -> Option<Diagnostic> {
        let difference = origin.alignment.difference.as_ref()?;
        let place = difference.lines.map_or_else(|| origin.name.clone(), |lines| origin.place(lines));
        let step = difference.step.and_then(|id| Some((id, self.history.get(id.index())?)));
        let message = match step {
            Some((id, step)) => {
                let is_run = step.instruction == Some(Keyword::Run);
                let words: Vec<&str> = step.command.split_whitespace().take(12).collect();
                let command = format!("{}{}", if is_run { "RUN " } else { "" }, words.join(" "));
                format!(
                    "{place} is not what made step {} of the image, `{command}`: the Dockerfile is another",
                    id.0
                )
            }
            None => format!("{place} made no step of the image: the Dockerfile has more instructions"),
        };
        Some(Diagnostic { code: DIFFERS, message, layer: step.and_then(|(_, step)| step.layer), path: None })
    }

    /// True for a `COPY` or `ADD` whose files came with the build context. Builders leave `--from` out of the history,
    /// so that another stage is told from the context only where the Dockerfile is known.
    pub fn copies_context(&self, layer: usize) -> bool {
        let is_of_stage = |step: StepId| {
            let origin = self.origin.as_ref()?;
            let node = origin.alignment.nodes.get(step.index()).copied().flatten()?;
            origin.file.nodes[node].flag("from").map(|_| ())
        };
        self.step_of(layer).is_some_and(|step| {
            step.instruction.is_some_and(Keyword::copies) && !step.command.contains("--from=")
        }) && self.layers[layer].step.and_then(is_of_stage).is_none()
    }

    /// The Dockerfile and the lines that made a layer.
    pub fn lines_of_layer(&self, layer: usize) -> Option<(&Origin, LineRange)> {
        let origin = self.origin.as_ref()?;
        Some((origin, origin.lines_of(self.layers[layer].step?)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::image_with;
    use crate::dockerfile::{Keyword, LineRange};
    use crate::image::Step;

    #[test]
    fn what_comes_from_another_stage_is_told_by_the_dockerfile() {
        let step = |command: &str| Step {
            instruction: Some(Keyword::Copy),
            command: command.into(),
            layer: Some(0),
            created: None,
        };
        let mut image = image_with(&[&["file a 1"]], vec![step("COPY /src /src")]);
        assert!(image.copies_context(0));
        image.locate("Dockerfile", "FROM x AS b\nFROM x\nCOPY --from=b /src /src\n", None).unwrap();
        assert!(!image.copies_context(0));
    }

    #[test]
    fn layers_have_lines_and_what_differs_is_said() {
        let step = |command: &str, layer| Step {
            instruction: Some(Keyword::Run),
            command: command.into(),
            created: None,
            layer: Some(layer),
        };
        let mut image = image_with(&[&["file a 1"], &["file b 1"]], vec![step("one", 0), step("two", 1)]);
        image.locate("app/Dockerfile", "FROM x\nRUN 1\nRUN \\\n  two\n", None).unwrap();
        assert_eq!(image.lines_of_layer(1).map(|(_, lines)| lines), Some(LineRange { from: 3, to: 4 }));
        assert!(image.lines_of_layer(0).is_none());
        let message = &image.diagnostics.last().unwrap().message;
        assert_eq!(
            message,
            "app/Dockerfile:2 is not what made step 0 of the image, `RUN one`: the Dockerfile is another"
        );
        assert!(image.locate("x", "RUN a", None).unwrap_err().contains("no FROM"));
        assert!(image.locate("x", "FROM a", Some("b")).unwrap_err().contains("no stage b"));
    }
}
