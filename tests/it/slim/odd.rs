//! Random images with all that tars can hold: extended attributes, sparse files, devices, odd names, hard links to
//! any of it. They are slimmed, and both sides are read by a reader of tars that knows nothing of the program.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use layercake::slim::{Options, Packing as Level};
use proptest::prelude::*;

use super::read::Archive;
use super::write::slim;
use crate::builder::tarball::{Type, record, special};
use crate::builder::{Entry, Form, ImageBuilder, Names, Packing, seal, tar_of};
use crate::program::temp;

/// One member of a layer.
#[derive(Debug, Clone)]
enum Op {
    /// A file gets a body of its own later.
    Put(Entry),
    /// A sparse file, as pax writes it or in GNU's older form.
    Sparse(Entry, bool),
    Whiteout(Vec<u8>),
    Opaque(Vec<u8>),
}

const CAPABILITY: &str = "security.capability";

fn path() -> impl Strategy<Value = Vec<u8>> {
    let long: &[u8] = &[b'n'; 300];
    let parts: Vec<&[u8]> = vec![b"a", b"a", b"b", b"b", b"c", b"caf\xe9", b"new\nline", b"\xc3\xa9 x", long];
    prop::collection::vec(prop::sample::select(parts), 1..4).prop_map(|parts| parts.join(&b'/'))
}

