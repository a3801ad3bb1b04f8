//! No circle of files: what a file needs stands in files that do not need it in turn.
//!
//! Each file under `src/` is a node; an edge leads to the file that defines what a path names, through
//! re-exports (`super::Name` leads to the child that defines `Name`, not to the `mod.rs` that lists it). A `pub use`
//! alone needs nothing; it becomes an edge where the file itself uses the name. Code for tests is left out, and
//! methods are not seen: a file that only calls a method of a value names no file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{files, punct};

/// A path of names from the root of the crate.
type Names = Vec<String>;

/// A `use`: the name it gives, the path it stands for, and whether others may use the name.
struct Import {
    name: String,
    path: Names,
    public: bool,
}

/// A file, as a module.
#[derive(Default)]
struct Module {
    file: String,
    imports: Vec<Import>,
    /// Paths in the code, as they are written, each with the module around it.
    paths: BTreeSet<(Names, Names)>,
    /// Child modules for tests only.
    tests: BTreeSet<String>,
}

impl Module {
    fn read(file: &str, module: &Names, text: &str) -> Self {
        let mut read = Self { file: file.to_owned(), ..Self::default() };
        read.walk(text.parse().unwrap(), module);
        read
    }

    fn walk(&mut self, tokens: TokenStream, scope: &Names) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let word = |at: usize| match tokens.get(at) {
            Some(TokenTree::Ident(name)) => Some(name.to_string()),
            _ => None,
        };
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Punct(_) if is_for_tests(&tokens, at) => {
                    let end = end_of_item(&tokens, at + 2);
                    let module = (at..end).find(|&at| word(at).as_deref() == Some("mod"));
                    self.tests.extend(module.and_then(|at| word(at + 1)));
                    at = end;
                }
                TokenTree::Group(group) => {
                    let is_module = group.delimiter() == Delimiter::Brace
                        && at >= 2
                        && word(at - 2).as_deref() == Some("mod");
                    let inner = if is_module { child(scope, &word(at - 1).unwrap()) } else { scope.clone() };
                    self.walk(group.stream(), &inner);
                    at += 1;
                }
                TokenTree::Ident(name) if name == "use" => {
                    let public =
                        at > 0 && (word(at - 1).as_deref() == Some("pub") || is_parenthesis(&tokens, at - 1));
                    let end = (at..tokens.len()).find(|&at| punct(&tokens, at, ';')).unwrap_or(tokens.len());
                    for (name, path) in tree(&tokens[at + 1..end]) {
                        self.imports.push(Import { name, path: absolute(&path, scope), public });
                    }
                    at = end;
                }
                // `pub(super)` is no path
                TokenTree::Ident(name) if name == "pub" => {
                    at += 1 + usize::from(is_visibility(&tokens, at + 1));
                }
                TokenTree::Ident(_)
                    if at > 0 && punct(&tokens, at - 1, '.') && !punct(&tokens, at.wrapping_sub(2), '.') =>
                {
                    at += 1;
                }
                TokenTree::Ident(name) => {
                    let mut path = vec![name.to_string()];
                    at += 1;
                    while punct(&tokens, at, ':') && punct(&tokens, at + 1, ':') && word(at + 2).is_some() {
                        path.extend(word(at + 2));
                        at += 3;
                    }
                    // a lone small word may be a variable, unless it is called
                    let is_value = path.len() == 1
                        && path[0].starts_with(char::is_lowercase)
                        && !is_parenthesis(&tokens, at);
                    if !is_value {
                        self.paths.insert((path, scope.clone()));
                    }
                }
                _ => at += 1,
            }
        }
    }
}

fn is_parenthesis(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}

fn is_visibility(tokens: &[TokenTree], at: usize) -> bool {
    is_parenthesis(tokens, at)
        && matches!(&tokens[at], TokenTree::Group(group) if {
            let inside = group.stream().to_string();
            inside == "crate" || inside == "super" || inside.starts_with("in ")
        })
}

/// True at `#[cfg(test)]` and `#[cfg(all(test, …))]`.
fn is_for_tests(tokens: &[TokenTree], at: usize) -> bool {
    let Some(TokenTree::Group(group)) = tokens.get(at + 1) else { return false };
    let text: String = group.stream().to_string().split_whitespace().collect();
    punct(tokens, at, '#') && (text.starts_with("cfg(test") || text.starts_with("cfg(all(test"))
}

