//! Databases of rpm: `SQLite` pages that point at each other, headers with counts that amplify.

use super::{Answer, Cases};
use crate::builder::{ImageBuilder, Packing};

const PAGE: usize = 65_536;

/// A database of pages of the largest size, with one table whose root is page 2.
struct Database(Vec<Vec<u8>>);

impl Database {
    fn new() -> Self {
        let mut first = vec![0; PAGE];
        first[..16].copy_from_slice(b"SQLite format 3\0");
        first[16..18].copy_from_slice(&1_u16.to_be_bytes());
        // (type, name, tbl_name, rootpage): three texts and a number of one byte
        let texts = ["table", "Packages", "Packages"];
        let mut row = vec![5, 13 + 2 * 5, 13 + 2 * 8, 13 + 2 * 8, 1];
        for text in texts {
            row.extend_from_slice(text.as_bytes());
        }
        row.push(2);
        let cell = [&[u8::try_from(row.len()).unwrap(), 1][..], &row].concat();
        leaf(&mut first, 100, &cell, 1);
        Self(vec![first])
    }

    fn image(&self) -> ImageBuilder {
        let bytes = self.0.concat();
        ImageBuilder::new()
            .layer(|l| l.file("usr/lib/sysimage/rpm/rpmdb.sqlite", bytes).packing(Packing::Zstd))
    }
}

/// Makes a leaf of `page`: `count` cells, all at one place.
fn leaf(page: &mut [u8], header: usize, cell: &[u8], count: u16) {
    let at = PAGE - cell.len();
    page[at..].copy_from_slice(cell);
    page[header] = 13;
    page[header + 3..header + 5].copy_from_slice(&count.to_be_bytes());
    for number in 0..usize::from(count) {
        let place = u16::try_from(at).unwrap().to_be_bytes();
        page[header + 8 + number * 2..][..2].copy_from_slice(&place);
    }
}

/// `SQLite`'s number of up to nine bytes.
fn varint(number: usize) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(number & 0x7f).unwrap()];
    let mut rest = number >> 7;
    while rest > 0 {
        bytes.insert(0, u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    bytes
}

/// A record of a number and a blob: the head of the cell with its size, and the record itself.
fn record(blob: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let kind = varint(12 + 2 * blob.len());
    let head = [&[u8::try_from(kind.len() + 2).unwrap(), 0][..], &kind].concat();
    let record = [&head, blob].concat();
    ([varint(record.len()), vec![1]].concat(), record)
}

/// A header of rpm: for each tag its offset and count in `data`.
fn header(tags: &[(u32, usize, usize)], data: &[u8]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let mut blob = [number(tags.len()), number(data.len())].concat();
    for &(tag, offset, count) in tags {
        blob.extend([tag.to_be_bytes(), number(6), number(offset), number(count)].concat());
    }
    blob.extend_from_slice(data);
    blob
}

/// Name, version, release, then the rest of `data`.
const HEAD: [(u32, usize, usize); 3] = [(1000, 0, 1), (1001, 2, 1), (1002, 4, 1)];

#[test]
fn databases_that_amplify() {
    let mut cases = Cases::default();
    // 24 million empty strings in one header, on a chain of overflow pages
    let mut data = b"a\x001\x001\0".to_vec();
    data.resize(24_000_000, 0);
    let tags = [&HEAD[..], &[(1118, 6, 24_000_000), (1117, 6, 24_000_000), (1116, 6, 24_000_000)]].concat();
    let (mut cell, record_bytes) = record(&header(&tags, &data));
    let least = (PAGE - 12) * 32 / 255 - 23;
    let local = least + (record_bytes.len() - least) % (PAGE - 4);
    let local = if local <= PAGE - 35 { local } else { least };
    cell.extend_from_slice(&record_bytes[..local]);
    cell.extend(3_u32.to_be_bytes());
    let mut database = Database::new();
    let mut page = vec![0; PAGE];
    leaf(&mut page, 0, &cell, 1);
    database.0.push(page);
    for (number, part) in record_bytes[local..].chunks(PAGE - 4).enumerate() {
        let mut page = u32::try_from(number + 4).unwrap().to_be_bytes().to_vec();
        page.extend_from_slice(part);
        page.resize(PAGE, 0);
        database.0.push(page);
    }
    cases.image("a header of 24 million empty strings", &database.image(), &Answer::Opens);

    // leaves with a thousand cells each, that are all one record
    let text = "n".repeat(30_000);
    let data = [b"a\x001\x001\0", text.as_bytes(), b"\0"].concat();
    let tags = [&[(1000, 6, 1)][..], &HEAD[1..], &[(1118, 6, 1), (1117, 6, 1), (1116, 0, 1)]].concat();
    let (head, record_bytes) = record(&header(&tags, &data));
    let cell = [head, record_bytes].concat();
    let mut database = Database::new();
    let leaves = 400_u32;
    let mut root = vec![0; PAGE];
    root[0] = 5;
    root[3..5].copy_from_slice(&u16::try_from(leaves - 1).unwrap().to_be_bytes());
    root[8..12].copy_from_slice(&(leaves + 2).to_be_bytes());
    for number in 0..leaves - 1 {
        let at = PAGE - 8 * (number as usize + 1);
        root[at..at + 4].copy_from_slice(&(number + 3).to_be_bytes());
        root[12 + 2 * number as usize..][..2].copy_from_slice(&u16::try_from(at).unwrap().to_be_bytes());
    }
    database.0.push(root);
    let mut page = vec![0; PAGE];
    leaf(&mut page, 0, &cell, 1000);
    database.0.extend(std::iter::repeat_n(page, leaves as usize));
    cases.image("400 leaves of one record", &database.image(), &Answer::Opens);
    cases.done();
}
