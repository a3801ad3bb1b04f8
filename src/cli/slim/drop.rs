//! `--drop`: living files that rules find, and the packages that own them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::advice::{self, Confidence};
use crate::error::{Error, Result};
use crate::image::PathId;
use crate::load::Examination;
use crate::policy::Config;
use crate::report::Dropped;

/// The rules that are asked for.
pub(super) struct Wishes {
    rules: BTreeSet<String>,
    /// Base layers are rewritten too.
    with_base: bool,
}

/// The rule about secrets in files. Unlike other exact rules it also finds files that a container sees.
const SECRETS: &str = "secret-file";

impl Wishes {
    /// Reads names of rules and of groups.
    pub(super) fn new(texts: &[String], with_base: bool, config: &Config) -> Result<Self> {
        let mut rules = BTreeSet::new();
        for text in texts {
            let singular = text.strip_suffix('s').unwrap_or(text);
            let group = |rule: &&advice::RuleInfo| [text, singular].contains(&rule.group.name());
            let is_rule = advice::rules().any(|rule| rule.id == *text)
                || config.rules.iter().any(|rule| rule.id == *text);
            if is_rule {
                rules.insert(text.clone());
            } else if advice::rules().any(|rule| group(&rule)) {
                rules.extend(advice::rules().filter(group).map(|rule| rule.id.clone().into_owned()));
            } else {
                let groups: BTreeSet<_> = advice::rules().map(|rule| rule.group.name()).collect();
                let groups: Vec<_> = groups.into_iter().collect();
                return Err(Error::because(format!("there is no rule or group called `{text}`"))
                    .at("--drop")
                    .hint(format!("`layercake rules` lists the rules; groups are {}", groups.join(", "))));
            }
        }
        Ok(Self { rules, with_base })
    }

    /// The paths that go, and a row for each rule that was asked for.
    pub(super) fn find(&self, examination: &Examination) -> (HashSet<PathId>, Vec<Dropped>) {
        let Examination { image, union, analysis, advice } = examination;
        let mut paths = HashSet::new();
        let mut rows: BTreeMap<&str, Dropped> = self
            .rules
            .iter()
            .map(|rule| (rule.as_str(), Dropped { rule: rule.clone(), ..Dropped::default() }))
            .collect();
        let mut packages: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for finding in advice
            .findings
            .iter()
            .filter(|finding| finding.confidence != Confidence::Exact || finding.rule == SECRETS)
        {
            let Some(row) = rows.get_mut(finding.rule.as_str()) else { continue };
            let rule = self.rules.get(&finding.rule).map_or("", String::as_str);
            for evidence in &finding.evidence {
                let stands = union.rootfs.entry(evidence.path) == Some(evidence.entry);
                if !stands || image.entry(evidence.entry).kind.is_directory() || !paths.insert(evidence.path)
                {
                    continue;
                }
                if image.layer_of(evidence.entry) < analysis.base_layers && !self.with_base {
                    row.in_base += 1;
                    continue;
                }
                row.paths += 1;
                row.bytes += image.entry(evidence.entry).size;
                if let Some(package) = analysis.packages.owner(evidence.path) {
                    row.owned += 1;
                    packages.entry(rule).or_default().insert(&package.name);
                }
            }
        }
        for (rule, names) in packages {
            if let Some(row) = rows.get_mut(rule) {
                row.packages = names.into_iter().map(str::to_owned).collect();
            }
        }
        (paths, rows.into_values().collect())
    }
}