/// After the semicolon or the braces that end an item.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    (from..tokens.len()).find(|&at| ends(&tokens[at])).map_or(tokens.len(), |at| at + 1)
}

/// The names and paths of `a::{b, c::{self, d as e}, f::*}`.
fn tree(tokens: &[TokenTree]) -> Vec<(String, Names)> {
    let mut found = Vec::new();
    let mut path = Vec::new();
    let mut name = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "as" => {}
            TokenTree::Ident(word)
                if at > 0 && matches!(&tokens[at - 1], TokenTree::Ident(before) if before == "as") =>
            {
                name = Some(word.to_string());
            }
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(star) if star.as_char() == '*' => name = Some("*".to_owned()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in
                    inside.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','))
                {
                    for (name, rest) in tree(part) {
                        let rest = if rest == ["self"] { Vec::new() } else { rest };
                        let full = [path.clone(), rest].concat();
                        let name =
                            if name == "self" { full.last().cloned().unwrap_or_default() } else { name };
                        found.push((name, full));
                    }
                }
                return found;
            }
        }
    }
    if let Some(last) = path.last().cloned() {
        found.push((name.unwrap_or(last), path));
    }
    found
}

/// A path from the root of the crate, where it begins with `crate`, `self` or `super`; else as it stands, in its module.
fn absolute(path: &[String], scope: &[String]) -> Names {
    let mut base = scope.to_vec();
    let mut rest = path;
    match path.first().map(String::as_str) {
        Some("crate") => {
            base.clear();
            rest = &path[1..];
        }
        Some("self") => rest = &path[1..],
        _ => {}
    }
    while rest.first().is_some_and(|name| name == "super") {
        base.pop();
        rest = &rest[1..];
    }
    [base, rest.to_vec()].concat()
}

fn child(scope: &[String], name: &str) -> Names {
    [scope, &[name.to_owned()]].concat()
}

/// The files of a crate, by their modules.
struct House(BTreeMap<Names, Module>);

impl House {
    fn new<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut modules: BTreeMap<Names, Module> = BTreeMap::new();
        for (file, text) in sources {
            let module: Names = file
                .trim_end_matches(".rs")
                .split('/')
                .filter(|part| !matches!(*part, "mod" | "lib"))
                .map(str::to_owned)
                .collect();
            modules.insert(module.clone(), Module::read(file, &module, text));
        }
        let tests: Vec<Names> = modules
            .iter()
            .flat_map(|(scope, module)| module.tests.iter().map(|name| child(scope, name)))
            .collect();
        modules.retain(|name, _| !tests.iter().any(|test| name.starts_with(test)));
        Self(modules)
    }

    /// The module whose file defines what a path from the root names; none for a mere module and for other crates.
    fn definer(&self, path: &[String], depth: usize) -> Option<&Names> {
        let length = (1..=path.len()).rev().find(|&length| self.0.contains_key(&path[..length]))?;
        let (name, module) = self.0.get_key_value(&path[..length])?;
        let item = path.get(length)?;
        let import = module.imports.iter().find(|import| import.name == *item);
        match import {
            Some(import) if depth < 20 => {
                self.definer(&[&import.path, &path[length + 1..]].concat(), depth + 1)
            }
            _ => Some(name),
        }
    }

    /// The files that a module needs, each with a path that says why.
    fn needs(&self, name: &Names, module: &Module) -> BTreeMap<&Names, String> {
        let private = module.imports.iter().filter(|import| !import.public).map(|import| {
            let glob = if import.name == "*" { child(&import.path, "*") } else { import.path.clone() };
            (import.path.join("::"), glob)
        });
        let used = module.paths.iter().filter_map(|(path, scope)| {
            let first = path.first()?.as_str();
            let full = if matches!(first, "crate" | "self" | "super") {
                absolute(path, scope)
            } else if let Some(import) = module.imports.iter().find(|import| import.name == first) {
                [&import.path, &path[1..]].concat()
            } else {
                child(name, first).into_iter().chain(path[1..].iter().cloned()).collect()
            };
            Some((path.join("::"), full))
        });
        let mut needs = BTreeMap::new();
        for (why, path) in private.chain(used) {
            if let Some(other) = self.definer(&path, 0)
                && other != name
            {
                needs.entry(other).or_insert(why);
            }
        }
        needs
    }

    /// Every set of files that need each other, in words: how many, and who needs what.
    fn circles(&self) -> Vec<String> {
        let needs: BTreeMap<&Names, BTreeMap<&Names, String>> =
            self.0.iter().map(|(name, module)| (name, self.needs(name, module))).collect();
        let reach = |from: &Names| {
            let mut seen: BTreeSet<&Names> = BTreeSet::new();
            let mut open: Vec<&Names> = needs[from].keys().copied().collect();
            while let Some(next) = open.pop() {
                if seen.insert(next) {
                    open.extend(needs[next].keys());
                }
            }
            seen
        };
        let reached: BTreeMap<&Names, BTreeSet<&Names>> =
            self.0.keys().map(|name| (name, reach(name))).collect();
        let mut done = BTreeSet::new();
        let mut circles = Vec::new();
        for (name, others) in &reached {
            let circle: BTreeSet<&Names> =
                others.iter().copied().filter(|other| reached[other].contains(name)).collect();
            if circle.is_empty() || !done.insert(circle.clone()) {
                continue;
            }
            let edges: Vec<String> = circle
                .iter()
                .flat_map(|&from| needs[from].iter().map(move |(&to, why)| (from, to, why)))
                .filter(|(_, to, _)| circle.contains(to))
                .map(|(from, to, why)| format!("  {} needs {} ({why})", self.0[from].file, self.0[to].file))
                .collect();
            circles.push(format!("{} files in a circle:\n{}", circle.len(), edges.join("\n")));
        }
        circles
    }
}

