//! What the installed packages of Debian's kind need and recommend, for who asks what an image could do without.

use std::collections::{BTreeSet, HashMap};

use super::dpkg;
use super::recommends::{Control, names};
use crate::layer::records::DPKG;
use crate::overlay::Stack;

/// The relationships among the installed packages.
#[derive(Debug)]
pub struct Relations<'a> {
    controls: Vec<Control<'a>>,
    /// Packages by name and by what they provide.
    providers: HashMap<&'a [u8], Vec<usize>>,
}

impl<'a> Relations<'a> {
    /// Reads the status of dpkg; none where there is none.
    pub fn of(stack: Stack<'a>) -> Option<Self> {
        let status = DPKG.databases().find_map(|name| stack.body(stack.image.paths.find(&name)?))?;
        let controls = dpkg::installed(status);
        let mut providers: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (package, control) in controls.iter().enumerate() {
            for name in std::iter::once(control.name).chain(names(control.provides)) {
                providers.entry(name).or_default().push(package);
            }
        }
        Some(Self { controls, providers })
    }

    /// The names of installed packages that a name stands for: itself, or what provides it.
    pub fn installed(&self, name: &str) -> impl Iterator<Item = String> {
        let own = |&package: &usize| self.controls[package].name == name.as_bytes();
        let all = self.providers.get(name.as_bytes()).map_or(&[][..], Vec::as_slice);
        let all = all.iter().find(|package| own(package)).map_or(all, std::slice::from_ref);
        all.iter().map(|&package| String::from_utf8_lossy(self.controls[package].name).into_owned())
    }

    /// Packages and everything that they need. Of alternatives all that are installed count, which errs on the safe side.
    pub fn needs<'n>(&self, packages: impl IntoIterator<Item = &'n str>) -> BTreeSet<String> {
        let mut reached = vec![false; self.controls.len()];
        let mut queue: Vec<usize> = Vec::new();
        let mut reach = |name: &[u8], queue: &mut Vec<usize>| {
            for &package in self.providers.get(name).into_iter().flatten() {
                if !std::mem::replace(&mut reached[package], true) {
                    queue.push(package);
                }
            }
        };
        for name in packages {
            reach(name.as_bytes(), &mut queue);
        }
        while let Some(package) = queue.pop() {
            let control = self.controls[package];
            for name in names(control.depends).chain(names(control.pre_depends)) {
                reach(name, &mut queue);
            }
        }
        let all = self.controls.iter().zip(reached).filter(|(_, reached)| *reached);
        all.map(|(control, _)| String::from_utf8_lossy(control.name).into_owned()).collect()
    }

    /// The installed packages that some of these recommend.
    pub fn recommended(&self, packages: &BTreeSet<String>) -> BTreeSet<String> {
        let by = self
            .controls
            .iter()
            .filter(|control| std::str::from_utf8(control.name).is_ok_and(|name| packages.contains(name)));
        let named = by.flat_map(|control| names(control.recommends));
        let found = named.flat_map(|name| self.providers.get(name).into_iter().flatten());
        found.map(|&package| String::from_utf8_lossy(self.controls[package].name).into_owned()).collect()
    }
}
