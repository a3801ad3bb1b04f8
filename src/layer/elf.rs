//! The headers of an executable, a library or a core dump, read while the body streams past.
//!
//! The types of sections say what `strip` would save, not their names: the name table may be anywhere in the file,
//! and a streamed body is seen only once. The symbol table (`SHT_SYMTAB`) names
//! its string table; debug information is sections of program data that no segment loads, and comes in
//! at least three of them (`.debug_info`, `.debug_abbrev`, `.debug_line`), so a single one of those (`.comment`,
//! `.gnu_debugdata`, the metadata of a Rust library) does not count.
//!
//! Source: System V ABI, chapters 4 "Object Files" and 5 "Program Loading" (elf.h).

use std::sync::Arc;

use super::hash::BodyHasher;
use crate::error::Result;
use crate::source::tar::Walk;
use crate::source::{Input, limits};

/// What an ELF file is for (`e_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElfKind {
    /// An object file or a kernel module: `ET_REL`.
    Object,
    /// A program at a fixed address: `ET_EXEC`.
    Executable,
    /// A library, or a program that may be loaded anywhere: `ET_DYN`.
    Shared,
    /// The memory of a process that crashed: `ET_CORE`.
    Core,
    /// Anything else.
    Other,
}

/// What the headers of an ELF file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elf {
    /// What it is for.
    pub kind: ElfKind,
    /// The processor that it is for (`e_machine`); see [`Elf::architecture`].
    pub machine: u16,
    /// For 64-bit processors.
    pub is_64_bit: bool,
    /// It names a dynamic loader, so it needs shared libraries.
    pub needs_loader: bool,
    /// Bytes of its symbol table and debug information, which `strip` would save. 0 for object files, whose
    /// symbols are needed.
    pub strippable: u64,
}

impl Elf {
    /// The processor in Go's words, as an image's configuration has it; none for rare ones.
    pub fn architecture(&self) -> Option<&'static str> {
        Some(match (self.machine, self.is_64_bit) {
            (3, _) => "386",
            (8, true) => "mips64",
            (8, false) => "mips",
            (21, _) => "ppc64",
            (22, _) => "s390x",
            (40, _) => "arm",
            (62, _) => "amd64",
            (183, _) => "arm64",
            (243, _) => "riscv64",
            (258, _) => "loong64",
            _ => return None,
        })
    }
}

/// The names of the libraries that an ELF file asks for (`DT_NEEDED`), as it has them.
pub type Libraries = Arc<[Box<[u8]>]>;

/// The headers, and the libraries where they could be read.
pub(super) type Examined = (Elf, Option<Libraries>);

/// Reads the headers of a whole body; none if it is no ELF file.
pub(super) fn of_body(body: &[u8]) -> Option<Examined> {
    let mut headers = Headers::default();
    headers.see(0, body);
    headers.read(body.len() as u64)
}

/// Reads the headers of the current body; none if it is no ELF file. Where skipping is cheaper than reading, only the
/// headers are read and the hash is 0; elsewhere the whole body is hashed.
pub(super) fn examine<I: Input>(walk: &mut Walk<I>) -> Result<(Option<Examined>, u64)> {
    let size = walk.left();
    let mut hasher = walk.is_body_cheap().then(BodyHasher::new);
    let mut headers = Headers::default();
    while walk.left() > 0 {
        if hasher.is_none() {
            let Some(next) = headers.next_wanted(size - walk.left()) else { break };
            walk.skip_in_body(next - (size - walk.left()))?;
        }
        let at = size - walk.left();
        let chunk = walk.chunk()?;
        if let Some(hasher) = &mut hasher {
            hasher.update(chunk);
        }
        headers.see(at, chunk);
    }
    Ok((headers.read(size), hasher.map_or(0, |hasher| hasher.finish())))
}

/// A part of the body to keep.
#[derive(Debug, Default)]
struct Stretch {
    start: u64,
    length: usize,
    bytes: Vec<u8>,
}

impl Stretch {
    fn new(start: u64, length: u64) -> Self {
        let length = if length <= limits::EXECUTABLE_TABLE { length } else { 0 };
        Self { start, length: usize::try_from(length).unwrap_or(0), bytes: Vec::new() }
    }

