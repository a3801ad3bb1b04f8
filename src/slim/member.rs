//! The headers of one tar member as stored, and the few changes that are made to them.
//!
//! A member that stays is copied with its headers byte for byte. Only two things are ever changed: the name of a body
//! that moves to another path, and the target of a hard link. Everything else (pax records such as capabilities,
//! sparse maps, names of owners) stays as it is, including what this program does not know.

use crate::error::{Error, Result};
use crate::layer::Attrs;
use crate::source::tar::{BLOCK, Records, octal, pad, seal};

/// The extended attribute that the names of a file do not share: engines set the owner of each name, which makes the
/// kernel drop the capability, and then set the capability of that name's own member.
pub(super) const CAPABILITY: &[u8] = b"security.capability";

/// Bytes of the fields of a header.
mod field {
    use std::ops::Range;

    pub(super) const NAME: Range<usize> = 0..100;
    pub(super) const MODE: Range<usize> = 100..108;
    pub(super) const UID: Range<usize> = 108..116;
    pub(super) const GID: Range<usize> = 116..124;
    pub(super) const SIZE: Range<usize> = 124..136;
    pub(super) const MTIME: Range<usize> = 136..148;
    pub(super) const FLAG: usize = 156;
    pub(super) const LINK: Range<usize> = 157..257;
    pub(super) const MAGIC: Range<usize> = 257..263;
    pub(super) const PREFIX: Range<usize> = 345..500;
}

/// The headers of a member, taken apart.
pub(super) struct Headers {
    /// Extension headers that apply to all later members.
    globals: Vec<u8>,
    /// The header of the pax records, if there are any.
    pax: Option<[u8; BLOCK]>,
    records: Vec<(Vec<u8>, Vec<u8>)>,
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    header: [u8; BLOCK],
    /// Further blocks of an old GNU sparse map.
    maps: Vec<u8>,
}

impl Headers {
    /// Parses what precedes a member's body.
    pub(super) fn parse(mut raw: &[u8]) -> Result<Self> {
        let broken = || Error::because("the headers of a member are not what they were");
        let mut headers = Self::new();
        loop {
            let (block, rest) = raw.split_first_chunk::<BLOCK>().ok_or_else(broken)?;
            let flag = block[field::FLAG];
            if !matches!(flag, b'x' | b'X' | b'g' | b'L' | b'K') {
                headers.header = *block;
                headers.maps = rest.to_vec();
                return Ok(headers);
            }
            let size = octal_value(&block[field::SIZE]).ok_or_else(broken)?;
            let padded = size.next_multiple_of(BLOCK);
            let body = rest.get(..size).ok_or_else(broken)?;
            let text = || body.split(|&b| b == 0).next().unwrap_or_default().to_vec();
            match flag {
                b'g' => headers.globals.extend_from_slice(raw.get(..BLOCK + padded).ok_or_else(broken)?),
                b'L' => headers.long_name = Some(text()),
                b'K' => headers.long_link = Some(text()),
                _ => {
                    headers.pax = Some(*block);
                    headers.records = Records::parse(body, 0)?.into_pairs();
                }
            }
            raw = rest.get(padded..).ok_or_else(broken)?;
        }
    }

    /// The extension headers in `raw` that apply to all later members: they stay when the member goes.
    pub(super) fn globals(raw: &[u8]) -> Result<Vec<u8>> {
        if raw.len() == BLOCK { Ok(Vec::new()) } else { Ok(Self::parse(raw)?.globals) }
    }

    fn new() -> Self {
        Self {
            globals: Vec::new(),
            pax: None,
            records: Vec::new(),
            long_name: None,
            long_link: None,
            header: [0; BLOCK],
            maps: Vec::new(),
        }
    }

    /// The headers of a new member.
    pub(super) fn made(name: &[u8], is_directory: bool) -> Self {
        let mut headers = Self::new();
        let header = &mut headers.header;
        header[field::MAGIC].copy_from_slice(b"ustar\0");
        header[263..265].copy_from_slice(b"00");
        octal(&mut header[field::MODE], if is_directory { 0o755 } else { 0o644 });
        for zero in [field::UID, field::GID, field::SIZE, field::MTIME] {
            octal(&mut header[zero], 0);
        }
        header[field::FLAG] = if is_directory { b'5' } else { b'0' };
        headers.rename(name);
        headers
    }

