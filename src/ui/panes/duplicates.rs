//! The tab of duplicates: equal files at several live paths, most to save first.

use std::cmp::Reverse;

use super::table::{Heading, Member, Rows};
use crate::ui::data::Data;
use crate::ui::look::Sort;
use crate::units;

/// Equal files.
pub(super) struct Duplicates;

impl Rows for Duplicates {
    const NAME: &'static str = "Duplicates";
    const NOUN: (&'static str, &'static str) = ("group of equal files", "groups of equal files");
    const SORTS: &'static [Sort] = &[Sort::Size, Sort::Copies, Sort::Name];
    const HEADINGS: &'static [Heading] =
        &[("SAVED", 8, true), ("COPIES", 6, true), ("EACH", 8, true), ("FIRST PATH", 0, false)];
    const NOTHING: &'static str = "No two files of 4 kB or more are equal.";

    fn count(data: &Data) -> usize {
        data.analysis.duplicates.len()
    }

    fn bytes(data: &Data, at: usize) -> u64 {
        data.analysis.duplicates[at].saved
    }

    fn cells(data: &Data, at: usize) -> Vec<String> {
        let group = &data.analysis.duplicates[at];
        let first = group.paths.first().map_or_else(String::new, |(path, _)| data.path_text(*path, false));
        vec![units::count(group.paths.len() as u64), units::size(group.bytes), first]
    }

    fn key(data: &Data, at: usize, sort: Sort) -> (Reverse<u64>, String) {
        let group = &data.analysis.duplicates[at];
        match sort {
            Sort::Copies => (Reverse(group.paths.len() as u64), String::new()),
            _ => (Reverse(0), Self::cells(data, at).pop().unwrap_or_default()),
        }
    }

    fn members(data: &Data, at: usize) -> Vec<Member> {
        let paths = data.analysis.duplicates[at].paths.iter();
        paths.map(|&(path, entry)| Member { path, entry }).collect()
    }

    fn summary(data: &Data) -> String {
        format!("{} could be saved", units::size(data.analysis.totals.duplicates))
    }
}