    fn is_whole(&self) -> bool {
        self.bytes.len() == self.length
    }

    /// The offset of the first missing byte.
    fn next(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }

    /// Takes its share of `chunk`, which starts at offset `at`.
    fn see(&mut self, at: u64, chunk: &[u8]) {
        let Some(skip) = self.next().checked_sub(at).and_then(|skip| usize::try_from(skip).ok()) else {
            return;
        };
        if let Some(rest) = chunk.get(skip..) {
            let take = rest.len().min(self.length - self.bytes.len());
            self.bytes.extend_from_slice(&rest[..take]);
        }
    }
}

/// Bytes of the longest file header.
const HEADER: u64 = 64;
/// The shortest one, of 32-bit files.
const SHORT_HEADER: usize = 52;

/// Bytes of the start of a file that are looked at for the names of libraries: linkers put them there.
const HEAD: u64 = 64 << 10;

/// The headers of an ELF file as they arrive.
#[derive(Debug)]
struct Headers {
    file: Stretch,
    /// Where segments and sections are, once the file header is known.
    tables: Option<[Stretch; 2]>,
    /// The start of the file.
    head: Stretch,
    /// What the dynamic loader reads, once the segments are known.
    dynamic: Option<Stretch>,
    /// The names of the dynamic section where they stand after it.
    names: Option<Stretch>,
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            file: Stretch::new(0, HEADER),
            tables: None,
            head: Stretch::new(0, HEAD),
            dynamic: None,
            names: None,
        }
    }
}

impl Headers {
    fn see(&mut self, at: u64, chunk: &[u8]) {
        if !self.file.is_whole() {
            self.file.see(at, chunk);
            if self.file.is_whole() {
                self.tables = Format::of(&self.file.bytes).map(|format| format.tables(&self.file.bytes));
                for table in self.tables.iter_mut().flatten() {
                    table.see(0, &self.file.bytes); // what it has of earlier chunks
                }
            }
        }
        for table in self.tables.iter_mut().flatten() {
            table.see(at, chunk);
        }
        self.see_loading(at, chunk);
    }

    /// Takes what tells the libraries.
    fn see_loading(&mut self, at: u64, chunk: &[u8]) {
        if self.dynamic.is_none()
            && let Some([segments, _]) = &self.tables
            && let Some(format) = Format::of(&self.file.bytes)
            && segments.is_whole()
            && let Some([start, length]) = format.dynamic(&self.file.bytes, &segments.bytes)
        {
            self.dynamic = Some(Stretch::new(start, length));
        }
        if !self.file.is_whole() || self.tables.is_some() {
            self.head.see(at, chunk);
        }
        if let Some(dynamic) = &mut self.dynamic {
            dynamic.see(at, chunk);
        }
        if self.names.is_none()
            && let Some(dynamic) = self.dynamic.as_ref().filter(|dynamic| dynamic.is_whole())
            && let Some(format) = Format::of(&self.file.bytes)
            && let Some([segments, _]) = &self.tables
            && let Some([start, length]) = format.names(&self.file.bytes, &segments.bytes, &dynamic.bytes)
            && start >= at
        {
            self.names = Some(Stretch::new(start, length.min(4 * HEAD)));
        }
        if let Some(names) = &mut self.names {
            names.see(at, chunk);
        }
    }

    /// The next wanted offset at or after `at`.
    fn next_wanted(&self, at: u64) -> Option<u64> {
        if !self.file.is_whole() {
            return Some(at);
        }
        let head = self.dynamic.as_ref().map(|_| &self.head);
        let loading = [head, self.dynamic.as_ref(), self.names.as_ref()].into_iter().flatten();
        let wanted = self.tables.iter().flatten().chain(loading).filter(|table| !table.is_whole());
        wanted.map(Stretch::next).filter(|&next| next >= at).min()
    }

