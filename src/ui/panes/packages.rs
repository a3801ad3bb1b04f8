//! The tab of packages: what is installed, most bytes first, with the files of each.

use std::cmp::Reverse;

use super::table::{Heading, Member, Rows};
use crate::image::PathId;
use crate::layer::Kind;
use crate::overlay::Slot;
use crate::ui::data::Data;
use crate::ui::look::Sort;
use crate::ui::text::safe;
use crate::units;

/// Installed packages.
pub(super) struct Packages;

impl Rows for Packages {
    const NAME: &'static str = "Packages";
    const NOUN: (&'static str, &'static str) = ("package", "packages");
    const SORTS: &'static [Sort] = &[Sort::Size, Sort::Name, Sort::Files, Sort::Manager, Sort::Layer];
    const HEADINGS: &'static [Heading] = &[
        ("SIZE", 8, true),
        ("FILES", 7, true),
        ("LAYER", 5, true),
        ("MANAGER", 7, false),
        ("NAME AND VERSION", 0, false),
    ];
    const NOTHING: &'static str = "No package manager left records of what it installed.";

    fn count(data: &Data) -> usize {
        data.analysis.packages.list.len()
    }

    fn bytes(data: &Data, at: usize) -> u64 {
        data.analysis.packages.list[at].bytes
    }

    fn cells(data: &Data, at: usize) -> Vec<String> {
        let package = &data.analysis.packages.list[at];
        let layer = package.layer().map_or_else(|| "-".to_owned(), |layer| layer.to_string());
        let version = package.version.as_deref().unwrap_or("");
        let name = safe(format!("{} {version}", package.name).trim_end().as_bytes());
        vec![units::count(package.files), layer, package.manager.name().to_owned(), name]
    }

    fn key(data: &Data, at: usize, sort: Sort) -> (Reverse<u64>, String) {
        let package = &data.analysis.packages.list[at];
        match sort {
            Sort::Files => (Reverse(package.files), String::new()),
            Sort::Manager => (Reverse(0), package.manager.name().into()),
            // layers ascend, packages without bytes come last
            Sort::Layer => {
                (Reverse(package.layer().map_or(0, |layer| u64::MAX - layer as u64)), String::new())
            }
            _ => (Reverse(0), package.name.to_lowercase()),
        }
    }

    fn members(data: &Data, at: usize) -> Vec<Member> {
        let packages = &data.analysis.packages;
        let owned =
            (0..data.image.paths.len()).map(PathId).filter(|path| packages.owner_index(*path) == Some(at));
        let mut members: Vec<Member> = owned
            .filter_map(|path| match data.final_slot(path)? {
                Slot::Entry(id) if data.image.entry(id).kind != Kind::Directory => {
                    Some(Member { path, entry: data.union.content_of(id).unwrap_or(id) })
                }
                _ => None,
            })
            .collect();
        members.sort_by_key(|member| (Reverse(data.image.entry(member.entry).size), member.path));
        members
    }

    fn summary(data: &Data) -> String {
        let packages = &data.analysis.packages;
        let bytes = packages.list.iter().map(|package| package.bytes).sum();
        format!("{}, and {} that no package owns", units::size(bytes), units::size(packages.unowned))
    }
}