#[test]
fn no_files_need_each_other() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&source, &mut paths);
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&source).unwrap().to_str().unwrap().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    let house = House::new(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let circles = house.circles();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn made_up_circles_are_found() {
    let cases: [(&[(&str, &str)], usize); 9] = [
        (&[("a/mod.rs", "mod b; pub fn f() { b::g() }"), ("a/b.rs", "pub fn g() { super::f() }")], 1),
        (&[("a/mod.rs", "mod b; pub use b::g; fn f() { g() }"), ("a/b.rs", "use super::f;")], 1),
        (
            &[
                ("a/mod.rs", "mod b; mod c;"),
                ("a/b.rs", "use super::c::C;"),
                ("a/c.rs", "use crate::a::b::B;"),
            ],
            1,
        ),
        (
            &[
                ("a/mod.rs", "mod b; mod c; pub use b::B; pub use c::C;"),
                ("a/b.rs", "use super::C;"),
                ("a/c.rs", "use super::{B, x::Y};"),
            ],
            1,
        ),
        (
            &[
                ("a/mod.rs", "mod b; mod c;"),
                ("a/b.rs", "use super::c; fn f() { c::g() }"),
                ("a/c.rs", "use super::b; fn g() { b::f() }"),
            ],
            1,
        ),
        // a mod.rs that only lists its children is in no circle
        (&[("a/mod.rs", "mod b; pub use b::B; pub struct A;"), ("a/b.rs", "use super::A; pub struct B;")], 0),
        (
            &[
                ("a/mod.rs", "mod b; mod c; pub use c::C;"),
                ("a/b.rs", "use super::C;"),
                ("a/c.rs", "pub struct C;"),
            ],
            0,
        ),
        (
            &[
                ("a.rs", "mod b; #[cfg(test)] mod tests; fn f() { b::g() }"),
                ("a/b.rs", "#[cfg(test)] mod tests { use super::super::f; }"),
                ("a/tests.rs", "use super::*;"),
            ],
            0,
        ),
        (&[("a.rs", "pub(super) fn f() { x.g(); }"), ("b.rs", "pub fn g() { crate::a::f() }")], 0),
    ];
    for (sources, want) in cases {
        let house = House::new(sources.iter().copied());
        let found = house.circles();
        assert_eq!(found.len(), want, "{sources:?}: {found:?}");
    }
}