    /// The libraries; none where it is not known which.
    fn libraries(&self) -> Option<Libraries> {
        let format = Format::of(&self.file.bytes)?;
        let [segments, _] = self.tables.as_ref().filter(|[segments, _]| segments.is_whole())?;
        if format.dynamic(&self.file.bytes, &segments.bytes).is_none() {
            return Some(Arc::default());
        }
        let dynamic = &self.dynamic.as_ref().filter(|dynamic| dynamic.is_whole())?.bytes;
        let [start, _] = format.names(&self.file.bytes, &segments.bytes, dynamic)?;
        let holders = self.names.iter().chain([&self.head]);
        let read = |at: u64| {
            let at = start.checked_add(at)?;
            holders.clone().find_map(|stretch| {
                let from = usize::try_from(at.checked_sub(stretch.start)?).ok()?;
                let rest = stretch.bytes.get(from..)?;
                let end = rest.iter().take(LONGEST_NAME).position(|&byte| byte == 0)?;
                (end > 0).then(|| Box::from(&rest[..end]))
            })
        };
        let needed = format.entries(dynamic).filter(|(tag, _)| *tag == NEEDED).take(MOST_LIBRARIES);
        needed.map(|(_, at)| read(at)).collect()
    }

    fn read(&self, size: u64) -> Option<Examined> {
        let header = &self.file.bytes;
        let format = Format::of(header)?;
        let [segments, sections] = self.tables.as_ref()?;
        let kind = match format.half(header, 16) {
            1 => ElfKind::Object,
            2 => ElfKind::Executable,
            3 => ElfKind::Shared,
            4 => ElfKind::Core,
            _ => ElfKind::Other,
        };
        let strippable = match kind {
            ElfKind::Executable | ElfKind::Shared if sections.is_whole() => {
                format.strippable(header, &sections.bytes)
            }
            _ => 0,
        };
        let elf = Elf {
            kind,
            machine: format.half(header, 18),
            is_64_bit: format.wide,
            needs_loader: segments.is_whole() && format.needs_loader(header, &segments.bytes),
            strippable: strippable.min(size),
        };
        let is_linked = matches!(kind, ElfKind::Executable | ElfKind::Shared);
        Some((elf, if is_linked { self.libraries() } else { None }))
    }
}

/// The word size and byte order of the file.
#[derive(Debug, Clone, Copy)]
struct Format {
    wide: bool,
    big: bool,
}

/// `PT_LOAD`.
const LOAD: u64 = 1;
/// `PT_DYNAMIC`.
const DYNAMIC: u64 = 2;
/// `PT_INTERP`.
const INTERPRETER: u64 = 3;
/// `DT_NEEDED`: an offset in the string table.
const NEEDED: u64 = 1;
/// `DT_STRTAB`: the address of the string table.
const STRING_TABLE: u64 = 5;
/// `DT_STRSZ`: its size.
const STRING_SIZE: u64 = 10;
/// Libraries that one file may ask for.
const MOST_LIBRARIES: usize = 256;
/// Longest name of a library, with its end.
const LONGEST_NAME: usize = 256;
/// `SHT_PROGBITS`.
const PROGRAM_DATA: u64 = 1;
/// `SHT_SYMTAB`.
const SYMBOLS: u64 = 2;
/// `SHT_STRTAB`.
const STRINGS: u64 = 3;
/// `SHF_ALLOC`: loaded when the program runs.
const LOADED: u64 = 2;
/// Smaller sections that are not loaded, such as `.comment` and `.gnu_debuglink`, stay.
const LEAST_DEBUG: u64 = 128;
/// Fewer such sections are no debug information.
const DEBUG_SECTIONS: usize = 3;

impl Format {
    fn of(header: &[u8]) -> Option<Self> {
        if header.len() < SHORT_HEADER || !header.starts_with(b"\x7fELF") {
            return None;
        }
        let wide = match header[4] {
            1 => false,
            2 => true,
            _ => return None,
        };
        let big = match header[5] {
            1 => false,
            2 => true,
            _ => return None,
        };
        Some(Self { wide, big })
    }

    /// An unsigned number of `N` bytes; 0 past the end.
    fn number<const N: usize>(self, bytes: &[u8], at: usize) -> u64 {
        let Some(field) = bytes.get(at..at + N) else { return 0 };
        let add = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
        if self.big { field.iter().fold(0, add) } else { field.iter().rev().fold(0, add) }
    }

    fn half(self, bytes: &[u8], at: usize) -> u16 {
        u16::try_from(self.number::<2>(bytes, at)).unwrap_or(0)
    }

