//! Which packages are there only because others recommend them.
//!
//! apt records which packages it installed automatically. An automatic package that no requested package needs,
//! directly or through others, but that one of those recommends, would not be there with `--no-install-recommends`;
//! nor would what only it needs.
//!
//! Source: deb-control(5), Debian policy 7 "Declaring relationships between packages".

use std::collections::{HashMap, HashSet, VecDeque};

/// The fields of a package in dpkg's status.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Control<'t> {
    pub number: u32,
    pub name: &'t [u8],
    pub architecture: &'t [u8],
    pub version: &'t [u8],
    pub status: &'t [u8],
    pub depends: &'t [u8],
    pub pre_depends: &'t [u8],
    pub recommends: &'t [u8],
    pub provides: &'t [u8],
    pub essential: &'t [u8],
}

impl Control<'_> {
    /// Every system has it, whoever installed it. A priority of `required` says less: apt brings such packages along
    /// on recommendations, too.
    fn is_essential(&self) -> bool {
        self.essential == b"yes"
    }
}

/// The names in a list of relationships: `a (>= 1), b | c:any` gives a, b and c. Of alternatives all that are
/// installed count as needed, which errs on the safe side.
pub(super) fn names(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|b| matches!(b, b',' | b'|')).filter_map(|part| {
        let part = part.trim_ascii_start();
        let end =
            part.iter().position(|b| matches!(b, b' ' | b'(' | b':' | b'[' | b'<')).unwrap_or(part.len());
        (end > 0).then_some(&part[..end])
    })
}

/// Follows relationships from package to package, each name and package once.
struct Walk<'c, 't> {
    controls: &'c [Control<'t>],
    /// Packages by name and by what they provide.
    providers: &'c HashMap<&'t [u8], Vec<usize>>,
    named: HashSet<&'t [u8]>,
    /// For each package that was reached, the one that led there; itself for where the walk began.
    reached: Vec<Option<usize>>,
    queue: VecDeque<usize>,
}

impl<'t> Walk<'_, 't> {
    fn reach(&mut self, package: usize, from: usize) {
        if self.reached[package].is_none() {
            self.reached[package] = Some(from);
            self.queue.push_back(package);
        }
    }

    fn follow(&mut self, list: &'t [u8], from: usize) {
        for name in names(list) {
            if self.named.insert(name) {
                for &package in self.providers.get(name).into_iter().flatten() {
                    self.reach(package, from);
                }
            }
        }
    }

    /// Follows what the reached packages need, until nothing is new.
    fn needs(&mut self) {
        while let Some(package) = self.queue.pop_front() {
            let control = self.controls[package];
            self.follow(control.depends, package);
            self.follow(control.pre_depends, package);
        }
    }
}

/// A package that is there only as a recommendation; packages by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extra {
    pub package: u32,
    /// The one that recommends or needs it.
    pub by: u32,
    /// Those of the others that it cannot be without.
    pub needs: Vec<u32>,
}

/// Most packages that one name of a relationship stands for: more than ever provide the same.
const PROVIDERS: usize = 64;

/// Packages that are there only as recommendations.
pub(super) fn only_recommended<'t>(controls: &[Control<'t>], automatic: &[&[u8]]) -> Vec<Extra> {
    let mut providers: HashMap<&'t [u8], Vec<usize>> = HashMap::new();
    for (package, control) in controls.iter().enumerate() {
        providers.entry(control.name).or_default().push(package);
        for name in names(control.provides) {
            providers.entry(name).or_default().push(package);
        }
    }
    let automatic: HashSet<&[u8]> = automatic.iter().copied().collect();
    let mut walk = Walk {
        controls,
        providers: &providers,
        named: HashSet::new(),
        reached: vec![None; controls.len()],
        queue: VecDeque::new(),
    };
    for (package, control) in controls.iter().enumerate() {
        if control.is_essential() || !automatic.contains(control.name) {
            walk.reach(package, package);
        }
    }
    walk.needs();
    let needed = walk.reached.clone();
    // now the recommendations of all that was reached, and of what these bring in
    let mut done = vec![false; controls.len()];
    loop {
        let next: Vec<usize> = (0..controls.len())
            .filter(|&package| walk.reached[package].is_some() && !done[package])
            .collect();
        if next.is_empty() {
            break;
        }
        for package in next {
            done[package] = true;
            walk.follow(controls[package].recommends, package);
        }
        walk.needs();
    }
    let is_extra = |package: usize| needed[package].is_none() && walk.reached[package].is_some();
    let needs = |package: usize| {
        let control = &controls[package];
        let names = names(control.depends).chain(names(control.pre_depends));
        let all = names.flat_map(|name| providers.get(name).into_iter().flatten().take(PROVIDERS));
        let mut all: Vec<u32> =
            all.filter(|&&other| is_extra(other)).map(|&other| controls[other].number).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    (0..controls.len())
        .filter(|&package| is_extra(package))
        .filter_map(|package| {
            let by = controls[walk.reached[package]?].number;
            Some(Extra { package: controls[package].number, by, needs: needs(package) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(
        number: u32,
        name: &'static str,
        depends: &'static str,
        recommends: &'static str,
    ) -> Control<'static> {
        Control {
            number,
            name: name.as_bytes(),
            depends: depends.as_bytes(),
            recommends: recommends.as_bytes(),
            ..Control::default()
        }
    }

    #[test]
    fn relationships_are_taken_apart() {
        let found: Vec<_> = names(b"libc6 (>= 2.34), a|b:any , c [amd64] <!x>,, |").collect();
        assert_eq!(found, [&b"libc6"[..], b"a", b"b", b"c"]);
        assert_eq!(names(b"").count(), 0);
    }

    #[test]
    fn what_only_recommendations_bring_is_found() {
        let mut required = control(9, "required", "", "");
        required.essential = b"yes";
        let mut virtual_package = control(6, "mta-impl", "", "");
        virtual_package.provides = b"mta (= 1)";
        let controls = [
            control(0, "pip", "python3 (>= 3.11)", "build-essential, mta | other, required"),
            control(1, "python3", "libpython", "nothing-installed"),
            control(2, "libpython", "", ""),
            control(3, "build-essential", "gcc, libpython", ""),
            control(4, "gcc", "", "manpages"),
            control(5, "manpages", "", ""),
            virtual_package,
            control(7, "orphan", "", ""),
            required,
            control(8, "asked-for", "", ""),
        ];
        let automatic: Vec<&[u8]> = controls[1..9].iter().map(|control| control.name).collect();
        let extra = |package, by, needs: &[u32]| Extra { package, by, needs: needs.to_vec() };
        assert_eq!(
            only_recommended(&controls, &automatic),
            [extra(3, 0, &[4]), extra(4, 3, &[]), extra(5, 4, &[]), extra(6, 0, &[])]
        );
        assert_eq!(only_recommended(&controls, &[]), []);
    }

    #[test]
    fn a_crowd_of_providers_costs_no_square() {
        let mut controls = vec![control(0, "p", "v, v, v", "v"); 20_000];
        for control in &mut controls {
            control.provides = b"v";
        }
        assert_eq!(only_recommended(&controls, &[b"p"]), []);
    }
}
