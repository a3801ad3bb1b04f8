//! rpm's records, reduced to names, versions and paths while their layer is read.
//!
//! A database of tens of megabytes is mostly changelogs and checksums. What is left is a few megabytes: for each package
//! its name, its version and the paths of its files, each ended by a zero byte, and a zero byte after the last.
//!
//! Source: rpm's "RPM v4 header format": an index of tags, types, offsets and counts, and the values after it.

use super::sqlite::Database;
use crate::source::limits;

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const DIRECTORY_OF: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const DIRECTORIES: u32 = 1118;

/// rpm keeps the keys that it trusts as packages without files.
const KEYS: &[u8] = b"gpg-pubkey";

/// The packages in an `rpmdb.sqlite`; none when it cannot be read.
pub(super) fn reduce(database: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    Database::open(database)?.blobs("Packages", |blob| package(&Header::of(blob)?, &mut out))?;
    Some(out)
}

fn package(header: &Header<'_>, out: &mut Vec<u8>) -> Option<()> {
    let name = header.strings(NAME).next()?;
    if name == KEYS {
        return Some(());
    }
    let version = header.strings(VERSION).next()?;
    let release = header.strings(RELEASE).next()?;
    out.extend_from_slice(name);
    out.push(0);
    for part in [version, b"-", release, b"\0"] {
        out.extend_from_slice(part);
    }
    let directories: Vec<&[u8]> = header.strings(DIRECTORIES).take(limits::RPM_DIRECTORIES).collect();
    for (base, directory) in header.strings(BASE_NAMES).zip(header.numbers(DIRECTORY_OF)) {
        let directory = directories.get(directory as usize)?;
        out.extend_from_slice(directory);
        out.extend_from_slice(base);
        out.push(0);
        // any number of files may name the same directory
        is_within_limit(out)?;
    }
    out.push(0);
    is_within_limit(out)
}

fn is_within_limit(out: &[u8]) -> Option<()> {
    (out.len() <= limits::RPM_PACKAGES).then_some(())
}

/// A package's header.
struct Header<'b> {
    index: &'b [u8],
    data: &'b [u8],
}

impl<'b> Header<'b> {
    fn of(blob: &'b [u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(blob.get(at..at + 4)?.try_into().ok()?) as usize);
        let (entries, bytes) = (number(0)?, number(4)?);
        let end = entries.checked_mul(16)?.checked_add(8)?;
        Some(Self { index: blob.get(8..end)?, data: blob.get(end..end.checked_add(bytes)?)? })
    }

    /// Where the values of a tag are, and how many there are.
    fn find(&self, tag: u32) -> Option<(&'b [u8], usize)> {
        let field = |entry: &[u8], at: usize| -> Option<u32> {
            Some(u32::from_be_bytes(entry.get(at..at + 4)?.try_into().ok()?))
        };
        let entry = self.index.chunks_exact(16).find(|entry| field(entry, 0) == Some(tag))?;
        Some((self.data.get(field(entry, 8)? as usize..)?, field(entry, 12)? as usize))
    }

    fn strings(&self, tag: u32) -> impl Iterator<Item = &'b [u8]> {
        let (data, count) = self.find(tag).unwrap_or_default();
        data.split(|&byte| byte == 0).take(if data.is_empty() { 0 } else { count })
    }

    fn numbers(&self, tag: u32) -> impl Iterator<Item = u32> {
        let (data, count) = self.find(tag).unwrap_or_default();
        let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte));
        data.chunks_exact(4).take(count).map(number)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Written by rpm 4.18: two packages with changelogs that are longer than a page.
    pub(crate) fn real() -> Vec<u8> {
        zstd::decode_all(&include_bytes!("rpm/rpmdb.sqlite.zst")[..]).unwrap()
    }

    #[test]
    fn a_real_database_is_read() {
        let packages = String::from_utf8(reduce(&real()).unwrap()).unwrap();
        let lines: Vec<&str> = packages.split('\0').collect();
        let of = |name: &str| {
            let deep = format!("/usr/lib/{name}/deep");
            vec![
                name.to_owned(),
                "1.2-3".to_owned(),
                format!("/usr/lib/{name}"),
                format!("/usr/lib/{name}/data"),
                deep.clone(),
                format!("{deep}/more"),
                format!("/usr/share/doc/{name}"),
                format!("/usr/share/doc/{name}/README"),
                String::new(),
            ]
        };
        let mut want = [of("tiny-tool"), of("tiny-lib")].concat();
        want.push(String::new());
        assert_eq!(lines, want);
    }

    #[test]
    fn a_damaged_database_does_no_harm() {
        let whole = real();
        assert_eq!(reduce(b""), None);
        assert_eq!(reduce(&whole[..5000]), None);
        // every byte of the first pages, which hold the schema, the table and a header
        for at in (0..40_000).step_by(7) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            reduce(&bytes);
        }
        // a tree whose root is its own child
        let mut bytes = whole.clone();
        bytes[4096] = 5;
        bytes[4096 + 8..4096 + 12].copy_from_slice(&2_u32.to_be_bytes());
        assert_eq!(reduce(&bytes), None);
    }
}