    /// A number as wide as the format, at one offset in 32-bit files and another in 64-bit ones.
    fn word(self, bytes: &[u8], narrow: usize, wide: usize) -> u64 {
        if self.wide { self.number::<8>(bytes, wide) } else { self.number::<4>(bytes, narrow) }
    }

    /// Where the headers of segments and those of sections are.
    fn tables(self, header: &[u8]) -> [Stretch; 2] {
        let [segment, section] = self.sizes(header);
        let at = |narrow, wide| if self.wide { wide } else { narrow };
        let segments = u64::from(self.half(header, at(44, 56))) * segment as u64;
        let sections = u64::from(self.half(header, at(48, 60))) * section as u64;
        [Stretch::new(self.word(header, 28, 32), segments), Stretch::new(self.word(header, 32, 40), sections)]
    }

    /// Sizes of one segment's header and of one section's, as the file states them.
    fn sizes(self, header: &[u8]) -> [usize; 2] {
        let at = if self.wide { [54, 58] } else { [42, 46] };
        at.map(|at| usize::from(self.half(header, at)))
    }

    fn segments<'a>(self, header: &'a [u8], segments: &'a [u8], kind: u64) -> impl Iterator<Item = &'a [u8]> {
        let size = self.sizes(header)[0].max(1);
        segments.chunks_exact(size).filter(move |segment| self.number::<4>(segment, 0) == kind)
    }

    fn needs_loader(self, header: &[u8], segments: &[u8]) -> bool {
        self.segments(header, segments, INTERPRETER).next().is_some()
    }

    /// Where in the file the dynamic section is, and how long.
    fn dynamic(self, header: &[u8], segments: &[u8]) -> Option<[u64; 2]> {
        let segment = self.segments(header, segments, DYNAMIC).next()?;
        Some([self.word(segment, 4, 8), self.word(segment, 16, 32)])
    }

    /// The tags and values of a dynamic section.
    fn entries(self, dynamic: &[u8]) -> impl Iterator<Item = (u64, u64)> {
        let (size, value) = if self.wide { (16, 8) } else { (8, 4) };
        let entries = dynamic.chunks_exact(size);
        entries.map(move |entry| (self.word(entry, 0, 0), self.word(entry, value, value)))
    }

    /// Where in the file the string table of the dynamic section is, and how long.
    fn names(self, header: &[u8], segments: &[u8], dynamic: &[u8]) -> Option<[u64; 2]> {
        let of = |wanted| self.entries(dynamic).find(|(tag, _)| *tag == wanted).map(|(_, value)| value);
        let (address, length) = (of(STRING_TABLE)?, of(STRING_SIZE)?);
        self.segments(header, segments, LOAD).find_map(|segment| {
            let (offset, start) = (self.word(segment, 4, 8), self.word(segment, 8, 16));
            let within = address.checked_sub(start)?;
            (within < self.word(segment, 16, 32)).then(|| [offset.saturating_add(within), length])
        })
    }

    /// Bytes of the symbol table, its strings, and debug information.
    fn strippable(self, header: &[u8], table: &[u8]) -> u64 {
        let sections: Vec<&[u8]> = table.chunks_exact(self.sizes(header)[1].max(1)).collect();
        let size = |section: &[u8]| self.word(section, 20, 32);
        let kind = |section: &[u8]| self.number::<4>(section, 4);
        let mut symbols = 0_u64;
        let mut debug = Vec::new();
        for section in &sections {
            if self.word(section, 8, 8) & LOADED != 0 {
                continue;
            }
            if kind(section) == SYMBOLS {
                let link = self.number::<4>(section, if self.wide { 40 } else { 24 });
                let strings = usize::try_from(link).ok().and_then(|link| sections.get(link));
                let strings =
                    strings.filter(|strings| kind(strings) == STRINGS).map_or(0, |strings| size(strings));
                symbols = symbols.saturating_add(size(section)).saturating_add(strings);
            } else if kind(section) == PROGRAM_DATA && size(section) >= LEAST_DEBUG {
                debug.push(size(section));
            }
        }
        let debug =
            if debug.len() < DEBUG_SECTIONS { 0 } else { debug.into_iter().fold(0, u64::saturating_add) };
        symbols.saturating_add(debug)
    }
}

#[cfg(test)]
mod tests;
