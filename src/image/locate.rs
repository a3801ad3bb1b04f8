//! Finds the lines of an image's steps in its Dockerfile.

use super::{DIFFERS, Diagnostic, Image, Layer, Origin};
use crate::dockerfile::{self, Dockerfile, Fix, Keyword, LineRange, Rebuilt, StepId, Target};
use crate::oci::Provenance;
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
        self.settle(Origin { name: name.to_owned(), file, alignment });
        Ok(())
    }

    /// The same by what the builder attested: the stage and the lines of layers are known then, and only steps without
    /// a layer are compared.
    ///
    /// # Errors
    /// A clause that says why the text cannot be the image's Dockerfile.
    pub fn locate_by(&mut self, name: &str, provenance: &Provenance) -> Result<(), String> {
        let file = Dockerfile::parse(&provenance.text);
        let known = self.attested(&file, provenance);
        let last = known.last().map(|(_, node)| *node);
        let stage = file.stages().iter().position(|stage| last.is_some_and(|node| stage.contains(&node)));
        let stage = stage.map(|number| number.to_string());
        let alignment = file.align(&self.step_texts(), stage.as_deref(), &redact);
        let mut alignment = alignment.ok_or("it has no FROM, so it is no Dockerfile")?;
        for &(step, node) in &known {
            alignment.nodes[step.index()] = Some(node);
        }
        let is_known = |step: StepId| known.iter().any(|&(other, _)| other == step);
        if alignment.difference.as_ref().and_then(|difference| difference.step).is_some_and(is_known) {
            alignment.difference = None;
        }
        self.settle(Origin { name: name.to_owned(), file, alignment });
        Ok(())
    }

    /// The steps of layers with the instructions that made them, lowest layer first. What `ONBUILD` made is said to be
    /// of the line of `FROM`, which is not it.
    fn attested(&self, file: &Dockerfile, provenance: &Provenance) -> Vec<(StepId, usize)> {
        let node_at = |line: u32| {
            let mut nodes = file.nodes.iter();
            nodes.position(|node| (file.lines(&node.span).from..=file.lines(&node.span).to).contains(&line))
        };
        let of_digest = |layer: &Layer| {
            let digest = layer.digest.as_ref()?.as_str();
            provenance.layers.iter().find(|built| built.digest == digest).map(|built| built.line)
        };
        // who compressed the layers again gave them other digests; their places are the same
        let is_compressed_again = self.layers.iter().all(|layer| of_digest(layer).is_none());
        let of_place = |number: usize| {
            let mut lines =
                provenance.layers.iter().filter(|built| built.below == number).map(|built| built.line);
            let first = lines.next().filter(|_| is_compressed_again)?;
            lines.all(|line| line == first).then_some(first)
        };
        let layers = self.layers.iter().enumerate().filter_map(|(number, layer)| {
            let node = node_at(of_digest(layer).or_else(|| of_place(number))?)?;
            Some((layer.step?, node))
        });
        layers.filter(|&(_, node)| file.nodes[node].keyword != Some(Keyword::From)).collect()
    }

    fn settle(&mut self, origin: Origin) {
        self.diagnostics.extend(self.difference(&origin));
        self.origin = Some(origin);
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

    /// The lines that a fix changes, as they are with it: those of the Dockerfile where it is known and nothing in them
    /// is secret, else of the `history`.
    pub fn snippet(&self, fix: &Fix, history: &Rebuilt<'_>) -> String {
        let located = self.origin.as_ref().and_then(|origin| {
            let Origin { file, alignment, .. } = origin;
            let target = Target { file, nodes: &alignment.nodes, ..history.target(true) };
            dockerfile::snippet(target, fix).filter(|text| redact(text) == *text)
        });
        located.unwrap_or_else(|| history.snippet(fix))
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
    use crate::digest::Digest;
    use crate::dockerfile::{Edit, Fix, Keyword, LineRange, Rebuilt, StepId};
    use crate::image::{Image, Step};
    use crate::oci::{BuiltLayer, Provenance};

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
    fn what_the_builder_attested_wins_over_a_comparison() {
        let step = |command: &str, layer| Step {
            instruction: Some(Keyword::Run),
            command: command.into(),
            created: None,
            layer: Some(layer),
        };
        let digest = |number: usize| format!("sha256:{number:064}");
        let image = |named: bool| {
            let steps = vec![step("same", 0), step("same", 1)];
            let mut image = image_with(&[&["file a 1"], &["file b 1"]], steps);
            for (number, layer) in image.layers.iter_mut().enumerate() {
                layer.digest = named.then(|| Digest::parse(&digest(number)).unwrap());
            }
            image
        };
        let built = |number, line| BuiltLayer { digest: digest(number), below: number, line };
        let provenance = Provenance {
            name: "Dockerfile".into(),
            text: "FROM x AS one\nRUN same\nRUN \\\n same\nFROM x\nRUN other\n".into(),
            layers: vec![built(0, 2), built(1, 4)],
        };
        // the first stage was built, and its layers may have been compressed again since
        for named in [true, false] {
            let mut image = image(named);
            image.locate_by("Dockerfile", &provenance).unwrap();
            let lines: Vec<_> = (0..2).map(|layer| image.lines_of_layer(layer).unwrap().1).collect();
            assert_eq!(lines, [LineRange { from: 2, to: 2 }, LineRange { from: 3, to: 4 }]);
            assert!(image.diagnostics.is_empty(), "{:?}", image.diagnostics);
        }
        let text = "RUN same".into();
        assert!(image(true).locate_by("x", &Provenance { text, ..provenance }).is_err());
    }

    #[test]
    fn a_fix_is_shown_in_the_lines_of_the_dockerfile_but_no_secret_of_it() {
        let sum = "0123abcd".repeat(8);
        let step = |keyword, command: String, layer| Step {
            instruction: Some(keyword),
            command,
            created: None,
            layer: Some(layer),
        };
        let steps = vec![
            step(Keyword::Copy, format!("COPY file:{sum} in /app"), 0),
            step(Keyword::Run, "curl -H \"Authorization: Bearer …\" x.test".into(), 1),
        ];
        let mut image = image_with(&[&["file app 1"], &["file b 1"]], steps);
        let flag = Fix {
            edits: vec![Edit::AddFlag { step: StepId(0), flag: "--chown=app".into() }],
            notes: vec!["why".into()],
        };
        let clean = Fix {
            edits: vec![Edit::AppendCommand { step: StepId(1), command: "rm -rf /x".into() }],
            notes: Vec::new(),
        };
        let shown = |image: &Image, fix: &Fix| image.snippet(fix, &Rebuilt::fragment(&image.step_texts()));
        assert_eq!(shown(&image, &flag), "# why\nCOPY --chown=app <SOURCE> /app");
        let text =
            "FROM x\nCOPY my.app /app\nRUN curl -H \"Authorization: Bearer abcdef0123456789abcdef\" x.test\n";
        image.locate("Dockerfile", text, None).unwrap();
        assert!(image.diagnostics.is_empty(), "{:?}", image.diagnostics);
        assert_eq!(shown(&image, &flag), "# why\nCOPY --chown=app my.app /app");
        let secret = shown(&image, &clean);
        assert!(!secret.contains("abcdef0123456789") && secret.contains("rm -rf /x"), "{secret}");
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
