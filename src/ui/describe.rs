//! A path in words: its attributes, and what every layer did to it.

use crate::image::{EntryId, Image, PathId};
use crate::layer::Kind;
use crate::overlay::{self, Slot};

use super::data::Data;
use super::text::safe;

/// True when a directory stands in the slot.
pub(super) fn is_directory(image: &Image, slot: Option<Slot>) -> bool {
    match slot {
        Some(Slot::Implied) => true,
        Some(Slot::Entry(id)) => image.entry(id).kind.is_directory(),
        None => false,
    }
}

/// Where a link leads, as shown after the name.
pub(super) fn target(image: &Image, slot: Option<Slot>) -> Option<String> {
    let Some(Slot::Entry(id)) = slot else { return None };
    match image.entry(id).kind {
        Kind::Symlink => Some(format!(" → {}", safe(image.link_text(id)))),
        Kind::HardLink => {
            let path = image.link_path(id).map(|path| image.paths.full(path)).unwrap_or_default();
            Some(format!(" = /{}", safe(&path)))
        }
        _ => None,
    }
}

/// The mode as `ls` shows it.
pub(super) fn mode(image: &Image, id: EntryId) -> String {
    let mode = image.attrs_of(id).mode;
    let mut out = String::with_capacity(10);
    out.push(match image.entry(id).kind {
        Kind::File | Kind::HardLink => '-',
        Kind::Directory => 'd',
        Kind::Symlink => 'l',
        Kind::CharDevice => 'c',
        Kind::BlockDevice => 'b',
        Kind::Fifo => 'p',
        Kind::Other => '?',
    });
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        out.push(if bits & 4 != 0 { 'r' } else { '-' });
        out.push(if bits & 2 != 0 { 'w' } else { '-' });
        out.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => letter,
            (false, true) => letter.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    out
}

/// `part` of `whole` in percent; empty when `whole` is 0.
pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { String::new() } else { crate::units::share(crate::analysis::efficiency(part, whole)) }
}

/// Seconds since 1970 as `2026-11-23 17:02`, in UTC.
pub(super) fn time(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // civil_from_days, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
    let z = days.saturating_add(719_468);
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", rest / 3600, rest / 60 % 60)
}

/// Every attribute of what stands in a slot, on one line.
pub(super) fn attributes(image: &Image, slot: Option<Slot>) -> String {
    let Some(slot) = slot else { return "nothing stands here".into() };
    let Slot::Entry(id) = slot else { return "directory that no layer names itself".into() };
    let (entry, attrs) = (image.entry(id), image.attrs_of(id));
    let mut parts = Vec::new();
    if entry.kind == Kind::File {
        let exact = if entry.size >= 1000 {
            format!(" ({} bytes)", crate::units::count(entry.size))
        } else {
            String::new()
        };
        parts.push(format!("{}{exact}", crate::units::size(entry.size)));
    }
    parts.push(entry.kind.noun().into());
    parts.push(format!("{} ({:o})", mode(image, id), attrs.mode));
    parts.push(format!("{}:{}", attrs.uid, attrs.gid));
    parts.push(format!("{} UTC", time(entry.mtime)));
    if let Some((major, minor)) = attrs.device {
        parts.push(format!("device {major},{minor}"));
    }
    for (name, value) in attrs.xattrs.iter().take(8) {
        parts.push(format!("{}={}", safe(name), crate::text::line(value, 60)));
    }
    if let Some(target) = target(image, Some(slot)) {
        parts.push(target.trim_start().to_owned());
    }
    parts.join("  ")
}

/// What every layer did to a path, in words.
pub(super) fn timeline(data: &Data, path: PathId) -> String {
    overlay::tell(&overlay::timeline(&data.image, &data.log, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_civil() {
        assert_eq!(time(0), "1970-01-01 00:00");
        assert_eq!(time(951_827_696), "2000-02-29 12:34");
        assert_eq!(time(-1), "1969-12-31 23:59");
        // a hostile tar may hold any number
        time(i64::MAX);
        time(i64::MIN);
    }
}
