//! What names the dependencies is copied first, then they are installed, then the rest is copied.

use crate::advice::engine::ledger::{Facts, Found, Ledger, Words};
use crate::advice::engine::phrases::capital;
use crate::advice::rules::copy_before_install::CopyBeforeInstall;
use crate::dockerfile::{Edit, Fix, Keyword, write};

impl Facts for CopyBeforeInstall {
    fn tell(&self, ledger: &Ledger<'_>, _: &Found<'_>) -> Words {
        let (from, to) = self.layers;
        Words {
            title: format!(
                "Layer {from} copies the whole project before layer {to} installs its dependencies"
            ),
            why: format!(
                "{} stands above {}. With every edit of a source file the dependencies are downloaded again, and \
                 everybody pulls a new layer of them. Copy what names the dependencies first, then install, then \
                 copy the rest.",
                capital(&ledger.layer(from)),
                ledger.layer(to)
            ),
            fix: self.fix(ledger),
        }
    }
}

impl CopyBeforeInstall {
    fn fix(&self, ledger: &Ledger<'_>) -> Fix {
        let copied = write::copy(ledger.image.command_of(self.layers.0), "");
        let target = copied.split_whitespace().last().unwrap_or(".").trim_end_matches('/');
        let between = &ledger.image.history[self.copy.index() + 1..self.install.index()];
        let mut lines = Vec::new();
        for step in between {
            use Keyword::{
                Arg, Cmd, Entrypoint, Env, Expose, Healthcheck, Label, Shell, Stopsignal, Workdir,
            };
            match step.instruction {
                Some(Cmd | Entrypoint | Expose | Healthcheck | Label | Stopsignal) => {}
                // what the installation runs with has to be there before; said twice it does no harm
                Some(Workdir | Env | Arg | Shell)
                    if !step.command.contains('…') && (target.starts_with('/') || step.layer.is_none()) =>
                {
                    lines.push(step.command.clone());
                }
                _ => {
                    return Fix::note(format!(
                        "move the installation above the COPY, with {} and what else it needs",
                        ledger.command(step.layer.unwrap_or(self.layers.1))
                    ));
                }
            }
        }
        if !self.manifests.is_empty() {
            lines.push(format!("COPY {} {target}/", self.manifests.join(" ")));
        }
        lines.push(write::run(&self.before));
        let mut fix = Fix::one(Edit::InsertStep { before: Some(self.copy), lines });
        fix.edits.push(if self.after.is_empty() {
            Edit::RemoveStep { step: self.install }
        } else {
            Edit::ReplaceStep { step: self.install, lines: vec![write::run(&self.after)] }
        });
        fix
    }
}
