use super::format::*;
use super::*;
use crate::source::tar::Member;
use crate::source::{Meter, Section, Stepping, Streaming};

const SIZE: usize = 1 << 20;

/// One section: type, flags, size, link.
type Row = (u64, u64, u64, u32);

/// The sections of a program with symbols and debug information.
const DEBUG: [Row; 7] = [
    (0, 0, 0, 0),
    (PROGRAM_DATA, LOADED, 5000, 0),
    (SYMBOLS, 0, 700, 3),
    (STRINGS, 0, 300, 0),
    (PROGRAM_DATA, 0, 10_000, 0),
    (PROGRAM_DATA, 0x30, 2000, 0),
    (PROGRAM_DATA, 0x800, 128, 0),
];

/// Puts `value` in at `at`.
fn put(file: &mut [u8], format: Format, at: usize, width: usize, value: u64) {
    let bytes = if format.big { value.to_be_bytes() } else { value.to_le_bytes() };
    let bytes = if format.big { &bytes[8 - width..] } else { &bytes[..width] };
    file[at..at + width].copy_from_slice(bytes);
}

/// An ELF file of 1 MiB whose section headers stand at `table`, with one segment after the file header.
fn file(format: Format, kind: u64, table: usize, rows: &[Row]) -> Vec<u8> {
    let mut file = vec![0; SIZE];
    let wide = format.wide;
    file[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 1 + u8::from(wide), 1 + u8::from(format.big)]);
    let mut put = |at, width, value| put(&mut file, format, at, width, value);
    let word = if wide { 8 } else { 4 };
    let (segments, segment, section): (usize, u64, usize) = if wide { (64, 56, 64) } else { (52, 32, 40) };
    put(16, 2, kind);
    put(18, 2, 62);
    put(if wide { 32 } else { 28 }, word, segments as u64);
    put(if wide { 40 } else { 32 }, word, table as u64);
    let sizes = if wide { 54 } else { 42 };
    for (n, value) in [segment, 1, section as u64, rows.len() as u64].into_iter().enumerate() {
        put(sizes + 2 * n, 2, value);
    }
    put(segments, 4, INTERPRETER);
    for (n, &(kind, flags, size, link)) in rows.iter().enumerate() {
        let at = table + n * section;
        put(at + 4, 4, kind);
        put(at + 8, word, flags);
        put(at + if wide { 32 } else { 20 }, word, size);
        put(at + if wide { 40 } else { 24 }, 4, u64::from(link));
    }
    file
}

fn in_tar(body: &[u8]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for name in ["a", "b"] {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(body.len() as u64);
        builder.append_data(&mut header, name, body).unwrap();
    }
    builder.into_inner().unwrap()
}

/// What is read of `body`: streamed in pieces, and from a file that can be skipped in.
fn both_ways(body: &[u8]) -> [Option<Elf>; 2] {
    examined(body).map(|examined| examined.map(|(elf, _)| elf))
}

/// The same with the libraries.
fn examined(body: &[u8]) -> [Option<Examined>; 2] {
    use std::io::Write;
    /// Hands out few bytes at a time.
    struct Dripping<'a>(&'a [u8], usize);
    impl std::io::Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.1 = self.1 % 61 + 7;
            let count = self.0.len().min(self.1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }
    fn second<I: Input>(mut walk: Walk<I>) -> (Option<Examined>, u64) {
        let mut member = Member::default();
        assert!(walk.next(&mut member).unwrap());
        let first = examine(&mut walk).unwrap();
        assert!(walk.next(&mut member).unwrap());
        assert_eq!(member.name, b"b");
        let found = examine(&mut walk).unwrap();
        assert_eq!(first, found);
        assert!(!walk.next(&mut member).unwrap());
        found
    }
    let tar = in_tar(body);
    let (streamed, hash) = second(Walk::new(Streaming::new(Dripping(&tar, 0))));
    assert_eq!(hash, super::super::hash::body(body));
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&tar).unwrap();
    let section = Section::whole(file).unwrap();
    let stepping = Stepping::new(section, Meter::default());
    assert!(!stepping.is_cheap(SIZE as u64));
    let (stepped, hash) = second(Walk::new(stepping));
    assert_eq!(hash, 0);
    [streamed, stepped]
}

#[test]
fn symbols_and_debug_information_are_summed_in_every_format() {
    for (wide, big) in [(true, false), (true, true), (false, false), (false, true)] {
        // at the end, as GNU's linker does; after the segments, as Go's does
        for table in [SIZE - 7 * 64, 200] {
            let body = file(Format { wide, big }, 2, table, &DEBUG);
            let want = Elf {
                kind: ElfKind::Executable,
                machine: 62,
                is_64_bit: wide,
                needs_loader: true,
                strippable: 1000 + 12_128,
            };
            assert_eq!(both_ways(&body), [Some(want); 2], "wide {wide}, big {big}, table {table}");
        }
    }
}

