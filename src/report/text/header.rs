//! The top of the report: which image, how big, how much of it is wasted, and why.

use std::io;

use super::page::{Line, Page};
use super::style::{BOLD, DIM, PLAIN, WASTE};
use crate::analysis::Totals;
use crate::image::Image;
use crate::report::format::Input;
use crate::source::Compression;
use crate::text;
use crate::text::{bar, counted};
use crate::units;

/// Columns of the words before a figure.
const LABEL: usize = 11;
/// Columns of a figure.
const FIGURE: usize = 8;
/// Columns of a bar, and the fewest columns of a page that has bars.
const BAR: usize = 20;
const BAR_PAGE: usize = 72;

pub(super) fn write(page: &mut Page<'_>, input: &Input<'_>) -> io::Result<()> {
    let totals = &input.analysis.totals;
    about(page, &input.image)?;
    page.blank()?;
    headline(page, input)?;
    page.blank()?;
    figures(page, input)?;
    if totals.wasted > 0 { causes(page, totals) } else { Ok(()) }
}

/// Name, platform and source: on one line if they fit, else on lines of their own.
fn about(page: &mut Page<'_>, image: &Image) -> io::Result<()> {
    let about = &image.about;
    let platform = about.platform.to_string();
    let parts = [(BOLD, about.reference.as_str()), (PLAIN, &platform), (DIM, &about.source)];
    let mut line = page.line();
    for (style, text) in parts {
        let text = text::line(text.as_bytes(), usize::MAX);
        if text.is_empty() {
            continue;
        }
        if !line.is_empty() && line.room() < crate::text::columns(&text) + 2 {
            page.put(&line)?;
            line = page.line();
        }
        let gap = if line.is_empty() { 0 } else { 2 };
        line.gap(gap).text(style, &text);
    }
    page.put(&line)
}

fn headline(page: &mut Page<'_>, input: &Input<'_>) -> io::Result<()> {
    let totals = &input.analysis.totals;
    let layers = counted(input.image.layers.len() as u64, "layer", "layers");
    let content = units::size(totals.content);
    if totals.content == 0 {
        page.paragraph(BOLD, &format!("{content} in {layers}"))?;
        return page.paragraph(DIM, "No file in this image has any content.");
    }
    if totals.wasted == 0 {
        page.paragraph(BOLD, &format!("{content} in {layers}, nothing wasted"))?;
        return page.paragraph(PLAIN, "A container can see every byte of every layer.");
    }
    let (live, wasted) = (units::size(totals.live), units::size(totals.wasted));
    page.paragraph(
        BOLD,
        &format!("{content} in {layers}, {live} in the final file system, {wasted} wasted"),
    )?;
    page.paragraph(DIM, "wasted: bytes in the image that no container can see")
}

fn figures(page: &mut Page<'_>, input: &Input<'_>) -> io::Result<()> {
    let totals = &input.analysis.totals;
    if totals.wasted > 0 {
        let line = figure(page, "efficiency", PLAIN, &units::share(totals.efficiency));
        let line = with_bar(page, line, PLAIN, totals.live, totals.content);
        page.wrapped(line, DIM, "of all bytes can be seen in a container")?;
    }
    let release = input.analysis.system.base.as_ref();
    if totals.content > 0 && (totals.own_content > 0 && input.analysis.base_layers > 0 || release.is_some()) {
        let line = figure(page, "base image", PLAIN, &units::share(totals.base_share()));
        let line = with_bar(page, line, PLAIN, totals.base_content(), totals.content);
        // `Debian 12 (bookworm)` fits the line
        let name = release.map(|release| release.pretty_name.as_ref().unwrap_or(&release.id));
        let name = name.map(|name| name.replace(" GNU/Linux", ""));
        let name = name.map_or_else(String::new, |name| format!(", {}", text::line(name.as_bytes(), 60)));
        page.wrapped(line, DIM, &format!("{}{name}", units::size(totals.base_content())))?;
    }
    if totals.wasted > 0 && totals.own_content > 0 && input.analysis.base_layers > 0 {
        let style = if totals.own_wasted > 0 { WASTE } else { PLAIN };
        let line = figure(page, "own waste", style, &units::share(totals.own_wasted_ratio));
        let line = with_bar(page, line, style, totals.own_wasted, totals.own_content);
        page.wrapped(line, DIM, &format!("of {} after the base image", units::size(totals.own_content)))?;
    }
    if totals.base_hidden > 0 {
        let line = figure(page, "base hidden", WASTE, &units::size(totals.base_hidden));
        page.wrapped(line, DIM, "of the base image are hidden by later layers")?;
    }
    let line = figure(page, "stored", PLAIN, &units::size(totals.blob));
    page.wrapped(line, DIM, &storage(&input.image, totals))?;
    let tree = &totals.tree;
    let line = figure(page, "files", PLAIN, &units::count(tree.files));
    let place = match tree.directories {
        0 => String::new(),
        some => format!("{} of ", counted(some, "directory", "directories")),
    };
    page.wrapped(line, DIM, &format!("in {place}the final file system"))
}

fn figure(page: &Page<'_>, label: &str, style: anstyle::Style, text: &str) -> Line {
    let mut line = page.line();
    line.left(LABEL, PLAIN, label).gap(1).right(FIGURE, style, text).gap(2);
    line
}

fn with_bar(page: &Page<'_>, mut line: Line, style: anstyle::Style, part: u64, whole: u64) -> Line {
    if page.width >= BAR_PAGE {
        line.text(DIM, "▕").left(BAR, style, &bar(part, whole, BAR)).text(DIM, "▏").gap(2);
    }
    line
}

/// What the stored bytes are: compressed or not, and how big the tars are that come out.
fn storage(image: &Image, totals: &Totals) -> String {
    let mut kinds: Vec<_> = image.layers.iter().map(|layer| layer.compression).collect();
    kinds.sort_unstable_by_key(|kind| kind.name());
    kinds.dedup();
    if kinds.iter().all(|&kind| kind == Compression::None) {
        return "as plain tar: content, headers and padding".into();
    }
    let names: Vec<_> = kinds
        .iter()
        .map(|kind| if *kind == Compression::None { "uncompressed" } else { kind.name() })
        .collect();
    format!("as {}; {} unpacked", names.join(" and "), units::size(totals.tar))
}

/// The sum of wasted bytes taken apart, without the causes that have none.
fn causes(page: &mut Page<'_>, totals: &Totals) -> io::Result<()> {
    page.title("WHY BYTES ARE WASTED", "")?;
    let rows = [
        (totals.overwritten, "", "overwritten", "stored again by a later layer"),
        (totals.metadata_only, "  ", "same content", "of which only mode, owner or time changed"),
        (totals.removed, "", "removed", "removed by a later layer"),
        (totals.repeated, "", "repeated", "stored again by the same layer"),
    ];
    for (bytes, indent, cause, words) in rows.into_iter().filter(|row| row.0 > 0) {
        let mut line = page.line();
        line.right(FIGURE, WASTE, units::size(bytes)).gap(2).left(16, PLAIN, &format!("{indent}{cause}"));
        page.wrapped(line, DIM, words)?;
    }
    Ok(())
}