    /// Gives the member another name.
    pub(super) fn rename(&mut self, name: &[u8]) {
        // a sparse file has its real name in a record, and a made-up one in the header
        if let Some((_, value)) = self.records.iter_mut().find(|(key, _)| key == b"GNU.sparse.name") {
            *value = name.to_vec();
            return;
        }
        if &self.header[field::MAGIC] == b"ustar\0" {
            self.header[field::PREFIX].fill(0);
        }
        self.long_name = put(&mut self.header[field::NAME], name, &mut self.records, b"path");
    }

    /// Lets a hard link name another path.
    pub(super) fn relink(&mut self, target: &[u8]) {
        self.long_link = put(&mut self.header[field::LINK], target, &mut self.records, b"linkpath");
    }

    /// Gives the member the attributes `to` where they differ from its own, `from`. Extended attributes are added,
    /// never removed, except the capability, which becomes that of `to`.
    pub(super) fn change(&mut self, from: (&Attrs, i64), to: (&Attrs, i64)) {
        let ((from, from_time), (to, to_time)) = (from, to);
        if from.mode != to.mode {
            octal(&mut self.header[field::MODE], u64::from(to.mode));
        }
        for (place, key, from, to) in
            [(field::UID, &b"uid"[..], from.uid, to.uid), (field::GID, &b"gid"[..], from.gid, to.gid)]
        {
            if from != to {
                self.number(place, key, to);
            }
        }
        if from_time != to_time {
            match u64::try_from(to_time) {
                Ok(time) => self.number(field::MTIME, b"mtime", time),
                Err(_) => self.record(b"mtime", to_time.to_string().into_bytes()),
            }
        }
        let key = |name: &[u8]| [b"SCHILY.xattr.", name].concat();
        self.records.retain(|(own, _)| *own != key(CAPABILITY));
        for (name, value) in &to.xattrs {
            if name == CAPABILITY || !from.xattrs.iter().any(|(own, _)| own == name) {
                self.record(&key(name), value.clone());
            }
        }
    }

    /// Writes a number into its field, or into a record where the field is too short.
    fn number(&mut self, place: std::ops::Range<usize>, key: &[u8], value: u64) {
        self.records.retain(|(own, _)| own != key);
        let digits = place.len() - 1;
        if value < 1 << (3 * digits) {
            octal(&mut self.header[place], value);
        } else {
            self.record(key, value.to_string().into_bytes());
        }
    }

    fn record(&mut self, key: &[u8], value: Vec<u8>) {
        self.records.retain(|(own, _)| own != key);
        self.records.push((key.to_vec(), value));
    }

    /// The headers as they are stored.
    pub(super) fn write(mut self, out: &mut Vec<u8>) {
        out.append(&mut self.globals);
        if !self.records.is_empty() {
            let mut body = Vec::new();
            for (key, value) in &self.records {
                write_record(&mut body, key, value);
            }
            let header = self.pax.unwrap_or_else(|| extension(b'x', b"PaxHeaders.0/member"));
            write_extension(out, header, &body);
        }
        for (flag, text) in [(b'L', self.long_name), (b'K', self.long_link)] {
            if let Some(mut text) = text {
                text.push(0);
                write_extension(out, extension(flag, b"././@LongLink"), &text);
            }
        }
        seal(&mut self.header);
        out.extend_from_slice(&self.header);
        out.append(&mut self.maps);
    }
}

/// Puts a text into its field. One that is too long goes into a record if the member has records; otherwise it is
/// returned, and goes into a header of its own.
fn put(place: &mut [u8], text: &[u8], records: &mut Vec<(Vec<u8>, Vec<u8>)>, key: &[u8]) -> Option<Vec<u8>> {
    records.retain(|(own, _)| own != key);
    let fits = text.len().min(place.len());
    place.fill(0);
    place[..fits].copy_from_slice(&text[..fits]);
    if fits == text.len() {
        return None;
    }
    if records.is_empty() {
        return Some(text.to_vec());
    }
    records.push((key.to_vec(), text.to_vec()));
    None
}

/// The header of an extension.
fn extension(flag: u8, name: &[u8]) -> [u8; BLOCK] {
    let mut headers = Headers::made(name, false);
    headers.header[field::FLAG] = flag;
    headers.header
}

fn write_extension(out: &mut Vec<u8>, mut header: [u8; BLOCK], body: &[u8]) {
    octal(&mut header[field::SIZE], body.len() as u64);
    seal(&mut header);
    out.extend_from_slice(&header);
    out.extend_from_slice(body);
    pad(out);
}

/// `length key=value\n`, where the length counts its own digits.
fn write_record(out: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    out.extend_from_slice(length.to_string().as_bytes());
    for part in [&b" "[..], key, b"=", value, b"\n"] {
        out.extend_from_slice(part);
    }
}

fn octal_value(place: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(place).ok()?;
    usize::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
}
