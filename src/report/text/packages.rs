//! The packages that take most room: a package is what one installs, and so what one can do without.

use std::io;

use super::page::{Page, path_text};
use super::style::{BOLD, DIM, PLAIN};
use crate::analysis::Package;
use crate::report::format::Input;
use crate::text::{counted, cut_path};
use crate::units;

const SIZE: usize = 8;
const LAYER: usize = 5;
const BEFORE: usize = SIZE + 2 + LAYER + 2;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>, rows: usize) -> io::Result<()> {
    let packages = &input.analysis.packages;
    if packages.list.is_empty() {
        return Ok(());
    }
    let sum = |rows: &[Package]| rows.iter().map(|package| package.bytes).sum::<u64>();
    let count = counted(packages.list.len() as u64, "package", "packages");
    let about = format!(
        "{count} with {} of files; {} belong to no package",
        units::size(sum(&packages.list)),
        units::size(packages.unowned)
    );
    page.title("LARGEST PACKAGES", &about)?;
    let (shown, rest) = packages.list.split_at(packages.list.len().min(rows));
    if !shown.is_empty() {
        let mut head = page.line();
        head.right(SIZE, BOLD, "BYTES").gap(2).right(LAYER, BOLD, "LAYER").gap(2).text(BOLD, "PACKAGE");
        page.put(&head)?;
    }
    for package in shown {
        let mut line = page.line();
        line.right(SIZE, PLAIN, units::size(package.bytes)).gap(2);
        line.right(LAYER, PLAIN, package.layer().map_or_else(|| "-".to_owned(), |layer| layer.to_string()))
            .gap(2);
        let mut name = path_text(package.name.as_bytes());
        if let Some(version) = &package.version {
            name.push(' ');
            name.push_str(&path_text(version.as_bytes()));
        }
        let manager = package.manager.name();
        line.text(PLAIN, &cut_path(&name, page.width.saturating_sub(BEFORE + 2 + manager.len())));
        line.gap(2).text(DIM, manager);
        page.put(&line)?;
    }
    page.left_out(rest.len(), "package", sum(rest))
}
