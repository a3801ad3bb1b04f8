//! The fields of an ELF file's headers, in all four of its formats.

/// Bytes of the shortest file header, of 32-bit files.
pub(super) const SHORT_HEADER: usize = 52;

/// The word size and byte order of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    pub(super) wide: bool,
    pub(super) big: bool,
}

/// `PT_LOAD`.
pub(super) const LOAD: u64 = 1;
/// `PT_DYNAMIC`.
pub(super) const DYNAMIC: u64 = 2;
/// `PT_INTERP`.
pub(super) const INTERPRETER: u64 = 3;
/// `DT_NEEDED`: an offset in the string table.
pub(super) const NEEDED: u64 = 1;
/// `DT_STRTAB`: the address of the string table.
pub(super) const STRING_TABLE: u64 = 5;
/// `DT_STRSZ`: its size.
pub(super) const STRING_SIZE: u64 = 10;
/// Libraries that one file may ask for.
pub(super) const MOST_LIBRARIES: usize = 256;
/// Longest name of a library, with its end.
pub(super) const LONGEST_NAME: usize = 256;
/// `SHT_PROGBITS`.
pub(super) const PROGRAM_DATA: u64 = 1;
/// `SHT_SYMTAB`.
pub(super) const SYMBOLS: u64 = 2;
/// `SHT_STRTAB`.
pub(super) const STRINGS: u64 = 3;
/// `SHF_ALLOC`: loaded when the program runs.
pub(super) const LOADED: u64 = 2;
/// Smaller sections that are not loaded, such as `.comment` and `.gnu_debuglink`, stay.
pub(super) const LEAST_DEBUG: u64 = 128;
/// Fewer such sections are no debug information.
pub(super) const DEBUG_SECTIONS: usize = 3;

impl Format {
    pub(super) fn of(header: &[u8]) -> Option<Self> {
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
    pub(super) fn number<const N: usize>(self, bytes: &[u8], at: usize) -> u64 {
        let Some(field) = bytes.get(at..at + N) else { return 0 };
        let add = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
        if self.big { field.iter().fold(0, add) } else { field.iter().rev().fold(0, add) }
    }

    pub(super) fn half(self, bytes: &[u8], at: usize) -> u16 {
        u16::try_from(self.number::<2>(bytes, at)).unwrap_or(0)
    }

    /// A number as wide as the format, at one offset in 32-bit files and another in 64-bit ones.
    pub(super) fn word(self, bytes: &[u8], narrow: usize, wide: usize) -> u64 {
        if self.wide { self.number::<8>(bytes, wide) } else { self.number::<4>(bytes, narrow) }
    }

    /// Where the headers of segments and those of sections are.
    pub(super) fn tables(self, header: &[u8]) -> [[u64; 2]; 2] {
        let [segment, section] = self.sizes(header);
        let at = |narrow, wide| if self.wide { wide } else { narrow };
        let segments = u64::from(self.half(header, at(44, 56))) * segment as u64;
        let sections = u64::from(self.half(header, at(48, 60))) * section as u64;
        [[self.word(header, 28, 32), segments], [self.word(header, 32, 40), sections]]
    }

    /// Sizes of one segment's header and of one section's, as the file states them.
    pub(super) fn sizes(self, header: &[u8]) -> [usize; 2] {
        let at = if self.wide { [54, 58] } else { [42, 46] };
        at.map(|at| usize::from(self.half(header, at)))
    }

    pub(super) fn segments<'a>(
        self,
        header: &'a [u8],
        segments: &'a [u8],
        kind: u64,
    ) -> impl Iterator<Item = &'a [u8]> {
        let size = self.sizes(header)[0].max(1);
        segments.chunks_exact(size).filter(move |segment| self.number::<4>(segment, 0) == kind)
    }

    pub(super) fn needs_loader(self, header: &[u8], segments: &[u8]) -> bool {
        self.segments(header, segments, INTERPRETER).next().is_some()
    }

    /// Where in the file the dynamic section is, and how long.
    pub(super) fn dynamic(self, header: &[u8], segments: &[u8]) -> Option<[u64; 2]> {
        let segment = self.segments(header, segments, DYNAMIC).next()?;
        Some([self.word(segment, 4, 8), self.word(segment, 16, 32)])
    }

    /// Bytes of the segment that is loaded from the start of the file. What the dynamic loader reads is in it, and with
    /// today's linkers little else.
    pub(super) fn first_loaded(self, header: &[u8], segments: &[u8]) -> Option<u64> {
        let first = self.segments(header, segments, LOAD).find(|segment| self.word(segment, 4, 8) == 0)?;
        Some(self.word(first, 16, 32))
    }

    /// The tags and values of a dynamic section.
    pub(super) fn entries(self, dynamic: &[u8]) -> impl Iterator<Item = (u64, u64)> {
        let (size, value) = if self.wide { (16, 8) } else { (8, 4) };
        let entries = dynamic.chunks_exact(size);
        entries.map(move |entry| (self.word(entry, 0, 0), self.word(entry, value, value)))
    }

    /// Where in the string table the names of the libraries are that it asks for.
    pub(super) fn needed(self, dynamic: &[u8]) -> impl Iterator<Item = u64> {
        let needed = self.entries(dynamic).filter(|(tag, _)| *tag == NEEDED);
        needed.map(|(_, at)| at).take(MOST_LIBRARIES)
    }

    /// Where in the file the string table of the dynamic section is, and how long.
    pub(super) fn names(self, header: &[u8], segments: &[u8], dynamic: &[u8]) -> Option<[u64; 2]> {
        let of = |wanted| self.entries(dynamic).find(|(tag, _)| *tag == wanted).map(|(_, value)| value);
        let (address, length) = (of(STRING_TABLE)?, of(STRING_SIZE)?);
        self.segments(header, segments, LOAD).find_map(|segment| {
            let (offset, start) = (self.word(segment, 4, 8), self.word(segment, 8, 16));
            let within = address.checked_sub(start)?;
            (within < self.word(segment, 16, 32)).then(|| [offset.saturating_add(within), length])
        })
    }

    /// Bytes of the symbol table, its strings, and debug information.
    pub(super) fn strippable(self, header: &[u8], table: &[u8]) -> u64 {
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
