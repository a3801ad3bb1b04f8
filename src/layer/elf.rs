//! The headers of an executable, a library or a core dump, read while the body streams past.
//!
//! The types of sections say what `strip` would save, not their names: the name table may be anywhere in the file,
//! and a streamed body is seen only once. The symbol table (`SHT_SYMTAB`) names
//! its string table; debug information is sections of program data that no segment loads, and comes in
//! at least three of them (`.debug_info`, `.debug_abbrev`, `.debug_line`), so a single one of those (`.comment`,
//! `.gnu_debugdata`, the metadata of a Rust library) does not count.
//!
//! Source: System V ABI, chapters 4 "Object Files" and 5 "Program Loading" (elf.h).

mod format;

use std::sync::Arc;

use format::{Format, LONGEST_NAME};

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
    let mut headers = if hasher.is_some() { Headers::default() } else { Headers::hopping() };
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
    if hasher.is_none() {
        headers.look_back(walk, size)?;
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

    /// Keeps only the first bytes of it.
    fn shorten(&mut self, length: u64) {
        self.length = usize::try_from(length).map_or(self.length, |length| length.min(self.length));
        self.bytes.truncate(self.length);
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

/// Bytes of the start of a body that are looked at for the names of libraries, and most bytes of names: linkers put the
/// names before what tells where they are.
const HEAD: u64 = limits::EXECUTABLE_TABLE;

/// The headers of an ELF file as they arrive.
#[derive(Debug)]
struct Headers {
    file: Stretch,
    /// Where segments and sections are, once the file header is known.
    tables: Option<[Stretch; 2]>,
    /// The start of the file, as far as it may hold names of libraries.
    head: Stretch,
    /// It is kept, because the body streams past.
    keeps_head: bool,
    /// What the dynamic loader reads, once the segments are known.
    dynamic: Option<Stretch>,
    /// The names of the libraries, unless the start of the file has them.
    names: Option<Stretch>,
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            file: Stretch::new(0, HEADER),
            tables: None,
            head: Stretch::new(0, HEAD),
            keeps_head: true,
            dynamic: None,
            names: None,
        }
    }
}

impl Headers {
    /// For a body of which only what is wanted is read, and which [`Self::look_back`] can read again.
    fn hopping() -> Self {
        Self { keeps_head: false, ..Self::default() }
    }

    fn see(&mut self, at: u64, chunk: &[u8]) {
        if !self.file.is_whole() {
            self.file.see(at, chunk);
            if self.file.is_whole() {
                let tables = Format::of(&self.file.bytes).map(|format| format.tables(&self.file.bytes));
                self.tables = tables.map(|tables| tables.map(|[start, length]| Stretch::new(start, length)));
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
            if let Some(length) = format.first_loaded(&self.file.bytes, &segments.bytes) {
                self.head.shorten(length);
            }
        }
        if self.keeps_head && (!self.file.is_whole() || self.tables.is_some()) {
            self.head.see(at, chunk);
        }
        if let Some(dynamic) = &mut self.dynamic {
            dynamic.see(at, chunk);
        }
        if self.names.is_none()
            && let Some(([start, length], false)) = self.wanted_names()
        {
            self.names = Some(Stretch::new(start, length));
        }
        if let Some(names) = &mut self.names {
            names.see(at, chunk);
        }
    }

    /// Where the names of the libraries are, from the first that is asked for to the last, once that is known; and
    /// whether they stand before what tells it. Those that do are looked for at the start of the file only, so that a
    /// body that streams past gives the same answer.
    fn wanted_names(&self) -> Option<([u64; 2], bool)> {
        let format = Format::of(&self.file.bytes)?;
        let [segments, _] = self.tables.as_ref()?;
        let dynamic = self.dynamic.as_ref().filter(|dynamic| dynamic.is_whole())?;
        let [start, length] = format.names(&self.file.bytes, &segments.bytes, &dynamic.bytes)?;
        let range = |(first, last), at: u64| (at.min(first), at.max(last));
        let (first, last) = format.needed(&dynamic.bytes).fold((length, 0), range);
        let end = start.saturating_add(last.saturating_add(LONGEST_NAME as u64).min(length));
        let start = start.saturating_add(first);
        let is_before = start < dynamic.start.saturating_add(dynamic.length as u64);
        let end = if is_before { end.min(self.head.length as u64) } else { end };
        Some(([start, end.saturating_sub(start).min(HEAD)], is_before))
    }

    /// Reads the names of the libraries where they stand before what tells where they are.
    fn look_back<I: Input>(&mut self, walk: &Walk<I>, size: u64) -> Result<()> {
        let at = size - walk.left();
        if let Some(([start, length], true)) = self.wanted_names()
            && let Some(back) = at.checked_sub(start)
        {
            let mut names = Stretch::new(start, length.min(size - start));
            names.bytes.resize(names.length, 0);
            let got = walk.look_back(back, &mut names.bytes)?;
            names.bytes.truncate(got);
            self.names = Some(names);
        }
        Ok(())
    }

    /// The next wanted offset at or after `at`.
    fn next_wanted(&self, at: u64) -> Option<u64> {
        if !self.file.is_whole() {
            return Some(at);
        }
        let loading = [self.dynamic.as_ref(), self.names.as_ref()].into_iter().flatten();
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
        format.needed(dynamic).map(read).collect()
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

#[cfg(test)]
mod tests;