#[test]
fn lone_sections_stay_and_objects_need_their_symbols() {
    let format = Format { wide: true, big: false };
    let [elf, _] = both_ways(&file(format, 3, 4096, &DEBUG[..5]));
    assert_eq!(elf.map(|elf| elf.strippable), Some(1000));
    let [object, _] = both_ways(&file(format, 1, 4096, &DEBUG));
    assert_eq!(object.map(|elf| (elf.kind, elf.strippable)), Some((ElfKind::Object, 0)));
    let [core, _] = both_ways(&file(format, 4, 4096, &[]));
    assert_eq!(core.map(|elf| elf.kind), Some(ElfKind::Core));
    assert_eq!(both_ways(&vec![b'x'; SIZE]), [None, None]);
}

#[test]
fn lies_are_survived() {
    let format = Format { wide: true, big: false };
    let huge = [(0, 0, 0, 0), (SYMBOLS, 0, u64::MAX, 9999), (SYMBOLS, 0, u64::MAX, 1)];
    let [elf, _] = both_ways(&file(format, 2, 4096, &huge));
    assert_eq!(elf.map(|elf| elf.strippable), Some(SIZE as u64));
    for (at, value) in [(40, u64::MAX), (40, 3), (32, u64::MAX), (40, SIZE as u64 - 10)] {
        let mut body = file(format, 2, 4096, &DEBUG);
        put(&mut body, format, at, 8, value);
        let [a, b] = both_ways(&body);
        assert_eq!(a, b);
        assert!(a.is_some());
    }
    let mut body = file(format, 2, 4096, &DEBUG);
    for at in [54, 56, 58, 60] {
        put(&mut body, format, at, 2, u64::MAX);
    }
    assert_eq!(both_ways(&body)[0].map(|elf| elf.strippable), Some(0));
}

/// A library that asks for two others: the names stand at `names`, what the loader reads at `dynamic`.
fn linked(format: Format, names: usize, dynamic: usize) -> Vec<u8> {
    let mut body = file(format, 3, 8192, &DEBUG);
    let wide = format.wide;
    let word = if wide { 8 } else { 4 };
    let (segments, size) = if wide { (64, 56) } else { (52, 32) };
    put(&mut body, format, if wide { 56 } else { 44 }, 2, 2);
    let (offset, address, length) = if wide { (8, 16, 32) } else { (4, 8, 16) };
    // everything is loaded at 0x10000
    let rows = [(LOAD, 0, 0x10000, SIZE as u64), (DYNAMIC, dynamic as u64, 0, 6 * 2 * word as u64)];
    for (n, (kind, at, to, bytes)) in rows.into_iter().enumerate() {
        let row = segments + n * size;
        put(&mut body, format, row, 4, kind);
        put(&mut body, format, row + offset, word, at);
        put(&mut body, format, row + address, word, to);
        put(&mut body, format, row + length, word, bytes);
    }
    body[names..names + 20].copy_from_slice(b"\0libc.so.6\0libz.so\0\0");
    let table =
        [(NEEDED, 1), (NEEDED, 11), (STRING_TABLE, 0x10000 + names as u64), (STRING_SIZE, 20), (0, 0)];
    for (n, (tag, value)) in table.into_iter().enumerate() {
        put(&mut body, format, dynamic + 2 * n * word, word, tag);
        put(&mut body, format, dynamic + (2 * n + 1) * word, word, value);
    }
    body
}

#[test]
fn libraries_are_told_by_their_names() {
    let names = |examined: Option<Examined>| -> Option<Vec<String>> {
        let libraries = examined?.1?;
        Some(libraries.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    };
    for (wide, big) in [(true, false), (true, true), (false, false), (false, true)] {
        // where linkers put them, and where patchelf does
        for (at, dynamic) in [(1000, 600_000), (900_000, 600_000)] {
            let body = linked(Format { wide, big }, at, dynamic);
            let want = Some(vec!["libc.so.6".to_owned(), "libz.so".into()]);
            assert_eq!(
                examined(&body).map(names),
                [want.clone(), want.clone()],
                "wide {wide}, big {big}, {at}"
            );
            assert_eq!(names(of_body(&body)), want);
        }
    }
    let format = Format { wide: true, big: false };
    // a large library's symbols stand before its names
    let large = linked(format, 500_000, 600_000);
    assert!(examined(&large).map(names).iter().all(Option::is_some));
    // what is mapped from the start ends before the names
    let mut far = large;
    put(&mut far, format, 64 + 32, 8, 400_000);
    let mut second = [0; 56];
    put(&mut second, format, 0, 4, LOAD);
    put(&mut second, format, 8, 8, 400_000);
    put(&mut second, format, 16, 8, 0x10000 + 400_000);
    put(&mut second, format, 32, 8, SIZE as u64 - 400_000);
    far[64 + 2 * 56..64 + 3 * 56].copy_from_slice(&second);
    put(&mut far, format, 56, 2, 3);
    assert_eq!(examined(&far).map(names), [None, None]);
    let plain = file(format, 2, 4096, &DEBUG);
    assert_eq!(names(of_body(&plain)), Some(Vec::new()));
    let mut lies = linked(format, 1000, 600_000);
    put(&mut lies, format, 600_000 + 8, 8, u64::MAX);
    assert_eq!(examined(&lies).map(names), [None, None]);
}