fn entry(kind: Type) -> impl Strategy<Value = Entry> {
    let modes = vec![0o644, 0o755, 0o4755, 0o2711, 0o1777, 0o600];
    let mode = prop::sample::select(modes);
    let owner = prop::sample::select(vec![(0, 0), (0, 0), (1000, 1000), (70_000, 2_000_000)]);
    let xattrs = vec![
        (CAPABILITY.to_owned(), b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
        ("system.posix_acl_access".to_owned(), b"\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff".to_vec()),
        ("user.note".to_owned(), b"one\ntwo=3\0".to_vec()),
    ];
    let xattrs = prop_oneof![3 => Just(Vec::new()), 1 => prop::sample::subsequence(xattrs, 0..=3)];
    (path(), path(), mode, owner, 0..3_u64, xattrs, 0..200_u32).prop_map(
        move |(path, target, mode, (uid, gid), time, xattrs, minor)| Entry {
            path,
            kind,
            link: if matches!(kind, Type::HardLink | Type::Symlink) { target } else { Vec::new() },
            mode,
            uid,
            gid,
            mtime: time * 850_000_000,
            xattrs,
            device: matches!(kind, Type::CharDevice | Type::BlockDevice).then_some((8, minor)),
            ..Entry::default()
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let put = |kind| entry(kind).prop_map(Op::Put);
    prop_oneof![
        6 => put(Type::File),
        3 => put(Type::Directory),
        5 => put(Type::HardLink),
        1 => put(Type::Symlink),
        1 => put(Type::Fifo),
        1 => put(Type::CharDevice),
        1 => put(Type::BlockDevice),
        2 => (entry(Type::File), any::<bool>()).prop_map(|(entry, is_pax)| Op::Sparse(entry, is_pax)),
        3 => path().prop_map(Op::Whiteout),
        1 => path().prop_map(Op::Opaque),
    ]
}

fn layers() -> impl Strategy<Value = Vec<Vec<Op>>> {
    prop::collection::vec(prop::collection::vec(op(), 0..14), 1..6)
}

/// A file of 1 MB of which 512 bytes are stored.
fn sparse(entry: &Entry, is_pax: bool, body: &[u8], names: Names) -> Vec<u8> {
    let data = [body, &[0; 512][body.len()..]].concat();
    if is_pax {
        let mut records = Vec::new();
        let real: [(&str, &[u8]); 4] = [
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", &entry.path),
            ("GNU.sparse.realsize", b"1048576"),
        ];
        for (key, value) in real {
            record(&mut records, key, value);
        }
        for (key, value) in &entry.xattrs {
            record(&mut records, &format!("SCHILY.xattr.{key}"), value);
        }
        let mut out = Vec::new();
        special(&mut out, b'x', b"PaxHeaders/sparse", &records);
        let map = b"2\n4096\n512\n1048576\n0\n";
        let body = [&map[..], &[0; 512][map.len()..], &data].concat();
        let stored = Entry { path: b"GNUSparseFile.0/s".into(), body, xattrs: Vec::new(), ..entry.clone() };
        out.extend(member(&stored, Names::Gnu));
        return out;
    }
    let mut out = member(&Entry { body: data, ..entry.clone() }, names);
    let at = out.len() - 1024;
    let header: &mut [u8; 512] = (&mut out[at..at + 512]).try_into().unwrap();
    header[156] = b'S';
    header[257..265].copy_from_slice(b"ustar  \0");
    header[345..512].fill(0);
    for (place, value) in
        [(386..398, 4096), (398..410, 512), (410..422, 1 << 20), (422..434, 0), (483..495, 1 << 20)]
    {
        header[place].copy_from_slice(format!("{value:011o}\0").as_bytes());
    }
    seal(header);
    out
}

/// A tar's member without the end of the tar.
fn member(entry: &Entry, names: Names) -> Vec<u8> {
    let mut tar = tar_of(std::slice::from_ref(entry), names);
    tar.truncate(tar.len() - 1024);
    tar
}

/// The tars of layers. Every file has a content of its own.
fn tars(layers: &[Vec<Op>], names: Names) -> Vec<Vec<u8>> {
    let mut number = 0;
    let mut body = || {
        number += 1;
        let text = format!("content {number} ");
        text.repeat([0, 1, 7, 40][number % 4]).into_bytes()
    };
    let marker = |path: Vec<u8>| member(&Entry { path, mode: 0o600, ..Entry::default() }, names);
    let mut one = |op: &Op| match op {
        Op::Put(entry) if entry.kind == Type::File => member(&Entry { body: body(), ..entry.clone() }, names),
        Op::Put(entry) => member(entry, names),
        Op::Sparse(entry, is_pax) => {
            let mut body = body();
            body.truncate(500);
            sparse(entry, *is_pax, &body, names)
        }
        Op::Opaque(path) => marker([path, &b"/.wh..wh..opq"[..]].concat()),
        Op::Whiteout(path) => {
            let at = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
            marker([&path[..at], b".wh.", &path[at..]].concat())
        }
    };
    let tar = |ops: &Vec<Op>| [ops.iter().flat_map(&mut one).collect(), vec![0; 1024]].concat();
    layers.iter().map(tar).collect()
}

/// A member as it is read.
#[derive(Debug, Clone, Default)]
struct Member {
    path: Vec<u8>,
    link: Vec<u8>,
    flag: u8,
    /// Mode, owner, group and seconds.
    attributes: [u64; 4],
    xattrs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The body as it is stored, the sparse map, the numbers of a device, the target of a symbolic link.
    carried: [Vec<u8>; 4],
}

fn octal(field: &[u8]) -> u64 {
    let text = std::str::from_utf8(field).unwrap().trim_matches(['\0', ' ']);
    if text.is_empty() { 0 } else { u64::from_str_radix(text, 8).unwrap() }
}

/// Reads a layer's tar.
fn members(tar: &[u8]) -> Vec<Member> {
    let (mut found, mut records, mut at) = (Vec::new(), BTreeMap::<Vec<u8>, Vec<u8>>::new(), 0);
    while tar[at..at + 512].iter().any(|&b| b != 0) {
        let header = &tar[at..at + 512];
        let size = usize::try_from(octal(&header[124..136])).unwrap();
        let body = &tar[at + 512..at + 512 + size];
        at += 512 + size.next_multiple_of(512);
        let text = |field: &[u8]| field.split(|&b| b == 0).next().unwrap().to_vec();
        match header[156] {
            b'L' => _ = records.insert(b"path".to_vec(), text(body)),
            b'K' => _ = records.insert(b"linkpath".to_vec(), text(body)),
            b'x' => {
                let mut rest = body;
                while let Some(space) = rest.iter().position(|&b| b == b' ') {
                    let length: usize = std::str::from_utf8(&rest[..space]).unwrap().parse().unwrap();
                    let record = &rest[space + 1..length - 1];
                    let equals = record.iter().position(|&b| b == b'=').unwrap();
                    records.insert(record[..equals].to_vec(), record[equals + 1..].to_vec());
                    rest = &rest[length..];
                }
            }
            flag => {
                let mut take = |key: &str| records.remove(key.as_bytes());
                let path = take("path").unwrap_or_else(|| text(&header[..100]));
                let path = take("GNU.sparse.name").unwrap_or(path);
                let link = take("linkpath").unwrap_or_else(|| text(&header[157..257]));
                let number = |key: &str,
                              place: std::ops::Range<usize>,
                              take: &mut dyn FnMut(&str) -> Option<Vec<u8>>| {
                    let whole = |value: Vec<u8>| value.split(|&b| b == b'.').next().unwrap().to_vec();
                    let pax =
                        take(key).map(|value| String::from_utf8(whole(value)).unwrap().parse().unwrap());
                    pax.unwrap_or_else(|| octal(&header[place]))
                };
                let attributes = [
                    octal(&header[100..108]) & 0o7777,
                    number("uid", 108..116, &mut take),
                    number("gid", 116..124, &mut take),
                    number("mtime", 136..148, &mut take),
                ];
                let (mut xattrs, mut map) = (BTreeMap::new(), Vec::new());
                for (key, value) in std::mem::take(&mut records) {
                    match key.strip_prefix(b"SCHILY.xattr.") {
                        Some(name) => _ = xattrs.insert(name.to_vec(), value),
                        None => map.extend([key, value].concat()),
                    }
                }
                if flag == b'S' {
                    map = header[386..495].to_vec();
                }
                let device = if matches!(flag, b'3' | b'4') { header[329..345].to_vec() } else { Vec::new() };
                let target = if flag == b'2' { link.clone() } else { Vec::new() };
                let path = path.strip_suffix(b"/").unwrap_or(&path).to_vec();
                let carried = [body.to_vec(), map, device, target];
                found.push(Member { path, link, flag, attributes, xattrs, carried });
            }
        }
    }
    found
}

/// What stands at a path: a directory without a member, or a member with the number of what carries its content;
/// none for a hard link to nothing.
type Node = Option<(Member, Option<usize>)>;

/// What a container sees, and what was ever stored: the layer of each content.
#[derive(Default)]
struct View {
    tree: BTreeMap<Vec<u8>, Node>,
    stored: Vec<(usize, Member)>,
}

impl View {
    fn of(tars: &[Vec<u8>]) -> Self {
        let mut view = Self::default();
        for (layer, tar) in tars.iter().enumerate() {
            view.apply(layer, members(tar));
        }
        view
    }

    /// Applies a layer: first its markers, then its members (layer.md of the image specification).
    fn apply(&mut self, layer: usize, members: Vec<Member>) {
        let mut entries = Vec::new();
        for member in members {
            let at = member.path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
            let (directory, name) = member.path.split_at(at);
            match name.strip_prefix(b".wh.") {
                Some(b".wh..opq") => self.remove(&directory[..at.saturating_sub(1)], false),
                Some(hidden) => self.remove(&[directory, hidden].concat(), true),
                None => entries.push(member),
            }
        }
        for member in entries {
            self.put(layer, member);
        }
    }

    fn remove(&mut self, path: &[u8], with_itself: bool) {
        let below = |other: &[u8]| other.strip_prefix(path).is_some_and(|rest| rest.starts_with(b"/"));
        self.tree.retain(|other, _| !(below(other) || with_itself && other == path));
    }

    fn put(&mut self, layer: usize, member: Member) {
        let is_directory = |node: Option<&Node>| match node {
            Some(None) => true,
            Some(Some((member, _))) => member.flag == b'5',
            None => false,
        };
        for (at, _) in member.path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            if !is_directory(self.tree.get(&member.path[..at])) {
                self.tree.insert(member.path[..at].to_vec(), None);
            }
        }
        let origin = match member.flag {
            b'5' => None,
            b'1' => {
                self.tree.get(&member.link).and_then(|node| node.as_ref().and_then(|(_, origin)| *origin))
            }
            _ => {
                self.stored.push((layer, member.clone()));
                Some(self.stored.len() - 1)
            }
        };
        if member.flag != b'5' {
            self.remove(&member.path, true);
        }
        self.tree.insert(member.path.clone(), Some((member, origin)));
    }

    fn is_dangling(node: &Node) -> bool {
        matches!(node, Some((member, None)) if member.flag != b'5')
    }

    /// Extended attributes of each content: all that any name gives it, but for the capability, which each name has
    /// for itself.
    fn xattrs(&self) -> HashMap<usize, BTreeMap<Vec<u8>, Vec<u8>>> {
        let mut all: HashMap<usize, BTreeMap<Vec<u8>, Vec<u8>>> = HashMap::new();
        for (member, origin) in self.tree.values().flatten() {
            let Some(origin) = *origin else { continue };
            let shared = all.entry(origin).or_insert_with(|| self.stored[origin].1.xattrs.clone());
            shared.extend(member.xattrs.clone());
            shared.remove(CAPABILITY.as_bytes());
        }
        all
    }
}

/// Both show the same.
fn same(old: &View, new: &View) -> Result<(), TestCaseError> {
    let (xattrs, new_xattrs) = (old.xattrs(), new.xattrs());
    let (mut partners, mut takers) = (HashMap::new(), HashMap::new());
    let paths: BTreeSet<&Vec<u8>> = old.tree.keys().chain(new.tree.keys()).collect();
    for path in paths {
        let shown = String::from_utf8_lossy(&path[..path.len().min(80)]).into_owned();
        let (Some(before), Some(after)) = (old.tree.get(path), new.tree.get(path)) else {
            prop_assert!(false, "{shown} is on one side only");
            continue;
        };
        if View::is_dangling(before) {
            continue;
        }
        let Some((member, origin)) = before else {
            let is_directory = after.as_ref().is_none_or(|(member, _)| member.flag == b'5');
            prop_assert!(is_directory, "{shown} was a directory");
            continue;
        };
        let Some((other, other_origin)) = after else {
            prop_assert!(false, "{shown} lost its attributes");
            continue;
        };
        prop_assert_eq!(member.attributes, other.attributes, "{}", shown);
        let capability = |member: &Member| member.xattrs.get(CAPABILITY.as_bytes()).cloned();
        prop_assert_eq!(capability(member), capability(other), "{}", shown);
        let (Some(origin), Some(other_origin)) = (*origin, *other_origin) else {
            prop_assert_eq!((member.flag, &member.xattrs), (other.flag, &other.xattrs), "{}", shown);
            continue;
        };
        prop_assert_eq!(
            *partners.entry(origin).or_insert(other_origin),
            other_origin,
            "{}: hard links",
            shown
        );
        prop_assert_eq!(*takers.entry(other_origin).or_insert(origin), origin, "{}: hard links", shown);
        let (carrier, other_carrier) = (&old.stored[origin].1, &new.stored[other_origin].1);
        prop_assert_eq!(carrier.flag, other_carrier.flag, "{}", shown);
        prop_assert!(
            carrier.carried == other_carrier.carried,
            "{shown}: {carrier:?} became {other_carrier:?}"
        );
        prop_assert_eq!(&xattrs[&origin], &new_xattrs[&other_origin], "{}", shown);
    }
    Ok(())
}

fn check(
    input: &Path,
    output: &Path,
    old_tars: &[Vec<u8>],
    options: &Options,
    level: Option<Level>,
) -> Result<(), TestCaseError> {
    prop_assert!(slim(input, output, options, level), "the program's own proof fails");
    let (_, new_tars) = Archive::open(output).image();
    let (old, new) = (View::of(old_tars), View::of(&new_tars));
    same(&old, &new)?;
    let seen: BTreeSet<usize> = new.tree.values().flatten().filter_map(|(_, origin)| *origin).collect();
    for (number, (layer, member)) in new.stored.iter().enumerate() {
        prop_assert!(*layer < options.base_layers || seen.contains(&number), "{member:?} cannot be seen");
    }
    let base = options.base_layers.min(old_tars.len());
    prop_assert!(old_tars[..base] == new_tars[..base], "a base layer changed");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_tar_can_hold_stays(
        layers in layers(),
        base_layers in 0..4_usize,
        squash: bool,
        packing in prop::sample::select(vec![Packing::Plain, Packing::Plain, Packing::Gzip, Packing::Zstd]),
        names in prop::sample::select(vec![Names::Gnu, Names::Pax, Names::PaxAlways]),
        level in prop::sample::select(vec![None, None, Some(Level::None), Some(Level::GZIP)]),
    ) {
        let folder = temp();
        let [input, output] = ["in.tar", "out.tar"].map(|name| folder.path().join(name));
        let tars = tars(&layers, names);
        let image = tars.iter().fold(ImageBuilder::new().packing(packing).tag("app:1"), |image, tar| {
            image.layer(|layer| layer.raw_tar(tar.clone()))
        });
        image.archive(Form::Docker).write(&input);
        let options = Options { base_layers, squash, ..Options::default() };
        check(&input, &output, &tars, &options, level)?;
    }
}
