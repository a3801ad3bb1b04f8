//! Which path rule every path of the image falls under, found in one walk over the path table.

use fixedbitset::FixedBitSet;

use super::globs::{Globs, MOST_RULES, Set};
use super::rule::{Confirm, Group, PathRule};
use super::settings::Settings;
use super::table;
use crate::advice::knowledge::shared_files;
use crate::image::{Image, PathId};

/// No rule.
const NONE: u8 = u8::MAX;

/// The rule of every path, and the paths that hold secrets.
pub(in crate::advice) struct PathMatches<'a> {
    rules: Vec<&'a PathRule>,
    best: Vec<u8>,
    package_files: FixedBitSet,
    /// Paths of secret rules, ascending, with the rule.
    pub(in crate::advice) secrets: Vec<(PathId, &'a PathRule)>,
}

impl<'a> PathMatches<'a> {
    /// Walks all paths. Rules that are switched off, or whose globs cannot be read, find nothing.
    pub(in crate::advice) fn of(image: &Image, settings: &'a Settings) -> Self {
        let own = settings.own.iter();
        let built_in = table::path_rules().map(|rule| -> &'a PathRule { rule });
        let is_asked = |rule: &&PathRule| {
            settings.is_on(&rule.id) && (rule.confirm != Some(Confirm::Written) || image.about.is_container)
        };
        let rules: Vec<&PathRule> = own.chain(built_in).filter(is_asked).take(MOST_RULES - 1).collect();
        let mut globs = Globs::default();
        let (mut secret, mut elsewhere): (Set, Set) = (0, 0);
        for (number, rule) in rules.iter().enumerate() {
            for (list, except) in [(&rule.globs, false), (&rule.not, true)] {
                for glob in list {
                    // the settings were checked, and a test checks the built-in ones
                    _ = globs.add(glob, number, except);
                }
            }
            secret |= Set::from(rule.group == Group::Secret) << number;
            elsewhere |= Set::from(rule.confirm == Some(Confirm::NotTheProject)) << number;
        }
        for glob in shared_files::globs() {
            _ = globs.add(&glob, MOST_RULES - 1, false);
        }
        let count = image.paths.len();
        let mut path_matches = Self {
            rules,
            best: vec![NONE; count as usize],
            package_files: FixedBitSet::with_capacity(count as usize),
            secrets: Vec::new(),
        };
        path_matches.walk(image, &globs, secret, elsewhere);
        path_matches
    }

    fn walk(&mut self, image: &Image, globs: &Globs, secret: Set, elsewhere: Set) {
        const PACKAGE: Set = 1 << (MOST_RULES - 1);
        let start = image.config.config.working_dir.trim_matches('/').as_bytes();
        let project = image.paths.find(start).filter(|_| !start.is_empty());
        let project = project.map_or(0..0, |path| path.0..image.paths.end(path).0);
        let mut places = Vec::new();
        let below = globs.start(&mut places);
        // directories above: where they end, their places, what holds below them
        let mut above = vec![(image.paths.len(), 0..places.len(), below)];
        for id in 1..image.paths.len() {
            while above.len() > 1 && above.last().is_some_and(|(end, ..)| *end <= id) {
                above.pop();
            }
            let Some((_, range, inherited)) = above.last().cloned() else { return };
            places.truncate(range.end);
            let path = PathId(id);
            let name = image.paths.name(path);
            let (here, below) = globs.child(name, &mut places, range.clone(), inherited);
            let mut set = here.rules();
            if set & elsewhere != 0 && project.contains(&id) && !name.ends_with(b".map") {
                set &= !elsewhere;
            }
            if set != 0 {
                if set & PACKAGE != 0 {
                    self.package_files.insert(path.index());
                    set &= !PACKAGE;
                }
                if set & secret != 0 {
                    self.secrets.push((path, self.rules[(set & secret).trailing_zeros() as usize]));
                    set &= !secret;
                }
                if set != 0 {
                    self.best[path.index()] = u8::try_from(set.trailing_zeros()).unwrap_or(NONE);
                }
            }
            let end = image.paths.end(path).0;
            if end > id + 1 {
                above.push((end, range.end..places.len(), below));
            }
        }
    }

    /// The rule that a file at the path is billed to.
    pub(in crate::advice) fn rule(&self, path: PathId) -> Option<(usize, &'a PathRule)> {
        let number = usize::from(self.best[path.index()]);
        self.rules.get(number).map(|rule| (number, *rule))
    }

    /// The rules, in the order of billing.
    pub(in crate::advice) fn rules(&self) -> &[&'a PathRule] {
        &self.rules
    }

    /// True for files that package managers write anew at every install.
    pub(in crate::advice) fn is_package_file(&self, path: PathId) -> bool {
        self.package_files.contains(path.index())
    }
}
