use std::io::Read;

use super::*;
use crate::source::{Meter, Section, Stepping, Streaming};

fn header(name: &str, kind: u8, size: u64) -> Vec<u8> {
    let mut header = ::tar::Header::new_ustar();
    header.set_entry_type(::tar::EntryType::new(kind));
    header.set_size(size);
    header.set_mode(0o644);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn member(name: &str, kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = header(name, kind, body.len() as u64);
    out.extend_from_slice(body);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

type Seen = Vec<(Vec<u8>, Type, u64, u64)>;

fn walk(tar: &[u8]) -> Result<Seen> {
    let mut walk = Walk::new(Streaming::new(tar));
    let (mut found, mut seen) = (Member::default(), Vec::new());
    while walk.next(&mut found)? {
        seen.push((found.name.clone(), found.kind, found.size, found.offset));
    }
    Ok(seen)
}

#[test]
fn hopping_and_streaming_see_the_same() {
    let mut tar = Vec::new();
    for i in 0..200_u8 {
        tar.extend(member(&format!("dir/file{i}"), b'0', &vec![i; usize::from(i) * usize::from(i) * 7]));
    }
    tar.resize(tar.len() + 1024, 0);
    let file = write_temporary(&tar);
    let mut hopping = Walk::new(Stepping::new(Section::whole(file).unwrap(), Meter::default()));
    let mut found = Member::default();
    let mut seen = Vec::new();
    while hopping.next(&mut found).unwrap() {
        let mut body = Vec::new();
        if found.size % 3 == 0 {
            hopping.body().read_to_end(&mut body).unwrap();
            assert_eq!(body.len() as u64, found.size);
        }
        seen.push((found.name.clone(), found.kind, found.size, found.offset));
    }
    assert_eq!(seen.len(), 200);
    assert_eq!(seen, walk(&tar).unwrap());
}

fn write_temporary(bytes: &[u8]) -> std::fs::File {
    use std::io::Write;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

#[test]
fn long_names_and_pax_records_apply_to_the_next_member_only() {
    let long = "n".repeat(300);
    let tar = [
        member("././@LongLink", b'L', format!("{long}\0").as_bytes()),
        member("short", b'0', b"x"),
        member("pax", b'x', b"13 path=a/b\xff\n"),
        member("b", b'0', b""),
        member("global", b'g', b"12 uid=1234\n"),
        member("c", b'0', b"y"),
        vec![0; 1024],
    ]
    .concat();
    let names: Vec<_> = walk(&tar).unwrap().into_iter().map(|seen| seen.0).collect();
    assert_eq!(names, [long.as_bytes(), b"a/b\xff", b"c"]);
}

#[test]
fn the_end_is_the_first_block_of_zeros() {
    let tar = [member("a", b'0', b"x"), vec![0; 512], member("stargz.index.json", b'0', b"{}")].concat();
    assert_eq!(walk(&tar).unwrap().len(), 1);
    assert_eq!(walk(&[]).unwrap().len(), 0);
    assert_eq!(walk(&member("a", b'0', b"x")).unwrap().len(), 1);
}

#[test]
fn links_and_directories_have_no_body() {
    let tar = [header("d/", b'5', 4096), header("l", b'2', 99), member("f", b'0', b"body")].concat();
    let seen = walk(&tar).unwrap();
    assert_eq!(seen.iter().map(|seen| seen.2).collect::<Vec<_>>(), [0, 0, 4]);
}

#[test]
fn damage_is_named_with_its_offset() {
    let sound = member("a", b'0', &[1; 3000]);
    let error = |tar: &[u8]| walk(tar).unwrap_err().to_string();
    assert!(
        error(&sound[..2000]).contains("cut short at offset 2000, in the body"),
        "{}",
        error(&sound[..2000])
    );
    assert!(error(&sound[..300]).contains("cut short at offset 0, in a header"));
    let mut wrong = [sound.clone(), sound].concat();
    wrong[3584 + 3] ^= 1;
    assert!(error(&wrong).contains("no tar header at offset 3584"));
    assert!(error(&header("x", b'x', 1 << 30)).contains("over the limit"));
    assert!(error(&member("x", b'x', b"99 nonsense")).contains("malformed"));
}

#[test]
fn a_sparse_map_is_no_body() {
    let mut first = header("sparse", b'S', 10);
    first[482] = 1;
    let mut fixed = ::tar::Header::from_byte_slice(&first).clone();
    fixed.set_cksum();
    let mut tar = fixed.as_bytes().to_vec();
    tar.extend([0; 512]);
    tar.extend(member("body", b'0', b"")[..0].iter());
    tar.extend([7; 512]);
    tar.extend(member("next", b'0', b"n"));
    let seen = walk(&tar).unwrap();
    assert_eq!((seen[0].1, seen[0].2, seen[0].3), (Type::File, 10, 1024));
    assert_eq!(seen[1].0, b"next");
}
