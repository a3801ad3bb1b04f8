//! The rows of one table of an `SQLite` database that is a string of bytes: enough to read rpm's records.
//!
//! A library would want a file and map its pages, which is no way to treat a stranger's database. Here every offset
//! is checked, and pages and bytes are counted, so that pages that point at each other cannot loop for ever. What is
//! only in a write-ahead log next to the database is not seen; rpm empties the log when it closes.
//!
//! Source: "Database File Format", sections 1.3 "The Database Header", 1.6 "B-tree Pages" and 2.1 "Record Format".

/// A database.
pub(super) struct Database<'b> {
    bytes: &'b [u8],
    page: usize,
    /// Bytes of a page without those reserved at its end.
    usable: usize,
    /// Pages that may still be read.
    left: std::cell::Cell<usize>,
    /// Bytes that may still be handed out: many cells may point at one record.
    records_left: std::cell::Cell<usize>,
}

/// The numbers of a record's header, and where its values are.
enum Value<'p> {
    Bytes(&'p [u8]),
    Number(u64),
    Other,
}

impl<'b> Database<'b> {
    /// Checks the header; none if this is no `SQLite` database.
    pub(super) fn open(bytes: &'b [u8]) -> Option<Self> {
        if !bytes.starts_with(b"SQLite format 3\0") {
            return None;
        }
        let page = match u16::from_be_bytes(bytes.get(16..18)?.try_into().ok()?) {
            1 => 65_536,
            size if size >= 512 && size.is_power_of_two() => usize::from(size),
            _ => return None,
        };
        let usable = page.checked_sub(usize::from(*bytes.get(20)?)).filter(|&usable| usable >= 480)?;
        // each page is seen once in its tree, and once as an overflow at most
        let left = std::cell::Cell::new(bytes.len() / page * 2 + 2);
        let records_left = std::cell::Cell::new(bytes.len());
        Some(Self { bytes, page, usable, left, records_left })
    }

    fn page(&self, number: u32) -> Option<&'b [u8]> {
        self.left.set(self.left.get().checked_sub(1)?);
        let at = (number.checked_sub(1)? as usize).checked_mul(self.page)?;
        self.bytes.get(at..at.checked_add(self.usable)?)
    }

    /// Calls `see` with the blobs of the second column of a table; none when the database is damaged.
    pub(super) fn blobs(&self, table: &str, mut see: impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
        let mut root = None;
        self.rows(1, &mut |row| {
            if let (Some(Value::Bytes(name)), Some(Value::Number(page))) = (value(row, 1), value(row, 3))
                && name == table.as_bytes()
            {
                root = u32::try_from(page).ok();
            }
            Some(())
        })?;
        self.rows(root?, &mut |row| match value(row, 1)? {
            Value::Bytes(blob) => see(blob),
            _ => None,
        })
    }

    /// Walks the tree of a table.
    fn rows(&self, root: u32, see: &mut dyn FnMut(&[u8]) -> Option<()>) -> Option<()> {
        let mut open = vec![root];
        while let Some(number) = open.pop() {
            let page = self.page(number)?;
            let header = if number == 1 { 100 } else { 0 };
            let count = usize::from(u16_at(page, header + 3)?);
            let is_leaf = match page.get(header)? {
                13 => true,
                5 => false,
                _ => return None,
            };
            let cells = header + if is_leaf { 8 } else { 12 };
            let at = |cell: usize| u16_at(page, cells + cell * 2).map(usize::from);
            if is_leaf {
                for cell in 0..count {
                    let payload = self.payload(page, at(cell)?)?;
                    see(&payload)?;
                }
                continue;
            }
            // the last child first, because the stack reverses them
            open.push(u32_at(page, header + 8)?);
            for cell in (0..count).rev() {
                open.push(u32_at(page, at(cell)?)?);
            }
        }
        Some(())
    }

    /// The record of a leaf's cell, put together with its overflow pages.
    fn payload(&self, page: &'b [u8], at: usize) -> Option<std::borrow::Cow<'b, [u8]>> {
        let (size, at) = varint(page, at)?;
        let (_row, at) = varint(page, at)?;
        let size = usize::try_from(size).ok().filter(|&size| size <= self.bytes.len())?;
        // a cell takes at least two bytes of its page, however small its record
        self.records_left.set(self.records_left.get().checked_sub(size.saturating_add(2))?);
        if size <= self.usable - 35 {
            return Some(page.get(at..at.checked_add(size)?)?.into());
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let local = least + (size - least) % (self.usable - 4);
        let local = if local <= self.usable - 35 { local } else { least };
        let mut record = page.get(at..at + local)?.to_vec();
        let mut next = u32_at(page, at + local)?;
        while record.len() < size {
            let more = self.page(next)?;
            next = u32_at(more, 0)?;
            let take = (size - record.len()).min(self.usable - 4);
            record.extend_from_slice(more.get(4..4 + take)?);
        }
        Some(record.into())
    }
}

/// A column of a record.
fn value(record: &[u8], column: usize) -> Option<Value<'_>> {
    let (header, mut at) = varint(record, 0)?;
    let mut body = usize::try_from(header).ok()?;
    let end = body;
    for number in 0.. {
        if at >= end {
            return None;
        }
        let (kind, next) = varint(record, at)?;
        at = next;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        let stop = body.checked_add(usize::try_from(length).ok()?)?;
        let bytes = record.get(body..stop)?;
        if number == column {
            return Some(match kind {
                1..=6 => Value::Number(bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))),
                9 => Value::Number(1),
                12.. => Value::Bytes(bytes),
                _ => Value::Other,
            });
        }
        body = stop;
    }
    None
}

/// A number of one to nine bytes, and where it ends.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (count, &byte) in bytes.get(at..)?.iter().take(9).enumerate() {
        if count == 8 {
            return Some((number << 8 | u64::from(byte), at + 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((number, at + count + 1));
        }
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
