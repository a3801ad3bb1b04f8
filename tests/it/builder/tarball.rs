//! A tar writer that can be told to write what others would refuse.
//!
//! Formats: POSIX.1-1988 ustar, GNU long names (`L`, `K`), pax headers (`x`) as Go writes them, that is
//! with raw bytes in `path`, whatever their encoding.

/// What the type flag of a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Type {
    /// `0`
    #[default]
    File,
    /// `1`
    HardLink,
    /// `2`
    Symlink,
    /// `3`
    CharDevice,
    /// `4`
    BlockDevice,
    /// `5`
    Directory,
    /// `6`
    Fifo,
}

impl Type {
    fn flag(self) -> u8 {
        match self {
            Self::File => b'0',
            Self::HardLink => b'1',
            Self::Symlink => b'2',
            Self::CharDevice => b'3',
            Self::BlockDevice => b'4',
            Self::Directory => b'5',
            Self::Fifo => b'6',
        }
    }
}

/// How names are written that do not fit the plain header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// The name split into prefix and name; panics where that does not fit.
    Ustar,
    /// Long names in `L` and `K` members of their own; other bytes as they are.
    Gnu,
    /// A pax record for long names and for all that are not ASCII.
    Pax,
    /// A pax header before every entry, as `tar --format=pax` writes it.
    PaxAlways,
}

/// One member of a tar.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) path: Vec<u8>,
    pub(crate) kind: Type,
    pub(crate) body: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mtime: u64,
    pub(crate) xattrs: Vec<(String, Vec<u8>)>,
    /// Major and minor number of a device.
    pub(crate) device: Option<(u32, u32)>,
}

const BLOCK: usize = 512;
const NAME: usize = 100;
const PREFIX: usize = 155;

/// A tar of `entries`, closed by two empty blocks.
pub(crate) fn tar_of(entries: &[Entry], names: Names) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.iter().map(|entry| entry.body.len() + 2 * BLOCK).sum());
    for entry in entries {
        write_entry(&mut out, entry, names);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    out
}

/// Fills up to a whole block.
pub(crate) fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}

fn write_entry(out: &mut Vec<u8>, entry: &Entry, names: Names) {
    let mut records = Vec::new();
    for (key, value) in &entry.xattrs {
        record(&mut records, &format!("SCHILY.xattr.{key}"), value);
    }
    let (mut prefix, mut name, mut link) = (&b""[..], &entry.path[..], &entry.link[..]);
    match names {
        Names::Ustar => {
            (prefix, name) = split(name);
            assert!(link.len() <= NAME, "ustar cannot hold this link target");
        }
        Names::Gnu => {
            for (flag, text) in [(b'L', &mut name), (b'K', &mut link)] {
                if text.len() > NAME {
                    special(out, flag, b"././@LongLink", &[*text, &b"\0"[..]].concat());
                    *text = &text[..NAME];
                }
            }
        }
        Names::Pax | Names::PaxAlways => {
            for (key, text) in [("path", &mut name), ("linkpath", &mut link)] {
                if text.len() > NAME || !text.is_ascii() {
                    record(&mut records, key, text);
                    *text = if text.is_ascii() { &text[..NAME] } else { b"replaced" };
                }
            }
            if names == Names::PaxAlways {
                record(&mut records, "mtime", format!("{}.5", entry.mtime).as_bytes());
            }
        }
    }
    if !records.is_empty() {
        special(out, b'x', b"PaxHeaders.0/entry", &records);
    }
    let mut header = header(name, entry.kind.flag(), entry.body.len() as u64);
    octal(&mut header[100..108], u64::from(entry.mode));
    octal(&mut header[108..116], u64::from(entry.uid));
    octal(&mut header[116..124], u64::from(entry.gid));
    octal(&mut header[136..148], entry.mtime);
    header[157..157 + link.len()].copy_from_slice(link);
    if let Some((major, minor)) = entry.device {
        octal(&mut header[329..337], u64::from(major));
        octal(&mut header[337..345], u64::from(minor));
    }
    header[345..345 + prefix.len()].copy_from_slice(prefix);
    seal(&mut header);
    out.extend_from_slice(&header);
    out.extend_from_slice(&entry.body);
    pad(out);
}

/// A header with a name, a type flag and a size; its other fields are plain defaults.
pub(crate) fn header(name: &[u8], flag: u8, size: u64) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    header[..name.len()].copy_from_slice(name);
    octal(&mut header[100..108], 0o644);
    octal(&mut header[108..116], 0);
    octal(&mut header[116..124], 0);
    octal(&mut header[124..136], size);
    octal(&mut header[136..148], 0);
    header[156] = flag;
    header[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut header);
    header
}

/// Writes the check sum; to be called after every change of a header.
pub(crate) fn seal(header: &mut [u8; BLOCK]) {
    header[148..156].fill(b' ');
    let sum: u64 = header.iter().map(|&byte| u64::from(byte)).sum();
    octal(&mut header[148..155], sum);
}

/// A member of its own that tells something about the next one.
pub(crate) fn special(out: &mut Vec<u8>, flag: u8, name: &[u8], body: &[u8]) {
    out.extend_from_slice(&header(name, flag, body.len() as u64));
    out.extend_from_slice(body);
    pad(out);
}

/// `length key=value\n`, where the length counts its own digits too.
pub(crate) fn record(records: &mut Vec<u8>, key: &str, value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    records.extend_from_slice(format!("{length} {key}=").as_bytes());
    records.extend_from_slice(value);
    records.push(b'\n');
}

/// The prefix and the name of a ustar header.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    if path.len() <= NAME {
        return (b"", path);
    }
    let fits = |&at: &usize| path[at] == b'/' && path.len() - at - 1 <= NAME && at + 1 < path.len();
    let at = (1..=PREFIX.min(path.len() - 1)).rev().find(fits).expect("a name that ustar can hold");
    (&path[..at], &path[at + 1..])
}

/// `value` in octal digits, closed by a NUL.
fn octal(field: &mut [u8], value: u64) {
    let digits = format!("{value:0width$o}", width = field.len() - 1);
    field[..digits.len()].copy_from_slice(digits.as_bytes());
}
